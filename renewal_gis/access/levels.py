"""Level of service from a timetable: intervals, ÖV-Güteklassen, LEED's ladder of trips, PTAL.

Plain functions of numbers and tables. What a classification prints is in `level_tables`, as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.level_tables import (
    DIGITS,
    GRADES,
    PTAL_M_PER_MIN,
    PTAL_MODES,
    band_of,
    known_name,
    leed_step,
    number,
    ptal_band,
)
from renewal_gis.errors import UsageError

__all__ = [
    "Ptal",
    "leed_step",
    "mean_interval",
    "ptal",
    "ptal_band",
    "ptal_table",
    "quality_class",
    "robust_interval",
    "stop_category",
]

Floats = npt.NDArray[np.float64]
Variant = Literal["swiss", "austrian", "oevgk18"]
_ROUTE_COLUMNS = ("route", "mode", "walk_min", "departures_h")
_COUNTED = {mode: counts for mode, counts in PTAL_MODES.items() if counts is not None}


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Ptal:
    """The public transport accessibility level of a place.

    Parameters
    ----------
    index
        Accessibility index AI, not rounded.
    band
        `0`, `1a`, `1b`, `2` … `6b`.
    routes
        On the index of the table given, its rows with `swt_min`, `awt_min`, `tat_min`, `edf`, the
        `weight` (1, 0.5, 0), the share `ai` of the index, and `left_out`: missing where the row
        counts, else `mode`, `too_far`, `no_departure` or `nearer_stop`.
    """

    index: float
    band: str
    routes: pd.DataFrame


def ptal(access: pd.DataFrame) -> Ptal:
    """Return London's PTAL of one place, from the routes reached on foot.

    A cross-check, never a verdict: it is calibrated on London (a French conurbation is expected to sit
    mostly in 0 to 2), and it knows nothing of destinations, evenings or Sundays.

    Parameters
    ----------
    access
        A row per route and stop: `route`; `mode` (of the schema); `walk_min`, minutes on foot at 80 m
        a minute; `departures_h`, departures per hour from 08:15 to 09:15, in the better direction.

    Returns
    -------
    Ptal
        Index, band, and every row given with what it counts for. Bus stops count up to 640 m (8 min),
        stations and tram stops to 960 m (12 min), both included; each route once, at the nearest stop
        it leaves from; `on_demand` and `other` not at all. Nothing reached is index 0, band `0`.

    Raises
    ------
    UsageError
        When a column or value is missing, a number negative, or a mode unknown.

    Notes
    -----
    SWT = 0.5 · 60/f; AWT = SWT + 2 min (bus, tram) or 0.75 min (rail, metro); TAT = walk + AWT;
    EDF = 30/TAT; AI = Σ over modes (best EDF + half of the others).

    References
    ----------
    Transport for London, PTAL. Limits, constants and bands were read in public code that computes it,
    not in London's own document. That code adds SWT where its formula has AWT; not followed here.

    Examples
    --------
    >>> import pandas as pd
    >>> bus = {"route": "1", "mode": "bus", "walk_min": 320 / 80, "departures_h": 6}
    >>> found = ptal(pd.DataFrame([bus, {**bus, "route": "2"}]))
    >>> round(found.index, 2), found.band
    (4.09, '1b')
    >>> found.routes[["swt_min", "awt_min", "tat_min", "weight"]].values.tolist()
    [[5.0, 7.0, 11.0, 1.0], [5.0, 7.0, 11.0, 0.5]]
    """
    routes = _ptal_routes(access, [])
    index = float(routes["ai"].sum())
    return Ptal(index=index, band=ptal_band(index), routes=routes)


def ptal_table(access: pd.DataFrame, places: pd.Index) -> pd.DataFrame:
    """Return the PTAL of many places at once.

    Parameters
    ----------
    access
        As in `ptal`, with the place of each row in `from_id`: refused when it is none of `places`.
    places
        The places asked for. One that has no row reaches nothing: leave out those not joined to the
        streets, of which nothing is known.

    Returns
    -------
    DataFrame
        On `places`: `ptal_index` and `ptal_band`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "1", "rail", 10, 2), ("a", "2", "bus", 9, 6)]
    >>> access = pd.DataFrame(rows, columns=["from_id", "route", "mode", "walk_min", "departures_h"])
    >>> ptal_table(access, pd.Index(["a", "b"])).round(2)
       ptal_index ptal_band
    a        1.17        1a
    b        0.00         0
    """
    routes = _ptal_routes(access, ["from_id"])
    strange = routes["from_id"][~routes["from_id"].isin(places)].tolist()
    if strange:
        raise UsageError(f"from_id {strange[0]!r} is not one of the places.")
    index = routes.groupby("from_id")["ai"].sum().reindex(places, fill_value=0.0)
    return pd.DataFrame({"ptal_index": index, "ptal_band": index.map(ptal_band).astype(object)})


def _ptal_routes(access: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the rows on their own index, with what each counts for."""
    table = _access(access, keys)
    walk, hourly = table["walk_min"].to_numpy(), table["departures_h"].to_numpy()
    limit = table["mode"].map({m: c.limit_m / PTAL_M_PER_MIN for m, c in _COUNTED.items()})
    lost = table["mode"].map({m: c.reliability_min for m, c in _COUNTED.items()})
    with np.errstate(divide="ignore", over="ignore"):
        table["swt_min"] = 0.5 * (60 / hourly)
    table["awt_min"] = table["swt_min"] + lost.astype(float)
    table["tat_min"] = walk + table["awt_min"]
    table["edf"] = 30 / table["tat_min"]
    far = np.round(walk, DIGITS) > limit.to_numpy(dtype=float)
    reasons = {"mode": limit.isna().to_numpy(), "too_far": far, "no_departure": hourly == 0}
    left_out = np.select(list(reasons.values()), list(reasons), default="")
    table["left_out"] = left_out.astype(object)
    _weigh(table, keys)
    table["ai"] = np.where(table["weight"] > 0, table["weight"] * table["edf"], 0.0)
    return table.set_axis(access.index)


