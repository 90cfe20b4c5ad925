"""Words of what the reader does with the page: weights, halves, quarters, base maps, tables.

As in `words`: key → (English, French).
"""

from __future__ import annotations

from typing import Final

__all__ = ["MEETING_WORDS"]

MEETING_WORDS: Final[dict[str, tuple[str, str]]] = {
    # Weights in the meeting
    "weights.title": ("Change the weights", "Changer les poids"),
    "weights.asStudy": ("Weights of the study.", "Poids de l’étude."),
    "weights.changed": (
        "Weights changed here: scores, ranks and comparison follow. The study is as it was.",
        (
            "Poids changés ici\u202f: notes, rangs et comparaison suivent. L’étude reste "
            "ce qu’elle était."
        ),
    ),
    "weights.none": (
        "No criterion counts: there is no score.",
        "Aucun critère ne compte\u202f: il n’y a pas de note.",
    ),
    "weights.restore": ("Restore", "Rétablir"),
    "weights.restored": ("Weights of the study restored.", "Poids de l’étude rétablis."),
    "weights.save": ("Save these weights", "Garder ces poids"),
    "weights.snippet": ("Criteria for the study file", "Critères pour le fichier d’étude"),
    "weights.snippetNote": (
        "Put these lines in the study file in place of its criteria.",
        "À mettre dans le fichier d’étude à la place de ses critères.",
    ),
    "weights.file": ("Save as a file", "Enregistrer en fichier"),
    "weights.link": ("Link to this view", "Lien vers cette vue"),
    "weights.linkNote": (
        "The address of the page holds the weights, the measure, the view and the quarter.",
        "L’adresse de la page contient les poids, la mesure, la vue et le trimestre.",
    ),
    "weights.before": ("rank in the study", "rang dans l’étude"),
    # Two maps in one
    "swipe.title": ("Compare two halves", "Comparer deux moitiés"),
    "swipe.cut": ("One map, with a divider", "Une carte, avec un curseur"),
    "swipe.side": ("Two maps side by side", "Deux cartes côte à côte"),
    "swipe.times": ("Before and today, by transit", "Avant et aujourd’hui, en transport"),
    "swipe.left": ("Left half", "Moitié gauche"),
    "swipe.right": ("Right half", "Moitié droite"),
    "swipe.measure": ("Colour by", "Colorer selon"),
    "swipe.sites": ("Sites shown", "Sites montrés"),
    "swipe.allSites": ("All the sites", "Tous les sites"),
    "swipe.divider": ("Divider between the two maps", "Limite entre les deux cartes"),
    # Calendar
    "tab.calendar": ("Calendar", "Calendrier"),
    "calendar.title": (
        "The programme, quarter by quarter",
        "Le programme, trimestre par trimestre",
    ),
    "calendar.choose": ("Quarter shown", "Trimestre montré"),
    "calendar.quarter": ("{year} Q{quarter}", "{year} T{quarter}"),
    "calendar.play": ("Play", "Lecture"),
    "calendar.pause": ("Pause", "Pause"),
    "calendar.before": ("Quarter before", "Trimestre précédent"),
    "calendar.after": ("Quarter after", "Trimestre suivant"),
    "calendar.balance": (
        "At the end of the quarter: {gone} dwellings demolished, {back} delivered in new buildings.",
        "À la fin du trimestre\u202f: {gone} logements démolis, {back} livrés en construction neuve.",
    ),
    "calendar.states": ("Operations by state", "Opérations par état"),
    "calendar.state": ("State", "État"),
    "calendar.operations": ("Operations", "Opérations"),
    "calendar.dwellings": ("Dwellings", "Logements"),
    "calendar.events": ("What happens in {quarter}", "Ce qui se passe en {quarter}"),
    "calendar.day": ("Day", "Jour"),
    "calendar.operation": ("Operation", "Opération"),
    "calendar.step": ("Becomes", "Devient"),
    "calendar.otherSites": (
        "without the operations on the sites of another scenario ({count})",
        "sans les opérations sur les sites d’un autre scénario ({count})",
    ),
    "calendar.noEvent": (
        "Nothing changes in this quarter.",
        "Rien ne change durant ce trimestre.",
    ),
    "calendar.planned": ("planned for {day}", "prévu le {day}"),
    "calendar.plannedStep": ("{state} (planned)", "{state} (prévu)"),
    "calendar.undated": (
        "{count} operations have no dated step and are not counted.",
        "{count} opérations sans étape datée ne sont pas comptées.",
    ),
    "calendar.unplaced": (
        "{count} operations have no known place and are not on the map.",
        "{count} opérations sans lieu connu ne sont pas sur la carte.",
    ),
    "calendar.legend": ("Operations, by dwellings", "Opérations, selon leurs logements"),
    "state.planned": ("Not begun", "Non commencé"),
    "state.standing": ("Standing", "Debout"),
    "state.emptied": ("Emptied", "Vidé"),
    "state.works": ("Under works", "En travaux"),
    "state.demolished": ("Demolished", "Démoli"),
    "state.delivered": ("Delivered", "Livré"),
    # Base maps from the network
    "base.title": ("Base map", "Fond de plan"),
    "base.note": (
        (
            "The ground is drawn from the study. IGN and OpenStreetMap need the network; "
            "nothing is asked before you do."
        ),
        (
            "Le fond vient de l’étude. L’IGN et OpenStreetMap demandent le réseau\u202f; "
            "rien n’est appelé sans vous."
        ),
    ),
    "base.ask": ("Look for online base maps", "Chercher les fonds en ligne"),
    "base.asking": ("Looking…", "Recherche…"),
    "base.again": ("Look again", "Chercher de nouveau"),
    "base.found": ("Online base maps are offered.", "Des fonds en ligne sont proposés."),
    "base.none": (
        "No online base map answers; the study’s own ground stays.",
        "Fond de plan indisponible hors connexion\u202f; celui de l’étude reste.",
    ),
    "base.lost": (
        "A tile of the base map is missing.",
        "Une partie du fond de plan manque.",
    ),
    "base.own": ("The study’s own ground", "Fond de l’étude"),
    "base.plan": ("Plan IGN", "Plan IGN"),
    "base.ortho": ("Aerial photographs (IGN)", "Photographies aériennes (IGN)"),
    "base.osm": ("OpenStreetMap", "OpenStreetMap"),
    # Table twins
    "twin.open": ("Table", "Tableau"),
    "twin.of": ("Table: {layer}", "Tableau\u202f: {layer}"),
    "twin.name": ("Name", "Nom"),
    "twin.feature": ("no. {number}", "nº {number}"),
    "twin.unnamed": ("without a name", "sans nom"),
    "twin.rows": ("Rows {from} to {to} of {count}", "Lignes {from} à {to} sur {count}"),
    "twin.page": ("Page", "Page"),
    "twin.before": ("Before", "Précédent"),
    "twin.after": ("Next", "Suivant"),
    "legend.track.tram": ("Tramway", "Tramway"),
    "legend.track.rail": ("Railway", "Voie ferrée"),
    "legend.signs": ("Also drawn", "Aussi sur la carte"),
    "column.communes": ("Communes", "Communes"),
    "column.features": ("Number", "Nombre"),
    "column.length_km": ("Length (km)", "Longueur (km)"),
    "column.area_ha": ("Area (ha)", "Surface (ha)"),
    "column.area_km2": ("Area (km²)", "Surface (km²)"),
    "column.state": ("State", "État"),
    "column.since": ("Since", "Depuis"),
    "column.score": ("Score", "Note"),
    "column.score_low": ("Lowest score", "Note au plus bas"),
    "column.score_high": ("Highest score", "Note au plus haut"),
    "column.score_geometric": ("Geometric score", "Note géométrique"),
    "column.rank": ("Rank", "Rang"),
    "column.rank_best": ("Best rank", "Meilleur rang"),
    "column.rank_worst": ("Worst rank", "Moins bon rang"),
    "column.veto": ("Veto", "Veto"),
    "column.sector": ("Sector", "Secteur"),
    "column.place": ("Place", "Lieu"),
    "column.minutes": ("Minutes", "Minutes"),
    "column.mode": ("Mode", "Mode"),
    "column.from_stop": ("From", "De"),
    "column.to_stop": ("To", "Vers"),
    "column.course": ("Course drawn", "Tracé dessiné"),
    "column.departures_day": ("Departures in the day", "Départs dans la journée"),
    "column.category": ("Class", "Classe"),
    "column.origin": ("Lost in", "Perdus à"),
    "column.to_kind": ("Rebuilt on", "Reconstruits sur"),
    "column.to": ("Rebuilt at", "Reconstruits à"),
    "column.dwellings": ("Dwellings", "Logements"),
    "column.operations": ("Operations", "Opérations"),
    "column.length_m": ("Distance (m)", "Distance (m)"),
    "mode.walk": ("On foot", "À pied"),
    "mode.transit": ("Transit", "Transport"),
    # Flows
    "flows.title": ("Dwellings lost and rebuilt", "Logements perdus et reconstruits"),
    "flows.from": ("Lost in", "Perdus à"),
    "flows.to": ("Rebuilt at", "Reconstruits à"),
    "flows.operations": ("Operations", "Opérations"),
    "flows.length": ("As the crow flies", "À vol d’oiseau"),
    "flows.here": ("Rebuilt in the same place", "Reconstruits sur place"),
    "flows.kind.site": ("A site", "Un site"),
    "flows.kind.perimeter": ("The perimeter", "Le périmètre"),
    "flows.kind.commune": ("The commune", "La commune"),
    # Layers on other maps
    "element.choose": ("Colour by", "Colorer selon"),
    "element.empty": ("This layer is empty.", "Cette couche est vide."),
    "element.broken": (
        "This layer cannot be read: the file may be incomplete. Write it again.",
        "Couche illisible\u202f: le fichier est peut-être incomplet. Il faut le réécrire.",
    ),
    "element.unplaced": (
        "{count} without geometry, not drawn.",
        "{count} sans géométrie, non dessinés.",
    ),
}
