"""What must hold of door-to-door times, whatever the timetable."""

from __future__ import annotations

import dataclasses
import datetime
import itertools

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewal_gis.access import join
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.itineraries import itinerary
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_networks import transit_network
from tests.random_timetables import DAY, SPOTS, STREETS, clock, places, timetables
from tests.small_schedule import schedule

RULES = Conventions(max_walk_min=9, max_transfer_m=640, max_rides=3, slack_s=45, max_min=70)
EVERY = tuple(np.arange(1, 21) / 20 * 100)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HERE, THERE = join(places(SPOTS[::3]), STREETS), join(places(SPOTS[1::4]), STREETS)
MISSING = 65_535


def seconds(held, rules=RULES, **asked):
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "07:20"), rules=rules)
    return transit_times(HERE, THERE, network, percentiles=EVERY, **asked).seconds


def without(held, trip):
    """Return the schedule with a service of its own, that never runs, for one trip."""
    trips = held.trips.copy()
    trips.iloc[trip, trips.columns.get_loc("service")] = len(held.services)
    never = np.zeros((1, held.runs.shape[1]), dtype=bool)
    return dataclasses.replace(
        held,
        trips=trips,
        services=(*held.services, "never"),
        runs=np.concatenate([held.runs, never]),
    )


@MANY
@given(timetables(), st.data())
def test_adding_a_trip_never_slows_anyone(held, data):
    trip = data.draw(st.integers(1, len(held.trips) - 1))
    trips = held.trips.assign(block="")  # a trip amid a block may cut it in two
    held = dataclasses.replace(held, trips=trips)
    assert (seconds(held) <= seconds(without(held, trip))).all()


@MANY
@given(timetables())
def test_a_faster_walker_is_never_later(held):
    faster = dataclasses.replace(RULES, speed_km_h=6.0)
    assert (seconds(held, faster) <= seconds(held)).all()


@MANY
@given(timetables())
def test_percentiles_are_ordered(held):
    assert (np.diff(seconds(held).astype(int), axis=2) >= 0).all()


@MANY
@given(timetables())
def test_transit_is_never_slower_than_walking(held):
    on_foot = seconds(held, max_rides=0)
    assert (seconds(held) <= on_foot).all()
    assert (np.unique(on_foot[:, :, :1] == on_foot) == [True]).all()


@MANY
@given(timetables())
def test_one_more_ride_never_hurts(held):
    found = [seconds(held, max_rides=rides) for rides in range(4)]
    assert all((more <= fewer).all() for fewer, more in itertools.pairwise(found))


@MANY
@given(timetables(), st.integers(0, 19))
def test_an_itinerary_takes_as_long_as_the_table_says(held, minute):
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "07:20"), rules=RULES)
    one = np.arange(len(HERE.index)) == 0
    other = np.arange(len(THERE.index)) == len(THERE.index) - 1
    depart = clock(7 * 3600 + minute * 60)[:5]
    journey = itinerary(HERE.take(one), THERE.take(other), network, depart=depart)
    until = clock(7 * 3600 + minute * 60 + 60)[:5]
    alone = transit_network(held, STREETS, date=DAY, window=(depart, until), rules=RULES)
    (found,) = transit_times(HERE.take(one), THERE.take(other), alone, percentiles=[100]).seconds[
        0, 0
    ]
    if journey is None:
        assert found == MISSING
        return
    assert journey.end_s - journey.start_s == found
    assert journey.legs[-1].end_s == journey.end_s
    arrived = journey.start_s
    for leg in journey.legs:
        assert leg.start_s == arrived + leg.wait_s + (RULES.slack_s * 0)
        assert leg.end_s >= leg.start_s
        assert leg.kind == "walk" or leg.wait_s >= RULES.slack_s
        arrived = leg.end_s


def test_waiting_for_a_line_of_known_headway_is_spread_evenly():
    """Leaving at any minute, the wait for a bus every ten minutes is 0, 1 … 9 minutes, equally often."""
    held = schedule(
        stops={"A": SPOTS[0], "B": SPOTS[-1]},
        trips=[("t", "1", "bus", "today", [("A", "06:00"), ("B", "06:07")])],
        services={"today": [DAY], "yesterday": [DAY - datetime.timedelta(days=1)]},
        frequencies=[("t", "05:00", "12:00", 600)],
    )
    rules = dataclasses.replace(RULES, slack_s=0)
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "09:00"), rules=rules)
    ends = [join(places([spot]), STREETS) for spot in (SPOTS[0], SPOTS[-1])]
    shares = tuple(range(10, 101, 10))
    times = transit_times(*ends, network, percentiles=shares)
    assert (times.seconds[0, 0] / 60).tolist() == [7 + wait for wait in range(10)]


def test_two_lines_of_known_headways_are_waited_for_as_the_formula_says():
    """On a grid: line 1 every 12 min, then line 2 every 20: the mean wait is half of each headway.

    The mean over all departures of the wait for a second line, whose phase is fixed against the first,
    is found by counting; that of the first is (headway - 1) / 2 in whole minutes.
    """
    held = schedule(
        stops={"A": (0, 0), "B": (600, 0), "C": (600, 600)},
        trips=[
            ("t1", "1", "bus", "today", [("A", "06:00"), ("B", "06:05")]),
            ("t2", "2", "bus", "today", [("B", "06:00"), ("C", "06:05")]),
        ],
        services={"today": [DAY]},
        frequencies=[("t1", "05:00", "12:00", 720), ("t2", "05:00", "12:00", 1200)],
    )
    rules = Conventions(max_walk_min=1, max_transfer_m=10, slack_s=0, max_min=90)
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "08:00"), rules=rules)
    ends = [join(places([spot]), STREETS) for spot in ((0, 0), (600, 600))]
    times = transit_times(*ends, network, percentiles=tuple(np.arange(1, 61) / 60 * 100))
    wanted = []
    for minute in range(60):
        first = -(-minute // 12) * 12 + 5
        second = -(-first // 20) * 20 + 5
        wanted.append(second - minute)
    assert (times.seconds[0, 0] / 60).tolist() == sorted(wanted)
