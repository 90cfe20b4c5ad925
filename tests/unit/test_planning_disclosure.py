"""Small counts are hidden, and nothing published gives them away."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning import suppressed


def table(*counts, **columns):
    index = [f"G{n}" for n in range(len(counts))]
    return pd.DataFrame({"households": list(counts), **columns}, index=index)


def shown(held, name="households"):
    return [None if value is pd.NA else value for value in held[name].tolist()]


def test_a_small_count_takes_the_next_smallest_with_it():
    assert shown(suppressed(table(40, 3, 25, 90), ["households"])) == [40, None, None, 90]


def test_what_is_hidden_together_is_not_small_either():
    # 3 + 2 would tell that the two groups hold five households.
    assert shown(suppressed(table(40, 3, 2, 90), ["households"])) == [None, None, None, 90]


def test_zero_is_shown_and_eleven_is_not_small():
    assert shown(suppressed(table(0, 11, 12), ["households"])) == [0, 11, 12]


def test_several_small_counts_may_hide_one_another():
    assert shown(suppressed(table(9, 8, 50), ["households"])) == [None, None, 50]


def test_a_total_below_the_threshold_is_hidden_and_its_parts_with_it():
    held = table(4, 3, 7)
    held.index = ["A", "B", "total"]
    assert shown(suppressed(held, ["households"], total_row="total")) == [None, None, None]


def test_a_small_total_is_hidden_with_its_part_and_a_zero_is_left():
    held = pd.DataFrame({"a": [5, 30, 40], "b": [0, 30, 40], "all": [5, 60, 80]})
    result = suppressed(held, ["a", "b", "all"], total_column="all")
    assert result["a"].isna().tolist() == [True, True, False]
    assert result["all"].isna().tolist() == [True, True, False]
    assert result["b"].tolist() == [0, 30, 40]


def test_a_hidden_total_is_not_found_from_its_parts():
    held = pd.DataFrame({"a": [5, 20, 300], "b": [4, 20, 300], "all": [9, 40, 600]})
    result = suppressed(held, ["a", "b", "all"], total_column="all")
    hidden = result.isna()
    assert hidden.loc[0].all()
    # Were 40 hidden beside 9 with both its parts shown, 20 + 20 would give it, and then 9.
    assert hidden.loc[1, "all"]
    assert hidden.loc[1, ["a", "b"]].any()


def test_margins_are_lines_too():
    held = table(
        3, 40, 50, 60, 70, 80, 20, 30, 90,
        convention=list("AAABBBCCC"), half_year=[1, 2, 3] * 3,
    )  # fmt: skip
    result = suppressed(held, ["households"], margins=["convention", "half_year"])
    hidden = result["households"].isna()
    for name in ("convention", "half_year"):
        assert (hidden.groupby(held[name]).sum().isin([0, 2, 3])).all()
    assert hidden.sum() == 4


def test_other_columns_the_index_and_the_input_are_left_alone():
    held = table(40, 3, 25, name=["a", "b", "c"])
    kept = held.copy()
    result = suppressed(held, ["households"])
    pd.testing.assert_frame_equal(held, kept)
    assert result["name"].tolist() == ["a", "b", "c"]
    assert result.index.equals(held.index)
    assert result["households"].dtype == "Int64"


def test_what_is_not_known_stays_so():
    result = suppressed(table(40, None, 25), ["households"])
    assert shown(result) == [40, None, 25]


def test_another_threshold():
    assert shown(suppressed(table(40, 3, 25), ["households"], threshold=3)) == [40, 3, 25]


@pytest.mark.parametrize("value", [-1, 2.5, np.inf])
def test_what_is_no_count_is_refused(value):
    with pytest.raises(DataError, match=r"households, row G1: .* is not a count"):
        suppressed(table(40, value), ["households"])


@pytest.mark.parametrize(
    "rest",
    [
        {"columns": ["people"]},
        {"columns": []},
        {"columns": ["households"], "margins": ["town"]},
        {"columns": ["households"], "total_row": "sum"},
        {"columns": ["households"], "total_column": "sum"},
    ],
)
def test_what_the_table_does_not_have_is_said(rest):
    with pytest.raises(UsageError, match="Nothing called"):
        suppressed(table(40, 3), **rest)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_no_small_count_can_be_solved_for(counts):
    """Every other table with the same published figures is looked for, by brute force over shifts."""
    held = pd.DataFrame(
        {"n": counts, "row": [0, 0, 0, 1, 1, 1], "column": [0, 1, 2, 0, 1, 2]},
    )
    try:
        result = suppressed(held, ["n"], margins=["row", "column"])
    except DataError:
        return
    values = np.array(counts)
    hidden = result["n"].isna().to_numpy()
    assert (values[~hidden] == result["n"][~hidden].to_numpy(dtype=int)).all()
    small = (values > 0) & (values < 11)
    assert hidden[small].all()
    lines = [np.arange(6), *(np.arange(6)[held["row"] == r] for r in (0, 1))]
    lines += [np.arange(6)[held["column"] == c] for c in (0, 1, 2)]
    told = [line for line in lines if values[line].sum() >= 11]
    moved = np.zeros(6, dtype=bool)
    for shift in itertools.product((-2, -1, 0, 1, 2), repeat=int(hidden.sum())):
        change = np.zeros(6, dtype=int)
        change[hidden] = shift
        if all(change[line].sum() == 0 for line in told):
            moved |= change != 0
    assert moved[small].all()
