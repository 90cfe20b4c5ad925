"""What changed between two runs, and because of which input."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.affinity import translate
from small_study import write_small_study

from renewal_gis.change_causes import causes, ground_of
from renewal_gis.changes import compare_runs
from renewal_gis.cli import main
from renewal_gis.edition import publish
from renewal_gis.errors import DataError
from renewal_gis.schema import known_measures
from renewal_gis.study import run


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Return a folder with the small study, and the results of it."""
    folder = tmp_path_factory.mktemp("base")
    publish(run(write_small_study(folder / "in")), folder / "out")
    return folder


@pytest.fixture
def other(base, tmp_path):
    """Return the study copied, to be changed."""
    shutil.copytree(base / "in", tmp_path / "in")
    return tmp_path / "in" / "study.toml"


def told(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_run_compared_with_itself_has_not_changed(base):
    found = compare_runs(base / "out", base / "in")
    tables = (
        found.inputs,
        found.parameters,
        found.sites,
        found.criteria,
        found.sectors,
        found.figures,
    )
    assert [len(table) for table in tables] == [0] * 6
    assert "Both rest on the same inputs." in found.sentences
    assert "No figure changes." in found.sentences


def test_a_moved_school_is_the_cause_of_what_it_moves(base, other):
    text = (other.parent / "services.csv").read_text().splitlines()
    name, group, x, y = text[1].split(",")
    # The school goes from the west end of the street to its middle, 100 m east.
    text[1] = f"{name},{group},{float(x) + 100},{y}"
    (other.parent / "services.csv").write_text("\n".join(text) + "\n")
    found = compare_runs(base / "out", other)
    assert found.inputs[["layer", "change"]].to_numpy().tolist() == [["services", "content"]]
    assert found.criteria["criterion"].tolist() == ["school"]
    assert found.criteria["because"].tolist() == ["services"]
    # Rows of `sectors` name what the measure rests on: departures at the stop did not move.
    assert set(found.sectors["because"]) == {"services"}
    assert not found.sectors["measure"].str.startswith("departures").any()
    before, after = (run(path) for path in (base / "in", other.parent))
    change = after.sites["score"] - before.sites["score"]
    held = found.sites.set_index("site")["score_change"].reindex(change.index).fillna(0.0)
    assert (change != 0).any()
    pd.testing.assert_series_equal(
        held.sort_index(), change.sort_index(), check_names=False, check_index_type=False, atol=1e-6
    )
    assert found.sites["criterion"].tolist() == ["school"] * len(found.sites)


def test_a_weight_and_an_anchor_are_causes_of_their_own(base, other):
    other.write_text(other.read_text().replace("worst = 4\n", "worst = 4\nweight = 3\n"))
    found = compare_runs(base / "out", other, language="en")
    assert found.parameters.to_numpy().tolist() == [["criteria.school.weight", "1", "3"]]
    assert set(found.criteria["because"]) == {"criteria.school.weight"}
    assert "Parameters that differ: criteria.school.weight (1 → 3)." in found.sentences
    assert not len(found.inputs)


def test_a_walking_speed_moves_walks_and_no_departure(base, other):
    text = other.read_text().replace("[sectors]", "[walk]\nspeed_km_h = 3.6\n\n[sectors]")
    other.write_text(text)
    found = compare_runs(base / "out", other, language="fr")
    # Riders walk at the same speed, unless [transit] says otherwise.
    moved = ["transit.rules.speed_km_h", "walk.profile.speed_km_h"]
    assert found.parameters["parameter"].tolist() == moved
    school = found.criteria.set_index("criterion").loc["school"]
    assert school["because"] == "walk.profile.speed_km_h"
    assert school["mean_change"] < 0
    assert any("à cause de walk.profile.speed_km_h" in line for line in found.sentences)


def test_sites_of_one_run_only_are_named(base, other):
    sites = gpd.read_file(other.parent / "sites.geojson")
    sites.geometry = [translate(g, 0, 0) for g in sites.geometry]
    sites.iloc[[0]].to_file(other.parent / "sites.geojson")
    found = compare_runs(base / "out", other)
    assert found.only_first == ("south",)
    assert "Sites only in the first: south." in found.sentences


def test_a_table_changed_by_hand_is_told(base, tmp_path):
    shutil.copytree(base / "out", tmp_path / "out")
    table = (tmp_path / "out" / "sites.csv").read_text(encoding="utf-8")
    (tmp_path / "out" / "sites.csv").write_text(table.replace("Site nord", "Site Nord"))
    found = compare_runs(base / "out", tmp_path / "out")
    assert any("Changed by hand" in line and "sites.csv" in line for line in found.sentences)


def test_every_measure_has_a_ground():
    for key in known_measures():
        assert ground_of(key).layers, key
    assert "stops before" in ground_of("transit_change:centre").layers
    assert "stops" not in ground_of("walk_min:centre").layers
    assert ground_of("percentile:walk_min:ecole").layers[-2:] == ("stock", "communes")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda out: (out / "manifest.json").unlink(), "neither manifest.json nor study.toml"),
        (lambda out: (out / "manifest.json").write_text("{"), "cannot be read as the manifest"),
        (lambda out: (out / "manifest.json").write_text("[]"), "cannot be read as the manifest"),
        (lambda out: (out / "sites.csv").unlink(), "is named in the manifest and is not there"),
        (lambda out: (out / "sites.csv").write_bytes(b""), "cannot be read as a table"),
        (lambda out: (out / "breakdown.csv").write_text("site\nA\n"), "has no column criterion"),
    ],
)
def test_what_is_no_folder_of_results_is_one_sentence(base, tmp_path, spoil, sentence):
    shutil.copytree(base / "out", tmp_path / "out")
    spoil(tmp_path / "out")
    with pytest.raises(DataError, match=sentence):
        compare_runs(base / "out", tmp_path / "out")


