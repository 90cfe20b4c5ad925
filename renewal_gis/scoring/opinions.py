"""Second opinions beside the ranking of record: other ways to add up the same points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.scoring.ranking import Ranking, interval_ranks

__all__ = ["OPINIONS", "agreement", "pareto", "second_opinions"]

Floats = npt.NDArray[np.float64]

OPINIONS: dict[str, tuple[str, str]] = {
    "geometric": ("Geometric mean", "Moyenne géométrique"),
    "topsis": ("TOPSIS", "TOPSIS"),
    "promethee": ("PROMETHEE II", "PROMETHEE II"),
}
_PLACES = 9  # as in the ranking of record


def second_opinions(ranking: Ranking) -> pd.DataFrame:
    """Rank the same sites by three other rules, all on the points, with the weights of record.

    Parameters
    ----------
    ranking
        Result of `rank`.

    Returns
    -------
    DataFrame
        On the sites' index. `geometric`, the weighted geometric mean, 0 to 100; `topsis`, the closeness
        to a site worth 100 points everywhere rather than to one worth 0, 0 to 1; `promethee`, the net
        flow, −1 to 1, among the sites without a missing measure. Each has its `rank_…` (1 is best, ties
        share the better rank); value and rank are missing where a measure is. `geometric` and `topsis`
        never fall when a point rises, so `…_low`, `…_high`, `rank_…_best` and `rank_…_worst` give what
        the missing measures allow.

    Notes
    -----
    TOPSIS is taken between two fixed ideals, so withdrawing a site changes no closeness. PROMETHEE
    compares the sites with one another and has no such form: its flows change with the sites at hand,
    and it is a second opinion for that reason only. Its preference is linear between the gaps
    `promethee_indifference` and `promethee_preference` of `assumptions`.

    References
    ----------
    García-Cascales, M. S. and Lamata, M. T. (2012). On rank reversal and TOPSIS method. Mathematical and
    Computer Modelling 56(5–6), 123–132. Brans, J.-P. and Vincke, P. (1985). A preference ranking
    organisation method. Management Science 31(6), 647–656.

    Examples
    --------
    >>> from renewal_gis.scoring import Criterion, rank
    >>> table = pd.DataFrame({"a": [10.0, 6.0], "b": [0.0, 5.0]}, index=["A", "B"])
    >>> both = [Criterion(name=name, measure=name, best=10, worst=0) for name in "ab"]
    >>> second_opinions(rank(table, both))[["rank_geometric", "rank_topsis", "rank_promethee"]]
       rank_geometric  rank_topsis  rank_promethee
    A               2            2               1
    B               1            1               1
    """
    matrix, weights = _counted(ranking)
    held = {"low": np.nan_to_num(matrix, nan=0.0), "high": np.nan_to_num(matrix, nan=100.0)}
    incomplete = np.isnan(matrix).any(axis=1)
    table = pd.DataFrame(index=ranking.points.index)
    for name, rule in (("geometric", _geometric), ("topsis", _topsis)):
        low, high = (np.round(rule(held[end], weights), _PLACES) for end in ("low", "high"))
        table[name] = np.where(incomplete, np.nan, low)
        table[f"{name}_low"], table[f"{name}_high"] = low, high
        ranks = interval_ranks(low, high, table[name])
        for column in ranks:
            table[str(column).replace("rank", f"rank_{name}", 1)] = ranks[column]
    flows = np.full(len(matrix), np.nan)
    flows[~incomplete] = np.round(_net_flows(matrix[~incomplete], weights), _PLACES)
    table["promethee"] = flows
    ranks = table["promethee"].rank(method="min", ascending=False)
    table["rank_promethee"] = ranks.astype("Int64")
    return table


def agreement(ranking: Ranking, opinions: pd.DataFrame) -> pd.DataFrame:
    """Tell how far each second opinion agrees with the ranking of record.

    Parameters
    ----------
    ranking
        Result of `rank`.
    opinions
        Result of `second_opinions`.

    Returns
    -------
    DataFrame
        One row per opinion: `opinion, en, fr, sites` (those without a missing measure), `tau_b`
        (Kendall's, from −1 to 1; NaN when one side has no two different values), `same_first` (the same
        sites come first), `largest_shift` (ranks).

    References
    ----------
    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3), 239–251.
    """
    record = ranking.summary[["score", "rank"]]
    rows = []
    for name, (en, fr) in OPINIONS.items():
        both = record.assign(other=opinions[name], other_rank=opinions[f"rank_{name}"]).dropna()
        shifts = (both["rank"] - both["other_rank"]).abs()
        rows.append(
            {
                "opinion": name, "en": en, "fr": fr, "sites": len(both),
                "tau_b": tau_b(both["score"], both["other"]),
                "same_first": bool(((both["rank"] == 1) == (both["other_rank"] == 1)).all()),
                "largest_shift": int(shifts.max()) if len(both) else 0,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def pareto(ranking: Ranking) -> pd.DataFrame:
    """Tell which sites no other site beats or equals on every criterion.

    Parameters
    ----------
    ranking
        Result of `rank`. Points are compared, so values beyond an anchor are equal.

    Returns
    -------
    DataFrame
        On the sites' index: `pareto` (true: no site dominates it, whatever the missing measures are;
        false: one site dominates it, whatever they are; missing: it depends on them) and
        `dominated_by` (the sites that surely do, joined by commas, in the order of the table).

    Notes
    -----
    A site dominates another when it has at least its points on every criterion with a weight, and more
    on one. Weights play no other part.
    """
    matrix, _ = _counted(ranking)
    low, high = np.nan_to_num(matrix, nan=0.0), np.nan_to_num(matrix, nan=100.0)
    surely = _dominates(low, high)
    possibly = _dominates(high, low)
    names = ranking.points.index.astype(str).to_numpy()
    state = np.where(surely.any(axis=0), 0.0, np.where(possibly.any(axis=0), np.nan, 1.0))
    return pd.DataFrame(
        {
            "pareto": pd.array(state, dtype="Float64").astype("boolean"),
            "dominated_by": pd.array(
                [", ".join(names[surely[:, site]]) for site in range(len(names))], dtype=object
            ),
        },
        index=ranking.points.index,
    )


def tau_b(one: pd.Series, other: pd.Series) -> float:
    """Return Kendall's tau-b; NaN when one side has no two different values."""
    if one.nunique() < 2 or other.nunique() < 2:
        return float("nan")
    from scipy.stats import kendalltau  # a second to import, and only asked for here

    found = kendalltau(one.to_numpy(float), other.to_numpy(float))
    return round(float(found.statistic), _PLACES)


