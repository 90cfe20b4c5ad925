"""The steps of a run, one function each: what a loaded study hands to a room, and what comes back."""

from __future__ import annotations

from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd

from renewal_gis import scoring, sources, territories
from renewal_gis.loading import Study
from renewal_gis.schema import HAZARDS, Finding, measure
from renewal_gis.transit import Riding, ridden
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


def measured(
    study: Study, held: Walking | None, lines: Riding | None = None, *, homes: bool = True
) -> Measured:
    """Measure the sites, and every residential building when `homes` is true."""
    findings = [found for part in (held, lines) if part is not None for found in part.findings]
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
        if held is not None and lines is not None:
            columns.append(ridden(study, held, lines, places, opportunities=name == "sites"))
        if name == "sites":
            columns.append(_sampled(study, places))
        tables[name] = pd.concat(columns, axis=1).copy()  # in one block
    return Measured(tables["sites"], tables["stock"], findings)


def judged(study: Study, measures: pd.DataFrame | None) -> Judged:
    """Score the sites, and tell the constraints and vetoes that lie on them."""
    sites, constraints = study.geo("sites"), study.geo("constraints")
    shares = pd.DataFrame(columns=["site", "kind", "level", "share", "zones"])
    if sites is None or measures is None:
        return Judged(shares, None, None, [])
    if constraints is not None:
        shares = scoring.constraint_shares(sites, constraints)
        measures = measures.join(_constrained(sites, constraints))
    located = placed(study, "sites", measures)
    located = located.assign(veto=scoring.vetoes(shares, sites.index))
    # A criterion is left out because the study lacks its layer or its group, never for what the
    # sites at hand measure: one more site must not change the score of another.
    known = [c for c in study.settings.criteria if c.measure in measures.columns]
    findings = [_unscored(c) for c in study.settings.criteria if c not in known]
    if not any(criterion.weight > 0 for criterion in known):
        return Judged(shares, located, None, findings)
    ranking = scoring.rank(measures, known)
    return Judged(shares, located.join(ranking.summary), ranking, findings)


def _constrained(sites: gpd.GeoDataFrame, constraints: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the share of each site under each kind of constraint, 0 where none lies on it."""
    shares = scoring.constraint_shares(sites, constraints, by_level=False)
    kinds = shares.pivot(index="site", columns="kind", values="share")
    held = kinds.reindex(index=sites.index, columns=list(HAZARDS)).fillna(0.0)
    return held.add_prefix("constraint_share:")


def placed(study: Study, name: str, measures: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a layer with its commune, its sector and its measures."""
    table = cast(gpd.GeoDataFrame, study.tables[name])
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    commune = territories.commune_of(table, communes)
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


def _unscored(criterion: scoring.Criterion) -> Finding:
    return Finding(
        layer="sites",
        severity="note",
        code="criterion-not-measured",
        message=(
            f"The study has no data for {criterion.measure}: the criterion {criterion.name} is left "
            "out of every score. Add the layer or the services it needs, or drop the criterion."
        ),
        column=criterion.name,
    )
