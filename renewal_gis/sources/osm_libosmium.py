"""The walkable ways of an extract through libosmium: for files the own reader does not know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from renewal_gis.sources.osm_rules import open_to_walkers, stops_walkers
from renewal_gis.sources.osm_ways import DEGREE, Ways

__all__ = ["read_ways"]


def read_ways(path: Path) -> Ways:
    """Read the walkable ways of an extract of any format libosmium knows.

    Gives the same arrays as `osm_ways.read_ways`; nodes must precede ways in the file.
    """
    import osmium

    ways: list[tuple[int, str, str | None, bool, int]] = []
    closed: list[str] = []
    nodes: list[tuple[int, int, int]] = []
    crossings: list[int] = []
    stops: list[int] = []
    # Places are kept and looked up in C++; only what passes the filters reaches Python.
    stream: Any = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway", "route", "barrier"))
    )
    for thing in stream:
        tags = dict(thing.tags)
        if thing.is_node():
            if tags.get("highway") == "crossing":
                crossings.append(thing.id)
            if stops_walkers(tags):
                stops.append(thing.id)
        elif open_to_walkers(tags):
            bridge = tags.get("bridge", "no") != "no"
            kind = tags.get("highway", "ferry")
            ways.append((thing.id, kind, tags.get("name"), bridge, len(thing.nodes)))
            nodes += [_place(node) for node in thing.nodes]
        elif "highway" in tags:
            closed.append(tags["highway"])
    place = np.array(nodes, dtype=np.int64).reshape(-1, 3)
    known = place[:, 1] <= 180 * DEGREE
    return Ways(
        way_id=np.array([way[0] for way in ways], dtype=np.int64),
        kind=_texts(way[1] for way in ways),
        name=_texts(way[2] for way in ways),
        bridge=np.array([way[3] for way in ways], dtype=bool),
        size=np.array([way[4] for way in ways], dtype=np.int64),
        node=place[:, 0],
        lon=np.where(known, place[:, 1] / DEGREE, np.nan),
        lat=np.where(known, place[:, 2] / DEGREE, np.nan),
        crossing=np.isin(place[:, 0], crossings),
        stop=np.isin(place[:, 0], stops),
        closed=_texts(closed),
    )


def _place(node: Any) -> tuple[int, int, int]:
    location = node.location
    return (node.ref, location.x, location.y) if location.valid() else (node.ref, 2**31, 2**31)


def _texts(values: Iterable[str | None]) -> Any:
    held = list(values)
    texts = np.empty(len(held), dtype=object)
    texts[:] = held
    return texts
