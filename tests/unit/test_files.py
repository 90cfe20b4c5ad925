"""Nothing is ever half-written."""

from __future__ import annotations

import pytest

from renewal_gis.files import atomic_folder, atomic_path, sha256_of, write_text


def test_a_failure_leaves_the_old_file_and_no_trace(tmp_path):
    target = tmp_path / "map.html"
    write_text(target, "old")
    with pytest.raises(IsADirectoryError), atomic_path(target) as beside:
        beside.write_text("half")
        tmp_path.read_text()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_failure_leaves_the_old_folder_and_no_trace(tmp_path):
    target = tmp_path / "results"
    target.mkdir()
    (target / "a.csv").write_text("old")
    with pytest.raises(IsADirectoryError), atomic_folder(target) as beside:
        (beside / "a.csv").write_text("new")
        tmp_path.read_text()
    assert (target / "a.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_success_keeps_the_files_of_other_names(tmp_path):
    target = tmp_path / "results"
    target.mkdir()
    (target / "notes.txt").write_text("mine")
    with atomic_folder(target) as beside:
        (beside / "a.csv").write_text("new")
    assert sorted(path.name for path in target.iterdir()) == ["a.csv", "notes.txt"]


def test_the_hash_is_that_of_the_bytes(tmp_path):
    write_text(tmp_path / "x", "abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "x") == expected
