"""What if: lines and headways tried on timetables small enough to work out by hand."""

from __future__ import annotations

import dataclasses
import datetime
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewal_gis.access import join
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.departures import departures
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_networks import transit_network
from renewal_gis.access.what_if import (
    Headway,
    NewLine,
    riding_minutes,
    search_headways,
    with_changes,
)
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_schedule, study_crs
from tests.random_timetables import DAY, ORIGIN, SPOTS, STREETS, places, timetables
from tests.small_schedule import schedule, seconds

SATURDAY = datetime.date(2026, 3, 14)
STOPS = {"A": (0, 0), "B": (2000, 0), "C": (4000, 0)}
NEW = (ORIGIN[0] + 1000, ORIGIN[1])


def trip(name, line, service, *calls):
    return (name, line, "bus", service, list(calls))


def town(**more):
    """Line 7 there and back on weekdays, there once on Saturdays; line 8 twice."""
    return schedule(
        stops=STOPS,
        trips=[
            trip("7a", "7", "week", ("A", "07:00"), ("B", "07:06"), ("C", "07:10")),
            trip("7b", "7", "week", ("A", "07:50"), ("B", "07:55"), ("C", "08:00")),
            trip("7c", "7", "week", ("A", "08:30"), ("B", "08:34"), ("C", "08:45")),
            trip("7r", "7", "week", ("C", "07:20"), ("B", "07:25"), ("A", "07:30")),
            trip("7s", "7", "week", ("C", "08:20"), ("B", "08:25"), ("A", "08:30")),
            trip("7w", "7", "weekend", ("A", "09:00"), ("B", "09:05"), ("C", "09:10")),
            trip("8a", "8", "week", ("A", "10:00"), ("C", "10:10")),
            trip("8b", "8", "week", ("A", "11:00"), ("C", "11:10")),
        ],
        services={"week": [DAY], "weekend": [SATURDAY]},
        **more,
    )


def times(held, stop, date=DAY, line=None):
    """Return the departures from a stop on the clock."""
    found = departures(held, date)
    found = found[found["stop"] == held.stops.index.get_loc(stop)]
    if line is not None:
        found = found[found["line"] == line]
    return [held.clock(date, second) for second in sorted(found["time_s"])]


def test_a_new_line_runs_both_ways_on_every_day_with_service():
    line = NewLine(
        name="N", stops=("A", "B", "C"), headway_min=30, span=("07:00", "08:00"), minutes=(5, 6)
    )
    held = with_changes(town(), [line])
    assert times(held, "A", line="N") == ["07:00", "07:30", "08:00"]
    assert times(held, "C", line="N") == ["07:00", "07:30", "08:00"]
    # Five minutes after A one way, six after C the other way.
    assert times(held, "B", line="N") == ["07:05", "07:06", "07:35", "07:36", "08:05", "08:06"]
    assert times(held, "A", SATURDAY, line="N") == ["07:00", "07:30", "08:00"]
    assert departures(held, DAY + datetime.timedelta(days=1)).empty
    last = held.first_call[-2]
    assert (held.arrival_s[last:] - held.arrival_s[last]).tolist() == [0, 360, 660]
    assert held.trips.index.is_unique
    assert held.trips["mode"].iloc[-1] == "bus"


def test_existing_stops_are_used_and_new_ones_added():
    line = NewLine(name="N", stops=("C", NEW, "A"), headway_min=60, span=("07:00", "07:30"))
    before = town()
    held = with_changes(before, [line])
    assert held.stops.index.tolist() == ["A", "B", "C", "N 2"]
    assert held.stops.loc["N 2", ["name", "station", "kind"]].tolist() == ["N 2", 3, "stop"]
    assert tuple(held.stops.geometry["N 2"].coords[0]) == NEW
    assert held.stops.crs == before.stops.crs
    assert held.stop[len(before.stop) :].tolist() == [2, 3, 0, 0, 3, 2]
    # 3 km, then 1 km, 1.3 times as long, at 18 km/h: 13 min, then 4 min 20 s.
    assert riding_minutes(before, line) == pytest.approx((13, 13 / 3))
    assert times(held, "N 2") == ["07:04", "07:13"]


