"""An allocation as rows and columns: what the solver is given, each row under its rule's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from renewal_gis.planning.allocation_problem import SOCIAL, Problem

__all__ = ["Model", "build"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Row = tuple[str, Any, Any, float, float]
_FREE = np.inf
_EXCLUDING = ("veto", "urban_unit", "outside_qpv", "worst_at_least")


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """The rows and columns of a problem.

    Attributes
    ----------
    dwellings
        Column numbers of the dwellings: sites × half-years × products.
    operations
        Column numbers of the operations, 0 or 1: sites × half-years.
    flows
        Column numbers of the households: origins × sites; empty when nobody asks for displacement.
    upper, whole
        Upper bound of each column (all start at 0), and whether it is a whole number.
    matrix, low, high
        The rows and their limits.
    groups
        The rule each row belongs to; empty for what makes the model itself.
    """

    problem: Problem
    dwellings: Ints
    operations: Ints
    flows: Ints
    upper: Floats
    whole: npt.NDArray[np.bool_]
    matrix: sparse.csr_matrix
    low: Floats
    high: Floats
    groups: tuple[str, ...]

    def access(self) -> Floats:
        """Return the points each column brings to the sum of the dwellings' scores."""
        cost = np.zeros(len(self.upper))
        cost[self.dwellings] = self.problem.sites["score"].to_numpy(dtype=float)[:, None, None]
        return cost

    def lateness(self) -> Floats:
        """Return how many half-years each dwelling waits: what settles ties."""
        cost = np.zeros(len(self.upper))
        cost[self.dwellings] = np.arange(self.dwellings.shape[1])[None, :, None]
        return cost

    def displacement(self) -> Floats:
        """Return the journey of each household."""
        cost = np.zeros(len(self.upper))
        cost[self.flows] = np.nan_to_num(_journeys(self.problem))
        return cost


def build(problem: Problem, *, displacement: bool = False, loose: bool = False) -> Model:
    """Write a problem as rows.

    Parameters
    ----------
    problem
        The question.
    displacement
        Follow households from their place of origin.
    loose
        Keep every bound out of the columns, so that each rule stands in its own rows alone.
    """
    follow = displacement or "displacement_at_most" in problem.active
    numbers = _numbers(problem, follow=follow)
    dwellings, operations, flows, opened = numbers
    limit = _limit(problem)
    upper = np.full(int(opened.max(initial=flows.max(initial=operations.max()))) + 1, limit)
    upper[operations] = upper[opened] = 1.0
    whole = np.ones(len(upper), dtype=bool)
    if follow:
        journeys, origins = _journeys(problem), problem.origins
        assert origins is not None
        upper[flows] = np.where(np.isnan(journeys), 0.0, origins.to_numpy(dtype=float)[:, None])
        whole[flows] = False  # whole by themselves: supplies and dwellings are
    rows = [
        *_structure(problem, numbers, limit=limit, loose=loose),
        *_programme(problem, dwellings),
        *_land(problem, dwellings),
        *_time(problem, dwellings),
        *_operations(problem, dwellings, operations, opened),
        *_mix(problem, dwellings),
        *(_households(problem, dwellings, operations, flows) if follow else ()),
    ]
    matrix, low, high, groups = _stacked(rows, width=len(upper))
    return Model(
        problem=problem,
        dwellings=dwellings,
        operations=operations,
        flows=flows,
        upper=upper,
        whole=whole,
        matrix=matrix,
        low=low,
        high=high,
        groups=groups,
    )


def _numbers(problem: Problem, *, follow: bool) -> tuple[Ints, Ints, Ints, Ints]:
    sites, times, products = len(problem.sites), len(problem.half_years), len(problem.products)
    dwellings = np.arange(sites * times * products).reshape(sites, times, products)
    start = dwellings.size
    operations = start + np.arange(sites * times).reshape(sites, times)
    start += operations.size
    origins = len(problem.origins) if follow and problem.origins is not None else 0
    flows = start + np.arange(origins * sites).reshape(origins, sites)
    start += flows.size
    opened = start + np.arange(sites if "sites_at_most" in problem.active else 0)
    return dwellings, operations, flows, opened


