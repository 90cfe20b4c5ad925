"""Gravity, floating catchments, long tables, passive access and baskets on drawn streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawing import places, streets
from shapely import Point, Polygon, box

from renewal_gis.access import (
    at_nodes,
    basket_reach,
    catchment,
    floating_catchments,
    gravity,
    join,
    linear,
    nearest_service,
    square_grid,
    step,
    street_network,
    travel_times,
    walk_minutes,
)
from renewal_gis.errors import CRSError, UsageError

# Shops at 80, 160 and 240 m: one, two and three minutes from the home at the west end.
STREET = street_network(streets("o" + "-" * 39 + "o"))
HOME = join(places(home=(0, 0)), STREET)
SHOPS = join(places(a=(0, 8), b=(0, 16), c=(0, 24)), STREET)
ALIKE = pd.Series("shop", index=SHOPS.index)
BOTH = join(places(home=(0, 0), lost=(99, 0)), STREET)


def test_the_k_nearest_in_order():
    found = walk_minutes(HOME, SHOPS, STREET, groups=ALIKE, k=5)
    assert found.columns.tolist() == ["walk_min:shop"] + [f"walk_min_{k}:shop" for k in range(2, 6)]
    assert found.loc["home"].tolist()[:3] == [1, 2, 3]
    assert found.loc["home"].isna().tolist() == [False] * 3 + [True] * 2


def test_services_at_one_spot_are_counted_each():
    twice = join(places(a=(0, 8), twin=(0, 8), c=(0, 24)), STREET)
    found = walk_minutes(HOME, twice, STREET, groups=pd.Series("x", index=twice.index), k=2)
    assert found.loc["home"].tolist() == [1, 1]


def test_one_nearest_is_the_first_of_many():
    one = walk_minutes(BOTH, SHOPS, STREET, groups=ALIKE)
    many = walk_minutes(BOTH, SHOPS, STREET, groups=ALIKE, k=3)
    pd.testing.assert_frame_equal(one, many[["walk_min:shop"]])


def test_gravity_adds_up_what_services_are_worth():
    weight = pd.Series([10.0, np.nan, 4.0], index=SHOPS.index)
    found = gravity(BOTH, SHOPS, STREET, groups=ALIKE, decay=linear(4), weight=weight)
    assert found.loc["home", "gravity:shop"] == pytest.approx(10 * 3 / 4 + 4 * 1 / 4)
    assert np.isnan(found.loc["lost", "gravity:shop"])


def test_gravity_is_zero_where_nothing_is_near():
    found = gravity(HOME, SHOPS, STREET, groups=ALIKE, decay=step(0.5))
    assert found.loc["home", "gravity:shop"] == 0


def test_weights_and_groups_must_be_on_the_services_index():
    with pytest.raises(UsageError, match="index"):
        gravity(HOME, SHOPS, STREET, groups=ALIKE, decay=step(5), weight=pd.Series([1, 2, 3]))
    with pytest.raises(UsageError, match="index"):
        gravity(HOME, SHOPS, STREET, groups=pd.Series(["x"] * 3), decay=step(5))


def fca(people, capacity, homes=BOTH, decay=None):
    return floating_catchments(
        homes, SHOPS, STREET, people=people, capacity=capacity, decay=decay or step(2)
    )


def test_capacity_is_shared_by_those_around():
    homes = join(places(one=(0, 0), two=(0, 12), far=(0, 40), lost=(99, 0)), STREET)
    people = pd.Series([30, 20, 7, 5], index=homes.index)
    beds = pd.Series([10.0, 5, 2], index=SHOPS.index)
    found = fca(people, beds, homes)
    # a and b serve 50 people; c, 240 m from one and 160 m from far, serves two and far.
    assert found["one"] == pytest.approx(10 / 50 + 5 / 50)
    assert found["two"] == pytest.approx(10 / 50 + 5 / 50 + 2 / 27)
    assert found["far"] == pytest.approx(2 / 27)
    assert np.isnan(found["lost"])


def test_nobody_around_gives_nothing_not_infinity():
    found = fca(pd.Series([0, 9], index=BOTH.index), pd.Series(1.0, index=SHOPS.index))
    assert found["home"] == 0
    assert np.isnan(found["lost"])


def test_missing_people_are_none_and_missing_capacity_is_left_out():
    people = pd.Series([10, np.nan], index=BOTH.index)
    found = fca(people, pd.Series([5, np.nan, 5], index=SHOPS.index))
    assert found["home"] == pytest.approx(0.5)


def test_catchments_refuse_what_cannot_be_right():
    people, beds = pd.Series(1.0, index=BOTH.index), pd.Series(1.0, index=SHOPS.index)
    with pytest.raises(UsageError, match="people must be on the index"):
        fca(people.reset_index(drop=True), beds)
    with pytest.raises(UsageError, match="capacity must be on the index"):
        fca(people, beds.iloc[::-1])
    with pytest.raises(UsageError, match="beds"):
        fca(people, (-beds).rename("beds"))
    with pytest.raises(UsageError, match="people"):
        fca((-people).rename("people"), beds)


def test_the_long_table():
    found = travel_times(BOTH, SHOPS, STREET, limit_min=2)
    assert found.columns.tolist() == ["from_id", "to_id", "travel_time_min"]
    assert found.to_numpy().tolist() == [["home", "a", 1.0], ["home", "b", 2.0]]
    assert found["from_id"].cat.categories.tolist() == ["home", "lost"]


def test_the_long_table_from_many_is_sorted_by_origin_then_destination():
    found = travel_times(at_nodes(STREET), SHOPS, STREET, limit_min=60)
    assert found["from_id"].tolist() == ["0"] * 3 + ["1"] * 3
    found = travel_times(SHOPS, at_nodes(STREET), STREET, limit_min=60)
    assert found["from_id"].tolist() == ["a", "a", "b", "b", "c", "c"]
    assert found["to_id"].tolist() == ["0", "1"] * 3


def test_the_long_table_from_few_is_sorted_by_destination():
    grid = street_network(streets("o-o-o-o-o-o"))
    home, shops = places(h=(0, 5)), places(e=(0, 9), a=(0, 1), d=(0, 6))
    found = travel_times(join(home, grid), join(shops, grid), grid, limit_min=9)
    assert found["to_id"].tolist() == ["e", "a", "d"]


def test_the_long_table_turned_round_on_the_flat():
    grid = street_network(streets("o---o---o\n|   |   |\no---o---o\n|   |   |\no---o---o"))
    nodes, sites = at_nodes(grid), join(places(x=(1, 0), y=(3, 7)), grid)
    there = travel_times(nodes, sites, grid, limit_min=0.9)
    back = travel_times(sites, nodes, grid, limit_min=0.9)
    back = back.rename(columns={"from_id": "to_id", "to_id": "from_id"})[there.columns]
    order = ["from_id", "to_id"]
    assert len(there)
    pd.testing.assert_frame_equal(
        there.sort_values(order, ignore_index=True), back.sort_values(order, ignore_index=True)
    )


def test_no_pair_is_an_empty_table_with_its_columns():
    nobody = join(places(lost=(99, 0)), STREET)
    none = join(gpd.GeoSeries([], crs=STREET.crs), STREET)
    for origins, targets in ((nobody, SHOPS), (HOME, nobody), (none, SHOPS), (HOME, none)):
        found = travel_times(origins, targets, STREET, limit_min=60)
        assert found.columns.tolist() == ["from_id", "to_id", "travel_time_min"]
        assert found.empty


def test_identifiers_that_repeat_are_kept():
    twice = join(places(a=(0, 8), b=(0, 16)).set_axis(["x", "x"]), STREET)
    assert travel_times(HOME, twice, STREET, limit_min=5)["to_id"].tolist() == ["x", "x"]


def test_a_catchment_counts_dwellings():
    dwellings = pd.Series([12, np.nan, 3], index=SHOPS.index, name="dwellings")
    found = catchment(BOTH, SHOPS, STREET, weight=dwellings, thresholds_min=(3, 1))
    assert found.columns.tolist() == ["dwellings_1_min", "dwellings_3_min"]
    assert found.loc["home"].tolist() == [12, 15]
    assert found.loc["lost"].isna().all()
    with pytest.raises(UsageError, match="index"):
        catchment(BOTH, SHOPS, STREET, weight=pd.Series([1, 2, 3]))


def basket(**minutes):
    return pd.DataFrame(
        {f"walk_min:{name}": [float(value)] for name, value in minutes.items()}, index=["home"]
    )


@pytest.mark.parametrize(
    ("table", "groups", "missing"),
    [
        (basket(ecole=15, poste=3), 2, None),
        (basket(ecole=15.01, poste=3), 1, "ecole"),
        (basket(ecole=40, poste=22, parc=4), 1, "poste"),
        (basket(ecole=40, poste=np.nan, parc=4), 1, "ecole"),
        (basket(ecole=4, poste=np.nan), 1, "poste"),
        (basket(ecole=np.nan, poste=np.nan), np.nan, None),
        (basket(ecole=99, stop=1), 0, "ecole"),
    ],
)
def test_the_basket_says_what_is_missing(table, groups, missing):
    found = basket_reach(table, limit_min=15).loc["home"]
    assert found["basket_groups"] == groups or (np.isnan(groups) and np.isnan(found.iloc[0]))
    assert found["basket_missing"] == missing or (missing is None and pd.isna(found.iloc[1]))


def test_a_basket_reads_the_nearest_only():
    found = walk_minutes(HOME, SHOPS, STREET, groups=ALIKE, k=3)
    assert basket_reach(found, limit_min=10)["basket_groups"].tolist() == [1]
    with pytest.raises(UsageError, match="walk_min"):
        basket_reach(found[["walk_min_2:shop"]])


def test_the_nearest_named_and_the_minutes_agree():
    found = nearest_service(BOTH, SHOPS, STREET, groups=ALIKE)
    assert found["nearest:shop"].tolist()[:1] == ["a"]
    assert found["nearest:shop"].isna().tolist() == [False, True]


AREA = gpd.GeoSeries([box(1010, 2010, 1590, 2390)], crs=2154)


def test_squares_are_aligned_named_and_in_order():
    grid = square_grid(AREA, cell_m=200)
    assert grid.index.tolist() == ["E5N11", "E6N11", "E7N11", "E5N10", "E6N10", "E7N10"]
    assert grid.index.name == "cell"
    assert grid.crs == AREA.crs
    assert (grid.bounds % 200 == 0).all(axis=None)
    assert grid.loc["E6N11"].geometry.equals(box(1200, 2200, 1400, 2400))
    assert grid.loc["E6N11", ["column", "row"]].tolist() == [6, 11]


def test_squares_have_their_centre_inside():
    island = Polygon([(0, 0), (3000, 400), (1500, 2500)]).difference(box(900, 600, 1900, 1300))
    area = gpd.GeoSeries([island, box(5000, 5000, 5600, 5600)], crs=2154)
    grid = square_grid(area, cell_m=100)
    assert grid.geometry.centroid.within(area.union_all()).all()
    centres = [Point(x + 50, y + 50) for x in range(0, 6000, 100) for y in range(0, 6000, 100)]
    assert len(grid) == sum(area.union_all().contains(centre) for centre in centres)
    assert grid.geometry.area.tolist() == [10_000.0] * len(grid)
    assert grid.geometry.area.sum() == pytest.approx(area.area.sum(), rel=0.03)
    assert grid.index.is_unique


def test_neighbouring_studies_share_their_squares():
    west = square_grid(gpd.GeoSeries([box(0, 0, 1010, 500)], crs=2154))
    east = square_grid(gpd.GeoSeries([box(1010, 0, 2000, 500)], crs=2154))
    both = square_grid(gpd.GeoSeries([box(0, 0, 2000, 500)], crs=2154))
    assert set(west.index) | set(east.index) == set(both.index)
    assert not set(west.index) & set(east.index)


def test_squares_need_metres_and_a_side():
    with pytest.raises(CRSError, match="in metres"):
        square_grid(AREA.to_crs(4326))
    with pytest.raises(CRSError, match="in metres"):
        square_grid(AREA.set_crs(None, allow_override=True))
    for side in (0, -200, np.nan):
        with pytest.raises(UsageError, match="above zero"):
            square_grid(AREA, cell_m=side)
