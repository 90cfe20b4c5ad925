"""The lines of a timetable as they are drawn: what runs on a day, from stop to stop."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.access.departures import departures
from renewal_gis.access.directions import line_directions
from renewal_gis.access.timetables import require_service
from renewal_gis.schema import BOARDING, Schedule

__all__ = ["transit_lines"]

_COLUMNS = ("name", "mode", "from_stop", "to_stop", "departures_day")


def transit_lines(schedule: Schedule, *, date: datetime.date) -> gpd.GeoDataFrame:
    """Return the lines that run on a day, one row for each route and direction.

    Parameters
    ----------
    schedule
        Every trip of the timetables. It holds no shapes: lines go straight from stop to stop.
    date
        The service day.

    Returns
    -------
    GeoDataFrame
        Index: the route's identifier, with a number when the route has several directions. `name` of
        the line, `mode`, `from_stop` and `to_stop` (the ends of the run that is most often made),
        `departures_day` (runs of the service day, those after midnight included) and lines in the
        schedule's CRS. Every hop between two calls is drawn, but those of an express where another run of
        the line calls in between; a stop stands where its station does. The geometry is empty when
        fewer than two of the stops have a place.

    Raises
    ------
    DataError
        When nothing runs on `date`; the nearest days with service are named.
    UsageError
        When `date` is not a date.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> transit_lines(bus, date=tuesday).drop(columns="geometry").to_dict("records")
    [{'name': '7', 'mode': 'bus', 'from_stop': 'A', 'to_stop': 'C', 'departures_day': 2}]
    """
    require_service(schedule, date)
    directions = line_directions(schedule)
    found = departures(schedule, date, directions=directions)
    runs = _runs_of_trips(schedule, found[found["service_day"] == 0])
    station = schedule.stops["station"].to_numpy(dtype=np.int64)
    places = _places(schedule, station)
    rows, shapes = [], []
    for _, trips in runs.groupby(directions[runs.index]):
        patterns = _patterns(schedule, station, trips)
        rows.append(_row(schedule, patterns, trips))
        shapes.append(_shape(patterns, places))
    table = pd.DataFrame(rows, columns=["route", *_COLUMNS])
    index = _numbered(table.pop("route"))
    return gpd.GeoDataFrame(table.set_index(index), geometry=shapes, crs=schedule.stops.crs)


def _runs_of_trips(schedule: Schedule, found: pd.DataFrame) -> pd.Series:
    """Return how often each trip runs: more than once when it repeats at a frequency."""
    rows = found.groupby("trip").size()
    boards = [
        int((schedule.pickup[first : last - 1] != BOARDING["none"]).sum())
        for first, last in (schedule.first_call[trip : trip + 2] for trip in rows.index)
    ]
    return rows // np.asarray(boards)


Pattern = tuple[int, ...]
Hop = tuple[int, int]


def _patterns(
    schedule: Schedule, station: npt.NDArray[np.int64], trips: pd.Series
) -> dict[Pattern, int]:
    """Return the stations each trip calls at, in order, and how many runs do so."""
    patterns: dict[Pattern, int] = {}
    for trip, runs in trips.items():
        first, last = schedule.first_call[trip : trip + 2]
        calls = tuple(station[schedule.stop[first:last]].tolist())
        patterns[calls] = patterns.get(calls, 0) + int(runs)
    return patterns


def _row(schedule: Schedule, patterns: dict[Pattern, int], trips: pd.Series) -> list[object]:
    """Return the route and the columns of a line in one direction."""
    usual = max(patterns, key=lambda calls: (patterns[calls], len(calls)))
    names = schedule.stops["name"]
    trip = schedule.trips.iloc[trips.index[0]]
    ends = [str(names.iloc[calls]) for calls in (usual[0], usual[-1])]
    return [str(trip["route"]), str(trip["line"]), str(trip["mode"]), *ends, int(trips.sum())]


def _places(schedule: Schedule, station: npt.NDArray[np.int64]) -> list[shapely.Point | None]:
    """Return where each stop is drawn: at its station, or where itself stands when that is unknown."""
    shapes = np.asarray(schedule.stops.geometry.array, dtype=object)
    unknown = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    held = shapes.copy()
    held[unknown] = None
    # A station without a place stands where the first of its stops does.
    for stop in np.flatnonzero(~unknown)[::-1].tolist():
        if unknown[station[stop]]:
            held[station[stop]] = shapes[stop]
    return list(held)


def _shape(
    patterns: dict[Pattern, int], places: Sequence[shapely.Point | None]
) -> shapely.Geometry:
    """Return the hops of a line as one shape, each drawn once."""
    placed = [[one for one in calls if places[one] is not None] for calls in patterns]
    hops = dict.fromkeys(hop for calls in placed for hop in pairwise(calls) if hop[0] != hop[1])
    kept = set(hops)
    for hop in hops:
        # Only what stays drawn may stand for a hop, so that no stop is lost.
        if any(kept.issuperset(pairwise(calls)) for calls in _detours(hop, placed)):
            kept.remove(hop)
    segments = [[places[start], places[end]] for start, end in hops if (start, end) in kept]
    if not segments:
        return shapely.LineString()
    return shapely.line_merge(
        shapely.MultiLineString([shapely.LineString(one) for one in segments])
    )


def _detours(hop: Hop, patterns: Iterable[list[int]]) -> Iterator[list[int]]:
    """Return how other runs get from one end of a hop to the other, with calls in between."""
    start, end = hop
    for calls in patterns:
        if start in calls:
            at = calls.index(start)
            if end in calls[at + 2 :]:
                between = calls[at : calls.index(end, at + 2) + 1]
                if end not in between[:-1]:
                    yield between


def _numbered(routes: pd.Series) -> pd.Index:
    """Return identifiers: the route, then its number where several rows share it."""
    shared = routes.duplicated(keep=False)
    number = (routes.groupby(routes).cumcount() + 1).astype(str)
    return pd.Index(routes.where(~shared, routes + " (" + number + ")"), name="line")
