"""The programme through its quarters: what each operation is, and since when.

An operation is told by its family: a demolition goes from standing to emptied to demolished, a production
from planned to under works to delivered, a rehabilitation from standing to under works to delivered. A step
is dated by its actual date, else by the date planned now, else by the date planned before.
"""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd

from renewal_gis.publishing.values import as_numbers, plain

__all__ = ["STATES", "calendar"]

# In the order of the work; the page draws the least advanced one where several share a place.
STATES: Final = ("planned", "standing", "emptied", "works", "demolished", "delivered")

_STEPS: Final[dict[str, dict[str, str]]] = {
    "demolition": {"rehoused": "emptied", "demolished": "demolished"},
    "production": {"works_ordered": "works", "delivered": "delivered"},
    "rehabilitation": {"works_ordered": "works", "delivered": "delivered"},
}
_FIRST: Final = {
    "demolition": "standing", "production": "planned", "rehabilitation": "standing",
}  # fmt: skip
_DEMOLITIONS: Final = ("01",)
# Work on dwellings that stand: change of use, requalification, residentialisation, service, private housing.
_REHABILITATIONS: Final = ("03", "04", "05", "06", "07", "12")
_PLACES: Final = ("site", "perimeter", "commune")
_DATES: Final = ("actual", "planned_now", "planned_before")


def calendar(
    operations: pd.DataFrame | None, milestones: pd.DataFrame | None
) -> dict[str, Any] | None:
    """Return what each operation is, quarter by quarter.

    Parameters
    ----------
    operations
        Table `operations`: `family`, `name`, `dwellings`, and any of `site`, `perimeter`, `commune`.
    milestones
        Table `milestones`: `operation`, `step`, and any of `actual`, `planned_now`,
        `planned_before`; a missing date is looked for in the next of the three.

    Returns
    -------
    dict or None
        `first` and `last`: quarters counted from year 0 (`4 * year + quarter - 1`); `undated`:
        operations of which no step that changes their state is dated; `operations`: one record
        each, whose `steps` are `[quarter, state, day, planned]` in the order of time. None when
        nothing is dated.

    Notes
    -----
    A step that comes in an earlier quarter than the one before it does not take the operation back.

    Examples
    --------
    >>> work = pd.DataFrame({"family": ["01"], "dwellings": [40]}, index=["OP1"])
    >>> dates = pd.DataFrame(
    ...     {"operation": ["OP1"], "step": ["demolished"], "actual": ["2013-06-04"]}
    ... )
    >>> told = calendar(work, dates)
    >>> told["operations"][0]["steps"], divmod(told["first"], 4)
    ([[8053, 'demolished', '2013-06-04', False]], (2013, 1))
    """
    if operations is None or milestones is None or not len(operations) or not len(milestones):
        return None
    dated = _dated(milestones)
    told = [
        _told(operations, place, dated.get(str(index), []))
        for place, index in enumerate(operations.index)
    ]
    held = [one for one in told if one["steps"]]
    if not held:
        return None
    quarters = [step[0] for one in held for step in one["steps"]]
    return {
        "first": min(quarters),
        "last": max(quarters),
        "undated": len(told) - len(held),
        "operations": held,
    }


def _dated(milestones: pd.DataFrame) -> dict[str, list[tuple[str, pd.Timestamp, bool]]]:
    """Return the dated steps of each operation: step, day, whether the day is only planned."""
    held = [name for name in _DATES if name in milestones]
    days = pd.DataFrame({name: _days(milestones[name]) for name in held}, index=milestones.index)
    if days.empty:
        return {}
    first = days.bfill(axis=1).iloc[:, 0]
    actual = days["actual"].notna() if "actual" in days else pd.Series(False, index=days.index)
    found: dict[str, list[tuple[str, pd.Timestamp, bool]]] = {}
    for operation, step, day, done in zip(
        milestones["operation"], milestones["step"], first, actual, strict=True
    ):
        if not pd.isna(day):
            found.setdefault(str(operation), []).append((str(step), day, not done))
    return found


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, errors="coerce", format="ISO8601")


def _told(
    operations: pd.DataFrame, place: int, dated: list[tuple[str, pd.Timestamp, bool]]
) -> dict[str, Any]:
    row = operations.iloc[place]
    family = str(plain(row.get("family")) or "")
    kind = _kind(family)
    states = _STEPS[kind]
    steps = sorted(
        ((day, states[step], planned) for step, day, planned in dated if step in states),
        key=lambda step: (step[0], STATES.index(step[1])),
    )
    return {
        "id": str(operations.index[place]),
        "name": plain(row.get("name")),
        "family": family,
        "kind": kind,
        "start": _FIRST[kind],
        "dwellings": _count(row.get("dwellings")),
        **{name: plain(row.get(name)) for name in _PLACES},
        "steps": _forward(steps),
    }


def _forward(steps: list[tuple[pd.Timestamp, str, bool]]) -> list[list[Any]]:
    """Keep the steps that bring the operation further."""
    kept: list[list[Any]] = []
    reached = -1
    for day, state, planned in steps:
        if STATES.index(state) > reached:
            reached = STATES.index(state)
            kept.append([_quarter(day), state, f"{day:%Y-%m-%d}", planned])
    return kept


def _kind(family: str) -> str:
    if family in _DEMOLITIONS:
        return "demolition"
    return "rehabilitation" if family in _REHABILITATIONS else "production"


def _count(value: Any) -> int:
    number = float(as_numbers([value])[0])
    return round(number) if math.isfinite(number) else 0


def _quarter(day: pd.Timestamp) -> int:
    return 4 * int(day.year) + (int(day.month) - 1) // 3
