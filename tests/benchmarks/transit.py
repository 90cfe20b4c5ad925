"""`make bench-transit`: door-to-door times on timetables, beside ferrobus, in one run.

The last line printed is one JSON object: milliseconds, seconds, megabytes, and the peers' seconds
divided by ours.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gtfs_load
import transit_agreement
import transit_cases as cases
from measuring import medians, merged, say, seconds, spread, table
from transit_task import run

ROUNDS = 3
TOWNS = ("montpellier", "newport")
DEPARTURES = 120
# Engine, question, city, repeats inside one process. Rounds take turns among the engines.
TASKS = (
    *(
        task
        for town in TOWNS
        for task in (
            ("ours", "matrix", town, 1),
            ("ours", "like_ferrobus", town, 1),
            ("ferrobus", "matrix", town, 1),
        )
    ),
    ("ours", "cells", "demo", 1),
    ("ours", "buildings", "demo", 1),
)
BARS = {
    "cpu_ms_per_origin": 16_000 / cases.PLACES,
    "cpu_vs_ferrobus": 10.0,
    "cells_to_cells_s": 60.0,
    "cells_peak_mb": 1_610.0,
    "buildings_to_sites_s": 30.0,
    "load_vs_gtfs_kit": 1.3,
    "load_vs_partridge": 6.0,
    "cached_load_s": 0.3,
}
SMALL = {"cpu_ms_per_origin", "cells_to_cells_s", "cells_peak_mb", "buildings_to_sites_s"}
SMALL |= {"cached_load_s"}
WORDS = {
    ("ours", "matrix", "matrix"): "1 227 places to 1 227 × 120 departures, R5's conventions",
    ("ours", "thrice", "matrix"): "the same, three times the stops and trips",
    ("ours", "like_ferrobus", "matrix"): "the same question, ferrobus's conventions",
    ("ferrobus", "matrix", "departure"): "of which one departure",
    ("ferrobus", "matrix", "places"): "places made known to the model, once",
    ("ferrobus", "matrix", "model"): "timetable and streets to model",
    ("ours", "matrix", "timetable"): "timetable read, no cache",
    ("ours", "matrix", "network"): "timetable put on the streets",
    ("ours", "cells", "cells"): "inhabited cells to all cells × 120 departures",
    ("ours", "buildings", "buildings"): "75 000 buildings to 30 sites, and back",
    ("ours", "buildings", "to sites"): "of which to the sites",
    ("ours", "buildings", "from sites"): "of which from the sites",
}
Noted = dict[tuple[str, str, str], dict[str, Any]]


def main() -> None:
    """Measure, print the tables, then the line of figures."""
    absent = cases.missing()
    if absent:
        raise SystemExit("\n".join(absent))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("Compiling the searches and writing the streets and feeds (once)…")
        sizes = {city: run("ours", "prepare", city, folder, 1)["facts"] for city in cases.CITIES}
        noted = _measured(folder)
        for engine in ("ours", "ferrobus"):
            for town in TOWNS:
                say(f"Once: {engine}, single departures, {cases.CITIES[town].name}")
                run(engine, "answers", town, folder, 1)
        _print_machine(sizes)
        _print_times(noted)
        agreed = [row for town in TOWNS for row in transit_agreement.rows(town, folder)]
    figures = _figures(noted, "montpellier")
    beside = _figures(noted, "newport")
    table(
        "Do the answers agree? Single departures, within two hours", transit_agreement.HEAD, agreed
    )
    figures.update(gtfs_load.figures())
    _print_bars(figures, beside, noted)
    print(json.dumps({key: round(figures[key], 3) for key in BARS}))


def _measured(folder: Path) -> Noted:
    rounds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for number in range(1, ROUNDS + 1):
        for engine, question, city, times in TASKS:
            say(f"Round {number} of {ROUNDS}: {engine}, {question}, {cases.CITIES[city].name}")
            held = run(engine, question, city, folder, times)
            rounds.setdefault((engine, question, city), []).append(held)
    say("Once: ours, thrice, Montpellier")
    rounds["ours", "thrice", "montpellier"] = [run("ours", "thrice", "montpellier", folder, 1)]
    return {key: merged(held) for key, held in rounds.items()}


def _figures(noted: Noted, town: str) -> dict[str, float]:
    """Return the figures of one town, and those of the demonstration."""
    _, cpu = medians(noted["ours", "matrix", town], "matrix")
    cells = noted["ours", "cells", "demo"]
    return {
        "cpu_ms_per_origin": cpu * 1000 / cases.PLACES,
        "cpu_vs_ferrobus": _by_ferrobus(noted, town)
        / medians(noted["ours", "like_ferrobus", town], "matrix")[1],
        "cells_to_cells_s": medians(cells, "cells")[0],
        "cells_peak_mb": cells["peak_mb"],
        "buildings_to_sites_s": medians(noted["ours", "buildings", "demo"], "buildings")[0],
    }


def _by_ferrobus(noted: Noted, town: str) -> float:
    """Return the CPU seconds of all departures, extrapolated from those that were timed."""
    held = noted["ferrobus", "matrix", town]
    return medians(held, "places")[1] + DEPARTURES * medians(held, "departure")[1]


def _print_machine(sizes: dict[str, dict[str, Any]]) -> None:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}; load over the last 1, 5 and 15 minutes: {load}."
    )
    names = ("ferrobus", "numpy", "pandas", "numba", "renewal-gis")
    print("Versions: " + ", ".join(f"{name} {version(name)}" for name in names) + ".")
    head = ("city", "date", "streets", "crossings", "edges", "stops", "runs", "connections")
    rows = [
        (
            cases.CITIES[city].name,
            cases.CITIES[city].date.isoformat(),
            "as mapped" if city == "newport" else "generated",
            *(facts[name] for name in ("crossings", "streets", "stops", "runs", "connections")),
        )
        for city, facts in sizes.items()
    ]
    table("What is measured on; stops, runs and connections within reach of the window", head, rows)


def _print_times(noted: Noted) -> None:
    rows = []
    for (engine, question, name), words in WORDS.items():
        for (one, asked, city), held in noted.items():
            if (one, asked) == (engine, question):
                wall, cpu = medians(held, name)
                figures = (
                    seconds(wall),
                    seconds(cpu),
                    spread(held, name),
                    f"{held['peak_mb']:.0f}",
                )
                rows.append((cases.CITIES[city].name, words, engine, *figures))
    rows.sort(key=lambda row: [held.name for held in cases.CITIES.values()].index(row[0]))
    head = ("city", "question", "engine", "wall s", "CPU s", "wall from … to (runs)", "peak MB")
    table("Median seconds, and the peak memory of the process", head, rows)


def _print_bars(figures: dict[str, float], beside: dict[str, float], noted: Noted) -> None:
    rows = []
    for key, bar in BARS.items():
        met = figures[key] <= bar if key in SMALL else figures[key] >= bar
        town = key.startswith("cpu")
        other = f"{beside[key]:.3g}" if town else ""
        sign = "≤" if key in SMALL else "≥"
        rows.append(
            (key, f"{figures[key]:.3g}", other, f"{sign} {bar:.3g}", "met" if met else "missed")
        )
    large = medians(noted["ours", "thrice", "montpellier"], "matrix")[1] * 1000 / cases.PLACES
    bar = BARS["cpu_ms_per_origin"]
    met = "met" if large <= bar else "missed"
    rows.insert(1, ("the same, three times the stops", f"{large:.3g}", "", f"≤ {bar:.3g}", met))
    head = ("bar", "Montpellier or demonstration", "Newport", "bar", "")
    table("The bars", head, rows)


if __name__ == "__main__":
    sys.exit(main())
