"""When nothing is feasible: the smallest set of rules that cannot hold together, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy import sparse

from renewal_gis.planning.allocation_problem import Problem, require_sound
from renewal_gis.planning.allocation_rows import Model, build
from renewal_gis.planning.allocation_solver import Answer, Stop, solve
from renewal_gis.planning.allocation_words import conflict_words, remedy_words

__all__ = ["Conflict", "find_conflict"]

_MOST_SETS = 400  # smaller sets tried one by one; beyond, the set is only irreducible
_NOTHING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Rules that cannot hold together.

    Attributes
    ----------
    rules
        Their names: without any one of them, the others can hold.
    smallest
        No smaller set of rules is in conflict; False when there were too many sets to try.
    missing
        For each of these rules, by how much it alone must yield for all to hold, in the rule's own
        unit (dwellings, operations or sites); a rule that cannot save the plan alone is absent.
    en, fr
        The same in words.
    """

    rules: tuple[str, ...]
    smallest: bool
    missing: dict[str, float]
    en: str
    fr: str


def find_conflict(problem: Problem, *, stop: Stop | None = None) -> Conflict | None:
    """Return the smallest set of rules that cannot hold together; None when a plan exists.

    Parameters
    ----------
    problem
        The question.
    stop
        A sign to stop at; the search then raises nothing and returns the set found so far.

    Raises
    ------
    DataError
        When the question itself is at fault.

    Notes
    -----
    Deletion filter (Chinneck and Dravnieks, 1991, Locating minimal infeasible constraint sets in linear
    programs) over the named rules; then every smaller set, as long as there are few. How much each
    rule must yield comes from solving again with that rule elastic.

    Examples
    --------
    >>> import pandas as pd
    >>> sites = pd.DataFrame({"capacity": [30], "score": [50.0]}, index=["A"])
    >>> products = pd.DataFrame({"low": [0], "high": [None]}, index=["plus"])
    >>> problem = Problem(sites=sites, products=products, total=40, half_years=("2027-S1",))
    >>> find_conflict(problem).rules
    ('total', 'capacity')
    """
    require_sound(problem)
    model = build(problem, loose=True)
    active = problem.active
    if _holds(model, active):
        return None
    kept = _irreducible(model, active, stop)
    rules, smallest = _smaller(model, active, kept, stop)
    missing = _missing(model, rules, active)
    en, fr = conflict_words(rules, [remedy_words(rule, missing[rule]) for rule in missing])
    return Conflict(rules=rules, smallest=smallest, missing=missing, en=en, fr=fr)


def _irreducible(model: Model, active: Iterable[str], stop: Stop | None) -> tuple[str, ...]:
    kept = list(active)
    for rule in reversed(tuple(active)):
        if stop:
            break
        fewer = [name for name in kept if name != rule]
        if not _holds(model, fewer):
            kept = fewer
    return tuple(kept)


def _smaller(
    model: Model, active: tuple[str, ...], kept: tuple[str, ...], stop: Stop | None
) -> tuple[tuple[str, ...], bool]:
    tried = 0
    for size in range(1, len(kept)):
        tried += comb(len(active), size)
        if tried > _MOST_SETS or stop:
            return kept, False
        for rules in combinations(active, size):
            if not _holds(model, rules):
                return rules, True
    return kept, True


def _holds(model: Model, rules: Iterable[str]) -> bool:
    """Return whether these rules can hold together, whatever the others."""
    chosen = set(rules) | {""}
    rows = np.array([group in chosen for group in model.groups])
    held = (model.matrix[rows], model.low[rows], model.high[rows])
    # The relaxation is solved in an instant, and most conflicts show in it.
    for whole in (np.zeros_like(model.whole), model.whole):
        answer = _answer(model, *held, whole=whole)
        if answer.status == "infeasible":
            return False
    return True


def _answer(
    model: Model,
    matrix: sparse.csr_matrix,
    low: np.ndarray,
    high: np.ndarray,
    *,
    whole: np.ndarray,
) -> Answer:
    cost = np.zeros(len(model.upper))
    return solve(cost=cost, upper=model.upper, whole=whole, matrix=matrix, low=low, high=high)


def _missing(model: Model, rules: tuple[str, ...], active: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for rule in rules:
        shortfall = _shortfall(model, rule, active)
        if shortfall is not None and shortfall > _NOTHING:
            found[rule] = shortfall
    return found


def _shortfall(model: Model, rule: str, active: tuple[str, ...]) -> float | None:
    """Return by how much this rule alone must yield for all to hold; None when it cannot."""
    chosen = {*active, ""}
    rows = np.array([group in chosen for group in model.groups])
    elastic = np.flatnonzero(np.array(model.groups)[rows] == rule)
    matrix, count = model.matrix[rows], len(elastic)
    slack = sparse.csr_matrix(
        (np.ones(count), (elastic, np.arange(count))), shape=(matrix.shape[0], count)
    )
    cost = np.concatenate([np.zeros(matrix.shape[1]), np.ones(2 * count)])
    answer = solve(
        cost=cost,
        upper=np.concatenate([model.upper, np.full(2 * count, np.inf)]),
        whole=np.concatenate([model.whole, np.zeros(2 * count, dtype=bool)]),
        matrix=sparse.csr_matrix(sparse.hstack([matrix, slack, -slack])),
        low=model.low[rows],
        high=model.high[rows],
    )
    if answer.status != "optimal":
        return None
    return round(float(cost @ answer.values), 6)