def _limit(problem: Problem) -> float:
    """Return a number of dwellings no plan needs to exceed, whichever rules are left out."""
    rules = problem.rules
    asked = [float(problem.total), float(problem.products["low"].fillna(0).sum()), 1.0]
    if rules.sector_targets is not None:
        asked.append(float(rules.sector_targets["at_least"].fillna(0).sum()))
    if rules.needed is not None:
        asked.append(float(rules.needed.fillna(0).max()))
    return max(asked)


def _structure(problem: Problem, numbers: Any, *, limit: float, loose: bool) -> Iterator[Row]:
    """Dwellings stand in operations: none without one."""
    dwellings, operations, _, opened = numbers
    capacity = problem.sites["capacity"].to_numpy(dtype=float)
    tight = "capacity" in problem.active and not loose
    for site, row in enumerate(operations):
        most = min(capacity[site], limit) if tight else limit
        for time, operation in enumerate(row):
            columns = [*dwellings[site, time], operation]
            yield "", columns, [1.0] * (len(columns) - 1) + [-most], -_FREE, 0.0
            if len(opened):
                yield "", [operation, opened[site]], [1.0, -1.0], -_FREE, 0.0


def _programme(problem: Problem, dwellings: Ints) -> Iterator[Row]:
    if "total" in problem.active:
        yield "total", dwellings.ravel(), 1.0, problem.total, problem.total
    if "mix" in problem.active:
        for product, (low, high) in enumerate(_limits(problem.products, "low", "high")):
            yield "mix", dwellings[:, :, product].ravel(), 1.0, low, high


def _limits(table: pd.DataFrame, low: str, high: str) -> list[tuple[float, float]]:
    return list(
        zip(
            table[low].astype(float).fillna(0.0),
            table[high].astype(float).fillna(_FREE),
            strict=True,
        )
    )


def _land(problem: Problem, dwellings: Ints) -> Iterator[Row]:
    active, sites = problem.active, problem.sites
    if "capacity" in active:
        for site, capacity in enumerate(sites["capacity"].to_numpy(dtype=float)):
            yield "capacity", dwellings[site].ravel(), 1.0, -_FREE, capacity
    for rule in _EXCLUDING:
        if rule in active:
            out = problem.excluded(rule).to_numpy(dtype=bool)
            if out.any():
                yield rule, dwellings[out].ravel(), 1.0, -_FREE, 0.0
    if "sector_targets" in active and problem.rules.sector_targets is not None:
        targets = problem.rules.sector_targets
        limits = _limits(targets, "at_least", "at_most")
        for sector, (low, high) in zip(targets.index, limits, strict=True):
            inside = (sites["sector"] == sector).to_numpy(dtype=bool, na_value=False)
            yield "sector_targets", dwellings[inside].ravel(), 1.0, low, high
    if "access_at_least" in active:
        above = sites["score"].to_numpy(dtype=float) - float(problem.rules.access_at_least or 0)
        weights = np.broadcast_to(above[:, None, None], dwellings.shape)
        yield "access_at_least", dwellings.ravel(), weights.ravel(), -1e-7 * problem.total, _FREE


def _time(problem: Problem, dwellings: Ints) -> Iterator[Row]:
    active, names = problem.active, list(problem.half_years)
    if "available" in active:
        for site, first in enumerate(problem.sites["available"]):
            if not pd.isna(first) and names.index(first) > 0:
                early = dwellings[site, : names.index(first)]
                yield "available", early.ravel(), 1.0, -_FREE, 0.0
    if "pace" in active and problem.rules.pace is not None:
        for name, most in problem.rules.pace.dropna().items():
            yield "pace", dwellings[:, names.index(str(name))].ravel(), 1.0, -_FREE, float(most)
    if "needed" in active and problem.rules.needed is not None:
        for name, least in problem.rules.needed.dropna().items():
            until = dwellings[:, : names.index(str(name)) + 1]
            yield "needed", until.ravel(), 1.0, float(least), _FREE


def _operations(problem: Problem, dwellings: Ints, operations: Ints, opened: Ints) -> Iterator[Row]:
    active, rules = problem.active, problem.rules
    if "minimum_size" in active and rules.minimum_size:
        for site, row in enumerate(operations):
            for time, operation in enumerate(row):
                columns = [*dwellings[site, time], operation]
                sizes = [1.0] * (len(columns) - 1) + [-float(rules.minimum_size)]
                yield "minimum_size", columns, sizes, 0.0, _FREE
    if "operations_per_site" in active and rules.operations_per_site is not None:
        for row in operations:
            yield "operations_per_site", row, 1.0, -_FREE, float(rules.operations_per_site)
    if "sites_at_most" in active and rules.sites_at_most is not None:
        yield "sites_at_most", opened, 1.0, -_FREE, float(rules.sites_at_most)


