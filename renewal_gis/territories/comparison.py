"""Sectors compared: distributions weighted by dwellings, not only means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.territories.sectors import locate

__all__ = ["compare", "distribution", "inventory", "weighted_quantiles"]

_QUANTILES = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90}


def weighted_quantiles(
    values: npt.ArrayLike, weights: npt.ArrayLike, quantiles: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return weighted quantiles: the smallest value that at least a share q of the weight reaches.

    Equal to the inverse-CDF quantile of each value repeated as often as its weight says. Missing
    values and their weight are left out; NaN when nothing is left.

    Examples
    --------
    >>> weighted_quantiles([1, 2, 10], [1, 1, 2], [0.5, 0.75]).tolist()
    [2.0, 10.0]
    """
    held = np.asarray(values, dtype=float)
    weight = np.asarray(weights, dtype=float)
    use = np.isfinite(held) & (weight > 0)
    if not use.any():
        return np.full(len(quantiles), np.nan)
    order = np.argsort(held[use], kind="stable")
    held, reached = held[use][order], np.cumsum(weight[use][order])
    # The tolerance keeps q × total from passing a cumulated weight by one rounding error.
    wanted = np.asarray(quantiles, dtype=float) * reached[-1] - 1e-9 * reached[-1]
    picked: npt.NDArray[np.float64] = held[
        np.minimum(np.searchsorted(reached, wanted), len(held) - 1)
    ]
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

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 25.0]}, index=["a", "b"])
    >>> table = compare(homes, sector=pd.Series(["south", "south"], index=["a", "b"]),
    ...                 weight=pd.Series([3, 1], index=["a", "b"]))
    >>> table[["sector", "dwellings", "mean", "p50"]].to_dict("records")
    [{'sector': 'south', 'dwellings': 4.0, 'mean': 10.0, 'p50': 5.0}]
    """
    if not (measures.index.equals(sector.index) and measures.index.equals(weight.index)):
        raise UsageError("measures, sector and weight must share one index.")
    asked = thresholds or {}
    wanted = sorted({limit for limits in asked.values() for limit in limits})
    rows = []
    for name in _in_order(sector):
        part = (sector == name).to_numpy()
        held = weight.to_numpy(dtype=float)[part]
        for measure in measures.columns:
            values = measures[measure].to_numpy(dtype=float)[part]
            row = {"sector": name, "measure": measure, **_summary(values, held)}
            for limit in wanted:
                within = limit in asked.get(measure, ())
                row[f"share_{limit:g}"] = _share(values, held, limit) if within else np.nan
            rows.append(row)
    return pd.DataFrame(rows)


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
    """
    rows: list[dict[str, object]] = []
    for name in _in_order(sector):
        part = (sector == name).to_numpy()
        held = weight.to_numpy(dtype=float)[part]
        for measure, limits in edges.items():
            values = measures[measure].to_numpy(dtype=float)[part]
            known = np.isfinite(values)
            side: Literal["left", "right"] = "right" if measure in high_is_good else "left"
            place = np.searchsorted(np.asarray(limits, dtype=float), values[known], side=side)
            dwellings = np.bincount(place, weights=held[known], minlength=len(limits) + 1)
            bounds = [-np.inf, *map(float, limits), np.inf]
            rows.extend(
                {
                    "sector": name,
                    "measure": measure,
                    "from_value": low,
                    "to_value": high,
                    "dwellings": float(count),
                }
                for low, high, count in zip(bounds[:-1], bounds[1:], dwellings, strict=True)
            )
    return pd.DataFrame(rows, columns=["sector", "measure", "from_value", "to_value", "dwellings"])


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
    for name in _in_order(communes["sector"]):
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


def _in_order(sector: pd.Series) -> list[str]:
    first = ["corridor", "south", "other"]
    present = set(sector.dropna().unique())
    return [name for name in first if name in present] + sorted(present - set(first))


def _summary(values: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> dict[str, float]:
    known = np.isfinite(values)
    total = float(weight[known].sum())
    quantiles = weighted_quantiles(values, weight, list(_QUANTILES.values()))
    return {
        "buildings": float(len(values)),
        "dwellings": float(weight.sum()),
        "missing_dwellings": float(weight[~known].sum()),
        "mean": float((values[known] * weight[known]).sum() / total) if total else np.nan,
        **dict(zip(_QUANTILES, map(float, quantiles), strict=True)),
    }


def _share(values: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], limit: float) -> float:
    with np.errstate(invalid="ignore"):
        within = values <= limit
    total = weight.sum()
    return float(weight[within].sum() / total) if total else np.nan
