"""What `renewal-gis plan` prints: tables and sentences, in English and in French."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import pandas as pd

from renewal_gis import planning
from renewal_gis.counting import counted
from renewal_gis.placement import Question
from renewal_gis.plan_answers import Slip, published_flows
from renewal_gis.programme import ProgrammeReport
from renewal_gis.schema.codes import PRODUCTS, STEPS

__all__ = [
    "Shown",
    "front_shown",
    "number",
    "plan_sentences",
    "plan_shown",
    "prices_shown",
    "programme_shown",
    "slip_shown",
]

Language = Literal["en", "fr"]
_DASH = "–"
# Short forms of `planning.VERDICTS`, for a line that counts them.
_VERDICTS = {
    "pass": ("respected", "respecté"),
    "warn": ("to watch", "à surveiller"),
    "derogation": ("derogation", "dérogation"),
    "blocking": ("blocking", "bloquant"),
    "cannot-be-evaluated": ("not evaluable", "non évaluable"),
}
_PLURALS = {  # where it differs
    "pass": ("respected", "respectés"),
    "derogation": ("derogations", "dérogations"),
    "blocking": ("blocking", "bloquants"),
    "cannot-be-evaluated": ("not evaluable", "non évaluables"),
}
_HIDDEN = ("hidden", "masqué")  # a small count, or one that would give a small count away


class Shown(NamedTuple):
    """A table ready to print: its title, its header, its rows."""

    title: str
    header: list[str]
    rows: list[list[str]]


def number(value: Any, language: str, digits: int = 1) -> str:
    r"""Return a number as its language writes it; a dash when missing.

    Examples
    --------
    >>> number(1265.25, "en"), number(1265.25, "fr"), number(float("nan"), "fr")
    ('1,265.2', '1\u202f265,2', '–')
    """
    if value is None or pd.isna(value):
        return _DASH
    text = f"{round(float(value), digits) + 0.0:,.{digits}f}"  # + 0.0: no zero is below zero
    if language == "en":
        return text
    return text.replace(",", "\u202f").replace(".", ",")


def programme_shown(report: ProgrammeReport, language: Language) -> list[Shown]:
    """Return the totals, one for one, the verdicts and the alerts."""
    fr = language == "fr"

    def whole(value: Any) -> str:
        return number(value, language, 0)

    totals = [
        [
            "Total" if name == "total" else str(name) or _DASH,
            *(whole(row[key]) for key in ("demolished", "of_which_mining", "rebuilt")),
            _share(row["ratio"], language),
        ]
        for name, row in report.totals.iterrows()
    ]
    header = (
        ["Convention", "démolis", "dont miniers", "reconstruits", "un pour un"]
        if fr
        else ["Convention", "demolished", "of which mining", "rebuilt", "one for one"]
    )
    tables = [Shown("Programme", header, totals), _one_for_one(report, language)]
    tables.append(_verdicts(report, language))
    if len(report.alerts):
        levels = {
            "blocking": ("blocking", "bloquant"),
            "derogation": ("derogation", "dérogation"),
            "warn": ("to watch", "à surveiller"),
        }
        rows = [
            [levels[row.level][fr], row.fr if fr else row.en] for row in report.alerts.itertuples()
        ]
        tables.append(
            Shown("Alertes" if fr else "Alerts", ["gravité" if fr else "level", ""], rows)
        )
    return tables


def _one_for_one(report: ProgrammeReport, language: Language) -> Shown:
    fr = language == "fr"
    whole = report.one_for_one[report.one_for_one["cut"] == ""]
    rows = []
    for held in planning.DEFINITIONS:
        own = whole[whole["definition"] == held.id].set_index("stage")
        shares = [_share(own.at[stage, "ratio"], language) for stage in planning.STAGES]
        rows.append([held.fr if fr else held.en, *shares])
    stages = [names[fr] for names in planning.STAGES.values()]
    title = "Un pour un, selon chaque définition" if fr else "One for one, under each definition"
    return Shown(title, ["définition" if fr else "definition", *stages], rows)


def _verdicts(report: ProgrammeReport, language: Language) -> Shown:
    fr = language == "fr"
    rows = []
    for (profile, rule), own in report.verdicts.groupby(["profile", "rule"], sort=False):
        tally = own["verdict"].value_counts()
        told = [
            counted(
                int(tally[verdict]),
                _VERDICTS[verdict][fr],
                _PLURALS.get(verdict, _VERDICTS[verdict])[fr],
                language=language,
            )
            for verdict in planning.VERDICTS
            if verdict in tally.index
        ]
        rows.append([profile, rule, ", ".join(told), own[language].iloc[0]])
    header = (
        ["profil", "règle", "verdicts", "en mots"]
        if fr
        else ["profile", "rule", "verdicts", "in words"]
    )
    return Shown("Règles" if fr else "Rules", header, rows)


def plan_shown(
    plan: planning.Plan, question: Question, names: pd.Series, language: Language
) -> list[Shown]:
    """Return the plan site by site, what it is worth, and who goes where."""
    fr, problem = language == "fr", question.problem
    products = [name for name in PRODUCTS if name in problem.products.index]
    wide = plan.table.pivot_table(
        index=["site", "half_year"],
        columns="product",
        values="dwellings",
        aggfunc="sum",
        sort=False,
    ).reindex(columns=products)
    wide = wide.fillna(0).astype(int)
    rows = [
        [site, str(names.get(site, "")), _half(half, language), *map(str, row), str(sum(row)),
         number(problem.sites.at[site, "score"], language)]
        for (site, half), row in zip(wide.index, wide.to_numpy().tolist(), strict=True)
    ]  # fmt: skip
    labels = [PRODUCTS[name][fr] for name in products]
    header = (
        ["site", "nom", "semestre", *labels, "logements", "score"]
        if fr
        else ["site", "name", "half-year", *labels, "dwellings", "score"]
    )
    title = (
        f"Plan : {number(plan.measures['dwellings'], language, 0)} logements sur "
        f"{plan.measures['sites']:.0f} sites"
        if fr
        else f"Plan: {number(plan.measures['dwellings'], language, 0)} dwellings on "
        f"{plan.measures['sites']:.0f} sites"
    )
    shown = [Shown(title, header, rows)]
    flows = published_flows(plan)
    if len(flows):
        shown.append(_flows(flows, language))
    return shown


def _flows(flows: pd.DataFrame, language: Language) -> Shown:
    fr = language == "fr"
    hidden = _HIDDEN[fr]
    rows = []
    for origin, part in flows.groupby("origin", sort=False):
        told = [
            f"{row.site} ({hidden if pd.isna(row.households) else row.households})"
            for row in part.itertuples()
        ]
        rows.append([str(origin), ", ".join(told)])
    title = "Ménages, du quartier d’origine au site" if fr else "Households, from origin to site"
    return Shown(
        title,
        ["origine" if fr else "origin", "sites (ménages)" if fr else "sites (households)"],
        rows,
    )


def plan_sentences(plan: planning.Plan, question: Question, language: Language) -> list[str]:
    """Return the proof, the measures and how displacement is measured, in sentences."""
    fr, held = language == "fr", plan.measures
    told = [plan.proof_fr if fr else plan.proof_en]
    access, worst, minutes = (number(held[key], language) for key in ("access", "worst", "minutes"))
    told.append(
        f"Accès moyen {access} points, site le moins bien placé {worst} points, "
        f"{minutes} minutes à pied en moyenne jusqu’aux services."
        if fr
        else f"Mean access {access} points, worst site {worst} points, {minutes} minutes on foot to "
        "services on average."
    )
    if question.journeys is not None:
        far, unit = number(held["displacement"], language), question.journeys.unit
        told.append(
            f"Éloignement moyen des ménages : {far} {unit} ({question.journeys.fr})."
            if fr
            else f"Mean displacement of households: {far} {unit} ({question.journeys.en})."
        )
    if plan.status == "stopped":
        told.append(
            "La recherche a été arrêtée : voici le meilleur plan trouvé. Les règles n’ont pas de prix."
            if fr
            else "The search was stopped: this is the best plan found. The rules are not priced."
        )
    if published_flows(plan).isna().any(axis=None):
        told.append(
            "Masqué : un nombre de ménages trop petit pour être publié, ou qui en révélerait un."
            if fr
            else "Hidden: a count of households too small to be published, or that would reveal one."
        )
    return told


def prices_shown(prices: pd.DataFrame, question: Question, language: Language) -> Shown:
    """Return what each rule costs, in points and in minutes."""
    fr = language == "fr"
    unit = question.problem.journey_unit
    rows = [
        [row["fr"] if fr else row["en"],
         *(number(row[key], language) for key in ("points_gained", "minutes_gained", "displacement_gained"))]
        for _, row in prices.iterrows()
    ]  # fmt: skip
    header = (
        ["règle levée", "points gagnés", "minutes à pied gagnées", f"éloignement gagné ({unit})"]
        if fr
        else [
            "without the rule",
            "points gained",
            "walking minutes gained",
            f"displacement gained ({unit})",
        ]
    )
    return Shown("Prix de chaque règle" if fr else "Price of each rule", header, rows)


def front_shown(front: planning.Front, question: Question, language: Language) -> Shown:
    """Return the front, one plan a row."""
    fr = language == "fr"
    unit = question.problem.journey_unit
    rows = [
        [str(place + 1),
         *(number(row[key], language) for key in ("access", "worst", "minutes", "displacement")),
         number(row["sites"], language, 0), f"{number(100 * row['gap'], language, 2)} %"]
        for place, (_, row) in enumerate(front.table.iterrows())
    ]  # fmt: skip
    header = (
        [
            "plan",
            "accès moyen",
            "pire site",
            "min à pied",
            f"éloignement ({unit})",
            "sites",
            "écart prouvé",
        ]
        if fr
        else [
            "plan",
            "mean access",
            "worst site",
            "min on foot",
            f"displacement ({unit})",
            "sites",
            "proved gap",
        ]
    )
    count = len(rows)
    plans = counted(count, "plan", "plans", language=language)
    title = f"Front : {plans}, dont aucun n’est meilleur qu’un autre sur les deux objectifs"
    if not fr:
        title = f"Front: {plans}, none better than another on both objectives"
    if count == 1:
        title = (
            "Front : un seul plan, le meilleur sur les deux objectifs"
            if fr
            else "Front: a single plan, the best on both objectives"
        )
    if not front.complete:
        title += " (recherche arrêtée)" if fr else " (search stopped)"
    return Shown(title, header, rows)


def slip_shown(slip: Slip, language: Language) -> Shown:
    """Return the steps that move."""
    fr = language == "fr"
    style = "%d/%m/%Y" if fr else "%Y-%m-%d"
    rows = [
        [row.operation, STEPS[row.step][fr], row.before.strftime(style), row.after.strftime(style),
         f"+{row.delay_days}", _HIDDEN[fr] if pd.isna(row.households) else str(row.households or "")]
        for row in slip.table.itertuples()
    ]  # fmt: skip
    header = (
        ["opération", "étape", "avant", "après", "jours", "ménages qui attendent"]
        if fr
        else ["operation", "step", "before", "after", "days", "households waiting"]
    )
    return Shown("Étapes qui bougent" if fr else "Steps that move", header, rows)


def _share(value: Any, language: str) -> str:
    return _DASH if pd.isna(value) else f"{number(100 * value, language)} %"


def _half(name: str, language: str) -> str:
    year, half = name.split("-S")
    return f"S{half} {year}" if language == "fr" else f"{year} H{half}"
