"""Lines drawn along their published course: clipped, each hop once, straight where none fits."""

from __future__ import annotations

import datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point
from small_schedule import schedule

from renewal_gis.access.line_courses import places_along
from renewal_gis.access.transit_lines import course_findings, transit_lines
from renewal_gis.assumptions import assumption

DAY = datetime.date(2026, 3, 10)
STOPS = {"A": (0, 0), "B": (500, 0), "C": (1000, 0), "D": (1000, 700), "E": (500, 900)}
REACH = assumption("course_reach").value


def trip(name, calls, line="7"):
    told = [
        (stop, f"{7 + place // 6:02d}:{10 * (place % 6):02d}") for place, stop in enumerate(calls)
    ]
    return (name, line, "bus", "w", told)


def lines(trips, courses, stops=STOPS, **more):
    held = schedule(
        stops=stops, trips=trips, services={"w": ["2026-03-10"]}, origin=(0.0, 0.0), **more
    )
    drawn = gpd.GeoSeries(courses, crs=held.stops.crs)
    drawn.index = drawn.index.astype("str")
    return transit_lines(held, date=DAY, courses=drawn)


def told(table):
    return table[["course", "far_stops"]].to_numpy().tolist()


# Along a street 40 m south of the stops, then up to it again.
STREET = LineString([(-300, -40), (200, -40), (700, -40), (1080, -40), (1080, 900)])


def test_a_line_follows_its_course_from_its_first_stop_to_its_last():
    table = lines([trip("t1", "ABC")], {"t1": STREET})
    assert told(table) == [["published", 0]]
    assert table.geometry.iloc[0].equals(LineString([(0, -40), (1000, -40)]))
    table = lines([trip("t1", "ABCD")], {"t1": STREET})
    corner = LineString([(0, -40), (1080, -40), (1080, 700)])
    assert table.geometry.iloc[0].normalize().equals_exact(corner.normalize(), 1e-6)


def test_a_line_without_a_course_goes_straight_as_before():
    trips = [trip("t1", "ABC"), trip("u1", "ADE", line="8")]
    table = lines(trips, {"t1": STREET})
    assert told(table) == [["published", 0], ["straight", 0]]
    plain = lines(trips, {})
    assert told(plain) == [["straight", 0], ["straight", 0]]
    assert table.geometry.iloc[1].equals_exact(plain.geometry.iloc[1], 0)
    assert course_findings(plain) == []


def test_courses_of_other_trips_and_what_is_no_line_are_passed_over():
    odd = {"t1": Point(0, 0), "t2": LineString(), "t3": None, "nobody": STREET}
    table = lines([trip(f"t{one}", "ABC") for one in (1, 2, 3)], odd)
    assert told(table) == [["straight", 0]]


def test_the_course_most_runs_follow_is_drawn():
    other = LineString([(0, 30), (1000, 30)])
    table = lines(
        [trip("t1", "ABC"), trip("t2", "ABC"), trip("t3", "ABC")],
        {"t1": STREET, "t2": other, "t3": LineString(other.coords)},
    )
    assert table.geometry.iloc[0].equals(other)


def test_a_branch_adds_its_own_part_and_no_street_twice():
    branch = LineString([(0, -40), (580, -40), (580, 900)])
    table = lines(
        [trip("t1", "ABC"), trip("t2", "ABC"), trip("t3", "ABE")], {"t1": STREET, "t3": branch}
    )
    drawn = table.geometry.iloc[0]
    assert told(table) == [["published", 0]]
    assert drawn.length == pytest.approx(1000 + 80 + 940)  # the hop from B, not that from A
    whole = shapely.union_all([LineString([(0, -40), (1000, -40)]), branch])
    assert drawn.hausdorff_distance(whole) < 1e-6


def test_a_branch_that_turns_before_the_stop_still_hangs_on_its_line():
    # Its nearest place to B is around the corner, 20 m away from where the other runs pass B.
    branch = LineString([(0, -40), (480, -40), (480, 900)])
    table = lines(
        [trip("t1", "ABC"), trip("t2", "ABC"), trip("t3", "ABE")], {"t1": STREET, "t3": branch}
    )
    whole = shapely.union_all([LineString([(0, -40), (1000, -40)]), branch])
    assert table.geometry.iloc[0].hausdorff_distance(whole) < 1e-6


