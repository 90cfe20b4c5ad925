"""The pack of a study, from the command line: made, checked, told apart from what it no longer follows."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from small_study import write_small_study

from renewal_gis.cli import packing
from renewal_gis.cli.frame import Commands
from renewal_gis.edition import map_content
from renewal_gis.pack import export, pack_content, verify_pack
from renewal_gis.publishing.pack import PackOptions, read_manifest
from renewal_gis.recording import run_id
from renewal_gis.study import run

main = Commands(commands={command.name: command for command in packing.COMMANDS})
SMALL = PackOptions(territory_papers=("a4-portrait",))


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def results(study):
    return run(study)


@pytest.fixture(scope="module")
def pack(results, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "pack"
    export(results, folder, decisions=["Keep the northern site?"], options=SMALL)
    return folder


def test_the_pack_holds_what_the_map_holds(results):
    held, shown = pack_content(results), map_content(results)
    assert held.run == run_id(results)
    assert held.map.sites is shown.sites
    assert held.date == held.timetable == results.study.settings.transit.date
    names = {table.name for table in held.tables}
    assert {"sites", "comparison", "programme", "programme_one_for_one", "operations"} <= names
    assert held.told["north"]
    assert not any("minutes on foot" in line and "points" in line for line in held.told["north"])


def test_progress_and_definitions_are_those_of_the_ledger(results):
    held = pack_content(results)
    total = held.progress[held.progress["convention"] == "total"].set_index("family")
    assert total.loc["01", "programmed"] == 14
    assert total.loc["02", "programmed"] == 12
    whole = held.definitions.set_index("definition").loc["all_for_all"]
    assert whole["programmed"] == pytest.approx(12 / 14)
    assert whole["fr"].startswith("Tous les logements")


def test_figures_are_those_of_the_run(results, pack):
    figures = read_manifest(pack)["figures"]
    assert figures["programme.demolished"]["value"] == 14
    assert figures["programme.ratio"]["value"] == pytest.approx(12 / 14)
    table = results.comparison
    row = table[(table["sector"] == "corridor") & (table["measure"] == "walk_min:ecole")].iloc[0]
    assert figures["median.corridor.walk_min:ecole"]["value"] == pytest.approx(row["p50"])
    sites = read_manifest(pack)["sites"]
    assert sites["south"]["name"] == "Site {{ 7*7 }}"
    score = results.sites.at["north", "score"]
    assert sites["north"]["score"] == pytest.approx(score, abs=1e-6)
    book = openpyxl.load_workbook(pack / "workbook.xlsx")
    assert "Sectors compared" in book.sheetnames


def test_a_pack_follows_from_its_study(pack, study):
    assert verify_pack(pack) == []
    assert verify_pack(pack, study) == []


def test_a_pack_no_longer_follows_from_a_changed_study(pack, tmp_path):
    other = write_small_study(tmp_path)
    ledger = tmp_path / "operations.csv"
    ledger.write_text(ledger.read_text().replace("OP2,02,Nord,12,7,5", "OP2,02,Nord,13,8,5"))
    told = verify_pack(pack, other)
    assert "The layer operations (operations.csv) has changed since the pack was made." in told
    assert "no longer follow from the inputs" in told[-1]
    assert not any("sites" in sentence for sentence in told[:-1])


def test_the_commands_make_and_check_a_pack(study, pack, tmp_path):
    runner, folder = CliRunner(), tmp_path / "pack"
    (tmp_path / "decisions.txt").write_text("Keep the northern site?\n\n", encoding="utf-8")
    asked = [
        "export", str(study), "--output", str(folder), "--previous", str(pack),
        "--decisions", str(tmp_path / "decisions.txt"), "--date", "2026-04-01", "--language", "fr",
    ]  # fmt: skip
    done = runner.invoke(main, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["date"] == "2026-04-01"
    assert told["timetable_date"] == "2026-03-10"
    assert told["files"] == len(list(folder.iterdir()))
    assert read_manifest(folder)["decisions"] == ["Keep the northern site?"]
    done = runner.invoke(main, ["verify", str(folder)])
    assert done.exit_code == 0
    assert "is the one that was written" in done.stdout
    (folder / "workbook.xlsx").write_bytes(b"x")
    done = runner.invoke(main, ["verify", str(folder)])
    assert done.exit_code == 1
    assert "workbook.xlsx is not the file that was written." in done.stdout
    # Made again, the pack keeps what somebody changed, and says what it did.
    done = runner.invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "1 of 1 decision(s) concern no site" in done.stdout
    assert "Kept as workbook.kept.xlsx" in done.stdout
    assert (folder / "workbook.kept.xlsx").read_bytes() == b"x"
    done = runner.invoke(main, ["verify", str(folder)])
    assert done.exit_code == 0
    assert "workbook.kept.xlsx is not of this pack: left alone." in done.stdout


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            ["--previous", "nowhere"],
            "There is no 'nowhere'. Give the folder that renewal-gis export wrote.",
        ),
        (["--decisions", "nowhere.txt"], "the decisions cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_before_any_computing(asked, told, study, tmp_path):
    folder = tmp_path / "pack"
    done = CliRunner().invoke(main, ["export", str(study), "--output", str(folder), *asked])
    assert done.exit_code == 1
    assert told in done.stderr
    assert "measure" not in done.stderr
    assert not folder.exists()


def test_a_folder_that_is_no_pack_is_told(tmp_path):
    done = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert done.exit_code == 1
    assert "There is no manifest.json in " in done.stderr
    assert "Give the folder that renewal-gis export wrote." in done.stderr


def test_a_manifest_changed_by_hand_is_told(pack, study, tmp_path):
    held = read_manifest(pack)
    (tmp_path / "manifest.json").write_text(json.dumps({**held, "papers": 3, "outputs": {}}))
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--study", str(study)])
    assert done.exit_code == 1
    assert "Export the pack again." in done.output
