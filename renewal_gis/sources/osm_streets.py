"""Streets open to walkers, cut wherever two of them share a node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from renewal_gis.schema import Finding

__all__ = ["WALKABLE", "open_to_walkers", "streets"]

# highway=* → open unless walkers are refused ("open"), or only where they are named ("named").
# What is absent (motorway, construction, proposed, raceway…) is never open.
# Sources: the walking profile of GOAT (github.com/plan4better/goat,
# apps/docs/docs/routing/walking.md) for secondary to path; OpenStreetMap wiki, "OSM tags for
# routing/Access restrictions", for primary, the links, bridleway, corridor and the cycleways,
# which are open where a foot tag says so.
WALKABLE: dict[str, str] = {
    "trunk": "open",
    "trunk_link": "open",
    "primary": "open",
    "primary_link": "open",
    "secondary": "open",
    "secondary_link": "open",
    "tertiary": "open",
    "tertiary_link": "open",
    "unclassified": "open",
    "residential": "open",
    "living_street": "open",
    "road": "open",
    "service": "open",
    "track": "open",
    "path": "open",
    "footway": "open",
    "pedestrian": "open",
    "steps": "open",
    "corridor": "open",
    "elevator": "open",
    "bridleway": "open",
    "cycleway": "named",
    "busway": "named",
}
_WELCOME = ("yes", "designated", "permissive", "official")
_REFUSED = ("no", "private", "permit", "use_sidepath", "military", "delivery")

Integers = npt.NDArray[np.int64]


@dataclass(kw_only=True)
class _Ways:
    """The walkable ways of an extract, their nodes laid end to end."""

    way_id: list[int]
    kind: list[str]
    name: list[str | None]
    bridge: list[bool]
    length: list[int]
    node: list[int]
    lon: list[float]
    lat: list[float]


def open_to_walkers(tags: Mapping[str, str]) -> bool:
    """Tell whether walkers may use a way, from its tags.

    Examples
    --------
    >>> open_to_walkers({"highway": "cycleway"}), open_to_walkers({"highway": "service"})
    (False, True)
    >>> open_to_walkers({"highway": "service", "access": "private"})
    False
    """
    foot = tags.get("foot")
    welcome = foot in _WELCOME
    if tags.get("highway") is None:
        return tags.get("route") == "ferry" and welcome
    rule = WALKABLE.get(tags["highway"])
    if rule is None or foot in _REFUSED:
        return False
    if tags.get("access") in _REFUSED or tags.get("motorroad") == "yes" or rule == "named":
        return welcome
    return True


def streets(path: Path, table: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read the walkable ways of an extract and cut them at their shared nodes.

    Bridges and tunnels cross without a junction because they share no node with what they cross.
    Squares (`area=yes`) are walked along their outline.
    """
    ways, closed, torn = _ways(path)
    findings: list[Finding] = []
    if closed:
        common = ", ".join(f"{kind} {count}" for kind, count in closed.most_common(6))
        findings.append(
            Finding(
                layer=table,
                severity="note",
                code="not-walkable",
                message=f"{closed.total()} ways are not open to walkers and were not read: "
                f"{common}.",
                count=closed.total(),
            )
        )
    if torn:
        findings.append(
            Finding(
                layer=table,
                severity="note",
                code="cut-by-extract",
                message=f"{torn} ways lose a part that lies beyond the edge of the extract; minutes "
                "near the edge may be too long. Take a wider extract.",
                count=torn,
            )
        )
    return _segments(ways), findings


def _ways(path: Path) -> tuple[_Ways, Counter[str], int]:
    import osmium

    ways = _Ways(way_id=[], kind=[], name=[], bridge=[], length=[], node=[], lon=[], lat=[])
    closed: Counter[str] = Counter()
    torn = 0
    # Locations are kept and looked up in C++; only the ways that pass the filters reach Python.
    stream: Any = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway", "route"))
    )
    for way in stream:
        tags = dict(way.tags)
        if not open_to_walkers(tags):
            if "highway" in tags:
                closed[tags["highway"]] += 1
            continue
        runs, whole = _runs(way.nodes)
        torn += not whole
        bridge = tags.get("bridge", "no") != "no"
        for run in runs:
            ways.way_id.append(way.id)
            ways.kind.append(tags.get("highway", "ferry"))
            ways.name.append(tags.get("name"))
            ways.bridge.append(bridge)
            ways.length.append(len(run))
            for node, lon, lat in run:
                ways.node.append(node)
                ways.lon.append(lon)
                ways.lat.append(lat)
    return ways, closed, torn


def _runs(nodes: Any) -> tuple[list[list[tuple[int, float, float]]], bool]:
    """Return the stretches of a way whose nodes are in the extract, and whether it is whole."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    whole = True
    for node in nodes:
        location = node.location
        if not location.valid():
            whole = False
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != node.ref:
            runs[-1].append((node.ref, location.lon, location.lat))
    return [run for run in runs if len(run) > 1], whole


def _segments(ways: _Ways) -> gpd.GeoDataFrame:
    node = np.asarray(ways.node, dtype=np.int64)
    length = np.asarray(ways.length, dtype=np.int64)
    last = np.cumsum(length) - 1
    first = last - length + 1
    _, place, times = np.unique(node, return_inverse=True, return_counts=True)
    cut = times[place] > 1 if len(node) else np.zeros(0, dtype=bool)
    cut[first] = True
    cut[last] = True
    owner = np.repeat(np.arange(len(length)), length)
    cuts = np.flatnonzero(cut)
    # Two cuts that follow each other in the same way bound a segment.
    pair = owner[cuts[1:]] == owner[cuts[:-1]] if len(cuts) else np.zeros(0, dtype=bool)
    start, end = cuts[:-1][pair], cuts[1:][pair]
    way = owner[start]
    lines = _lines(np.column_stack([ways.lon, ways.lat]), start, end)
    way_id = np.asarray(ways.way_id, dtype=np.int64)[way]
    return gpd.GeoDataFrame(
        {
            "id": [f"{one}/{rank}" for one, rank in zip(way_id, _ranks(way_id), strict=True)],
            "u": node[start].astype(str).astype(object),
            "v": node[end].astype(str).astype(object),
            "walkable": np.ones(len(start), dtype=bool),
            "kind": [ways.kind[one] for one in way],
            "name": [ways.name[one] for one in way],
            "bridge": [ways.bridge[one] for one in way],
        },
        geometry=lines,
        crs="EPSG:4326",
    )


def _lines(
    pairs: npt.NDArray[np.float64], start: Integers, end: Integers
) -> npt.NDArray[np.object_]:
    """Return one line per segment: the nodes from `start` to `end`, both included."""
    size = end - start + 1
    owner = np.repeat(np.arange(len(size)), size)
    within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    if len(size) == 0:
        return np.empty(0, dtype=object)
    return np.asarray(shapely.linestrings(pairs[start[owner] + within], indices=owner))


def _ranks(way_id: Integers) -> Integers:
    """Return the rank of each segment in its way, from 1; a way's segments follow each other."""
    new = np.ones(len(way_id), dtype=bool)
    new[1:] = way_id[1:] != way_id[:-1]
    begin = np.flatnonzero(new)
    return np.arange(len(way_id)) - np.repeat(begin, np.diff([*begin, len(way_id)])) + 1
