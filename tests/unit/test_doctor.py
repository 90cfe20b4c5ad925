"""The data doctor: each trouble put into a small study is found, with what it does."""

from __future__ import annotations

import csv
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import LineString, box
from small_study import write_small_study

from renewal_gis.cli import main
from renewal_gis.doctor import diagnosed, layers_held
from renewal_gis.loading import load
from renewal_gis.publishing.doctor_page import write_doctor_pages
from renewal_gis.schema import findings_table


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load(write_small_study(tmp_path_factory.mktemp("study")))


def changed(study, **tables):
    return replace(study, tables={**study.tables, **tables})


def weights(study):
    found = diagnosed(study)
    return {(row.layer, row.check): (row.weight, row.count) for row in found.itertuples()}


def test_a_sound_study_is_called_fine(study):
    found = weights(study)
    assert found["streets", "disconnected"] == ("fine", 0)
    assert found["stock", "duplicates"] == ("fine", 0)
    assert found["stock", "coverage"] == ("fine", 0)
    assert found["stops", "no-service"] == ("look", 1)  # the terminus: nobody departs from it
    assert found["stops", "never-served"] == ("fine", 0)


def test_stops_no_trip_calls_at(study):
    held = study.schedule
    more = pd.concat([held.stops, held.stops.iloc[:1].rename(index=lambda one: "ghost")])
    found = weights(replace(study, schedule=replace(held, stops=more)))
    assert found["stops", "never-served"] == ("look", 1)


def test_the_serious_come_first_and_each_says_what_it_does(study):
    stock = study.tables["stock"]
    double = pd.concat([stock, stock.rename(index=lambda one: f"{one}-again")])
    found = diagnosed(changed(study, stock=double))
    assert found["weight"].iloc[0] == "serious"
    row = found[(found["layer"] == "stock") & (found["check"] == "duplicates")].iloc[0]
    assert row["count"] == len(stock)
    assert "count twice" in row["effect"]
    assert (found.loc[found["weight"] != "fine", "effect"] != "").all()


def test_a_commune_without_homes_is_a_hole(study):
    stock = study.tables["stock"]
    inside = stock.within(study.tables["communes"].geometry.loc["N"])
    assert weights(changed(study, stock=stock[inside]))["stock", "coverage"] == ("serious", 1)


def test_streets_in_pieces(study):
    streets = study.tables["streets"].drop(columns=["u", "v"], errors="ignore")
    east, south = streets.total_bounds[2], streets.total_bounds[1]
    island = gpd.GeoDataFrame(
        geometry=[LineString([(east + 500, south), (east + 1500, south)])],
        index=["far"],
        crs=streets.crs,
    )
    found = weights(changed(study, streets=pd.concat([streets, island])))
    assert found["streets", "disconnected"] == ("serious", 1)


def test_places_far_from_the_communes(study):
    far = study.tables["services"].set_geometry(study.tables["services"].translate(90_000, 0))
    assert weights(changed(study, services=far))["services", "far"] == ("look", 1)


def test_sites_on_constraints_by_level(study):
    found = weights(study)
    touched = gpd.sjoin(study.tables["sites"], study.tables["constraints"]).index.nunique()
    assert found.get(("sites", "on-veto"), (None, 0))[1] == touched
    whole = study.tables["constraints"].set_geometry([box(*study.tables["sites"].total_bounds)])
    assert weights(changed(study, constraints=whole))["sites", "on-veto"] == ("look", 2)


def test_vintages_far_apart(study):
    parts = [
        replace(one, vintage=str(2009 + 15 * (one.layer == "stock"))) for one in study.provenance
    ]
    found = weights(replace(study, provenance=tuple(parts)))
    assert found["", "vintages-apart"] == ("serious", 15)
    assert ("", "vintage") not in found
    # All layers of the small study are real but one, and none tells a year.
    assert weights(study)["", "vintage"] == ("look", len(study.provenance) - 1)


def test_gaps_name_the_column_and_the_result(study):
    communes = study.tables["communes"].assign(population=np.nan)
    found = diagnosed(changed(study, communes=communes))
    row = found[(found["layer"] == "communes") & (found["check"] == "gaps")].iloc[0]
    assert "2 of 2 rows have no population (Residents)" in row["found"]


def test_layers_tell_their_rows_and_what_is_filled(study):
    held = layers_held(study).set_index("layer")
    assert held.loc["stock", "rows_kept"] == 4
    assert "dwellings 100%" in held.loc["stock", "filled"]
    assert held.loc["stock", "nature"] == "synthetic"


def test_the_page_and_its_tables_are_written_the_same_every_time(study, tmp_path):
    hostile = replace(study, tables={**study.tables})
    layers = layers_held(hostile).assign(file="<script>alert(1)</script>")
    symptoms = diagnosed(hostile)
    symptoms.loc[0, "found"] = "=HYPERLINK(1)"
    for name in ("a", "b"):
        write_doctor_pages(
            tmp_path / name, title="Ville & <b>", layers=layers, symptoms=symptoms,
            findings=findings_table(study.findings),
        )  # fmt: skip
    page = (tmp_path / "a" / "check.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "b" / "check.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "Ville &amp; &lt;b&gt;" in page
    assert "default-src 'none'" in page
    with (tmp_path / "a" / "check.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(symptoms)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_check_report_writes_the_page(tmp_path):
    path = write_small_study(tmp_path / "study")
    done = CliRunner().invoke(main, ["check", str(path), "--report", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Doctor" in done.output
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "check.csv",
        "check.html",
        "findings.csv",
    ]
