"""Isochrones: what can be reached in so many minutes, drawn from the streets that are reached.

Edges are cut where time runs out; the polygon is a band along the reached parts. A circle or a hull of
points would cross the river that walkers cannot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.ops import substring

from renewal_gis.access.ends import Direction, Ends, ends_of, part_cost, to_places
from renewal_gis.access.heap import FAR, walk_from
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints, Network
from renewal_gis.access.pace import limits_dm
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["band_sizes", "isochrones", "lines_within", "nested_bands", "reached_streets"]


def isochrones(
    places: Joined,
    network: Network,
    *,
    limits_min: Sequence[float] = (5, 10, 15),
    speed_km_h: float | None = None,
    direction: Direction = "from",
    together: bool = False,
    width_m: float | None = None,
    hole_m2: float | None = None,
) -> gpd.GeoDataFrame:
    """Draw what is reached on foot from places, or from where they are reached.

    Parameters
    ----------
    places
        Sites, stops or services joined to the network.
    network
        Street network.
    limits_min
        Walking minutes.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default.
    direction
        `from`: people leave the places; `to`: they come to them. The two differ on a slope.
    together
        One outline for all places instead of one each.
    width_m, hole_m2
        Width drawn on each side of a reached street, and the largest hole that is filled; the
        assumptions `isochrone_width` and `isochrone_hole` by default.

    Returns
    -------
    GeoDataFrame
        One row per place and limit, in the network's CRS: `place`, `minutes`, and a valid polygon;
        those of one place are nested, but for slivers of the order of 1e-6 m² where GEOS rounds.
        A place that is not joined to the streets has no row, nor has a limit that runs out on the way
        to the street. With `together`, `place` is empty.

    Raises
    ------
    UsageError
        When a limit or the width is not above zero, or the hole is below it.
    """
    width, hole = band_sizes(width_m, hole_m2)
    limits = limits_dm(limits_min, speed_km_h)
    leaving = not to_places(direction)
    ends = ends_of(network, places, leaving=leaving)
    rows: list[dict[str, object]] = []
    whole: list[list[shapely.Geometry]] = [[] for _ in limits]
    for number in range(len(ends.position)):
        lines = [_lines(network, ends, number, int(limit), leaving=leaving) for limit in limits]
        if together:
            for rank, part in enumerate(lines):
                whole[rank].extend(part)
        else:
            name = places.index[ends.position[number]]
            rows.extend(nested_bands(name, limits_min, lines, width, hole))
    if together and len(ends.position):
        rows.extend(nested_bands("", limits_min, whole, width, hole))
    table = pd.DataFrame(rows, columns=["place", "minutes", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=network.crs)


def reached_streets(
    place: Joined,
    network: Network,
    *,
    limit_min: float,
    speed_km_h: float | None = None,
    direction: Direction = "from",
) -> shapely.MultiLineString:
    """Return the parts of streets reached from one place, cut where time runs out.

    Raises
    ------
    UsageError
        When there is not exactly one place.
    """
    if len(place.index) != 1:
        raise UsageError(f"reached_streets takes one place, got {len(place.index)}.")
    (limit,) = limits_dm([limit_min], speed_km_h)
    leaving = not to_places(direction)
    ends = ends_of(network, place, leaving=leaving)
    if not len(ends.position):
        return shapely.MultiLineString()
    return shapely.MultiLineString(_lines(network, ends, 0, int(limit), leaving=leaving))


def band_sizes(width_m: float | None, hole_m2: float | None) -> tuple[float, float]:
    """Return the width of a band and its largest filled hole, those of the assumptions for None.

    Raises
    ------
    UsageError
        When the width is not above zero, or the hole is below it.

    Examples
    --------
    >>> band_sizes(None, 0.0)
    (25.0, 0.0)
    """
    width = assumption("isochrone_width").value if width_m is None else width_m
    hole = assumption("isochrone_hole").value if hole_m2 is None else hole_m2
    if not (width > 0 and np.isfinite(width)) or not hole >= 0:
        raise UsageError(
            "width_m must be metres above zero and hole_m2 square metres from 0 on, "
            f"got {width!r} and {hole!r}."
        )
    return width, hole


def nested_bands(
    name: object,
    limits_min: Sequence[float],
    lines: list[list[shapely.Geometry]],
    width: float,
    hole: float,
) -> list[dict[str, object]]:
    """Return one band along the lines of each limit, each holding the one before."""
    rows: list[dict[str, object]] = []
    inner = shapely.Polygon()
    for minutes, part in zip(sorted(limits_min), lines, strict=True):
        if not part:
            continue  # time runs out on the way to the street
        band = shapely.union_all(shapely.buffer(np.array(part, dtype=object), width, quad_segs=4))
        # Rounding at the cut ends would break the nesting by more than GEOS's own last digits.
        inner = shapely.union(_filled(band, hole), inner)
        rows.append({"place": name, "minutes": float(minutes), "geometry": inner})
    return rows


def _filled(shape: shapely.Geometry, hole: float) -> shapely.Geometry:
    parts = []
    for polygon in shapely.get_parts(shape):
        rings = [ring for ring in polygon.interiors if shapely.Polygon(ring).area > hole]
        parts.append(shapely.Polygon(polygon.exterior, rings))
    return shapely.union_all(parts)


def _lines(
    network: Network, ends: Ends, number: int, limit: int, *, leaving: bool
) -> list[shapely.Geometry]:
    if limit <= int(ends.stub[number]):
        return []
    cost = _node_costs(network, ends, number, limit, leaving=leaving)
    own = int(ends.edge[number])
    return lines_within(
        network,
        cost,
        limit,
        leaving=leaving,
        own={own: _own_span(network, ends, number, limit, leaving=leaving)},
    )


def lines_within(
    network: Network,
    cost: npt.NDArray[np.signedinteger[Any]],
    limit: int,
    *,
    leaving: bool = True,
    own: Mapping[int, tuple[float, float]] | None = None,
) -> list[shapely.Geometry]:
    """Return the parts of streets within a cost, given that of every node.

    Parameters
    ----------
    network
        Street network.
    cost
        Cost of reaching each node, in decimetres of flat walking; `FAR` where it is not reached.
    limit
        Cost at which streets are cut.
    leaving
        People walk on from the nodes; otherwise towards them.
    own
        Parts of edges that are reached besides, as shares of them.
    """
    first, last = cost[network.ends[:, 0]], cost[network.ends[:, 1]]
    touched = (first <= limit) | (last <= limit)
    more = own or {}
    touched[list(more)] = True
    places = np.flatnonzero(touched)
    onward, backward = network.cost_onward[places], network.cost_backward[places]
    if not leaving:
        onward, backward = backward, onward
    # How far along the edge one gets from each end, as a share of it.
    ahead = _share(limit, first[places], onward)
    behind = _share(limit, last[places], backward)
    lines: list[shapely.Geometry] = []
    for place, from_first, from_last in zip(places.tolist(), ahead, behind, strict=True):
        spans = [(0.0, from_first), (1.0 - from_last, 1.0)]
        if place in more:
            spans.append(more[place])
        lines.extend(_cut(network.lines[place], spans))
    return lines


def _cut(line: shapely.LineString, spans: list[tuple[float, float]]) -> list[shapely.LineString]:
    """Return the parts of a line within the spans, given as shares of it, each part once."""
    parts: list[list[float]] = []
    for start, stop in sorted(spans):
        if parts and start <= parts[-1][1]:
            parts[-1][1] = max(parts[-1][1], stop)
        else:
            parts.append([start, stop])
    if parts[0][0] <= 0 and parts[0][1] >= 1:
        return [line]
    cut = [substring(line, start, stop, normalized=True) for start, stop in parts if stop > start]
    return [part for part in cut if part.geom_type == "LineString"]


def _share(limit: int, at_end: npt.NDArray[np.signedinteger[Any]], whole: Ints) -> Floats:
    left = np.where(at_end == FAR, 0, limit - at_end.astype(np.int64))
    return np.clip(left / whole, 0.0, 1.0)


def _own_span(
    network: Network, ends: Ends, number: int, limit: int, *, leaving: bool
) -> tuple[float, float]:
    edge, along = int(ends.edge[number]), int(ends.along[number])
    left = limit - int(ends.stub[number])
    onward, backward = int(network.cost_onward[edge]), int(network.cost_backward[edge])
    if not leaving:
        onward, backward = backward, onward
    share = along / int(network.length_dm[edge])
    return max(share - left / backward, 0.0), min(share + left / onward, 1.0)


def _node_costs(
    network: Network, ends: Ends, number: int, limit: int, *, leaving: bool
) -> npt.NDArray[np.int32]:
    """Return the cost of every node from one place: edges are cut, so chains will not do."""
    nodes = len(network.node_xy)
    cost = np.full(nodes, FAR, dtype=np.int32)
    one = slice(number, number + 1)
    edge, along, stub = ends.edge[one], ends.along[one], ends.stub[one]
    length = network.length_dm[edge]
    onward, backward = network.cost_onward[edge], network.cost_backward[edge]
    to_first, to_last = (backward, onward) if leaving else (onward, backward)
    walk_from(
        network.first_arc,
        network.arc_node,
        network.arc_cost_out if leaving else network.arc_cost_in,
        *network.ends[edge[0]],
        (part_cost(to_first, along, length) + stub)[0],
        (part_cost(to_last, length - along, length) + stub)[0],
        limit,
        cost,
        np.empty(nodes, dtype=np.int32),
        np.empty(1024, dtype=np.int64),
    )
    return cost
