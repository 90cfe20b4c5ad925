"""Several timetables as one schedule, on one clock."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from renewal_gis.schema import Schedule
from renewal_gis.schema.schedule import STOP_KINDS
from renewal_gis.sources.gtfs_parts import Part
from renewal_gis.sources.gtfs_services import Services
from renewal_gis.sources.gtfs_zones import ASSUMED_ZONE, shift_s

__all__ = ["merged", "stop_table"]

_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True, eq=False)
class _Clocked:
    """What of a timetable changes with the clock it is told on."""

    services: Services
    service: npt.NDArray[np.int32]
    arrival_s: npt.NDArray[np.int32]
    departure_s: npt.NDArray[np.int32]
    headways: pd.DataFrame


def merged(parts: Sequence[Part], names: Sequence[str], crs: pyproj.CRS) -> Schedule:
    """Join timetables into one schedule.

    Parameters
    ----------
    parts
        The timetables.
    names
        Their names, put before identifiers when there are several.
    crs
        The study's system.
    """
    prefixes = [f"{name}:" if len(parts) > 1 else "" for name in names]
    zone = next((part.zone for part in parts if part.zone and len(part.trips.ids)), "")
    zone = zone or ASSUMED_ZONE
    clocked = [_on_clock(part, zone) for part in parts]
    first_day, runs = _all_days([one.services for one in clocked])
    shifts = {
        "stop": _starts([len(part.places.ids) for part in parts]),
        "trip": _starts([len(part.trips.ids) for part in parts]),
        "service": _starts([len(one.services.names) for one in clocked]),
    }
    calls = [part.calls for part in parts]
    counts = np.concatenate(
        [np.bincount(part.calls.trip, minlength=len(part.trips.ids)) for part in parts]
    )
    return Schedule(
        stops=_stops(parts, prefixes, shifts["stop"], crs),
        trips=_trips(parts, clocked, prefixes, shifts["service"]),
        services=tuple(
            f"{prefix}{name}"
            for prefix, one in zip(prefixes, clocked, strict=True)
            for name in one.services.names
        ),
        first_day=first_day,
        runs=runs,
        first_call=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        stop=_joined([one.stop for one in calls], np.int32, shifts["stop"]),
        arrival_s=_joined([one.arrival_s for one in clocked], np.int32),
        departure_s=_joined([one.departure_s for one in clocked], np.int32),
        pickup=_joined([one.pickup for one in calls], np.int8),
        drop_off=_joined([one.drop_off for one in calls], np.int8),
        headways=_moved([one.headways for one in clocked], {"trip": shifts["trip"]}),
        transfers=_moved(
            [part.transfers for part in parts],
            {
                "from_stop": shifts["stop"],
                "to_stop": shifts["stop"],
                "from_trip": shifts["trip"],
                "to_trip": shifts["trip"],
            },
        ),
        pathways=_moved(
            [part.pathways for part in parts],
            {"from_stop": shifts["stop"], "to_stop": shifts["stop"]},
        ),
        timezone=zone,
    )


def _starts(counts: Sequence[int]) -> list[int]:
    return [int(one) for one in np.cumsum([0, *counts[:-1]])]


def _joined(arrays: Sequence[Any], kind: Any, shifts: Sequence[int] | None = None) -> Any:
    if len(arrays) == 1:
        return np.ascontiguousarray(arrays[0], dtype=kind)
    shifts = shifts or [0] * len(arrays)
    moved = [array + shift for array, shift in zip(arrays, shifts, strict=True)]
    return np.concatenate(moved).astype(kind)


def _moved(tables: Sequence[pd.DataFrame], shifts: dict[str, list[int]]) -> pd.DataFrame:
    """Join tables whose columns of places start again with each timetable; -1 stays."""
    parts = []
    for number, table in enumerate(tables):
        columns = {}
        for name, starts in shifts.items():
            place = table[name].to_numpy()
            columns[name] = np.where(place < 0, -1, place + starts[number]).astype(np.int32)
        parts.append(table.assign(**columns))
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True)


def _on_clock(part: Part, zone: str) -> _Clocked:
    """Put the times of a timetable on the study's clock."""
    calls, headways = part.calls, part.headways.table
    shift = shift_s(part.zone or ASSUMED_ZONE, zone, part.services, part.account)
    arrival, departure = calls.arrival_s, calls.departure_s
    if shift == 0 or len(calls.trip) == 0:
        return _Clocked(
            services=part.services,
            service=part.trips.service,
            arrival_s=arrival,
            departure_s=departure,
            headways=headways,
        )
    count = len(part.trips.ids)
    banded = np.isin(np.arange(count), headways["trip"])
    first = np.searchsorted(calls.trip, np.arange(count))
    start = np.where(banded, 0, departure[first] + shift)
    np.minimum.at(start, headways["trip"].to_numpy(), headways["start_s"].to_numpy() + shift)
    # What would begin before its service day belongs to the day before.
    early = start < 0
    moved = np.where(early, shift + _DAY_S, shift).astype(np.int32)
    services, service = _with_eves(part.services, part.trips.service, early)
    # A trip with bands is a pattern: only its bands are on a clock.
    of_call = np.where(banded, 0, moved)[calls.trip]
    of_band = moved[headways["trip"].to_numpy()]
    return _Clocked(
        services=services,
        service=service,
        arrival_s=arrival + of_call,
        departure_s=departure + of_call,
        headways=headways.assign(
            start_s=headways["start_s"] + of_band, end_s=headways["end_s"] + of_band
        ),
    )


