"""Classical broken timetables: a sentence or a listed repair, never a traceback or a silent wrong answer."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from small_feed import FILES, calls_of, feed, found, more, read, same, spoilt

from renewal_gis.errors import CRSError, DataError, LayerReadError, UsageError
from renewal_gis.sources import archives, read_schedule, study_crs

TRIPS, STOPS, CALLS = "trips.txt", "stops.txt", "stop_times.txt"


def refused(path):
    with pytest.raises(LayerReadError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"stops ({path.name})")
    assert str(path.parent) not in message
    assert "\n" not in message
    return message


def told(loaded, code):
    return [one for one in loaded.findings if one.code == code]


def test_the_feed_itself_is_good(tmp_path):
    loaded = read(feed(tmp_path))
    assert loaded.findings == ()
    assert (loaded.rows["rows_in"] == loaded.rows["rows_kept"]).all()
    assert loaded.rows["rows_in"].tolist() == [1, 6, 2, 1, 2, 3, 10]


@pytest.mark.parametrize("file", [STOPS, "routes.txt", TRIPS, CALLS])
def test_a_missing_file(tmp_path, file):
    assert file in refused(feed(tmp_path, {file: None}))


def test_no_calendar_at_all(tmp_path):
    path = feed(tmp_path, {"calendar.txt": None, "calendar_dates.txt": None})
    assert "calendar.txt or calendar_dates.txt" in refused(path)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        (STOPS, "stop_id"),
        (STOPS, "stop_lat"),
        ("routes.txt", "route_type"),
        (TRIPS, "service_id"),
        (CALLS, "stop_sequence"),
        ("calendar.txt", "sunday"),
        ("calendar_dates.txt", "exception_type"),
    ],
)
def test_a_missing_column(tmp_path, file, column):
    message = refused(feed(tmp_path, spoilt(file, column, "other")))
    assert f"{file} has no column {column!r}" in message


@pytest.mark.parametrize("file", [STOPS, TRIPS, CALLS, "calendar.txt"])
def test_an_empty_file(tmp_path, file):
    assert f"{file} has no column" in refused(feed(tmp_path, {file: ""}))


def test_no_feed_at_all():
    with pytest.raises(UsageError, match="no timetable"):
        read_schedule([], crs=study_crs("EPSG:2154"))


def test_several_bad_feeds_are_told_in_one_message(tmp_path):
    one, two = feed(tmp_path, {TRIPS: None}), tmp_path / "absent.zip"
    with pytest.raises(DataError, match=r"(?s)feed\.zip.*absent\.zip"):
        read(one, two)


@pytest.mark.parametrize("date", ["20260230", "2026-03-02", "", "tomorrow", "00000000"])
def test_a_bad_date(tmp_path, date):
    loaded = read(feed(tmp_path, spoilt("calendar.txt", "20260302", date)))
    # The weekly row is gone; the day it was taken off still names the service, which never runs.
    assert found(loaded) == [("dropped", "bad-date", 1)]
    place = loaded.schedule.services.index("wk")
    assert not loaded.schedule.runs[place].any()


def test_an_end_before_its_start(tmp_path):
    loaded = read(feed(tmp_path, spoilt("calendar.txt", "20260331", "20260301")))
    assert found(loaded) == [("dropped", "bad-date", 1)]


def test_a_bad_exception(tmp_path):
    loaded = read(feed(tmp_path, more("calendar_dates.txt", "wk,20260311,3", "wk,2026,2")))
    assert found(loaded) == [("dropped", "bad-date", 1)] * 2


def test_a_weekday_that_is_neither_0_nor_1(tmp_path):
    loaded = read(feed(tmp_path, spoilt("calendar.txt", "wk,1,", "wk,yes,")))
    assert found(loaded) == [("repaired", "bad-flag", 1)]
    assert not loaded.schedule.runs[0, 0]
    assert loaded.schedule.runs[0, 1]


def test_letters_of_windows_1252(tmp_path):
    content = FILES[STOPS].replace("Anzin", "Orée").encode("cp1252")
    loaded = read(feed(tmp_path, {STOPS: content}))
    assert loaded.schedule.stops.loc["A", "name"] == "Orée"
    assert [(one.severity, one.code, one.row) for one in loaded.findings] == [
        ("repaired", "encoding", "5")
    ]


def test_one_bad_byte_among_good_letters(tmp_path):
    text = FILES[STOPS].replace("Anzin", "Anzin é è ê").encode().replace(b"Curgies", b"Curgi\xe9s")
    loaded = read(feed(tmp_path, {STOPS: text}))
    assert loaded.schedule.stops.loc[["A", "C"], "name"].tolist() == ["Anzin é è ê", "Curgi�s"]
    assert [(one.code, one.row) for one in loaded.findings] == [("encoding", "7")]


def test_null_bytes(tmp_path):
    content = FILES[CALLS].encode().replace(b"t1b,07:35", b"t1b,\0\0007:35")
    loaded = read(feed(tmp_path, {CALLS: content}))
    assert [(one.severity, one.code, one.row) for one in loaded.findings] == [
        ("repaired", "null-bytes", "6")
    ]
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


def test_a_row_of_null_bytes(tmp_path):
    content = FILES[STOPS].encode() + b"\0" * 40 + b"\n"
    loaded = read(feed(tmp_path, {STOPS: content}))
    assert found(loaded) == [("repaired", "null-bytes", 1)]


def test_repeated_identifiers(tmp_path):
    changes = {
        **more(STOPS, "A,again,50.3,3.5,0,", ",nameless,50.3,3.5,0,"),
        **more("routes.txt", "t1,again,,3"),
        **more(TRIPS, "b10,sa,t1a,x,"),
        **more("calendar.txt", "wk,0,0,0,0,0,1,1,20260302,20260331"),
        **more("calendar_dates.txt", "sa,20260314,2"),
        **more(CALLS, "t1a,07:08:00,07:08:00,C,2,,"),
    }
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [("dropped", "repeated-row", 1)] * 7
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


def test_undefined_stops_routes_services_and_trips(tmp_path):
    changes = {
        **more(TRIPS, "none,wk,x,,", "t1,never,y,,"),
        **more(CALLS, "t1a,07:20:00,07:20:00,Z,9,,", "x,07:00:00,07:00:00,A,1,,", "zz,,,A,1,,"),
    }
    loaded = read(feed(tmp_path, changes))
    assert sorted((one.code, one.row) for one in loaded.findings) == [
        ("trip-left-out", "13"),
        ("undefined", "Z"),
        ("undefined", "never"),
        ("undefined", "none"),
        ("undefined", "zz"),
    ]
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


def test_an_undefined_parent_and_loops_of_parents(tmp_path):
    text = FILES[STOPS].replace("S2,Gare quai 2,50.361,3.521,0,S", "S2,q,50.361,3.521,0,gone")
    text += "L,l,50.3,3.5,0,M\nM,m,50.3,3.5,1,N\nN,n,50.3,3.5,1,M\nO,o,50.3,3.5,0,O\n"
    loaded = read(feed(tmp_path, {STOPS: text}))
    assert found(loaded) == [("repaired", "parent-loop", 1)] * 3 + [("repaired", "undefined", 1)]
    station = dict(zip(loaded.schedule.stops.index, loaded.schedule.stops["station"], strict=True))
    assert station == {
        "S": 0,
        "S1": 0,
        "S2": 2,
        "A": 3,
        "B": 4,
        "C": 5,
        "L": 6,
        "M": 7,
        "N": 8,
        "O": 9,
    }


def test_a_boarding_area_belongs_to_the_station_of_its_platform(tmp_path):
    loaded = read(feed(tmp_path, more(STOPS, "Z,zone,50.361,3.52,4,S1")))
    assert loaded.schedule.stops.loc["Z", ["kind", "station"]].tolist() == ["area", 0]


def test_decimal_commas(tmp_path):
    changes = spoilt(STOPS, "50.370,3.500", '"50,370","3,500"')
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [("repaired", "decimal-comma", 1)]
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


@pytest.mark.parametrize("place", ["0,0", ",", "95,3.5", "north,east", "nan,inf", "1_0,3"])
def test_a_stop_without_a_usable_place_is_kept_without(tmp_path, place):
    loaded = read(feed(tmp_path, spoilt(STOPS, "50.370,3.500", place)))
    assert found(loaded) == [("note", "stop-unplaced", 1)]
    assert loaded.schedule.stops.geometry["A"].is_empty
    assert len(calls_of(loaded, "t1a")) == 3


def test_platforms_and_stations_lend_each_other_their_place(tmp_path):
    text = FILES[STOPS].replace("S,Gare,50.360,3.520", "S,Gare,,").replace("50.361,3.521", "0,0")
    loaded = read(feed(tmp_path, {STOPS: text}))
    assert found(loaded) == [("repaired", "station-unplaced", 1), ("repaired", "stop-unplaced", 1)]
    points = loaded.schedule.stops.geometry
    assert points["S"].equals(points["S1"])
    assert points["S2"].equals(points["S1"])


def test_stops_elsewhere(tmp_path):
    loaded = read(feed(tmp_path, spoilt(STOPS, "50.370,3.500", "-33.9,151.2")))
    assert found(loaded) == [("note", "stop-outside", 1)]
    assert loaded.schedule.stops.geometry["A"].is_empty
    with pytest.raises(CRSError, match=r"feed\.zip"):
        read(feed(tmp_path), crs=study_crs("EPSG:27700"))


def test_an_unknown_kind_of_stop_and_a_call_at_a_station(tmp_path):
    changes = spoilt(STOPS, "3.500,0,\nC", "3.500,9,\nC") | spoilt(CALLS, "S2,1", "S,1")
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [("note", "not-a-stop", 1), ("repaired", "bad-kind", 1)]


def test_times_that_pass_midnight_without_counting_on(tmp_path):
    changes = spoilt(CALLS, "t1a,07:00:00,07:00:00", "t1a,23:50:00,23:55:00")
    text = changes[CALLS].replace("t1a,07:05:00,07:06:00", "t1a,23:59:00,00:02:00")
    text = text.replace("t1a,07:10:00,07:10:00", "t1a,00:10:00,00:10:00")
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert found(loaded) == [("repaired", "past-midnight", 1)]
    assert calls_of(loaded, "t1a") == [
        ("S1", 85_800, 86_100),
        ("A", 86_340, 86_520),
        ("B", 87_000, 87_000),
    ]


def test_one_time_out_of_order_is_left_out(tmp_path):
    # 17:10 for 9:10: without it the others are in order, and it is the only such call.
    loaded = read(feed(tmp_path, spoilt(CALLS, "09:10:00,09:10:00", "17:10:00,17:10:00")))
    assert found(loaded) == [("dropped", "decreasing-times", 1)]
    assert [stop for stop, _, _ in calls_of(loaded, "b10a")] == ["S2", "B", "C"]


def test_a_trip_out_of_order_in_more_than_one_way_is_left_out(tmp_path):
    # Either 9:30 or 9:20 may be wrong.
    loaded = read(feed(tmp_path, spoilt(CALLS, "09:10:00,09:10:00", "09:30:00,09:30:00")))
    assert found(loaded) == [("dropped", "decreasing-times", 1)] * 4 + [("dropped", "no-call", 1)]
    assert "b10a" not in loaded.schedule.trips.index


def test_a_departure_before_its_arrival(tmp_path):
    loaded = read(feed(tmp_path, spoilt(CALLS, "09:10:00,09:10:00", "09:10:00,09:05:00")))
    assert found(loaded) == [("dropped", "decreasing-times", 1)]


@pytest.mark.parametrize(
    "text", ["07:99:00", "7h05", "-1:00:00", "１2:00:00", "07:00", "1234:00:00", "²7:00:00"]
)
def test_a_time_that_is_none(tmp_path, text):
    loaded = read(feed(tmp_path, spoilt(CALLS, "07:35:00,07:36:00", f"{text},{text}")))
    assert found(loaded) == [("dropped", "bad-time", 1)]
    half = read(feed(tmp_path, spoilt(CALLS, "07:35:00,07:36:00", f"{text},07:36:00")))
    assert found(half) == [("repaired", "bad-time", 1)]
    assert calls_of(half, "t1b")[1] == ("A", 27_360, 27_360)


def test_negative_and_unreadable_sequences(tmp_path):
    changes = spoilt(CALLS, "S1,1,,1", "S1,-1,,1")
    text = changes[CALLS].replace("A,20,", "A,2x,")
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert found(loaded) == [("dropped", "bad-sequence", 1), ("repaired", "negative-sequence", 1)]
    assert [stop for stop, _, _ in calls_of(loaded, "t1a")] == ["S1", "A", "B"]


def test_trips_of_one_stop_and_of_none(tmp_path):
    changes = more(TRIPS, "t1,wk,one,,", "t1,wk,none,,") | more(
        CALLS, "one,07:00:00,07:00:00,A,1,,"
    )
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [
        ("dropped", "no-call", 1), ("dropped", "single-stop", 1), ("dropped", "trip-left-out", 1)
    ]  # fmt: skip
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


def test_a_trip_of_thirty_hours_is_kept_and_noted(tmp_path):
    loaded = read(feed(tmp_path, spoilt(CALLS, "09:50:00,09:50:00", "38:59:59,39:10:00")))
    assert [(one.severity, one.code) for one in loaded.findings] == [("note", "long-trip")]
    assert "30.0 h" in loaded.findings[0].message
    assert calls_of(loaded, "b10a")[-1] == ("C", 140_399, 141_000)


def test_torn_blank_and_unclosed_lines(tmp_path):
    text = FILES[CALLS].replace("t1b,07:30:00", "short\n\nt1b,07:30:00") + "a,b,c,d,e,f,g,h\n\n\n"
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert sorted((one.code, one.row) for one in loaded.findings) == [
        ("blank-line", "6"), ("torn-line", "14"), ("torn-line", "5")
    ]  # fmt: skip
    assert same(loaded, read(feed(tmp_path, name="good.zip")))


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path):
    loaded = read(feed(tmp_path, spoilt(STOPS, "Anzin", '"Anzin')))
    assert [(one.severity, one.code) for one in loaded.findings] == [("note", "quotes")]
    assert loaded.schedule.stops.index.tolist() == ["S", "S1", "S2", "A", "B", "C"]


def test_bad_boarding_types_route_types_and_names(tmp_path):
    changes = spoilt(CALLS, "A,20,,", "A,20,7,x") | spoilt("routes.txt", "b10,10,,3", "b10,,,bus")
    changes |= spoilt(STOPS, "A,Anzin", "A,")
    loaded = read(feed(tmp_path, changes))
    assert found(loaded) == [
        ("repaired", "bad-boarding", 1), ("repaired", "bad-boarding", 1),
        ("repaired", "bad-route-type", 1), ("repaired", "missing-value", 1),
    ]  # fmt: skip
    assert loaded.schedule.trips.loc["b10a", ["line", "mode"]].tolist() == ["b10", "other"]
    assert loaded.schedule.stops.loc["A", "name"] == "A"


def test_many_alike_faults_are_counted_in_one_line(tmp_path):
    rows = [f"t1a,08:00:00,08:00:00,unknown{n},{n}," for n in range(1000, 1500)]
    rows += [f"t1a,xx,xx,A,{n}," for n in range(2000, 3000)]
    text = FILES[CALLS] + "".join(f"{row},\n" for row in rows)
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert len(told(loaded, "undefined")) == len(told(loaded, "bad-time")) == 21
    assert sum(one.count for one in told(loaded, "undefined")) == 500
    assert sum(one.count for one in told(loaded, "bad-time")) == 1000


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_truncated_zip(tmp_path, share):
    path = feed(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "cannot be read" in refused(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    path = feed(tmp_path, more(CALLS, "a," * 5_000_000))
    assert "out of proportion" in refused(path)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    assert "at most 3" in refused(feed(tmp_path))


def test_a_folder_has_limits_too(tmp_path, monkeypatch):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    assert read(folder).findings == ()
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 500)
    assert "at most" in refused(folder)
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    assert "at most 3 are read" in refused(folder)


def test_a_zip_in_a_zip_is_no_timetable(tmp_path):
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(feed(tmp_path), "feed.zip")
    assert "there is no stops.txt" in refused(outer)


def test_two_timetables_in_one_zip(tmp_path):
    path = feed(tmp_path, {f"other/{name}": text for name, text in FILES.items()})
    assert "2 timetables" in refused(path)


def test_a_calendar_of_centuries_is_bounded(tmp_path):
    text = FILES["calendar.txt"].replace("20260302,20260331", "19700101,20991231")
    loaded = read(feed(tmp_path, {"calendar.txt": text}))
    assert found(loaded) == [("note", "span-bounded", 1)]
    assert loaded.schedule.runs.shape[1] == 3653
    assert loaded.schedule.first_day.year == 2021
    assert loaded.schedule.runs[0].sum() == pytest.approx(3653 * 5 / 7, abs=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "is missing"), ("agency_name,agency_timezone\nx,Mars/Olympus\n", "'Mars/Olympus'"),
     ("agency_name,agency_timezone\nx,../../etc/passwd\n", "passwd"), ("agency_name\nx\n", "is missing")],
)  # fmt: skip
def test_a_time_zone_that_is_none(tmp_path, text, said):
    loaded = read(feed(tmp_path, {"agency.txt": text}))
    assert [(one.severity, one.code) for one in loaded.findings] == [("note", "timezone")]
    assert said in loaded.findings[0].message
    assert loaded.schedule.timezone == "Europe/Paris"


def test_bad_frequencies(tmp_path):
    bands = (
        "trip_id,start_time,end_time,headway_secs,exact_times\n"
        "t1a,06:00:00,07:00:00,600,0\nt1a,06:30:00,08:00:00,600,yes\n"
        "t1b,08:00:00,07:00:00,600,\nnone,06:00:00,07:00:00,600,\nt1a,09:00:00,10:00:00,0,\n"
    )
    loaded = read(feed(tmp_path, {"frequencies.txt": bands}))
    assert found(loaded) == [
        ("dropped", "bad-frequency", 1), ("dropped", "bad-frequency", 1),
        ("dropped", "bad-frequency", 1), ("dropped", "trip-left-out", 1),
        ("dropped", "trip-left-out", 1), ("dropped", "trip-left-out", 1),
        ("dropped", "undefined", 1), ("note", "overlapping-bands", 1), ("repaired", "bad-flag", 1),
    ]  # fmt: skip
    # Every band of t1b is bad: when it runs is unknown, and its own times are a pattern.
    assert loaded.schedule.trips.index.tolist() == ["t1a", "b10a"]
    assert loaded.schedule.headways["start_s"].tolist() == [21_600, 23_400]


def test_bad_transfers(tmp_path):
    rules = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id,"
        "from_route_id,to_route_id\n"
        "A,B,2,180,,,,\nA,Z,0,,,,,\nA,B,9,,,,,\nA,B,2,,t1a,,,\nA,B,1,,nope,,,\nA,B,0,,,,t1,\n"
        "A,B,0,,,,,\nB,A,2,soon,,,,\n"
    )
    loaded = read(feed(tmp_path, {"transfers.txt": rules}))
    assert found(loaded) == [
        ("dropped", "bad-transfer", 1), ("dropped", "not-applied", 1), ("dropped", "not-applied", 1),
        ("dropped", "repeated-row", 1), ("dropped", "undefined", 1), ("dropped", "undefined", 1),
        ("repaired", "bad-time", 1),
    ]  # fmt: skip
    held = loaded.schedule.transfers
    assert held[["from_stop", "to_stop", "kind", "from_trip"]].to_numpy().tolist() == [
        [3, 4, 2, -1], [4, 3, 2, -1]
    ]  # fmt: skip
    assert np.array_equal(held["min_s"], [180, np.nan], equal_nan=True)


def test_flexible_calls_are_listed_and_flag_their_trip(tmp_path):
    text = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,location_id,"
        "start_pickup_drop_off_window\n"
        "t1a,07:00:00,07:00:00,S1,1,,\nt1a,,,,2,zone,07:00:00\nt1a,07:10:00,07:10:00,B,3,,\n"
        "t1b,,,,1,zone,07:00:00\nt1b,,,,2,zone,08:00:00\n"
        "b10a,09:00:00,09:00:00,S2,1,,\nb10a,09:10:00,09:10:00,A,20,,\n"
    )
    loaded = read(feed(tmp_path, {CALLS: text}))
    assert found(loaded) == [("dropped", "flexible", 1)] * 3 + [("dropped", "no-call", 1)]
    assert loaded.schedule.trips["on_demand"].to_dict() == {"t1a": True, "b10a": False}
