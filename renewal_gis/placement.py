"""Dwellings placed on the sites of a study: what the study hands to the allocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import pandas as pd

from renewal_gis import planning
from renewal_gis.config.programme import Allocation, Programme
from renewal_gis.errors import DataError
from renewal_gis.placement_journeys import Journeys, journeys
from renewal_gis.programme import asked_of
from renewal_gis.programme_calendar import needs_table
from renewal_gis.programme_verdicts import social_stock
from renewal_gis.schema import Finding
from renewal_gis.schema.codes import PRODUCTS
from renewal_gis.study import Results

__all__ = ["Question", "households_by_operation", "placement_question"]

_DEMOLITION, _PRODUCTION = "01", "02"


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What is asked of the allocation, and what it rests on.

    Attributes
    ----------
    problem
        Sites, products, half-years, rules.
    asked
        The section `[programme.allocation]`.
    journeys
        How far each place of origin lies from each site, and how that was measured; None when no
        household has to move.
    findings
        Sites left out or scored by a lower bound, households without a place of origin.
    """

    problem: planning.Problem
    asked: Allocation
    journeys: Journeys | None
    findings: tuple[Finding, ...]


def placement_question(results: Results, *, asked: Programme | None = None) -> Question:
    """Turn a study and its ranking into a question for the allocation.

    Parameters
    ----------
    results
        A run whose sites are scored; homes need not be measured.
    asked
        What is asked of the programme; by default what the study file says.

    Returns
    -------
    Question
        A site scores its score, or the lower bound of it when a measure is missing. `minutes` is the
        mean walk of the criteria that are walks, by their weights. Main residences and social dwellings
        are those of the buildings, less what the ledger demolishes.

    Raises
    ------
    DataError
        The study file asks for no allocation, no site is scored, or there is nothing to place.
    """
    study = results.study
    asked = asked_of(study.settings) if asked is None else asked
    held = asked.allocation
    if held is None:
        raise DataError(
            "The study file asks for no allocation: add [programme.allocation], with half_years at least."
        )
    sites, findings = _sites(results)
    operations = study.tables.get("operations")
    total = _total(held, operations)
    origins, unplaced = _origins(operations, asked)
    far = (
        None
        if origins is None
        else journeys(study, origins.index, sites.index, kind=held.displacement)
    )
    problem = planning.Problem(
        sites=sites,
        products=_products(held, operations, total),
        total=total,
        half_years=held.half_years,
        rules=_rules(held, asked),
        communes=_communes(results),
        origins=origins,
        journeys=None if far is None else far.table,
        journey_unit="min" if far is None else far.unit,
    )
    return Question(problem=problem, asked=held, journeys=far, findings=(*findings, *unplaced))


def households_by_operation(operations: pd.DataFrame, asked: Programme) -> pd.Series:
    """Return households to rehouse by demolition: those said, or else its dwellings."""
    needs, _ = needs_table(operations, asked)
    if needs is not None:
        return needs.sum(axis=1).astype("int64").rename("households")
    gone = operations[operations["family"] == _DEMOLITION]
    return pd.to_numeric(gone["dwellings"]).fillna(0).astype("int64").rename("households")


def _sites(results: Results) -> tuple[pd.DataFrame, list[Finding]]:
    if results.sites is None or results.ranking is None:
        raise DataError(
            "No site was scored: an allocation needs sites, and streets with services or transit."
        )
    held = results.sites
    if "capacity" not in held.columns:
        raise DataError("sites: no column capacity; say how many dwellings each site can hold.")
    capacity = pd.to_numeric(held["capacity"])
    table = pd.DataFrame(
        {
            "capacity": capacity,
            "score": held["score"].astype(float).fillna(held["score_low"].astype(float)),
            "minutes": _minutes(results),
            "commune": held["commune"].astype(object).where(held["commune"].notna(), ""),
            "sector": held["sector"].astype(object).where(held["sector"].notna(), ""),
            "veto": held["veto"].astype(object).fillna("").ne(""),
        },
        index=held.index,
    )
    constraints = results.study.tables.get("constraints")
    if constraints is not None and (constraints["kind"] == "QPV").any():
        shares = results.constraint_shares
        table["qpv"] = table.index.isin(shares.loc[shares["kind"] == "QPV", "site"])
    findings = list(_site_findings(table, held["score"]))
    table = table[capacity.notna()]
    return table.assign(capacity=table["capacity"].astype("int64")), findings


def _minutes(results: Results) -> pd.Series:
    """Return the mean walk of the criteria that are walks, by their weights; NaN when one is missing."""
    assert results.sites is not None
    walks = [
        criterion
        for criterion in results.study.settings.criteria
        if criterion.measure.startswith("walk_min:")
        and criterion.measure in results.sites.columns
        and criterion.weight > 0
    ]
    if not walks:
        return pd.Series(np.nan, index=results.sites.index)
    minutes = results.sites[[criterion.measure for criterion in walks]].astype(float)
    weights = np.array([criterion.weight for criterion in walks])
    return pd.Series(minutes.to_numpy() @ weights / weights.sum(), index=results.sites.index)


