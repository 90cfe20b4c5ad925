"""A time at every call: order along the trip, midnight, blank times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_places import Places
from renewal_gis.sources.gtfs_rows import read_rows
from renewal_gis.sources.gtfs_times import mended, spread

if TYPE_CHECKING:
    from renewal_gis.sources.gtfs_calls import Calls

__all__ = ["timed_calls"]

_FILE = "stop_times.txt"
_EARTH_M = 6_371_009.0

Numbers = npt.NDArray[np.float64]


def timed_calls(calls: Calls, *, feed: Feed, places: Places, account: Account) -> Calls:
    """Return the calls with a time at each, never decreasing along a trip.

    Parameters
    ----------
    calls
        In order; a negative time is a blank.
    feed
        Where distances along the trips are read, when they are needed.
    places
        Where stops are.
    account
        Lists what was left out, repaired or spread.

    Notes
    -----
    Blank times are spread by the straight lines between stops; by `shape_dist_traveled` where a stop
    has no place, and evenly where that is not given or does not grow. The GTFS reference asks for
    interpolation and leaves the way open; R5 uses the straight lines, and two tools that read one
    timetable should read the same minutes in it.
    """
    calls = _within_timed(calls, account)
    calls = _mended(calls, account)
    timed = calls.arrival_s >= 0
    if timed.all():
        return calls
    blank = calls.lines[~timed]
    message = (
        f"{_FILE}: {len(blank)} rows have no time; it was spread by distance along their trip."
    )
    account.note("blank-times", message, count=len(blank))
    measures = (
        _straight_distance(calls, places),
        _told_distance(calls, feed),
        np.arange(len(timed), dtype=np.float64),
    )
    filled = spread(timed, calls.arrival_s, calls.departure_s, measures)
    arrival = np.where(timed, calls.arrival_s, filled)
    return replace(calls, arrival_s=arrival.astype(np.int32), departure_s=filled)


def _within_timed(calls: Calls, account: Account) -> Calls:
    """Leave out the calls before the first or after the last timed call of their trip."""
    timed = calls.arrival_s >= 0
    if timed.all():
        return calls
    place = np.arange(len(timed))
    count = len(calls.flexible)
    first = np.full(count, len(timed), dtype=np.int64)
    last = np.full(count, -1, dtype=np.int64)
    np.minimum.at(first, calls.trip[timed], place[timed])
    np.maximum.at(last, calls.trip[timed], place[timed])
    beyond = (place < first[calls.trip]) | (place > last[calls.trip])
    reason = "it has no time, and no timed stop on both sides along its trip"
    account.leave_out(_FILE, "no-time", calls.lines[beyond], reason)
    return calls.kept(~beyond)


def _mended(calls: Calls, account: Account) -> Calls:
    """Repair the trips whose times fall back, or leave out the call or the trip at fault."""
    timed = np.flatnonzero(calls.arrival_s >= 0)
    whole = len(timed) == len(calls.trip)
    some = calls if whole else replace(calls.kept(calls.arrival_s >= 0))
    falls = some.departure_s < some.arrival_s
    falls[1:] |= (some.arrival_s[1:] < some.departure_s[:-1]) & (some.trip[1:] == some.trip[:-1])
    if not falls.any():
        return calls
    arrival, departure = calls.arrival_s.copy(), calls.departure_s.copy()
    out = np.zeros(len(arrival), dtype=bool)
    midnight, single, hopeless = [], [], []
    for trip in np.unique(some.trip[falls]):
        start, end = np.searchsorted(some.trip, [trip, trip + 1])
        found = mended(some.arrival_s[start:end], some.departure_s[start:end])
        of_trip = timed[start:end]
        if found is None:
            left, right = np.searchsorted(calls.trip, [trip, trip + 1])
            out[left:right] = True
            hopeless.append(slice(left, right))
            continue
        if found[2] >= 0:
            single.append(of_trip[found[2]])
            out[of_trip[found[2]]] = True
            of_trip = np.delete(of_trip, found[2])
        else:
            midnight.append(of_trip[0])
        arrival[of_trip], departure[of_trip] = found[0], found[1]
    _tell(calls, account, midnight, single, hopeless)
    calls = replace(calls, arrival_s=arrival, departure_s=departure)
    # A first or last call that went may leave blanks beyond the timed ones.
    return _within_timed(calls.kept(~out), account)


def _tell(
    calls: Calls,
    account: Account,
    midnight: list[np.int64],
    single: list[np.int64],
    hopeless: list[slice],
) -> None:
    reason = "the times of its trip fall back at midnight; a day was added to those after"
    account.repair(_FILE, "past-midnight", calls.lines[midnight], reason)
    reason = "its time is out of order, alone on its trip"
    account.leave_out(_FILE, "decreasing-times", calls.lines[single], reason)
    lines = [calls.lines[part] for part in hopeless]
    reason = "the times of its trip are out of order, in a way that cannot be repaired"
    if lines:
        account.leave_out(_FILE, "decreasing-times", np.concatenate(lines), reason)


def _told_distance(calls: Calls, feed: Feed) -> Numbers:
    """Return `shape_dist_traveled`, NaN where it is not told."""
    # Read only now: few timetables have blank times, and this column is a large one.
    rows = read_rows(
        feed, _FILE, {"trip_id": True, "shape_dist_traveled": False}, Account(feed.name)
    )
    distance = np.full(int(rows.lines[-1]) + 1 if len(rows) else 0, np.nan)
    distance[rows.lines] = rows["shape_dist_traveled"].numbers(_distance)
    return distance[calls.lines]


def _distance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if 0 <= value < float("inf") else float("nan")


def _straight_distance(calls: Calls, places: Places) -> Numbers:
    """Return metres along straight lines from call to call; NaN beyond a stop without a place."""
    lon, lat = np.radians(places.lon[calls.stop]), np.radians(places.lat[calls.stop])
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    step = 2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    # Between trips, and where a place is unknown, the sum goes on; the unknown steps are marked.
    along = np.concatenate([[0.0], np.cumsum(np.nan_to_num(step))])
    return _unknown_marked(along, lon)


def _unknown_marked(along: Numbers, lon: Numbers) -> Numbers:
    return np.where(np.isnan(lon), np.nan, along)