def _weigh(table: pd.DataFrame, keys: list[str]) -> None:
    """Keep each route at its nearest stop; the best of each mode counts whole, the others half."""
    near = table[table["left_out"] == ""].sort_values(
        ["walk_min", "departures_h"], ascending=[True, False], kind="stable"
    )
    again = near.duplicated([*keys, "mode", "route"])
    table.loc[near.index[again], "left_out"] = "nearer_stop"
    kept = near[~again].sort_values("edf", ascending=False, kind="stable")
    table["weight"] = 0.0
    table.loc[kept.index, "weight"] = np.where(kept.duplicated([*keys, "mode"]), 0.5, 1.0)
    table["left_out"] = table["left_out"].where(table["left_out"] != "", None)


def _access(access: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the columns PTAL reads, checked, on 0, 1…"""
    asked = [*keys, *_ROUTE_COLUMNS]
    missing = [name for name in asked if name not in access.columns]
    if missing:
        raise UsageError(f"The table of routes needs {', '.join(asked)}; missing: {missing}.")
    table = access[asked].reset_index(drop=True)
    for name in (*keys, "route", "mode"):
        table[name] = table[name].astype(object)
        if table[name].isna().any():
            raise UsageError(f"{name} is missing in {int(table[name].isna().sum())} row(s).")
    for mode in table["mode"].unique():
        known_name(mode, PTAL_MODES, "mode")
    for name in ("walk_min", "departures_h"):
        numbers = pd.to_numeric(table[name], errors="coerce").astype(float)
        bad = ~(numbers >= 0) | ((name == "departures_h") & np.isinf(numbers))
        if bad.any():
            found = access[name][bad.to_numpy()].tolist()[0]
            raise UsageError(f"{name} must be numbers from 0 on, found {found!r}.")
        table[name] = numbers
    return table


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
