"""The check of a table against its declaration."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.errors import SchemaError
from renewal_gis.schema.columns import Column, Table
from renewal_gis.schema.findings import Finding, errors_in, findings_table, sentence
from renewal_gis.schema.tables import table as declared

__all__ = ["check", "moments", "require", "valid_shapes"]

_KINDS = shapely.GeometryType
_SHAPES = {
    "point": (_KINDS.POINT,),
    "line": (_KINDS.LINESTRING, _KINDS.MULTILINESTRING),
    "polygon": (_KINDS.POLYGON, _KINDS.MULTIPOLYGON),
}
_MANY = 50_000
_LONGEST_VALUE = 80  # characters of a value that a message quotes
_ZONE = re.compile(r"^(\d{4}-\d{2}-\d{2}(?:[T ][\d:.,]+)?) ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$")


def check(frame: pd.DataFrame, name: str, *, file: str = "", sound: bool = False) -> list[Finding]:
    """Compare a table with the declaration of the same name.

    Parameters
    ----------
    frame
        The table, indexed by its identifier. Its input is not changed.
    name
        Name of the declared table (`stock`, `sites`…).
    file
        File name to quote in the findings.
    sound
        Every shape is known to be valid, so none is tested again: of a million, that takes longer
        than all the rest.

    Returns
    -------
    list of Finding
        Empty when nothing is wrong; severity `error` for each fault. An optional column that is
        absent is none.

    Examples
    --------
    >>> import pandas as pd
    >>> [f.code for f in check(pd.DataFrame({"dwellings": [3]}, index=["A"]), "operations")]
    ['missing-column']
    """
    wanted = declared(name)
    found = [*_index_faults(frame, wanted), *_geometry_faults(frame, wanted, sound=sound)]
    for column in wanted.columns:
        found.extend(_column_faults(frame, column, wanted))
    return [replace(finding, file=file) for finding in found]


def require(frame: pd.DataFrame, name: str, *, file: str = "") -> None:
    """Raise with every fault when a table breaks its declaration.

    Raises
    ------
    SchemaError
        One message with all the faults; its `findings` hold them as a table.
    """
    faults = errors_in(check(frame, name, file=file))
    if faults:
        lines = "\n".join(f"  {sentence(fault)}" for fault in faults)
        raise SchemaError(f"{name} breaks its schema:\n{lines}", findings_table(faults))


def _fault(wanted: Table, code: str, message: str, *, row: str = "", column: str = "") -> Finding:
    return Finding(
        layer=wanted.name, severity="error", code=code, message=message, row=row, column=column
    )


def _index_faults(frame: pd.DataFrame, wanted: Table) -> Iterator[Finding]:
    if len(frame) == 0:
        yield _fault(wanted, "empty-layer", "The layer has no row. Check the file or its filter.")
        return
    repeated = frame.index[frame.index.duplicated()]
    for value, others in repeated.value_counts(sort=False, dropna=False).items():
        yield _fault(
            wanted,
            "duplicate-id",
            f"The identifier {value!r} is used by {others + 1} rows. "
            'Give each row its own, or choose another column with id = "…".',
            row=str(value),
        )


def valid_shapes(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which shapes are valid; of a million, in threads: GEOS lets the others run meanwhile.

    A shape with a coordinate that is not finite is not valid, nor is None.

    Examples
    --------
    >>> valid_shapes(np.array([shapely.Point(0, 0), shapely.Point(np.inf, 0), None])).tolist()
    [True, False, False]
    """
    if len(shapes) < _MANY:
        return np.asarray(shapely.is_valid(shapes), dtype=np.bool_)
    pieces = np.array_split(shapes, -(-len(shapes) // _MANY))
    with ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(shapely.is_valid, pieces)))


def _geometry_faults(frame: pd.DataFrame, wanted: Table, *, sound: bool) -> Iterator[Finding]:
    if not wanted.geometry:
        return
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        yield _fault(wanted, "no-geometry", "The table has no geometry; a map layer is needed.")
        return
    shapes = frame.geometry.to_numpy()
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    yield from _rows(frame, wanted, absent, "null-geometry", "The row has no geometry.")
    allowed = [int(kind) for shape in wanted.geometry for kind in _SHAPES[shape]]
    wrong = ~absent & ~np.isin(shapely.get_type_id(shapes), allowed)
    text = " or ".join(wanted.geometry)
    yield from _rows(
        frame,
        wanted,
        wrong,
        "wrong-geometry-type",
        f"The geometry is not a {text}. Convert it or leave the row out.",
    )
    broken = np.zeros(len(frame), dtype=np.bool_) if sound else ~absent & ~valid_shapes(shapes)
    # Only an invalid shape can have a coordinate that is not finite.
    endless = broken & ~_finite(shapes, broken)
    yield from _rows(
        frame,
        wanted,
        endless,
        "coordinate-not-finite",
        "A coordinate is not a number. Correct it in the source.",
    )
    invalid = broken & ~wrong & ~endless
    yield from _rows(
        frame,
        wanted,
        invalid,
        "invalid-geometry",
        "The outline crosses itself. Repair it in the source (make valid).",
    )