def test_a_name_that_is_taken_is_told_apart():
    line = NewLine(name="N", stops=("A", NEW), headway_min=60, span=("07:00", "07:30"))
    held = with_changes(town(), [line, line])
    assert held.stops.index.tolist() == ["A", "B", "C", "N 2", "N 2+"]
    assert held.trips.index.is_unique
    assert times(held, "A", line="N") == ["07:00", "07:00"]


def test_the_schedule_is_not_changed():
    held, twin = town(), town()
    with_changes(
        held,
        [NewLine(name="N", stops=("A", NEW), headway_min=60), Headway(line="7", headway_min=10)],
    )
    assert held.trips.equals(twin.trips)
    assert held.stops.equals(twin.stops)
    assert np.array_equal(held.stop, twin.stop)
    assert np.array_equal(held.runs, twin.runs)
    assert with_changes(held, []) is held


def test_a_headway_runs_from_the_first_departure_to_the_last_each_way_and_day():
    held = with_changes(town(), [Headway(line="7", headway_min=20)])
    # There from 07:00 to 08:30, back from 07:20 to 08:20, each on its own.
    there = ["07:00", "07:20", "07:40", "08:00", "08:20"]
    assert times(held, "A", line="7") == there
    assert times(held, "C", line="7") == ["07:20", "07:40", "08:00", "08:20"]
    # Durations are 10, 10 and 15 min: the pattern is the second in order, 7b, five minutes to B.
    both = sorted([*(_later(one, 5) for one in there), "07:25", "07:45", "08:05", "08:25"])
    assert times(held, "B", line="7") == both
    assert times(held, "A", SATURDAY, line="7") == ["09:00"]
    assert times(held, "A", line="8") == ["10:00", "11:00"]


def _later(clock, minutes):
    second = seconds(clock) + 60 * minutes
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"


def test_a_headway_that_divides_the_span_reaches_its_last_departure():
    held = with_changes(town(), [Headway(line="8", headway_min=7.5)])
    told = departures(held, DAY).query("line == '8'")["time_s"].to_numpy()
    assert told.tolist() == [36_000 + 450 * place for place in range(9)]


def test_a_line_that_runs_at_a_frequency_has_one_band_from_its_first_departure_to_its_last():
    banded = town(frequencies=[("8a", "06:00", "07:00", 1200), ("8b", "07:30", "07:40", 300)])
    assert times(banded, "A", line="8") == ["06:00", "06:20", "06:40", "07:30", "07:35"]
    held = with_changes(banded, [Headway(line="8", headway_min=30)])
    assert times(held, "A", line="8") == ["06:00", "06:30", "07:00", "07:30"]
    # The last departure is that of 07:35.
    held = with_changes(banded, [Headway(line="8", headway_min=47.5)])
    assert times(held, "A", line="8") == ["06:00", "06:47", "07:35"]
    other = with_changes(banded, [Headway(line="7", headway_min=90)])
    assert times(other, "A", line="8") == times(banded, "A", line="8")
    assert times(other, "A", line="7") == ["07:00", "08:30"]


def branched():
    """Line 7 in three variants on four services, some of a single trip, and an unlike Saturday."""
    there = [("A", 0), ("B", 5), ("C", 10), ("D", 20)]
    back = [("D", 0), ("C", 10), ("B", 15), ("A", 20)]
    ways = {"full": there, "short": there[:3], "late": there[1:], "back": back, "home": back[:3]}
    told = [
        ("full", "odd", "06:00"), ("full", "even", "06:40"), ("full", "odd", "07:20"),
        ("full", "even", "09:00"), ("short", "odd", "06:20"), ("short", "one", "07:00"),
        ("late", "even", "06:15"), ("back", "odd", "06:10"), ("back", "even", "06:50"),
        ("back", "two", "09:10"), ("home", "odd", "07:30"),
        ("full", "weekend", "10:00"), ("short", "weekend", "11:00"), ("short", "weekend", "11:10"),
    ]  # fmt: skip
    trips = [
        trip(f"{number}", "7", days, *((stop, _later(start, more)) for stop, more in ways[way]))
        for number, (way, days, start) in enumerate(told)
    ]
    weekdays = {name: [DAY] for name in ("odd", "even", "one", "two")}
    return schedule(
        stops={"A": (0, 0), "B": (2000, 0), "C": (4000, 0), "D": (8000, 0)},
        trips=trips,
        services={**weekdays, "weekend": [SATURDAY]},
    )


