"""BPE: INSEE's permanent database of facilities, all vintages under the basket's groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from renewal_gis.assumptions import assumption
from renewal_gis.schema import BASKET, PROXIMITY, Finding
from renewal_gis.schema.communes import codes_of
from renewal_gis.sources.crs import LAMBERT_93, OVERSEAS
from renewal_gis.sources.known.bpe_codes import NOMENCLATURES, VINTAGES, modern, nomenclatures_of
from renewal_gis.sources.known.bpe_rows import own_systems, read_bpe_rows
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.overseas import in_own_systems, told_systems
from renewal_gis.sources.known.rows import Place, numbers, within_study
from renewal_gis.sources.opening import nearest
from renewal_gis.sources.text import as_text

__all__ = ["BPE"]

_FIELDS = (
    Field(name="AN", en="Year of the vintage", also=("ANNEE",)),
    Field(name="DEPCOM", en="Commune (INSEE code)", needed=True),
    Field(name="TYPEQU", en="Type of facility", needed=True),
    Field(name="LAMBERT_X", en="x, in the system EPSG", kind="number", needed=True),
    Field(name="LAMBERT_Y", en="y, in the system EPSG", kind="number", needed=True),
    Field(name="EPSG", en="System of the coordinates, one for each part of France"),
    Field(name="QUALITE_XY", en="Quality of the coordinates"),
    Field(name="TYPE", en="MO mobile, ANT antenna, else a fixed place"),
    Field(name="NOMRS", en="Name"),
    Field(name="CAPACITE", en="Capacity", kind="number"),
)
# B, A and M since 2023; words before.
_GOOD = {"b", "bonne", "a", "acceptable", ""}
_BAD = {
    "m": "bad", "mauvaise": "bad", "_z": "not located", "non géolocalisé": "not located",
    "non geolocalise": "not located", "_u": "unknown",
}  # fmt: skip
_SYSTEMS = {LAMBERT_93, *OVERSEAS.values()}
_BASKET = "panier-relogement"
# The name of a grouping → type → group. A type may be of another group in each.
_GROUPS = {
    _BASKET: {code: group.id for group in BASKET for code in group.bpe},
    "insee-proximite": {code: held.id for held in PROXIMITY for code in held.bpe},
}


def _read(asked: Asked) -> Given:
    """Read the facilities of the basket, or of INSEE's range, that people can walk to every day."""
    place = Place(asked)
    groups = _grouping(asked, place)
    frame, findings = read_bpe_rows(asked, _FIELDS)
    frame = frame.assign(**{name: as_text(frame[name]) for name in _texts(frame)})
    year = _year(frame, place)
    _nomenclature(frame["TYPEQU"], year, place)
    code = modern(frame["TYPEQU"])
    frame = frame.assign(group=code.map(groups), source_code=frame["TYPEQU"])
    frame = _aside(frame, frame["group"].notna(), "outside-basket", findings, place,
                   "{} facilities, of types that are in no group of the basket or of the grouping "
                   "asked for,")  # fmt: skip
    if "TYPE" in frame:
        fixed = ~frame["TYPE"].isin(["MO", "ANT"])
        frame = _aside(frame, fixed, "mobile-service", findings, place,
                       "{} facilities are mobile or open only as an antenna: nobody walks to them "
                       "every day; they")  # fmt: skip
    frame = _named(frame, year)
    frame = _well_placed(frame, findings, place)
    points = _points(frame, asked, findings, place)
    if asked.communes is not None:
        # The rows were cut to a box. What names a commune of the study is told, wherever it lies.
        ours = points["DEPCOM"].isin(codes_of(asked.communes))
        points = within_study(points, asked, findings, always=ours)
    _told_outside(points, asked, findings, place)
    return Given(frame=points, findings=tuple(findings), vintage=year)


def _grouping(asked: Asked, place: Place) -> dict[str, str]:
    """Return the group of each type, by the grouping the study names as `layer`."""
    name = asked.layer or _BASKET
    if name not in _GROUPS:
        near = nearest(name, list(_GROUPS))
        raise place.refusal(f"layer = {name!r} is no grouping of types.{near}")
    return _GROUPS[name]


def _texts(frame: pd.DataFrame) -> list[str]:
    held = ("AN", "DEPCOM", "TYPEQU", "EPSG", "QUALITE_XY", "TYPE", "NOMRS")
    return [name for name in held if name in frame]


