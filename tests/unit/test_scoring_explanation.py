"""What would change a rank: told numbers are true when they are tried."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewal_gis.scoring import (
    Criterion,
    explain,
    first_hold,
    rank,
    robustness,
    smallest_gain,
    smallest_weight_change,
)

WALK = Criterion(
    name="school", measure="walk", anchors=((5, 100), (10, 60), (20, 0)), weight=3, unit="min",
    en="School", fr="École",
)  # fmt: skip
BUS = Criterion(
    name="bus", measure="bus", best=360, worst=0, weight=1, unit="departures", en="Bus", fr="Bus"
)


def two():
    """Return A: (300 + 0) / 4 = 75, B: (3 × 60 + 100) / 4 = 70, C: 15 × … far behind."""
    table = pd.DataFrame(
        {"walk": [5.0, 10.0, 20.0], "bus": [0.0, 360.0, 36.0]}, index=["A", "B", "C"]
    )
    return rank(table, [WALK, BUS])


def test_the_smallest_gain_by_hand():
    found = smallest_gain(two(), "B")
    # 5 points short, on three quarters of the weight: 20 / 3 more points, at 8 points a minute.
    assert found.criterion is WALK
    assert found.points_needed == pytest.approx(60 + 20 / 3)
    assert found.needed == pytest.approx(10 - 20 / 3 / 8)
    assert (found.value, found.rank) == (10, 1)


def test_a_gain_that_is_more_than_a_criterion_can_give_is_not_told():
    # C has 2.5; to reach B it lacks 67.5 of 100: 90 more points on the school, none is enough on the bus.
    found = smallest_gain(two(), "C")
    assert (found.criterion.name, found.rank) == ("school", 2)
    assert found.points_needed == pytest.approx(90)
    table = pd.DataFrame({"walk": [5.0, 20.0], "bus": [360.0, 36.0]}, index=["A", "C"])
    assert smallest_gain(rank(table, [WALK, BUS]), "C") is None  # 97.5 short of A


def test_the_smallest_change_of_weight_by_hand():
    found = smallest_weight_change(two(), "B")
    # 100 t = 60 t + 100 (1 − t): level at t = 5/7, from 3/4; weight 5/7 ÷ 2/7 = 2.5.
    assert found.criterion is WALK
    assert (found.share, found.share_needed) == pytest.approx((0.75, 5 / 7))
    assert (found.weight_needed, found.rank) == (pytest.approx(2.5), 1)


def test_the_first_place_rests_on_a_weight():
    held = first_hold(two(), "A")
    assert held.criterion is WALK
    assert (held.low, held.high) == (pytest.approx(2.5), np.inf)


def test_the_first_and_the_unranked_have_nothing_to_gain():
    table = pd.DataFrame({"walk": [5.0, 10.0], "bus": [np.nan, 360.0]}, index=["A", "B"])
    ranking = rank(table, [WALK, BUS])
    for site in ("A", "B"):
        assert smallest_gain(ranking, site) is None
        assert smallest_weight_change(ranking, site) is None
    assert first_hold(ranking, "A") is None
    assert first_hold(ranking, "B") is None  # it is alone: no weight can take its place


def test_the_sentences_by_hand():
    english = explain(two(), "B", language="en")
    assert "Rank 1 would take: School, 9.1 min instead of 10.0, all else equal." in english
    assert (
        "Rank 1 would come with a weight of 2.50 instead of 3 for “School”, "
        "the other weights unchanged."
    ) in english
    assert "It stays first while the weight of “School” is at least 2.50 (now 3)." in explain(
        two(), "A", language="en"
    )
    french = explain(two(), "B", language="fr")
    assert (
        "Le rang 1 demanderait\u00a0: École, 9,1 min au lieu de 10,0, le reste étant égal."
        in french
    )
    assert any("un poids de 2,50 au lieu de 3 pour «\u00a0École\u00a0»" in told for told in french)


def test_level_and_unbeatable_first_sites_say_so():
    table = pd.DataFrame({"walk": [5.0, 5.0], "bus": [10.0, 10.0]}, index=["A", "B"])
    assert "It shares the first rank with B." in explain(
        rank(table, [WALK, BUS]), "A", language="en"
    )
    table = pd.DataFrame({"walk": [5.0, 15.0], "bus": [20.0, 10.0]}, index=["A", "B"])
    firm = rank(table, [WALK, BUS])
    assert "No change of one weight alone would take its first rank." in explain(
        firm, "A", language="en"
    )
    low = pd.DataFrame({"walk": [5.0, 20.0], "bus": [360.0, 0.0]}, index=["A", "B"])
    alone = explain(rank(low, [WALK, BUS]), "B", language="en")
    assert any(told.startswith("No change of one measure or of one weight alone") for told in alone)


def number(text):
    return float(text.replace(",", "."))


@pytest.mark.parametrize("seed", range(25))
def test_what_is_told_is_true_when_it_is_tried(seed):
    rng = np.random.default_rng(seed)
    names = list("abcd")
    table = pd.DataFrame(
        rng.uniform(0, 40, (9, 4)), columns=names, index=[f"S{n}" for n in range(9)]
    )
    criteria = [
        Criterion(
            name=name, measure=name, best=5 if name < "c" else 30, worst=30 if name < "c" else 5,
            weight=float(rng.integers(1, 5)), unit="min", en=f"label {name}",
        )
        for name in names
    ]  # fmt: skip
    ranking = rank(table, criteria)
    tried = 0
    for site in table.index:
        held = int(ranking.summary.at[site, "rank"])
        told = " ".join(explain(ranking, site, language="en"))
        if gain := re.search(r"Rank (\d+) would take: label (\w), ([\d.]+) min instead of", told):
            changed = table.copy()
            changed.at[site, gain[2]] = number(gain[3])
            assert rank(changed, criteria).summary.at[site, "rank"] <= int(gain[1]) < held
            tried += 1
        if change := re.search(
            r"Rank (\d+) would come with a weight of ([\d.]+) .* “label (\w)”", told
        ):
            asked = [
                replace(c, weight=number(change[2])) if c.name == change[3] else c for c in criteria
            ]
            assert rank(table, asked).summary.at[site, "rank"] < held
            tried += 1
        if stays := re.search(r"“label (\w)” lies between ([\d.]+) and ([\d.]+)", told):
            for end in (stays[2], stays[3]):
                asked = [
                    replace(c, weight=number(end)) if c.name == stays[1] else c for c in criteria
                ]
                assert rank(table, asked).summary.at[site, "rank"] == 1
            tried += 1
    assert tried >= 8


def test_robustness_has_its_sentence_in_the_explanation():
    ranking = two()
    test = robustness(ranking, draws=200)
    for language in ("en", "fr"):
        told = explain(ranking, "B", language=language, robustness=test)
        assert test.sentence("B", language=language) in told
        assert told == ranking.explain("B", language=language, robustness=test)
        assert len(told) == len(explain(ranking, "B", language=language)) + 1


def test_both_languages_tell_the_same_numbers():
    ranking = two()
    for site in ranking.summary.index:
        english, french = (
            [
                re.findall(r"\d+(?:[.,]\d+)?", told)
                for told in explain(ranking, site, language=language)
            ]
            for language in ("en", "fr")
        )
        assert [[number(n) for n in row] for row in english] == [
            [number(n) for n in row] for row in french
        ]
