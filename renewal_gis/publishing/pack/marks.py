"""What is marked on the maps of places: services, stops, walks, constraints, names of sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.furniture import Extent
from renewal_gis.publishing.pack.ground import within
from renewal_gis.publishing.pack.labelling import Label, on_sheet
from renewal_gis.publishing.pack.layout import Plan
from renewal_gis.publishing.pack.legend import Row, Sign
from renewal_gis.publishing.pack.paper import Box
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.schema import BASKET
from renewal_gis.schema.codes import MODES

__all__ = [
    "draw_constraints",
    "draw_lines",
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
TRANSIT = "#7a3b8f"  # stops, lines and tracks of trams
_ALONG = ("published", "partly")
_ON_TRACKS = ("tram", "metro", "rail")
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
    plan: Plan, axes: Any, services: gpd.GeoDataFrame | None, extent: Extent, tags: dict[str, str],
    *, taken: Sequence[Box],
) -> list[Box]:  # fmt: skip
    """Draw each service as a disc with its letters; return the rectangles they take.

    Discs do not lie on one another: one that finds its place taken stands beside, led by a line to it.

    Parameters
    ----------
    plan, axes, services, extent
        Where, what, and how much of it.
    tags
        Letters of each group.
    taken
        Rectangles of the sheet that discs keep off.
    """
    near, sheet = within(services, extent), plan.sheet
    if near is None:
        return []
    held, discs, leads = list(taken), list[tuple[float, float]](), list[list[float]]()
    for group, point in zip(near["group"].astype(str), near.geometry, strict=True):
        spot = on_sheet(axes, plan.map, point.x, point.y)
        if group not in tags or any(_inside(spot, box) for box in taken):
            continue
        place = _free_disc(spot, plan.map, held, 1.3 * sheet.grown)
        held.append(_around(place, 1.3 * sheet.grown))
        discs.append(place)
        if place != spot:
            leads.append([spot[0], place[0], spot[1], place[1]])
        sheet.ink.text(
            *place, tags[group], fontsize=(4.6 if len(tags[group]) == 1 else 4.0) * sheet.grown,
            color="white", weight="bold", ha="center", va="center_baseline", zorder=2.2,
        )  # fmt: skip
    for x, to_x, y, to_y in leads:
        sheet.ink.plot([x, to_x], [y, to_y], color=TAG, lw=0.5 * sheet.grown, zorder=2)
    sheet.ink.plot(
        [x for x, _ in discs], [y for _, y in discs], "o", color=TAG, ms=7.2 * sheet.grown, mec="white",
        mew=0.5, zorder=2.1,
    )  # fmt: skip
    return held[len(taken) :]


def _free_disc(
    spot: tuple[float, float], frame: Box, held: Sequence[Box], half: float
) -> tuple[float, float]:
    """Return the nearest place around a spot where a disc overlaps none; the spot when there is none."""
    for ring in range(5):
        count = max(1, 8 * ring)
        for turn in range(count):
            angle, far = 2 * np.pi * turn / count, 1.05 * half * ring
            place = (spot[0] + far * float(np.cos(angle)), spot[1] - far * float(np.sin(angle)))
            box = _around(place, half)
            fits = (
                frame.x <= box.x
                and box.x + box.w <= frame.x + frame.w
                and frame.y <= box.y
                and box.y + box.h <= frame.y + frame.h
            )
            if fits and not any(_meet(box, other) for other in held):
                return place
    return spot


def _around(spot: tuple[float, float], half: float) -> Box:
    return Box(spot[0] - half, spot[1] - half, 2 * half, 2 * half)


def _inside(spot: tuple[float, float], box: Box) -> bool:
    return box.x <= spot[0] <= box.x + box.w and box.y <= spot[1] <= box.y + box.h


def _meet(one: Box, other: Box) -> bool:
    return (
        min(one.x + one.w, other.x + other.w) > max(one.x, other.x) + 0.05
        and min(one.y + one.h, other.y + other.h) > max(one.y, other.y) + 0.05
    )


def draw_stops(
    plan: Plan, axes: Any, stops: gpd.GeoDataFrame | None, extent: Extent, communes: Iterable[str]
) -> list[Label]:
    """Draw the stops, larger with more departures; return their names.

    A name that begins with that of a commune is written without it: the commune's own is on the map.
    """
    near = within(stops, extent)
    if near is None:
        return []
    labels, known = [], [printable(name, longest=40) for name in communes]
    departures = pd.to_numeric(near.get("departures_day", pd.Series(0.0, index=near.index)))
    for name, point, count in zip(near["name"], near.geometry, departures.fillna(0), strict=True):
        size = float(np.clip(2.2 + 0.22 * np.sqrt(count), 2.2, 7.0)) * plan.sheet.grown
        axes.plot([point.x], [point.y], "s", mfc="white", mec=TRANSIT, mew=1.1, ms=size, zorder=3.9)
        labels.append(
            Label(
                text=_own_name(printable(name, longest=60), known), x=point.x, y=point.y, size=5.6, away=1.1,
                wanted=float(count), style={"color": "#5d2b6e"},
            )
        )  # fmt: skip
    return labels


def draw_lines(
    plan: Plan, axes: Any, table: gpd.GeoDataFrame | None, extent: Extent, shown: Sequence[str], *,
    language: str, zorder: float,
) -> list[Row]:  # fmt: skip
    """Draw the lines of transit, thin, those on tracks wider; return their rows of the legend.

    A white edge tells them from streets and outlines on grey paper too. Of trams and trains whose
    tracks the map shows, those that go straight from stop to stop are left out: the track is truer.

    Parameters
    ----------
    plan, axes, table, extent
        Where, what, and how much of it.
    shown
        Kinds of the backdrop on the map, as `draw_ground` returns them.
    language
        That of the legend.
    zorder
        Above the streets, under the buildings.
    """
    near = within(table, extent)
    if near is None:
        return []
    near = near[~(near["mode"].isin(shown) & ~near["course"].isin(_ALONG))]
    modes, rows = near["mode"].astype(str), []
    tracks = modes.isin(_ON_TRACKS)
    for there, width in ((tracks, 1.3), (~tracks, 0.6)):
        held = near[there]
        if held.empty:
            continue
        wide = width * plan.sheet.grown
        lines(axes, held.geometry, colour="white", width=2.4 * wide, zorder=zorder - 0.01)
        lines(axes, held.geometry, colour=TRANSIT, width=wide, zorder=zorder)
        order = [*MODES, *sorted(set(modes[there]) - set(MODES))]
        named = [label(MODES, one, language) for one in order if (modes[there] == one).any()]
        told = printable(", ".join(named).lower(), longest=60)
        sign = Sign(kind="line", colour=TRANSIT, width=width)
        rows.append(Row(sign, say(f"legend.lines.{_course(held)}", language, modes=told)))
    return rows


def _course(lines_of_mode: gpd.GeoDataFrame) -> str:
    """Return `published` or `straight` when all lines are, else `partly`; what is not told is straight."""
    there = {one if one in _ALONG else "straight" for one in lines_of_mode["course"]}
    return there.pop() if len(there) == 1 else "partly"


def _own_name(name: str, communes: Iterable[str]) -> str:
    """Return a stop's name without its commune's, when something is left."""
    # The longest first: Condé-sur-l'Escaut before Condé.
    for commune in sorted(communes, key=len, reverse=True):
        rest = name.removeprefix(commune)
        if commune and rest != name and rest[:1] in {" ", ",", "–"} and rest.strip(" -–,"):
            return rest.strip(" -–,")
    return name


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
