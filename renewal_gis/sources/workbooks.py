"""Workbooks: each sheet a table, whose cells keep what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.errors import LayerReadError, needed
from renewal_gis.schema import TABLES, Finding
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.opening import reading

__all__ = ["read_sheets"]

_COMMUNE_DIGITS = 5


def read_sheets(path: Path, notes: list[Finding]) -> dict[str, pd.DataFrame]:
    """Read every visible sheet whose first row names its columns.

    Parameters
    ----------
    path
        An `.xlsx` file.
    notes
        Receives a note for each column of codes whose leading zero was put back (a spreadsheet makes
        01 a number, and 1 of it).

    Returns
    -------
    dict
        Sheet → its rows, indexed 1, 2… below the header; rows without a value are not rows. Values
        are texts, numbers, flags and dates, None where a cell is empty.

    Raises
    ------
    LayerReadError
        No workbook, two columns of one name, a value under no name, a cell in error, or a formula
        that was never computed.
    MissingExtraError
        openpyxl is not installed.
    """
    openpyxl = needed("openpyxl", extra="sheets", purpose="Reading a workbook")
    guarded(path, layer="operations")
    with reading(path, layer="operations"):
        shown = openpyxl.load_workbook(path, data_only=True)
        written = openpyxl.load_workbook(path, data_only=False)
    sheets: dict[str, pd.DataFrame] = {}
    for sheet in shown.worksheets:
        if sheet.sheet_state == "visible":
            rows = _rows(sheet, written[sheet.title], path)
            frame = _frame(rows, f"{sheet.title} ({path.name})")
            sheets[sheet.title] = _with_zeros(frame, sheet.title, path, notes)
    shown.close()
    written.close()
    return sheets


def _rows(shown: Any, written: Any, path: Path) -> list[list[Any]]:
    """Return the cells of a sheet, after looking for those that say nothing though they are filled."""
    rows: list[list[Any]] = []
    for cells, sources in zip(shown.iter_rows(), written.iter_rows(), strict=True):
        for cell, source in zip(cells, sources, strict=True):
            place = f"{shown.title} ({path.name}), cell {cell.coordinate}"
            if cell.data_type == "e":
                raise LayerReadError(f"{place}: it holds the error {cell.value}. Correct it.")
            if source.data_type == "f" and cell.value is None:
                raise LayerReadError(
                    f"{place}: its formula was never computed. Open the workbook, save it, and read "
                    "it again."
                )
        rows.append([cell.value for cell in cells])
    return rows


def _frame(rows: list[list[Any]], place: str) -> pd.DataFrame:
    rows = [row for row in rows if any(_filled(value) for value in row)]
    if not rows:
        return pd.DataFrame()
    header = ["" if value is None else str(value).strip() for value in rows[0]]
    kept = [at for at, name in enumerate(header) if name]
    stray = [
        row[at]
        for row in rows[1:]
        for at in range(len(header))
        if not header[at] and _filled(row[at])
    ]
    if stray:
        raise LayerReadError(
            f"{place}: {len(stray)} values stand in a column without a name, the first is "
            f"{stray[0]!r}. Name the column in the first row, or empty it."
        )
    names = [header[at] for at in kept]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LayerReadError(
            f"{place}: several columns are called {', '.join(twice)}. Rename them."
        )
    body = [[row[at] for at in kept] for row in rows[1:]]
    return pd.DataFrame(body, columns=names, index=pd.RangeIndex(1, len(body) + 1), dtype=object)


def _filled(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _with_zeros(frame: pd.DataFrame, sheet: str, path: Path, notes: list[Finding]) -> pd.DataFrame:
    for name, width in _coded_columns().items():
        if name not in frame.columns:
            continue
        short = frame[name].map(lambda value, w=width: _short_number(value, w))
        if short.any():
            frame[name] = frame[name].where(
                ~short, frame[name].map(lambda v, w=width: _padded(v, w))
            )
            notes.append(
                Finding(
                    layer="operations",
                    severity="note",
                    code="zero-put-back",
                    column=name,
                    file=path.name,
                    count=int(short.sum()),
                    message=f"{int(short.sum())} codes of {name} in the sheet {sheet!r} were numbers; "
                    "their leading zero was put back. Format the column as text.",
                )
            )
    return frame


def _coded_columns() -> dict[str, int]:
    """Return the columns of figures that are codes, with their width."""
    widths = {"commune": _COMMUNE_DIGITS}
    for declared in TABLES:
        for column in declared.columns:
            sizes = {len(code) for code in column.codes}
            if len(sizes) == 1 and all(code.isdigit() for code in column.codes):
                widths[column.name] = sizes.pop()
    return widths


def _short_number(value: Any, width: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        return False
    return bool(0 <= value < 10 ** (width - 1))


def _padded(value: Any, width: int) -> Any:
    return str(int(value)).zfill(width) if _short_number(value, width) else value