@pytest.mark.parametrize("headway", [5, 7.5, 10, 20, 60])
def test_variants_and_services_make_one_headway_each_way(headway):
    before = branched()
    held = with_changes(before, [Headway(line="7", headway_min=headway)])
    found = departures(held, DAY)
    ways = found.groupby("direction", observed=True)
    assert len(ways) == 2
    # The first departure has passed every stop before 07:00; the last leaves at 09:00 or after.
    hours = found[(found["time_s"] >= 7 * 3600) & (found["time_s"] < 9 * 3600)]
    counts = hours.groupby(["direction", "stop"], observed=True).size()
    assert len(counts) == 6
    assert (counts == 2 * 60 / headway).all()
    assert found["time_s"].min() == seconds("06:00")


def test_a_day_keeps_its_own_first_and_last_departure():
    held = with_changes(branched(), [Headway(line="7", headway_min=30)])
    # On Saturday two short turns call six times, the one full trip four times.
    assert times(held, "A", SATURDAY) == ["10:00", "10:30", "11:00"]
    assert times(held, "C", SATURDAY) == []
    assert times(held, "A") == [f"{h:02d}:{m:02d}" for h in (6, 7, 8) for m in (0, 30)] + ["09:00"]
    assert times(held, "D") == ["06:10", "06:40", "07:10", "07:40", "08:10", "08:40", "09:10"]
    # No trip of the changed line keeps a day; its calls stay.
    old = np.arange(len(branched().trips))
    assert not held.runs[held.trips["service"].to_numpy()[old]].any()
    assert len(held.first_call) == len(held.trips) + 1
    assert held.first_call[-1] == len(held.stop)
    assert held.trips.index.name == "trip"
    assert held.trips.index.is_unique


def test_one_service_a_trip_is_one_line_all_the_same():
    trips = [
        trip(f"t{hour}", "7", f"s{hour}", ("A", f"{hour:02d}:05"), ("B", f"{hour:02d}:15"))
        for hour in range(6, 12)
    ]
    held = schedule(stops=STOPS, trips=trips, services={f"s{hour}": [DAY] for hour in range(6, 12)})
    hourly = with_changes(held, [Headway(line="7", headway_min=60)])
    assert times(hourly, "A") == times(held, "A")
    assert len(times(with_changes(held, [Headway(line="7", headway_min=10)]), "A")) == 31


def test_two_changes_of_one_line_are_the_last():
    twice = with_changes(town(), [Headway(line="7", headway_min=one) for one in (20, 30)])
    once = with_changes(town(), [Headway(line="7", headway_min=30)])
    # 08:20 is the last of every twenty minutes, 08:30 that of today.
    assert times(twice, "A", line="7") == ["07:00", "07:30", "08:00"]
    assert times(once, "A", line="7") == ["07:00", "07:30", "08:00", "08:30"]
    assert len(set(twice.services)) == len(twice.services)
    assert twice.trips.index.is_unique


def test_trips_to_be_ordered_stay_beside_the_others():
    held = schedule(
        stops=STOPS,
        trips=[
            trip("a", "7", "week", ("A", "07:00"), ("B", "07:10")),
            trip("b", "7", "week", ("A", "08:00"), ("B", "08:10")),
            ("c", "7", "on_demand", "week", [("A", "05:00"), ("B", "05:10")]),
        ],
        services={"week": [DAY]},
    )
    changed = with_changes(held, [Headway(line="7", headway_min=30)])
    assert times(changed, "A") == ["05:00", "07:00", "07:30", "08:00"]


