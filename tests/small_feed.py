"""A small good timetable (GTFS) as text, the ways to spoil it, and what must hold of whatever is read."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from renewal_gis.schema import LayerSpec
from renewal_gis.sources import LoadedSchedule, read_schedule, study_crs

LAMBERT = study_crs("EPSG:2154")

# A station of two platforms, three stops in a row north of it, one bus line and one tram.
FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,Bus,http://b.example,Europe/Paris\n",
    "stops.txt": """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Gare,50.360,3.520,1,
S1,Gare quai 1,50.361,3.520,0,S
S2,Gare quai 2,50.361,3.521,0,S
A,Anzin,50.370,3.500,0,
B,Beuvrages,50.380,3.500,0,
C,Curgies,50.410,3.500,0,
""",
    "routes.txt": """\
route_id,route_short_name,route_long_name,route_type
t1,T1,Tram une,0
b10,10,,3
""",
    "calendar.txt": """\
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
wk,1,1,1,1,1,0,0,20260302,20260331
""",
    "calendar_dates.txt": "service_id,date,exception_type\nwk,20260310,2\nsa,20260314,1\n",
    "trips.txt": """\
route_id,service_id,trip_id,trip_headsign,block_id
t1,wk,t1a,Beuvrages,k
t1,wk,t1b,Beuvrages,k
b10,sa,b10a,Curgies,
""",
    "stop_times.txt": """\
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type
t1a,07:00:00,07:00:00,S1,1,,1
t1a,07:05:00,07:06:00,A,2,0,0
t1a,07:10:00,07:10:00,B,3,1,
t1b,07:30:00,07:30:00,S1,1,,
t1b,07:35:00,07:36:00,A,2,,
t1b,07:40:00,07:40:00,B,3,,
b10a,8:59:59,8:59:59,S2,1,,
b10a,09:10:00,09:10:00,A,20,,
b10a,09:20:00,09:20:00,B,100,,
b10a,09:50:00,09:50:00,C,101,,
""",
}


def spoilt(file: str, old: str, new: str, *, of: dict[str, str] = FILES) -> dict[str, str]:
    """Return one file with a text in it replaced; the text must be there."""
    assert old in of[file], f"{old!r} is not in {file}"
    return {file: of[file].replace(old, new, 1)}


def more(file: str, *lines: str) -> dict[str, str]:
    """Return one file with lines added at its end."""
    return {file: FILES[file] + "".join(f"{line}\n" for line in lines)}


def feed(
    folder: Path,
    changes: dict[str, str | bytes | None] | None = None,
    *,
    name: str = "feed.zip",
    inside: str = "",
) -> Path:
    """Write the timetable as a zip, some of its files changed or (None) left out."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in {**FILES, **(changes or {})}.items():
            if content is not None:
                archive.writestr(inside + file, content)
    return path


def read(*paths: Path, crs=LAMBERT, cache: Path | None = None) -> LoadedSchedule:
    """Read timetables, and check what must hold whatever stood in them."""
    loaded = read_schedule([LayerSpec(path=path) for path in paths], crs=crs, cache=cache)
    check_account(loaded)
    check_schedule(loaded)
    return loaded


def calls_of(loaded: LoadedSchedule, trip: str) -> list[tuple[str, int, int]]:
    """Return (stop, arrival, departure) along a trip."""
    schedule = loaded.schedule
    place = schedule.trips.index.get_loc(trip)
    part = slice(schedule.first_call[place], schedule.first_call[place + 1])
    stops = schedule.stops.index[schedule.stop[part]]
    return list(
        zip(
            stops,
            schedule.arrival_s[part].tolist(),
            schedule.departure_s[part].tolist(),
            strict=True,
        )
    )


def found(loaded: LoadedSchedule) -> list[tuple[str, str, int]]:
    """Return (severity, code, count) of all findings, sorted."""
    return sorted((one.severity, one.code, one.count) for one in loaded.findings)


def check_account(loaded: LoadedSchedule) -> None:
    """Rows in = rows kept + rows listed, for every file of every feed."""
    listed = Counter()
    for one in loaded.findings:
        if one.severity == "dropped":
            listed[one.file, one.message.split(":")[0]] += one.count
    for row in loaded.rows.itertuples():
        assert row.rows_in == row.rows_kept + listed.pop((row.feed, row.file), 0), row
    assert not listed
    kept = loaded.rows.groupby("file")["rows_kept"].sum()
    schedule = loaded.schedule
    assert kept["stop_times.txt"] == len(schedule.stop)
    assert kept["trips.txt"] == len(schedule.trips)
    assert kept["stops.txt"] == len(schedule.stops)
    assert kept.get("frequencies.txt", 0) == len(schedule.headways)
    assert sum(one.rows_in for one in loaded.provenance) == loaded.rows["rows_in"].sum()
    assert sum(one.rows_kept for one in loaded.provenance) == loaded.rows["rows_kept"].sum()


def check_schedule(loaded: LoadedSchedule) -> None:
    """Every place is in range, every trip has two calls or more, no time falls back."""
    held = loaded.schedule
    trips, stops = len(held.trips), len(held.stops)
    assert held.first_call.tolist()[:1] == [0]
    assert len(held.first_call) == trips + 1
    assert held.first_call[-1] == len(held.stop)
    assert (np.diff(held.first_call) >= 2).all()
    for calls in (held.arrival_s, held.departure_s, held.pickup, held.drop_off):
        assert len(calls) == len(held.stop)
    assert ((held.stop >= 0) & (held.stop < stops)).all()
    assert (held.arrival_s <= held.departure_s).all()
    inner = np.ones(len(held.stop), dtype=bool)
    inner[held.first_call[:-1]] = False
    assert (held.arrival_s[inner] >= held.departure_s[np.flatnonzero(inner) - 1]).all()
    assert np.isin(held.pickup, (0, 1, 2, 3)).all()
    assert held.runs.shape[0] == len(held.services)
    assert held.trips["service"].between(0, len(held.services) - 1).all()
    assert held.stops["station"].between(0, stops - 1).all()
    assert held.stops.index.is_unique
    assert held.trips.index.is_unique
    assert (held.headways["end_s"] > held.headways["start_s"]).all()
    assert (held.headways["headway_s"] > 0).all()
    assert held.headways["trip"].between(0, trips - 1).all()
    for table, columns in (
        (held.transfers, ("from_stop", "to_stop")),
        (held.pathways, ("from_stop", "to_stop")),
    ):
        for column in columns:
            assert table[column].between(0, stops - 1).all()
    for column in ("from_trip", "to_trip"):
        assert held.transfers[column].between(-1, trips - 1).all()
    assert (held.pathways["walk_s"] > 0).all()


def same(one: LoadedSchedule, other: LoadedSchedule) -> bool:
    """Tell whether two loaded schedules are equal to the last value."""
    first, second = one.schedule, other.schedule
    arrays = ("first_call", "stop", "arrival_s", "departure_s", "pickup", "drop_off", "runs")
    tables = ("stops", "trips", "headways", "transfers", "pathways")
    return (
        all(np.array_equal(getattr(first, name), getattr(second, name)) for name in arrays)
        and all(getattr(first, name).equals(getattr(second, name)) for name in tables)
        and first.services == second.services
        and (first.first_day, first.timezone) == (second.first_day, second.timezone)
    )