def _with_eves(
    services: Services, service: npt.NDArray[np.int32], early: npt.NDArray[np.bool_]
) -> tuple[Services, npt.NDArray[np.int32]]:
    """Give early trips services that run one day earlier than theirs."""
    if not early.any():
        return services, service
    used = np.unique(service[early])
    runs = np.pad(services.runs, ((0, 0), (1, 0)))
    eves = np.pad(services.runs[used], ((0, 0), (0, 1)))
    moved = len(services.names) + np.searchsorted(used, service)
    eve = services.first_day - datetime.timedelta(days=1)
    names = (*services.names, *(f"{services.names[one]} (eve)" for one in used))
    held = Services(names=names, first_day=eve, runs=np.concatenate([runs, eves]))
    return held, np.where(early, moved, service).astype(np.int32)


def _all_days(services: Sequence[Services]) -> tuple[datetime.date, npt.NDArray[np.bool_]]:
    """Return the first day of all services, and what runs from it on."""
    dated = [one for one in services if one.runs.shape[1]]
    if not dated:
        none = np.zeros((sum(len(one.names) for one in services), 0), dtype=bool)
        return services[0].first_day, none
    first = min(one.first_day for one in dated)
    ends = [(one.first_day - first).days + one.runs.shape[1] for one in dated]
    runs = np.zeros((sum(len(one.names) for one in services), max(ends)), dtype=bool)
    row = 0
    for one in services:
        count, days = one.runs.shape
        start = (one.first_day - first).days if days else 0
        runs[row : row + count, start : start + days] = one.runs
        row += count
    return first, runs


def stop_table(columns: dict[str, Any], x: Any, y: Any, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """Return the table of stops; a place of NaN is an empty point."""
    geometry = shapely.points(x, y)
    geometry[np.isnan(x)] = shapely.Point()
    table = pd.DataFrame({name: columns[name] for name in ("name", "station", "kind", "feed")})
    table.index = pd.Index(columns["stop"], name="stop", dtype="str")
    return gpd.GeoDataFrame(table, geometry=geometry, crs=crs)


def _stops(
    parts: Sequence[Part], prefixes: Sequence[str], starts: Sequence[int], crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    places = [part.places for part in parts]
    ids = [
        f"{prefix}{name}" for prefix, one in zip(prefixes, places, strict=True) for name in one.ids
    ]
    columns = {
        "stop": ids,
        "name": pd.Series(np.concatenate([one.names for one in places]), dtype="str"),
        "station": _joined([one.station for one in places], np.int32, starts),
        "kind": pd.Series(
            np.array(STOP_KINDS, dtype=object)[np.concatenate([one.kind for one in places])],
            dtype="str",
        ),
        "feed": _feeds([len(one.ids) for one in places]),
    }
    x, y = (np.concatenate([getattr(one, axis) for one in places]) for axis in "xy")
    return stop_table(columns, x, y, crs)


def _feeds(counts: Sequence[int]) -> npt.NDArray[np.int32]:
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def _trips(
    parts: Sequence[Part],
    clocked: Sequence[_Clocked],
    prefixes: Sequence[str],
    starts: Sequence[int],
) -> pd.DataFrame:
    tables: list[pd.DataFrame] = []
    for part, one, prefix, start in zip(parts, clocked, prefixes, starts, strict=True):
        trips, line = part.trips, part.trips.line
        table = pd.DataFrame(
            {
                "line": pd.Series(part.lines.names, dtype="str").take(line).array,
                "route": (prefix + pd.Series(part.lines.ids, dtype="str")).take(line).array,
                "mode": pd.Series(part.lines.modes, dtype="str").take(line).array,
                "on_demand": part.on_demand,
                "headsign": pd.Series(trips.headsign, dtype="str"),
                "service": one.service + np.int32(start),
                "block": _prefixed_blocks(pd.Series(trips.block, dtype="str"), prefix),
                "feed": np.int32(len(tables)),
            }
        )
        ids = pd.Series(trips.ids, dtype="str")
        table.index = pd.Index(prefix + ids if prefix else ids, name="trip")
        tables.append(table)
    return pd.concat(tables) if len(tables) > 1 else tables[0]


def _prefixed_blocks(block: pd.Series, prefix: str) -> pd.Series:
    return (prefix + block).where(block != "", "") if prefix else block
