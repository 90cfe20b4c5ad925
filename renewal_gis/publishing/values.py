"""Columns of a table as the page receives them: whole numbers, codes, and plain values without NaN."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.payload import PackedColumn

__all__ = [
    "as_numbers",
    "decimals_of",
    "packed_measure",
    "packed_number",
    "packed_text",
    "plain",
    "records",
    "texts_of",
]

Numbers = npt.NDArray[np.float64]


def plain(value: Any) -> Any:
    """Return a value JSON can hold; None for anything missing or infinite.

    Examples
    --------
    >>> plain(float("nan")), plain(np.int64(3)), plain("a")
    (None, 3, 'a')
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return str(value)


def records(table: pd.DataFrame | None, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of a table as plain dictionaries of the columns it has."""
    if table is None:
        return []
    held = [name for name in names if name in table.columns]
    columns = [[plain(value) for value in table[name]] for name in held]
    return [dict(zip(held, row, strict=True)) for row in zip(*columns, strict=True)]


def texts_of(column: pd.Series) -> tuple[list[str | None], npt.NDArray[np.intp]]:
    """Return the texts a column holds, None for what is missing, and the place of each row's among them.

    Examples
    --------
    >>> texts_of(pd.Series(["a", None, "a"], dtype="str"))
    (['a', None], array([ 0, -1,  0]))
    """
    if column.dtype == object:  # 1, True and "1" may stand side by side: each is read by itself
        place, held = np.arange(len(column)), list(column)
    else:
        place, found = pd.factorize(column)
        held = list(found)
    # The last one serves the rows pd.factorize found nothing in, which are at -1.
    return [*(None if (value := plain(one)) is None else str(value) for one in held), None], place


def packed_text(table: pd.DataFrame, name: str) -> PackedColumn:
    """Return a text column as codes into its sorted labels."""
    texts, place = texts_of(table[name])
    labels = sorted({text for text in texts if text is not None})
    codes = {label: code for code, label in enumerate(labels)}
    code = np.array([-1 if text is None else codes[text] for text in texts])[place]
    missing = code < 0
    return PackedColumn(
        name=name,
        values=np.where(missing, 0, code).astype(np.int64),
        missing=missing,
        labels=tuple(labels),
    )


def packed_number(
    table: pd.DataFrame, name: Hashable, *, shown: str, decimals: int = 0
) -> PackedColumn:
    """Return a numeric column as whole numbers of `10 ** -decimals`; NaN and infinities are missing."""
    numbers = as_numbers(table[name])
    missing = ~np.isfinite(numbers)
    scaled = np.rint(np.where(missing, 0.0, numbers) * 10**decimals)
    return PackedColumn(name=shown, values=_whole(scaled), missing=missing, decimals=decimals)


def packed_measure(table: pd.DataFrame, measure: MeasureLabel) -> PackedColumn:
    """Return a measure rounded for the page, never across a class limit.

    A walk of 5.04 minutes is written 5.1 when 5 is a limit: rounded to 5.0, it would change class.
    """
    numbers = as_numbers(table[measure.key])
    decimals = decimals_of(numbers)
    column = packed_number(table, measure.key, shown=measure.key, decimals=decimals)
    values = column.values.copy()
    for limit in measure.breaks:
        step = round(limit * 10**decimals, 9)
        if measure.low_is_good:
            above, last_below = numbers > limit, math.floor(step)
        else:
            above, last_below = numbers >= limit, math.ceil(step) - 1
        values = np.where(above, np.maximum(values, last_below + 1), values)
        values = np.where(~above & ~column.missing, np.minimum(values, last_below), values)
    return PackedColumn(
        name=measure.key, values=_whole(values), missing=column.missing, decimals=decimals
    )


def decimals_of(numbers: Numbers) -> int:
    """Return the decimals worth showing: none for counts, two for shares below one, one otherwise."""
    known = numbers[np.isfinite(numbers)]
    if not len(known) or bool((known == np.rint(known)).all()):
        return 0
    return 1 if float(np.abs(known).max()) > 1 else 2


def as_numbers(column: pd.Series | Sequence[Any]) -> Numbers:
    """Return a column as floats; whatever is not a number becomes NaN."""
    numeric = pd.to_numeric(pd.Series(column), errors="coerce")
    numbers: Numbers = numeric.to_numpy(dtype=float, na_value=np.nan)
    return numbers


def _whole(numbers: Numbers | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    # 2 ** 53 is far above what a page can draw; `pack` refuses it with the column's name.
    return np.clip(numbers, -(2.0**53), 2.0**53).astype(np.int64)
