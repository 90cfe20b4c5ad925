"""What a plan says of itself, in English and in French."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

__all__ = ["OBJECTIVES", "RULE_WORDS", "conflict_words", "proof_words", "remedy_words"]

RULE_WORDS: dict[str, tuple[str, str]] = {
    "total": ("the number of dwellings to place", "le nombre de logements à placer"),
    "mix": ("the numbers by product", "les nombres par produit"),
    "capacity": ("the capacity of the sites", "la capacité des sites"),
    "available": ("the dates the sites are free", "les dates de disponibilité des sites"),
    "veto": ("the vetoes on sites", "les vetos sur les sites"),
    "urban_unit": ("staying within the urban unit", "le maintien dans l’unité urbaine"),
    "outside_qpv": ("staying outside the QPV", "l’implantation hors QPV"),
    "social_ceiling": (
        "the ceiling on social housing by commune",
        "le plafond de logement social par commune",
    ),
    "plai_share": ("the least share of PLAI", "la part minimale de PLAI"),
    "sector_targets": ("the targets by sector (PLH)", "les objectifs par secteur (PLH)"),
    "needed": ("the dwellings needed in time", "les logements attendus à temps"),
    "pace": ("the most a half-year can deliver", "le maximum livrable par semestre"),
    "minimum_size": ("the least size of an operation", "la taille minimale d’une opération"),
    "operations_per_site": ("the operations per site", "le nombre d’opérations par site"),
    "sites_at_most": ("the number of sites used", "le nombre de sites utilisés"),
    "access_at_least": ("the least mean access", "l’accès moyen minimal"),
    "worst_at_least": ("the least access of anyone", "l’accès minimal de chacun"),
    "displacement_at_most": ("the longest mean displacement", "l’éloignement moyen maximal"),
}
# What lets go of each rule, and the unit its shortfall is told in; empty: a number would mislead.
_REMEDIES: dict[str, tuple[str, str]] = {
    "total": (
        "change the number of dwellings to place by {n}",
        "changer de {n} le nombre de logements à placer",
    ),
    "mix": ("move {n} dwellings between products", "changer {n} logements de produit"),
    "capacity": ("find room for {n} more dwellings", "trouver la place de {n} logements de plus"),
    "available": (
        "free sites earlier for {n} dwellings",
        "libérer plus tôt la place de {n} logements",
    ),
    "veto": ("accept {n} dwellings under veto", "accepter {n} logements sous veto"),
    "urban_unit": (
        "accept {n} dwellings outside the urban unit",
        "accepter {n} logements hors de l’unité urbaine",
    ),
    "outside_qpv": ("accept {n} dwellings in a QPV", "accepter {n} logements en QPV"),
    "social_ceiling": (
        "accept {n} social dwellings above the ceiling",
        "accepter {n} logements sociaux au-delà du plafond",
    ),
    "plai_share": ("accept {n} PLAI fewer than asked", "accepter {n} PLAI de moins que demandé"),
    "sector_targets": (
        "miss the targets by {n} dwellings",
        "manquer les objectifs de {n} logements",
    ),
    "needed": ("let {n} dwellings come late", "laisser {n} logements arriver en retard"),
    "pace": ("deliver {n} dwellings above the pace", "livrer {n} logements au-delà du rythme"),
    "minimum_size": (
        "accept operations {n} dwellings short of the least size",
        "accepter des opérations trop petites de {n} logements en tout",
    ),
    "operations_per_site": ("accept {n} more operations", "accepter {n} opérations de plus"),
    "sites_at_most": ("accept {n} more sites", "accepter {n} sites de plus"),
    "access_at_least": ("accept a lower mean access", "accepter un accès moyen plus bas"),
    "worst_at_least": (
        "accept {n} dwellings below the least access",
        "accepter {n} logements sous l’accès minimal",
    ),
    "displacement_at_most": (
        "accept a longer mean displacement",
        "accepter un éloignement moyen plus long",
    ),
}
OBJECTIVES: dict[str, tuple[str, str]] = {
    "access": ("mean access of the dwellings", "accès moyen des logements"),
    "worst": ("access of the worst-placed household", "accès du ménage le moins bien placé"),
    "displacement": ("mean displacement", "éloignement moyen"),
}


def proof_words(
    *, objective: str, value: float, bound: float, gap: float, unit: str, stopped: bool
) -> tuple[str, str]:
    """Return what is known of a plan's distance to the best, in English and in French.

    Examples
    --------
    >>> proof_words(objective="access", value=70.0, bound=70.7, gap=0.01, unit="points",
    ...             stopped=True)[0]
    'Stopped early. Mean access of the dwellings: 70.00 points; no plan passes 70.70: within 1.00 %.'
    """
    en, fr = OBJECTIVES[objective]
    told = (f"{value:.2f}", f"{bound:.2f}", f"{100 * gap:.2f}")
    comma = tuple(number.replace(".", ",") for number in told)
    if isnan(bound):
        return (
            f"Stopped early. {_capital(en)}: {told[0]} {unit}; how far the best is, is not known.",
            f"Arrêt anticipé. {_capital(fr)} : {comma[0]} {unit} ; l’écart au meilleur est inconnu.",
        )
    early = ("Stopped early. ", "Arrêt anticipé. ") if stopped else ("", "")
    none = ("no plan passes", "aucun plan ne dépasse")
    if objective == "displacement":  # the shorter the better
        none = ("no plan goes below", "aucun plan ne descend sous")
    return (
        f"{early[0]}{_capital(en)}: {told[0]} {unit}; {none[0]} {told[1]}: within {told[2]} %.",
        (
            f"{early[1]}{_capital(fr)} : {comma[0]} {unit} ; {none[1]} {comma[1]} : "
            f"à {comma[2]} % près."
        ),
    )


def conflict_words(rules: Sequence[str], remedies: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return which rules cannot hold together, and what would let go, in English and in French."""
    en = _joined([RULE_WORDS[rule][0] for rule in rules], "and")
    fr = _joined([RULE_WORDS[rule][1] for rule in rules], "et")
    if len(rules) == 1:
        first = (f"No plan can keep {en}.", f"Aucun plan ne peut respecter {fr}.")
    else:
        first = (f"No plan can keep together {en}.", f"Aucun plan ne peut respecter ensemble {fr}.")
    if not remedies:
        return first
    return (
        f"{first[0]} One of these would do: {'; '.join(one[0] for one in remedies)}.",
        f"{first[1]} Il suffirait de : {' ; ou '.join(one[1] for one in remedies)}.",
    )


def remedy_words(rule: str, missing: float) -> tuple[str, str]:
    """Return what lets go of one rule, with how much."""
    number = f"{missing:.1f}".removesuffix(".0")
    en, fr = _REMEDIES[rule]
    return en.format(n=number), fr.format(n=number.replace(".", ","))


def _joined(words: Sequence[str], last: str) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
