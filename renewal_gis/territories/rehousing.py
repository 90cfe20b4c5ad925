"""Minutes won or lost by the households who are rehoused, and how sure the difference is.

A household of a demolished perimeter is compared with itself: where it lives today, where it would live.
When a scenario does not say who goes where, the households of each perimeter are spread over its sites
as its dwellings are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.territories.inputs import Floats, numbers
from renewal_gis.territories.resampling import drawn, interval
from renewal_gis.territories.scenarios import Origins, Scenario, origins, shares_of_sites

__all__ = ["rehousing", "scenario_differences"]


def rehousing(
    scenarios: Sequence[Scenario],
    *,
    sites: pd.DataFrame,
    stock: pd.DataFrame,
    homes: pd.DataFrame,
    high_is_good: Collection[str] = (),
) -> pd.DataFrame:
    """Compare where rehoused households live today with where each scenario takes them.

    Parameters
    ----------
    scenarios
        Scenarios that `check_scenarios` accepts.
    sites
        Measures of the sites; the columns that `homes` has too are told.
    stock
        Table `stock`, with `dwellings`, `fate`, `perimeter`.
    homes
        Measures of the stock, on its index.
    high_is_good
        Measures of which more is better.

    Returns
    -------
    DataFrame
        One row per scenario, perimeter (and `all`) and measure: `scenario, perimeter, measure,
        households, today, there, change, worse_off, unknown`. `today` and `there` are means over the
        households for whom both are known, `change` = there − today (minutes lost when above zero),
        `worse_off` the share of them whose value gets worse, `unknown` the households for whom one is
        not known. NaN when none is known.

    Raises
    ------
    UsageError
        When `homes` is not on the stock's index.
    DataError
        When no dwelling is demolished.

    Examples
    --------
    >>> stock = pd.DataFrame({"dwellings": [2], "fate": ["demolish"], "perimeter": ["P1"]})
    >>> table = rehousing([Scenario(name="south", dwellings={"A": 3, "B": 1})],
    ...                   sites=pd.DataFrame({"walk_min:ecole": [20.0, 4.0]}, index=["A", "B"]),
    ...                   stock=stock, homes=pd.DataFrame({"walk_min:ecole": [8.0]}))
    >>> table[["perimeter", "today", "there", "change", "worse_off"]].to_numpy().tolist()
    [['P1', 8.0, 16.0, 8.0, 0.75], ['all', 8.0, 16.0, 8.0, 0.75]]
    """
    held = _origins(stock, homes)
    measures = [name for name in homes.columns if name in sites.columns]
    rows: list[dict[str, object]] = []
    for scenario in scenarios:
        flows = _flows(scenario, held, sites.index)
        moves = {name: _moves(flows, name, sites, homes, held, high_is_good) for name in measures}
        for perimeter in [*held.names(), "all"]:
            inside = (
                np.ones(len(held.rows), bool) if perimeter == "all" else held.perimeter == perimeter
            )
            rows.extend(
                {"scenario": scenario.name, "perimeter": perimeter, "measure": name}
                | moves[name].told(inside)
                for name in measures
            )
    return pd.DataFrame(rows)


def scenario_differences(
    first: Scenario,
    second: Scenario,
    *,
    sites: pd.DataFrame,
    stock: pd.DataFrame,
    homes: pd.DataFrame,
    high_is_good: Collection[str] = (),
    draws: int | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell by how much two scenarios differ for the rehoused households, with bootstrap intervals.

    Parameters
    ----------
    first, second
        Two scenarios; differences are the first minus the second.
    sites, stock, homes, high_is_good
        As in `rehousing`.
    draws
        Number of draws; the assumption `bootstrap_draws` by default.
    seed, level
        Seed of the draws, and share of them inside the interval.

    Returns
    -------
    DataFrame
        One row per measure and figure: `measure, figure, first, second, difference, difference_low,
        difference_high, first_low, first_high, second_low, second_high, households, caution`. Figures:
        `change` (mean of there − today) and `worse_off` (share whose value gets worse), over the
        households for whom all is known. `caution` is `same-destinations` where the difference cannot
        vary: every building of each draw is sent to the same mix of sites.

    Raises
    ------
    UsageError
        When `homes` is not on the stock's index, or an option cannot be.
    DataError
        When no dwelling is demolished.

    Notes
    -----
    Buildings of origin are drawn with replacement, perimeter by perimeter, as many as each has, the
    same draws for both scenarios. The interval (percentiles of the draws) tells how much hangs on which
    buildings go; the sites, their measures and the flows are taken as they are. With flows in proportion
    to the dwellings, the difference of the mean changes is the difference of the sites alone, whoever
    moves: its interval has no width, which is told and is not certainty.

    Examples
    --------
    >>> stock = pd.DataFrame({"dwellings": [2, 2], "fate": ["demolish"] * 2, "perimeter": ["P1"] * 2})
    >>> sites = pd.DataFrame({"walk_min:ecole": [20.0, 4.0]}, index=["A", "B"])
    >>> homes = pd.DataFrame({"walk_min:ecole": [8.0, 2.0]})
    >>> table = scenario_differences(Scenario(name="a", dwellings={"A": 4}),
    ...                              Scenario(name="b", dwellings={"B": 4}),
    ...                              sites=sites, stock=stock, homes=homes, draws=20)
    >>> table[["figure", "first", "second", "difference"]].to_numpy().tolist()
    [['change', 15.0, -1.0, 16.0], ['worse_off', 1.0, 0.5, 0.5]]
    """
    number = int(assumption("bootstrap_draws").value) if draws is None else draws
    if number < 1 or not 0 < level < 1:
        raise UsageError(
            f"A bootstrap needs one draw or more and a level between 0 and 1, got {number} and {level}."
        )
    held = _origins(stock, homes)
    counts = _draws_by_perimeter(held, number, seed)
    flows = [_flows(scenario, held, sites.index) for scenario in (first, second)]
    rows: list[dict[str, object]] = []
    for name in (name for name in homes.columns if name in sites.columns):
        pair = [_moves(part, name, sites, homes, held, high_is_good) for part in flows]
        known = pair[0].known & pair[1].known
        values = [[getattr(moves, figure) for moves in pair] for figure in ("change", "worse_off")]
        told = _differences(values, known * held.households, counts, level)
        rows.extend(
            {"measure": name, "figure": figure} | row
            for figure, row in zip(("change", "worse_off"), told, strict=True)
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Moves:
    """One measure, for each building of origin: today, there, and how many are worse off."""

    households: Floats
    today: Floats
    there: Floats
    worse_off: Floats
    known: np.ndarray

    @property
    def change(self) -> Floats:
        return self.there - self.today

    def told(self, inside: np.ndarray) -> dict[str, float]:
        use = inside & self.known
        weight = self.households[use]
        total = float(weight.sum())

        def mean(values: Floats) -> float:
            return float((weight * values[use]).sum() / total) if total else np.nan

        whole = float(self.households[inside].sum())
        return {
            "households": whole,
            "today": mean(self.today),
            "there": mean(self.there),
            "change": mean(self.change),
            "worse_off": mean(self.worse_off),
            "unknown": whole - total,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class _Flow:
    """Where the households of one perimeter go: rows of the origins, rows of the sites, shares."""

    inside: np.ndarray
    sites: np.ndarray
    shares: Floats


def _flows(scenario: Scenario, held: Origins, sites: pd.Index) -> list[_Flow]:
    found = []
    for perimeter in held.names():
        shares = shares_of_sites(scenario, perimeter)
        shares = shares[shares > 0]
        found.append(
            _Flow(
                inside=np.flatnonzero(held.perimeter == perimeter),
                sites=sites.get_indexer(shares.index),
                shares=shares.to_numpy(dtype=float),
            )
        )
    return found


def _moves(
    flows: Sequence[_Flow],
    name: str,
    sites: pd.DataFrame,
    homes: pd.DataFrame,
    held: Origins,
    high_is_good: Collection[str],
) -> _Moves:
    today = numbers(homes[name])[held.rows]
    there, worse = np.empty(len(today)), np.empty(len(today))
    sign = -1.0 if name in high_is_good else 1.0
    measured = numbers(sites[name])
    for flow in flows:
        values = measured[flow.sites]
        # A site without a value makes the destination unknown: it is neither near nor far.
        there[flow.inside] = float((flow.shares * values).sum())
        order = np.argsort(sign * values, kind="stable")
        # Share of the sites that are not worse than today, the best sites first.
        kept = np.append(0.0, np.cumsum(flow.shares[order]))
        as_good = np.searchsorted(sign * values[order], sign * today[flow.inside], side="right")
        worse[flow.inside] = kept[-1] - kept[as_good]
    known = np.isfinite(today) & np.isfinite(there)
    return _Moves(
        households=held.households, today=today, there=there, worse_off=worse, known=known
    )


def _origins(stock: pd.DataFrame, homes: pd.DataFrame) -> Origins:
    if not homes.index.equals(stock.index):
        raise UsageError("homes and stock must share one index.")
    return origins(stock)


def _draws_by_perimeter(held: Origins, draws: int, seed: int) -> Floats:
    generator = np.random.default_rng(seed)
    found = np.empty((draws, len(held.rows)))
    for perimeter in held.names():
        inside = np.flatnonzero(held.perimeter == perimeter)
        found[:, inside] = drawn(len(inside), draws, generator)
    return found


def _differences(
    figures: Sequence[Sequence[Floats]], weight: Floats, counts: Floats, level: float
) -> list[dict[str, object]]:
    """Tell each figure of the two scenarios, and their difference, with intervals."""
    use = weight > 0
    parts = [weight]
    for first, second in figures:
        one, two = np.where(use, first, 0.0), np.where(use, second, 0.0)
        parts += [weight * one, weight * two, weight * (one - two)]
    # One product of matrices: the draws are read once.
    columns = np.column_stack(parts)
    sums = counts @ columns
    told = []
    for place, (first, second) in enumerate(figures):
        row: dict[str, object] = {}
        for column, name in enumerate(("first", "second", "difference"), start=1 + 3 * place):
            row[name] = float(columns[:, column].sum() / weight.sum()) if use.any() else np.nan
            means = np.divide(
                sums[:, column], sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0
            )
            row[f"{name}_low"], row[f"{name}_high"] = interval(means, level)
        gap = (first - second)[use]
        same = len(gap) and np.ptp(gap) <= 1e-12 * max(1.0, float(np.abs(gap).max()))
        told.append(
            row
            | {
                "households": float(weight.sum()),
                "caution": "same-destinations" if same else "",
            }
        )
    return told
