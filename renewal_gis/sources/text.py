"""Values as they stand in files: their plain text, and the kind a column declares."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd

from renewal_gis.schema import Column
from renewal_gis.schema.checking import moments

__all__ = ["as_text", "cast", "decimal_text", "readable"]

_TRUE = ("true", "1", "oui", "o", "vrai", "yes", "y", "t")
_FALSE = ("false", "0", "non", "n", "faux", "no", "f")
_FLAGS: dict[str, bool] = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}


def as_text(values: pd.Series) -> pd.Series:
    """Return values as stripped text, None where missing or blank.

    Whole numbers lose their decimal point (59112.0 becomes `59112`): a column of codes with one
    gap is read as decimals by every library.

    Examples
    --------
    >>> as_text(pd.Series([59112.0, None])).tolist()
    ['59112', None]
    """
    held = values.tolist()
    if isinstance(values.dtype, pd.StringDtype) or (
        pd.api.types.infer_dtype(values, skipna=True) == "string"
    ):
        texts = _stripped(held)
    else:
        texts = [_one_text(value) for value in held]
    return pd.Series(texts, index=values.index, dtype=object)


def _stripped(held: list[Any]) -> list[str | None]:
    """Return texts without the blanks around them: the common case, so in as few steps as can be."""
    try:
        texts: list[str | None] = list(map(str.strip, held))
    except TypeError:  # some are missing
        return [(one.strip() or None) if isinstance(one, str) else None for one in held]
    return texts if all(texts) else [one or None for one in texts]


def decimal_text(values: pd.Series) -> pd.Series:
    """Return text numbers with a decimal point and no thousands space; other values unchanged.

    `1 234,5` becomes `1234.5`. A comma is always a decimal sign: `1,234` becomes `1.234`.
    """
    text = values.map(lambda value: value.strip() if isinstance(value, str) else value)
    if not text.map(lambda value: isinstance(value, str)).any():
        return values
    return text.map(_point)


def readable(values: pd.Series, column: Column) -> pd.Series:
    """Return values in the form the schema check can judge, without losing what they said.

    Parameters
    ----------
    values
        As read from the file.
    column
        The declaration they must meet.
    """
    if column.kind == "text":
        return as_text(values)
    if column.kind in {"integer", "number"}:
        if not pd.api.types.is_any_real_numeric_dtype(values):
            return _blank_as_none(decimal_text(values))
        plain = isinstance(values.dtype, np.dtype)
        return values if plain else values.astype(object).where(values.notna(), None)
    if column.kind == "flag":
        plain = values.dtype == bool
        return values.astype(object) if plain else _blank_as_none(values).map(_flag)
    return _blank_as_none(values)


def cast(values: pd.Series, column: Column) -> pd.Series:
    """Return checked values in the type of their declaration.

    Text in the default text type of pandas; integers as `Int64` and flags as `boolean` where the
    declaration allows a missing value, else `int64` and `bool`; numbers as `float64` (NaN:
    missing); dates as `datetime64`, the time on the wall where a zone was told.
    """
    if column.kind == "text":
        return pd.Series(values.tolist(), index=values.index, dtype=pd.Series(["a"]).dtype)
    if column.kind == "flag":
        return values.astype("boolean" if column.missing else "bool")
    if column.kind == "date":
        return moments(values)
    numbers = pd.to_numeric(values).astype("float64")
    if column.kind == "number":
        return numbers
    return numbers.astype("Int64" if column.missing else "int64")


def _one_text(value: Any) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not np.isfinite(value):
        return None if np.isnan(value) else str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value).strip() or None


def _point(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    joined = "".join(value.split())
    return joined.replace(",", ".") if joined.count(",") == 1 and "." not in joined else joined


def _blank_as_none(values: pd.Series) -> pd.Series:
    plain = values.astype(object)
    blank = values.isna() | plain.map(lambda value: isinstance(value, str) and not value.strip())
    return plain.where(~blank, None)


def _flag(value: Any) -> Any:
    if isinstance(value, (bool, np.bool_)) or value is None:
        return value
    text = _one_text(value)
    return _FLAGS.get(text.casefold(), value) if text is not None else None
