"""The walkable ways of an extract through libosmium: for files the own reader does not know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from renewal_gis.sources.osm_rules import WALK_RULES, WalkRules
from renewal_gis.sources.osm_ways import DEGREE, Ways, twice

__all__ = ["read_ways"]


def read_ways(path: Path, *, rules: WalkRules = WALK_RULES["streets"]) -> Ways:
    """Read the walkable ways of an extract of any format libosmium knows.

    Gives the same arrays as `osm_ways.read_ways`; nodes must precede ways in the file.
    """
    ways: list[tuple[int, str, str | None, bool, bool, int]] = []
    closed: list[str] = []
    nodes: list[tuple[int, int, int]] = []
    crossings: list[int] = []
    stops: list[int] = []
    # Every node of the ways that are read; whether its way cuts others, and whether it is open.
    passed: list[tuple[int, bool, bool]] = []
    for thing in _stream(path, rules):
        tags = dict(thing.tags)
        if thing.is_node():
            if tags.get("highway") == "crossing":
                crossings.append(thing.id)
            if rules.stops is not None and rules.stops(tags):
                stops.append(thing.id)
            continue
        usable = rules.open_to(tags)
        if rules.cut_by_all:
            passed += [(node.ref, "building" not in tags, usable) for node in thing.nodes]
        if usable:
            bridge = tags.get("bridge", "no") != "no"
            kind = tags.get("highway", rules.without_highway)
            linked = rules.linked is None or rules.linked(tags)
            ways.append((thing.id, kind, tags.get("name"), bridge, linked, len(thing.nodes)))
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
        linked=np.array([way[4] for way in ways], dtype=bool),
        size=np.array([way[5] for way in ways], dtype=np.int64),
        node=place[:, 0],
        lon=np.where(known, place[:, 1] / DEGREE, np.nan),
        lat=np.where(known, place[:, 2] / DEGREE, np.nan),
        crossing=np.isin(place[:, 0], crossings),
        stop=np.isin(place[:, 0], stops),
        cut=_cut(passed) if rules.cut_by_all else np.zeros(len(place), dtype=bool),
        closed=_texts(closed),
    )


def _stream(path: Path, rules: WalkRules) -> Any:
    """Return the nodes and ways that count: places are looked up, and the rest left, in C++."""
    import osmium

    wanted = osmium.filter.KeyFilter(*dict.fromkeys((*rules.any_of, "highway", "barrier")))
    if rules.cut_by_all:
        wanted.enable_for(osmium.osm.NODE)
    return (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY))
        .with_filter(wanted)
    )


def _cut(passed: list[tuple[int, bool, bool]]) -> Any:
    held = np.array(passed, dtype=np.int64).reshape(-1, 3)
    return twice(held[:, 0], held[:, 1] == 1)[held[:, 2] == 1]


def _place(node: Any) -> tuple[int, int, int]:
    location = node.location
    return (node.ref, location.x, location.y) if location.valid() else (node.ref, 2**31, 2**31)


def _texts(values: Iterable[str | None]) -> Any:
    held = list(values)
    texts = np.empty(len(held), dtype=object)
    texts[:] = held
    return texts
