"""One for one under each definition, the gap over time, and the flows from place to place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from demo_tables import demo
from shapely import Point, box

from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.planning import (
    DEFINITIONS,
    STAGES,
    Definition,
    cumulative_gap,
    definition,
    flow_lines,
    origin_balance,
    reconstitution,
    reconstitution_flows,
)


def ledger(*rows):
    columns = [
        "family",
        "dwellings",
        "plai",
        "plus",
        "intermediate",
        "free",
        "mining",
        "beds",
        "on_site",
    ]
    return pd.DataFrame(rows, columns=columns, index=[f"OP{n}" for n in range(len(rows))])


BEUVRAGES = ledger(
    ("01", 278, None, None, None, None, 0, None, True),
    ("01", 172, None, None, None, None, 172, None, True),
    ("02", 291, 100, 191, None, None, None, None, True),
    ("02", 150, None, None, 150, None, None, None, False),
)
ANZIN = ledger(
    ("01", 173, None, None, None, None, None, None, True),
    ("01", 0, None, None, None, None, None, 214, True),
    ("02", 168, None, 168, None, None, None, None, True),
    ("02", 5, 5, None, None, None, None, None, False),
    ("02", 31, None, None, None, 31, None, None, True),
)


def ratios(operations, **rest):
    table = reconstitution(operations, **rest).query("stage == 'programmed'")
    return table.set_index("definition")["ratio"]


def test_beuvrages_has_the_published_ratios():
    held = ratios(BEUVRAGES)
    assert round(100 * held["social_for_all"], 1) == 64.7
    assert round(100 * held["social_intermediate_for_all"], 1) == 98.0
    assert held["social_for_social"] == pytest.approx(291 / 278)
    assert held["social_off_site"] == 0
    assert held["all_for_all"] == pytest.approx(441 / 450)


def test_anzin_depends_on_what_counts():
    plus = Definition(id="plus_only", en="PLUS only", fr="PLUS seulement", rebuilt=("plus",))
    held = ratios(ANZIN, definitions=[*DEFINITIONS, plus])
    assert round(100 * held["plus_only"], 1) == 97.1
    assert held["social_for_all"] == 1
    assert held["all_for_all"] == pytest.approx(204 / 173)
    assert held["all_with_beds"] == pytest.approx(204 / (173 + 214))


def test_the_demonstration_has_the_published_ratio():
    table = reconstitution(demo("operations"), demo("milestones"))
    whole = table[(table["definition"] == "all_for_all") & (table["stage"] == "programmed")].iloc[0]
    assert (whole["demolished"], whole["rebuilt"], whole["gap"]) == (1400, 1265, 135)
    assert round(100 * whole["ratio"], 1) == 90.4
    assert table["definition"].nunique() == len(DEFINITIONS)
    by_stage = table[table["definition"] == "all_for_all"].set_index("stage")
    assert by_stage.index.tolist() == list(STAGES)
    assert by_stage["rebuilt"].is_monotonic_decreasing


def test_beuvrages_in_the_demonstration_has_its_ratios_per_convention():
    table = reconstitution(demo("operations"), by="convention").query("stage == 'programmed'")
    held = table.set_index(["convention", "definition"])["ratio"].round(3)
    assert held["Beuvrages 2006", "social_for_all"] == 0.647
    assert held["Beuvrages 2006", "social_intermediate_for_all"] == 0.98


@pytest.mark.parametrize("by", ["project", "convention", "commune", "perimeter", "half_year"])
def test_groups_add_up_to_the_whole(by):
    operations, milestones = demo("operations"), demo("milestones")
    keys = ["definition", "stage"]
    parts = reconstitution(operations, milestones, by=by).groupby(keys)[["demolished", "rebuilt"]]
    whole = reconstitution(operations, milestones).set_index(keys)[["demolished", "rebuilt"]]
    pd.testing.assert_frame_equal(parts.sum().sort_index(), whole.sort_index())


STEPS = pd.DataFrame(
    [
        ("OP0", "engaged", None, "2009-02-01", "2009-02-01"),
        ("OP0", "demolished", "2009-12-01", "2010-03-01", "2010-04-01"),
        ("OP1", "demolished", "2010-01-01", "2011-01-01", None),
        ("OP2", "engaged", None, "2009-06-01", None),
        ("OP2", "delivered", "2010-06-01", "2011-06-01", "2011-07-01"),
        ("OP3", "engaged", None, "2009-06-01", None),
    ],
    columns=["operation", "step", "planned_before", "planned_now", "actual"],
)


def stages(as_of=None):
    table = reconstitution(BEUVRAGES, STEPS, definitions=[definition("all_for_all")], as_of=as_of)
    return table.set_index("stage")[["demolished", "rebuilt"]].T.to_dict("list")


def test_stages_follow_the_actual_dates():
    # OP2 was delivered, hence engaged, though nobody wrote down when; OP1 and OP3 are only planned.
    assert stages() == {"programmed": [450, 441], "engaged": [278, 291], "delivered": [278, 291]}


def test_what_happened_after_the_day_has_not_happened():
    assert stages("2010-12-31")["engaged"] == [278, 0]
    assert stages("2010-03-31")["delivered"] == [0, 0]
    with pytest.raises(DataError, match="as_of = 'soon' is not a date"):
        stages("soon")


def test_rows_stand_behind_each_number():
    table = reconstitution(BEUVRAGES, STEPS, definitions=[definition("social_for_all")])
    rows = table.set_index("stage")[["demolished_rows", "rebuilt_rows"]].to_numpy().tolist()
    assert rows == [["OP0, OP1", "OP2"], ["OP0", "OP2"], ["OP0", "OP2"]]


def test_without_milestones_only_the_programme_is_known():
    table = reconstitution(BEUVRAGES).set_index("stage")
    assert table.loc["programmed", "demolished"].notna().all()
    assert (
        table.loc[["engaged", "delivered"], ["demolished", "rebuilt", "ratio"]]
        .isna()
        .all(axis=None)
    )


def test_nothing_demolished_has_no_ratio():
    held = ratios(BEUVRAGES.iloc[2:])
    assert held.isna().all()


def test_a_programme_in_which_nothing_moves_still_has_its_row():
    table = reconstitution(BEUVRAGES.assign(family="08"))
    whole = table[(table["definition"] == "all_for_all") & (table["stage"] == "programmed")].iloc[0]
    assert (whole["demolished"], whole["rebuilt"]) == (0, 0)
    assert len(reconstitution(BEUVRAGES.assign(family="08"), by="commune")) == 0


def test_the_gap_is_what_is_gone_and_not_yet_back():
    curve = cumulative_gap(BEUVRAGES, STEPS, held=definition("all_for_all"))
    assert curve["half_year"].tolist() == ["2010-S1", "2010-S2", "2011-S1", "2011-S2"]
    assert curve["gap"].tolist() == [278, 278, 450, 159]
    assert curve["undated_rebuilt"].unique().tolist() == [150]
    before = cumulative_gap(
        BEUVRAGES, STEPS, held=definition("all_for_all"), dates="planned_before"
    )
    assert before["half_year"].tolist() == ["2009-S2", "2010-S1"]
    assert before["gap"].tolist() == [278, 450 - 291]


def test_gaps_by_convention_add_up():
    operations, milestones = demo("operations"), demo("milestones")
    held = definition("social_for_all")
    whole = cumulative_gap(operations, milestones, held=held).set_index("half_year")
    parts = cumulative_gap(operations, milestones, held=held, by="convention")
    assert parts["convention"].nunique() == 4
    pd.testing.assert_series_equal(parts.groupby("half_year")["gap"].sum(), whole["gap"])
    assert whole["gap"].iloc[-1] == 1400 - 1084


def test_no_date_at_all_is_an_empty_curve():
    assert len(cumulative_gap(BEUVRAGES, STEPS.iloc[:0], held=definition("all_for_all"))) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rebuilt": ("plsi",)}, "no product plsi"),
        ({"place": "nearby"}, "place is any, on_site or off_site"),
        ({"beds_per_dwelling": 0}, "must be above 0"),
        ({"beds_per_dwelling": np.nan}, "must be above 0"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(change, message):
    with pytest.raises(UsageError, match=message):
        Definition(**{"id": "x", "en": "x", "fr": "x", "rebuilt": ("plai",), **change})


def test_unknown_names_are_said():
    with pytest.raises(UsageError, match="No definition called 'one_for_two'"):
        definition("one_for_two")
    with pytest.raises(UsageError, match="No cut by town"):
        reconstitution(BEUVRAGES, by="town")
    with pytest.raises(UsageError, match="No curve by 'town'"):
        cumulative_gap(BEUVRAGES, STEPS, held=definition("all_for_all"), by="town")


def test_definitions_speak_both_languages_and_have_their_own_names():
    assert len({held.id for held in DEFINITIONS}) == len(DEFINITIONS)
    assert all(held.en and held.fr for held in DEFINITIONS)


FLOWS = pd.DataFrame(
    {
        "family": ["01", "02", "02", "02", "02", "02"],
        "dwellings": [100, 20, 10, 30, 5, 7],
        "plus": [None, 20, 10, 30, 5, 7],
        "perimeter": ["P1", "P1", "P1", "P1", None, "P9"],
        "site": [None, "C1", None, None, None, "C1"],
        "commune": ["K", "K", "K", "L", None, "K"],
        "on_site": [True, False, True, False, False, None],
    },
    index=[f"OP{n}" for n in range(6)],
)
PLACES = {
    "perimeters": gpd.GeoDataFrame(geometry=[box(0, 0, 2, 2)], index=["P1"], crs=2154),
    "sites": gpd.GeoDataFrame(geometry=[box(3, 4, 5, 6)], index=["C1"], crs=2154),
    "communes": gpd.GeoDataFrame(geometry=[box(10, 0, 12, 2), None], index=["L", "K"], crs=2154),
}


def test_flows_go_from_the_place_lost_to_the_place_rebuilt():
    flows = reconstitution_flows(FLOWS)
    assert flows[["origin", "to_kind", "to", "dwellings", "operations"]].to_numpy().tolist() == [
        ["", "", "", 5, "OP4"],
        ["P1", "commune", "L", 30, "OP3"],
        ["P1", "perimeter", "P1", 10, "OP2"],
        ["P1", "site", "C1", 20, "OP1"],
        ["P9", "site", "C1", 7, "OP5"],
    ]


def test_lines_join_the_places_and_what_cannot_be_drawn_is_listed():
    flows = reconstitution_flows(FLOWS)
    drawn, found = flow_lines(flows, PLACES)
    assert len(drawn) + len(found) == len(flows)
    assert drawn.crs.to_epsg() == 2154
    assert drawn["length_m"].tolist() == [10, 0, 5]
    assert [shape.wkt for shape in drawn.geometry] == [
        "LINESTRING (1 1, 11 1)",
        "POINT (1 1)",
        "LINESTRING (1 1, 4 5)",
    ]
    assert [one.row for one in found] == ["OP4", "OP5"]


def test_flows_of_the_demonstration_lose_no_dwelling():
    operations = demo("operations")
    flows = reconstitution_flows(operations)
    assert flows["dwellings"].sum() == 1265
    places = {name: demo(name) for name in ("perimeters", "sites", "communes")}
    drawn, found = flow_lines(flows, places)
    assert (len(drawn), found) == (len(flows), [])
    balance = origin_balance(operations)
    assert balance["demolished"].sum() == 1400
    assert balance["not_rebuilt"].sum() == 135
    assert balance.loc[["P06", "P07"], "not_rebuilt"].sum() == 9
    social = origin_balance(operations, held=definition("social_for_all"))
    assert social.loc[["P06", "P07"], "not_rebuilt"].sum() == 159


def test_places_without_one_crs_are_refused():
    flows = reconstitution_flows(FLOWS)
    other = gpd.GeoDataFrame(geometry=[Point(3, 50)], index=["C1"], crs=4326)
    with pytest.raises(CRSError, match="not in one CRS"):
        flow_lines(flows, {**PLACES, "sites": other})
    with pytest.raises(CRSError, match="at least one"):
        flow_lines(flows, {})
