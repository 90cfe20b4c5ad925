"""The ÖV-Güteklassen of stops and of places, from the departures of a dated day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from renewal_gis.access.intervals import mean_intervals, one_way, robust_intervals
from renewal_gis.access.joining import Joined
from renewal_gis.access.level_tables import DIGITS, GRADES, OEVGK18_WINDOWS_MIN, Limit, known_name
from renewal_gis.access.levels import Variant
from renewal_gis.access.network import DECIMETRES
from renewal_gis.access.stop_walks import StopWalks
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.schema import Schedule

__all__ = ["CLASSES", "classes_as_the_crow_flies", "place_classes", "stop_categories"]

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
CLASSES = "ABCDEFG"
_NONE = 99


class _Category(NamedTuple):
    """Of each station: the category as a number from 0 on (`_NONE`: none), and the interval."""

    number: Longs
    interval_min: Floats


def stop_categories(
    schedule: Schedule,
    found: pd.DataFrame,
    *,
    window_min: tuple[int, int] = OEVGK18_WINDOWS_MIN["weekday_day"],
) -> pd.DataFrame:
    """Return the category of every stop that is served, in the three published variants.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    found
        Departures of a day, from `departures`.
    window_min
        First and last minute of the day that count, the last not included.

    Returns
    -------
    DataFrame
        On the stations' identifiers, for each variant: `category:<variant>` (`I` the best; missing
        where the table gives none) and `interval_min:<variant>` of the vehicles that give it (missing
        without a category); `on_demand`: departures in the window that must be ordered, which
        are in no interval.

    Notes
    -----
    Vehicles are taken column by column of the variant's table, and the best category is kept. The
    Swiss and Austrian variants divide the window by the departures of one direction: each route in its
    better one. OeVGK18 takes its robust interval over all departures of the stop, both ways, as its
    report and program do; it ranks a station as a rail node when trains run from it to six
    stations or more without a stop. Long-distance trains cannot be told from a mode.
    """
    start, end = (60 * edge for edge in window_min)
    known = pd.unique(found["station"])
    station = np.sort(known.astype(np.int64))
    number = np.searchsorted(station, found["station"].to_numpy())
    ordered = found["on_demand"].to_numpy(dtype=bool)
    fixed, of_fixed = found[~ordered], number[~ordered]
    nodes = _rail_nodes(fixed, of_fixed, len(station), (start, end))
    columns: dict[str, object] = {}
    for variant, grades in GRADES.items():
        best = _Category(np.full(len(station), _NONE), np.full(len(station), np.nan))
        for column in grades.columns:
            members = _in_column(fixed, variant, column, nodes[of_fixed])
            if members.any():
                held = (fixed[members], of_fixed[members])
                best = _better(
                    best, _categories(variant, column, *held, len(station), (start, end))
                )
        names = np.array([*grades.classes, None], dtype=object)
        columns[f"category:{variant}"] = names[np.minimum(best.number, len(names) - 1)]
        columns[f"interval_min:{variant}"] = np.where(
            best.number < _NONE, best.interval_min, np.nan
        )
    time = found["time_s"].to_numpy()
    asked = ordered & (time >= start) & (time < end)
    columns["on_demand"] = np.bincount(number[asked], minlength=len(station))
    return pd.DataFrame(columns, index=schedule.stops.index[station])


def place_classes(walks: StopWalks, categories: pd.Series, variant: Variant) -> pd.Series:
    """Return the best class each place has, over all the stops it reaches on foot.

    Parameters
    ----------
    walks
        From `stop_walks` or `walks_in_table`.
    categories
        Category of each position of the schedule's stops, missing where there is none: a column of
        `stop_categories` laid on `schedule.stops.index`.
    variant
        `swiss` and `austrian` read metres on foot, `oevgk18` seconds on foot at 1.4 m/s.

    Returns
    -------
    Series
        Letters, `A` the best, on the places' index; missing where there is no class.

    Raises
    ------
    UsageError
        When the categories are not of the schedule's stops, or the variant is unknown.

    Examples
    --------
    A stop of category VI at 200 m, 143 s on foot, would give E; one of category II at 600 m gives B.

    >>> walks = StopWalks(
    ...     places=pd.Index(["home"]),
    ...     joined=np.array([True]),
    ...     first=np.array([0, 2]),
    ...     station=np.array([0, 1]),
    ...     length_dm=np.array([2000, 6000]),
    ...     stations=2,
    ... )
    >>> place_classes(walks, pd.Series(["VI", "II"]), "oevgk18").to_dict()
    {'home': 'B'}
    """
    if len(categories) != walks.stations:
        raise UsageError("categories must have a row for every stop of the schedule.")
    grades = GRADES[known_name(variant, GRADES, "variant")]
    # Walks are whole decimetres: each is banded once, not once a walk.
    way = np.arange(int(walks.length_dm.max(initial=0)) + 1) / DECIMETRES
    if grades.walk == "walk_s":
        way = way / assumption("oevgk18_speed").value
    band = _bands(way, grades.walks)[walks.length_dm]
    worth = _worth(variant)[_codes(variant, categories)[walks.station], band]
    best = walks.best(worth.astype(np.float64), nothing=0.0)
    return _letters(best, walks.joined, walks.places)


def classes_as_the_crow_flies(
    origins: Joined, stops: Joined, categories: pd.Series, variant: Variant = "swiss"
) -> pd.Series:
    """Return the best class of each place by straight lines, as the Swiss norm measures.

    Parameters
    ----------
    origins, stops
        Places and stops.
    categories
        Category of each stop, on the stops' index; missing where there is none.

    Returns
    -------
    Series
        Letters on the origins' index, missing where there is no class, or where the place is not joined
        to the streets.
    """
    if not categories.index.equals(stops.index):
        raise UsageError("categories must be on the index of the stops that were joined.")
    grades = GRADES[known_name(variant, GRADES, "variant")]
    codes, table = _codes(variant, categories), _worth(variant)
    here = np.isfinite(origins.xy).all(axis=1)
    best = np.zeros(len(origins.index))
    # Within a category the nearest stop is the best one, so one search by category is enough.
    for code in range(len(grades.classes)):
        held = stops.xy[(codes == code) & np.isfinite(stops.xy).all(axis=1)]
        if len(held):
            far, _ = cKDTree(held).query(origins.xy[here])
            best[here] = np.maximum(best[here], table[code, _bands(far, grades.walks)])
    return _letters(best, origins.reached, origins.index)


def _letters(best: Floats, joined: npt.NDArray[np.bool_], index: pd.Index) -> pd.Series:
    names = np.array([None, *reversed(CLASSES)], dtype=object)
    return pd.Series(names[np.where(joined, best, 0).astype(np.int64)], index=index, dtype=object)


def _worth(variant: Variant) -> npt.NDArray[np.int64]:
    """Return the class as a number (`A` 7 … `G` 1, none 0) by category and by band of the way."""
    grades = GRADES[variant]
    table = np.zeros((len(grades.classes) + 1, len(grades.walks) + 1), dtype=np.int64)
    for row, cells in enumerate(grades.classes.values()):
        for place, letter in enumerate(cells):
            table[row, place] = 0 if letter is None else len(CLASSES) - CLASSES.index(letter)
    return table


def _codes(variant: Variant, categories: pd.Series) -> Longs:
    """Return the row of each category, the last one where it is missing."""
    names = list(GRADES[variant].classes)
    for name in categories.dropna().unique():
        known_name(name, names, f"category of {variant}")
    codes = pd.Categorical(categories.astype(object), categories=names).codes.astype(np.int64)
    return np.where(codes < 0, len(names), codes)


def _bands(value: npt.ArrayLike, limits: tuple[Limit, ...]) -> Longs:
    """Return the first band whose limit holds each value, and the number of bands beyond the last."""
    held = np.round(np.asarray(value, dtype=float), DIGITS)
    place = np.full(held.shape, len(limits), dtype=np.int64)
    for number in reversed(range(len(limits))):
        limit = limits[number]
        place[held <= limit.value if limit.included else held < limit.value] = number
    return place


def _in_column(
    found: pd.DataFrame, variant: str, column: str, node: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which departures a column of a variant's table counts."""
    grades = GRADES[variant]
    modes = ["rail"] if column == "A" else [m for m, name in grades.modes.items() if name == column]
    members: npt.NDArray[np.bool_] = found["mode"].isin(modes).to_numpy(dtype=bool)
    if variant != "oevgk18":
        return members
    at_node = (found["mode"] == "rail").to_numpy(dtype=bool) & node
    return np.asarray(members & (at_node == (column == "A")))


