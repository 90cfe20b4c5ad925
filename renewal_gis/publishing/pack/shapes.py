"""Shapes of a layer drawn as one path: a thousand buildings cost one artist, not a thousand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from renewal_gis.publishing.pack.typeface import need

__all__ = ["fill", "lines"]


def fill(
    axes: Any,
    shapes: Iterable[Any],
    *,
    colour: str = "none",
    edge: str = "none",
    width: float = 0.0,
    **options: Any,
) -> None:
    """Draw polygons alike, holes left open; the other shapes among them are left out.

    Parameters
    ----------
    axes
        Axes of the map; their limits are not touched.
    shapes
        Polygons, or polygons in several parts; missing and empty ones are passed over.
    colour, edge, width
        Fill, outline and its width in points.
    **options
        Hatch, alpha, zorder and the like, as matplotlib takes them.
    """
    held = _of(shapes, {3, 6})
    if not len(held):
        return
    parts = shapely.get_parts(shapely.orient_polygons(held))
    patch = need("matplotlib.patches").PathPatch(
        _path(shapely.get_rings(parts), closed=True), fc=colour, ec=edge, lw=width, joinstyle="round",
        **options,
    )  # fmt: skip
    axes.add_artist(patch)


def lines(
    axes: Any, shapes: Iterable[Any], *, colour: str, width: float, dash: Any = "-", **options: Any
) -> None:
    """Draw lines, and the outlines of polygons, alike; points are left out."""
    held = _of(shapes, {1, 2, 3, 5, 6})
    if not len(held):
        return
    flat = np.isin(shapely.get_type_id(held), [3, 6])
    outlines = np.where(flat, shapely.boundary(held), held)
    pieces = shapely.get_parts(outlines)
    patch = need("matplotlib.patches").PathPatch(
        _path(pieces, closed=False), fc="none", ec=colour, lw=width, ls=dash, joinstyle="round",
        capstyle="butt", **options,
    )  # fmt: skip
    axes.add_artist(patch)


def _of(shapes: Iterable[Any], kinds: set[int]) -> npt.NDArray[np.object_]:
    """Return the shapes of some kinds that are there and not empty."""
    held = np.asarray(list(shapes), dtype=object)
    if not len(held):
        return held
    there = ~(shapely.is_missing(held) | shapely.is_empty(held))
    return np.asarray(held[there & np.isin(shapely.get_type_id(held), list(kinds))], dtype=object)


def _path(pieces: npt.NDArray[np.object_], *, closed: bool) -> Any:
    path = need("matplotlib.path").Path
    vertices, of = shapely.get_coordinates(pieces, return_index=True)
    codes = np.full(len(vertices), path.LINETO, dtype=path.code_type)
    starts = np.flatnonzero(np.r_[True, np.diff(of) > 0])
    codes[starts] = path.MOVETO
    if closed:
        codes[np.r_[starts[1:] - 1, len(vertices) - 1]] = path.CLOSEPOLY
    return path(vertices, codes)
