"""The compiled inner loops of a test by weightings: ranks of every site in every weighting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

__all__ = ["ranked", "scored", "wins"]

Function = TypeVar("Function", bound=Callable[..., Any])

compiled = cast(Callable[[Function], Function], njit(cache=True, nogil=True))


@compiled
def scored(weights: Any, points: Any) -> Any:
    """Return the weighted sums, draws × sites; `points` is criteria × sites.

    Criteria are always added in the same order: equal sites have equal sums, on every machine.
    """
    draws, criteria = weights.shape
    sites = points.shape[1]
    sums = np.zeros((draws, sites))
    for draw in range(draws):
        for criterion in range(criteria):
            weight = weights[draw, criterion]
            for site in range(sites):
                sums[draw, site] += weight * points[criterion, site]
    return sums


@compiled
def ranked(
    low: Any,
    high: Any,
    low_sorted: Any,
    high_sorted: Any,
    best: Any,
    worst: Any,
    above: Any,
    open_ranks: Any,
) -> None:
    """Write, sites × draws: the best and the worst rank, and how many lows are at least a site's own.

    `low` and `high` are draws × sites, the `_sorted` ones ascending along each draw.
    """
    draws, sites = low.shape
    for draw in range(draws):
        lows, highs = low_sorted[draw], high_sorted[draw]
        for site in range(sites):
            own_low, own_high = low[draw, site], high[draw, site]
            upto = _upto(lows, own_low)
            below = upto - 1
            if below > 0 and lows[below - 1] == own_low:
                below = _below(lows, own_low)
            above[site, draw] = sites - below
            if own_high > own_low:
                # A site is not above itself, although its high is above its low.
                best[site, draw] = sites - _upto(lows, own_high) + 1
                worst[site, draw] = sites - _upto(highs, own_low)
            else:
                best[site, draw] = sites - upto + 1
                worst[site, draw] = sites - (_upto(highs, own_low) if open_ranks else upto) + 1


@compiled
def wins(above: Any, best: Any, first: int, last: int) -> Any:
    """Count, for sites `first` to `last` against each site, the draws in which they surely score more."""
    sites, draws = above.shape
    counts = np.zeros((last - first, sites), dtype=np.int64)
    for one in range(first, last):
        mine = above[one]
        for other in range(sites):
            theirs = best[other]
            count = np.int32(0)
            for draw in range(draws):
                count += np.int32(mine[draw] < theirs[draw])
            counts[one - first, other] = count
    return counts


@compiled
def _upto(held: Any, value: Any) -> Any:
    """Return how many numbers of an ascending row are at most `value`."""
    low, high = 0, len(held)
    while low < high:
        middle = (low + high) >> 1
        if held[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _below(held: Any, value: Any) -> Any:
    """Return how many numbers of an ascending row are less than `value`."""
    low, high = 0, len(held)
    while low < high:
        middle = (low + high) >> 1
        if held[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
