"""The bootstrap: what an interval would have been, had other communes, or buildings, been drawn.

Draws are made with replacement and told as how often each unit was drawn, so that nothing is copied
and one set of draws serves every measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renewal_gis.territories.inputs import Floats

__all__ = ["Counts", "Side", "drawn", "interval", "means", "medians", "superior"]

Counts = npt.NDArray[np.uint8]

_CELLS = 4_000_000  # numbers held at once, 32 MB
_LEAST = 1e-9  # as in `weighted_quantiles`: a share of the weight lost to rounding


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """The known values of one measure in one sector, ascending.

    Attributes
    ----------
    values, weight
        Values and their weights, each above zero.
    unit
        Unit drawn that each value belongs to (its commune, or its own place among the values).
    units
        Number of units.
    """

    values: Floats
    weight: Floats
    unit: npt.NDArray[np.intp]
    units: int

    def totals(self, of: Floats) -> Floats:
        """Return the sums of numbers over each unit."""
        return np.bincount(self.unit, weights=of, minlength=self.units).astype(float)

    def reached(self) -> Floats:
        """Return the weight of each unit up to each value: (values + 1) × units."""
        held = np.zeros((len(self.values) + 1, self.units))
        held[np.arange(1, len(held)), self.unit] = self.weight
        return np.cumsum(held, axis=0, out=held)

    @property
    def small(self) -> bool:
        """Whether a table of values × units is worth holding."""
        return (len(self.values) + 1) * self.units <= _CELLS


def drawn(units: int, draws: int, generator: np.random.Generator) -> Counts:
    """Draw units with replacement: how often each was drawn, draws × units."""
    found = np.empty((draws, units), dtype=np.uint8)
    for rows in _chunks(draws, units):
        size = (len(found[rows]), units)
        place = generator.integers(0, units, size=size) + units * np.arange(size[0])[:, None]
        found[rows] = np.bincount(place.ravel(), minlength=size[0] * units).reshape(size)
    return found


def interval(replicates: Floats, level: float) -> tuple[float, float]:
    """Return the percentile interval; draws without any known value are left out."""
    known = replicates[np.isfinite(replicates)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def means(side: Side, counts: Counts) -> Floats:
    """Return the weighted mean of each draw; NaN when nothing known was drawn."""
    found = np.empty(len(counts))
    heavy, summed = side.totals(side.weight), side.totals(side.weight * side.values)
    for rows in _chunks(len(counts), side.units):
        often = counts[rows].astype(float)
        found[rows] = _ratio(often @ summed, often @ heavy)
    return found


def medians(side: Side, counts: Counts) -> Floats:
    """Return the weighted median of each draw; NaN when nothing known was drawn."""
    if not len(side.values):
        return np.full(len(counts), np.nan)
    return _bisected(side, counts) if side.small else _walked(side, counts)


def _bisected(side: Side, counts: Counts) -> Floats:
    """Bisect all draws at once: the weight reached at a value is a sum over the units."""
    reached, often = side.reached()[1:], counts.astype(float)
    total = often @ reached[-1]
    wanted = 0.5 * total - _LEAST * total
    low = np.zeros(len(counts), dtype=np.intp)
    high = np.full(len(counts), len(side.values) - 1)
    while (low < high).any():
        middle = (low + high) // 2
        enough = np.einsum("ij,ij->i", reached[middle], often) >= wanted
        high = np.where(enough, middle, high)
        low = np.where(enough, low, np.minimum(middle + 1, high))
    return np.where(total > 0, side.values[low], np.nan)


def _walked(side: Side, counts: Counts) -> Floats:
    """Add up the weights of each draw along the values: for units as many as buildings."""
    found = np.empty(len(counts))
    for rows in _chunks(len(counts), len(side.values)):
        reached = np.cumsum(counts[rows][:, side.unit] * side.weight, axis=1)
        total = reached[:, -1]
        wanted = 0.5 * total - _LEAST * total
        place = np.minimum((reached < wanted[:, None]).sum(axis=1), len(side.values) - 1)
        found[rows] = np.where(total > 0, side.values[place], np.nan)
    return found


def superior(first: Side, second: Side, counts: tuple[Counts, Counts]) -> Floats:
    """Return Cliff's delta of each draw: P(first > second) − P(first < second), by weight."""
    if not len(first.values) or not len(second.values):
        return np.full(len(counts[0]), np.nan)
    left = np.searchsorted(second.values, first.values, side="left")
    right = np.searchsorted(second.values, first.values, side="right")
    if first.units * second.units <= _CELLS and second.small:
        return _by_pairs_of_units(first, second, counts, left, right)
    return _along_values(first, second, counts, left, right)


def _by_pairs_of_units(
    first: Side,
    second: Side,
    counts: tuple[Counts, Counts],
    left: npt.NDArray[np.intp],
    right: npt.NDArray[np.intp],
) -> Floats:
    """Weigh how each unit of one side stands above each of the other, once for all draws."""
    reached = second.reached()
    gain = np.empty((first.units, second.units))
    for unit in range(second.units):
        column = reached[:, unit]
        gain[:, unit] = first.totals(first.weight * (column[left] + column[right] - column[-1]))
    one, two = (held.astype(float) for held in counts)
    pairs = (one @ first.totals(first.weight)) * (two @ reached[-1])
    won = np.einsum("ij,ij->i", one @ gain, two)
    return _ratio(won, pairs)


def _along_values(
    first: Side,
    second: Side,
    counts: tuple[Counts, Counts],
    left: npt.NDArray[np.intp],
    right: npt.NDArray[np.intp],
) -> Floats:
    """Weigh every value of one side against the other side, draw by draw."""
    found = np.empty(len(counts[0]))
    for rows in _chunks(len(found), len(first.values) + len(second.values)):
        held = counts[1][rows][:, second.unit] * second.weight
        reached = np.concatenate([np.zeros((len(held), 1)), np.cumsum(held, axis=1)], axis=1)
        mine = counts[0][rows][:, first.unit] * first.weight
        gain = reached[:, left] + reached[:, right] - reached[:, -1:]
        found[rows] = _ratio((mine * gain).sum(axis=1), mine.sum(axis=1) * reached[:, -1])
    return found


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found


def _chunks(draws: int, width: int) -> list[slice]:
    step = max(1, _CELLS // max(width, 1))
    return [slice(start, start + step) for start in range(0, draws, step)]
