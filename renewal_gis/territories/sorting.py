"""Measures sorted once, and the areas their rows belong to: what every comparison shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.territories.inputs import Floats, numbers

__all__ = ["Areas", "SortedMeasure", "areas_of", "sort_measures"]

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class SortedMeasure:
    """One measure of the rows of a table.

    Attributes
    ----------
    name
        Name of the column.
    values
        Its values in the order of the table; NaN is missing.
    order
        Places of the finite values, ascending; equal values stand in the order of the table.
    """

    name: str
    values: Floats
    order: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class Areas:
    """The areas of the rows of a table.

    Attributes
    ----------
    names
        `corridor`, `south` and `other` first when they are there, then the rest in order.
    code
        Place of each row's area among the names; -1 for a row in no area.
    rows
        Places of the rows of each area, in the order of the table.
    """

    names: tuple[str, ...]
    code: npt.NDArray[np.int32]
    rows: tuple[Ints, ...]

    def sorted_rows(self, measure: SortedMeasure) -> Iterator[Ints]:
        """Yield the rows of each area in ascending order of a measure, missing ones left out."""
        # Sixteen-bit codes are sorted by radix, in one pass: the measure itself is sorted once.
        code = self.code[measure.order]
        code = code.astype(np.int16) if len(self.names) < 2**15 else code
        grouped = measure.order[np.argsort(code, kind="stable")]
        ends = np.cumsum(np.bincount(code + 1, minlength=len(self.names) + 1))
        for place in range(len(self.names)):
            yield grouped[ends[place] : ends[place + 1]]


def sort_measures(measures: pd.DataFrame) -> tuple[SortedMeasure, ...]:
    """Sort every column of a table of numbers once."""
    return tuple(_sorted(str(name), measures[name]) for name in measures.columns)


def _sorted(name: str, column: pd.Series) -> SortedMeasure:
    values = numbers(column)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    return SortedMeasure(name=name, values=values, order=order)


def areas_of(area: pd.Series) -> Areas:
    """Return the areas of the rows of a table; missing ones are in no area."""
    first = ["corridor", "south", "other"]
    present = set(area.dropna().unique())
    names = [name for name in first if name in present] + sorted(present - set(first))
    code = pd.Categorical(area.astype(object), categories=names).codes.astype(np.int32)
    by_area = np.argsort(code, kind="stable")
    ends = np.cumsum(np.bincount(code + 1, minlength=len(names) + 1))
    rows = tuple(by_area[ends[n] : ends[n + 1]] for n in range(len(names)))
    return Areas(names=tuple(names), code=code, rows=rows)