def test_a_branch_without_a_course_starts_where_the_line_is_drawn():
    table = lines([trip("t1", "ABC"), trip("t2", "ABE")], {"t1": STREET})
    assert told(table) == [["partly", 0]]
    parts = shapely.get_parts(table.geometry.iloc[0])
    # The branch leaves the course at B, and ends at the stop itself.
    assert any(part.touches(Point(500, -40)) and part.touches(Point(500, 900)) for part in parts)


def test_two_calls_at_one_station_draw_no_street_twice():
    stops = {
        "S": (15, 0),
        "P": (0, 0),
        "Q": (30, 0),
        "B": (500, 0),
        "C": (1000, 0),
        "E": (500, 900),
    }
    ways = [LineString([(0, 0), (1000, 0)]), LineString([(0, 0), (500, 0), (500, 900)])]
    trips = [trip("t1", "PQBC"), trip("t2", "PQBC"), trip("t3", "PQBE")]
    courses = {"t1": ways[0], "t2": ways[0], "t3": ways[1]}
    table = lines(trips, courses, stops=stops, stations={"P": "S", "Q": "S"})
    assert told(table) == [["published", 0]]
    wanted = shapely.MultiLineString([[(30, 0), (1000, 0)], [(500, 0), (500, 900)]])
    assert table.geometry.iloc[0].equals(wanted)
    assert table.length.iloc[0] == pytest.approx(wanted.length)


def test_stops_at_one_place_make_an_empty_line():
    table = lines([trip("t1", "AF")], {}, stops={"A": (0, 0), "F": (0, 0)})
    assert table.geometry.iloc[0].equals_exact(LineString(), 0)
    assert table.geom_type.tolist() == ["LineString"]


def test_a_line_that_comes_back_to_its_start_is_followed_all_around():
    square = LineString([(0, 0), (1000, 0), (1000, 700), (0, 700), (0, 0)])
    table = lines([trip("t1", "ABDA")], {"t1": square}, stops={**STOPS, "A": (0, 5)})
    assert table.geometry.iloc[0].length == pytest.approx(square.length, rel=0.02)
    assert told(table) == [["published", 0]]


def test_a_street_that_is_passed_twice_is_followed_in_order():
    # Into a dead end and out of it: D is at its end, C on the way out.
    course = LineString([(0, 0), (1000, 0), (1000, 700), (1000, 0), (1500, 0)])
    stops = {**STOPS, "F": (1500, 0), "C": (1010, 300)}
    table = lines([trip("t1", "ABDCF")], {"t1": course}, stops=stops)
    assert table.geometry.iloc[0].length == pytest.approx(course.length)
    straight = lines([trip("t1", "AF")], {"t1": course}, stops=stops)
    assert straight.geometry.iloc[0].length == pytest.approx(course.length)


def test_a_stop_far_from_the_course_is_reached_straight_and_told():
    stops = {**STOPS, "B": (500, REACH + 1)}
    course = LineString([(0, 0), (1000, 0), (1000, 700)])
    table = lines([trip("t1", "ABCD")], {"t1": course}, stops=stops)
    assert told(table) == [["partly", 1]]
    wanted = LineString([(0, 0), (500, REACH + 1), (1000, 0), (1000, 700)])
    assert table.geometry.iloc[0].normalize().equals_exact(wanted.normalize(), 1e-6)
    [finding] = course_findings(table)
    assert (finding.severity, finding.code, finding.count) == ("note", "course-far", 1)
    assert "1 of 1 lines" in finding.message
    assert "7 (1)" in finding.message
    near = lines([trip("t1", "ABCD")], {"t1": course}, stops={**STOPS, "B": (500, REACH - 1)})
    assert told(near) == [["published", 0]]


@pytest.mark.parametrize(
    "course",
    [
        LineString([(9000, 9000), (9900, 9900)]),
        LineString([(0, REACH + 1), (1000, REACH + 1)]),
        LineString([(0, 0), (0, 0)]),
    ],
    ids=["elsewhere", "beside", "a point"],
)
def test_a_course_that_is_not_the_lines_own_is_not_drawn(course):
    table = lines([trip("t1", "ABC")], {"t1": course})
    assert table.geometry.iloc[0].equals(LineString([(0, 0), (500, 0), (1000, 0)]))
    assert table["course"].tolist() == ["straight"]
    assert table["far_stops"].tolist() >= [2]


