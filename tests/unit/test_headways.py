"""The headway question, on one long street where waits and rides are worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest
from long_street import write_long_street
from small_study import write_small_study

from renewal_gis import headways
from renewal_gis.errors import DataError
from renewal_gis.headways import headway_question
from renewal_gis.loading import load


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load(write_long_street(tmp_path_factory.mktemp("street")))


def test_the_headway_that_brings_the_station_near_enough(study):
    found = headway_question(study, "far", target_min=30)
    # 5 km, 1.3 times as long, at 18 km/h: 21 min 40 s. With a bus every 15 min and a minute of slack,
    # the waits are 1 to 15 min, each of 8 of the 120 departures: the 60th has 8.
    waits = {60: 30, 30: 15, 20: 10, 15: 8, 12: 6, 10: 5, 7.5: 4.5, 6: 3, 5: 3}
    assert {float(row[0]): row[2] for row in found.rows} == {
        headway: f"{wait + 21 + 40 / 60:.1f}" for headway, wait in waits.items()
    }
    assert found.enough_min == 15
    assert [row[3] for row in found.rows] == ["no"] * 3 + ["yes"] * 6
    # There and back with four minutes at each end: 51 min 20 s.
    assert [int(row[1]) for row in found.rows] == [1, 2, 3, 4, 5, 6, 7, 9, 11]
    assert found.sentences[0] == "Today: not reached. To reach: 30 min (as asked)."
    assert found.sentences[1].startswith(
        "A bus every 15 min or more often is enough: 4 vehicle(s), 29.7 min."
    )


def test_without_a_target_the_corridor_s_median_is_to_be_reached(study):
    found = headway_question(study, "far", language="fr")
    # Five of the corridor's seven dwellings live 400 m from the station: 5 minutes on foot.
    assert found.target_min == pytest.approx(5, abs=0.02)
    assert found.enough_min is None
    assert "médiane du corridor" in found.sentences[0]
    assert found.sentences[1].startswith("Aucun intervalle jusqu’à 5 min ne suffit")
    assert found.header[0] == "intervalle (min)"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "No headway down to 5 min is enough: the destination is reached at none.",
        ),
        (
            "fr",
            "Aucun intervalle jusqu’à 5 min ne suffit\u202f: la destination n’est atteinte avec aucun.",
        ),
    ],
)
def test_a_destination_that_no_headway_reaches_is_told(study, monkeypatch, language, said):
    # With so long a ride between two stops, nobody arrives within the longest journey.
    line = headways._line
    monkeypatch.setattr(
        headways,
        "_line",
        lambda *asked: dataclasses.replace(line(*asked), minutes=(200.0,)),
    )
    found = headway_question(study, "far", target_min=30, language=language)
    assert found.enough_min is None
    assert {row[2] for row in found.rows} == {"not reached" if language == "en" else "non atteint"}
    assert found.sentences[1] == said


def test_the_line_may_call_elsewhere_and_end_elsewhere(study):
    found = headway_question(study, "far", via=["s"], terminus="n", target_min=30)
    assert found.title.endswith("(3 stops, 21.7 min in the bus)")
    assert found.enough_min == 15
    short = headway_question(study, "far", terminus="s", target_min=45)
    # The last kilometre is walked, 12.5 minutes.
    assert short.title.endswith("(2 stops, 17.3 min in the bus)")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"site": "near"}, "No site is called 'near'. Known: far."),
        ({"site": "far", "group": "hospital"}, "no destination of the kind 'hospital'"),
        ({"site": "far", "via": ["zz"]}, "calls at 'zz'"),
    ],
)
def test_what_is_not_there_is_told(study, asked, said):
    with pytest.raises(DataError, match=said):
        headway_question(study, target_min=30, **asked)


def test_a_study_without_destinations_cannot_answer(tmp_path):
    with pytest.raises(DataError, match="named destinations"):
        headway_question(write_small_study(tmp_path), "south")


def test_places_are_joined_as_the_rules_of_the_searches_say(study):
    # 400 m off the street: too far for a walk of this study, not for R5's searches.
    sites = study.tables["sites"].copy()
    sites.geometry = sites.geometry.translate(0, 400)
    transit = study.settings.transit
    moved = dataclasses.replace(study, tables={**study.tables, "sites": sites})
    wide = dataclasses.replace(transit, rules=dataclasses.replace(transit.rules, join_limit_m=1600))
    as_r5 = dataclasses.replace(moved, settings=dataclasses.replace(study.settings, transit=wide))
    assert study.settings.walk.join_limit_m < 400
    told = {name: headway_question(one, "far", target_min=90).enough_min for name, one in
            (("ours", moved), ("r5", as_r5))}  # fmt: skip
    assert told["ours"] is None
    assert told["r5"] is not None
