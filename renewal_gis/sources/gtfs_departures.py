"""Departures of one service day, from stop times and frequencies.

A departure is a call where riders may board: neither the last stop of a trip, nor a call that
only sets down (`pickup_type` 1). The service day holds every departure of the trips that run on
that date, those after 24:00 included. The window is read on the clock of the date, so the trips
of the day before that run past midnight count in it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.gtfs_calendar import Calendar
from renewal_gis.sources.gtfs_files import LAYER, Feed, dropped, read_file

__all__ = ["Calls", "Trips", "calls", "departures", "read_trips", "seconds"]

_DAY_S = 86_400
_TIME = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)")
_PHONED = ("2", "3")

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Trips:
    """Trips whose line and service are known: identifier, line, service, place of each."""

    table: pd.DataFrame
    place: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls where riders may board.

    Parameters
    ----------
    trip, stop
        Places in the tables of trips and of stops.
    start_s
        First departure, in seconds after the midnight that begins the service day.
    headway_s, runs
        The departure is repeated `runs` times, every `headway_s` seconds.
    phoned
        Whether the call must be ordered beforehand.
    """

    trip: Integers
    stop: Integers
    start_s: Numbers
    headway_s: Numbers
    runs: Numbers
    phoned: Mask


def seconds(text: str | None) -> float:
    """Return a time such as `25:10:00` in seconds after midnight; NaN when it is none.

    Examples
    --------
    >>> seconds("25:10:00")
    90600.0
    """
    match = _TIME.fullmatch(text) if text else None
    if match is None:
        return float("nan")
    hours, minutes, rest = (int(part) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + rest)


def read_trips(
    feed: Feed, *, routes: set[str], calendar: Calendar, findings: list[Finding]
) -> Trips:
    """Read `trips.txt`, leaving out and listing trips of an unknown line or service."""
    needed = dict.fromkeys(("trip_id", "route_id", "service_id"), True)
    table = read_file(feed, "trips.txt", needed, findings).astype(object)
    repeated = table["trip_id"].duplicated() | table["trip_id"].isna()
    for number in table.index[repeated]:
        message = f"trips.txt: line {number} repeats a trip_id or has none."
        findings.append(dropped(feed, "repeated-row", message, row=str(number)))
    table = table[~repeated]
    for column, known, home in (
        ("route_id", routes, "routes.txt"),
        ("service_id", calendar.known(), "calendar.txt and calendar_dates.txt"),
    ):
        unknown = ~table[column].isin(known)
        for value, count in table.loc[unknown, column].fillna("").value_counts(sort=False).items():
            message = (
                f"trips.txt: {count} trips name the {column} {value!r}, which is not in {home}."
            )
            findings.append(dropped(feed, "undefined", message, row=str(value), count=int(count)))
        table = table[~unknown]
    place = {trip: number for number, trip in enumerate(table["trip_id"])}
    return Trips(table=table.reset_index(drop=True), place=place)


def calls(
    feed: Feed, *, trips: Trips, stops: dict[str, int], lost: set[str], findings: list[Finding]
) -> Calls:
    """Read `stop_times.txt` and `frequencies.txt` into the calls where riders may board.

    Parameters
    ----------
    feed
        The timetable.
    trips
        The known trips.
    stops
        Identifier of each stop → its place.
    lost
        Trips left out before, whose stop times are not listed a second time.
    findings
        Receives the rows left out.
    """
    needed = {"trip_id": True, "stop_id": True, "arrival_time": False, "departure_time": False}
    columns = {**needed, "stop_sequence": True, "pickup_type": False}
    rows = read_file(feed, "stop_times.txt", columns, findings)
    trip = _places(rows["trip_id"], trips.place)
    stop = _places(rows["stop_id"], stops)
    _list_undefined(rows["trip_id"], trip, {*lost, *trips.place}, "trip", feed, findings)
    _list_undefined(rows["stop_id"], stop, set(stops), "stop", feed, findings)
    left, came = _numbers(rows["departure_time"], seconds), _numbers(rows["arrival_time"], seconds)
    time = np.where(np.isnan(left), came, left)
    order = _numbers(rows["stop_sequence"], _sequence)
    bad = _list_bad(rows, time, order, feed, findings)
    pickup = rows["pickup_type"].astype(object)
    boards, phoned = (pickup != "1").to_numpy(), pickup.isin(_PHONED).to_numpy()
    sorting = np.lexsort((order, trip))
    sorting = sorting[trip[sorting] >= 0]
    trip, stop, time, bad = trip[sorting], stop[sorting], time[sorting], bad[sorting]
    boards, phoned = boards[sorting], phoned[sorting]
    lines = rows.index.to_numpy()[sorting]
    time = _filled(trip, time, bad, lines, feed, findings)
    last = np.ones(len(trip), dtype=bool)
    last[:-1] = trip[1:] != trip[:-1]
    usable = ~last & boards & (stop >= 0) & np.isfinite(time)
    first = _first_times(trip, time, len(trips.table))
    plain = Calls(
        trip=trip[usable],
        stop=stop[usable],
        start_s=time[usable],
        headway_s=np.ones(int(usable.sum())),
        runs=np.ones(int(usable.sum())),
        phoned=phoned[usable],
    )
    return _repeated(plain, first, feed, trips, findings)


