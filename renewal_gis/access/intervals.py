"""Intervals of many timetables at once: as `mean_interval` and `robust_interval`, group by group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["mean_intervals", "one_way", "robust_intervals"]

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


def robust_intervals(
    group: npt.ArrayLike, time_s: npt.ArrayLike, *, groups: int, start_s: int, end_s: int
) -> Floats:
    """Return OeVGK18's interval of each group of departures, as `robust_interval` does.

    Parameters
    ----------
    group
        Number of the group of each departure, from 0 on.
    time_s
        Departures, seconds, in any order: those after the window too, the next one ends the last wait.
    groups
        Number of groups.
    start_s, end_s
        The window, its end not included.

    Returns
    -------
    array of shape (groups,)
        Minutes; infinite without a departure in the window.

    Examples
    --------
    >>> robust_intervals([0, 0, 1], [0, 1800, 600], groups=3, start_s=0, end_s=3600)
    array([30., 60., inf])
    """
    held, time = np.asarray(group, dtype=np.int64), np.asarray(time_s, dtype=np.int64)
    held, time = held[time >= start_s], time[time >= start_s]
    order = np.lexsort((time, held))
    held, time = held[order], time[order]
    inside = time < end_s
    count = np.bincount(held[inside], minlength=groups)
    first = np.searchsorted(held, np.arange(groups))
    served = count > 0
    some, last = first[served], first[served] + count[served] - 1
    following = time[some] + (end_s - start_s)
    # The departure after the last one of the window, where the group has one.
    later = np.minimum(last + 1, len(time) - 1)
    known = (last + 1 < len(time)) & (held[later] == held[last])
    following = np.where(known, np.minimum(following, time[later]), following)
    gaps = np.zeros(len(time), dtype=np.float64)
    gaps[1:] = np.where(inside[1:] & (held[1:] == held[:-1]), np.diff(time), 0)
    # Without any departure, bincount would count in whole numbers.
    total = np.bincount(held, weights=gaps**2, minlength=groups).astype(np.float64)[served]
    total += (time[some] - start_s).astype(float) ** 2
    total += (following - time[last]).astype(float) ** 2 - (following - end_s).astype(float) ** 2
    result = np.full(groups, np.inf)
    result[served] = total / (end_s - start_s) / 60
    return result


def mean_intervals(count: npt.ArrayLike, *, start_s: int, end_s: int) -> Floats:
    """Return the plain interval of each group, minutes; infinite without a departure.

    Examples
    --------
    >>> mean_intervals([2, 0], start_s=0, end_s=3600)
    array([30., inf])
    """
    with np.errstate(divide="ignore"):
        return np.asarray((end_s - start_s) / 60 / np.asarray(count, dtype=float))


def one_way(group: npt.ArrayLike, found: pd.DataFrame, *, groups: int) -> Longs:
    """Count the departures of each group in one direction: each route in its better one.

    Where every route runs both ways alike this is half of all departures; at the end of a line, and on
    a line that calls in one direction only, it is all of them.

    Parameters
    ----------
    group
        Number of the group of each departure.
    found
        `route` and `direction` of each departure, as `departures` gives them.

    Returns
    -------
    array of shape (groups,)
    """
    table = pd.DataFrame(
        {
            "group": np.asarray(group, dtype=np.int64),
            "route": found["route"].cat.codes.to_numpy(),
            "direction": found["direction"].to_numpy(),
        }
    )
    counted = table.groupby(["group", "route", "direction"], sort=False).size()
    best = counted.groupby(level=["group", "route"], sort=False).max()
    total = best.groupby(level="group").sum()
    result = np.zeros(groups, dtype=np.int64)
    result[total.index.to_numpy(dtype=np.int64)] = total.to_numpy()
    return result
