"""Small counts of households are not published, nor what would give them away.

The rule, in three steps:

1. a count from 1 to 10 is hidden (0 is shown: nobody is in it);
2. in every line whose total is published, at least two counts are hidden and what is hidden adds up to
   at least 11, so that a subtraction gives neither a small count nor a small group;
3. no hidden count can be worked out from all the totals together (the hidden counts that a system of
   linear equations determines are found by its null space, and others are hidden until none is left).

What is hidden beside a small count is the smallest count of its line; zeros only when nothing else is
left. Exact values cannot be recovered; a range for them can (a hidden count is between 0 and the total).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError, UsageError

__all__ = ["suppressed"]

_Counts = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.intp]


def suppressed(
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    margins: Sequence[str] = (),
    total_row: str | None = None,
    total_column: str | None = None,
    threshold: int | None = None,
) -> pd.DataFrame:
    """Hide small counts, and those that would reveal them.

    Parameters
    ----------
    table
        One row per group.
    columns
        The columns of counts (whole, not negative; NA where not known).
    margins
        Columns of `table` whose totals are published too: a table by convention and half-year is seen
        beside the totals of each convention and of each half-year.
    total_row
        Label of the row that holds the totals of the others. Without one, the total of each column
        counts as published all the same: it stands in another table of the same report.
    total_column
        The column of `columns` that is the sum of the others.
    threshold
        Smallest count shown; the assumption `small_count` (11) without it.

    Returns
    -------
    DataFrame
        A copy whose `columns` are `Int64`, hidden counts being NA. Everything else is as it was.

    Raises
    ------
    DataError
        A value is no count, or small counts cannot be hidden whatever else is.
    UsageError
        A column, margin or row that the table does not have.

    Examples
    --------
    >>> homes = pd.DataFrame({"households": [40, 3, 25, 68]}, index=["A", "B", "C", "total"])
    >>> suppressed(homes, ["households"], total_row="total")["households"].tolist()
    [40, <NA>, <NA>, 68]
    """
    limit = int(assumption("small_count").value) if threshold is None else threshold
    _require_there(table, columns, margins, total_row, total_column)
    counted = _counted(table, columns)
    totals = np.zeros(len(table), dtype=bool)
    if total_row is not None:
        totals = (table.index == total_row).astype(bool)
    lines = _lines(table, list(columns), margins, totals)
    relations = _relations(counted, list(columns), totals, total_column)
    hidden = (counted > 0) & (counted < limit)
    flat, mask = counted.ravel(), hidden.ravel()
    live = [line for line in lines if flat[line].sum() >= limit and np.isfinite(flat[line]).all()]
    sums = _sums(flat.size, live, relations)
    while _one_more(flat, mask, live, relations, sums, limit):
        pass
    result = table.copy()
    for place, name in enumerate(columns):
        held = pd.array(counted[:, place], dtype="Float64").astype("Int64")
        held[mask.reshape(counted.shape)[:, place] | np.isnan(counted[:, place])] = pd.NA
        result[name] = pd.Series(held, index=table.index)
    return result


def _require_there(
    table: pd.DataFrame,
    columns: Sequence[str],
    margins: Sequence[str],
    total_row: str | None,
    total_column: str | None,
) -> None:
    absent = [name for name in (*columns, *margins) if name not in table.columns]
    if total_column is not None and total_column not in columns:
        absent.append(total_column)
    if total_row is not None and total_row not in table.index:
        absent.append(f"row {total_row}")
    if absent or not columns:
        raise UsageError(
            f"Nothing called {', '.join(absent) or 'as a count'} to hide small counts in. "
            f"Columns: {', '.join(map(str, table.columns))}."
        )


def _counted(table: pd.DataFrame, columns: Sequence[str]) -> _Counts:
    counted = np.column_stack(
        [pd.to_numeric(table[name]).to_numpy(dtype=float, na_value=np.nan) for name in columns]
    )
    wrong = (counted < 0) | (np.isfinite(counted) & (counted != np.floor(counted)))
    wrong |= np.isinf(counted)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"{columns[column]}, row {table.index[row]}: {counted[row, column]:g} is not a count. "
            "Small counts are hidden in whole numbers of households or dwellings only."
        )
    return counted


def _lines(
    table: pd.DataFrame, columns: list[str], margins: Sequence[str], totals: _Flags
) -> list[_Places]:
    """Return the cells whose sum is published elsewhere, as positions in the flattened counts."""
    width = len(columns)
    groups = [] if totals.any() else [np.arange(len(table))]
    for name in margins:
        keys = table[name].astype(object)
        groups += [
            np.flatnonzero((keys == key).to_numpy(dtype=bool) & ~totals)
            for key in dict.fromkeys(keys[~totals])
        ]
    return [group * width + place for group in groups for place in range(width)]


def _relations(
    counted: _Counts, columns: list[str], totals: _Flags, total_column: str | None
) -> list[tuple[_Places, int]]:
    """Return what adds up inside the table: the parts, and the cell of their total."""
    width = len(columns)
    found: list[tuple[_Places, int]] = []
    if total_column is not None:
        across = np.array([at for at, name in enumerate(columns) if name != total_column])
        whole = columns.index(total_column)
        found += [(row * width + across, row * width + whole) for row in range(len(counted))]
    rows = np.flatnonzero(~totals)
    for row in np.flatnonzero(totals):
        found += [(rows * width + place, int(row) * width + place) for place in range(width)]
    flat = counted.ravel()
    return [(of, whole) for of, whole in found if np.isfinite(flat[[*of, whole]]).all()]


def _sums(size: int, lines: list[_Places], relations: list[tuple[_Places, int]]) -> _Counts:
    """Return the equations a reader can write, one row each, one column per cell."""
    sums = np.zeros((len(lines) + len(relations), size))
    for row, line in enumerate(lines):
        sums[row, line] = 1.0
    for row, (of, whole) in enumerate(relations, start=len(lines)):
        sums[row, of] = 1.0
        sums[row, whole] = -1.0
    return sums


def _one_more(
    flat: _Counts,
    mask: _Flags,
    lines: list[_Places],
    relations: list[tuple[_Places, int]],
    sums: _Counts,
    limit: int,
) -> bool:
    """Hide one more count where one is needed; tell whether it was."""
    # A total that is hidden itself gives nothing away; the last step looks at it again.
    seen = [*lines, *(of for of, whole in relations if not mask[whole])]
    for line in seen:
        held = line[mask[line]]
        if len(held) and (len(held) < 2 or flat[held].sum() < limit) and _hide(flat, mask, line):
            return True
    cells = _determined(mask, sums)
    for cell in cells[(flat[cells] > 0) & (flat[cells] < limit)]:
        around = (np.flatnonzero(row) for row in sums if row[cell])
        if not any(_hide(flat, mask, line) for line in around):
            raise DataError(
                "Small counts cannot be hidden: the totals give them away whatever else is hidden. "
                "Merge the smallest groups, or leave the table out."
            )
        return True
    return False


def _hide(flat: _Counts, mask: _Flags, line: _Places) -> bool:
    shown = line[~mask[line]]
    if not len(shown):
        return False
    # The smallest count that is not zero; a zero only when there is nothing else.
    order = np.lexsort((shown, flat[shown], flat[shown] == 0))
    mask[shown[order[0]]] = True
    return True


def _determined(mask: _Flags, sums: _Counts) -> _Places:
    """Return the hidden cells that the equations determine: those no solution moves."""
    cells = np.flatnonzero(mask)
    if not len(cells) or not len(sums):
        return cells[:0]
    _, sizes, basis = np.linalg.svd(sums[:, cells], full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    moves = np.abs(basis[rank:]).max(axis=0, initial=0.0)
    return np.asarray(cells[moves < 1e-9])
