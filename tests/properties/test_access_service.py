"""What must hold of departures, intervals and classes whatever the timetable."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_schedule import schedule

from renewal_gis.access import (
    class_number,
    departures,
    leed_of_places,
    line_departures,
    line_directions,
    mean_interval,
    place_classes,
    ptal_of_places,
    ptal_table,
    quality_class,
    robust_interval,
    served_stops,
    stop_categories,
    stop_category,
    stop_facts,
    walks_in_table,
)
from renewal_gis.access.intervals import mean_intervals, robust_intervals
from renewal_gis.schema import BOARDING

MONDAY, TUESDAY = datetime.date(2026, 3, 9), datetime.date(2026, 3, 10)
DAYS = {"a": [MONDAY, TUESDAY], "b": [MONDAY], "c": [TUESDAY]}
STOPS = {name: (100 * number, 0) for number, name in enumerate("ABCDEFGH")}
STATIONS = {"B": "A", "D": "C"}
MODES = {"1": "bus", "2": "bus", "3": "tram", "4": "rail", "5": "on_demand", "6": "metro"}
VARIANTS = ("swiss", "austrian", "oevgk18")
few = settings(max_examples=30, deadline=None)


def clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def trips_of(draw, least=1, most=8):
    """Return trips of a few lines; all runs of a line go along one list of stops, there or back."""
    ways = {
        line: draw(st.lists(st.sampled_from("ABCDEFGH"), min_size=2, max_size=5, unique=True))
        for line in MODES
    }
    trips = []
    for number in range(draw(st.integers(least, most))):
        line = draw(st.sampled_from(list(MODES)))
        way = ways[line][:: draw(st.sampled_from((1, -1)))]
        start, ride = draw(st.integers(300, 1700)), draw(st.integers(0, 60))
        boards = draw(st.sampled_from(["regular"] * 4 + ["none", "phone", "driver"]))
        calls = [
            (stop, clock(start + ride * place), boards if place == 1 else "regular")
            for place, stop in enumerate(way)
        ]
        trips.append((f"t{number}", line, MODES[line], draw(st.sampled_from("abc")), calls))
    return trips


@st.composite
def bands_of(draw, trips):
    held = []
    for trip in trips:
        if draw(st.integers(0, 3)) == 0:
            start = draw(st.integers(300, 1500))
            end = start + draw(st.integers(1, 200))
            held.append((trip[0], clock(start), clock(end), 60 * draw(st.integers(1, 90))))
    return held


def built(trips, bands=()):
    return schedule(stops=STOPS, stations=STATIONS, trips=trips, services=DAYS, frequencies=bands)


def slowly(trips, bands, day):
    """Return (stop, second, service day, ordered) of each departure, by going through everything."""
    found = []
    for ahead in (0, -1, -2):
        for name, _, mode, service, calls in trips:
            if day + datetime.timedelta(days=ahead) not in DAYS[service]:
                continue
            times = [60 * (int(c[1][:-3]) * 60 + int(c[1][-2:])) for c in calls]
            own = [band for band in bands if band[0] == name]
            shifts = [0]
            if own:
                shifts = []
                for _, start, end, headway in own:
                    first, last = (60 * (int(t[:-3]) * 60 + int(t[-2:])) for t in (start, end))
                    shifts += [leaving - times[0] for leaving in range(first, last, headway)]
            for shift in shifts:
                for call, time in list(zip(calls, times, strict=True))[:-1]:
                    at = time + shift + 86_400 * ahead
                    if call[2] != "none" and (ahead == 0 or at >= 0):
                        ordered = mode == "on_demand" or BOARDING[call[2]] >= 2
                        found.append((call[0], at, ahead, ordered))
    return sorted(found)


@few
@given(st.data())
def test_departures_are_those_found_by_going_through_everything(data):
    trips = data.draw(trips_of())
    bands = data.draw(bands_of(trips))
    held = built(trips, bands)
    found = departures(held, TUESDAY)
    told = sorted(
        zip(
            held.stops.index[found["stop"]],
            found["time_s"].tolist(),
            found["service_day"].tolist(),
            found["on_demand"].tolist(),
            strict=True,
        )
    )
    assert told == slowly(trips, bands, TUESDAY)


@few
@given(st.data())
def test_the_table_of_stops_counts_them(data):
    trips = data.draw(trips_of())
    # A trip of its own makes the day a day with service.
    trips.append(("own", "1", "bus", "c", [("A", "07:30", "regular"), ("H", "08:00", "regular")]))
    table, findings = served_stops(built(trips), date=TUESDAY, window=("07:00", "09:00"))
    head = {name: STATIONS.get(name, name) for name in STOPS}
    day, window = {}, {}
    for stop, time, ahead, _ in slowly(trips, [], TUESDAY):
        day[head[stop]] = day.get(head[stop], 0) + (ahead == 0)
        window[head[stop]] = window.get(head[stop], 0) + (25_200 <= time < 32_400)
    kept = {name for name in day if day[name] or window[name]}
    assert table["departures_day"].to_dict() == {name: day[name] for name in kept}
    assert (2 * table["departures_h"]).to_dict() == {name: window[name] for name in kept}
    assert len(table) + sum(one.count for one in findings) == len(STOPS)


@few
@given(trips_of(), st.randoms(use_true_random=False))
def test_the_order_of_trips_changes_no_fact(trips, chance):
    trips = [
        *trips,
        ("own", "1", "bus", "c", [("A", "07:30", "regular"), ("H", "08:00", "regular")]),
    ]
    mixed = list(trips)
    chance.shuffle(mixed)
    one, other = (stop_facts(built(held), days={"weekday": TUESDAY}) for held in (trips, mixed))
    pd.testing.assert_frame_equal(one, other)


@few
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(250, 700)), max_size=40),
    st.integers(300, 400),
    st.integers(401, 560),
)
def test_intervals_of_many_groups_are_those_of_each(rows, start, end):
    group, time = [row[0] for row in rows], [60 * row[1] for row in rows]
    window = {"groups": 4, "start_s": 60 * start, "end_s": 60 * end}
    found = robust_intervals(group, time, **window)
    for number in range(4):
        own = [minute for member, minute in rows if member == number]
        expected = robust_interval(own, start_min=start, end_min=end)
        assert found[number] == pytest.approx(expected, rel=1e-12)
        count = sum(start <= minute < end for minute in own)
        mean = mean_intervals([count], start_s=60 * start, end_s=60 * end)[0]
        assert mean == pytest.approx(mean_interval(own, start, end))


WALK = st.tuples(
    st.sampled_from(["p", "q", "r"]), st.sampled_from(list(STOPS)), st.integers(0, 14_000)
)
walked = st.lists(WALK, max_size=12)
PLACES = pd.Index(["p", "q", "r", "none"])


def walks(rows, held):
    table = pd.DataFrame(
        {
            "from_id": [row[0] for row in rows],
            "to_id": [row[1] for row in rows],
            "distance_m": [row[2] / 10 for row in rows],
        }
    )
    return walks_in_table(table, PLACES, held)


def classes(trips, rows, variant):
    held = built(trips)
    found = stop_categories(held, departures(held, TUESDAY)).reindex(held.stops.index)
    return place_classes(walks(rows, held), found[f"category:{variant}"], variant)


@few
@given(st.data())
def test_the_class_of_a_place_is_the_best_of_its_stops_one_by_one(data):
    rows = data.draw(walked)
    variant = data.draw(st.sampled_from(VARIANTS))
    names = ["I", "II", "III", "IV", "V", None]
    at = {stop: data.draw(st.sampled_from(names)) for stop in STOPS}
    held = built([("own", "1", "bus", "c", [("A", "07:30"), ("H", "08:00")])])
    categories = pd.Series(at, dtype=object).reindex(held.stops.index)
    found = place_classes(walks(rows, held), categories, variant)
    for place in PLACES:
        told = []
        for name, stop, decimetres in rows:
            if name == place:
                way = (
                    {"walk_s": decimetres / 14}
                    if variant == "oevgk18"
                    else {"distance_m": decimetres / 10}
                )
                told.append(quality_class(variant, at[STATIONS.get(stop, stop)], **way))
        assert found[place] == min((one for one in told if one is not None), default=None)


@few
@given(trips_of())
def test_categories_are_those_of_the_plain_functions(trips):
    held = built(trips)
    found = departures(held, TUESDAY)
    told = stop_categories(held, found)
    fixed = found[~found["on_demand"]]
    for stop in told.index:
        own = fixed[held.stops.index[fixed["station"]] == stop]
        ways = [stop_category_of(own, group) for group in (["bus"], ["tram"], ["rail", "metro"])]
        best = min((one for one in ways if one is not None), key=ROMAN.index, default=None)
        assert told.loc[stop, "category:austrian"] == best or (
            best is None and pd.isna(told.loc[stop, "category:austrian"])
        )


ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]


def stop_category_of(own, modes):
    """Return the Austrian category of one group of vehicles, each route in its better direction."""
    members = own[own["mode"].isin(modes) & own["time_s"].between(360 * 60, 1200 * 60 - 1)]
    ways = {}
    for route, direction in zip(members["route"], members["direction"], strict=True):
        ways.setdefault(route, {}).setdefault(direction, 0)
        ways[route][direction] += 1
    count = sum(max(held.values()) for held in ways.values())
    return stop_category("austrian", 840 / count, modes[0]) if count else None


@few
@given(st.data(), st.sampled_from(VARIANTS))
def test_one_more_trip_never_worsens_a_class(data, variant):
    trips, rows = data.draw(trips_of(least=2)), data.draw(walked)
    # One more run of a line that runs already, at some time of the day.
    _, line, mode, _, calls = data.draw(st.sampled_from(trips))
    start = data.draw(st.integers(300, 1300))
    again = [(call[0], clock(start + place), "regular") for place, call in enumerate(calls)]
    more = [*trips, ("more", line, mode, "c", again)]
    before, after = (class_number(classes(held, rows, variant)) for held in (trips, more))
    assert (after >= before).all()


@few
@given(st.data())
def test_one_more_trip_never_worsens_what_is_counted(data):
    trips, rows = data.draw(trips_of(least=2)), data.draw(walked)
    _, line, mode, _, calls = data.draw(st.sampled_from(trips))
    more = [*trips, ("more", line, mode, "c", calls)]
    told = []
    for one in (trips, more):
        held = built(one)
        found, near = departures(held, TUESDAY), walks(rows, held)
        leed = leed_of_places(near, found, [found])
        told.append((line_departures(near, found), leed["leed_step"].to_numpy()))
    assert (told[1][0] >= told[0][0]).all()
    assert (told[1][1] >= told[0][1]).all()


@few
@given(trips_of(), walked.filter(len), st.integers(0, 5000), st.sampled_from(VARIANTS))
def test_a_nearer_stop_never_worsens(trips, rows, closer, variant):
    near = [(rows[0][0], rows[0][1], max(0, rows[0][2] - closer)), *rows[1:]]
    before, after = (class_number(classes(trips, held, variant)) for held in (rows, near))
    assert (after >= before).all()
    held = built(trips)
    found = departures(held, TUESDAY)
    for limit in (4000, 8000):
        far, close = (
            line_departures(walks(one, held).within(limit), found) for one in (rows, near)
        )
        assert (close >= far).all()


@few
@given(trips_of(), walked)
def test_lines_are_counted_as_by_hand(trips, rows):
    held = built(trips)
    found, near = departures(held, TUESDAY), walks(rows, held)
    stations = [held.stops.index[place] for place in found["station"]]
    for place, told in zip(PLACES, line_departures(near, found), strict=True):
        best = {}
        for stop in {STATIONS.get(row[1], row[1]) for row in rows if row[0] == place}:
            here = [d for d, s in zip(found["direction"], stations, strict=True) if s == stop]
            for direction in set(here):
                best[direction] = max(best.get(direction, 0), here.count(direction))
        assert told == sum(best.values())


@few
@given(trips_of(most=14), walked)
def test_ptal_of_places_is_that_of_their_routes(trips, rows):
    # All trips within the hour that counts.
    trips = [
        (
            *trip[:3],
            "c",
            [
                (call[0], clock(495 + (7 * n + place) % 60), call[2])
                for place, call in enumerate(trip[4])
            ],
        )
        for n, trip in enumerate(trips)
    ]
    held = built(
        [trip for trip in trips if sorted(c[1] for c in trip[4]) == [c[1] for c in trip[4]]]
    )
    found, near = departures(held, TUESDAY), walks(rows, held)
    table = []
    fixed = found[~found["on_demand"]]
    for place, stop, decimetres in rows:
        own = fixed[held.stops.index[fixed["station"]] == STATIONS.get(stop, stop)]
        for (route, mode), runs in own.groupby(["route", "mode"], observed=True):
            hourly = runs["direction"].value_counts().max()
            table.append((place, route, mode, decimetres / 800, hourly))
    names = ["from_id", "route", "mode", "walk_min", "departures_h"]
    expected = ptal_table(pd.DataFrame(table, columns=names), PLACES)
    told = ptal_of_places(near, found)
    assert np.allclose(told["ptal_index"], expected["ptal_index"], rtol=1e-12)


@few
@given(trips_of(), st.randoms(use_true_random=False))
def test_directions_part_there_and_back_whatever_the_order(trips, chance):
    mixed = list(trips)
    chance.shuffle(mixed)
    sides = [
        dict(zip((trip[0] for trip in held), line_directions(built(held)).tolist(), strict=True))
        for held in (trips, mixed)
    ]
    for one in trips:
        for other in trips:
            alike = sides[0][one[0]] == sides[0][other[0]]
            assert alike == (sides[1][one[0]] == sides[1][other[0]])
            if one[1] != other[1]:
                assert not alike
