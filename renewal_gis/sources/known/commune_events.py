"""INSEE's table of the events of communes since 1943 (`v_mvt_commune_2025.csv`), read as it is published.

Columns and codes: insee.fr, Code officiel géographique, "Événements sur les communes"; also in the SQL that
imports it for the French address base (table `insee_municipality_event`).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from renewal_gis.schema import Loaded, Provenance
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.known.declaring import Asked, Field
from renewal_gis.sources.known.rows import Place, read_rows, there
from renewal_gis.sources.opening import fingerprint_of
from renewal_gis.sources.text import as_text

__all__ = ["EVENTS", "read_commune_events"]

# MOD → what happened.
EVENTS = {
    10: "change of name",
    20: "creation",
    21: "re-establishment",
    30: "suppression",
    31: "merger",
    32: "new commune",
    33: "merger, the old one associated",
    34: "associated commune fully merged",
    35: "suppression of a delegated commune",
    41: "change of code with the department",
    50: "change of code with the main town",
    70: "associated commune becomes a delegated one",
    71: "re-establishment of a delegated commune",
}
_FIELDS = (
    Field(name="MOD", en="Kind of event", needed=True),
    Field(name="DATE_EFF", en="Day it takes effect", needed=True),
    Field(name="TYPECOM_AV", en="Kind of commune before", needed=True),
    Field(name="COM_AV", en="Code before", needed=True),
    Field(name="TYPECOM_AP", en="Kind of commune after", needed=True),
    Field(name="COM_AP", en="Code after", needed=True),
)
_LAYER = "commune_events"


def read_commune_events(path: Path) -> Loaded:
    """Read the table, alone or in the zip of all tables of INSEE's codes.

    Returns
    -------
    Loaded
        One row per published row that is no repetition: `kind` (integer, see `EVENTS`), `date`
        (datetime.date), `kind_before`, `before`, `kind_after`, `after` (texts: COM, COMA, COMD, ARM; INSEE
        codes). Rows of a kind that is not known are set aside in a note.

    Raises
    ------
    LayerReadError
        When the file is not that table, or a day cannot be read.
    """
    asked = Asked(path=path, table=_LAYER)
    place = Place(asked)
    frame, findings = read_rows(asked, _FIELDS, member=_member(asked))
    text = {one.name: as_text(frame[one.name]) for one in _FIELDS}
    kinds = pd.to_numeric(text["MOD"], errors="coerce")
    table = pd.DataFrame(
        {
            "kind": kinds, "date": [_day(one, row, place) for row, one in text["DATE_EFF"].items()],
            "kind_before": text["TYPECOM_AV"], "before": text["COM_AV"].map(_code),
            "kind_after": text["TYPECOM_AP"], "after": text["COM_AP"].map(_code),
        }
    )  # fmt: skip
    known = kinds.isin(list(EVENTS))
    if not known.all():
        said = ", ".join(sorted(set(text["MOD"][~known].fillna("none").astype(str)))[:5])
        count = int((~known).sum())
        told = f"Events of a kind that is not known (MOD {said}) were set aside: {count} rows."
        findings.append(place.note("unknown-event", told, count=count))
    read = table[known]
    table = read.drop_duplicates(ignore_index=True)
    repeated = len(read) - len(table)
    if repeated:
        rows = "One row repeats" if repeated == 1 else f"{repeated} rows repeat"
        told = f"{rows} another, as INSEE publishes them; each event was read once."
        findings.append(place.note("repeated-event", told, count=repeated))
    return Loaded(
        table=table.astype({"kind": "int64"}),
        findings=tuple(findings),
        provenance=(_provenance(path, table, len(frame)),),
    )


def _member(asked: Asked) -> str:
    """Return which file of a zip it is: beside it, INSEE packs those of cantons, departments…"""
    if there(asked).suffix.lower() != ".zip":
        return ""
    names = [one.filename for one in guarded(asked.path, layer=asked.table)]
    found = [name for name in names if "mvt" in name.rpartition("/")[2].lower()]
    return found[0] if len(found) == 1 else ""


def _day(text: str | None, row: object, place: Place) -> dt.date:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(str(text)[:10], form).date()
        except ValueError:
            continue
    raise place.refusal(
        f"row {row}: DATE_EFF = {text!r} is no day such as 2019-01-01. Take the CSV as INSEE publishes it."
    )


def _code(text: str | None) -> str | None:
    # A workbook takes the zero off 01033.
    return None if text is None else text.zfill(5)


def _provenance(path: Path, table: pd.DataFrame, rows: int) -> Provenance:
    days = table["date"]
    return Provenance(
        layer=_LAYER, file=path.name, sha256=fingerprint_of(path, layer=_LAYER), nature="real",
        vintage=str(max(days)) if len(days) else "", licence="Licence Ouverte 2.0",
        attribution="INSEE – Code officiel géographique", rows_in=rows, rows_kept=len(table),
    )  # fmt: skip
