"""The calendar: what waits for what, dates, slippage, deadlines, who waits, the stock balance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning import (
    calendar_dates,
    calendar_findings,
    critical_paths,
    deadline_checks,
    dwelling_account,
    milestone_links,
    slippage,
    stock_balance,
    what_if,
)

DEMO = Path(__file__).parents[2] / "data" / "demo"


def steps(*rows):
    table = pd.DataFrame(
        rows, columns=["operation", "step", "planned_before", "planned_now", "actual"]
    )
    return table.set_axis([f"{row[0]}.{row[1]}" for row in rows])


# P builds 20 dwellings; D rehouses 18 households into them, then is demolished.
PROGRAMME = steps(
    ("P", "permit", "2026-10-01", "2027-01-01", None),
    ("P", "works_ordered", None, "2027-03-02", None),
    ("P", "delivered", None, "2028-03-01", None),
    ("D", "rehoused", None, "2028-03-01", None),
    ("D", "demolished", None, "2028-12-01", None),
)
MOVES = pd.DataFrame({"before": ["P"], "after": ["D"]})
LINKS = milestone_links(PROGRAMME, dependencies=MOVES)


def test_links_are_those_of_the_trade():
    pairs = {(row.before, row.after): row.days for row in LINKS.itertuples()}
    assert pairs == {
        ("P.permit", "P.works_ordered"): 60,
        ("P.works_ordered", "P.delivered"): 365,
        ("D.rehoused", "D.demolished"): 90,
        ("P.delivered", "D.rehoused"): 0,
    }


def test_a_step_without_a_milestone_keeps_its_duration():
    links = milestone_links(PROGRAMME.drop("P.works_ordered"))
    assert links.set_index("before").at["P.permit", "days"] == 425


def test_earliest_latest_and_float():
    dates = calendar_dates(PROGRAMME, LINKS)
    assert dates.at["D.demolished", "earliest"] == pd.Timestamp("2028-05-30")
    assert dates.at["D.demolished", "forecast"] == pd.Timestamp("2028-12-01")
    # Back from 1 December: 90 days to rehouse, 365 to build, 60 from the permit.
    assert dates.at["D.rehoused", "latest"] == pd.Timestamp("2028-09-02")
    assert dates.at["P.permit", "latest"] == pd.Timestamp("2027-07-05")
    assert dates.at["P.permit", "float_days"] == 185


def test_a_deadline_shows_as_negative_float():
    deadlines = pd.Series({"D.demolished": "2028-05-20"})
    dates = calendar_dates(PROGRAMME, LINKS, deadlines=deadlines)
    assert dates.at["P.permit", "float_days"] == -10
    with pytest.raises(DataError, match="no milestone called X"):
        calendar_dates(PROGRAMME, LINKS, deadlines=pd.Series({"X": "2028-01-01"}))


def test_a_date_that_cannot_be_kept_is_driven_by_what_is_late():
    late = PROGRAMME.copy()
    late.loc["P.works_ordered", "actual"] = "2027-09-01"
    dates = calendar_dates(late, LINKS)
    assert dates.at["D.rehoused", "forecast"] == pd.Timestamp("2028-08-31")
    assert dates.at["D.rehoused", "driver"] == "P.delivered"
    assert dates.at["D.demolished", "driver"] == ""


def test_the_critical_path_leads_to_the_demolition():
    path = critical_paths(PROGRAMME, LINKS)
    assert path["milestone"].tolist() == list(PROGRAMME.index)
    assert path["days"].tolist() == [0, 60, 365, 0, 90]
    assert set(path["demolition"]) == {"D"}


def test_a_path_starts_where_the_past_ends():
    done = PROGRAMME.copy()
    done.loc["P.delivered", "actual"] = "2027-12-01"
    path = critical_paths(done, LINKS)
    assert path["milestone"].tolist() == ["P.delivered", "D.rehoused", "D.demolished"]


def test_slippage_since_the_last_meeting():
    table = slippage(PROGRAMME)
    assert table.at["P.permit", "slip_days"] == 92
    assert table.at["P.permit", "slip_quarters"] == 1.0
    assert table["slip_days"].isna().sum() == 4


def test_deadlines_pass_block_or_cannot_be_told():
    more = pd.concat([PROGRAMME, steps(("Q", "permit", None, None, None))])
    checks = deadline_checks(
        more, LINKS, pd.Series({"permit": "2026-12-31", "delivered": "2028-06-30"})
    )
    assert checks["verdict"].to_dict() == {
        "P.permit": "blocking",
        "P.delivered": "pass",
        "Q.permit": "cannot be evaluated",
    }
    assert checks.at["P.permit", "margin_days"] == -1
    with pytest.raises(DataError, match="no milestone is of the step closed"):
        deadline_checks(PROGRAMME, LINKS, pd.Series({"closed": "2030-01-01"}))


def test_a_permit_slips_two_quarters_who_waits_and_how_long():
    waits = what_if(
        PROGRAMME, LINKS, milestone="P.permit", quarters=2, households=pd.Series({"D": 18, "P": 20})
    )
    # 1 January to 1 July 2027 is 181 days, and nothing on the way has a day to spare.
    assert waits["delay_days"].to_dict() == {
        "P.permit": 181,
        "P.works_ordered": 181,
        "P.delivered": 181,
        "D.rehoused": 181,
    }
    # The demolition had half a year in hand.
    assert "D.demolished" not in waits.index
    assert waits["households"].to_dict() == {
        "P.permit": 0,
        "P.works_ordered": 0,
        "P.delivered": 0,
        "D.rehoused": 18,
    }


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"milestone": "X"}, DataError, "No milestone called X"),
        ({"quarters": 0}, UsageError, "1 or more"),
        ({"milestone": "P.permit", "happened": "2027-01-05"}, DataError, "cannot slip any more"),
        ({"milestone": "P.permit", "planned": None}, DataError, "has no date"),
    ],
)
def test_a_slip_that_cannot_be(change, error, message):
    table = PROGRAMME.copy()
    table.loc["P.permit", "actual"] = change.pop("happened", None)
    table.loc["P.permit", "planned_now"] = change.pop("planned", "2027-01-01")
    asked = {"milestone": "P.permit", "quarters": 2, "households": pd.Series({"D": 18})} | change
    with pytest.raises(error, match=message):
        what_if(table, LINKS, **asked)


def test_a_circle_is_named():
    back = pd.DataFrame(
        {
            "before": ["P", "D"],
            "after": ["D", "P"],
            "before_step": ["delivered", "demolished"],
            "after_step": ["rehoused", "permit"],
        }
    )
    with pytest.raises(DataError) as caught:
        milestone_links(PROGRAMME, dependencies=back)
    told = str(caught.value)
    assert "in a circle" in told
    for step in ("P permit", "P works_ordered", "P delivered", "D rehoused", "D demolished"):
        assert step in told
    assert "P delivered → D rehoused" in told


def test_a_delivery_before_its_start_is_a_sentence_and_the_rest_stays():
    wrong = PROGRAMME.copy()
    wrong.loc["P.delivered", "planned_now"] = "2026-06-01"
    found = calendar_findings(wrong, LINKS)
    assert [finding.row for finding in found] == ["P.delivered"]
    assert (
        "P delivered (2026-06-01) is dated before P works_ordered (2027-03-02)" in found[0].message
    )
    assert calendar_findings(PROGRAMME, LINKS) == []


@pytest.mark.parametrize(
    ("table", "dependencies", "message"),
    [
        (
            pd.concat([PROGRAMME, PROGRAMME.iloc[:1]]).set_axis(list("ABCDEF")),
            None,
            "P permit stands twice",
        ),
        (PROGRAMME.assign(step="dreamt"), None, "unknown step dreamt"),
        (
            PROGRAMME,
            pd.DataFrame({"before": ["Z"], "after": ["D"]}),
            "Z has no milestone delivered",
        ),
        (PROGRAMME, MOVES.assign(days=-4), "-4 days is negative"),
    ],
)
def test_links_that_cannot_be_are_a_sentence(table, dependencies, message):
    with pytest.raises(DataError, match=message):
        milestone_links(table, dependencies=dependencies)


OPERATIONS = pd.DataFrame(
    {
        "family": ["02", "01", "02"],
        "commune": ["59079", "59079", None],
        "dwellings": [20, 18, 7],
        "plai": [12, 15, 7],
        "pls": [8, None, None],
        "plus": [None, 3, None],
    },
    index=["P", "D", "N"],
)


def test_a_surplus_of_one_product_never_hides_a_lack_of_another():
    balance = stock_balance(OPERATIONS, PROGRAMME)
    table = balance.table.loc["2028-Q1"]
    assert table["balance"].to_dict() == {"plai": -3, "plus": -3, "pls": 8}
    assert table["verdict"].to_dict() == {"plai": "short", "plus": "short", "pls": "pass"}
    assert [finding.row for finding in balance.findings] == ["N"]


def test_vacated_dwellings_come_in_by_quarter():
    vacated = pd.DataFrame({"quarter": ["2027-Q3"], "product": ["plai"], "dwellings": [4]})
    table = stock_balance(OPERATIONS, PROGRAMME, vacated=vacated).table
    assert table["balance"].xs("plai", level="product").to_dict() == {
        "2027-Q3": 4,
        "2027-Q4": 4,
        "2028-Q1": 1,
    }


def test_households_of_no_stated_product_leave_nothing_sure():
    needs = pd.DataFrame({"plai": [5], "unstated": [13]}, index=["D"])
    table = stock_balance(OPERATIONS, PROGRAMME, needs=needs).table.loc["2028-Q1"]
    assert set(table["verdict"]) == {"cannot be evaluated"}
    assert pd.isna(table.at["unstated", "balance"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"needs": pd.DataFrame({"villa": [1]}, index=["D"])}, "unknown product villa"),
        ({"needs": pd.DataFrame({"plai": [-1]}, index=["D"])}, "no count in D"),
        ({"needs": pd.DataFrame({"plai": [1]}, index=["Z"])}, "no operation called Z"),
        (
            {
                "vacated": pd.DataFrame(
                    {"quarter": ["spring"], "product": ["plai"], "dwellings": [1]}
                )
            },
            "2027-Q1",
        ),
        (
            {"vacated": pd.DataFrame({"quarter": ["2027-Q1"], "product": ["x"], "dwellings": [1]})},
            "unknown product x",
        ),
    ],
)
def test_a_balance_of_bad_numbers_is_a_sentence(given, message):
    with pytest.raises(DataError, match=message):
        stock_balance(OPERATIONS, PROGRAMME, **given)


def test_the_account_lists_what_it_leaves_out():
    before = pd.Series(
        [10, 30], index=pd.MultiIndex.from_tuples([("59079", "plai"), ("59079", "plus")])
    )
    more = pd.concat([PROGRAMME, steps(("N", "delivered", None, "2028-01-01", None))])
    account = dwelling_account(before, OPERATIONS, more)
    assert account.table.loc[("59079", "plai")].tolist() == [10, 15, 12, 7]
    assert account.table.loc[("59079", "plus")].tolist() == [30, 3, 0, 27]
    assert {finding.code for finding in account.findings} == {
        "no-place",
        "more-demolished-than-stood",
    }
    early = dwelling_account(before, OPERATIONS, more, until="2028-06-30").table
    assert early["demolished"].sum() == 0
    with pytest.raises(DataError, match="negative"):
        dwelling_account(-before, OPERATIONS, more)


@pytest.fixture(scope="module")
def demo():
    operations = pd.read_csv(
        DEMO / "operations.csv", index_col="id", dtype={"family": str, "commune": str}
    )
    return operations, pd.read_csv(DEMO / "milestones.csv", index_col="id")


def test_the_demonstration_has_a_calendar(demo):
    operations, milestones = demo
    links = milestone_links(milestones)
    paths = critical_paths(milestones, links)
    demolitions = operations.index[operations["family"] == "01"]
    assert set(paths["demolition"]) == set(demolitions)
    dates = calendar_dates(milestones, links)
    assert dates["forecast"].notna().all()
    assert (slippage(milestones)["slip_days"] > 0).any()


def test_the_demonstration_accounts_for_every_dwelling(demo):
    operations, milestones = demo
    nothing = pd.Series(dtype="int64", index=pd.MultiIndex.from_arrays([[], []]))
    account = dwelling_account(nothing, operations, milestones)
    assert account.table["demolished"].sum() == 1400
    assert account.table["delivered"].sum() == 1265
    assert account.table["demolished"].xs("mining", level="product").sum() == 172
    balance = stock_balance(operations, milestones).table
    assert balance["to_rehouse"].sum() == 1400
    assert balance["delivered"].sum() == 1265
