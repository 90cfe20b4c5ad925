"""The nearest place on the nearest edge, for many points at once, compiled by numba.

The segments of the edges are laid in a grid of square cells. A point looks into the cells around it,
ring after ring, until no nearer segment can be left. shapely's STRtree gives the same answer and judges
it in the tests; it took 1.07 s of processor time against 0.07 to 0.10 s on 75 000 points and the streets
of Liège.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from renewal_gis.access.heap import compiled

__all__ = ["EdgeIndex", "edge_index", "nearest_edges"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class EdgeIndex:
    """The segments of the edges, and which of them each cell of a grid holds.

    Attributes
    ----------
    x0, y0, x1, y1
        Ends of each segment.
    edge
        Edge of each segment.
    before
        Length of the edge before each segment, metres.
    left, bottom, cell
        Origin of the grid and side of a cell, metres.
    first, held
        Segments of the cell in row r and column c: `held[first[r * columns + c]:…]`.
    shape
        Rows and columns of the grid.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    edge: Ints
    before: Floats
    left: float
    bottom: float
    cell: float
    shape: tuple[int, int]
    first: Ints
    held: Ints


def edge_index(lines: npt.NDArray[np.object_], edges: Ints) -> EdgeIndex:
    """Index the lines of some edges.

    Parameters
    ----------
    lines
        LineStrings of the edges to index.
    edges
        Number of each of these edges in the network.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    inside = line[1:] == line[:-1]
    start, end = xy[:-1][inside], xy[1:][inside]
    number = line[1:][inside]
    length = np.hypot(*(end - start).T)
    whole = np.cumsum(length)
    # Length before a segment, counted from the start of its own edge.
    at_first = np.searchsorted(number, np.arange(len(lines)))
    offset = np.concatenate([[0.0], whole])[at_first]
    before = whole - length - offset[number]
    left, bottom = xy.min(axis=0)
    right, top = xy.max(axis=0)
    cell = _cell_side(length, (right - left) * (top - bottom))
    rows, columns = int((top - bottom) / cell) + 1, int((right - left) / cell) + 1
    first, held = _cells(*start.T, *end.T, float(left), float(bottom), cell, rows, columns)
    return EdgeIndex(
        x0=start[:, 0].copy(),
        y0=start[:, 1].copy(),
        x1=end[:, 0].copy(),
        y1=end[:, 1].copy(),
        edge=edges[number].astype(np.int32),
        before=before,
        left=float(left),
        bottom=float(bottom),
        cell=cell,
        shape=(rows, columns),
        first=first,
        held=held,
    )


def nearest_edges(index: EdgeIndex, x: Floats, y: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the nearest edge of each point, metres along it, and metres to it.

    Ties go to the edge that stands first. The coordinates must be finite.
    """
    return _nearest(  # type: ignore[no-any-return]
        x,
        y,
        index.x0,
        index.y0,
        index.x1,
        index.y1,
        index.edge,
        index.before,
        index.left,
        index.bottom,
        index.cell,
        *index.shape,
        index.first,
        index.held,
    )


def _cell_side(length: Floats, area: float) -> float:
    # Cells of about two segments; never so many that the grid outweighs the network.
    wanted = max(float(np.sqrt(2.0 * area / max(len(length), 1))), float(np.median(length)), 1.0)
    return max(wanted, float(np.sqrt(area / (4.0 * len(length) + 1024.0))))


@compiled
def _span(a, b, origin, cell, count):  # type: ignore[no-untyped-def]
    low = int((min(a, b) - origin) / cell)
    high = int((max(a, b) - origin) / cell)
    return max(low, 0), min(high, count - 1)


