"""The facts of each stop and kind of day, before any class: departures, hours, headways, lines."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.departures import departures
from renewal_gis.access.directions import line_directions
from renewal_gis.access.intervals import mean_intervals, one_way, robust_intervals
from renewal_gis.access.level_tables import OEVGK18_WINDOWS_MIN
from renewal_gis.access.service import lines_of
from renewal_gis.access.timetables import require_service
from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import Schedule

__all__ = [
    "DAY_KINDS",
    "PERIODS_H",
    "best_directions",
    "found_on_days",
    "stop_facts",
    "stops_on_days",
]

Longs = npt.NDArray[np.int64]
# A holiday is a weekday of the school holidays: many rural runs are school runs.
DAY_KINDS: Mapping[str, tuple[int, ...]] = {
    "weekday": (0, 1, 2, 3, 4),
    "saturday": (5,),
    "sunday": (6,),
    "holiday": (0, 1, 2, 3, 4),
}
_EDGES = (
    "morning_peak_start",
    "morning_peak_end",
    "evening_peak_start",
    "evening_peak_end",
    "evening_end",
)
_NAMES = ("morning_peak", "midday", "evening_peak", "evening")
PERIODS_H: Mapping[str, tuple[float, float]] = {
    name: (assumption(_EDGES[place]).value, assumption(_EDGES[place + 1]).value)
    for place, name in enumerate(_NAMES)
}


def stop_facts(
    schedule: Schedule,
    *,
    days: Mapping[str, datetime.date],
    periods: Mapping[str, tuple[float, float]] = PERIODS_H,
) -> pd.DataFrame:
    """Return what the timetable offers at each stop, by kind of day.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    days
        A date for each kind of day: `weekday`, `saturday`, `sunday`, `holiday` (a weekday of the
        school holidays). Those wanted; a weekday or a holiday must run something.
    periods
        First and last hour of each period, the last not included: `morning_peak` 7 to 9, `midday` 9 to
        16, `evening_peak` 16 to 19 and `evening` 19 to 24 by default, which are assumptions.

    Returns
    -------
    DataFrame
        A row per stop, or station when stops name one, and kind of day; stops in the order of the
        schedule, if one of the days serves them. `departures` of the service day, those after midnight
        included, and `departures_<period>` on the clock; `headway_min_<period>`: the period over the
        departures of the most frequent line in its better direction; `first_min` and `last_min`
        (minutes after midnight, above 1440 after the next one) and `span_min` between them;
        `mean_min_day` and `mean_min_evening`: 6 to 20 and 20 to 24 o'clock over the departures of one
        direction; `robust_min_day` and `robust_min_evening`: OeVGK18's interval, over all of
        them; `lines` in natural order; `on_demand`: departures that must be ordered, which are in
        none of the others. Counts are 0 where nothing runs, the rest is missing.

    Raises
    ------
    DataError
        When nothing runs on the weekday or the holiday, or a date lies outside the timetables.
    UsageError
        When a kind of day is unknown, or a date is not of its kind.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> facts = stop_facts(bus, days={"weekday": tuesday})
    >>> told = ["departures", "headway_min_morning_peak", "first_min", "span_min"]
    >>> facts.loc[("A", "weekday"), told].tolist()
    [2.0, 60.0, 430.0, 90.0]
    """
    found = found_on_days(schedule, days)
    station = np.unique(np.concatenate([one["station"].to_numpy() for one in found.values()]))
    parts = []
    for kind, one in found.items():
        table = _facts(one, station.astype(np.int64), periods)
        table.index = pd.MultiIndex.from_product(
            [schedule.stops.index[station], [kind]], names=["stop", "day"]
        )
        parts.append(table)
    whole = pd.concat(parts)
    order = np.arange(len(whole)).reshape(len(parts), -1).T.ravel()
    return whole.iloc[order]


def stops_on_days(schedule: Schedule, *, days: Mapping[str, datetime.date]) -> gpd.GeoDataFrame:
    """Return the stops, or stations when stops name one, that one of these days serves.

    Parameters
    ----------
    schedule, days
        As in `stop_facts`, and refused likewise.

    Returns
    -------
    GeoDataFrame
        `name` and the place of each stop, in the order of the schedule; the geometry is empty where
        the place is unknown. A stop that only Sunday serves is there: join these for `place_service`.

    Examples
    --------
    Nothing leaves from the terminus C, in the town of `transit_network`'s example:

    >>> stops_on_days(bus, days={"weekday": tuesday}).index.tolist()
    ['A', 'B']
    """
    found = found_on_days(schedule, days)
    station = np.unique(np.concatenate([one["station"].to_numpy() for one in found.values()]))
    return schedule.stops.iloc[station][["name", "geometry"]]


def found_on_days(schedule: Schedule, days: Mapping[str, datetime.date]) -> dict[str, pd.DataFrame]:
    """Return the departures of each kind of day, in the order of `DAY_KINDS`; checked.

    Examples
    --------
    >>> {kind: len(found) for kind, found in found_on_days(bus, {"weekday": tuesday}).items()}
    {'weekday': 4}
    """
    unknown = [kind for kind in days if kind not in DAY_KINDS]
    if unknown or not days:
        raise UsageError(f"days must name some of {', '.join(DAY_KINDS)}, got {list(days)}.")
    for kind, date in days.items():
        if not isinstance(date, datetime.date) or isinstance(date, datetime.datetime):
            raise UsageError(f"The {kind} must be a date without a time, got {date!r}.")
        if date.weekday() not in DAY_KINDS[kind]:
            raise UsageError(f"{date.isoformat()} is a {date:%A}: it cannot be the {kind}.")
    directions = line_directions(schedule)
    result = {}
    for kind in (kind for kind in DAY_KINDS if kind in days):
        _require_known(schedule, kind, days[kind])
        result[kind] = departures(schedule, days[kind], directions=directions)
    return result


def _require_known(schedule: Schedule, kind: str, date: datetime.date) -> None:
    """Refuse a date the timetables say nothing of; a Saturday or a Sunday may truly run nothing."""
    if kind in ("weekday", "holiday"):
        require_service(schedule, date)
        return
    held = np.flatnonzero(schedule.runs.any(axis=0))
    place = (date - schedule.first_day).days
    if not len(held) or not held[0] <= place <= held[-1]:
        raise DataError(
            f"transit: the {kind} {date.isoformat()} lies outside the days of the timetables"
            + (
                "; take one between "
                f"{schedule.first_day + datetime.timedelta(days=int(held[0]))} and "
                f"{schedule.first_day + datetime.timedelta(days=int(held[-1]))}."
                if len(held)
                else ", which run on no day: get another feed."
            )
        )


def _facts(
    found: pd.DataFrame, station: Longs, periods: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Return the facts of one day on each station."""
    ordered = found["on_demand"].to_numpy(dtype=bool)
    own = found["service_day"].to_numpy() == 0
    fixed = found[~ordered]
    group = np.searchsorted(station, fixed["station"].to_numpy())
    time, today = fixed["time_s"].to_numpy(dtype=np.int64), own[~ordered]
    count = len(station)
    columns: dict[str, object] = {"departures": np.bincount(group[today], minlength=count)}
    inside = {
        name: (time >= first * 3600) & (time < last * 3600)
        for name, (first, last) in periods.items()
    }
    for name, held in inside.items():
        columns[f"departures_{name}"] = np.bincount(group[held], minlength=count)
    for name, held in inside.items():
        first, last = periods[name]
        best = best_directions(group[held], fixed["direction"].to_numpy()[held], count)
        columns[f"headway_min_{name}"] = _known(
            mean_intervals(best, start_s=round(first * 3600), end_s=round(last * 3600))
        )
    columns |= _hours(group[today], time[today], count) | _intervals(fixed, group, time, count)
    lines = lines_of(fixed[today]).reindex(station)
    columns["lines"] = lines.astype(object).where(lines.notna(), None).to_numpy()
    asked = np.searchsorted(station, found["station"].to_numpy()[ordered & own])
    columns["on_demand"] = np.bincount(asked, minlength=count)
    return pd.DataFrame(columns)


