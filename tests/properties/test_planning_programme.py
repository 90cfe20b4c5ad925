"""What must hold of any programme: of its allocation, its calendar and its account of dwellings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.errors import DataError
from renewal_gis.planning import (
    Problem,
    Rules,
    calendar_dates,
    dwelling_account,
    milestone_links,
    place,
    rule_prices,
    stock_balance,
    verify,
)

SITES = list("ABCD")
HALVES = ("2027-S1", "2027-S2")
PRODUCTS = ("plai", "plus", "pls", "intermediate", "free")
COMMUNES = ("59014", "59079")
FEW = settings(deadline=None, max_examples=12)
MANY = settings(deadline=None, max_examples=40)
START = pd.Timestamp("2027-01-01")


@st.composite
def problems(draw):
    count = len(SITES)
    sites = pd.DataFrame(
        {
            "capacity": draw(st.lists(st.integers(5, 40), min_size=count, max_size=count)),
            "score": draw(st.lists(st.integers(0, 100), min_size=count, max_size=count)),
            "veto": draw(st.lists(st.booleans(), min_size=count, max_size=count)),
            "sector": ["corridor", "corridor", "south", "south"],
        },
        index=SITES,
    )
    total = draw(st.integers(5, 50))
    products = pd.DataFrame({"low": [0.0, 2.0], "high": [np.nan, np.nan]}, index=["plai", "plus"])
    targets = pd.DataFrame({"at_least": [draw(st.integers(0, 20))], "at_most": [np.nan]}, ["south"])
    journeys = draw(st.lists(st.integers(1, 60), min_size=2 * count, max_size=2 * count))
    return Problem(
        sites=sites,
        products=products,
        total=total,
        half_years=HALVES,
        rules=Rules(
            minimum_size=draw(st.integers(0, 12)),
            plai_share=draw(st.sampled_from([0.3, 0.6])),
            sector_targets=targets,
        ),
        origins=pd.Series({"P": draw(st.integers(1, 20)), "Q": draw(st.integers(0, 20))}),
        journeys=pd.DataFrame(np.reshape(journeys, (2, count)).astype(float), ["P", "Q"], SITES),
    )


@FEW
@given(problem=problems(), objective=st.sampled_from(["access", "worst", "displacement"]))
def test_leaving_a_rule_out_never_worsens_the_best(problem, objective):
    try:
        plan = place(problem, objective=objective, gap=0)
    except DataError:
        return
    assert verify(plan, problem) == ()
    prices = rule_prices(problem, objective=objective, gap=0)
    sign = -1 if objective == "displacement" else 1
    for rule in prices.index:
        free = place(problem.without(rule), objective=objective, gap=0)
        assert sign * (free.value - plan.value) >= -1e-6
        assert abs(prices.at[rule, "value_without"] - free.value) <= 1e-6
    assert (prices["gained"] >= 0).all()


@FEW
@given(problem=problems(), more=st.integers(1, 15))
def test_more_room_never_worsens_the_best(problem, more):
    try:
        plan = place(problem, gap=0)
    except DataError:
        return
    roomy = problem.sites.assign(capacity=problem.sites["capacity"] + more)
    wide = Problem(**{**vars(problem), "sites": roomy})
    assert place(wide, gap=0).value >= plan.value - 1e-6


@st.composite
def calendars(draw):
    """Draw buildings that households of demolitions move into: dates, and who waits for whom."""
    count = draw(st.integers(1, 4))
    rows = [
        (name, step, START + pd.Timedelta(days=draw(st.integers(0, 900))))
        for n in range(count)
        for name, names in (
            (f"P{n}", ("permit", "works_ordered", "delivered")),
            (f"D{n}", ("rehoused", "demolished")),
        )
        for step in names
    ]
    milestones = pd.DataFrame(rows, columns=["operation", "step", "planned_now"])
    milestones.index = milestones["operation"] + "." + milestones["step"]
    moves = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=5)
    )
    dependencies = pd.DataFrame(
        [(f"P{one}", f"D{two}") for one, two in moves], columns=["before", "after"]
    )
    return milestones, milestone_links(milestones, dependencies=dependencies)


@MANY
@given(calendar=calendars(), data=st.data(), days=st.integers(1, 800))
def test_a_later_milestone_brings_nothing_forward(calendar, data, days):
    milestones, links = calendar
    late = milestones.copy()
    name = data.draw(st.sampled_from(list(milestones.index)))
    late.loc[name, "planned_now"] += pd.Timedelta(days=days)
    before, after = (calendar_dates(table, links) for table in (milestones, late))
    delay = (after["forecast"] - before["forecast"]) / pd.Timedelta(days=1)
    assert (delay >= 0).all()
    assert (delay <= days).all()
    assert (after["earliest"] >= before["earliest"]).all()


@MANY
@given(calendar=calendars())
def test_a_forecast_keeps_every_link_and_every_plan(calendar):
    milestones, links = calendar
    dates = calendar_dates(milestones, links)
    for link in links.itertuples():
        gap = dates.at[link.after, "forecast"] - dates.at[link.before, "forecast"]
        assert gap >= pd.Timedelta(days=link.days)
    assert (dates["forecast"] >= milestones["planned_now"]).all()
    assert (dates["earliest"] <= dates["forecast"]).all()
    assert (dates["float_days"] >= 0).all()


@st.composite
def programmes(draw):
    rows, steps = [], []
    for number in range(draw(st.integers(1, 8))):
        family = draw(st.sampled_from(["01", "02", "08"]))
        parts = {name: draw(st.one_of(st.none(), st.integers(0, 50))) for name in PRODUCTS}
        known = sum(part or 0 for part in parts.values())
        extra = draw(st.integers(0, 30))
        rows.append(
            {
                "family": family,
                "commune": draw(st.sampled_from(COMMUNES)),
                "dwellings": known + extra,
            }
            | parts
        )
        day = START + pd.Timedelta(days=draw(st.integers(0, 1500)))
        names = ("rehoused", "demolished") if family == "01" else ("delivered",)
        steps += [(f"OP{number}", step, day) for step in names]
    operations = pd.DataFrame(rows, index=[f"OP{n}" for n in range(len(rows))])
    milestones = pd.DataFrame(steps, columns=["operation", "step", "planned_now"])
    keys = pd.MultiIndex.from_product([COMMUNES, PRODUCTS])
    before = pd.Series(draw(st.lists(st.integers(0, 90), min_size=10, max_size=10)), index=keys)
    return before, operations, milestones


@MANY
@given(programme=programmes())
def test_before_minus_demolished_plus_delivered_is_after(programme):
    before, operations, milestones = programme
    table = dwelling_account(before, operations, milestones).table
    assert (table["before"] - table["demolished"] + table["delivered"] == table["after"]).all()
    assert table["before"].sum() == before.sum()
    for family, column in (("01", "demolished"), ("02", "delivered")):
        rows = operations[operations["family"] == family]
        by_commune = rows.groupby("commune")["dwellings"].sum()
        told = table[column].groupby(level="commune").sum()
        assert (told == by_commune.reindex(told.index).fillna(0)).all()
        for product in PRODUCTS:
            counted = table[column].groupby(level="product").sum().get(product, 0)
            assert counted == rows[product].fillna(0).astype(int).sum()


@MANY
@given(programme=programmes())
def test_the_balance_of_the_last_quarter_is_all_that_came_minus_all_who_wait(programme):
    _, operations, milestones = programme
    table = stock_balance(operations, milestones).table
    for product in PRODUCTS:
        if product not in table.index.get_level_values("product"):
            continue
        part = table.xs(product, level="product")
        assert part["balance"].iloc[-1] == part["delivered"].sum() - part["to_rehouse"].sum()
        assert ((part["balance"] < 0) == (part["verdict"] == "short")).all()
    assert (
        table["delivered"].sum() == operations.loc[operations["family"] == "02", "dwellings"].sum()
    )
