"""How long a ranking takes to be tested: 500 sites, 12 criteria, 10 000 weightings."""

from __future__ import annotations

import json
import statistics

import numpy as np
import pandas as pd
from measuring import Clock, medians, peak_mb, seconds, spread, table

from renewal_gis.scoring import (
    Criterion,
    Ranking,
    anchor_changes,
    leave_one_out,
    rank,
    second_opinions,
    smaa,
    weight_intervals,
)

SITES, CRITERIA, DRAWS, RUNS = 500, 12, 10_000, 7
GROUPS = ("services", "transit", "jobs", "place")


def ranking(*, missing: float = 0.0) -> Ranking:
    """Return a ranking of sites drawn at random, with this share of missing measures."""
    rng = np.random.default_rng(2026)
    held = pd.DataFrame(
        rng.uniform(0, 40, (SITES, CRITERIA)), columns=[f"c{n}" for n in range(CRITERIA)]
    )
    held = held.mask(rng.random(held.shape) < missing)
    criteria = [
        Criterion(name=name, measure=name, best=5, worst=30, group=GROUPS[place % len(GROUPS)])
        for place, name in enumerate(held)
    ]
    return rank(held, criteria)


def figures() -> dict[str, float]:
    """Measure, print what was found, and return the median seconds of `smaa`."""
    whole, partly = ranking(), ranking(missing=0.02)
    smaa(whole, draws=300)  # compiles, or reads what was compiled before
    before = peak_mb()
    clock = Clock()
    work = {
        "smaa": lambda: smaa(whole, draws=DRAWS),
        "smaa, 2 % of the measures missing": lambda: smaa(partly, draws=DRAWS),
        "smaa, transit before services before jobs": lambda: smaa(
            whole, draws=DRAWS, statements=[("transit", "services"), ("services", "jobs")]
        ),
        "weight intervals": lambda: weight_intervals(whole),
        "anchors, 26 rankings": lambda: anchor_changes(whole),
        "leave one out, 12 rankings": lambda: leave_one_out(whole),
        "second opinions": lambda: second_opinions(whole),
    }
    rows = []
    for name, task in work.items():
        clock.time(name, task, times=RUNS)
        noted = {"spans": clock.spans}
        wall, cpu = medians(noted, name)
        rows.append((name, seconds(wall), spread(noted, name), seconds(cpu)))
    title = f"{SITES} sites × {CRITERIA} criteria × {DRAWS} weightings"
    table(title, ("what", "wall s", "from to (runs)", "CPU s"), rows)
    print(f"\nMemory beyond what was held before: {peak_mb() - before:.0f} MB at most")
    return {"smaa_s": round(statistics.median(wall for wall, _ in clock.spans["smaa"]), 3)}


if __name__ == "__main__":
    print(json.dumps(figures()))
