"""Cartofriches: brownfield in CNIG's schema, as candidate sites."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.assumptions import assumption
from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, numbers, read_rows, within_study
from renewal_gis.sources.known.stock import aside
from renewal_gis.sources.opening import reading
from renewal_gis.sources.text import as_text

__all__ = ["CARTOFRICHES"]

# CNIG "Friches" v1.0.5.
_FIELDS = (
    Field(name="site_id", en="Identifier", needed=True),
    Field(name="site_nom", en="Name", needed=True),
    Field(name="site_type", en="Kind of brownfield"),
    Field(name="site_statut", en="Without project, with project, reused…", needed=True),
    Field(name="comm_insee", en="Commune (INSEE code)", needed=True),
    Field(name="unite_fonciere_surface", en="Area of the plot, m²", kind="number"),
    Field(name="sol_pollution_existe", en="Pollution of the ground"),
    Field(name="urba_zone_type", en="Zone of the local plan"),
    Field(name="geomsurf", en="Outline (WKT)", kind="shape"),
    Field(name="geompoint", en="Point (WKT)", kind="shape"),
)
_STATES = ("friche potentielle", "friche sans projet", "friche avec projet", "friche reconvertie")
_M2_PER_HA = 10_000

_PLAIN = {".csv", ".txt", ".parquet", ".zip"}  # outlines in text


def _read(asked: Asked) -> Given:
    """Read brownfield that is not reused yet and has an outline."""
    place = Place(asked)
    frame, findings = _shapes(asked)
    state = as_text(frame["site_statut"]).map(lambda text: text.casefold() if text else None)
    unknown = sorted({str(one) for one in state.dropna()} - set(_STATES))
    if unknown:
        raise place.refusal(
            f"site_statut holds {unknown[0]!r}; CNIG’s schema knows: {', '.join(_STATES)}. The file "
            "follows another version of it."
        )
    frame = aside(frame, state != "friche reconvertie", "reused", findings, asked,
                  "sites are reused already")  # fmt: skip
    frame = within_study(frame, asked, findings)
    flat = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    for row in frame.index[~flat]:
        told = (
            f"The site {frame.at[row, 'site_id']} has a point and no outline; it was left out. Draw it "
            "in the layer of your sites."
        )
        findings.append(place.dropped("no-outline", told, row=str(frame.at[row, "site_id"])))
    frame = frame[flat]
    return Given(frame=_sites(frame, findings, place), findings=tuple(findings))


def _shapes(asked: Asked) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    if asked.database is not None or asked.path.suffix.lower() not in _PLAIN:
        return read_shapes(asked, _FIELDS, "friches")
    frame, findings = read_rows(asked, _FIELDS)
    blank = pd.Series(None, index=frame.index, dtype=object)
    with reading(asked.path, layer=asked.table, advice="Check the columns geomsurf and geompoint."):
        outlines, points = (
            shapely.from_wkt(as_text(frame.get(name, blank)).to_numpy())
            for name in ("geomsurf", "geompoint")
        )
    shapes = np.where(shapely.is_missing(outlines), points, outlines)
    plain = frame.drop(columns=[one for one in ("geomsurf", "geompoint") if one in frame])
    return gpd.GeoDataFrame(plain, geometry=shapes, crs="EPSG:4326"), findings


def _sites(frame: gpd.GeoDataFrame, findings: list[Finding], place: Place) -> gpd.GeoDataFrame:
    metric = frame.geometry
    if frame.crs is not None and frame.crs.is_geographic and len(frame):
        metric = frame.geometry.to_crs(frame.estimate_utm_crs())
    drawn = pd.Series(shapely.area(metric.to_numpy()), index=frame.index)
    said = (
        numbers(frame["unite_fonciere_surface"])
        if "unite_fonciere_surface" in frame
        else pd.Series(np.nan, index=frame.index)
    )
    area = said.where(said > 0, drawn)
    density = assumption("brownfield_density").value
    capacity = np.rint(area / _M2_PER_HA * density).astype("int64")
    if len(frame):
        told = (
            f"Nobody has said what the {len(frame)} sites can hold: their capacity is {density:g} "
            "dwellings a hectare, an assumption. Put your own figures in a layer of sites."
        )
        findings.append(place.note("capacity-assumed", told, column="capacity"))
    names = as_text(frame["site_nom"])
    return frame.assign(
        id=as_text(frame["site_id"]), name=names.where(names.notna(), as_text(frame["site_id"])),
        commune=as_text(frame["comm_insee"]), capacity=capacity,
    )  # fmt: skip


CARTOFRICHES = KnownSource(
    name="cartofriches",
    title="Cartofriches",
    producer="Cerema",
    page="https://cartofriches.cerema.fr",
    licence="Licence Ouverte 2.0",
    attribution="Cerema – Cartofriches {vintage}",
    tables=("sites",),
    columns=_FIELDS,
    read=_read,
)
