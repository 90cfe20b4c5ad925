"""One task of transit in a process of its own: `transit_task.py ENGINE QUESTION CITY FOLDER TIMES`."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

from measuring import HERE, Clock, peak_mb, say


def run(engine: str, question: str, city: str, folder: Path, times: int) -> dict[str, Any]:
    """Run one task in a process of its own and return what it noted."""
    command = [sys.executable, __file__, engine, question, city, str(folder), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{engine}, {question}, {city}: the measurement failed; see above.")
    noted: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return noted


def main() -> None:
    """Do the task and print what was noted as one line of JSON."""
    engine, question, city, folder, times = sys.argv[1:]
    warnings.simplefilter("ignore")
    clock = Clock()
    if engine == "ours":
        import transit_ours as asked
    else:
        import transit_ferrobus as asked
    facts = asked.QUESTIONS[question](clock, city, Path(folder), int(times))
    peak = facts.pop("peak_mb", None) or peak_mb()
    print()
    print(json.dumps({"spans": clock.spans, "facts": facts, "peak_mb": peak}))


if __name__ == "__main__":
    main()
