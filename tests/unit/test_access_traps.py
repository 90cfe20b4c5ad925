"""What users of other tools complain about: one named test each (access.md, section 1)."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawing import CRS, places, streets
from shapely import LineString, Point

from renewal_gis.access import join, service_counts, street_network, travel_times, walk_minutes


def minutes(network, home, shop, **rest):
    kinds = pd.Series(["x"], index=["shop"])
    home, shop = (join(spot, network) for spot in (places(home=home), places(shop=shop)))
    return walk_minutes(home, shop, network, groups=kinds, **rest).iloc[0, 0]


def test_dead_island():
    """r5r #361, #337; r5py #270; sfnetworks #57: joined to a yard that leads nowhere, silently."""
    drawing = "o" + "-" * 79 + "o\n\no-o"
    network = street_network(streets(drawing))
    assert network.component_share[1] == pytest.approx(20 / 820)
    # The yard's 20 m hold 2.4 % of the streets: large enough to matter at 2 %, not at 3 %.
    home, shop = places(home=(2, 1)), places(shop=(0, 9))
    kinds = pd.Series(["x"], index=["shop"])
    for share, expected in ((0.02, np.nan), (0.03, (20 + 80) / 80)):
        joined = join(home, network, island_share=share)
        found = walk_minutes(joined, join(shop, network), network, groups=kinds).iloc[0, 0]
        np.testing.assert_equal(found, expected)
    assert [finding.code for finding in network.findings] == ["disconnected-streets"]


def test_a_dead_island_too_far_from_the_rest_is_told():
    network = street_network(streets("o" + "-" * 99 + "o" + "\n" * 40 + "\no-o"))
    lost = join(places(yard=(40, 1)).assign(geometry=[Point(10, -400)]), network)
    assert lost.reached.tolist() == [False]
    (told,) = lost.findings("homes", limit_m=250)
    assert (told.row, told.code) == ("yard", "far-from-street")


def test_the_stub_is_walked_at_the_same_speed():
    """R5 #934; r5r #373, #357; spaghetti #75: stubs not counted, or at another speed."""
    network = street_network(streets("o---------o"))
    on_the_way = minutes(network, (0, 0), (0, 8))
    for speed in (4.8, 3.0, 6.0):
        far = minutes(network, (4, 0), (0, 8), speed_km_h=speed)
        assert far == pytest.approx((40 + 80) / (speed * 1000 / 60))
    assert minutes(network, (4, 0), (0, 8)) - on_the_way == pytest.approx(40 / 80)


def test_nearest_node_invention():
    """global-indicators #653: the nearest junction is one the place has no link to."""
    # A park gate 10 m from a junction across the river, 40 m from its own street's junction.
    network = street_network(
        gpd.GeoDataFrame(
            geometry=[
                LineString([(0, 0), (200, 0)]),  # the park's street, 2 m from the gate
                LineString([(100, 12), (100, 500)]),  # starts at a junction across the river
                LineString([(100, 500), (-300, 500), (-300, 0), (0, 0)]),
            ],
            crs=CRS,
        )
    )
    gate = join(gpd.GeoSeries([Point(100, 2)], index=["gate"], crs=CRS), network)
    shop = join(gpd.GeoSeries([Point(100, 12)], index=["shop"], crs=CRS), network)
    found = walk_minutes(gate, shop, network, groups=pd.Series(["x"], index=["shop"])).iloc[0, 0]
    assert (gate.edge[0], gate.along_dm[0]) == (0, 1000)
    assert found == pytest.approx((2 + 100 + 300 + 500 + 400 + 488) / 80)


def test_the_place_on_an_edge_is_interpolated():
    """Measured in access.md 2a: joining at the junction puts 4 % on the wrong side of 400 m."""
    network = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1000, 0)])], crs=CRS))
    homes = gpd.GeoSeries([Point(x, 0) for x in (399.9, 400, 400.1)], crs=CRS)
    shop = join(gpd.GeoSeries([Point(0, 0)], crs=CRS), network)
    counts = service_counts(
        join(homes, network), shop, network, groups=pd.Series(["x"]), thresholds_min=[5]
    )
    assert counts["count_5_min:x"].tolist() == [1, 1, 0]


