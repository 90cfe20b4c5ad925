"""What makes a picture a map: its scale, its north, its coordinates, where it lies."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
from shapely import box

from renewal_gis.publishing.pack.paper import INK, SOFT, Box, Sheet
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.text import number
from renewal_gis.publishing.pack.words import say

__all__ = ["Extent", "coordinates", "extent_around", "locator", "map_axes", "north", "scale_bar"]

_ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0)
_SMALLEST = 1000.0  # no sheet is drawn at a larger scale than 1:1 000


class Extent(NamedTuple):
    """What a map shows, in the study's CRS, and its scale."""

    west: float
    south: float
    east: float
    north: float
    scale: float

    @property
    def area(self) -> Any:
        """The rectangle as a polygon."""
        return box(self.west, self.south, self.east, self.north)


def extent_around(
    bounds: tuple[float, float, float, float], frame: Box, *, air: float = 0.015
) -> Extent:
    """Return an extent at a round scale that holds `bounds` and fills a frame of the sheet.

    Parameters
    ----------
    bounds
        West, south, east, north, metres.
    frame
        Rectangle of the sheet, mm.
    air
        Room left on each side, as a share of the size.

    Examples
    --------
    >>> extent_around((0, 0, 900, 900), Box(0, 0, 100, 100)).scale
    10000.0
    """
    west, south, east, north = bounds
    grown = 1 + 2 * air
    needed = max(
        (east - west) * grown / frame.w * 1000,
        (north - south) * grown / frame.h * 1000,
        _SMALLEST,
    )
    power = 10.0 ** math.floor(math.log10(needed))
    scale = next(step * power for step in (*_ROUND, 12.5) if step * power >= needed * (1 - 1e-9))
    middle = ((west + east) / 2, (south + north) / 2)
    half = (frame.w * scale / 2000, frame.h * scale / 2000)
    return Extent(
        middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1], scale
    )


def map_axes(sheet: Sheet, frame: Box, extent: Extent) -> Any:
    """Return axes that fill a frame and show an extent, with a neat line around."""
    axes = sheet.axes(frame, zorder=1)
    axes.set_xlim(extent.west, extent.east)
    axes.set_ylim(extent.south, extent.north)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_linewidth(0.8 * sheet.grown)
        side.set_color(INK)
    return axes


def coordinates(sheet: Sheet, axes: Any, frame: Box, extent: Extent, language: str) -> None:
    """Mark round coordinates: crosses on the map, numbers along its frame, in kilometres."""
    step = _step((extent.east - extent.west) / 4)
    decimals = max(0, 3 - math.floor(math.log10(step)))
    across = np.arange(math.ceil(extent.west / step) * step, extent.east, step)
    up = np.arange(math.ceil(extent.south / step) * step, extent.north, step)
    grid = [(x, y) for x in across for y in up]
    axes.plot(
        [x for x, _ in grid], [y for _, y in grid], "+", color="#3a4046", ms=4 * sheet.grown,
        mew=0.4 * sheet.grown, zorder=3.5, alpha=0.7,
    )  # fmt: skip
    size, edge = 5.2, 4.0 * sheet.grown
    for x in across:
        at = frame.x + frame.w * (x - extent.west) / (extent.east - extent.west)
        if not edge < at - frame.x < frame.w - edge:
            continue  # it would meet the other axis's at the corner
        told = number(x / 1000, language, decimals=decimals)
        sheet.write(
            at, frame.y + frame.h + 2.4 * sheet.grown, told, size=size, color=SOFT, ha="center"
        )
    for y in up:
        at = frame.y + frame.h * (extent.north - y) / (extent.north - extent.south)
        if not edge < at - frame.y < frame.h - edge:
            continue
        told = number(y / 1000, language, decimals=decimals)
        sheet.ink.text(
            frame.x - 0.9 * sheet.grown, at, told, fontsize=size * sheet.grown, color=SOFT,
            rotation=90, ha="right", va="center",
        )  # fmt: skip


def scale_bar(sheet: Sheet, frame: Box, extent: Extent, language: str) -> Box:
    """Draw the scale in the lower left corner of a map; return the rectangle it takes."""
    grown = sheet.grown
    length = _step(frame.w * 0.2 * extent.scale / 1000)
    long = length * 1000 / extent.scale
    told = [0.0, length / 2, length]
    kilometres = length >= 1000
    place = Box(frame.x + 2, frame.y + frame.h - 11.5 * grown, long + 15 * grown, 9.5 * grown)
    _panel(sheet, place)
    x, y = place.x + 4 * grown, place.y + 6.4 * grown
    for part in range(4):
        _patch(
            sheet,
            Box(x + part * long / 4, y, long / 4, 1.1 * grown),
            INK if part % 2 == 0 else "white",
        )
    for value in told:
        told_value = value / 1000 if kilometres else value
        shown = number(told_value, language, decimals=0 if told_value.is_integer() else 1)
        unit = (" km" if kilometres else " m") if value == length else ""
        sheet.write(
            x + value * 1000 / extent.scale, y - 1.0 * grown, shown + unit, size=5.8, ha="center"
        )
    ratio = f"1:{number(extent.scale, language)}"
    sheet.write(x, y - 3.6 * grown, ratio, size=6.2, weight="bold")
    return place


