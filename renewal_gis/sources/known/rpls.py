"""RPLS: one row per social dwelling, brought together into buildings."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.schema import Finding
from renewal_gis.schema.communes import code_of_today, codes_of
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.overseas import (
    in_own_systems,
    study_bounds,
    study_system,
    systems_of,
    told_systems,
)
from renewal_gis.sources.known.rows import Place, numbers, read_rows, within_study
from renewal_gis.sources.known.stock import year_of
from renewal_gis.sources.postgis_cutting import Cut, Written, in_bounds
from renewal_gis.sources.text import as_text

__all__ = ["RPLS"]

_FIELDS = (
    Field(name="DEPCOM", en="Commune (INSEE code)", needed=True, also=("DEPCOM_ARM",)),
    Field(name="X", en="x, in the system of its department", kind="number", needed=True),
    Field(name="Y", en="y, in the system of its department", kind="number", needed=True),
    Field(name="CONSTRUCT", en="Year built"),
    Field(name="NUMVOIE", en="Number in the street"),
    Field(name="TYPVOIE", en="Kind of street"),
    Field(name="NOMVOIE", en="Name of the street"),
    Field(name="QPV", en="Priority neighbourhood"),
    Field(name="FINAN", en="Loan that paid for it"),
    Field(name="ORIGINE", en="How it came into the stock"),
    Field(name="DATCONV", en="Date of the agreement with the State"),
    Field(name="DPEENERGIE", en="Energy label"),
)
_LABELS = tuple("ABCDEFG")


def _read(asked: Asked) -> Given:
    """Read dwellings and bring together those that stand at the same point."""
    place = Place(asked)
    frame, findings = read_rows(asked, _FIELDS, member=".csv", cut=_cut(asked))
    x, y = numbers(frame["X"]), numbers(frame["Y"])
    lost = x.isna() | y.isna() | ((x == 0) & (y == 0))
    elsewhere = lost & ~_of_study(frame, asked)
    if elsewhere.any():
        count = int(elsewhere.sum())
        told = f"{count} rows without coordinates name a commune beyond the study; they were set aside."
        findings.append(place.note("not-read", told, count=count))
        frame, x, y, lost = (one[~elsewhere] for one in (frame, x, y, lost))
    for row in frame.index[lost]:
        told = (
            f"The dwelling of row {row}, in {frame.at[row, 'DEPCOM']}, has no coordinates; it was left "
            "out, and its commune has one dwelling too few."
        )
        findings.append(place.dropped("not-located", told, row=str(row), column="X"))
    points = _points(frame[~lost].assign(X=x, Y=y), asked, findings, place)
    points = within_study(points, asked, findings)
    return Given(frame=_buildings(points, findings, place), findings=tuple(findings))


def _points(
    frame: pd.DataFrame, asked: Asked, findings: list[Finding], place: Place
) -> gpd.GeoDataFrame:
    """Return each dwelling where the system of its department puts it."""
    here = study_system(asked)
    systems = systems_of(as_text(frame["DEPCOM"]), otherwise=here)
    if asked.communes is not None:
        beyond = int((systems != here).sum())
        if beyond:
            told = f"{beyond} rows lie in another part of France; they were set aside."
            findings.append(place.note("not-read", told, count=beyond))
            frame, systems = frame[systems == here], systems[systems == here]
    told_systems(systems, findings, place)
    shapes = shapely.points(frame["X"].to_numpy(dtype=float), frame["Y"].to_numpy(dtype=float))
    placed = in_own_systems(shapes, systems)
    return gpd.GeoDataFrame(frame, geometry=placed, crs=placed.crs)


def _cut(asked: Asked) -> Cut | None:
    """Return what a server may leave out; rows without coordinates stay where they may be of the study."""
    box = study_bounds(asked, study_system(asked))
    if box is None or asked.communes is None:
        return None
    names = {one.name: (one.name, *one.also) for one in _FIELDS}
    return in_bounds(
        x=Written(names=names["X"]), y=Written(names=names["Y"]), bounds=box,
        codes=codes_of(asked.communes), named=names["DEPCOM"],
    )  # fmt: skip


def _of_study(frame: pd.DataFrame, asked: Asked) -> pd.Series:
    """Tell the rows whose commune, or the one it merged into, is of the study."""
    if asked.communes is None:
        return pd.Series(True, index=frame.index)
    communes = asked.communes
    codes = as_text(frame["DEPCOM"])
    # A row without a commune may be of the study: it is told.
    ours = {
        code
        for code in codes.dropna().unique()
        if code in communes.index or code_of_today(code, communes) in communes.index
    }
    return codes.isna() | codes.isin(ours)


def _buildings(points: gpd.GeoDataFrame, findings: list[Finding], place: Place) -> gpd.GeoDataFrame:
    codes = as_text(points["DEPCOM"])
    # By the numbers of the file: in degrees a tenth would be a town.
    x, y = points["X"].round(1).astype(str), points["Y"].round(1).astype(str)
    ids = codes.fillna("none").astype(str) + "-" + x + "-" + y
    groups = points.assign(_id=ids, commune=codes).groupby("_id", sort=False)
    first = groups.head(1).set_index("_id")
    dwellings = groups.size()
    built = _years(points, ids)
    buildings = gpd.GeoDataFrame(
        {
            "id": first.index, "commune": first["commune"], "dwellings": dwellings[first.index],
            "dwellings_method": "counted", "tenure": "social",
            "built_year": built.reindex(first.index),
        },
        geometry=first.geometry, crs=points.crs,
    )  # fmt: skip
    for name in ("QPV", "FINAN", "ORIGINE", "DATCONV"):
        if name in first:
            buildings[name] = first[name]
    joined = len(points) - len(buildings)
    if joined:
        told = (
            f"{len(points)} dwellings stand at {len(buildings)} points: each point became a building, "
            f"and {joined} rows joined another."
        )
        findings.append(place.note("grouped", told, count=joined))
    _told_labels(points, findings, place)
    return buildings.reset_index(drop=True)


def _years(points: gpd.GeoDataFrame, ids: pd.Series) -> pd.Series:
    """Return the year most dwellings of a point tell; of two that tie, the earlier."""
    if "CONSTRUCT" not in points:
        return pd.Series(dtype="float64")
    known = pd.DataFrame({"id": ids, "year": year_of(points["CONSTRUCT"])}).dropna()
    counts = known.groupby(["id", "year"]).size().reset_index(name="count")
    ordered = counts.sort_values(["id", "count", "year"], ascending=[True, False, True])
    return ordered.drop_duplicates("id").set_index("id")["year"]


def _told_labels(points: gpd.GeoDataFrame, findings: list[Finding], place: Place) -> None:
    if "DPEENERGIE" not in points or not len(points):
        return
    none = int((~as_text(points["DPEENERGIE"]).isin(_LABELS)).sum())
    if none:
        told = f"{none} of {len(points)} dwellings have no energy label: missing is not good."
        findings.append(place.note("no-energy-label", told, column="DPEENERGIE"))


RPLS = KnownSource(
    name="rpls",
    title="Répertoire des logements locatifs des bailleurs sociaux",
    producer="SDES",
    page="https://data.statistiques.developpement-durable.gouv.fr",
    licence="Licence Ouverte 2.0",
    attribution="SDES – RPLS {vintage}",
    tables=("stock", "social_dwellings"),
    columns=_FIELDS,
    read=_read,
)
