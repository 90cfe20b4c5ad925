"""Whole territories, run and compared with the summary kept beside this file.

After a change that is meant: `pytest tests/golden --write-golden`, then read the difference.
"""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

from renewal_gis.digest import summary
from renewal_gis.study import run

HERE = ROOT / "tests" / "golden"
STUDIES = {
    "demo": ROOT / "data" / "demo" / "study.toml",
    "demo-2009": ROOT / "data" / "demo" / "study-2009.toml",
    "newport": ROOT / "tests" / "studies" / "newport" / "study.toml",
    "valenciennes": ROOT / "tests" / "studies" / "valenciennes" / "study.toml",
}


def flat(value, where=""):
    """Yield (key path, value) of every leaf."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from flat(held, f"{where}/{key}")
    else:
        yield where, value


@pytest.mark.parametrize("name", STUDIES)
def test_summary_is_the_one_kept(name, request, demo_results):
    if name in {"newport", "valenciennes"}:
        request.getfixturevalue("shared")
    results = demo_results if name == "demo" else run(STUDIES[name])
    found = summary(results)
    del found["run"]  # changes with every input's bytes; the figures below are what must hold
    kept = HERE / f"{name}.json"
    if request.config.getoption("--write-golden"):
        kept.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    expected = dict(flat(json.loads(kept.read_text(encoding="utf-8"))))
    actual = dict(flat(found))
    assert actual.keys() == expected.keys()
    for where, value in expected.items():
        if isinstance(value, float):
            assert actual[where] == pytest.approx(value, rel=1e-6, abs=1e-6), where
        else:
            assert actual[where] == value, where


def test_the_real_defects_are_listed_not_hidden(shared):
    results = run(STUDIES["valenciennes"])
    codes = set(results.findings["code"])
    assert {"invalid-geometry", "null-geometry", "repeated-row"} <= codes
    kept = {p.layer: (p.rows_in, p.rows_kept) for p in results.study.provenance}
    assert all(rows_in >= rows_kept for rows_in, rows_kept in kept.values())


def test_the_tram_opened_between_the_two_timetables(demo_results):
    before = run(STUDIES["demo-2009"]).sites["departures_day:stop"]
    after = demo_results.sites["departures_day:stop"]
    corridor = demo_results.sites["sector"] == "corridor"
    assert after[corridor].sum() > before[corridor].sum()


def test_demo_totals(demo_results):
    total = demo_results.programme.loc["total"]
    assert (total["demolished"], total["rebuilt"], total["of_which_mining"]) == (1400, 1265, 172)
    capacity = demo_results.sites.groupby("scenario")["capacity"].sum()
    assert capacity.to_dict() == {"corridor": 1265, "south": 1265}
