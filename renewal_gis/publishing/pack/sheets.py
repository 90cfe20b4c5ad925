"""The map sheets: the corridor against the south, each perimeter, each site."""

from __future__ import annotations

from collections.abc import Callable
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
    SECTOR_TINTS,
    commune_labels,
    draw_ground,
    ground_rows,
    within,
)
from renewal_gis.publishing.pack.labelling import Label, on_sheet, write_labels
from renewal_gis.publishing.pack.layout import Plan, dress
from renewal_gis.publishing.pack.legend import Block, Row, Sign
from renewal_gis.publishing.pack.paper import MM, Box
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import SCORES, Theme, spoken_unit, theme_of
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.publishing.palette import NO_DATA, SECTOR_COLOURS
from renewal_gis.schema.codes import SECTORS

__all__ = ["access_sheet", "open_map", "site_name", "sites_sheet"]

_EDGE = Sign(colour="none", edge="#1b1f24", width=1.2)
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
    extent, axes, taken = open_map(plan, content, _bounds(held.communes))
    shown = draw_ground(plan.sheet, axes, held, extent, streets=False, tinted=True)
    _sector_outlines(plan, axes, content)
    if held.stock is not None:
        _classed(axes, held.stock, theme)
    names = commune_labels(held, extent)
    marks, labels = _site_marks(content, extent)
    taken += _draw_marks(plan, axes, marks, plain=True)
    left = write_labels(plan.sheet, axes, plan.map, [*labels, *names], taken=taken)
    blocks = [
        _class_block(content, theme),
        _median_block(content),
        _ground_block(content, shown, left, sites=True),
    ]
    spoken = theme.measure.fr if language == "fr" else theme.measure.en
    title = say("sheet.access", language, measure=spoken)
    layers = ["communes", "stock", "backdrop", "streets", "services", "sites"]
    dress(
        plan, content, title=title, subtitle=say("sheet.accessSub", language), blocks=blocks,
        extent=extent, layers=layers,
    )  # fmt: skip
    return f"{title}. {say('sheet.accessSub', language)}."


def sites_sheet(content: PackContent, plan: Plan) -> str:
    """Draw the sites by score and capacity over the two sectors; return what the sheet shows."""
    language, held = content.language, content.map
    theme = theme_of(SCORES, language)
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
        _score_block(content, theme),
        _median_block(content),
        _ground_block(content, shown, left, sites=False),
    ]
    title = say("sheet.sites", language)
    dress(
        plan, content, title=title, subtitle=say("sheet.sitesSub", language), blocks=blocks,
        extent=extent, layers=["communes", "sites", "stock", "backdrop", "streets", "services", "stops"],
    )  # fmt: skip
    return f"{title}. {say('sheet.sitesSub', language)}."


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


def _present(content: PackContent) -> list[str]:
    there = set(content.map.communes["sector"].astype(str))
    return [sector for sector in _BESIDE if sector in there]


def _heads(sectors: list[str], language: str) -> tuple[str, ...]:
    return tuple(say(f"legend.{sector}Short", language) for sector in sectors)


def _class_block(content: PackContent, theme: Theme) -> Block:
    language, sectors = content.language, _present(content)
    shares = [theme.shares(content.map.distribution, sector) for sector in sectors]
    rows = []
    for place, (text, colour) in enumerate(zip(theme.labels, theme.colours, strict=True)):
        held = [part[place] for part in shares]
        bars = () if any(np.isnan(held)) else tuple(float(value) for value in held)
        values = tuple(percent(value, language, decimals=0) for value in held)
        rows.append(Row(Sign(colour=colour, edge="#333333"), text, values, bars))
    rows.append(Row(Sign(colour=NO_DATA, edge="#333333"), say("legend.noData", language)))
    measure = theme.measure
    return Block(
        title=measure.fr if language == "fr" else measure.en,
        head=_heads(sectors, language),
        rows=rows,
        note=" · ".join(
            part
            for part in (spoken_unit(measure.unit, language), say("legend.shareOf", language))
            if part
        ),
        colours=tuple(SECTOR_COLOURS[sector] for sector in sectors),
    )


