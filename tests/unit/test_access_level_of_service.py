"""The level of service of stops and places, on timetables counted by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from drawing import places, streets
from small_schedule import schedule

from renewal_gis.access import (
    class_number,
    classes_as_the_crow_flies,
    departures,
    join,
    leed_of_places,
    line_departures,
    place_classes,
    place_service,
    ptal_of_places,
    ptal_table,
    stop_categories,
    stop_facts,
    stop_walks,
    stops_on_days,
    street_network,
    walks_in_table,
)
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import measure

TUESDAY = datetime.date(2026, 3, 10)
SATURDAY, SUNDAY = datetime.date(2026, 3, 14), datetime.date(2026, 3, 15)
HOLIDAY = datetime.date(2026, 4, 14)
SERVICES = {
    "wk": [TUESDAY],
    "we": [SATURDAY],
    "all": [TUESDAY, SATURDAY, HOLIDAY],
    "hol": [HOLIDAY],
}
SPOTS = {"A": (0, 0), "B": (300, 0), "C": (900, 0), "D": (2000, 0)}
DAYS = {"weekday": TUESDAY, "saturday": SATURDAY, "sunday": SUNDAY, "holiday": HOLIDAY}


def clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


def line(name, minutes, stops="AB", *, mode="bus", service="wk", ride=5):
    """Return a trip from each of these minutes of the day, along these stops."""
    return [
        (
            f"{name}-{service}-{stops}-{start}",
            name,
            mode,
            service,
            [(stop, clock(start + ride * place)) for place, stop in enumerate(stops)],
        )
        for start in minutes
    ]


def town(*lines, stops=SPOTS, **rest):
    trips = [trip for one in lines for trip in one]
    # A run far away on every day but Sunday: the days are days with service.
    trips += line("far", [600], "DC", service="all")
    return schedule(stops=stops, trips=trips, services=SERVICES, **rest)


def test_the_facts_of_a_day_counted_by_hand():
    held = town(
        line("1", range(7 * 60, 9 * 60, 10)),  # twelve in the morning peak
        line("1", [25 * 60], ride=5),
        line("1", [8 * 60, 8 * 60 + 30], "BA"),
        line("2", [16 * 60], "AC"),
        line("taxi", [12 * 60], mode="on_demand"),
    )
    facts = stop_facts(held, days=DAYS)
    assert facts.index.names == ["stop", "day"]
    assert facts.index.get_level_values("day")[:4].tolist() == list(DAYS)
    at_a = facts.loc[("A", "weekday")]
    assert at_a["departures"] == 14
    periods = ["morning_peak", "midday", "evening_peak", "evening"]
    assert at_a[[f"departures_{name}" for name in periods]].tolist() == [12, 0, 1, 0]
    assert at_a[[f"headway_min_{name}" for name in periods]].tolist() == pytest.approx(
        [10, np.nan, 180, np.nan], nan_ok=True
    )
    assert at_a[["first_min", "last_min", "span_min"]].tolist() == [420, 1500, 1080]
    assert (at_a["lines"], at_a["on_demand"]) == ("1, 2", 1)
    # 13 departures from 6 to 20, all in one direction at A.
    assert at_a["mean_min_day"] == pytest.approx(840 / 13)
    # 60² before the first; eleven gaps of 10, one of 430; then 540 to 25:00 less the 300 after 20:00,
    # or 360 + 840 a window after the first: the fictive one comes first, at 21:00.
    expected = (60**2 + 11 * 10**2 + 430**2 + (1260 - 960) ** 2 - (1260 - 1200) ** 2) / 840
    assert at_a["robust_min_day"] == pytest.approx(expected)
    at_b = facts.loc[("B", "weekday")]
    assert at_b[["departures", "headway_min_morning_peak"]].tolist() == [2, 60]


def test_counts_are_zero_and_the_rest_is_missing_where_nothing_runs():
    facts = stop_facts(town(line("1", [420])), days=DAYS)
    sunday = facts.loc[("A", "sunday")]
    counts = [name for name in facts if name.startswith(("departures", "on_demand"))]
    assert (sunday[counts] == 0).all()
    assert sunday.drop(counts).isna().all()


def test_school_runs_vanish_in_the_holidays():
    held = town(line("school", [450], service="wk"), line("1", [480], service="all"))
    facts = stop_facts(held, days=DAYS)["departures"].unstack()
    assert facts.loc["A", ["weekday", "saturday", "sunday", "holiday"]].tolist() == [2, 1, 0, 1]


def test_a_stop_that_only_saturday_serves_is_there():
    held = town(line("1", [450]), line("9", [480], "CA", service="we"))
    days = {"weekday": TUESDAY, "saturday": SATURDAY}
    assert stops_on_days(held, days=days).index.tolist() == ["A", "C", "D"]
    assert stops_on_days(held, days={"weekday": TUESDAY}).index.tolist() == ["A", "D"]
    assert stops_on_days(held, days=days).crs == held.stops.crs


def test_a_trip_of_the_day_before_counts_in_the_hours_it_leaves_and_not_in_the_day():
    monday = TUESDAY - datetime.timedelta(days=1)
    night = [("n", "N", "bus", "mon", [("A", "31:30"), ("B", "32:00")])]
    held = schedule(
        stops=SPOTS, trips=[*line("1", [600]), *night], services={"wk": [TUESDAY], "mon": [monday]}
    )
    at_a = stop_facts(held, days={"weekday": TUESDAY}).loc[("A", "weekday")]
    assert at_a[["departures", "departures_morning_peak", "first_min"]].tolist() == [1, 1, 600]


def test_periods_can_be_chosen():
    facts = stop_facts(
        town(line("1", [300])), days={"weekday": TUESDAY}, periods={"dawn": (4.5, 5.5)}
    )
    assert facts.loc[("A", "weekday"), ["departures_dawn", "headway_min_dawn"]].tolist() == [1, 60]


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"weekday": SATURDAY}, "is a Saturday"),
        ({"monday": TUESDAY}, "weekday, saturday"),
        ({}, "weekday, saturday"),
        ({"weekday": "2026-03-10"}, "must be a date"),
        ({"weekday": datetime.datetime(2026, 3, 10, 7)}, "must be a date"),
    ],
)
def test_days_must_be_of_their_kind(days, message):
    with pytest.raises(UsageError, match=message):
        stop_facts(town(), days=days)


@pytest.mark.parametrize(
    "days",
    [
        {"weekday": TUESDAY + datetime.timedelta(days=1)},
        {"weekday": TUESDAY, "sunday": datetime.date(2027, 3, 14)},
        {"weekday": TUESDAY, "saturday": datetime.date(2026, 3, 7)},
    ],
)
def test_a_date_the_timetable_says_nothing_of_is_no_desert(days):
    with pytest.raises(DataError, match="2026-03-10"):
        stop_facts(town(), days=days)


def categories(*lines, **rest):
    held = town(*lines, **rest)
    return stop_categories(held, departures(held, TUESDAY))


def every(minutes):
    return range(360, 1200, minutes)


def test_categories_of_the_three_variants():
    # Every 20 minutes both ways: 42 of 84 departures in one direction.
    found = categories(line("1", every(20)), line("1", every(20), "BA")).loc["A"]
    assert found["interval_min:swiss"] == 20
    assert found["interval_min:austrian"] == 20
    assert found[["category:swiss", "category:austrian", "category:oevgk18"]].tolist() == [
        "V",
        "V",
        "IV",
    ]


def test_half_of_all_where_both_directions_call_and_all_where_one_does():
    both = categories(line("1", every(20), "ABC"), line("1", every(20), "CBA"))
    assert both.loc[["A", "B", "C"], "interval_min:swiss"].tolist() == [20, 20, 20]


def test_the_best_column_counts():
    found = categories(line("t", every(30), mode="tram"), line("b", every(10))).loc["A"]
    # Tram every 30: V; bus every 10: IV (Austrian table).
    assert (found["category:austrian"], found["interval_min:austrian"]) == ("IV", 10)
    found = categories(line("t", every(8), mode="tram"), line("b", every(10))).loc["A"]
    assert found["category:austrian"] == "III"


def test_modes_that_share_a_column_add_up():
    found = categories(line("t", every(20), mode="tram"), line("b", range(370, 1200, 20))).loc["A"]
    assert found["interval_min:swiss"] == 10


def test_what_must_be_ordered_is_counted_and_gives_no_class():
    found = categories(line("taxi", every(20), mode="on_demand")).loc["A"]
    assert found["on_demand"] == 42
    assert found.filter(like="category:").isna().all()
    assert found.filter(like="interval_min:").isna().all()


def test_outside_the_window_there_is_no_category():
    assert categories(line("1", [300, 1300])).loc["A"].filter(like="category:").isna().all()


def test_a_station_with_trains_to_six_others_is_a_node():
    spots = {"H": (0, 0), **{f"{n}": (1000 * n, 0) for n in range(1, 7)}, **SPOTS}
    lines = [line(f"r{n}", every(30), ["H", f"{n}"], mode="rail") for n in range(1, 7)]
    hub = categories(*lines, stops=spots)
    fewer = categories(*lines[:5], stops=spots)
    # Six trains leave together every 30 minutes: node III, plain line IV.
    assert (hub.loc["H", "category:oevgk18"], fewer.loc["H", "category:oevgk18"]) == ("III", "IV")
    metro = line("m", every(4), ["H", "1"], mode="metro")
    # A metro at a node is no train of a node: every 4 minutes it is I as a line of its own.
    assert categories(*lines, metro, stops=spots).loc["H", "category:oevgk18"] == "I"


WALKS = [("near", "A", 250), ("near", "B", 450), ("far", "B", 1300), ("edge", "A", 420)]


def walks(held, rows=WALKS, names=("near", "far", "edge", "none")):
    table = pd.DataFrame(rows, columns=["from_id", "to_id", "distance_m"])
    return walks_in_table(table, pd.Index(names), held)


def classes(held, variant):
    found = stop_categories(held, departures(held, TUESDAY))[f"category:{variant}"]
    return place_classes(walks(held), found.reindex(held.stops.index), variant)


def test_the_best_stop_within_reach_gives_the_class_and_not_the_nearest():
    # A: every 60 minutes (VI in OeVGK18's C); B: every 5 minutes (II).
    held = town(line("1", every(60)), line("2", every(5), "BC"))
    # 250 m is 179 s: VI gives E. 450 m is 321 s: II gives B.
    assert classes(held, "oevgk18").tolist() == ["B", None, "E", None]
    # Austrian: 250 m of VI gives E; 450 m of III (every 5 to 9) gives C; 420 m of VI gives F.
    assert classes(held, "austrian").tolist() == ["C", None, "F", None]


def test_the_walk_of_five_minutes_is_420_metres():
    held = town(line("1", every(5)))
    at = pd.Series("I", index=["A"]).reindex(held.stops.index)
    rows = [("p", "A", 420.0), ("q", "A", 630.04), ("r", "A", 630.1), ("s", "A", 1260.1)]
    found = place_classes(walks(held, rows, ["p", "q", "r", "s"]), at, "oevgk18")
    assert found.tolist() == ["A", "A", "B", None]


def test_the_swiss_class_goes_by_straight_lines():
    network = street_network(streets("o" + "-" * 40 + "o"))
    spots = join(places(stop=(0, 0), twin=(0, 40)), network)
    homes = join(places(near=(0, 29), at_300=(0, 30), off=(99, 0)), network)
    at = pd.Series(["I", None], index=spots.index)
    assert classes_as_the_crow_flies(homes, spots, at).tolist() == ["A", "A", None]
    at = pd.Series(["III", None], index=spots.index)
    assert classes_as_the_crow_flies(homes, spots, at).tolist() == ["B", "C", None]


def test_classes_as_numbers():
    letters = pd.Series(["A", "D", None, "B"])
    told = class_number(letters, np.array([True, True, True, False]))
    assert told.tolist() == pytest.approx([7, 4, 0, np.nan], nan_ok=True)


def test_a_line_that_calls_at_three_stops_counts_once():
    held = town(line("1", [420, 480, 540], "ABC"), line("1", [430], "CBA"), line("2", [600], "BC"))
    found = departures(held, TUESDAY)
    rows = [("p", "A", 1), ("p", "B", 2), ("p", "C", 3), ("q", "B", 1)]
    near = walks(held, rows, ["p", "q", "r"])
    # p: three runs of line 1 one way, one the other way, one of line 2. C is an end.
    assert line_departures(near, found).tolist() == [5, 5, 0]
    assert line_departures(near.within(10), found).tolist() == [3, 5, 0]


def test_leed_counts_each_route_at_one_stop_in_one_direction_on_both_days():
    held = town(
        line("1", range(300, 444, 2), "ABC"),  # 72 one way
        line("1", range(300, 400, 2), "CBA"),  # 50 the other
        line("1", range(300, 330), "AB", service="we"),  # 30 on Saturday
        line("r", range(300, 400), "BC", mode="rail"),
        line("taxi", range(300, 400), mode="on_demand"),
    )
    weekday, saturday, sunday = (departures(held, day) for day in (TUESDAY, SATURDAY, SUNDAY))
    rows = [("p", "A", 400), ("q", "A", 400.1), ("r", "B", 800), ("s", "B", 300), ("s", "A", 10)]
    near = walks(held, rows, ["p", "q", "r", "s", "none"])
    found = leed_of_places(near, weekday, [saturday])
    assert found["leed_trips_weekday"].tolist() == [72, 0, 100, 172, 0]
    assert found["leed_trips_weekend"].tolist() == [30, 0, 0, 30, 0]
    assert found["leed_step"].tolist() == [1, 0, 0, 1, 0]
    assert found["leed_name"].tolist() == ["72/30", None, None, "72/30", None]
    # The poorer day of the weekend counts.
    assert leed_of_places(near, weekday, [saturday, sunday])["leed_step"].tolist() == [0] * 5
    with pytest.raises(UsageError, match="weekend"):
        leed_of_places(near, weekday, [])


def test_leed_leaves_out_the_trips_of_the_day_before():
    monday = TUESDAY - datetime.timedelta(days=1)
    night = [("n", "N", "bus", "mon", [("A", "25:30"), ("B", "26:00")])]
    held = schedule(
        stops=SPOTS, trips=[*line("1", [600]), *night], services={"wk": [TUESDAY], "mon": [monday]}
    )
    found = departures(held, TUESDAY)
    assert len(found) == 2
    told = leed_of_places(walks(held, [("p", "A", 1)], ["p"]), found, [found])
    assert told["leed_trips_weekday"].tolist() == [1]


def test_of_two_stops_as_near_ptal_takes_the_one_with_more_departures():
    held = town(line("1", range(500, 560, 10), "BC"), line("1", [500], "AB"))
    found = departures(held, TUESDAY)
    for rows in ([("p", "A", 320), ("p", "B", 320)], [("p", "B", 320), ("p", "A", 320)]):
        told = ptal_of_places(walks(held, rows, ["p"]), found)
        # Six an hour at B, one at A.
        assert told.loc["p", "ptal_index"] == pytest.approx(30 / (4 + 2 + 30 / 6))


def test_ptal_of_places_is_the_ptal_of_their_routes():
    held = town(
        line("1", range(500, 560, 10), "ABC"),  # six at A; the last leaves B at 09:15, too late
        line("1", [500, 530], "CBA"),
        line("2", range(490, 560, 30), "BC"),  # at 08:40 and 09:10, the first too early
        line("t", [500], "AC", mode="tram"),
        line("b", [500], "AC", mode="on_demand"),
    )
    rows = [("p", "A", 320), ("p", "B", 480), ("q", "B", 640), ("r", "B", 640.1), ("r", "A", 960)]
    found = ptal_of_places(walks(held, rows, ["p", "q", "r", "none"]), departures(held, TUESDAY))
    access = pd.DataFrame(
        [
            ("p", "1", "bus", 4, 6),
            ("p", "2", "bus", 6, 2),
            ("p", "t", "tram", 4, 1),
            ("q", "1", "bus", 8, 5),
            ("q", "2", "bus", 8, 2),
            ("r", "t", "tram", 12, 1),
        ],
        columns=["from_id", "route", "mode", "walk_min", "departures_h"],
    )
    expected = ptal_table(access, pd.Index(["p", "q", "r", "none"]))
    pd.testing.assert_frame_equal(found, expected)


def test_places_get_every_measure_on_their_index():
    network = street_network(streets("o" + "-" * 200 + "o"))
    stops = join(places(A=(0, 10), B=(0, 40), C=(0, 100)), network)
    homes = join(places(home=(0, 20), west=(0, 0), away=(99, 0), east=(0, 200)), network)
    held = town(
        line("1", range(420, 540, 10), "ABC"),
        line("1", [1430], "CBA"),
        line("1", [600], "AB", service="all"),
        line("taxi", [700], "AB", mode="on_demand"),
    )
    found = place_service(homes, stops, network, held, days=DAYS)
    assert found.index.equals(homes.index)
    home = found.loc["home"]
    assert home["departures_day:near"] == 12 + 1 + 1  # far runs from D, where no stop is joined
    assert home["departures_saturday:near"] == 1
    assert home["departures_sunday:near"] == 0
    assert home["departures_holiday:near"] == 1
    assert home["departures_h:near"] == 6
    assert home["headway_min:near"] == 10
    # C is 800 m away: within ten minutes. 23:50 there, 23:55 at B.
    assert home["last_departure_h:near"] == pytest.approx(23 + 55 / 60)
    assert home["span_h:near"] == pytest.approx(23 + 55 / 60 - 7)
    assert home["on_demand_day:near"] == 1
    assert home["leed_trips_weekday"] == 13
    assert (home["quality_class:oevgk18"] > 0) == (home["quality_letter:oevgk18"] is not None)
    assert home["quality_class_sunday:oevgk18"] == 0
    assert found.loc["away"].isna().all()
    numbers = found.select_dtypes("number")
    assert numbers.loc["east"].filter(like="departures").eq(0).all()
    assert np.isnan(numbers.loc["east", "headway_min:near"])
    assert numbers.loc["east", "span_h:near"] == 0
    for name in numbers:
        assert measure(name).key == name


def test_the_limit_of_near_and_the_speed_can_be_set():
    network = street_network(streets("o" + "-" * 200 + "o"))
    stops = join(places(A=(0, 100)), network)
    homes = join(places(home=(0, 0)), network)
    held = town(line("1", [600]))
    days = {"weekday": TUESDAY}

    def near(**options):
        return place_service(homes, stops, network, held, days=days, **options)[
            "departures_day:near"
        ].tolist()

    assert near() == [0]  # 1 000 m
    assert near(near_min=12.5) == [1]
    assert near(near_min=12) == [0]
    assert near(speed_km_h=6) == [1]
    # Farther than any class counts.
    far = join(places(A=(0, 160)), network)
    found = place_service(homes, far, network, held, days=days, near_min=20)
    assert found["departures_day:near"].tolist() == [1]
    assert found["quality_class:oevgk18"].tolist() == [0]


def test_platforms_stand_for_their_station():
    network = street_network(streets("o" + "-" * 200 + "o"))
    spots = {**SPOTS, "A1": (1, 0)}
    held = town(line("1", [600], ["A1", "B"]), stops=spots, stations={"A1": "A"})
    homes = join(places(home=(0, 0)), network)
    days = {"weekday": TUESDAY}
    for name in ("A", "A1"):
        stops = join(places(**{name: (0, 10)}), network)
        found = place_service(homes, stops, network, held, days=days)
        assert found["departures_day:near"].tolist() == [1]


def test_no_place_and_no_stop():
    network = street_network(streets("o" + "-" * 200 + "o"))
    some, none = (
        join(places(A=(0, 10)), network),
        join(places(A=(0, 10)), network).take(np.zeros(1, dtype=bool)),
    )
    held = town(line("1", [600]))
    assert len(place_service(none, some, network, held, days=DAYS)) == 0
    alone = place_service(some, none, network, held, days=DAYS)
    assert alone["departures_day:near"].tolist() == [0]
    assert alone["quality_class:swiss"].tolist() == [0]


def test_stops_must_be_of_the_schedule():
    network = street_network(streets("o" + "-" * 200 + "o"))
    spots = join(places(Z=(0, 10)), network)
    with pytest.raises(UsageError, match="'Z' is not in the schedule"):
        place_service(spots, spots, network, town(), days=DAYS)
    with pytest.raises(UsageError, match="weekday"):
        place_service(spots, spots, network, town(), days={"sunday": SUNDAY})


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([("p", "A")], ["from_id", "to_id"], "distance_m"),
        ([("x", "A", 1)], ["from_id", "to_id", "distance_m"], "'x' is not one of the places"),
        ([("p", "Z", 1)], ["from_id", "to_id", "distance_m"], "'Z' is not in the schedule"),
        ([("p", "A", -1)], ["from_id", "to_id", "distance_m"], "from 0 on"),
        ([("p", "A", None)], ["from_id", "to_id", "distance_m"], "from 0 on"),
    ],
)
def test_a_table_of_walks_is_checked(rows, columns, message):
    with pytest.raises(UsageError, match=message):
        walks_in_table(pd.DataFrame(rows, columns=columns), pd.Index(["p"]), town())


def test_walks_on_the_network_are_those_of_a_table():
    network = street_network(streets("o" + "-" * 200 + "o"))
    stops = join(places(A=(0, 10), B=(0, 40)), network)
    homes = join(places(home=(0, 20), west=(0, 0)), network)
    held = town()
    found = stop_walks(homes, stops, network, held, limit_m=300)
    rows = [("home", "A", 100), ("home", "B", 200), ("west", "A", 100)]
    told = walks(held, rows, homes.index)
    for name in ("first", "station", "length_dm"):
        assert getattr(found, name).tolist() == getattr(told, name).tolist()


def test_categories_must_be_those_of_the_schedule():
    with pytest.raises(UsageError, match="every stop"):
        place_classes(walks(town()), pd.Series(["I"]), "oevgk18")
    held = town()
    with pytest.raises(UsageError, match="category"):
        place_classes(walks(held), pd.Series("XX", index=held.stops.index), "oevgk18")
