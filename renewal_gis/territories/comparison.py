"""Sectors compared: distributions weighted by dwellings, not only means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.territories.inputs import (
    Floats,
    numbers,
    require_measures,
    share_one_index,
    weights,
)
from renewal_gis.territories.sectors import locate
from renewal_gis.territories.sorting import Areas, SortedMeasure, areas_of, sort_measures

__all__ = [
    "classes_of",
    "compare",
    "counted_in",
    "distribution",
    "figures",
    "inventory",
    "weighted_quantiles",
]

_QUANTILES = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90}


def weighted_quantiles(
    values: npt.ArrayLike, weights: npt.ArrayLike, quantiles: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return weighted quantiles: the smallest value that at least a share q of the weight reaches.

    Equal to the inverse-CDF quantile of each value repeated as often as its weight says. Missing
    values and their weight are left out; NaN when nothing is left.

    Raises
    ------
    UsageError
        When the lengths differ.

    Examples
    --------
    >>> weighted_quantiles([1, 2, 10], [1, 1, 2], [0.5, 0.75]).tolist()
    [2.0, 10.0]
    """
    held = np.asarray(values, dtype=float)
    weight = np.asarray(weights, dtype=float)
    if held.shape != weight.shape:
        raise UsageError(
            f"There are {held.size} values and {weight.size} weights: give one for each."
        )
    use = np.isfinite(held) & (weight > 0)
    if not use.any():
        return np.full(len(quantiles), np.nan)
    order = np.argsort(held[use], kind="stable")
    return _quantiles(held[use][order], weight[use][order], quantiles)


def _quantiles(values: Floats, weight: Floats, quantiles: Sequence[float]) -> Floats:
    """Return the quantiles of values in ascending order, each with a weight above zero."""
    if not len(values):
        return np.full(len(quantiles), np.nan)
    reached = np.cumsum(weight)
    # The tolerance keeps q × total from passing a cumulated weight by one rounding error.
    wanted = np.asarray(quantiles, dtype=float) * reached[-1] - 1e-9 * reached[-1]
    picked: Floats = values[np.minimum(np.searchsorted(reached, wanted), len(values) - 1)]
    return picked


def compare(
    measures: pd.DataFrame,
    *,
    sector: pd.Series,
    weight: pd.Series,
    thresholds: Mapping[str, Sequence[float]] | None = None,
) -> pd.DataFrame:
    """Compare sectors on every measure.

    Parameters
    ----------
    measures
        One row per building, one column per measure; NaN is missing.
    sector
        Sector of each building, on the same index; missing rows form no sector.
    weight
        Dwellings (or residents) of each building.
    thresholds
        For a measure, the values at or below which the share of dwellings is wanted.

    Returns
    -------
    DataFrame
        One row per sector and measure: `sector, measure, buildings, dwellings, missing_dwellings,
        mean, p10, p25, p50, p75, p90`, and `share_<t>`: share of *all* dwellings whose value is known
        and at most t. NaN where no dwelling has a value.

    Raises
    ------
    UsageError
        When the three tables do not share one index.
    DataError
        When a weight is missing or negative.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 25.0]}, index=["a", "b"])
    >>> table = compare(homes, sector=pd.Series(["south", "south"], index=["a", "b"]),
    ...                 weight=pd.Series([3, 1], index=["a", "b"]))
    >>> table[["sector", "dwellings", "mean", "p50"]].to_dict("records")
    [{'sector': 'south', 'dwellings': 4.0, 'mean': 10.0, 'p50': 5.0}]
    """
    share_one_index(measures.index, sector=sector, weight=weight)
    return figures(
        sort_measures(measures), areas_of(sector), weights(weight), thresholds=thresholds or {}
    )


def figures(
    measures: Sequence[SortedMeasure],
    areas: Areas,
    weight: Floats,
    *,
    thresholds: Mapping[str, Sequence[float]],
    by: str = "sector",
) -> pd.DataFrame:
    """Compare areas on measures that are sorted already; `by` names the column of the areas."""
    wanted = sorted({limit for limits in thresholds.values() for limit in limits})
    shares = [f"share_{limit:g}" for limit in wanted]
    found: dict[tuple[int, int], dict[str, object]] = {}
    for column, measure in enumerate(measures):
        limits = thresholds.get(measure.name, ())
        for area, ordered in enumerate(areas.sorted_rows(measure)):
            rows = areas.rows[area]
            values, held = measure.values[rows], weight[rows]
            row: dict[str, object] = {by: areas.names[area], "measure": measure.name}
            row |= _summary(values, held, measure.values[ordered], weight[ordered])
            row |= dict.fromkeys(shares, np.nan)
            row |= _shares(measure.values[ordered], weight[ordered], held, limits)
            found[area, column] = row
    return pd.DataFrame([found[key] for key in sorted(found)])


