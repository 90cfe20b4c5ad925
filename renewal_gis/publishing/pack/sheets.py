"""The map sheets: the corridor against the south, each perimeter, each site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.furniture import (
    Extent,
    coordinates,
    extent_around,
    map_axes,
    north,
    scale_bar,
)
from renewal_gis.publishing.pack.ground import (
    commune_labels,
    draw_ground,
    within,
)
from renewal_gis.publishing.pack.labelling import Label, on_sheet, write_labels
from renewal_gis.publishing.pack.layout import Plan, dress, roomier
from renewal_gis.publishing.pack.marks import draw_lines
from renewal_gis.publishing.pack.paper import MM, Box
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.sheet_blocks import (
    class_block,
    figures_block,
    ground_block,
    median_block,
    score_block,
    site_list_block,
    transit_block,
)
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.themes import SCORES, Theme, theme_of
from renewal_gis.publishing.pack.words import say
from renewal_gis.publishing.palette import NO_DATA, SECTOR_COLOURS

__all__ = ["access_sheet", "open_map", "site_name", "sites_sheet"]

_BESIDE = ("corridor", "south")


def access_sheet(content: PackContent, plan: Plan) -> str:
    """Draw every residential building in its class, corridor and south side by side in the legend.

    Returns
    -------
    str
        What the sheet shows, for those who do not see it.
    """
    language, held = content.language, content.map
    theme = theme_of(held.measures[0], language)
    plan = roomier(plan, _bounds(held.communes))
    extent, axes, taken = open_map(plan, content, _bounds(held.communes))
    shown = draw_ground(plan.sheet, axes, held, extent, streets=False, tinted=True)
    _sector_outlines(plan, axes, content)
    drawn = draw_lines(
        plan, axes, held.layers.get("lines"), extent, shown, language=language, zorder=1.15
    )
    if held.stock is not None:
        _classed(axes, held.stock, theme)
    names = commune_labels(held, extent)
    marks, labels = _site_marks(content, extent)
    taken += _draw_marks(plan, axes, marks, plain=True)
    left = write_labels(plan.sheet, axes, plan.map, [*labels, *names], taken=taken)
    blocks = [
        class_block(content, theme),
        median_block(content),
        ground_block(content, shown, left, drawn, sites=True),
    ]
    if len(plan.columns) == 2:
        beside = replace(transit_block(content), next_column=True)
        blocks = [*blocks[::2], blocks[1], beside, figures_block(content)]
    spoken = theme.measure.fr if language == "fr" else theme.measure.en
    title = say("sheet.access", language, measure=spoken)
    layers = ["communes", "stock", "backdrop", "streets", "services", "sites"]
    layers += ["stops", "lines"] if drawn else []
    return dress(
        plan, content, title=title, subtitle=say("sheet.accessSub", language), blocks=blocks,
        extent=extent, layers=layers,
    )  # fmt: skip


def sites_sheet(content: PackContent, plan: Plan) -> str:
    """Draw the sites by score and capacity over the two sectors; return what the sheet shows."""
    language, held = content.language, content.map
    theme = theme_of(SCORES, language)
    plan = roomier(plan, _bounds(held.communes))
    extent, axes, taken = open_map(plan, content, _bounds(held.communes))
    shown = draw_ground(plan.sheet, axes, held, extent, streets=False, tinted=True)
    _sector_outlines(plan, axes, content)
    if held.stock is not None:
        fill(axes, held.stock.geometry, colour="#cfccc4", rasterized=True, zorder=1.2)
    marks, labels = _site_marks(content, extent)
    taken += _draw_marks(plan, axes, marks, plain=False)
    left = write_labels(
        plan.sheet, axes, plan.map, [*labels, *commune_labels(held, extent)], taken=taken
    )
    blocks = [
        score_block(content, theme),
        figures_block(content),
        ground_block(content, shown, left, [], sites=False),
    ]
    if len(plan.columns) == 2:
        blocks = [*blocks, replace(site_list_block(content), next_column=True)]
    title = say("sheet.sites", language)
    return dress(
        plan, content, title=title, subtitle=say("sheet.sitesSub", language), blocks=blocks,
        extent=extent, layers=["communes", "sites", "stock", "backdrop", "streets", "services", "stops"],
    )  # fmt: skip


def open_map(
    plan: Plan, content: PackContent, bounds: tuple[float, float, float, float]
) -> tuple[Extent, Any, list[Box]]:
    """Open the map of a sheet: axes, scale, north, coordinates; return what names must keep off."""
    extent = extent_around(bounds, plan.map)
    axes = map_axes(plan.sheet, plan.map, extent)
    coordinates(plan.sheet, axes, plan.map, extent, content.language)
    bar = scale_bar(plan.sheet, plan.map, extent, content.language)
    return extent, axes, [bar, north(plan.sheet, plan.map, content.language)]


def site_name(content: PackContent, site: str) -> str:
    """Return a site's name as printed; it may have none."""
    assert content.map.sites is not None
    return printable(content.map.sites.at[site, "name"], longest=300) or say(
        "sheet.unnamed", content.language
    )


