"""Where inputs came from: what was fetched, the programme file and the rules, all in the manifest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_study import write_small_study

from renewal_gis.cli import main
from renewal_gis.errors import DataError
from renewal_gis.files import sha256_of
from renewal_gis.loading import load
from renewal_gis.recording import parameters, run_id, sources_table
from renewal_gis.sources.fetching import Fetched, read_manifest, write_manifest
from renewal_gis.study import run


@pytest.fixture
def study(tmp_path):
    """The small study, its services in `data`, fetched; its programme in a file of its own."""
    path = write_small_study(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "services.csv").rename(data / "services.csv")
    text = path.read_text().replace('"services.csv"', '"data/services.csv"')
    path.write_text(text + '\n[programme]\nfile = "programme.toml"\n')
    (tmp_path / "programme.toml").write_text('profile = "PNRU"\nas_of = 2026-06-30\n')
    held = Fetched(
        id="services", title="Facilities", file="services.csv", url="https://example.org/services.csv",
        sha256=sha256_of(data / "services.csv"), bytes=1, date="2026-03-10", vintage="2025",
        licence="LO", attribution="INSEE", origin="network",
    )  # fmt: skip
    write_manifest(data / "fetched.json", [held])
    return path


def of(table, layer):
    return table[table["layer"] == layer].iloc[0]


def test_a_fetched_layer_is_dated_and_its_day_and_address_stand_in_the_manifest(study, tmp_path):
    done = CliRunner().invoke(main, ["run", str(study), "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    rows = {row["layer"]: row for row in manifest["inputs"]}
    assert rows["services"]["vintage"] == "2025"
    assert rows["services"]["fetched_on"] == "2026-03-10"
    assert rows["services"]["fetched_from"] == "https://example.org/services.csv"
    assert rows["streets"]["fetched_on"] == ""
    assert rows["programme"]["sha256"] == sha256_of(tmp_path / "programme.toml")
    assert manifest["parameters"]["programme"]["profile"] == "PNRU"
    assert manifest["parameters"]["programme"]["as_of"] == "2026-06-30"
    assert str(tmp_path) not in json.dumps(manifest)


def test_another_day_of_the_same_bytes_is_the_same_run(study):
    first = run(study, homes=False)
    path = study.parent / "data" / "fetched.json"
    path.write_text(path.read_text().replace("2026-03-10", "2026-04-10"))
    second = run(study, homes=False)
    assert run_id(first) == run_id(second)
    assert of(sources_table(second), "services")["fetched_on"] == "2026-04-10"


def test_a_word_of_the_programme_file_makes_another_run(study):
    first = run(study, homes=False)
    with (study.parent / "programme.toml").open("a") as stream:
        stream.write("[published]\ndemolished = 14\n")
    second = run(study, homes=False)
    assert run_id(first) != run_id(second)
    held = [of(sources_table(one), "programme")["sha256"] for one in (first, second)]
    assert held[0] != held[1]
    assert parameters(second)["programme"]["published"] == {"demolished": 14}


def test_rules_of_ones_own_are_among_the_inputs(study):
    catalogue = Path(__file__).resolve().parents[2] / "renewal_gis" / "planning" / "rules.toml"
    (study.parent / "regles.toml").write_bytes(catalogue.read_bytes())
    with (study.parent / "programme.toml").open("a") as stream:
        stream.write('rules = "regles.toml"\n')
    loaded = load(study)
    assert [(one.layer, one.file) for one in loaded.consulted] == [
        ("programme", "programme.toml"), ("rules", "regles.toml"),
    ]  # fmt: skip
    assert loaded.consulted[1].sha256 == sha256_of(catalogue)


def test_rules_that_are_not_there_stop_the_study_with_one_sentence(study):
    with (study.parent / "programme.toml").open("a") as stream:
        stream.write('rules = "regle.toml"\n')
    (study.parent / "regles.toml").write_text("x = 1")
    with pytest.raises(DataError, match=r"rules \(regle.toml\): no such file .* 'regles.toml'"):
        load(study)


def test_two_files_of_the_same_bytes_keep_their_own_addresses(study):
    """Two layers of a service with nothing in them are the same file but for their name."""
    path = study.parent / "data" / "fetched.json"
    (held,) = read_manifest(path)
    twin = replace(held, file="twin.csv", url="https://example.org/twin.csv", date="2026-05-01")
    for order in ([held, twin], [twin, held]):
        write_manifest(path, order)
        row = of(sources_table(run(study, homes=False)), "services")
        assert row["fetched_from"] == "https://example.org/services.csv"
        assert row["fetched_on"] == "2026-03-10"


def test_a_file_changed_since_it_was_fetched_is_told_and_not_dated(study):
    with (study.parent / "data" / "services.csv").open("a") as stream:
        stream.write("school2,ecole,735010,7029990\n")
    loaded = load(study)
    (told,) = [one for one in loaded.findings if one.code == "changed-since-fetched"]
    assert told.layer == "services"
    assert "fetched on 2026-03-10" in told.message
    assert next(one for one in loaded.provenance if one.layer == "services").vintage == ""


def test_a_list_of_fetched_files_that_is_none_is_refused(study):
    (study.parent / "data" / "fetched.json").write_text("[]")
    with pytest.raises(DataError, match=r"fetched\.json: this is no list of what was fetched"):
        load(study)


def test_the_table_of_events_has_the_vintage_it_was_fetched_with(study):
    events = study.parent / "data" / "v_mvt_commune_2025.csv"
    events.write_text(
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n32,2019-01-01,COM,01091,COM,01033\n"
    )
    study.write_text(study.read_text() + f'\n[communes]\nevents = "data/{events.name}"\n')
    path = events.with_name("fetched.json")
    (held,) = read_manifest(path)
    brought = replace(held, id="commune_events", file=events.name, sha256=sha256_of(events))
    write_manifest(path, [held, brought])
    loaded = load(study)
    (told,) = [one for one in loaded.consulted if one.layer == "commune_events"]
    assert (told.vintage, told.attribution) == ("2025", "INSEE – Code officiel géographique")
    with events.open("a") as stream:
        stream.write("32,2020-01-01,COM,01092,COM,01033\n")
    changed = [one for one in load(study).findings if one.code == "changed-since-fetched"]
    assert [one.layer for one in changed] == ["commune_events"]
