"""The timetable reader: answers found by hand, and two real feeds read again with the csv module."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections import Counter

import numpy as np
import pytest
from small_feed import FILES, LAMBERT, calls_of, feed, found, more, read, same, spoilt

from renewal_gis.errors import LayerReadError
from renewal_gis.sources import gtfs_rows, study_crs

CALLS, STOPS = "stop_times.txt", "stops.txt"
BLANK = "t,07:00:00,07:00:00,A,1{0}\nt,,,X,2{1}\nt,,,B,3{2}\nt,07:40:00,07:40:00,C,4{3}\n"


def test_what_the_small_feed_says(tmp_path):
    held = read(feed(tmp_path)).schedule
    assert held.trips.to_dict("list") == {
        "line": ["T1", "T1", "10"],
        "route": ["t1", "t1", "b10"],
        "mode": ["tram", "tram", "bus"],
        "on_demand": [False] * 3,
        "headsign": ["Beuvrages", "Beuvrages", "Curgies"],
        "service": [0, 0, 1],
        "block": ["k", "k", ""],
        "feed": [0, 0, 0],
    }
    assert held.stops["kind"].tolist() == ["station", *["stop"] * 5]
    assert held.stops["station"].tolist() == [0, 0, 0, 3, 4, 5]
    assert held.stops.crs == LAMBERT
    # Lambert-93, from the French geodetic service's own formulas to the metre: near Valenciennes.
    assert held.stops.geometry["S"].distance(held.stops.geometry["S1"]) == pytest.approx(
        111.2, abs=1
    )
    assert held.services == ("wk", "sa")
    assert held.timezone == "Europe/Paris"
    assert held.pickup.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert held.drop_off.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_the_calendar_and_its_exceptions(tmp_path):
    held = read(feed(tmp_path)).schedule

    def runs(day):
        return held.running(datetime.date(2026, 3, day)).tolist()

    assert [runs(day) for day in (1, 2, 9, 10, 11, 13, 14, 15, 31)] == [
        [False, False], [True, False], [True, False], [False, False], [True, False], [True, False],
        [False, True], [False, False], [True, False],
    ]  # fmt: skip
    assert held.runs.sum(axis=1).tolist() == [21, 1]


@pytest.mark.parametrize("absent", ["calendar.txt", "calendar_dates.txt"])
def test_one_of_the_two_calendars_is_enough(tmp_path, absent):
    trips = "route_id,service_id,trip_id\nt1,wk,t1a\nt1,wk,t1b\nb10,wk,b10a\n"
    held = read(feed(tmp_path, {absent: None, "trips.txt": trips})).schedule
    days = np.flatnonzero(held.runs[held.services.index("wk")])
    assert len(days) == (0 if absent == "calendar.txt" else 22)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "mixed"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    changes = {}
    for name, text in FILES.items():
        lines = text.replace("Anzin", "Anzin-là").split("\n")
        ends = ["\n", "\r\n", "\r"] if end == "mixed" else [end]
        whole = "".join(line + ends[number % len(ends)] for number, line in enumerate(lines[:-1]))
        changes[name] = whole.encode(encoding)
    loaded = read(feed(tmp_path, changes))
    assert loaded.schedule.stops.loc["A", "name"] == "Anzin-là"
    assert {one.code for one in loaded.findings} <= {"encoding"}
    assert ("utf-16" in encoding) == bool(loaded.findings)
    plain = read(feed(tmp_path, spoilt(STOPS, "Anzin", "Anzin-là"), name="plain.zip"))
    assert same(loaded, plain)


def test_headers_with_spaces_capitals_and_quotes_and_cells_with_spaces(tmp_path):
    changes = {
        STOPS: FILES[STOPS]
        .replace("stop_id,stop_name", ' Stop_ID ,"stop_name"')
        .replace("A,", " A ,"),
        CALLS: FILES[CALLS].replace(",S1,", ", S1 ,").replace("07:05:00", " 07:05:00"),
    }
    assert same(read(feed(tmp_path, changes)), read(feed(tmp_path, name="good.zip")))


def test_quoted_cells_with_commas_quotes_and_line_ends(tmp_path):
    loaded = read(feed(tmp_path, spoilt(STOPS, "Anzin", '"Anzin, ""Le Parc""\nnord"')))
    assert loaded.schedule.stops.loc["A", "name"] == 'Anzin, "Le Parc"\nnord'
    assert loaded.findings == ()


def test_a_folder_a_deep_folder_in_a_zip_and_capitals_give_the_same(tmp_path):
    folder = tmp_path / "unpacked" / "inside"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name.upper()).write_text(content)
    good = read(feed(tmp_path))
    for path in (folder.parent, feed(tmp_path, name="deep.zip", inside="a/b/")):
        assert same(read(path), good)


def test_calls_stand_by_sequence_wherever_their_lines_are(tmp_path):
    head, *lines = FILES[CALLS].splitlines()
    mixed = "\n".join([head, *lines[::-1]])
    assert same(read(feed(tmp_path, {CALLS: mixed})), read(feed(tmp_path, name="good.zip")))
    moved = "\n".join([head, *lines[6:], *lines[:6]])
    assert same(read(feed(tmp_path, {CALLS: moved})), read(feed(tmp_path, name="good.zip")))


def test_times_beyond_midnight_and_without_a_leading_zero(tmp_path):
    text = FILES[CALLS].replace("09:50:00,09:50:00", "25:10:00,25:10:05")
    assert calls_of(read(feed(tmp_path, {CALLS: text})), "b10a")[::3] == [
        ("S2", 32_399, 32_399), ("C", 90_600, 90_605)
    ]  # fmt: skip


def test_one_time_of_a_call_serves_for_both(tmp_path):
    text = (
        FILES[CALLS]
        .replace("07:00:00,07:00:00", ",07:00:00")
        .replace("07:10:00,07:10:00", "07:10:00,")
    )
    assert same(read(feed(tmp_path, {CALLS: text})), read(feed(tmp_path, name="good.zip")))


def spread_feed(tmp_path, distances=("", "", "", ""), place="50.371,3.500"):
    """Four stops on a meridian: A at 50.370, X, B at 50.380, C at 50.410."""
    told = any(distances)
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    cells = [f",{one}" if told else "" for one in distances]
    changes = {
        STOPS: FILES[STOPS] + f"X,Ici,{place},0,\n",
        "trips.txt": "route_id,service_id,trip_id\nt1,wk,t\n",
        CALLS: f"{head}{',shape_dist_traveled' if told else ''}\n" + BLANK.format(*cells),
    }
    return read(feed(tmp_path, changes))


def times(loaded):
    return [arrival for _, arrival, _ in calls_of(loaded, "t")]


def test_blank_times_are_spread_by_the_straight_lines_between_stops(tmp_path):
    loaded = spread_feed(tmp_path)
    # 1, 9 and 30 thousandths of a degree of the same meridian in 2 400 s: 60, 540 and 1 800 s.
    assert times(loaded) == pytest.approx([25_200, 25_260, 25_800, 27_600], abs=1)
    assert found(loaded) == [("note", "blank-times", 2)]


def test_blank_times_are_spread_by_the_distance_told_when_a_stop_has_no_place(tmp_path):
    told = ("10", "20", "25", "50")
    assert times(spread_feed(tmp_path, told, place=",")) == [25_200, 25_800, 26_100, 27_600]
    assert times(spread_feed(tmp_path, told)) == times(spread_feed(tmp_path))


@pytest.mark.parametrize(
    "told", [("10", "", "25", "50"), ("10", "30", "25", "50"), ("5", "5", "5", "5")]
)
def test_a_distance_that_is_missing_falls_or_stands_still_is_not_believed(tmp_path, told):
    nowhere = times(spread_feed(tmp_path, told, place=","))
    assert nowhere == times(spread_feed(tmp_path, place=","))


def test_blank_times_are_spread_evenly_when_a_stop_has_no_place(tmp_path):
    assert times(spread_feed(tmp_path, place=",")) == [25_200, 26_000, 26_800, 27_600]


def test_calls_beyond_the_timed_ones_are_listed(tmp_path):
    text = FILES[CALLS].replace("8:59:59,8:59:59", ",").replace("09:50:00,09:50:00", ",")
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert found(loaded) == [("dropped", "no-time", 1)] * 2
    assert [stop for stop, _, _ in calls_of(loaded, "b10a")] == ["A", "B"]


def test_frequencies_are_kept_as_bands(tmp_path):
    bands = (
        "trip_id,start_time,end_time,headway_secs,exact_times\n"
        "t1b,09:00:00,10:00:00,900,1\nt1a,06:00:00,25:00:00,600,0\nt1b,06:00:00,09:00:00,300,\n"
    )
    held = read(feed(tmp_path, {"frequencies.txt": bands})).schedule.headways
    assert held.to_dict("list") == {
        "trip": [0, 1, 1],
        "start_s": [21_600, 21_600, 32_400],
        "end_s": [90_000, 32_400, 36_000],
        "headway_s": [600, 300, 900],
        "exact": [False, False, True],
    }


def test_a_transfer_between_stations_is_one_between_their_platforms(tmp_path):
    rules = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
        "S,A,2,120\nS1,A,2,60\nS,S,1,\nA,B,3,\n"
    )
    held = read(feed(tmp_path, {"transfers.txt": rules})).schedule.transfers
    pairs = held[["from_stop", "to_stop", "kind"]].to_numpy().tolist()
    # S1 → A is told by itself: the rule of the station holds for S2 alone.
    assert pairs == [[2, 3, 2], [1, 3, 2], [1, 1, 1], [1, 2, 1], [2, 1, 1], [2, 2, 1], [3, 4, 3]]
    assert held["min_s"].tolist()[:2] == [120, 60]


def test_a_station_without_calls_has_no_transfer(tmp_path):
    changes = more(STOPS, "E,Vide,50.36,3.53,1,", "E1,quai,50.36,3.53,0,E")
    changes["transfers.txt"] = "from_stop_id,to_stop_id,transfer_type\nE,A,0\nE1,A,0\n"
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [("dropped", "no-call", 1)]
    assert len(loaded.schedule.transfers) == 1


def test_riders_stay_seated_between_linked_trips(tmp_path):
    rules = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\n,,4,t1a,t1b\nB,S1,5,t1b,t1a\n"
    held = read(feed(tmp_path, {"transfers.txt": rules})).schedule.transfers
    assert held.drop(columns="min_s").to_numpy().tolist() == [[4, 1, 4, 0, 1], [4, 1, 5, 1, 0]]


def test_other_changes_between_given_trips_are_listed(tmp_path):
    columns = "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id\n"
    rows = [f"A,B,{kind},90,t1a,{to}" for kind in range(4) for to in ("t1b", "")]
    rules = columns + "\n".join([*rows, "A,B,2,60,,t1b", "A,B,2,30,,", "A,B,4,,t1a,t1b"])
    loaded = read(feed(tmp_path, {"transfers.txt": rules}))
    assert found(loaded) == [("dropped", "not-applied", 1)] * 9
    assert [one.row for one in loaded.findings] == [str(line) for line in range(2, 11)]
    held = loaded.schedule.transfers
    assert held[["kind", "from_trip", "to_trip"]].to_numpy().tolist() == [[2, -1, -1], [4, 0, 1]]
    rows = loaded.rows.set_index("file").loc["transfers.txt", ["rows_in", "rows_kept"]]
    assert rows.tolist() == [11, 2]


def test_stations_of_many_platforms_are_refused_when_their_pairs_explode(tmp_path, monkeypatch):
    from renewal_gis.sources import gtfs_transfers

    monkeypatch.setattr(gtfs_transfers, "_MOST_PAIRS", 3)
    rules = {"transfers.txt": "from_stop_id,to_stop_id,transfer_type\nS,S,0\n"}
    with pytest.raises(LayerReadError, match="4 pairs of platforms"):
        read(feed(tmp_path, rules))


def test_pathways_are_walking_times(tmp_path):
    ways = (
        "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length,stair_count\n"
        "a,S1,S2,1,1,45,500,\nb,S1,S,1,0,,100,\nc,S,S2,2,0,,,-20\nd,S2,S,5,0,,,\ne,S2,Z,1,0,9,,\n"
    )
    loaded = read(feed(tmp_path, {"pathways.txt": ways}))
    # 100 m at 80 m a minute: 75 s; 20 steps of 0.75 s; an elevator of which nothing is said: 30 s.
    assert loaded.schedule.pathways.to_numpy().tolist() == [
        [1, 2, 45], [1, 0, 75], [0, 2, 15], [2, 0, 30], [2, 1, 45]
    ]  # fmt: skip
    assert found(loaded) == [("dropped", "undefined", 1), ("note", "silent-pathway", 1)]


def test_trips_to_be_ordered_are_flagged(tmp_path):
    text = FILES[CALLS].replace("S1,1,,1", "S1,1,2,1").replace("A,2,0,0", "A,2,3,0")
    routes = FILES["routes.txt"].replace("b10,10,,3", "b10,10,,715")
    held = read(feed(tmp_path, {CALLS: text, "routes.txt": routes})).schedule.trips
    assert held["on_demand"].tolist() == [True, False, True]
    assert held["mode"].tolist() == ["tram", "tram", "on_demand"]


def test_several_feeds_are_apart(tmp_path):
    named = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\nA,B,4,t1b,t1a\n"
    rules = {"transfers.txt": named}
    one, two = feed(tmp_path), feed(tmp_path, rules, name="other.zip")
    held = read(one, two).schedule
    assert held.stops.index[[0, 6]].tolist() == ["feed:S", "other:S"]
    assert held.stops["station"].tolist() == [0, 0, 0, 3, 4, 5, 6, 6, 6, 9, 10, 11]
    assert held.stops["feed"].tolist() == [0] * 6 + [1] * 6
    assert held.trips.loc["other:t1a", ["route", "block", "service", "feed"]].tolist() == [
        "other:t1", "other:k", 2, 1
    ]  # fmt: skip
    assert held.trips.loc["other:b10a", "block"] == ""
    assert held.services == ("feed:wk", "feed:sa", "other:wk", "other:sa")
    assert held.stop[10:].tolist() == [one + 6 for one in held.stop[:10]]
    assert held.transfers[["from_stop", "to_stop", "from_trip", "to_trip"]].to_numpy().tolist() == [
        [9, 10, 4, 3]
    ]  # fmt: skip
    assert np.array_equal(held.runs[:2], held.runs[2:])


@pytest.mark.parametrize("turned", [False, True])
def test_merging_with_an_empty_feed_changes_nothing_but_the_names(tmp_path, turned):
    empty = {name: text.splitlines()[0] + "\n" for name, text in FILES.items()}
    full, bare = feed(tmp_path), feed(tmp_path, empty, name="empty.zip")
    paths = (bare, full) if turned else (full, bare)
    merged, alone = read(*paths).schedule, read(full).schedule
    for name in ("first_call", "stop", "arrival_s", "departure_s", "pickup", "drop_off", "runs"):
        assert np.array_equal(getattr(merged, name), getattr(alone, name))
    assert merged.stops.index.tolist() == [f"feed:{one}" for one in alone.stops.index]
    assert merged.services == tuple(f"feed:{one}" for one in alone.services)
    for table in ("headways", "transfers", "pathways"):
        assert getattr(merged, table).equals(getattr(alone, table))
    assert merged.trips["line"].tolist() == alone.trips["line"].tolist()
    assert (merged.first_day, merged.timezone) == (alone.first_day, alone.timezone)


def zone(name):
    return spoilt("agency.txt", "Europe/Paris", name)


def test_a_feed_of_another_zone_is_shifted(tmp_path):
    loaded = read(feed(tmp_path), feed(tmp_path, zone("Europe/London"), name="london.zip"))
    assert calls_of(loaded, "london:t1a")[0] == ("london:S1", 28_800, 28_800)
    assert [one.code for one in loaded.findings] == ["timezone"]
    assert "+1 h" in loaded.findings[0].message
    assert "other on some" not in loaded.findings[0].message


def test_a_shift_that_changes_with_the_clocks_is_noted(tmp_path):
    # New York changes its clocks on 8 March 2026, Paris on 29 March.
    loaded = read(feed(tmp_path), feed(tmp_path, zone("America/New_York"), name="ny.zip"))
    assert "+6 h" in loaded.findings[0].message
    assert "other on some" in loaded.findings[0].message


def test_a_shift_to_before_the_service_day_moves_to_the_day_before(tmp_path):
    bands = {
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1b,06:00:00,09:00:00,600\n"
    }
    text = FILES[CALLS].replace("t1a,07:00:00,07:00:00", "t1a,00:30:00,00:40:00")
    athens = feed(tmp_path, {**zone("Europe/Athens"), CALLS: text, **bands}, name="athens.zip")
    held = read(feed(tmp_path), athens).schedule
    loaded = read(feed(tmp_path), athens)
    # 00:30 in Athens is 23:30 of the day before in Paris.
    assert calls_of(loaded, "athens:t1a")[0][1] == 23 * 3600 + 1800
    service = held.trips.loc["athens:t1a", "service"]
    assert held.services[service] == "athens:wk (eve)"
    own = held.services.index("athens:wk")
    assert np.array_equal(held.runs[service][:-1], held.runs[own][1:])
    assert held.headways[["start_s", "end_s"]].to_numpy().tolist() == [[18_000, 28_800]]
    assert calls_of(loaded, "athens:t1b") == [
        (f"athens:{stop}", *times) for stop, *times in calls_of(read(feed(tmp_path)), "t1b")
    ]


def test_large_files_flow_into_the_parser_and_give_the_same(tmp_path, monkeypatch):
    text = FILES[CALLS].replace("S1,1,,1", '"S1",1,,1')
    paths = [
        feed(tmp_path),
        feed(tmp_path, {CALLS: "\ufeff" + FILES[CALLS].replace("\n", "\r\n")}, name="mark.zip"),
        feed(tmp_path, {CALLS: text}, name="quoted.zip"),
        feed(tmp_path, {CALLS: FILES[CALLS] + "torn\n"}, name="torn.zip"),
        feed(tmp_path, {CALLS: FILES[CALLS].encode() + b"t1a,\xe9,,A,9,,\n"}, name="latin.zip"),
        feed(tmp_path, {CALLS: FILES[CALLS].encode("utf-16")}, name="wide.zip"),
    ]
    small = [read(path) for path in paths]
    monkeypatch.setattr(gtfs_rows, "_LARGE_BYTES", 0)
    large = [read(path) for path in paths]
    for one, other in zip(small, large, strict=True):
        assert same(one, other)
        assert one.findings == other.findings
    assert all(same(one, small[0]) for one in large)


@pytest.mark.parametrize(
    ("place", "crs"),
    [("transit/montpellier_tam_gtfs_2025-10.zip", "EPSG:2154"),
     ("pair_newport/newport-20230613_gtfs.zip", "EPSG:27700")],
)  # fmt: skip
def test_real_feeds_against_the_csv_module(shared, place, crs):
    path = shared / place
    loaded = read(path, crs=study_crs(crs))
    assert loaded.findings == ()
    held = loaded.schedule

    def rows(name):
        with zipfile.ZipFile(path) as archive:
            return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))

    def seconds(text):
        hours, minutes, rest = (int(part) for part in text.split(":"))
        return hours * 3600 + minutes * 60 + rest

    told = sorted(rows(CALLS), key=lambda row: (row["trip_id"], int(row["stop_sequence"])))
    trips = {trip: number for number, trip in enumerate(held.trips.index)}
    told.sort(key=lambda row: trips[row["trip_id"]])
    assert [row["stop_id"] for row in told] == held.stops.index[held.stop].tolist()
    assert [seconds(row["arrival_time"]) for row in told] == held.arrival_s.tolist()
    assert [seconds(row["departure_time"]) for row in told] == held.departure_s.tolist()
    assert [int(row["pickup_type"] or 0) for row in told] == held.pickup.tolist()
    assert [int(row["drop_off_type"] or 0) for row in told] == held.drop_off.tolist()
    counts = Counter(row["trip_id"] for row in told)
    assert [counts[trip] for trip in held.trips.index] == np.diff(held.first_call).tolist()
    services = {row["trip_id"]: row["service_id"] for row in rows("trips.txt")}
    assert [services[trip] for trip in held.trips.index] == [
        held.services[one] for one in held.trips["service"]
    ]
    days = set()
    for row in rows("calendar.txt"):
        day, last = (
            datetime.datetime.strptime(row[f"{end}_date"], "%Y%m%d").date()
            for end in ("start", "end")
        )
        while day <= last:
            if row[day.strftime("%A").lower()] == "1":
                days.add((row["service_id"], day))
            day += datetime.timedelta(days=1)
    if "montpellier" in place:
        for row in rows("calendar_dates.txt"):
            one = (row["service_id"], datetime.datetime.strptime(row["date"], "%Y%m%d").date())
            (days.add if row["exception_type"] == "1" else days.discard)(one)
    service, day = np.nonzero(held.runs)
    assert days == {
        (held.services[one], held.first_day + datetime.timedelta(days=int(number)))
        for one, number in zip(service, day, strict=True)
    }
