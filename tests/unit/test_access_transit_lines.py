"""The lines of a day as they are drawn: by route and direction, from stop to stop."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point
from small_schedule import schedule

from renewal_gis.access import departures
from renewal_gis.access.transit_lines import transit_lines
from renewal_gis.errors import DataError

DAY = datetime.date(2026, 3, 10)
WEEKDAY = {"w": ["2026-03-10"], "sat": ["2026-03-14"]}
STOPS = {"A": (0, 0), "B": (500, 0), "C": (1000, 0), "D": (1000, 700)}
ORIGIN = (0.0, 0.0)


def trip(name, line, *calls, service="w", mode="bus"):
    return (name, line, mode, service, list(calls))


def lines(*trips, **more):
    return transit_lines(
        schedule(stops=STOPS, trips=trips, services=WEEKDAY, origin=ORIGIN, **more), date=DAY
    )


OUT = [("A", "07:00"), ("B", "07:05"), ("C", "07:10")]
BACK = [("C", "08:00"), ("B", "08:05"), ("A", "08:10")]


def test_a_route_is_a_row_for_each_direction():
    told = lines(trip("t1", "7", *OUT), trip("t2", "7", *BACK), trip("t3", "7", *OUT))
    assert told.index.tolist() == ["7 (1)", "7 (2)"]
    assert told.index.is_unique
    assert told["departures_day"].tolist() == [2, 1]
    assert told[["from_stop", "to_stop"]].to_numpy().tolist() == [["A", "C"], ["C", "A"]]
    assert told.geometry.iloc[0].equals(LineString([(0, 0), (500, 0), (1000, 0)]))
    assert told.crs.to_epsg() == 2154


def test_a_route_in_one_direction_keeps_its_own_name():
    told = lines(trip("t1", "7", *OUT), trip("n", "N", ("A", "07:00"), ("D", "07:30"), mode="rail"))
    assert told.index.tolist() == ["7", "N"]
    assert told["mode"].tolist() == ["bus", "rail"]


def test_what_does_not_run_that_day_is_not_drawn():
    saturday = trip("t2", "8", ("A", "07:00"), ("D", "07:10"), service="sat")
    assert lines(trip("t1", "7", *OUT), saturday)["name"].tolist() == ["7"]
    with pytest.raises(DataError, match=r"2026-03-1[04]"):
        transit_lines(
            schedule(stops=STOPS, trips=[trip("t1", "7", *OUT)], services=WEEKDAY),
            date=datetime.date(2026, 3, 12),
        )


def test_a_branch_is_part_of_its_line_and_an_express_adds_no_chord():
    told = lines(
        trip("t1", "7", *OUT),
        trip("t2", "7", ("A", "09:00"), ("B", "09:05"), ("D", "09:12")),
        trip("t3", "7", ("A", "10:00"), ("C", "10:06")),
    )
    assert len(told) == 1
    drawn = MultiLineString([[(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(500, 0), (1000, 700)]])
    assert told.geometry.iloc[0].equals(drawn)
    assert told.geometry.iloc[0].length == pytest.approx(drawn.length)  # each hop once


def test_a_trip_at_a_frequency_counts_every_run():
    told = lines(trip("t1", "7", *OUT), frequencies=[("t1", "07:00", "08:00", 600)])
    assert told["departures_day"].tolist() == [6]


def test_stops_stand_at_their_station_and_one_without_a_place_is_passed_over():
    stops = {"S": (600, 50), "A": (0, 0), "B": (500, 0), "X": None, "C": (1000, 0)}
    calls = [("A", "07:00"), ("B", "07:05"), ("X", "07:07"), ("C", "07:10")]
    told = transit_lines(
        schedule(
            stops=stops,
            stations={"B": "S"},
            trips=[trip("t1", "7", *calls)],
            services=WEEKDAY,
            origin=ORIGIN,
        ),
        date=DAY,
    )
    assert told.geometry.iloc[0].equals(LineString([(0, 0), (600, 50), (1000, 0)]))
    lost = {"A": (0, 0), "B": None}
    nowhere = schedule(
        stops=lost, trips=[trip("t1", "7", ("A", "07:00"), ("B", "07:05"))], services=WEEKDAY
    )
    assert transit_lines(nowhere, date=DAY).geometry.is_empty.tolist() == [True]


ORDERS = st.lists(st.permutations("ABCD").map(lambda order: order[:3]), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(orders=ORDERS)
def test_every_run_is_counted_once_and_every_call_lies_on_its_line(orders):
    trips = [
        trip(f"t{number}", "7", *((stop, f"07:{10 * place:02d}") for place, stop in enumerate(one)))
        for number, one in enumerate(orders)
    ]
    held = schedule(stops=STOPS, trips=trips, services=WEEKDAY, origin=ORIGIN)
    told = transit_lines(held, date=DAY)
    assert told["departures_day"].sum() == len(orders)
    assert len(told) == departures(held, DAY)["direction"].nunique()
    for calls in orders:
        near = [
            max(shape.distance(Point(STOPS[stop])) for stop in calls) for shape in told.geometry
        ]
        assert min(near) == 0.0
