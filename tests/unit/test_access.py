"""Walking on small drawn networks with known answers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawing import CRS, places, streets
from shapely import LineString, MultiLineString, Point, box

from renewal_gis.access import (
    join,
    nearest_service,
    service_counts,
    stop_service,
    street_network,
    walk_minutes,
)
from renewal_gis.errors import CRSError, DataError, UsageError

RIVER = """
o---o---o
|       |
o       o
|       |
o---o---o
"""


def minutes(table, home, spots, **groups):
    network = street_network(table)
    services = places(**spots)
    kinds = pd.Series([groups.get(name, name) for name in services.index], index=services.index)
    return walk_minutes(join(home, network), join(services, network), network, groups=kinds)


def test_the_way_round_is_walked_not_the_crow_fly():
    # From the middle of the north side to the middle of the south side: 40 + 40 + 40 m.
    found = minutes(streets(RIVER), places(home=(0, 4)), {"school": (4, 4)}, school="ecole")
    assert found.loc["home", "walk_min:ecole"] == pytest.approx(120 / 80)


def test_the_stub_is_walked_at_both_ends():
    table = streets("o---------o")
    found = minutes(table, places(home=(1, 2)), {"school": (2, 7)}, school="ecole")
    assert found.loc["home", "walk_min:ecole"] == pytest.approx((10 + 50 + 20) / 80)


def test_two_points_on_one_edge_do_not_pass_by_its_ends():
    found = minutes(streets("o---------o"), places(home=(0, 4)), {"school": (0, 6)}, school="ecole")
    assert found.loc["home", "walk_min:ecole"] == pytest.approx(20 / 80)


def test_one_place_is_zero_minutes_from_itself():
    found = minutes(streets("o---------o"), places(home=(0, 4)), {"school": (0, 4)}, school="ecole")
    assert found.loc["home", "walk_min:ecole"] == 0


def test_lines_that_only_cross_do_not_meet():
    bridge = gpd.GeoDataFrame(
        geometry=[LineString([(0, 0), (100, 0)]), LineString([(50, -50), (50, 50)])], crs=CRS
    )
    network = street_network(bridge)
    assert len(network.component_share) == 2


def test_u_and_v_decide_where_lines_meet():
    table = streets("o----o----o").assign(u=["a", "c"], v=["b", "d"])
    assert len(street_network(table).component_share) == 2
    joined = table.assign(u=["a", "b"], v=["b", "d"])
    assert len(street_network(joined).component_share) == 1


def test_the_nearer_service_is_named():
    network = street_network(streets("o---------o"))
    home, schools = places(home=(0, 1)), places(near=(0, 3), far=(0, 9))
    kinds = pd.Series(["ecole", "ecole"], index=schools.index)
    found = nearest_service(join(home, network), join(schools, network), network, groups=kinds)
    assert found.loc["home", "nearest:ecole"] == "near"


def test_counts_include_the_limit_itself():
    # 800 m is ten minutes at 80 m a minute.
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (2000, 0)])], crs=CRS)
    network = street_network(line)
    home = gpd.GeoSeries([Point(0, 0)], index=["home"], crs=CRS)
    shops = gpd.GeoSeries([Point(800, 0), Point(800.1, 0), Point(1200, 0)], crs=CRS)
    shops.index = ["on", "just past", "farther"]
    counts = service_counts(
        join(home, network),
        join(shops, network),
        network,
        groups=pd.Series("courses", index=shops.index),
    )
    assert counts.loc["home"].tolist() == [1, 3, 3]


def test_a_service_on_a_long_edge_is_counted_although_no_node_is_near():
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (9000, 0)])], crs=CRS)
    network = street_network(line)
    home = gpd.GeoSeries([Point(4500, 0)], index=["home"], crs=CRS)
    shop = gpd.GeoSeries([Point(4600, 0)], index=["shop"], crs=CRS)
    kinds = pd.Series(["courses"], index=["shop"])
    counts = service_counts(join(home, network), join(shop, network), network, groups=kinds)
    assert counts.loc["home", "count_10_min:courses"] == 1


def test_a_point_too_far_is_missing_and_told():
    network = street_network(streets("o---------o"))
    home = places(near=(1, 4), lost=(90, 4))
    joined = join(home, network)
    assert joined.reached.tolist() == [True, False]
    assert joined.distance_m[1] == pytest.approx(900)
    told = list(joined.findings("sites", limit_m=250))
    assert [finding.row for finding in told] == ["lost"]
    assert "900 m away" in told[0].message
    kinds = pd.Series(["ecole"], index=["school"])
    school = join(places(school=(0, 8)), network)
    found = walk_minutes(joined, school, network, groups=kinds)
    assert np.isnan(found.loc["lost", "walk_min:ecole"])
    counts = service_counts(joined, school, network, groups=kinds)
    assert counts.loc["lost"].isna().all()


def test_points_are_joined_past_a_small_island():
    main = [LineString([(i * 100, 0), (i * 100 + 100, 0)]) for i in range(60)]
    table = gpd.GeoDataFrame(geometry=[*main, LineString([(0, 30), (20, 30)])], crs=CRS)
    network = street_network(table)
    assert [finding.code for finding in network.findings] == ["disconnected-streets"]
    home = gpd.GeoSeries([Point(10, 31)], crs=CRS)
    joined = join(home, network)
    assert joined.edge[0] == 0
    assert joined.stub_dm[0] == 310


def test_a_service_that_cannot_be_reached_is_missing_not_far():
    table = gpd.GeoDataFrame(
        geometry=[LineString([(0, 0), (1000, 0)]), LineString([(0, 50), (1000, 50)])], crs=CRS
    )
    network = street_network(table)
    home = gpd.GeoSeries([Point(10, 0)], index=["home"], crs=CRS)
    school = gpd.GeoSeries([Point(10, 50)], index=["school"], crs=CRS)
    kinds = pd.Series(["ecole"], index=["school"])
    found = walk_minutes(join(home, network), join(school, network), network, groups=kinds)
    assert np.isnan(found.iloc[0, 0])


def test_a_polygon_is_joined_from_a_point_inside_it():
    network = street_network(streets("o---------o"))
    site = gpd.GeoSeries([box(20, 10, 40, 30)], index=["S"], crs=CRS)
    assert join(site, network).stub_dm[0] == 200


def test_unwalkable_and_empty_edges_are_left_out_and_told():
    lines = [[(0, 0), (50, 0)], [(50, 0), (100, 0)], [(0, 0), (0, 0)]]
    table = gpd.GeoDataFrame(geometry=[LineString(line) for line in lines], crs=CRS)
    network = street_network(table.assign(walkable=[True, False, True]))
    assert len(network.lines) == 1
    assert {finding.code for finding in network.findings} == {"not-walkable", "zero-length"}


def test_a_stated_length_wins_over_the_drawn_one():
    table = streets("o---------o").assign(length_m=[500.0])
    assert street_network(table).length_dm.tolist() == [5000]


def test_a_multiline_in_one_piece_is_one_edge():
    shape = MultiLineString([[(0, 0), (10, 0)], [(10, 0), (20, 0)]])
    network = street_network(gpd.GeoDataFrame(geometry=[shape], crs=CRS))
    assert network.length_dm.tolist() == [200]


def test_the_service_of_the_nearest_stop():
    network = street_network(streets("o---------o"))
    stops = places(tram=(0, 2), bus=(0, 9))
    served = pd.DataFrame(
        {"departures_day": [180, 12], "departures_h": [12.0, 1.0]}, index=stops.index
    )
    found = stop_service(
        join(places(home=(0, 8)), network), join(stops, network), network, departures=served
    )
    assert found.loc["home"].tolist() == [10 / 80, 12, 1.0, "bus"]


def test_a_stop_without_departures_is_not_the_nearest_served():
    network = street_network(streets("o---------o"))
    stops = places(idle=(0, 7), bus=(0, 1))
    served = pd.DataFrame(
        {"departures_day": [0, 12], "departures_h": [0.0, 1.0]}, index=stops.index
    )
    found = stop_service(
        join(places(home=(0, 8)), network), join(stops, network), network, departures=served
    )
    assert found.loc["home", "nearest:stop"] == "bus"
    with pytest.raises(UsageError, match="no column departures_h"):
        stop_service(
            join(places(home=(0, 8)), network),
            join(stops, network),
            network,
            departures=served.drop(columns="departures_h"),
        )


def test_speed_is_a_parameter():
    network = street_network(streets("o---------o"))
    home, school = join(places(h=(0, 1)), network), join(places(s=(0, 7)), network)
    kinds = pd.Series(["ecole"], index=["s"])
    child = walk_minutes(home, school, network, groups=kinds, speed_km_h=3.6)
    assert child.iloc[0, 0] == pytest.approx(1.0)
    with pytest.raises(UsageError, match="above zero"):
        walk_minutes(home, school, network, groups=kinds, speed_km_h=0)


def test_a_geographic_network_is_refused():
    table = gpd.GeoDataFrame(geometry=[LineString([(3.5, 50.3), (3.6, 50.3)])], crs=4326)
    with pytest.raises(DataError, match="in metres"):
        street_network(table)


def test_a_network_without_a_walkable_way_is_refused():
    with pytest.raises(DataError, match="none of the 1 rows is a walkable line"):
        street_network(streets("o---o").assign(walkable=False))


def test_places_in_another_crs_are_refused():
    network = street_network(streets("o---o"))
    with pytest.raises(CRSError, match="to_crs"):
        join(places(h=(0, 1)).to_crs(3857), network)
