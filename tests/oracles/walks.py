"""Random territories, and walks on them as networkx finds them, in whole decimetres."""

from __future__ import annotations

import math
from fractions import Fraction

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from hypothesis import strategies as st
from shapely import LineString, Point

from renewal_gis.access import Joined, Network, join, street_network, with_profile
from renewal_gis.access.profiles import PROFILES

CRS = "EPSG:2154"
DM_PER_MINUTE = 800


@st.composite
def territories(draw, *, slope: bool = False):
    """Draw a network with loops, parallel edges and islands, and places: (network, homes, shops, kinds)."""
    spot = st.integers(0, 12).map(lambda n: n * 25.0)
    nodes = draw(st.lists(st.tuples(spot, spot), min_size=2, max_size=12, unique=True))
    pick = st.integers(0, len(nodes) - 1)
    bent = st.tuples(pick, pick, st.sampled_from([-37.0, -5.5, 0.0, 8.25, 40.0]))
    lines = []
    for a, b, bend in draw(st.lists(bent, min_size=1, max_size=20)):
        (x0, y0), (x1, y1) = nodes[a], nodes[b]
        middle = ((x0 + x1) / 2 + bend, (y0 + y1) / 2 - bend)
        lines.append(LineString([nodes[a], middle, nodes[b]]))
    lines = [line for line in lines if line.length > 0] or [LineString([(0, 0), (50, 0)])]
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=CRS))
    if slope:
        tilt = st.lists(st.floats(-0.3, 0.3), min_size=len(lines), max_size=len(lines))
        climbed = np.array(draw(tilt)) * network.length_dm / 10
        network = with_profile(network, PROFILES["adult"], ascent_m=climbed)
    # A few spots, used again and again, so that several services stand at one place.
    place = st.tuples(st.floats(-60, 360), st.floats(-60, 360))
    spots = draw(st.lists(place, min_size=1, max_size=6))
    homes = draw(st.lists(place, min_size=1, max_size=5))
    shops = draw(st.lists(st.sampled_from(spots), min_size=1, max_size=10))
    kinds = draw(st.lists(st.sampled_from("ab"), min_size=len(shops), max_size=len(shops)))
    return network, placed(homes, network), placed(shops, network), kinds


def town(seed: int, *, east: float = 0.0, north: float = 0.0):
    """Return a jittered grid of streets with vertices, homes, services and their groups."""
    rng = np.random.default_rng(seed)
    away = np.array([east, north])
    spots = np.stack(np.meshgrid(np.arange(7), np.arange(7)), axis=-1) * 120.0
    spots = spots + rng.integers(-30, 30, spots.shape) + away
    lines = []
    for r, c in np.ndindex(7, 7):
        for down, across in ((0, 1), (1, 0)):
            if r + down < 7 and c + across < 7 and rng.random() < 0.85:
                ends = spots[r, c], spots[r + down, c + across]
                bend = np.rint((ends[0] + ends[1]) / 2 - away) + rng.integers(-9, 9, 2) + away
                lines.append(LineString([ends[0], bend, ends[1]]))
    homes = rng.integers(0, 720, (25, 2)) + away
    shops = rng.integers(0, 720, (15, 2)) + away
    index = [f"s{number}" for number in range(15)]
    return (
        gpd.GeoDataFrame(geometry=lines, crs=CRS, index=[f"e{n}" for n in range(len(lines))]),
        gpd.GeoSeries([Point(xy) for xy in homes], index=[f"h{n}" for n in range(25)], crs=CRS),
        gpd.GeoSeries([Point(xy) for xy in shops], index=index, crs=CRS),
        pd.Series(["a", "b", "c"] * 5, index=index),
    )


def placed(spots, network: Network, limit_m: float = 80) -> Joined:
    return join(gpd.GeoSeries([Point(xy) for xy in spots], crs=CRS), network, limit_m=limit_m)


def part(cost: int, length: int, whole: int) -> int:
    """Return the cost of a part of an edge, rounded half up."""
    return math.floor(Fraction(cost * length, whole) + Fraction(1, 2))


def streets_as_networkx(network: Network) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(network.node_xy)))
    rows = zip(
        network.ends.tolist(),
        network.cost_onward.tolist(),
        network.cost_backward.tolist(),
        strict=True,
    )
    for (u, v), onward, backward in rows:
        graph.add_edge(u, v, weight=onward)
        graph.add_edge(v, u, weight=backward)
    return graph


def walks(network: Network, origins: Joined, targets: Joined) -> dict[tuple[int, int], int]:
    """Return the walk from each origin to each target that can be reached, by their positions."""
    graph = streets_as_networkx(network)
    for role, places in (("origin", origins), ("target", targets)):
        for number in np.flatnonzero(places.reached).tolist():
            edge, along, stub = _held(places, number)
            u, v = network.ends[edge].tolist()
            whole = int(network.length_dm[edge])
            onward, backward = int(network.cost_onward[edge]), int(network.cost_backward[edge])
            here = (role, number)
            # Origins are only left and targets only entered: nobody walks through another's home.
            if role == "origin":
                graph.add_edge(here, u, weight=stub + part(backward, along, whole))
                graph.add_edge(here, v, weight=stub + part(onward, whole - along, whole))
            else:
                graph.add_edge(u, here, weight=stub + part(onward, along, whole))
                graph.add_edge(v, here, weight=stub + part(backward, whole - along, whole))
    for a in np.flatnonzero(origins.reached).tolist():
        for b in np.flatnonzero(targets.reached).tolist():
            (edge, start, stub), (other, stop, end) = _held(origins, a), _held(targets, b)
            if (origins.xy[a] == targets.xy[b]).all():
                # Two places of one spot are no walk apart, wherever the street is.
                graph.add_edge(("origin", a), ("target", b), weight=0)
            elif edge == other:
                way = network.cost_onward if stop >= start else network.cost_backward
                direct = part(int(way[edge]), abs(stop - start), int(network.length_dm[edge]))
                graph.add_edge(("origin", a), ("target", b), weight=stub + direct + end)
    found = {}
    for a in np.flatnonzero(origins.reached).tolist():
        reached = nx.single_source_dijkstra_path_length(graph, ("origin", a))
        for node, far in reached.items():
            if isinstance(node, tuple) and node[0] == "target":
                found[a, node[1]] = far
    return found


def _held(places: Joined, number: int) -> tuple[int, int, int]:
    return int(places.edge[number]), int(places.along_dm[number]), int(places.stub_dm[number])
