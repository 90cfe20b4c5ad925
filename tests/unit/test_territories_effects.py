"""Bands, reach, effect sizes and standing: hand-computed answers and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError, UsageError
from renewal_gis.territories import (
    access_bands,
    class_shares,
    compare,
    compare_territory,
    effect_sizes,
    percentiles_among,
    two_axes,
    with_sectors,
    within_reach,
)
from renewal_gis.territories.resampling import (
    Side,
    _along_values,
    _walked,
    drawn,
    medians,
    superior,
)

WALK = "walk_min:ecole"


def two_sectors(first, second, weight=None):
    homes = pd.DataFrame({WALK: [*first, *second]}, dtype=float)
    sector = pd.Series(["corridor"] * len(first) + ["south"] * len(second))
    return homes, sector, pd.Series(weight or [1] * len(homes))


def values(homes, sector, weight, **options):
    table = effect_sizes(homes, sector=sector, weight=weight, draws=20, **options)
    return table.set_index("effect")["value"]


# Values of the tests of the R package `effsize` (testCliff.R): -0.25 and -0.0667.
@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ([10, 10, 20, 20, 20, 30, 30, 30, 40, 50], -0.25),
        ([10, 20, 20, 20, 30, 30, 30, 40, 50, 100], -4 / 60),
    ],
)
def test_published_cliffs_delta(first, expected):
    found = values(*two_sectors(first, [10, 20, 30, 40, 40, 50]), high_is_good=[WALK])
    assert found["cliffs_delta"] == pytest.approx(expected)
    assert found["superiority"] == pytest.approx((1 + expected) / 2)


def test_fewer_minutes_are_better():
    found = values(*two_sectors([5, 6], [10, 20]))
    assert (found["cliffs_delta"], found["superiority"]) == (1, 1)
    assert (found["mean_difference"], found["median_difference"]) == (-9.5, -5)


def test_weights_are_repeated_rows_and_missing_values_leave():
    heavy = values(*two_sectors([5, 9, np.nan], [7, 4], [3, 1, 9, 2, 1]))
    plain = values(*two_sectors([5, 5, 5, 9], [7, 7, 4]))
    pd.testing.assert_series_equal(heavy, plain)


def test_the_interval_of_a_mean_has_the_width_theory_gives():
    rng = np.random.default_rng(3)
    one, two = rng.normal(30, 4, 400), rng.normal(25, 6, 300)
    homes, sector, weight = two_sectors(one, two)
    table = effect_sizes(homes, sector=sector, weight=weight, draws=4000).set_index("effect")
    row = table.loc["mean_difference"]
    error = np.sqrt(one.var() / 400 + two.var() / 300)
    assert (row["high"] - row["low"]) / (2 * 1.96 * error) == pytest.approx(1, abs=0.06)
    assert (row["caution"], row["method"]) == ("no-clusters", "buildings")


def clustered(communes, rng):
    """Return sectors whose communes differ, not their buildings: drawing buildings sees nothing."""
    names = [f"c{n}" for n in range(communes)] + [f"s{n}" for n in range(communes)]
    level = dict(zip(names, rng.normal(10, 3, len(names)), strict=True))
    commune = pd.Series(np.repeat(names, 50))
    homes = pd.DataFrame({WALK: commune.map(level).abs()})
    sector = commune.str[0].map({"c": "corridor", "s": "south"})
    return homes, sector, pd.Series(np.ones(len(homes))), commune


def test_clusters_make_the_interval_as_wide_as_communes_differ():
    homes, sector, weight, commune = clustered(8, np.random.default_rng(1))
    widths = {}
    for name, clusters in (("clusters", commune), ("buildings", None)):
        table = effect_sizes(homes, sector=sector, weight=weight, clusters=clusters, draws=500)
        row = table.set_index("effect").loc["mean_difference"]
        widths[name] = row["high"] - row["low"]
        assert row["method"] == name
    assert widths["clusters"] > 4 * widths["buildings"]


@pytest.mark.parametrize(
    ("communes", "method", "caution"),
    [(4, "buildings", "too-few-clusters"), (5, "clusters", "few-clusters"), (30, "clusters", "")],
)
def test_too_few_communes_are_told(communes, method, caution):
    homes, sector, weight, commune = clustered(communes, np.random.default_rng(1))
    table = effect_sizes(homes, sector=sector, weight=weight, clusters=commune, draws=10)
    assert set(table["method"]) == {method}
    assert set(table["caution"]) == {caution}


def test_both_ways_to_draw_give_the_same_numbers():
    rng = np.random.default_rng(4)
    sides = [
        Side(values=np.sort(rng.integers(0, 9, n)).astype(float), weight=rng.random(n) + 0.1,
             unit=rng.integers(0, 6, n), units=6)
        for n in (40, 55)
    ]  # fmt: skip
    counts = (drawn(6, 30, rng), drawn(6, 30, rng))
    for side, often in zip(sides, counts, strict=True):
        np.testing.assert_array_equal(medians(side, often), _walked(side, often))
        for draw in range(30):  # a draw is a sample in which each commune stands as often as drawn
            repeat = often[draw][side.unit]
            kept = compare(
                pd.DataFrame({"x": np.repeat(side.values, repeat)}),
                sector=pd.Series(["south"] * int(repeat.sum())),
                weight=pd.Series(np.repeat(side.weight, repeat)),
            )
            assert kept["p50"].iloc[0] == medians(side, often)[draw]
    left = np.searchsorted(sides[1].values, sides[0].values, side="left")
    right = np.searchsorted(sides[1].values, sides[0].values, side="right")
    np.testing.assert_allclose(
        superior(sides[0], sides[1], counts),
        _along_values(sides[0], sides[1], counts, left, right),
        atol=1e-12,
    )


def test_an_empty_sector_is_refused_with_the_nearest_name():
    homes, sector, weight = two_sectors([5], [7])
    with pytest.raises(DataError, match=r"'souht' is empty.*Did you mean 'south'"):
        effect_sizes(homes, sector=sector, weight=weight, of=("corridor", "souht"))
    with pytest.raises(DataError, match="'south' is empty"):
        effect_sizes(homes, sector=sector, weight=pd.Series([1, 0]))
    with pytest.raises(UsageError, match="Two different sectors"):
        effect_sizes(homes, sector=sector, weight=weight, of=("south", "south"))
    with pytest.raises(UsageError, match="one draw or more"):
        effect_sizes(homes, sector=sector, weight=weight, draws=0)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_weight_that_is_none_is_refused(wrong):
    homes, sector, _ = two_sectors([5], [7])
    with pytest.raises(DataError, match=r"1 of 2 rows hold no number .* row 1"):
        compare(homes, sector=sector, weight=pd.Series([1.0, wrong]))


def test_a_sector_without_values_has_no_effect():
    found = values(*two_sectors([np.nan], [7]))
    assert found.isna().all()


def test_bands_add_up_and_the_unknown_has_its_own():
    homes = pd.DataFrame({WALK: [10.0, 10.1, np.nan, 3.0]})
    area = pd.Series(["59019", "59019", "59019", None])
    table = access_bands(
        homes,
        area=area,
        counted={"dwellings": pd.Series([2, 1, 4, 9]), "residents": pd.Series([5.5, 2, 8, 20])},
        edges={WALK: [5, 10]},
    )
    assert table["dwellings"].tolist() == [4, 0, 2, 1]
    assert table["residents"].tolist() == [8, 0, 5.5, 2]
    with pytest.raises(UsageError, match="ascending"):
        access_bands(homes, area=area, counted={}, edges={WALK: [10, 5]})


def test_reach_and_lack_are_of_all_dwellings():
    homes = pd.DataFrame({WALK: [10.0, 15.0, 15.1, np.nan], "walk_min:poste": [30.0] * 4})
    table = within_reach(homes, area=pd.Series(["a"] * 4), weight=pd.Series([4, 3, 2, 1]))
    row = table.set_index("group").loc["ecole"]
    assert (row["within_10"], row["within_15"], row["within_20"]) == (0.4, 0.7, 0.9)
    assert (row["lacking"], row["unknown"]) == (pytest.approx(0.2), 0.1)
    assert table.set_index("group").loc["poste", "lacking"] == 1


def test_classes_keep_their_order_and_the_missing_one():
    table = class_shares(
        pd.Series(["C", None, "A", "A"]),
        area=pd.Series(["n", "n", "s", "s"]),
        weight=pd.Series([1, 3, 2, 0]),
        order=["A", "B", "C"],
    )
    assert table["class"].tolist() == ["A", "B", "C", ""] * 2
    assert table["share"].tolist() == [0, 0, 0.25, 0.75, 1, 0, 0, 0]


def test_percentiles_are_mid_ranks_and_better_is_higher():
    homes = pd.DataFrame(
        {WALK: [5.0, 10, 10, 20, np.nan], "departures_day:stop": [0.0, 1, 2, 3, 4]}
    )
    sites = pd.DataFrame({WALK: [10.0, 4, 99, np.nan], "departures_day:stop": [2.0, 9, -1, 2]})
    found = percentiles_among(
        sites, homes, weight=pd.Series([1, 1, 2, 1, 7]), high_is_good=["departures_day:stop"]
    )
    assert found[WALK].tolist()[:3] == [50, 100, 0]
    assert np.isnan(found[WALK][3])
    assert found["departures_day:stop"].tolist() == pytest.approx([100 * 3 / 12, 100, 0, 25])


def test_two_axes_never_average():
    sites = pd.DataFrame(
        {
            "score": [50.0, 49.9, 80, np.nan, 70, 70],
            "constraint_share:mining": [0.25, 0.26, 0.9, 0, np.nan, np.nan],
            "constraint_share:flood": [0, 0, 0.1, 0, 0.1, 0.6],
        },
        index=list("ABCDEF"),
    )
    table = two_axes(sites)
    assert table["quadrant"].to_dict() == {
        "A": "served-free",
        "B": "unserved-constrained",
        "C": "served-constrained",
        "D": "",
        "E": "",
        "F": "served-constrained",
    }
    assert table.loc["C", ["constraint", "constraint_kind", "fr"]].tolist() == [
        0.9,
        "mining",
        "Bien desservi, contraint",
    ]
    assert set(table["access_line"]) == {50.0}
    with pytest.raises(UsageError, match="Did you mean 'score'"):
        two_axes(sites, access="scores")


def test_levels_of_a_territory_add_up():
    rng = np.random.default_rng(5)
    n = 400
    commune = pd.Series(rng.choice([f"c{k}" for k in range(9)], n))
    sector = commune.map(lambda code: "corridor" if code < "c4" else "south")
    homes = pd.DataFrame({WALK: np.where(rng.random(n) < 0.1, np.nan, rng.gamma(3, 4, n))})
    dwellings = pd.Series(rng.integers(0, 9, n))
    found = compare_territory(
        homes, sector=sector, commune=commune, dwellings=dwellings, residents=dwellings * 2,
        classes=commune.str[-1], edges={WALK: [10, 20]}, lines={WALK: 15.0}, draws=30,
    )  # fmt: skip
    for table, column in ((found.bands, "residents"), (found.figures, "dwellings")):
        sums = table.groupby("level")[column].sum()
        assert sums["territory"] == sums["sector"] == sums["commune"] > 0
    assert found.classes.groupby("level")["dwellings"].sum().nunique() == 1
    # Four communes on one side are too few to draw from.
    assert set(found.effects["caution"]) == {"too-few-clusters"}
    shown = found.reach.query("level == 'territory'").iloc[0]
    assert shown["within_15"] + shown["lacking"] + shown["unknown"] == pytest.approx(1)
    plain = compare(homes, sector=sector, weight=dwellings, thresholds={WALK: [10.0, 15.0, 20.0]})
    kept = found.figures.query("level == 'sector'").drop(columns="level").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept.rename(columns={"area": "sector"}), plain)


def test_an_empty_list_and_a_commune_listed_twice_are_refused():
    import geopandas as gpd
    from shapely import box

    communes = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], index=["N"], crs=2154)
    with pytest.raises(DataError, match="south: it is empty"):
        with_sectors(communes, {"south": []})
    with pytest.raises(DataError, match="N already stands in another sector"):
        with_sectors(communes, {"other": ["N"], "south": ["N"]})
