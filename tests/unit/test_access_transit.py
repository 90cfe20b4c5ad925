"""Door-to-door times: the traps other engines fell into, each by name, with minutes found by hand."""

from __future__ import annotations

import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from renewal_gis.access import join, street_network
from renewal_gis.access.conventions import OURS, R5, Conventions, conventions
from renewal_gis.access.itineraries import itinerary
from renewal_gis.access.opportunities import opportunities_within, transit_minutes
from renewal_gis.access.telling import tell_itinerary, tell_times
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_isochrones import transit_isochrones
from renewal_gis.access.transit_networks import transit_network
from renewal_gis.errors import DataError, UsageError
from tests.random_timetables import ORIGIN
from tests.small_schedule import schedule

DAY = datetime.date(2026, 3, 10)
DAYS = {"today": [DAY], "yesterday": [DAY - datetime.timedelta(days=1)]}
# 4.8 km/h is 80 m a minute: stops lie on a straight street, 4 km long, and stubs are of no length.
STREET = gpd.GeoDataFrame(
    geometry=[
        LineString([(ORIGIN[0] + x, ORIGIN[1]), (ORIGIN[0] + x + 80, ORIGIN[1])])
        for x in range(0, 4000, 80)
    ],
    crs=2154,
)
STREETS = street_network(STREET)
STOPS = {"A": (0, 0), "B": (2000, 0), "C": (4000, 0)}
RIDE = ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15"), ("C", "07:20")])


def at(*metres: float) -> gpd.GeoSeries:
    points = [Point(ORIGIN[0] + x, ORIGIN[1]) for x in metres]
    return gpd.GeoSeries(points, index=[f"at{x:g}" for x in metres], crs=2154)


def network(held, *, window=("07:00", "07:10"), streets=STREETS, date=DAY, **rules):
    asked = {"slack_s": 0, "max_walk_min": 10, **rules}
    return transit_network(held, streets, date=date, window=window, rules=Conventions(**asked))


def minutes(held, one, other, *, percentile=50, **rules) -> float:
    """Travel time of one pair at a percentile of the departures from 07:00 to 07:09."""
    found = network(held, **rules)
    times = transit_times(
        join(at(one), found.streets),
        join(at(other), found.streets),
        found,
        percentiles=[percentile],
    )
    return float(times.minutes(percentile)[0, 0])


def test_a_ride_is_waited_for_ridden_and_walked_from():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    # Leaving at 07:00 … 07:09, at the stop at once, at C at 07:20, one minute's walk back.
    assert minutes(held, 0, 3920, percentile=100) == 21
    assert minutes(held, 0, 3920, percentile=10) == 12
    # From 80 m away the departure of 07:09 is just in time; with a slack it is not.
    assert minutes(held, 80, 4000, percentile=10) == 11
    assert minutes(held, 80, 4000, percentile=10, slack_s=60) == 12
    assert np.isnan(minutes(held, 80, 4000, percentile=100, slack_s=60))


def test_walking_all_the_way_is_taken_where_it_is_no_slower():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    assert minutes(held, 0, 400) == 5
    assert np.isnan(minutes(held, 2400, 3300, max_walk_min=5))


def test_the_same_place_is_no_time_away():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    assert minutes(held, 1230, 1230, percentile=100) == 0


def test_trips_past_midnight_of_the_day_before_run_in_the_morning():
    trips = [
        ("late", "N", "bus", "yesterday", [("A", "24:40"), ("C", "25:10")]),
        RIDE,
    ]
    held = schedule(stops=STOPS, trips=trips, services=DAYS)
    found = network(held, window=("00:30", "00:41"))
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), found, percentiles=[100])
    assert times.minutes(100)[0, 0] == 40
    assert times.within[0, 0] == 11


def test_a_date_outside_the_timetable_is_refused_with_the_nearest_days():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    with pytest.raises(DataError, match=r"no trip runs on 2026-04-01.*2026-03-10"):
        network(held, date=datetime.date(2026, 4, 1))