def _mix(problem: Problem, dwellings: Ints) -> Iterator[Row]:
    products, rules = list(problem.products.index), problem.rules
    if "plai_share" in problem.active:
        share = float(rules.plai_share or 0)
        columns, weights = [], []
        for name, weight in (("plai", 1 - share), ("plus", -share)):
            if name in products:
                found = dwellings[:, :, products.index(name)].ravel()
                columns.append(found)
                weights.append(np.full(len(found), weight))
        if columns:
            yield "plai_share", np.concatenate(columns), np.concatenate(weights), 0.0, _FREE
    if "social_ceiling" in problem.active and problem.communes is not None:
        yield from _ceilings(problem, dwellings, products)


def _ceilings(problem: Problem, dwellings: Ints, products: list[str]) -> Iterator[Row]:
    ceiling, communes = float(problem.rules.social_ceiling or 0), problem.communes
    assert communes is not None
    social = np.array([name in SOCIAL for name in products])
    for commune in sorted({str(code) for code in problem.sites["commune"]}):
        inside = dwellings[(problem.sites["commune"].astype(str) == commune).to_numpy()]
        row = communes.loc[communes.index.astype(str) == commune].iloc[0]
        room = ceiling * float(row["residences"]) - float(row["social"])
        if room < 0:
            # Above the ceiling already: dwellings of other kinds must not buy social ones.
            yield "social_ceiling", inside[:, :, social].ravel(), 1.0, -_FREE, 0.0
        else:
            weights = np.broadcast_to(np.where(social, 1 - ceiling, -ceiling), inside.shape)
            yield "social_ceiling", inside.ravel(), weights.ravel(), -_FREE, room


def _households(problem: Problem, dwellings: Ints, operations: Ints, flows: Ints) -> Iterator[Row]:
    """Households leave their place of origin for a dwelling: one each, and none twice."""
    origins = problem.origins
    assert origins is not None
    rule = "displacement_at_most" if "displacement_at_most" in problem.active else ""
    supply = origins.to_numpy(dtype=float)
    for origin, row in enumerate(flows):
        yield "", row, 1.0, -_FREE, supply[origin]
        for site, column in enumerate(row):
            weights = [1.0] + [-supply[origin]] * operations.shape[1]
            yield "", [column, *operations[site]], weights, -_FREE, 0.0
    for site in range(flows.shape[1]):
        placed = dwellings[site].ravel()
        weights = [1.0] * len(flows) + [-1.0] * len(placed)
        yield "", [*flows[:, site], *placed], weights, -_FREE, 0.0
    yield rule, flows.ravel(), 1.0, problem.households, _FREE
    if rule:
        most = float(problem.rules.displacement_at_most or 0) * problem.households
        journeys = np.nan_to_num(_journeys(problem)).ravel()
        yield rule, flows.ravel(), journeys, -_FREE, most * (1 + 1e-9) + 1e-7


def _journeys(problem: Problem) -> Floats:
    if problem.journeys is None or problem.origins is None:
        return np.zeros((0, len(problem.sites)))
    table = problem.journeys.loc[problem.origins.index, problem.sites.index]
    found: Floats = table.to_numpy(dtype=float)
    return found


def _stacked(
    rows: Sequence[Row], *, width: int
) -> tuple[sparse.csr_matrix, Floats, Floats, tuple[str, ...]]:
    sizes = [len(columns) for _, columns, *_ in rows]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.concatenate([np.asarray(found, dtype=np.int64) for _, found, *_ in rows])
    values = np.concatenate(
        [
            np.broadcast_to(np.asarray(weights, dtype=float), (size,))
            for (_, _, weights, *_), size in zip(rows, sizes, strict=True)
        ]
    )
    matrix = sparse.csr_matrix((values, columns, starts), shape=(len(rows), width))
    low = np.array([row[3] for row in rows], dtype=float)
    high = np.array([row[4] for row in rows], dtype=float)
    return matrix, low, high, tuple(row[0] for row in rows)
