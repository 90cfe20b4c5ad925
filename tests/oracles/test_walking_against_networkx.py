"""The same question put to networkx: minutes and counts must be equal, not close."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from renewal_gis.access import Joined, Network, join, service_counts, street_network, walk_minutes

CRS = "EPSG:2154"
DM_PER_MINUTE = 800


def graph_of(network: Network, targets: Joined) -> nx.MultiGraph:
    """Return the network in networkx, each target hung on its edge by its stub."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.node_xy)))
    for (u, v), length in zip(network.ends.tolist(), network.length_dm.tolist(), strict=True):
        graph.add_edge(u, v, weight=length)
    for number in np.flatnonzero(targets.reached).tolist():
        hang(graph, network, targets, number, ("target", number))
    return graph


def hang(graph, network, points, number, name):
    edge, along, stub = (
        int(held[number]) for held in (points.edge, points.along_dm, points.stub_dm)
    )
    u, v = network.ends[edge].tolist()
    graph.add_edge(name, u, weight=stub + along)
    graph.add_edge(name, v, weight=stub + int(network.length_dm[edge]) - along)


def distances(network, origins, targets, number):
    """Return networkx's distance in decimetres from one origin to every target it reaches."""
    graph = graph_of(network, targets)
    hang(graph, network, origins, number, "origin")
    for target in np.flatnonzero(targets.reached).tolist():
        if targets.edge[target] == origins.edge[number]:
            apart = abs(int(targets.along_dm[target]) - int(origins.along_dm[number]))
            stubs = int(targets.stub_dm[target]) + int(origins.stub_dm[number])
            same = (targets.xy[target] == origins.xy[number]).all()
            graph.add_edge("origin", ("target", target), weight=0 if same else apart + stubs)
    reached = nx.single_source_dijkstra_path_length(graph, "origin")
    return {node[1]: far for node, far in reached.items() if isinstance(node, tuple)}


def assert_equal_to_networkx(network, origins, targets, groups, limits=(1, 2, 5)):
    minutes = walk_minutes(origins, targets, network, groups=groups)
    counts = service_counts(origins, targets, network, groups=groups, thresholds_min=limits)
    for number in range(len(origins.index)):
        if origins.edge[number] < 0:
            assert minutes.iloc[number].isna().all()
            continue
        far = distances(network, origins, targets, number)
        for name in groups.unique():
            mine = [d for target, d in far.items() if groups.iloc[target] == name]
            expected = min(mine) / DM_PER_MINUTE if mine else np.nan
            found = minutes.iloc[number][f"walk_min:{name}"]
            assert found == expected or (np.isnan(found) and np.isnan(expected))
            for limit in limits:
                within = sum(d <= limit * DM_PER_MINUTE for d in mine)
                assert counts.iloc[number][f"count_{limit}_min:{name}"] == within


@st.composite
def territories(draw):
    """Draw a random network with loops, parallel edges and islands, and points around it."""
    spot = st.integers(0, 12).map(lambda n: n * 25.0)
    nodes = draw(st.lists(st.tuples(spot, spot), min_size=2, max_size=14, unique=True))
    pick = st.integers(0, len(nodes) - 1)
    pairs = draw(st.lists(st.tuples(pick, pick, st.floats(-40, 40)), min_size=1, max_size=25))
    lines = []
    for a, b, bend in pairs:
        (x0, y0), (x1, y1) = nodes[a], nodes[b]
        middle = ((x0 + x1) / 2 + bend, (y0 + y1) / 2 - bend)
        lines.append(LineString([nodes[a], middle, nodes[b]]))
    place = st.tuples(st.floats(-60, 360), st.floats(-60, 360))
    homes = draw(st.lists(place, min_size=1, max_size=6))
    services = draw(st.lists(st.tuples(place, st.sampled_from("ab")), min_size=1, max_size=8))
    return lines, homes, services


@settings(max_examples=150, deadline=None)
@given(territories())
def test_random_networks(territory):
    lines, homes, services = territory
    lines = [line for line in lines if line.length > 0]
    if not lines:
        return
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=CRS))
    origins = join(gpd.GeoSeries([Point(p) for p in homes], crs=CRS), network, limit_m=80)
    spots = gpd.GeoSeries([Point(p) for p, _ in services], crs=CRS)
    targets = join(spots, network, limit_m=80)
    groups = pd.Series([kind for _, kind in services])
    assert_equal_to_networkx(network, origins, targets, groups)


def test_a_real_city(shared):
    streets = gpd.read_parquet(shared / "network" / "liege_osm_streets.parquet").reset_index()
    centre = streets.total_bounds.reshape(2, 2).mean(axis=0)
    near = streets.geometry.distance(Point(centre)) < 2500
    streets = streets[near].reset_index(drop=True)
    network = street_network(streets.assign(u=streets["u"].astype(str), v=streets["v"].astype(str)))
    rng = np.random.default_rng(7)
    low, high = streets.total_bounds[:2], streets.total_bounds[2:]
    spots = [Point(xy) for xy in rng.uniform(low, high, (140, 2))]
    origins = join(gpd.GeoSeries(spots[:20], crs=streets.crs), network)
    targets = join(gpd.GeoSeries(spots[20:], crs=streets.crs), network)
    groups = pd.Series(rng.choice(["ecole", "courses", "poste"], 120))
    assert origins.reached.sum() > 10
    assert_equal_to_networkx(network, origins, targets, groups, limits=(5, 10, 20))


def test_the_oracle_would_see_a_difference():
    table = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs=CRS)
    network = street_network(table)
    origins = join(gpd.GeoSeries([Point(0, 0)], crs=CRS), network)
    targets = join(gpd.GeoSeries([Point(50, 0)], crs=CRS), network)
    assert distances(network, origins, targets, 0) == {0: 500}
    moved = join(gpd.GeoSeries([Point(50.1, 0)], crs=CRS), network)
    assert distances(network, origins, moved, 0) == {0: 501}


@pytest.mark.parametrize("seed", range(3))
def test_forward_and_backward_walks_are_equal(seed):
    rng = np.random.default_rng(seed)
    ends = rng.uniform(0, 1000, (60, 2, 2)).round(-2)
    lines = [LineString(pair) for pair in ends if (pair[0] != pair[1]).any()]
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=CRS))
    here = gpd.GeoSeries([Point(xy) for xy in rng.uniform(0, 1000, (12, 2))], crs=CRS)
    joined = join(here, network)
    for number in range(12):
        one = join(here.iloc[[number]], network)
        kinds = pd.Series(["x"], index=[number])
        to_one = walk_minutes(joined, one, network, groups=kinds)["walk_min:x"].to_numpy()
        names = pd.Series([str(n) for n in range(12)], index=here.index)
        from_one = walk_minutes(one, joined, network, groups=names)
        back = from_one.reindex(columns=[f"walk_min:{n}" for n in range(12)]).to_numpy()[0]
        np.testing.assert_array_equal(to_one, back)
