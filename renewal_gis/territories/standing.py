"""Where a site stands: among all dwellings of the territory, and between access and constraint."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.territories.inputs import Floats, nearest, numbers, share_one_index, weights

__all__ = ["QUADRANTS", "percentiles_among", "two_axes"]

QUADRANTS: dict[str, tuple[str, str]] = {
    "served-free": ("Well served, little constrained", "Bien desservi, peu contraint"),
    "served-constrained": ("Well served, constrained", "Bien desservi, contraint"),
    "unserved-free": ("Ill served, little constrained", "Mal desservi, peu contraint"),
    "unserved-constrained": ("Ill served, constrained", "Mal desservi, contraint"),
    "": ("Not measured", "Non mesuré"),
}


def percentiles_among(
    places: pd.DataFrame,
    homes: pd.DataFrame,
    *,
    weight: pd.Series,
    high_is_good: Collection[str] = (),
) -> pd.DataFrame:
    """Tell where each place stands among all dwellings: 0 is worst, 100 best.

    The percentile is the share of dwellings that are worse served, plus half of those served exactly
    alike (the mid-rank): it depends on the value alone, so a place measured like a home has the
    percentile of that home, and adding a place changes no other.

    Parameters
    ----------
    places
        One row per site, columns named as in `homes`; the columns that both have are told.
    homes
        Measures of all residential buildings of the territory; NaN is missing and left out.
    weight
        Dwellings or residents of each building, on the index of `homes`.
    high_is_good
        Measures of which more is better.

    Returns
    -------
    DataFrame
        On the places' index, one column per measure, 0 to 100; NaN where the place has no value, or no
        dwelling has one.

    Raises
    ------
    UsageError
        When homes and weight do not share one index.
    DataError
        When a weight is missing or negative.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 10.0, 20.0]})
    >>> sites = pd.DataFrame({"walk_min:ecole": [10.0, 4.0]}, index=["A", "B"])
    >>> percentiles_among(sites, homes, weight=pd.Series([1, 2, 1]))["walk_min:ecole"].to_dict()
    {'A': 50.0, 'B': 100.0}
    """
    share_one_index(homes.index, weight=weight)
    held = weights(weight)
    told = {}
    for name in (name for name in places.columns if name in homes.columns):
        known = numbers(homes[name])
        use = np.isfinite(known)
        values = numbers(places[name])
        share = _mid_ranks(values, known[use], held[use])
        share = share if name in high_is_good else 1 - share
        told[name] = np.where(np.isfinite(values), 100 * share, np.nan)
    return pd.DataFrame(told, index=places.index)


def _mid_ranks(values: Floats, known: Floats, weight: Floats) -> Floats:
    """Return the share of the weight below each value, plus half of that at it."""
    total = float(weight.sum())
    if not total or not len(values):
        return np.full(len(values), np.nan)
    # The few values are sorted, not the many homes.
    marks, place = np.unique(values, return_inverse=True)
    after = np.searchsorted(marks, known, side="right")
    # The first value that is not below a home is its own, when it has one.
    at = after - (marks[np.maximum(after - 1, 0)] == known)
    counted = [np.bincount(held, weights=weight, minlength=len(marks)) for held in (after, at)]
    below, up_to = (np.cumsum(part[: len(marks)]) for part in counted)
    return ((below + up_to) / 2 / total)[place]


def two_axes(
    sites: pd.DataFrame,
    *,
    access: str = "score",
    constraints: Sequence[str] | None = None,
    access_line: float | None = None,
    constraint_line: float | None = None,
) -> pd.DataFrame:
    """Read each site on two axes that are never averaged: access and constraint.

    Parameters
    ----------
    sites
        One row per site, with the columns named below.
    access
        Column of access, more is better.
    constraints
        Columns of constraint, 0 to 1; the strongest counts. Every `constraint_share:` column by
        default. A missing share is missing: the site is then not placed, unless another share is
        above the line already.
    access_line
        At this access or more a site is well served; the assumption `access_line` by default.
    constraint_line
        Above this share a site is constrained; the assumption `constraint_line` by default.

    Returns
    -------
    DataFrame
        On the sites' index: `access, constraint` (the strongest share), `constraint_kind` (which one;
        empty where none lies on the site), `quadrant` (a key of `QUADRANTS`, empty when an axis is
        missing), `en, fr` (its words), `access_line, constraint_line`.

    Raises
    ------
    UsageError
        When a column is not there; the nearest is told.

    Examples
    --------
    >>> sites = pd.DataFrame({"score": [80.0, 20.0], "constraint_share:mining": [0.9, 0.0]},
    ...                      index=["A", "B"])
    >>> two_axes(sites)["quadrant"].to_dict()
    {'A': 'served-constrained', 'B': 'unserved-free'}
    """
    kinds = (
        [name for name in sites.columns if str(name).startswith("constraint_share:")]
        if constraints is None
        else list(constraints)
    )
    for name in [access, *kinds]:
        if name not in sites.columns:
            raise UsageError(f"sites: no column is called {name!r}.{nearest(name, sites.columns)}")
    if not kinds:
        raise UsageError(
            "sites: no column of constraint. Join constraint_share: columns, or name some."
        )
    good = assumption("access_line").value if access_line is None else access_line
    bad = assumption("constraint_line").value if constraint_line is None else constraint_line
    reached = numbers(sites[access])
    shares = np.column_stack([numbers(sites[name]) for name in kinds])
    strongest = np.where(np.isnan(shares), -1.0, shares).max(axis=1, initial=-1.0)
    which = np.where(np.isnan(shares), -1.0, shares).argmax(axis=1)
    unsure = np.isnan(shares).any(axis=1) & ~(strongest > bad)
    quadrant = pd.Series(np.where(reached >= good, "served", "unserved"), index=sites.index)
    quadrant = quadrant + np.where(strongest > bad, "-constrained", "-free")
    quadrant = quadrant.mask(unsure | np.isnan(reached), "").astype(object)
    subject = np.array([str(name).partition(":")[2] or str(name) for name in kinds], dtype=object)
    return pd.DataFrame(
        {
            "access": reached,
            "constraint": np.where(unsure, np.nan, strongest),
            "constraint_kind": np.where(strongest > 0, subject[which], ""),
            "quadrant": quadrant,
            "en": quadrant.map(lambda key: QUADRANTS[key][0]),
            "fr": quadrant.map(lambda key: QUADRANTS[key][1]),
            "access_line": good,
            "constraint_line": bad,
        },
        index=sites.index,
    )
