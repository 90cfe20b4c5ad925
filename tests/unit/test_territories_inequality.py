"""Inequality and poverty of access: published numbers, closed forms, rules for zeros and gaps."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError, UsageError
from renewal_gis.territories import concentration_index, gini, inequality, palma, poverty, theil

# The vector of the R package `ineq` (help of ineq and Gini), with the values it gives.
INCOMES = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
ONES = [1] * 10


def test_published_gini_and_theil():
    assert gini(INCOMES, ONES) == pytest.approx(0.4620911, abs=5e-8)
    assert theil(INCOMES, ONES).total == pytest.approx(0.3623412, abs=5e-8)


def test_closed_forms():
    # One of n holds all: Gini (n − 1) / n and Theil ln n. Values 1…n: Gini (n² − 1) / (3n(n + 1)/2)/2.
    assert gini([0, 0, 0, 7], [1] * 4) == pytest.approx(0.75)
    assert theil([0, 0, 0, 7], [1] * 4).total == pytest.approx(math.log(4))
    n = 60
    assert gini(np.arange(1, n + 1), np.ones(n)) == pytest.approx((n - 1) / (3 * n))


def test_theil_is_all_between_when_groups_are_even():
    parts = theil([2, 2, 6, 6], [1, 1, 1, 1], [0, 0, 1, 1])
    expected = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    assert (parts.between, parts.within) == (pytest.approx(expected), pytest.approx(0, abs=1e-15))


def test_rows_without_a_group_form_one_so_that_the_parts_add_up():
    parts = theil([1, 2, 3, 9], [1, 2, 1, 1], [0, 0, -1, -1])
    assert parts.between + parts.within == pytest.approx(parts.total)
    assert parts.within > 0 < parts.between


def test_a_group_of_zeros_adds_nothing_within():
    parts = theil([0, 0, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    assert parts.within == 0
    assert parts.total == pytest.approx(math.log(2)) == pytest.approx(parts.between)


def test_palma_splits_the_row_that_straddles_a_tenth():
    # Ten people, 1 to 10: the top one holds 10, the bottom four hold 1 + 2 + 3 + 4.
    assert palma(range(1, 11), ONES) == pytest.approx(1.0)
    # Two rows of 5 people: the bottom 4 are of the first, the top one is of the second.
    assert palma([1, 3], [5, 5]) == pytest.approx(3 / 4)


def test_palma_by_income_compares_means():
    reach = [4, 4, 4, 4, 1, 1, 1, 1, 1, 10]
    assert palma(reach, ONES, income=range(10)) == pytest.approx(10 / 4)
    assert palma(reach, ONES, income=range(10, 0, -1)) == pytest.approx(4 / ((10 + 1 + 1 + 1) / 4))


def test_concentration_has_the_sign_of_who_is_served():
    assert concentration_index([1, 2, 3], [1, 1, 1], income=[1, 2, 3]) == pytest.approx(2 / 9)
    assert concentration_index([1, 2, 3], [1, 1, 1], income=[3, 2, 1]) == pytest.approx(-2 / 9)
    assert concentration_index([1, 2, 3], [1, 1, 1], income=[5, 5, 5]) == pytest.approx(0)
    assert concentration_index(INCOMES, ONES, income=INCOMES) == pytest.approx(gini(INCOMES, ONES))


def test_poverty_of_minutes_stands_above_the_line_and_of_counts_below():
    assert poverty([15, 16], [1, 1], line=15) == 0.5
    assert poverty([0, 2, 4], [1, 1, 2], line=4, alpha=1, high_is_good=True) == pytest.approx(
        (1 + 0.5) / 4
    )
    assert poverty([0, 2, 4], [1, 1, 2], line=4, alpha=2, high_is_good=True) == pytest.approx(
        (1 + 0.25) / 4
    )


def test_nothing_to_share_is_not_a_number():
    for index in (gini, palma):
        assert np.isnan(index([0, 0], [1, 1]))
        assert np.isnan(index([np.nan], [1]))
        assert np.isnan(index([], []))
    assert np.isnan(theil([0, 0], [1, 1]).total)
    assert np.isnan(poverty([np.nan], [1], line=5))
    assert np.isnan(palma([0, 0, 0, 0, 0, 0, 0, 0, 0, 5], ONES))


@pytest.mark.parametrize("index", [gini, palma, theil])
def test_negative_values_are_refused(index):
    with pytest.raises(DataError, match="1 of 2 are"):
        index([-1, 2], [1, 1])
    with pytest.raises(DataError, match="Weights must be"):
        index([1, 2], [1, -1])


def test_a_poverty_line_is_above_zero():
    with pytest.raises(UsageError, match="above zero"):
        poverty([1], [1], line=0)


def test_the_table_holds_the_same_numbers_as_the_indices():
    homes = pd.DataFrame({"walk_min:ecole": [5.0, 0.0, np.nan, 20.0, 12.0, 12.0]})
    weight = pd.Series([2, 1, 4, 3, 1, 1])
    sector = pd.Series(["corridor", "south", "south", "south", None, "corridor"])
    income = pd.Series([3.0, 1, 1, 2, np.nan, 3])
    table = inequality(
        homes, weight=weight, sector=sector, income=income, lines={"walk_min:ecole": 10}
    ).set_index("area")
    values = homes["walk_min:ecole"]
    every = table.loc["all"]
    assert table.index.tolist() == ["all", "corridor", "south"]
    assert (every["dwellings"], every["missing_dwellings"], every["mean"]) == (12, 4, 94 / 8)
    assert every["gini"] == pytest.approx(gini(values, weight))
    assert every["palma"] == pytest.approx(palma(values, weight))
    assert every["palma_income"] == pytest.approx(palma(values, weight, income=income))
    assert every["concentration"] == pytest.approx(
        concentration_index(values, weight, income=income)
    )
    assert every["poverty_1"] == pytest.approx(poverty(values, weight, line=10, alpha=1))
    assert every["theil_between"] + every["theil_within"] == pytest.approx(every["theil"])
    south = sector == "south"
    assert table.loc["south", "gini"] == pytest.approx(gini(values[south], weight[south]))
    assert np.isnan(table.loc["south", "theil_between"])


def test_a_line_of_no_measure_names_the_nearest():
    homes = pd.DataFrame({"walk_min:ecole": [5.0]})
    with pytest.raises(UsageError, match="Did you mean 'walk_min:ecole'"):
        inequality(homes, weight=pd.Series([1]), lines={"walk_min:ecoles": 10})
    with pytest.raises(DataError, match="walk_min:ecole: 1 rows are below zero"):
        inequality(-homes, weight=pd.Series([1]))


@pytest.mark.parametrize(
    "asked",
    [
        lambda: gini([1, 2], [1]),
        lambda: theil([1, 2], [1, 1], [0]),
        lambda: palma([1, 2], [1, 1], income=[1]),
        lambda: concentration_index([1, 2], [1, 1], income=[1, 2, 3]),
    ],
)
def test_lists_of_different_lengths_are_one_sentence(asked):
    with pytest.raises(UsageError, match=r"There are 2 values and .* give one for each"):
        asked()
