"""What if: a line more, or more buses on a line; and the headway that would be enough."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.access.rescheduling import rescheduled, unused
from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import BOARDING, Schedule, clock_seconds

__all__ = [
    "HEADWAYS_MIN",
    "Headway",
    "HeadwaySearch",
    "NewLine",
    "riding_minutes",
    "search_headways",
    "with_changes",
]

# Clock-face headways, which a timetable can repeat every hour, from the thinnest to the densest.
HEADWAYS_MIN = (60.0, 30.0, 20.0, 15.0, 12.0, 10.0, 7.5, 6.0, 5.0)
# Farther apart, two stops are no stops of one line, or the coordinates are of another system.
_LONGEST_MIN = 240


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line that does not exist, run both ways every day of the timetable.

    Parameters
    ----------
    name
        Name riders would know.
    stops
        In order: identifiers of stops of the schedule, or (x, y) in its CRS for new stops; two at least.
    headway_min
        Minutes between departures.
    span
        First and last departure from each end, such as `("06:00", "21:00")`.
    mode
        A code of `MODES`.
    speed_km_h
        Commercial speed, stops included, along the straight lines between stops lengthened by the
        detour; the assumptions `bus_speed` and `detour`.
    minutes
        Riding minutes between each stop and the next, when they are known better; at most 240 each.

    Raises
    ------
    UsageError
        When one of these cannot be.

    Examples
    --------
    >>> line = NewLine(name="Essai", stops=("A", (700_000, 6_601_000), "C"), headway_min=30)
    >>> line.span, line.speed_km_h
    (('06:00', '21:00'), 18.0)
    """

    name: str
    stops: tuple[str | tuple[float, float], ...]
    headway_min: float
    span: tuple[str, str] = ("06:00", "21:00")
    mode: str = "bus"
    speed_km_h: float = field(default_factory=lambda: assumption("bus_speed").value)
    minutes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        where = f"The new line {self.name!r}"
        if len(self.stops) < 2:
            raise UsageError(f"{where} needs two stops at least, got {len(self.stops)}.")
        if not 1 <= self.headway_min <= 240:
            raise UsageError(f"{where}: headway_min must be 1 to 240, got {self.headway_min!r}.")
        if not 1 <= self.speed_km_h <= 130:
            raise UsageError(f"{where}: speed_km_h must be 1 to 130, got {self.speed_km_h!r}.")
        for stop in self.stops:
            if not isinstance(stop, str) and (len(stop) != 2 or not all(map(math.isfinite, stop))):
                raise UsageError(
                    f"{where} calls at {stop!r}, which is no place: give x and y, or a stop's "
                    "identifier."
                )
        if self.minutes and len(self.minutes) != len(self.stops) - 1:
            raise UsageError(
                f"{where} has {len(self.stops)} stops and {len(self.minutes)} riding times: give one "
                "for each stop and the next."
            )
        if not all(0 < minutes <= _LONGEST_MIN for minutes in self.minutes):
            raise UsageError(
                f"{where}: riding times must be more than 0 and at most {_LONGEST_MIN} minutes, got "
                f"{self.minutes!r}."
            )
        if len(self.span) != 2 or not self.span_s[0] < self.span_s[1]:
            raise UsageError(
                f"{where}: the span must be two times, the second later: {self.span!r}."
            )

    @property
    def span_s(self) -> tuple[int, int]:
        """First and last departure, seconds on the clock of the day."""
        first, last = (clock_seconds(text) for text in self.span)
        if first is None or last is None:
            text = self.span[0 if first is None else 1]
            raise UsageError(
                f"The new line {self.name!r}: the time {text!r} cannot be read: write 06:00."
            )
        return first, last


@dataclass(frozen=True, kw_only=True)
class Headway:
    """Another headway for a line that exists, between its first and last departures of each day.

    Parameters
    ----------
    line
        Name riders know, as in `schedule.trips`.
    headway_min
        Minutes between departures, each way.

    Examples
    --------
    >>> Headway(line="7", headway_min=0)
    Traceback (most recent call last):
    renewal_gis.errors.UsageError: Line '7': headway_min must be 1 to 240, got 0.
    """

    line: str
    headway_min: float

    def __post_init__(self) -> None:
        if not 1 <= self.headway_min <= 240:
            raise UsageError(
                f"Line {self.line!r}: headway_min must be 1 to 240, got {self.headway_min!r}."
            )


