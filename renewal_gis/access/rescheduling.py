"""A line at another headway: the trips of each day and direction become one, repeated."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.directions import line_directions
from renewal_gis.access.spans import spans
from renewal_gis.errors import DataError
from renewal_gis.schema import Schedule

__all__ = ["rescheduled", "unused"]

Positions = npt.NDArray[np.int64]


class _Band(NamedTuple):
    """One trip repeated from a first to a last departure, on some days (places in `runs`)."""

    trip: int
    first_s: int
    last_s: int
    days: list[int]


def rescheduled(schedule: Schedule, *, line: str, headway_min: float) -> Schedule:
    """Return the schedule with one line at another headway, both ways, every day it ran.

    Parameters
    ----------
    schedule
        Every trip of the timetables; it is not changed.
    line
        Name riders know, as in `schedule.trips`.
    headway_min
        Minutes between departures, each way.

    Notes
    -----
    Days on which the same trips of a direction run make a group. In each, the stops are those of the
    variant that calls most often (its departures times its stops), the times those of its trip of
    median duration; it leaves at fixed minutes from the first departure of the direction to the last.
    Short turns and other variants are folded in: stops of these alone lose the line. The old trips
    stay in the table and run on no day.

    Raises
    ------
    DataError
        When the line is not in the schedule.

    Examples
    --------
    Two departures, an hour and a half apart, become four:

    >>> half_hourly = rescheduled(bus, line="7", headway_min=30)
    >>> half_hourly.trips.index.tolist(), half_hourly.headways["end_s"].tolist()
    (['t1', 't2', '7 every 30 min 1'], [31201])
    """
    held = _trips_of(schedule, line)
    bands = list(_bands(schedule, _departures(schedule, held)))
    trips, headways = schedule.trips, schedule.headways
    names = [f"{line} every {headway_min:g} min {number + 1}" for number in range(len(bands))]
    service = trips["service"].to_numpy().copy()
    never = len(schedule.services)
    service[held] = never
    pattern = np.array([band.trip for band in bands], dtype=np.int64)
    added = trips.iloc[pattern].assign(
        service=np.arange(never + 1, never + 1 + len(bands), dtype=service.dtype), block=""
    )
    added.index = pd.Index([unused(name, trips.index) for name in names], name=trips.index.name)
    services = [unused(name, schedule.services) for name in ("never", *names)]
    told = _told(bands, len(trips), headway_min).astype(headways.dtypes.to_dict())
    kept = headways[~headways["trip"].isin(held)]
    return dataclasses.replace(
        _with_calls(schedule, pattern),
        trips=pd.concat([trips.assign(service=service), added]),
        services=(*schedule.services, *services),
        runs=np.vstack([schedule.runs, _days(bands, schedule.runs.shape[1])]),
        headways=told if kept.empty else pd.concat([kept, told], ignore_index=True),
    )


def unused(name: str, taken: Container[str]) -> str:
    """Return a name, lengthened until it is not taken.

    Examples
    --------
    >>> unused("N", ["N", "N+"])
    'N++'
    """
    while name in taken:
        name = f"{name}+"
    return name


def _trips_of(schedule: Schedule, line: str) -> Positions:
    """Return the trips of a line; those that must be ordered only when there are no others."""
    trips = schedule.trips
    ridden = np.diff(schedule.first_call) > 1
    member = (trips["line"] == line).to_numpy(dtype=bool) & ridden
    if not member.any():
        known = sorted({str(one) for one in trips["line"][ridden].dropna()})
        raise DataError(
            f"No line of the timetable is called {line!r}. It has: {', '.join(known[:20])}."
        )
    regular = member & ~trips["on_demand"].to_numpy(dtype=bool)
    return np.flatnonzero(regular if regular.any() else member)


def _calls(schedule: Schedule, trips: Positions) -> tuple[Positions, Positions]:
    """Return the positions of the calls of some trips, one trip after the other, and their numbers."""
    begin = schedule.first_call[trips].astype(np.int64)
    sizes = schedule.first_call[trips + 1] - begin
    return spans(begin, sizes), sizes


def _with_calls(schedule: Schedule, trips: Positions) -> Schedule:
    """Return the schedule with the calls of some of its trips once more, after all others."""
    calls, sizes = _calls(schedule, trips)
    first = schedule.first_call
    return dataclasses.replace(
        schedule,
        first_call=np.concatenate([first, first[-1] + np.cumsum(sizes)]).astype(np.int32),
        stop=np.concatenate([schedule.stop, schedule.stop[calls]]),
        arrival_s=np.concatenate([schedule.arrival_s, schedule.arrival_s[calls]]),
        departure_s=np.concatenate([schedule.departure_s, schedule.departure_s[calls]]),
        pickup=np.concatenate([schedule.pickup, schedule.pickup[calls]]),
        drop_off=np.concatenate([schedule.drop_off, schedule.drop_off[calls]]),
    )


def _told(bands: Sequence[_Band], first_trip: int, headway_min: float) -> pd.DataFrame:
    """Return the bands as rows of `headways`; their trips are numbered from the first on."""
    return pd.DataFrame(
        {
            "trip": first_trip + np.arange(len(bands)),
            "start_s": [band.first_s for band in bands],
            # The end of a band is not a departure any more.
            "end_s": [band.last_s + 1 for band in bands],
            "headway_s": round(headway_min * 60),
            "exact": True,
        }
    )


def _days(bands: Sequence[_Band], count: int) -> npt.NDArray[np.bool_]:
    """Return the days of the service that never runs, then those of each band."""
    runs = np.zeros((1 + len(bands), count), dtype=bool)
    for number, band in enumerate(bands):
        runs[number + 1, band.days] = True
    return runs


def _departures(schedule: Schedule, held: Positions) -> pd.DataFrame:
    """Return the way, the variant and the departures of each trip of a line, repeats included."""
    begin, end = schedule.first_call[held], schedule.first_call[held + 1]
    start = schedule.departure_s[begin]
    stops = [schedule.stop[one:other].tobytes() for one, other in zip(begin, end, strict=True)]
    table = pd.DataFrame(
        {
            "trip": held,
            "way": _ways(schedule, held),
            "variant": pd.factorize(np.array(stops, dtype=object))[0],
            "stops": end - begin,
            "long": schedule.arrival_s[end - 1] - start,
            "first": start,
            "last": start,
            "count": 1,
        }
    )
    bands = schedule.headways
    number = -(-(bands["end_s"] - bands["start_s"]) // bands["headway_s"])
    last = bands["start_s"] + (number - 1) * bands["headway_s"]
    told = bands.assign(count=number, last=last)[number > 0].groupby("trip")
    repeats = told.agg(first=("start_s", "min"), last=("last", "max"), count=("count", "sum"))
    place = repeats.index.get_indexer(table["trip"])
    repeated = place >= 0
    for name in repeats.columns:
        table.loc[repeated, name] = repeats[name].to_numpy()[place[repeated]]
    # A trip whose bands are all empty never leaves.
    return table[repeated | ~table["trip"].isin(bands["trip"]).to_numpy()]


def _ways(schedule: Schedule, held: Positions) -> npt.NDArray[np.int32]:
    """Return the direction of each trip of a line: a line of several routes is still one line."""
    calls, sizes = _calls(schedule, held)
    trips = schedule.trips.iloc[held]
    # Lines of two operators may bear one name: they stay apart.
    alone = dataclasses.replace(
        schedule,
        trips=trips.assign(route=trips["feed"].astype(str)),
        first_call=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        stop=schedule.stop[calls],
    )
    return line_directions(alone)


def _bands(schedule: Schedule, table: pd.DataFrame) -> Iterator[_Band]:
    """Yield the trip that stands for the others, each way and for each group of days."""
    service = schedule.trips["service"].to_numpy(dtype=np.int64)
    for _, way in table.groupby("way", sort=True):
        running = schedule.runs[service[way["trip"]]]
        groups: dict[bytes, list[int]] = {}
        for day in np.flatnonzero(running.any(axis=0)).tolist():
            groups.setdefault(running[:, day].tobytes(), []).append(day)
        for days in groups.values():
            part = way[running[:, days[0]]]
            first, last = int(part["first"].min()), int(part["last"].max())
            yield _Band(_typical(part), first, last, days)


def _typical(part: pd.DataFrame) -> int:
    """Return the trip of median duration of the variant that calls most often."""
    calls = (part["stops"] * part["count"]).groupby(part["variant"], sort=True).sum()
    same = part[part["variant"] == calls.idxmax()].sort_values(["long", "first", "trip"])
    return int(same["trip"].iloc[(len(same) - 1) // 2])
