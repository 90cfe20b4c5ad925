"""The programme of a study: what a loaded study hands to planning, and what comes back."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from small_study import write_small_study

from renewal_gis.config.programme import Dependency, Programme, Vacated, read_programme
from renewal_gis.config.values import Values
from renewal_gis.errors import DataError
from renewal_gis.planning import Override
from renewal_gis.programme import programme_report, programme_tables
from renewal_gis.study import load

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"


def read(part, folder=Path()):
    values = Values()
    return read_programme(values, part, folder=folder), values.faults


@pytest.fixture(scope="module")
def demo():
    return load(DEMO / "study.toml")


@pytest.fixture(scope="module")
def asked():
    found, faults = read({"file": "programme.toml"}, DEMO)
    assert faults == []
    return found


@pytest.fixture(scope="module")
def report(demo, asked):
    return programme_report(demo, asked=asked)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return load(write_small_study(tmp_path_factory.mktemp("small")))


LEDGER = """id,family,commune,site,perimeter,dwellings,plai,plus
OP1,01,N,,,14,,
OP2,02,N,north,,12,7,5
"""


def with_tables(study, **tables):
    return replace(study, tables={**study.tables, **tables})


# The section


def test_every_fault_is_told_with_its_key_path():
    _, faults = read(
        {
            "profile": "ANRU",
            "published": {"demolished": -1, "rebuild": 3},
            "deadlines": {"finished": dt.date(2026, 1, 1)},
            "needs": {"OP1": {"plaï": 3}},
            "overrides": [{"rule": "REC-01", "subject": "A", "reason": " ", "author_role": "x"}],
            "dependencies": [{"before": "OP1"}],
            "vacated": [{"quarter": "2027-S1", "product": "plai", "dwellings": 3}],
            "allocation": {
                "half_years": ["2028-S1", "2027-S1"],
                "plai_share": 1.5,
                "products": {"plai": {"low": 0.6, "high": 0.4}},
                "objective": "distance",
                "urban_unit": True,
                "sector_targets": {"nord": {"at_least": 3}},
            },
        }
    )
    told = "\n".join(faults)
    for words in (
        "programme.profile: must be one of PNRU, NPNRU",
        "programme.published.demolished: must be a whole number of 0 or more",
        "programme.published.rebuild: unknown key; did you mean 'rebuilt'?",
        "programme.deadlines.finished: unknown key",
        "programme.needs.OP1.plaï: unknown key; did you mean 'plai'?",
        "programme.overrides[0]: The override of REC-01 for 'A' has no reason",
        "programme.dependencies[0].after: is needed",
        "programme.vacated[0].quarter: must be a quarter such as 2027-Q1",
        "programme.allocation.half_years: 2027-S1 must not come before 2028-S1",
        "programme.allocation.plai_share: must be at most 1",
        "programme.allocation.products.plai: low = 0.6 is above high = 0.4",
        "programme.allocation.objective: must be one of access, worst, displacement",
        "programme.allocation.urban_unit: is asked for, and programme.urban_unit names no commune",
        "programme.allocation.sector_targets.nord: unknown key",
    ):
        assert words in told, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no 'p.toml' beside the study file"),
        ("profile = ", "is not valid TOML"),
        ('profile = "PNRU"', "programme.profile: must stand once"),
    ],
)
def test_a_file_of_the_section_at_fault_is_told(tmp_path, text, words):
    if text is not None:
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    _, (fault,) = read({"file": "p.toml", "profile": "NPNRU"}, tmp_path)
    assert words in fault


# The demonstration


def test_the_demonstration_adds_up_to_the_published_figures(report):
    total = report.totals.loc["total"]
    assert (total["demolished"], total["rebuilt"], total["of_which_mining"]) == (1400, 1265, 172)
    assert round(100 * total["ratio"], 1) == 90.4
    told = report.reconciliation[report.reconciliation["cut"] == "published"]
    assert told.set_index("movement")["expected"].to_dict() == {
        "demolished": 1400,
        "of_which_mining": 172,
        "rebuilt": 1265,
    }
    assert report.reconciliation["agrees"].all()


def test_every_cut_adds_up_and_drills_down_to_the_ledger(report, demo):
    sums = report.cuts.groupby("cut")[["demolished", "rebuilt"]].sum()
    assert set(sums.index) == {"project", "convention", "commune", "product", "half_year"}
    assert (sums["demolished"] == 1400).all()
    assert (sums["rebuilt"] == 1265).all()
    dwellings = demo.tables["operations"]["dwellings"]
    rows = report.cuts[report.cuts["cut"] == "commune"].set_index("key")
    for commune, row in rows.iterrows():
        behind = [name for name in row["rebuilt_rows"].split(", ") if name]
        assert dwellings[behind].sum() == row["rebuilt"], commune


def test_beuvrages_is_told_under_each_definition(report):
    own = report.one_for_one.query("key == 'Beuvrages 2006' and stage == 'programmed'")
    shares = own.set_index("definition")["ratio"].round(3)
    assert shares["social_for_all"] == 0.647
    assert shares["social_intermediate_for_all"] == 0.98


def test_flows_and_gap_account_for_every_dwelling(report):
    assert report.flows["dwellings"].sum() == 1265
    assert len(report.flow_lines) == len(report.flows)
    assert report.flow_lines.crs.to_epsg() == 2154
    own = report.gap.query("definition == 'all_for_all' and dates == 'expected'").iloc[-1]
    assert own["gap"] == 1400 - 1265
    assert (report.origins["demolished"].sum(), report.origins["not_rebuilt"].sum()) == (1400, 135)


def test_an_override_stays_in_the_report(report):
    rows = report.verdicts.query("rule == 'REC-01'").set_index("subject")
    row = rows.loc["Corridor minier 2008"]
    assert (row["verdict"], row["verdict_before"]) == ("pass", "derogation")
    assert row["reason"].startswith("Exemple")


def test_the_border_of_the_epci_is_told_as_a_finding(report):
    (found,) = [one for one in report.findings if one.code == "project-crosses-epci"]
    assert "Escautpont (59207)" in found.message


def test_no_finding_stands_twice(report):
    keys = [(one.code, one.row, one.column) for one in report.findings]
    assert len(keys) == len(set(keys))


def test_no_small_count_of_households_is_published(report):
    tables = programme_tables(report)
    shown = tables["programme_stock_balance"]["to_rehouse"].dropna()
    assert len(shown) > 0
    assert not ((shown > 0) & (shown < 11)).any()


def test_the_tables_are_the_same_again(demo, asked, report):
    again = programme_tables(programme_report(demo, asked=asked))
    first = programme_tables(report)
    assert list(again) == list(first)
    for name, table in first.items():
        assert again[name].to_csv() == table.to_csv(), name


def test_alerts_are_told_in_both_languages_the_gravest_first(report):
    levels = report.alerts["level"].tolist()
    order = ["blocking", "derogation", "warn"]
    assert levels == sorted(levels, key=order.index)
    assert {"rule", "slip", "stock", "gap"} <= set(report.alerts["kind"])
    assert (report.alerts["en"] != report.alerts["fr"]).all()
    assert report.alerts.query("kind == 'gap'")["fr"].iloc[0].count("135") == 1


def test_a_missed_deadline_is_an_alert_that_names_the_latest(demo, asked):
    strict = replace(asked, deadlines={"demolished": dt.date(2012, 12, 31)})
    held = programme_report(demo, asked=strict)
    (alert,) = held.alerts.query("kind == 'deadline'").to_dict("records")
    late = held.calendar.deadlines.query("verdict == 'blocking'")
    worst = late.loc[late["margin_days"].astype(float).idxmin()]
    assert f"{len(late)} operations miss it, {worst['operation']} by" in alert["en"]
    assert f"{int(-worst['margin_days'])} jours" in alert["fr"]


def test_the_section_of_the_template_can_be_read():
    text = files("renewal_gis").joinpath("study_template.toml").read_text(encoding="utf-8")
    lines = text[text.index("# [programme]") :].splitlines()
    part = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines))["programme"]
    found, faults = read(part)
    assert faults == []
    assert found.allocation.plans == 20
    assert found.overrides
    assert found.vacated


# What stops a run


def test_totals_that_disagree_stop_the_run(demo, asked):
    wrong = replace(asked, published={"rebuilt": 1270})
    with pytest.raises(DataError, match="by published: 1265 rebuilt, 1270 expected"):
        programme_report(demo, asked=wrong)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("north,,12,", "north,,-12,", "row OP2.*dwellings = '-12' is outside the range"),
        ("north,,12,", "north,,douze,", "row OP2.*dwellings = 'douze' is not a finite number"),
        ("12,7,5", "12,-7,5", "row OP2.*plai = '-7' is outside the range"),
        ("OP2,02", "OP2,99", "row OP2.*family = '99' is not known"),
    ],
)
def test_a_row_the_loading_left_out_stops_the_run(tmp_path, old, new, words):
    path = write_small_study(tmp_path)
    (tmp_path / "operations.csv").write_text(LEDGER.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=words + "(.|\n)*totals would be false"):
        programme_report(load(path))


def test_of_many_faulty_rows_the_first_are_told_and_the_others_counted(tmp_path):
    path = write_small_study(tmp_path)
    rows = "".join(f"X{place},02,N,north,,-1,0,0\n" for place in range(30))
    (tmp_path / "operations.csv").write_text(LEDGER + rows, encoding="utf-8")
    with pytest.raises(DataError, match="and 18 more"):
        programme_report(load(path))


def test_a_row_moved_to_another_convention_is_named(demo, asked):
    operations = demo.tables["operations"].copy()
    operations.loc["OP025", "convention"] = "Anzin 2008"
    with pytest.raises(DataError, match="OP025"):
        programme_report(with_tables(demo, operations=operations), asked=asked)


def test_a_circle_is_named(demo, asked):
    circle = (
        Dependency(before="OP036", after="OP001"),
        Dependency(
            before="OP001", before_step="demolished", after="OP036", after_step="works_ordered"
        ),
    )
    with pytest.raises(DataError, match=r"circle: .*OP001 .*→"):
        programme_report(demo, asked=replace(asked, dependencies=circle))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"needs": {"OP024": {"plai": 3}}}, "OP024 is no demolition"),
        ({"profiles": {"Denain": "PNRU"}}, "no convention is called Denain"),
        ({"deadlines": {"permit": dt.date(2014, 1, 1)}, "rules": Path("none.toml")}, "none.toml"),
        (
            {"overrides": (Override(rule="REC-01", subject="Nord", reason="a", author_role="b"),)},
            "no verdict is given by REC-01 for 'Nord'",
        ),
    ],
)
def test_what_the_study_file_gets_wrong_is_a_sentence(demo, asked, change, words):
    with pytest.raises(DataError, match=words):
        programme_report(demo, asked=replace(asked, **change))


def test_a_site_in_two_scenarios_stops_the_run(demo, asked):
    sites = demo.tables["sites"].copy()
    sites.loc["C01", "scenario"] = "corridor; south"
    with pytest.raises(DataError, match=r"sites, row C01: The site is in 2 scenarios"):
        programme_report(with_tables(demo, sites=sites), asked=asked)


# Choices


def test_a_convention_is_judged_by_its_own_profile(demo, asked):
    mixed = replace(asked, profiles={"Marly 2009": "NPNRU"}, overrides=())
    held = programme_report(demo, asked=mixed).verdicts
    own = held[held["scope"] == "convention"].groupby("profile")["subject"].unique()
    assert list(own["NPNRU"]) == ["Marly 2009"]
    assert "Marly 2009" not in own["PNRU"]
    assert (held.query("profile == 'NPNRU' and rule == 'REC-04'")["subject"] == "Marly 2009").all()


def test_a_rule_of_ones_own_needs_no_python(demo, asked, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[[rules]]\nid = "OWN-01"\nprofiles = ["PNRU"]\nscope = "site"\nen = "Ten at least"\n'
        'fr = "Dix au moins"\ntest = "capacity >= threshold"\nthreshold = 90\n'
        'severity = "warning"\ncitation = "The committee"\nverified = true\n',
        encoding="utf-8",
    )
    held = programme_report(demo, asked=replace(asked, rules=own)).verdicts
    capacity = demo.tables["sites"]["capacity"]
    mine = held[held["rule"] == "OWN-01"].set_index("subject")["verdict"]
    assert (mine == "warn").sum() == (capacity < 90).sum()


def test_demolitions_nobody_counted_stand_for_their_households(demo, asked):
    needs = {name: held for name, held in asked.needs.items() if name != "OP012"}
    held = programme_report(demo, asked=replace(asked, needs=needs))
    (found,) = [one for one in held.findings if one.code == "needs-not-said"]
    assert found.row == "OP012"
    balance = held.calendar.balance.table
    assert balance.xs("unstated", level="product")["to_rehouse"].sum() == 60


def test_vacated_dwellings_count_in_the_balance(demo, asked):
    more = replace(asked, vacated=(Vacated(quarter="2009-Q1", product="plai", dwellings=5000),))
    held = programme_report(demo, asked=more).calendar.balance.table
    assert (held.xs("plai", level="product")["verdict"] == "pass").all()


def test_a_ledger_without_dates_has_no_calendar(small):
    held = programme_report(small, asked=Programme())
    assert held.calendar is None
    assert held.totals.loc["total", "rebuilt"] == 12
    assert {one.code for one in held.findings} == {"no-place", "flow-not-drawn"}
    with pytest.raises(DataError, match="no layer milestones"):
        late = Programme(deadlines={"delivered": dt.date(2026, 1, 1)})
        programme_report(small, asked=late)


def test_a_study_without_a_ledger_has_no_programme(small):
    tables = {name: table for name, table in small.tables.items() if name != "operations"}
    assert programme_report(replace(small, tables=tables)) is None


def test_inputs_are_not_changed(demo, asked):
    before = {name: demo.tables[name].copy() for name in ("operations", "milestones", "sites")}
    programme_report(demo, asked=asked)
    for name, table in before.items():
        pd.testing.assert_frame_equal(demo.tables[name], table)
