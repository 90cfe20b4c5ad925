"""The ledger written back where it came from, with everything it held."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from renewal_gis.errors import UsageError, needed
from renewal_gis.files import atomic_path, write_bytes, write_text

__all__ = ["write_ledger"]

_FORMULA = re.compile(r"'*[=+\-@]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
# A zip cannot say less than 1980; a date that never changes keeps the bytes the same.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_DAY = "1980-01-01T00:00:00Z"


def write_ledger(
    operations: pd.DataFrame,
    milestones: pd.DataFrame,
    path: Path,
    *,
    milestones_path: Path | None = None,
    into: Path | None = None,
) -> None:
    """Write a ledger so that reading it again gives the same tables.

    Parameters
    ----------
    operations, milestones
        As read by `sources.read_ledger`, changed or not; their index becomes the column `id`. Columns
        that no schema declares are written as they stand.
    path
        `.xlsx`, `.gpkg` or `.csv`; all of it or nothing.
    milestones_path
        The second file of a ledger in CSV.
    into
        A workbook whose sheets `operations` and `milestones` are filled in again while its other
        sheets, its column widths and its formats are kept. Formulas in the two sheets become the
        values they had; drawings and charts are not kept.

    Raises
    ------
    UsageError
        Another kind of file, milestones without a file to go to, or shapes that a text file cannot
        hold.
    MissingExtraError
        For a workbook without the library that writes it.

    Notes
    -----
    Same tables, same bytes. In CSV, a text that a spreadsheet would take for a formula is written
    behind an apostrophe, which reading takes away.
    """
    path = Path(path)
    writers: dict[str, Callable[[], None]] = {
        ".csv": lambda: _write_text(operations, milestones, path, milestones_path),
        ".xlsx": lambda: _write_workbook(operations, milestones, path, into),
        ".gpkg": lambda: _write_layers(operations, milestones, path),
    }
    if path.suffix.lower() not in writers:
        raise UsageError(
            f"{path.name}: a ledger is written as .xlsx, .gpkg or .csv. Choose one of these endings."
        )
    if into is not None and path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name}: only a workbook is written into another.")
    writers[path.suffix.lower()]()


def _write_text(
    operations: pd.DataFrame, milestones: pd.DataFrame, path: Path, milestones_path: Path | None
) -> None:
    if isinstance(operations, gpd.GeoDataFrame):
        raise UsageError(
            f"{path.name}: the operations have shapes, which a .csv would lose. Write a .gpkg, or "
            "drop the geometry first."
        )
    if len(milestones) and milestones_path is None:
        raise UsageError(
            f"{path.name}: a .csv holds one table, and there are {len(milestones)} milestones. Give "
            "milestones_path too."
        )
    write_text(path, _csv(operations))
    if milestones_path is not None:
        write_text(Path(milestones_path), _csv(milestones))


def _csv(table: pd.DataFrame) -> str:
    plain = _with_id(table)
    cells = {name: [_cell(value) for value in plain[name].tolist()] for name in plain.columns}
    frame = pd.DataFrame(cells, columns=plain.columns, dtype=object)
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _with_id(table: pd.DataFrame) -> pd.DataFrame:
    if "id" in table.columns:
        raise UsageError("The ledger has a column id beside its index. Drop one of them.")
    plain = pd.DataFrame(table).copy()
    plain.insert(0, "id", table.index.astype(str))
    return plain.reset_index(drop=True)


def _cell(value: Any) -> str:
    """Return a value as text that reads back as the same value."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if isinstance(value, str) and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _write_layers(operations: pd.DataFrame, milestones: pd.DataFrame, path: Path) -> None:
    import pyogrio

    held = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    # A GeoPackage notes when each layer was changed: the clock would change its bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DAY})
    try:
        with atomic_path(path) as beside:
            beside.unlink()
            _write_layer(operations, beside, "operations")
            if len(milestones):
                _write_layer(milestones, beside, "milestones")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": held})


def _write_layer(table: pd.DataFrame, path: Path, layer: str) -> None:
    import pyogrio

    plain = _with_id(table)
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None:
        plain = gpd.GeoDataFrame(plain, geometry=table.active_geometry_name, crs=table.crs)
    pyogrio.write_dataframe(plain, path, layer=layer, driver="GPKG", append=path.exists())


def _write_workbook(
    operations: pd.DataFrame, milestones: pd.DataFrame, path: Path, into: Path | None
) -> None:
    openpyxl = needed("openpyxl", extra="sheets", purpose="Writing a workbook")
    if isinstance(operations, gpd.GeoDataFrame):
        raise UsageError(
            f"{path.name}: the operations have shapes, which a workbook would lose. Write a .gpkg, "
            "or drop the geometry first."
        )
    if into is None:
        book = openpyxl.Workbook()
        book.remove(book.active)
    else:
        book = openpyxl.load_workbook(into)
    for name, french, table in (
        ("operations", "opérations", operations),
        ("milestones", "jalons", milestones),
    ):
        titles = {title.casefold(): title for title in book.sheetnames}
        title = titles.get(name) or titles.get(french)
        if len(table) or title:
            _fill(book[title] if title else book.create_sheet(name), _with_id(table))
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(path, _undated(stream.getvalue()))


def _fill(sheet: Any, plain: pd.DataFrame) -> None:
    rows = [list(plain.columns), *plain.astype(object).to_numpy().tolist()]
    wide, high = max(sheet.max_column, len(plain.columns)), max(sheet.max_row, len(rows))
    for row in range(1, high + 1):
        for column in range(1, wide + 1):
            there = row <= len(rows) and column <= len(plain.columns)
            _put(sheet.cell(row, column), rows[row - 1][column - 1] if there else None)
    if not sheet.freeze_panes:
        sheet.freeze_panes = "B2"


def _put(cell: Any, value: Any) -> None:
    if value is None or pd.isna(value):
        cell.value = None
        return
    cell.value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    if isinstance(value, str):
        cell.data_type = "s"  # a text that starts with = is a text, not a formula
    elif isinstance(value, datetime.date):
        cell.number_format = "yyyy-mm-dd" if str(value).endswith("00:00:00") else cell.number_format


def _undated(content: bytes) -> bytes:
    """Return a workbook without the time it was written at."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in source.namelist():
            held = source.read(name)
            if name == "docProps/core.xml":
                held = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + _DAY.encode(), held
                )
            written.writestr(zipfile.ZipInfo(name, _ZIP_DATE), held, zipfile.ZIP_DEFLATED)
    return target.getvalue()
