"""What a run hands to the map: the criteria with their anchors, the ledger, the grid."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from long_street import write_long_street
from small_study import write_small_study

from renewal_gis.edition import map_content
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.document import page_data
from renewal_gis.study import run


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> MapContent:
    folder: Path = tmp_path_factory.mktemp("study")
    return map_content(run(write_small_study(folder)))


def tables(content: MapContent) -> dict[str, Any]:
    """Return what the panel reads once the layers are there."""
    packed = page_data(content).blocks["tables"]
    return dict(json.loads(gzip.decompress(base64.b64decode(packed))))


def test_the_criteria_come_with_anchors_and_weights(content: MapContent) -> None:
    told = [(one.name, one.measure, one.weight, one.anchors) for one in content.criteria]
    assert told == [
        ("school", "walk_min:ecole", 1.0, ((1.0, 100.0), (4.0, 0.0))),
        ("service", "departures_day:stop", 1.0, ((4.0, 100.0), (0.0, 0.0))),
    ]


def test_the_page_can_compute_the_scores_again(content: MapContent) -> None:
    document = page_data(content).document
    names = [one["name"] for one in document["criteria"]]
    assert names == ["school", "service"]
    assert content.sites is not None
    total = sum(one["weight"] for one in document["criteria"])
    for site, score in content.sites["score"].items():
        rows = [row for row in tables(content)["breakdown"] if row["site"] == site]
        assert [row["criterion"] for row in rows] == names
        assert sum(row["points"] * row["weight"] for row in rows) / total == pytest.approx(
            score, abs=1e-9
        )


def test_stops_come_with_their_class_and_lines_from_the_timetable(content: MapContent) -> None:
    stops, lines = content.layers["stops"], content.layers["lines"]
    assert list(stops["category"].cat.categories[:3]) == ["I", "II", "III"]
    assert stops["category"].cat.ordered
    assert lines[["name", "mode", "departures_day"]].to_numpy().tolist() == [["T1", "tram", 2]]
    assert lines.crs == content.communes.crs


def test_two_timetables_are_two_measures_in_the_same_classes_each_with_its_date(
    tmp_path: Path,
) -> None:
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    now = header + (
        "t1,07:30:00,07:30:00,s,1\nt1,07:40:00,07:40:00,n,2\n"
        "t2,08:30:00,08:30:00,s,1\nt2,08:40:00,08:40:00,n,2\n"
    )
    slower = now.replace("07:40", "08:00").replace("08:40", "09:00")
    feeds = {"gtfs.zip": now, "old.zip": slower}
    path = write_long_street(tmp_path, stops={"n": 0, "s": 5000}, feeds=feeds)
    before = '[transit.before]\nfeeds = ["old.zip"]\ndate = 2026-03-11\n\n[[criteria]]'
    path.write_text(path.read_text().replace("[[criteria]]", before, 1))
    told = map_content(run(path))
    labels = {label.key: label for label in told.measures}
    today, then = labels["transit_min:station"], labels["transit_min_before:station"]
    assert (today.breaks, today.unit, today.low_is_good) == (then.breaks, then.unit, True)
    assert [today.en[-15:], then.en[-15:]] == [", 10 March 2026", ", 11 March 2026"]
    assert labels["transit_change:station"].fr.endswith(", 11/03/2026 → 10/03/2026")
    assert told.stock is not None
    assert {today.key, then.key} <= set(told.stock.columns)
    assert (
        told.stock[then.key] - told.stock[today.key]
    ).max() == 20  # ten minutes' ride, or thirty
    said = {fact.en: fact.value_en for fact in told.facts}
    assert said["Earlier timetable"] == "of 11 March 2026"


def test_the_ledger_is_handed_on(content: MapContent) -> None:
    assert content.operations is not None
    assert list(content.operations["dwellings"]) == [14, 12]
    assert content.milestones is None
    assert tables(content)["calendar"] is None  # nothing is dated


def test_the_columns_have_the_labels_of_the_schema(content: MapContent) -> None:
    labels = page_data(content).document["columns"]
    assert labels["sites"]["capacity"][0]
    assert labels["communes"]["population"][1]
    assert {len(pair) for columns in labels.values() for pair in columns.values()} == {2}


def test_the_programme_is_told_with_each_language_s_percent(content: MapContent) -> None:
    told = next(fact for fact in content.facts if fact.en == "Programme")
    assert re.search(r"rebuilt \((\d+\.\d%|–)\)$", told.value_en), told.value_en
    assert re.search(r"reconstruits \((\d+,\d\u00a0%|–)\)$", told.value_fr), told.value_fr


def test_buildings_say_how_their_dwellings_are_known(tmp_path: Path) -> None:
    results = run(write_small_study(tmp_path))
    assert results.stock is not None
    more = {"dwellings_method": "estimated", "social_dwellings": 1, "estate": "Cité Soult"}
    held = map_content(replace(results, stock=results.stock.assign(**more))).stock
    assert held is not None
    assert set(more) <= set(held.columns)
    described = page_data(map_content(replace(results, stock=held))).document["packed"]["stock"]
    assert set(more) <= {column["name"] for column in described["columns"]}
