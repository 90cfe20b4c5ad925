"""Street graphs drawn as text, so that a reader sees them.

`o` is a node, `-` and `|` are streets; one character is 10 metres across, one line 10 metres down.
"""

from __future__ import annotations

import geopandas as gpd
from shapely import LineString, Point

STEP_M = 10.0
CRS = "EPSG:2154"


def streets(drawing: str) -> gpd.GeoDataFrame:
    """Return the street table a drawing shows; the first line is the northernmost."""
    rows = [row for row in drawing.splitlines() if row.strip()]
    width = max(map(len, rows))
    grid = [row.ljust(width) for row in rows]
    nodes = [(r, c) for r, row in enumerate(grid) for c, sign in enumerate(row) if sign == "o"]
    lines = []
    for r, c in nodes:
        for down, across, sign in ((0, 1, "-"), (1, 0, "|")):
            far = 1
            while _sign(grid, r + far * down, c + far * across) == sign:
                far += 1
            if _sign(grid, r + far * down, c + far * across) == "o" and far > 1:
                end = (r + far * down, c + far * across)
                lines.append(LineString([_xy((r, c)), _xy(end)]))
    index = [f"e{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame(geometry=lines, index=index, crs=CRS)


def places(**spots: tuple[float, float]) -> gpd.GeoDataFrame:
    """Return points at (line, column) of a drawing, indexed by name."""
    points = [Point(_xy(spot)) for spot in spots.values()]
    return gpd.GeoDataFrame(geometry=points, index=list(spots), crs=CRS)


def _sign(grid: list[str], r: int, c: int) -> str:
    return grid[r][c] if 0 <= r < len(grid) and 0 <= c < len(grid[r]) else " "


def _xy(spot: tuple[float, float]) -> tuple[float, float]:
    r, c = spot
    return (c * STEP_M, -r * STEP_M)
