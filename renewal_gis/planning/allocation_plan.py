"""A plan, what it is worth, and whether it keeps the rules: all worked out again without the solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.planning.allocation_problem import SOCIAL, Problem

__all__ = ["Objective", "Plan", "household_flows", "plan_measures", "verify"]

Objective = Literal["access", "worst", "displacement"]
_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Dwellings placed on sites, with the proof of how good that is.

    Attributes
    ----------
    table
        `site, half_year, product, dwellings`, one row per number above zero, in the order of the
        problem.
    flows
        `origin, site, households`: who goes where at the least displacement; empty without places of
        origin.
    objective
        `access` (points, the higher the better), `worst` (points) or `displacement` (the unit of the
        journeys, the lower the better).
    value
        What the plan is worth, worked out from the table.
    bound
        What no plan can pass; NaN when the search stopped before one was known.
    gap
        Distance from value to bound, relative to the value; NaN with the bound.
    status
        `optimal` (within the gap asked) or `stopped` (time ran out, or somebody stopped the search).
    measures
        `dwellings`, `sites`, `access`, `worst`, `minutes`, `displacement`: see `plan_measures`.
    proof_en, proof_fr
        The bound and the gap in words.
    """

    table: pd.DataFrame
    flows: pd.DataFrame
    objective: Objective
    value: float
    bound: float
    gap: float
    status: Literal["optimal", "stopped"]
    measures: pd.Series
    proof_en: str
    proof_fr: str


def plan_measures(table: pd.DataFrame, flows: pd.DataFrame, problem: Problem) -> pd.Series:
    """Return what a plan is worth under every objective, from its table alone.

    Returns
    -------
    Series
        `dwellings` and `sites` (counts), `access` (mean points of the dwellings), `worst` (points of
        the worst site used), `minutes` (mean of the sites' `minutes` over the dwellings; NaN when a
        site used has none), `displacement` (mean journey of the households; NaN without places of
        origin). All means are NaN for an empty plan.
    """
    placed = table["dwellings"].to_numpy(dtype=float)
    sites = problem.sites.loc[table["site"]]
    score = sites["score"].to_numpy(dtype=float)
    minutes = (
        sites["minutes"].to_numpy(dtype=float, na_value=np.nan)
        if "minutes" in sites.columns
        else np.full(len(table), np.nan)
    )
    total = placed.sum()
    return pd.Series(
        {
            "dwellings": total,
            "sites": float(table["site"].nunique()),
            "access": float(placed @ score) / total if total else np.nan,
            "worst": score.min() if total else np.nan,
            "minutes": float(placed @ minutes) / total if total else np.nan,
            "displacement": _mean_journey(flows, problem),
        }
    )


def _mean_journey(flows: pd.DataFrame, problem: Problem) -> float:
    moved = flows["households"].sum()
    if problem.journeys is None or not moved:
        return float("nan")
    journeys = [
        float(problem.journeys.at[origin, site])
        for origin, site in zip(flows["origin"], flows["site"], strict=True)
    ]
    return float(np.dot(flows["households"].to_numpy(dtype=float), journeys)) / float(moved)


