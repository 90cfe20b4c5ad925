"""Dwellings placed on sites: the best plan there is, with its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
import pandas as pd
from scipy import sparse

from renewal_gis.errors import DataError, RenewalGisError, UsageError
from renewal_gis.planning.allocation_conflict import find_conflict
from renewal_gis.planning.allocation_plan import (
    Objective,
    Plan,
    household_flows,
    plan_measures,
    verify,
)
from renewal_gis.planning.allocation_problem import Problem, require_sound
from renewal_gis.planning.allocation_rows import Floats, Model, build
from renewal_gis.planning.allocation_solver import Answer, Progress, Stop, solve, stoppable
from renewal_gis.planning.allocation_words import OBJECTIVES, proof_words

__all__ = ["Search", "no_plan", "place", "plan_from", "search", "solved"]

_TIE_NODES = 50  # branches spent on settling ties: a count, so that reruns agree


class Search:
    """How a search is led: the gap asked, the time left, who may stop it, who is told."""

    def __init__(
        self,
        *,
        gap: float = 1e-4,
        time_limit_s: float | None = None,
        stop: Stop | None = None,
        progress: Callable[[Progress], None] | None = None,
        settle_ties: bool = True,
    ) -> None:
        self.gap = gap
        self.stop = stop
        self.progress = progress
        self.settle_ties = settle_ties
        self._end = None if time_limit_s is None else monotonic() + time_limit_s

    @property
    def time_left_s(self) -> float | None:
        """Seconds left; None without a limit."""
        return None if self._end is None else max(self._end - monotonic(), 0.0)

    @property
    def over(self) -> bool:
        """Whether time ran out or somebody asked to stop."""
        return bool(self.stop) or self.time_left_s == 0


def place(
    problem: Problem,
    *,
    objective: Objective = "access",
    gap: float = 1e-4,
    time_limit_s: float | None = None,
    interrupt: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Place dwellings on sites as well as can be.

    Parameters
    ----------
    problem
        The question: sites, products, half-years, rules.
    objective
        `access` maximises the mean score of the dwellings; `worst` the score of the worst site used,
        then the mean; `displacement` minimises the mean journey from the places of origin.
    gap
        Distance to the best, relative to the value, at which a plan is called optimal.
    time_limit_s
        Seconds after which the best plan so far is returned. A plan stopped by time is not sure to be
        found again; all others are.
    interrupt
        Called now and then; True returns the best plan so far. Ctrl-C does the same.
    progress
        Called now and then with the best value (for `access` the sum of the dwellings' points, for
        `displacement` that of the journeys), the bound and the gap.

    Returns
    -------
    Plan
        Verified outside the solver.

    Raises
    ------
    DataError
        When the data is at fault, or when no plan keeps every rule: the message names the smallest
        set of rules that cannot hold together.
    UsageError
        When the objective is unknown, the gap negative, or the rule `total` left out.
    MissingExtraError
        When highspy is not installed.
    RenewalGisError
        When the search is stopped before a first plan is known.

    Notes
    -----
    A mixed-integer programme solved by HiGHS (Huangfu and Hall, 2018, Parallelizing the dual revised
    simplex method) with one thread and a fixed seed. A second search then delivers the same dwellings
    on the same sites as early as the rules let.

    Examples
    --------
    >>> sites = pd.DataFrame({"capacity": [30, 50], "score": [80.0, 60.0]}, index=["A", "B"])
    >>> products = pd.DataFrame({"low": [12, 28], "high": [12, 28]}, index=["plai", "plus"])
    >>> plan = place(Problem(sites=sites, products=products, total=40, half_years=("2027-S1",)))
    >>> plan.table.groupby("site")["dwellings"].sum().to_dict()
    {'A': 30, 'B': 10}
    >>> plan.proof_en
    'Mean access of the dwellings: 75.00 points; no plan passes 75.00: within 0.00 %.'
    """
    if objective not in OBJECTIVES:
        raise UsageError(f"No objective called {objective}. Known: {', '.join(OBJECTIVES)}.")
    if not gap >= 0:
        raise UsageError(f"gap = {gap} is no gap; give 0 or more.")
    if "total" in problem.relaxed:
        raise UsageError("Without a number of dwellings to place there is no mean to compare.")
    require_sound(problem, displacement=objective == "displacement")
    with stoppable(interrupt) as stop:
        way = Search(gap=gap, time_limit_s=time_limit_s, stop=stop, progress=progress)
        plan = search(problem, objective, way)
        if plan is None:
            raise no_plan(problem, stop)
    return plan


