"""Sectors, weighted quantiles, distributions, inventory."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.territories import (
    compare,
    distribution,
    inventory,
    locate,
    weighted_quantiles,
    with_sectors,
)

COMMUNES = gpd.GeoDataFrame(
    {"name": ["Nord", "Sud", "Est"], "population": [100, 50, 30]},
    geometry=[box(0, 10, 10, 20), box(0, 0, 10, 10), box(10, 0, 20, 20)],
    index=pd.Index(["N", "S", "E"], name="commune"),
    crs=2154,
)


def test_communes_in_no_list_are_other():
    found = with_sectors(COMMUNES, {"corridor": ["N"], "south": ["S"]})
    assert found["sector"].tolist() == ["corridor", "south", "other"]
    assert "sector" not in COMMUNES.columns


def test_an_unknown_commune_is_named():
    with pytest.raises(DataError, match="no commune has the code X"):
        with_sectors(COMMUNES, {"south": ["X"]})


def test_a_commune_in_two_sectors_is_refused():
    with pytest.raises(DataError, match="N already stands in another sector"):
        with_sectors(COMMUNES, {"corridor": ["N"], "south": ["N"]})


def test_places_are_located_by_a_point_inside_them():
    spots = gpd.GeoSeries([Point(5, 15), box(1, 1, 2, 2), Point(99, 99), Point(5, 10)], crs=2154)
    assert locate(spots, COMMUNES).fillna("outside").tolist() == ["N", "S", "outside", "N"]
    with pytest.raises(CRSError):
        locate(spots.to_crs(3857), COMMUNES)


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 9)), min_size=1, max_size=40).filter(
        lambda rows: any(weight for _, weight in rows)
    ),
    st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]),
)
def test_weighted_quantiles_equal_those_of_replicated_rows(rows, q):
    values, weights = map(np.array, zip(*rows, strict=True))
    expected = np.quantile(np.repeat(values, weights), q, method="inverted_cdf")
    assert weighted_quantiles(values, weights, [q])[0] == expected


def test_missing_values_leave_with_their_weight():
    assert weighted_quantiles([1, np.nan, 3], [1, 100, 1], [1.0]).tolist() == [3]
    assert np.isnan(weighted_quantiles([np.nan], [1], [0.5])).all()


def homes(minutes, dwellings, sector):
    index = [f"b{n}" for n in range(len(minutes))]
    return (
        pd.DataFrame({"walk_min:ecole": minutes}, index=index, dtype=float),
        pd.Series(sector, index=index),
        pd.Series(dwellings, index=index),
    )


def test_the_comparison_is_weighted_by_dwellings():
    measures, sector, weight = homes([5, 25, 8], [3, 1, 10], ["south", "south", "corridor"])
    table = compare(measures, sector=sector, weight=weight, thresholds={"walk_min:ecole": [10]})
    assert table["sector"].tolist() == ["corridor", "south"]
    south = table.set_index("sector").loc["south"]
    assert (south["mean"], south["p50"], south["dwellings"], south["share_10"]) == (10, 5, 4, 0.75)


def test_missing_dwellings_are_counted_apart_and_not_within_reach():
    measures, sector, weight = homes([5, np.nan], [3, 1], ["south", "south"])
    row = compare(measures, sector=sector, weight=weight, thresholds={"walk_min:ecole": [10]}).iloc[
        0
    ]
    assert (row["missing_dwellings"], row["mean"], row["share_10"]) == (1, 5, 0.75)


def test_splitting_a_building_in_two_changes_nothing():
    one = compare_of([5, 9, 14], [4, 3, 2])
    two = compare_of([5, 5, 9, 14], [1, 3, 3, 2])
    pd.testing.assert_frame_equal(one.drop(columns="buildings"), two.drop(columns="buildings"))


def compare_of(minutes, dwellings):
    measures, sector, weight = homes(minutes, dwellings, ["south"] * len(minutes))
    return compare(measures, sector=sector, weight=weight)


def test_sectors_add_up_to_the_territory():
    rng = np.random.default_rng(1)
    sector = rng.choice(["corridor", "south", "other"], 300)
    measures, sector, weight = homes(rng.uniform(0, 40, 300), rng.integers(1, 9, 300), sector)
    table = compare(measures, sector=sector, weight=weight)
    assert table["dwellings"].sum() == weight.sum()
    parts = (table["mean"] * table["dwellings"]).sum() / table["dwellings"].sum()
    assert parts == pytest.approx(np.average(measures["walk_min:ecole"], weights=weight))


def test_a_value_on_a_limit_goes_to_the_better_class():
    measures, sector, weight = homes([10, 10.1], [2, 1], ["south", "south"])
    low = distribution(measures, sector=sector, weight=weight, edges={"walk_min:ecole": [10]})
    assert low["dwellings"].tolist() == [2, 1]
    high = distribution(
        measures,
        sector=sector,
        weight=weight,
        edges={"walk_min:ecole": [10]},
        high_is_good=["walk_min:ecole"],
    )
    assert high["dwellings"].tolist() == [0, 3]


def test_tables_on_other_indexes_are_refused():
    measures, sector, weight = homes([5], [1], ["south"])
    with pytest.raises(UsageError, match="one index"):
        compare(measures, sector=sector.rename({"b0": "x"}), weight=weight)


def test_the_inventory_counts_what_lies_outside_too():
    communes = with_sectors(COMMUNES, {"corridor": ["N"]})
    services = gpd.GeoDataFrame(
        {"group": ["ecole", "ecole", "poste"]},
        geometry=[Point(5, 15), Point(5, 16), Point(99, 99)],
        crs=2154,
    )
    table = inventory(communes, {"services": services}).set_index(["sector", "layer", "kind"])
    assert table.loc[("corridor", "services", "ecole"), "rows"] == 2
    assert table.loc[("outside", "services", "poste"), "rows"] == 1
    assert table.loc[("other", "communes", ""), "residents"] == 80
