"""BDNB: CSTB's national database of buildings, its open tables joined into one row per building group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.schema import Finding
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import layer_named
from renewal_gis.sources.known.overseas import (
    in_own_systems,
    study_system,
    systems_of,
    told_systems,
)
from renewal_gis.sources.known.rows import Place, number_column, read_rows, within_study
from renewal_gis.sources.known.stock import aside, with_dwellings, year_of
from renewal_gis.sources.opening import existing, reading
from renewal_gis.sources.postgis_cutting import any_of
from renewal_gis.sources.text import as_text

__all__ = ["BDNB"]

_ID = Field(name="batiment_groupe_id", en="Building group", needed=True)
_GROUP = (
    _ID,
    Field(name="code_commune_insee", en="Commune (INSEE code)"),
    Field(name="code_departement_insee", en="Department (INSEE code)"),
    Field(name="geom_groupe", en="Outline (WKT in the CSV)", kind="shape", also=("WKT", "geom")),
)
# Table → the columns taken from it; each has one row per group, or none.
_JOINED: dict[str, tuple[Field, ...]] = {
    "batiment_groupe_ffo_bat": (
        _ID,
        Field(name="nb_log", en="Dwellings (land tax files)", kind="number"),
        Field(name="nb_niveau", en="Storeys", kind="number"),
        Field(name="annee_construction", en="Year built", kind="number"),
        Field(name="usage_niveau_1_txt", en="Use"),
    ),
    "batiment_groupe_bdtopo_bat": (
        _ID, Field(name="max_hauteur", en="Height, m", kind="number"),
    ),
    "batiment_groupe_rpls": (
        _ID, Field(name="nb_log", en="Social dwellings (RPLS)", kind="number"),
    ),
    "batiment_groupe_dpe_representatif_logement": (
        _ID, Field(name="classe_bilan_dpe", en="Energy label of a typical dwelling"),
    ),
}  # fmt: skip
_RENAMED = {"batiment_groupe_rpls": {"nb_log": "nb_log_rpls"}}


def _read(asked: Asked) -> Given:
    """Read the groups with a dwelling or a residential use."""
    groups, findings = _outlines(asked)
    groups = within_study(groups, asked, findings)
    for table, fields in _JOINED.items():
        groups = _with(groups, table, fields, asked, findings)
    counted = number_column(groups, "nb_log")
    social = number_column(groups, "nb_log_rpls")
    use = as_text(groups.get("usage_niveau_1_txt", pd.Series(None, index=groups.index)))
    home = (counted > 0) | (social > 0) | use.str.startswith("Résidentiel", na=False)
    groups = aside(groups, home, "not-residential", findings, asked,
                   "building groups have no dwelling and no residential use")  # fmt: skip
    counted, social = counted.loc[groups.index], social.loc[groups.index]
    groups = groups.assign(
        id=as_text(groups["batiment_groupe_id"]),
        counted=counted.where(counted > 0), storeys=number_column(groups, "nb_niveau"),
        height_m=number_column(groups, "max_hauteur"),
        built_year=year_of(groups["annee_construction"])
        if "annee_construction" in groups else float("nan"),
        # A group is social when most of its dwellings are: a tenure has no shares.
        tenure=pd.Series("social", index=groups.index).where(social * 2 > counted.fillna(0), None),
        social_dwellings=social,
    )  # fmt: skip
    if "code_commune_insee" in groups:
        groups = groups.assign(commune=as_text(groups["code_commune_insee"]))
    more = int((social > counted).sum())
    if more:
        told = (
            f"{more} groups hold more dwellings in RPLS than in the land tax files: the addresses of "
            "RPLS were joined to a neighbour. The land tax count was kept."
        )
        findings.append(Place(asked).note("more-social-than-all", told))
    return Given(frame=with_dwellings(groups, asked, findings), findings=tuple(findings))


def _outlines(asked: Asked) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    frame, findings = _table(asked, "batiment_groupe", _GROUP, needed=True, shapes=True)
    if isinstance(frame, gpd.GeoDataFrame):
        return frame, findings
    if "geom_groupe" not in frame:
        raise Place(asked).refusal(
            "the table batiment_groupe has no outlines (geom_groupe). Take the GeoPackage."
        )
    with reading(asked.path, layer=asked.table, advice="Check the column geom_groupe."):
        shapes = shapely.from_wkt(as_text(frame["geom_groupe"]).to_numpy())
    blank = pd.Series(None, index=frame.index, dtype=object)
    codes = as_text(frame.get("code_commune_insee", blank))
    codes = codes.fillna(as_text(frame.get("code_departement_insee", blank)))
    systems = systems_of(codes, otherwise=study_system(asked))
    told_systems(systems, findings, Place(asked))
    plain = frame.drop(columns="geom_groupe")
    placed = in_own_systems(shapes, systems)
    return gpd.GeoDataFrame(plain, geometry=placed, crs=placed.crs), findings


def _with(
    groups: gpd.GeoDataFrame,
    table: str,
    fields: Sequence[Field],
    asked: Asked,
    findings: list[Finding],
) -> gpd.GeoDataFrame:
    """Join the columns of a table; a table that is not there is told."""
    frame, notes = _table(asked, table, fields, needed=False, groups=groups)
    findings += notes
    if frame is None:
        told = f"The table {table} is not in the file: {_loss(fields)} is not known."
        findings.append(Place(asked).note("table-absent", told))
        return groups
    frame = frame.rename(columns=_RENAMED.get(table, {}))
    names = [_RENAMED.get(table, {}).get(one.name, one.name) for one in fields]
    frame = frame[[name for name in names if name in frame]]
    repeated = int(frame["batiment_groupe_id"].duplicated().sum())
    if repeated:
        told = f"{repeated} rows of {table} repeat a building group; the first of each was taken."
        findings.append(Place(asked).note("repeated-group", told))
        frame = frame.drop_duplicates("batiment_groupe_id")
    joined = groups.merge(frame, on="batiment_groupe_id", how="left", validate="many_to_one")
    joined.index = groups.index
    return cast(gpd.GeoDataFrame, joined)


def _loss(fields: Sequence[Field]) -> str:
    return " and ".join(one.en.lower() for one in fields if one is not _ID)


def _table(
    asked: Asked,
    table: str,
    fields: Sequence[Field],
    *,
    needed: bool,
    shapes: bool = False,
    groups: gpd.GeoDataFrame | None = None,
) -> tuple[Any, list[Finding]]:
    """Read one table from a database, a GeoPackage, a folder of CSV files or the published zip of them."""
    if asked.database is not None:
        return _server_table(asked, table, fields, shapes=shapes, groups=groups)
    path = existing(asked.path, layer=asked.table)
    if path.is_dir() or path.suffix.lower() == ".zip":
        return _csv_table(asked, table, fields, needed=needed)
    layer = layer_named(asked, table)
    with reading(path, layer=asked.table):
        import pyogrio

        held = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    # A file of one layer is the table of the groups itself, its columns perhaps joined already.
    if layer not in held and not (needed and len(held) == 1):
        if needed:
            raise Place(asked).refusal(f"there is no layer {table!r} in the file.")
        return None, []
    return read_rows(asked, fields, layer=layer, shapes=shapes)


def _server_table(
    asked: Asked,
    table: str,
    fields: Sequence[Field],
    *,
    shapes: bool,
    groups: gpd.GeoDataFrame | None,
) -> tuple[Any, list[Finding]]:
    """Read the table the study names, or one beside it with the groups already read and no other."""
    if groups is None:
        return read_rows(asked, fields, shapes=shapes)
    assert asked.database is not None
    other = asked.database.beside(asked, table)
    if other is None:
        return None, []
    ids = as_text(groups["batiment_groupe_id"]).dropna().unique()
    frame, _ = read_rows(other, fields, cut=any_of((_ID.name,), [str(one) for one in ids]))
    # Rows of other groups are none of the layer's: nothing is to be told of them.
    return frame, []


def _csv_table(
    asked: Asked, table: str, fields: Sequence[Field], *, needed: bool
) -> tuple[pd.DataFrame | None, list[Finding]]:
    name = f"{table}.csv"
    if asked.path.is_dir():
        found = sorted(asked.path.rglob(name))
        if found:
            return read_rows(replace(asked, path=found[0]), fields)
    else:
        members = [one.filename for one in guarded(asked.path, layer=asked.table)]
        inner = next((one for one in members if one.rpartition("/")[2] == name), None)
        if inner is not None:
            return read_rows(asked, fields, member=inner)
    if needed:
        raise Place(asked).refusal(
            f"it holds no {name}. Take the export of a department in CSV whole; of one in GeoPackage, "
            "unpack the .gpkg and name it."
        )
    return None, []


BDNB = KnownSource(
    name="bdnb",
    title="Base de données nationale des bâtiments, tables ouvertes",
    producer="CSTB",
    page="https://bdnb.io",
    licence="Licence Ouverte 2.0",
    attribution="CSTB – BDNB {vintage}",
    tables=("stock",),
    columns=(*_GROUP, *(field for fields in _JOINED.values() for field in fields)),
    read=_read,
)
