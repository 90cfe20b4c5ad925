"""Plans of a study: the allocation, the front, what slips, and the command that tells them."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from small_study import write_small_study

from renewal_gis.cli import main
from renewal_gis.config.allocation import Allocation
from renewal_gis.config.programme import Programme, read_programme
from renewal_gis.config.values import Values
from renewal_gis.errors import DataError, RenewalGisError, UsageError
from renewal_gis.placement import placement_question
from renewal_gis.placement_journeys import journeys
from renewal_gis.plan_answers import published_flows, told_slip
from renewal_gis.plan_files import planned, summary_of, write_plan
from renewal_gis.planning import verify
from renewal_gis.study import run

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
HALVES = ("2027-S1", "2027-S2")
SMALL = Programme(allocation=Allocation(half_years=HALVES, veto=False))


@pytest.fixture(scope="module")
def demo():
    return run(DEMO / "study.toml", homes=False)


@pytest.fixture(scope="module")
def asked():
    values = Values()
    found = read_programme(values, {"file": "programme.toml"}, folder=DEMO)
    assert values.faults == []
    return found


@pytest.fixture(scope="module")
def question(demo, asked):
    return placement_question(demo, asked=asked)


@pytest.fixture(scope="module")
def found(demo, asked):
    fewer = replace(asked, allocation=replace(asked.allocation, plans=3))
    slips = ["OP004:demolished:2"]
    return planned(demo, asked=fewer, allocate=True, front=True, slips=slips, language="fr")


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr("renewal_gis.plan_files.asked_of", lambda settings: SMALL)
    return write_small_study(tmp_path / "study")


def told(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


# What the study hands to the allocation


def test_sites_carry_the_ranking_the_vetoes_and_the_walks(question, demo):
    sites, held = question.problem.sites, demo.sites
    assert (sites["score"] == held["score"]).all()
    assert set(sites.index[sites["veto"]]) == set(held.index[held["veto"] != ""])
    walks = [c for c in demo.study.settings.criteria if c.measure.startswith("walk_min:")]
    walks = [c for c in walks if c.measure in held]
    by_hand = np.average(
        [held.at["C01", c.measure] for c in walks], weights=[c.weight for c in walks]
    )
    assert sites.at["C01", "minutes"] == pytest.approx(by_hand)


def test_shares_become_whole_dwellings_within_them(question):
    products = question.problem.products
    assert products.at["plai", "low"] == 506  # 0.4 × 1 265
    assert products.at["pls", "high"] == 126  # 0.1 × 1 265 = 126.5
    assert question.problem.origins.sum() == sum(
        sum(held.values())
        for held in read_programme(Values(), {"file": "programme.toml"}, folder=DEMO).needs.values()
    )


def test_residences_are_those_of_the_buildings_less_the_demolished(question, demo):
    stock = demo.study.tables["stock"]
    mine = stock[stock["commune"] == "59079"]
    lived_in = int((mine["dwellings"] - mine["vacant"]).sum())
    social = int(mine.loc[mine["tenure"] == "social", "dwellings"].sum())
    # Beuvrages loses 450 dwellings, 172 of them mining.
    assert question.problem.communes.loc["59079"].tolist() == [lived_in - 450, social - 278]


def test_the_plan_keeps_every_rule_and_is_proved(found, question):
    assert not verify(found.plan, question.problem)
    assert found.plan.measures["dwellings"] == 1265
    assert found.plan.gap <= 1e-3
    vetoed = question.problem.sites.index[question.problem.sites["veto"]]
    assert not set(found.plan.table["site"]) & set(vetoed)


def test_rules_have_prices_that_are_never_negative(found):
    assert "veto" in found.prices.index
    assert (found.prices["gained"] >= 0).all()
    assert found.prices.at["veto", "points_gained"] > 0


def test_the_front_trades_access_for_displacement(found):
    table = found.front.table
    assert len(table) == 3
    assert (table["access"].diff().dropna() < 0).all()
    assert (table["displacement"].diff().dropna() < 0).all()


def test_a_missing_score_counts_as_its_lower_bound(demo, asked):
    sites = demo.sites.copy()
    sites.loc["C01", ["score", "score_low"]] = [np.nan, 40.0]
    held = placement_question(replace(demo, sites=sites), asked=asked)
    assert held.problem.sites.at["C01", "score"] == 40.0
    assert [one.code for one in held.findings] == ["scored-by-lower-bound"]


def test_a_site_without_capacity_is_listed_and_left_out(demo, asked):
    sites = demo.sites.copy()
    sites["capacity"] = sites["capacity"].astype("Int64")
    sites.loc["C01", "capacity"] = pd.NA
    held = placement_question(replace(demo, sites=sites), asked=asked)
    assert "C01" not in held.problem.sites.index
    assert [(one.code, one.row) for one in held.findings] == [("no-capacity", "C01")]


def test_what_cannot_hold_together_is_told_in_french(demo, asked):
    tight = replace(asked, allocation=replace(asked.allocation, total=3000))
    with pytest.raises(
        DataError, match=r"Aucun plan ne peut respecter ensemble .*capacité des sites"
    ):
        planned(demo, asked=tight, allocate=True, language="fr")


# Displacement


def test_straight_journeys_are_those_between_inner_points(demo):
    held = journeys(demo.study, pd.Index(["P01"]), pd.Index(["C01"]), kind="straight")
    start = demo.study.tables["perimeters"].geometry["P01"].representative_point()
    end = demo.sites.geometry["C01"].representative_point()
    # Two ways of choosing a point inside may differ, never by more than the outline.
    around = demo.study.tables["perimeters"].geometry["P01"].length
    assert abs(held.table.iloc[0, 0] - start.distance(end)) < around
    assert held.unit == "m"


def test_a_walk_is_never_shorter_than_the_crow_and_transit_never_slower_than_a_walk(demo, question):
    origins, sites = question.problem.origins.index, question.problem.sites.index
    walk = journeys(demo.study, origins, sites, kind="walk").table
    crow = journeys(demo.study, origins, sites, kind="straight").table
    assert walk.notna().all(axis=None)
    assert (walk * 80 >= crow * 0.999).all(axis=None)
    assert (question.journeys.table <= walk + 1e-9).all(axis=None)
    assert "timetable of 2026-03-10" in question.journeys.en


def test_a_perimeter_without_outline_is_told(demo):
    with pytest.raises(DataError, match="no outline of P99"):
        journeys(demo.study, pd.Index(["P99"]), pd.Index(["C01"]))


# Households are counts, and small ones are hidden


def test_flows_hide_small_counts_and_what_would_give_them_away(found):
    shown = published_flows(found.plan)
    assert not (shown["households"] < 11).fillna(False).any()
    assert shown["households"].isna().any()
    for key in ("origin", "site"):
        hidden = shown[shown["households"].isna()].groupby(key).size()
        assert (hidden >= 2).all()


def test_no_output_holds_a_small_count(found, tmp_path):
    for path in write_plan(found, tmp_path / "out"):
        table = pd.read_csv(path)
        for name in {"households", "to_rehouse"} & set(table.columns):
            counts = table[name].dropna()
            assert not ((counts > 0) & (counts < 11)).any(), path.name
    assert (tmp_path / "out" / "plan_front_dwellings.csv").exists()
    flows = summary_of(found)["plan"]["flows"]
    assert all(row["households"] is None or row["households"] >= 11 for row in flows)


# What slips


def test_a_slip_moves_what_waits_and_nothing_earlier(found):
    (slip,) = found.slips
    assert slip.table["operation"].iloc[0] == "OP004"
    assert (slip.table["delay_days"] > 0).all()


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("OP004", UsageError, "OPERATION:STEP:QUARTERS"),
        ("OP004:built:2", UsageError, "Steps: decided"),
        ("OP004:demolished:0", UsageError, "give 1 or more"),
        ("OP004:demolished:99999999", UsageError, "100 at most"),
        ("OP999:permit:2", DataError, "'OP999' has no milestone permit"),
        ("OP001:demolished:2", DataError, "OP001 demolished happened .* cannot slip any more"),
    ],
)
def test_a_slip_that_cannot_be_is_a_sentence(demo, asked, what, kind, words):
    with pytest.raises(kind, match=words):
        planned(demo, asked=asked, slips=[what])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "slips by 2 quarters, {n} {steps} in"),
        ("fr", "glisse de 2 trimestres, {n} {etapes}, dans"),
    ],
)
def test_a_slip_is_told_with_the_right_plural(found, language, words):
    (slip,) = found.slips
    moved = len(slip.table)
    steps = "step moves," if moved == 1 else "steps move,"
    etapes = "étape bouge" if moved == 1 else "étapes bougent"
    told_so = told_slip(slip, language=language)[0]
    assert words.format(n=moved, steps=steps, etapes=etapes) in told_so
    assert "(s)" not in told_so


# The command


def test_the_command_tells_the_programme(study):
    done = told("plan", study, "--quiet")
    assert done.exit_code == 0, done.output
    assert "One for one, under each definition" in done.output
    assert "85.7 %" in done.output  # 12 / 14
    assert told("plan", study, "--quiet", "--language", "fr").output.count("85,7 %") >= 2


def test_the_command_places_the_dwellings_of_the_ledger(study, tmp_path):
    done = told("plan", study, "--allocate", "--json", "--quiet", "--output", tmp_path / "out")
    assert done.exit_code == 0, done.output
    plan = json.loads(done.output)["plan"]
    assert plan["status"] == "optimal"
    placed = pd.DataFrame(plan["dwellings"])
    assert placed.groupby("site")["dwellings"].sum().to_dict() == {"north": 10, "south": 2}
    assert placed.groupby("product")["dwellings"].sum().to_dict() == {"plai": 7, "plus": 5}
    assert set(pd.read_csv(tmp_path / "out" / "plan.csv")["data_nature"]) == {"synthetic"}


def test_two_runs_give_the_same_bytes(study, tmp_path):
    for name in ("one", "two"):
        told("plan", study, "--allocate", "--quiet", "--output", tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "plan.csv" in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_stopped_search_gives_the_best_plan_so_far_and_status_0(study, monkeypatch):
    from renewal_gis import planning

    place = planning.place

    def stopped(*given, **named):
        plan = place(*given, **named)
        signal.raise_signal(signal.SIGINT)
        return replace(plan, status="stopped")

    monkeypatch.setattr(planning, "place", stopped)
    done = told("plan", study, "--allocate", "--front", "--quiet")
    assert done.exit_code == 0, done.output
    assert "The search was stopped: this is the best plan found." in done.output
    assert "Price of each rule" not in done.output
    assert "Front:" not in done.output
    assert "No plan of the front was sought: the search was stopped." in done.output


def test_a_plan_that_ran_out_of_time_does_not_cost_the_front(study, monkeypatch):
    from renewal_gis import planning

    place = planning.place
    monkeypatch.setattr(
        planning, "place", lambda *given, **named: replace(place(*given, **named), status="stopped")
    )
    monkeypatch.setattr(
        "renewal_gis.plan_files.asked_of",
        lambda settings: replace(SMALL, allocation=replace(SMALL.allocation, against="worst")),
    )
    done = told("plan", study, "--allocate", "--front", "--quiet")
    assert done.exit_code == 0, done.output
    assert "Front:" in done.output


@pytest.mark.parametrize("lost", ["rule_prices", "pareto_front"])
def test_ctrl_c_before_prices_or_front_are_known_keeps_the_plan(study, monkeypatch, lost):
    from renewal_gis import planning

    def pressed(*given, **named):
        signal.raise_signal(signal.SIGINT)
        raise RenewalGisError("The search was stopped before a first plan was known.")

    monkeypatch.setattr(planning, lost, pressed)
    done = told("plan", study, "--allocate", "--front", "--quiet")
    assert done.exit_code == 0, done.output
    assert "Plan: 12 dwellings on 2 sites" in done.output
    assert "No plan of the front was sought" in done.output


def test_a_search_that_fails_by_itself_is_not_hidden(study, monkeypatch):
    from renewal_gis import planning

    def failed(*given, **named):
        raise RenewalGisError("The solver gave up.")

    monkeypatch.setattr(planning, "rule_prices", failed)
    assert told("plan", study, "--allocate", "--quiet").exit_code == 1


def test_without_the_optimiser_one_sentence_says_so(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    done = told("plan", study, "--allocate", "--quiet")
    assert done.exit_code == 1
    assert 'pip install "renewal-gis[plan]"' in done.output
    assert isinstance(done.exception, SystemExit)


def test_a_study_that_asks_for_no_allocation_is_told(study, monkeypatch):
    monkeypatch.setattr("renewal_gis.plan_files.asked_of", lambda settings: Programme())
    done = told("plan", study, "--allocate", "--quiet")
    assert done.exit_code == 1
    assert "add [programme.allocation]" in done.output