def test_a_course_the_other_way_round_is_not_followed():
    table = lines([trip("t1", "ABC")], {"t1": LineString([(1000, 0), (0, 0)])})
    assert table["course"].tolist() == ["straight"]
    [finding] = course_findings(table)
    assert "in the order of the calls" in finding.message


def test_directions_follow_their_own_courses():
    back = LineString([(1000, 60), (0, 60)])
    table = lines([trip("t1", "ABC"), trip("t2", "CBA")], {"t1": STREET, "t2": back})
    assert table.index.tolist() == ["7 (1)", "7 (2)"]
    assert table.geometry.iloc[0].bounds[1] == -40
    assert table.geometry.iloc[1].bounds[1] == 60


def test_platforms_are_looked_for_and_a_stop_without_a_place_is_passed_over():
    stops = {"S": (500, 400), "A": (0, 0), "B": (500, 0), "X": None, "C": (1000, 0)}
    table = lines([trip("t1", "ABXC")], {"t1": STREET}, stops=stops, stations={"B": "S"})
    assert told(table) == [["published", 0]]  # the station itself is 440 m away
    assert table.geometry.iloc[0].equals(LineString([(0, -40), (1000, -40)]))


def test_a_course_is_simplified_by_a_few_metres():
    fine = [(x, 2.0 * (x % 20 == 10)) for x in range(0, 1001, 10)]
    table = lines([trip("t1", "ABC")], {"t1": LineString(fine)})
    assert shapely.get_num_coordinates(table.geometry.iloc[0]) <= 4
    bends = [(x, 8.0 * (x % 200 == 100)) for x in range(0, 1001, 100)]
    table = lines([trip("t1", "ABC")], {"t1": LineString(bends)})
    assert set(bends) <= set(table.geometry.iloc[0].coords)


def test_the_order_of_the_trips_changes_no_course_of_one_pattern():
    trips = [trip(f"t{one}", "ABC") for one in range(6)]
    other = LineString([(0, 30), (1000, 30)])
    ways = {f"t{one}": other if one % 3 else STREET for one in range(6)}
    assert lines(trips, ways).geometry.iloc[0].equals(lines(trips[::-1], ways).geometry.iloc[0])


def test_a_course_across_a_country_with_a_thousand_bends_is_followed():
    far = [(x * 1000.0, 400.0 * (x % 2)) for x in range(1001)]
    stops = {"A": (0, 0), "B": (500_000, 0), "C": (1_000_000, 0)}
    table = lines([trip("t1", "ABC")], {"t1": LineString(far)}, stops=stops)
    assert told(table) == [["published", 0]]
    assert table.geometry.iloc[0].length == pytest.approx(LineString(far).length)


def test_no_stop_and_no_course_are_answered():
    found = places_along(STREET, np.empty((0, 2)))
    assert len(found.along) == len(found.near) == 0
    found = places_along(LineString([(0, 0), (0, 0)]), np.array([[0.0, 0.0]]))
    assert found.near.tolist() == [False]


CORNERS = st.lists(
    st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)),
    min_size=2,
    max_size=8,
    unique=True,
)


@settings(deadline=None, max_examples=60)
@given(
    corners=CORNERS,
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=6),
    aside=st.integers(0, 60),
)
def test_a_line_on_a_course_stays_on_it_and_passes_its_stops(corners, shares, aside):
    course = LineString(corners)
    along = np.sort(shares) * course.length
    spots = [course.interpolate(one) for one in along]
    stops = {f"S{k}": (spot.x + aside, spot.y) for k, spot in enumerate(spots)}
    table = lines([trip("t1", list(stops))], {"t1": course}, stops=stops)
    drawn = table.geometry.iloc[0]
    if table["course"].iloc[0] == "published":
        assert all(Point(spot).distance(drawn) <= REACH + 3 for spot in stops.values())
        corners_drawn = shapely.points(shapely.get_coordinates(drawn))
        assert shapely.distance(corners_drawn, course).max() <= 3 + 1e-6
    found = places_along(course, np.array(list(stops.values()), dtype=float))
    assert found.near.all()  # each stop is a few metres beside its place, in order
    assert (np.diff(found.along) >= 0).all()
    assert 0 <= found.along.min() <= found.along.max() <= course.length + 1e-6