def _rail_nodes(
    found: pd.DataFrame, station: Longs, stations: int, window_s: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Return the stations from which trains run to many others without a stop, in the window."""
    time = found["time_s"].to_numpy()
    rail = (found["mode"] == "rail").to_numpy() & (time >= window_s[0]) & (time < window_s[1])
    pairs = pd.DataFrame({"station": station[rail], "next": found["next_station"].to_numpy()[rail]})
    count = np.bincount(pairs.drop_duplicates()["station"], minlength=stations)
    return np.asarray(count >= assumption("rail_node_directions").value)


def _categories(
    variant: str,
    column: str,
    found: pd.DataFrame,
    station: Longs,
    stations: int,
    window_s: tuple[int, int],
) -> _Category:
    """Return the category the vehicles of one column give to each station."""
    grades = GRADES[variant]
    window = {"start_s": window_s[0], "end_s": window_s[1]}
    time = found["time_s"].to_numpy()
    if variant == "oevgk18":
        interval = robust_intervals(station, time, groups=stations, **window)
    else:
        inside = (time >= window_s[0]) & (time < window_s[1])
        count = one_way(station[inside], found[inside], groups=stations)
        interval = mean_intervals(count, **window)
    names = list(grades.classes)
    place = grades.columns.index(column)
    cells = [row[place] for row in grades.categories]
    number = np.array([_NONE if cell is None else names.index(cell) for cell in cells] + [_NONE])
    return _Category(number[_bands(interval, grades.intervals_min)], interval)


def _better(one: _Category, other: _Category) -> _Category:
    closer = (other.number == one.number) & (other.interval_min < one.interval_min)
    better = (other.number < one.number) | closer
    return _Category(
        np.where(better, other.number, one.number),
        np.where(better, other.interval_min, one.interval_min),
    )
