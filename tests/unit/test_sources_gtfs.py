"""From a timetable to the stops of a day: small ones counted by hand, and a real one."""

from __future__ import annotations

import datetime
import zipfile

import pytest
from small_feed import LAMBERT, read

from renewal_gis.access import served_stops
from renewal_gis.errors import CRSError, DataError
from renewal_gis.schema import Loaded, check
from renewal_gis.sources import study_crs
from renewal_gis.sources.gtfs_modes import mode_of

TUESDAY = datetime.date(2026, 3, 10)
FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,T,http://t.example,Europe/Paris\n",
    "stops.txt": """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,"Gare, Valenciennes",50.36,3.52,1,
S1,quai 1,50.361,3.52,0,S
S2,quai 2,50.361,3.521,0,S
E,entrée,50.361,3.521,2,S
A,Anzin,50.37,3.50,0,
B,Beuvrages,50.38,3.50,,
C,Curgies,50.33,3.60,,
""",
    "routes.txt": """\
route_id,route_short_name,route_long_name,route_type
t1,T1,,0
b10,10,,3
b2,2,,704
d,Taxival,,715
""",
    "calendar.txt": """\
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
wk,1,1,1,1,1,0,0,20260301,20260331
""",
    "trips.txt": """\
route_id,service_id,trip_id
t1,wk,t1a
b10,wk,b10a
""",
    "stop_times.txt": """\
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type
t1a,07:00:00,07:00:00,S1,1,
t1a,07:05:00,07:06:00,A,2,0
t1a,07:10:00,07:10:00,B,3,0
b10a,8:59:59,8:59:59,S2,1,
b10a,09:10:00,09:10:00,A,20,
b10a,09:20:00,09:20:00,B,100,
""",
}


def feed(folder, changes=None, *, name="feed.zip", inside=""):
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**FILES, **(changes or {})}.items():
            if content is not None:
                archive.writestr(inside + file, content)
    return path


def load(*paths, date=TUESDAY, window=("07:00", "09:00"), crs=LAMBERT):
    """Read the timetables and count the stops of a day; no row is lost on the way."""
    held = read(*paths, crs=crs)
    files = [path.name for path in paths]
    stops, found = served_stops(held.schedule, date=date, window=window, files=files)
    assert check(stops, "stops") == []
    aside = sum(one.count for one in found if one.severity != "repaired")
    assert len(stops) + aside == len(held.schedule.stops)
    return Loaded(table=stops, findings=(*held.findings, *found), provenance=held.provenance)


def day(loaded):
    return loaded.table["departures_day"].to_dict()


def test_platforms_are_grouped_and_the_last_stop_is_no_departure(tmp_path):
    loaded = load(feed(tmp_path))
    table = loaded.table
    assert day(loaded) == {"S": 2, "A": 2}
    assert table["departures_h"].to_dict() == {"S": 1.0, "A": 0.5}
    assert table["lines"].to_dict() == {"S": "10, T1", "A": "10, T1"}
    assert table["mode"].to_dict() == {"S": "tram", "A": "tram"}
    assert table.loc["S", "name"] == "Gare, Valenciennes"
    assert table.index.name == "stop"
    assert {finding.code: finding.count for finding in loaded.findings} == {
        "grouped": 2,
        "no-departure": 2,
        "not-a-stop": 1,
    }


