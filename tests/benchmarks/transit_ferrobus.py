"""What is measured of ferrobus: a model of the day's timetable and streets, and its travel times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import transit_cases as cases
from measuring import Clock

from renewal_gis.schema import Schedule

Facts = dict[str, Any]

SPEED_M_S = 1.4  # ferrobus has no other
WALK_S = 1_800
TRANSFER_M = 1_000.0
RIDES = 3  # what ferrobus calls max_transfers: with 2 it rides twice, with 3 three times
NEAREST = 10  # stops a place knows: its default
ALL_STOPS = 1_000
MINUTES = (7 * 60, 9 * 60)  # the window, minutes of the day
DEPARTURES = (0, 30, 60, 90)  # timed and compared, minutes after the first


def write_feed(folder: Path, held: Schedule, day: datetime.date) -> None:
    """Write the trips of a day as a feed that ferrobus reads: every time told, one service."""
    folder.mkdir(parents=True, exist_ok=True)
    trips = cases.running(held, day)
    sizes = np.diff(held.first_call)[trips]
    calls = np.concatenate([np.arange(*held.first_call[trip : trip + 2]) for trip in trips])
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    routes = held.trips["route"].iloc[trips].astype(str).to_numpy()
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    date = f"{day:%Y%m%d}"
    tables: dict[str, dict[str, Any]] = {
        "stops": _stops(held),
        "routes": {"route_id": np.unique(routes), "route_short_name": "", "route_type": 3},
        "trips": {"route_id": routes, "service_id": "day", "trip_id": np.arange(len(trips))},
        "stop_times": {
            "trip_id": np.repeat(np.arange(len(trips)), sizes),
            "arrival_time": _clock(held.arrival_s[calls]),
            "departure_time": _clock(held.departure_s[calls]),
            "stop_id": held.stop[calls],
            "stop_sequence": np.arange(len(calls)) - first,
        },
        "calendar": {
            "service_id": ["day"],
            **{name: [1] for name in days},
            "start_date": [date],
            "end_date": [date],
        },
        "calendar_dates": {"service_id": [], "date": [], "exception_type": []},
        "transfers": {"from_stop_id": [], "to_stop_id": [], "transfer_type": []},
        "feed_info": {
            "feed_publisher_name": ["benchmark"],
            "feed_publisher_url": ["https://example.org"],
            "feed_lang": ["en"],
        },
    }
    for name, columns in tables.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.txt", index=False)


def _stops(held: Schedule) -> dict[str, Any]:
    points = held.stops.geometry.to_crs(4326)
    known = ~points.is_empty.to_numpy()
    place = {"stop_lat": points.y.to_numpy()[known], "stop_lon": points.x.to_numpy()[known]}
    number = np.flatnonzero(known)
    return {"stop_id": number, "stop_name": number.astype(str), **place}


def _clock(seconds: npt.NDArray[np.int32]) -> list[str]:
    return [f"{one // 3600:02d}:{one % 3600 // 60:02d}:{one % 60:02d}" for one in seconds.tolist()]


def matrix(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Every place to every place for single departures."""
    import ferrobus

    held = clock.time("model", lambda: _model(city, folder, ""))
    places = gpd.read_parquet(folder / f"{city}.places").geometry
    found, joined = clock.time("places", lambda: _points(places, held, NEAREST))
    for minute in DEPARTURES:
        second = (MINUTES[0] + minute) * 60
        clock.time(
            "departure",
            lambda second=second: ferrobus.travel_time_matrix(held, found, second, RIDES),
        )
    return {"joined": float(joined.mean())}


def answers(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Keep the seconds of single departures, for the comparison with ours."""
    import ferrobus

    for name in ("", "-crossings"):
        held = _model(city, folder, name)
        places = gpd.read_parquet(folder / f"{city}{name}.places").geometry
        for nearest in (NEAREST, ALL_STOPS):
            found, joined = _points(places, held, nearest)
            kept = np.full((len(DEPARTURES), len(places), len(places)), np.nan)
            for number, minute in enumerate(DEPARTURES):
                second = (MINUTES[0] + minute) * 60
                rows = ferrobus.travel_time_matrix(held, found, second, RIDES)
                kept[number][np.ix_(joined, joined)] = np.array(rows, dtype=float)
            np.save(folder / f"ferrobus-{city}{name}-{nearest}.npy", kept)
    return {}


def _model(city: str, folder: Path, name: str) -> Any:
    import ferrobus

    streets = str(cases.street_file(city, folder))
    feed = str(folder / f"{city}{name}-feed")
    return ferrobus.create_transit_model(streets, [feed], None, round(TRANSFER_M / SPEED_M_S))


def _points(
    places: gpd.GeoSeries, held: Any, nearest: int
) -> tuple[list[Any], npt.NDArray[np.bool_]]:
    """Return the places as ferrobus takes them, and which of all it could join."""
    import ferrobus

    found, joined = [], np.zeros(len(places), dtype=bool)
    for number, place in enumerate(places.to_crs(4326)):
        try:
            point = ferrobus.create_transit_point(place.y, place.x, held, WALK_S, nearest)
        except (ValueError, RuntimeError):
            continue
        found.append(point)
        joined[number] = True
    return found, joined


QUESTIONS: dict[str, Callable[[Clock, str, Path, int], Facts]] = {
    one.__name__: one for one in (matrix, answers)
}