def distribution(
    measures: pd.DataFrame,
    *,
    sector: pd.Series,
    weight: pd.Series,
    edges: Mapping[str, Sequence[float]],
    high_is_good: Collection[str] = (),
) -> pd.DataFrame:
    """Dwellings of each sector in each class of each measure.

    Parameters
    ----------
    measures, sector, weight
        As in `compare`.
    edges
        For each measure, its class limits in ascending order; the first and last class are open.
    high_is_good
        Measures of which more is better. A value that falls on a limit goes to the better class:
        10 minutes are within 10 minutes, and 72 departures reach the class of 72.

    Returns
    -------
    DataFrame
        Columns `sector, measure, from_value, to_value, dwellings`. Missing values are in no class.

    Raises
    ------
    UsageError
        When the three tables do not share one index, or limits are given for a measure that is not there.
    DataError
        When a weight is missing or negative.
    """
    share_one_index(measures.index, sector=sector, weight=weight)
    require_measures(edges, measures.columns)
    areas, held = areas_of(sector), weights(weight)
    found = {
        measure: counted_in(
            classes_of(numbers(measures[measure]), limits, high_is_good=measure in high_is_good),
            areas,
            held,
            kinds=len(limits) + 2,
        )
        for measure, limits in edges.items()
    }
    rows: list[tuple[object, ...]] = []
    for area, name in enumerate(areas.names):
        for measure, limits in edges.items():
            bounds = [-np.inf, *map(float, limits), np.inf]
            rows.extend(
                (name, measure, low, high, float(count))
                for low, high, count in zip(
                    bounds[:-1], bounds[1:], found[measure][area, 1:], strict=True
                )
            )
    return pd.DataFrame(rows, columns=["sector", "measure", "from_value", "to_value", "dwellings"])


def classes_of(
    values: Floats, edges: Sequence[float], *, high_is_good: bool
) -> npt.NDArray[np.intp]:
    """Return the class of each value: 0 for a missing one, then 1 to one more than the limits."""
    side: Literal["left", "right"] = "right" if high_is_good else "left"
    place = np.searchsorted(np.asarray(edges, dtype=float), values, side=side) + 1
    return np.where(np.isfinite(values), place, 0)


def counted_in(place: npt.NDArray[np.intp], areas: Areas, weight: Floats, *, kinds: int) -> Floats:
    """Return the weight of each area in each class: areas × kinds."""
    # Rows of no area have code -1: they fall in a first line, which is left out.
    counted = np.bincount(
        (areas.code + 1) * kinds + place, weights=weight, minlength=(len(areas.names) + 1) * kinds
    ).astype(float)
    return counted.reshape(-1, kinds)[1:]


def inventory(communes: gpd.GeoDataFrame, layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Count what lies in each sector: communes, residents, and the rows of each layer.

    Parameters
    ----------
    communes
        Table `communes` with its `sector`.
    layers
        Layer name → table, in the same CRS. Services are counted by group, constraints by kind.

    Returns
    -------
    DataFrame
        Columns `sector, layer, kind, rows, residents`; the sector `outside` counts rows that lie in
        no commune.
    """
    residents = communes.get("population", pd.Series(np.nan, index=communes.index))
    rows: list[dict[str, object]] = []
    people = residents.astype(float).groupby(communes["sector"]).sum(min_count=1)
    for name in areas_of(communes["sector"]).names:
        count = int((communes["sector"] == name).sum())
        rows.append(
            {
                "sector": name,
                "layer": "communes",
                "kind": "",
                "rows": count,
                "residents": people[name],
            }
        )
    for layer, table in layers.items():
        sector = locate(table, communes).map(communes["sector"]).fillna("outside")
        kind = _kind(table)
        counts = pd.DataFrame({"sector": sector, "kind": kind}).value_counts().sort_index()
        rows.extend(
            {"sector": key[0], "layer": layer, "kind": key[1], "rows": int(count),
             "residents": people.get(key[0], np.nan)}
            for key, count in counts.items()
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["sector", "layer", "kind", "rows", "residents"])


def _kind(table: gpd.GeoDataFrame) -> pd.Series:
    for column in ("group", "kind", "programme"):
        if column in table.columns:
            return table[column].astype(object).fillna("")
    return pd.Series("", index=table.index, dtype=object)


def _summary(
    values: Floats, weight: Floats, ordered: Floats, ordered_weight: Floats
) -> dict[str, object]:
    known = np.isfinite(values)
    total = float(weight[known].sum())
    heavy = ordered_weight > 0
    quantiles = _quantiles(ordered[heavy], ordered_weight[heavy], list(_QUANTILES.values()))
    return {
        "buildings": float(len(values)),
        "dwellings": float(weight.sum()),
        "missing_dwellings": float(weight[~known].sum()),
        "mean": float((values[known] * weight[known]).sum() / total) if total else np.nan,
        **dict(zip(_QUANTILES, map(float, quantiles), strict=True)),
    }


def _shares(
    ordered: Floats, ordered_weight: Floats, weight: Floats, limits: Sequence[float]
) -> dict[str, float]:
    """Return the share of all the weight whose value is known and at most each limit."""
    if not len(limits):
        return {}
    total = weight.sum()
    reached = np.append(0.0, np.cumsum(ordered_weight))
    within = reached[np.searchsorted(ordered, np.asarray(limits, dtype=float), side="right")]
    return {
        f"share_{limit:g}": float(held / total) if total else np.nan
        for limit, held in zip(limits, within, strict=True)
    }
