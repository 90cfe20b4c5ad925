"""The words of the dossiers, in English and in French, declared once."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["DOSSIER_WORDS", "UNITS_FR", "tell"]

# Units of the planning constants that are words: English → French.
UNITS_FR: Final[dict[str, str]] = {
    "beds": "lits",
    "communes in a sector": "communes d’un secteur",
    "days": "jours",
    "draws": "tirages",
    "dwellings": "logements",
    "dwellings/ha": "logements/ha",
    "households": "ménages",
    "m per m": "m par m",
    "m² of floor": "m² de plancher",
    "per unit of slope": "par unité de pente",
    "points out of 100": "points sur 100",
    "share of PLAI + PLUS": "part des PLAI + PLUS",
    "share of main residences": "part des résidences principales",
    "share of the network’s length": "part de la longueur du réseau",
    "share of the site’s area": "part de la surface du site",
    "share of the span": "part de l’étendue",
    "times the flat": "fois le plat",
    "times the straight line": "fois le vol d’oiseau",
    "vehicles": "véhicules",
    "weightings": "pondérations",
}

DOSSIER_WORDS: Final[dict[str, tuple[str, str]]] = {
    "territory.title": ("Dossier of the territory", "Dossier du territoire"),
    "site.title": ("Site {id} – {name}", "Site {id} – {name}"),
    "author": ("renewal_gis", "renewal_gis"),
    "situation": ("Situation", "Situation"),
    "situation.text": (
        (
            "{name} ({id}) lies in {commune} (sector: {sector}). It can hold {capacity} dwellings and "
            "covers {area}\u00a0ha."
        ),
        (
            "{name} ({id}) se trouve à {commune} (secteur\u202f: {sector}). Le site peut accueillir "
            "{capacity}\u00a0logements et couvre {area}\u00a0ha."
        ),
    ),
    "situation.veto": ("Under a veto: {veto}.", "Sous veto\u202f: {veto}."),
    "constraints.none": (
        "No known constraint lies on the site.",
        "Aucune contrainte connue ne touche le site.",
    ),
    "constraints.caption": (
        "Constraints, as a share of the site’s area",
        "Contraintes, en part de la surface du site",
    ),
    "access": ("Access and transit", "Accès et transport"),
    "access.chart": (
        (
            "◆ the site; the strips tell the share (%) of the territory’s dwellings in each "
            "class of minutes, the darker the more"
        ),
        (
            "◆ le site\u202f; les bandes disent la part (%) des logements du territoire dans "
            "chaque classe de minutes, foncé\u202f: davantage"
        ),
    ),
    "access.score": (
        "What the score reads: minutes on foot, departures a day; medians of the sectors",
        "Ce que la note prend en compte\u202f: minutes à pied, départs par jour\u202f; médianes des secteurs",
    ),
    "access.walk": ("Other walks, in minutes", "Autres trajets à pied, en minutes"),
    "access.service": ("Service near", "Desserte proche"),
    "access.transit": (
        (
            "By transit, at the median departure. Since before: less the minutes of the earlier "
            "timetable; if tried: what the changes tried would do"
        ),
        (
            "En transport, au départ médian. Depuis avant\u202f: écart avec les horaires d’avant\u202f; "
            "à l’essai\u202f: effet des changements essayés"
        ),
    ),
    "access.rest": (
        (
            "“Better than”: share of the territory’s homes that are worse placed. All measures are in the "
            "workbook."
        ),
        (
            "«\u00a0Mieux que\u00a0»\u202f: part des logements du territoire moins bien placés. Toutes les "
            "mesures sont au classeur."
        ),
    ),
    "compare.walk": (
        "On foot, in minutes: medians, weighted by dwellings",
        "À pied, en minutes\u202f: médianes, pondérées par les logements",
    ),
    "compare.transit": (
        "By transit: medians, weighted by dwellings",
        "En transport\u202f: médianes, pondérées par les logements",
    ),
    "compare.before": (
        "By transit, under the earlier timetable: medians, weighted by dwellings",
        "En transport, selon les horaires d’avant\u202f: médianes, pondérées par les logements",
    ),
    "compare.service": (
        "Service near: medians, weighted by dwellings",
        "Desserte proche\u202f: médianes, pondérées par les logements",
    ),
    "compare.changes": (
        "What the timetables changed: medians of the differences, those that are not zero",
        "Ce que les horaires ont changé\u202f: médianes des différences, celles qui ne sont pas nulles",
    ),
    "fact.capacity": ("Dwellings", "Logements"),
    "fact.school": ("School on foot", "École à pied"),
    "fact.stop": ("Stop on foot", "Arrêt à pied"),
    "fact.area": ("Area", "Surface"),
    "head.better": ("Better than", "Mieux que"),
    "head.beforeChange": ("Since before", "Depuis avant"),
    "head.triedChange": ("If tried", "À l’essai"),
    "head.previous": ("Previous pack", "Dossier précédent"),
    "calendar.new": ("new", "nouveau"),
    "absent.access": ("No access was measured.", "Aucun accès n’a été mesuré."),
    "score": ("The score and why", "La note et pourquoi"),
    "score.caption": (
        "Each criterion: value, points out of 100, weight",
        "Chaque critère\u202f: valeur, points sur 100, poids",
    ),
    "absent.score": ("The site was not scored.", "Le site n’a pas été noté."),
    "absent.robustness": (
        "How well the rank holds was not computed in this run.",
        "La solidité du rang n’a pas été évaluée lors de ce calcul.",
    ),
    "rules": ("Rules", "Règles"),
    "rules.caption": ("Verdicts, with what they rest on", "Verdicts, avec ce qui les fonde"),
    "absent.rules": (
        "No rule was evaluated in this run.",
        "Aucune règle n’a été évaluée lors de ce calcul.",
    ),
    "rules.rest": (
        (
            "Met: {passed}; cannot be evaluated with the data at hand: {unknown}. All verdicts are in "
            "the workbook, with the addresses of the texts."
        ),
        (
            "Règles respectées\u202f: {passed}\u202f; non évaluables avec les données présentes\u202f: "
            "{unknown}. Tous les verdicts sont au classeur, avec les adresses des textes."
        ),
    ),
    "unverified": ("not verified", "non vérifié"),
    "scenarios": ("Scenarios", "Scénarios"),
    "absent.scenarios": ("The study compares no scenario.", "L’étude ne compare aucun scénario."),
    "programme": ("The programme", "Le programme"),
    "programme.caption": (
        "Dwellings demolished and rebuilt, by convention",
        "Logements démolis et reconstruits, par convention",
    ),
    "progress.caption": ("State of progress, in dwellings", "État d’avancement, en logements"),
    "absent.programme": (
        "The study has no ledger of operations.",
        "L’étude n’a pas de registre d’opérations.",
    ),
    "programme.site": ("Operations of the site", "Opérations du site"),
    "absent.siteProgramme": (
        "No operation of the ledger names this site.",
        "Aucune opération du registre ne nomme ce site.",
    ),
    "definitions": ("One for one, under each definition", "Un pour un, selon chaque définition"),
    "definitions.whole": (
        "One for one in the whole territory, under each definition",
        "Un pour un sur tout le territoire, selon chaque définition",
    ),
    "definitions.caption": ("Rebuilt per dwelling demolished", "Reconstruits par logement démoli"),
    "absent.definitions": (
        "No definition was evaluated in this run.",
        "Aucune définition n’a été évaluée lors de ce calcul.",
    ),
    "calendar": ("Calendar", "Calendrier"),
    "calendar.caption": (
        "Steps still to come, and how far they moved since the plan before",
        "Étapes à venir, et leur glissement depuis le plan précédent",
    ),
    "calendar.cut": (
        "Further steps, in the workbook: {count}.",
        "Autres étapes, au classeur\u202f: {count}.",
    ),
    "calendar.none": ("No step is still to come.", "Aucune étape n’est à venir."),
    "absent.calendar": ("The study has no dated milestones.", "L’étude n’a pas de jalons datés."),
    "changes": ("Since last time", "Depuis la dernière fois"),
    "absent.changes": ("No previous pack was given.", "Aucun dossier précédent n’a été fourni."),
    "changes.none": (
        "Nothing changed since the previous pack.",
        "Rien n’a changé depuis le dossier précédent.",
    ),
    "changes.cut": (
        "Further changes, in the workbook: {count}.",
        "Autres changements, au classeur\u202f: {count}.",
    ),
    "alerts": ("Alerts", "Alertes"),
    "alerts.site": ("Alerts about the site", "Alertes sur le site"),
    "alerts.noneHere": (
        "No alert names the site or one of its operations.",
        "Aucune alerte ne nomme le site ni une de ses opérations.",
    ),
    "alerts.others": (
        "Other alerts, in the dossier of the territory: {count}.",
        "Autres alertes, au dossier du territoire\u202f: {count}.",
    ),
    "absent.alerts": ("No alert.", "Aucune alerte."),
    "decisions": ("Decisions asked", "Décisions demandées"),
    "decisions.site": (
        "Decisions asked that concern the site",
        "Décisions demandées qui concernent le site",
    ),
    "decisions.where": (
        "Sites concerned: {sites}.",
        "Sites concernés\u202f: {sites}.",
    ),
    "decisions.everywhere": (
        "Every site is concerned.",
        "Tous les sites sont concernés.",
    ),
    "decisions.noneHere": (
        "No decision asked concerns the site.",
        "Aucune décision demandée ne concerne le site.",
    ),
    "decisions.others": (
        "Other decisions asked, in the dossier of the territory: {count}.",
        "Autres décisions demandées, au dossier du territoire\u202f: {count}.",
    ),
    "absent.decisions": (
        "No decision was submitted with this pack.",
        "Aucune décision n’a été soumise avec ce dossier.",
    ),
    "assumptions": ("Assumptions and sources", "Hypothèses et sources"),
    "assumptions.caption": (
        "Planning constants not verified, or set by the study",
        "Constantes de planification non vérifiées, ou fixées par l’étude",
    ),
    "assumptions.more": (
        "Further assumptions, in the workbook: {count}.",
        "Autres hypothèses, au classeur\u202f: {count}.",
    ),
    "sources.caption": ("Layers, their vintage and licence", "Couches, millésime et licence"),
    "facts": ("{name}: {value}.", "{name}\u202f: {value}."),
    "figures": ("Headline figures", "Chiffres clés"),
    "compare": ("The corridor and the south", "Le corridor et le sud"),
    "absent.compare": ("No sector could be compared.", "Aucun secteur n’a pu être comparé."),
    "sites": ("Sites", "Sites"),
    "sites.caption": ("Sites, best first", "Sites, le meilleur d’abord"),
    "absent.sites": ("The study has no sites.", "L’étude n’a pas de sites."),
    "legal": (
        (
            "Drawn from the same run as the interactive map and the workbook; each file’s "
            "hash is in manifest.json."
        ),
        (
            "Tiré du même calcul que la carte interactive et le classeur\u202f; l’empreinte "
            "de chaque fichier est dans manifest.json."
        ),
    ),
    # Heads of tables
    "head.figure": ("Figure", "Chiffre"),
    "head.value": ("Value", "Valeur"),
    "head.measure": ("Measure", "Mesure"),
    "head.site": ("Site", "Site"),
    "head.name": ("Name", "Nom"),
    "head.sector": ("Sector", "Secteur"),
    "head.capacity": ("Dwellings", "Logements"),
    "head.score": ("Score", "Note"),
    "head.rank": ("Rank", "Rang"),
    "head.veto": ("Veto", "Veto"),
    "head.criterion": ("Criterion", "Critère"),
    "head.points": ("Points", "Points"),
    "head.weight": ("Weight", "Poids"),
    "head.kind": ("Kind", "Nature"),
    "head.level": ("Level", "Niveau"),
    "head.share": ("Share", "Part"),
    "head.convention": ("Convention", "Convention"),
    "head.demolished": ("Demolished", "Démolis"),
    "head.rebuilt": ("Rebuilt", "Reconstruits"),
    "head.ratio": ("Ratio", "Taux"),
    "head.family": ("Family", "Famille"),
    "head.delivered": ("Delivered", "Livré"),
    "head.toDeliver": ("To deliver", "À livrer"),
    "head.programmed": ("Programmed", "Programmé"),
    "head.engaged": ("Engaged", "Engagé"),
    "head.rate": ("Rate", "Taux"),
    "head.definition": ("Definition", "Définition"),
    "head.operation": ("Operation", "Opération"),
    "head.step": ("Step", "Étape"),
    "head.before": ("Planned before", "Prévu avant"),
    "head.now": ("Planned now", "Prévu maintenant"),
    "head.slip": ("Days late", "Jours de retard"),
    "head.rule": ("Rule", "Règle"),
    "head.verdict": ("Verdict", "Verdict"),
    "head.subject": ("Concerns", "Concerne"),
    "head.citation": ("Citation", "Référence"),
    "head.assumption": ("Assumption", "Hypothèse"),
    "head.source": ("Source", "Source"),
    "head.layer": ("Layer", "Couche"),
    "head.vintage": ("Vintage", "Millésime"),
    "head.licence": ("Licence", "Licence"),
    "head.nature": ("Nature", "Nature"),
    "total": ("Total", "Total"),
    "nature.real": ("real", "réelle"),
    "nature.synthetic": ("synthetic", "synthétique"),
    "nature.schematic": ("schematic", "schématique"),
    # Since last time
    "change.figure": ("{name}: {before} → {now}.", "{name}\u202f: {before} → {now}."),
    "change.siteNew": ("New site: {site}.", "Nouveau site\u202f: {site}."),
    "change.siteGone": ("Site withdrawn: {site}.", "Site retiré\u202f: {site}."),
    "change.site": (
        "Site {site}, {what}: {before} → {now}.",
        "Site {site}, {what}\u202f: {before} → {now}.",
    ),
    "change.stepDone": (
        "{operation}, {step}: done on {now}.",
        "{operation}, {step}\u202f: fait le {now}.",
    ),
    "change.stepMoved": (
        "{operation}, {step}: {before} → {now} ({days} days).",
        "{operation}, {step}\u202f: {before} → {now} ({days} jours).",
    ),
    "change.stepNew": (
        "{operation}, {step}: new, {now}.",
        "{operation}, {step}\u202f: nouveau, {now}.",
    ),
    "change.stepGone": ("{operation}, {step}: withdrawn.", "{operation}, {step}\u202f: retiré."),
    "change.source": ("Source {layer} changed ({file}).", "La source {layer} a changé ({file})."),
    "change.sourceNew": (
        "New source: {layer} ({file}).",
        "Nouvelle source\u202f: {layer} ({file}).",
    ),
    "change.sourceGone": (
        "Source withdrawn: {layer} ({file}).",
        "Source retirée\u202f: {layer} ({file}).",
    ),
    "change.name": ("name", "nom"),
    "change.capacity": ("dwellings", "logements"),
    "change.score": ("score", "note"),
    "change.rank": ("rank", "rang"),
    "change.veto": ("veto", "veto"),
    "change.undated": ("undated", "sans date"),
    "change.nothing": ("none", "aucun"),
}


def tell(key: str, language: str, **filled: Any) -> str:
    """Return a text of the dossiers with its gaps filled.

    Examples
    --------
    >>> tell("facts", "en", name="Run", value="abc")
    'Run: abc.'
    """
    en, fr = DOSSIER_WORDS[key]
    text = fr if language == "fr" else en
    return text.format(**filled) if filled else text
