"""HiGHS: the one place that knows it. Same model, same answer: one thread, one seed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from renewal_gis.errors import RenewalGisError, needed

__all__ = ["Answer", "Progress", "Stop", "solve", "stoppable"]

Floats = npt.NDArray[np.float64]
Status = Literal["optimal", "feasible", "infeasible", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    best, bound
        Value of the best plan so far and what none can pass; None as long as there is none.
    gap
        Their distance, relative to the best plan; None as long as there is none.
    nodes
        Branches explored.
    """

    best: float | None
    bound: float | None
    gap: float | None
    nodes: int


class Stop:
    """Whether somebody asked to stop: Ctrl-C, or the caller's own sign."""

    def __init__(self, asked: Callable[[], bool] | None = None) -> None:
        self._asked = asked
        self.pressed = False

    def __bool__(self) -> bool:
        """Return whether to stop."""
        if not self.pressed and self._asked is not None and self._asked():
            self.pressed = True
        return self.pressed


@contextmanager
def stoppable(asked: Callable[[], bool] | None = None) -> Iterator[Stop]:
    """Turn Ctrl-C into a sign for the solver, while inside.

    An exception would leave the solver without its best plan. Python lets only the main thread listen
    to Ctrl-C; elsewhere the caller's sign alone counts.
    """
    stop = Stop(asked)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    press = _Press(stop)
    outer = signal.signal(signal.SIGINT, press)
    if isinstance(outer, _Press):
        press.outer = outer
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, outer)


class _Press:
    """What Ctrl-C does: it stops a search, and whatever the search is part of."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.outer: _Press | None = None

    def __call__(self, number: int, frame: Any) -> None:
        self.stop.pressed = True
        if self.outer is not None:
            self.outer(number, frame)


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status
        `optimal` within the gap asked, `feasible` (stopped with a plan), `infeasible`, or `stopped`
        (stopped before a first plan).
    values
        Value of each column; empty without a plan.
    bound
        What no plan can pass, in the objective's own direction.
    """

    status: Status
    values: Floats
    bound: float


def solve(
    *,
    cost: Floats,
    upper: Floats,
    whole: npt.NDArray[np.bool_],
    matrix: sparse.csr_matrix,
    low: Floats,
    high: Floats,
    maximise: bool = False,
    gap: float = 0.0,
    time_limit_s: float | None = None,
    node_limit: int | None = None,
    start: Floats | None = None,
    stop: Stop | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Answer:
    """Solve rows and columns.

    Raises
    ------
    MissingExtraError
        When highspy is not installed.
    """
    highs = _highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-9,
        "mip_feasibility_tolerance": 1e-7,
        "mip_detect_symmetry": False,  # measured: half-years look alike, and seeking it costs more
        **({} if time_limit_s is None else {"time_limit": float(time_limit_s)}),
        **({} if node_limit is None else {"mip_max_nodes": node_limit}),
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(_model(cost, upper, whole, matrix, low, high, maximise=maximise))
    if start is not None:
        _warm(highs, start)
    _listen(highs, stop, progress)
    highs.run()
    return _answer(highs)


def _highs() -> Any:
    return needed("highspy", extra="plan", purpose="Placing dwellings on sites").Highs()


def _model(
    cost: Floats,
    upper: Floats,
    whole: npt.NDArray[np.bool_],
    matrix: sparse.csr_matrix,
    low: Floats,
    high: Floats,
    *,
    maximise: bool,
) -> Any:
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(low)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(len(cost)), upper
    model.row_lower_, model.row_upper_ = low, high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    if whole.any():
        model.integrality_ = [kinds[int(one)] for one in whole]
    sense = highspy.ObjSense
    model.sense_ = sense.kMaximize if maximise else sense.kMinimize
    return model


def _warm(highs: Any, start: Floats) -> None:
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = list(start)
    highs.setSolution(solution)


def _listen(highs: Any, stop: Stop | None, progress: Callable[[Progress], None] | None) -> None:
    told: list[Progress] = []

    def watch(event: Any) -> None:
        if progress is not None:
            now = _progress(event.data_out)
            if not told or (now.best, now.bound) != (told[-1].best, told[-1].bound):
                told[:] = [now]
                progress(now)
        if stop is not None:
            event.interrupt(bool(stop))

    def check(event: Any) -> None:
        event.interrupt(bool(stop))

    highs.cbMipInterrupt.subscribe(watch)
    if stop is not None:
        highs.cbSimplexInterrupt.subscribe(check)


def _progress(seen: Any) -> Progress:
    # What HiGHS does not know yet is infinite; None equals itself, NaN would be told again and again.
    best, bound, gap = (
        float(value) if abs(value) < 1e30 else None
        for value in (seen.mip_primal_bound, seen.mip_dual_bound, seen.mip_gap)
    )
    return Progress(best=best, bound=bound, gap=gap, nodes=int(seen.mip_node_count))


def _answer(highs: Any) -> Answer:
    import highspy

    found, info = highs.getModelStatus(), highs.getInfo()
    states = highspy.HighsModelStatus
    if found in (states.kInfeasible, states.kUnboundedOrInfeasible):
        # Every column is bounded, so what HiGHS leaves open can only be infeasible.
        return Answer(status="infeasible", values=np.zeros(0), bound=float("nan"))
    stopped = (states.kTimeLimit, states.kInterrupt, states.kSolutionLimit)
    if found not in (states.kOptimal, *stopped):
        raise RenewalGisError(
            f"The solver gave up on the allocation ({highs.modelStatusToString(found)}). Check that "
            "capacities and journeys are of a usual size."
        )
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else float("nan")
    if info.primal_solution_status != highspy.kSolutionStatusFeasible:
        return Answer(status="stopped", values=np.zeros(0), bound=bound)
    values = np.asarray(highs.getSolution().col_value, dtype=float)
    done = found == states.kOptimal
    return Answer(status="optimal" if done else "feasible", values=values, bound=bound)