def test_a_folder_a_folder_in_a_zip_and_a_byte_order_mark_give_the_same(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text("﻿" + content.replace("\n", "\r\n"), encoding="utf-8", newline="")
    expected = load(feed(tmp_path)).table
    for path in (folder, feed(tmp_path, name="deep.zip", inside="a/b/")):
        assert load(path).table.equals(expected)


def test_set_down_only_calls_are_no_departures(tmp_path):
    calls = FILES["stop_times.txt"].replace("A,2,0", "A,2,1")
    assert day(load(feed(tmp_path, {"stop_times.txt": calls}))) == {"S": 2, "A": 1}


@pytest.mark.parametrize(
    ("date", "runs"), [((2026, 3, 10), True), ((2026, 3, 14), False), ((2026, 4, 1), False)]
)
def test_the_week_and_its_bounds_decide(tmp_path, date, runs):
    path = feed(tmp_path)
    if runs:
        assert day(load(path, date=datetime.date(*date))) == {"S": 2, "A": 2}
    else:
        with pytest.raises(DataError, match="no trip runs on"):
            load(path, date=datetime.date(*date))


def test_exceptions_add_and_take_away(tmp_path):
    dates = "service_id,date,exception_type\nwk,20260310,2\nwk,20260314,1\n"
    path = feed(tmp_path, {"calendar_dates.txt": dates})
    assert day(load(path, date=datetime.date(2026, 3, 14))) == {"S": 2, "A": 2}
    with pytest.raises(DataError, match="2026-03-09 and 2026-03-11"):
        load(path)


def test_a_feed_with_dates_only(tmp_path):
    dates = "service_id,date,exception_type\nwk,20260310,1\n"
    path = feed(tmp_path, {"calendar.txt": None, "calendar_dates.txt": dates})
    assert day(load(path)) == {"S": 2, "A": 2}
    with pytest.raises(DataError, match="nearest day with service is 2026-03-10"):
        load(path, date=datetime.date(2027, 1, 1))


def test_trips_after_midnight_count_on_their_day_and_show_on_the_next_clock(tmp_path):
    calls = FILES["stop_times.txt"].replace("8:59:59", "24:30:00").replace("09:10", "25:10")
    path = feed(tmp_path, {"stop_times.txt": calls.replace("09:20", "25:20")})
    assert day(load(path)) == {"S": 2, "A": 2}
    night = load(path, window=("00:00", "02:00")).table
    assert night["departures_h"].to_dict() == {"S": 0.5, "A": 0.5}
    late = load(path, window=("24:00", "26:00")).table
    assert late["departures_h"].to_dict() == {"S": 0.5, "A": 0.5}
    monday = load(path, date=datetime.date(2026, 3, 9), window=("00:00", "02:00")).table
    assert monday["departures_h"].tolist() == [0, 0]  # nothing ran on Sunday


def test_frequencies_replace_the_times_of_their_trip(tmp_path):
    bands = "trip_id,start_time,end_time,headway_secs\nt1a,06:00:00,08:00:00,600\nt1a,08:00:00,08:01:00,600\n"
    table = load(feed(tmp_path, {"frequencies.txt": bands})).table
    # 12 runs from 06:00 and one at 08:00, six minutes later at A; and the one bus.
    assert table["departures_day"].to_dict() == {"S": 14, "A": 14}
    # S: 07:00 to 07:50, 08:00, and the bus at 08:59:59; A: 07:06 to 07:56, 08:06.
    assert (table["departures_h"] * 2).to_dict() == {"S": 8, "A": 7}


def test_blank_times_are_spread_between_timed_stops(tmp_path):
    calls = FILES["stop_times.txt"].replace("09:10:00,09:10:00", ",")
    loaded = load(feed(tmp_path, {"stop_times.txt": calls}), window=("09:00", "09:15"))
    # Halfway from 8:59:59 to 9:20.
    assert loaded.table["departures_h"].to_dict() == {"S": 0, "A": 4}
    assert [f.count for f in loaded.findings if f.code == "blank-times"] == [1]


def test_on_demand_lines_are_flagged_unless_another_calls(tmp_path):
    trips = FILES["trips.txt"] + "d,wk,da\nd,wk,db\n"
    calls = FILES["stop_times.txt"] + (
        "da,10:00:00,10:00:00,C,1,\nda,10:05:00,10:05:00,A,2,\nda,10:09:00,10:09:00,B,3,\n"
        "db,11:00:00,11:00:00,C,1,\ndb,11:05:00,11:05:00,B,2,\n"
    )
    table = load(feed(tmp_path, {"trips.txt": trips, "stop_times.txt": calls})).table
    assert table["mode"].to_dict() == {"S": "tram", "A": "tram", "C": "on_demand"}
    assert table["departures_day"].to_dict() == {"S": 2, "A": 3, "C": 2}


def test_calls_to_be_ordered_by_telephone_are_on_demand(tmp_path):
    calls = FILES["stop_times.txt"].replace("A,2,0", "A,2,2").replace("A,20,", "A,20,2")
    table = load(feed(tmp_path, {"stop_times.txt": calls})).table
    assert table["mode"].to_dict() == {"S": "tram", "A": "on_demand"}


def test_several_feeds_have_their_stops_apart(tmp_path):
    first, second = feed(tmp_path), feed(tmp_path, name="other.zip")
    loaded = load(first, second)
    assert loaded.table.index.tolist() == ["feed:S", "feed:A", "other:S", "other:A"]
    assert [one.file for one in loaded.provenance] == ["feed.zip", "other.zip"]


def test_bad_rows_are_listed_and_the_rest_is_read(tmp_path):
    changes = {
        "stop_times.txt": FILES["stop_times.txt"]
        + "t1a,07:99:00,07:99:00,B,4,\nt1a,07:20:00,07:20:00,Z,5,\nzz,07:20:00,07:20:00,A,5,\nshort\n",
        "trips.txt": FILES["trips.txt"] + "zz,wk,lost\nb2,nowhere,lost2\nt1,wk,t1a\n",
        "stops.txt": FILES["stops.txt"] + "A,again,50.3,3.5,,\nP,,50.3,3.5,,gone\n",
        "calendar_dates.txt": "service_id,date,exception_type\nwk,2026-03-10,2\n",
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nnone,06:00:00,07:00:00,600\n",
    }
    loaded = load(feed(tmp_path, changes))
    # The tram goes on to a stop no one knows: B is the last that can be told, and no departure.
    assert day(loaded) == {"S": 2, "A": 2}
    listed = [(f.severity, f.code, f.row) for f in loaded.findings if f.severity != "note"]
    assert sorted(listed) == [
        ("dropped", "bad-date", "2"),
        ("dropped", "bad-time", "8"),
        ("dropped", "repeated-row", "6"),
        ("dropped", "repeated-row", "9"),
        ("dropped", "torn-line", "11"),
        ("dropped", "undefined", "Z"),
        ("dropped", "undefined", "none"),
        ("dropped", "undefined", "nowhere"),
        ("dropped", "undefined", "zz"),
        ("dropped", "undefined", "zz"),
        ("repaired", "missing-value", "10"),
        ("repaired", "undefined", "10"),
    ]


def test_a_station_without_a_place_is_put_amid_its_platforms(tmp_path):
    stops = FILES["stops.txt"].replace("50.36,3.52,1", ",,1").replace("50.37,3.50", "0,0")
    loaded = load(feed(tmp_path, {"stops.txt": stops}))
    assert day(loaded) == {"S": 2}
    assert loaded.table.to_crs("EPSG:4326").geometry.y.tolist() == pytest.approx([50.361])
    found = [(f.severity, f.code, f.row) for f in loaded.findings if f.severity != "note"]
    assert found == [("repaired", "station-unplaced", "2"), ("dropped", "stop-unplaced", "A")]


def test_stops_elsewhere_are_refused(tmp_path):
    with pytest.raises(CRSError, match=r"feed\.zip"):
        load(feed(tmp_path), crs=study_crs("EPSG:27700"))


def test_modes():
    types = [
        "0",
        "1",
        "2",
        "3",
        "4",
        "11",
        "12",
        "106",
        "200",
        "401",
        "704",
        "715",
        "800",
        "900",
        "x",
    ]
    assert [mode_of(one) for one in types] == [
        "tram", "metro", "rail", "bus", "other", "bus", "metro", "rail", "bus", "metro", "bus",
        "on_demand", "bus", "tram", "other",
    ]  # fmt: skip


def test_newport(shared):
    path = shared / "pair_newport" / "newport-20230613_gtfs.zip"
    loaded = load(path, date=datetime.date(2023, 6, 13), crs=study_crs("EPSG:27700"))
    assert len(loaded.table) == 647
    assert {f.code: f.count for f in loaded.findings} == {
        "grouped": 8,
        "no-departure": 1166,
        "not-a-stop": 865,
    }
