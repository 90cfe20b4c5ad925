"""Level of service from a timetable: intervals, ÖV-Güteklassen, LEED's ladder of trips.

Plain functions of numbers and tables. What a classification prints is in `level_tables`, as data.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renewal_gis.access.level_tables import (
    GRADES,
    band_of,
    known_name,
    leed_step,
    number,
)
from renewal_gis.errors import UsageError

__all__ = [
    "leed_step",
    "mean_interval",
    "quality_class",
    "robust_interval",
    "stop_category",
]

Floats = npt.NDArray[np.float64]
Variant = Literal["swiss", "austrian", "oevgk18"]


def mean_interval(departures_min: npt.ArrayLike, start_min: float, end_min: float) -> float:
    """Return the plain mean interval: the length of a window over its departures.

    Two buses together, then nothing for an hour, count as one every half hour: see `robust_interval`.

    Parameters
    ----------
    departures_min
        Departures of one direction, minutes from midnight (above 1440 after midnight), in any order.
        Where both directions call at a stop, the Swiss and Austrian variants take half of all of them.
    start_min, end_min
        The window; a departure at its start counts, one at its end does not.

    Returns
    -------
    float
        Minutes; infinite without a departure in the window.

    Raises
    ------
    UsageError
        When a time is negative, infinite or missing, or the window is empty.

    Examples
    --------
    >>> mean_interval([420, 422, 480, 482], 420, 540)
    30.0
    """
    inside, _ = _windowed(departures_min, start_min, end_min)
    return (float(end_min) - float(start_min)) / len(inside) if len(inside) else np.inf


def robust_interval(departures_min: npt.ArrayLike, *, start_min: float, end_min: float) -> float:
    """Return OeVGK18's interval: twice the wait a person arriving at random in [a, b) expects.

    Parameters
    ----------
    departures_min
        Departures, minutes from midnight (above 1440 after midnight), in any order. Give the whole
        day: the first departure from the window's end on ends the last wait.
    start_min, end_min
        The window [a, b); refused as in `mean_interval`.

    Returns
    -------
    float
        Minutes; infinite without a departure in the window, whatever leaves after it.

    Notes
    -----
    τ = Σ Δᵢ / (b − a), with Δ₀ = (x₁ − a)², Δᵢ = (xᵢ₊₁ − xᵢ)², Δₙ = (xₙ₊₁ − xₙ)² − (xₙ₊₁ − b)², where
    xₙ₊₁ is the next scheduled departure, or x₁ a window later if that comes first: read in OeVGK18's
    technical report, `specification.tex`. The program published with it leaves out the gap between the
    first two departures; here the formula is followed.

    Examples
    --------
    >>> robust_interval(range(375, 1200, 30), start_min=360, end_min=1200)
    30.0
    >>> round(robust_interval([541, 542, 601, 602], start_min=540, end_min=660))
    58
    """
    inside, later = _windowed(departures_min, start_min, end_min)
    if not len(inside):
        return np.inf
    length = float(end_min) - float(start_min)
    following = min(inside[0] + length, later[0] if len(later) else np.inf)
    gaps = np.diff(np.concatenate(([start_min], inside, [following])))
    return float((gaps @ gaps - (following - end_min) ** 2) / length)


def stop_category(
    variant: Variant, interval_min: float, mode: str, *, column: str | None = None
) -> str | None:
    """Return the category of a stop in a variant of the ÖV-Güteklassen.

    Parameters
    ----------
    variant
        `swiss` (SN 640 290), `austrian` or `oevgk18`.
    interval_min
        Interval of the departures, minutes: `mean_interval` for the first two, `robust_interval` for
        OeVGK18. Infinite where nothing leaves. Take it over the vehicles of a column together.
    mode
        Mode of the schema: `tram`, `metro`, `rail`, `bus`, `on_demand`, `other`. For France a tram
        takes the column of trams, a regional train (TER) that of the S-Bahn or of rail lines, a bus
        that of buses: an inference of this project, `GRADES[variant].modes`.
    column
        Column of the table instead of the mode's, for what a mode cannot tell: `rail_node` or
        `minibus` (`swiss`), `long_distance` (`austrian`), `A` (`oevgk18`). See
        `GRADES[variant].columns`.

    Returns
    -------
    str or None
        `I` to `VIII`; None where the table prints a dash or ends, and always for `on_demand`: what
        must be ordered has no interval. Report it beside the classes, not in them.

    Raises
    ------
    UsageError
        When the interval is negative or missing, or a name is unknown: the nearest one is told.

    References
    ----------
    HSR Rapperswil (2018), OeVGK18, technical report: all tables of the three variants were read there;
    the Swiss norm and the Austrian article themselves were not.

    Examples
    --------
    >>> stop_category("austrian", 20, "bus"), stop_category("oevgk18", 20, "bus")
    ('V', 'IV')
    >>> stop_category("swiss", 30, "rail"), stop_category("swiss", 30, "rail", column="rail_node")
    ('IV', 'III')
    """
    grades = GRADES[known_name(variant, GRADES, "variant")]
    interval = number(interval_min, "interval_min", infinite=True)
    of_mode = grades.modes[known_name(mode, grades.modes, "mode")]
    named = (
        of_mode if column is None else known_name(column, grades.columns, f"column of {variant}")
    )
    row = band_of(interval, grades.intervals_min)
    if of_mode is None or named is None or row is None:
        return None
    return grades.categories[row][grades.columns.index(named)]


def quality_class(
    variant: Variant,
    category: str | None,
    *,
    distance_m: float | None = None,
    walk_s: float | None = None,
) -> str | None:
    """Return the class (Güteklasse) of a place that lies so far from a stop.

    A place near several stops has the best of their classes, the first in the alphabet.

    Parameters
    ----------
    variant
        `swiss`, `austrian` or `oevgk18`.
    category
        Category of the stop, from `stop_category`; None gives None.
    distance_m
        Metres, for the first two: as the crow flies in the Swiss norm, which allows for a detour of
        20 to 30 %; along the paths in the Austrian variant.
    walk_s
        Seconds on foot along the network at 1.4 m/s, for OeVGK18. Infinite where not reached.

    Returns
    -------
    str or None
        `A` (very good) to `G`: to `D` in the Swiss norm, `F` in OeVGK18. None: no class.

    Raises
    ------
    UsageError
        When the distance or time is negative, missing or not the one the variant measures; when a
        name is unknown: the nearest one is told.

    Examples
    --------
    >>> quality_class("austrian", "V", distance_m=300.5)
    'D'
    >>> quality_class("oevgk18", "V", walk_s=450)
    'E'
    """
    grades = GRADES[known_name(variant, GRADES, "variant")]
    given = {"distance_m": distance_m, "walk_s": walk_s}
    asked = given.pop(grades.walk)
    if asked is None or any(value is not None for value in given.values()):
        raise UsageError(f"{grades.title} measures the way to a stop by {grades.walk} alone.")
    place = band_of(number(asked, grades.walk, infinite=True), grades.walks)
    if category is None or place is None:
        return None
    return grades.classes[known_name(category, grades.classes, f"category of {variant}")][place]


def _windowed(
    departures_min: npt.ArrayLike, start_min: float, end_min: float
) -> tuple[Floats, Floats]:
    """Return the departures in [start, end), and those from its end on, sorted."""
    start, end = number(start_min, "start_min"), number(end_min, "end_min")
    if not start < end:
        raise UsageError(f"The window must end after it starts, got {start:g} to {end:g} min.")
    try:
        times = np.asarray(departures_min, dtype=float)
    except (TypeError, ValueError):
        raise UsageError("departures_min must be minutes from midnight.") from None
    if times.ndim != 1 or not (np.isfinite(times) & (times >= 0)).all():
        raise UsageError("departures_min must be a list of finite minutes from 0 on.")
    times = np.sort(times)
    return times[(times >= start) & (times < end)], times[times >= end]