def _score_block(content: PackContent, theme: Theme) -> Block:
    """Return the classes of the score with how many sites of each sector fall in them."""
    language, sites, sectors = content.language, content.map.sites, _present(content)
    rows: list[Row] = []
    counts = np.zeros((len(sectors), len(theme.labels) + 1), dtype=int)
    if sites is not None and "score" in sites.columns:
        classes = theme.classes(pd.to_numeric(sites["score"]))
        for place, sector in enumerate(sectors):
            held = classes[(sites["sector"] == sector).to_numpy()]
            counts[place] = [int((held == kind).sum()) for kind in (*range(len(theme.labels)), -1)]
    colours = (*theme.colours, "white")
    texts = (*theme.labels, say("legend.notScored", language))
    for place in (*range(len(theme.labels) - 1, -1, -1), len(theme.labels)):
        values = tuple(str(int(part[place])) for part in counts)
        rows.append(
            Row(Sign(kind="mark", colour=colours[place], edge="#1b1f24"), texts[place], values)
        )
    veto = Sign(kind="mark", mark="x", colour="#1b1f24", edge="#1b1f24")
    vetoed = _vetoed(sites, sectors)
    rows.append(Row(veto, say("legend.veto", language), vetoed))
    return Block(
        title=say("chart.score", language).capitalize(),
        head=_heads(sectors, language),
        rows=rows,
        note=say("legend.count", language).capitalize() + ".",
    )


def _vetoed(sites: gpd.GeoDataFrame | None, sectors: list[str]) -> tuple[str, ...]:
    if sites is None or "veto" not in sites.columns:
        return tuple("–" for _ in sectors)
    held = sites["veto"].astype(str) != ""
    return tuple(str(int((held & (sites["sector"] == sector)).sum())) for sector in sectors)


def _median_block(content: PackContent) -> Block:
    """Return the medians of the sectors on the study's walks, first ones first."""
    language, comparison, sectors = content.language, content.map.comparison, _present(content)
    rows: list[Row] = []
    for measure in content.map.measures:
        if not measure.key.startswith("walk_min:") or len(rows) == 6:
            continue
        values = [median(comparison, measure.key, sector) for sector in sectors]
        unit = spoken_unit(measure.unit, language)
        told = tuple(f"{number(value, language, decimals=1)} {unit}" for value in values)
        name = (measure.fr if language == "fr" else measure.en).partition("\u00a0:")[0]
        rows.append(Row(None, name.partition(":")[0], told))
    if not rows or comparison is None:
        return Block()
    return Block(title=say("legend.medians", language), head=_heads(sectors, language), rows=rows)


def median(comparison: pd.DataFrame | None, measure: str, sector: str) -> float:
    """Return the dwelling-weighted median of a measure in a sector, NaN when it is not known."""
    if comparison is None:
        return float("nan")
    held = comparison[(comparison["measure"] == measure) & (comparison["sector"] == sector)]
    return float(held["p50"].iloc[0]) if len(held) else float("nan")


def _ground_block(content: PackContent, shown: list[str], left: int, *, sites: bool) -> Block:
    language = content.language
    rows = [
        Row(
            Sign(
                colour=SECTOR_TINTS[sector], edge=SECTOR_COLOURS[sector], width=1.4,
                dash="-" if sector == "corridor" else (0, (4, 1.6)),
            ),
            label(SECTORS, sector, language),
        )
        for sector in _present(content)
    ]  # fmt: skip
    if sites and content.map.sites is not None:
        rows.append(Row(Sign(kind="mark", colour="white"), say("legend.sites", language)))
    if not sites and content.map.stock is not None:
        rows.append(Row(Sign(colour="#cfccc4", edge="#cfccc4"), say("legend.buildings", language)))
    note = say("legend.leftOut", language, count=left) if left else ""
    rows += ground_rows(shown, language)
    return Block(title=say("legend.ground", language), rows=rows, note=note)


SheetMaker = Callable[[PackContent, Plan], str]