def test_departures_that_do_not_arrive_count_as_infinitely_long():
    trips = [("t1", "1", "bus", "today", [("A", "07:04"), ("C", "07:20")])]
    held = schedule(stops=STOPS, trips=trips, services=DAYS)
    found = network(held)
    times = transit_times(
        join(at(0), STREETS), join(at(4000), STREETS), found, percentiles=[10, 50, 51]
    )
    # Five of ten departures, 07:00 to 07:04, catch the only bus.
    assert times.within[0, 0] == 5
    assert times.minutes(10)[0, 0] == 16
    assert times.minutes(50)[0, 0] == 20
    assert np.isnan(times.minutes(51)[0, 0])
    (row,) = times.table().to_dict("records")
    assert row["from_id"] == "at0"
    assert row["to_id"] == "at4000"
    assert row["reachable_share"] == 0.5


def test_a_least_transfer_time_is_kept_between_stops():
    stops = {**STOPS, "B2": (2040, 0)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B2", "07:17"), ("C", "07:22")]),
        ("t3", "2", "bus", "today", [("B2", "07:27"), ("C", "07:32")]),
    ]
    plain = schedule(stops=stops, trips=trips, services=DAYS)
    told = schedule(stops=stops, trips=trips, services=DAYS, transfers=[("B", "B2", 2, 180)])
    assert minutes(plain, 0, 4000, percentile=100) == 22
    assert minutes(told, 0, 4000, percentile=100) == 32
    # The least time counts from alighting to departing: a slack of a minute is part of it.
    tight = schedule(stops=stops, trips=trips, services=DAYS, transfers=[("B", "B2", 2, 120)])
    assert minutes(tight, 0, 4000, percentile=100, slack_s=60) == 22
    # R5 leaves transfers.txt aside.
    assert minutes(told, 0, 4000, percentile=100, feed_transfers=False) == 22


def test_transfers_are_the_fewest_that_attain_the_travel_time():
    stops = {**STOPS, "B2": (2040, 0)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B2", "07:17"), ("C", "07:22")]),
        ("slow", "3", "bus", "today", [("A", "07:10"), ("C", "07:22")]),
    ]
    held = schedule(stops=stops, trips=trips, services=DAYS)
    found = network(held)
    ends = join(at(0), STREETS), join(at(80, 2000, 4000), STREETS)
    table = transit_times(*ends, found, percentiles=[50], transfers=True).table()
    assert table["transfers_p50"].tolist() == [0, 0, 0]
    only = network(schedule(stops=stops, trips=trips[:2], services=DAYS))
    table = transit_times(*ends, only, percentiles=[50], transfers=True).table()
    assert table["transfers_p50"].tolist() == [0, 0, 1]


def test_trips_of_two_days_before_and_of_tomorrow_are_seen():
    held = schedule(
        stops=STOPS,
        trips=[("t", "N", "bus", "eve", [("A", "48:40"), ("C", "49:10")]), RIDE],
        services={"today": [DAY], "eve": [DAY - datetime.timedelta(days=2)]},
    )
    found = network(held, window=("00:30", "00:41"))
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), found, percentiles=[100])
    assert times.minutes(100)[0, 0] == 40
    tomorrow = schedule(
        stops=STOPS,
        trips=[("t", "1", "bus", "next", [("A", "00:10"), ("C", "00:20")]), RIDE],
        services={"today": [DAY], "next": [DAY + datetime.timedelta(days=1)]},
    )
    late = network(tomorrow, window=("24:00", "24:10"))
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), late, percentiles=[100])
    assert times.minutes(100)[0, 0] == 20


def test_a_feed_that_is_off_the_date_is_told_beside_one_that_runs():
    trips = [RIDE, ("other", "2", "bus", "eve", [("A", "07:00"), ("B", "07:05")])]
    held = schedule(
        stops=STOPS, trips=trips, services={"today": [DAY], "eve": [datetime.date(2026, 3, 1)]},
        feeds={"other": 1},
    )  # fmt: skip
    with pytest.raises(DataError, match=r"no trip runs on 2026-03-10\. .*2026-03-01"):
        network(held)


def test_in_seat_transfers_can_be_left_aside():
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B", "07:15"), ("C", "07:22")]),
    ]
    held = schedule(stops=STOPS, trips=trips, services=DAYS, blocks={"t1": "x", "t2": "x"})
    assert minutes(held, 0, 4000, percentile=10, max_rides=1) == 13
    assert np.isnan(minutes(held, 0, 4000, percentile=10, max_rides=1, in_seat=False))