def _site_findings(table: pd.DataFrame, score: pd.Series) -> Iterator[Finding]:
    for name in table.index[table["capacity"].isna()]:
        yield Finding(
            layer="sites",
            severity="dropped",
            code="no-capacity",
            message="The site says no capacity, and takes no part in the allocation. Give it one.",
            row=str(name),
            column="capacity",
        )
    for name in table.index[score.isna() & table["capacity"].notna()]:
        yield Finding(
            layer="sites",
            severity="note",
            code="scored-by-lower-bound",
            message="A measure of the site is missing: the allocation counts the lower bound of its "
            f"score, {table.at[name, 'score']:.1f} points.",
            row=str(name),
            column="score",
        )


def _total(held: Allocation, operations: pd.DataFrame | None) -> int:
    if held.total is not None:
        return held.total
    rebuilt = 0 if operations is None else int(_rebuilt(operations)["dwellings"].sum())
    if not rebuilt:
        raise DataError(
            "programme.allocation.total is not said, and the ledger rebuilds nothing: say how many "
            "dwellings to place."
        )
    return rebuilt


def _rebuilt(operations: pd.DataFrame) -> pd.DataFrame:
    rows = operations[operations["family"] == _PRODUCTION]
    names = ["dwellings", *(name for name in PRODUCTS if name in rows.columns)]
    return rows[names].apply(pd.to_numeric).fillna(0).astype("int64")


def _products(held: Allocation, operations: pd.DataFrame | None, total: int) -> pd.DataFrame:
    """Return fewest and most dwellings by product: the shares asked, or else the ledger's own numbers."""
    if held.products:
        rows = {
            name: (
                np.nan if low is None else ceil(low * total - 1e-9),
                np.nan if high is None else floor(high * total + 1e-9),
            )
            for name, (low, high) in held.products.items()
        }
        return pd.DataFrame.from_dict(rows, "index", columns=["low", "high"]).astype(float)
    counted = pd.Series(dtype=float)
    if operations is not None:
        counted = _rebuilt(operations).drop(columns="dwellings").sum().astype(float)
    counted = counted[counted > 0]
    if counted.sum() != total:
        raise DataError(
            f"programme.allocation: {total} dwellings are to be placed, and the ledger rebuilds "
            f"{counted.sum():.0f} by product. Say the shares in [programme.allocation.products]."
        )
    return pd.DataFrame({"low": counted, "high": counted})


def _rules(held: Allocation, asked: Programme) -> planning.Rules:
    targets = None
    if held.sector_targets:
        limits = [
            [np.nan if one is None else float(one) for one in pair]
            for pair in held.sector_targets.values()
        ]
        targets = pd.DataFrame(
            limits, index=list(held.sector_targets), columns=["at_least", "at_most"]
        )
    return planning.Rules(
        minimum_size=held.minimum_size,
        operations_per_site=held.operations_per_site,
        sites_at_most=held.sites_at_most,
        plai_share=held.plai_share,
        social_ceiling=held.social_ceiling,
        outside_qpv=held.outside_qpv,
        urban_unit=asked.urban_unit if held.urban_unit else None,
        veto=held.veto,
        sector_targets=targets,
        pace=pd.Series(dict(held.pace), dtype=float) if held.pace else None,
        needed=pd.Series(dict(held.needed), dtype=float) if held.needed else None,
    )


def _communes(results: Results) -> pd.DataFrame | None:
    counted = social_stock(results.study)
    operations = results.study.tables.get("operations")
    if counted is None or operations is None or "commune" not in operations.columns:
        return counted
    gone = operations[operations["family"] == _DEMOLITION]
    commune = gone["commune"].astype(object)
    whole = pd.to_numeric(gone["dwellings"]).fillna(0)
    mining = pd.to_numeric(gone["mining"]).fillna(0) if "mining" in gone.columns else 0 * whole
    lost = pd.DataFrame({"residences": whole, "social": whole - mining}).groupby(commune).sum()
    return (counted - lost.reindex(counted.index).fillna(0)).clip(lower=0)


def _origins(
    operations: pd.DataFrame | None, asked: Programme
) -> tuple[pd.Series | None, list[Finding]]:
    """Return households to rehouse by perimeter, and those whose perimeter is not said."""
    if operations is None or "perimeter" not in operations.columns:
        return None, []
    households = households_by_operation(operations, asked)
    place = operations["perimeter"].reindex(households.index).astype(object)
    unknown = place.isna() | (place == "")
    findings = [
        Finding(
            layer="operations",
            severity="note",
            code="no-place-of-origin",
            message="The demolition says no perimeter: its households have no journey, and their "
            "displacement is not counted. Give it one.",
            row=str(name),
            column="perimeter",
        )
        for name in households.index[unknown & (households > 0)]
    ]
    counted = households[~unknown].groupby(place[~unknown]).sum()
    counted = counted[counted > 0]
    return (counted.rename_axis("perimeter") if len(counted) else None), findings
