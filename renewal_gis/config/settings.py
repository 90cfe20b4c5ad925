"""What a study file says, as frozen settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from renewal_gis.access import (
    OURS,
    PROFILES,
    Conventions,
    Decay,
    Headway,
    NewLine,
    Profile,
    linear,
)
from renewal_gis.assumptions import assumption
from renewal_gis.config.programme import Programme
from renewal_gis.schema import LayerSpec
from renewal_gis.scoring import Criterion, criteria_set
from renewal_gis.territories import Scenario

__all__ = [
    "Grid",
    "Isochrones",
    "Settings",
    "Surface",
    "Timetable",
    "Transit",
    "Walk",
    "Weightings",
    "default_criteria",
]


@dataclass(frozen=True, kw_only=True)
class Walk:
    """How people walk.

    Parameters
    ----------
    profile
        Speed, and what steps and crossings cost.
    slope
        Where slopes come from: nothing (flat), `ascent_m` (the streets' own column), or the name of
        a grid of elevations.
    thresholds_min
        Walking times of the counts.
    join_limit_m
        Farthest a place may lie from the street it is joined to.
    margin_m
        Streets kept beyond the communes.
    decay
        What a service is worth at so many minutes, for the measures `gravity:` and `floating:`.
    """

    profile: Profile = PROFILES["adult"]
    slope: str = ""
    thresholds_min: tuple[float, ...] = field(
        default_factory=lambda: tuple(
            assumption(name).value for name in ("near_threshold", "quarter_hour", "far_threshold")
        )
    )
    join_limit_m: float = field(default_factory=lambda: assumption("join_limit").value)
    margin_m: float = field(default_factory=lambda: assumption("street_margin").value)
    decay: Decay = field(default_factory=lambda: linear(assumption("far_threshold").value))


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A grid of squares from whose centres the walks are measured."""

    cell_m: float = 200.0


@dataclass(frozen=True, kw_only=True)
class Isochrones:
    """Whose isochrones are drawn, and for how many minutes."""

    of: tuple[str, ...] = ("sites",)
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    direction: Literal["from", "to"] = "from"


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """Timetables, and the day that is read in them."""

    feeds: tuple[LayerSpec, ...]
    date: dt.date


@dataclass(frozen=True, kw_only=True)
class Transit:
    """Which timetable, on which days, in which window, and what is asked of it.

    Parameters
    ----------
    feeds, date
        Timetables, and the weekday.
    window
        First and last time of departure; the last is not in.
    days
        Dates of a `saturday`, a `sunday` and a `holiday` (a weekday of the school holidays).
    school_holidays
        First and last day of each, for the summary of the calendar.
    rules
        How riders walk, board and are counted.
    thresholds_min
        Travel times within which opportunities are counted.
    isochrones_min
        Travel times whose isochrones are drawn for the sites; none by default.
    before
        Timetables of another time, for what has changed since.
    changes
        Lines to add and headways to change, for what would be gained.
    """

    feeds: tuple[LayerSpec, ...]
    date: dt.date
    window: tuple[str, str] = ("07:00", "09:00")
    days: Mapping[str, dt.date] = field(default_factory=dict)
    school_holidays: tuple[tuple[dt.date, dt.date], ...] = ()
    rules: Conventions = OURS
    thresholds_min: tuple[float, ...] = (15.0, 30.0, 45.0, 60.0)
    isochrones_min: tuple[float, ...] = ()
    before: Timetable | None = None
    changes: tuple[NewLine | Headway, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A raster, and the value from which a cell counts in a share."""

    spec: LayerSpec
    at_least: float | None = None


@dataclass(frozen=True, kw_only=True)
class Weightings:
    """The weightings a ranking is put to the test with.

    Parameters
    ----------
    before
        Pairs (weighs more, weighs less) of names of criteria or groups that every weighting keeps.
    draws
        How many are drawn; `smaa_draws` of `assumptions` by default.
    seed
        Seed of the draws: same seed, same bytes.
    top
        How many sites "among the first" means.
    """

    before: tuple[tuple[str, str], ...] = ()
    draws: int | None = None
    seed: int = 0
    top: int = 5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a study file says."""

    path: Path
    name: str
    language: Literal["fr", "en"] = "fr"
    crs: str = "EPSG:2154"
    layers: Mapping[str, tuple[LayerSpec, ...]]
    grids: Mapping[str, Grid] = field(default_factory=dict)
    sectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sectors_date: dt.date | None = None
    commune_events: Path | None = None
    walk: Walk = field(default_factory=Walk)
    surface: Surface | None = None
    isochrones: Isochrones | None = None
    transit: Transit | None = None
    criteria: tuple[Criterion, ...] = ()
    robustness: Weightings = field(default_factory=Weightings)
    scenarios: tuple[Scenario, ...] = ()
    programme: Programme = field(default_factory=Programme)


def default_criteria() -> tuple[Criterion, ...]:
    """Return the default criteria: the set `panier-relogement`.

    A starting point to argue, not a norm: no anchor of the basket is an official value.
    """
    return criteria_set("panier-relogement").criteria
