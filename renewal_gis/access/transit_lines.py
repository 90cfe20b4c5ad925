"""The lines of a timetable as they are drawn: what runs on a day, along its course or from stop to stop."""

from __future__ import annotations

import datetime

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.access.departures import departures
from renewal_gis.access.directions import line_directions
from renewal_gis.access.line_courses import DrawnLine, Pattern, Stations, drawn_line
from renewal_gis.access.timetables import require_service
from renewal_gis.assumptions import assumption
from renewal_gis.schema import BOARDING, Finding, Schedule

__all__ = ["course_findings", "transit_lines"]

_COLUMNS = ("name", "mode", "from_stop", "to_stop", "departures_day", "course", "far_stops")


def transit_lines(
    schedule: Schedule, *, date: datetime.date, courses: gpd.GeoSeries | None = None
) -> gpd.GeoDataFrame:
    """Return the lines that run on a day, one row for each route and direction.

    Parameters
    ----------
    schedule
        Every trip of the timetables. It holds no shapes.
    date
        The service day.
    courses
        The line each trip follows, on the trip's identifier, in the schedule's CRS, as `read_shapes`
        gives it. Trips that are not there go straight from stop to stop, as all do without it.

    Returns
    -------
    GeoDataFrame
        Index: the route's identifier, with a number when the route has several directions. `name` of
        the line, `mode`, `from_stop` and `to_stop` (the ends of the run that is most often made),
        `departures_day` (runs of the service day, those after midnight included), `course`
        (`published`: it follows the courses given, from the first stop to the last; `straight`: from
        stop to stop; `partly`: some of both), `far_stops` (how many of the stations lie more than
        `course_reach` metres from the course of their run, or are passed in another order: the hops to
        them are straight) and lines in
        the schedule's CRS. Every hop between two calls is drawn once, on the course that most runs
        follow, but those of an express where another run of the line calls in between. Courses are
        simplified by three metres. A stop of a straight hop stands where its station does. The geometry
        is empty when fewer than two of the stops have places of their own.

    Raises
    ------
    DataError
        When nothing runs on `date`; the nearest days with service are named.
    UsageError
        When `date` is not a date.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> told = transit_lines(bus, date=tuesday).iloc[0]
    >>> told[["name", "from_stop", "to_stop", "course"]].tolist(), int(told["departures_day"])
    (['7', 'A', 'C', 'straight'], 2)
    """
    require_service(schedule, date)
    directions = line_directions(schedule)
    found = departures(schedule, date, directions=directions)
    runs = _runs_of_trips(schedule, found[found["service_day"] == 0])
    station = schedule.stops["station"].to_numpy(dtype=np.int64)
    places = _places(schedule, station)
    followed = _courses(schedule, courses)
    spots = np.column_stack([schedule.stops.geometry.x, schedule.stops.geometry.y])
    rows, shapes = [], []
    for _, trips in runs.groupby(directions[runs.index]):
        patterns = _patterns(schedule, station, trips, followed, spots)
        drawn = drawn_line(patterns, places)
        rows.append(_row(schedule, patterns, trips, drawn))
        shapes.append(drawn.shape)
    table = pd.DataFrame(rows, columns=["route", *_COLUMNS])
    index = _numbered(table.pop("route"))
    return gpd.GeoDataFrame(table.set_index(index), geometry=shapes, crs=schedule.stops.crs)


def course_findings(lines: gpd.GeoDataFrame) -> list[Finding]:
    """Say which lines leave their published course because it does not pass their stops.

    Parameters
    ----------
    lines
        Result of `transit_lines`.

    Returns
    -------
    list of Finding
        One, or none when every published course passes its stops.
    """
    far = lines[lines["far_stops"] > 0]
    if far.empty:
        return []
    reach = assumption("course_reach").value
    told = ", ".join(f"{name} ({stops})" for name, stops in far["far_stops"].head(3).items())
    message = (
        f"shapes.txt: the course of {len(far)} of {len(lines)} lines and directions does not pass some of "
        f"their stops within {reach:g} m in the order of the calls; to these they go straight. Such stops, "
        f"by line: {told}{'…' if len(far) > 3 else '.'}"
    )
    return [
        Finding(layer="stops", severity="note", code="course-far", message=message, count=len(far))
    ]


def _runs_of_trips(schedule: Schedule, found: pd.DataFrame) -> pd.Series:
    """Return how often each trip runs: more than once when it repeats at a frequency."""
    rows = found.groupby("trip").size()
    boards = [
        int((schedule.pickup[first : last - 1] != BOARDING["none"]).sum())
        for first, last in (schedule.first_call[trip : trip + 2] for trip in rows.index)
    ]
    return rows // np.asarray(boards)


def _courses(schedule: Schedule, courses: gpd.GeoSeries | None) -> npt.NDArray[np.object_]:
    """Return the course of each trip; None where there is none."""
    if courses is None:
        return np.full(len(schedule.trips), None, dtype=object)
    held = np.array(courses.reindex(schedule.trips.index).array, dtype=object)
    lines = shapely.get_type_id(held) == shapely.GeometryType.LINESTRING
    held[~lines | shapely.is_empty(held)] = None
    return held


def _patterns(
    schedule: Schedule,
    station: npt.NDArray[np.int64],
    trips: pd.Series,
    courses: npt.NDArray[np.object_],
    spots: npt.NDArray[np.float64],
) -> dict[Stations, Pattern]:
    """Return the stations each trip calls at, in order, with how many runs do so, and along what."""
    found: dict[Stations, dict[shapely.LineString | None, list[int]]] = {}
    for trip, runs in trips.items():
        first, last = schedule.first_call[trip : trip + 2]
        calls = tuple(station[schedule.stop[first:last]].tolist())
        # How often each course is run, and the first trip that does.
        held = found.setdefault(calls, {}).setdefault(courses[trip], [0, trip])
        held[0] += int(runs)
    patterns = {}
    for calls, ways in found.items():
        # The most run one; any course rather than none.
        course = max(ways, key=lambda one: (one is not None, ways[one][0]))
        first, last = schedule.first_call[ways[course][1] :][:2]
        stops = schedule.stop[first:last]
        runs = sum(count for count, _ in ways.values())
        patterns[calls] = Pattern(runs=runs, course=course, stops=spots[stops])
    return patterns


def _row(
    schedule: Schedule, patterns: dict[Stations, Pattern], trips: pd.Series, drawn: DrawnLine
) -> list[object]:
    """Return the route and the columns of a line in one direction."""
    usual = max(patterns, key=lambda calls: (patterns[calls].runs, len(calls)))
    names = schedule.stops["name"]
    trip = schedule.trips.iloc[trips.index[0]]
    ends = [str(names.iloc[calls]) for calls in (usual[0], usual[-1])]
    course = "partly" if drawn.followed and drawn.straight else "straight"
    if drawn.followed and not drawn.straight:
        course = "published"
    told = [str(trip["route"]), str(trip["line"]), str(trip["mode"]), *ends]
    return [*told, int(trips.sum()), course, drawn.far]


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


def _numbered(routes: pd.Series) -> pd.Index:
    """Return identifiers: the route, then its number where several rows share it."""
    shared = routes.duplicated(keep=False)
    number = (routes.groupby(routes).cumcount() + 1).astype(str)
    return pd.Index(routes.where(~shared, routes + " (" + number + ")"), name="line")
