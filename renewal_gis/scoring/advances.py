"""What would change a site's rank: the smallest gain in one measure, the smallest change of one weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.scoring.criteria import Criterion, value_worth
from renewal_gis.scoring.ranking import Ranking
from renewal_gis.scoring.stability import weight_intervals, weight_lines

__all__ = [
    "Gain",
    "Hold",
    "WeightChange",
    "first_hold",
    "rank_with_weight",
    "smallest_gain",
    "smallest_weight_change",
]

Floats = npt.NDArray[np.float64]

_PLACES = 9  # as in the ranking of record


@dataclass(frozen=True, kw_only=True)
class Gain:
    """A gain in one measure that gives a better rank.

    Parameters
    ----------
    criterion
        Whose measure changes.
    value, needed
        The measure now, and the least change of it that is enough.
    points, points_needed
        What the two are worth.
    rank
        Rank it gives.
    """

    criterion: Criterion
    value: float
    needed: float
    points: float
    points_needed: float
    rank: int


@dataclass(frozen=True, kw_only=True)
class WeightChange:
    """A change of one weight that gives a better rank, the other weights unchanged.

    Parameters
    ----------
    criterion
        Whose weight changes.
    share, share_needed
        Its share of all weights now, and the nearest one beyond which the rank is better; there the
        site is level with the one it passes.
    weight_needed
        The weight that has this share; `criterion.weight` is the present one.
    rank
        Rank just beyond.
    """

    criterion: Criterion
    share: float
    share_needed: float
    weight_needed: float
    rank: int


@dataclass(frozen=True, kw_only=True)
class Hold:
    """The weight on which a first place rests most: between two weights it holds.

    Parameters
    ----------
    criterion
        Whose weight is nearest to an end.
    low, high
        Weights between which the site stays first, the others unchanged; 0 and infinite: no limit.
    """

    criterion: Criterion
    low: float
    high: float


def smallest_gain(ranking: Ranking, site: str) -> Gain | None:
    """Return the smallest gain in points, on one criterion, that gives a site the next better rank.

    Parameters
    ----------
    ranking
        Result of `rank`.
    site
        Identifier of the site.

    Returns
    -------
    Gain or None
        None for a site that is first or has no rank, or when no single criterion is enough. Between
        equal gains, the first criterion.

    Notes
    -----
    A score as high as the next one shares its rank.

    Examples
    --------
    >>> from renewal_gis.scoring import rank
    >>> table = pd.DataFrame({"walk": [5.0, 11.0]}, index=["A", "B"])
    >>> walk = Criterion(name="walk", measure="walk", best=5, worst=20)
    >>> smallest_gain(rank(table, [walk]), "B").needed
    5.0
    """
    score = ranking.summary["score"]
    own = score.loc[site]
    above = score[score > own]
    if pd.isna(own) or not len(above):
        return None
    shares = ranking.weights()
    found: Gain | None = None
    for criterion in ranking.criteria:
        if not criterion.weight > 0:
            continue
        points = float(ranking.points.at[site, criterion.name])
        needed = points + (float(above.min()) - float(own)) / float(shares[criterion.name])
        most = max(worth for _, worth in criterion.curve)
        if needed > most + 1e-7 or (
            found and needed - points >= found.points_needed - found.points
        ):
            continue
        needed = min(needed, most)
        found = Gain(
            criterion=criterion, value=float(ranking.values.at[site, criterion.name]),
            needed=value_worth(criterion, needed), points=points, points_needed=needed,
            rank=int((score > above.min()).sum()) + 1,
        )  # fmt: skip
    return found


def smallest_weight_change(ranking: Ranking, site: str) -> WeightChange | None:
    """Return the smallest change of one weight's share that gives a site a better rank.

    Parameters
    ----------
    ranking
        Result of `rank`. Sites with a missing measure are left out.
    site
        Identifier of the site.

    Returns
    -------
    WeightChange or None
        None for a site that is first or has no rank, or when no single weight is enough.

    Notes
    -----
    As one share changes and the others keep their proportions, two scores meet at most once: the rank
    can only change where the site meets another. All these places are looked at, and the rank is taken
    between one and the next, so that it does not hang on a draw.
    """
    summary = ranking.summary
    if pd.isna(summary["rank"].loc[site]) or summary["rank"].loc[site] == 1:
        return None
    whole = summary["score"].notna().to_numpy()
    place = int(np.flatnonzero(summary.index[whole] == site)[0])
    held = int(summary["rank"].loc[site])
    by_name = {criterion.name: criterion for criterion in ranking.criteria}
    found: WeightChange | None = None
    for name, share, own, rest in weight_lines(ranking, whole):
        for met, rank in _meetings(own, rest, place, share):
            closer = found is None or abs(met - share) < abs(found.share_needed - found.share)
            if rank < held and closer:
                criterion = by_name[name]
                found = WeightChange(
                    criterion=criterion, share=share, share_needed=met,
                    weight_needed=_weight(criterion, share, met), rank=rank,
                )  # fmt: skip
    return found


def first_hold(ranking: Ranking, site: str) -> Hold | None:
    """Return the weight on which the first place of a site rests most.

    Parameters
    ----------
    ranking
        Result of `rank`.
    site
        Identifier of the site.

    Returns
    -------
    Hold or None
        None for a site that is not alone in the first place, or that no single weight can take it from.
    """
    ranks = ranking.summary["rank"]
    if pd.isna(ranks.loc[site]) or ranks.loc[site] != 1 or (ranks == 1).sum() != 1:
        return None
    table = weight_intervals(ranking).set_index("criterion")
    by_name = {criterion.name: criterion for criterion in ranking.criteria}
    room = pd.concat(
        [
            (table["weight"] - table["first_low"]).where(table["first_low"] > 0),
            (table["first_high"] - table["weight"]).where(table["first_high"] < 1),
        ],
        axis=1,
    ).min(axis=1)
    if room.isna().all():
        return None
    name = str(room.idxmin())
    row, criterion = table.loc[name], by_name[name]
    return Hold(
        criterion=criterion,
        low=_weight(criterion, row["weight"], row["first_low"]),
        high=_weight(criterion, row["weight"], row["first_high"]),
    )


def rank_with_weight(ranking: Ranking, site: str, *, criterion: str, weight: float) -> int:
    """Return the rank of a site if one weight were another, the other weights unchanged.

    Parameters
    ----------
    ranking
        Result of `rank`. Sites with a missing measure are left out.
    site
        Identifier of a site without a missing measure.
    criterion
        Name of a criterion that has a weight.
    weight
        The weight tried, at least 0; with a single criterion it changes nothing.
    """
    whole = ranking.summary["score"].notna().to_numpy()
    place = int(np.flatnonzero(ranking.summary.index[whole] == site)[0])
    others = sum(c.weight for c in ranking.criteria if c.name != criterion)
    lines = {name: (own, rest) for name, _, own, rest in weight_lines(ranking, whole)}
    share = weight / (weight + others) if others else 1.0
    return int(_ranks(*lines[criterion], place, np.array([share]))[0])


def _meetings(own: Floats, rest: Floats, place: int, now: float) -> list[tuple[float, int]]:
    """Return the shares at which a site meets another one, and its rank just beyond, seen from now."""
    slope = (own - rest) - (own[place] - rest[place])
    with np.errstate(divide="ignore", invalid="ignore"):
        met = (rest[place] - rest) / slope
    met = np.unique(met[np.isfinite(met) & (met > 0) & (met < 1) & (np.abs(met - now) > 1e-12)])
    ends = np.concatenate(([0.0], met, [1.0]))
    beyond = (met + np.where(met > now, ends[2:], ends[:-2])) / 2
    ranks = _ranks(own, rest, place, beyond)
    return [(float(share), int(rank)) for share, rank in zip(met, ranks, strict=True)]


def _ranks(own: Floats, rest: Floats, place: int, shares: Floats) -> npt.NDArray[np.int64]:
    scores = np.round(shares[:, None] * own + (1 - shares[:, None]) * rest, _PLACES)
    ranks: npt.NDArray[np.int64] = (scores > scores[:, [place]]).sum(axis=1) + 1
    return ranks


def _weight(criterion: Criterion, share: float, asked: float) -> float:
    """Return the weight that has the share asked, the other weights unchanged."""
    if asked >= 1:
        return float("inf")
    others = criterion.weight * (1 - share) / share
    return float(others * asked / (1 - asked))
