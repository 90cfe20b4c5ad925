"""Every index of inequality of every measure, for the whole and for each sector."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.territories.inequality import (
    concentration,
    poverty,
    sorted_gini,
    theil,
    top_to_bottom,
)
from renewal_gis.territories.inputs import Floats, nearest, numbers, share_one_index, weights
from renewal_gis.territories.sorting import Areas, SortedMeasure, areas_of, sort_measures

__all__ = ["inequality", "inequality_of"]

_ALPHAS = (0, 1, 2)


def inequality(
    measures: pd.DataFrame,
    *,
    weight: pd.Series,
    sector: pd.Series | None = None,
    income: pd.Series | None = None,
    lines: Mapping[str, float] | None = None,
    high_is_good: Collection[str] = (),
) -> pd.DataFrame:
    """Tell how unequally each measure is shared, among all and within each sector.

    Parameters
    ----------
    measures
        One row per building, one column per measure, no value below zero; NaN is missing.
    weight
        Dwellings or residents of each building, on the same index.
    sector
        Sector of each building: splits Theil's T, and adds rows for each sector.
    income
        What people are ranked by for the concentration index (income of their square or IRIS).
    lines
        Measure → poverty line, above zero.
    high_is_good
        Measures of which more is better: there the poor stand below the line, and above it otherwise.

    Returns
    -------
    DataFrame
        Columns `area, measure, dwellings, missing_dwellings, mean, gini, theil, theil_between,
        theil_within, palma, palma_income, concentration, line, poverty_0, poverty_1, poverty_2`; the
        area `all` first, then each sector. NaN where an index is not defined or not asked for;
        `theil_between` and `theil_within` are those of the sectors, of `all` only.

    Raises
    ------
    UsageError
        When the tables do not share one index, or a line is not above zero or of no measure.
    DataError
        When a value is negative, or a weight missing or negative.

    See Also
    --------
    gini, theil, palma, poverty, concentration_index : the indices, their rules and sources.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [10.0, 0.0]})
    >>> table = inequality(homes, weight=pd.Series([2, 2]), lines={"walk_min:ecole": 5})
    >>> table[["area", "gini", "poverty_0"]].to_numpy().tolist()
    [['all', 0.5, 0.5]]
    """
    share_one_index(measures.index, weight=weight, sector=sector, income=income)
    asked = lines or {}
    for name in asked:
        if name not in measures.columns:
            raise UsageError(
                f"lines: no measure is called {name!r}.{nearest(name, measures.columns)}"
            )
    return inequality_of(
        sort_measures(measures),
        weight=weights(weight),
        areas=None if sector is None else areas_of(sector),
        income=None if income is None else numbers(income),
        lines=asked,
        high_is_good=high_is_good,
    )


def inequality_of(
    measures: Sequence[SortedMeasure],
    *,
    weight: Floats,
    areas: Areas | None,
    income: Floats | None,
    lines: Mapping[str, float],
    high_is_good: Collection[str],
) -> pd.DataFrame:
    """Tell how unequally measures that are sorted already are shared; see `inequality`."""
    everyone = np.arange(len(weight))
    rank = None if income is None else _ranks(income)
    found: list[tuple[int, dict[str, object]]] = []
    for measure in measures:
        if (measure.values < 0).any():
            raise DataError(
                f"{measure.name}: {int((measure.values < 0).sum())} rows are below zero, and shares of a "
                "whole have no meaning then. Leave this measure out, or correct it."
            )
        parts = [("all", everyone, measure.order)]
        if areas is not None:
            parts += zip(areas.names, areas.rows, areas.sorted_rows(measure), strict=True)
        for place, (name, rows, ordered) in enumerate(parts):
            total = float(weight[rows].sum())
            row = {
                "area": name,
                "measure": measure.name,
                "dwellings": total,
                "missing_dwellings": total - float(weight[ordered].sum()),
            }
            values, heavy = measure.values[ordered], weight[ordered]
            group = areas.code[ordered] if areas is not None and place == 0 else None
            row |= _indices(values, heavy, group, None if rank is None else rank[ordered])
            row |= _poverties(
                values, heavy, line=lines.get(measure.name), good=measure.name in high_is_good
            )
            found.append((place, row))
    return pd.DataFrame([row for _, row in sorted(found, key=lambda held: held[0])])


def _indices(
    values: Floats,
    weight: Floats,
    group: npt.NDArray[np.int32] | None,
    rank: npt.NDArray[np.intp] | None,
) -> dict[str, float]:
    total = float(weight.sum())
    parts = theil(values, weight, group)
    by_income = None if rank is None else _by_income(values, weight, rank)
    return {
        "mean": float((values * weight).sum()) / total if total else np.nan,
        "gini": sorted_gini(values, weight),
        "theil": parts.total,
        "theil_between": np.nan if group is None else parts.between,
        "theil_within": np.nan if group is None else parts.within,
        "palma": top_to_bottom(weight, values * weight, means=False),
        "palma_income": np.nan if by_income is None else top_to_bottom(*by_income, means=True),
        "concentration": np.nan if by_income is None else concentration(*by_income),
    }


def _ranks(income: Floats) -> npt.NDArray[np.intp]:
    """Return the rank of each income from 1, equal ones alike; 0 where it is missing."""
    known = np.isfinite(income)
    found = np.zeros(len(income), dtype=np.intp)
    found[known] = np.unique(income[known], return_inverse=True)[1] + 1
    return found


def _by_income(values: Floats, weight: Floats, rank: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the weight, and the weighted values, of each income in ascending order."""
    people = np.bincount(rank, weights=weight, minlength=1).astype(float)[1:]
    amounts = np.bincount(rank, weights=weight * values, minlength=1).astype(float)[1:]
    return people, amounts


def _poverties(
    values: Floats, weight: Floats, *, line: float | None, good: bool
) -> dict[str, float]:
    if line is None:
        return {"line": np.nan, **{f"poverty_{alpha}": np.nan for alpha in _ALPHAS}}
    return {
        "line": float(line),
        **{
            f"poverty_{alpha}": poverty(values, weight, line=line, alpha=alpha, high_is_good=good)
            for alpha in _ALPHAS
        },
    }
