"""An export that is stopped leaves nothing behind; one that is killed is cleared away by the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from browser.scenes import scene
from small_study import write_small_study

from renewal_gis.files import atomic_folder
from renewal_gis.publishing.pack import PackContent, PackOptions, write_pack

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks of files")


def hidden(place: Path) -> list[Path]:
    return sorted(place.glob(".pack.*"))


def until(met) -> None:
    for _ in range(6000):
        if met():
            return
        time.sleep(0.05)
    raise AssertionError("never came")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("study"))


def started(study: Path, place: Path) -> subprocess.Popen[str]:
    """Start an export and return once it has drawn something beside the pack."""
    asked = [sys.executable, "-m", "renewal_gis", "export", str(study), "--quiet"]
    scratch = place / "scratch"
    scratch.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*asked, "--output", str(place / "pack")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    until(lambda: process.poll() is not None or list(place.glob(".pack.*/new/*.pdf")))
    assert process.poll() is None, process.communicate()
    return process


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGTERM, 143, "Stopped: nothing was written."),
        (signal.SIGHUP, 129, "Stopped: nothing was written."),
        (signal.SIGINT, 130, "Interrupted: nothing was written."),
    ],
)
def test_an_export_that_is_stopped_leaves_nothing(number, status, said, study, tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "notes.txt").write_text("mine")
    process = started(study, tmp_path)
    process.send_signal(number)
    if number != signal.SIGINT:  # a terminal that closes may say so twice
        time.sleep(0.05)
        process.send_signal(number)
    _, told = process.communicate(timeout=300)
    assert process.returncode == status, told
    assert said in told
    assert "Traceback" not in told
    assert hidden(tmp_path) == []
    assert [path.name for path in (tmp_path / "pack").iterdir()] == ["notes.txt"]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_an_export_left_stays_while_it_lives_and_goes_once_it_was_killed(study, tmp_path):
    process = started(study, tmp_path)
    mine = tmp_path / ".pack.mine"  # of the same kind of name, and nobody's but its owner's
    try:
        process.send_signal(signal.SIGSTOP)  # it lives, and does nothing
        (held,) = hidden(tmp_path)
        mine.mkdir()
        (mine / "kept.txt").write_text("mine")
        with atomic_folder(tmp_path / "pack"):
            pass
        assert list(held.glob("new/*.pdf"))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=300)
    assert held.is_dir()
    assert list((tmp_path / "scratch").iterdir()) == []  # all it drew was in the folder left behind
    sites = replace(scene(), stock=None, sites=None)
    options = PackOptions(territory_papers=(), place_papers=())
    write_pack(PackContent(map=sites, run="abc123"), tmp_path / "pack", options=options)
    assert hidden(tmp_path) == [mine]
    assert (mine / "kept.txt").read_text() == "mine"
    assert (tmp_path / "pack" / "manifest.json").is_file()


KILLED = """
import os, signal, sys
from pathlib import Path
from renewal_gis.files import atomic_folder

plain = Path.replace

def replace(self, other):
    if self.name == {last!r} and self.parent.name == "new":
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(self, other)

Path.replace = replace
with atomic_folder(Path({folder!r}), obsolete=["stale.csv"]) as beside:
    for name in ("a.csv", "c.csv"):
        (beside / name).write_text("new")
"""


@pytest.mark.parametrize("last", ["a.csv", "c.csv"])
def test_what_was_set_aside_when_a_process_was_killed_is_put_back(last, tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    for name in ("a.csv", "c.csv", "stale.csv"):
        (folder / name).write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(folder=str(folder), last=last)], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert not (folder / "stale.csv").exists()
    with pytest.raises(ZeroDivisionError), atomic_folder(folder):
        1 / 0  # noqa: B018 - the next one fails too: what stood there must be whole
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "a.csv": "old",
        "c.csv": "old",
        "stale.csv": "old",
    }
    assert hidden(tmp_path) == []
