"""Small schedules written by hand: stops, trips with their calls, and the days they run.

>>> held = schedule(
...     stops={"A": (0, 0), "B": (500, 0)},
...     trips=[("t1", "1", "bus", "weekday", [("A", "07:00"), ("B", "07:10")])],
...     services={"weekday": ["2026-03-10"]},
... )
>>> held.stop.tolist(), held.departure_s.tolist()
([0, 1], [25200, 25800])
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from renewal_gis.schema import BOARDING, Schedule

__all__ = ["schedule", "seconds"]


def seconds(text: str) -> int:
    """Return `25:10` or `07:00:30` in seconds after midnight."""
    hours, minutes, *rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + (rest[0] if rest else 0)


def schedule(
    *,
    stops: Mapping[str, tuple[float, float] | None],
    trips: Sequence[tuple[Any, ...]],
    services: Mapping[str, Iterable[str | datetime.date]],
    stations: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    frequencies: Sequence[tuple[Any, ...]] = (),
    transfers: Sequence[tuple[Any, ...]] = (),
    pathways: Sequence[tuple[str, str, float]] = (),
    blocks: Mapping[str, str] | None = None,
    headsigns: Mapping[str, str] | None = None,
    routes: Mapping[str, str] | None = None,
    on_demand: Iterable[str] = (),
    feeds: Mapping[str, int] | None = None,
    names: Mapping[str, str] | None = None,
    timezone: str = "Europe/Paris",
    crs: Any = "EPSG:2154",
    origin: tuple[float, float] = (735_000.0, 7_029_000.0),
) -> Schedule:
    """Return a schedule.

    Parameters
    ----------
    stops
        Metres east and north of `origin` by stop; None: place unknown.
    trips
        (trip, line, mode, service, calls). A call is (stop, time), (stop, time, pickup), or
        (stop, arrival, departure, pickup, drop-off); times as `25:10`, pickups as in `BOARDING`.
    services
        The dates each service runs.
    stations, kinds
        Station of a stop; kind of a stop (`stop` by default, `station` for those named as one).
    frequencies
        (trip, start, end, headway in seconds) and, at will, whether times are exact.
    transfers
        (from stop, to stop, kind) and, at will, least seconds, trip left, trip taken.
    pathways
        (from stop, to stop, seconds).
    blocks, headsigns
        By trip.
    routes
        Route by line; the line itself by default.
    on_demand
        Lines that must be ordered.
    feeds
        Number of the feed by trip or stop; 0 by default.
    names
        Names of stops; the identifier by default.
    """
    place = {stop: number for number, stop in enumerate(stops)}
    days = sorted({_day(day) for held in services.values() for day in held})
    runs = np.zeros((len(services), (days[-1] - days[0]).days + 1 if days else 0), dtype=bool)
    for number, held in enumerate(services.values()):
        for day in held:
            runs[number, (_day(day) - days[0]).days] = True
    called = [_call(one) for trip in trips for one in trip[4]]
    counts = [len(trip[4]) for trip in trips]
    numbered = {trip[0]: number for number, trip in enumerate(trips)}
    return Schedule(
        stops=_stops(
            stops, place, stations or {}, kinds or {}, feeds or {}, names or {}, crs, origin
        ),
        trips=_trips(
            trips,
            list(services),
            blocks or {},
            headsigns or {},
            routes or {},
            on_demand,
            feeds or {},
        ),
        services=tuple(services),
        first_day=days[0] if days else datetime.date(2026, 1, 1),
        runs=runs,
        first_call=np.cumsum([0, *counts]).astype(np.int32),
        stop=np.array([place[one[0]] for one in called], dtype=np.int32),
        arrival_s=np.array([one[1] for one in called], dtype=np.int32),
        departure_s=np.array([one[2] for one in called], dtype=np.int32),
        pickup=np.array([BOARDING[one[3]] for one in called], dtype=np.int8),
        drop_off=np.array([BOARDING[one[4]] for one in called], dtype=np.int8),
        headways=_headways(frequencies, numbered),
        transfers=_transfers(transfers, place, numbered),
        pathways=pd.DataFrame(
            {
                "from_stop": np.array([place[one[0]] for one in pathways], dtype=np.int32),
                "to_stop": np.array([place[one[1]] for one in pathways], dtype=np.int32),
                "walk_s": np.array([one[2] for one in pathways], dtype=float),
            }
        ),
        timezone=timezone,
    )


def _day(day: str | datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(day) if isinstance(day, str) else day


def _call(told: tuple[Any, ...]) -> tuple[str, int, int, str, str]:
    if len(told) == 5:
        return told[0], seconds(told[1]), seconds(told[2]), told[3], told[4]
    time = seconds(told[1])
    return told[0], time, time, told[2] if len(told) == 3 else "regular", "regular"


def _stops(
    stops: Mapping[str, tuple[float, float] | None],
    place: Mapping[str, int],
    stations: Mapping[str, str],
    kinds: Mapping[str, str],
    feeds: Mapping[str, int],
    names: Mapping[str, str],
    crs: Any,
    origin: tuple[float, float],
) -> gpd.GeoDataFrame:
    grouping = set(stations.values())
    shapes = [
        Point() if spot is None else Point(origin[0] + spot[0], origin[1] + spot[1])
        for spot in stops.values()
    ]
    return gpd.GeoDataFrame(
        {
            "name": [names.get(stop, stop) for stop in stops],
            "station": np.array(
                [place[stations.get(stop, stop)] for stop in stops], dtype=np.int32
            ),
            "kind": [kinds.get(stop, "station" if stop in grouping else "stop") for stop in stops],
            "feed": np.array([feeds.get(stop, 0) for stop in stops], dtype=np.int32),
        },
        geometry=gpd.GeoSeries(shapes, index=list(stops), crs=crs),
        index=pd.Index(list(stops), name="stop"),
    )


def _trips(
    trips: Sequence[tuple[Any, ...]],
    services: list[str],
    blocks: Mapping[str, str],
    headsigns: Mapping[str, str],
    routes: Mapping[str, str],
    on_demand: Iterable[str],
    feeds: Mapping[str, int],
) -> pd.DataFrame:
    ordered = set(on_demand)
    ids = [trip[0] for trip in trips]
    return pd.DataFrame(
        {
            "line": pd.Series([trip[1] for trip in trips], dtype="str"),
            "route": pd.Series([routes.get(trip[1], trip[1]) for trip in trips], dtype="str"),
            "mode": pd.Series([trip[2] for trip in trips], dtype="str"),
            "on_demand": np.array(
                [trip[2] == "on_demand" or trip[1] in ordered for trip in trips], dtype=bool
            ),
            "headsign": pd.Series([headsigns.get(one, "") for one in ids], dtype="str"),
            "service": np.array([services.index(trip[3]) for trip in trips], dtype=np.int32),
            "block": pd.Series([blocks.get(one, "") for one in ids], dtype="str"),
            "feed": np.array([feeds.get(one, 0) for one in ids], dtype=np.int32),
        }
    ).set_axis(pd.Index(ids, name="trip", dtype="str"), axis=0)


def _headways(frequencies: Sequence[tuple[Any, ...]], trips: Mapping[str, int]) -> pd.DataFrame:
    rows = [(*row, False) if len(row) == 4 else row for row in frequencies]
    return pd.DataFrame(
        {
            "trip": np.array([trips[row[0]] for row in rows], dtype=np.int32),
            "start_s": np.array([seconds(row[1]) for row in rows], dtype=np.int32),
            "end_s": np.array([seconds(row[2]) for row in rows], dtype=np.int32),
            "headway_s": np.array([row[3] for row in rows], dtype=np.int32),
            "exact": np.array([row[4] for row in rows], dtype=bool),
        }
    )


def _transfers(
    transfers: Sequence[tuple[Any, ...]], stops: Mapping[str, int], trips: Mapping[str, int]
) -> pd.DataFrame:
    rows = [(*row, *(None, None, None)[len(row) - 3 :]) for row in transfers]
    return pd.DataFrame(
        {
            "from_stop": np.array([stops[row[0]] for row in rows], dtype=np.int32),
            "to_stop": np.array([stops[row[1]] for row in rows], dtype=np.int32),
            "kind": np.array([row[2] for row in rows], dtype=np.int8),
            "min_s": np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=float),
            "from_trip": np.array([trips.get(row[4], -1) for row in rows], dtype=np.int32),
            "to_trip": np.array([trips.get(row[5], -1) for row in rows], dtype=np.int32),
        }
    )
