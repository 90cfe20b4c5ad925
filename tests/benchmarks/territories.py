"""How long the whole comparison of a territory takes: 75 000 buildings × 30 measures."""

from __future__ import annotations

import json
import statistics
import time

import numpy as np
import pandas as pd

from renewal_gis.territories import (
    Scenario,
    compare_scenarios,
    compare_territory,
    percentiles_among,
)

BUILDINGS, MEASURES, COMMUNES, SITES = 75_000, 30, 36, 32
SECTORS = ["corridor"] * 7 + ["south"] * 11 + ["other"] * 18
RUNS = 3


def territory():
    """Build a territory: measures, the columns of its buildings, sites, scenarios."""
    rng = np.random.default_rng(2026)
    commune = rng.integers(0, COMMUNES, BUILDINGS)
    names = [f"walk_min:g{number:02d}" for number in range(MEASURES)]
    near = rng.normal(0, 2, (COMMUNES, MEASURES))[commune]
    minutes = np.round(np.abs(rng.gamma(3, 4, (BUILDINGS, MEASURES)) + near), 4)
    minutes[rng.random(minutes.shape) < 0.01] = np.nan
    homes = pd.DataFrame(minutes, columns=names)
    dwellings = pd.Series(rng.choice([1, 1, 1, 1, 1, 1, 4, 12, 24], BUILDINGS), dtype=float)
    gone = rng.random(BUILDINGS) < 0.02
    stock = pd.DataFrame(
        {
            "commune": [f"59{code:03d}" for code in commune],
            "sector": np.array(SECTORS, dtype=object)[commune],
            "dwellings": dwellings,
            "residents": dwellings * 2.2,
            "class": rng.choice(list("ABCDE"), BUILDINGS),
            "income": np.round(rng.normal(20_000, 4_000, BUILDINGS), -2),
            "tenure": rng.choice(["social", "owner", "private_rental"], BUILDINGS),
            "fate": np.where(gone, "demolish", "keep"),
            "perimeter": np.where(gone, [f"P{code % 9:02d}" for code in commune], None),
        }
    )
    sites = pd.DataFrame(
        np.round(rng.gamma(3, 4, (SITES, MEASURES)), 4),
        columns=names,
        index=[f"S{number:02d}" for number in range(SITES)],
    ).assign(
        capacity=80,
        commune=[f"59{number:03d}" for number in range(SITES)],
        **{"constraint_share:mining": rng.random(SITES), "constraint_share:flood": 0.0},
    )
    scenarios = [
        Scenario(name="corridor", dwellings=dict.fromkeys(sites.index[:16], 79)),
        Scenario(name="south", dwellings=dict.fromkeys(sites.index[16:], 79)),
    ]
    return homes, stock, sites, scenarios


def whole(homes, stock, sites, scenarios):
    """Run everything once."""
    compare_territory(
        homes,
        sector=stock["sector"],
        commune=stock["commune"],
        dwellings=stock["dwellings"],
        residents=stock["residents"],
        classes=stock["class"],
        income=stock["income"],
        edges=dict.fromkeys(homes.columns, (5, 10, 15, 20, 30)),
        lines=dict.fromkeys(homes.columns, 15.0),
    )
    percentiles_among(sites, homes, weight=stock["dwellings"])
    compare_scenarios(scenarios, sites=sites, stock=stock, homes=homes)


def figures() -> dict[str, float]:
    """Return the seconds of the whole comparison, the middle of three runs."""
    held = territory()
    spans, busy = [], []
    for _ in range(RUNS):
        start, worked = time.perf_counter(), time.process_time()
        whole(*held)
        spans.append(time.perf_counter() - start)
        busy.append(time.process_time() - worked)
    print(
        f"{BUILDINGS} buildings × {MEASURES} measures: every sector and commune, effects with intervals, "
        f"inequality, percentiles, two scenarios. {statistics.median(spans):.2f} s, "
        f"{statistics.median(busy):.2f} s of processor time, the middle of {RUNS} runs."
    )
    return {"comparison_s": round(statistics.median(spans), 3)}


if __name__ == "__main__":
    print(json.dumps(figures()))
