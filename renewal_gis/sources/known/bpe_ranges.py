"""INSEE's ranges of facilities (gammes d'équipements), parsed from its workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.errors import LayerReadError, needed
from renewal_gis.schema import PROXIMITY
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.opening import existing, nearest, reading

__all__ = ["RANGES", "proximity_differences", "read_ranges"]

RANGES = {
    "gamme de proximité": "proximity",
    "gamme intermédiaire": "intermediate",
    "gamme supérieure": "higher",
    "hors gamme": "none",
}
_TYPE = "TYPEQU"
_WANTED = {
    "LIBELLE_TYPEQU": "name",
    "TYPEQU_REGROUPEMENT": "group",
    "LIBELLE_TYPEQU_REGROUPEMENT": "group_name",
    "GAMME": "range",
    "LIBELLE_SDOM": "domain",
}
_LOOKED_AT = 40  # rows in which the header is looked for; two to five title rows were seen


def read_ranges(path: Path, *, sheet: str | None = None) -> pd.DataFrame:
    """Read the workbook of ranges.

    Parameters
    ----------
    path
        `BPE_gammes_equipements_2025.xlsx` or that of another year: the number of title rows, which
        changes, does not matter.
    sheet
        Name of the sheet; without it, the only one with a row that holds `TYPEQU` and `GAMME`.

    Returns
    -------
    DataFrame
        One row per type, indexed by its code (`TYPEQU`); `name`, `group` (the code types are counted
        under: the three kinds of primary school are one), `group_name`, `range` (`proximity`,
        `intermediate`, `higher`, `none`), `domain`. A column the workbook lacks is missing (NA).

    Raises
    ------
    LayerReadError
        No such header, a range that is not known, or a type named twice.
    MissingExtraError
        openpyxl is not installed.
    """
    openpyxl = needed("openpyxl", extra="sheets", purpose="Reading INSEE’s workbook of ranges")
    existing(path, layer="ranges")
    guarded(path, layer="ranges")
    with reading(path, layer="ranges"):
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {one.title: [list(row) for row in one.values] for one in book.worksheets}
        book.close()
    if sheet is not None and sheet not in sheets:
        near = nearest(sheet, list(sheets))
        raise LayerReadError(f"ranges ({path.name}): there is no sheet {sheet!r}.{near}")
    found = {
        name: (at, rows)
        for name, rows in sheets.items()
        if sheet in {None, name} and (at := _header(rows)) is not None
    }
    if len(found) != 1:
        what = "no sheet has" if not found else f"the sheets {', '.join(found)} have"
        raise LayerReadError(
            f"ranges ({path.name}): {what} a row that names TYPEQU and GAMME. Name one with sheet."
        )
    at, rows = next(iter(found.values()))
    return _table(rows[at], rows[at + 1 :], path)


def proximity_differences(path: Path, *, sheet: str | None = None) -> pd.DataFrame:
    """Return where INSEE's workbook and the types of proximity of this package differ.

    Parameters
    ----------
    path, sheet
        As in `read_ranges`.

    Returns
    -------
    DataFrame
        One row per type that differs, indexed by its code: `workbook`, its group by the workbook
        (types counted as one have one group; NA: not of proximity), `ours`, its group here (NA: of
        none). Empty when the range of that year is the one this package counts. Two groups are the
        same when they hold the same types, whatever they are called.
    """
    table = read_ranges(path, sheet=sheet)
    theirs = table.loc[table["range"] == "proximity", "group"]
    ours = pd.Series({code: held.id for held in PROXIMITY for code in held.bpe}, dtype=object)
    members = [_members(one) for one in (theirs, ours)]
    codes = [
        code
        for code in sorted({*theirs.index, *ours.index})
        if members[0].get(code) != members[1].get(code)
    ]
    found = {"workbook": theirs.reindex(codes), "ours": ours.reindex(codes)}
    return pd.DataFrame(found, index=pd.Index(codes, name="type", dtype=object))


def _members(groups: pd.Series) -> dict[str, frozenset[str]]:
    """Return the types each type is counted together with."""
    held = {name: frozenset(map(str, of)) for name, of in groups.groupby(groups).groups.items()}
    return {str(code): held[name] for code, name in groups.items()}


def _header(rows: list[list[Any]]) -> int | None:
    for number, row in enumerate(rows[:_LOOKED_AT]):
        cells = {str(cell).strip().upper() for cell in row if cell is not None}
        if {_TYPE, "GAMME"} <= cells:
            return number
    return None


def _table(header: list[Any], rows: list[list[Any]], path: Path) -> pd.DataFrame:
    names = [str(cell).strip().upper() if cell is not None else "" for cell in header]
    columns = {name: at for at, name in enumerate(names) if name}
    records = {}
    for row in rows:
        code = _cell(row, columns[_TYPE])
        if code is None:
            continue
        if code in records:
            raise LayerReadError(f"ranges ({path.name}): the type {code} is there twice.")
        records[code] = {
            ours: _cell(row, columns[theirs]) if theirs in columns else None
            for theirs, ours in _WANTED.items()
        }
    table = pd.DataFrame.from_dict(records, orient="index", columns=list(_WANTED.values()))
    said = table["range"].map(lambda text: None if text is None else str(text).casefold())
    unknown = sorted({str(one) for one in said.dropna()} - set(RANGES))
    if unknown or said.isna().any():
        what = repr(unknown[0]) if unknown else f"nothing for {said.index[said.isna()][0]}"
        raise LayerReadError(
            f"ranges ({path.name}): the column GAMME holds {what}; known: {', '.join(RANGES)}."
        )
    table["range"] = said.map(RANGES)
    table["group"] = table["group"].where(table["group"].notna(), table.index.to_series())
    return table.rename_axis("type")


def _cell(row: list[Any], at: int) -> str | None:
    value = row[at] if at < len(row) else None
    return None if value is None else str(value).strip() or None