def _year(frame: pd.DataFrame, place: Place) -> str:
    """Return the vintage; empty when the file does not say it."""
    if "AN" not in frame:
        return ""
    years = sorted({one for one in frame["AN"] if one is not None})
    if len(years) > 1:
        raise place.refusal(
            f"the file mixes the vintages {', '.join(years)}, which INSEE advises not to compare. "
            'Keep one: keep = { AN = "…" }.'
        )
    if years and years[0] not in VINTAGES:
        near = min(VINTAGES, key=lambda one: abs(int(one) - _number(years[0])))
        raise place.refusal(
            f"the vintage {years[0]} of the BPE is not known; the nearest known is {near}. Its "
            "codes may have changed: read it as an ordinary file, with values, or take a known one."
        )
    return years[0] if years else ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _nomenclature(codes: pd.Series, year: str, place: Place) -> None:
    possible = nomenclatures_of(code for code in codes if code is not None)
    if not possible:
        raise place.refusal(
            f"the file mixes codes of several nomenclatures of the BPE ({', '.join(NOMENCLATURES)}). "
            "Take a file of one vintage."
        )
    if year and VINTAGES[year] not in possible:
        raise place.refusal(
            f"the file says {year}, but its codes are those of {', '.join(possible)}. "
            "Take the file as INSEE publishes it."
        )


def _aside(
    frame: pd.DataFrame,
    kept: pd.Series,
    code: str,
    findings: list[Finding],
    place: Place,
    words: str,
) -> pd.DataFrame:
    count = int((~kept).sum())
    if count:
        findings.append(place.note(code, f"{words.format(count)} were set aside.", count=count))
    return frame[kept]


def _named(frame: pd.DataFrame, year: str) -> pd.DataFrame:
    # The file numbers nothing: the rank among those of a type in a commune names a facility.
    rank = frame.groupby(["DEPCOM", "TYPEQU"], dropna=False).cumcount() + 1
    commune = frame["DEPCOM"].fillna("none").astype(str)
    ids = commune + "-" + frame["TYPEQU"].astype(str) + "-" + rank.astype(str)
    added: dict[str, Any] = {"id": ids, "vintage": f"BPE {year}".strip()}
    if "NOMRS" in frame:
        added["name"] = frame["NOMRS"]
    if "CAPACITE" in frame:
        added["capacity"] = numbers(frame["CAPACITE"]).map(lambda one: one if one > 0 else None)
    return frame.assign(**added)


def _well_placed(frame: pd.DataFrame, findings: list[Finding], place: Place) -> pd.DataFrame:
    x, y = numbers(frame["LAMBERT_X"]), numbers(frame["LAMBERT_Y"])
    fault = pd.Series("", index=frame.index, dtype=object)
    if "QUALITE_XY" in frame:
        said = frame["QUALITE_XY"].map(lambda text: "" if text is None else str(text).casefold())
        fault = said.map(lambda text: "" if text in _GOOD else _BAD.get(text, f"unknown ({text})"))
    fault = fault.mask(x.isna() | y.isna(), "not located")
    for row in frame.index[fault != ""]:
        told = (
            f"The facility {frame.at[row, 'source_code']} of {frame.at[row, 'DEPCOM']} has "
            f"coordinates of quality: {fault[row]}. It was left out: a walk to it would be false."
        )
        findings.append(
            place.dropped("bpe-quality", told, row=str(frame.at[row, "id"]), column="QUALITE_XY")
        )
    return frame[fault == ""].assign(LAMBERT_X=x, LAMBERT_Y=y)


def _points(
    frame: pd.DataFrame, asked: Asked, findings: list[Finding], place: Place
) -> gpd.GeoDataFrame:
    """Return points: in the one system of the file, else in degrees."""
    codes = own_systems(frame, asked)
    unknown = sorted(set(codes) - _SYSTEMS)
    if unknown:
        raise place.refusal(f"EPSG holds {unknown[0]}, which no vintage of the BPE uses.")
    shapes = shapely.points(frame["LAMBERT_X"].to_numpy(), frame["LAMBERT_Y"].to_numpy())
    told_systems(codes, findings, place)
    placed = in_own_systems(shapes, codes)
    return gpd.GeoDataFrame(frame, geometry=placed, crs=placed.crs)


def _told_outside(
    points: gpd.GeoDataFrame, asked: Asked, findings: list[Finding], place: Place
) -> None:
    """Tell the points that lie outside the commune their row names."""
    communes = asked.communes
    if communes is None or not len(points):
        return
    slack = assumption("outline_tolerance").value
    here = points[points["DEPCOM"].isin(communes.index)]
    if not len(here):
        return
    moved = here.geometry.to_crs(pyproj.CRS.from_user_input(communes.crs))
    outlines = communes.geometry.loc[here["DEPCOM"].to_numpy()].to_numpy()
    far = shapely.distance(moved.to_numpy(), outlines) > slack
    ids: Sequence[str] = [str(one) for one in here["id"].to_numpy()[far]]
    if ids:
        shown = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
        told = (
            f"{len(ids)} facilities lie more than {slack:g} m outside the commune their row names "
            f"({shown}). They were kept where they lie; check them on the map."
        )
        findings.append(place.note("outside-commune", told, column="DEPCOM"))


BPE = KnownSource(
    name="bpe",
    title="Base permanente des équipements",
    producer="INSEE",
    page="https://www.insee.fr/fr/statistiques/8217525",
    licence="Licence Ouverte 2.0",
    attribution="INSEE – BPE {vintage}",
    tables=("services",),
    columns=_FIELDS,
    read=_read,
)
