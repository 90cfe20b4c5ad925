"""What each column of a pack's tables holds, in both languages, with its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

from renewal_gis.publishing.pack.content import PackTable
from renewal_gis.schema import TABLES, UNITS, measure

__all__ = ["Meaning", "dictionary", "meaning", "number_format"]


class Meaning(NamedTuple):
    """Meaning of a column, and the unit of its numbers."""

    en: str
    fr: str
    unit: str = ""


# Columns of results, which no schema declares.
_KNOWN: Final[dict[str, Meaning]] = {
    "score": Meaning(
        "Score out of 100 (weighted mean)",
        "Note sur 100 (moyenne pondérée)",
        "of 100",
    ),
    "score_low": Meaning(
        "Lowest score, missing measures at their worst",
        "Note la plus basse, mesures manquantes au pire",
        "of 100",
    ),
    "score_high": Meaning(
        "Highest score, missing measures at their best",
        "Note la plus haute, mesures manquantes au mieux",
        "of 100",
    ),
    "score_geometric": Meaning(
        "Score out of 100 (geometric mean)",
        "Note sur 100 (moyenne géométrique)",
        "of 100",
    ),
    "rank": Meaning("Rank by score, 1 is best", "Rang selon la note, 1 est le meilleur"),
    "rank_best": Meaning("Best possible rank", "Meilleur rang possible"),
    "rank_worst": Meaning("Worst possible rank", "Pire rang possible"),
    "veto": Meaning(
        "Constraints that forbid the site; empty when there is none",
        "Contraintes qui interdisent le site\u202f; vide s’il n’y en a pas",
    ),
    "sector": Meaning("Sector of the study", "Secteur de l’étude"),
    "measure": Meaning(
        "Measure, as named in the study file",
        "Mesure, comme dans le fichier d’étude",
    ),
    "dwellings": Meaning("Dwellings", "Logements", "dwellings"),
    "missing_dwellings": Meaning("Dwellings without a value", "Logements sans valeur", "dwellings"),
    "mean": Meaning("Mean, weighted by dwellings", "Moyenne pondérée par les logements"),
    "from_value": Meaning(
        "Lower limit of the class; empty: none",
        "Limite basse de la classe\u202f; vide\u202f: aucune",
    ),
    "to_value": Meaning(
        "Upper limit of the class; empty: none",
        "Limite haute de la classe\u202f; vide\u202f: aucune",
    ),
    "points": Meaning(
        "Points of the criterion, out of 100",
        "Points du critère, sur 100",
        "of 100",
    ),
    "weight": Meaning("Weight of the criterion", "Poids du critère"),
    "contribution": Meaning("Points it brings to the score", "Points apportés à la note"),
    "share": Meaning("Share of the site’s area", "Part de la surface du site", "ratio"),
    "demolished": Meaning("Dwellings demolished", "Logements démolis", "dwellings"),
    "of_which_mining": Meaning("Of which mining dwellings", "Dont logements miniers", "dwellings"),
    "rebuilt": Meaning("Dwellings rebuilt", "Logements reconstruits", "dwellings"),
    "rebuilt_social": Meaning(
        "Of which social dwellings (PLAI, PLUS, PLS)",
        "Dont logements sociaux (PLAI, PLUS, PLS)",
        "dwellings",
    ),
    "ratio": Meaning(
        "Rebuilt per dwelling demolished",
        "Reconstruits par logement démoli",
        "ratio",
    ),
    "delivered": Meaning("Delivered", "Livré"),
    "to_deliver": Meaning("Still to deliver", "À livrer", "dwellings"),
    "programmed": Meaning("Programmed", "Programmé"),
    "engaged": Meaning("Engaged", "Engagé"),
    "rate": Meaning("Delivered over programmed", "Livré sur programmé", "ratio"),
    "planned_before": Meaning("Planned at the meeting before", "Prévu au comité d’avant"),
    "now": Meaning("Actual date, or what is planned now", "Date réelle, ou prévue maintenant"),
    "slip_days": Meaning(
        "Days late since the plan before",
        "Jours de retard depuis le plan d’avant",
    ),
    "happened": Meaning("The step was reached", "L’étape est franchie"),
    "severity": Meaning(
        "error, dropped, repaired or note",
        "error (erreur), dropped (écarté), repaired (réparé) ou note",
    ),
    "message": Meaning("What was found, and what to do", "Ce qui a été trouvé, et que faire"),
    "sha256": Meaning("SHA-256 of the file’s bytes", "Empreinte SHA-256 du fichier"),
    "value": Meaning("Value", "Valeur"),
    "unit": Meaning("Unit", "Unité"),
    "key": Meaning("Stable name of the figure", "Nom stable du chiffre"),
    "en": Meaning("Label in English", "Libellé en anglais"),
    "fr": Meaning("Label in French", "Libellé en français"),
    "site": Meaning("Identifier of the site", "Identifiant du site"),
    "verdict": Meaning("What the rule says", "Ce que dit la règle"),
    "citation": Meaning("Text the rule is taken from", "Texte dont la règle est tirée"),
    "citation_fr": Meaning("The same, told in French", "La même référence, en français"),
    "source": Meaning("Where the value comes from", "D’où vient la valeur"),
    "source_fr": Meaning("The same, told in French", "La même source, en français"),
    "told": Meaning("The change in a sentence", "Le changement en une phrase"),
}

# Columns of layers that no schema declares, where the same name says something else.
_OF_LAYERS: Final[dict[tuple[str, str], Meaning]] = {
    ("lines", "line"): Meaning(
        "Line and direction in the timetable", "Ligne et sens dans les horaires"
    ),
    ("lines", "name"): Meaning("Name of the line", "Nom de la ligne"),
    ("lines", "mode"): Meaning("Mode", "Mode"),
    ("lines", "from_stop"): Meaning(
        "First stop of the run most often made", "Premier arrêt de la course la plus fréquente"
    ),
    ("lines", "to_stop"): Meaning(
        "Last stop of the run most often made", "Dernier arrêt de la course la plus fréquente"
    ),
    ("lines", "departures_day"): Meaning(
        "Runs in the service day", "Courses dans la journée", "trips"
    ),
    ("lines", "course"): Meaning(
        "published: it follows the timetable’s course; straight: from stop to stop; partly: both",
        "published\u202f: suit le tracé publié\u202f; straight\u202f: droit d’un arrêt à l’autre\u202f; "
        "partly\u202f: les deux",
    ),
    ("lines", "far_stops"): Meaning(
        "Stops the published course does not pass, reached straight",
        "Arrêts où le tracé publié ne passe pas, rejoints en ligne droite",
    ),
}


def meaning(table: str, column: str) -> Meaning:
    """Return what a column holds; the column's own name when nothing declares it.

    Examples
    --------
    >>> meaning("comparison", "p50").en
    'Half of the dwellings have this value or less (median)'
    >>> meaning("sites", "walk_min:ecole").unit
    'min'
    """
    declared = next((held for held in TABLES if held.name == table), None)
    if declared is not None and column in declared.names:
        found = declared.column(column)
        return Meaning(found.en, found.fr, found.unit)
    held = _OF_LAYERS.get((table, column)) or _KNOWN.get(column)
    if held is not None:
        return held
    part = re.fullmatch(r"p(\d\d)", column)
    if part:
        share = int(part.group(1))
        middle = (" (median)", " (médiane)") if share == 50 else ("", "")
        of = ("Half", "La moitié") if share == 50 else (f"{share} %", f"{share} %")
        return Meaning(
            f"{of[0]} of the dwellings have this value or less{middle[0]}",
            f"{of[1]} des logements ont cette valeur ou moins{middle[1]}",
        )
    part = re.fullmatch(r"share_(\d+(?:\.\d+)?)", column)
    if part:
        limit = part.group(1)
        return Meaning(
            f"Share of dwellings within {limit} minutes",
            f"Part des logements à moins de {limit} minutes",
            "ratio",
        )
    try:
        known = measure(column)
    except KeyError:
        return Meaning(column, column)
    return Meaning(known.en, known.fr, known.unit)


def number_format(unit: str, *, whole: bool) -> str:
    """Return the spreadsheet format of a unit's numbers.

    Examples
    --------
    >>> number_format("ratio", whole=False), number_format("min", whole=False), number_format("", whole=True)
    ('0.0%', '#,##0.0', '#,##0')
    """
    if unit == "ratio":
        return "0.0%"
    if whole:
        return "#,##0"
    decimals = (
        UNITS[unit][2] if unit in UNITS and unit not in {"of 100"} else 1 if unit == "of 100" else 2
    )
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def dictionary(tables: Sequence[PackTable], *, titles: Sequence[str]) -> pd.DataFrame:
    """Return one row per sheet and column: `sheet`, `column`, `en`, `fr`, `unit`."""
    rows = []
    for table, title in zip(tables, titles, strict=True):
        names = [table.frame.index.name] if table.frame.index.name else []
        for name in [*names, *(str(column) for column in table.frame.columns)]:
            if name == "geometry":
                continue
            held = meaning(table.name, str(name))
            rows.append((title, str(name), held.en, held.fr, held.unit))
    return pd.DataFrame(rows, columns=["sheet", "column", "en", "fr", "unit"])
