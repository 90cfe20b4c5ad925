"""Allocation: right answers by hand, prices, conflicts in words, interruption, reruns, bad input."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError, MissingExtraError, RenewalGisError, UsageError
from renewal_gis.planning import (
    Problem,
    Rules,
    allocation_front,
    find_conflict,
    pareto_front,
    place,
    rule_prices,
    stoppable,
    verify,
)
from renewal_gis.planning.allocation_problem import RULES
from renewal_gis.planning.allocation_words import _REMEDIES, RULE_WORDS

HALVES = ("2027-S1", "2027-S2")


def sites(**columns):
    table = {"capacity": [40, 40, 40], "score": [80.0, 60.0, 20.0], "minutes": [5.0, 10.0, 20.0]}
    return pd.DataFrame(table | columns, index=["A", "B", "C"])


def products(**limits):
    limits = limits or {"plus": (60, 60)}
    return pd.DataFrame.from_dict(limits, orient="index", columns=["low", "high"])


def problem(*, total=60, half_years=HALVES, rules=None, made=None, columns=None, **rest):
    return Problem(
        sites=sites(**(columns or {})),
        products=made if made is not None else products(),
        total=total,
        half_years=half_years,
        rules=rules or Rules(),
        **rest,
    )


HOUSEHOLDS = {
    "origins": pd.Series({"P": 30, "Q": 30}),
    "journeys": pd.DataFrame([[30.0, 20, 5], [10, 40, 15]], ["P", "Q"], ["A", "B", "C"]),
}


def by_site(plan):
    return plan.table.groupby("site")["dwellings"].sum().to_dict()


def test_the_best_sites_fill_first():
    plan = place(problem())
    assert by_site(plan) == {"A": 40, "B": 20}
    assert plan.value == pytest.approx((40 * 80 + 20 * 60) / 60)
    assert plan.measures["minutes"] == pytest.approx((40 * 5 + 20 * 10) / 60)
    assert (plan.gap, plan.status) == (0, "optimal")


def test_the_bound_of_a_displacement_is_a_floor_in_words():
    plan = place(problem(**HOUSEHOLDS), objective="displacement")
    assert "no plan goes below 7.50" in plan.proof_en
    assert "aucun plan ne descend sous 7,50" in plan.proof_fr
    front = pareto_front(problem(**HOUSEHOLDS), first="displacement", second="access", plans=3)
    told = [(one.objective, "goes below" in one.proof_en) for one in front.plans]
    assert told == [("displacement", True), ("displacement", True), ("access", False)]
    assert all(one.bound <= one.value for one in front.plans[:2])


def test_a_site_without_commune_is_named_when_the_ceiling_needs_one():
    communes = pd.DataFrame({"residences": [100], "social": [10]}, index=["59112"])
    for nothing in ("", None):
        asked = problem(
            rules=Rules(social_ceiling=0.5),
            columns={"commune": ["59112", nothing, "59112"]},
            communes=communes,
        )
        with pytest.raises(DataError, match="social_ceiling: no commune for B; say in which"):
            place(asked)


def test_ctrl_c_in_a_part_stops_the_whole():
    with stoppable() as whole:
        with stoppable() as part:
            signal.raise_signal(signal.SIGINT)
            assert part
        with stoppable() as later:
            assert not later
        assert whole
    with stoppable() as fresh:
        assert not fresh


def test_ties_go_to_the_earlier_half_year():
    assert set(place(problem()).table["half_year"]) == {"2027-S1"}


def test_the_worst_household_then_the_mean():
    plan = place(problem(columns={"score": [80.0, 60.0, 60.0]}), objective="worst")
    assert plan.value == 60
    assert by_site(plan)["A"] == 40
    assert "worst-placed" in plan.proof_en


def test_displacement_is_the_cheapest_transport():
    # Q to A: 30 × 10; P to C: 30 × 5.
    plan = place(problem(**HOUSEHOLDS), objective="displacement")
    assert plan.value == pytest.approx(7.5)
    assert plan.flows.to_dict("records") == [
        {"origin": "P", "site": "C", "households": 30},
        {"origin": "Q", "site": "A", "households": 30},
    ]
    assert "min" in plan.proof_en


@pytest.mark.parametrize(
    ("rules", "columns", "expected"),
    [
        (Rules(minimum_size=25), {}, {"A": 35, "B": 25}),
        (Rules(), {"veto": [True, False, False]}, {"B": 40, "C": 20}),
        (Rules(outside_qpv=True), {"qpv": [False, True, False]}, {"A": 40, "C": 20}),
        (
            Rules(urban_unit=("59001",)),
            {"commune": ["59001", "59172", "59001"]},
            {"A": 40, "C": 20},
        ),
        (
            Rules(sector_targets=pd.DataFrame({"at_least": [25], "at_most": [np.nan]}, ["south"])),
            {"sector": ["corridor", "corridor", "south"]},
            {"A": 35, "C": 25},
        ),
        (Rules(worst_at_least=60.0), {}, {"A": 40, "B": 20}),
    ],
)
def test_each_rule_moves_the_dwellings_it_should(rules, columns, expected):
    asked = problem(rules=rules, columns=columns)
    plan = place(asked)
    assert by_site(plan) == expected
    assert verify(plan, asked) == ()


def test_the_ceiling_counts_the_new_dwellings_and_closes_full_communes():
    communes = pd.DataFrame(
        {"residences": [100, 100, 1000], "social": [45, 60, 0]}, ["1", "2", "3"]
    )
    asked = problem(
        rules=Rules(social_ceiling=0.5),
        columns={"commune": ["1", "2", "3"]},
        made=products(plus=(40, 40), free=(20, 20)),
        communes=communes,
    )
    # A: social s of n with 45 + s <= (100 + n) / 2; B takes no social dwelling, C any.
    # A: 45 + 25 social dwellings of 100 + 40 is the ceiling. B is above it and takes free ones only:
    # the 5 that A has no room for. C takes the 15 PLUS left.
    placed = place(asked).table.groupby(["site", "product"])["dwellings"].sum()
    assert placed.to_dict() == {
        ("A", "free"): 15,
        ("A", "plus"): 25,
        ("B", "free"): 5,
        ("C", "plus"): 15,
    }


def test_the_share_of_plai_is_over_plai_and_plus():
    plan = place(
        problem(
            rules=Rules(plai_share=0.6),
            made=products(plai=(None, None), plus=(10, None), free=(20, None)),
        )
    )
    sums = plan.table.groupby("product")["dwellings"].sum()
    assert sums["plai"] >= 0.6 * (sums["plai"] + sums["plus"])


def test_time_has_its_own_rules():
    rules = Rules(pace=pd.Series(35, index=HALVES), needed=pd.Series({"2027-S1": 30}))
    asked = problem(rules=rules, columns={"available": ["2027-S2", None, None]})
    plan = place(asked)
    # A opens in the second half-year, where 30 may come: B takes the first 30.
    assert plan.table[["site", "half_year", "dwellings"]].values.tolist() == [
        ["A", "2027-S2", 30],
        ["B", "2027-S1", 30],
    ]


def test_prices_say_what_each_rule_costs_in_points_and_minutes():
    asked = problem(columns={"veto": [True, False, False]}, **HOUSEHOLDS)
    prices = rule_prices(asked)
    with_it, without = (40 * 60 + 20 * 20) / 60, (40 * 80 + 20 * 60) / 60
    assert prices.at["veto", "points_gained"] == pytest.approx(without - with_it)
    assert prices.at["veto", "minutes_gained"] == pytest.approx(
        (40 * 10 + 20 * 20 - 40 * 5 - 200) / 60
    )
    assert prices.at["mix", "gained"] == 0
    assert "total" not in prices.index


def test_the_front_goes_from_one_best_to_the_other():
    front = pareto_front(problem(**HOUSEHOLDS), plans=8)
    access, far = front.table["access"], front.table["displacement"]
    assert front.complete
    assert len(front.plans) >= 4
    assert access.is_monotonic_decreasing
    assert far.is_monotonic_decreasing
    assert access.iloc[0] == pytest.approx(place(problem()).value)
    assert far.iloc[-1] == pytest.approx(7.5)
    assert all(verify(plan, problem(**HOUSEHOLDS)) == () for plan in front.plans)


def test_a_conflict_is_said_in_both_languages_with_what_would_do():
    asked = problem(total=130, made=products(plus=(130, 130)), rules=Rules(minimum_size=5))
    conflict = find_conflict(asked)
    assert conflict.rules == ("total", "capacity")
    assert conflict.missing == {"capacity": 10.0}
    assert "find room for 10 more dwellings" in conflict.en
    assert "trouver la place de 10 logements de plus" in conflict.fr
    with pytest.raises(DataError, match="the capacity of the sites"):
        place(asked)


def test_a_plan_exists_no_conflict():
    assert find_conflict(problem()) is None


def test_every_rule_has_its_words():
    assert set(RULES) == set(RULE_WORDS) == set(_REMEDIES)


def large(seed=0):
    rng = np.random.default_rng(seed)
    count = 60
    table = pd.DataFrame(
        {"capacity": rng.integers(10, 60, count), "score": rng.uniform(0, 100, count).round(2)},
        index=[f"S{n:02d}" for n in range(count)],
    )
    journeys = rng.uniform(1, 50, (8, count)).round(1)
    return Problem(
        sites=table,
        products=products(plai=(200, 400), plus=(100, None), free=(50, 200)),
        total=600,
        half_years=tuple(f"{year}-S{half}" for year in (2027, 2028, 2029) for half in (1, 2)),
        rules=Rules(minimum_size=17, plai_share=0.6, access_at_least=45.0),
        origins=pd.Series(70, index=[f"P{n}" for n in range(8)]),
        journeys=pd.DataFrame(journeys, [f"P{n}" for n in range(8)], table.index),
    )


def test_the_same_question_gets_the_same_plan():
    one, two = (place(large(), gap=0.01) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.flows, two.flows)
    assert (one.value, one.bound, one.proof_fr) == (two.value, two.bound, two.proof_fr)


def test_a_sign_to_stop_returns_the_best_plan_so_far_with_its_gap():
    asked, seen = large(), []
    plan = place(
        asked,
        objective="displacement",
        gap=0,
        progress=seen.append,
        interrupt=lambda: any(told.best is not None for told in seen),
    )
    assert plan.status == "stopped"
    assert plan.gap > 0
    assert plan.bound < plan.value
    assert verify(plan, asked) == ()
    assert plan.proof_en.startswith("Stopped early.")
    assert plan.proof_fr.startswith("Arrêt anticipé.")


def test_ctrl_c_returns_the_best_plan_so_far_and_gives_the_key_back():
    before, asked, pressed = signal.getsignal(signal.SIGINT), large(), []

    def press(told):
        if told.best is not None and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    plan = place(asked, objective="displacement", gap=0, progress=press)
    assert pressed
    assert plan.status == "stopped"
    assert verify(plan, asked) == ()
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_the_caller_s_sign_stops():
    found, seen = [], []
    ask = {
        "gap": 0,
        "progress": seen.append,
        "interrupt": lambda: any(t.best is not None for t in seen),
    }
    worker = threading.Thread(
        target=lambda: found.append(place(large(), objective="displacement", **ask))
    )
    worker.start()
    worker.join()
    assert found[0].status == "stopped"


def test_no_time_at_all_is_a_sentence():
    with pytest.raises(RenewalGisError, match="before a first plan was known"):
        place(large(), objective="displacement", time_limit_s=0)


def test_a_stopped_front_holds_what_was_found(monkeypatch):
    solved, done = allocation_front.solved, []

    def counted(*given, **named):
        answer = solved(*given, **named)
        done.append(answer)
        return answer

    monkeypatch.setattr(allocation_front, "solved", counted)
    front = pareto_front(problem(**HOUSEHOLDS), plans=9, interrupt=lambda: len(done) >= 3)
    assert not front.complete
    assert (
        3 <= len(front.plans) <= 4
    )  # two levels are searched at a time: one may end after the stop


def test_a_missing_library_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(MissingExtraError, match=r"renewal-gis\[plan\]"):
        place(problem())


def test_verification_sees_what_is_wrong():
    asked = problem(rules=Rules(minimum_size=10), columns={"veto": [True, False, False]})
    plan = place(asked)
    moved = plan.table.assign(site="A", dwellings=[41, *plan.table["dwellings"][1:]])
    broken = " ".join(verify(replace(plan, table=moved), asked))
    for rule in ("total:", "capacity:", "veto:", "mix:"):
        assert rule in broken
    assert "its rows give" in broken
    assert "passes its own bound" in " ".join(verify(replace(plan, bound=0.0), asked))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sites": sites().set_axis(["A", "A", "B"])}, "A stands in more than one row"),
        ({"sites": sites(score=[1, None, 2])}, r"no usable score \(B\)"),
        ({"sites": sites(capacity=[1, -4, 2])}, r"no usable capacity \(B\)"),
        ({"sites": sites(capacity=[1.5, 4, 2])}, "whole numbers"),
        ({"sites": sites().iloc[:0]}, "the table is empty"),
        ({"sites": sites().drop(columns="score")}, "no column score"),
        ({"sites": sites(available=["2027-S1", "2031-S1", None])}, "2031-S1 is none of the half"),
        ({"sites": sites(veto=[True, None, False])}, "missing is not false"),
        ({"products": products(villa=(1, 2))}, "unknown villa"),
        ({"products": products(plus=(-1, 2))}, "negative"),
        ({"products": products(plus=(9, 2))}, "low is above high for plus"),
        ({"total": 0}, "no dwelling to place"),
        ({"half_years": ()}, "half_years"),
        ({"rules": Rules(outside_qpv=True)}, "no column qpv"),
        ({"rules": Rules(social_ceiling=50)}, "give a number from 0 to 1"),
        ({"rules": Rules(minimum_size=-3)}, "no whole number"),
        ({"rules": Rules(pace=pd.Series({"2040-S1": 3}))}, "2040-S1 is none"),
        ({"rules": Rules(displacement_at_most=10.0)}, "give origins and journeys"),
        ({**HOUSEHOLDS, "origins": pd.Series({"P": -3, "Q": 4})}, "whole numbers of 0 or more"),
    ],
)
def test_bad_input_is_a_sentence(change, message):
    with pytest.raises(DataError, match=message):
        place(replace(problem(), **change))


def test_all_faults_are_told_at_once():
    with pytest.raises(DataError, match=r"(?s)score.*villa"):
        place(replace(problem(), sites=sites(score=[1, None, 2]), products=products(villa=(1, 2))))


def test_a_call_at_fault_is_a_sentence():
    with pytest.raises(UsageError, match="No objective called beauty"):
        place(problem(), objective="beauty")
    with pytest.raises(UsageError, match="no gap"):
        place(problem(), gap=-1)
    with pytest.raises(UsageError, match="No rule called taste"):
        problem().without("taste")
    with pytest.raises(UsageError, match="no mean to compare"):
        place(problem().without("total"))
    with pytest.raises(UsageError, match="two different objectives"):
        pareto_front(problem(), first="worst")


def test_households_who_reach_no_site_are_a_sentence():
    cut = HOUSEHOLDS["journeys"].copy()
    cut.loc["P"] = np.nan
    with pytest.raises(DataError, match="cannot reach any site"):
        place(problem(**{**HOUSEHOLDS, "journeys": cut}), objective="displacement")


def test_the_question_is_not_changed():
    asked = problem(**HOUSEHOLDS)
    before = [frame.copy() for frame in (asked.sites, asked.products, asked.journeys)]
    place(asked, objective="displacement")
    for frame, copy in zip((asked.sites, asked.products, asked.journeys), before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
