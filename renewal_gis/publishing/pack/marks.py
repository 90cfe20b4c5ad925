"""What is marked on the maps of places: services, stops, walks, constraints, names of sites."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.furniture import Extent
from renewal_gis.publishing.pack.ground import within
from renewal_gis.publishing.pack.labelling import Label, on_sheet
from renewal_gis.publishing.pack.layout import Plan
from renewal_gis.publishing.pack.paper import Box
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.text import printable
from renewal_gis.schema import BASKET

__all__ = [
    "draw_constraints",
    "draw_rings",
    "draw_services",
    "draw_stops",
    "service_tags",
    "site_label",
]

RED = "#b3261e"
TAG = "#24313d"
MANY = 20_000  # buildings beyond which a map keeps the grain of print instead of every outline
HATCHES = {"veto": "xxxx", "derogation": "////", "information": "...."}
RING_DASHES = ((0, (1, 1.2)), (0, (4, 1.5)), "-", (0, (6, 1, 1, 1)))


def service_tags(content: PackContent) -> dict[str, str]:
    """Return the letters of each group of services: as few as tell them apart."""
    held = content.map.layers.get("services")
    if held is None:
        return {}
    there = set(held["group"].astype(str))
    tags: dict[str, str] = {}
    for group in BASKET:
        if group.id not in there:
            continue
        name = (group.fr if content.language == "fr" else group.en).replace(" ", "")
        letters = name[0].upper()
        options = [letters, *(letters + letter.lower() for letter in name[1:])]
        tags[group.id] = next(tag for tag in options if tag not in tags.values())
    return tags


def draw_services(
    plan: Plan, axes: Any, services: gpd.GeoDataFrame | None, extent: Extent, tags: dict[str, str]
) -> list[Box]:
    """Draw each service as a disc with its letters; return the rectangles they take."""
    near, grown, taken = within(services, extent), plan.sheet.grown, []
    if near is None:
        return []
    for group, point in zip(near["group"].astype(str), near.geometry, strict=True):
        if group not in tags:
            continue
        axes.plot(
            [point.x], [point.y], "o", color=TAG, ms=7.2 * grown, mec="white", mew=0.5, zorder=4
        )
        axes.text(
            point.x, point.y, tags[group], fontsize=4.6 * grown, color="white", weight="bold",
            ha="center", va="center_baseline", zorder=4.1, clip_on=True,
        )  # fmt: skip
        x, y = on_sheet(axes, plan.map, point.x, point.y)
        taken.append(Box(x - 1.3 * grown, y - 1.3 * grown, 2.6 * grown, 2.6 * grown))
    return taken


def draw_stops(
    plan: Plan, axes: Any, stops: gpd.GeoDataFrame | None, extent: Extent
) -> list[Label]:
    """Draw the stops, larger with more departures; return their names."""
    near = within(stops, extent)
    if near is None:
        return []
    labels = []
    departures = pd.to_numeric(near.get("departures_day", pd.Series(0.0, index=near.index)))
    for name, point, count in zip(near["name"], near.geometry, departures.fillna(0), strict=True):
        size = float(np.clip(2.2 + 0.22 * np.sqrt(count), 2.2, 7.0)) * plan.sheet.grown
        axes.plot(
            [point.x], [point.y], "s", mfc="white", mec="#7a3b8f", mew=1.1, ms=size, zorder=3.9
        )
        labels.append(
            Label(
                text=printable(name, longest=40), x=point.x, y=point.y, size=5.4, away=1.1,
                wanted=float(count), style={"color": "#5d2b6e"},
            )
        )  # fmt: skip
    return labels


def draw_rings(plan: Plan, axes: Any, rings: gpd.GeoDataFrame | None) -> None:
    """Draw the outlines reached on foot, each with its own dash."""
    if rings is None:
        return
    for place, shape in enumerate(rings.geometry):
        dash, wide = RING_DASHES[place % len(RING_DASHES)], 1.1 * plan.sheet.grown
        lines(axes, [shape], colour="#14507a", width=wide, dash=dash, zorder=2.8)


def draw_constraints(
    plan: Plan, axes: Any, zones: gpd.GeoDataFrame | None, extent: Extent
) -> list[tuple[str, str]]:
    """Hatch the zones of constraint; return their levels and kinds, the gravest first."""
    near = within(zones, extent)
    if near is None or near.empty:
        return []
    for level, hatch in HATCHES.items():
        held = near[near["level"] == level]
        fill(
            axes, held.geometry, edge="#6d4c12", hatch=hatch, width=0.7 * plan.sheet.grown, alpha=0.55,
            zorder=2.2,
        )  # fmt: skip
    pairs = set(zip(near["level"].astype(str), near["kind"].astype(str), strict=True))
    order = list(HATCHES)
    return sorted(
        pairs, key=lambda pair: (order.index(pair[0]) if pair[0] in order else 9, pair[1])
    )


def site_label(site: str, shape: Any, extent: Extent) -> Label:
    """Return the identifier of a site, written over the part of it that is seen."""
    seen = shape.intersection(extent.area)
    point = seen.representative_point()
    return Label(
        text=printable(site, longest=16), x=point.x, y=point.y, size=8, must=True,
        style={"weight": "bold", "color": RED},
    )  # fmt: skip