def no_plan(problem: Problem, stop: Stop | None) -> DataError:
    """Return the error that says why nothing is feasible."""
    conflict = find_conflict(problem, stop=stop)
    if conflict is None:
        return DataError(
            "No plan: some households cannot reach any site. Give their journeys, or leave these "
            "places of origin out."
        )
    return DataError(conflict.en)


def search(problem: Problem, objective: Objective, way: Search) -> Plan | None:
    """Return the best plan found; None when no plan keeps every rule.

    Raises
    ------
    RenewalGisError
        When stopped before a first plan is known, or when the plan found fails its verification.
    """
    if objective == "worst":
        return _best_worst(problem, way)
    displacement = objective == "displacement"
    model = build(problem, displacement=displacement)
    cost = model.displacement() if displacement else model.access()
    answer = solved(model, cost, way, maximise=not displacement)
    if answer.status == "infeasible":
        return None
    if answer.status == "optimal" and way.settle_ties and not way.over:
        answer = _early(model, answer, way)
    scale = problem.households if displacement else max(problem.total, 1)
    return plan_from(model, answer, objective, bound=answer.bound / scale)


def solved(model: Model, cost: Floats, way: Search, *, maximise: bool) -> Answer:
    """Solve a model the way asked.

    Raises
    ------
    RenewalGisError
        When stopped before a first plan is known.
    """
    answer = solve(
        cost=cost,
        upper=model.upper,
        whole=model.whole,
        matrix=model.matrix,
        low=model.low,
        high=model.high,
        maximise=maximise,
        gap=way.gap,
        time_limit_s=way.time_left_s,
        stop=way.stop,
        progress=way.progress,
    )
    if answer.status == "stopped":
        raise RenewalGisError(
            "The search was stopped before a first plan was known. Give it more time, or fewer rules."
        )
    return answer


def _early(model: Model, answer: Answer, way: Search) -> Answer:
    """Deliver the same dwellings on the same sites as early as the rules let; the value stays."""
    counts = np.round(answer.values[model.dwellings]).sum(axis=1)
    columns = np.moveaxis(model.dwellings, 1, 2).reshape(counts.size, -1)
    each = columns.shape[1]
    kept = sparse.csr_matrix(
        (np.ones(columns.size), columns.ravel(), np.arange(0, columns.size + 1, each)),
        shape=(counts.size, len(model.upper)),
    )
    second = solve(
        cost=model.lateness(),
        upper=model.upper,
        whole=model.whole,
        matrix=sparse.csr_matrix(sparse.vstack([model.matrix, kept])),
        low=np.append(model.low, counts.ravel()),
        high=np.append(model.high, counts.ravel()),
        node_limit=_TIE_NODES,
        start=answer.values,
        stop=way.stop,
        time_limit_s=way.time_left_s,
    )
    if second.status not in ("optimal", "feasible"):
        return answer
    return Answer(status=answer.status, values=second.values, bound=answer.bound)


