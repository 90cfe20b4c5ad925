"""What a run rests on, as its manifest says it: inputs, parameters, assumptions in force."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from renewal_gis.config import Transit, Walk
from renewal_gis.scoring import criteria_table
from renewal_gis.study import Results

__all__ = ["in_force", "parameters", "run_id", "sources_table"]


def run_id(results: Results) -> str:
    """Return ten hexadecimal digits that change when an input or a parameter does."""
    text = json.dumps(
        [sources_table(results).to_dict("records"), parameters(results)],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def sources_table(results: Results) -> pd.DataFrame:
    """Return where each layer came from, one row per layer."""
    return pd.DataFrame([asdict(held) for held in results.study.provenance])


def parameters(results: Results) -> dict[str, Any]:
    """Return everything the study file asked that a number may hang on."""
    settings = results.study.settings
    transit = settings.transit
    return {
        "study": settings.name,
        "language": settings.language,
        "crs": settings.crs,
        "walk": _walk_parameters(settings.walk),
        "grids": {name: {"at_least": held.at_least} for name, held in settings.grids.items()},
        "surface": None if settings.surface is None else asdict(settings.surface),
        "isochrones": None if settings.isochrones is None else asdict(settings.isochrones),
        "timetable_date": None if transit is None else transit.date.isoformat(),
        "window": None if transit is None else list(transit.window),
        "transit": None if transit is None else _transit_parameters(transit),
        "sectors": {name: list(codes) for name, codes in settings.sectors.items()},
        "sectors_date": settings.sectors_date,
        "criteria": criteria_table(settings.criteria).to_dict("records"),
        "robustness": asdict(settings.robustness),
        "scenarios": {held.name: asdict(held) for held in settings.scenarios},
    }


def in_force(results: Results) -> dict[str, float]:
    """Return the assumptions as the study sets them."""
    walk = results.study.settings.walk
    speeds = {"adult": "walk_speed", "child": "child_speed", "older": "older_speed"}
    thresholds = ("near_threshold", "quarter_hour", "far_threshold")
    return {
        speeds[walk.profile.name]: walk.profile.speed_km_h,
        "join_limit": walk.join_limit_m,
        "street_margin": walk.margin_m,
        # The quarter of an hour is also the basket's reading, which no study changes.
        **dict(
            zip(thresholds[::2], (walk.thresholds_min[0], walk.thresholds_min[-1]), strict=True)
        ),
    }


def _transit_parameters(transit: Transit) -> dict[str, Any]:
    """Return what is asked of the timetables; the feeds themselves stand among the inputs."""
    held = asdict(transit)
    before = held.pop("before")
    for name in ("feeds", "date", "window"):
        del held[name]
    return {**held, "before": None if before is None else before["date"]}


def _walk_parameters(walk: Walk) -> dict[str, Any]:
    """Return how people walk, the decay told by its worth every five minutes."""
    ladder = [5.0 * step for step in range(int(walk.decay.limit_min // 5) + 1)]
    return {
        "profile": asdict(walk.profile),
        "slope": walk.slope,
        "thresholds_min": list(walk.thresholds_min),
        "join_limit_m": walk.join_limit_m,
        "margin_m": walk.margin_m,
        "decay": {
            "function": walk.decay.name,
            "limit_min": walk.decay.limit_min,
            "worth": dict(zip(ladder, walk.decay(ladder).round(6).tolist(), strict=True)),
        },
    }
