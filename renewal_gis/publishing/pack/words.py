"""The words of the sheets, the charts and the workbook, in English and in French, declared once."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["WORDS", "label", "say"]

# key → (English, French). `{name}` is filled in as text.
WORDS: Final[dict[str, tuple[str, str]]] = {
    # Map sheets
    "map.north": ("N", "N"),
    "map.grid": (
        "Coordinates in km, {name}; north of the grid",
        "Coordonnées en km, {name}\u202f; nord du quadrillage",
    ),
    "map.gridAngle": (
        "Coordinates in km, {name}; north of the grid ({angle}° {side} of true north)",
        (
            "Coordonnées en km, {name}\u202f; nord du quadrillage ({angle}° à l’{side} du "
            "nord géographique)"
        ),
    ),
    "side.east": ("east", "est"),
    "side.west": ("west", "ouest"),
    "map.locator": ("Where it is", "Situation"),
    "sheet.access": (
        "The mining corridor and the southern communes – {measure}",
        "Le corridor minier et les communes du sud – {measure}",
    ),
    "sheet.sites": (
        "The candidate sites of the corridor and of the south",
        "Les sites candidats du corridor et du sud",
    ),
    "sheet.sitesSub": (
        "Score out of 100 (access on foot and by transit); size: dwellings the site can hold",
        (
            "Note sur 100 (accès à pied et en transport)\u202f; taille\u202f: logements que "
            "le site peut accueillir"
        ),
    ),
    "sheet.accessSub": (
        "Each residential building, coloured by its class",
        "Chaque bâtiment d’habitation, coloré selon sa classe",
    ),
    "sheet.perimeter": ("Perimeter {id} – {name}", "Périmètre {id} – {name}"),
    "sheet.site": ("Site {id} – {name}", "Site {id} – {name}"),
    "sheet.siteSub": (
        "{commune} · {sector} · {capacity} dwellings at most · score {score} · {rank}",
        "{commune} · {sector} · {capacity} logements au plus · note {score} · {rank}",
    ),
    "sheet.unnamed": ("(no name)", "(sans nom)"),
    "rank.known": ("rank {rank}", "rang {rank}"),
    "rank.between": ("rank from {best} to {worst}", "rang entre {best} et {worst}"),
    "rank.none": ("not ranked", "non classé"),
    "score.none": ("none", "sans"),
    "legend": ("Legend", "Légende"),
    "legend.dwellings": ("Dwellings", "Logements"),
    "legend.shareOf": ("share of dwellings", "part des logements"),
    "legend.count": ("number of sites", "nombre de sites"),
    "legend.noData": ("No data", "Sans donnée"),
    "legend.below": ("below {to}", "moins de {to}"),
    "legend.upTo": ("{to} or less", "{to} ou moins"),
    "legend.between": ("{from} to {to}", "{from} à {to}"),
    "legend.above": ("above {from}", "plus de {from}"),
    "legend.from": ("{from} or more", "{from} ou plus"),
    "legend.notScored": ("Not scored", "Sans note"),
    "legend.veto": ("Under a veto", "Sous veto"),
    "legend.corridorShort": ("corridor", "corridor"),
    "legend.southShort": ("south", "sud"),
    "legend.otherShort": ("rest", "reste"),
    "legend.sites": ("Candidate site", "Site candidat"),
    "legend.site": ("This site", "Ce site"),
    "legend.perimeter": ("Renewal perimeter", "Périmètre de renouvellement"),
    "legend.thisPerimeter": ("This perimeter", "Ce périmètre"),
    "legend.commune": ("Commune limit", "Limite de commune"),
    "legend.buildings": ("Residential building", "Bâtiment d’habitation"),
    "legend.streets": ("Street", "Rue"),
    "legend.water": ("Water", "Eau"),
    "legend.green": ("Woods and parks", "Bois et parcs"),
    "legend.rail": ("Railway", "Voie ferrée"),
    "legend.tram": ("Tramway", "Tramway"),
    "legend.services": ("Services", "Services"),
    "legend.stop": (
        "Transit stop (size: departures a day)",
        "Arrêt (taille\u202f: départs par jour)",
    ),
    "legend.lines.published": ("Line: {modes}", "Ligne\u202f: {modes}"),
    "legend.lines.partly": (
        "Line, in part straight from stop to stop: {modes}",
        "Ligne, en partie droit d’un arrêt à l’autre\u202f: {modes}",
    ),
    "legend.lines.straight": (
        "Line, straight from stop to stop: {modes}",
        "Ligne, droit d’un arrêt à l’autre\u202f: {modes}",
    ),
    "legend.walk": ("{minutes} minutes on foot", "{minutes} minutes à pied"),
    "legend.medians": (
        "Half of the dwellings are within",
        "La moitié des logements sont à moins de",
    ),
    "legend.fate": (
        "Fate of the buildings: dwellings inside",
        "Devenir des bâtiments\u202f: logements dedans",
    ),
    "legend.ground": ("Ground", "Fond"),
    "legend.access": ("Access of the site", "Accès du site"),
    "legend.constraints": ("Constraints (share of the site)", "Contraintes (part du site)"),
    "legend.noConstraint": ("None known lies on the site.", "Aucune connue sur le site."),
    "legend.leftOut": (
        "Names left out for lack of room: {count}.",
        "Noms laissés de côté, faute de place\u202f: {count}.",
    ),
    "legend.siteList": ("Sites, best first", "Sites, le meilleur d’abord"),
    "legend.siteMore": (
        "{count} more in the workbook.",
        "{count} de plus au classeur.",
    ),
    "legend.capacityShort": ("dwellings", "logements"),
    "legend.scoreShort": ("score", "note"),
    "legend.vetoShort": ("veto", "veto"),
    "legend.transit": ("Transit, medians", "Transport, médianes"),
    "legend.operations": ("Programme in the perimeter", "Programme dans le périmètre"),
    "logo.alt": ("Logo {place}", "Logo {place}"),
    "foot.sources": ("Sources: {parts}", "Sources\u202f: {parts}"),
    "foot.also": ("; ", "\u202f; "),
    "foot.more": ("and {count} more, in the manifest", "et {count} autres, au manifeste"),
    "foot.timetable": ("Timetable of {day}", "Horaires du {day}"),
    "foot.noTimetable": ("No timetable", "Sans horaires"),
    "foot.date": ("Data as of {day}", "Données au {day}"),
    "foot.noDate": ("Undated study", "Étude non datée"),
    "foot.run": ("Run {run}", "Calcul {run}"),
    "notice.synthetic": (
        "SYNTHETIC DATA, NOT FACTS ABOUT REAL PLACES: {layers}.",
        "DONNÉES SYNTHÉTIQUES, NON DES FAITS SUR DES LIEUX RÉELS\u202f: {layers}.",
    ),
    "notice.schematic": (
        "Schematic outlines (where, not exactly what): {layers}.",
        "Contours schématiques (où, pas exactement quoi)\u202f: {layers}.",
    ),
    # Layers
    "layer.stock": ("housing", "logements"),
    "layer.sites": ("sites", "sites"),
    "layer.perimeters": ("perimeters", "périmètres"),
    "layer.constraints": ("constraints", "contraintes"),
    "layer.services": ("services", "services"),
    "layer.streets": ("streets", "rues"),
    "layer.stops": ("stops", "arrêts"),
    "layer.stops before": ("earlier stops", "arrêts d’avant"),
    "layer.isochrones": ("isochrones", "isochrones"),
    "layer.surface": ("grid of walks", "carroyage"),
    "layer.backdrop": ("backdrop", "fond"),
    "layer.communes": ("communes", "communes"),
    "layer.destinations": ("destinations", "destinations"),
    "layer.operations": ("operations", "opérations"),
    "layer.milestones": ("milestones", "jalons"),
    "layer.lines": ("transit lines", "lignes de transport"),
    "layer.flows": ("moves of households", "mouvements de ménages"),
    "layer.grid:elevation": ("grid of elevation", "grille d’altitude"),
    "layer.grid:hazard": ("grid of hazard", "grille d’aléa"),
    "layer.grid:population": ("grid of population", "grille de population"),
    "layer.grid": ("grid of {name}", "grille {name}"),
    # Charts
    "chart.medians": (
        "Where half of the dwellings stand, by sector",
        "Où se trouve la moitié des logements, par secteur",
    ),
    "chart.distribution": (
        "Dwellings by class – {measure}",
        "Logements par classe – {measure}",
    ),
    "chart.scores": ("Scores of the sites", "Notes des sites"),
    "chart.axes": ("Access and constraint: two axes", "Accès et contrainte\u202f: deux axes"),
    "chart.programme": (
        "Demolished and rebuilt, by convention",
        "Démolis et reconstruits, par convention",
    ),
    "chart.site": (
        "How the site stands among the dwellings of the territory",
        "Le site parmi les logements du territoire",
    ),
    "chart.synthetic": ("synthetic data", "données synthétiques"),
    "chart.schematic": ("schematic outlines", "contours schématiques"),
    "chart.minutes": ("minutes", "minutes"),
    "chart.score": ("score out of 100", "note sur 100"),
    "chart.constrained": ("share of the site under a constraint", "part du site sous contrainte"),
    "chart.dwellings": ("dwellings", "logements"),
    "chart.shareDwellings": ("share of dwellings", "part des logements"),
    "chart.demolished": ("demolished", "démolis"),
    "chart.rebuilt": ("rebuilt", "reconstruits"),
    "chart.middle": (
        "dwellings: from the 10th to the 90th percentile, half of them, median",
        "logements\u202f: du 10ᵉ au 90ᵉ centile, la moitié, la médiane",
    ),
    "chart.thisSite": ("this site", "ce site"),
    # Workbook
    "book.dictionary": ("Dictionary", "Dictionnaire"),
    "book.findings": ("Findings", "Constats"),
    "book.assumptions": ("Assumptions", "Hypothèses"),
    "book.manifest": ("Manifest", "Manifeste"),
    "book.changes": ("Since last time", "Depuis la dernière fois"),
    "book.read": ("Read me", "À lire"),
    "book.figures": ("Headline figures", "Chiffres clés"),
    "book.sources": ("Sources", "Sources"),
    "book.sheet": ("Sheet", "Feuille"),
    "book.column": ("Column", "Colonne"),
    "book.meaning": ("Meaning", "Sens"),
    "book.unit": ("Unit", "Unité"),
    "book.rows": ("Rows", "Lignes"),
    "book.cut": (
        "{sheet}: {left} rows are not here, a sheet holds {most}; the whole is in {file}.",
        (
            "{sheet}\u202f: {left} lignes ne sont pas ici, une feuille en tient "
            "{most}\u202f; tout est dans {file}."
        ),
    ),
}


def say(key: str, language: str, **filled: Any) -> str:
    """Return a text with its gaps filled; what fills them is never read again as a pattern.

    Examples
    --------
    >>> say("foot.run", "fr", run="{0.__class__}")
    'Calcul {0.__class__}'
    """
    en, fr = WORDS[key]
    text = fr if language == "fr" else en
    return text.format(**filled) if filled else text


def label(codes: dict[str, tuple[str, str]], code: Any, language: str) -> str:
    """Return a code's label, or the code itself when it is not among the known ones."""
    held = codes.get(str(code))
    return str(code) if held is None else held[1 if language == "fr" else 0]