def departures(
    found: Calls, *, trips: Trips, calendar: Calendar, day: datetime.date, window_s: tuple[int, int]
) -> pd.DataFrame:
    """Count the departures of each call on one day.

    Returns
    -------
    pandas.DataFrame
        stop, trip (places), phoned, day (departures of the service day), window (departures on
        the clock of `day` from the first to before the last second of the window); only calls with
        one or the other.
    """
    service = trips.table["service_id"]
    today = service.isin(calendar.running(day)).to_numpy(dtype=bool)[found.trip]
    eve = day - datetime.timedelta(days=1) if day > datetime.date.min else day
    yesterday = service.isin(calendar.running(eve)).to_numpy(dtype=bool)[found.trip]
    in_window = np.where(today, _within(found, window_s, 0), 0)
    in_window = in_window + np.where(yesterday, _within(found, window_s, _DAY_S), 0)
    counted = pd.DataFrame(
        {
            "stop": found.stop,
            "trip": found.trip,
            "phoned": found.phoned,
            "day": np.where(today, found.runs, 0).astype(np.int64),
            "window": in_window.astype(np.int64),
        }
    )
    return counted[(counted["day"] > 0) | (counted["window"] > 0)]


def _within(found: Calls, window_s: tuple[int, int], earlier_s: int) -> Numbers:
    """Count the repeats of each call that fall in the window, of a day that began `earlier_s` ago."""
    start = found.start_s - earlier_s
    before = [
        np.clip(np.ceil((edge - start) / found.headway_s), 0, found.runs) for edge in window_s
    ]
    return np.asarray(before[1] - before[0])


def _places(values: pd.Series, known: dict[str, int]) -> Integers:
    of_category = np.array([known.get(one, -1) for one in values.cat.categories] + [-1])
    return np.asarray(of_category[values.cat.codes.to_numpy()], dtype=np.int64)


def _numbers(values: pd.Series, parse: Callable[[str], float]) -> Numbers:
    of_category = np.array([parse(one) for one in values.cat.categories] + [np.nan])
    return np.asarray(of_category[values.cat.codes.to_numpy()], dtype=np.float64)


def _sequence(text: str) -> float:
    return float(text) if text.isdigit() else float("nan")


def _list_undefined(
    values: pd.Series,
    place: Integers,
    known: set[str],
    what: str,
    feed: Feed,
    findings: list[Finding],
) -> None:
    for value, count in (
        values[place < 0].astype(object).fillna("").value_counts(sort=False).items()
    ):
        if value not in known:
            message = (
                f"stop_times.txt: {count} rows name the {what} {value!r}, which {what}s.txt does "
                "not have; they were left out."
            )
            findings.append(dropped(feed, "undefined", message, row=str(value), count=int(count)))


def _list_bad(
    rows: pd.DataFrame, time: Numbers, order: Numbers, feed: Feed, findings: list[Finding]
) -> Mask:
    """List the rows whose time or rank cannot be read; a blank time is no fault."""
    written = (rows["departure_time"].notna() | rows["arrival_time"].notna()).to_numpy()
    bad = (np.isnan(time) & written) | np.isnan(order)
    for place in np.flatnonzero(bad):
        row = rows.iloc[place]
        text = row["departure_time"] if pd.notna(row["departure_time"]) else row["arrival_time"]
        findings.append(
            dropped(
                feed,
                "bad-time",
                f"stop_times.txt: line {rows.index[place]} (trip {row['trip_id']}) has the time "
                f"{text!r} and the stop_sequence {row['stop_sequence']!r}; it was left out.",
                row=str(rows.index[place]),
            )
        )
    return np.asarray(bad, dtype=bool)


