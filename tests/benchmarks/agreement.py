"""Whether the answers agree where the question is the same, how time grows, and who is right at 400 m."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cases
import growth
import numpy as np
import numpy.typing as npt
import pandas as pd
import peers
from measuring import medians, seconds, table

Floats = npt.NDArray[np.float64]
Noted = dict[tuple[str, str, str], dict[str, Any]]


def print_all(folder: Path, noted: Noted) -> None:
    """Print what was found."""
    rows = [row for city in ("liege", "newport") for row in _rows(folder, noted, city)]
    table("Do the answers agree?", ("city", "question", "what was found"), rows)
    _print_growth(noted["ours", "growth", "liege"])
    _print_sides(noted["ours", "sides", "liege"]["facts"])


def _rows(folder: Path, noted: Noted, city: str) -> list[tuple[str, str, str]]:
    name = cases.NAMES[city]
    same = "counts, services on the nodes: ours, pandana"
    near = "counts, services near the nodes: ours,"
    return [
        (name, same, _counts(*_both(folder, "exact", "pandana", city))),
        (name, f"{near} pandana", _counts(*_both(folder, "near", "pandana", city))),
        (name, f"{near} cityseer", _counts(*_both(folder, "near", "cityseer", city))),
        (name, "5 nearest, services on the nodes: ours, pandana", _knn(folder, city)),
        (name, "pairs: ours, pandana, scipy", _pairs(noted, city)),
    ]


def _both(folder: Path, which: str, peer: str, city: str) -> tuple[Floats, Floats]:
    ours = pd.read_parquet(folder / f"ours-{which}-{city}.parquet")
    theirs = pd.read_parquet(folder / f"{peer}-{which}-{city}.parquet").reindex(ours.index)
    return ours.to_numpy(dtype=float), theirs.to_numpy(dtype=float)


def _counts(ours: Floats, theirs: Floats) -> str:
    off = np.abs(ours - np.nan_to_num(theirs))
    return (
        f"{(off > 0).any(axis=1).mean():.3%} of nodes and {(off > 0).mean():.3%} of counts differ, "
        f"by {off.max():.0f} at most, {off.mean():.4f} on average"
    )


def _knn(folder: Path, city: str) -> str:
    ours, theirs = _both(folder, "knn", "pandana", city)
    # pandana says its limit where it finds nothing within it.
    known = np.isfinite(ours) & (theirs < peers.KNN_LIMIT_M)
    off = np.abs(ours[known] - theirs[known])
    only = np.isfinite(ours) & (ours < peers.KNN_LIMIT_M - 1) & ~known
    return (
        f"{known.mean():.1%} of distances are told by both (pandana was stopped at "
        f"{peers.KNN_LIMIT_M} m): {off.max():.3f} m apart at most; {only.sum()} only by ours, "
        f"{(off > 0.1).sum()} more than 0.1 m apart"
    )


def _pairs(noted: Noted, city: str) -> str:
    facts = {
        engine: noted[engine, "pairs", city]["facts"] for engine in ("ours", "pandana", "scipy")
    }
    held = [f"{engine} {one['pairs']}" for engine, one in facts.items()]
    mean = [f"{one['metres'] / one['pairs']:.4f}" for one in facts.values()]
    speed = [
        f"{one['pairs'] / medians(noted[engine, 'pairs', city], 'pairs')[0] / 1e6:.2f}"
        for engine, one in facts.items()
    ]
    return (
        f"{', '.join(held)} pairs, on average {', '.join(mean)} m long; "
        f"{', '.join(speed)} million pairs a second"
    )


def _print_growth(noted: dict[str, Any]) -> None:
    rows = []
    for name in (one for one in noted["spans"] if one.isdigit()):
        wall, cpu = medians(noted, name)
        each = wall / int(name) * 1e6
        rows.append(
            (f"{int(name):_}".replace("_", " "), seconds(wall), seconds(cpu), f"{each:.2f}")
        )
    head = ("origins", "wall s", "CPU s", "µs an origin")
    table("Growth: counts around points, joining included, Liège", head, rows)
    sizes = np.array([int(one) for one in noted["spans"] if one.isdigit()])
    walls = np.array([medians(noted, str(size))[0] for size in sizes])
    growth.draw(dict(zip(sizes.tolist(), walls.tolist(), strict=True)))
    slope = np.polyfit(np.log(sizes[1:]), np.log(walls[1:]), 1)[0]
    word = "no worse than linear" if slope < 1.1 else "worse than linear"
    print(f"\nSeconds grow as origins to the power {slope:.2f} from 30 000 on: {word}.")


def _print_sides(facts: dict[str, Any]) -> None:
    rows = [
        (
            words,
            f"{facts[f'{name}_wrong']:.3%}",
            f"{facts[f'{name}_mean_m']:.2f}",
            f"{facts[f'{name}_max_m']:.1f}",
        )
        for name, words in (("ours", "ours"), ("nodes", "nearest node, the way to it left out"))
    ]
    head = ("joining", "on the wrong side", "mean error, m", "largest, m")
    table(
        f"{facts['homes']} points around the streets of Liège, {facts['within']:.1%} of them within "
        "400 m of a service by exact geometry",
        head,
        rows,
    )
