"""The nearest edge, against shapely's STRtree."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, STRtree

from renewal_gis.access.edges import edge_index, nearest_edges

spot = st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(
    lambda xy: (xy[0] * 12.5, xy[1] * 12.5)
)
# Vertices may repeat: segments of no length. Chosen from few places: vertical and shared ones.
lines_drawn = st.lists(st.lists(spot, min_size=2, max_size=6), min_size=1, max_size=12)
anywhere = st.tuples(st.floats(-400, 400), st.floats(-400, 400))
far_away = st.tuples(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7))
points_drawn = st.lists(st.one_of(spot, anywhere, far_away), min_size=1, max_size=12)


def assert_nearest(lines, xy):
    lines, xy = np.array(lines, dtype=object), np.asarray(xy, dtype=float)
    index = edge_index(lines, np.arange(len(lines), dtype=np.int32))
    edge, along, metres = nearest_edges(index, xy[:, 0].copy(), xy[:, 1].copy())
    points = shapely.points(xy)
    _, judged = STRtree(lines).query_nearest(points, return_distance=True, all_matches=False)
    tolerance = 1e-9 * np.maximum(1.0, judged)
    assert (np.abs(metres - judged) <= tolerance).all()
    assert (np.abs(shapely.distance(lines[edge], points) - judged) <= tolerance).all()
    # Rounding may put a start a hair before 0, which shapely would count from the end.
    foot = shapely.line_interpolate_point(lines[edge], np.maximum(along, 0))
    assert (np.abs(shapely.distance(foot, points) - judged) <= 1e-6 * np.maximum(1, judged)).all()


@settings(max_examples=200, deadline=None)
@given(lines_drawn, points_drawn)
@example([[(0, 0), (0, 0)]], [(3, 4)])  # a point for a line
@example([[(0, 0), (0, 500)]], [(0, 250), (7, 600), (-1e6, 3)])  # vertical
@example([[(0, 0), (100, 0)]], [(0, 0), (100, 0), (50, 0)])  # on nodes, on the segment
@example([[(0, 0), (50, 0), (50, 0), (100, 0)]], [(50, 1)])  # a vertex twice
@example([[(0, 0), (9000, 9000)], [(0, 9000), (1, 9000)]], [(0, 8000)])  # a segment over many cells
def test_any_lines(lines, xy):
    assert_nearest([LineString(line) for line in lines], xy)


@settings(max_examples=100, deadline=None)
@given(lines_drawn, st.data())
def test_points_on_the_lines_are_at_no_distance(lines, data):
    shapes = [LineString(line) for line in lines]
    share = data.draw(st.lists(st.floats(0, 1), min_size=len(shapes), max_size=len(shapes)))
    on = shapely.line_interpolate_point(shapes, share, normalized=True)
    assert_nearest(shapes, shapely.get_coordinates(on))


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_edges_as_near_the_first_is_taken(first):
    pair = [LineString([(0, 0), (0, 10)]), LineString([(8, 0), (8, 10)])]
    index = edge_index(np.array([pair[first], pair[1 - first]]), np.array([5, 7], dtype=np.int32))
    edge, _, metres = nearest_edges(index, np.array([4.0]), np.array([5.0]))
    assert (edge.tolist(), metres.tolist()) == ([5], [4.0])


def test_a_whole_city(shared):
    streets = gpd.read_parquet(shared / "network" / "liege_osm_streets.parquet")
    rng = np.random.default_rng(5)
    low, high = streets.total_bounds[:2] - 3000, streets.total_bounds[2:] + 3000
    lines = streets.geometry.to_numpy()
    nodes = shapely.get_coordinates(lines[::100])
    assert_nearest(lines, np.concatenate([rng.uniform(low, high, (20_000, 2)), nodes]))
