"""What the timetable offers each place on foot: departures, hours, headways and published classes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.intervals import mean_intervals
from renewal_gis.access.joining import Joined
from renewal_gis.access.ladders import (
    fixed_between,
    leed_of_places,
    line_departures,
    ptal_of_places,
)
from renewal_gis.access.level_tables import GRADES
from renewal_gis.access.levels import Variant
from renewal_gis.access.network import DECIMETRES, Network
from renewal_gis.access.pace import limits_dm
from renewal_gis.access.quality import (
    CLASSES,
    classes_as_the_crow_flies,
    place_classes,
    stop_categories,
)
from renewal_gis.access.stop_facts import best_directions, found_on_days
from renewal_gis.access.stop_walks import StopWalks, farthest_m, stations_of, stop_walks
from renewal_gis.access.timetables import window_s
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.schema import Schedule

__all__ = ["class_number", "place_service"]

Floats = npt.NDArray[np.float64]
# The weekday is the day of a measure that does not say.
_DAY_NAMES = {"weekday": "day", "saturday": "saturday", "sunday": "sunday", "holiday": "holiday"}


def place_service(
    origins: Joined,
    stops: Joined,
    network: Network,
    schedule: Schedule,
    *,
    days: Mapping[str, datetime.date],
    window: tuple[str, str] = ("07:00", "09:00"),
    near_min: float | None = None,
    speed_km_h: float | None = None,
) -> pd.DataFrame:
    """Return the service near each place, over every stop within reach and not the nearest alone.

    Parameters
    ----------
    origins
        Places joined to the network.
    stops
        Stops or stations of the schedule joined to the network: those of `stops_on_days`. The table of
        `served_stops` has those of one day alone.
    network
        Street network.
    schedule
        Every trip of the timetables.
    days
        A date for `weekday`, and at will for `saturday`, `sunday` and `holiday` (a weekday of the
        school holidays), as in `stop_facts`.
    window
        First and last time, on the clock of the weekday, of the departures per hour and of the headway.
    near_min
        Longest walk to a stop counted as near, minutes; the assumption `near_threshold` by default.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default. The published classes have their own.

    Returns
    -------
    DataFrame
        On the places' index. Of the stops near, each line and direction at the one stop where it leaves
        most: `departures_day:near`, and `departures_<kind>:near` of each other day asked for;
        `departures_h:near` in the window; `headway_min:near`: the window over the departures
        of the most frequent line in its better direction; `last_departure_h:near` (hours after
        midnight of the weekday, 24.5 is half past midnight), `span_h:near` from the first to it;
        `on_demand_day:near`: departures that must be ordered, which are in none of the others.
        Of all stops: `quality_class:swiss` (straight lines), `quality_class:austrian` (metres
        on foot) and `quality_class:oevgk18` (seconds on foot), `quality_class_<kind>:oevgk18` of each
        other day, as numbers for scores, A 7 to G 1, no class 0; each again as a letter,
        `quality_letter…`; `ptal_index` and `ptal_band`; with a Saturday or a Sunday
        `leed_trips_weekday`, `leed_trips_weekend`, `leed_step` and `leed_name`. Everything is
        missing where the place is not joined to the streets; a headway and a last departure also where
        nothing leaves near the place.

    Raises
    ------
    DataError
        When nothing runs on the weekday or the holiday, or a date lies outside the timetables.
    UsageError
        When there is no weekday, a kind of day or a stop is unknown, or the window cannot be read.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> from renewal_gis.access import join, stops_on_days
    >>> days = {"weekday": tuesday}
    >>> stops = join(stops_on_days(bus, days=days), streets)
    >>> place_service(home, stops, streets, bus, days=days)[["departures_day:near", "ptal_band"]]
          departures_day:near ptal_band
    home                  2.0        1a
    """
    if "weekday" not in days:
        raise UsageError("place_service needs the date of a weekday: days={'weekday': …}.")
    window_at = window_s(schedule, days["weekday"], window)
    near = assumption("near_threshold").value if near_min is None else near_min
    (near_dm,) = limits_dm([near], speed_km_h)
    farthest = max(farthest_m(), int(near_dm) / DECIMETRES)
    found = found_on_days(schedule, days)
    walks = stop_walks(origins, stops, network, schedule, limit_m=farthest)
    columns = _near(walks.within(int(near_dm)), found, window_at)
    columns |= _classes(walks, origins, stops, schedule, found)
    table = pd.DataFrame(columns, index=origins.index)
    rungs = ptal_of_places(walks, found["weekday"])
    weekend = [found[kind] for kind in ("saturday", "sunday") if kind in found]
    if not weekend:
        return table.join(rungs)
    return table.join(rungs).join(leed_of_places(walks, found["weekday"], weekend))


def class_number(letters: pd.Series, joined: npt.NDArray[np.bool_] | None = None) -> pd.Series:
    """Return classes as numbers for scores: `A` 7 to `G` 1, no class 0.

    Parameters
    ----------
    letters
        Classes, missing where there is none.
    joined
        Whether each place is joined to the streets; of the others the class is unknown (NaN).

    Examples
    --------
    >>> class_number(pd.Series(["A", None, "G"])).tolist()
    [7.0, 0.0, 1.0]
    """
    worth = {letter: float(len(CLASSES) - place) for place, letter in enumerate(CLASSES)}
    numbers = letters.map(worth).astype(float).fillna(0.0)
    return numbers if joined is None else numbers.where(joined)


def _near(
    walks: StopWalks, found: Mapping[str, pd.DataFrame], window_at: tuple[int, int]
) -> dict[str, object]:
    """Return what leaves from the stops within a short walk."""

    def joined(values: npt.NDArray[np.generic]) -> Floats:
        return np.where(walks.joined, values, np.nan)

    columns: dict[str, object] = {}
    for kind, day in found.items():
        of_day = fixed_between(day[day["service_day"].to_numpy() == 0])
        columns[f"departures_{_DAY_NAMES[kind]}:near"] = joined(line_departures(walks, of_day))
    weekday = found["weekday"]
    own = weekday[weekday["service_day"].to_numpy() == 0]
    inside = fixed_between(weekday, from_s=window_at[0], to_s=window_at[1])
    hours = (window_at[1] - window_at[0]) / 3600
    columns["departures_h:near"] = joined(line_departures(walks, inside) / hours)
    columns["headway_min:near"] = joined(_headway(walks, inside, window_at))
    columns |= {name: joined(values) for name, values in _hours(walks, fixed_between(own)).items()}
    ordered = own[own["on_demand"].to_numpy(dtype=bool)]
    columns["on_demand_day:near"] = joined(line_departures(walks, ordered))
    return columns


def _headway(walks: StopWalks, found: pd.DataFrame, window_at: tuple[int, int]) -> Floats:
    """Return the window over the departures of the most frequent line near, in its better direction."""
    station, direction = (found[name].to_numpy(np.int64) for name in ("station", "direction"))
    most = best_directions(station, direction, walks.stations).astype(float)
    best = walks.best(most[walks.station], nothing=0.0)
    interval = mean_intervals(best, start_s=window_at[0], end_s=window_at[1])
    return np.where(np.isfinite(interval), interval, np.nan)


def _hours(walks: StopWalks, found: pd.DataFrame) -> dict[str, Floats]:
    """Return the last departure near each place, and the hours from the first to it."""
    first, last = np.full(walks.stations, np.inf), np.full(walks.stations, -np.inf)
    station, time = found["station"].to_numpy(), found["time_s"].to_numpy() / 3600
    np.minimum.at(first, station, time)
    np.maximum.at(last, station, time)
    latest = walks.best(last[walks.station], nothing=-np.inf)
    earliest = -walks.best(-first[walks.station], nothing=-np.inf)
    some = np.isfinite(latest)
    return {
        "last_departure_h:near": np.where(some, latest, np.nan),
        "span_h:near": np.subtract(latest, earliest, out=np.zeros(len(some)), where=some),
    }


def _classes(
    walks: StopWalks,
    origins: Joined,
    stops: Joined,
    schedule: Schedule,
    found: Mapping[str, pd.DataFrame],
) -> dict[str, object]:
    """Return the classes as numbers and letters: all variants on the weekday, OeVGK18 on other days."""
    numbers: dict[str, object] = {}
    letters: dict[str, object] = {}
    for kind, day in found.items():
        categories = stop_categories(schedule, day).reindex(schedule.stops.index)
        for variant in GRADES if kind == "weekday" else ("oevgk18",):
            told = categories[f"category:{variant}"]
            if variant == "swiss":
                held = told.set_axis(range(len(told))).iloc[stations_of(stops.index, schedule)]
                classes = classes_as_the_crow_flies(origins, stops, held.set_axis(stops.index))
            else:
                classes = place_classes(walks, told, cast(Variant, variant))
            suffix = f":{variant}" if kind == "weekday" else f"_{kind}:{variant}"
            numbers[f"quality_class{suffix}"] = class_number(classes, origins.reached)
            letters[f"quality_letter{suffix}"] = classes
    return numbers | letters
