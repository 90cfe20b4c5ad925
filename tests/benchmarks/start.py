"""`make bench-start`: how long the demonstration takes, and what importing the package costs."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 3
IMPORTS = 9


def main() -> None:
    """Measure, print what was found, then one line of JSON."""
    command = str(Path(sys.executable).with_name("renewal-gis"))
    runs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(_run([command, "demo", "--output", folder]))
    walls, cpus, peaks = zip(*runs, strict=True)
    demo, peak = statistics.median(walls), statistics.median(peaks)
    print(
        f"renewal-gis demo, {RUNS} runs: {demo:.2f} s (from {min(walls):.2f} to {max(walls):.2f}), "
        f"{statistics.median(cpus):.2f} s of CPU, {peak:.0f} MB at most"
    )
    held: dict[str, list[float]] = {"geopandas": [], "renewal_gis": []}
    for _ in range(IMPORTS):
        for name, spans in held.items():
            spans.append(_run([sys.executable, "-c", f"import {name}"])[0])
    middle = {name: statistics.median(spans) for name, spans in held.items()}
    for name, spans in held.items():
        print(
            f"import {name}, {IMPORTS} fresh processes: {middle[name]:.3f} s "
            f"(from {min(spans):.3f} to {max(spans):.3f})"
        )
    extra = middle["renewal_gis"] - middle["geopandas"]
    print(
        json.dumps(
            {
                "demo_s": round(demo, 3),
                "demo_peak_mb": round(peak, 1),
                "import_extra_s": round(extra, 3),
            }
        )
    )


def _run(command: list[str]) -> tuple[float, float, float]:
    """Run a program; return its wall and CPU seconds and its peak memory, MB (10⁶ bytes)."""
    start = time.perf_counter()
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(program.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise SystemExit(f"{Path(command[0]).name} {command[1]} failed; nothing was measured.")
    unit = 1 if sys.platform == "darwin" else 1024
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
