"""The ledger in its long form: totals that drill down, cuts that agree, and what cannot be."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from demo_tables import demo
from shapely import box

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning import (
    half_year,
    half_years_between,
    ledger_entries,
    ledger_totals,
    milestone_dates,
    programme_findings,
    programme_totals,
    reconcile,
    reconciliation,
)

OPERATIONS = pd.DataFrame(
    {
        "family": ["01", "01", "02", "02", "08"],
        "project": ["P", "P", "P", None, "P"],
        "convention": ["P 2006"] * 5,
        "commune": ["A", "B", "A", "B", "A"],
        "perimeter": ["Z1", "Z1", "Z1", "Z1", None],
        "dwellings": [30, 12, 25, 10, 400],
        "mining": [None, 5, None, None, None],
        "plai": [None, None, 15, 4, None],
        "plus": [None, None, 10, 6, None],
    },
    index=["OP1", "OP2", "OP3", "OP4", "OP5"],
)
MILESTONES = pd.DataFrame(
    {
        "operation": ["OP1", "OP2", "OP3", "OP3"],
        "step": ["demolished", "demolished", "delivered", "engaged"],
        "planned_before": ["2009-03-01", None, "2010-12-31", "2009-01-01"],
        "planned_now": ["2009-08-01", "2010-02-01", "2011-01-01", "2009-01-01"],
        "actual": [None, "2010-07-01", None, "2009-02-01"],
    }
)


@pytest.fixture(scope="module")
def programme():
    return {
        name: demo(name)
        for name in ("operations", "milestones", "perimeters", "sites", "stock", "communes")
    }


def test_the_demonstration_adds_up_to_the_published_figures(programme):
    compared = reconcile(
        programme["operations"],
        milestones=programme["milestones"],
        perimeters=programme["perimeters"],
        sites=programme["sites"],
        stock=programme["stock"],
        published={"demolished": 1400, "rebuilt": 1265, "of_which_mining": 172},
    )
    assert compared["agrees"].all()
    cuts = set(compared["cut"])
    assert {"project", "convention", "commune", "product", "half_year", "published"} <= cuts
    assert {
        "commune of the site",
        "convention of the perimeter",
        "buildings of the perimeter",
    } <= cuts


@pytest.mark.parametrize("by", ["project", "convention", "commune", "product", "half_year"])
def test_every_cut_of_the_demonstration_has_the_same_total(programme, by):
    entries = ledger_entries(programme["operations"], programme["milestones"])
    totals = ledger_totals(entries, by=by)
    assert (totals["demolished"].sum(), totals["rebuilt"].sum()) == (1400, 1265)


def test_a_total_drills_down_to_the_rows_that_make_it(programme):
    operations = programme["operations"]
    totals = ledger_totals(ledger_entries(operations), by=["convention", "commune"])
    for row in totals.itertuples():
        for number, rows in (
            (row.demolished, row.demolished_rows),
            (row.rebuilt, row.rebuilt_rows),
        ):
            named = [name for name in rows.split(", ") if name]
            assert operations.loc[named, "dwellings"].sum() == number
    assert totals["demolished_rows"].str.len().gt(0).any()


def test_totals_by_product_are_those_counted_by_hand():
    totals = ledger_totals(ledger_entries(OPERATIONS, MILESTONES), by="product")
    assert totals["demolished"].to_dict() == {"": 37, "mining": 5, "plai": 0, "plus": 0}
    assert totals["rebuilt"].to_dict() == {"": 0, "mining": 0, "plai": 19, "plus": 16}
    assert totals.at["plai", "rebuilt_rows"] == "OP3, OP4"
    assert totals["net"].sum() == 35 - 42


def test_a_row_stands_in_the_half_year_of_its_end():
    entries = ledger_entries(OPERATIONS, MILESTONES).drop_duplicates("operation")
    assert entries.set_index("operation")["half_year"].to_dict() == {
        "OP1": "2009-S2",
        "OP2": "2010-S2",
        "OP3": "2011-S1",
        "OP4": "",
    }
    before = ledger_entries(OPERATIONS, MILESTONES, dates="planned_before")
    assert ledger_totals(before, by="half_year").index.tolist() == ["", "2009-S1", "2010-S2"]


def test_unknown_values_are_a_group_of_their_own():
    totals = ledger_totals(ledger_entries(OPERATIONS), by="project")
    assert totals.loc["", "rebuilt_rows"] == "OP4"
    assert totals["rebuilt"].tolist() == [10, 25]


def test_inputs_are_not_changed():
    kept, dates = OPERATIONS.copy(), MILESTONES.copy()
    ledger_entries(OPERATIONS, MILESTONES)
    reconcile(OPERATIONS, milestones=MILESTONES)
    pd.testing.assert_frame_equal(OPERATIONS, kept)
    pd.testing.assert_frame_equal(MILESTONES, dates)


def test_a_row_may_name_its_only_product():
    named = pd.DataFrame(
        {"family": ["02", "02"], "dwellings": [8, 3], "product": ["pls", "free"]}, index=["A", "B"]
    )
    assert programme_totals(named).at["total", "rebuilt_social"] == 8
    totals = ledger_totals(ledger_entries(named), by="product")
    assert totals["rebuilt"].to_dict() == {"free": 3, "pls": 8}


def test_products_that_do_not_add_up_stop_the_reconciliation_with_the_row():
    wrong = OPERATIONS.assign(plus=[None, None, 11, 6, None])
    with pytest.raises(DataError, match=r"product.*36 rebuilt, 35 expected \(OP3\)"):
        reconcile(wrong)


def test_faults_of_opposite_sign_do_not_hide_one_another():
    wrong = OPERATIONS.assign(plus=[None, None, 11, 5, None])
    compared = reconciliation(wrong)
    product = compared[(compared["cut"] == "product") & (compared["movement"] == "rebuilt")].iloc[0]
    assert product["difference"] == 0
    assert not product["agrees"]
    assert product["operations"] == "OP3, OP4"


def test_a_published_total_that_differs_is_said():
    with pytest.raises(DataError, match="42 demolished, 43 expected"):
        reconcile(OPERATIONS, published={"demolished": 43})
    with pytest.raises(UsageError, match="No published total called demolitions"):
        reconcile(OPERATIONS, published={"demolitions": 43})


def test_a_perimeter_of_another_convention_is_said():
    perimeters = pd.DataFrame({"convention": ["Q 2009"], "project": ["P"]}, index=["Z1"])
    with pytest.raises(DataError, match="convention of the perimeter") as caught:
        reconcile(OPERATIONS, perimeters=perimeters)
    assert "Q 2009" in str(caught.value)
    assert "OP1, OP2" in str(caught.value)


def test_buildings_that_do_not_add_up_are_said():
    stock = pd.DataFrame(
        {"fate": ["demolish", "keep"], "perimeter": ["Z1", "Z1"], "dwellings": [40, 9]}
    )
    with pytest.raises(DataError, match=r"buildings of the perimeter \(Z1\): 40 demolished, 42"):
        reconcile(OPERATIONS, stock=stock)
    assert reconcile(OPERATIONS, stock=stock.assign(dwellings=[42, 9]))["agrees"].all()


def test_a_step_twice_is_named():
    twice = pd.concat([MILESTONES, MILESTONES.iloc[[2]]])
    with pytest.raises(DataError, match="'delivered' stands twice for OP3"):
        ledger_entries(OPERATIONS, twice)


def test_an_unknown_cut_step_or_kind_of_date_is_said():
    with pytest.raises(UsageError, match="No cut of the ledger by town"):
        ledger_totals(ledger_entries(OPERATIONS), by="town")
    with pytest.raises(UsageError, match="No milestone 'finished'"):
        milestone_dates(OPERATIONS.index, MILESTONES, "finished")
    with pytest.raises(UsageError, match="with dates 'soon'"):
        milestone_dates(OPERATIONS.index, MILESTONES, "delivered", dates="soon")


def test_half_years():
    days = pd.Series(["2009-06-30", "2009-07-01", None, "2010-12-31"])
    assert half_year(days).tolist() == ["2009-S1", "2009-S2", "", "2010-S2"]
    assert half_years_between("2009-S2", "2009-S2") == ["2009-S2"]
    assert half_years_between("2009-S2", "2009-S1") == []


def codes(found):
    return [(one.code, one.row, one.severity) for one in found]


def test_the_demonstration_crosses_the_border_at_escautpont_and_nowhere_else(programme):
    found = programme_findings(
        programme["operations"], communes=programme["communes"], sites=programme["sites"]
    )
    assert [one.code for one in found] == ["project-crosses-epci"]
    assert "Escautpont (59207) belongs to 200042190" in found[0].message
    assert found[0].count == 3
    assert found[0].severity == "note"


def test_the_body_that_carries_the_programme_can_be_named(programme):
    found = programme_findings(
        programme["operations"], communes=programme["communes"], epci="200042190"
    )
    named = {one.message.split("(")[1][:5] for one in found}
    assert "59207" not in named
    assert "59112" in named


def test_negative_counts_and_unknown_products_are_errors_with_their_row():
    wrong = OPERATIONS.assign(
        dwellings=[-30, 12, 25, 10, 0], product=[None, None, "plsi", None, None]
    )
    found = [one for one in programme_findings(wrong) if one.severity == "error"]
    assert codes(found) == [
        ("negative-count", "OP1", "error"),
        ("unknown-product", "OP3", "error"),
    ]
    assert "Allowed: plai, plus, pls, intermediate, free" in found[1].message


def test_an_operation_without_a_place_is_noted_and_still_counts():
    nowhere = OPERATIONS.assign(commune=["A", None, "A", "", None], perimeter=None)
    found = programme_findings(nowhere)
    assert codes(found) == [("no-place", "OP2", "note"), ("no-place", "OP4", "note")]
    assert programme_totals(nowhere).at["total", "rebuilt"] == 35


def test_more_mining_dwellings_than_dwellings_are_noted():
    wrong = OPERATIONS.assign(mining=[31, 5, None, None, None])
    assert codes(programme_findings(wrong)) == [("more-mining-than-dwellings", "OP1", "note")]


def test_a_site_in_two_scenarios_is_an_error_whether_written_or_drawn():
    sites = gpd.GeoDataFrame(
        {"scenario": ["corridor, south", "corridor", "south", "south", None]},
        geometry=[box(n, 0, n + 1, 1) for n in (50, 0, 0.3, 0.9, 0.1)],
        index=["S1", "S2", "S3", "S4", "S5"],
        crs=2154,
    )
    found = programme_findings(OPERATIONS, sites=sites)
    assert codes(found) == [
        ("site-in-two-scenarios", "S1", "error"),
        ("site-in-two-scenarios", "S3", "error"),
    ]
    assert "share 70 % of the smaller" in found[1].message


def test_an_empty_programme_has_totals_of_nothing():
    entries = ledger_entries(OPERATIONS.iloc[4:])
    assert len(entries) == 0
    assert len(ledger_totals(entries, by="project")) == 0
    assert reconcile(OPERATIONS.iloc[4:])["agrees"].all()
