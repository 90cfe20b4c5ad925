"""BD TOPO: IGN's buildings, roads, water and railways, as GeoPackage, shapefile or WFS GeoJSON."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, number_column, within_study
from renewal_gis.sources.known.stock import aside, with_dwellings, year_of
from renewal_gis.sources.text import as_text

__all__ = ["BDTOPO"]

# The second name of each is that of the shapefiles.
_BUILDING = (
    Field(name="cleabs", en="Identifier", needed=True, also=("ID",)),
    Field(name="usage_1", en="First use", also=("USAGE1",)),
    Field(name="usage_2", en="Second use", also=("USAGE2",)),
    Field(name="nombre_de_logements", en="Dwellings", kind="number", also=("NB_LOGTS",)),
    Field(name="nombre_d_etages", en="Storeys", kind="number", also=("NB_ETAGES",)),
    Field(name="hauteur", en="Height, m", kind="number", also=("HAUTEUR",)),
    Field(name="date_d_apparition", en="Date of building", also=("DATE_APP",)),
    Field(name="etat_de_l_objet", en="State", also=("ETAT",)),
    Field(name="construction_legere", en="Light building", also=("LEGER",)),
)
_ROAD = (
    Field(name="cleabs", en="Identifier", needed=True, also=("ID",)),
    Field(name="nature", en="Class of road", needed=True),
    Field(name="etat_de_l_objet", en="State", also=("ETAT",)),
    Field(name="fictif", en="Drawn only to join others", also=("FICTIF",)),
    Field(name="prive", en="Private", also=("PRIVE",)),
    Field(name="position_par_rapport_au_sol", en="Level: above 0 on a bridge", also=("POS_SOL",)),
    Field(name="nom_collaboratif_gauche", en="Name", also=("nom_voie_ban_gauche", "nom_1_gauche",
                                                           "NOM_COLL_G", "NOM_1_G")),
)  # fmt: skip
_BACKDROP = (
    Field(name="cleabs", en="Identifier", needed=True, also=("ID",)),
    Field(name="nature", en="Class", needed=True),
    Field(name="etat_de_l_objet", en="State", also=("ETAT",)),
)
_NOT_WALKED = ("Type autoroutier", "Bretelle", "Bac ou liaison maritime")
_USUAL = {"stock": "batiment", "streets": "troncon_de_route", "backdrop": "surface_hydrographique"}


def _buildings(asked: Asked) -> Given:
    frame, findings = read_shapes(asked, _BUILDING, _USUAL["stock"])
    frame = _standing(within_study(frame, asked, findings), findings, asked)
    counted = number_column(frame, "nombre_de_logements")
    home = (
        (counted > 0) | _is(frame, "usage_1", "Résidentiel") | _is(frame, "usage_2", "Résidentiel")
    )
    light = _truth(frame, "construction_legere")
    frame = aside(frame, home & ~light, "not-residential", findings, asked,
                  "buildings have no dwelling and no residential use, or are light ones")  # fmt: skip
    # A residential building said to hold no dwelling at all is one nobody counted.
    frame = frame.assign(
        id=as_text(frame["cleabs"]),
        counted=counted.loc[frame.index].where(counted.loc[frame.index] > 0),
        storeys=number_column(frame, "nombre_d_etages"), height_m=number_column(frame, "hauteur"),
    )  # fmt: skip
    if "date_d_apparition" in frame:
        frame = frame.assign(built_year=year_of(frame["date_d_apparition"]))
    return Given(frame=with_dwellings(frame, asked, findings), findings=tuple(findings))


def _roads(asked: Asked) -> Given:
    frame, findings = read_shapes(asked, _ROAD, _USUAL["streets"])
    frame = _standing(within_study(frame, asked, findings), findings, asked)
    walked = ~as_text(frame["nature"]).isin(_NOT_WALKED)
    level = number_column(frame, "position_par_rapport_au_sol")
    frame = frame.assign(
        id=as_text(frame["cleabs"]), kind=as_text(frame["nature"]), walkable=walked,
        bridge=(level > 0).astype("boolean").mask(level.isna()),
    )  # fmt: skip
    if "nom_collaboratif_gauche" in frame:
        frame = frame.assign(name=as_text(frame["nom_collaboratif_gauche"]))
    frame.geometry = _lines(frame.geometry)
    closed = int((~walked).sum())
    if closed:
        told = (
            f"{closed} roads are motorways, slip roads or ferries: they are read as not walkable."
        )
        findings.append(Place(asked).note("not-walkable", told))
    return Given(frame=frame, findings=tuple(findings))


def _backdrop(asked: Asked) -> Given:
    layer = asked.layer or _USUAL["backdrop"]
    frame, findings = read_shapes(asked, _BACKDROP, layer)
    if asked.database is not None:
        layer = asked.part
    frame = _standing(within_study(frame, asked, findings), findings, asked)
    kind = "rail" if "voie_ferree" in layer.casefold() else "water"
    kinds = pd.Series(kind, index=frame.index, dtype=object)
    if kind == "rail":
        kinds = kinds.mask(as_text(frame["nature"]) == "Tramway", "tram")
    return Given(
        frame=frame.assign(id=as_text(frame["cleabs"]), kind=kinds), findings=tuple(findings)
    )


def _lines(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return a group of one line as that line: shapefiles and WFS write every line as a group."""
    lone = (shapes.geom_type == "MultiLineString") & (shapes.count_geometries() == 1)
    return shapes.where(
        ~lone, shapes.apply(lambda one: one.geoms[0] if hasattr(one, "geoms") else one)
    )


def _standing(frame: gpd.GeoDataFrame, findings: list[Finding], asked: Asked) -> gpd.GeoDataFrame:
    if "etat_de_l_objet" not in frame:
        return frame
    state = as_text(frame["etat_de_l_objet"])
    return aside(frame, state.isna() | (state == "En service"), "not-in-service", findings, asked,
                 "objects are planned, being built or ruined")  # fmt: skip


def _is(frame: pd.DataFrame, name: str, value: str) -> pd.Series:
    if name not in frame:
        return pd.Series(False, index=frame.index)
    return as_text(frame[name]) == value


def _truth(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(False, index=frame.index)
    return as_text(frame[name]).isin(["true", "True", "1", "Oui", "oui", "t"])


_READERS: dict[str, Callable[[Asked], Given]] = {
    "stock": _buildings, "streets": _roads, "backdrop": _backdrop,
}  # fmt: skip

BDTOPO = KnownSource(
    name="bdtopo",
    title="BD TOPO",
    producer="IGN",
    page="https://geoservices.ign.fr/bdtopo",
    licence="Licence Ouverte 2.0",
    attribution="IGN – BD TOPO {vintage}",
    tables=tuple(_READERS),
    columns=(*_BUILDING, *_ROAD, *_BACKDROP),
    read=lambda asked: _READERS[asked.table](asked),
)
