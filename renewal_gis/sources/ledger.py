"""The programme ledger as people keep it: a workbook, a GeoPackage or two CSV files, read without loss.

A ledger is not a layer like the others. A row left out makes every total false, so a faulty row stops the
reading; and columns that no schema declares are somebody's notes, so they are kept and written back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import geopandas as gpd
import pandas as pd

from renewal_gis.errors import LayerReadError, SchemaError
from renewal_gis.schema import (
    Finding,
    LayerSpec,
    Provenance,
    Table,
    findings_table,
    sentence,
    table,
)
from renewal_gis.sources.formats import SHEETS, raw_table
from renewal_gis.sources.opening import existing, fingerprint, nearest, reading
from renewal_gis.sources.policy import judged
from renewal_gis.sources.recipe import prepared
from renewal_gis.sources.text import as_text
from renewal_gis.sources.text import cast as typed
from renewal_gis.sources.wholeness import whole
from renewal_gis.sources.workbooks import read_sheets

__all__ = ["LedgerFile", "read_ledger"]

_NAMES = {name: (name, french) for name, french in SHEETS.items()}
# An apostrophe put before what a spreadsheet would take for a formula.
_GUARDED = re.compile(r"'+[=+\-@]")
_LINES_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class LedgerFile:
    """A ledger as it was read.

    Attributes
    ----------
    operations, milestones
        Declared columns in the type of their declaration, the others as they stand, in the order of
        the file; indexed by the column `id`, or else by the row number. `operations` is a
        GeoDataFrame when the file gives it shapes, in the CRS of the file. Without milestones in the
        file, that table is empty.
    findings
        Notes: columns and sheets that count in no total, codes whose zero a spreadsheet had dropped.
    provenance
        One per table read.
    """

    operations: pd.DataFrame
    milestones: pd.DataFrame
    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]


def read_ledger(path: Path, *, milestones: Path | None = None) -> LedgerFile:
    """Read a ledger.

    Parameters
    ----------
    path
        A workbook (`.xlsx`) or a GeoPackage with the sheets or layers `operations` (`opérations`) and
        `milestones` (`jalons`), the second one optional; or a CSV of operations.
    milestones
        CSV of milestones, beside a CSV of operations.

    Returns
    -------
    LedgerFile

    Raises
    ------
    LayerReadError
        A file is missing, damaged, of another kind, or lacks its operations.
    MissingExtraError
        For a workbook without the library that reads it.
    SchemaError
        Every faulty row and value: nothing of a ledger is left out.

    Notes
    -----
    `renewal_gis.publishing.ledger_out.write_ledger` writes it back: reading again gives equal tables.
    """
    path = existing(Path(path), layer="operations")
    notes: list[Finding] = []
    raw = _raw(path, milestones, notes)
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Finding] = []
    origins = {"operations": path, "milestones": milestones or path}
    for name, held in raw.items():
        tables[name] = _checked(held, table(name), origins[name], notes, faults)
    if faults:
        raise _refusal(faults)
    empty = pd.DataFrame(columns=list(table("milestones").names), index=pd.Index([], dtype=object))
    return LedgerFile(
        operations=tables["operations"],
        milestones=tables.get("milestones", empty.rename_axis(table("milestones").index)),
        findings=tuple(notes),
        provenance=tuple(_provenance(name, held, origins[name]) for name, held in tables.items()),
    )


def _raw(path: Path, milestones: Path | None, notes: list[Finding]) -> dict[str, pd.DataFrame]:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return dict(_text_files(path, milestones, notes))
    if suffix not in {".xlsx", ".gpkg"}:
        raise LayerReadError(
            f"operations ({path.name}): a ledger is an .xlsx workbook, a .gpkg GeoPackage or a .csv "
            "file. Export it as one of them."
        )
    if milestones is not None:
        raise LayerReadError(
            f"milestones ({milestones.name}): {path.name} holds its own. Leave the second file out."
        )
    held = read_sheets(path, notes) if suffix == ".xlsx" else _layers(path)
    found: dict[str, pd.DataFrame] = {}
    for name, frame in held.items():
        kind = next((kind for kind, names in _NAMES.items() if name.casefold() in names), None)
        if kind is not None and kind not in found:
            found[kind] = frame
            continue
        notes.append(
            Finding(
                layer="operations",
                severity="note",
                code="not-of-the-ledger",
                file=path.name,
                message=f"{name!r} is neither operations nor milestones; nothing of it is read.",
            )
        )
    if "operations" not in found:
        raise LayerReadError(
            f"operations ({path.name}): there is no sheet or layer called operations."
            f"{nearest('operations', list(held))} Rename it."
        )
    return {name: found[name] for name in _NAMES if name in found}


def _text_files(
    path: Path, milestones: Path | None, notes: list[Finding]
) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, file in (("operations", path), ("milestones", milestones)):
        if file is None:
            continue
        frame, said = raw_table(LayerSpec(path=Path(file)), table=table(name))
        notes += [replace(one, file=Path(file).name) for one in said]
        yield name, frame.map(_unguarded)


def _unguarded(value: object) -> object:
    if isinstance(value, str) and _GUARDED.match(value):
        return value[1:]
    return value


def _layers(path: Path) -> dict[str, pd.DataFrame]:
    whole(path, layer="operations")
    with reading(path, layer="operations"):
        import pyogrio

        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        frames = {name: pyogrio.read_dataframe(path, layer=name) for name in names}
    for frame in frames.values():
        frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frames


def _checked(
    raw: pd.DataFrame, wanted: Table, path: Path, notes: list[Finding], faults: list[Finding]
) -> pd.DataFrame:
    raw = raw.rename(columns=str)
    ready = prepared(pd.DataFrame(raw), LayerSpec(path=path), wanted)
    if ready.frame is None:  # only a rename or a keep can do that, and none is asked here
        faults += ready.findings
        return pd.DataFrame()
    outcome = judged(ready.frame, wanted, file=path.name)
    found = [*ready.findings, *outcome.findings]
    # What another layer would leave out or empty would here be lost from the totals.
    faults += [one for one in found if one.severity != "note"]
    notes += [one for one in found if one.severity == "note"]
    if faults or outcome.frame is None:
        return pd.DataFrame()
    notes += _undeclared(raw, wanted, path)
    columns = {}
    for name in raw.columns:
        if name in wanted.names:
            held = typed(outcome.frame[name], wanted.column(name))
            # Each kind of file gives dates its own precision; a table must not tell which it was.
            dated = wanted.column(name).kind == "date"
            columns[name] = held.astype("datetime64[us]").array if dated else held.array
        elif name == getattr(raw, "_geometry_column_name", None):
            columns[name] = raw[name].array
        elif name != "id":
            columns[name] = _as_it_stands(raw[name]).array
    index = pd.Index(outcome.frame.index.astype(str), name=wanted.index)
    result = pd.DataFrame(columns, index=index)
    if isinstance(raw, gpd.GeoDataFrame) and raw.active_geometry_name is not None:
        return gpd.GeoDataFrame(result, geometry=raw.active_geometry_name, crs=raw.crs)
    return result


def _as_it_stands(values: pd.Series) -> pd.Series:
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in {"string", "empty"}:
        return as_text(values)
    return values


def _undeclared(raw: pd.DataFrame, wanted: Table, path: Path) -> list[Finding]:
    shape = getattr(raw, "_geometry_column_name", None)
    return [
        Finding(
            layer=wanted.name,
            severity="note",
            code="undeclared-column",
            column=name,
            file=path.name,
            message=f"The column {name!r} is no column of a ledger: it is kept and written back, and "
            f"counts in no total.{_near(name, wanted)}",
        )
        for name in raw.columns
        if name not in wanted.names and name not in {"id", shape}
    ]


def _near(name: str, wanted: Table) -> str:
    found = get_close_matches(name.casefold(), wanted.names, n=1, cutoff=0.75)
    return f" If it is {found[0]!r}, rename it." if found else ""


def _refusal(faults: list[Finding]) -> SchemaError:
    lines = [f"  {sentence(fault)}" for fault in faults[:_LINES_SHOWN]]
    if len(faults) > _LINES_SHOWN:
        lines.append(f"  … and {len(faults) - _LINES_SHOWN} more.")
    errors = [replace(fault, severity="error") for fault in faults]
    return SchemaError(
        "The ledger is not read: a row left out, or a value emptied, would make its totals false. "
        "Correct:\n" + "\n".join(lines),
        findings_table(errors),
    )


def _provenance(name: str, held: pd.DataFrame, path: Path) -> Provenance:
    return Provenance(
        layer=name,
        file=path.name,
        sha256=fingerprint(path, layer=name),
        nature="real",
        vintage="",
        licence="",
        attribution="",
        rows_in=len(held),
        rows_kept=len(held),
    )
