"""`make bench-pack`: how long the demonstration's pack takes, and one site's dossier."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 3


def main() -> None:
    """Measure, print what was found, then one line of JSON."""
    print(json.dumps(figures()))


def figures() -> dict[str, float]:
    """Run the demonstration, make its pack whole, then the dossier of one site several times.

    Returns
    -------
    dict
        `pack_s`: seconds from the study file to the whole pack on two processes; `dossier_s`: median
        seconds of one site's dossier, once the run is there; `peak_mb`: most memory held at one moment
        by all the processes together, MB (10⁶ bytes).
    """
    from renewal_gis.pack import export, pack_content
    from renewal_gis.publishing.pack.content import completed
    from renewal_gis.publishing.pack.making import Task, make
    from renewal_gis.publishing.pack.typeface import house_style
    from renewal_gis.study import run

    watch = _Memory()
    with tempfile.TemporaryDirectory() as name, watch:
        start = time.perf_counter()
        results = run(ROOT / "data" / "demo" / "study.toml")
        computed = time.perf_counter() - start
        files = export(results, Path(name) / "pack", workers=2)
        whole = time.perf_counter() - start
        size = sum(path.stat().st_size for path in files) / 1e6
        content = completed(pack_content(results))
        site = str(results.sites.index[0])
        spans = []
        with house_style():
            for _ in range(RUNS + 1):
                begun = time.perf_counter()
                make(content, Task("dossier", site, "", "dossier"), Path(name), None)
                spans.append(time.perf_counter() - begun)
    print(
        f"study and pack: {whole:.1f} s, the study {computed:.1f} s of them; {len(files)} files, {size:.0f} MB"
    )
    print(f"one dossier, {RUNS} runs after a first: {min(spans[1:]):.2f} to {max(spans[1:]):.2f} s")
    return {
        "pack_s": round(whole, 2),
        "dossier_s": round(statistics.median(spans[1:]), 3),
        "peak_mb": round(watch.peak_mb, 1),
    }


class _Memory:
    """Watches the memory of this process and of those it starts."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()
        unit = 1 if sys.platform == "darwin" else 1024
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
        self.peak_mb = max(self.peak_mb, own)

    def _look(self) -> None:
        while not self._stop.wait(0.2):
            self.peak_mb = max(self.peak_mb, sum(map(_resident, _family())) / 1e6)


def _family() -> list[int]:
    """Return this process and its children's children; this one alone where /proc is not there."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(after[1])
    held = [os.getpid()]
    for one in held:
        held.extend(child for child, parent in parents.items() if parent == one)
    return held


def _resident(process: int) -> int:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