class HeadwaySearch(NamedTuple):
    """What each headway gives, and the thinnest that is enough.

    Attributes
    ----------
    table
        One row per headway tried: `headway_min`, `buses` (vehicles it takes), `value`, `enough`.
    enough_min
        The longest headway from which every shorter one is enough; None when none is.
    """

    table: pd.DataFrame
    enough_min: float | None


def with_changes(schedule: Schedule, changes: Sequence[NewLine | Headway]) -> Schedule:
    """Return the schedule with lines added and headways changed.

    Parameters
    ----------
    schedule
        Every trip of the timetables; it is not changed.
    changes
        Lines to add, and lines to run at another headway.

    Notes
    -----
    A changed headway makes one trip of those of each direction and day, repeated from the first
    departure to the last: the variant that calls most often (its departures times its stops), in its
    median duration. Short turns, other variants and what ran at a frequency are folded in; stops of
    these alone lose the line, and riders no longer keep their seats into another line. Trips that must
    be ordered stay as they are, unless the line has no others. A new line runs on every day any trip
    runs. Both are exact timetables: departures at fixed minutes from the first one.

    Raises
    ------
    DataError
        When a stop or a line is not in the schedule, or two stops of a new line are too far apart.

    Examples
    --------
    The bus of 07:10 and 08:40 runs every half hour, in the town of `transit_network`'s example:

    >>> from renewal_gis.access import departures
    >>> changed = with_changes(bus, [Headway(line="7", headway_min=30)])
    >>> found = departures(changed, tuesday)
    >>> [bus.clock(tuesday, time) for time in found.loc[found["stop"] == 0, "time_s"]]
    ['07:10', '07:40', '08:10', '08:40']
    """
    changed = schedule
    for change in changes:
        changed = (
            _added(changed, change)
            if isinstance(change, NewLine)
            else rescheduled(changed, line=change.line, headway_min=change.headway_min)
        )
    return changed


def search_headways(
    value_at: Callable[[float], float],
    *,
    target: float,
    round_trip_min: float,
    low_is_good: bool = True,
    headways_min: Sequence[float] = HEADWAYS_MIN,
) -> HeadwaySearch:
    """Try headways, and find the thinnest service that is enough.

    Parameters
    ----------
    value_at
        The measure with the line at a headway; NaN is never enough.
    target
        Value to reach.
    round_trip_min
        Minutes for a vehicle to come back to where it started, for the number of vehicles.
    low_is_good
        Whether the measure must be at most the target, or at least.
    headways_min
        Headways to try. All are: a denser service is not always better to the minute, because
        connections fall otherwise.

    Examples
    --------
    A wait of half the headway, and ten minutes in the bus:

    >>> found = search_headways(
    ...     lambda headway: 10 + headway / 2, target=20, round_trip_min=50, headways_min=[30, 20, 10]
    ... )
    >>> found.table
       headway_min  buses  value  enough
    0           30      2   25.0   False
    1           20      3   20.0    True
    2           10      5   15.0    True
    >>> found.enough_min
    20.0
    """
    rows = []
    for headway in sorted(headways_min, reverse=True):
        value = value_at(headway)
        enough = value <= target if low_is_good else value >= target
        rows.append((headway, math.ceil(round_trip_min / headway), value, bool(enough)))
    table = pd.DataFrame(rows, columns=["headway_min", "buses", "value", "enough"])
    lasting = table["enough"][::-1].cummin()[::-1]
    held = table.loc[lasting, "headway_min"]
    return HeadwaySearch(table, float(held.iloc[0]) if len(held) else None)


def riding_minutes(schedule: Schedule, line: NewLine) -> tuple[float, ...]:
    """Return the riding minutes between the stops of a new line.

    Raises
    ------
    DataError
        When a stop is not in the schedule, or two stops are more than 240 minutes apart.

    Examples
    --------
    A kilometre, then three, at 18 km/h along streets 1.3 times as long as the straight line:

    >>> line = NewLine(name="Essai", stops=("A", (700_000, 6_601_000), "C"), headway_min=30)
    >>> [round(minutes, 2) for minutes in riding_minutes(bus, line)]
    [4.33, 13.0]
    """
    if line.minutes:
        return line.minutes
    points = [_point(schedule, stop, line) for stop in line.stops]
    metres = [one.distance(other) for one, other in itertools.pairwise(points)]
    pace = line.speed_km_h * 1000 / 60 / assumption("detour").value
    minutes = tuple(metre / pace for metre in metres)
    for place, long in enumerate(minutes):
        if long > _LONGEST_MIN:
            raise DataError(
                f"The new line {line.name!r} would ride {long:.0f} minutes from {line.stops[place]!r} to "
                f"{line.stops[place + 1]!r}; at most {_LONGEST_MIN} are allowed. Check the coordinates."
            )
    return minutes


