"""`make bench-walk`: walking beside the libraries that analysts use, on the same graph, in one run.

The last line printed is one JSON object: the peer's seconds divided by ours; memory, ours by the peer's.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import agreement
import cases
from measuring import medians, merged, run_task, say, seconds, spread, table

ROUNDS = 3
CITIES = ("liege", "newport")
PEERS = ("pandana", "cityseer", "scipy", "pyrosm", "osmnx")
# Engine, question, repeats inside one process. Rounds take turns, so that a busy minute of the machine
# does not fall on one engine alone.
ON_CITIES = (
    ("ours", "counts", 5),
    ("pandana", "counts", 1),
    ("cityseer", "counts", 1),
    ("ours", "knn", 5),
    ("pandana", "knn", 1),
    ("ours", "pairs", 5),
    ("pandana", "pairs", 1),
    ("scipy", "pairs", 1),
    ("ours", "buildings", 5),
)
ON_EXTRACT = (
    ("ours", "extract", 3),
    ("pyrosm", "extract", 2),
    ("osmnx", "extract", 1),
    ("osmnx", "streets", 1),
)
BARS = {
    "counts_vs_pandana": 20.0,
    "counts_vs_cityseer": 60.0,
    "knn_vs_pandana": 6.0,
    "first_answer_vs_pandana": 15.0,
    "pairs_vs_pandana": 15.0,
    "pairs_vs_scipy": 5.0,
    "buildings_s": 0.25,
    "extract_vs_pyrosm": 4.0,
    "extract_vs_osmnx": 50.0,
    "peak_mb_vs_pandana": 1.0,
}
# Printed beside the bars, in no bar: pandana without the precomputing that its nearest services do not
# use; osmnx with a file from which all but streets were taken out before, untimed.
BESIDE = {"first_answer_unprepared": 15.0, "extract_streets_only": 50.0}
# The ratio, our task and what it timed, the peer's.
RATIOS = (
    ("counts_vs_pandana", "counts", "counts", "pandana", "counts", "counts"),
    ("counts_vs_cityseer", "counts", "counts", "cityseer", "counts", "counts"),
    ("knn_vs_pandana", "knn", "knn", "pandana", "knn", "knn"),
    ("first_answer_vs_pandana", "knn", "first", "pandana", "knn", "prepared"),
    ("first_answer_unprepared", "knn", "first", "pandana", "knn", "first"),
    ("pairs_vs_pandana", "pairs", "pairs", "pandana", "pairs", "pairs"),
    ("pairs_vs_scipy", "pairs", "pairs", "scipy", "pairs", "pairs"),
)
WORDS = {
    "counts": "counts, 10 groups × 3 walks, every node",
    "build": "the graph, built",
    "precompute": "the graph, precomputed to 1.6 km",
    "knn": "5 nearest, 10 groups, every node",
    "first": "raw edges to 5 nearest",
    "prepared": "raw edges to 5 nearest, precomputed to 1.6 km on the way",
    "pairs": "pairs within 1.6 km of 2 000 nodes",
    "new": "75 000 buildings × 10 groups × 4 walks, network not used before",
    "again": "the same, network used before",
    "joining": "of which joining the buildings",
    "extract": "extract to walking graph",
    "streets": "the same, given a file that holds the streets only",
}
Noted = dict[tuple[str, str, str], dict[str, Any]]
Ratio = tuple[float, float]


def main() -> None:
    """Measure, print the tables, then the line of ratios."""
    absent = cases.missing()
    if absent:
        raise SystemExit("\n".join(absent))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = _prepared(folder)
        noted = _measured(folder)
        _print_machine(sizes)
        ratios = {city: dict(_ratios(noted, city)) for city in CITIES}
        ratios["extract"] = dict(_extract_ratios(noted))
        _print_times(noted)
        _print_bars(ratios)
        agreement.print_all(folder, noted)
    final = {**ratios["liege"], **ratios["extract"]}
    print(json.dumps({key: round(final[key][0], 3) for key in BARS}))


def _prepared(folder: Path) -> dict[str, dict[str, Any]]:
    """Write the data, and compile: the first process does, and keeps what it made on disk."""
    say("Compiling the searches and writing the graphs (once)…")
    sizes = {city: run_task("ours", "prepare", city, folder, 1)["facts"] for city in CITIES}
    run_task("osmnx", "files", "newport", folder, 1)
    return sizes


def _measured(folder: Path) -> Noted:
    rounds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    tasks = [(one, city) for city in CITIES for one in ON_CITIES]
    tasks += [(one, "newport") for one in ON_EXTRACT]
    for number in range(1, ROUNDS + 1):
        for (engine, question, times), city in tasks:
            say(f"Round {number} of {ROUNDS}: {engine}, {question}, {cases.NAMES[city]}")
            key = (engine, question, city)
            rounds.setdefault(key, []).append(run_task(engine, question, city, folder, times))
    for question in ("growth", "sides"):
        say(f"Once: ours, {question}, {cases.NAMES['liege']}")
        rounds["ours", question, "liege"] = [run_task("ours", question, "liege", folder, 3)]
    return {key: merged(held) for key, held in rounds.items()}


def _ratios(noted: Noted, city: str) -> Iterator[tuple[str, Ratio]]:
    """Yield the name of each ratio, by wall seconds and by CPU seconds."""
    for key, question, name, peer, asked, peer_name in RATIOS:
        ours = medians(noted["ours", question, city], name)
        theirs = medians(noted[peer, asked, city], peer_name)
        yield key, (theirs[0] / ours[0], theirs[1] / ours[1])
    yield "buildings_s", medians(noted["ours", "buildings", city], "new")
    peak = noted["ours", "counts", city]["peak_mb"] / noted["pandana", "counts", city]["peak_mb"]
    yield "peak_mb_vs_pandana", (peak, peak)


def _extract_ratios(noted: Noted) -> Iterator[tuple[str, Ratio]]:
    ours = medians(noted["ours", "extract", "newport"], "extract")
    for key, peer, name in (
        ("extract_vs_pyrosm", "pyrosm", "extract"),
        ("extract_vs_osmnx", "osmnx", "extract"),
        ("extract_streets_only", "osmnx", "streets"),
    ):
        theirs = medians(noted[peer, name, "newport"], name)
        yield key, (theirs[0] / ours[0], theirs[1] / ours[1])


def _print_machine(sizes: dict[str, dict[str, Any]]) -> None:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}; load over the last 1, 5 and 15 minutes: {load}."
    )
    names = (*PEERS, "igraph", "numpy", "pandas", "shapely", "numba", "renewal-gis")
    print("Versions: " + ", ".join(f"{name} {version(name)}" for name in names) + ".")
    for city, facts in sizes.items():
        print(f"{cases.NAMES[city]}: {facts['nodes']} nodes, {facts['edges']} edges.")
        if facts["turned"]:
            print(
                f"  {facts['turned']} of its lines run from v to u; u and v were exchanged beforehand."
            )


def _print_times(noted: Noted) -> None:
    rows = []
    for (engine, question, city), held in noted.items():
        if question in ("growth", "sides"):
            continue
        for name in held["spans"]:
            if name in WORDS:
                wall, cpu = medians(held, name)
                words = WORDS[name]
                row = (cases.NAMES[city], words, engine, seconds(wall), seconds(cpu))
                rows.append((*row, spread(held, name), f"{held['peak_mb']:.0f}"))
    order = list(WORDS.values())
    rows.sort(key=lambda row: (row[0] != "Liège", order.index(row[1])))
    head = ("city", "question", "engine", "wall s", "CPU s", "wall from … to (runs)", "peak MB")
    table("Median seconds, and the peak memory of the process", head, rows)


def _print_bars(ratios: dict[str, dict[str, Ratio]]) -> None:
    rows = []
    for key, bar in (*BARS.items(), *BESIDE.items()):
        for where in ("liege", "newport", "extract"):
            if key in ratios[where]:
                wall, cpu = ratios[where][key]
                small = key in ("buildings_s", "peak_mb_vs_pandana")
                met = wall <= bar if small else wall >= bar
                sign = "≤" if small else "≥"
                name = cases.NAMES["newport" if where == "extract" else where]
                rows.append((key, name, f"{wall:.3g}", f"{cpu:.3g}", f"{sign} {bar:g}"))
                rows[-1] = (*rows[-1], "met" if met else "missed")
    head = ("bar", "city", "by wall", "by CPU", "bar", "")
    table("The bars: peer ÷ ours; seconds for the buildings; ours ÷ peer for memory", head, rows)


if __name__ == "__main__":
    sys.exit(main())
