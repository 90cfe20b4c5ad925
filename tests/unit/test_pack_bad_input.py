"""What may go wrong with a pack: it is still made, or one sentence says why not, and the last one stands."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pypdf
import pytest
from browser.scenes import X, Y, scene
from click.testing import CliRunner
from pdf_ua import elements, ua_faults
from PIL import Image
from shapely import box
from small_study import write_small_study

from renewal_gis.cli import packing
from renewal_gis.cli.frame import Commands
from renewal_gis.errors import DataError
from renewal_gis.files import sha256_of
from renewal_gis.publishing.pack import (
    Logo,
    PackContent,
    PackOptions,
    altered,
    making,
    read_logos,
    read_manifest,
    write_pack,
)
from renewal_gis.publishing.pack.marks import _own_name
from renewal_gis.publishing.pack.since import changes_since

SMALL = PackOptions(territory_papers=("a4-landscape",))
main = Commands(commands={command.name: command for command in packing.COMMANDS})


def made(folder: Path, held=None, **more) -> Path:
    """Write a pack of the scene; return its folder."""
    given = {"run": "abc123", "date": date(2026, 3, 10), **more}
    write_pack(PackContent(map=held or few(), **given), folder, options=SMALL)
    return folder


def few():
    """Return the scene with one site and one perimeter."""
    held = scene()
    perimeters = held.layers["perimeters"].iloc[:1]
    return replace(
        held, sites=held.sites.iloc[:1], layers={**held.layers, "perimeters": perimeters}
    )


def picture(path: Path, kind: str = "PNG", size: tuple[int, int] = (300, 120)) -> Path:
    Image.new("RGB", size, "#14507a").save(path, kind)
    return path


def text_of(path: Path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_no_name_long_titles_odd_letters_and_no_previous_pack(tmp_path):
    held = scene()
    sites = held.sites.copy()
    sites["name"] = [None, "x" * 300, "漢字 \U0001f3e0 \x00 $\\frac{1}{0}$"]
    folder = made(tmp_path / "pack", replace(held, sites=sites, title="Titre " * 50))
    for path in sorted(folder.glob("*.pdf")):
        assert ua_faults(path) == [], path.name
    assert "(sans nom)" in text_of(folder / "dossier-site-s1.pdf")
    assert "□" in text_of(folder / "map-site-s3-a4-landscape.pdf")
    assert "Aucun dossier précédent" in text_of(folder / "dossier-territory.pdf")
    assert "changes" not in read_manifest(folder)
    book = openpyxl.load_workbook(folder / "workbook.xlsx")
    assert book.sheetnames


@pytest.mark.parametrize("side", [1.0, 60_000.0])
def test_a_perimeter_of_a_square_metre_or_of_the_whole_territory(side, tmp_path):
    held = few()
    perimeters = held.layers["perimeters"].copy()
    perimeters.geometry = [box(X, Y, X + side, Y + side)]
    asked = replace(held, layers={**held.layers, "perimeters": perimeters})
    folder = made(tmp_path / "pack", asked)
    sheets = sorted(folder.glob("map-perimeter-*.pdf"))
    assert len(sheets) == 1
    assert ua_faults(sheets[0]) == []


def test_logos_stand_in_every_title_block_and_in_the_pack(tmp_path):
    logos = read_logos(
        [picture(tmp_path / "a.png"), picture(tmp_path / "b.jpeg", "JPEG", (90, 90))]
    )
    folder = made(tmp_path / "pack", logos=logos)
    assert read_manifest(folder)["logos"] == ["logo-1.png", "logo-2.jpg"]
    assert (folder / "logo-1.png").read_bytes() == (tmp_path / "a.png").read_bytes()
    assert altered(folder, read_manifest(folder)) == []
    root = pypdf.PdfReader(folder / "dossier-territory.pdf").trailer["/Root"]
    words = [str(one.get("/Alt", "")) for one in elements(root["/StructTreeRoot"])]
    assert words.count("Logo 1") == words.count("Logo 2") == 1
    for path in sorted(folder.glob("*.pdf")):
        assert ua_faults(path) == [], path.name
    # The colour of the logo is in the upper right corner of a sheet, and nowhere there without it.
    corner = (0.86, 0.02, 0.98, 0.09)
    assert (0x14, 0x50, 0x7A) in colours(folder / "map-site-s1-a4-landscape.png", corner)
    bare = made(tmp_path / "bare")
    assert (0x14, 0x50, 0x7A) not in colours(bare / "map-site-s1-a4-landscape.png", corner)


def colours(path: Path, part: tuple[float, float, float, float]) -> set[tuple[int, ...]]:
    with Image.open(path) as image:
        sizes = (image.width, image.height, image.width, image.height)
        cut = image.crop(tuple(int(a * b) for a, b in zip(part, sizes, strict=True)))
        return {pixel for _, pixel in cut.convert("RGB").getcolors(1_000_000)}


def test_logos_that_cannot_be_are_one_sentence(tmp_path):
    with pytest.raises(DataError, match=r"The logo none.png cannot be read"):
        read_logos([tmp_path / "none.png"])
    (tmp_path / "text.png").write_text("<svg/>")
    with pytest.raises(DataError, match=r"text.png is neither a PNG nor a JPEG"):
        read_logos([tmp_path / "text.png"])
    whole = picture(tmp_path / "whole.png", size=(400, 400)).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cut.png is cut short or damaged"):
        read_logos([tmp_path / "cut.png"])
    with pytest.raises(DataError, match=r"4100 × 10 pixels"):
        read_logos([picture(tmp_path / "long.png", size=(4100, 10))])
    (tmp_path / "heavy.png").write_bytes(whole + b"0" * 4_000_000)
    with pytest.raises(DataError, match=r"heavy.png has 4.0 MB"):
        read_logos([tmp_path / "heavy.png"])
    with pytest.raises(DataError, match=r"5 logos were given"):
        read_logos([tmp_path / "whole.png"] * 5)


def test_a_missing_logo_is_told_before_any_computing(tmp_path):
    study = write_small_study(tmp_path)
    asked = ["export", str(study), "--output", str(tmp_path / "pack"), "--logo", "nowhere.png"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 1
    assert "The logo nowhere.png cannot be read" in done.stderr
    assert "measure" not in done.stderr
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_pack_stopped_half_way_leaves_the_last_one(workers, tmp_path):
    folder = made(tmp_path / "pack")
    before = {path.name: sha256_of(path) for path in folder.iterdir()}
    asked = PackContent(map=replace(scene(), title="Another"), run="other")

    def stopped(step: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pack(asked, folder, options=SMALL, workers=workers, report=stopped)
    assert {path.name: sha256_of(path) for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path):
    (tmp_path / "pack").write_text("mine")
    with pytest.raises(DataError, match=r"pack is a file, and a pack is a folder"):
        made(tmp_path / "pack")
    assert (tmp_path / "pack").read_text() == "mine"


def test_a_folder_of_another_command_is_refused_and_left_alone(tmp_path):
    (tmp_path / "map.html").write_text("the map")
    (tmp_path / "manifest.json").write_text('{"outputs": {"map.html": "0"}}')
    with pytest.raises(DataError, match=r"holds what another command wrote"):
        made(tmp_path)
    assert (tmp_path / "map.html").read_text() == "the map"
    assert len(list(tmp_path.iterdir())) == 2


ENDED = """
import multiprocessing, os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
from browser.scenes import scene
from renewal_gis.publishing.pack import PackContent, write_pack

