"""SMAA: what becomes of each site's rank when the weights are drawn at random."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.scoring.orders import Statement
from renewal_gis.scoring.rank_counts import ranked, scored, wins
from renewal_gis.scoring.ranking import Ranking
from renewal_gis.scoring.weightings import draw_weightings

__all__ = ["Acceptability", "smaa"]

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int16]

_BLOCK = 256  # weightings at a time: their scores stay in the processor's cache
_LIMIT = 30_000  # sites: ranks are held in 16 bits


@dataclass(frozen=True, kw_only=True, eq=False)
class Acceptability:
    """What becomes of the ranks over many weightings.

    Attributes
    ----------
    draws, seed, statements
        How many weightings, from which seed, under which statements.
    ranks
        Rank acceptability, sites × ranks (1, 2, …): share of the weightings that give the site that
        rank. Each row adds up to 1. With missing measures: its worst rank, each of its measures at 0
        points and those of the others at 100.
    ranks_best
        The same with the best rank the missing measures allow; equal to `ranks` without any.
    central
        Central weights, sites × criteria: the mean of the weightings in which the site may come first;
        NaN where it never does.
    pairwise
        Sites × sites: share of the weightings in which the row's site surely scores more than the
        column's.
    shares
        On the sites' index: `first` and `among_first` (surely, whatever the missing measures),
        `first_possible` and `among_first_possible` (for some value of them), `rank_mean`, `rank_low`
        and `rank_high` (the ranks that hold 95 of 100 weightings, missing measures at their worst).
    top
        How many sites `among_first` counts.
    """

    draws: int
    seed: int
    statements: tuple[Statement, ...]
    top: int
    ranks: pd.DataFrame
    ranks_best: pd.DataFrame
    central: pd.DataFrame
    pairwise: pd.DataFrame
    shares: pd.DataFrame

    @property
    def error(self) -> float:
        """How far a share may be from its limit with ever more weightings, 19 times out of 20."""
        return 1.96 * 0.5 / float(np.sqrt(self.draws))


def smaa(
    ranking: Ranking,
    *,
    statements: Sequence[Statement] = (),
    draws: int | None = None,
    seed: int = 0,
    top: int = 5,
) -> Acceptability:
    """Rank the sites under many weightings drawn at random.

    Parameters
    ----------
    ranking
        Result of `rank`; its weights play no part, but criteria of weight 0 are left out.
    statements
        Pairs (weighs more, weighs less) of names of criteria or groups; see `draw_weightings`.
    draws
        How many weightings; `smaa_draws` of `assumptions` by default.
    seed
        Same seed, same result, whatever the number of threads.
    top
        How many sites "among the first" means.

    Returns
    -------
    Acceptability

    Raises
    ------
    UsageError
        When `draws` or `top` is no whole number above 0, a statement cannot be used, or there are too
        many sites.

    Notes
    -----
    Ties share the better rank. A missing measure is worth anything from 0 to 100 points, so a score is
    an interval in each weighting, and a rank too: both ends are counted, and no value is invented.

    References
    ----------
    Lahdelma, R., Hokkanen, J. and Salminen, P. (1998). SMAA – stochastic multiobjective acceptability
    analysis. European Journal of Operational Research 106(1), 137–143. Lahdelma, R. and Salminen, P.
    (2001). SMAA-2. Operations Research 49(3), 444–454. Leskinen, P. et al. (2006), for the pairwise
    winning index.

    Examples
    --------
    >>> from renewal_gis.scoring import Criterion, rank
    >>> table = pd.DataFrame({"a": [10.0, 0.0], "b": [0.0, 10.0]}, index=["A", "B"])
    >>> both = [Criterion(name=name, measure=name, best=10, worst=0) for name in "ab"]
    >>> found = smaa(rank(table, both), statements=[("a", "b")], draws=1000)
    >>> found.ranks.loc["A"].tolist(), found.central.loc["A"].round(1).tolist()
    ([1.0, 0.0], [0.8, 0.2])
    """
    draws = int(assumption("smaa_draws").value) if draws is None else draws
    if not all(isinstance(number, int | np.integer) and number > 0 for number in (draws, top)):
        raise UsageError(f"draws and top must be whole numbers above 0, got {draws!r} and {top!r}.")
    if len(ranking.points) > _LIMIT:
        raise UsageError(f"{len(ranking.points)} sites are too many: {_LIMIT} can be ranked.")
    counted = [criterion for criterion in ranking.criteria if criterion.weight > 0]
    names = [criterion.name for criterion in counted]
    groups = {
        group: [place for place, c in enumerate(counted) if c.group == group]
        for group in sorted({c.group for c in counted} - {""})
    }
    weightings = draw_weightings(
        names, groups=groups, statements=statements, draws=draws, seed=seed
    )
    best, worst, above = _ranks(ranking.points[names].to_numpy(dtype=float), weightings)
    index = ranking.points.index
    return Acceptability(
        draws=draws,
        seed=seed,
        statements=tuple(statements),
        top=top,
        ranks=_acceptability(worst, index),
        ranks_best=_acceptability(best, index),
        central=pd.DataFrame(_central(best, weightings), index=index, columns=names),
        pairwise=pd.DataFrame(_pairwise(above, best) / draws, index=index, columns=index),
        shares=_shares(best, worst, index, top),
    )


def _ranks(matrix: Floats, weightings: Floats) -> tuple[Ranks, Ranks, Ranks]:
    """Return best rank, worst rank and how many lows are at least a site's own, sites × draws."""
    shape = (len(matrix), len(weightings))
    best, worst, above = (np.empty(shape, dtype=np.int16) for _ in range(3))
    missing = np.isnan(matrix)
    low = np.ascontiguousarray(np.where(missing, 0.0, matrix).T)
    high = np.ascontiguousarray(np.where(missing, 100.0, matrix).T)

    def block(start: int) -> None:
        here = slice(start, start + _BLOCK)
        lows = scored(weightings[here], low)
        highs = scored(weightings[here], high) if missing.any() else lows
        low_sorted = np.sort(lows, axis=1)
        high_sorted = np.sort(highs, axis=1) if missing.any() else low_sorted
        ranked(
            lows,
            highs,
            low_sorted,
            high_sorted,
            best[:, here],
            worst[:, here],
            above[:, here],
            bool(missing.any()),
        )

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(block, range(0, len(weightings), _BLOCK)))
    return best, worst, above