def best_directions(group: Longs, direction: Longs, groups: int) -> Longs:
    """Return the departures of the most frequent line of each group, in its better direction.

    Examples
    --------
    >>> best_directions(np.array([0, 0, 0, 2]), np.array([7, 7, 8, 9]), 3).tolist()
    [2, 0, 1]
    """
    pairs = pd.DataFrame({"group": group, "direction": direction})
    best = pairs.groupby(["group", "direction"]).size().groupby(level="group").max()
    result = np.zeros(groups, dtype=np.int64)
    result[best.index.to_numpy(dtype=np.int64)] = best.to_numpy()
    return result


def _hours(group: Longs, time: Longs, groups: int) -> dict[str, object]:
    """Return the first and the last departure of each group, and the time between them."""
    first, last = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(first, group, time / 60)
    np.maximum.at(last, group, time / 60)
    return {
        "first_min": _known(first),
        "last_min": _known(last),
        "span_min": _known(last) - _known(first),
    }


def _intervals(found: pd.DataFrame, group: Longs, time: Longs, groups: int) -> dict[str, object]:
    columns: dict[str, object] = {}
    for name, key in (("day", "weekday_day"), ("evening", "weekday_evening")):
        start, end = (60 * edge for edge in OEVGK18_WINDOWS_MIN[key])
        held = (time >= start) & (time < end)
        count = one_way(group[held], found[held], groups=groups)
        columns[f"mean_min_{name}"] = _known(mean_intervals(count, start_s=start, end_s=end))
        columns[f"robust_min_{name}"] = _known(
            robust_intervals(group, time, groups=groups, start_s=start, end_s=end)
        )
    return columns


def _known(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)
