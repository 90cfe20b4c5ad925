"""Scenarios: what cannot be, who wins and loses, what places bear, and the ten lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError, UsageError
from renewal_gis.territories import (
    Scenario,
    check_scenarios,
    compare_scenarios,
    hazard_exposure,
    rehousing,
    scenario_access,
    scenario_differences,
    service_capacity,
    social_housing,
    ten_lines,
)

WALK = "walk_min:ecole"
SITES = pd.DataFrame(
    {
        WALK: [4.0, 8.0, 20.0],
        "capacity": [40, 60, 100],
        "commune": ["59153", "59153", "59019"],
        "constraint_share:mining": [0.5, 0.0, 0.0],
    },
    index=["C01", "C02", "S01"],
)
STOCK = pd.DataFrame(
    {
        "dwellings": [3, 1, 2, 50, 5],
        "tenure": ["social", "social", "owner", "owner", None],
        "fate": ["demolish", "demolish", "demolish", "keep", None],
        "perimeter": ["P1", "P1", "P2", None, "P2"],
        "commune": ["59153", "59153", "59153", "59019", "59153"],
    },
    index=[f"B{n}" for n in range(5)],
)
HOMES = pd.DataFrame({WALK: [6.0, 10.0, 30.0, 1.0, 1.0]}, index=STOCK.index)
CORRIDOR = Scenario(name="corridor", dwellings={"C01": 30, "C02": 10}, fr="Le corridor")
SOUTH = Scenario(name="south", dwellings={"S01": 40})


@pytest.mark.parametrize(
    ("dwellings", "message"),
    [
        ({"c01": 3}, "scenarios.x: no site is called 'c01'. Did you mean 'C01'?"),
        ({"S01": 101}, "101 dwellings on a site that holds 100. Move 1 elsewhere"),
        ({"S01": 0}, "whole number above zero, got 0"),
        ({"S01": 1.5}, "whole number above zero, got 1.5"),
        ({}, "it names no site"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_in_one_sentence(dwellings, message):
    with pytest.raises(DataError) as told:
        check_scenarios([Scenario(name="x", dwellings=dwellings)], SITES)
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_all_faults_are_told_at_once():
    flows = {"P9": {"S01": 1}, "P1": {"C01": 1}, "P2": {"S01": 0}}
    wrong = Scenario(name="south", dwellings={"S01": 500}, flows=flows)
    with pytest.raises(DataError) as told:
        check_scenarios([wrong, SOUTH], SITES, perimeters=["P1", "P2"])
    lines = str(told.value).split("\n")
    assert [line.split(":")[0] for line in lines] == [
        "scenarios.south",
        "scenarios.south.S01",
        "scenarios.south.flows.P9",
        "scenarios.south.flows.P1",
        "scenarios.south.flows.P2",
    ]


def test_nothing_is_computed_before_the_check():
    # Homes on another index would be refused by any computing: the scenario is refused first.
    with pytest.raises(DataError, match="holds 100"):
        compare_scenarios(
            [Scenario(name="x", dwellings={"S01": 999})],
            sites=SITES,
            stock=STOCK,
            homes=HOMES.iloc[:1],
        )
    with pytest.raises(UsageError, match="share one index"):
        compare_scenarios([SOUTH], sites=SITES, stock=STOCK, homes=HOMES.iloc[:1])


def test_sites_count_for_the_dwellings_they_receive():
    table = scenario_access([SOUTH, CORRIDOR], SITES[[WALK]], thresholds={WALK: [5]})
    assert table["scenario"].tolist() == ["south", "corridor"]
    assert table["mean"].tolist() == [20, 5]
    assert table["share_5"].tolist() == [0, 0.75]


def told(table, scenario, perimeter):
    return table.set_index(["scenario", "perimeter"]).loc[(scenario, perimeter)]


def test_households_are_compared_with_where_they_live_today():
    table = rehousing([CORRIDOR, SOUTH], sites=SITES, stock=STOCK, homes=HOMES)
    one = told(table, "corridor", "P1")
    assert (one["households"], one["today"], one["there"], one["change"]) == (4, 7, 5, -2)
    # The three dwellings at 6 min are worse off on C02 (a quarter of the moves), the one at 10 never.
    assert one["worse_off"] == 3 * 0.25 / 4
    assert told(table, "south", "P2")["change"] == -10
    assert told(table, "south", "all")["change"] == pytest.approx((4 * 13 - 2 * 10) / 6)


def test_flows_that_are_given_count():
    flown = Scenario(
        name="f", dwellings={"C01": 30, "S01": 10}, flows={"P2": {"S01": 2}, "P1": {"C01": 1}}
    )
    table = rehousing([flown], sites=SITES, stock=STOCK, homes=HOMES)
    assert told(table, "f", "P1")["there"] == 4
    assert told(table, "f", "P2")["there"] == 20


def test_what_is_not_known_is_listed_not_guessed():
    homes = HOMES.assign(**{WALK: [np.nan, 10.0, 30, 1, 1]})
    one = told(rehousing([SOUTH], sites=SITES, stock=STOCK, homes=homes), "south", "P1")
    assert (one["households"], one["unknown"], one["change"]) == (4, 3, 10)
    lost = SITES.assign(**{WALK: [4.0, np.nan, 20]})
    one = told(rehousing([CORRIDOR], sites=lost, stock=STOCK, homes=HOMES), "corridor", "P1")
    assert (one["unknown"], np.isnan(one["change"])) == (4, True)


def test_a_demolished_building_outside_every_perimeter_is_kept_apart():
    stock = STOCK.assign(perimeter=["P1", None, "P2", None, "P2"])
    table = rehousing([SOUTH], sites=SITES, stock=stock, homes=HOMES)
    assert table["perimeter"].tolist() == ["P1", "P2", "outside", "all"]
    assert table["households"].tolist() == [3, 2, 1, 6]
    with pytest.raises(DataError, match="nobody is rehoused"):
        rehousing([SOUTH], sites=SITES, stock=STOCK.assign(fate="keep"), homes=HOMES)


def test_differences_are_those_of_the_table_and_say_when_they_cannot_vary():
    table = scenario_differences(CORRIDOR, SOUTH, sites=SITES, stock=STOCK, homes=HOMES, draws=200)
    change, worse = table.iloc[0], table.iloc[1]
    assert change["difference"] == pytest.approx(-15)
    assert change["difference_low"] == pytest.approx(change["difference_high"])
    assert change["caution"] == "same-destinations"
    # Farther than today: 0.75 of 4 in the corridor, the four of P1 in the south.
    assert worse["difference"] == pytest.approx((0.75 - 4) / 6)
    assert worse["difference_low"] < worse["difference"] < worse["difference_high"]
    assert change["first_low"] <= change["first"] <= change["first_high"]


def test_fixed_seed_same_bytes_whatever_the_order_of_the_rows():
    one, two = (
        scenario_differences(
            CORRIDOR, SOUTH, sites=SITES, stock=STOCK.loc[order], homes=HOMES.loc[order], draws=50
        )
        for order in (STOCK.index, STOCK.index[::-1])
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_exposure_counts_dwellings_touched_and_on_the_land():
    row = hazard_exposure([CORRIDOR], SITES).iloc[0]
    assert (row["share_touched"], row["share_on_it"]) == (0.75, 0.375)
    unknown = SITES.assign(**{"constraint_share:mining": [np.nan, 0.2, 0]})
    row = hazard_exposure([CORRIDOR], unknown).iloc[0]
    assert (row["unknown"], row["share_on_it"]) == (30, pytest.approx(0.2))


def test_social_share_before_and_after():
    table = social_housing([SOUTH], sites=SITES, stock=STOCK).set_index("commune")
    gone = table.loc["59153"]
    assert (gone["dwellings_before"], gone["social_before"], gone["unknown_tenure"]) == (11, 4, 5)
    assert gone["share_before"] == pytest.approx(4 / 6)
    assert (gone["dwellings_after"], gone["social_after"]) == (5, 0)
    assert np.isnan(gone["share_after"])
    there = table.loc["59019"]
    assert (there["share_before"], there["share_after"]) == (0, pytest.approx(40 / 90))
    with pytest.raises(UsageError, match="between 0 and 1"):
        social_housing([SOUTH], sites=SITES, stock=STOCK, social_rebuilt=2)


SERVICES = pd.DataFrame(
    {"group": ["ecole", "ecole", "poste"], "capacity": [100.0, np.nan, 10.0]},
    index=["E1", "E2", "Q"],
)
REACH = {
    "services": SERVICES,
    "dwellings": pd.Series([200.0, 50, 100], index=SERVICES.index),
    "reached": pd.DataFrame(
        {"from_id": ["C01", "C02", "C01", "C01"], "to_id": ["E1", "E1", "E2", "E1"]}
    ),
}


def test_capacity_is_shared_by_those_who_come_and_freed_by_those_who_go():
    table = service_capacity([CORRIDOR, SOUTH], demolished=pd.Series({"E1": 40.0}), **REACH)
    assert table["scenario"].tolist() == ["corridor"]
    row = table.iloc[0]
    assert (row["services"], row["unknown_capacity"], row["dwellings_after"]) == (1, 1, 200)
    assert (row["per_dwelling_before"], row["per_dwelling_after"]) == (0.5, 0.5)
    wrong = REACH | {"reached": pd.DataFrame({"from_id": ["C01"], "to_id": ["E9"]})}
    with pytest.raises(UsageError, match="no service is called 'E9'"):
        service_capacity([CORRIDOR], **wrong)


@pytest.fixture
def figures():
    return compare_scenarios(
        [CORRIDOR, SOUTH], sites=SITES, stock=STOCK, homes=HOMES, services=SERVICES,
        dwellings_reached=REACH["dwellings"], reached=REACH["reached"], draws=50,
    )  # fmt: skip


def test_ten_lines_are_made_of_the_numbers_of_the_tables(figures):
    lines = ten_lines(figures, "corridor", "south", language="fr")
    assert len(lines) == 10
    assert lines[0] == (
        "«\u202fLe corridor\u202f» reconstruit 40 logements sur 2 sites\u202f; «\u202fsouth\u202f» en "
        "reconstruit 40 sur 1."
    )
    assert "6 logements démolis dans 2 périmètres" in lines[1]
    assert "5,0\u202fmin en moyenne" in lines[2]
    assert "gagne 9,7\u202fmin" in lines[3]
    assert "perd 5,3\u202fmin" in lines[3]
    assert "12\u202f% des ménages" in lines[4]
    assert "les moins bien lotis dans «\u202fLe corridor\u202f», le périmètre P1 (" in lines[5]
    assert "38\u202f% des logements" in lines[6]
    assert "44\u202f% dans «\u202fsouth\u202f» (contre 0\u202f%)" in lines[7]
    assert "varient de −16,7\u202f% autour" in lines[8]
    assert "dans «\u202fsouth\u202f» que dans «\u202fLe corridor\u202f», de 54,2 points" in lines[9]
    assert not any(sign in line for line in lines for sign in (" :", " ;", " %", "nan"))


def test_ten_lines_in_english_and_the_other_way_round(figures):
    lines = ten_lines(figures, "south", "corridor", language="en")
    assert lines[3] == (
        "Primary school: on average a rehoused household loses 5.3 min in “south”, and wins 9.7 min in "
        "“corridor”."
    )
    assert "in “south” than in “corridor”, by 54.2 points (95% interval from " in lines[9]
    assert lines[8].count("not known") == 1


def test_what_is_not_known_is_said_in_a_line_of_its_own(figures):
    bare = compare_scenarios(
        [CORRIDOR, SOUTH], sites=SITES.drop(columns="constraint_share:mining"), stock=STOCK,
        homes=HOMES * np.nan, draws=5,
    )  # fmt: skip
    lines = ten_lines(bare, "corridor", "south", language="fr")
    assert len(lines) == 10
    assert lines[6] == "Aléa minier\u202f: non connu pour les deux scénarios."
    assert lines[8] == "École (places)\u202f: non connu pour les deux scénarios."
    assert lines[9] == "École\u202f: non connu pour les deux scénarios."
    assert "nan" not in " ".join(lines)


def test_ten_lines_refuse_what_is_not_there(figures):
    with pytest.raises(UsageError, match="Did you mean 'south'"):
        ten_lines(figures, "corridor", "sud-south")
    with pytest.raises(UsageError, match="is no walk"):
        ten_lines(figures, "corridor", "south", measure="score")
    with pytest.raises(UsageError, match="twice"):
        ten_lines(figures, "south", "south")


def test_a_capacity_that_is_missing_limits_nothing_and_half_a_dwelling_is_none():
    sites = pd.DataFrame({"capacity": pd.array([None, 5], dtype="Int64")}, index=["A", "B"])
    check_scenarios([Scenario(name="x", dwellings={"A": 300})], sites)
    sites["capacity"] = [np.nan, 5.5]
    with pytest.raises(DataError, match=r"holds 5\. Move 1 elsewhere"):
        check_scenarios([Scenario(name="x", dwellings={"B": 6})], sites)
    for wrong in (np.nan, "3", 2.5, True):
        with pytest.raises(DataError, match="whole number above zero"):
            check_scenarios([Scenario(name="x", dwellings={"A": wrong})], sites)
    flows = {"P1": {"A": "all"}}
    with pytest.raises(DataError, match="households are numbers of 0 or more"):
        check_scenarios([Scenario(name="x", dwellings={"A": 3}, flows=flows)], sites)


def test_homes_outside_every_perimeter_are_told_as_such():
    stock = pd.DataFrame(
        {"dwellings": [2], "fate": ["demolish"], "perimeter": [None], "tenure": ["social"],
         "commune": ["59019"]}
    )  # fmt: skip
    sites = pd.DataFrame(
        {"walk_min:ecole": [20.0, 4.0], "capacity": 5, "commune": "59019"}, index=["A", "B"]
    )
    pair = [Scenario(name="a", dwellings={"A": 4}), Scenario(name="b", dwellings={"B": 4})]
    homes = pd.DataFrame({"walk_min:ecole": [8.0]})
    lines = ten_lines(
        compare_scenarios(pair, sites=sites, stock=stock, homes=homes, draws=5), "a", "b"
    )
    assert "2 logements démolis dans aucun périmètre connu" in lines[1]
    assert "les logements hors périmètre (+12,0\u202fmin)" in lines[5]
    assert "outside" not in " ".join(lines)