def test_the_same_place_is_zero_on_the_street():
    """r5py #254: same id, non-zero time."""
    network = street_network(streets("o---------o\n|         |\no---------o"))
    here = join(places(a=(0, 0), b=(0, 4), c=(2, 7)), network)
    found = travel_times(here, here, network, limit_min=5)
    same = found[found["from_id"] == found["to_id"]]
    assert same["travel_time_min"].tolist() == [0, 0, 0]


def test_the_same_place_is_zero_off_the_street():
    network = street_network(streets("o---------o"))
    here = join(places(a=(3, 4)), network)
    assert travel_times(here, here, network, limit_min=5)["travel_time_min"].tolist() == [0]


def test_a_bridge_does_not_join_what_it_crosses():
    """A street over a street: lines that cross without a shared node do not meet."""
    lines = [
        LineString([(0, 0), (50, 0), (100, 0)]),
        LineString([(50, -50), (50, 50)]),
        LineString([(100, 0), (100, 50), (50, 50)]),
    ]
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=CRS))
    home, shop = (
        join(gpd.GeoSeries([Point(xy)], index=["shop"], crs=CRS), network)
        for xy in ((0, 0), (50, -50))
    )
    found = walk_minutes(home, shop, network, groups=pd.Series(["x"], index=["shop"])).iloc[0, 0]
    # Over the bridge and round, although the streets cross 50 m from both.
    assert found == pytest.approx((100 + 50 + 50 + 100) / 80)


def test_a_bridge_and_the_street_below_share_a_place_not_a_node():
    lines = [LineString([(0, 0), (50, 0)]), LineString([(50, 0), (50, 90)])]
    table = gpd.GeoDataFrame({"u": ["a", "c"], "v": ["b", "d"]}, geometry=lines, crs=CRS)
    assert len(street_network(table).component_share) == 2


def test_an_area_square_is_walked_along_its_outline():
    """osmnx #1269, #1253: squares dropped, and the streets on both sides cut off."""
    ring = LineString([(0, 0), (60, 0), (60, 60), (0, 60), (0, 0)])
    sides = [LineString([(-40, 0), (0, 0)]), LineString([(60, 60), (100, 60)])]
    # As an extract gives it: the outline is cut where streets meet it.
    halves = [
        LineString([(0, 0), (60, 0), (60, 60)]),
        LineString([(60, 60), (0, 60), (0, 0)]),
    ]
    network = street_network(gpd.GeoDataFrame(geometry=[*sides, *halves], crs=CRS))
    west, east = (
        join(gpd.GeoSeries([Point(xy)], index=["shop"], crs=CRS), network)
        for xy in ((-40, 0), (100, 60))
    )
    kinds = pd.Series(["x"], index=["shop"])
    assert walk_minutes(west, east, network, groups=kinds).iloc[0, 0] == pytest.approx(200 / 80)
    assert network.drawn_m[2:].sum() == ring.length


def test_asking_again_gives_the_same():
    """pandana #57, #73: results change when the query is repeated."""
    network = street_network(streets("o---o---o\n|       |\no---o---o"))
    homes, shops = join(places(a=(0, 1), b=(2, 7)), network), join(places(s=(0, 7)), network)
    kinds = pd.Series(["x"], index=["s"])
    first = walk_minutes(homes, shops, network, groups=kinds, k=3)
    for _ in range(3):
        again = walk_minutes(homes, shops, network, groups=kinds, k=3)
        pd.testing.assert_frame_equal(first, again)


def test_very_short_edges_are_not_free():
    """ferrobus truncates edges under 1.4 m to 0 s."""
    steps = [LineString([(x * 0.5, 0), (x * 0.5 + 0.5, 0)]) for x in range(800)]
    network = street_network(gpd.GeoDataFrame(geometry=steps, crs=CRS))
    ends = join(gpd.GeoSeries([Point(0, 0), Point(400, 0)], crs=CRS), network)
    found = travel_times(ends, ends, network, limit_min=9)
    assert found["travel_time_min"].tolist() == [0, 5, 5, 0]
