"""What a run rests on, as its manifest says it: inputs, parameters, assumptions in force."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from renewal_gis.config import Transit, Walk
from renewal_gis.config.programme import Programme
from renewal_gis.origins import origin_of
from renewal_gis.schema import Provenance
from renewal_gis.scoring import criteria_table
from renewal_gis.study import Results

__all__ = ["in_force", "parameters", "run_id", "sources_table"]


def run_id(results: Results) -> str:
    """Return ten hexadecimal digits that change when an input or a parameter does."""
    # The day a file was fetched is no input: the same bytes give the same figures.
    held = pd.DataFrame([asdict(one) for one in _files(results)])
    text = json.dumps(
        [held.to_dict("records"), parameters(results)],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def sources_table(results: Results) -> pd.DataFrame:
    """Return where each file came from, one row per layer, then the programme and rule files.

    Where the study was fetched, `fetched_on` (ISO day; empty from a mirror) and `fetched_from` tell when
    and from which address; empty for a file that was not, or that was changed since.
    """
    table = pd.DataFrame([asdict(held) for held in _files(results)])
    if not results.study.fetched:
        return table
    origins = [origin_of(held, results.study.fetched) for held in _files(results)]
    return table.assign(
        fetched_on=["" if one is None else one.date for one in origins],
        fetched_from=["" if one is None else one.url for one in origins],
    )


def _files(results: Results) -> tuple[Provenance, ...]:
    return (*results.study.provenance, *results.study.consulted)


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
        "programme": _programme_parameters(settings.programme),
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


def _programme_parameters(programme: Programme) -> dict[str, Any]:
    """Return how the ledger is read; files by their name, their content stands among the inputs."""
    held = asdict(programme)
    for name in ("file", "rules"):
        held[name] = None if held[name] is None else held[name].name
    days = {name: day.isoformat() for name, day in programme.deadlines.items()}
    as_of = None if programme.as_of is None else programme.as_of.isoformat()
    return {**held, "deadlines": days, "as_of": as_of}


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
