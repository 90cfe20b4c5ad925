"""Small schedules written by hand: a line being discussed, an example, a test."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import UsageError
from renewal_gis.schema.clock import clock_seconds
from renewal_gis.schema.codes import MODES
from renewal_gis.schema.schedule import BOARDING, Schedule

__all__ = ["Trip", "written_schedule"]

# Name of the trip, line, mode, service, and its calls: stop and time.
Trip = tuple[str, str, str, str, Sequence[tuple[str, str]]]


def written_schedule(
    *,
    stops: Mapping[str, tuple[float, float]],
    trips: Sequence[Trip],
    services: Mapping[str, Iterable[str | datetime.date]],
    crs: object,
    timezone: str = "Europe/Paris",
) -> Schedule:
    """Return a schedule written by hand, where riders board and alight at every call.

    Parameters
    ----------
    stops
        Identifier of each stop, which is its name too → x and y in `crs`.
    trips
        (identifier, line, mode, service, calls); a mode is a code of `MODES`; the calls are
        (stop, time) in order, times as `07:10`, after midnight as `24:10`.
    services
        Name of each service → the dates it runs, as `2026-03-10`.
    crs
        The stops' coordinate reference system.
    timezone
        Name of the zone the clock is read in.

    Raises
    ------
    UsageError
        When there is no day, or a trip has fewer than two calls, or names a stop, a mode or a service
        that is not there, or a time that cannot be read or falls back.

    Examples
    --------
    >>> bus = written_schedule(
    ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
    ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
    ...     services={"weekday": ["2026-03-10"]},
    ...     crs="EPSG:2154",
    ... )
    >>> bus.stop.tolist(), bus.departure_s.tolist()
    ([0, 1], [25800, 26100])
    """
    days = {name: [_day(one, name) for one in dates] for name, dates in services.items()}
    every = sorted(day for dates in days.values() for day in dates)
    if not every:
        raise UsageError("A written schedule needs a service with one date at least.")
    runs = np.zeros((len(days), (every[-1] - every[0]).days + 1), dtype=bool)
    for row, dates in enumerate(days.values()):
        runs[row, [(day - every[0]).days for day in dates]] = True
    place = {stop: number for number, stop in enumerate(stops)}
    calls = [call for trip in trips for call in _calls(trip, place, days)]
    seconds = np.array([second for _, second in calls], dtype=np.int32)
    regular = np.full(len(calls), BOARDING["regular"], dtype=np.int8)
    return Schedule(
        stops=_stops(stops, crs),
        trips=_trips(trips, list(days)),
        services=tuple(days),
        first_day=every[0],
        runs=runs,
        first_call=np.cumsum([0, *(len(trip[4]) for trip in trips)]).astype(np.int32),
        stop=np.array([number for number, _ in calls], dtype=np.int32),
        arrival_s=seconds,
        departure_s=seconds,
        pickup=regular,
        drop_off=regular,
        headways=_empty(trip="int32", start_s="int32", end_s="int32", headway_s="int32", exact="bool"),
        transfers=_empty(
            from_stop="int32", to_stop="int32", kind="int8", min_s="float64",
            from_trip="int32", to_trip="int32",
        ),
        pathways=_empty(from_stop="int32", to_stop="int32", walk_s="float64"),
        timezone=timezone,
    )  # fmt: skip


def _day(day: str | datetime.date, service: str) -> datetime.date:
    if isinstance(day, datetime.date):
        return day
    try:
        return datetime.date.fromisoformat(day)
    except ValueError:
        raise UsageError(
            f"The service {service!r}: the date {day!r} cannot be read: write 2026-03-10."
        ) from None


def _calls(
    trip: Trip, place: Mapping[str, int], services: Mapping[str, object]
) -> list[tuple[int, int]]:
    """Return the stop and the second of each call, checked."""
    name, _, mode, service, calls = trip
    if mode not in MODES:
        raise UsageError(f"The trip {name!r}: the mode {mode!r} is none of {', '.join(MODES)}.")
    if service not in services:
        raise UsageError(f"The trip {name!r} runs on the service {service!r}, which is not given.")
    if len(calls) < 2:
        raise UsageError(f"The trip {name!r} needs two calls at least, got {len(calls)}.")
    unknown = [stop for stop, _ in calls if stop not in place]
    if unknown:
        raise UsageError(
            f"The trip {name!r} calls at {unknown[0]!r}, which is not among the stops."
        )
    seconds = [_seconds(time, name) for _, time in calls]
    if sorted(seconds) != seconds:
        raise UsageError(f"The trip {name!r}: its times fall back.")
    return [(place[stop], second) for (stop, _), second in zip(calls, seconds, strict=True)]


def _seconds(time: str, trip: str) -> int:
    seconds = clock_seconds(time, hours=100)  # a ship may take days
    if seconds is None:
        raise UsageError(f"The trip {trip!r}: the time {time!r} cannot be read: write 07:10.")
    return seconds


def _stops(stops: Mapping[str, tuple[float, float]], crs: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": list(stops),
            "station": np.arange(len(stops), dtype=np.int32),
            "kind": ["stop"] * len(stops),
            "feed": np.zeros(len(stops), dtype=np.int32),
        },
        geometry=shapely.points(np.array(list(stops.values()), dtype=float).reshape(-1, 2)),
        index=pd.Index(list(stops), name="stop"),
        crs=crs,
    )


def _trips(trips: Sequence[Trip], services: list[str]) -> pd.DataFrame:
    line = pd.Series([trip[1] for trip in trips], dtype="str")
    none = pd.Series([""] * len(trips), dtype="str")
    table = pd.DataFrame(
        {
            "line": line,
            "route": line,
            "mode": pd.Series([trip[2] for trip in trips], dtype="str"),
            "on_demand": np.array([trip[2] == "on_demand" for trip in trips], dtype=bool),
            "headsign": none,
            "service": np.array([services.index(trip[3]) for trip in trips], dtype=np.int32),
            "block": none,
            "feed": np.zeros(len(trips), dtype=np.int32),
        }
    )
    return table.set_axis(pd.Index([trip[0] for trip in trips], name="trip", dtype="str"), axis=0)


def _empty(**kinds: str) -> pd.DataFrame:
    return pd.DataFrame({name: np.empty(0, dtype=kind) for name, kind in kinds.items()})