def household_flows(table: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Return who goes where, at the least displacement for the dwellings of a plan.

    Parameters
    ----------
    table
        `site` and `dwellings`.
    problem
        With `origins` and `journeys`; without, or when no way exists, the result is empty.

    Returns
    -------
    DataFrame
        `origin, site, households`, one row per number above zero.

    Notes
    -----
    The transport problem of Hitchcock (1941), solved by scipy: households and dwellings are whole, so
    are the flows.
    """
    empty = pd.DataFrame({"origin": [], "site": [], "households": []}).astype({"households": int})
    if problem.origins is None or problem.journeys is None or not len(table):
        return empty
    placed = table.groupby("site", sort=False)["dwellings"].sum()
    cost = problem.journeys.loc[problem.origins.index, placed.index].to_numpy(dtype=float)
    moved = _transport(
        cost,
        problem.origins.to_numpy(dtype=float),
        placed.to_numpy(dtype=float),
        min(problem.households, float(placed.sum())),
    )
    if moved is None:
        return empty
    origins, sites = np.nonzero(moved)
    return pd.DataFrame(
        {
            "origin": problem.origins.index.to_numpy()[origins],
            "site": placed.index.to_numpy()[sites],
            "households": moved[origins, sites],
        }
    )


def _transport(
    cost: npt.NDArray[np.float64],
    supply: npt.NDArray[np.float64],
    room: npt.NDArray[np.float64],
    total: float,
) -> npt.NDArray[np.int64] | None:
    from scipy import sparse
    from scipy.optimize import linprog

    origins, sites = cost.shape
    leaving = sparse.kron(sparse.eye(origins), np.ones((1, sites)))
    entering = sparse.kron(np.ones((1, origins)), sparse.eye(sites))
    blocked = np.isnan(cost).ravel()
    found = linprog(
        np.nan_to_num(cost).ravel(),
        A_ub=sparse.vstack([leaving, entering]).tocsr(),
        b_ub=np.concatenate([supply, room]),
        A_eq=np.ones((1, cost.size)),
        b_eq=[total],
        bounds=np.column_stack([np.zeros(cost.size), np.where(blocked, 0.0, np.inf)]),
        method="highs-ds",
    )
    if not found.success:
        return None
    moved: npt.NDArray[np.int64] = np.round(found.x).astype(np.int64).reshape(cost.shape)
    return moved


def verify(plan: Plan, problem: Problem) -> tuple[str, ...]:
    """Work out a plan's value and every rule again, from its table; return what does not hold.

    Returns
    -------
    tuple of str
        One sentence per rule that is broken or number that is wrong; empty when all is right.

    Notes
    -----
    Nothing of the solver's rows is used: sums over the table, rule by rule.
    """
    table = plan.table
    return (
        *_wrong_numbers(plan, problem),
        *_broken_programme(table, problem),
        *_broken_land(table, problem),
        *_broken_time(table, problem),
        *_broken_mix(table, problem),
        *_broken_floors(plan, problem),
    )


def _wrong_numbers(plan: Plan, problem: Problem) -> Iterator[str]:
    measures = plan_measures(plan.table, plan.flows, problem)
    if not np.isclose(measures[plan.objective], plan.value, rtol=1e-9, atol=1e-9):
        yield f"The plan says {plan.value}, its rows give {measures[plan.objective]}."
    if (plan.table["dwellings"] <= 0).any():
        yield "A row places no dwelling."
    better = (
        plan.value - plan.bound if plan.objective != "displacement" else plan.bound - plan.value
    )
    if better > _TOLERANCE * max(1.0, abs(plan.value)):
        yield f"The plan ({plan.value}) passes its own bound ({plan.bound})."
    flows = plan.flows
    if problem.origins is not None and len(flows):
        left = flows.groupby("origin")["households"].sum()
        if (left > problem.origins.reindex(left.index)).any():
            yield "More households leave a place of origin than live there."
        entered = flows.groupby("site")["households"].sum()
        room = plan.table.groupby("site")["dwellings"].sum()
        if (entered > room.reindex(entered.index).fillna(0)).any():
            yield "More households enter a site than it has dwellings."


def _broken_programme(table: pd.DataFrame, problem: Problem) -> Iterator[str]:
    active = problem.active
    placed = int(table["dwellings"].sum())
    if "total" in active and placed != problem.total:
        yield f"total: {placed} dwellings placed, {problem.total} asked."
    if "mix" in active:
        sums = table.groupby("product")["dwellings"].sum().reindex(problem.products.index)
        sums = sums.fillna(0).astype(float)
        low, high = (problem.products[name].astype(float) for name in ("low", "high"))
        for product in problem.products.index[(sums < low) | (sums > high)]:
            yield f"mix: {sums[product]:.0f} {product} placed."


def _broken_land(table: pd.DataFrame, problem: Problem) -> Iterator[str]:
    active, rules = problem.active, problem.rules
    by_site = table.groupby("site", sort=False)["dwellings"].sum()
    if "capacity" in active:
        room = problem.sites["capacity"].astype(float).reindex(by_site.index)
        for site in by_site.index[by_site > room]:
            yield f"capacity: {by_site[site]} dwellings on {site}."
    for rule in ("veto", "urban_unit", "outside_qpv", "worst_at_least"):
        if rule in active:
            forbidden = problem.excluded(rule)
            for site in by_site.index[forbidden.reindex(by_site.index).to_numpy(dtype=bool)]:
                yield f"{rule}: dwellings on {site}."
    if "sector_targets" in active and rules.sector_targets is not None:
        sector = table["site"].map(problem.sites["sector"])
        sums = table["dwellings"].groupby(sector).sum()
        for name, row in rules.sector_targets.astype(float).iterrows():
            placed = float(sums.get(name, 0))
            if placed < row["at_least"] or placed > row["at_most"]:
                yield f"sector_targets: {placed:.0f} dwellings in {name}."
    most = rules.sites_at_most
    if "sites_at_most" in active and most is not None and len(by_site) > most:
        yield f"sites_at_most: {len(by_site)} sites used."


def _broken_time(table: pd.DataFrame, problem: Problem) -> Iterator[str]:
    active, rules = problem.active, problem.rules
    order = {name: place for place, name in enumerate(problem.half_years)}
    when = table["half_year"].map(order)
    if "available" in active:
        first = table["site"].map(problem.sites["available"]).map(order)
        for site in table.loc[when < first, "site"].unique():
            yield f"available: dwellings on {site} before it is free."
    operations = table.groupby(["site", "half_year"], sort=False)["dwellings"].sum()
    if "minimum_size" in active and rules.minimum_size:
        for site, half_year in operations.index[operations < rules.minimum_size]:
            yield f"minimum_size: {operations[site, half_year]} dwellings on {site} in {half_year}."
    if "operations_per_site" in active and rules.operations_per_site is not None:
        counts = operations.groupby("site").size()
        for site in counts.index[counts > rules.operations_per_site]:
            yield f"operations_per_site: {counts[site]} operations on {site}."
    by_time = table["dwellings"].groupby(table["half_year"]).sum().reindex(problem.half_years)
    by_time = by_time.fillna(0)
    for rule, sums, sign in (("pace", by_time, 1), ("needed", by_time.cumsum(), -1)):
        limits = getattr(rules, rule)
        if rule in active and limits is not None:
            limits = limits.dropna().astype(float)
            for name in limits.index[sign * (sums.reindex(limits.index) - limits) > 0]:
                yield f"{rule}: {sums[name]:.0f} dwellings in {name}."


def _broken_mix(table: pd.DataFrame, problem: Problem) -> Iterator[str]:
    active, rules = problem.active, problem.rules
    if "plai_share" in active and rules.plai_share is not None:
        plai, plus = (
            float(table.loc[table["product"] == name, "dwellings"].sum())
            for name in ("plai", "plus")
        )
        if plai < rules.plai_share * (plai + plus) - _TOLERANCE:
            yield f"plai_share: {plai:.0f} PLAI among {plai + plus:.0f}."
    if "social_ceiling" in active and problem.communes is not None:
        commune = table["site"].map(problem.sites["commune"]).astype(str)
        social = table["dwellings"].where(table["product"].isin(SOCIAL), 0)
        new = pd.DataFrame({"all": table["dwellings"], "social": social}).groupby(commune).sum()
        before = problem.communes.set_axis(problem.communes.index.astype(str)).astype(
            {"residences": float, "social": float}
        )
        ceiling = float(rules.social_ceiling or 0)
        for code, row in new.iterrows():
            homes, held = before.at[str(code), "residences"], before.at[str(code), "social"]
            over = held + row["social"] - ceiling * (homes + row["all"])
            if row["social"] > 0 and (over > _TOLERANCE or held > ceiling * homes):
                yield f"social_ceiling: {row['social']:.0f} social dwellings in {code}."


def _broken_floors(plan: Plan, problem: Problem) -> Iterator[str]:
    active, rules = problem.active, problem.rules
    measures = plan_measures(plan.table, plan.flows, problem)
    for rule, name, sign in (
        ("access_at_least", "access", 1.0),
        ("displacement_at_most", "displacement", -1.0),
    ):
        limit = getattr(rules, rule)
        # A missing measure keeps no rule: hence the form of the comparison.
        if rule in active and not sign * (measures[name] - limit) >= -_TOLERANCE:
            yield f"{rule}: {measures[name]:.3f}, {limit} asked."
