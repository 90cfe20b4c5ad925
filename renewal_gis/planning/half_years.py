"""Half-years, the step of a programme's contracts, and the dates that milestones give."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import STEPS

__all__ = ["Dates", "half_year", "half_years_between", "milestone_dates", "reached_on"]

Dates = Literal["expected", "planned_before", "planned_now", "actual"]
_PREFERRED: dict[str, tuple[str, ...]] = {
    "expected": ("actual", "planned_now", "planned_before"),
    "planned_before": ("planned_before",),
    "planned_now": ("planned_now",),
    "actual": ("actual",),
}


def half_year(dates: pd.Series) -> pd.Series:
    """Return the half-year of each date as text (`2009-S1`), empty where the date is missing.

    Examples
    --------
    >>> half_year(pd.Series(["2009-06-30", "2009-07-01", None])).tolist()
    ['2009-S1', '2009-S2', '']
    """
    days = pd.to_datetime(dates)
    texts = [
        "" if pd.isna(day) else f"{day.year:04d}-S{1 if day.month <= 6 else 2}"
        for day in days.tolist()
    ]
    return pd.Series(texts, index=dates.index, dtype=object, name="half_year")


def half_years_between(first: str, last: str) -> list[str]:
    """Return every half-year from `first` to `last`, both included; empty when `last` is earlier.

    Examples
    --------
    >>> half_years_between("2009-S2", "2010-S2")
    ['2009-S2', '2010-S1', '2010-S2']
    """
    start, end = (int(text[:4]) * 2 + int(text[-1]) - 1 for text in (first, last))
    return [f"{place // 2:04d}-S{place % 2 + 1}" for place in range(start, end + 1)]


def milestone_dates(
    operations: pd.Index, milestones: pd.DataFrame | None, step: str, *, dates: Dates = "expected"
) -> pd.Series:
    """Return the date of one step of each operation.

    Parameters
    ----------
    operations
        Identifiers of the operations.
    milestones
        Table `milestones`; None when there is none.
    step
        Code of the step (`delivered`).
    dates
        `expected` is the actual date, else the one planned now, else the one planned before.

    Returns
    -------
    Series
        `datetime64` on `operations`; NaT where the operation has no such date.

    Raises
    ------
    DataError
        An operation has the same step twice: its dwellings would be counted twice, or at the wrong
        time.
    UsageError
        The step or the kind of dates is not known.
    """
    if step not in STEPS or dates not in _PREFERRED:
        raise UsageError(
            f"No milestone {step!r} with dates {dates!r}. Steps: {', '.join(STEPS)}; "
            f"dates: {', '.join(_PREFERRED)}."
        )
    none = pd.Series(pd.NaT, index=operations, dtype="datetime64[us]", name=step)
    if milestones is None or not len(milestones):
        return none
    held = milestones[milestones["step"] == step]
    twice = sorted({str(name) for name in held["operation"][held["operation"].duplicated()]})
    if twice:
        raise DataError(
            f"milestones: the step {step!r} stands twice for {', '.join(twice)}. "
            "Keep one row per operation and step, or split the operation."
        )
    found = none.copy()
    for name in reversed([name for name in _PREFERRED[dates] if name in held.columns]):
        days = pd.to_datetime(held[name])
        days.index = pd.Index(held["operation"])
        days = days.reindex(operations).astype("datetime64[us]")
        found = days.where(days.notna(), found)
    return found.rename(step)


def reached_on(operations: pd.Index, milestones: pd.DataFrame, step: str) -> pd.Series:
    """Return the day each operation had really reached a step, or a later one.

    A building delivered has been engaged, even when nobody wrote down when: the first later step
    with an actual date tells the day by which it was.
    """
    order = list(STEPS)
    day = milestone_dates(operations, milestones, step, dates="actual")
    for later in order[order.index(step) + 1 :]:
        day = day.fillna(milestone_dates(operations, milestones, later, dates="actual"))
    return day.rename(step)