def test_only_the_nearest_stop_of_a_pattern_is_walked_to_when_asked():
    # Line 2 calls at D, 160 m from B, then at E, 40 m from B on the other side: R5 walks to E alone.
    stops = {**STOPS, "D": (1840, 0), "E": (2040, 0)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("D", "07:20"), ("E", "07:21"), ("C", "07:25")]),
        ("t3", "3", "bus", "today", [("D", "07:30"), ("A", "07:40")]),
    ]
    held = schedule(stops=stops, trips=trips, services=DAYS)
    every, nearest = (network(held, nearest_on_pattern=only) for only in (False, True))
    walks = [
        {
            (a, int(b))
            for a in range(5)
            for b in one.links.stop[one.links.first[a] : one.links.first[a + 1]]
        }
        for one in (every, nearest)
    ]
    names = held.stops.index[every.patterns.stops].tolist()
    left = {(names[a], names[b]) for a, b in walks[0] - walks[1]}
    # D is the nearest of line 3, so it is kept from B; from E it is on the same line.
    assert ("B", "D") not in left
    assert ("B", "E") not in left
    assert ("D", "E") in left


def test_a_platform_whose_pathways_only_lead_out_is_entered_from_its_street():
    stops = {"S": (0, 0), "door": (0, 0), "P": (0, 0), "C": (4000, 0)}
    trips = [("t1", "1", "rail", "today", [("P", "07:10"), ("C", "07:20")])]
    held = schedule(
        stops=stops, trips=trips, services=DAYS, stations={"door": "S", "P": "S"},
        kinds={"door": "entrance"}, pathways=[("P", "door", 240)],
    )  # fmt: skip
    assert minutes(held, 0, 4000, percentile=10) == 11


def test_a_hint_of_transfer_does_not_lengthen_or_stretch_a_walk():
    stops = {**STOPS, "B2": (2040, 0)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B2", "07:16"), ("C", "07:22")]),
    ]
    for kind in (0, 1, 2):
        told = schedule(
            stops=stops, trips=trips, services=DAYS, transfers=[("B", "B2", kind), ("B", "C", kind)]
        )
        assert minutes(told, 0, 4000, percentile=100) == 22


def test_a_least_transfer_time_is_kept_at_one_stop():
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B", "07:16"), ("C", "07:22")]),
        ("t3", "2", "bus", "today", [("B", "07:26"), ("C", "07:32")]),
    ]
    told = schedule(stops=STOPS, trips=trips, services=DAYS, transfers=[("B", "B", 2, 120)])
    assert minutes(told, 0, 4000, percentile=100) == 32


def test_a_forbidden_transfer_is_not_made():
    stops = {**STOPS, "B2": (2040, 0)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B2", "07:17"), ("C", "07:22")]),
    ]
    told = schedule(stops=stops, trips=trips, services=DAYS, transfers=[("B", "B2", 3)])
    assert np.isnan(minutes(told, 0, 4000))
    same = schedule(
        stops=STOPS,
        trips=[trips[0], ("t2", "2", "bus", "today", [("B", "07:17"), ("C", "07:22")])],
        services=DAYS,
        transfers=[("B", "B", 3)],
    )
    assert np.isnan(minutes(same, 0, 4000))


@pytest.mark.parametrize(
    ("transfers", "reaches"), [([], True), ([("B", "B", 5, None, "t1", "t2")], False)]
)
def test_riders_of_a_block_keep_their_seats_unless_told_otherwise(transfers, reaches):
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B", "07:15"), ("C", "07:22")]),
    ]
    blocks = {"t1": "x", "t2": "x"}
    held = schedule(stops=STOPS, trips=trips, services=DAYS, blocks=blocks, transfers=transfers)
    # One ride only, and a slack no rider could keep at B.
    found = minutes(held, 0, 4000, percentile=10, max_rides=1)
    assert np.isnan(found) != reaches


def test_an_in_seat_transfer_joins_trips_without_a_block():
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B", "07:15"), ("C", "07:22")]),
    ]
    seated = [("B", "B", 4, None, "t1", "t2")]
    held = schedule(stops=STOPS, trips=trips, services=DAYS, transfers=seated)
    assert minutes(held, 0, 4000, percentile=10, max_rides=1) == 13


def test_trips_of_one_block_on_other_days_are_not_joined():
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "yesterday", [("B", "07:15"), ("C", "07:22")]),
    ]
    held = schedule(stops=STOPS, trips=trips, services=DAYS, blocks={"t1": "x", "t2": "x"})
    assert np.isnan(minutes(held, 0, 4000))


