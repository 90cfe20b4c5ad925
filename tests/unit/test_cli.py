"""The command line: what it prints, its exit statuses, its sentences."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from small_study import write_small_study

from renewal_gis.cli import main


@pytest.fixture
def study(tmp_path):
    return write_small_study(tmp_path / "study")


def told(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_run_writes_the_map_and_the_tables(study, tmp_path):
    done = told("run", study, "--output", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "Site nord" in done.output
    assert "rest on synthetic data" in done.output
    assert (tmp_path / "out" / "map.html").exists()
    assert (tmp_path / "out" / "sites.csv").exists()


def test_map_writes_the_map_only(study):
    assert told("map", study, "--quiet").exit_code == 0
    assert [path.name for path in (study.parent / "results").iterdir()] == ["map.html"]


def test_a_dry_run_writes_nothing(study):
    done = told("run", study, "--dry-run", "--quiet", "--json")
    assert json.loads(done.output)["sites"]["north"]["rank"] == 1
    assert not (study.parent / "results").exists()


def test_check_lists_layers_and_findings(study):
    done = told("check", study)
    assert done.exit_code == 0, done.output
    assert "stock.parquet" in done.output
    assert json.loads(told("check", study, "--quiet", "--json").output) is not None


def test_explain_tells_sentences(study):
    done = told("explain", "north", "--study", study, "--quiet", "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Site north (Site nord) scores")


def test_new_writes_a_file_that_reads(tmp_path):
    from renewal_gis.config import read_study_file

    assert told("new", tmp_path).exit_code == 0
    assert read_study_file(tmp_path / "study.toml").name == "My territory"
    again = told("new", tmp_path)
    assert again.exit_code == 2
    assert "--force" in again.output
    assert told("new", tmp_path, "--force").exit_code == 0


def test_every_commented_line_of_the_new_file_reads_too(tmp_path):
    from renewal_gis.config import read_study_file

    told("new", tmp_path)
    path = tmp_path / "study.toml"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ")
        is_code = bare != line and (bare.startswith("[") or " = " in bare)
        lines.append(bare if is_code else line)
    path.write_text("\n".join(lines), encoding="utf-8")
    settings = read_study_file(path)
    assert len(settings.layers) == 13
    assert settings.transit is not None
    assert settings.robustness.before == (("transit", "services"),)
    assert settings.scenarios[0].flows == {"P01": {"S01": 30}}
    assert settings.criteria[0].name == "school"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["run", "nowhere.toml"], 1, "There is no study file at nowhere.toml"),
        (["explain", "north", "--study", "nowhere.toml"], 1, "renewal-gis new"),
        (["explain", "north", "--depart", "07:30"], 2, "give --from and --to with it"),
        (["explain", "--from", "north", "--depart", "07:30"], 2, "give --from and --to with it"),
        (["explain", "north", "--from", "north", "--to", "gare"], 2, "Give a SITE, or --from"),
        (["run", "--colour"], 2, "No such option"),
        (["fly"], 2, "No such command"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_status(words, status, sentence):
    done = told(*words)
    assert done.exit_code == status
    assert sentence in done.output
    assert isinstance(done.exception, SystemExit)


def test_data_at_fault_is_status_1_and_leaves_results_alone(study):
    assert told("run", study, "--quiet").exit_code == 0
    page = (study.parent / "results" / "map.html").read_bytes()
    (study.parent / "streets.gpkg").write_bytes(b"SQLite format 3\0 cut short")
    done = told("run", study, "--quiet")
    assert done.exit_code == 1
    assert "streets" in done.output
    assert isinstance(done.exception, SystemExit)
    assert (study.parent / "results" / "map.html").read_bytes() == page


def test_a_file_in_the_place_of_a_folder_is_told(study, tmp_path):
    (tmp_path / "taken").write_text("mine")
    for words, status in (
        (["new", tmp_path / "taken"], 1),
        (["run", study, "--output", tmp_path / "taken"], 2),
        (["run", study, "--output", tmp_path / "taken" / "deeper"], 1),
    ):
        done = told(*words)
        assert done.exit_code == status
        assert "taken" in done.output
        assert isinstance(done.exception, SystemExit)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_stands_for_its_study_file(study):
    assert told("check", study.parent, "--quiet").exit_code == 0


def test_an_unknown_site_is_told_with_the_known_ones(study):
    done = told("explain", "nord", "--study", study, "--quiet")
    assert done.exit_code == 1
    assert "The sites are: north, south" in done.output


def test_an_interruption_says_so(study, monkeypatch):
    def interrupted(*_args, **_rest):
        raise KeyboardInterrupt

    monkeypatch.setattr("renewal_gis.study.load", interrupted)
    done = told("run", study, "--quiet")
    assert done.exit_code == 130
    assert "nothing was written" in done.output


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, renewal_gis; "
        "print([m for m in ('pandas', 'numba', 'folium', 'rasterio', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import renewal_gis

    for name in renewal_gis.__all__:
        assert getattr(renewal_gis, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = renewal_gis.nothing
