"""How unequally access is shared, by dwellings or residents.

Rules that hold throughout. A weight is worth that many equal rows. Missing values leave with their
weight. Zero is a value: it counts in every sum, and 0 × ln 0 is 0. A negative value is refused, since
shares of a whole have no meaning then. Where all values are zero there is nothing to share, and an index
is NaN. An index of minutes tells how the *minutes* are shared: those who have many are the worse off.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from renewal_gis.errors import DataError, UsageError
from renewal_gis.territories.inputs import Floats

__all__ = [
    "Theil",
    "concentration",
    "concentration_index",
    "gini",
    "palma",
    "poverty",
    "sorted_gini",
    "theil",
    "top_to_bottom",
]

_TOP, _BOTTOM = 0.9, 0.4


class Theil(NamedTuple):
    """Theil’s T: between the groups, within them, and the whole; between + within = total."""

    total: float
    between: float
    within: float


def gini(values: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """Return the weighted Gini coefficient, 0 (all equal) to 1; NaN where there is nothing to share.

    Raises
    ------
    DataError
        When a value or a weight is negative.
    UsageError
        When the lengths differ.

    References
    ----------
    Half the mean difference over the mean, of the population (no correction for small samples); Lerman
    and Yitzhaki (1989), Improving the accuracy of estimates of Gini coefficients, for the weights.

    Examples
    --------
    >>> gini([10, 0], [1, 1])
    0.5
    """
    return sorted_gini(*_ascending(values, weights))


def sorted_gini(held: Floats, weight: Floats) -> float:
    """Return the Gini coefficient of values in ascending order."""
    total = float((held * weight).sum())
    if not total:
        return np.nan
    reached = np.cumsum(weight)
    return float((held * weight * (2 * reached - weight)).sum() / (reached[-1] * total) - 1)


def theil(
    values: npt.ArrayLike, weights: npt.ArrayLike, groups: npt.ArrayLike | None = None
) -> Theil:
    """Return Theil’s T, and how much of it lies between and within groups.

    Parameters
    ----------
    values, weights
        Values, and what each is worth.
    groups
        Group of each value as a whole number of 0 or more, -1 for none: rows without a group form one
        together, so that the parts add up. One group by default.

    Returns
    -------
    Theil
        In nats; NaN where there is nothing to share. A group of zeros adds nothing within.

    Raises
    ------
    DataError
        When a value or a weight is negative.
    UsageError
        When the lengths differ.

    References
    ----------
    Theil (1967), Economics and Information Theory; Shorrocks (1980), The class of additively
    decomposable inequality measures, Econometrica 48(3).

    Examples
    --------
    >>> parts = theil([1, 1, 3, 3], [1, 1, 1, 1], [0, 0, 1, 1])
    >>> round(parts.total, 4), round(parts.between, 4), parts.within
    (0.1308, 0.1308, 0.0)
    """
    held, weight = _pairs(values, weights)
    use = np.isfinite(held) & (weight > 0)
    group = (
        np.zeros(len(held), dtype=np.intp) if groups is None else np.asarray(groups, np.intp) + 1
    )
    _require_as_many(held, group, "groups")
    return _theil(held[use], weight[use], group[use])


def _theil(held: Floats, weight: Floats, group: npt.NDArray[np.intp]) -> Theil:
    amount = held * weight
    total = float(amount.sum())
    if not total:
        return Theil(np.nan, np.nan, np.nan)
    mean = total / float(weight.sum())
    amounts = np.bincount(group, weights=amount)
    people = np.bincount(group, weights=weight)
    means = np.divide(amounts, people, out=np.zeros(len(people)), where=people > 0)
    whole = float((amount * _log(held / mean)).sum()) / total
    between = float((amounts * _log(means / mean)).sum()) / total
    # Within is summed on its own, so that the sum of the parts proves something.
    own = means[group]
    ratio = np.divide(held, own, out=np.zeros(len(held)), where=own > 0)
    return Theil(whole, between, float((amount * _log(ratio)).sum()) / total)


def _log(ratio: Floats) -> Floats:
    """Return natural logarithms, 0 for a ratio of 0: what it is multiplied with is 0 there."""
    return np.log(ratio, out=np.zeros(len(ratio)), where=ratio > 0)


def palma(
    values: npt.ArrayLike, weights: npt.ArrayLike, *, income: npt.ArrayLike | None = None
) -> float:
    """Return the Palma ratio: what the top tenth holds over what the bottom four tenths hold.

    Parameters
    ----------
    values, weights
        Values, and what each is worth.
    income
        When given, the mean of the richest tenth over the mean of the poorest four tenths, as in
        transport planning; otherwise the top and bottom of the values themselves, and shares.

    Returns
    -------
    float
        A row that straddles a tenth is split; rows of one income are pooled. Rows without income are
        left out. NaN when the bottom holds nothing.

    Raises
    ------
    DataError
        When a value or a weight is negative.
    UsageError
        When the lengths differ.

    References
    ----------
    Palma (2011), Homogeneous middles vs. heterogeneous tails, Development and Change 42(1); for means
    by income, the R package `accessibility` (Pereira and Herszenhut), `palma_ratio`.

    Examples
    --------
    >>> palma([1, 1, 1, 1, 1, 1, 1, 1, 1, 11], [1] * 10)
    2.75
    """
    held, weight = _pairs(values, weights)
    rank = held if income is None else np.asarray(income, dtype=float)
    _require_as_many(held, rank, "income")
    return top_to_bottom(*_by_rank(held, weight, rank), means=income is not None)


def top_to_bottom(people: Floats, amounts: Floats, *, means: bool) -> float:
    """Return the Palma ratio, of means or of shares, of ranks in ascending order."""
    if not len(people):
        return np.nan
    reached, summed = np.append(0.0, np.cumsum(people)), np.append(0.0, np.cumsum(amounts))
    low, high = np.interp([_BOTTOM * reached[-1], _TOP * reached[-1]], reached, summed)
    if not low > 0:
        return np.nan
    return float((summed[-1] - high) / low) * (_BOTTOM / (1 - _TOP) if means else 1.0)


def poverty(
    values: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    line: float,
    alpha: float = 0,
    high_is_good: bool = False,
) -> float:
    """Return the poverty of access of Foster, Greer and Thorbecke.

    Parameters
    ----------
    values, weights
        Values, and what each is worth.
    line
        Poverty line, above zero. Who stands on it is not poor: 15 minutes are within 15 minutes.
    alpha
        0: the share of the poor; 1: their mean gap, in lines; 2: their mean squared gap, which weighs
        the worst off more.
    high_is_good
        False for minutes, of which the poor have *more* than the line, without any bound on the gap;
        true for counts, of which the poor have less.

    Returns
    -------
    float
        0 when nobody is poor; NaN when no value is known.

    Raises
    ------
    DataError
        When a value or a weight is negative.
    UsageError
        When the line is not above zero, alpha is negative, or the lengths differ.

    References
    ----------
    Foster, Greer and Thorbecke (1984), A class of decomposable poverty measures, Econometrica 52(3).

    Examples
    --------
    >>> [poverty([10, 30], [3, 1], line=20, alpha=alpha) for alpha in (0, 1, 2)]
    [0.25, 0.125, 0.0625]
    """
    if not (np.isfinite(line) and line > 0 and alpha >= 0):
        raise UsageError(
            f"A poverty line must be above zero and alpha not below, got {line} and {alpha}."
        )
    held, weight = _pairs(values, weights)
    use = np.isfinite(held) & (weight > 0)
    if not use.any():
        return np.nan
    gap = (line - held[use] if high_is_good else held[use] - line) / line
    poor = gap > 0
    return float((weight[use][poor] * gap[poor] ** alpha).sum() / weight[use].sum())


def concentration_index(
    values: npt.ArrayLike, weights: npt.ArrayLike, *, income: npt.ArrayLike
) -> float:
    """Return the concentration index: above 0 when the richer hold more of the values.

    Parameters
    ----------
    values, weights
        Values, and what each is worth.
    income
        What people are ranked by, poorest first; equal incomes share their middle rank. Rows without
        income are left out.

    Returns
    -------
    float
        From -1 to 1; the Gini coefficient when the values are ranked by themselves. NaN where there is
        nothing to share.

    Raises
    ------
    DataError
        When a value or a weight is negative.
    UsageError
        When the lengths differ.

    References
    ----------
    Kakwani, Wagstaff and van Doorslaer (1997), Socioeconomic inequalities in health, Journal of
    Econometrics 77(1).

    Examples
    --------
    >>> concentration_index([30, 10], [1, 1], income=[900, 2000])
    -0.25
    """
    held, weight = _pairs(values, weights)
    rank = np.asarray(income, dtype=float)
    _require_as_many(held, rank, "income")
    return concentration(*_by_rank(held, weight, rank))


def concentration(people: Floats, amounts: Floats) -> float:
    """Return the concentration index of ranks in ascending order."""
    total = float(amounts.sum())
    if not total:
        return np.nan
    reached = np.cumsum(people)
    return float((amounts * (2 * reached - people)).sum() / (reached[-1] * total) - 1)


def _by_rank(held: Floats, weight: Floats, rank: Floats) -> tuple[Floats, Floats]:
    """Return the weight, and the weighted values, of each rank in ascending order."""
    use = np.isfinite(held) & (weight > 0) & np.isfinite(rank)
    _, place = np.unique(rank[use], return_inverse=True)
    people = np.bincount(place, weights=weight[use]).astype(float)
    return people, np.bincount(place, weights=(held * weight)[use]).astype(float)


def _ascending(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Floats, Floats]:
    held, weight = _pairs(values, weights)
    use = np.flatnonzero(np.isfinite(held) & (weight > 0))
    use = use[np.argsort(held[use], kind="stable")]
    return held[use], weight[use]


def _require_as_many(held: Floats, other: npt.NDArray[np.generic], name: str) -> None:
    if held.shape != other.shape or held.ndim != 1:
        raise UsageError(
            f"There are {held.size} values and {other.size} {name}: give one for each."
        )


def _pairs(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Floats, Floats]:
    held, weight = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    _require_as_many(held, weight, "weights")
    if (held < 0).any():
        raise DataError(
            f"A share of a whole has no meaning with values below zero: {int((held < 0).sum())} of "
            f"{len(held)} are. Leave this measure out, or correct it."
        )
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise DataError("Weights must be numbers of 0 or more. Fill them, or leave these rows out.")
    return held, weight