def _counted(ranking: Ranking) -> tuple[Floats, Floats]:
    """Return the points of the criteria that have a weight, sites × criteria, and their shares."""
    shares = ranking.weights()
    shares = shares[shares > 0]
    matrix: Floats = ranking.points[shares.index].to_numpy(dtype=float)
    return matrix, shares.to_numpy(dtype=float)


def _geometric(matrix: Floats, weights: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        logs = np.log(matrix)
    means: Floats = np.exp(logs @ weights)
    return means


def _topsis(matrix: Floats, weights: Floats) -> Floats:
    share = matrix / 100.0
    to_ideal = np.sqrt((((1.0 - share) * weights) ** 2).sum(axis=1))
    from_worst = np.sqrt(((share * weights) ** 2).sum(axis=1))
    closeness: Floats = from_worst / (to_ideal + from_worst)
    return closeness


def _net_flows(matrix: Floats, weights: Floats) -> Floats:
    sites = len(matrix)
    flows = np.zeros(sites)
    if sites < 2:
        return flows
    near = assumption("promethee_indifference").value
    span = assumption("promethee_preference").value - near
    for points, weight in zip(matrix.T, weights, strict=True):
        gap = points[:, None] - points[None, :]
        preference = np.clip((np.abs(gap) - near) / span, 0.0, 1.0)
        flows += weight * (np.sign(gap) * preference).sum(axis=1)
    return flows / (sites - 1)


def _dominates(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Tell, for each pair of sites, whether the points `one` of the first dominate `other` of the second."""
    sites = len(one)
    everywhere, somewhere = np.ones((sites, sites), bool), np.zeros((sites, sites), bool)
    for mine, yours in zip(one.T, other.T, strict=True):
        everywhere &= mine[:, None] >= yours[None, :]
        somewhere |= mine[:, None] > yours[None, :]
    np.fill_diagonal(everywhere, val=False)
    return everywhere & somewhere
