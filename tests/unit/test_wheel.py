"""The package as it is installed: a wheel, from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_what_the_package_reads(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "renewal_gis/demo/study.toml" in names
    assert "renewal_gis/study_template.toml" in names
    assert "renewal_gis/py.typed" in names
    assert any(name.endswith("leaflet.js") for name in names)
    assert any("LICENSES" in name for name in names)
    assert not [name for name in names if name.startswith(("tests/", "data/", "maps/"))]


def test_the_demonstration_runs_from_the_wheel(wheel, tmp_path):
    site, empty = tmp_path / "site", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(site)
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "renewal_gis", "demo", "--quiet", "--json"],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"nature": "synthetic"' in done.stdout
    assert (empty / "maps" / "map.html").exists()
    assert "Warning" not in done.stderr
