"""Weightings drawn at random: against closed forms, and against drawing and throwing away."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import beta

from renewal_gis.errors import UsageError
from renewal_gis.scoring import draw_weightings
from renewal_gis.scoring.orders import linear_extensions, random_extensions

DRAWS = 20_000
NAMES = list("abcde")
GROUPS = {"X": [0, 1, 2], "Y": [3, 4]}


def within_error(drawn, expected, sigmas=5.0):
    """Tell whether the mean of what was drawn is as near to what is expected as chance allows."""
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    return bool((np.abs(drawn.mean(axis=0) - expected) <= sigmas * error + 1e-12).all())


@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_weights_are_even_on_the_simplex(size):
    drawn = draw_weightings([str(n) for n in range(size)], draws=DRAWS)
    assert drawn.shape == (DRAWS, size)
    assert (drawn >= 0).all()
    assert drawn.sum(axis=1) == pytest.approx(1)
    assert within_error(drawn, 1 / size)
    # A Dirichlet law of ones: E[w²] = 2 / (n (n + 1)).
    assert within_error(drawn**2, 2 / (size * (size + 1)))


@pytest.mark.parametrize("size", [2, 3, 7, 12])
def test_a_chain_has_the_means_of_ordered_even_weights(size):
    names = [str(n) for n in range(size)]
    drawn = draw_weightings(names, statements=list(itertools.pairwise(names)), draws=DRAWS)
    assert (np.diff(drawn, axis=1) <= 0).all()
    expected = [sum(1 / i for i in range(k, size + 1)) / size for k in range(1, size + 1)]
    assert within_error(drawn, expected)


def kept(condition, draws=400_000):
    """Draw evenly on the simplex and keep what keeps the statements."""
    drawn = np.random.default_rng(11).dirichlet(np.ones(len(NAMES)), draws)
    return drawn[condition(drawn)]


@pytest.mark.parametrize(
    ("statements", "condition"),
    [
        (
            [("a", "b"), ("a", "c"), ("d", "c")],
            lambda w: (w[:, 0] >= w[:, 1]) & (w[:, 0] >= w[:, 2]) & (w[:, 3] >= w[:, 2]),
        ),
        ([("Y", "X")], lambda w: w[:, 3:].sum(1) >= w[:, :3].sum(1)),
        (
            [("Y", "X"), ("a", "b")],
            lambda w: (w[:, 3:].sum(1) >= w[:, :3].sum(1)) & (w[:, 0] >= w[:, 1]),
        ),
        (
            [("d", "X"), ("d", "e")],
            lambda w: (w[:, 3] >= w[:, :3].sum(1)) & (w[:, 3] >= w[:, 4]),
        ),
        (
            [("X", "d"), ("X", "e")],
            lambda w: (w[:, :3].sum(1) >= w[:, 3]) & (w[:, :3].sum(1) >= w[:, 4]),
        ),
        (
            [("Y", "X"), ("a", "d")],
            lambda w: (w[:, 3:].sum(1) >= w[:, :3].sum(1)) & (w[:, 0] >= w[:, 3]),
        ),
    ],
    ids=["criteria", "groups", "nested", "set-last", "set-first", "crossing"],
)
def test_statements_draw_the_same_law_as_throwing_away(statements, condition):
    drawn = draw_weightings(NAMES, groups=GROUPS, statements=statements, draws=DRAWS, seed=3)
    assert condition(drawn).all()
    judge = kept(condition)
    for power in (1, 2, 3):
        ours, theirs = drawn**power, judge**power
        error = np.hypot(
            ours.std(axis=0) / np.sqrt(len(ours)), theirs.std(axis=0) / np.sqrt(len(theirs))
        )
        assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= 5 * error).all()


def test_a_rare_statement_is_drawn_as_exactly_as_a_common_one():
    names = [str(n) for n in range(17)]
    groups = {"services": list(range(15)), "transit": [15, 16]}
    drawn = draw_weightings(names, groups=groups, statements=[("transit", "services")], draws=DRAWS)
    transit = drawn[:, 15:].sum(axis=1)
    assert transit.min() >= 0.5
    # Without the statement this share follows Beta(2, 15), which is above a half once in 3 855.
    law = beta(2, 15)
    assert law.sf(0.5) < 1 / 3_000
    expected = law.expect(lambda share: share, lb=0.5, ub=1.0, conditional=True)
    assert within_error(transit[:, None], expected)


def test_each_order_is_as_likely_as_any_other():
    before = [(0, 2), (1, 2), (1, 3)]
    rows = random_extensions(4, before, draws=DRAWS, rng=np.random.default_rng(0))
    orders = list(linear_extensions(4, before))
    brute = [
        row
        for row in itertools.permutations(range(4))
        if all(row.index(one) < row.index(other) for one, other in before)
    ]
    assert sorted(orders) == sorted(brute)
    found = np.array([(rows == order).all(axis=1).sum() for order in orders])
    assert found.sum() == DRAWS
    share = 1 / len(orders)
    assert (np.abs(found / DRAWS - share) < 5 * np.sqrt(share * (1 - share) / DRAWS)).all()


def test_same_seed_same_weightings():
    said = [("Y", "X"), ("a", "b")]
    one, two, other = (
        draw_weightings(NAMES, groups=GROUPS, statements=said, draws=50, seed=seed)
        for seed in (1, 1, 2)
    )
    assert (one == two).all()
    assert (one != other).any()


def test_a_group_of_one_is_its_criterion():
    one = draw_weightings(NAMES, groups={"Z": [2]}, statements=[("Z", "a")], draws=99)
    assert (one == draw_weightings(NAMES, statements=[("c", "a")], draws=99)).all()


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ([("a", "bb")], "No criterion or group with a weight is called 'bb'; did you mean 'b'"),
        ([("a", "?")], r"is called '\?'\. Known: a, b, c, d, e, X, Y"),
        ([("a", "X")], "the two share criteria"),
        ([("a", "a")], "the two share criteria"),
        ([("a", "b"), ("b", "c"), ("c", "a")], "round in a circle: a before b, b before c"),
        ([("a", "Y"), ("Y", "X")], "too few to draw exactly"),
    ],
)
def test_statements_that_cannot_hold_are_refused(statements, told):
    with pytest.raises(UsageError, match=told):
        draw_weightings(NAMES, groups=GROUPS, statements=statements, draws=100)


def test_a_name_with_two_meanings_is_refused():
    with pytest.raises(UsageError, match="both a criterion and a group"):
        draw_weightings(NAMES, groups={"a": [0, 1]}, statements=[("a", "c")], draws=10)


def test_what_cannot_be_counted_is_refused_rather_than_approximated():
    names = [str(n) for n in range(19)]
    with pytest.raises(UsageError, match="tie 19 criteria together"):
        draw_weightings(names, statements=[("0", name) for name in names[1:]], draws=10)
    groups = {"g": [0, 1]}
    loose = [(names[n], "g") for n in range(2, 8)]
    with pytest.raises(UsageError, match="more than 120 orders"):
        draw_weightings(names, groups=groups, statements=loose, draws=10)
