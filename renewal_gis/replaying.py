"""Choices replayed: the scenarios of a study, checked before anything is computed, then compared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal, cast

import geopandas as gpd
import pandas as pd

from renewal_gis import access, territories
from renewal_gis.assumptions import assumption
from renewal_gis.comparing import told_measures
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import Finding, measure
from renewal_gis.walking import Walking

__all__ = ["pages", "replayed", "require_scenarios", "unreplayed"]

_NEEDED = ("tenure", "fate")


def require_scenarios(study: Study) -> None:
    """Refuse scenarios that cannot be, all faults in one message, before anything is computed.

    Raises
    ------
    DataError
        When the study has no sites, or a scenario names a site that is not there, more dwellings than
        a site holds, or flows that lead nowhere.
    """
    scenarios, sites = study.settings.scenarios, study.geo("sites")
    if not scenarios:
        return
    if sites is None:
        raise DataError(
            "scenarios: the study has no layer sites to rebuild on. Add it under [layers], or drop the "
            "scenarios."
        )
    stock = study.geo("stock")
    perimeters = None
    if stock is not None and "fate" in stock.columns and (stock["fate"] == "demolish").any():
        gone = stock[(stock["fate"] == "demolish").to_numpy(dtype=bool, na_value=False)]
        held = gone.get("perimeter", pd.Series(None, index=gone.index, dtype=object))
        perimeters = sorted({str(name) for name in held.dropna()} | {"outside"})
    territories.check_scenarios(scenarios, sites, perimeters=perimeters)


def unreplayed(study: Study) -> Iterator[Finding]:
    """Tell why scenarios are checked and not compared; nothing when they can be."""
    if not study.settings.scenarios:
        return
    lack = _lack(study)
    if lack:
        yield Finding(
            layer="stock",
            severity="note",
            code="scenarios-not-compared",
            message=f"The scenarios are not compared: {lack}.",
        )


def replayed(
    study: Study,
    held: Walking | None,
    sites: gpd.GeoDataFrame | None,
    stock: gpd.GeoDataFrame | None,
    measures: pd.DataFrame | None,
) -> territories.ScenarioFigures | None:
    """Compare the scenarios of the study; None without any, or without homes to compare with.

    Parameters
    ----------
    study
        Whose settings hold the scenarios.
    held
        The streets, for who reaches which service; None without.
    sites, stock
        The layers with their commune and their measures.
    measures
        Measures of the stock.
    """
    scenarios = study.settings.scenarios
    if not scenarios or sites is None or stock is None or measures is None or _lack(study):
        return None
    told = told_measures(study, measures)
    services, reached, dwellings, demolished = _capacities(study, held, sites, stock)
    return territories.compare_scenarios(
        scenarios,
        sites=sites,
        stock=stock,
        homes=told,
        high_is_good=[name for name in told.columns if not measure(name).low_is_good],
        services=services,
        dwellings_reached=dwellings,
        demolished_reached=demolished,
        reached=reached,
    )


def pages(
    figures: territories.ScenarioFigures | None, language: Literal["en", "fr"]
) -> list[tuple[str, list[str]]]:
    """Return, for each pair of scenarios, its title and ten lines; none without a walk that is known.

    Parameters
    ----------
    figures
        What `replayed` returned.
    language
        `en` or `fr`.
    """
    if figures is None or not len(figures.rehousing):
        return []
    walks = [name for name in figures.rehousing["measure"].unique() if name.startswith("walk_min:")]
    if not walks:
        return []
    walk = "walk_min:ecole" if "walk_min:ecole" in walks else walks[0]
    joint = "contre" if language == "fr" else "against"
    return [
        (
            f"{first.label(language)} {joint} {second.label(language)}",
            territories.ten_lines(
                figures,
                first.name,
                second.name,
                measure=walk,
                hazard=_hazard(figures),
                group=walk.partition(":")[2],
                language=language,
            ),
        )
        for first, second in combinations(figures.scenarios, 2)
    ]


def _hazard(figures: territories.ScenarioFigures) -> str:
    """Return the constraint under which the most dwellings would stand; mine workings when none does."""
    table = figures.exposure
    if not len(table) or not (table["on_it"] > 0).any():
        return "mining"
    return str(table.groupby("kind", sort=True)["on_it"].sum().idxmax())


def _lack(study: Study) -> str:
    """Say what is missing to compare scenarios; empty when nothing is."""
    stock = study.tables.get("stock")
    if stock is None:
        return "the study has no layer stock to tell who moves"
    absent = [name for name in _NEEDED if name not in stock.columns]
    if absent:
        return f"the layer stock has no column {' and no column '.join(absent)}"
    gone = (stock["fate"] == "demolish").to_numpy(dtype=bool, na_value=False)
    if not (gone & (stock["dwellings"] > 0).to_numpy(dtype=bool, na_value=False)).any():
        return "no dwelling of the stock has the fate demolish, so nobody moves"
    return ""


_Capacities = tuple[pd.DataFrame | None, pd.DataFrame | None, pd.Series | None, pd.Series | None]


def _capacities(
    study: Study, held: Walking | None, sites: gpd.GeoDataFrame, stock: gpd.GeoDataFrame
) -> _Capacities:
    """Return the services, who reaches them from the sites, and from how many homes, now and demolished."""
    services = study.geo("services")
    if held is None or services is None or "capacity" not in services.columns:
        return None, None, None, None
    limit = assumption("quarter_hour").value
    speed, network = study.settings.walk.profile.speed_km_h, held.network
    named = sorted({site for scenario in study.settings.scenarios for site in scenario.dwellings})
    origins = held.joined("sites").take(sites.index.get_indexer(pd.Index(named)))
    reached = access.travel_times(
        origins, held.joined("services"), network, limit_min=limit, speed_km_h=speed
    )
    near = services.index.isin(reached["to_id"].astype(object).unique())
    places, homes = held.joined("services").take(near), held.joined("stock")
    gone = (stock["fate"] == "demolish").to_numpy(dtype=bool, na_value=False)
    dwellings = stock["dwellings"].astype(float).rename("dwellings")
    counts = [
        access.catchment(
            places, homes, network, weight=weight, thresholds_min=(limit,), speed_km_h=speed
        ).iloc[:, 0]
        for weight in (dwellings, dwellings.where(gone, 0.0))
    ]
    table = cast(pd.DataFrame, services.loc[near, ["group", "capacity"]])
    return table, reached, counts[0], counts[1]
