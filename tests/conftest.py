"""Shared by all tests: where the real data stands, and the demonstration's results, computed once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# A machine that is busy is no fault of the code: no test is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real open data; skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared real data is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def demo_results():
    """Return the results of the demonstration territory."""
    from renewal_gis.study import run

    return run(ROOT / "data" / "demo" / "study.toml")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write the golden summaries again, then look at the diff",
    )
