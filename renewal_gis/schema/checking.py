"""The check of a table against its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import SchemaError
from renewal_gis.schema.columns import Column, Table
from renewal_gis.schema.findings import Finding, errors_in, findings_table, sentence
from renewal_gis.schema.tables import table as declared

__all__ = ["check", "require"]

_SHAPES = {
    "point": ("Point",),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}


def check(frame: pd.DataFrame, name: str, *, file: str = "") -> list[Finding]:
    """Compare a table with the declaration of the same name.

    Parameters
    ----------
    frame
        The table, indexed by its identifier. Its input is not changed.
    name
        Name of the declared table (`stock`, `sites`…).
    file
        File name to quote in the findings.

    Returns
    -------
    list of Finding
        Empty when nothing is wrong. Severity `error` for each fault, `note` for a declared
        column that is absent though optional is *not* reported.

    Examples
    --------
    >>> import pandas as pd
    >>> [f.code for f in check(pd.DataFrame({"dwellings": [3]}, index=["A"]), "operations")]
    ['missing-column']
    """
    wanted = declared(name)
    found = [*_index_faults(frame, wanted), *_geometry_faults(frame, wanted)]
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
    for value in repeated.unique():
        yield _fault(
            wanted,
            "duplicate-id",
            f"The identifier {value!r} is used by {int((frame.index == value).sum())} rows. "
            'Give each row its own, or choose another column with id = "…".',
            row=str(value),
        )


def _geometry_faults(frame: pd.DataFrame, wanted: Table) -> Iterator[Finding]:
    if not wanted.geometry:
        return
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        yield _fault(wanted, "no-geometry", "The table has no geometry; a map layer is needed.")
        return
    shapes = frame.geometry
    absent = (shapes.isna() | shapes.is_empty).to_numpy()
    yield from _rows(frame, wanted, absent, "null-geometry", "The row has no geometry.")
    allowed = [kind for shape in wanted.geometry for kind in _SHAPES[shape]]
    kinds = shapes.geom_type
    wrong = ~absent & ~kinds.isin(allowed).to_numpy()
    text = " or ".join(wanted.geometry)
    yield from _rows(
        frame,
        wanted,
        wrong,
        "wrong-geometry-type",
        f"The geometry is not a {text}. Convert it or leave the row out.",
    )
    xy, row = shapely.get_coordinates(shapes.to_numpy(), return_index=True)
    sane = np.bincount(row[~np.isfinite(xy).all(axis=1)], minlength=len(frame)) == 0
    yield from _rows(
        frame,
        wanted,
        ~absent & ~sane,
        "coordinate-not-finite",
        "A coordinate is not a number. Correct it in the source.",
    )
    invalid = ~absent & ~wrong & sane & ~shapely.is_valid(shapes.to_numpy())
    yield from _rows(
        frame,
        wanted,
        invalid,
        "invalid-geometry",
        "The outline crosses itself. Repair it in the source (make valid).",
    )


def _column_faults(frame: pd.DataFrame, column: Column, wanted: Table) -> Iterator[Finding]:
    if column.name not in frame.columns:
        if column.required:
            near = get_close_matches(column.name, [str(name) for name in frame.columns], n=1)
            hint = f" The nearest column is {near[0]!r}:" if near else ""
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
        parsed = pd.to_datetime(values, errors="coerce", format="ISO8601")
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
            text = message.replace("{value}", repr(frame[column].iloc[position]))
        yield _fault(wanted, code, text, row=str(frame.index[position]), column=column)
