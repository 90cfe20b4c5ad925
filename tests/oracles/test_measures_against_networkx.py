"""Each measure of walking, put to networkx and added up in plain Python."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.walks import DM_PER_MINUTE, part, placed, streets_as_networkx, territories, walks
from shapely import LineString

from renewal_gis import access
from renewal_gis.access import (
    at_nodes,
    catchment,
    gravity,
    service_counts,
    travel_times,
    walk_minutes,
)

few = settings(max_examples=60, deadline=None)

DECAYS = [
    access.step(3),
    access.linear(4),
    access.exponential(0.3, limit_min=5),
    access.gaussian(6.0, limit_min=5),
    access.power(1.5, limit_min=5, flat_min=0.5),
    access.bands([1, 2.5, 4], [1.0, 0.6, 0.2]),
]


def k_nearest(found, origins, kinds, k):
    """Return what `walk_minutes` should say, from the walks of networkx."""
    rows = []
    for origin in range(len(origins.index)):
        row = []
        for kind in sorted(set(kinds)):
            far = sorted(d for (a, b), d in found.items() if a == origin and kinds[b] == kind)
            row += [d / DM_PER_MINUTE for d in far[:k]] + [np.nan] * (k - len(far[:k]))
        rows.append(row)
    return np.array(rows)


@few
@given(territories(), st.integers(1, 6))
def test_the_k_nearest(territory, k):
    network, homes, shops, kinds = territory
    found = walk_minutes(homes, shops, network, groups=pd.Series(kinds), k=k)
    expected = k_nearest(walks(network, homes, shops), homes, kinds, k)
    np.testing.assert_array_equal(found.to_numpy(), expected)
    for kind in sorted(set(kinds)):
        names = [f"walk_min:{kind}"] + [f"walk_min_{rank}:{kind}" for rank in range(2, k + 1)]
        assert [name for name in found.columns if name.endswith(f":{kind}")] == names


@few
@given(territories(slope=True))
def test_the_k_nearest_on_slopes_both_ways(territory):
    network, homes, shops, kinds = territory
    groups = pd.Series(kinds)
    there = walk_minutes(homes, shops, network, groups=groups, k=5, direction="to")
    back = walk_minutes(homes, shops, network, groups=groups, k=5, direction="from")
    turned = {(a, b): d for (b, a), d in walks(network, shops, homes).items()}
    np.testing.assert_array_equal(
        there.to_numpy(), k_nearest(walks(network, homes, shops), homes, kinds, 5)
    )
    np.testing.assert_array_equal(back.to_numpy(), k_nearest(turned, homes, kinds, 5))


@few
@given(territories(slope=True))
def test_forward_from_one_is_backward_from_the_other(territory):
    network, homes, shops, _ = territory
    one_each = pd.Series([f"{n:02}" for n in range(len(shops.index))])
    forward = walk_minutes(homes, shops, network, groups=one_each, direction="to").to_numpy()
    one_each = pd.Series([f"{n:02}" for n in range(len(homes.index))])
    backward = walk_minutes(shops, homes, network, groups=one_each, direction="from").to_numpy()
    assert forward.tobytes() == np.ascontiguousarray(backward.T).tobytes()


@pytest.mark.parametrize("decay", DECAYS, ids=lambda decay: decay.name)
@settings(max_examples=25, deadline=None)
@given(territories(), st.data())
def test_gravity_is_a_plain_sum(decay, territory, data):
    network, homes, shops, kinds = territory
    size = len(kinds)
    worth = data.draw(st.lists(st.floats(0, 50), min_size=size, max_size=size))
    found = gravity(
        homes, shops, network, groups=pd.Series(kinds), decay=decay, weight=pd.Series(worth)
    )
    far = walks(network, homes, shops)
    for origin in range(len(homes.index)):
        for kind in sorted(set(kinds)):
            expected = 0.0 if homes.reached[origin] else np.nan
            for (a, b), d in far.items():
                if a == origin and kinds[b] == kind:
                    expected += worth[b] * float(decay(d / DM_PER_MINUTE))
            assert found.loc[origin, f"gravity:{kind}"] == pytest.approx(expected, nan_ok=True)


@few
@given(territories(), st.sampled_from([1, 2, 5]))
def test_gravity_with_a_step_counts(territory, limit):
    network, homes, shops, kinds = territory
    groups = pd.Series(kinds)
    summed = gravity(homes, shops, network, groups=groups, decay=access.step(limit))
    counted = service_counts(homes, shops, network, groups=groups, thresholds_min=[limit])
    np.testing.assert_array_equal(summed.to_numpy(), counted.to_numpy())


@few
@given(territories(slope=True), st.sampled_from([0.5, 1.0, 2.0, 30.0]))
def test_travel_times(territory, limit):
    network, homes, shops, _ = territory
    table = travel_times(homes, shops, network, limit_min=limit)
    near = {pair: d for pair, d in walks(network, homes, shops).items() if d <= limit * 800}
    pairs = zip(table["from_id"].tolist(), table["to_id"].tolist(), strict=True)
    assert dict(zip(pairs, (table["travel_time_min"] * 800).round(), strict=True)) == near
    assert len(table) == len(near)
    assert (table["travel_time_min"] <= limit).all()


@few
@given(territories(slope=True), st.sampled_from(["to", "from"]))
def test_a_catchment_adds_up_who_arrives(territory, direction):
    network, homes, shops, _ = territory
    people = pd.Series(np.arange(1, len(homes.index) + 1), name="people")
    found = catchment(
        shops, homes, network, weight=people, thresholds_min=(1, 3), direction=direction
    )
    if direction == "to":
        far = walks(network, homes, shops)
    else:
        far = {(a, b): d for (b, a), d in walks(network, shops, homes).items()}
    for limit in (1, 3):
        for shop in range(len(shops.index)):
            arrive = sum(people[a] for (a, b), d in far.items() if b == shop and d <= limit * 800)
            expected = arrive if shops.reached[shop] else np.nan
            told = found.loc[shop, f"people_{limit}_min"]
            assert told == pytest.approx(expected, abs=0, nan_ok=True)


@few
@given(territories())
def test_every_node_is_an_origin(territory):
    network, _, shops, _ = territory
    nodes = at_nodes(network)
    assert nodes.index.equals(network.node_ids)
    one_each = pd.Series([f"{n:02}" for n in range(len(shops.index))])
    found = walk_minutes(nodes, shops, network, groups=one_each).to_numpy()
    graph = streets_as_networkx(network)
    between = dict(nx.all_pairs_dijkstra_path_length(graph))
    for shop in np.flatnonzero(shops.reached):
        edge, along, stub = (
            int(held[shop]) for held in (shops.edge, shops.along_dm, shops.stub_dm)
        )
        whole = int(network.length_dm[edge])
        for node in range(len(network.node_xy)):
            ways = [
                between[node][end] + part(whole, rest, whole) + stub
                for end, rest in zip(
                    network.ends[edge].tolist(), (along, whole - along), strict=True
                )
                if end in between[node]
            ]
            expected = min(ways) / DM_PER_MINUTE if ways else np.nan
            np.testing.assert_equal(found[node, shop], expected)


def test_the_oracle_sees_one_decimetre():
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs="EPSG:2154")
    network = access.street_network(line)
    home = placed([(0, 0)], network)
    assert walks(network, home, placed([(50, 0)], network)) == {(0, 0): 500}
    assert walks(network, home, placed([(50.1, 0)], network)) == {(0, 0): 501}
