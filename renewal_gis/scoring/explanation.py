"""Why a site has its rank, in sentences made of the same numbers."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.schema import HAZARDS, UNITS
from renewal_gis.scoring.ranking import Ranking

__all__ = ["explain"]

_WORDS = {
    "en": {
        "rank": "Site {site} ({name}) scores {score} out of 100 and ranks {rank} of {sites}.",
        "open": (
            "Site {site} ({name}) scores between {low} and {high} out of 100: "
            "a measure is missing, so its rank lies between {best} and {worst} of {sites}."
        ),
        "geometric": "Where a weak point cannot be bought back (geometric mean): {score}.",
        "line": "{label}: {value} {unit}, worth {points} points (weight {weight}).",
        "missing": "{label}: not measured (weight {weight}).",
        "best": "What lifts it most above the median site: {labels}.",
        "worst": "What holds it back most: {labels}.",
        "veto": "Veto, whatever the score: {veto}.",
    },
    "fr": {
        "rank": "Le site {site} ({name}) obtient {score} sur 100 : rang {rank} sur {sites}.",
        "open": (
            "Le site {site} ({name}) obtient entre {low} et {high} sur 100 : une mesure "
            "manque, son rang est compris entre {best} et {worst} sur {sites}."
        ),
        "geometric": "Si un point faible ne se rachète pas (moyenne géométrique) : {score}.",
        "line": "{label} : {value} {unit}, soit {points} points (poids {weight}).",
        "missing": "{label} : non mesuré (poids {weight}).",
        "best": "Ce qui le place au-dessus du site médian : {labels}.",
        "worst": "Ce qui le retient le plus : {labels}.",
        "veto": "Veto, quel que soit le score : {veto}.",
    },
}


def explain(
    ranking: Ranking,
    site: str,
    *,
    name: str = "",
    veto: str = "",
    language: Literal["en", "fr"] = "fr",
) -> list[str]:
    """Tell in sentences why a site has its rank.

    Parameters
    ----------
    ranking
        Result of `rank`.
    site
        Identifier of the site.
    name, veto
        Name of the site and its vetoes, told when given.
    language
        `en` or `fr`.

    Returns
    -------
    list of str
        Sentences, in reading order.

    Raises
    ------
    DataError
        When the site is not in the ranking; the message lists the sites.
    """
    if site not in ranking.summary.index:
        sites = [str(name) for name in ranking.summary.index]
        near = [name for name in sites if name.casefold() == site.casefold()]
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise DataError(f"No site called {site!r}. {hint}The sites are: {', '.join(sites)}.")
    words = _WORDS[language]
    summary = ranking.summary.loc[site]
    told = [_headline(words, summary, language, site=site, name=name, sites=len(ranking.summary))]
    if veto:
        told.append(words["veto"].format(veto=_kinds(veto, language)))
    if pd.notna(summary["score_geometric"]):
        told.append(words["geometric"].format(score=_number(summary["score_geometric"], language)))
    told.extend(_contrast(ranking, site, words, language))
    told.extend(_lines(ranking, site, words, language))
    return told


def _headline(
    words: dict[str, str],
    summary: pd.Series,
    language: str,
    *,
    site: str,
    name: str,
    sites: int,
) -> str:
    if pd.isna(summary["score"]):
        return words["open"].format(
            site=site,
            name=name or site,
            low=_number(summary["score_low"], language),
            high=_number(summary["score_high"], language),
            best=int(summary["rank_best"]),
            worst=int(summary["rank_worst"]),
            sites=sites,
        )
    return words["rank"].format(
        site=site,
        name=name or site,
        score=_number(summary["score"], language),
        rank=int(summary["rank"]),
        sites=sites,
    )


def _contrast(ranking: Ranking, site: str, words: dict[str, str], language: str) -> list[str]:
    weights = pd.Series({c.name: c.weight for c in ranking.criteria})
    gap = (ranking.points.loc[site] - ranking.points.median()) * weights
    labels = {c.name: getattr(c, language) or c.name for c in ranking.criteria}
    told = []
    for key, names in (
        ("best", gap[gap > 0].sort_values(ascending=False, kind="stable").index[:3]),
        ("worst", gap[gap < 0].sort_values(kind="stable").index[:3]),
    ):
        if len(names):
            told.append(words[key].format(labels=", ".join(labels[name] for name in names)))
    return told


def _lines(ranking: Ranking, site: str, words: dict[str, str], language: str) -> list[str]:
    told = []
    for criterion in ranking.criteria:
        label = getattr(criterion, language) or criterion.name
        value = ranking.values.at[site, criterion.name]
        if pd.isna(value):
            told.append(
                words["missing"].format(label=label, weight=_weight(criterion.weight, language))
            )
            continue
        en, fr, decimals = UNITS.get(criterion.unit, (criterion.unit, criterion.unit, 1))
        unit = fr if language == "fr" else en
        told.append(
            words["line"].format(
                label=label,
                value=_number(value, language, decimals=decimals),
                unit=unit,
                points=_number(ranking.points.at[site, criterion.name], language, decimals=0),
                weight=_weight(criterion.weight, language),
            )
        )
    return told


def _number(value: float, language: str, *, decimals: int = 1) -> str:
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if language == "fr" else text


def _weight(weight: float, language: str) -> str:
    return f"{weight:g}".replace(".", ",") if language == "fr" else f"{weight:g}"


def _kinds(veto: str, language: str) -> str:
    """Return kinds of constraint as words; a text that names none is kept as it is."""
    place = 1 if language == "fr" else 0
    names = [HAZARDS[kind][place] if kind in HAZARDS else kind for kind in veto.split(", ")]
    return ", ".join(names).lower()
