"""Walking as R5 does: parts of so many nodes, edges no place is joined to, whole seconds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from renewal_gis.access import R5, join, street_network
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.links import direct_links, place_links, walks_between
from renewal_gis.access.network import whole_second_edges
from renewal_gis.access.stations import Doors
from renewal_gis.errors import DataError, UsageError

CRS = 2154


def places(**at):
    return gpd.GeoSeries([Point(xy) for xy in at.values()], index=list(at), crs=CRS)


def street(*lines, **columns):
    return street_network(gpd.GeoDataFrame(columns, geometry=list(map(LineString, lines)), crs=CRS))


def steps(y, *ends):
    """Return edges of a straight street at a height, from end to end."""
    return [[(a, y), (b, y)] for a, b in pairwise(ends)]


# Parts of 4 nodes and 30 m, of 2 nodes and 5 000 m, of 3 nodes and 200 m.
PARTS = [
    *steps(0, 0, 10, 20, 30),
    *steps(100, 0, 5_000),
    *steps(200, 0, 100, 200),
]


def test_nodes_of_each_part():
    # Parts are numbered from the longest on.
    assert street(*PARTS).component_nodes.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("limits", "distances"),
    [
        ({"island_nodes": 0}, [1, 1, 1]),
        ({"island_nodes": 3}, [1, 1, 1]),
        ({"island_nodes": 4}, [1, 1, 99]),
        # The longest part is no island, however few its nodes.
        ({"island_nodes": 40}, [99, 1, 99]),
        ({"island_share": 0.0}, [1, 1, 1]),
        ({"island_share": 0.03}, [99, 1, 1]),
        ({"island_share": 0.5}, [99, 1, 99]),
    ],
)
def test_parts_of_so_many_nodes_are_joined_to(limits, distances):
    network = street(*PARTS)
    homes = places(a=(5, 1), b=(50, 101), c=(50, 199))
    joined = join(homes, network, **limits)
    assert joined.distance_m.tolist() == pytest.approx(distances)
    # Asked again, from what was kept.
    assert join(homes, network, **limits).edge.tolist() == joined.edge.tolist()


@pytest.mark.parametrize(
    "limits",
    [
        {"island_nodes": -1},
        {"island_nodes": float("nan")},
        {"island_nodes": 40, "island_share": 0.02},
    ],
)
def test_a_limit_of_nodes_that_makes_no_sense(limits):
    with pytest.raises(UsageError, match="island_nodes must be a number of nodes"):
        join(places(a=(0, 0)), street(*PARTS), **limits)


def test_no_place_is_joined_to_an_edge_that_is_not_linkable():
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 100), (0, 100)]]
    network = street(*lines, linkable=[False, True, None])
    joined = join(places(a=(40, 3), b=(40, 96)), network)
    assert network.edge_ids[joined.edge].tolist() == [1, 2]
    assert joined.distance_m.tolist() == pytest.approx([60, 4])
    # All the same it is walked: from the far end of it, 100 m along.
    through = street(*lines, [(0, 0), (0, -50)], linkable=[False, True, True, True])
    home, shop = join(places(a=(-1, -50)), through), join(places(b=(101, 50)), through)
    rules = Conventions(speed_km_h=3.6)
    walk = walks_between(home, shop, through, rules, limit_dm=10_000, part="egress")
    assert walk["walk_s"].tolist() == [1 + 50 + 100 + 50 + 1]


def test_flags_that_are_none():
    with pytest.raises(DataError, match=r"linkable is neither true nor false in row\(s\) 0"):
        street([(0, 0), (1, 0)], linkable=["maybe"])
    with pytest.raises(DataError, match="Check the column linkable"):
        join(places(a=(0, 0)), street([(0, 0), (1, 0)], linkable=[False]))


# Edges of 10.0, 12.3, 0.4 and 20.1 m: 10, 13, 1 and 21 s at 1 m/s.
FOUR = street(*steps(0, 0, 10, 22.3, 22.7, 42.8))


def test_seconds_of_each_edge_at_a_metre_a_second():
    assert FOUR.cost_onward.tolist() == [100, 123, 4, 201]
    rounded = whole_second_edges(FOUR, 3.6)
    assert rounded.cost_onward.tolist() == [100, 130, 10, 210]
    assert rounded.cost_backward.tolist() == [100, 130, 10, 210]
    assert rounded.length_dm.tolist() == FOUR.length_dm.tolist()
    assert rounded.chains.onward.tolist() == [450]
    # Made once for each speed.
    assert whole_second_edges(FOUR, 3.6) is rounded
    assert whole_second_edges(FOUR, 7.2) is not rounded


def test_seconds_of_each_edge_at_another_speed():
    # 4.8 km/h: 13.33 dm a second. 10 m take 8 s (106.7 dm), 12.3 m 10 s, 0.4 m 1 s, 20.1 m 16 s.
    assert whole_second_edges(FOUR, 4.8).cost_onward.tolist() == [107, 133, 13, 213]
    # 7.2 km/h is a multiple of 0.36: 5, 7, 1 and 11 s of 20 dm.
    assert whole_second_edges(FOUR, 7.2).cost_onward.tolist() == [100, 140, 20, 220]


@pytest.mark.parametrize("speed", [0, -1, float("nan"), 51])
def test_a_speed_nobody_walks_at(speed):
    with pytest.raises(UsageError, match="walking speed"):
        whole_second_edges(FOUR, speed)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=20),
    st.sampled_from([1.8, 3.6, 4.68, 4.8, 5.0, 7.2]),
)
def test_an_edge_gains_less_than_a_second_and_nobody_is_sooner(lengths, speed):
    ends = np.cumsum([0, *lengths]) / 10
    network = street(*steps(0, *ends))
    rounded = whole_second_edges(network, speed)
    second_dm = speed * 10_000 / 3_600
    gain = rounded.cost_onward - network.cost_onward
    assert (gain >= 0).all()
    assert (gain < second_dm + 0.5).all()
    seconds = rounded.cost_onward / second_dm
    assert np.abs(seconds - np.rint(seconds)).max() <= 0.5 / second_dm + 1e-9
    if speed == 3.6:
        again = whole_second_edges(rounded, speed)
        assert again.cost_onward.tolist() == rounded.cost_onward.tolist()


# A home beside the first end, a stop beside the last, 2.6 m off the street: 44 s to walk, 45 s of edges.
HOME = join(places(home=(0, 2.6)), FOUR)
STOP = join(places(stop=(42.8, 1)), FOUR)
DOORS = Doors(
    joined=STOP,
    door=np.array([0], dtype=np.int32),
    stop=np.array([0], dtype=np.int32),
    in_s=np.array([0], dtype=np.int32),
    out_s=np.array([0], dtype=np.int32),
)


@pytest.mark.parametrize(
    ("change", "leaving", "back", "direct"),
    [
        # Edges of 10 + 13 + 1 + 21 s; 2.6 m at 1.3 m/s are 2 s, 1 m to the stop 1 s.
        # Back by distance: 42.8 + 2.6 + 1 = 46.4 m.
        # All the way: 45 s, and 3.6 m at 1.3 m/s, 2.77 s.
        ({}, 48, 46, 48),
        # By distance all of it, what is begun cut off: 42.8 + 2 + 1, 46.4, 42.8 + 2.77.
        ({"edge_seconds": "exact"}, 45, 46, 45),
        # The same rounded to the nearest.
        ({"edge_seconds": "exact", "rounding": "exact"}, 46, 46, 46),
        ({"rounding": "exact"}, 48, 46, 48),
    ],
)
def test_walks_from_an_origin_take_whole_seconds_by_edge(change, leaving, back, direct):
    rules = replace(R5, **change)
    assert place_links(HOME, DOORS, FOUR, rules, leaving=True).walk_s.tolist() == [leaving]
    assert place_links(HOME, DOORS, FOUR, rules, leaving=False).walk_s.tolist() == [back]
    assert direct_links(HOME, STOP, FOUR, rules).walk_s.tolist() == [direct]


def test_a_second_begun_does_not_count():
    # 46.9 m from door to door at a metre a second, by distance.
    far = join(places(stop=(42.8, 1.5)), FOUR)
    walked = {
        rounding: walks_between(
            HOME, far, FOUR, replace(R5, rounding=rounding), limit_dm=10_000, part="egress"
        ).walk_s.item()
        for rounding in ("truncate", "exact")
    }
    assert walked == {"truncate": 46, "exact": 47}


def test_ours_walks_by_distance():
    assert Conventions().edge_seconds == "exact"
    assert R5.edge_seconds == "ceil"
    with pytest.raises(UsageError, match="edge_seconds must be 'exact' or 'ceil', got 'floor'"):
        Conventions(edge_seconds="floor")