def test_the_command_speaks_and_gives_json(base, other):
    other.write_text(other.read_text().replace("worst = 4\n", "worst = 5\n"))
    done = told("compare", base / "out", other, "--quiet", "--language", "en")
    assert done.exit_code == 0, done.output
    assert "criteria.school.anchors (1 → 100, 4 → 0 → 1 → 100, 5 → 0)" in done.output
    held = json.loads(told("compare", base / "out", other, "--quiet", "--json").output)
    assert held["criteria"][0]["because"] == "criteria.school.anchors"
    assert {row["site"] for row in held["sites"]} == {"north", "south"}
    assert all(row["score_change"] > 0 for row in held["sites"])
    assert "criteria.school.anchors" in told("compare", base / "out", other).output


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [(["nowhere", "here"], 1, "nowhere"), (["only-one"], 2, "SECOND"), ([], 2, "FIRST")],
)
def test_the_command_s_mistakes_have_a_status(words, status, sentence):
    done = told("compare", *words)
    assert done.exit_code == status
    assert sentence in done.output


@pytest.mark.parametrize(
    ("measure", "parameter"),
    [
        ("transit_min:centre", "transit.rules.max_rides"),
        ("transit_gain:centre", "transit.changes.Essai.headway_min"),
        ("transit_min_planned:centre", "transit.changes.Essai.headway_min"),
        ("transit_change:centre", "transit.before"),
        ("transit_min_before:centre", "transit.before"),
        ("quality_class_sunday:oevgk18", "transit.days.sunday"),
        ("walk_min:ecole", "walk.slope"),
        ("gravity:ecole", "walk.decay.function"),
        ("grid_share:hazard", "grids.hazard.at_least"),
    ],
)
def test_a_parameter_is_the_cause_of_what_rests_on_it(measure, parameter):
    inputs = pd.DataFrame(columns=["layer", "change", "first", "second"])
    asked = pd.DataFrame({"parameter": [parameter, "surface.cell_m"]})
    assert causes(measure, inputs, asked) == [parameter]
    assert causes("constraint_share:mining", inputs, asked) == []


def test_a_grid_of_slopes_is_a_cause_of_walks_only_where_it_is_walked_on():
    inputs = pd.DataFrame({"layer": ["grid:elevation"], "change": ["content"]})
    nothing = pd.DataFrame({"parameter": []})
    assert causes("walk_min:ecole", inputs, nothing) == []
    assert causes("walk_min:ecole", inputs, nothing, slopes=["elevation"]) == ["grid:elevation"]
    assert causes("built_up_m", inputs, nothing, slopes=["elevation"]) == []
