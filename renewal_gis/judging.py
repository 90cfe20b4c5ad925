"""The judgement of a run: the sites scored, and the ranking put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from renewal_gis import scoring, territories
from renewal_gis.loading import Study
from renewal_gis.schema import HAZARDS, Finding
from renewal_gis.steps import placed

__all__ = ["Judged", "Tested", "judged", "tested", "two_axes"]


class Judged(NamedTuple):
    """Shares under each constraint, the sites with their scores, the ranking that made them."""

    shares: pd.DataFrame
    sites: gpd.GeoDataFrame | None
    ranking: scoring.Ranking | None
    findings: list[Finding]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tested:
    """What became of the ranking when it was put to the test.

    Attributes
    ----------
    robustness
        Under other weights, other anchors and without each criterion.
    opinions
        Second opinions, as `scoring.second_opinions`, and which sites no other beats on every criterion,
        as `scoring.pareto`.
    agreement
        How far each second opinion agrees with the ranking of record.
    findings
        Statements on weights that could not be used.
    """

    robustness: scoring.Robustness
    opinions: pd.DataFrame
    agreement: pd.DataFrame
    findings: tuple[Finding, ...]


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


def tested(study: Study, ranking: scoring.Ranking | None) -> Tested | None:
    """Put the ranking to the test; None without one."""
    if ranking is None:
        return None
    asked = study.settings.robustness
    counted = [criterion for criterion in ranking.criteria if criterion.weight > 0]
    known = {name for held in counted for name in (held.name, held.group)}
    usable = [pair for pair in asked.before if set(pair) <= known]
    opinions = scoring.second_opinions(ranking)
    return Tested(
        robustness=scoring.robustness(
            ranking, statements=usable, draws=asked.draws, seed=asked.seed, top=asked.top
        ),
        opinions=opinions.join(scoring.pareto(ranking)),
        agreement=scoring.agreement(ranking, opinions),
        findings=tuple(_unusable(pair) for pair in asked.before if pair not in usable),
    )


def two_axes(sites: gpd.GeoDataFrame | None) -> pd.DataFrame | None:
    """Read the sites on the two axes, access and constraint; None when one of them is not measured."""
    if sites is None or "score" not in sites.columns:
        return None
    if not any(str(name).startswith("constraint_share:") for name in sites.columns):
        return None
    return territories.two_axes(sites)


def _unusable(pair: tuple[str, str]) -> Finding:
    return Finding(
        layer="sites",
        severity="note",
        code="statement-not-used",
        message=(
            f"The statement {pair[0]} before {pair[1]} is left out of the weightings: the study has no "
            "data for one of them. Add it, or drop the statement."
        ),
    )


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