def test_the_last_run_of_a_frequency_leaves_before_its_end():
    trips = [("t1", "1", "bus", "today", [("A", "06:00"), ("C", "06:10")])]
    held = schedule(
        stops=STOPS, trips=trips, services=DAYS, frequencies=[("t1", "07:00", "07:10", 300)]
    )
    # Runs at 07:00 and 07:05, none at 07:10.
    found = network(held)
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), found, percentiles=[60])
    assert times.within[0, 0] == 6
    assert times.minutes(60)[0, 0] == 14


def test_a_stop_beyond_the_streets_is_passed_and_not_walked_to():
    stops = {**STOPS, "far": (2000, 5000)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("far", "07:15")]),
        ("t2", "2", "bus", "today", [("far", "07:16"), ("C", "07:22")]),
    ]
    held = schedule(stops=stops, trips=trips, services=DAYS)
    assert minutes(held, 0, 4000, percentile=10) == 13
    (finding,) = network(held).findings
    assert finding.code == "stops-off-street"
    assert finding.count == 1


def test_a_place_on_an_island_of_streets_joins_the_streets_that_lead_on():
    island = gpd.GeoDataFrame(
        geometry=[LineString([(ORIGIN[0], ORIGIN[1] + 30), (ORIGIN[0] + 40, ORIGIN[1] + 30)])],
        crs=2154,
    )
    streets = street_network(
        gpd.GeoDataFrame(pd.concat([STREET, island], ignore_index=True), crs=2154)
    )
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    found = network(held, streets=streets)
    place = gpd.GeoSeries([Point(ORIGIN[0] + 20, ORIGIN[1] + 25)], crs=2154)
    times = transit_times(join(place, streets), join(at(4000), streets), found, percentiles=[10])
    # 25 m to the street and 20 m along it are 34 s: the departure of 07:09 is in time, as from A.
    assert times.minutes(10)[0, 0] == 11


def test_stops_of_one_station_are_linked_where_the_map_has_no_way():
    stops = {**STOPS, "S": (2000, 2000), "P1": (2000, 2000), "P2": (2080, 2000)}
    trips = [
        ("t1", "1", "bus", "today", [("A", "07:10"), ("P1", "07:15")]),
        ("t2", "2", "bus", "today", [("P2", "07:16"), ("C", "07:22")]),
    ]
    held = schedule(stops=stops, trips=trips, services=DAYS, stations={"P1": "S", "P2": "S"})
    assert minutes(held, 0, 4000, percentile=10) == 13
    assert np.isnan(minutes(held, 0, 4000, percentile=10, slack_s=1))


def test_pathways_lead_from_the_street_to_the_platform():
    stops = {"S": (0, 0), "door": (0, 0), "P": (0, 300), "C": (4000, 0)}
    trips = [("t1", "1", "rail", "today", [("P", "07:10"), ("C", "07:20")])]
    held = schedule(
        stops=stops,
        trips=trips,
        services=DAYS,
        stations={"door": "S", "P": "S"},
        kinds={"door": "entrance"},
        pathways=[("door", "P", 120), ("P", "door", 240)],
    )
    # Two minutes inside: the departure of 07:08 is the last in time.
    assert minutes(held, 0, 4000, percentile=10) == 12
    assert np.isnan(minutes(held, 0, 4000, percentile=100))


def test_what_must_be_ordered_is_not_ridden_unless_asked():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS, on_demand=["1"])
    assert np.isnan(minutes(held, 0, 4000))
    assert minutes(held, 0, 4000, percentile=10, on_demand=True) == 11


def test_nobody_boards_or_alights_where_it_is_not_allowed():
    calls = [
        ("A", "07:10", "07:10", "none", "none"),
        ("B", "07:15", "07:15", "regular", "none"),
        ("C", "07:20", "07:20", "none", "regular"),
    ]
    held = schedule(stops=STOPS, trips=[("t1", "1", "bus", "today", calls)], services=DAYS)
    assert np.isnan(minutes(held, 0, 4000))
    assert np.isnan(minutes(held, 0, 2000))
    assert minutes(held, 2000, 4000, percentile=10) == 11


