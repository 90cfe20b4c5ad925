"""What a ranking rests on: how far a weight, the anchors or the list of criteria may change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.scoring.criteria import Criterion
from renewal_gis.scoring.opinions import tau_b
from renewal_gis.scoring.ranking import Ranking, rank

__all__ = ["anchor_changes", "leave_one_out", "stretched", "weight_intervals", "weight_lines"]

Floats = npt.NDArray[np.float64]

_PLACES = 9  # as in the ranking of record


def weight_intervals(ranking: Ranking) -> pd.DataFrame:
    """Return how far each weight may go before the first site, or the order, changes.

    Parameters
    ----------
    ranking
        Result of `rank`. Sites with a missing measure are left out.

    Returns
    -------
    DataFrame
        One row per criterion with a weight: `criterion`, `weight` (its share of all weights, 0 to 1),
        `first_low` and `first_high` (shares between which every site of rank 1 stays first),
        `order_low` and `order_high` (shares between which no site passes one it was behind; sites with
        equal scores may part). NaN without a complete site.

    Notes
    -----
    The other weights keep their proportions, so a score is t·p + (1 − t)·r: p the points on the
    criterion, r the weighted mean on the others. The gap of two sites is a straight line in the share t,
    and the interval is where no line changes its sign: exact, nothing is drawn.

    References
    ----------
    Triantaphyllou, E. and Sánchez, A. (1997). A sensitivity analysis approach for some deterministic
    multi-criteria decision-making methods. Decision Sciences 28(1), 151–194.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [10.0, 4.0], "b": [4.0, 8.0]}, index=["A", "B"])
    >>> both = [Criterion(name=name, measure=name, best=10, worst=0) for name in "ab"]
    >>> weight_intervals(rank(table, both)).loc[0, ["weight", "first_low", "first_high"]].tolist()
    [0.5, 0.4, 1.0]
    """
    whole = ranking.summary["score"].notna().to_numpy()
    score = ranking.summary["score"].to_numpy(dtype=float)[whole]
    rows = []
    for name, share, own, rest in weight_lines(ranking, whole):
        row = {"criterion": name, "weight": share}
        ahead = score[:, None] > score[None, :]
        first = (
            (score == score.max())[:, None] & ~np.eye(len(score), dtype=bool)
            if len(score)
            else ahead
        )
        for word, pairs in (("first", first), ("order", ahead)):
            row[f"{word}_low"], row[f"{word}_high"] = _span(own, rest, share, pairs)
        rows.append(row)
    columns = ["criterion", "weight", "first_low", "first_high", "order_low", "order_high"]
    return pd.DataFrame(rows, columns=columns)


def weight_lines(
    ranking: Ranking, sites: npt.NDArray[np.bool_]
) -> Iterator[tuple[str, float, Floats, Floats]]:
    """Yield, for each criterion with a weight, its share and the two ends of every site's score.

    Yields
    ------
    tuple
        Name, share of all weights, points on the criterion (share 1), weighted mean of the others
        (share 0; the same points where there is no other).
    """
    shares = ranking.weights()
    shares = shares[shares > 0]
    matrix = ranking.points.loc[:, shares.index].to_numpy(dtype=float)[sites]
    for place, (name, share) in enumerate(shares.items()):
        own = matrix[:, place]
        others = np.delete(shares.to_numpy(), place)
        rest = (
            np.delete(matrix, place, axis=1) @ (others / others.sum())
            if len(others)
            else own.copy()
        )
        yield str(name), float(share), own, rest


def anchor_changes(ranking: Ranking, *, change: float | None = None) -> pd.DataFrame:
    """Widen and narrow the span between anchors, all together and one criterion at a time.

    Parameters
    ----------
    ranking
        Result of `rank`.
    change
        Share of the span, between 0 and 1; `anchor_change` of `assumptions` (a quarter) by default.

    Returns
    -------
    DataFrame
        One row per trial: `criterion` (empty: all of them), `change` (above 0: wider), and what came of
        it: `first` (sites of rank 1, joined by commas), `same_first`, `moved` (sites whose rank changes),
        `largest_shift` (ranks), `tau_b` (Kendall's, against the ranking of record), `sites` (compared:
        those without a missing measure).

    Raises
    ------
    UsageError
        When `change` is not between 0 and 1.

    Notes
    -----
    The rule: each value of an anchor moves away from, or towards, the middle of the first and the last
    one, by `change` of its distance; points stay. 5 and 20 minutes become 3.125 and 21.875, or 6.875 and
    18.125.
    """
    held = assumption("anchor_change").value if change is None else change
    if not 0 < held < 1:
        raise UsageError(
            f"Anchors are moved by a share of their span above 0 and below 1, got {held}."
        )
    rows = []
    for name in ["", *(c.name for c in ranking.criteria if c.weight > 0)]:
        for sign in (-1.0, 1.0):
            tried = [
                stretched(c, sign * held) if name in ("", c.name) else c for c in ranking.criteria
            ]
            rows.append({"criterion": name, "change": sign * held} | _against(ranking, tried))
    return pd.DataFrame(rows)


def leave_one_out(ranking: Ranking) -> pd.DataFrame:
    """Withdraw each criterion in turn and rank again.

    Parameters
    ----------
    ranking
        Result of `rank`.

    Returns
    -------
    DataFrame
        One row per criterion with a weight: `criterion`, then `first`, `same_first`, `moved`,
        `largest_shift`, `tau_b` and `sites` as in `anchor_changes`. Empty when there is only one.
    """
    counted = [criterion for criterion in ranking.criteria if criterion.weight > 0]
    rows = [
        {"criterion": gone.name} | _against(ranking, [c for c in counted if c is not gone])
        for gone in counted
        if len(counted) > 1
    ]
    columns = ["criterion", "first", "same_first", "moved", "largest_shift", "tau_b", "sites"]
    return pd.DataFrame(rows, columns=columns)


def stretched(criterion: Criterion, change: float) -> Criterion:
    """Return the criterion with the span of its anchors wider (above 0) or narrower by a share.

    Examples
    --------
    >>> stretched(Criterion(name="s", measure="m", best=5, worst=20), 0.25).curve
    ((3.125, 100.0), (21.875, 0.0))
    """
    middle = (criterion.curve[0][0] + criterion.curve[-1][0]) / 2
    moved = tuple((middle + (at - middle) * (1 + change), worth) for at, worth in criterion.curve)
    if criterion.anchors:
        return replace(criterion, anchors=moved)
    return replace(criterion, best=moved[0][0], worst=moved[1][0])


def _against(ranking: Ranking, criteria: Sequence[Criterion]) -> dict[str, object]:
    """Rank the same values by other criteria and compare with the ranking of record."""
    asked = [replace(criterion, measure=criterion.name) for criterion in criteria]
    tried = rank(ranking.values, asked).summary
    record = ranking.summary
    both = record["score"].notna() & tried["score"].notna()
    # Ranks among the same sites, so that one more complete site moves nobody.
    ranks, others = (
        table.loc[both, "score"].rank(method="min", ascending=False) for table in (record, tried)
    )
    shifts = (ranks - others).abs()
    return {
        "first": ", ".join(map(str, others.index[others == 1])),
        "same_first": bool(((ranks == 1) == (others == 1)).all()),
        "moved": int((shifts > 0).sum()),
        "largest_shift": int(shifts.max()) if len(shifts) else 0,
        "tau_b": tau_b(record.loc[both, "score"], tried.loc[both, "score"]),
        "sites": int(both.sum()),
    }


def _span(
    own: Floats, rest: Floats, share: float, pairs: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the shares between which, for each pair, the first of the two stays at least as good."""
    if not len(own):
        return float("nan"), float("nan")
    one, other = np.nonzero(pairs)
    at_none = np.round(rest[one] - rest[other], _PLACES)
    at_all = np.round(own[one] - own[other], _PLACES)
    slope = at_all - at_none
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = -at_none / slope
    # Equal now, whatever the rounding: the zero is here.
    now = np.round((1 - share) * at_none + share * at_all, _PLACES) <= 0
    zero = np.where(now, share, zero)
    low = max(0.0, float(np.max(zero[slope > 0], initial=0.0)))
    high = min(1.0, float(np.min(zero[slope < 0], initial=1.0)))
    return min(low, share), max(high, share)
