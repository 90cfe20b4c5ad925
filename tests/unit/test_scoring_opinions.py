"""Second opinions and the Pareto set, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.scoring import Criterion, agreement, pareto, rank, second_opinions

NAN = float("nan")


def ranking(weights=(1, 1), **rows):
    """Return the ranking of sites told by their points."""
    names = list("abcdef")[: len(weights)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype=float)
    return rank(
        table,
        [
            Criterion(name=name, measure=name, best=100, worst=0, weight=weight)
            for name, weight in zip(names, weights, strict=True)
        ],
    )


def test_a_weak_point_costs_more_in_the_geometric_mean_and_in_topsis():
    found = second_opinions(ranking(A=(100, 4), B=(50, 50)))
    assert found["geometric"].tolist() == [20, 50]
    # A: √(0 + 0.96²) from the ideal, √(1 + 0.04²) from the worst; B is half-way.
    assert found["topsis"].tolist() == pytest.approx(
        [np.hypot(1, 0.04) / (np.hypot(1, 0.04) + 0.96), 0.5]
    )


def test_topsis_weighs_each_distance():
    found = second_opinions(ranking(weights=(3, 1), A=(100, 0), B=(0, 100)))
    assert found["topsis"].tolist() == pytest.approx([0.75, 0.25])


def test_promethee_sees_no_gap_below_5_points_and_a_whole_one_from_25():
    near = second_opinions(ranking(A=(50, 50), B=(55, 50)))["promethee"]
    assert near.tolist() == [0, 0]
    half = second_opinions(ranking(A=(65, 50), B=(50, 50)))["promethee"]
    assert half.tolist() == [0.25, -0.25]  # (15 − 5) / 20, on half of the weights
    whole = second_opinions(ranking(weights=(3, 1), A=(100, 0), B=(0, 100), C=(0, 0)))["promethee"]
    assert whole.tolist() == [(0.5 + 0.75) / 2, (-0.5 + 0.25) / 2, -0.5]


def test_a_missing_measure_leaves_an_interval():
    found = second_opinions(ranking(A=(NAN, 64), B=(25, 36), C=(1, 1)))
    row = found.loc["A"]
    assert row[["geometric", "topsis", "promethee", "rank_geometric"]].isna().all()
    assert (row["geometric_low"], row["geometric_high"]) == (0, 80)
    assert (row["rank_geometric_best"], row["rank_geometric_worst"]) == (1, 3)
    assert row["topsis_low"] < row["topsis_high"]
    assert found["rank_promethee"].tolist() == [pd.NA, 1, 2]
    assert found.loc["C", ["rank_geometric_best", "rank_geometric_worst"]].tolist() == [2, 3]


def test_agreement_counts_pairs_and_shifts():
    held = ranking(A=(100, 4), B=(50, 50), C=(10, 10), D=(NAN, 1))
    found = agreement(held, second_opinions(held)).set_index("opinion")
    # A is before B in the record, behind it in the geometric mean: one pair of three disagrees.
    assert found.loc["geometric", "tau_b"] == pytest.approx(1 / 3)
    assert found.loc["geometric", ["sites", "largest_shift"]].tolist() == [3, 1]
    assert not found.loc["geometric", "same_first"]


def test_agreement_counts_level_sites():
    held = ranking(A=(55, 50), B=(50, 50), C=(0, 0))
    found = agreement(held, second_opinions(held)).set_index("opinion").loc["promethee"]
    # Two pairs agree; A and B are level for PROMETHEE, so that B is first too.
    assert found["tau_b"] == pytest.approx(2 / np.sqrt(3 * 2))
    assert not found["same_first"]


def test_agreement_without_two_different_scores_is_not_a_number():
    held = ranking(A=(50, 50), B=(50, 50))
    found = agreement(held, second_opinions(held))
    assert found["tau_b"].isna().all()
    assert found["same_first"].all()
    alone = ranking(A=(NAN, 1))
    assert agreement(alone, second_opinions(alone))["sites"].tolist() == [0, 0, 0]


def test_pareto_keeps_what_nobody_beats():
    found = pareto(ranking(A=(80, 20), B=(20, 80), C=(20, 20), D=(80, 20)))
    assert found["pareto"].tolist() == [True, True, False, True]
    assert found["dominated_by"].tolist() == ["", "", "A, B, D", ""]


def test_pareto_says_when_it_depends_on_a_missing_measure():
    found = pareto(ranking(A=(NAN, 50), B=(60, 60), C=(100, 70), D=(0, 60)))
    # A is beaten by C whatever its measure; B too; D too.
    assert found["pareto"].tolist() == [False, False, True, False]
    assert found.loc["A", "dominated_by"] == "C"
    two = pareto(ranking(A=(NAN, 50), B=(60, 60)))
    assert two["pareto"].tolist() == [pd.NA, True]


def test_a_criterion_without_weight_plays_no_part():
    held = ranking(weights=(1, 0), A=(80, 0), B=(20, 100))
    assert pareto(held)["pareto"].tolist() == [True, False]
    assert second_opinions(held)["topsis"].tolist() == [0.8, 0.2]


def test_no_site_at_all_is_no_trouble():
    held = rank(
        pd.DataFrame({"a": []}, dtype=float),
        [Criterion(name="a", measure="a", best=1, worst=0)],
    )
    assert len(second_opinions(held)) == len(pareto(held)) == 0
