"""How a thing is measured: wall and CPU seconds, peak memory, a process of its own."""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).resolve().parent

Result = TypeVar("Result")
Pair = tuple[float, float]


class Clock:
    """Wall and CPU seconds of named pieces of work; CPU seconds add up all threads."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Pair]] = {}

    def time(self, name: str, work: Callable[[], Result], *, times: int = 1) -> Result:
        """Do the work so many times, note each, and return the last result."""
        for left in range(times, 0, -1):
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            result = work()
            self.spans.setdefault(name, []).append(
                (time.perf_counter() - wall, time.process_time() - cpu)
            )
            if left > 1:
                del result
        return result


def peak_mb() -> float:
    """Return the largest memory this process has held, MB (10⁶ bytes).

    Linux tells it for the program that runs now; elsewhere what the parent held may be in it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    import psutil

    held = psutil.Process().memory_info()
    return float(getattr(held, "peak_wset", held.rss)) / 1e6


def run_task(engine: str, question: str, city: str, folder: Path, times: int) -> dict[str, Any]:
    """Run one task in a process of its own and return what it noted."""
    command = [sys.executable, str(HERE / "task.py"), engine, question, city, str(folder)]
    done = subprocess.run(
        [*command, str(times)], capture_output=True, text=True, check=False, cwd=HERE.parents[1]
    )
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{engine}, {question}, {city}: the measurement failed; see above.")
    noted: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return noted


def merged(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join what the rounds of one task noted: all spans, the median peak, the last facts."""
    spans: dict[str, list[Pair]] = {}
    for noted in rounds:
        for name, held in noted["spans"].items():
            spans.setdefault(name, []).extend((wall, cpu) for wall, cpu in held)
    peak = statistics.median(noted["peak_mb"] for noted in rounds)
    return {"spans": spans, "peak_mb": peak, "facts": rounds[-1]["facts"]}


def medians(noted: dict[str, Any], name: str) -> Pair:
    """Return the median wall and the median CPU seconds of a piece of work."""
    walls, cpus = zip(*noted["spans"][name], strict=True)
    return statistics.median(walls), statistics.median(cpus)


def spread(noted: dict[str, Any], name: str) -> str:
    """Return the fastest and the slowest wall seconds, and how many there were."""
    walls = [wall for wall, _ in noted["spans"][name]]
    return f"{seconds(min(walls))} to {seconds(max(walls))} ({len(walls)})"


def seconds(value: float) -> str:
    """Return seconds with three figures."""
    return f"{value:.3f}" if value < 1 else f"{value:.3g}"


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table in Markdown, its columns aligned."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        print(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
        )
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()


def say(text: str) -> None:
    """Tell what goes on, apart from the results."""
    print(text, file=sys.stderr, flush=True)
