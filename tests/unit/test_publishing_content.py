"""What a run hands to the map: the criteria with their anchors, the ledger, the grid."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import write_small_study

from renewal_gis.edition import map_content
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.document import page_data
from renewal_gis.study import run


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> MapContent:
    folder: Path = tmp_path_factory.mktemp("study")
    return map_content(run(write_small_study(folder)))


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
        rows = [row for row in document["breakdown"] if row["site"] == site]
        assert [row["criterion"] for row in rows] == names
        assert sum(row["points"] * row["weight"] for row in rows) / total == pytest.approx(
            score, abs=1e-9
        )


def test_the_ledger_is_handed_on(content: MapContent) -> None:
    assert content.operations is not None
    assert list(content.operations["dwellings"]) == [14, 12]
    assert content.milestones is None
    assert page_data(content).document["calendar"] is None  # nothing is dated


def test_the_columns_have_the_labels_of_the_schema(content: MapContent) -> None:
    labels = page_data(content).document["columns"]
    assert labels["sites"]["capacity"][0]
    assert labels["communes"]["population"][1]
    assert {len(pair) for columns in labels.values() for pair in columns.values()} == {2}
