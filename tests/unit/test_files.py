"""Nothing is ever half-written."""

from __future__ import annotations

import sys

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


def test_a_swap_that_fails_half_way_is_undone(tmp_path):
    target = tmp_path / "results"
    (target / "z.csv").mkdir(parents=True)  # a folder where the last file should go
    (target / "z.csv" / "kept").write_text("mine")
    (target / "a.csv").write_text("old")
    (target / "stale.csv").write_text("old")
    blocked = target / "z.csv" / "kept"
    with (
        pytest.raises(OSError, match=r"nowhere|z[.]csv"),
        atomic_folder(target, obsolete=["stale.csv"]) as new,
    ):
        (new / "a.csv").write_text("new")
        (new / "b.csv").write_text("new")
        (new / "z.csv").write_text("new")
        (new / "z.csv").unlink()
        (new / "z.csv").symlink_to(tmp_path / "nowhere")  # cannot be flushed: the swap never starts
    assert (target / "a.csv").read_text() == "old"
    assert (target / "stale.csv").read_text() == "old"
    assert not (target / "b.csv").exists()
    assert blocked.read_text() == "mine"


def test_a_swap_interrupted_after_some_files_puts_them_back(tmp_path, monkeypatch):
    target = tmp_path / "results"
    target.mkdir()
    for name in ("a.csv", "c.csv", "stale.csv"):
        (target / name).write_text("old")
    plain, done = type(target).replace, []

    def failing(self, other):
        # The third file to come in cannot: it is open in a spreadsheet.
        if other == target / "c.csv" and self.parent.name != other.parent.name and not done:
            done.append(1)
            raise PermissionError(13, "in use", str(other))
        return plain(self, other)

    monkeypatch.setattr(type(target), "replace", failing)
    with pytest.raises(PermissionError), atomic_folder(target, obsolete=["stale.csv"]) as new:
        for name in ("a.csv", "b.csv", "c.csv"):
            (new / name).write_text("new")
    assert {p.name: p.read_text() for p in target.iterdir()} == {
        "a.csv": "old",
        "c.csv": "old",
        "stale.csv": "old",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_obsolete_files_go_with_the_swap(tmp_path):
    target = tmp_path / "results"
    target.mkdir()
    (target / "stale.csv").write_text("old")
    with atomic_folder(target, obsolete=["stale.csv"]) as new:
        (new / "a.csv").write_text("new")
    assert [path.name for path in target.iterdir()] == ["a.csv"]


def test_a_folder_that_is_a_link_is_filled_where_it_leads(tmp_path):
    real = tmp_path / "disk" / "results"
    real.mkdir(parents=True)
    (real / "a.csv").write_text("old")
    link = tmp_path / "results"
    link.symlink_to(real)
    with atomic_folder(link) as new:
        assert new.is_relative_to(tmp_path / "disk")  # the link may lead to another disk
        (new / "a.csv").write_text("new")
    assert link.is_symlink()
    assert (real / "a.csv").read_text() == "new"
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["results"]


def test_a_folder_that_is_a_disk_is_filled_from_within(tmp_path, monkeypatch):
    target = tmp_path / "results"
    target.mkdir()
    monkeypatch.setattr("renewal_gis.files.os.path.ismount", lambda path: path == target)
    with atomic_folder(target) as new:
        assert new.is_relative_to(target)
        (new / "a.csv").write_text("new")
    assert [path.name for path in target.iterdir()] == ["a.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_file_that_cannot_be_put_back_holds_back_no_other(tmp_path, monkeypatch):
    target = tmp_path / "results"
    target.mkdir()
    for name in ("a.csv", "b.csv"):
        (target / name).write_text("old")
    plain = type(target).replace

    def failing(self, other):
        if other == target / "b.csv":  # neither in nor back: it is open in a spreadsheet
            raise PermissionError(13, "in use", str(other))
        return plain(self, other)

    monkeypatch.setattr(type(target), "replace", failing)
    with pytest.raises(PermissionError), atomic_folder(target) as new:
        for name in ("a.csv", "b.csv"):
            (new / name).write_text("new")
    assert (target / "a.csv").read_text() == "old"
    monkeypatch.undo()
    with atomic_folder(target):
        pass  # where files have locks, the next one puts it back
    if sys.platform != "win32":
        assert (target / "b.csv").read_text() == "old"