def test_the_clock_is_read_after_its_change():
    # On 29 March 2026 clocks go from 02:00 to 03:00: noon minus twelve hours is 23:00 the day before.
    day = datetime.date(2026, 3, 29)
    trips = [
        ("t1", "1", "bus", "sunday", [("A", "07:10"), ("C", "07:20")]),
        ("night", "N", "bus", "eve", [("A", "25:30"), ("C", "25:45")]),
    ]
    services = {"sunday": [day], "eve": [day - datetime.timedelta(days=1)]}
    held = schedule(stops=STOPS, trips=trips, services=services)
    morning = network(held, date=day, window=("07:00", "07:10"))
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), morning, percentiles=[10])
    assert times.minutes(10)[0, 0] == 11
    # 25:30 of the day before is half past one, before the change.
    night = network(held, date=day, window=("01:25", "01:31"))
    times = transit_times(join(at(0), STREETS), join(at(4000), STREETS), night, percentiles=[100])
    assert times.minutes(100)[0, 0] == 20
    assert held.clock(day, night.window_s[0]) == "01:25"


def test_a_window_inside_the_change_of_the_clock_is_refused():
    day = datetime.date(2026, 3, 29)
    held = schedule(stops=STOPS, trips=[RIDE], services={"today": [day]})
    with pytest.raises(UsageError, match="window"):
        network(held, date=day, window=("02:10", "03:05"))


@pytest.mark.parametrize("date", ["2026-03-10", datetime.datetime(2026, 3, 10)])
def test_a_date_that_is_none_is_refused(date):
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    with pytest.raises(UsageError, match="date"):
        network(held, date=date)


def test_the_conventions_of_r5_are_a_named_setting():
    assert conventions("r5") is R5
    assert conventions("ours") is OURS
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    found = transit_network(held, STREETS, date=DAY, window=("07:00", "07:10"), rules=R5)
    times = transit_times(join(at(0), STREETS), join(at(3990), STREETS), found, percentiles=[30])
    # Aboard at 07:10 after more than a minute's wait, so left by 07:08; arrived at 07:20:10: the third
    # shortest of 12 min 10 s, 13 min 10 s… in whole minutes.
    assert times.minutes(30)[0, 0] == 14
    with pytest.raises(UsageError, match="conventions"):
        conventions("otp")


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"max_rides": 0}, "max_rides"),
        ({"slack_s": -1}, "slack_s"),
        ({"speed_km_h": 0}, "speed_km_h"),
        ({"max_min": 1e9}, "max_min"),
        ({"rounding": "up"}, "rounding"),
        ({"max_rides": 2.5}, "max_rides"),
        ({"slack_s": 0.5}, "slack_s"),
    ],
)
def test_conventions_that_cannot_be_are_refused(rules, told):
    with pytest.raises(UsageError, match=told):
        Conventions(**rules)


@pytest.mark.parametrize(
    "window", [("07:00", "07:00"), ("7h", "9h"), ("07:00", "99:00"), (7, 8), ("07:00",)]
)
def test_a_window_that_cannot_be_read_is_refused(window):
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    with pytest.raises(UsageError, match="window"):
        network(held, window=window)


@pytest.mark.parametrize("percentiles", [[], [0], [101], [50, 50], [float("nan")]])
def test_percentiles_that_cannot_be_are_refused(percentiles):
    found = network(schedule(stops=STOPS, trips=[RIDE], services=DAYS))
    with pytest.raises(UsageError, match="percentiles"):
        transit_times(join(at(0), STREETS), join(at(0), STREETS), found, percentiles=percentiles)


def test_opportunities_are_counted_within_travel_times():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    found = network(held)
    targets = join(at(0, 400, 4000), STREETS)
    times = transit_times(join(at(0), STREETS), targets, found, percentiles=[10, 50])
    jobs = pd.Series([1.0, 10.0, 100.0], index=targets.index, name="jobs")
    table = opportunities_within(times, jobs, thresholds_min=(5, 15))
    assert table.loc["at0"].to_dict() == {
        "jobs_5_min_p10": 11, "jobs_15_min_p10": 111, "jobs_5_min_p50": 11, "jobs_15_min_p50": 111,
    }  # fmt: skip
    groups = pd.Series(["home", "park", "hospital"], index=targets.index)
    nearest = transit_minutes(times, groups)
    assert nearest.loc["at0"].to_dict() == {
        "transit_min:home": 0, "transit_min:hospital": 15, "transit_min:park": 5,
    }  # fmt: skip
    with pytest.raises(UsageError, match="thresholds_min"):
        opportunities_within(times, jobs, thresholds_min=(0,))


