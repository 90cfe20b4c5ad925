"""Departures of a dated day, directions and served stops, on schedules counted by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from small_schedule import schedule, seconds

from renewal_gis.access import departures, line_directions, served_stops
from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.schema import check

MONDAY, TUESDAY = datetime.date(2026, 3, 9), datetime.date(2026, 3, 10)
SUNDAY = datetime.date(2026, 3, 29)
WORKDAYS = [MONDAY + datetime.timedelta(days=n) for n in range(4)]
STOPS = {
    "S": (0, 0),
    "S1": (5, 0),
    "S2": (0, 5),
    "E": (9, 9),
    "A": (500, 0),
    "B": (900, 0),
    "C": (0, 2000),
}
TRAM = ("t1a", "T1", "tram", "wk", [("S1", "07:00"), ("A", "07:06"), ("B", "07:10")])
BUS = ("b10a", "10", "bus", "wk", [("S2", "08:59:59"), ("A", "09:10"), ("B", "09:20")])
CASE = {
    "stops": STOPS,
    "stations": {"S1": "S", "S2": "S", "E": "S"},
    "kinds": {"E": "entrance"},
    "services": {"wk": WORKDAYS},
    "names": {"S": "Gare, Valenciennes"},
}


def town(*trips, **changes):
    return schedule(trips=trips or (TRAM, BUS), **{**CASE, **changes})


def left(held, date=TUESDAY):
    """Return (stop, time, service day) of each departure, sorted."""
    found = departures(held, date)
    names = held.stops.index[found["stop"]]
    return sorted(zip(names, found["time_s"].tolist(), found["service_day"].tolist(), strict=True))


def served(held, date=TUESDAY, window=("07:00", "09:00"), **options):
    table, findings = served_stops(held, date=date, window=window, **options)
    assert check(table, "stops") == []
    return table, findings


def day(held, **options):
    return served(held, **options)[0]["departures_day"].to_dict()


def test_a_departure_is_a_call_where_riders_may_board_and_the_vehicle_goes_on():
    assert left(town()) == [
        ("A", seconds("07:06"), 0),
        ("A", seconds("09:10"), 0),
        ("S1", seconds("07:00"), 0),
        ("S2", seconds("08:59:59"), 0),
    ]
    set_down = (
        "t1a",
        "T1",
        "tram",
        "wk",
        [("S1", "07:00"), ("A", "07:06", "none"), ("B", "07:10")],
    )
    assert [stop for stop, *_ in left(town(set_down))] == ["S1"]


def test_what_is_known_of_a_departure():
    found = departures(town(), TUESDAY).iloc[0]
    assert found[["line", "mode", "on_demand"]].tolist() == ["T1", "tram", False]
    assert list(STOPS)[found["station"]] == "S"
    assert list(STOPS)[found["next_station"]] == "A"


def test_trips_of_the_day_before_past_midnight_show_on_the_clock():
    night = (
        "n",
        "N",
        "bus",
        "wk",
        [("A", "23:50"), ("B", "24:10"), ("C", "25:10"), ("S1", "25:30")],
    )
    assert left(town(night)) == [
        ("A", seconds("23:50"), 0),
        ("B", seconds("00:10"), -1),
        ("B", seconds("24:10"), 0),
        ("C", seconds("01:10"), -1),
        ("C", seconds("25:10"), 0),
    ]
    # Nothing ran on Sunday.
    assert all(ahead == 0 for *_, ahead in left(town(night), MONDAY))


def test_a_trip_of_more_than_a_day_shows_on_the_day_after_next():
    ship = ("n", "N", "other", "once", [("A", "23:00"), ("B", "50:00"), ("C", "51:00")])
    held = town(ship, TRAM, services={"once": [MONDAY], "wk": WORKDAYS})
    found = departures(held, MONDAY + datetime.timedelta(days=2))
    late = found[found["service_day"] == -2]
    assert late["time_s"].tolist() == [seconds("02:00")]


def test_the_night_the_clock_changes_moves_the_day_before():
    # On 29 March 2026 two o'clock is three: Sunday's noon minus twelve hours is an hour before midnight.
    saturday = datetime.date(2026, 3, 28)
    night = ("n", "N", "bus", "sat", [("A", "24:30"), ("B", "27:30"), ("C", "28:00")])
    held = town(night, TRAM, services={"sat": [saturday], "wk": [saturday, SUNDAY]})
    found = departures(held, SUNDAY)
    before = found[found["service_day"] == -1]
    # Noon to noon is 23 hours: 24:30 and 27:30 of Saturday are 01:30 and 04:30 after Sunday's start.
    assert before["time_s"].tolist() == [seconds("01:30"), seconds("04:30")]
    table, _ = served_stops(held, date=SUNDAY, window=("00:00", "01:00"))
    assert table["departures_h"].to_dict() == {"S": 0, "A": 1}


def test_frequencies_repeat_their_pattern():
    held = town(
        TRAM, BUS, frequencies=[("t1a", "06:00", "08:00", 600), ("t1a", "08:00", "08:01", 600)]
    )
    times = [time for stop, time, _ in left(held) if stop == "S1"]
    assert times == [*range(seconds("06:00"), seconds("08:00"), 600), seconds("08:00")]
    table, _ = served(held)
    # 12 runs from 06:00 and one at 08:00, six minutes later at A; and the one bus.
    assert table["departures_day"].to_dict() == {"S": 14, "A": 14}
    # S: 07:00 to 07:50, 08:00, and the bus at 08:59:59; A: 07:06 to 07:56, 08:06.
    assert (table["departures_h"] * 2).to_dict() == {"S": 8, "A": 7}


def test_a_band_that_runs_past_midnight_shows_on_the_next_clock():
    held = town(TRAM, frequencies=[("t1a", "23:30", "24:30", 1800)])
    assert left(held) == [
        ("A", seconds("00:06"), -1),
        ("A", seconds("23:36"), 0),
        ("A", seconds("24:06"), 0),
        ("S1", seconds("00:00"), -1),
        ("S1", seconds("23:30"), 0),
        ("S1", seconds("24:00"), 0),
    ]


def test_a_day_without_service_has_no_departure():
    found = departures(town(), datetime.date(2026, 3, 15))
    assert len(found) == 0
    assert "time_s" in found.columns
    assert len(departures(town(), datetime.date(1, 1, 1))) == 0


def test_trips_with_one_call_or_none_are_no_departure():
    assert left(town(("x", "1", "bus", "wk", [("A", "07:00")]), ("y", "1", "bus", "wk", []))) == []


def test_the_schedule_is_not_changed_and_the_answer_is_the_same_twice():
    held = town()
    before = held.trips.copy(), held.stops.copy(), held.departure_s.copy()
    first, again = departures(held, TUESDAY), departures(held, TUESDAY)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(held.trips, before[0])
    pd.testing.assert_frame_equal(held.stops, before[1])
    assert np.array_equal(held.departure_s, before[2])


def sides(*patterns):
    """Return the direction of each pattern of one line, a letter a stop, numbered as they come."""
    trips = [
        (f"t{n}", "1", "bus", "wk", [(stop, f"07:{minute:02d}") for minute, stop in enumerate(one)])
        for n, one in enumerate(patterns)
    ]
    spots = {stop: (ord(stop), 0) for stop in sorted(set("".join(patterns)))}
    held = schedule(stops=spots, trips=trips, services={"wk": [TUESDAY]})
    return line_directions(held).tolist()


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["ABCD", "DCBA", "BC", "CB"], [0, 1, 0, 1]),  # short runs go with the long ones
        (["AB", "DCBA", "ABCD"], [0, 1, 0]),
        (["ABCD", "ABX", "XBA"], [0, 0, 1]),  # a branch
        (["ABCD", "WXYZ"], [0, 1]),  # two sides of a road, two stops each
        (["ABCD", "DX"], [0, 1]),  # one shared stop tells nothing
        (["ABCA", "ACBA"], [0, 1]),  # a loop both ways round
        (["ABC", "ABC"], [0, 0]),
    ],
)
def test_directions_follow_the_order_of_shared_stations(patterns, expected):
    assert sides(*patterns) == expected


def test_platforms_of_a_station_are_one_place_for_directions():
    back = ("back", "T1", "tram", "wk", [("B", "08:00"), ("A", "08:04"), ("S2", "08:10")])
    assert line_directions(town(TRAM, back)).tolist() == [0, 1]


def test_routes_are_lines_apart_even_with_one_name():
    twin = ("twin", "T1 ", *TRAM[2:])
    held = town(TRAM, twin, routes={"T1": "r1", "T1 ": "r2"})
    assert line_directions(held).tolist() == [0, 1]


def test_platforms_are_grouped_and_the_last_stop_is_no_departure():
    table, findings = served(town(), files=["feed.zip"])
    assert table["departures_day"].to_dict() == {"S": 2, "A": 2}
    assert table["departures_h"].to_dict() == {"S": 1.0, "A": 0.5}
    assert table["lines"].to_dict() == {"S": "10, T1", "A": "10, T1"}
    assert table["mode"].to_dict() == {"S": "tram", "A": "tram"}
    assert table.loc["S", "name"] == "Gare, Valenciennes"
    assert table.index.name == "stop"
    assert {one.code: one.count for one in findings} == {
        "grouped": 2,
        "no-departure": 2,
        "not-a-stop": 1,
    }
    assert {one.file for one in findings} == {"feed.zip"}
    assert len(table) + sum(one.count for one in findings) == len(STOPS)


def test_lines_stand_in_natural_order():
    trips = [(f"t{line}", line, *BUS[2:]) for line in ("10", "2", "T1", "1bis", "T10", "T2")]
    assert served(town(*trips))[0]["lines"].tolist() == ["1bis, 2, 10, T1, T2, T10"] * 2


def test_windows_past_midnight():
    night = ("b10a", "10", "bus", "wk", [("S2", "24:30"), ("A", "25:10"), ("B", "25:20")])
    held = town(TRAM, night)
    assert day(held) == {"S": 2, "A": 2}
    for window in (("00:00", "02:00"), ("24:00", "26:00")):
        table, _ = served(held, window=window)
        assert table["departures_h"].to_dict() == {"S": 0.5, "A": 0.5}
    monday, _ = served(held, date=MONDAY, window=("00:00", "02:00"))
    assert monday["departures_h"].tolist() == [0, 0]  # nothing ran on Sunday


def test_a_stop_served_by_the_day_before_alone_is_listed_for_its_window():
    night = ("n", "N", "bus", "mon", [("C", "24:30"), ("A", "25:00")])
    held = town(TRAM, night, services={"mon": [MONDAY], "wk": WORKDAYS})
    table, _ = served(held, window=("00:00", "01:00"))
    assert table.loc["C", ["departures_day", "departures_h", "lines"]].tolist() == [0, 1.0, "N"]
    assert "C" not in served(held)[0].index


def test_what_must_be_ordered_is_flagged_unless_another_calls():
    taxi = ("da", "Taxival", "on_demand", "wk", [("C", "10:00"), ("A", "10:05"), ("B", "10:09")])
    table, _ = served(town(TRAM, BUS, taxi))
    assert table["mode"].to_dict() == {"S": "tram", "A": "tram", "C": "on_demand"}
    assert table["departures_day"].to_dict() == {"S": 2, "A": 3, "C": 1}
    called = [("S1", "07:00"), ("A", "07:06", "phone"), ("B", "07:10")]
    driver = [("S2", "08:00"), ("A", "08:06", "driver"), ("B", "08:10")]
    table, _ = served(town((*TRAM[:4], called), (*BUS[:4], driver)))
    assert table["mode"].to_dict() == {"S": "tram", "A": "on_demand"}


def test_the_nearest_days_are_named():
    with pytest.raises(
        DataError, match=r"stops \(a\.zip\): no trip runs on 2026-03-13.*2026-03-12"
    ):
        served(town(), date=datetime.date(2026, 3, 13), files=["a.zip"])
    gap = town(services={"wk": [MONDAY, datetime.date(2026, 3, 11)]})
    with pytest.raises(DataError, match="2026-03-09 and 2026-03-11"):
        served(gap)
    with pytest.raises(DataError, match="no service on any day"):
        served(town(services={"wk": []}))


def test_each_feed_must_run_on_the_day():
    far = ("f", "F", "bus", "sat", [("C", "07:00"), ("A", "08:00")])
    feeds = {"f": 1, "C": 1}
    held = town(
        TRAM, far, services={"wk": WORKDAYS, "sat": [datetime.date(2026, 3, 14)]}, feeds=feeds
    )
    with pytest.raises(DataError, match=r"stops \(b\.zip\).*2026-03-14"):
        served(held, files=["a.zip", "b.zip"])
    with pytest.raises(DataError, match=r"(?s)a\.zip.*b\.zip"):
        served(held, date=datetime.date(2026, 3, 20), files=["a.zip", "b.zip"])


def test_findings_are_counted_feed_by_feed():
    far = ("f", "F", "bus", "wk", [("C", "07:00"), ("A", "08:00")])
    table, findings = served(town(TRAM, far, feeds={"f": 1, "C": 1}), files=["a.zip", "b.zip"])
    assert table.index.tolist() == ["S", "A", "C"]
    assert [(one.file, one.code, one.count) for one in findings] == [
        ("a.zip", "grouped", 2),
        ("a.zip", "no-departure", 1),
        ("a.zip", "not-a-stop", 1),
    ]


def test_a_station_without_a_place_is_put_amid_its_platforms_and_others_are_left_out():
    held = town(stops={**STOPS, "S": None, "A": None, "E": None})
    table, findings = served(held)
    assert table.index.tolist() == ["S"]
    assert (table.geometry.x.iloc[0], table.geometry.y.iloc[0]) == (735_002.5, 7_029_002.5)
    told = [(one.severity, one.code, one.row) for one in findings if one.severity != "note"]
    assert told == [("repaired", "station-unplaced", "S"), ("dropped", "stop-unplaced", "A")]
    assert len(table) + sum(one.count for one in findings if one.severity != "repaired") == len(
        STOPS
    )


def test_thousands_of_far_stops_are_told_in_a_few_lines():
    far = {f"far{n}": (9e6, 9e6 + n) for n in range(300)}
    trip = (
        "x",
        "1",
        "bus",
        "wk",
        [("A", "07:00"), *((stop, "08:00") for stop in far), ("B", "09:00")],
    )
    held = town(TRAM, trip, stops={**STOPS, **far})
    table, findings = served(held)
    assert table.index.tolist() == ["S", "A"]
    told = [one for one in findings if one.code == "stop-unplaced"]
    assert len(told) == 11
    assert sum(one.count for one in told) == 300
    assert "290 more" in told[-1].message
    rest = sum(one.count for one in findings)
    assert len(table) + rest == len(held.stops)


def test_stops_elsewhere_or_nowhere_are_refused():
    with pytest.raises(CRSError, match=r"feed\.zip"):
        served(town(origin=(9e6, 9e6)), files=["feed.zip"])
    with pytest.raises(CRSError, match="has a place"):
        served(town(stops=dict.fromkeys(STOPS)))


@pytest.mark.parametrize("window", [("09:00", "07:00"), ("7h", "9h"), ("07:00", "07:00")])
def test_a_window_that_is_none_is_a_fault_of_the_call(window):
    with pytest.raises(UsageError, match="departure window"):
        served(town(), window=window)