def _finite(shapes: npt.NDArray[np.object_], asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell which shapes, of those asked about, have finite coordinates only."""
    finite = np.ones(len(shapes), dtype=np.bool_)
    rows = np.flatnonzero(asked)
    xy, row = shapely.get_coordinates(shapes[rows], return_index=True)
    finite[rows[row[~np.isfinite(xy).all(axis=1)]]] = False
    return finite


def _column_faults(frame: pd.DataFrame, column: Column, wanted: Table) -> Iterator[Finding]:
    if column.name not in frame.columns:
        if column.required:
            near = get_close_matches(column.name, [str(name) for name in frame.columns], n=1)
            hint = f" The nearest column is {near[0]!r}." if near else ""
            yield _fault(
                wanted,
                "missing-column",
                f"The column {column.name!r} ({column.en.lower()}) is missing.{hint} Add it, or "
                f"map one under [layers.{wanted.name}] with rename or constants.",
                column=column.name,
            )
        return
    values = frame[column.name]
    absent = values.isna().to_numpy()
    if not column.missing:
        yield from _rows(
            frame,
            wanted,
            absent,
            "missing-value",
            f"{column.name} is missing. Fill it in the source.",
            column.name,
        )
    yield from _value_faults(frame, values, absent, column, wanted)


def _value_faults(
    frame: pd.DataFrame, values: pd.Series, absent: np.ndarray, column: Column, wanted: Table
) -> Iterator[Finding]:
    if column.codes:
        wrong = ~absent & ~values.astype("string").isin(list(column.codes)).fillna(False).to_numpy()
        allowed = ", ".join(column.codes)
        yield from _rows(
            frame,
            wanted,
            wrong,
            "unknown-code",
            f"{column.name} = {{value}} is not known. Allowed: {allowed}. "
            f"Map it under [layers.{wanted.name}.values.{column.name}].",
            column.name,
        )
    elif column.kind in {"integer", "number"}:
        yield from _number_faults(frame, values, absent, column, wanted)
    elif column.kind == "date":
        parsed = moments(values)
        yield from _rows(
            frame,
            wanted,
            ~absent & parsed.isna().to_numpy(),
            "not-a-date",
            f"{column.name} = {{value}} is not a date such as 2026-03-10.",
            column.name,
        )
    elif column.kind == "flag":
        if pd.api.types.is_bool_dtype(values):
            return
        known = values.map(lambda value: isinstance(value, (bool, np.bool_)))
        yield from _rows(
            frame,
            wanted,
            ~absent & ~known.to_numpy(dtype=bool),
            "not-a-flag",
            f"{column.name} = {{value}} is not true or false.",
            column.name,
        )


def moments(values: pd.Series) -> pd.Series:
    """Return dates and times as the clock on the wall told them, without time zone; NaT where none is.

    A day is a day where it was written: midnight in Paris is not the evening before in London.

    Examples
    --------
    >>> told = moments(pd.Series(["2026-01-01T00:00:00+01:00", "2026-07-01Z", 1962.0, "soon"]))
    >>> told.dt.strftime("%d.%m.%Y").tolist()
    ['01.01.2026', '01.07.2026', '01.01.1962', nan]
    """
    return pd.to_datetime(
        values.astype(object).map(_on_the_wall), errors="coerce", format="ISO8601"
    )


def _on_the_wall(value: Any) -> Any:
    if isinstance(value, str):
        return _ZONE.sub(r"\1", value.strip())
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, float) and value.is_integer():  # years with gaps are read as decimals
        return str(int(value))
    return value


def _number_faults(
    frame: pd.DataFrame, values: pd.Series, absent: np.ndarray, column: Column, wanted: Table
) -> Iterator[Finding]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    finite = np.isfinite(numbers)
    unit = f" {column.unit}" if column.unit else ""
    yield from _rows(
        frame,
        wanted,
        ~absent & ~finite,
        "not-a-number",
        f"{column.name} = {{value}} is not a finite number. Correct it in the source.",
        column.name,
    )
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    with np.errstate(invalid="ignore"):
        outside = finite & ((numbers < low) | (numbers > high))
    yield from _rows(
        frame,
        wanted,
        outside,
        "out-of-range",
        f"{column.name} = {{value}} is outside {_range(low, high)}{unit}.",
        column.name,
    )
    if column.kind == "integer":
        yield from _rows(
            frame,
            wanted,
            finite & ~outside & (numbers != np.floor(numbers)),
            "not-whole",
            f"{column.name} = {{value}} is not a whole number.",
            column.name,
        )


def _range(low: float, high: float) -> str:
    return f"the range from {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"


def _rows(
    frame: pd.DataFrame,
    wanted: Table,
    mask: np.ndarray,
    code: str,
    message: str,
    column: str = "",
) -> Iterator[Finding]:
    """Yield one finding per row of `mask`; `{value}` in the message becomes the value found."""
    for position in np.flatnonzero(mask):
        text = message
        if column and "{value}" in message:
            value = frame[column].iloc[position]
            plain = value.item() if isinstance(value, np.generic) else value
            told = repr(plain)
            told = told if len(told) <= _LONGEST_VALUE else f"{told[:_LONGEST_VALUE]}…"
            text = message.replace("{value}", told)
        yield _fault(wanted, code, text, row=str(frame.index[position]), column=column)