def test_lines_of_two_operators_with_one_name_stay_apart():
    held = schedule(
        stops=STOPS,
        trips=[
            trip("a", "7", "week", ("A", "07:00"), ("B", "07:10")),
            trip("b", "7", "week", ("A", "08:00"), ("B", "08:10")),
            trip("c", "7", "week", ("C", "10:00"), ("B", "10:10")),
        ],
        services={"week": [DAY]},
        feeds={"c": 1},
    )
    changed = with_changes(held, [Headway(line="7", headway_min=30)])
    assert times(changed, "A") == ["07:00", "07:30", "08:00"]
    assert times(changed, "C") == ["10:00"]
    assert changed.trips["feed"].tolist() == [0, 0, 1, 0, 1]


def test_a_busy_line_of_a_real_town_every_ten_minutes(shared):
    path = shared / "transit" / "montpellier_tam_gtfs_2025-10.zip"
    held = read_schedule([LayerSpec(path=path)], crs=study_crs("EPSG:2154")).schedule
    date = datetime.date(2025, 10, 14)
    today = departures(held, date)
    for line in ("1", "2"):
        busiest = today.loc[today["line"] == line, "station"].value_counts().index[0]
        found = departures(with_changes(held, [Headway(line=line, headway_min=10)]), date)
        found = found[(found["line"] == line) & found["time_s"].between(7 * 3600, 9 * 3600 - 1)]
        at_busiest = found[found["station"] == busiest].groupby("direction", observed=True).size()
        assert len(at_busiest) == 2
        assert at_busiest.between(11, 13).all()
        assert found.groupby(["direction", "stop"], observed=True).size().between(11, 13).all()


def test_a_line_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(DataError, match=r"No line .* '9'\. It has: 7, 8\."):
        with_changes(town(), [Headway(line="9", headway_min=10)])


def test_a_stop_that_is_not_there_or_nowhere_is_told():
    line = NewLine(name="N", stops=("A", "Z"), headway_min=10)
    with pytest.raises(DataError, match=r"'N' calls at 'Z', which the timetable does not have"):
        with_changes(town(), [line])
    lost = schedule(
        stops={**STOPS, "Z": None},
        trips=[trip("t", "7", "week", ("A", "07:00"), ("B", "07:05"))],
        services={"week": [DAY]},
    )
    with pytest.raises(DataError, match="which has no place"):
        with_changes(lost, [line])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"stops": ("A",)}, "two stops"),
        ({"headway_min": 0.5}, "headway_min"),
        ({"headway_min": math.nan}, "headway_min"),
        ({"speed_km_h": 0}, "speed_km_h"),
        ({"minutes": (1, 2)}, "riding times"),
        ({"minutes": (-30,)}, "more than 0 and at most 240 minutes"),
        ({"minutes": (0,)}, "more than 0"),
        ({"minutes": (240.5,)}, "at most 240"),
        ({"minutes": (math.nan,)}, "more than 0"),
        ({"minutes": (math.inf,)}, "at most 240"),
        ({"stops": ("A", (math.nan, 0.0))}, "which is no place"),
        ({"stops": ((0.0, math.inf), "A")}, "which is no place"),
        ({"stops": ("A", (0.0,))}, "which is no place"),
        ({"span": ("07:00", "07:00")}, "span"),
        ({"span": ("7h", "08:00")}, "7h"),
        ({"span": ("07:00",)}, "span"),
    ],
)
def test_a_line_that_cannot_be(asked, said):
    with pytest.raises(UsageError, match=said):
        NewLine(**{"name": "N", "stops": ("A", "B"), "headway_min": 10, **asked})


def test_stops_too_far_apart_to_ride_are_told():
    # 100 km, 1.3 times as long, at 18 km/h: more than seven hours.
    line = NewLine(name="N", stops=("A", (ORIGIN[0] + 100_000, ORIGIN[1])), headway_min=10)
    with pytest.raises(DataError, match="433 minutes from 'A'"):
        with_changes(town(), [line])


