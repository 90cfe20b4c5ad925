"""Zip to timetable beside gtfs-kit and partridge: Montpellier's trips copied to 5.2 million stop times.

`figures()` measures and prints the tables; run alone, the last line printed is one JSON object. What each
engine gives differs: gtfs-kit leaves times as text, partridge makes them decimals; ours are whole seconds,
checked, in order, with a line of findings for every row that is not kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import HERE, Clock, medians, merged, peak_mb, say, seconds, spread, table

MONTPELLIER = HERE.parents[2] / "shared" / "data" / "transit" / "montpellier_tam_gtfs_2025-10.zip"
COPIES = 15
# Each round asks every engine once, in a process of its own, so that a busy minute falls on all.
ROUNDS = {"ours": 5, "gtfs_kit": 5, "partridge": 1}
CACHED = 5
BARS = {"load_vs_gtfs_kit": 1.3, "load_vs_partridge": 6.0, "cached_load_s": 0.3}
Facts = dict[str, Any]


def figures() -> dict[str, float]:
    """Measure, print the tables, and return the ratios by wall seconds and the cached load's seconds."""
    if not MONTPELLIER.is_file():
        raise SystemExit(
            f"{MONTPELLIER.name} is not in the folder of shared data beside the project."
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = copied(folder / "copied.zip")
        rounds: dict[str, list[Facts]] = {engine: [] for engine in ROUNDS}
        for number in range(max(ROUNDS.values())):
            for engine, times in ROUNDS.items():
                if number < times:
                    say(f"Round {number + 1} of {times}: {engine}")
                    rounds[engine].append(_apart(engine, path, folder))
        _apart("cached", MONTPELLIER, folder)  # writes the cache
        cached = merged([_apart("cached", MONTPELLIER, folder) for _ in range(CACHED)])
    noted = {engine: merged(held) for engine, held in rounds.items()}
    _print(noted, cached)
    walls = {engine: medians(held, "load")[0] for engine, held in noted.items()}
    return {
        "load_vs_gtfs_kit": round(walls["gtfs_kit"] / walls["ours"], 3),
        "load_vs_partridge": round(walls["partridge"] / walls["ours"], 3),
        "cached_load_s": round(medians(cached, "load")[0], 4),
    }


def copied(path: Path) -> Path:
    """Write Montpellier's timetable with each trip copied under new names."""
    first = {
        "trips.txt": re.compile(r"^([^,\n]*,[^,\n]*,[^,\n]+)", re.MULTILINE),
        "stop_times.txt": re.compile(r"^([^,\n]+)", re.MULTILINE),
    }
    with (
        zipfile.ZipFile(MONTPELLIER) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name in first:
                head, _, body = content.decode("utf-8-sig").partition("\n")
                copies = [first[name].sub(rf"\1-{number}", body) for number in range(COPIES)]
                content = "".join([head, "\n", *copies]).encode()
            target.writestr(name, content)
    return path


def _apart(engine: str, path: Path, folder: Path) -> Facts:
    """Run one engine in a process of its own and return what it noted."""
    command = [sys.executable, __file__, engine, str(path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{engine}: the measurement failed; see above.")
    noted: Facts = json.loads(done.stdout.strip().splitlines()[-1])
    return noted


def _ours(clock: Clock, path: Path, folder: Path, cache: Path | None = None) -> int:
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.ipc  # noqa: F401 (what the first reading would import)

    from renewal_gis.schema import LayerSpec
    from renewal_gis.sources import read_schedule, study_crs

    crs = study_crs("EPSG:2154")
    specs = [LayerSpec(path=path)]
    loaded = clock.time("load", lambda: read_schedule(specs, crs=crs, cache=cache))
    return len(loaded.schedule.stop)


def _cached(clock: Clock, path: Path, folder: Path) -> int:
    return _ours(clock, path, folder, cache=folder / "cache")


def _gtfs_kit(clock: Clock, path: Path, folder: Path) -> int:
    import gtfs_kit

    feed = clock.time("load", lambda: gtfs_kit.read_feed(path, dist_units="km"))
    return len(feed.stop_times)


def _partridge(clock: Clock, path: Path, folder: Path) -> int:
    import partridge

    files = ("agency", "stops", "routes", "trips", "stop_times", "calendar", "calendar_dates")

    def load() -> Any:
        feed = partridge.load_feed(str(path))
        return [getattr(feed, name) for name in files]

    return len(clock.time("load", load)[4])


ENGINES: dict[str, Callable[[Clock, Path, Path], int]] = {
    "ours": _ours,
    "cached": _cached,
    "gtfs_kit": _gtfs_kit,
    "partridge": _partridge,
}


def _print(noted: dict[str, Facts], cached: Facts) -> None:
    rows = []
    for engine, held in [*noted.items(), ("ours, from the cache (Montpellier)", cached)]:
        wall, cpu = medians(held, "load")
        row = (engine, seconds(wall), seconds(cpu), spread(held, "load"), f"{held['peak_mb']:.0f}")
        rows.append((*row, held["facts"]["stop_times"]))
    head = ("engine", "wall s", "CPU s", "wall from … to (runs)", "peak MB", "stop times")
    table("Zip to timetable, median seconds, imports not counted", head, rows)


def main() -> None:
    """Measure and print, or run one engine."""
    warnings.simplefilter("ignore")
    if len(sys.argv) == 1:
        held = figures()
        print(json.dumps(held))
        return
    engine, path, folder = sys.argv[1:]
    clock = Clock()
    count = ENGINES[engine](clock, Path(path), Path(folder))
    facts = {"stop_times": count}
    print(json.dumps({"spans": clock.spans, "facts": facts, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