def test_isochrones_hold_what_is_reached_and_nothing_else():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    found = network(held)
    drawn = transit_isochrones(join(at(0), STREETS), found, limits_min=(5, 20), percentile=50)
    assert drawn["minutes"].tolist() == [5, 20]
    inner, outer = drawn.geometry
    # On foot 400 m in five minutes; by bus at B at 07:15, ten minutes after 07:05, and walking on.
    assert inner.covers(Point(ORIGIN[0] + 395, ORIGIN[1]))
    assert not inner.covers(Point(ORIGIN[0] + 460, ORIGIN[1]))
    assert outer.covers(Point(ORIGIN[0] + 2000, ORIGIN[1]))
    assert outer.covers(inner)
    assert not outer.covers(Point(ORIGIN[0] + 1000, ORIGIN[1]))
    for asked in ({"width_m": 0}, {"width_m": np.inf}, {"hole_m2": -1}, {"hole_m2": np.nan}):
        with pytest.raises(UsageError, match="width_m must be metres above zero"):
            transit_isochrones(join(at(0), STREETS), found, **asked)


def test_a_journey_is_told_leg_by_leg():
    stops = {**STOPS, "B2": (2080, 0)}
    trips = [
        ("t1", "1", "tram", "today", [("A", "07:10"), ("B", "07:15")]),
        ("t2", "2", "bus", "today", [("B2", "07:18"), ("C", "07:22")]),
    ]
    held = schedule(stops=stops, trips=trips, services=DAYS, headsigns={"t1": "Anzin"})
    found = network(held)
    journey = itinerary(join(at(80), STREETS), join(at(3840), STREETS), found, depart="07:02")
    assert journey is not None
    assert journey.transfers == 1
    assert tell_itinerary(journey, found) == [
        "Leave at 07:02, arrive at 07:24: 22 min, 1 transfer.",
        "07:02: walk 1 min to the stop A.",
        "07:10: tram 1 towards Anzin from A to B, arriving at 07:15 (1 stop; wait: 7 min).",
        "07:15: walk 1 min from B to B2.",
        "07:18: bus 2 from B2 to C, arriving at 07:22 (1 stop; wait: 2 min).",
        "07:22: walk 2 min from the stop C.",
    ]
    assert tell_itinerary(journey, found, language="fr")[0] == (
        "Départ à 07:02, arrivée à 07:24\u202f: 22 min, 1 correspondance."
    )
    on_foot = itinerary(join(at(0), STREETS), join(at(80), STREETS), found)
    assert on_foot is not None
    assert tell_itinerary(on_foot, found)[0].endswith("1 min, all on foot.")
    times = transit_times(
        join(at(80), STREETS), join(at(3840), STREETS), found, percentiles=[50, 75]
    )
    assert tell_times(times, found) == (
        "Over 10 departures between 07:00 and 07:10: 50 % take at most 19 min, 75 % take at most "
        "22 min."
    )


def test_a_journey_that_is_not_there_is_none():
    held = schedule(stops=STOPS, trips=[RIDE], services=DAYS)
    found = network(held)
    assert itinerary(join(at(4000), STREETS), join(at(0), STREETS), found) is None
    times = transit_times(join(at(4000), STREETS), join(at(0), STREETS), found)
    assert tell_times(times, found, language="fr").startswith("Aucun départ entre 07:00 et 07:10")


def test_a_journey_from_a_place_without_street_is_refused():
    found = network(schedule(stops=STOPS, trips=[RIDE], services=DAYS))
    lost = join(gpd.GeoSeries([Point(0, 0)], index=["lost"], crs=2154), STREETS)
    with pytest.raises(DataError, match="'lost' is too far from any street"):
        itinerary(lost, join(at(0), STREETS), found)
    with pytest.raises(UsageError, match="depart"):
        itinerary(join(at(0), STREETS), join(at(0), STREETS), found, depart="11:00")
    for text in ("07:90", "07:00:30", "7h", "", "-1:00", "07:0"):
        with pytest.raises(UsageError, match="a time such as 07:30"):
            itinerary(join(at(0), STREETS), join(at(0), STREETS), found, depart=text)
