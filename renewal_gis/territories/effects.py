"""How far apart two sectors stand, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.territories.inputs import Floats, refuse_empty, share_one_index, weights
from renewal_gis.territories.resampling import (
    Counts,
    Side,
    drawn,
    interval,
    means,
    medians,
    superior,
)
from renewal_gis.territories.sorting import SortedMeasure, sort_measures

__all__ = ["CAUTIONS", "EFFECTS", "effect_sizes", "effects_between"]

EFFECTS: dict[str, tuple[str, str]] = {
    "mean_difference": ("Difference of the means", "Écart des moyennes"),
    "median_difference": ("Difference of the medians", "Écart des médianes"),
    "cliffs_delta": ("Cliff’s delta", "Delta de Cliff"),
    "superiority": (
        "Chance that a dwelling of the first sector is better served than one of the second",
        "Probabilité qu’un logement du premier secteur soit mieux desservi qu’un du second",
    ),
}
CAUTIONS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "few-clusters": (
        "Drawn from few communes: rather too narrow.",
        "Tiré de peu de communes\u202f: plutôt trop étroit.",
    ),
    "too-few-clusters": (
        "Too few communes to draw from, so buildings were drawn: too narrow.",
        "Trop peu de communes à tirer\u202f: les bâtiments le sont, et c’est trop étroit.",
    ),
    "no-clusters": (
        "Buildings drawn as if neighbours had nothing in common: too narrow.",
        "Bâtiments tirés comme si les voisins n’avaient rien en commun\u202f: trop étroit.",
    ),
}


def effect_sizes(
    measures: pd.DataFrame,
    *,
    sector: pd.Series,
    weight: pd.Series,
    of: tuple[str, str] = ("corridor", "south"),
    clusters: pd.Series | None = None,
    high_is_good: Collection[str] = (),
    draws: int | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two sectors: by how much they differ, with bootstrap intervals.

    Parameters
    ----------
    measures
        One row per building, one column per measure; NaN is missing and left out.
    sector, weight
        Sector, and dwellings or residents, of each building, on the same index.
    of
        The two sectors; differences are the first minus the second.
    clusters
        Commune (or IRIS, or square of a grid) of each building. Buildings of one commune share their
        school and their stop: drawing them apart makes the interval too narrow. Rows without a
        cluster form one together.
    high_is_good
        Measures of which more is better.
    draws
        Number of draws; the assumption `bootstrap_draws` by default.
    seed
        Seed of the draws: same seed, same bytes.
    level
        Share of the draws inside the interval.

    Returns
    -------
    DataFrame
        One row per measure and effect: `measure, effect, first, second, value, low, high, level, draws,
        method, units_first, units_second, caution`. Effects: `mean_difference` and
        `median_difference` in the unit of the measure; `cliffs_delta`, from -1 to 1, and
        `superiority` = (delta + 1) / 2, both towards the *better* value: above 0, and above one half,
        dwellings of the first sector are better served. NaN when a sector has no known value. The
        words of `caution` are in `CAUTIONS`.

    Raises
    ------
    UsageError
        When the tables do not share one index, the two sectors are one, or an option cannot be.
    DataError
        When a sector is empty, or a weight missing or negative.

    Notes
    -----
    Cliff's delta is exact: each pair of dwellings, one of each sector, counts once, in
    O(n log n). The interval is the percentile interval of a bootstrap that draws whole clusters with
    replacement, each sector apart, as many as it has. With five to thirty clusters such intervals
    tend to be too narrow (`few-clusters`); with fewer than five in a sector, buildings are drawn
    instead (`too-few-clusters`), and smaller clusters would serve better. Intervals tell how the
    result depends on which communes make up a sector; they know nothing of errors in the data.
    Drawing buildings costs draws × buildings for each measure, clusters next to nothing.

    References
    ----------
    Cliff (1993), Dominance statistics, Psychological Bulletin 114(3). Vargha and Delaney (2000),
    Journal of Educational and Behavioral Statistics 25(2). Cameron, Gelbach and Miller (2008),
    Bootstrap-based improvements for inference with clustered errors, Review of Economics and
    Statistics 90(3).

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 7.0, 6.0, 20.0]})
    >>> table = effect_sizes(homes, sector=pd.Series(["corridor"] * 2 + ["south"] * 2),
    ...                      weight=pd.Series([1, 1, 1, 1]), draws=50)
    >>> table.set_index("effect")["value"].to_dict()
    {'mean_difference': -7.0, 'median_difference': -1.0, 'cliffs_delta': 0.5, 'superiority': 0.75}
    """
    share_one_index(measures.index, sector=sector, weight=weight, clusters=clusters)
    held = weights(weight)
    if of[0] == of[1]:
        raise UsageError(f"Two different sectors are compared, got {of[0]!r} twice.")
    refuse_empty(sector, held, of)
    return effects_between(
        sort_measures(measures),
        sector=sector,
        weight=held,
        of=of,
        clusters=clusters,
        high_is_good=high_is_good,
        draws=draws,
        seed=seed,
        level=level,
    )


