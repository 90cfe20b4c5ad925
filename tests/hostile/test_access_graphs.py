"""Street tables no walker can use: a sentence, a finding, or the right answer; never silent nonsense."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiLineString, Point, Polygon, box

from renewal_gis.access import join, street_network, travel_times
from renewal_gis.errors import CRSError, DataError, UsageError

CRS = "EPSG:2154"
CLEAR = (CRSError, DataError, UsageError)
A, B, C = (LineString([(x, 0), (x + 100, 0)]) for x in (0, 100, 200))


def table(*lines, crs=CRS, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs=crs)


def walk(network, start, stop):
    """Return the metres walked, or None."""
    ends = (join(gpd.GeoSeries([Point(xy)], crs=network.crs), network) for xy in (start, stop))
    found = travel_times(*ends, network, limit_min=1000)["travel_time_min"]
    return None if found.empty else round(found.iloc[0] * 80, 1)


def codes(network):
    return {finding.code for finding in network.findings}


def test_a_loop_of_no_length_is_left_out_and_told():
    loop = LineString([(100, 0), (100, 0)])
    network = street_network(table(A, loop, B))
    assert len(network.lines) == 2
    (told,) = network.findings
    assert (told.code, told.row, told.severity) == ("zero-length", "1", "dropped")


@pytest.mark.parametrize("length", [np.nan, None])
def test_a_missing_length_is_the_drawn_one(length):
    network = street_network(table(A, B, length_m=[60, length]))
    assert network.length_dm.tolist() == [600, 1000]


def test_loops_and_parallel_edges():
    loop = LineString([(100, 0), (150, 50), (100, 100), (100, 0)])
    short, long = A, LineString([(0, 0), (50, 80), (100, 0)])
    network = street_network(table(long, short, loop, B))
    assert walk(network, (0, 0), (200, 0)) == 200
    assert walk(network, (50, 80), (200, 0)) == pytest.approx(long.length / 2 + 100, abs=0.1)
    # Half round the loop, the shorter way.
    assert walk(network, (100, 90), (200, 0)) == 190
    assert walk(network, (100, 100), (100, 10)) == 90


def test_the_same_line_twice_changes_nothing():
    assert walk(street_network(table(A, A, B, B)), (10, 0), (190, 0)) == 180


def test_two_names_for_one_place_stay_apart():
    apart = street_network(table(A, B, u=["a", "c"], v=["b", "d"]))
    assert walk(apart, (0, 0), (200, 0)) is None
    assert codes(apart) == {"disconnected-streets"}
    assert walk(street_network(table(A, B)), (0, 0), (200, 0)) == 200


def test_one_name_for_two_places_joins_them():
    network = street_network(table(A, C, u=["a", "b"], v=["b", "c"]))
    assert walk(network, (0, 0), (300, 0)) == 200


@pytest.mark.parametrize(
    "bad",
    [
        table(),
        table(None, None),
        table(LineString(), LineString()),
        table(Point(0, 0)),
        table(LineString([(0, 0), (0, 0)])),
        table(A, walkable=[False]),
    ],
    ids=["empty", "None", "empty lines", "points", "no length", "closed"],
)
def test_no_walkable_way(bad):
    with pytest.raises(DataError, match="rows is a walkable line"):
        street_network(bad)


@pytest.mark.parametrize("crs", [None, 4326, 4171])
def test_degrees_or_no_crs(crs):
    with pytest.raises(DataError, match="in metres"):
        street_network(table(LineString([(3.5, 50.3), (3.6, 50.3)]), crs=crs))


def test_rows_without_geometry_leave_the_others_in_place():
    streets = table(None, A, LineString(), B, length_m=[1.0, 50.0, np.nan, 60.0])
    network = street_network(streets.set_axis(["w", "x", "y", "z"]))
    assert network.edge_ids.tolist() == ["x", "z"]
    assert network.length_dm.tolist() == [500, 600]


def test_heights_are_not_lengths():
    network = street_network(table(LineString([(0, 0, 0), (30, 40, 1000)])))
    assert network.length_dm.tolist() == [500]


def test_a_repeated_index_is_kept():
    network = street_network(table(A, B).set_axis(["x", "x"]))
    assert network.edge_ids.tolist() == ["x", "x"]
    assert walk(network, (0, 0), (200, 0)) == 200


def test_a_line_in_pieces_is_several_edges():
    network = street_network(table(MultiLineString([A, C]), B, length_m=[400, 100]))
    assert network.length_dm.tolist() == [2000, 2000, 1000]
    assert walk(network, (0, 0), (300, 0)) == 500


def test_vertices_that_repeat():
    network = street_network(table(LineString([(0, 0), (0, 0), (50, 0), (50, 0), (100, 0)])))
    assert walk(network, (25, 0), (75, 0)) == 50


def test_a_street_of_a_hair_is_one_decimetre():
    network = street_network(table(LineString([(0, 0), (0.001, 0)]), A))
    assert network.length_dm.tolist() == [1, 1000]


def test_missing_node_names_do_not_join_far_places():
    """Either a sentence, or nodes of their own: A and the far street lie 5 km apart."""
    names = {"u": ["a", None], "v": [None, "b"]}
    far = LineString([(5000, 0), (5100, 0)])
    streets = table(A, far, **{name: pd.Series(held, dtype=object) for name, held in names.items()})
    try:
        network = street_network(streets)
    except CLEAR:
        return
    assert walk(network, (0, 0), (5100, 0)) is None


def test_numbers_name_nodes_whatever_their_type():
    """One missing value makes pandas read a column of whole numbers as floats."""
    streets = table(A, B, C, u=[1, 2, 3], v=[2.0, 3.0, 4.0])
    assert walk(street_network(streets), (0, 0), (300, 0)) == 300


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_ends_within_a_decimetre_meet(shift):
    pair = LineString([(0, 0), (100.04, 0)]), LineString([(100.06, 0), (200, 0)])
    moved = [shapely.transform(line, lambda xy: xy + shift) for line in pair]
    assert len(street_network(table(*moved)).component_share) == 1


def test_a_line_in_pieces_does_not_undo_the_names_of_the_others():
    pieces = MultiLineString([[(0, 900), (10, 900)], [(20, 900), (30, 900)]])
    streets = table(A, B, pieces, u=["a", "c", "x"], v=["b", "d", "y"])
    assert walk(street_network(streets), (0, 0), (200, 0)) is None


def test_a_crs_in_feet_is_refused():
    with pytest.raises(CLEAR):
        street_network(table(A, crs=2225))


def test_rows_without_geometry_are_told():
    network = street_network(table(A, None))
    assert [finding.row for finding in network.findings] == ["1"]


@pytest.mark.parametrize("shape", [LineString(), Point(0, 0)])
def test_a_length_stated_for_no_line(shape):
    try:
        network = street_network(table(A, shape, length_m=[100.0, 50.0]))
    except CLEAR:
        return
    assert "1" in {finding.row for finding in network.findings}


@pytest.mark.parametrize("shapes", [[box(0, 0, 9, 9)], [A, box(0, 0, 9, 9)]])
def test_polygons_among_the_streets(shapes):
    """A sentence, or the polygon left out and told."""
    try:
        network = street_network(table(*shapes))
    except CLEAR:
        return
    assert [finding.row for finding in network.findings] == ["1"]


@pytest.mark.parametrize("length", [1e9, "long", np.inf, -np.inf])
def test_lengths_that_are_none(length):
    """A sentence that names the row, or a finding."""
    try:
        network = street_network(table(A, B, length_m=pd.Series([100.0, length], dtype=object)))
    except CLEAR:
        return
    assert "1" in {finding.row for finding in network.findings}


def test_a_negative_length_is_called_negative():
    with pytest.raises(DataError, match=r"negative or no length in metres \(-5\) in row\(s\) 1"):
        street_network(table(A, B, length_m=[100, -5]))


def test_a_link_of_no_length_still_joins_two_nodes():
    """A stated zero between two named nodes (a door, a lift, a level change) carries walkers."""
    streets = table(A, LineString([(100, 0), (100, 0)]), B, u=["a", "b", "c"], v=["b", "c", "d"])
    assert walk(street_network(streets), (0, 0), (200, 0)) == pytest.approx(200, abs=0.2)


@pytest.mark.parametrize("east", [np.inf, 1e300])
def test_coordinates_that_are_none(east):
    try:
        network = street_network(table(A, LineString([(0, 0), (east, 0)])))
    except CLEAR:
        return
    assert "1" in {finding.row for finding in network.findings}


def test_walkable_in_words():
    """A sentence, or what the word says: a layer read from CSV has text."""
    try:
        network = street_network(table(A, B, walkable=["no", "yes"]))
    except CLEAR:
        return
    assert len(network.lines) == 1


def test_a_polygon_with_a_twist_is_joined_as_a_place():
    network = street_network(table(A))
    twisted = Polygon([(10, 2), (20, 12), (20, 2), (10, 12)])
    assert join(gpd.GeoSeries([twisted], crs=CRS), network).reached.tolist() == [True]


@pytest.mark.parametrize("seed", range(6))
def test_lines_drawn_from_v_to_u_change_no_answer(seed):
    """61 323 of the 79 907 lines of a real table run that way."""
    rng = np.random.default_rng(seed)
    spots = {f"{r}.{c}": (c * 100 + 7 * r, r * 100 - 5 * c) for r in range(4) for c in range(4)}
    pairs = [(f"{r}.{c}", f"{r}.{c + 1}") for r in range(4) for c in range(3)]
    pairs += [(f"{r}.{c}", f"{r + 1}.{c}") for r in range(3) for c in range(4)]
    pairs.append(("3.3", "end"))
    spots["end"] = (400, 380)
    u, v = zip(*pairs, strict=True)
    lines = [LineString([spots[a], spots[b]]) for a, b in pairs]
    turned = [line.reverse() if rng.random() < 0.5 else line for line in lines]
    clean = street_network(table(*lines, u=u, v=v))
    mixed = street_network(table(*turned, u=u, v=v))
    flipped = [line.equals_exact(other, 0) for line, other in zip(lines, turned, strict=True)]
    assert mixed.backwards.tolist() == [not same for same in flipped]
    for start, stop in (((0, 0), (400, 380)), ((30, 0), (321, 300)), ((107, 95), (300, 0))):
        assert walk(clean, start, stop) == walk(mixed, start, stop)


def test_a_node_left_without_an_edge_is_no_node():
    loop = LineString([(500, 500), (500, 500)])
    network = street_network(table(A, loop, B, u=["a", "z", "b"], v=["b", "z", "c"]))
    assert sorted(network.node_ids) == ["a", "b", "c"]


def test_an_edge_of_a_thousand_kilometres_is_refused():
    with pytest.raises(DataError, match="longer than 1 000 km"):
        street_network(table(A, LineString([(0, 0), (2e6, 0)])))
