"""The main roads: smooth lines through the centres of neighbouring communes."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString

from builder import facts
from builder.blocks import Cut
from builder.growth import centre_of
from builder.shapes import smooth

__all__ = ["main_roads"]


def _with_bends(
    points: list[tuple[float, float]], rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Give long spans a gentle bend: a ruled line across the fields looks drawn by a machine."""
    bent = [points[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = float(np.hypot(x1 - x0, y1 - y0))
        if length > 1300:
            offset = rng.uniform(-0.05, 0.05) * length
            bent.append(
                (
                    (x0 + x1) / 2 - (y1 - y0) / length * offset,
                    (y0 + y1) / 2 + (x1 - x0) / length * offset,
                )
            )
        bent.append((x1, y1))
    return bent


def main_roads(
    communes: gpd.GeoDataFrame, barrier: shapely.Geometry, rng: np.random.Generator
) -> list[Cut]:
    """Return the main roads as cuts with their class and name."""
    centres = {row.id: centre_of(row) for row in communes.itertuples()}
    banks = barrier.buffer(48)
    cuts: list[Cut] = []
    for road in facts.ROADS:
        points = [centres[p] if isinstance(p, str) else facts.metres(p) for p in road.via]
        line = smooth(_with_bends(points, rng), 70.0)
        rounded = shapely.transform(line, lambda xy: np.round(xy, 1))
        # The part on the banks is an edge of its own, so that a bridge is short.
        for piece in (rounded.difference(banks), rounded.intersection(banks)):
            cuts += [
                Cut(part, road.kind, road.name)
                for part in shapely.get_parts(piece)
                if isinstance(part, LineString) and part.length > 1
            ]
    return cuts