@compiled
def _cells(x0, y0, x1, y1, left, bottom, cell, rows, columns):  # type: ignore[no-untyped-def]
    """Put each segment into every cell of its bounding box: count, then fill."""
    first = np.zeros(rows * columns + 1, dtype=np.int32)
    for segment in range(len(x0)):
        low_c, high_c = _span(x0[segment], x1[segment], left, cell, columns)
        low_r, high_r = _span(y0[segment], y1[segment], bottom, cell, rows)
        for row in range(low_r, high_r + 1):
            for column in range(low_c, high_c + 1):
                first[row * columns + column + 1] += 1
    for place in range(rows * columns):
        first[place + 1] += first[place]
    held = np.empty(first[-1], dtype=np.int32)
    filled = first[:-1].copy()
    for segment in range(len(x0)):
        low_c, high_c = _span(x0[segment], x1[segment], left, cell, columns)
        low_r, high_r = _span(y0[segment], y1[segment], bottom, cell, rows)
        for row in range(low_r, high_r + 1):
            for column in range(low_c, high_c + 1):
                place = row * columns + column
                held[filled[place]] = segment
                filled[place] += 1
    return first, held


@compiled
def _nearest(  # type: ignore[no-untyped-def]
    x, y, x0, y0, x1, y1, edge, before, left, bottom, cell, rows, columns, first, held
):
    found = np.full(len(x), np.int32(-1), dtype=np.int32)
    along = np.zeros(len(x))
    apart = np.full(len(x), np.inf)
    for point in range(len(x)):
        px, py = x[point], y[point]
        # A point outside the grid starts from the nearest cell, whose rings then lie farther away.
        column = min(max(int(np.floor((px - left) / cell)), 0), columns - 1)
        row = min(max(int(np.floor((py - bottom) / cell)), 0), rows - 1)
        best = np.inf
        chosen = -1
        out_x = max(left - px, px - (left + columns * cell), 0.0)
        out_y = max(bottom - py, py - (bottom + rows * cell), 0.0)
        at = 0.0
        ring = 0
        while True:
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                edge_row = r == row - ring or r == row + ring
                step = 1 if edge_row or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= columns:
                        continue
                    place = r * columns + c
                    for slot in range(first[place], first[place + 1]):
                        segment = held[slot]
                        dx, dy = x1[segment] - x0[segment], y1[segment] - y0[segment]
                        square = dx * dx + dy * dy
                        share = 0.0
                        if square > 0.0:
                            share = ((px - x0[segment]) * dx + (py - y0[segment]) * dy) / square
                            share = min(max(share, 0.0), 1.0)
                        gx = px - (x0[segment] + share * dx)
                        gy = py - (y0[segment] + share * dy)
                        gap = gx * gx + gy * gy
                        if gap < best or (gap == best and segment < chosen):
                            best = gap
                            chosen = segment
                            at = before[segment] + share * np.sqrt(square)
            ring += 1
            whole = row - ring < 0 and row + ring >= rows
            if whole and column - ring < 0 and column + ring >= columns:
                break
            # Every segment not met yet lies beyond the rings looked at, on a side where the grid
            # goes on; for a point outside the grid it is as far at least as the grid is.
            clear = np.inf
            if column - ring >= 0:
                gap = px - (left + (column - ring + 1) * cell)
                clear = min(clear, np.hypot(gap, out_y) if gap > 0.0 else 0.0)
            if column + ring < columns:
                gap = left + (column + ring) * cell - px
                clear = min(clear, np.hypot(gap, out_y) if gap > 0.0 else 0.0)
            if row - ring >= 0:
                gap = py - (bottom + (row - ring + 1) * cell)
                clear = min(clear, np.hypot(gap, out_x) if gap > 0.0 else 0.0)
            if row + ring < rows:
                gap = bottom + (row + ring) * cell - py
                clear = min(clear, np.hypot(gap, out_x) if gap > 0.0 else 0.0)
            if chosen >= 0 and clear > 0.0 and best <= clear * clear:
                break
        if chosen >= 0:
            found[point] = edge[chosen]
            along[point] = at
            apart[point] = np.sqrt(best)
    return found, along, apart
