"""Value functions, the ranking of record, vetoes, sentences."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.scoring import Criterion, constraint_shares, explain, points, rank, vetoes

SCHOOL = Criterion(name="school", measure="walk_min:ecole", best=5, worst=20, weight=2, unit="min")
BUSES = Criterion(name="buses", measure="departures_day:stop", best=360, worst=0)


def sites(**rows):
    columns = ["walk_min:ecole", "departures_day:stop"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def test_anchors_are_worth_100_and_0_in_either_direction():
    assert points(pd.Series([5.0, 20.0]), best=5, worst=20).tolist() == [100, 0]
    assert points(pd.Series([0.0, 360.0]), best=360, worst=0).tolist() == [0, 100]


def test_points_stay_between_0_and_100_and_missing_stays_missing():
    found = points(pd.Series([-3.0, 99.0, np.nan]), best=5, worst=20)
    assert found.iloc[:2].tolist() == [100, 0]
    assert np.isnan(found.iloc[2])


def test_the_score_is_the_weighted_mean():
    ranking = rank(sites(A=(5, 180), B=(20, 360)), [SCHOOL, BUSES])
    assert ranking.summary["score"].tolist() == pytest.approx([(200 + 50) / 3, 100 / 3])
    assert ranking.summary["rank"].tolist() == [1, 2]


def test_the_geometric_mean_does_not_buy_a_weak_point_back():
    ranking = rank(sites(A=(5, 0), B=(12.5, 180)), [SCHOOL, BUSES])
    assert ranking.summary["score_geometric"].tolist() == pytest.approx([0, 50])


def test_withdrawing_a_site_changes_no_score_and_no_order():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {"walk_min:ecole": rng.uniform(0, 30, 40), "departures_day:stop": rng.uniform(0, 500, 40)}
    )
    whole = rank(table, [SCHOOL, BUSES]).summary
    for gone in range(0, 40, 7):
        rest = rank(table.drop(index=gone), [SCHOOL, BUSES]).summary
        pd.testing.assert_series_equal(rest["score"], whole["score"].drop(index=gone))
        assert rest["score"].rank().tolist() == whole["score"].drop(index=gone).rank().tolist()


def test_doubling_all_weights_changes_nothing():
    table = sites(A=(7, 100), B=(9, 200), C=(15, 300))
    doubled = [
        Criterion(name=c.name, measure=c.measure, best=c.best, worst=c.worst, weight=2 * c.weight)
        for c in (SCHOOL, BUSES)
    ]
    pd.testing.assert_frame_equal(
        rank(table, [SCHOOL, BUSES]).summary, rank(table, doubled).summary
    )


def test_a_missing_value_is_an_interval_never_zero():
    ranking = rank(sites(A=(np.nan, 360), B=(5, 0), C=(20, 0)), [SCHOOL, BUSES])
    found = ranking.summary.loc["A"]
    assert pd.isna(found["score"])
    assert (found["score_low"], found["score_high"]) == pytest.approx((100 / 3, 100))
    assert pd.isna(found["rank"])
    assert (found["rank_best"], found["rank_worst"]) == (1, 2)
    assert ranking.summary.loc["B", "rank"] == 1


def test_a_criterion_nobody_has_leaves_every_score_open():
    ranking = rank(sites(A=(np.nan, 360), B=(np.nan, 0)), [SCHOOL, BUSES])
    assert ranking.summary["score"].isna().all()
    assert ranking.summary["score_high"].tolist() == pytest.approx([100, 200 / 3])


def test_equal_scores_share_the_better_rank():
    ranking = rank(sites(A=(5, 0), B=(5, 0), C=(20, 0)), [SCHOOL, BUSES])
    assert ranking.summary["rank"].tolist() == [1, 1, 3]
    assert ranking.summary["rank_worst"].tolist() == [1, 1, 3]


def test_contributions_add_up_to_the_score():
    ranking = rank(sites(A=(7, 100), B=(9, 200)), [SCHOOL, BUSES])
    total = ranking.breakdown().groupby("site")["contribution"].sum()
    assert total.tolist() == pytest.approx(ranking.summary["score"].tolist())


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ([SCHOOL, SCHOOL], "share a name: school"),
        ([Criterion(name="x", measure="walk_min:mars", best=1, worst=2)], "No measure called"),
        ([Criterion(name="x", measure="walk_min:ecole", best=1, worst=2, weight=0)], "above zero"),
    ],
)
def test_unsound_criteria_are_refused(criteria, told):
    with pytest.raises((UsageError, DataError), match=told):
        rank(sites(A=(5, 0)), criteria)


@pytest.mark.parametrize("rest", [{"best": 5, "worst": 5}, {"best": np.nan, "worst": 1}])
def test_anchors_must_differ(rest):
    with pytest.raises(UsageError, match="two different numbers"):
        Criterion(name="x", measure="walk_min:ecole", **rest)


def test_a_negative_weight_is_refused():
    with pytest.raises(UsageError, match="negative"):
        Criterion(name="x", measure="walk_min:ecole", best=1, worst=2, weight=-1)


def zones(*rows, crs=2154):
    kinds, levels, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"kind": kinds, "level": levels},
        geometry=list(shapes),
        index=[f"z{n}" for n in range(len(rows))],
        crs=crs,
    )


SITE = gpd.GeoDataFrame(
    geometry=[box(0, 0, 10, 10), box(20, 0, 30, 10)], index=["A", "B"], crs=2154
)


def test_overlapping_zones_of_a_kind_are_not_counted_twice():
    shares = constraint_shares(
        SITE, zones(("flood", "veto", box(0, 0, 6, 10)), ("flood", "veto", box(4, 0, 8, 10)))
    )
    assert shares["share"].tolist() == [0.8]
    assert shares["zones"].tolist() == ["z0, z1"]


def test_levels_of_a_kind_can_count_together():
    two = zones(("mining", "veto", box(0, 0, 3, 10)), ("mining", "derogation", box(2, 0, 6, 10)))
    assert constraint_shares(SITE, two)["share"].tolist() == pytest.approx([0.4, 0.3])
    assert constraint_shares(SITE, two, by_level=False)["share"].tolist() == [0.6]


def test_a_shaft_is_a_veto_although_it_has_no_area():
    shares = constraint_shares(SITE, zones(("mining", "veto", Point(25, 5))))
    assert shares[["site", "share"]].values.tolist() == [["B", 0.0]]
    assert vetoes(shares, SITE.index).tolist() == ["", "mining"]


def test_a_zone_that_only_touches_the_border_does_not_lie_on_the_site():
    touching = zones(
        ("flood", "veto", box(10, 0, 20, 10)), ("noise", "veto", LineString([(10, 0), (10, 10)]))
    )
    assert len(constraint_shares(SITE, touching)) == 0


def test_information_is_no_veto():
    shares = constraint_shares(SITE, zones(("heritage", "information", box(0, 0, 99, 99))))
    assert vetoes(shares, SITE.index).tolist() == ["", ""]


def test_constraints_in_another_crs_are_refused():
    with pytest.raises(CRSError):
        constraint_shares(SITE, zones(("flood", "veto", box(0, 0, 1, 1)), crs=3857))


def test_the_explanation_says_the_same_numbers_in_both_languages():
    ranking = rank(sites(A=(7, 100), B=(9, 200)), [SCHOOL, BUSES])
    score = ranking.summary.loc["A", "score"]
    english = explain(ranking, "A", name="Thiers", veto="mining", language="en")
    french = explain(ranking, "A", name="Thiers", veto="mining", language="fr")
    assert english[0] == f"Site A (Thiers) scores {score:.1f} out of 100 and ranks 2 of 2."
    assert f"{score:.1f}".replace(".", ",") in french[0]
    assert english[1] == "Veto, whatever the score: mine workings."
    assert french[1].endswith("aléa minier.")
    assert len(english) == len(french)


def test_the_explanation_of_an_unknown_site_names_the_sites():
    ranking = rank(sites(A=(7, 100)), [SCHOOL, BUSES])
    with pytest.raises(DataError, match="The sites are: A"):
        explain(ranking, "Z")


def test_the_explanation_of_a_missing_measure_gives_an_interval():
    ranking = rank(sites(A=(np.nan, 100), B=(9, 200)), [SCHOOL, BUSES])
    told = explain(ranking, "A", language="en")
    assert "between" in told[0]
    assert any("not measured" in sentence for sentence in told)


WALK = Criterion(name="walk", measure="m", best=5, worst=20)


def test_a_rank_that_is_open_is_not_worsened_by_a_tie():
    # At worst A has 0 points, as B has for sure: equal scores share the better rank.
    ranking = rank(pd.DataFrame({"m": [np.nan, 20.0, 5.0]}, index=list("ABC")), [WALK])
    assert ranking.summary["rank_best"].tolist() == [1, 2, 1]
    assert ranking.summary["rank_worst"].tolist() == [2, 3, 1]


def test_tables_that_cannot_be_ranked_are_one_sentence():
    with pytest.raises(DataError, match="Two rows of the measures share a site: A"):
        rank(pd.DataFrame({"m": [1.0, 2.0]}, index=["A", "A"]), [WALK])
    with pytest.raises(DataError, match="m holds no numbers"):
        rank(pd.DataFrame({"m": ["near"]}, index=["A"]), [WALK])
    with pytest.raises(UsageError, match="must be two different numbers"):
        Criterion(name="x", measure="m", best="5", worst=20)  # type: ignore[arg-type]
