"""What a person lays in the folder of a pack is theirs: never a fault, never lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from browser.scenes import scene
from click.testing import CliRunner

from renewal_gis.cli import packing
from renewal_gis.cli.frame import Commands
from renewal_gis.errors import DataError
from renewal_gis.publishing.pack import (
    PackContent,
    PackOptions,
    altered,
    read_manifest,
    strangers,
    write_pack,
)

NONE = PackOptions(territory_papers=(), place_papers=())
THEIRS = ("notes.txt", "Thumbs.db", ".DS_Store", ".~lock.workbook.xlsx#", "workbook (copy).xlsx")
main = Commands(commands={command.name: command for command in packing.COMMANDS})


def write(folder: Path, *, sites: bool = True) -> Path:
    held = replace(scene(), stock=None, sites=scene().sites.iloc[:1] if sites else None)
    content = PackContent(map=held, run="abc123", date=date(2026, 3, 10))
    write_pack(content, folder, options=NONE)
    return folder


@pytest.fixture
def pack(tmp_path) -> Path:
    return write(tmp_path / "pack")


def lay(folder: Path) -> None:
    for name in THEIRS:
        (folder / name).write_text("mine")
    (folder / "minutes").mkdir()
    (folder / "minutes" / "june.txt").write_text("mine")


def verified(folder: Path, *asked: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["verify", str(folder), *asked])
    return done.exit_code, done.output


def test_what_is_not_of_the_pack_is_told_and_is_no_fault(pack):
    lay(pack)
    manifest = read_manifest(pack)
    assert altered(pack, manifest) == []
    assert strangers(pack, manifest) == sorted([*THEIRS, "minutes"])
    status, said = verified(pack)
    assert status == 0
    assert "notes.txt is not of this pack: left alone." in said
    assert "Every file is the one that was written." in said
    assert verified(pack, "--quiet") == (0, "")


@pytest.mark.parametrize("name", ["workbook.xlsx", "dossier-site-s1.pdf"])
def test_a_missing_or_a_changed_file_is_a_fault_among_them_too(name, pack):
    lay(pack)
    (pack / name).write_text("changed")
    status, said = verified(pack)
    assert status == 1
    assert f"{name} is not the file that was written." in said
    assert f"{pack}: 1 fault(s)." in said
    (pack / name).unlink()
    status, said = verified(pack)
    assert status == 1
    assert f"{name} is missing." in said


def test_a_new_pack_leaves_what_is_a_person_s(pack):
    lay(pack)
    write(pack, sites=False)
    for name in THEIRS:
        assert (pack / name).read_text() == "mine"
    assert (pack / "minutes" / "june.txt").read_text() == "mine"
    assert not (pack / "dossier-site-s1.pdf").exists()
    assert strangers(pack, read_manifest(pack)) == sorted([*THEIRS, "minutes"])
    assert verified(pack)[0] == 0


def test_a_file_a_person_changed_is_kept_under_another_name(pack):
    (pack / "workbook.xlsx").write_text("my notes in the workbook")  # replaced by the next pack
    (pack / "dossier-site-s1.pdf").write_text("my notes on the site")  # taken away by it
    (pack / "territory.kept.gpkg").write_text("an older one")
    (pack / "territory.gpkg").write_text("a layer of mine")
    write(pack, sites=False)
    theirs = {
        "workbook.kept.xlsx": "my notes in the workbook",
        "dossier-site-s1.kept.pdf": "my notes on the site",
        "territory.kept.gpkg": "an older one",
        "territory.kept-2.gpkg": "a layer of mine",
    }
    manifest = read_manifest(pack)
    assert strangers(pack, manifest) == sorted(theirs)
    for name, text in theirs.items():
        assert (pack / name).read_text() == text
    assert altered(pack, manifest) == []
    write(pack, sites=False)  # once more: they are not multiplied
    assert strangers(pack, manifest) == sorted(theirs)


def test_files_that_were_there_before_any_pack_are_kept(tmp_path):
    (tmp_path / "sites.parquet").write_text("mine")
    (tmp_path / "manifest.json").write_text(json.dumps({"name": "a web application"}))
    write(tmp_path)
    assert (tmp_path / "sites.kept.parquet").read_text() == "mine"
    assert json.loads((tmp_path / "manifest.kept.json").read_text())["name"] == "a web application"
    assert altered(tmp_path, read_manifest(tmp_path)) == []


def test_the_same_pack_again_keeps_nothing_aside(pack):
    write(pack)
    assert strangers(pack, read_manifest(pack)) == []


def test_a_folder_where_a_file_goes_is_one_sentence(pack):
    (pack / "workbook.xlsx").unlink()
    (pack / "workbook.xlsx").mkdir()
    (pack / "workbook.xlsx" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match=r"workbook\.xlsx in pack is a folder"):
        write(pack)
    assert (pack / "workbook.xlsx" / "mine.txt").read_text() == "mine"
    assert not list(pack.parent.glob(".pack.*"))
