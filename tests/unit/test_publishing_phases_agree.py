"""The page's quarters and the calendar of the programme date the same things on the same days."""

from __future__ import annotations

import pandas as pd
from browser.scenes import milestones, operations
from demo_tables import demo

from renewal_gis.planning.calendar_links import dates_of
from renewal_gis.planning.ledger import DEMOLITION, PRODUCTION
from renewal_gis.publishing.phases import calendar

# The last state of each kind, and the milestone that brings it.
LAST = {
    "demolished": "demolished",
    "delivered": "delivered",
    "emptied": "rehoused",
    "works": "works_ordered",
}


def told_days(work: pd.DataFrame, dates: pd.DataFrame) -> dict[tuple[str, str], tuple[int, str]]:
    """Return, for each operation and milestone the page shows, its quarter and its day."""
    held = calendar(work, dates)
    assert held is not None
    return {
        (one["id"], LAST[state]): (quarter, day)
        for one in held["operations"]
        for quarter, state, day, _ in one["steps"]
    }


def check(work: pd.DataFrame, dates: pd.DataFrame) -> int:
    """Compare every day the page shows with the planning room's; return how many there are."""
    days = dates_of(dates)
    planned = {
        (str(operation), str(step)): day
        for operation, step, day in zip(dates["operation"], dates["step"], days, strict=True)
    }
    shown = told_days(work, dates)
    for key, (quarter, day) in shown.items():
        expected = planned[key]
        assert day == f"{expected:%Y-%m-%d}", key
        assert quarter == 4 * expected.year + expected.quarter - 1, key
    return len(shown)


def test_the_days_of_a_small_ledger_agree() -> None:
    # One step of six comes after the operation is delivered: the page does not take it back.
    assert check(operations(), milestones()) == 5


def test_the_days_of_the_demonstration_agree() -> None:
    assert check(demo("operations"), demo("milestones")) > 50


def test_what_is_demolished_and_delivered_at_the_end_is_what_the_ledger_counts() -> None:
    work, dates = demo("operations"), demo("milestones")
    held = calendar(work, dates)
    assert held is not None
    final = {one["id"]: one["steps"][-1][1] for one in held["operations"]}
    dated = dates_of(dates).notna()
    for family, state in ((DEMOLITION, "demolished"), (PRODUCTION, "delivered")):
        done = set(dates.loc[dated & (dates["step"] == state), "operation"].astype(str))
        wanted = {str(name) for name in work.index[work["family"] == family]} & done
        assert wanted
        assert {name for name, last in final.items() if last == state} >= wanted