def _bounds(table: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north_ = (float(value) for value in table.total_bounds)
    return west, south, east, north_


def _classed(axes: Any, stock: gpd.GeoDataFrame, theme: Theme) -> None:
    """Draw the buildings class by class; as dots of the paper's grain, since there are too many."""
    if theme.measure.key not in stock.columns:
        return
    classes = theme.classes(stock[theme.measure.key])
    colours = (*theme.colours, NO_DATA)  # class −1 is the last
    shapes = stock.geometry.to_numpy()
    points = bool((stock.geom_type == "Point").all())
    for place, colour in enumerate(colours):
        held = shapes[classes == (place if place < len(theme.colours) else -1)]
        if points:
            x, y = [shape.x for shape in held], [shape.y for shape in held]
            axes.plot(x, y, ".", color=colour, ms=1.5, rasterized=True, zorder=1.2)
        else:
            # The outline, in the colour of the fill, keeps a house of ten metres visible at 1:100 000.
            fill(axes, held, colour=colour, edge=colour, width=0.25, rasterized=True, zorder=1.2)


def _sector_outlines(plan: Plan, axes: Any, content: PackContent) -> None:
    """Outline the sectors: a full line for the corridor, a broken one for the south."""
    communes, grown = content.map.communes, plan.sheet.grown
    for sector, dash in (("corridor", "-"), ("south", (0, (4, 1.6)))):
        held = communes[communes["sector"] == sector]
        if len(held):
            colour, width = SECTOR_COLOURS[sector], 1.5 * grown
            lines(axes, [held.union_all()], colour=colour, width=width, dash=dash, zorder=1.8)


def _site_marks(content: PackContent, extent: Extent) -> tuple[pd.DataFrame, list[Label]]:
    """Return the sites on the map as marks, and their identifiers as names that must stand."""
    sites = within(content.map.sites, extent)
    if sites is None or sites.empty:
        return pd.DataFrame(columns=["x", "y", "capacity", "score", "veto"]), []
    points = sites.geometry.representative_point()
    marks = pd.DataFrame(
        {
            "x": points.x,
            "y": points.y,
            "capacity": pd.to_numeric(sites.get("capacity"), errors="coerce"),
            "score": pd.to_numeric(sites["score"]) if "score" in sites.columns else np.nan,
            "veto": (sites["veto"].astype(str) != "") if "veto" in sites.columns else False,
        },
        index=sites.index,
    )
    labels = [
        Label(
            text=printable(site, longest=16),
            x=x,
            y=y,
            size=6.6,
            away=1.4,
            must=True,
            style={"weight": "bold"},
        )
        for site, x, y in zip(sites.index, points.x, points.y, strict=True)
    ]
    return marks, labels


def _draw_marks(plan: Plan, axes: Any, marks: pd.DataFrame, *, plain: bool) -> list[Box]:
    """Draw the sites as marks; return the rectangles they take on the sheet, mm."""
    theme, grown = theme_of(SCORES, "en"), plan.sheet.grown
    classes, taken = theme.classes(marks["score"]), []
    for place, row in enumerate(marks.itertuples()):
        colour = "white" if plain or classes[place] < 0 else theme.colours[classes[place]]
        size = (3.4 if plain else _mark_size(row.capacity)) * grown
        axes.plot(
            [row.x], [row.y], "o", mfc=colour, mec="#1b1f24", mew=0.7 * grown, ms=size, zorder=4
        )
        if row.veto and not plain:
            axes.plot([row.x], [row.y], "x", color="#1b1f24", mew=0.9 * grown, ms=size, zorder=4.1)
        x, y = on_sheet(axes, plan.map, row.x, row.y)
        half = size / 72 * MM / 2
        taken.append(Box(x - half, y - half, 2 * half, 2 * half))
    return taken


def _mark_size(capacity: float) -> float:
    """Return the diameter of a mark, points: its area follows the dwellings, within what can be read."""
    return 4.0 if np.isnan(capacity) else float(np.clip(0.85 * np.sqrt(capacity), 3.5, 14.0))
