"""The docs say what is there: generated pages are fresh, commands and links exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner
from conftest import ROOT
from small_mirror import write_mirror

from renewal_gis.cli import main

PAGES = [
    "README.md",
    "DESIGN.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *[f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md"))],
]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_generated_pages_are_up_to_date():
    script = ROOT / "scripts" / "write_docs.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_named_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"renewal-gis ([a-z]+)", text):
        assert name in main.commands, f"{page}: renewal-gis {name}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, flags=re.MULTILINE):
        assert re.search(rf"^{name}:", makefile, flags=re.MULTILINE), f"{page}: make {name}"


TRIED = ["README.md", "docs/transit.md"]


@pytest.mark.parametrize("page", TRIED)
def test_the_commands_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    commands = [
        line.removeprefix("$ ").split("  #")[0].strip()
        for block in blocks(page, "console")
        for line in block.splitlines()
        if line.startswith("$ renewal-gis")
    ]
    assert len(commands) >= 2
    mirror = write_mirror(tmp_path / "mirror")
    for command in commands:
        words = shlex.split(command)[1:]
        if words[0] == "fetch" or "--epci" in words:  # what asks the network asks a folder here
            words += ["--mirror", str(mirror)]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, f"{command}\n{done.output}"


@pytest.mark.parametrize("page", TRIED)
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    found = blocks(page, "python")
    assert found
    scope: dict[str, object] = {}
    for block in found:
        exec(compile(block, page, "exec"), scope)