def _acceptability(ranks: Ranks, index: pd.Index) -> pd.DataFrame:
    sites, draws = ranks.shape
    cells = np.arange(sites)[:, None] * sites + ranks - 1
    counts = np.bincount(cells.ravel(), minlength=sites * sites).reshape(sites, sites)
    return pd.DataFrame(
        counts / draws, index=index, columns=pd.RangeIndex(1, sites + 1, name="rank")
    )


def _central(best: Ranks, weightings: Floats) -> Floats:
    site, draw = np.nonzero(best == 1)
    counts = np.bincount(site, minlength=len(best))
    sums = np.column_stack(
        [np.bincount(site, weights=column[draw], minlength=len(best)) for column in weightings.T]
    )
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], np.nan)


def _pairwise(above: Ranks, best: Ranks) -> npt.NDArray[np.int64]:
    sites = len(best)
    parts = [(first, min(first + 16, sites)) for first in range(0, sites, 16)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(lambda part: wins(above, best, *part), parts))
    return np.concatenate(found) if found else np.zeros((0, 0), dtype=np.int64)


def _shares(best: Ranks, worst: Ranks, index: pd.Index, top: int) -> pd.DataFrame:
    # Values that stand in the data, not between two of them: ranks are whole.
    low, high = np.quantile(worst, [0.025, 0.975], axis=1, method="inverted_cdf")
    return pd.DataFrame(
        {
            "first": (worst == 1).mean(axis=1),
            "first_possible": (best == 1).mean(axis=1),
            "among_first": (worst <= top).mean(axis=1),
            "among_first_possible": (best <= top).mean(axis=1),
            "rank_mean": worst.mean(axis=1, dtype=float),
            "rank_low": low.astype(int),
            "rank_high": high.astype(int),
        },
        index=index,
    )
