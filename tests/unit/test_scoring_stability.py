"""How far weights and anchors may go, and what each criterion holds up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError, UsageError
from renewal_gis.scoring import (
    Criterion,
    anchor_changes,
    leave_one_out,
    rank,
    robustness,
    weight_intervals,
)
from renewal_gis.scoring.stability import stretched

NAN = float("nan")


def ranking(weights=(1, 1), **rows):
    names = list("abcdef")[: len(weights)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype=float)
    return rank(
        table,
        [
            Criterion(name=name, measure=name, best=100, worst=0, weight=weight)
            for name, weight in zip(names, weights, strict=True)
        ],
    )


def test_the_interval_ends_where_the_scores_meet():
    # A: 100 t + 40 (1 − t), B: 40 t + 80 (1 − t): they meet at t = 0.4. C never matters.
    found = weight_intervals(ranking(A=(100, 40), B=(40, 80), C=(0, 0))).set_index("criterion")
    assert found.loc["a"].tolist() == pytest.approx([0.5, 0.4, 1.0, 0.4, 1.0])
    assert found.loc["b"].tolist() == pytest.approx([0.5, 0.0, 0.6, 0.0, 0.6])


def test_the_order_may_change_before_the_first():
    found = weight_intervals(ranking(A=(100, 90), B=(50, 40), C=(20, 60)))
    row = found.set_index("criterion").loc["a"]
    # B passes C at 50 t + 40 (1 − t) = 20 t + 60 (1 − t): t = 0.4; A is never passed.
    assert row[["first_low", "first_high"]].tolist() == [0, 1]
    assert row[["order_low", "order_high"]].tolist() == pytest.approx([0.4, 1])


def test_level_first_sites_part_at_once_unless_they_are_alike():
    found = weight_intervals(ranking(A=(60, 40), B=(40, 60))).set_index("criterion").loc["a"]
    assert found[["first_low", "first_high"]].tolist() == [0.5, 0.5]
    assert found[["order_low", "order_high"]].tolist() == [0, 1]
    alike = weight_intervals(ranking(A=(60, 40), B=(60, 40))).loc[0]
    assert alike[["first_low", "first_high"]].tolist() == [0, 1]


def order_of(held, criterion, share):
    """Rank again with another share of one weight, the others in proportion."""
    old = held.weights()
    scale = (1 - share) / (1 - old[criterion])
    asked = [
        replace(c, weight=share if c.name == criterion else old[c.name] * scale)
        for c in held.criteria
    ]
    return rank(held.values, asked).summary["rank"]


@pytest.mark.parametrize("seed", range(8))
def test_intervals_are_those_found_by_ranking_again(seed):
    rng = np.random.default_rng(seed)
    points = {f"S{n}": rng.uniform(0, 100, 4) for n in range(7)}
    held = ranking(weights=tuple(rng.integers(1, 5, 4)), **points)
    record = held.summary["rank"]
    for _, row in weight_intervals(held).iterrows():
        for word, same in (
            ("first", lambda ranks: ((ranks == 1) == (record == 1)).all()),
            ("order", lambda ranks: (ranks == record).all()),
        ):
            low, high = row[f"{word}_low"], row[f"{word}_high"]
            assert low <= row["weight"] <= high
            inside = np.linspace(low + 1e-6, high - 1e-6, 9)
            assert all(same(order_of(held, row["criterion"], share)) for share in inside)
            outside = [share for share in (low - 1e-6, high + 1e-6) if 0 < share < 1]
            assert not any(same(order_of(held, row["criterion"], share)) for share in outside)


def test_sites_with_a_missing_measure_are_left_out_of_the_intervals():
    with_one, without = (
        ranking(A=(100, 40), B=(40, 80), C=(NAN, 99)),
        ranking(A=(100, 40), B=(40, 80)),
    )
    pd.testing.assert_frame_equal(weight_intervals(with_one), weight_intervals(without))
    none = weight_intervals(ranking(A=(NAN, 1)))
    assert none.drop(columns=["criterion", "weight"]).isna().all(axis=None)


def test_a_single_criterion_has_all_the_weight():
    row = weight_intervals(ranking(weights=(2,), A=(9,), B=(5,))).loc[0]
    assert row[["weight", "first_low", "first_high", "order_low", "order_high"]].tolist() == [
        1, 0, 1, 0, 1,
    ]  # fmt: skip


def test_anchors_move_about_their_middle_and_points_stay():
    stepped = Criterion(name="s", measure="m", anchors=((5, 100), (10, 60), (20, 0)))
    assert stretched(stepped, 0.25).curve == ((3.125, 100), (9.375, 60), (21.875, 0))
    assert stretched(stepped, -0.25).curve == ((6.875, 100), (10.625, 60), (18.125, 0))
    falling = Criterion(name="s", measure="m", best=360, worst=0)
    assert (stretched(falling, 0.25).best, stretched(falling, 0.25).worst) == (405, -45)


def test_each_trial_of_the_anchors_is_a_ranking_of_its_own():
    rng = np.random.default_rng(1)
    held = ranking(weights=(2, 1, 1), **{f"S{n}": rng.uniform(0, 100, 3) for n in range(12)})
    found = anchor_changes(held).set_index(["criterion", "change"])
    assert len(found) == 2 * (1 + 3)
    for (name, change), row in found.iterrows():
        asked = [stretched(c, change) if name in ("", c.name) else c for c in held.criteria]
        again = rank(held.values, asked).summary
        assert row["first"] == ", ".join(again.index[again["rank"] == 1])
        assert row["moved"] == (again["rank"] != held.summary["rank"]).sum()
        assert row["sites"] == 12
    assert found["moved"].any()


def test_narrower_anchors_can_put_another_site_first():
    table = pd.DataFrame({"a": [9.0, 5.0], "b": [0.0, 5.0]}, index=["A", "B"])
    held = rank(
        table,
        [
            Criterion(name="a", measure="a", best=10, worst=0, weight=1.05),
            Criterion(name="b", measure="b", best=10, worst=0, weight=1),
        ],
    )
    # Record: A 0.9 × 1.05 = 0.945, B 0.5 × 2.05 = 1.025. With a alone from 1.25 to 8.75, A has
    # 1.05 and B as before. With b alone narrower nothing changes: A is at its end, B in the middle.
    found = anchor_changes(held).set_index(["criterion", "change"])
    assert found.loc[("", -0.25), "first"] == found.loc[("a", -0.25), "first"] == "A"
    assert not found.loc[("a", -0.25), "same_first"]
    assert found.loc[("a", -0.25), ["moved", "largest_shift", "tau_b"]].tolist() == [2, 1, -1]
    assert found.loc[("b", -0.25), "first"] == "B"


def test_leaving_one_out_shows_what_a_criterion_holds_up():
    held = ranking(weights=(2, 1, 1), A=(100, 0, 0), B=(0, 60, 60), C=(NAN, 50, 50))
    found = leave_one_out(held).set_index("criterion")
    assert found["first"].to_dict() == {"a": "B", "b": "A", "c": "A"}
    assert found["same_first"].to_dict() == {"a": False, "b": True, "c": True}
    assert found["sites"].tolist() == [2, 2, 2]
    assert found.loc["a", "tau_b"] == -1
    assert len(leave_one_out(ranking(weights=(1,), A=(1,)))) == 0


def told(language, statements=(), draws=1_000, **rows):
    held = ranking(weights=(1,) * len(next(iter(rows.values()))), **rows)
    test = robustness(held, statements=statements, draws=draws)
    return test, test.sentences(language=language)


SEVEN = {name: (place * 10, place * 10) for place, name in enumerate("GFEDCBA", start=1)}


def test_the_sentence_says_the_shares_of_the_table():
    rows = SEVEN | {"A": (100, 0), "B": (0, 100), "C": (45, 45)}
    test, english = told("en", **rows)
    _, french = told("fr", **rows)
    shares = test.acceptability.shares
    for site in ("A", "B", "C"):
        first, among = (shares.at[site, name] for name in ("first", "among_first"))
        for share, sentence, mark in ((first, english, " %"), (among, french, "\u202f%")):
            if 0.005 <= share <= 0.995:
                assert f"in {share * 100:.0f} %" in sentence[site] or mark != " %"
                assert f"dans {share * 100:.0f}\u202f%" in sentence[site] or mark == " %"
    assert english["G"] == (
        "Site G: first in none of the weightings, among the first five in none."
    )
    assert french["G"] == (
        "Site G\u00a0: premier dans aucune des pondérations, parmi les cinq premiers dans aucune."
    )


def test_always_never_nearly_and_hardly_are_never_rounded_away():
    _, sentences = told("en", **SEVEN)
    assert sentences["A"] == "Site A: first in all of the weightings, among the first five in all."
    # A loses where the first weight is below 0.002.
    _, close = told("en", draws=20_000, **(SEVEN | {"A": (100, 70), "B": (50, 70.1)}))
    assert "first in over 99 %" in close["A"]
    assert "first in under 1 %" in close["B"]


def test_a_missing_measure_makes_a_range():
    _, english = told("en", A=(NAN, 100), B=(50, 50))
    assert english["A"].startswith("Site A: first in 4")
    assert english["A"].endswith(" to 100 % of the weightings.")
    _, french = told("fr", A=(NAN, 100), B=(50, 50))
    assert french["A"].endswith(" à 100\u202f% des pondérations.")


def test_the_statements_are_said():
    _, english = told("en", statements=[("a", "b")], A=(100, 0), B=(0, 100))
    assert english["A"] == "Site A: first in all of the weightings (a before b)."
    _, french = told("fr", statements=[("a", "b")], A=(100, 0), B=(0, 100))
    assert french["A"] == "Site A\u00a0: premier dans toutes les pondérations (a avant b)."


def test_a_sentence_about_an_unknown_site_names_the_sites():
    test, _ = told("en", A=(1, 2), B=(2, 1))
    with pytest.raises(DataError, match=r"No site called 'Z'\. The sites are: A, B"):
        test.sentence("Z")


@pytest.mark.parametrize("change", [0, 1, 1.5, -0.25])
def test_anchors_cannot_be_moved_past_their_middle(change):
    walk = Criterion(name="walk", measure="m", best=5, worst=20)
    with pytest.raises(UsageError, match="above 0 and below 1"):
        anchor_changes(rank(pd.DataFrame({"m": [6.0, 7.0]}), [walk]), change=change)
