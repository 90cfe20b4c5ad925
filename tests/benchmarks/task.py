"""One task in a process of its own: `task.py ENGINE QUESTION CITY FOLDER TIMES`."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

from measuring import Clock, peak_mb


def main() -> None:
    """Do the task and print what was noted as one line of JSON."""
    engine, question, city, folder, times = sys.argv[1:]
    warnings.simplefilter("ignore")
    clock = Clock()
    if engine == "ours":
        import ours

        clock.time("compile", ours.compile_all)
        work = ours.QUESTIONS[question]
    else:
        import peers

        work = peers.QUESTIONS[f"{engine}_{question}"]
    facts = work(clock, city, Path(folder), int(times))
    peak = facts.pop("peak_mb", None) or peak_mb()
    print()
    print(json.dumps({"spans": clock.spans, "facts": facts, "peak_mb": peak}))


if __name__ == "__main__":
    main()