def killed(step, done, total):
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    write_pack(PackContent(map=scene(), run="abc123"), Path({folder!r}), workers=2, report=killed)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the states of processes")
def test_no_process_outlives_the_one_that_started_it(tmp_path):
    script = tmp_path / "export.py"
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
    script.write_text(ENDED.format(paths=paths, folder=str(tmp_path / "pack")))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    children = [int(pid) for pid in done.stdout.split()]
    assert len(children) == 2
    for _ in range(200):
        if not any(map(running, children)):
            break
        time.sleep(0.1)
    assert [pid for pid in children if running(pid)] == []
    assert not (tmp_path / "pack").exists()


def running(pid: int) -> bool:
    """Tell whether a process is there and not only waiting to be forgotten."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_a_bar_on_a_terminal_says_how_far_the_pack_is(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(packing.sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with packing._pieces(quiet=False) as report:
        for done in (1, 42, 85):
            report("dossier [C01]", done, 85)
    shown = screen.getvalue()
    assert "85/85" in shown
    assert "dossier [C01]" in shown


def test_a_step_that_slipped_is_told_to_its_site(tmp_path):
    step = {"operation": "OP2", "name": "Démolition", "site": "s1", "step": "delivered"}
    before = {"milestones": {"M1": {**step, "date": "2026-01-01", "happened": False}}}
    now = {"milestones": {"M1": {**step, "date": "2026-07-01", "happened": False}}, "inputs": []}
    changes = changes_since(before, now, language="fr")
    assert [(change.kind, change.key, change.site, change.before) for change in changes] == [
        ("milestone", "M1", "s1", "01/01/2026")
    ]
    milestones = pd.DataFrame(
        {
            "operation": ["OP2", "OP2"], "name": ["Démolition"] * 2, "site": ["s1", "s1"],
            "step": ["delivered", "closed"], "planned_before": pd.to_datetime(["2026-01-01"] * 2),
            "now": pd.to_datetime(["2026-07-01", "2026-09-01"]), "slip_days": [181.0, 243.0],
            "happened": [False, False],
        },
        index=["M1", "M2"],
    )  # fmt: skip
    content = PackContent(map=scene(), run="abc123", milestones=milestones)
    write_pack(content, tmp_path / "pack", changes=changes, options=SMALL)
    told = " ".join(text_of(tmp_path / "pack" / "dossier-site-s1.pdf").split())
    assert "01/01/2026 → 01/07/2026 (+181 jours)" in told
    assert "Dossier précédent" in told
    other = " ".join(text_of(tmp_path / "pack" / "dossier-site-s2.pdf").split())
    assert "01/07/2026" not in other


def test_a_stop_is_named_without_its_commune():
    communes = ["Bruay", "Bruay-sur-l'Escaut", "Mer"]
    assert _own_name("Bruay-sur-l'Escaut Rue de Bruay 2", communes[1:]) == "Rue de Bruay 2"
    assert _own_name("Bruay Nord", communes) == "Nord"
    assert _own_name("Mercier", communes) == "Mercier"
    assert _own_name("Mer", communes) == "Mer"
    assert _own_name("Bruay-sur-l'Escaut", communes) == "Bruay-sur-l'Escaut"
    assert _own_name("Bruay-sur-l'Escaut Mairie", communes) == "Mairie"


def test_a_logo_knows_its_pixels(tmp_path):
    (logo,) = read_logos([picture(tmp_path / "a.png", size=(30, 20))])
    assert isinstance(logo, Logo)
    assert (logo.width, logo.height, logo.kind) == (30, 20, "png")
    assert logo.pixels().shape == (20, 30, 4)


def test_a_process_that_is_killed_is_one_sentence(tmp_path, monkeypatch):
    class Killed:
        def __init__(self, *args, **options) -> None: ...

        def __enter__(self):
            return self

        def __exit__(self, *_) -> None: ...

        def submit(self, *_) -> Future:
            done: Future = Future()
            done.set_exception(BrokenProcessPool("killed"))
            return done

    monkeypatch.setattr(making, "ProcessPoolExecutor", Killed)
    content = PackContent(map=scene(), run="abc123")
    with pytest.raises(DataError, match="the memory was full"):
        write_pack(content, tmp_path / "pack", options=SMALL, workers=2)
    assert list(tmp_path.iterdir()) == []