def _filled(
    trip: Integers, time: Numbers, bad: Mask, lines: Integers, feed: Feed, findings: list[Finding]
) -> Numbers:
    """Spread blank times evenly between the timed stops around them, along each trip."""
    timed = np.isfinite(time)
    place = np.arange(len(time))
    before = np.maximum.accumulate(np.where(timed, place, -1)) if len(time) else place
    after = np.where(timed, place, len(time))[::-1]
    after = np.minimum.accumulate(after)[::-1] if len(time) else place
    blank = ~timed & ~bad
    known = blank & (before >= 0) & (after < len(time))
    known[known] = (trip[before[known]] == trip[known]) & (trip[after[known]] == trip[known])
    lower, upper = before[known], after[known]
    share = (place[known] - lower) / (upper - lower)
    filled = time.copy()
    filled[known] = time[lower] + share * (time[upper] - time[lower])
    if known.any():
        findings.append(
            Finding(
                layer=LAYER,
                severity="note",
                code="blank-times",
                file=feed.name,
                message=f"stop_times.txt: {int(known.sum())} rows have no time; it was spread "
                "evenly between the timed stops of their trip.",
                count=int(known.sum()),
            )
        )
    findings += [
        dropped(
            feed,
            "no-time",
            f"stop_times.txt: line {line} has no time and no timed stop on both sides; left out.",
            row=str(line),
        )
        for line in lines[blank & ~known]
    ]
    return filled


def _first_times(trip: Integers, time: Numbers, count: int) -> Numbers:
    """Return the time at the first stop of each trip."""
    first = np.full(count, np.nan)
    finite = np.isfinite(time)
    np.fmin.at(first, trip[finite], time[finite])
    return first


def _repeated(
    plain: Calls, first: Numbers, feed: Feed, trips: Trips, findings: list[Finding]
) -> Calls:
    """Replace the calls of trips that run at a frequency by their repeats."""
    needed = dict.fromkeys(("trip_id", "start_time", "end_time", "headway_secs"), True)
    rows = read_file(feed, "frequencies.txt", needed, findings)
    if len(rows) == 0:
        return plain
    trip = _places(rows["trip_id"], trips.place)
    start, end = _numbers(rows["start_time"], seconds), _numbers(rows["end_time"], seconds)
    headway = _numbers(rows["headway_secs"], _sequence)
    sane = (trip >= 0) & (end > start) & (headway > 0)
    for number in rows.index[~sane]:
        message = f"frequencies.txt: line {number} has an unknown trip, a bad time or headway."
        findings.append(dropped(feed, "bad-frequency", message, row=str(number)))
    bands = pd.DataFrame({"trip": trip, "start": start, "headway": headway})[sane]
    # The last run leaves the first stop before the end of the band.
    bands["runs"] = np.ceil((end - start)[sane] / headway[sane])
    # A trip named here is only a pattern, even where every band of it is bad.
    pattern = np.isin(plain.trip, trip[trip >= 0])
    table = pd.DataFrame(
        {"trip": plain.trip, "stop": plain.stop, "time": plain.start_s, "phoned": plain.phoned}
    )
    runs = table[pattern].merge(bands, on="trip")
    begin = runs["start"] + runs["time"] - first[runs["trip"].to_numpy(dtype=np.int64)]
    fixed = ~pattern
    return Calls(
        trip=np.concatenate([plain.trip[fixed], runs["trip"].to_numpy(dtype=np.int64)]),
        stop=np.concatenate([plain.stop[fixed], runs["stop"].to_numpy(dtype=np.int64)]),
        start_s=np.concatenate([plain.start_s[fixed], begin.to_numpy(dtype=np.float64)]),
        headway_s=np.concatenate([plain.headway_s[fixed], runs["headway"].to_numpy(dtype=float)]),
        runs=np.concatenate([plain.runs[fixed], runs["runs"].to_numpy(dtype=float)]),
        phoned=np.concatenate([plain.phoned[fixed], runs["phoned"].to_numpy(dtype=bool)]),
    )