def _point(schedule: Schedule, stop: str | tuple[float, float], line: NewLine) -> shapely.Point:
    if not isinstance(stop, str):
        return shapely.Point(stop)
    if stop not in schedule.stops.index:
        raise DataError(
            f"The new line {line.name!r} calls at {stop!r}, which the timetable does not have. Give "
            "the identifier of one of its stops, or coordinates."
        )
    point = schedule.stops.geometry.loc[stop]
    if point.is_empty:
        raise DataError(f"The new line {line.name!r} calls at {stop!r}, which has no place.")
    return point


def _added(schedule: Schedule, line: NewLine) -> Schedule:
    """Return the schedule with a new line, both ways, on every day a trip runs."""
    # A service without trips may list days on which nothing moves.
    used = np.unique(schedule.trips["service"].to_numpy(dtype=np.int64))
    minutes = riding_minutes(schedule, line)
    stops, places = _with_stops(schedule, line)
    along = np.rint(np.concatenate([[0], np.cumsum(minutes)]) * 60).astype(np.int32)
    service = len(schedule.services)
    trips, calls = [], []
    first, last = line.span_s
    starts = np.rint(np.arange(first, last + 1, line.headway_min * 60)).astype(np.int64)
    for way, (order, times) in enumerate(
        ((places, along), (places[::-1], along[-1] - along[::-1]))
    ):
        for start in starts:
            trips.append(f"{line.name} {way + 1} {_text(int(start))}")
            calls.append((order, times + start))
    frame = pd.DataFrame(
        {
            "line": line.name,
            "route": line.name,
            "mode": line.mode,
            "on_demand": False,
            "headsign": "",
            "service": service,
            "block": "",
            "feed": 0,
        },
        index=pd.Index(
            [unused(name, schedule.trips.index) for name in trips], name=schedule.trips.index.name
        ),
    )
    seconds = np.concatenate([times for _, times in calls]).astype(np.int32)
    number = len(seconds)
    regular = np.full(number, BOARDING["regular"], dtype=np.int8)
    sizes = np.full(len(calls), len(places), dtype=np.int32)
    return dataclasses.replace(
        schedule,
        stops=stops,
        trips=pd.concat([schedule.trips, frame[list(schedule.trips.columns)]]),
        services=(*schedule.services, line.name),
        runs=np.vstack([schedule.runs, schedule.runs[used].any(axis=0)]),
        first_call=np.concatenate(
            [schedule.first_call, schedule.first_call[-1] + np.cumsum(sizes)]
        ).astype(np.int32),
        stop=np.concatenate([schedule.stop, *(order for order, _ in calls)]).astype(np.int32),
        arrival_s=np.concatenate([schedule.arrival_s, seconds]),
        departure_s=np.concatenate([schedule.departure_s, seconds]),
        pickup=np.concatenate([schedule.pickup, regular]),
        drop_off=np.concatenate([schedule.drop_off, regular]),
    )


def _with_stops(schedule: Schedule, line: NewLine) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Return the stops with the new ones of a line, and the position of each of its stops."""
    stops, places = schedule.stops, []
    for number, stop in enumerate(line.stops):
        point = _point(schedule, stop, line)
        if isinstance(stop, str):
            places.append(int(stops.index.get_loc(stop)))
            continue
        name = unused(f"{line.name} {number + 1}", stops.index)
        row = gpd.GeoDataFrame(
            {"name": name, "station": len(stops), "kind": "stop", "feed": 0},
            geometry=[point], index=pd.Index([name], name=stops.index.name), crs=stops.crs,
        )  # fmt: skip
        places.append(len(stops))
        stops = gpd.GeoDataFrame(pd.concat([stops, row[list(stops.columns)]]), crs=stops.crs)
    return stops, np.array(places, dtype=np.int32)


def _text(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
