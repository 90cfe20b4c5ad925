"""LEED's trips and PTAL of many places: each route once, at one stop, in one direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.level_tables import (
    LEED_LADDERS,
    PTAL_M_PER_MIN,
    PTAL_MODES,
    PTAL_WINDOW_MIN,
    known_name,
    ptal_band,
)
from renewal_gis.access.network import DECIMETRES, Ints
from renewal_gis.access.service_kernels import ptal_sums, sums_of_best
from renewal_gis.access.stop_walks import StopWalks
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["fixed_between", "leed_of_places", "line_departures", "ptal_of_places"]

Longs = npt.NDArray[np.int64]
_RAIL = ("rail", "metro")
_FAR = np.int32(2**31 - 1)


def fixed_between(
    found: pd.DataFrame, *, from_s: float = -np.inf, to_s: float = np.inf
) -> pd.DataFrame:
    """Return the departures in a window that need not be ordered.

    Examples
    --------
    >>> found = pd.DataFrame({"time_s": [25_199, 25_200, 32_400], "on_demand": [False] * 3})
    >>> fixed_between(found, from_s=25_200, to_s=32_400)["time_s"].tolist()
    [25200]
    """
    time = found["time_s"].to_numpy()
    return found[(time >= from_s) & (time < to_s) & ~found["on_demand"].to_numpy(dtype=bool)]


def line_departures(walks: StopWalks, found: pd.DataFrame) -> Longs:
    """Return the departures of the lines each place reaches, each line and direction at one stop.

    Parameters
    ----------
    walks
        Walks to the stops within reach.
    found
        The departures that count, from `departures`.

    Returns
    -------
    array of int64
        By place, the sum over lines and directions of the most departures any one stop within reach
        has: a bus that calls at three stops around a place counts once.

    Examples
    --------
    One direction leaves twice from the first stop and once from the second, another once from there.

    >>> walks = StopWalks(
    ...     places=pd.Index(["home"]),
    ...     joined=np.array([True]),
    ...     first=np.array([0, 2]),
    ...     station=np.array([0, 1], dtype=np.int32),
    ...     length_dm=np.array([1000, 2000], dtype=np.int32),
    ...     stations=2,
    ... )
    >>> found = pd.DataFrame({"station": [0, 0, 1, 1], "direction": [7, 7, 7, 8]})
    >>> line_departures(walks, found).tolist(), line_departures(walks.within(1500), found).tolist()
    ([3], [2])
    """
    counted = _by_station(found, ["direction"])
    key, names = pd.factorize(counted["direction"])
    return _sums(walks, counted, key, len(names), np.full(len(counted), _FAR))


def leed_of_places(
    walks: StopWalks,
    weekday: pd.DataFrame,
    weekend: Sequence[pd.DataFrame],
    *,
    version: Literal["v4", "v4.1"] = "v4.1",
) -> pd.DataFrame:
    """Return LEED's trips of each place, and how many steps of the ladder it passes.

    Parameters
    ----------
    walks
        Walks to stops, 800 m at least.
    weekday, weekend
        Departures of a weekday, and of one or both days of the weekend, from `departures`.
    version
        `v4` (three steps) or `v4.1` (five).

    Returns
    -------
    DataFrame
        On the places' index: `leed_trips_weekday`, `leed_trips_weekend` (the fewer of the two days),
        `leed_step`: steps passed on both, 0 to 5; `leed_name`: the highest of them, `144/108`, missing
        below the first. Missing where the place is not joined to the streets.

    Notes
    -----
    A route counts at one stop and in one direction, those with the most trips: at 400 m on foot of bus
    and tram stops, 800 m of stations of trains and metros. What must be ordered does not count.
    LEED does not say which day of an uneven weekend counts: the poorer one is a choice of this project.

    References
    ----------
    US Green Building Council, LEED v4 and v4.1, Access to Quality Transit.

    Examples
    --------
    Two buses pass near the home, in the town of `transit_network`'s example:

    >>> from renewal_gis.access import departures, join, stop_walks, stops_on_days
    >>> stops = join(stops_on_days(bus, days={"weekday": tuesday}), streets)
    >>> walks = stop_walks(home, stops, streets, bus)
    >>> found = departures(bus, tuesday)
    >>> leed_of_places(walks, found, [found])[["leed_trips_weekday", "leed_step"]]
          leed_trips_weekday  leed_step
    home                 2.0        0.0
    """
    ladder = LEED_LADDERS[known_name(version, LEED_LADDERS, "version of LEED")]
    if not weekend:
        raise UsageError("LEED needs the departures of a day of the weekend.")
    trips = _leed_trips(walks, weekday)
    free = np.min([_leed_trips(walks, day) for day in weekend], axis=0)
    steps = np.zeros(len(trips), dtype=np.int64)
    for number, step in enumerate(ladder, start=1):
        steps[(trips >= step.trips_weekday) & (free >= step.trips_weekend)] = number
    names = np.array([None, *(step.name for step in ladder)], dtype=object)
    return pd.DataFrame(
        {
            "leed_trips_weekday": np.where(walks.joined, trips, np.nan),
            "leed_trips_weekend": np.where(walks.joined, free, np.nan),
            "leed_step": np.where(walks.joined, steps, np.nan),
            "leed_name": walks.told(names[steps]),
        },
        index=walks.places,
    )


def ptal_of_places(walks: StopWalks, found: pd.DataFrame) -> pd.DataFrame:
    """Return the PTAL of many places from a day's departures: see `ptal`.

    Parameters
    ----------
    walks
        Walks to stops, 960 m at least; minutes are counted at 80 m a minute, as PTAL does.
    found
        Departures of a weekday, from `departures`; those from 08:15 to 09:15 count.

    Returns
    -------
    DataFrame
        On the places' index: `ptal_index` and `ptal_band`; missing where the place is not joined to
        the streets.

    Examples
    --------
    One bus in the hour: a walk of 1 min, a wait of 30 + 2 min, and an index of 30 / 33.

    >>> from renewal_gis.access import departures, join, stop_walks, stops_on_days
    >>> stops = join(stops_on_days(bus, days={"weekday": tuesday}), streets)
    >>> walks = stop_walks(home, stops, streets, bus)
    >>> ptal_of_places(walks, departures(bus, tuesday)).round(2)
          ptal_index ptal_band
    home        0.91        1a
    """
    start, end = (60 * edge for edge in PTAL_WINDOW_MIN)
    counted = _better_way(fixed_between(found, from_s=start, to_s=end), ["route", "mode"])
    held = {mode: counts for mode, counts in PTAL_MODES.items() if counts is not None}
    counted = counted[counted["mode"].isin(list(held))]
    key, _ = pd.factorize(pd.MultiIndex.from_frame(counted[["route", "mode"]]))
    mode = counted["mode"].map({name: place for place, name in enumerate(held)})
    lost = counted["mode"].map({name: counts.reliability_min for name, counts in held.items()})
    reach = counted["mode"].map(
        {name: counts.limit_m * DECIMETRES for name, counts in held.items()}
    )
    wait = 0.5 * (end - start) / 60 / counted["count"].to_numpy() + lost.to_numpy(dtype=float)
    index = ptal_sums(
        walks.first,
        walks.station,
        walks.length_dm,
        _offers(walks, counted),
        key.astype(np.int32),
        mode.to_numpy(dtype=np.int32),
        reach.to_numpy(dtype=np.int32),
        wait,
        int(key.max(initial=-1)) + 1,
        len(held),
        PTAL_M_PER_MIN * DECIMETRES,
    )
    values, place = np.unique(np.round(index, 2), return_inverse=True)
    bands = np.array([ptal_band(value) for value in values], dtype=object)
    return pd.DataFrame(
        {
            "ptal_index": np.where(walks.joined, index, np.nan),
            "ptal_band": walks.told(bands[place]),
        },
        index=walks.places,
    )


def _leed_trips(walks: StopWalks, found: pd.DataFrame) -> Longs:
    own = found[found["service_day"].to_numpy() == 0]
    counted = _better_way(fixed_between(own), ["route", "mode"])
    key, names = pd.factorize(counted["route"])
    near, far = (
        assumption(name).value * DECIMETRES for name in ("leed_walk_bus", "leed_walk_rail")
    )
    reach = np.where(counted["mode"].isin(_RAIL), far, near)
    return _sums(walks, counted, key, len(names), reach)


def _by_station(found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Count departures by station and by these columns, sorted by station."""
    counted = found.groupby(["station", *names], observed=True, sort=True).size()
    return counted.rename("count").reset_index()


def _better_way(found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Count departures by station and by these columns, in the better direction."""
    ways = _by_station(found, [*names, "direction"])
    best = ways.groupby(["station", *names], observed=True, sort=True)["count"].max()
    return best.reset_index()


def _sums(
    walks: StopWalks,
    counted: pd.DataFrame,
    key: Longs,
    keys: int,
    reach: npt.NDArray[np.float64] | Ints,
) -> Longs:
    total: Longs = sums_of_best(
        walks.first,
        walks.station,
        walks.length_dm,
        _offers(walks, counted),
        key.astype(np.int32),
        reach.astype(np.int32),
        counted["count"].to_numpy(dtype=np.int64),
        keys,
    )
    return total


def _offers(walks: StopWalks, counted: pd.DataFrame) -> Longs:
    """Return where the rows of each station start, the table being sorted by station."""
    edges = np.arange(walks.stations + 1)
    return np.searchsorted(counted["station"].to_numpy(), edges).astype(np.int64)