def north(sheet: Sheet, frame: Box, language: str) -> Box:
    """Draw the arrow of the grid's north in the upper right corner; return the rectangle it takes."""
    grown = sheet.grown
    place = Box(frame.x + frame.w - 9.5 * grown, frame.y + 2, 7.5 * grown, 12.5 * grown)
    _panel(sheet, place)
    middle, tip, foot = place.x + place.w / 2, place.y + 4.4 * grown, place.y + 11.5 * grown
    notch, half = foot - 1.8 * grown, 2.2 * grown
    polygon = need_polygon()
    sheet.ink.add_patch(
        polygon([(middle, tip), (middle - half, foot), (middle, notch)], fc=INK, ec=INK, lw=0.5)
    )
    sheet.ink.add_patch(
        polygon([(middle, tip), (middle + half, foot), (middle, notch)], fc="white", ec=INK, lw=0.5)
    )
    sheet.write(
        middle,
        place.y + 3.6 * grown,
        say("map.north", language),
        size=6.5,
        weight="bold",
        ha="center",
    )
    return place


def told_grid(crs: Any, extent: Extent, language: str) -> str:
    """Say which grid the coordinates are of, and how far its north is from true north.

    The angle is that of the middle of the map, from the projection itself.
    """
    projection = pyproj.CRS.from_user_input(crs)
    middle = ((extent.west + extent.east) / 2, (extent.south + extent.north) / 2)
    proj = pyproj.Proj(projection)
    longitude, latitude = proj(*middle, inverse=True)
    angle = proj.get_factors(longitude, latitude).meridian_convergence
    name = projection.name
    if math.isnan(angle):
        return say("map.grid", language, name=name)
    side = say("side.east" if angle < 0 else "side.west", language)
    return say(
        "map.gridAngle", language, name=name, side=side,
        angle=number(abs(angle), language, decimals=1),
    )  # fmt: skip


def locator(
    sheet: Sheet, place: Box, communes: gpd.GeoDataFrame, extent: Extent, tints: dict[str, str]
) -> None:
    """Draw the territory in small, and where the map lies in it."""
    bounds = tuple(float(value) for value in communes.total_bounds)
    whole = extent_around((bounds[0], bounds[1], bounds[2], bounds[3]), place)
    axes = map_axes(sheet, place, whole)
    for sector, part in communes.groupby("sector", sort=True):
        tint = tints.get(str(sector), "#e8e8e4")
        fill(axes, part.geometry, colour=tint, edge="white", width=0.3)
    lines(axes, [communes.union_all()], colour=SOFT, width=0.5)
    shown = extent.area.intersection(box(whole.west, whole.south, whole.east, whole.north))
    lines(axes, [shown], colour="#c1121f", width=1.2 * sheet.grown)
    # A map of a few hundred metres would be a dot: a ring shows where it is.
    if (extent.east - extent.west) < 0.05 * (whole.east - whole.west):
        middle = shown.centroid
        axes.plot(
            [middle.x], [middle.y], "o", mfc="none", mec="#c1121f", ms=9 * sheet.grown, mew=1.1
        )


def need_polygon() -> Any:
    """Return matplotlib's polygon."""
    from renewal_gis.publishing.pack.typeface import need

    return need("matplotlib.patches").Polygon


def _panel(sheet: Sheet, place: Box) -> None:
    """Lay a pale panel under what is written on the map."""
    _patch(sheet, place, "white", alpha=0.82, edge="none")


def _patch(sheet: Sheet, place: Box, colour: str, *, alpha: float = 1.0, edge: str = INK) -> None:
    corners = [
        (place.x, place.y),
        (place.x + place.w, place.y),
        (place.x + place.w, place.y + place.h),
        (place.x, place.y + place.h),
    ]
    sheet.ink.add_patch(need_polygon()(corners, fc=colour, ec=edge, lw=0.5, alpha=alpha))


def _step(length: float) -> float:
    """Return the largest of 1, 2, 5 × 10ⁿ not above a length.

    Examples
    --------
    >>> _step(730.0), _step(1999.0)
    (500.0, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(length))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length * (1 + 1e-9)))
