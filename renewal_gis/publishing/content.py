"""What the interactive map holds: tables in, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd

__all__ = ["CriterionScale", "Fact", "Language", "MapContent", "MeasureLabel"]

Language = Literal["fr", "en"]


@dataclass(frozen=True, kw_only=True)
class MeasureLabel:
    """How a column of numbers is shown.

    Parameters
    ----------
    key
        Column of `stock`, of `sites` or of both, such as `"walk_min:ecole"`.
    en, fr
        Label, such as "Walk to the nearest primary school".
    unit
        Unit: `"min"`, `"services"`, `"departures/h"`, `"points"`; any other text is shown as it is.
    breaks
        Inner class limits, ascending: `(5, 10, 15, 20)` makes five classes.
    low_is_good
        A low value serves the household (minutes); decides which end of the palette is dark, and
        which class holds a value that falls on a limit: the better one.
    """

    key: str
    en: str
    fr: str
    unit: str
    breaks: tuple[float, ...]
    low_is_good: bool


@dataclass(frozen=True, kw_only=True)
class CriterionScale:
    """A criterion whose weight the reader may change in the page.

    Parameters
    ----------
    name
        Its name in the study file and in `breakdown`.
    measure
        Column it is read from.
    en, fr
        Label.
    weight
        Weight in the study, at least 0.
    anchors
        `(value, points)` pairs, two or more, that make a piecewise line; `(best, 100)` and
        `(worst, 0)` for a criterion told by these two. Empty when they are not known.
    source
        Where the anchors come from; written in the study snippet, as the next two are.
    group
        Its group in the study file, or nothing.
    verified
        The anchors were read in their source.
    """

    name: str
    measure: str
    en: str
    fr: str
    weight: float
    anchors: tuple[tuple[float, float], ...] = ()
    source: str = ""
    group: str = ""
    verified: bool = False


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of context: a timetable's date, a walking speed, a programme's total."""

    en: str
    fr: str
    value_en: str
    value_fr: str


@dataclass(frozen=True, kw_only=True)
class MapContent:
    """Everything the map shows. Any piece but `communes` may be left out: the page says so.

    Parameters
    ----------
    title
        Title of the page, shown as it is.
    language
        Language the page opens in; the reader can change it.
    communes
        Polygons in the study's CRS, on their INSEE code; `name`, `population`, `sector`.
    layers
        Any of `perimeters`, `constraints`, `backdrop`, `streets`, `services`, `stops`, with the
        columns of the schema; `isochrones`: `place`, `name`, `minutes`, polygons, and `mode`
        (`"transit"`, else on foot); `lines`: `name`, `mode`, `from_stop`, `to_stop`,
        `departures_day`, `course` (`published`, `partly` or `straight`: from stop to stop, as without
        it), lines of transit; `flows`: `origin`, `to_kind`, `to`,
        `dwellings`, `operations`, `length_m`, lines from the perimeter that loses dwellings to the
        place that receives them, points where it is the same; `surface`: squares of a grid with one
        column per measure. `stops` may carry `category`, their class: the best first in the order of
        an ordered category, else by name.
    stock
        Polygons or points; `dwellings`, `tenure`, `built_year`, `fate`, `commune`, `perimeter` (what
        the calendar follows) and one column per measure. NaN in a measure is drawn and said as
        "no data".
    sites
        Polygons; `name`, `commune`, `capacity`, `scenario`, `sector`, `score`, `score_low`,
        `score_high`, `score_geometric` (0 to 100), `rank` (NA when not ranked), `veto` (the reason,
        empty when there is none), `rank_best` and `rank_worst`, and one column per measure.
    breakdown
        One row per site and criterion: `site`, `criterion`, `measure`, `en`, `fr`, `unit`, `value`,
        `points` (0 to 100, NaN when missing), `weight`. The page recomputes the scores from its points.
    criteria
        The criteria in the order of the study. When empty, those of `breakdown` are shown, without
        their anchors.
    operations, milestones
        The programme's ledger and its dates, with the columns of the schema. Shown quarter by quarter;
        operations without a dated step are counted apart.
    measures
        The columns of numbers that may be shown; the first one of `stock` is shown at first.
    comparison
        One row per sector and measure: `sector`, `measure`, `dwellings`, `p10`, `p25`, `p50`, `p75`,
        `p90`, `mean`, `missing_dwellings`.
    distribution
        One row per sector, measure and bin: `sector`, `measure`, `from_value`, `to_value`,
        `dwellings`.
    facts
        Lines of context printed on the page.
    notices
        Nature of a layer that is not surveyed: layer name → `"synthetic"` or `"schematic"`. `stock`
        and `sites` are layer names too. Said on the page at all times.
    sources
        One row per layer: `layer`, `file`, `sha256`, `vintage`, `licence`, `attribution`, `nature`.
    """

    title: str
    language: Language
    communes: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    stock: gpd.GeoDataFrame | None = None
    sites: gpd.GeoDataFrame | None = None
    breakdown: pd.DataFrame | None = None
    criteria: Sequence[CriterionScale] = ()
    operations: pd.DataFrame | None = None
    milestones: pd.DataFrame | None = None
    measures: Sequence[MeasureLabel] = ()
    comparison: pd.DataFrame | None = None
    distribution: pd.DataFrame | None = None
    facts: Sequence[Fact] = ()
    notices: Mapping[str, str] = field(default_factory=dict)
    sources: pd.DataFrame | None = None