def effects_between(
    measures: Sequence[SortedMeasure],
    *,
    sector: pd.Series,
    weight: Floats,
    of: tuple[str, str],
    clusters: pd.Series | None,
    high_is_good: Collection[str],
    draws: int | None,
    seed: int,
    level: float,
) -> pd.DataFrame:
    """Compare two sectors on measures that are sorted already; see `effect_sizes`."""
    number = int(assumption("bootstrap_draws").value) if draws is None else draws
    if number < 1 or not 0 < level < 1:
        raise UsageError(
            f"A bootstrap needs one draw or more and a level between 0 and 1, got {number} and {level}."
        )
    members = [(sector == name).to_numpy(dtype=bool, na_value=False) for name in of]
    design = _design(members, clusters)
    generator = np.random.default_rng(seed)
    # Buildings are drawn by their rank on each measure: no order of the rows can matter.
    # The sample itself comes first, each unit once, and the draws after it.
    counts = [
        np.concatenate([np.ones((1, units), np.uint8), drawn(units, number, generator)])
        for units in design.units
    ]
    rows = []
    for measure in measures:
        sides = [
            _side(measure, member, weight, unit, units)
            for member, unit, units in zip(members, design.unit, design.units, strict=True)
        ]
        often = [held[:, : side.units] for held, side in zip(counts, sides, strict=True)]
        found = _effects(sides, often, better=1 if measure.name in high_is_good else -1)
        for effect in EFFECTS:
            low, high = interval(found[effect][1:], level)
            rows.append(
                {
                    "measure": measure.name, "effect": effect, "first": of[0], "second": of[1],
                    "value": float(found[effect][0]), "low": low, "high": high, "level": level,
                    "draws": number, "method": design.method, "units_first": design.units[0],
                    "units_second": design.units[1], "caution": design.caution,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Design:
    """What is drawn in each of the two sectors."""

    method: str
    caution: str
    units: list[int]
    unit: list[npt.NDArray[np.intp] | None]


def _design(members: list[npt.NDArray[np.bool_]], clusters: pd.Series | None) -> _Design:
    sizes = [int(member.sum()) for member in members]
    if clusters is None:
        return _Design(method="buildings", caution="no-clusters", units=sizes, unit=[None, None])
    names = clusters.astype(object).where(clusters.notna(), "").astype(str).to_numpy()
    units, codes = [], []
    for member in members:
        present, code = np.unique(names[member], return_inverse=True)
        whole = np.full(len(names), -1, dtype=np.intp)
        whole[member] = code
        units.append(len(present))
        codes.append(whole)
    if min(units) < assumption("clusters_least").value:
        return _Design(
            method="buildings", caution="too-few-clusters", units=sizes, unit=[None, None]
        )
    few = min(units) < assumption("clusters_enough").value
    return _Design(
        method="clusters", caution="few-clusters" if few else "", units=units, unit=list(codes)
    )


def _side(
    measure: SortedMeasure,
    member: npt.NDArray[np.bool_],
    weight: Floats,
    unit: npt.NDArray[np.intp] | None,
    units: int,
) -> Side:
    held = measure.order[member[measure.order] & (weight[measure.order] > 0)]
    values, heavy = measure.values[held], weight[held]
    if unit is not None:
        return Side(values=values, weight=heavy, unit=unit[held], units=units)
    ranked = np.lexsort((heavy, values))
    return Side(
        values=values, weight=heavy[ranked], unit=np.arange(len(held)), units=max(len(held), 1)
    )


def _effects(sides: list[Side], counts: list[Counts], *, better: int) -> dict[str, Floats]:
    first, second = sides
    delta = better * superior(first, second, (counts[0], counts[1]))
    return {
        "mean_difference": means(first, counts[0]) - means(second, counts[1]),
        "median_difference": medians(first, counts[0]) - medians(second, counts[1]),
        "cliffs_delta": delta,
        "superiority": (delta + 1) / 2,
    }
