"""What can be traded: the whole front between two objectives, and the price of each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewal_gis.errors import RenewalGisError, UsageError
from renewal_gis.planning.allocation import Search, no_plan, plan_from, search, solved
from renewal_gis.planning.allocation_plan import Objective, Plan
from renewal_gis.planning.allocation_problem import Problem, require_sound
from renewal_gis.planning.allocation_rows import Floats, Model, build
from renewal_gis.planning.allocation_solver import Progress, stoppable
from renewal_gis.planning.allocation_words import RULE_WORDS

__all__ = ["Front", "pareto_front", "rule_prices"]

_FLOORS = {"access": "access_at_least", "displacement": "displacement_at_most"}
_SIDE = 1e-3  # weight of the second objective, once both are of a like size
_SAME = 1e-7
_TOGETHER = 2  # searches at a time; the solver lets go of Python while it works


@dataclass(frozen=True, kw_only=True, eq=False)
class Front:
    """Plans none of which is better than another on both objectives.

    Attributes
    ----------
    objectives
        The two objectives.
    plans
        From the best on the first to the best on the second. The bound of each is what no plan as good
        on the other objective can pass.
    table
        One row per plan: `access`, `worst`, `minutes`, `displacement`, `sites`, `gap`.
    complete
        False when the search was stopped: there are more plans between, or beyond.
    """

    objectives: tuple[Objective, Objective]
    plans: tuple[Plan, ...]
    table: pd.DataFrame
    complete: bool


def pareto_front(
    problem: Problem,
    *,
    first: Objective = "access",
    second: Objective = "displacement",
    plans: int = 20,
    gap: float = 1e-3,
    time_limit_s: float | None = None,
    interrupt: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Front:
    """Return plans that trade one objective for another.

    Parameters
    ----------
    problem
        The question.
    first, second
        Two different objectives, `worst` not being the first.
    plans
        Most plans wanted, 2 or more; there are fewer when fewer differ.
    gap, time_limit_s, interrupt, progress
        As in `place`; the time is that of the whole front. Stopped, the front holds what was found.

    Returns
    -------
    Front

    Raises
    ------
    DataError
        When the data is at fault or no plan keeps every rule.
    UsageError
        When the objectives are the same, or fewer than two plans are asked.

    Notes
    -----
    The augmented epsilon-constraint method (Mavrotas, 2009, Effective implementation of the
    ε-constraint method in multi-objective mathematical programming): the second objective is held at
    evenly spaced levels, and weighs a little in the first, so that no plan found can be bettered on one
    without loss on the other, but for the gap. Levels of `worst` are scores of sites.

    Examples
    --------
    >>> sites = pd.DataFrame({"capacity": [40, 40], "score": [80.0, 50.0]}, index=["A", "B"])
    >>> front = pareto_front(Problem(
    ...     sites=sites, products=pd.DataFrame({"low": [40], "high": [40]}, index=["plus"]), total=40,
    ...     half_years=("2027-S1",), origins=pd.Series({"P": 40}),
    ...     journeys=pd.DataFrame({"A": [30.0], "B": [10.0]}, index=["P"])), plans=3)
    >>> front.table[["access", "displacement"]]
       access  displacement
    0    80.0          30.0
    1    65.0          20.0
    2    50.0          10.0
    """
    if first in (second, "worst") or plans < 2:
        raise UsageError(
            "A front needs two different objectives, the first being access or displacement, and at "
            "least two plans."
        )
    require_sound(problem, displacement="displacement" in (first, second))
    with stoppable(interrupt) as stop:
        way = Search(
            gap=gap, time_limit_s=time_limit_s, stop=stop, progress=progress, settle_ties=False
        )
        found: list[Plan] = []
        complete = True
        try:
            for plan in _trading(problem, first, second, plans, way):
                found.append(plan)  # noqa: PERF402  what was found must outlive a stop
        except RenewalGisError:
            if not found or not way.over:
                raise
            complete = False
        if not found:
            raise no_plan(problem, stop)
    kept = _undominated(found, first, second)
    complete = complete and all(plan.status == "optimal" for plan in found)
    table = pd.DataFrame([plan.measures.to_dict() | {"gap": plan.gap} for plan in kept])
    names = ["access", "worst", "minutes", "displacement", "sites", "gap"]
    return Front(
        objectives=(first, second), plans=tuple(kept), table=table[names], complete=complete
    )


def _trading(
    problem: Problem, first: Objective, second: Objective, plans: int, way: Search
) -> Iterator[Plan]:
    """Yield the two ends, then what lies between; nothing when no plan keeps every rule."""
    if second == "worst":
        yield from _by_floors(problem, first, plans, way)
        return
    start = _weighed(problem, first, second, way)
    if start is None:
        return
    yield start
    end = _weighed(problem, second, first, way)
    if end is None:
        return
    yield end
    levels = np.linspace(end.measures[second], start.measures[second], plans)[1:-1]
    if abs(start.measures[second] - end.measures[second]) <= _SAME:
        return

    def between(level: float) -> Plan | None:
        if way.over:
            raise RenewalGisError("The front was stopped.")
        return _weighed(_held(problem, second, level), first, second, way, told=problem)

    yield from _side_by_side(between, [float(level) for level in levels])


def _side_by_side(
    solved_at: Callable[[float], Plan | None], levels: Sequence[float]
) -> Iterator[Plan]:
    """Yield the plan of each level, in their order, a few being sought at a time.

    No search knows of another and each has its own solver, so the plans do not depend on how many run
    together.
    """
    with ThreadPoolExecutor(max_workers=_TOGETHER) as pool:
        asked = [pool.submit(solved_at, level) for level in levels]
        stopped: RenewalGisError | None = None
        for one in asked:
            try:
                plan = one.result()
            except RenewalGisError as fault:
                stopped = stopped or fault  # another may have ended before the stop
                continue
            if plan is not None:
                yield plan
    if stopped is not None:
        raise stopped


def _held(problem: Problem, objective: Objective, level: float) -> Problem:
    """Hold an objective at a level, unless a rule already holds it higher."""
    rule = _FLOORS[objective]
    asked = getattr(problem.rules, rule) if rule in problem.active else None
    if asked is not None:
        level = max(level, asked) if objective == "access" else min(level, asked)
    return problem.asking(**{rule: level})


def _weighed(
    problem: Problem,
    first: Objective,
    second: Objective,
    way: Search,
    *,
    told: Problem | None = None,
) -> Plan | None:
    """Return the best plan for the first objective, the second weighing a little."""
    model = build(problem, displacement=True)
    costs = {"access": _access(model), "displacement": _closeness(model)}
    main, side = costs[first], costs[second]
    side = _SIDE * side * (np.ptp(main) / max(float(np.ptp(side)), 1e-12))
    cost = main + side
    answer = solved(model, cost, way, maximise=True)
    if answer.status == "infeasible":
        return None
    slack = max(answer.bound - float(cost @ answer.values), 0.0)
    return plan_from(model, answer, first, slack=slack, problem=told or problem)


def _access(model: Model) -> Floats:
    return model.access() / model.problem.total


def _closeness(model: Model) -> Floats:
    return -model.displacement() / max(model.problem.households, 1)


def _by_floors(problem: Problem, first: Objective, plans: int, way: Search) -> Iterator[Plan]:
    """Raise the least score of the sites used, from one level to the next."""
    start = search(problem, first, way)
    if start is None:
        return
    top = search(problem, "worst", way)
    assert top is not None  # a plan exists
    scores = np.unique(problem.sites["score"].to_numpy(dtype=float))
    low, high = start.measures["worst"], top.measures["worst"]
    floors = scores[(scores > low + _SAME) & (scores <= high + _SAME)]
    chosen = np.unique(np.linspace(0, len(floors) - 1, min(plans - 1, len(floors))).astype(int))
    yield start
    for floor in floors[chosen]:
        if way.over:
            raise RenewalGisError("The front was stopped.")
        plan = search(problem.asking(worst_at_least=float(floor)), first, way)
        if plan is not None:
            yield plan


def _undominated(plans: Iterable[Plan], first: Objective, second: Objective) -> list[Plan]:
    """Keep the plans no other betters, each once, from the best on the first objective."""

    def worth(plan: Plan, objective: Objective) -> float:
        sign = -1.0 if objective == "displacement" else 1.0
        return round(sign * float(plan.measures[objective]), 9)

    ordered = sorted(plans, key=lambda plan: (-worth(plan, first), -worth(plan, second)))
    kept: list[Plan] = []
    for plan in ordered:
        if not kept or worth(plan, second) > worth(kept[-1], second):
            kept.append(plan)
    return kept


def rule_prices(
    problem: Problem,
    *,
    objective: Objective = "access",
    gap: float = 1e-4,
    time_limit_s: float | None = None,
    interrupt: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> pd.DataFrame:
    """Return what each rule costs: the best plan is sought again without it.

    Parameters
    ----------
    problem, objective, gap, time_limit_s, interrupt, progress
        As in `place`; the time is that of all searches together. Stopped, the rules not tried are
        left NaN.

    Returns
    -------
    DataFrame
        Indexed by rule, in the order of the problem: `en`, `fr`; `value` with the rule and
        `value_without` it; `gained` (never negative, in the objective's unit: points, or minutes or
        metres of displacement); `points_gained` (mean access), `minutes_gained` (mean walk of the
        sites' `minutes`, NaN without) and `displacement_gained`, each positive when life is better
        without the rule, and negative when it is worse: only the objective is sought; `gap`, the
        larger of the two.

    Raises
    ------
    DataError
        When the data is at fault or no plan keeps every rule.

    Examples
    --------
    >>> sites = pd.DataFrame({"capacity": [40, 40], "score": [80.0, 50.0], "veto": [True, False]},
    ...                      index=["A", "B"])
    >>> products = pd.DataFrame({"low": [40], "high": [40]}, index=["plus"])
    >>> problem = Problem(sites=sites, products=products, total=40, half_years=("2027-S1",))
    >>> rule_prices(problem).at["veto", "points_gained"]
    np.float64(30.0)
    """
    require_sound(problem, displacement=objective == "displacement")
    rules = [rule for rule in problem.active if rule != "total"]
    with stoppable(interrupt) as stop:
        way = Search(
            gap=gap, time_limit_s=time_limit_s, stop=stop, progress=progress, settle_ties=False
        )
        base = search(problem, objective, way)
        if base is None:
            raise no_plan(problem, stop)
        rows = [_price(problem, rule, objective, base, way) for rule in rules]
    return pd.DataFrame(rows, index=pd.Index(rules, name="rule"))


def _price(
    problem: Problem, rule: str, objective: Objective, base: Plan, way: Search
) -> dict[str, object]:
    en, fr = RULE_WORDS[rule]
    free = None
    if not way.over:
        try:
            free = search(problem.without(rule), objective, way)
        except RenewalGisError:
            if not way.over:
                raise
    nan = float("nan")
    sign = -1.0 if objective == "displacement" else 1.0
    if free is not None and sign * (free.value - base.value) < 0:
        free = base  # the plan that keeps the rule is a plan without it too: the gap hid it
    gained = {
        "points_gained": ("access", 1.0),
        "minutes_gained": ("minutes", -1.0),
        "displacement_gained": ("displacement", -1.0),
    }
    return {
        "en": en,
        "fr": fr,
        "value": base.value,
        "value_without": nan if free is None else free.value,
        "gained": nan if free is None else sign * (free.value - base.value),
        **{
            name: nan if free is None else way_up * (free.measures[key] - base.measures[key])
            for name, (key, way_up) in gained.items()
        },
        "gap": nan if free is None else max(base.gap, free.gap),
    }
