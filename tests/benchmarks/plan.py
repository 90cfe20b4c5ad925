"""`make bench-plan`: the allocation at its full size, and a whole front.

The last line printed is one JSON object: seconds for 300 sites × 12 half-years × 3 products, the gap
proved, and seconds for a front of 20 plans on 30 sites.
"""

from __future__ import annotations

import json
from time import perf_counter

import numpy as np
import pandas as pd

from renewal_gis.planning import Problem, Rules, pareto_front, place, verify

GAP = 0.01
PLANS = 20
ORIGINS = 9


def territory(sites: int, half_years: int, total: int, *, seed: int = 1) -> Problem:
    """Return a made-up question of this size, with most rules at work."""
    rng = np.random.default_rng(seed)
    halves = tuple(f"{2027 + n // 2}-S{n % 2 + 1}" for n in range(half_years))
    codes = [f"C{n:02d}" for n in range(max(4, sites // 9))]
    table = pd.DataFrame(
        {
            "capacity": rng.integers(10, 120, sites),
            "score": np.round(rng.beta(4, 3, sites) * 100, 2),
            "minutes": rng.uniform(3, 25, sites).round(1),
            "commune": rng.choice(codes, sites),
            "sector": rng.choice(["corridor", "south", "other"], sites),
            "qpv": rng.random(sites) < 0.1,
            "veto": rng.random(sites) < 0.08,
            "available": [halves[n] for n in rng.integers(0, max(1, half_years // 2), sites)],
        },
        index=[f"S{n:03d}" for n in range(sites)],
    )
    residences = rng.integers(400, 6000, len(codes))
    social = (residences * rng.uniform(0.05, 0.6, len(codes))).astype(int)
    origins = [f"P{n}" for n in range(ORIGINS)]
    households = rng.multinomial(int(total * 0.8), np.ones(ORIGINS) / ORIGINS)
    return Problem(
        sites=table,
        products=pd.DataFrame(
            {
                "low": [np.nan, 0.2 * total // 1, 0.15 * total // 1],
                "high": [np.nan, np.nan, total // 5],
            },
            index=["plai", "plus", "free"],
        ),
        total=total,
        half_years=halves,
        rules=Rules(
            minimum_size=12,
            plai_share=0.6,
            social_ceiling=0.5,
            outside_qpv=True,
            sector_targets=pd.DataFrame(
                {"at_least": [total * 3 // 10, total // 5], "at_most": [np.nan, total * 2 // 5]},
                index=["corridor", "south"],
            ),
            pace=pd.Series(max(60, int(total / half_years * 1.6)), index=halves),
            needed=pd.Series({halves[int(half_years * 0.6)]: total // 2}),
        ),
        communes=pd.DataFrame({"residences": residences, "social": social}, index=codes),
        origins=pd.Series(households, index=origins),
        journeys=pd.DataFrame(
            rng.uniform(3, 45, (ORIGINS, sites)).round(1), index=origins, columns=table.index
        ),
    )


def figures() -> dict[str, float]:
    """Return seconds and gap of the large plan, and seconds of the front."""
    large = territory(300, 12, 4000)
    start = perf_counter()
    plan = place(large, gap=GAP)
    milp_s = perf_counter() - start
    if verify(plan, large):
        raise SystemExit("The large plan fails its verification.")
    print(f"300 sites × 12 half-years × 3 products: {milp_s:.1f} s. {plan.proof_en}")
    small = territory(30, 4, 600)
    start = perf_counter()
    front = pareto_front(small, plans=PLANS)
    front_s = perf_counter() - start
    print(
        f"Front of {len(front.plans)} plans, 30 sites × 4 half-years × 3 products: {front_s:.1f} s."
    )
    if len(front.plans) < PLANS:
        raise SystemExit(f"The front holds {len(front.plans)} plans; {PLANS} were asked.")
    return {
        "milp_s": round(milp_s, 3),
        "milp_gap": round(plan.gap, 6),
        "front_s": round(front_s, 3),
    }


if __name__ == "__main__":
    print(json.dumps(figures()))
