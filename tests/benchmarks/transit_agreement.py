"""Where ferrobus answers otherwise than we do, and how much of it two causes explain.

Places and stops are moved onto crossings of the streets for both engines (ferrobus joins to the nearest
crossing and leaves out part of the way to it); and ours boards by way of the nearest stop alone, as
ferrobus does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import transit_cases as cases
from transit_ferrobus import ALL_STOPS, NEAREST

LONGEST_S = 7_200
HEAD = (
    "city",
    "places and stops",
    "ours boards",
    "stops known to ferrobus",
    "reached by both",
    "only by ferrobus",
    "only by ours",
    "within 1 min",
    "within 2",
    "within 5",
    "ferrobus sooner by > 1",
    "later by > 1",
)


def rows(town: str, folder: Path) -> list[tuple[str, ...]]:
    """Return the lines of the table of a town."""
    return [
        (
            cases.CITIES[town].name,
            "on crossings" if moved else "where they are",
            "from the nearest" if boards == "nearest" else "anywhere",
            "all" if known == ALL_STOPS else f"the nearest {known}",
            *_compared(
                np.load(folder / f"ferrobus-{town}{moved}-{known}.npy"),
                np.load(folder / f"ours-{town}{moved}-{boards}.npy"),
            ),
        )
        for moved, boards, known in (
            ("", "all", NEAREST),
            ("", "all", ALL_STOPS),
            ("", "nearest", ALL_STOPS),
            ("-crossings", "all", ALL_STOPS),
            ("-crossings", "nearest", ALL_STOPS),
        )
    ]


def _compared(theirs: np.ndarray, ours: np.ndarray) -> tuple[str, ...]:
    """Return the shares of pairs of different places reached by each, and how near the times are."""
    size = theirs.shape[1]
    # A place that ferrobus could not join is in no pair.
    joined = np.isfinite(theirs).any(axis=(0, 2))
    pair = np.outer(joined, joined) & ~np.eye(size, dtype=bool)
    theirs, ours = theirs[:, pair], ours[:, pair]
    theirs = np.where(theirs > LONGEST_S, np.nan, theirs)
    here, there = np.isfinite(ours), np.isfinite(theirs)
    minutes = (theirs - ours)[here & there] / 60
    shares = [(here & there).mean(), (there & ~here).mean(), (here & ~there).mean()]
    shares += [(np.abs(minutes) <= limit).mean() for limit in (1, 2, 5)]
    shares += [(minutes < -1).mean(), (minutes > 1).mean()]
    return tuple(f"{share:.1%}" for share in shares)
