"""SMAA against closed forms and against counting one weighting at a time."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import UsageError
from renewal_gis.scoring import Criterion, draw_weightings, rank, smaa

NAN = float("nan")


def ranking(table, groups=None, weights=None):
    """Return the ranking of sites told by their points."""
    table = pd.DataFrame(table) if not isinstance(table, pd.DataFrame) else table
    return rank(
        table,
        [
            Criterion(
                name=name, measure=name, best=100, worst=0,
                group=(groups or {}).get(name, ""), weight=(weights or {}).get(name, 1),
            )
            for name in table.columns
        ],
    )  # fmt: skip


def sites(**rows):
    names = list("abcdef")[: len(next(iter(rows.values())))]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype=float)


def test_two_opposite_sites_and_one_in_the_middle():
    found = smaa(ranking(sites(A=(100, 0), B=(0, 100), C=(40, 40))), draws=40_000)
    close = pytest.approx
    assert found.ranks.loc["A"].tolist() == close([0.5, 0.1, 0.4], abs=3 * found.error)
    # C lies between the two when the smaller weight is below 0.4: on 0.8 of the segment.
    assert found.ranks.loc["C"].tolist() == close([0, 0.8, 0.2], abs=3 * found.error)
    assert found.central.loc["A"].tolist() == close([0.75, 0.25], abs=0.01)
    assert found.central.loc["C"].isna().all()
    assert found.pairwise.at["A", "B"] == close(0.5, abs=3 * found.error)
    assert found.pairwise.at["A", "C"] == close(0.6, abs=3 * found.error)
    assert found.pairwise.at["A", "B"] + found.pairwise.at["B", "A"] == close(1)


def test_one_site_per_criterion():
    found = smaa(ranking(sites(A=(100, 0, 0), B=(0, 100, 0), C=(0, 0, 100))), draws=40_000)
    assert found.ranks.to_numpy() == pytest.approx(np.full((3, 3), 1 / 3), abs=3 * found.error)
    # The mean of the largest of three even weights, and what is left to the two others.
    largest = (1 + 1 / 2 + 1 / 3) / 3
    expected = np.full((3, 3), (1 - largest) / 2)
    np.fill_diagonal(expected, largest)
    assert found.central.to_numpy() == pytest.approx(expected, abs=0.01)


def test_statements_on_groups_bind_the_weights():
    held = ranking(
        sites(A=(100, 100, 0), B=(0, 0, 100)), {"a": "services", "b": "services", "c": "transit"}
    )
    assert smaa(held, draws=500).ranks.at["B", 1] == pytest.approx(0.25, abs=0.07)
    first = smaa(held, statements=[("transit", "services")], draws=500).ranks
    assert first.at["B", 1] == 1
    assert smaa(held, statements=[("services", "transit")], draws=500).ranks.at["A", 1] == 1


def test_level_sites_share_the_better_rank_in_every_weighting():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.uniform(0, 100, (40, 7)), columns=list("abcdefg"))
    table = pd.concat([table, table, table], ignore_index=True)
    found = smaa(ranking(table), draws=600)
    for copy in (40, 80):
        again = found.ranks.iloc[copy : copy + 40]
        assert (again.to_numpy() == found.ranks.iloc[:40].to_numpy()).all()
    assert (np.diag(found.pairwise.to_numpy()[:40, 40:80]) == 0).all()


def counted(points, weightings):
    """Rank in one weighting after another, from the definition."""
    sites, draws = len(points), len(weightings)
    best, worst = np.zeros((sites, sites)), np.zeros((sites, sites))
    wins = np.zeros((sites, sites))
    for weights in weightings:
        low = [np.nan_to_num(row, nan=0.0) @ weights for row in points]
        high = [np.nan_to_num(row, nan=100.0) @ weights for row in points]
        for one in range(sites):
            others = [other for other in range(sites) if other != one]
            best[one, sum(low[other] > high[one] for other in others)] += 1
            worst[one, sum(high[other] > low[one] for other in others)] += 1
            for other in others:
                wins[one, other] += low[one] > high[other]
    return best / draws, worst / draws, wins / draws


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_counts_are_those_of_one_weighting_at_a_time(missing):
    rng = np.random.default_rng(9)
    points = rng.uniform(0, 100, (9, 4))
    points[rng.random(points.shape) < missing] = NAN
    table = pd.DataFrame(points, columns=list("abcd"), index=list("ABCDEFGHI"))
    found = smaa(ranking(table), draws=300, seed=4, top=2)
    best, worst, wins = counted(points, draw_weightings(list("abcd"), draws=300, seed=4))
    assert np.isnan(points).any() == bool(missing)
    assert found.ranks_best.to_numpy() == pytest.approx(best)
    assert found.ranks.to_numpy() == pytest.approx(worst)
    assert found.pairwise.to_numpy() == pytest.approx(wins)
    assert found.shares["first"].to_numpy() == pytest.approx(worst[:, 0])
    assert found.shares["first_possible"].to_numpy() == pytest.approx(best[:, 0])
    assert found.shares["among_first"].to_numpy() == pytest.approx(worst[:, :2].sum(axis=1))
    assert found.shares["rank_mean"].to_numpy() == pytest.approx(worst @ np.arange(1, 10))


def test_a_missing_measure_is_neither_zero_nor_a_hundred():
    found = smaa(ranking(sites(A=(NAN, 100), B=(50, 50))), draws=4_000).shares
    # Surely first where 100 w > 50, possibly in every weighting.
    assert found.at["A", "first"] == pytest.approx(0.5, abs=0.03)
    assert found.at["A", "first_possible"] == 1
    assert (found.at["B", "first"], found.at["B", "first_possible"]) == pytest.approx(
        (0, 0.5), abs=0.03
    )


def test_the_number_of_threads_changes_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.uniform(0, 100, (30, 5)), columns=list("abcde"))
    table = table.mask(rng.random(table.shape) < 0.05)
    found = []
    for threads in (1, 2, 7):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        found.append(smaa(ranking(table), draws=1_500))
    for other in found[1:]:
        for name in ("ranks", "ranks_best", "central", "pairwise", "shares"):
            pd.testing.assert_frame_equal(
                getattr(other, name), getattr(found[0], name), check_exact=True
            )


@pytest.mark.parametrize("draws", [1, 255, 256, 257])
def test_every_weighting_is_counted_once(draws):
    found = smaa(ranking(sites(A=(100, 0), B=(0, 100), C=(30, 30))), draws=draws)
    assert (found.ranks.sum(axis=1) == 1).all()
    assert (found.ranks * draws % 1).to_numpy() == pytest.approx(0, abs=1e-9)
    assert found.ranks[1].sum() == pytest.approx(1)


def test_a_criterion_of_no_weight_is_left_out():
    held = ranking(sites(A=(100, 0), B=(0, 100)), weights={"b": 0})
    found = smaa(held, draws=50)
    assert found.ranks.at["A", 1] == 1
    assert found.central.columns.tolist() == ["a"]
    with pytest.raises(UsageError, match="with a weight is called 'b'"):
        smaa(held, statements=[("a", "b")], draws=50)


def test_the_range_of_ranks_holds_95_of_100_weightings():
    rng = np.random.default_rng(8)
    table = pd.DataFrame(rng.uniform(0, 100, (12, 4)), columns=list("abcd"))
    found = smaa(ranking(table), draws=2_000)
    for site, row in found.shares.iterrows():
        inside = found.ranks.loc[site, row["rank_low"] : row["rank_high"]].sum()
        assert inside >= 0.95
        below = found.ranks.loc[site, : row["rank_low"]].sum()
        assert below >= 0.025 > below - found.ranks.at[site, row["rank_low"]]


def test_inputs_stay_as_they_were():
    held = ranking(sites(A=(100, NAN), B=(0, 100)))
    before = held.points.copy()
    smaa(held, draws=20)
    pd.testing.assert_frame_equal(held.points, before)


@pytest.mark.parametrize("rest", [{"draws": 0}, {"top": 0}, {"draws": -3}])
def test_counts_below_one_are_refused(rest):
    with pytest.raises(UsageError, match="whole numbers above 0"):
        smaa(ranking(sites(A=(1, 2))), **rest)


def test_no_site_at_all_is_no_trouble():
    found = smaa(ranking(pd.DataFrame({"a": []}, dtype=float)), draws=10)
    assert found.ranks.shape == found.pairwise.shape == (0, 0)
    assert len(found.shares) == 0
