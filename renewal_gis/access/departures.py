"""Departures of a dated day: every call where riders may board, on one clock."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.directions import line_directions
from renewal_gis.access.network import Ints
from renewal_gis.access.spans import spans
from renewal_gis.schema import BOARDING, Schedule
from renewal_gis.schema.codes import MODES

__all__ = ["departures"]

Longs = npt.NDArray[np.int64]
_DAY_S = 86_400


class _Runs(NamedTuple):
    """Runs of a service day: the trip of each, and by how many seconds its times are shifted."""

    trip: Longs
    shift: Longs
    ahead: int


def departures(
    schedule: Schedule, date: datetime.date, *, directions: Ints | None = None
) -> pd.DataFrame:
    """Return every departure of a service day, and those of the days before that run past midnight.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    date
        The day whose clock times are told on.
    directions
        From `line_directions`, when it is at hand; found otherwise.

    Returns
    -------
    DataFrame
        A row per departure, in the order of days, trips and calls; none where nothing runs. `stop`,
        `station`, `next_station` (station of the next call) and `trip` are positions in the schedule;
        `route`, `line` and `mode` are those of the trip; `on_demand`: riders must order it, by
        telephone, from the driver, or because the line is so; `direction`: number of the route and
        direction, as in `line_directions`; `service_day`: 0 for trips of `date`, -1 for those of the
        day before…; `time_s`: seconds after noon minus twelve hours of `date`. That is the clock,
        but for the hours before the clock changes, on the night it does (`Schedule.clock_s`).

    Notes
    -----
    The last call of a trip is no departure, nor is a call that only sets down (`pickup` none). A trip
    that runs at a frequency leaves at `start_s`, then at each headway before `end_s`.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> departures(bus, tuesday)[["stop", "next_station", "line", "time_s"]].head(2)
       stop  next_station line  time_s
    0     0             1    7   25800
    1     1             2    7   26100
    """
    if directions is None:
        directions = line_directions(schedule)
    # A trip may run on for days: night trains, and ships.
    latest = int(schedule.departure_s.max(initial=0))
    if len(schedule.headways):
        latest += int(schedule.headways["end_s"].max())
    midnight = schedule.clock_s(date, 0)
    kept = []
    for ahead in range(0, -(latest // _DAY_S + 2), -1):
        trip, call, time = _calls_of(schedule, _runs(schedule, date, ahead), midnight)
        boards = schedule.pickup[call] != BOARDING["none"]
        if ahead < 0:
            boards &= time >= midnight
        kept.append((trip[boards], call[boards], time[boards], ahead))
    trip = np.concatenate([part[0] for part in kept])
    call = np.concatenate([part[1] for part in kept])
    day = np.repeat([part[3] for part in kept], [len(part[0]) for part in kept])
    return _table(schedule, directions, trip, call).assign(
        service_day=day.astype(np.int8),
        time_s=np.concatenate([part[2] for part in kept]).astype(np.int32),
    )


def _table(schedule: Schedule, directions: Ints, trip: Longs, call: Longs) -> pd.DataFrame:
    """Return what is known of calls, given the trip and the place of each."""
    trips = schedule.trips
    station = schedule.stops["station"].to_numpy(dtype=np.int32)
    stop = schedule.stop[call]
    modes = pd.Categorical(trips["mode"], categories=list(MODES))
    ordered = trips["on_demand"].to_numpy(dtype=bool) | np.asarray(modes == "on_demand")
    return pd.DataFrame(
        {
            "stop": stop,
            "station": station[stop],
            "next_station": station[schedule.stop[call + 1]],
            "trip": trip.astype(np.int32),
            "route": _taken(pd.Categorical(trips["route"]), trip),
            "line": _taken(pd.Categorical(trips["line"]), trip),
            "mode": _taken(modes, trip),
            "on_demand": ordered[trip] | (schedule.pickup[call] >= BOARDING["phone"]),
            "direction": directions[trip],
        }
    )


def _taken(values: pd.Categorical, trip: Longs) -> pd.Categorical:
    return pd.Categorical.from_codes(values.codes[trip], dtype=values.dtype)


def _runs(schedule: Schedule, date: datetime.date, ahead: int) -> _Runs:
    """Return the runs of a day on the clock of another: trips, and each repeat of those at a frequency."""
    if date.toordinal() + ahead < 1:
        return _Runs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), ahead)
    day = date + datetime.timedelta(days=ahead)
    start = schedule.start_s(day, seen_from=date)
    service = schedule.trips["service"].to_numpy(dtype=np.int64)
    runs = schedule.running(day)[service]
    bands = schedule.headways
    banded = bands["trip"].to_numpy(dtype=np.int64)
    plain = runs.copy()
    plain[banded] = False
    trip = np.flatnonzero(plain)
    bands, banded = bands[runs[banded]], banded[runs[banded]]
    begin, end, every = (
        bands[name].to_numpy(dtype=np.int64) for name in ("start_s", "end_s", "headway_s")
    )
    repeats = np.maximum(0, -((begin - end) // every))  # the last run leaves before the end
    nth = spans(np.zeros_like(repeats), repeats)
    leaves = np.repeat(begin, repeats) + nth * np.repeat(every, repeats)
    repeated = np.repeat(banded, repeats)
    pattern = schedule.departure_s[schedule.first_call[repeated]]
    return _Runs(
        trip=np.concatenate([trip, repeated]),
        shift=np.concatenate([np.zeros(len(trip), dtype=np.int64), leaves - pattern]) + start,
        ahead=ahead,
    )


def _calls_of(schedule: Schedule, runs: _Runs, midnight: int) -> tuple[Longs, Longs, Longs]:
    """Return the trip, the place and the time of each call but the last of its run."""
    first = schedule.first_call.astype(np.int64)
    moving = np.diff(first)[runs.trip] > 1
    if runs.ahead < 0:
        # Most trips of the day before end on it: only those that do not are looked at call by call.
        last = schedule.departure_s[np.maximum(first[runs.trip + 1] - 1, 0)]
        moving &= last + runs.shift >= midnight
    held, shift = runs.trip[moving], runs.shift[moving]
    count = np.diff(first)[held] - 1
    call = spans(first[held], count)
    time = np.asarray(schedule.departure_s[call] + np.repeat(shift, count), dtype=np.int64)
    return np.repeat(held, count), call, time
