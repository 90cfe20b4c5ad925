"""Sitadel: building permits with the parcels they stand on; a watch, not a layer of the map."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.rows import Place, numbers, read_rows
from renewal_gis.sources.text import as_text

__all__ = ["SITADEL", "parcel_key", "read_permits"]

_COUNTS = {
    "NB_LGT_TOT_CREES": "dwellings", "NB_LGT_IND_CREES": "houses", "NB_LGT_COL_CREES": "flats",
    "NB_LGT_PRET_LOC_SOCIAL": "social_dwellings", "NB_LGT_DEMOLIS": "demolished_declared",
}  # fmt: skip
_DATES = {
    "DATE_REELLE_AUTORISATION": "authorised", "DATE_REELLE_DOC": "opened",
    "DATE_REELLE_DAACT": "completed",
}  # fmt: skip
_STATES = {"2": "authorised", "4": "cancelled", "5": "opened", "6": "completed"}
_FIELDS = (
    Field(name="NUM_DAU", en="Number of the permit", needed=True),
    Field(name="COMM", en="Commune (INSEE code)", needed=True),
    Field(
        name="TYPE_DAU", en="PC building permit, DP declaration, PA planning permit", needed=True
    ),
    Field(
        name="ETAT_DAU", en="State: 2 authorised, 4 cancelled, 5 opened, 6 completed", needed=True
    ),
    *(Field(name=name, en=ours, kind="number") for name, ours in _COUNTS.items()),
    *(Field(name=name, en=ours) for name, ours in _DATES.items()),
    *(
        Field(name=f"{part}_CADASTRE{rank}", en="Parcel")
        for rank in (1, 2, 3)
        for part in ("SEC", "NUM")
    ),
    Field(name="DENOM_DEM", en="Applicant, when it is an organisation"),
)


def parcel_key(commune: str, section: str | None, number: str | None) -> str | None:
    """Return the 14-character key of a parcel; None when its number is not one.

    Parameters
    ----------
    commune
        INSEE code.
    section, number
        As in the permit. A number with a letter (`255P`: part of a parcel) has no key: padded, it
        would name another parcel.

    Examples
    --------
    >>> parcel_key("59112", "AB", "37")
    '59112000AB0037'
    >>> parcel_key("59112", "A", "37")
    '591120000A0037'
    >>> parcel_key("59112", "AB", "255P") is None
    True
    """
    if not section or not number:
        return None
    if not re.fullmatch(r"[0-9A-Z]{1,2}", section) or not re.fullmatch(r"\d{1,4}", number):
        return None
    return f"{commune}000{section.rjust(2, '0')}{number.rjust(4, '0')}"


def read_permits(path: Path) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Read permits.

    Parameters
    ----------
    path
        The CSV of DiDo, `withColumnName=true`.

    Returns
    -------
    tuple
        A table indexed by the number of the permit: `commune`, `kind`, `state` (`authorised`,
        `cancelled`, `opened`, `completed`; NA: another code), dates `authorised`, `opened`,
        `completed` (NaT: not declared), dwellings `dwellings`, `houses`, `flats`,
        `social_dwellings`, `demolished_declared` (Int64, NA: not said), `parcels` (14-character keys
        with a stroke between), `applicant`; and the findings.

    Notes
    -----
    The state of a demolition says nothing: nearly all stay authorised. No demolition is inferred from
    it. The parcels are those of the year of the permit: join them to the cadastre of that year.
    """
    given = _read(Asked(path=path, table="permits"))
    return given.frame, given.findings


def _read(asked: Asked) -> Given:
    place = Place(asked)
    frame, findings = read_rows(asked, _FIELDS)
    ids = as_text(frame["NUM_DAU"])
    repeated = ids.duplicated() | ids.isna()
    for row in frame.index[repeated]:
        told = f"Row {row} repeats the permit {ids[row]}, or has no number; it was left out."
        findings.append(place.dropped("repeated-permit", told, row=str(row), column="NUM_DAU"))
    frame, ids = frame[~repeated], ids[~repeated]
    result: dict[str, Any] = {
        "commune": as_text(frame["COMM"]), "kind": as_text(frame["TYPE_DAU"]),
        "state": as_text(frame["ETAT_DAU"]).map(_STATES),
    }  # fmt: skip
    for name, ours in _DATES.items():
        held = frame[name] if name in frame else pd.Series(None, index=frame.index)
        result[ours] = _dates(as_text(held), name, findings, place)
    for name, ours in _COUNTS.items():
        values = (
            numbers(frame[name]) if name in frame else pd.Series(index=frame.index, dtype=float)
        )
        result[ours] = values.round().astype("Int64")
    result["parcels"] = _parcels(frame, findings, place)
    if "DENOM_DEM" in frame:
        result["applicant"] = as_text(frame["DENOM_DEM"])
    table = pd.DataFrame(result)
    table.index = pd.Index(ids.tolist(), name="permit")
    return Given(frame=table, findings=tuple(findings))


def _dates(texts: pd.Series, name: str, findings: list[Finding], place: Place) -> pd.Series:
    day_first = texts.str.fullmatch(r"\d{2}/\d{2}/\d{4}", na=False)
    iso = pd.to_datetime(texts.where(~day_first), format="ISO8601", errors="coerce")
    french = pd.to_datetime(texts.where(day_first), format="%d/%m/%Y", errors="coerce")
    dates = iso.where(~day_first, french)
    lost = int((dates.isna() & texts.notna()).sum())
    if lost:
        told = f"{lost} dates of {name} are no dates; they are missing in the table."
        findings.append(place.note("no-date", told, column=name))
    return dates


def _parcels(frame: pd.DataFrame, findings: list[Finding], place: Place) -> list[str | None]:
    found: list[str | None] = []
    flagged = []
    columns = [(f"SEC_CADASTRE{rank}", f"NUM_CADASTRE{rank}") for rank in (1, 2, 3)]
    columns = [pair for pair in columns if pair[0] in frame and pair[1] in frame]
    parts = [(as_text(frame[section]), as_text(frame[number])) for section, number in columns]
    codes = as_text(frame["COMM"])
    for row in frame.index:
        keys = []
        for section, number in parts:
            if section[row] is None and number[row] is None:
                continue
            key = parcel_key(str(codes[row]), section[row], number[row])
            if key is None:
                flagged.append(f"{section[row]} {number[row]} ({codes[row]})")
            else:
                keys.append(key)
        found.append("/".join(keys) or None)
    if flagged:
        told = (
            f"{len(flagged)} parcels have a number that names none, such as {flagged[0]}: they were not "
            "padded into the number of another parcel."
        )
        findings.append(place.note("no-parcel", told, column="NUM_CADASTRE1"))
    return found


SITADEL = KnownSource(
    name="sitadel",
    title="Sitadel, autorisations d’urbanisme créant des logements",
    producer="SDES",
    page="https://www.statistiques.developpement-durable.gouv.fr",
    licence="Licence Ouverte 2.0",
    attribution="SDES – Sitadel {vintage}",
    tables=(),
    columns=_FIELDS,
    read=_read,
)
