"""A schedule: every trip of one or several timetables, whatever the day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["BOARDING", "STOP_KINDS", "Schedule"]

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

# GTFS reference, stops.txt, location_type 0 to 4.
STOP_KINDS = ("stop", "station", "entrance", "node", "area")
# GTFS reference, stop_times.txt, pickup_type and drop_off_type.
BOARDING = {"regular": 0, "none": 1, "phone": 2, "driver": 3}


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """What timetables (GTFS) promise, resolved and checked: the calls of every trip, and the days.

    Attributes
    ----------
    stops
        Index: identifier, preceded by its feed's name when there are several. `name`; `station`
        (position of the station the stop belongs to, or its own); `kind` (one of `STOP_KINDS`);
        `feed` (number); `geometry` in the study's CRS, empty when the place is unknown.
    trips
        Index: identifier, preceded likewise. `line` (name riders know), `route` (identifier), `mode`
        (a code of `MODES`), `on_demand`, `headsign`, `service` (position in `services`), `block`
        (empty when none), `feed`.
    services
        Identifier of each service.
    first_day, runs
        `runs[s, d]`: service `s` runs `d` days after `first_day`; shape (services, days).
    first_call
        The calls of trip `t` stand at `first_call[t]:first_call[t + 1]`, in order; shape (trips + 1,).
    stop, arrival_s, departure_s
        Position of the stop of each call, and its times: seconds after noon minus twelve hours of the
        service day. Never decreasing along a trip.
    pickup, drop_off
        How riders board and alight at each call, as in `BOARDING`; int8.
    headways
        One row per band of a trip that runs at a frequency: `trip` (position), `start_s`, `end_s` (the
        last run leaves the first stop before it), `headway_s`, `exact`. Such a trip is a pattern only.
    transfers
        `from_stop`, `to_stop` (positions), `kind` (0 to 5, as in transfers.txt), `min_s` (NaN when none),
        `from_trip`, `to_trip` (positions, -1 for any).
    pathways
        Ways inside stations: `from_stop`, `to_stop` (positions), `walk_s`; each way is a row.
    timezone
        Name of the zone the clock is read in; times of all feeds are on it.
    """

    stops: gpd.GeoDataFrame
    trips: pd.DataFrame
    services: tuple[str, ...]
    first_day: datetime.date
    runs: Flags
    first_call: Ints
    stop: Ints
    arrival_s: Ints
    departure_s: Ints
    pickup: npt.NDArray[np.int8]
    drop_off: npt.NDArray[np.int8]
    headways: pd.DataFrame
    transfers: pd.DataFrame
    pathways: pd.DataFrame
    timezone: str

    def running(self, day: datetime.date) -> Flags:
        """Return whether each service runs on a day; shape (services,).

        Examples
        --------
        >>> from renewal_gis.schema import written_schedule
        >>> bus = written_schedule(
        ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
        ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
        ...     services={"weekday": ["2026-03-10", "2026-03-13"]},
        ...     crs="EPSG:2154",
        ... )
        >>> bus.running(datetime.date(2026, 3, 10)).tolist(), bus.running(datetime.date(2026, 3, 11)).tolist()
        ([True], [False])
        """
        place = (day - self.first_day).days
        if not 0 <= place < self.runs.shape[1]:
            return np.zeros(len(self.services), dtype=bool)
        return np.asarray(self.runs[:, place], dtype=bool)

    def nearest_days(self, day: datetime.date) -> list[datetime.date]:
        """Return the last day before and the first day after `day` on which a trip runs.

        Examples
        --------
        >>> from renewal_gis.schema import written_schedule
        >>> bus = written_schedule(
        ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
        ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
        ...     services={"weekday": ["2026-03-10", "2026-03-13"]},
        ...     crs="EPSG:2154",
        ... )
        >>> [day.isoformat() for day in bus.nearest_days(datetime.date(2026, 3, 11))]
        ['2026-03-10', '2026-03-13']
        """
        used = np.zeros(len(self.services), dtype=bool)
        used[self.trips["service"].to_numpy(dtype=np.int64)] = True
        held = np.flatnonzero(self.runs[used].any(axis=0))
        place = (day - self.first_day).days
        near = [held[held < place][-1:], held[held > place][:1]]
        return [self.first_day + datetime.timedelta(days=int(one)) for side in near for one in side]

    def start_s(self, day: datetime.date, *, seen_from: datetime.date) -> int:
        """Return when a service day starts, in seconds after the start of another.

        A service day starts at noon minus twelve hours, which is not midnight when the clock changes.

        Examples
        --------
        >>> from renewal_gis.schema import written_schedule
        >>> bus = written_schedule(
        ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
        ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
        ...     services={"weekday": ["2026-03-10", "2026-03-13"]},
        ...     crs="EPSG:2154",
        ... )
        >>> bus.start_s(datetime.date(2026, 3, 9), seen_from=datetime.date(2026, 3, 10)) / 3600
        -24.0
        >>> bus.start_s(datetime.date(2026, 3, 28), seen_from=datetime.date(2026, 3, 29)) / 3600
        -23.0
        """
        zone = ZoneInfo(self.timezone)
        noons = [
            datetime.datetime.combine(one, datetime.time(12), zone).timestamp()
            for one in (day, seen_from)
        ]
        return round(noons[0] - noons[1])

    def clock_s(self, day: datetime.date, seconds: int) -> int:
        """Return a time on the clock of a day in seconds after the start of its service day.

        The two differ only before the clock changes, on the night it does.

        Examples
        --------
        >>> from renewal_gis.schema import written_schedule
        >>> bus = written_schedule(
        ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
        ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
        ...     services={"weekday": ["2026-03-10", "2026-03-13"]},
        ...     crs="EPSG:2154",
        ... )
        >>> bus.clock_s(datetime.date(2026, 3, 10), 25_800), bus.clock_s(datetime.date(2026, 3, 29), 0)
        (25800, 3600)
        """
        zone = ZoneInfo(self.timezone)
        ahead, rest = divmod(seconds, 86_400)
        midnight = datetime.datetime.combine(day + datetime.timedelta(days=ahead), datetime.time())
        told = (midnight + datetime.timedelta(seconds=rest)).replace(tzinfo=zone)
        noon = datetime.datetime.combine(day, datetime.time(12), zone)
        return round(told.timestamp() - noon.timestamp()) + 43_200

    def clock(self, day: datetime.date, seconds: int) -> str:
        """Return seconds after the start of a service day as its clock tells them: `07:12`.

        Examples
        --------
        >>> from renewal_gis.schema import written_schedule
        >>> bus = written_schedule(
        ...     stops={"A": (700_000, 6_600_000), "B": (702_000, 6_600_000)},
        ...     trips=[("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15")])],
        ...     services={"weekday": ["2026-03-10", "2026-03-13"]},
        ...     crs="EPSG:2154",
        ... )
        >>> bus.clock(datetime.date(2026, 3, 10), 25_800)
        '07:10'
        """
        zone = ZoneInfo(self.timezone)
        noon = datetime.datetime.combine(day, datetime.time(12), zone).timestamp()
        told = datetime.datetime.fromtimestamp(noon - 43_200 + seconds, zone)
        return told.strftime("%H:%M")
