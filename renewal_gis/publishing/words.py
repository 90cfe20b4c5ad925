"""Every word of the page, in English and in French, declared once.

`{name}` in a text is filled in by the page, as text. The tests hold that both languages have the
same gaps.
"""

from __future__ import annotations

from typing import Final

from renewal_gis.publishing.meeting_words import MEETING_WORDS
from renewal_gis.schema.measures import UNITS

__all__ = ["WORDS"]

# key → (English, French). French uses the typographic apostrophe, and a narrow no-break space
# before « : ; ? ! ».
_READING: Final[dict[str, tuple[str, str]]] = {
    # The page
    "page.skip": ("Skip to the map", "Aller à la carte"),
    "page.language": ("Language", "Langue"),
    "page.noscript": (
        "This page draws its map with scripts that are inside the file: allow them to see it.",
        (
            "Cette page dessine sa carte avec des scripts contenus dans le fichier\u202f: "
            "autorisez-les pour la voir."
        ),
    ),
    "page.loading": ("Drawing the map…", "Dessin de la carte…"),
    "page.broken": (
        (
            "A layer of this file cannot be read ({layer}): the file may be incomplete. "
            "Write it again."
        ),
        (
            "Une couche de ce fichier est illisible ({layer})\u202f: le fichier est "
            "peut-être incomplet. Il faut le réécrire."
        ),
    ),
    "page.oldBrowser": (
        "This browser is too old to unpack the buildings; any browser from 2023 on can.",
        (
            "Ce navigateur est trop ancien pour lire les bâtiments\u202f; tout navigateur "
            "depuis 2023 convient."
        ),
    ),
    "map.name": (
        "Interactive map. Arrows move it, + and − zoom, Enter describes the place at its centre.",
        (
            "Carte interactive. Les flèches la déplacent, + et − changent l’échelle, Entrée "
            "décrit le lieu au centre."
        ),
    ),
    "map.right": (
        "Map of the right half; it moves with the left one, and answers the same keys.",
        "Carte de la moitié droite\u202f; elle suit celle de gauche et répond aux mêmes touches.",
    ),
    "map.zoomIn": ("Zoom in", "Agrandir"),
    "map.zoomOut": ("Zoom out", "Réduire"),
    "map.home": ("Show the whole territory", "Voir tout le territoire"),
    "map.close": ("Close", "Fermer"),
    "map.noCommunes": (
        "There is no commune to draw.",
        "Il n’y a aucune commune à dessiner.",
    ),
    # Nature of the data
    "nature.synthetic": ("synthetic", "synthétique"),
    "nature.schematic": ("schematic outline", "contour schématique"),
    "notice.synthetic": (
        "Synthetic demonstration data: {layers}.",
        "Données de démonstration synthétiques\u202f: {layers}.",
    ),
    "notice.schematic": ("Schematic outlines: {layers}.", "Contours schématiques\u202f: {layers}."),
    "notice.leftOut": (
        "Not drawn, too large for one page: {layer} ({count} features, {most} at most).",
        (
            "Non dessinée, trop lourde pour une page\u202f: couche «\u202f{layer}\u202f» "
            "({count} objets, {most} au plus)."
        ),
    ),
    "notice.title": ("Nature of the data", "Nature des données"),
    # Search
    "search.label": ("Find a commune or a site", "Chercher une commune ou un site"),
    "search.none": ("Nothing is called “{text}”.", "Rien ne s’appelle «\u202f{text}\u202f»."),
    "search.found": ("{count} found", "{count} trouvés"),
    "search.commune": ("Commune", "Commune"),
    "search.site": ("Site", "Site"),
    "search.shown": ("{name} is shown on the map.", "{name} est affiché sur la carte."),
    # Tabs
    "tab.all": ("What the panel shows", "Contenu du panneau"),
    "tab.compare": ("Compare", "Comparer"),
    "tab.sites": ("Sites", "Sites"),
    "tab.layers": ("Layers", "Couches"),
    "tab.about": ("Sources", "Sources"),
    # Measures and legend
    "measure.choose": ("Colour the buildings by", "Colorer les bâtiments selon"),
    "measure.none": (
        "There is no measure to show.",
        "Il n’y a aucune mesure à montrer.",
    ),
    "measure.groupMeasures": ("Measures", "Mesures"),
    "measure.groupStock": ("Housing", "Logement"),
    "measure.tenure": ("Tenure", "Statut d’occupation"),
    "measure.fate": ("Fate in the programme", "Devenir dans le programme"),
    "legend.title": ("Legend", "Légende"),
    "legend.dwellings": ("dwellings", "logements"),
    "legend.served": ("dark: better served", "foncé\u202f: mieux desservi"),
    "legend.bothHeads": ("dwellings: left, right", "logements : à gauche, à droite"),
    "legend.noData": ("No data", "Sans donnée"),
    "legend.noStock": ("No building in this study.", "Aucun bâtiment dans cette étude."),
    "legend.score": ("Score of the sites", "Note des sites"),
    "legend.scoreScale": (
        "One scale for every sector, 0 to 100",
        "Une seule échelle pour tous les secteurs, de 0 à 100",
    ),
    "legend.veto": ("Vetoed", "Veto"),
    "legend.noScore": ("Not scored", "Non noté"),
    "legend.below": ("at most {high}", "{high} au plus"),
    "legend.under": ("under {high}", "moins de {high}"),
    "legend.above": ("over {low}", "plus de {low}"),
    "legend.from": ("{low} and more", "{low} et plus"),
    "legend.between": ("{low} to {high}", "{low} à {high}"),
    "legend.bySector": (
        "Bars: share of the dwellings, corridor above, south below",
        "Barres\u202f: part des logements, corridor en haut, sud en bas",
    ),
    "legend.stopClasses": ("Stops by class", "Arrêts selon leur classe"),
    "legend.stopSize": ("Size: departures per hour", "Taille\u202f: départs par heure"),
    "legend.lines": ("Lines, by mode", "Lignes, par mode"),
    "legend.linesNote": (
        "Straight from stop to stop; the wider, the more runs that day",
        "Droit d’un arrêt à l’autre ; plus large : plus de courses ce jour-là",
    ),
    "legend.linesCourses": (
        "Lines: {counts}; the wider, the more runs that day",
        "Lignes : {counts} ; plus large : plus de courses ce jour-là",
    ),
    "legend.lines.published": (
        "{count} on the published course",
        "{count} sur le tracé publié",
    ),
    "legend.lines.partly": ("{count} in part", "{count} en partie"),
    "legend.lines.straight": (
        "{count} straight from stop to stop",
        "{count} droit d’un arrêt à l’autre",
    ),
    "legend.noGrid": ("no grid for this measure", "pas de carreaux pour cette mesure"),
    "legend.noClass": ("No class", "Sans classe"),
    "legend.unplaced": (
        "{count} buildings have no geometry and are not drawn.",
        "{count} bâtiments sans géométrie ne sont pas dessinés.",
    ),
    # Comparison
    "compare.title": ("Corridor and south, side by side", "Corridor et sud, côte à côte"),
    "compare.none": (
        "No comparison of the sectors is available for this measure.",
        "Aucune comparaison des secteurs n’est disponible pour cette mesure.",
    ),
    "compare.show": ("Show these communes on the map", "Montrer ces communes sur la carte"),
    "compare.median": ("Median", "Médiane"),
    "compare.quartiles": ("Half of the dwellings between", "La moitié des logements entre"),
    "compare.and": ("{low} and {high}", "{low} et {high}"),
    "compare.dwellings": ("Dwellings", "Logements"),
    "compare.missing": ("of which without data", "dont sans donnée"),
    "compare.sites": ("Candidate sites", "Sites candidats"),
    "compare.capacity": ("Capacity", "Capacité"),
    "compare.score": ("Mean score, by dwelling", "Note moyenne, par logement"),
    "compare.vetoed": ("Vetoed sites", "Sites sous veto"),
    "compare.distribution": (
        "Share of the dwellings of each sector, by class; ▴ median",
        "Part des logements de chaque secteur, par classe\u202f; ▴ médiane",
    ),
    "compare.sentenceMore": (
        (
            "Median dwelling: {corridor} in the corridor, {south} in the south, that is "
            "{gap} more in the south."
        ),
        (
            "Logement médian\u202f: {corridor} dans le corridor, {south} dans le sud, soit "
            "{gap} de plus dans le sud."
        ),
    ),
    "compare.sentenceLess": (
        (
            "Median dwelling: {corridor} in the corridor, {south} in the south, that is "
            "{gap} less in the south."
        ),
        (
            "Logement médian\u202f: {corridor} dans le corridor, {south} dans le sud, soit "
            "{gap} de moins dans le sud."
        ),
    ),
    "compare.sentenceSame": (
        "Median dwelling: {corridor} in the corridor as in the south.",
        "Logement médian\u202f: {corridor} dans le corridor comme dans le sud.",
    ),
    "compare.bar": (
        "{sector}, {range}: {share} of the dwellings ({count})",
        "{sector}, {range}\u202f: {share} des logements ({count})",
    ),
    # Sites
    "sites.none": (
        "There is no candidate site in this study.",
        "Aucun site candidat dans cette étude.",
    ),
    "sites.caption": (
        "Candidate sites, by rank. A name leads to the site on the map.",
        "Sites candidats, par rang. Le nom mène au site sur la carte.",
    ),
    "sites.rank": ("Rank", "Rang"),
    "sites.site": ("Site", "Site"),
    "sites.capacity": ("Dwell.", "Log."),
    "sites.score": ("Score", "Note"),
    "sites.rankOf": ("{rank} of {count}", "{rank} sur {count}"),
    "sites.rankRange": ("from {best} to {worst}", "de {best} à {worst}"),
    "sites.unranked": ("not ranked", "non classé"),
    "sites.interval": ("from {low} to {high}", "de {low} à {high}"),
    "sites.geometric": ("geometric {value}", "géométrique {value}"),
    "sites.dwellings": ("{count} dwellings", "{count} logements"),
    "sites.scenario": ("Scenario: {scenario}", "Scénario\u202f: {scenario}"),
    "sites.veto": ("Veto: {reason}", "Veto\u202f: {reason}"),
    "sites.vetoNote": (
        "A veto is not averaged: the site cannot be kept as it stands.",
        "Un veto ne se compense pas\u202f: le site ne peut être retenu en l’état.",
    ),
    "sites.breakdown": ("How the score is made", "Comment la note se forme"),
    "sites.noBreakdown": (
        "No breakdown by criterion is available.",
        "Aucun détail par critère n’est disponible.",
    ),
    "sites.points": ("{points} pts", "{points} pts"),
    "sites.weight": ("weight {weight}", "poids {weight}"),
    "sites.measures": ("Measured on the site", "Mesuré sur le site"),
    "sites.unplaced": ("no geometry: not on the map", "sans géométrie\u202f: absent de la carte"),
    # Popups
    "popup.building": ("Residential building", "Bâtiment d’habitation"),
    "popup.dwellings": ("Dwellings", "Logements"),
    "popup.method": ("Where that number comes from", "D’où vient ce nombre"),
    "popup.social": ("of which social", "dont locatif social"),
    "popup.estate": ("Miners’ estate", "Cité minière"),
    "popup.tenure": ("Tenure", "Statut d’occupation"),
    "popup.built": ("Built", "Construction"),
    "popup.fate": ("Fate", "Devenir"),
    "popup.commune": ("Commune", "Commune"),
    "popup.perimeter": ("Perimeter", "Périmètre"),
    "popup.constraint": ("Constraint", "Contrainte"),
    "popup.population": ("Residents", "Habitants"),
    "popup.sector": ("Sector", "Secteur"),
    "popup.service": ("Service", "Service"),
    "popup.mode": ("Mode", "Mode"),
    "popup.category": ("Class of the stop", "Classe de l’arrêt"),
    "popup.lines": ("Lines", "Lignes"),
    "popup.departuresDay": ("Departures in the day", "Départs dans la journée"),
    "popup.course.published": ("published course", "tracé publié"),
    "popup.course.partly": ("published course in part", "tracé publié en partie"),
    "popup.course.straight": ("straight from stop to stop", "droit d’un arrêt à l’autre"),
    "popup.runs": ("{count} runs that day", "{count} courses ce jour-là"),
    "popup.departuresHour": ("Departures per hour", "Départs par heure"),
    "popup.capacity": ("Capacity", "Capacité"),
    "popup.vintage": ("Vintage", "Millésime"),
    "popup.outside": ("Nothing is described here.", "Rien n’est décrit ici."),
    "popup.missing": ("no data", "sans donnée"),
    # Layers
    "layers.territory": ("Territory", "Territoire"),
    "layers.housing": ("Housing and projects", "Habitat et projets"),
    "layers.transit": ("Transit", "Transports"),
    "layers.services": ("Services of the basket", "Services du panier"),
    "layers.allServices": ("All services", "Tous les services"),
    "layers.communes": ("Communes", "Communes"),
    "layers.labels": ("Names of the communes", "Noms des communes"),
    "layers.sectors": ("Sectors", "Secteurs"),
    "layers.backdrop": ("Water, railways, woodland", "Eau, voies ferrées, bois"),
    "layers.streets": ("Streets (main ones from afar)", "Voies (de loin, les principales)"),
    "layers.minorStreets": ("All streets at every scale", "Toutes les voies à toute échelle"),
    "layers.stock": ("Buildings", "Bâtiments"),
    "layers.perimeters": ("Renewal perimeters", "Périmètres de renouvellement"),
    "layers.constraints": ("Constraints", "Contraintes"),
    "layers.sites": ("Candidate sites", "Sites candidats"),
    "layers.isochrones": ("Within reach of the sites", "À portée des sites"),
    "layers.isochrone": (
        "Reached in {minutes} min on foot",
        "Atteint en {minutes} min à pied",
    ),
    "layers.isochroneTransit": (
        "Reached in {minutes} min by transit and on foot",
        "Atteint en {minutes} min en transport et à pied",
    ),
    "layers.isochronesName": ("isochrones", "isochrones"),
    "layers.stops": ("Stops, sized by departures", "Arrêts, selon leurs départs"),
    "layers.flowsName": ("flows", "flux"),
    "layers.calendar": ("Operations in the quarter", "Opérations du trimestre"),
    "layers.flows": (
        "From where dwellings go to where they return",
        "D’où partent et où reviennent les logements",
    ),
    "layers.lines": ("Lines", "Lignes"),
    "layers.linesName": ("lines", "lignes"),
    "layers.surface": ("Grid", "Carreaux"),
    "layers.surfaceRow": ("The shown measure, on a grid", "La mesure montrée, par carreaux"),
    "layers.surfaceName": ("grid", "carreaux"),
    "layers.absent": ("not in this study", "absent de cette étude"),
    "layers.transitLayer": ("transit", "transport"),
    "layers.streetsName": ("streets", "voies"),
    "layers.servicesName": ("services", "services"),
    "layers.stopsName": ("stops", "arrêts"),
    "layers.constraintsName": ("constraints", "contraintes"),
    "layers.perimetersName": ("perimeters", "périmètres"),
    "layers.stockName": ("buildings", "bâtiments"),
    "layers.sitesName": ("sites", "sites"),
    "layers.backdropName": ("water and railways", "eau et voies ferrées"),
    "layers.communesName": ("communes", "communes"),
    "layers.stops beforeName": ("stops before", "arrêts d’avant"),
    "layers.destinationsName": ("destinations", "destinations"),
    "layers.operationsName": ("operations", "opérations"),
    "layers.milestonesName": ("milestones", "jalons"),
    "layers.grid:elevationName": ("elevation", "altitude"),
    "layers.grid:hazardName": ("hazard grid", "grille d’aléa"),
    "layers.grid:populationName": ("population grid", "grille de population"),
    # About
    "source.line": ("Source: {text}", "Source : {text}"),
    "source.undated": ("vintage not stated", "millésime non précisé"),
    "about.facts": ("What the numbers rest on", "Ce sur quoi reposent les chiffres"),
    "about.noFacts": ("Nothing is recorded.", "Rien n’est consigné."),
    "about.sources": ("Sources and licences", "Sources et licences"),
    "about.noSources": ("No source is recorded.", "Aucune source n’est consignée."),
    "about.licence": ("Licence", "Licence"),
    "about.vintage": ("Vintage", "Millésime"),
    "about.file": ("File", "Fichier"),
    "about.software": (
        "Map drawn with Leaflet 1.9.4 (BSD 2-Clause licence) and folium.",
        "Carte dessinée avec Leaflet 1.9.4 (licence BSD à deux clauses) et folium.",
    ),
    # Units
    "unit.points": ("points", "points"),
    "unit.km": ("km", "km"),
    "unit.class": ("of 7", "sur 7"),
    "unitTold.class": ("of 7, where A is 7", "sur 7, où A vaut 7"),
}

_UNITS: Final = {f"unit.{unit}": (en, fr) for unit, (en, fr, _) in UNITS.items()}
WORDS: Final = {**_UNITS, **_READING, **MEETING_WORDS}
