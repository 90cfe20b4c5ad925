"""The ranking of record: a weighted sum with fixed anchors, the geometric mean beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.scoring.criteria import GROUPS, Criterion

if TYPE_CHECKING:
    from renewal_gis.scoring.robustness import Robustness

__all__ = ["Ranking", "rank"]

_PLACES = 9  # decimals kept of a score: sums in another order must not change a rank


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """The scores of the sites, with everything that made them.

    Attributes
    ----------
    criteria
        What counts, and how much.
    values
        Measured values, sites × criteria.
    points
        0 to 100 points, sites × criteria; NaN where the value is missing.
    summary
        One row per site: `score` (weighted mean of the points; NaN when a criterion is missing),
        `score_low` and `score_high` (missing criteria counted as 0 and as 100), `score_geometric`
        (weighted geometric mean), `rank` (1 is best, ties share the better rank; missing when the
        score is), `rank_best` and `rank_worst` (ranks the interval of scores allows).
    """

    criteria: tuple[Criterion, ...]
    values: pd.DataFrame
    points: pd.DataFrame
    summary: pd.DataFrame

    def breakdown(self) -> pd.DataFrame:
        """Return one row per site and criterion: value, points, weight, share of the score.

        Returns
        -------
        DataFrame
            Columns `site, criterion, measure, en, fr, unit, value, points, weight, contribution`;
            the contributions of a complete site add up to its score.
        """
        total = sum(criterion.weight for criterion in self.criteria)
        rows = [
            {
                "site": site,
                "criterion": criterion.name,
                "measure": criterion.measure,
                "en": criterion.en or criterion.name,
                "fr": criterion.fr or criterion.name,
                "unit": criterion.unit,
                "value": self.values.at[site, criterion.name],
                "points": self.points.at[site, criterion.name],
                "weight": criterion.weight,
                "contribution": self.points.at[site, criterion.name] * criterion.weight / total,
            }
            for site in self.points.index
            for criterion in self.criteria
        ]
        return pd.DataFrame(rows)

    def subtotals(self) -> pd.DataFrame:
        """Return one row per site and group of criteria: its points, and its share of the score.

        Returns
        -------
        DataFrame
            Columns `site, group, weight, points, points_low, points_high, contribution`: `weight` is
            the group's share of all weights, `points` the weighted mean within the group (NaN when a
            measure is missing), `points_low` and `points_high` the same with missing criteria counted
            as 0 and as 100, `contribution` what the group brings to the score (NaN when a measure is
            missing). Criteria without a group stand under an empty name. Groups without a weight are
            left out.

        Examples
        --------
        >>> sites = pd.DataFrame({"walk_min:ecole": [12.5]}, index=["A"])
        >>> school = Criterion(
        ...     name="school", measure="walk_min:ecole", best=5, worst=20, group="services"
        ... )
        >>> rank(sites, [school]).subtotals()[["site", "group", "weight", "points"]]
          site     group  weight  points
        0    A  services     1.0    50.0
        """
        shares = self.weights()
        groups = [name for name in (*GROUPS, "") if any(c.group == name for c in self._counted())]
        parts = []
        for name in groups:
            own = [c.name for c in self._counted() if c.group == name]
            weight = float(shares[own].sum())
            low = self.points[own].fillna(0.0) @ shares[own] / weight
            high = self.points[own].fillna(100.0) @ shares[own] / weight
            whole = low.where(self.points[own].notna().all(axis=1))
            parts.append(
                pd.DataFrame(
                    {
                        "site": self.points.index, "group": name, "weight": weight,
                        "points": whole.round(_PLACES).to_numpy(),
                        "points_low": low.round(_PLACES).to_numpy(),
                        "points_high": high.round(_PLACES).to_numpy(),
                        "contribution": (whole * weight).round(_PLACES).to_numpy(),
                    }
                )
            )  # fmt: skip
        table = pd.concat(parts, keys=range(len(parts)), names=["place", "row"])
        return table.sort_index(level=["row", "place"], kind="stable").reset_index(drop=True)

    def weights(self) -> pd.Series:
        """Return each criterion's share of all weights; the shares add up to 1."""
        held = pd.Series({c.name: float(c.weight) for c in self.criteria})
        return held / held.sum()

    def explain(
        self,
        site: str,
        *,
        name: str = "",
        veto: str = "",
        language: Literal["en", "fr"] = "fr",
        robustness: Robustness | None = None,
    ) -> list[str]:
        """Tell in sentences why a site has its rank, as `explain` does."""
        from renewal_gis.scoring.explanation import explain

        return explain(self, site, name=name, veto=veto, language=language, robustness=robustness)

    def _counted(self) -> tuple[Criterion, ...]:
        return tuple(criterion for criterion in self.criteria if criterion.weight > 0)


