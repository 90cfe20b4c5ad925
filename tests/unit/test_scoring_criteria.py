"""Value functions given by anchors, groups, and the sets of criteria that are shipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewal_gis.config import default_criteria
from renewal_gis.errors import UsageError
from renewal_gis.schema import known_measures
from renewal_gis.scoring import (
    CRITERIA_SETS,
    GROUPS,
    INSEE_PROXIMITY,
    Criterion,
    criteria_set,
    points,
    rank,
    value_worth,
)

LADDER = ((72.0, 40.0), (144.0, 70.0), (360.0, 100.0))
WALK = ((5.0, 100.0), (10.0, 60.0), (20.0, 0.0))


def made(**rest):
    return Criterion(name="x", measure="m", **rest)


def test_points_follow_straight_lines_and_are_flat_outside():
    found = points(pd.Series([0.0, 72, 108, 144, 252, 360, 999]), anchors=LADDER)
    assert found.tolist() == [40, 40, 55, 70, 85, 100, 100]


def test_anchors_may_be_told_from_either_end():
    values = pd.Series(np.linspace(0, 25, 101))
    pd.testing.assert_series_equal(points(values, anchors=WALK), points(values, anchors=WALK[::-1]))
    assert made(anchors=WALK).low_is_good
    assert made(anchors=WALK[::-1]).low_is_good
    assert not made(anchors=LADDER).low_is_good
    assert not made(best=360, worst=0).low_is_good


def test_two_anchors_are_best_and_worst():
    values = pd.Series(np.linspace(-3, 30, 400))
    straight = points(values, best=5, worst=20)
    assert points(values, anchors=[(5, 100), (20, 0)]).to_numpy() == pytest.approx(
        straight.to_numpy(), abs=1e-12
    )
    assert made(best=5, worst=20).curve == ((5, 100.0), (20, 0.0))


def test_missing_stays_missing_and_infinite_is_beyond_the_last_anchor():
    found = points(pd.Series([np.nan, np.inf, -np.inf], index=list("abc")), anchors=WALK)
    assert np.isnan(found["a"])
    assert found[["b", "c"]].tolist() == [0, 100]


def test_the_ranking_takes_both_forms_side_by_side():
    table = pd.DataFrame({"a": [15.0], "b": [108.0]}, index=["S"])
    both = [
        Criterion(name="a", measure="a", anchors=WALK),
        Criterion(name="b", measure="b", anchors=LADDER, weight=3),
    ]
    assert rank(table, both).summary.at["S", "score"] == (30 + 3 * 55) / 4


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({}, "best and worst must be two different numbers, got None and None"),
        ({"best": 5}, "got 5 and None"),
        ({"best": 5, "worst": 20, "anchors": WALK}, "either anchors or best and worst, not both"),
        ({"anchors": ((5, 100),)}, "two or more pairs"),
        ({"anchors": ((5, 100, 1), (20, 0, 1))}, "two or more pairs"),
        ({"anchors": ((5, 100), (np.nan, 0))}, "must be numbers"),
        ({"anchors": ((5, 100), ("20", 0))}, "must be numbers"),
        ({"anchors": (5, 100)}, "two or more pairs"),
        ({"anchors": ((5, 100), (20, 60), (10, 0))}, "must only rise or only fall, got 5, 20, 10"),
        ({"anchors": ((5, 100), (5, 0))}, "must only rise or only fall, got 5, 5"),
        ({"anchors": ((5, 100), (10, 0), (20, 50))}, "only fall or only rise.*got 100, 0, 50"),
        ({"anchors": ((5, 50), (10, 50))}, "not all be equal"),
        ({"anchors": ((5, 101), (10, 0))}, "from 0 to 100"),
        ({"anchors": ((5, 100), (10, -1))}, "from 0 to 100"),
        ({"best": 5, "worst": 20, "weight": np.inf}, "the weight must be a number"),
        ({"best": 5, "worst": 20, "group": "transport"}, "did you mean 'transit'"),
    ],
)
def test_bad_criteria_get_one_sentence(rest, told):
    with pytest.raises(UsageError, match=told) as caught:
        made(**rest)
    assert str(caught.value).startswith("criterion 'x': ")
    assert "\n" not in str(caught.value)


def test_points_refuses_what_a_criterion_refuses():
    values = pd.Series([1.0])
    for rest in ({}, {"anchors": [(1, 1)]}, {"anchors": WALK, "best": 1, "worst": 2}):
        with pytest.raises(UsageError):
            points(values, **rest)


def test_the_value_worth_so_many_points_is_worth_them():
    for criterion in (made(anchors=WALK), made(anchors=LADDER), made(best=360, worst=0)):
        least = min(worth for _, worth in criterion.curve)
        for asked in np.linspace(least, 100, 37):
            value = value_worth(criterion, float(asked))
            assert criterion.points(pd.Series([value])).iloc[0] == pytest.approx(asked)


def test_a_flat_stretch_is_read_at_the_end_first_reached():
    stepped = made(anchors=((5, 100), (10, 50), (15, 50), (20, 0)))
    assert value_worth(stepped, 50) == 15
    assert value_worth(stepped, 51) == pytest.approx(9.9)
    assert np.isnan(value_worth(made(anchors=((5, 80), (20, 0))), 81))


def test_the_nearest_measure_is_told():
    table = pd.DataFrame({"walk_min:ecole": [5.0]})
    with pytest.raises(ValueError, match=r"Did you mean walk_min:ecole\?"):
        rank(table, [Criterion(name="x", measure="walk_min:ecol", best=1, worst=2)])


def test_subtotals_add_up_to_the_score_and_are_means_of_their_group():
    table = pd.DataFrame({"a": [10.0, 5.0], "b": [0.0, 10.0], "c": [5.0, np.nan]}, index=["A", "B"])
    criteria = [
        Criterion(name="a", measure="a", best=10, worst=0, weight=3, group="services"),
        Criterion(name="b", measure="b", best=10, worst=0, weight=1, group="services"),
        Criterion(name="c", measure="c", best=10, worst=0, weight=4, group="transit"),
    ]
    ranking = rank(table, criteria)
    found = ranking.subtotals().set_index(["site", "group"])
    assert found.index.tolist() == [
        ("A", "services"), ("A", "transit"), ("B", "services"), ("B", "transit"),
    ]  # fmt: skip
    assert found["weight"].tolist() == [0.5, 0.5, 0.5, 0.5]
    assert found["points"].tolist()[:3] == [75, 50, 62.5]
    assert found.loc["A", "contribution"].sum() == ranking.summary.at["A", "score"]
    open_one = found.loc[("B", "transit")]
    assert np.isnan(open_one["points"])
    assert (open_one["points_low"], open_one["points_high"]) == (0, 100)


def test_criteria_without_a_group_or_a_weight_have_their_place_in_subtotals():
    table = pd.DataFrame({"a": [10.0], "b": [5.0], "c": [1.0]}, index=["A"])
    criteria = [
        Criterion(name="a", measure="a", best=10, worst=0),
        Criterion(name="b", measure="b", best=10, worst=0, group="jobs"),
        Criterion(name="c", measure="c", best=10, worst=0, group="place", weight=0),
    ]
    found = rank(table, criteria).subtotals()
    assert found["group"].tolist() == ["jobs", ""]
    assert found["points"].tolist() == [50, 100]


def test_the_basket_is_the_default_of_a_study_file():
    held = criteria_set("panier-relogement").criteria
    plain = [replace(criterion, group="", source="") for criterion in held]
    assert plain == [replace(criterion, group="", source="") for criterion in default_criteria()]
    assert {criterion.group for criterion in held} == {"services", "transit", "place"}
    assert {criterion.measure for criterion in held} <= set(known_measures())


def test_the_neutral_set_is_insee_s_list_all_alike():
    held = criteria_set("insee-proximite").criteria
    codes = [code for kind in INSEE_PROXIMITY for code in kind.bpe]
    assert len(held) == len(INSEE_PROXIMITY) == 26
    assert len(codes) == len(set(codes)) == 32  # three groups count several types as one
    assert {criterion.curve for criterion in held} == {((10.0, 100.0), (20.0, 0.0))}
    assert {criterion.weight for criterion in held} == {1.0}
    assert {criterion.measure for criterion in held} <= set(known_measures())


def test_types_that_share_a_name_with_the_basket_count_the_same_services():
    from renewal_gis.schema import BASKET

    basket = {group.id: group.bpe for group in BASKET}
    shared = [kind for kind in INSEE_PROXIMITY if kind.id in basket]
    assert {kind.id for kind in shared} == {
        "boulangerie", "ecole", "pharmacie", "poste", "bibliotheque", "loisirs",
    }  # fmt: skip
    assert all(kind.bpe == basket[kind.id] for kind in shared)


@pytest.mark.parametrize("name", CRITERIA_SETS)
def test_sets_can_be_printed(name):
    table = criteria_set(name).table()
    assert len(table) == len(criteria_set(name).criteria)
    assert table["group"].isin(GROUPS).all()
    assert not table["verified"].any()
    assert table["anchors"].str.fullmatch(r"[\d.]+ → \d+(, [\d.]+ → \d+)+").all()
    assert (table[["en", "fr", "source"]] != "").all(axis=None)


def test_an_unknown_set_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'panier-relogement'"):
        criteria_set("panier")