def test_a_new_line_does_not_run_when_nothing_does():
    # The service of the day after has no trip.
    idle = DAY + datetime.timedelta(days=1)
    held = town()
    more = np.zeros((1, held.runs.shape[1]), dtype=bool)
    more[0, (idle - held.first_day).days] = True
    held = dataclasses.replace(
        held, services=(*held.services, "idle"), runs=np.vstack([held.runs, more])
    )
    line = NewLine(name="N", stops=("A", "B"), headway_min=30, span=("07:00", "08:00"))
    changed = with_changes(held, [line])
    assert times(changed, "A", line="N") == ["07:00", "07:30", "08:00"]
    assert departures(changed, idle).empty
    assert changed.trips.index.name == held.trips.index.name == "trip"
    # After another change too: the trips put aside run on no day.
    both = with_changes(held, [Headway(line="7", headway_min=20), line])
    assert times(both, "A", SATURDAY, line="N") == ["07:00", "07:30", "08:00"]
    assert departures(both, idle).empty


def test_headways_are_tried_from_the_thinnest_and_the_vehicles_counted():
    found = search_headways(
        lambda headway: headway / 2 + 10, target=20, round_trip_min=45, headways_min=[10, 60, 20]
    )
    assert found.table.to_dict("list") == {
        "headway_min": [60, 20, 10],
        "buses": [1, 3, 5],
        "value": [40.0, 20.0, 15.0],
        "enough": [False, True, True],
    }
    assert found.enough_min == 20


def test_a_headway_is_enough_only_if_every_denser_one_is():
    values = {60.0: 20.0, 30.0: 19.0, 20.0: 25.0, 15.0: 18.0, 10.0: 17.0}
    found = search_headways(
        values.__getitem__, target=20, round_trip_min=30, headways_min=list(values)
    )
    assert found.table["enough"].tolist() == [True, True, False, True, True]
    assert found.enough_min == 15


@pytest.mark.parametrize("value", [21.0, math.nan])
def test_nothing_may_be_enough(value):
    found = search_headways(lambda headway: value, target=20, round_trip_min=30)
    assert found.enough_min is None
    assert not found.table["enough"].any()


def test_a_measure_may_be_better_high():
    found = search_headways(
        lambda headway: 120 / headway, target=6, round_trip_min=30, low_is_good=False
    )
    assert found.enough_min == 20


RULES = Conventions(max_walk_min=9, max_transfer_m=640, max_rides=3, slack_s=45, max_min=70)
SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HERE, THERE = join(places(SPOTS[::3]), STREETS), join(places(SPOTS[1::4]), STREETS)


def travel(held):
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "07:20"), rules=RULES)
    return transit_times(HERE, THERE, network, percentiles=(5, 50, 100)).seconds


@st.composite
def new_lines(draw):
    spots = draw(st.lists(st.sampled_from(SPOTS), min_size=2, max_size=4, unique=True))
    stops = tuple((ORIGIN[0] + x, ORIGIN[1] + y) for x, y in spots)
    headway = draw(st.sampled_from([60, 30, 20, 7.5]))
    return NewLine(name="N", stops=stops, headway_min=headway, span=("06:00", "09:00"))


@SOME
@given(timetables(), new_lines())
def test_a_new_line_never_slows_anyone(held, line):
    assert (travel(with_changes(held, [line])) <= travel(held)).all()


@SOME
@given(timetables(), new_lines())
def test_twice_as_many_buses_never_slow_anyone(held, line):
    thin = dataclasses.replace(line, headway_min=line.headway_min * 2)
    assert (travel(with_changes(held, [line])) <= travel(with_changes(held, [thin]))).all()


@SOME
@given(timetables(), st.sampled_from([30, 20, 7.5]), st.integers(2, 4))
def test_a_denser_headway_that_holds_the_thinner_one_never_slows(held, headway, times_thinner):
    dense, thin = (
        with_changes(held, [Headway(line="L", headway_min=one)])
        for one in (headway, headway * times_thinner)
    )
    assert (travel(dense) <= travel(thin)).all()
