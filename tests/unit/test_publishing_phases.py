"""Quarters and states of the programme: hand-made ledgers, and what must hold for any ledger."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from browser.scenes import milestones, operations
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.publishing.phases import STATES, calendar
from renewal_gis.schema.codes import FAMILIES, STEPS


def steps(family: str, *dated: tuple[str, str]) -> list[list[object]]:
    """Return the steps told of one operation, its dates being actual."""
    table = pd.DataFrame(
        [("A", step, pd.Timestamp(day)) for step, day in dated],
        columns=["operation", "step", "actual"],
    )
    work = pd.DataFrame({"family": [family], "dwellings": [1]}, index=["A"])
    told = calendar(work, table)
    return [] if told is None else told["operations"][0]["steps"]


def quarter(year: int, number: int) -> int:
    return 4 * year + number - 1


def test_a_demolition_is_emptied_then_demolished() -> None:
    assert steps("01", ("demolished", "2013-06-04"), ("rehoused", "2011-12-31")) == [
        [quarter(2011, 4), "emptied", "2011-12-31", False],
        [quarter(2013, 2), "demolished", "2013-06-04", False],
    ]


def test_a_production_is_under_works_then_delivered() -> None:
    told = steps("02", ("works_ordered", "2012-01-01"), ("delivered", "2013-03-31"))
    assert [(at, state) for at, state, *_ in told] == [
        (quarter(2012, 1), "works"),
        (quarter(2013, 1), "delivered"),
    ]


def test_what_each_family_begins_as() -> None:
    dates = pd.DataFrame(
        {"operation": list(FAMILIES), "step": ["demolished", *["delivered"] * (len(FAMILIES) - 1)],
         "actual": pd.Timestamp("2012-01-01")}
    )  # fmt: skip
    work = pd.DataFrame({"family": list(FAMILIES), "dwellings": 1}, index=list(FAMILIES))
    told = calendar(work, dates)
    assert told is not None
    begun = {one["family"]: one["start"] for one in told["operations"]}
    stands = {"01", "03", "04", "05", "06", "07", "12"}
    assert begun == {code: "standing" if code in stands else "planned" for code in FAMILIES}


def test_a_step_before_the_last_reached_one_takes_nothing_back() -> None:
    told = steps("02", ("delivered", "2012-01-01"), ("works_ordered", "2013-01-01"))
    assert [state for _, state, *_ in told] == ["delivered"]


def test_the_actual_date_wins_over_the_planned_ones() -> None:
    told = calendar(operations(), milestones())
    assert told is not None
    demolition, production, _ = told["operations"]
    assert demolition["steps"] == [
        [quarter(2011, 2), "emptied", "2011-05-02", False],
        [quarter(2012, 2), "demolished", "2012-06-30", True],
    ]
    assert production["steps"][1] == [quarter(2014, 1), "delivered", "2014-02-01", False]
    assert told["undated"] == 1
    assert (told["first"], told["last"]) == (quarter(2011, 2), quarter(2014, 1))


def test_the_date_planned_before_serves_when_nothing_else_is_known() -> None:
    dates = pd.DataFrame(
        {"operation": ["OP1"], "step": ["demolished"], "planned_before": ["2010-01-31"],
         "planned_now": [None]}
    )  # fmt: skip
    told = calendar(operations(), dates)
    assert told is not None
    assert told["operations"][0]["steps"] == [[quarter(2010, 1), "demolished", "2010-01-31", True]]


@pytest.mark.parametrize(
    "dates",
    [
        None,
        milestones().iloc[:0],
        milestones().drop(columns=["actual", "planned_now"]),
        milestones().assign(actual=pd.NaT, planned_now=pd.NaT),
        milestones().assign(actual="some day", planned_now=None),
        milestones().assign(step="unheard of"),
        milestones().assign(operation="nobody"),
    ],
    ids=[
        "none",
        "empty",
        "no date column",
        "no date",
        "no day",
        "unknown step",
        "unknown operation",
    ],
)
def test_nothing_dated_is_no_calendar(dates: pd.DataFrame | None) -> None:
    assert calendar(operations(), dates) is None


def test_missing_dwellings_and_families_are_told_as_nothing() -> None:
    bare = operations().assign(dwellings=[None, "x", 3.0, 1], family=["01", "99", None, "02"])
    told = calendar(bare, milestones())
    assert told is not None
    assert [one["dwellings"] for one in told["operations"]] == [0, 0, 3]
    kinds = [one["kind"] for one in told["operations"]]
    assert kinds == ["demolition", "production", "production"]


def test_the_tables_are_left_as_they_were() -> None:
    work, dates = operations(), milestones()
    calendar(work, dates)
    pd.testing.assert_frame_equal(work, operations())
    pd.testing.assert_frame_equal(dates, milestones())


@settings(max_examples=60, deadline=None)
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    dated=st.lists(
        st.tuples(
            st.sampled_from(sorted(STEPS)),
            st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)).map(str),
        ),
        max_size=8,
    ),
)
def test_states_only_go_forward_in_time(family: str, dated: list[tuple[str, str]]) -> None:
    told = steps(family, *dated)
    quarters = [int(str(step[0])) for step in told]
    ranks = [STATES.index(str(step[1])) for step in told]
    assert quarters == sorted(quarters)
    assert ranks == sorted(set(ranks))
