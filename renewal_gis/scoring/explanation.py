"""Why a site has its rank, in sentences made of the same numbers."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Literal

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.schema import HAZARDS, UNITS
from renewal_gis.scoring.advances import (
    WeightChange,
    first_hold,
    rank_with_weight,
    smallest_gain,
    smallest_weight_change,
)
from renewal_gis.scoring.criteria import Criterion
from renewal_gis.scoring.ranking import Ranking

if TYPE_CHECKING:
    from renewal_gis.scoring.robustness import Robustness

__all__ = ["explain"]

_WORDS = {
    "en": {
        "joint": "; ",
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
        "gain": "Rank {rank} would take: {label}, {needed} {unit} instead of {value}, all else equal.",
        "weight": (
            "Rank {rank} would come with a weight of {needed} instead of {weight} for “{label}”, "
            "the other weights unchanged."
        ),
        "neither": "No change of one measure or of one weight alone would give it a better rank.",
        "between": (
            "It stays first while the weight of “{label}” lies between {low} and {high} "
            "(now {weight})."
        ),
        "above": "It stays first while the weight of “{label}” is at least {low} (now {weight}).",
        "below": "It stays first while the weight of “{label}” is at most {high} (now {weight}).",
        "shared": "It shares the first rank with {sites}.",
        "firm": "No change of one weight alone would take its first rank.",
    },
    "fr": {
        "joint": "\u202f; ",
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
        "gain": (
            "Le rang {rank} demanderait : {label}, {needed} {unit} au lieu de {value}, "
            "le reste étant égal."
        ),
        "weight": (
            "Le rang {rank} viendrait avec un poids de {needed} au lieu de {weight} pour « {label} », "
            "les autres poids étant inchangés."
        ),
        "neither": "Aucune mesure ni aucun poids, changé seul, ne lui donnerait un meilleur rang.",
        "between": (
            "Il reste premier tant que le poids de « {label} » est entre {low} et {high} (ici {weight})."
        ),
        "above": "Il reste premier tant que le poids de « {label} » est d’au moins {low} (ici {weight}).",
        "below": "Il reste premier tant que le poids de « {label} » est d’au plus {high} (ici {weight}).",
        "shared": "Il partage le premier rang avec {sites}.",
        "firm": "Aucun poids, changé seul, ne lui prendrait le premier rang.",
    },
}


def explain(
    ranking: Ranking,
    site: str,
    *,
    name: str = "",
    veto: str = "",
    language: Literal["en", "fr"] = "fr",
    robustness: Robustness | None = None,
) -> list[str]:
    """Tell in sentences why a site has its rank, and what would change it.

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
    robustness
        Result of `robustness`; its sentence on the site is told when given.

    Returns
    -------
    list of str
        Sentences, in reading order. Numbers are those of the tables, rounded as printed; a measure or a
        weight that would change the rank is rounded to the side on which it does.

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
    if robustness is not None:
        told.append(robustness.sentence(site, language=language))
    told.extend(_contrast(ranking, site, words, language))
    told.extend(_changes(ranking, site, words, language))
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
    labels = {c.name: _label(c, language) for c in ranking.criteria}
    told = []
    for key, names in (
        ("best", gap[gap > 0].sort_values(ascending=False, kind="stable").index[:3]),
        ("worst", gap[gap < 0].sort_values(kind="stable").index[:3]),
    ):
        if len(names):
            # Labels hold commas and colons of their own.
            told.append(words[key].format(labels=words["joint"].join(labels[n] for n in names)))
    return told


def _changes(ranking: Ranking, site: str, words: dict[str, str], language: str) -> list[str]:
    """Tell what would change the rank; nothing of a site whose rank is open."""
    rank = ranking.summary.at[site, "rank"]
    if pd.isna(rank):
        return []
    if rank == 1:
        return [_first(ranking, site, words, language)]
    gain, change = smallest_gain(ranking, site), smallest_weight_change(ranking, site)
    told = []
    if gain:
        unit, decimals = _unit(gain.criterion, language)
        needed, value = _apart(gain.needed, gain.value, decimals, language)
        told.append(
            words["gain"].format(
                rank=gain.rank, label=_label(gain.criterion, language), needed=needed, unit=unit,
                value=value,
            )
        )  # fmt: skip
    if change:
        needed = _told_weight(ranking, site, change, language)
        told.append(
            words["weight"].format(
                rank=change.rank, label=_label(change.criterion, language), needed=needed,
                weight=_weight(change.criterion.weight, language),
            )
        )  # fmt: skip
    return told or [words["neither"]]


def _told_weight(ranking: Ranking, site: str, change: WeightChange, language: str) -> str:
    """Return the weight as it is told, with the decimals it takes for the rank to be true of it."""
    for decimals in range(2, 10):
        told, _ = _apart(change.weight_needed, change.criterion.weight, decimals, language)
        weight = float(told.replace(",", "."))
        if (
            rank_with_weight(ranking, site, criterion=change.criterion.name, weight=weight)
            <= change.rank
        ):
            break
    return told


def _first(ranking: Ranking, site: str, words: dict[str, str], language: str) -> str:
    ranks = ranking.summary["rank"]
    beside = [str(name) for name in ranks.index[ranks == 1] if name != site]
    if beside:
        return words["shared"].format(sites=", ".join(beside))
    held = first_hold(ranking, site)
    if held is None:
        return words["firm"]
    weight = held.criterion.weight
    key = "above" if held.high == float("inf") else "below" if held.low == 0 else "between"
    # Rounded inwards: at the weights printed the site is still first.
    return words[key].format(
        label=_label(held.criterion, language),
        low=_towards(held.low, weight, 2, language),
        high=_towards(held.high, weight, 2, language),
        weight=_weight(weight, language),
    )


def _apart(needed: float, now: float, decimals: int, language: str) -> tuple[str, str]:
    """Return two different numbers as they are told, the first one rounded away from the second."""
    for places in range(decimals, 10):
        scale = 10.0**places
        beyond = ceil(needed * scale - 1e-6) if needed > now else floor(needed * scale + 1e-6)
        told = _number(beyond / scale, language, decimals=places)
        if told != _number(now, language, decimals=places):
            return told, _number(now, language, decimals=places)
    return _number(needed, language, decimals=10), _number(now, language, decimals=10)


def _towards(end: float, now: float, decimals: int, language: str) -> str:
    """Return one end of an interval as it is told, rounded towards what lies in it."""
    if end == float("inf"):
        return ""
    scale = 10.0**decimals
    within = ceil(end * scale - 1e-6) if end <= now else floor(end * scale + 1e-6)
    inside = (within / scale <= now) if end <= now else (within / scale >= now)
    return _number(within / scale if inside else end, language, decimals=decimals)


def _lines(ranking: Ranking, site: str, words: dict[str, str], language: str) -> list[str]:
    told = []
    for criterion in ranking.criteria:
        label = _label(criterion, language)
        value = ranking.values.at[site, criterion.name]
        if pd.isna(value):
            told.append(
                words["missing"].format(label=label, weight=_weight(criterion.weight, language))
            )
            continue
        unit, decimals = _unit(criterion, language)
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


def _label(criterion: Criterion, language: str) -> str:
    return (criterion.fr if language == "fr" else criterion.en) or criterion.name


def _unit(criterion: Criterion, language: str) -> tuple[str, int]:
    """Return the unit as printed, and the decimals of its numbers."""
    en, fr, decimals = UNITS.get(criterion.unit, (criterion.unit, criterion.unit, 1))
    return (fr if language == "fr" else en), decimals


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
