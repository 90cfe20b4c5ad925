"""What every map stands on: water, woods, rails, streets, buildings, communes."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.pack.furniture import Extent
from renewal_gis.publishing.pack.labelling import Label
from renewal_gis.publishing.pack.legend import Row, Sign
from renewal_gis.publishing.pack.paper import Sheet
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.words import say

__all__ = ["SECTOR_TINTS", "commune_labels", "draw_ground", "ground_rows", "within"]

# Pale on purpose: what the map is about lies over them.
SECTOR_TINTS = {"corridor": "#f6e3da", "south": "#e1e4f3", "other": "#f5f5f1"}
_WATER, _GREEN = "#bcd7e8", "#d9e6cd"
_STREET = {"motorway": 1.6, "primary": 1.2, "secondary": 0.9, "tertiary": 0.7}
_LANE = 0.55
_GROUND = {
    "water": Sign(colour=_WATER, edge="#7fb0cd"),
    "green": Sign(colour=_GREEN, edge="#a9c393"),
    "rail": Sign(kind="line", colour="#6b6f73", width=1.0, dash=(0, (4, 1.5))),
    "tram": Sign(kind="line", colour="#7a3b8f", width=1.3),
}


def within(table: gpd.GeoDataFrame | None, extent: Extent) -> gpd.GeoDataFrame | None:
    """Return the rows whose shape meets the map; None when the layer is not there."""
    if table is None:
        return None
    held = np.sort(table.sindex.query(extent.area, predicate="intersects"))
    return table.iloc[held]


def draw_ground(
    sheet: Sheet, axes: Any, content: MapContent, extent: Extent, *, streets: bool, tinted: bool
) -> list[str]:
    """Draw the ground of a map.

    Parameters
    ----------
    sheet, axes, content, extent
        Where, what, and how much of it.
    streets
        Draw the streets too: right for a site, too much for a territory.
    tinted
        Tint the communes by sector.

    Returns
    -------
    list of str
        Kinds of the backdrop that are on the map, for the legend.
    """
    grown, shown = sheet.grown, []
    communes = within(content.communes, extent)
    if tinted and communes is not None:
        for sector, part in communes.groupby("sector", sort=True):
            tint = SECTOR_TINTS.get(str(sector), "#f5f5f1")
            fill(axes, part.geometry, colour=tint, zorder=0.5)
    backdrop = within(content.layers.get("backdrop"), extent)
    for kind, sign in _GROUND.items():
        part = None if backdrop is None else backdrop[backdrop["kind"] == kind]
        if part is None or part.empty:
            continue
        shown.append(kind)
        long = part[part.geom_type.str.contains("Line")]
        fill(axes, part.geometry, colour=sign.colour, edge=sign.edge, width=0.3, zorder=0.7)
        width = sign.width * grown if sign.kind == "line" else 1.4 * grown
        lines(axes, long.geometry, colour=sign.colour, width=width, dash=sign.dash, zorder=1.4)
    if streets:
        shown += _draw_streets(sheet, axes, within(content.layers.get("streets"), extent))
    if communes is not None:
        dash = (0, (5, 2, 1, 2))
        lines(axes, communes.geometry, colour="#8d9297", width=0.5 * grown, dash=dash, zorder=1.6)
    return shown


def commune_labels(content: MapContent, extent: Extent) -> list[Label]:
    """Return the names of the communes on the map, at a point of the part that is seen."""
    communes = within(content.communes, extent)
    if communes is None:
        return []
    seen = communes.geometry.intersection(extent.area)
    points = seen.representative_point()
    return [
        Label(
            text=printable(name, longest=40),
            x=point.x,
            y=point.y,
            size=6.2,
            wanted=area,
            style={"color": "#565c62", "style": "italic"},
        )
        for name, point, area in zip(communes["name"], points, seen.area, strict=True)
        if area > 0
    ]


def ground_rows(shown: list[str], language: str) -> list[Row]:
    """Return the legend of what lies on the ground."""
    signs = {**_GROUND, "streets": Sign(kind="line", colour="#c3c1ba", width=1.6)}
    rows = [Row(signs[kind], say(f"legend.{kind}", language)) for kind in signs if kind in shown]
    limit = Sign(kind="line", colour="#8d9297", width=0.8, dash=(0, (5, 2, 1, 2)))
    return [*rows, Row(limit, say("legend.commune", language))]


def _draw_streets(sheet: Sheet, axes: Any, streets: gpd.GeoDataFrame | None) -> list[str]:
    if streets is None or streets.empty:
        return []
    kinds = streets["kind"].astype(str) if "kind" in streets.columns else None
    widths = np.full(len(streets), _LANE)
    if kinds is not None:
        widths = kinds.map(_STREET).fillna(_LANE).to_numpy(dtype=float)
    # Every casing first, then every roadway: crossings stay open.
    for casing, colour, order in ((0.8, "#bdbab2", 1.0), (0.0, "#ffffff", 1.1)):
        for width in np.unique(widths):
            held = streets.geometry[widths == width]
            wide = (width * 1.6 + casing) * sheet.grown
            lines(axes, held, colour=colour, width=wide, zorder=order)
    return ["streets"]