def rank(measures: pd.DataFrame, criteria: Sequence[Criterion]) -> Ranking:
    """Score and rank sites.

    Parameters
    ----------
    measures
        One row per site, one column per measure; NaN is missing.
    criteria
        What counts, and how much.

    Returns
    -------
    Ranking

    Raises
    ------
    UsageError
        When two criteria share a name, or no weight is above zero.
    DataError
        When a criterion's measure is not a column or holds no numbers, or two rows share a site.

    Notes
    -----
    The value functions have fixed anchors, so a site's score never depends on the other sites
    (libraries that normalise on the sample change the order of the others when one withdraws).

    Examples
    --------
    >>> sites = pd.DataFrame({"walk_min:ecole": [5.0, 20.0]}, index=["A", "B"])
    >>> ranking = rank(sites, [Criterion(name="school", measure="walk_min:ecole", best=5, worst=20)])
    >>> ranking.summary[["score", "rank"]]
       score  rank
    A  100.0     1
    B    0.0     2
    """
    _require_sound(measures, criteria)
    values = pd.DataFrame(
        {c.name: measures[c.measure].astype(float) for c in criteria}, index=measures.index
    )
    scored = pd.DataFrame(
        {c.name: c.points(values[c.name]) for c in criteria}, index=measures.index
    )
    weights = np.array([criterion.weight for criterion in criteria], dtype=float)
    return Ranking(
        criteria=tuple(criteria),
        values=values,
        points=scored,
        summary=_summary(scored, weights / weights.sum()),
    )


def _require_sound(measures: pd.DataFrame, criteria: Sequence[Criterion]) -> None:
    names = [criterion.name for criterion in criteria]
    if len(set(names)) < len(names):
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise UsageError(f"Two criteria share a name: {', '.join(repeated)}.")
    if not sum(criterion.weight for criterion in criteria) > 0:
        raise UsageError("No criterion has a weight above zero.")
    if not measures.index.is_unique:
        repeated = sorted({str(site) for site in measures.index[measures.index.duplicated()]})
        raise DataError(
            f"Two rows of the measures share a site: {', '.join(repeated)}. Keep one of each."
        )
    absent = [c.measure for c in criteria if c.measure not in measures.columns]
    if absent:
        known = [str(column) for column in measures.columns]
        near = get_close_matches(absent[0], known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise DataError(
            f"No measure called {', '.join(absent)}.{hint} Measured here: {', '.join(known)}."
        )
    for measure in dict.fromkeys(criterion.measure for criterion in criteria):
        if not pd.api.types.is_numeric_dtype(measures[measure].dtype):
            raise DataError(f"{measure} holds no numbers: a criterion cannot be read from it.")


def _summary(scored: pd.DataFrame, weights: npt.NDArray[np.float64]) -> pd.DataFrame:
    matrix = scored.to_numpy(dtype=float)
    low = np.round(np.nan_to_num(matrix, nan=0.0) @ weights, _PLACES)
    high = np.round(np.nan_to_num(matrix, nan=100.0) @ weights, _PLACES)
    complete = ~np.isnan(matrix[:, weights > 0]).any(axis=1)
    score = np.where(complete, low, np.nan)
    summary = pd.DataFrame(
        {
            "score": score,
            "score_low": low,
            "score_high": high,
            "score_geometric": np.where(complete, _geometric(matrix, weights), np.nan),
        },
        index=scored.index,
    )
    return summary.join(interval_ranks(low, high, summary["score"]))


def interval_ranks(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], score: pd.Series
) -> pd.DataFrame:
    """Return the rank of each score, and the best and worst rank its interval allows.

    Parameters
    ----------
    low, high
        Least and greatest value of each site's score.
    score
        The score; NaN where it is an interval.

    Returns
    -------
    DataFrame
        Columns `rank` (missing where the score is), `rank_best`, `rank_worst`.
    """
    ranks = pd.DataFrame(index=score.index)
    ranks["rank"] = score.rank(method="min", ascending=False).astype("Int64")
    ranks["rank_best"] = [int((low > own).sum()) + 1 for own in high]
    # Equal scores share the better rank, so only strictly higher ones push a site down; its own high,
    # above its low where it is an interval, does not.
    ranks["rank_worst"] = [
        int((high > own).sum()) + 1 - int(top > own) for own, top in zip(low, high, strict=True)
    ]
    return ranks


def _geometric(
    matrix: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    counted = weights > 0
    with np.errstate(divide="ignore"):
        logs = np.log(matrix[:, counted])
    means: npt.NDArray[np.float64] = np.exp(logs @ weights[counted])
    return np.round(means, _PLACES)
