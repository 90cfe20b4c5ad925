"""The cutting of ways into edges: at the nodes they share, at closed gates, where nodes lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.sources.osm_ways import Ways

__all__ = ["Edges", "edges"]

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


_FOOTWAYS = ("footway", "path", "pedestrian", "steps", "cycleway", "corridor")


@dataclass(frozen=True, kw_only=True, eq=False)
class Edges:
    """The edges of an extract.

    Parameters
    ----------
    table
        id (`way/rank`), u, v, walkable, kind, name, bridge, crossings, and linkable where it was asked
        for; lines in degrees.
    torn
        Number of ways of which the extract lacks a node.
    barriers
        Number of closed barriers that cut an edge.
    """

    table: gpd.GeoDataFrame
    torn: int
    barriers: int


def edges(ways: Ways, *, linkable: bool = False) -> Edges:
    """Cut ways wherever two of them share a node, and where they are said to be cut.

    Bridges and tunnels cross without a junction because they share no node with what they cross.
    At a barrier that walkers may not pass, each side gets an end of its own (`node#1`, `node#2`).
    A way whose nodes the extract lacks goes on as several edges that do not meet.

    Parameters
    ----------
    ways
        The walkable ways.
    linkable
        Say of each edge whether places may be joined to it.
    """
    way = np.repeat(np.arange(len(ways.size)), ways.size)
    known = ~np.isnan(ways.lon)
    torn = len(np.unique(way[~known]))
    # A node written twice in a row adds nothing.
    again = np.zeros(len(way), dtype=bool)
    again[1:] = (ways.node[1:] == ways.node[:-1]) & (way[1:] == way[:-1])
    opens = np.ones(len(way), dtype=bool)
    opens[1:] = (way[1:] != way[:-1]) | ~known[:-1]
    keep = known & ~again
    run = np.cumsum(opens)[keep]
    # A stretch of one node is no line.
    alone = np.bincount(run, minlength=1)[run] < 2
    place = np.flatnonzero(keep)[~alone]
    run, way, node = run[~alone], way[place], ways.node[place]
    code, _ = pd.factorize(node)
    stop = ways.stop[place]
    first = np.ones(len(place), dtype=bool)
    first[1:] = run[1:] != run[:-1]
    last = np.roll(first, -1)
    cut = first | last | stop | ways.cut[place] | (np.bincount(code, minlength=1)[code] > 1)
    cuts = np.flatnonzero(cut)
    # Two cuts that follow each other in the same stretch bound an edge.
    pair = run[cuts[1:]] == run[cuts[:-1]]
    start, end = cuts[:-1][pair], cuts[1:][pair]
    u, v = _end_names(node, stop, start, end)
    passed = np.cumsum(ways.crossing[place])
    owner = way[start]
    way_id = ways.way_id[owner]
    ranks = zip(way_id.tolist(), _ranks(way_id).tolist(), strict=True)
    table = gpd.GeoDataFrame(
        {
            # Plain objects: the text type of pandas is slow to read back, value by value.
            "id": pd.Series([f"{one}/{rank}" for one, rank in ranks], dtype=object),
            "u": pd.Series(u, dtype=object),
            "v": pd.Series(v, dtype=object),
            "walkable": np.ones(len(start), dtype=bool),
            "kind": pd.Series(ways.kind[owner], dtype=object),
            "name": pd.Series(ways.name[owner], dtype=object),
            "bridge": ways.bridge[owner],
            "crossings": _crossings(ways.crossing[place], passed, start, end, ways.kind[owner]),
        },
        geometry=_lines(np.column_stack([ways.lon[place], ways.lat[place]]), start, end),
        crs="EPSG:4326",
    )
    if linkable:
        table.insert(table.columns.get_loc("crossings"), "linkable", ways.linked[owner])
    return Edges(table=table, torn=torn, barriers=len(np.unique(node[stop])))


def _crossings(
    crossing: Mask,
    passed: Integers,
    start: Integers,
    end: Integers,
    kind: npt.NDArray[np.object_],
) -> npt.NDArray[np.float64]:
    """Count the road crossings each edge takes part in; those who walk along the road cross nothing.

    A crossing inside a footway counts once; one where two footways meet counts half for each. On a
    carriageway it is somebody else's crossing.
    """
    if not len(start):
        return np.zeros(0)
    inside = passed[end - 1] - passed[start]
    at_ends = (crossing[start].astype(float) + crossing[end]) / 2
    return np.where(np.isin(kind, _FOOTWAYS), inside + at_ends, 0.0)


def _end_names(
    node: Integers, stop: Mask, start: Integers, end: Integers
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Name both ends of each edge; an end at a closed barrier is like no other."""
    ends = np.column_stack([start, end]).ravel()
    named = np.array([str(one) for one in node[ends].tolist()], dtype=object)
    places = np.flatnonzero(stop[ends])
    closed = node[ends[places]]
    rank = pd.Series(closed).groupby(closed).cumcount() + 1
    for place, one in zip(places.tolist(), rank.tolist(), strict=True):
        named[place] = f"{named[place]}#{one}"
    return named[0::2], named[1::2]


def _lines(pairs: npt.NDArray[np.float64], start: Integers, end: Integers) -> Any:
    """Return one line per edge: the nodes from `start` to `end`, both included."""
    size = end - start + 1
    owner = np.repeat(np.arange(len(size)), size)
    if len(size) == 0:
        return np.empty(0, dtype=object)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    return shapely.linestrings(pairs[start[owner] + within], indices=owner)


def _ranks(way_id: Integers) -> Integers:
    """Return the rank of each edge in its way, from 1; a way's edges follow each other."""
    new = np.ones(len(way_id), dtype=bool)
    new[1:] = way_id[1:] != way_id[:-1]
    begin = np.flatnonzero(new)
    return np.arange(len(way_id)) - np.repeat(begin, np.diff([*begin, len(way_id)])) + 1
