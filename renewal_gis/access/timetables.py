"""The timetable of a dated day: every vehicle run that riders can board, on one clock."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.network import Ints
from renewal_gis.access.spans import spans, starts_of
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import BOARDING, Schedule, clock_seconds

__all__ = ["Runs", "require_service", "runs_between", "window_s"]

Flags = npt.NDArray[np.bool_]
_DAY_S = 86_400
_STAY, _LEAVE = 4, 5  # GTFS reference, transfers.txt: in-seat transfer, and none allowed


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs:
    """Vehicle runs of a day: trips, each repeat of those that run at a frequency, blocks in one piece.

    Attributes
    ----------
    first_call
        The calls of run `r` stand at `first_call[r]:first_call[r + 1]`; shape (runs + 1,).
    stop
        Position of the stop of each call in the schedule.
    arrival_s, departure_s
        Seconds after noon minus twelve hours of the date.
    boards, alights
        Whether riders may board or alight at the call.
    trip
        Position of the trip of each call in the schedule: a run of several trips is a block, in
        which riders keep their seats.
    """

    first_call: Ints
    stop: Ints
    arrival_s: Ints
    departure_s: Ints
    boards: Flags
    alights: Flags
    trip: Ints

    def __len__(self) -> int:
        return len(self.first_call) - 1


def window_s(schedule: Schedule, date: datetime.date, window: tuple[str, str]) -> tuple[int, int]:
    """Return a window on the clock of a date in seconds after noon minus twelve hours.

    Raises
    ------
    UsageError
        When the window is not two times such as ("07:00", "09:00"), the second after the first.

    Examples
    --------
    On the night the clock goes forward, the service day starts at 23:00 of the day before.

    >>> window_s(bus, tuesday, ("07:00", "09:00"))
    (25200, 32400)
    >>> window_s(bus, datetime.date(2026, 3, 29), ("00:00", "07:00"))
    (3600, 25200)
    """
    _require_date(date)
    told = [clock_seconds(text) for text in window] if len(window) == 2 else [None]
    first, last = (told[0], told[-1])
    if first is not None and last is not None:
        # On the night the clock changes, a window may end before it starts.
        first, last = schedule.clock_s(date, first), schedule.clock_s(date, last)
    if first is None or last is None or not last > first:
        raise UsageError(
            f"The departure window {tuple(window)!r} cannot be read: write two times such as "
            '("07:00", "09:00"), the second after the first (25:00 is one in the morning).'
        )
    return first, last


def require_service(schedule: Schedule, date: datetime.date, *, files: Sequence[str] = ()) -> None:
    """Refuse a date on which a feed runs no trip: its stops would pass for a desert.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    date
        Service day.
    files
        File of each feed, for the message.

    Raises
    ------
    DataError
        Naming each feed at fault and its nearest days with service.
    """
    _require_date(date)
    trips = schedule.trips
    runs = schedule.running(date)[trips["service"].to_numpy(dtype=np.int64)]
    feeds = trips["feed"].to_numpy(dtype=np.int64)
    faults = []
    for number in sorted(set(feeds.tolist())) or [0]:
        if runs[feeds == number].any():
            continue
        where = f"stops ({files[number]})" if number < len(files) else "stops"
        alone = replace(schedule, trips=trips[feeds == number])
        faults.append(f"{where}: no trip runs on {date.isoformat()}. {_nearest(alone, date)}")
    if faults:
        raise DataError(
            faults[0]
            if len(faults) == 1
            else "stops:\n" + "\n".join(f"  {fault}" for fault in faults)
        )


def _require_date(date: object) -> None:
    if not isinstance(date, datetime.date) or isinstance(date, datetime.datetime):
        raise UsageError(f"The date must be a datetime.date, got {date!r}.")


def _nearest(schedule: Schedule, date: datetime.date) -> str:
    near = [day.isoformat() for day in schedule.nearest_days(date)] if len(schedule.trips) else []
    if len(near) > 1:
        return f"The nearest days with service are {' and '.join(near)}: set date to one of them."
    if near:
        return f"The nearest day with service is {near[0]}: set date to it."
    return "It has no service on any day: get another feed."


def runs_between(
    schedule: Schedule,
    date: datetime.date,
    *,
    from_s: int,
    to_s: int,
    on_demand: bool = False,
    in_seat: bool = True,
) -> Runs:
    """Return the runs of a date that call between two times, those of the days around it included.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    date
        Its clock is the one all times are told on: a trip of the day before that calls at 25:10 calls
        at 01:10.
    from_s, to_s
        Seconds after noon minus twelve hours of the date.
    on_demand
        Keep trips that must be ordered beforehand.
    in_seat
        Join the trips of one vehicle, in which riders keep their seats.

    Notes
    -----
    A block is one vehicle: when a trip ends where the next one of its block starts, riders keep their
    seats (GTFS reference, trips.txt, block_id), unless transfers.txt says otherwise (types 4 and 5). A
    trip that runs at a frequency without exact times leaves as its `start_time` and headway say.

    Examples
    --------
    >>> runs = runs_between(bus, tuesday, from_s=7 * 3600, to_s=8 * 3600)
    >>> len(runs), runs.stop.tolist(), runs.arrival_s.tolist()
    (1, [0, 1, 2], [25800, 26100, 26400])
    """
    require_service(schedule, date)
    parts = []
    for day in _days_around(schedule, date, from_s, to_s):
        start = schedule.start_s(day, seen_from=date)
        running = _running(schedule, day, on_demand=on_demand)
        held = _of_day(schedule, running, from_s - start, to_s - start, in_seat=in_seat)
        parts.append(_Day(held.chains, held.shift + start))
    return _gathered(schedule, parts)


def _days_around(
    schedule: Schedule, date: datetime.date, from_s: int, to_s: int
) -> list[datetime.date]:
    """Return the service days whose trips may call between two times of a date."""
    latest = int(schedule.arrival_s.max(initial=0))
    if len(schedule.headways):
        latest += int(schedule.headways["end_s"].max())
    # An hour more on each side: the clock may change in between.
    before = min(0, -((latest - from_s + 3_600) // _DAY_S))
    return [
        date + datetime.timedelta(days=ahead)
        for ahead in range(before, max(0, (to_s + 3_600) // _DAY_S) + 1)
    ]


def _running(schedule: Schedule, day: datetime.date, *, on_demand: bool) -> Flags:
    """Return whether each trip runs on a day, and calls at two stops at least."""
    trips = schedule.trips
    runs = schedule.running(day)[trips["service"].to_numpy(dtype=np.int64)]
    if not on_demand:
        runs = runs & ~trips["on_demand"].to_numpy(dtype=bool)
    return np.asarray(runs & (np.diff(schedule.first_call) > 1))


class _Day(NamedTuple):
    """Chains of trips, and by how many seconds the times of each are shifted."""

    chains: list[list[int]]
    shift: npt.NDArray[np.int64]


def _of_day(schedule: Schedule, runs: Flags, from_s: int, to_s: int, *, in_seat: bool) -> _Day:
    """Return the trips of one service day that call in the time asked, as chains with their shifts."""
    first, last = _ends_s(schedule)
    patterns = np.zeros(len(runs), dtype=bool)
    patterns[schedule.headways["trip"].to_numpy(dtype=np.int64)] = True
    # A block is followed whole: its later trips may run after the time asked, or its first before.
    plain = np.flatnonzero(runs & ~patterns)
    chains = (
        list(_chains(schedule, plain, first, last))
        if in_seat
        else [[trip] for trip in plain.tolist()]
    )
    chains = [chain for chain in chains if first[chain[0]] <= to_s and last[chain[-1]] >= from_s]
    repeated, shift = _repeats(schedule, runs, first, last, from_s, to_s)
    shifts = np.concatenate([np.zeros(len(chains), dtype=np.int64), shift])
    return _Day([*chains, *([trip] for trip in repeated)], shifts)


def _ends_s(schedule: Schedule) -> tuple[Ints, Ints]:
    """Return the first departure and the last arrival of each trip; of no account without calls."""
    if not len(schedule.stop):
        nothing = np.zeros(len(schedule.trips), dtype=np.int32)
        return nothing, nothing
    limit = len(schedule.stop) - 1
    return (
        schedule.departure_s[np.minimum(schedule.first_call[:-1], limit)],
        schedule.arrival_s[np.maximum(schedule.first_call[1:] - 1, 0)],
    )


def _repeats(
    schedule: Schedule, runs: Flags, first: Ints, last: Ints, from_s: int, to_s: int
) -> tuple[list[int], npt.NDArray[np.int64]]:
    """Return the trip and the shift of each repeat of the trips that run at a frequency."""
    bands = schedule.headways
    bands = bands[runs[bands["trip"].to_numpy(dtype=np.int64)]]
    trips: list[int] = []
    shifts: list[int] = []
    for band in bands.itertuples(index=False):
        trip = int(band.trip)
        long = int(last[trip]) - int(first[trip])
        for start in range(int(band.start_s), int(band.end_s), int(band.headway_s)):
            if start <= to_s and start + long >= from_s:
                trips.append(trip)
                shifts.append(start - int(first[trip]))
    return trips, np.array(shifts, dtype=np.int64)


def _chains(
    schedule: Schedule, trips: npt.NDArray[np.int64], first: Ints, last: Ints
) -> Iterator[list[int]]:
    """Yield the trips of each vehicle, in order; where a vehicle splits, one chain for each part."""
    onward = _onward(schedule, trips, first, last)
    followed = {later for laters in onward.values() for later in laters}
    for trip in trips.tolist():
        if trip in followed:
            continue
        if trip not in onward:
            yield [trip]
            continue
        open_chains = [[trip]]
        while open_chains:
            chain = open_chains.pop()
            laters = [one for one in onward.get(chain[-1], ()) if one not in chain]
            if not laters:
                yield chain
            open_chains.extend([*chain, later] for later in reversed(laters))


def _onward(
    schedule: Schedule, trips: npt.NDArray[np.int64], first: Ints, last: Ints
) -> dict[int, list[int]]:
    """Return the trips in which the riders of a trip find themselves without leaving their seats."""
    running = set(trips.tolist())
    told = schedule.transfers
    linked = told[(told["from_trip"] >= 0) & (told["to_trip"] >= 0)]
    said: dict[int, list[int]] = {}
    apart: set[tuple[int, int]] = set()
    for kind, one, other in zip(
        linked["kind"], linked["from_trip"], linked["to_trip"], strict=True
    ):
        if one not in running or other not in running:
            continue
        if kind == _STAY and first[other] >= last[one]:
            said.setdefault(int(one), []).append(int(other))
        elif kind == _LEAVE:
            apart.add((int(one), int(other)))
    onward = dict(said)
    for one, other in _in_blocks(schedule, trips, first, last):
        if one not in onward and (one, other) not in apart:
            onward[one] = [other]
    return onward


def _in_blocks(
    schedule: Schedule, trips: npt.NDArray[np.int64], first: Ints, last: Ints
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of trips one vehicle runs one after the other, from where the first ended."""
    blocks = schedule.trips["block"].to_numpy(dtype=object)[trips]
    named = blocks != ""
    table = pd.DataFrame({
        "feed": schedule.trips["feed"].to_numpy()[trips], "block": blocks, "trip": trips,
        "start": first[trips], "end": last[trips],
    })[named].sort_values(["feed", "block", "start", "end", "trip"], kind="stable")  # fmt: skip
    station = schedule.stops["station"].to_numpy(dtype=np.int64)
    trip = table["trip"].to_numpy()
    same = table["feed"].eq(table["feed"].shift()) & table["block"].eq(table["block"].shift())
    ended = schedule.stop[schedule.first_call[trip + 1] - 1]
    starts = schedule.stop[schedule.first_call[trip]]
    for place in np.flatnonzero(same.to_numpy(dtype=bool)):
        one, other = int(trip[place - 1]), int(trip[place])
        if station[ended[place - 1]] == station[starts[place]] and first[other] >= last[one]:
            yield one, other


def _gathered(schedule: Schedule, days: list[_Day]) -> Runs:
    """Copy the calls of the chains of all days, one after the other."""
    chains = [chain for day in days for chain in day.chains]
    shift = np.concatenate([day.shift for day in days])
    trip = np.array([one for chain in chains for one in chain], dtype=np.int64)
    of_trip = np.repeat(np.arange(len(chains)), [len(chain) for chain in chains])
    count = (schedule.first_call[trip + 1] - schedule.first_call[trip]).astype(np.int64)
    call = spans(schedule.first_call[trip], count)
    run = np.repeat(of_trip, count)
    first_call = starts_of(run, len(chains))
    boards = schedule.pickup[call] != BOARDING["none"]
    boards[first_call[1:] - 1] = False  # nobody boards where the run ends
    alights = schedule.drop_off[call] != BOARDING["none"]
    alights[first_call[:-1]] = False
    return Runs(
        first_call=first_call,
        stop=schedule.stop[call],
        arrival_s=(schedule.arrival_s[call] + shift[run]).astype(np.int32),
        departure_s=(schedule.departure_s[call] + shift[run]).astype(np.int32),
        boards=boards,
        alights=alights,
        trip=np.repeat(trip, count).astype(np.int32),
    )
