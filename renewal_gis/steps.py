"""The steps of a run, one function each: what a loaded study hands to a room, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd

from renewal_gis import scoring, sources, territories
from renewal_gis.loading import Study
from renewal_gis.schema import Finding, measure
from renewal_gis.walking import Walking, walked

__all__ = ["compared", "inventory", "judged", "measured", "placed"]


class Measured(NamedTuple):
    """Measures of the sites and of the stock; None for a layer the study lacks."""

    sites: pd.DataFrame | None
    stock: pd.DataFrame | None
    findings: list[Finding]


class Judged(NamedTuple):
    """Shares under each constraint, the sites with their scores, the ranking that made them."""

    shares: pd.DataFrame
    sites: gpd.GeoDataFrame | None
    ranking: scoring.Ranking | None
    findings: list[Finding]


def measured(study: Study, held: Walking | None, *, homes: bool = True) -> Measured:
    """Measure the sites, and every residential building when `homes` is true."""
    findings = [] if held is None else list(held.findings)
    tables: dict[str, pd.DataFrame | None] = {"sites": None, "stock": None}
    for name in tables:
        places = study.geo(name) if homes or name == "sites" else None
        if places is None:
            continue
        columns = [pd.DataFrame(index=places.index)]
        if held is not None:
            measures, found = walked(study, held, places, name)
            columns.append(measures)
            findings.extend(found)
        if name == "sites":
            columns.append(_sampled(study, places))
        tables[name] = pd.concat(columns, axis=1)
    return Measured(tables["sites"], tables["stock"], findings)


def judged(study: Study, measures: pd.DataFrame | None) -> Judged:
    """Score the sites, and tell the constraints and vetoes that lie on them."""
    sites, constraints = study.geo("sites"), study.geo("constraints")
    shares = pd.DataFrame(columns=["site", "kind", "level", "share", "zones"])
    if sites is None or measures is None:
        return Judged(shares, None, None, [])
    if constraints is not None:
        shares = scoring.constraint_shares(sites, constraints)
        kinds = shares.groupby(["site", "kind"])["share"].max().unstack("kind")
        held = kinds.reindex(sites.index).fillna(0.0).add_prefix("constraint_share:")
        measures = measures.join(held)
    located = placed(study, "sites", measures)
    located = located.assign(veto=scoring.vetoes(shares, sites.index))
    criteria = study.settings.criteria
    absent = sorted({c.measure for c in criteria} - set(measures.columns))
    known = measures.reindex(columns=[*measures.columns, *absent])
    if not any(known[c.measure].notna().any() for c in criteria if c.weight > 0):
        return Judged(shares, located, None, [_unscored(criteria)])
    ranking = scoring.rank(known, criteria)
    findings = [_unscored([criterion]) for criterion in ranking.unmeasured]
    return Judged(shares, located.join(ranking.summary), ranking, findings)


def placed(study: Study, name: str, measures: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a layer with its commune, its sector and its measures."""
    table = cast(gpd.GeoDataFrame, study.tables[name])
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    located = territories.locate(table, communes)
    stated = table.get("commune", pd.Series(None, index=table.index, dtype=object))
    commune = stated.astype(object).where(stated.notna(), located)
    return table.assign(commune=commune, sector=commune.map(communes["sector"])).join(measures)


def compared(
    study: Study, stock: gpd.GeoDataFrame | None, measures: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the sectors on every measure of the stock: a table of figures, and distributions."""
    if stock is None or measures is None or not len(measures.columns):
        return pd.DataFrame(), pd.DataFrame()
    sector, weight = stock["sector"], stock["dwellings"].astype(float)
    limits = study.settings.walk.thresholds_min
    measures = measures.select_dtypes("number")
    minutes = {name: limits for name in measures.columns if name.startswith("walk_min:")}
    shown = {name: measure(name) for name in measures.columns}
    return (
        territories.compare(measures, sector=sector, weight=weight, thresholds=minutes),
        territories.distribution(
            measures,
            sector=sector,
            weight=weight,
            edges={name: held.breaks for name, held in shown.items()},
            high_is_good=[name for name, held in shown.items() if not held.low_is_good],
        ),
    )


def inventory(study: Study) -> pd.DataFrame:
    """Count what lies in each sector."""
    counted = ("sites", "perimeters", "services", "stops", "constraints")
    layers = {name: layer for name in counted if (layer := study.geo(name)) is not None}
    return territories.inventory(cast(gpd.GeoDataFrame, study.tables["communes"]), layers)


def _sampled(study: Study, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    columns = {}
    for name, grid in study.settings.grids.items():
        if grid.at_least is None:
            columns[f"grid_mean:{name}"] = sources.zonal_mean(sites.geometry, grid.spec.path)
        else:
            columns[f"grid_share:{name}"] = sources.zonal_share(
                sites.geometry, grid.spec.path, at_least=grid.at_least
            )
    return pd.DataFrame(columns, index=sites.index)


def _unscored(criteria: Iterable[scoring.Criterion]) -> Finding:
    names = ", ".join(criterion.name for criterion in criteria)
    return Finding(
        layer="sites",
        severity="note",
        code="criterion-not-measured",
        message=f"Not measured for any site, so left out of the score: {names}.",
        column=names,
    )
