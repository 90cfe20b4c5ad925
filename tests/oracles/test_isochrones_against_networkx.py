"""What an isochrone covers, against networkx asked at every few metres of street."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracles.walks import part, placed, streets_as_networkx, territories
from shapely import LineString

from renewal_gis.access import isochrones, street_network


def walked_to(network, place, direction):
    """Yield points along all streets, each with its walk from (or to) the place in decimetres."""
    graph = streets_as_networkx(network)
    onward, backward = network.cost_onward, network.cost_backward
    if direction == "to":
        graph, onward, backward = graph.reverse(), backward, onward
    home, at, stub = (int(held[0]) for held in (place.edge, place.along_dm, place.stub_dm))
    whole = int(network.length_dm[home])
    first, last = network.ends[home].tolist()
    graph.add_edge("place", first, weight=stub + part(int(backward[home]), at, whole))
    graph.add_edge("place", last, weight=stub + part(int(onward[home]), whole - at, whole))
    far = nx.single_source_dijkstra_path_length(graph, "place")
    for edge, (u, v) in enumerate(network.ends.tolist()):
        whole = int(network.length_dm[edge])
        for along in range(0, whole, 37):
            ways = [np.inf]
            if u in far:
                ways.append(far[u] + onward[edge] * along / whole)
            if v in far:
                ways.append(far[v] + backward[edge] * (whole - along) / whole)
            if edge == home:
                way = onward if along >= at else backward
                ways.append(stub + way[edge] * abs(along - at) / whole)
            spot = shapely.line_interpolate_point(
                network.lines[edge], along / whole, normalized=True
            )
            yield spot, min(ways)


@settings(max_examples=60, deadline=None)
@given(territories(slope=True), st.sampled_from(["from", "to"]), st.sampled_from([0.5, 1.5, 4.0]))
def test_streets_within_the_limit_are_covered_and_no_others(territory, direction, limit):
    network, homes, _, _ = territory
    assume(homes.reached[0])
    place = _first(homes)
    assume(place.stub_dm[0] <= limit * 800)
    width = 2.0
    drawn = isochrones(
        place, network, limits_min=[limit], direction=direction, width_m=width, hole_m2=0
    )
    (shape,) = drawn.geometry
    spots = list(walked_to(network, place, direction))
    # Two decimetres: a length drawn is not a whole number of them.
    inside = [spot for spot, far in spots if far <= limit * 800 - 2]
    assert all(shape.distance(spot) < 1e-6 for spot in inside)
    # A spot outside must be covered only where it lies beside one inside.
    near = shapely.union_all([spot.buffer(width + 4) for spot in inside] + [_foot(network, place)])
    assert all(near.covers(spot) for spot, far in spots if shape.covers(spot) and far > limit * 800)


def _foot(network, place):
    edge, along = int(place.edge[0]), int(place.along_dm[0])
    share = along / int(network.length_dm[edge])
    spot = shapely.line_interpolate_point(network.lines[edge], share, normalized=True)
    return spot.buffer(8.0)


def _first(homes):
    held = {
        name: getattr(homes, name)[:1]
        for name in ("index", "edge", "along_dm", "stub_dm", "distance_m")
    }
    return replace(homes, **held)


def test_the_oracle_knows_a_street():
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs="EPSG:2154")
    network = street_network(line)
    told = dict(walked_to(network, placed([(50, 10)], network), "from"))
    assert {round(spot.x, 3): far for spot, far in told.items()}[0.0] == 600
    assert min(told.values()) < 120
