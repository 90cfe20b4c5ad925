"""The two studies on real data: every layer loads, and what is wrong in the files is listed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from renewal_gis import access, sources
from renewal_gis.config import read_study_file
from renewal_gis.schema import Loaded

STUDIES = Path(__file__).resolve().parent.parent / "studies"


@pytest.fixture(scope="module", params=["newport", "valenciennes"])
def study(request, shared):
    settings = read_study_file(STUDIES / request.param / "study.toml")
    crs = sources.study_crs(settings.crs)
    loaded = {
        name: sources.read_layer(specs, table=name, crs=crs)
        for name, specs in settings.layers.items()
    }
    if settings.transit is not None:
        transit = settings.transit
        held = sources.read_schedule(transit.feeds, crs=crs)
        files = [spec.path.name for spec in transit.feeds]
        stops, found = access.served_stops(
            held.schedule, date=transit.date, window=transit.window, files=files
        )
        loaded["stops"] = Loaded(
            table=stops, findings=(*held.findings, *found), provenance=held.provenance
        )
    return request.param, settings, loaded


ROWS = {
    "newport": {
        "communes": 3,
        "stock": 21_753,
        "sites": 44,
        "services": 377,
        "streets": 16_938,
        "stops": 647,
    },
    "valenciennes": {"communes": 82, "perimeters": 59, "services": 549, "constraints": 932},
}
FINDINGS = {
    "newport": {
        ("stock", "note", "set-aside"): 12_347,
        ("sites", "note", "set-aside"): 1_657,
        ("streets", "note", "not-walkable"): 620,
        ("streets", "note", "closed-barrier"): 30,
        ("stops", "note", "grouped"): 8,
        ("stops", "note", "no-departure"): 1_166,
        ("stops", "note", "not-a-stop"): 865,
    },
    "valenciennes": {
        ("constraints", "repaired", "invalid-geometry"): 1,
        ("constraints", "dropped", "null-geometry"): 1,
        ("services", "dropped", "repeated-row"): 27,
        ("services", "note", "set-aside"): 352,
    },
}


def test_rows(study):
    name, _, loaded = study
    assert {layer: len(one.table) for layer, one in loaded.items()} == ROWS[name]


def test_findings(study):
    name, _, loaded = study
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in loaded.values():
        for finding in one.findings:
            counted[finding.layer, finding.severity, finding.code] += finding.count
    assert counted == FINDINGS[name]


def test_sectors_name_areas_of_the_study(study):
    _, settings, loaded = study
    areas = set(loaded["communes"].table.index)
    for codes in settings.sectors.values():
        assert set(codes) <= areas


def test_every_file_says_where_it_comes_from(study):
    _, _, loaded = study
    for layer, one in loaded.items():
        for told in one.provenance:
            assert len(told.sha256) == 64
            assert told.nature == "schematic" or (told.licence and told.attribution), layer
