"""London's PTAL: what the routes reached on foot add up to, as a cross-check of the classes of stops.

Plain functions of tables. What the method prints is in `level_tables`, as data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewal_gis.access.level_tables import (
    DIGITS,
    PTAL_M_PER_MIN,
    PTAL_MODES,
    known_name,
    ptal_band,
)
from renewal_gis.errors import UsageError

__all__ = ["Ptal", "ptal", "ptal_band", "ptal_table"]

_ROUTE_COLUMNS = ("route", "mode", "walk_min", "departures_h")
_COUNTED = {mode: counts for mode, counts in PTAL_MODES.items() if counts is not None}


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