def _best_worst(problem: Problem, way: Search) -> Plan | None:
    """Find the highest floor under which some plan stays: each floor is a question of yes or no."""
    asked = problem.rules.worst_at_least
    scores = sorted({float(score) for score in problem.sites["score"]})
    floors = [s for s in scores if "worst_at_least" not in problem.active or s >= (asked or 0)]
    best: Plan | None = None
    low, high = 0, len(floors) - 1  # floors above `high` are proved out of reach
    while low <= high:
        if best is not None and way.over:
            break
        # The lowest floor first: it tells whether there is any plan, and gives one to fall back on.
        middle = low if best is None else (low + high + 1) // 2
        try:
            plan = _any_plan(_above(problem, floors[middle]), problem, way)
        except RenewalGisError:
            if best is None:
                raise
            break
        if plan is None:
            high = middle - 1
            continue
        best = plan
        low = int(np.searchsorted(floors, plan.measures["worst"] - 1e-9)) + 1
    if best is None:
        return None
    bound = floors[high] if low <= high else best.value
    return _finished(problem, best, bound, way)


def _any_plan(floored: Problem, problem: Problem, way: Search) -> Plan | None:
    model = build(floored)
    answer = solved(model, np.zeros(len(model.upper)), way, maximise=False)
    if answer.status == "infeasible":
        return None
    return plan_from(model, answer, "worst", bound=float("nan"), problem=problem)


def _finished(problem: Problem, best: Plan, bound: float, way: Search) -> Plan:
    """Give the best floor its proof and, if there is time, the best mean access above it."""
    if not way.over:
        try:
            refined = search(_above(problem, best.value), "access", way)
        except RenewalGisError:
            refined = None
        if refined is not None:
            best = refined
    return _told(
        best.table,
        best.flows,
        problem,
        "worst",
        bound=max(bound, float(best.measures["worst"])),
        stopped=bound > best.measures["worst"] + 1e-9,
    )


def _above(problem: Problem, floor: float) -> Problem:
    held = replace(problem, relaxed=problem.relaxed - {"worst_at_least"})
    return held.asking(worst_at_least=floor)


def plan_from(
    model: Model,
    answer: Answer,
    objective: Objective,
    *,
    bound: float = float("nan"),
    slack: float | None = None,
    problem: Problem | None = None,
) -> Plan:
    """Return the plan in a solver's answer, measured and verified outside the solver.

    What no plan can pass is told by `bound`, or as a distance from the plan's own value by `slack`.

    Raises
    ------
    RenewalGisError
        When the plan breaks a rule of the problem.
    """
    problem = problem or model.problem
    counts = np.round(answer.values[model.dwellings]).astype(np.int64)
    site, half_year, product = np.nonzero(counts)
    table = pd.DataFrame(
        {
            "site": problem.sites.index.to_numpy()[site],
            "half_year": np.array(problem.half_years, dtype=object)[half_year],
            "product": problem.products.index.to_numpy()[product],
            "dwellings": counts[site, half_year, product],
        }
    )
    flows = household_flows(table, problem)
    stopped = answer.status != "optimal"
    return _told(table, flows, problem, objective, bound=bound, slack=slack, stopped=stopped)


def _told(
    table: pd.DataFrame,
    flows: pd.DataFrame,
    problem: Problem,
    objective: Objective,
    *,
    bound: float,
    stopped: bool,
    slack: float | None = None,
) -> Plan:
    measures = plan_measures(table, flows, problem)
    value = float(measures[objective])
    if slack is not None:
        bound = value - slack if objective == "displacement" else value + slack
    # The bound is a sum of many numbers: what it says beyond the last digits is noise.
    if np.isclose(bound, value, rtol=1e-7, atol=1e-7):
        bound = value
    gap = abs(bound - value) / max(abs(value), 1e-9)
    unit = problem.journey_unit if objective == "displacement" else "points"
    en, fr = proof_words(
        objective=objective, value=value, bound=bound, gap=gap, unit=unit, stopped=stopped
    )
    plan = Plan(
        table=table,
        flows=flows,
        objective=objective,
        value=value,
        bound=bound,
        gap=gap,
        status="stopped" if stopped else "optimal",
        measures=measures,
        proof_en=en,
        proof_fr=fr,
    )
    broken = verify(plan, problem)
    if broken:
        raise RenewalGisError("The plan found fails its verification: " + " ".join(broken))
    return plan
