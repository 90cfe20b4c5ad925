"""The whole comparison in one call: every table of a territory, each measure sorted once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.territories.bands import (
    band_places,
    bands_of,
    class_shares_of,
    named_classes,
    reach_edges,
    reach_of,
)
from renewal_gis.territories.comparison import figures
from renewal_gis.territories.effects import effects_between
from renewal_gis.territories.exposure import (
    hazard_exposure,
    scenario_access,
    service_capacity,
    social_housing,
)
from renewal_gis.territories.inequality_tables import inequality_of
from renewal_gis.territories.inputs import numbers, refuse_empty, share_one_index, weights
from renewal_gis.territories.rehousing import rehousing, scenario_differences
from renewal_gis.territories.scenarios import Scenario, check_scenarios, origins
from renewal_gis.territories.sorting import Areas, areas_of, sort_measures

__all__ = [
    "Comparison",
    "ScenarioFigures",
    "compare_scenarios",
    "compare_territory",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """What a territory looks like, by sector and by commune.

    Attributes
    ----------
    figures
        As `compare` gives them, by dwellings; first columns `level, area`: the level is `territory`
        (its one area is `all`), `sector` or `commune`.
    bands
        As `access_bands`: dwellings, and residents when they are known, by band; `level` first.
    reach
        As `within_reach`; `level` first. Empty without walks.
    classes
        As `class_shares`; `level` first. Empty without classes.
    effects
        As `effect_sizes`, clusters being communes.
    inequality
        As `inequality`.
    """

    figures: pd.DataFrame
    bands: pd.DataFrame
    reach: pd.DataFrame
    classes: pd.DataFrame
    effects: pd.DataFrame
    inequality: pd.DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class ScenarioFigures:
    """What scenarios do: the tables of `scenario_access`, `rehousing`, `scenario_differences`…

    Attributes
    ----------
    scenarios
        The scenarios, in order.
    access, rehousing, exposure, social, capacity
        Tables of `scenario_access`, `rehousing`, `hazard_exposure`, `social_housing` and
        `service_capacity` (empty when no one tells who reaches what).
    differences
        As `scenario_differences`, for every pair in order: first columns `scenario_first,
        scenario_second`.
    """

    scenarios: tuple[Scenario, ...]
    access: pd.DataFrame
    rehousing: pd.DataFrame
    exposure: pd.DataFrame
    social: pd.DataFrame
    capacity: pd.DataFrame
    differences: pd.DataFrame


def compare_territory(
    measures: pd.DataFrame,
    *,
    sector: pd.Series,
    commune: pd.Series,
    dwellings: pd.Series,
    edges: Mapping[str, Sequence[float]],
    residents: pd.Series | None = None,
    classes: pd.Series | None = None,
    income: pd.Series | None = None,
    high_is_good: Collection[str] = (),
    limits_min: Sequence[float] = (10.0, 15.0, 20.0),
    lines: Mapping[str, float] | None = None,
    of: tuple[str, str] = ("corridor", "south"),
    draws: int | None = None,
    seed: int = 0,
) -> Comparison:
    """Compare a territory by sector and by commune, all tables at once.

    Parameters
    ----------
    measures
        One row per building, one column per measure, none below zero; NaN is missing.
    sector, commune, dwellings, residents
        Of each building, on the same index; a missing sector or commune is in none.
    edges
        Measure → limits of its bands.
    classes
        A class of each building, such as the quality of transit.
    income
        What people are ranked by for the concentration index.
    high_is_good
        Measures of which more is better.
    limits_min
        Walks told for `walk_min:` measures.
    lines
        Measure → poverty line.
    of
        The two sectors whose differences are told.
    draws, seed
        As in `effect_sizes`.

    Raises
    ------
    UsageError
        When the tables do not share one index, or the two sectors are one.
    DataError
        When one of the two sectors is empty, or a weight or a measure negative.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 7.0, 25.0]})
    >>> found = compare_territory(homes, sector=pd.Series(["corridor", "corridor", "south"]),
    ...                           commune=pd.Series(["59112", "59153", "59019"]),
    ...                           dwellings=pd.Series([1, 1, 2]), edges={"walk_min:ecole": [10]},
    ...                           draws=10)
    >>> found.figures.query("level != 'commune'")[["level", "area", "mean"]].to_numpy().tolist()
    [['territory', 'all', 15.5], ['sector', 'corridor', 6.0], ['sector', 'south', 25.0]]
    """
    share_one_index(
        measures.index, sector=sector, commune=commune, dwellings=dwellings, residents=residents,
        classes=classes, income=income,
    )  # fmt: skip
    weight = weights(dwellings, "dwellings")
    if of[0] == of[1]:
        raise UsageError(f"Two different sectors are compared, got {of[0]!r} twice.")
    refuse_empty(sector, weight, of)
    counted = {"dwellings": dwellings} | ({} if residents is None else {"residents": residents})
    held = {name: weights(column, name) for name, column in counted.items()}
    areas = {
        "territory": areas_of(pd.Series("all", index=measures.index, dtype=object)),
        "sector": areas_of(sector),
        "commune": areas_of(commune),
    }
    ranked = sort_measures(measures)
    walks = {name: limits_min for name in measures.columns if str(name).startswith("walk_min:")}
    bands = band_places(measures, edges, high_is_good=high_is_good)
    reach = band_places(measures, dict.fromkeys(walks, reach_edges(limits_min)))
    told = {
        "figures": _by_level(areas, figures, ranked, weight, thresholds=walks, by="area"),
        "bands": _by_level(areas, bands_of, bands, counted=held, edges=edges),
        "reach": _by_level(areas, reach_of, reach, weight, limits_min=limits_min),
        "classes": pd.DataFrame()
        if classes is None
        else _by_level(areas, class_shares_of, named_classes(classes), weight),
    }
    return Comparison(
        **told,
        effects=effects_between(
            ranked, sector=sector, weight=weight, of=of, clusters=commune,
            high_is_good=high_is_good, draws=draws, seed=seed, level=0.95,
        ),
        inequality=inequality_of(
            ranked,
            weight=weight,
            areas=areas["sector"],
            income=None if income is None else numbers(income),
            lines=lines or {},
            high_is_good=high_is_good,
        ),
    )  # fmt: skip


def compare_scenarios(
    scenarios: Sequence[Scenario],
    *,
    sites: pd.DataFrame,
    stock: pd.DataFrame,
    homes: pd.DataFrame,
    high_is_good: Collection[str] = (),
    services: pd.DataFrame | None = None,
    dwellings_reached: pd.Series | None = None,
    demolished_reached: pd.Series | None = None,
    reached: pd.DataFrame | None = None,
    draws: int | None = None,
    seed: int = 0,
) -> ScenarioFigures:
    """Compare scenarios: where the dwellings go, who wins and loses, what the places bear.

    Parameters
    ----------
    scenarios
        One or more, checked first.
    sites
        Table `sites` with `capacity`, `commune`, its measures and `constraint_share:` columns.
    stock
        Table `stock` with `dwellings`, `tenure`, `fate`, `perimeter`, `commune`.
    homes
        Measures of the stock, on its index.
    high_is_good
        Measures of which more is better.
    services, dwellings_reached, demolished_reached, reached
        As `services, dwellings, demolished, reached` in `service_capacity`; without the table of who
        reaches what, capacities are not told.
    draws, seed
        As in `scenario_differences`.

    Raises
    ------
    DataError
        When a scenario cannot be (see `check_scenarios`), or no dwelling is demolished.
    UsageError
        When tables do not share one index.
    """
    check_scenarios(scenarios, sites, perimeters=origins(stock).names())
    shared = [name for name in homes.columns if name in sites.columns]
    differences = []
    for place, first in enumerate(scenarios):
        for second in scenarios[place + 1 :]:
            part = scenario_differences(
                first, second, sites=sites, stock=stock, homes=homes, high_is_good=high_is_good,
                draws=draws, seed=seed,
            )  # fmt: skip
            part.insert(0, "scenario_first", first.name)
            part.insert(1, "scenario_second", second.name)
            differences.append(part)
    known = services is not None and dwellings_reached is not None and reached is not None
    return ScenarioFigures(
        scenarios=tuple(scenarios),
        access=scenario_access(scenarios, sites[shared]),
        rehousing=rehousing(
            scenarios, sites=sites, stock=stock, homes=homes, high_is_good=high_is_good
        ),
        exposure=hazard_exposure(scenarios, sites),
        social=social_housing(scenarios, sites=sites, stock=stock),
        capacity=(
            service_capacity(
                scenarios, services=services, dwellings=dwellings_reached, reached=reached,
                demolished=demolished_reached,
            )
            if known
            else pd.DataFrame()
        ),
        differences=_stacked(differences),
    )  # fmt: skip


def _by_level(
    areas: Mapping[str, Areas],
    compute: Callable[..., pd.DataFrame],
    first: Any,
    *rest: Any,
    **options: Any,
) -> pd.DataFrame:
    """Compute one table for each level, the level first."""
    parts = []
    for level, held in areas.items():
        part = compute(first, held, *rest, **options)
        part.insert(0, "level", level)
        parts.append(part)
    return _stacked(parts)


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame()
