"""Small hand-made studies for the map: a corridor commune, a southern one, a few buildings and sites."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, MultiPolygon, Point, Polygon, box

from renewal_gis.publishing.content import CriterionScale, Fact, MapContent, MeasureLabel
from renewal_gis.scoring import Criterion, Ranking, rank

CRS = "EPSG:2154"
# South-west corner of the scene, in Lambert-93, beside Condé-sur-l'Escaut.
X, Y = 739_000.0, 7_037_000.0

SCHOOL = MeasureLabel(
    key="walk_min:ecole",
    en="Walk to the nearest primary school",
    fr="Marche jusqu’à l’école la plus proche",
    unit="min",
    breaks=(5, 10, 15, 20),
    low_is_good=True,
)
BUSES = MeasureLabel(
    key="departures_h",
    en="Departures at the nearest stop",
    fr="Départs à l’arrêt le plus proche",
    unit="departures/h",
    breaks=(1, 2, 4),
    low_is_good=False,
)

# What no name may ever do: run in the page, or be evaluated by a template.
HOSTILE = (
    "<img src=x onerror=\"window.__ran='img'\">",
    "</script><script>window.__ran='script'</script>",
    "`;window.__ran='tick';`",
    "${window.__ran='dollar'}",
    "{{ 7*7 }}",
    "{% raw %}{{ cycler }}{% endraw %} {% print(7*7) %}",
    "100 {% de remise",
    "{# note",
    "<!--<script>",
    "<!--renewal:data-->",
    "$& $1 \\u0041 </title>",
    "__proto__",
    "\u202etxet desrever",
    "x" * 10_000,
)


def square(east: float, north: float, side: float = 12.0) -> Polygon:
    """Return a square building whose corner is `east`, `north` metres from the scene's corner."""
    return box(X + east, Y + north, X + east + side, Y + north + side)


def place(east: float, north: float) -> Point:
    """Return a point `east`, `north` metres from the scene's corner."""
    return Point(X + east, Y + north)


def communes() -> gpd.GeoDataFrame:
    """Return three communes: corridor, south, and one of neither."""
    return gpd.GeoDataFrame(
        {
            "name": ["Condé-sur-l'Escaut", "Artres", "Saint-Saulve"],
            "population": [9297, 1073, 11084],
            "sector": ["corridor", "south", "other"],
        },
        index=["59153", "59019", "59544"],
        geometry=[square(0, 2000, 2000), square(0, 0, 2000), square(2000, 0, 2000)],
        crs=CRS,
    )


def stock() -> gpd.GeoDataFrame:
    """Return seven buildings: squares, one with a courtyard, one in two parts, a point, one unmeasured."""
    courtyard = square(900, 2900, 120).difference(square(930, 2930, 60))
    parts = MultiPolygon([square(300, 500, 40), square(380, 500, 40)])
    return gpd.GeoDataFrame(
        {
            "dwellings": [1, 12, 40, 6, 2, 3, 1400],
            "tenure": ["mining", "social", "social", "owner", None, "owner", "private_rental"],
            "built_year": [1905, 1965, 1971, 1890, pd.NA, 2001, 1950],
            "fate": ["demolish", "keep", "rehabilitate", "keep", "keep", "keep", "keep"],
            "commune": ["59153"] * 3 + ["59019"] * 3 + ["59544"],
            "perimeter": ["p1", None, "p1", None, None, None, None],
            "walk_min:ecole": [4.96, 5.04, 7.3, 18.2, np.nan, 22.0, 15.0],
            "departures_h": [6.0, 4.0, 2.0, 0.0, 0.5, np.nan, 1.0],
        },
        index=[f"b{number}" for number in range(7)],
        geometry=[
            square(1000, 3200, 60), square(1100, 3200, 60), courtyard,
            parts, square(600, 800, 60), place(1200, 900), square(3000, 1000, 80),
        ],
        crs=CRS,
    )  # fmt: skip


def sites() -> gpd.GeoDataFrame:
    """Return three sites: one ranked first, one vetoed, one without a score."""
    return gpd.GeoDataFrame(
        {
            "name": ["Friche du Hameau", "Clos des Puits", "Chemin d'Artres"],
            "commune": ["59153", "59153", "59019"],
            "capacity": [120, 45, 60],
            "scenario": ["corridor", "corridor", "south"],
            "sector": ["corridor", "corridor", "south"],
            "score": [71.46, 64.0, np.nan],
            "score_low": [71.46, 60.5, np.nan],
            "score_high": [71.46, 66.0, np.nan],
            "score_geometric": [65.2, 60.0, np.nan],
            "rank": pd.array([1, pd.NA, pd.NA], dtype="Int64"),
            "veto": ["", "Puits de mine à 12 m", ""],
            "walk_min:ecole": [6.2, 3.1, np.nan],
        },
        index=["s1", "s2", "s3"],
        geometry=[square(400, 3400, 160), square(1500, 2500, 160), square(1400, 300, 160)],
        crs=CRS,
    )


def breakdown() -> pd.DataFrame:
    """Return two criteria for the first site, one of them missing."""
    return pd.DataFrame(
        {
            "site": ["s1", "s1"],
            "criterion": ["school", "transit"],
            "measure": ["walk_min:ecole", "departures_h"],
            "en": ["School", "Transit"],
            "fr": ["École", "Transports"],
            "unit": ["min", "departures/h"],
            "value": [6.2, np.nan],
            "points": [92.0, np.nan],
            "weight": [2.0, 1.5],
        }
    )


def layers() -> dict[str, gpd.GeoDataFrame]:
    """Return one small layer of each kind."""
    perimeters = gpd.GeoDataFrame(
        {"name": ["Hameau de Macou"], "programme": ["PNRU"], "geometry_quality": ["schematic"]},
        index=["p1"],
        geometry=[square(850, 2850, 500)],
        crs=CRS,
    )
    constraints = gpd.GeoDataFrame(
        {
            "kind": ["mining", "flood"],
            "level": ["veto", "information"],
            "name": ["Puits 3", "Escaut"],
        },
        index=["c1", "c2"],
        geometry=[place(1550, 2550).buffer(90), square(0, 1800, 400)],
        crs=CRS,
    )
    backdrop = gpd.GeoDataFrame(
        {"kind": ["water", "rail", "green", "tram"], "name": ["Escaut", "", "", "T2"]},
        index=["w", "r", "g", "t"],
        geometry=[
            LineString([place(0, 1900), place(4000, 2100)]).buffer(30),
            LineString([place(0, 2300), place(4000, 2500)]),
            square(2600, 1500, 300),
            LineString([place(700, 0), place(1300, 4000)]),
        ],
        crs=CRS,
    )
    streets = gpd.GeoDataFrame(
        {"kind": ["primary", "residential"]},
        index=["e1", "e2"],
        geometry=[
            LineString([place(0, 3100), place(2000, 3100)]),
            LineString([place(1000, 2100), place(1000, 3900)]),
        ],
        crs=CRS,
    )
    services = gpd.GeoDataFrame(
        {"group": ["ecole", "medecin"], "name": ["École Jean-Moulin", None]},
        index=["v1", "v2"],
        geometry=[place(1300, 3400), place(200, 200)],
        crs=CRS,
    )
    stops = gpd.GeoDataFrame(
        {
            "name": ["Place Pierre-Delcourt", "Mairie"],
            "mode": ["tram", "bus"],
            "departures_day": [180, 9],
            "departures_h": [12.0, 0.5],
            "lines": ["T2", "30"],
            "category": ["II", "V"],
        },
        index=["a1", "a2"],
        geometry=[place(1000, 2400), place(500, 300)],
        crs=CRS,
    )
    lines = gpd.GeoDataFrame(
        {
            "name": ["T2", "30"],
            "mode": ["tram", "bus"],
            "from_stop": ["Université", "Mairie"],
            "to_stop": ["Le Boulon", "Église"],
            "departures_day": [113, 9],
        },
        index=["l1", "l2"],
        geometry=[
            LineString([place(700, 0), place(1300, 4000)]),
            LineString([place(0, 300), place(2000, 700)]),
        ],
        crs=CRS,
    )
    return {
        "lines": lines, "flows": flows(), "isochrones": isochrones(), "surface": surface(), "perimeters": perimeters, "constraints": constraints, "backdrop": backdrop,
        "streets": streets, "services": services, "stops": stops,
    }  # fmt: skip


def flows() -> gpd.GeoDataFrame:
    """Return dwellings rebuilt on a site, and others where they were lost."""
    start, end = place(1100, 3100), place(480, 3480)
    return gpd.GeoDataFrame(
        {
            "origin": ["p1", "p1"],
            "to_kind": ["site", "perimeter"],
            "to": ["s1", "p1"],
            "dwellings": [30.0, 8.0],
            "operations": ["OP2", "OP5, OP6"],
            "length_m": [start.distance(end), 0.0],
        },
        index=[0, 1],
        geometry=[LineString([start, end]), start],
        crs=CRS,
    )


def isochrones() -> gpd.GeoDataFrame:
    """Return what is reached from a site on foot and by transit."""
    middle = place(480, 3480)
    return gpd.GeoDataFrame(
        {
            "place": ["s1"] * 3,
            "name": ["Friche du Hameau"] * 3,
            "minutes": [10.0, 5.0, 30.0],
            "mode": ["walk", "walk", "transit"],
        },
        geometry=[middle.buffer(radius) for radius in (500, 250, 1500)],
        crs=CRS,
    )


def comparison() -> pd.DataFrame:
    """Return quartiles per sector for the walk to school."""
    return pd.DataFrame(
        {
            "sector": ["corridor", "south"],
            "measure": ["walk_min:ecole"] * 2,
            "dwellings": [12345, 678],
            "p10": [3.0, 8.0],
            "p25": [4.5, 12.0],
            "p50": [6.4, 18.2],
            "p75": [9.0, 24.0],
            "p90": [12.0, 31.0],
            "mean": [6.9, 18.8],
            "missing_dwellings": [0, 2],
        }
    )


def distribution() -> pd.DataFrame:
    """Return three bins per sector, the last one open."""
    return pd.DataFrame(
        {
            "sector": ["corridor"] * 3 + ["south"] * 3,
            "measure": ["walk_min:ecole"] * 6,
            "from_value": [0.0, 10.0, 20.0] * 2,
            "to_value": [10.0, 20.0, np.nan] * 2,
            "dwellings": [10000, 2000, 345, 100, 300, 278],
        }
    )


def operations() -> pd.DataFrame:
    """Return a demolition and a production in one perimeter, a rehabilitation, one without dates."""
    return pd.DataFrame(
        {
            "family": ["01", "02", "04", "02"],
            "name": [
                "Démolition du Hameau",
                "Construction au Hameau",
                "Réhabilitation",
                "Sans date",
            ],
            "dwellings": [40, 30, 12, 5],
            "perimeter": ["p1", "p1", None, "p1"],
            "site": [None, "s1", None, None],
            "commune": ["59153", "59153", "59019", "59153"],
        },
        index=["OP1", "OP2", "OP3", "OP4"],
    )


def milestones() -> pd.DataFrame:
    """Return dated steps from 2011 to 2014; one is only planned, one comes out of order."""
    rows = [
        ("OP1", "rehoused", "2011-03-31", "2011-05-02"),
        ("OP1", "demolished", "2012-06-30", None),
        ("OP2", "works_ordered", "2012-09-30", "2012-10-01"),
        ("OP2", "delivered", "2014-01-15", "2014-02-01"),
        ("OP3", "works_ordered", "2013-01-01", "2013-12-24"),
        ("OP3", "delivered", "2013-06-01", "2013-06-30"),
        ("OP4", "decided", "2010-01-01", "2010-01-01"),
    ]
    table = pd.DataFrame(rows, columns=["operation", "step", "planned_now", "actual"])
    return table.assign(
        planned_now=pd.to_datetime(table["planned_now"]), actual=pd.to_datetime(table["actual"])
    )


def surface() -> gpd.GeoDataFrame:
    """Return four squares of a grid with the walk to school."""
    return gpd.GeoDataFrame(
        {"walk_min:ecole": [3.0, 8.0, np.nan, 26.0]},
        index=["q1", "q2", "q3", "q4"],
        geometry=[square(e, n, 200) for e, n in ((0, 0), (200, 0), (400, 0), (600, 0))],
        crs=CRS,
    )


CRITERIA = (
    Criterion(name="school", measure="walk_min:ecole", best=5, worst=20, weight=2.0, fr="École",
              en="School", unit="min", source="Proposition « du projet »", group="services"),
    Criterion(name="bus", measure="departures_h", anchors=((0, 0), (2, 40), (12, 100)), weight=1.5,
              fr="Bus", en="Bus", group="transit", verified=True),
    Criterion(name="parks", measure="walk_min:parc", best=3, worst=12, weight=0.37, fr="Parc",
              en="Park"),
)  # fmt: skip


def ranking(weights: tuple[float, ...] | None = None) -> Ranking:
    """Return eight sites ranked by Python on three criteria; two sites miss a measure."""
    drawn = np.random.default_rng(20)
    table = pd.DataFrame(
        {
            "walk_min:ecole": drawn.uniform(2, 24, 8),
            "departures_h": drawn.uniform(0, 14, 8).round(1),
            "walk_min:parc": drawn.uniform(2, 15, 8),
        },
        index=[f"s{place}" for place in range(8)],
    )
    table.loc["s3", "walk_min:parc"] = np.nan
    table.loc["s5", "departures_h"] = np.nan
    held = [c.weight for c in CRITERIA] if weights is None else weights
    return rank(table, [replace(c, weight=w) for c, w in zip(CRITERIA, held, strict=True)])


def meeting(weights: tuple[float, ...] | None = None) -> MapContent:
    """Return the study with eight ranked sites, five on the corridor and three in the south."""
    return judged_scene(ranking(weights))


def tied(weights: tuple[float, ...] = (1.0, 1.0, 1.0)) -> Ranking:
    """Return eight sites whose scores tie, and whose intervals end where other scores stand."""
    criteria = [
        replace(one, best=100, worst=0, anchors=None, weight=weight)
        for one, weight in zip(CRITERIA, weights, strict=True)
    ]
    table = pd.DataFrame(
        [(50, 50, 50), (50, 50, 50), (100, np.nan, 50), (75, 0, 75), (np.nan, np.nan, np.nan),
         (100, 100, 100), (0, np.nan, 0), (np.nan, 40, 60)],
        columns=[one.measure for one in criteria], index=[f"s{k}" for k in range(8)], dtype=float,
    )  # fmt: skip
    return rank(table, criteria)


def judged_scene(judged: Ranking) -> MapContent:
    """Return the study with the eight sites of a ranking."""
    sector = ["corridor"] * 5 + ["south"] * 3
    found = gpd.GeoDataFrame(
        {
            "name": [f"Site {place}" for place in range(8)],
            "commune": ["59153"] * 5 + ["59019"] * 3,
            "capacity": [10, 20, 30, 40, 50, 60, 70, 80],
            "scenario": sector,
            "sector": sector,
            "veto": ["", "", "mining", "", "", "", "", ""],
        },
        index=judged.summary.index,
        geometry=[square(100 + 200 * k, 2300 if k < 5 else 700, 120) for k in range(8)],
        crs=CRS,
    )
    return replace(
        scene(),
        sites=found.join(judged.summary).join(judged.values.set_axis([c.measure for c in CRITERIA], axis=1)),
        breakdown=judged.breakdown(),
        criteria=tuple(
            CriterionScale(name=c.name, measure=c.measure, en=c.en, fr=c.fr, weight=c.weight,
                           anchors=c.curve, source=c.source, group=c.group, verified=c.verified)
            for c in judged.criteria
        ),
    )  # fmt: skip


def scene() -> MapContent:
    """Return the whole small study."""
    sources = pd.DataFrame(
        {
            "layer": ["communes", "stock"],
            "file": ["communes.parquet", "stock.parquet"],
            "sha256": ["a" * 64, "b" * 64],
            "vintage": ["2023", "2026"],
            "licence": ["Licence Ouverte 2.0", "CC0-1.0"],
            "attribution": ["IGN ADMIN EXPRESS", None],
            "nature": ["surveyed", "synthetic"],
        }
    )
    return MapContent(
        title="Où reconstruire ?",
        language="fr",
        communes=communes(),
        layers=layers(),
        stock=stock(),
        sites=sites(),
        breakdown=breakdown(),
        operations=operations(),
        milestones=milestones(),
        measures=(SCHOOL, BUSES),
        comparison=comparison(),
        distribution=distribution(),
        facts=(
            Fact(en="Timetable", fr="Horaires", value_en="10 March 2026", value_fr="10 mars 2026"),
            Fact(
                en="Walking speed", fr="Vitesse de marche", value_en="4.8 km/h", value_fr="4,8 km/h"
            ),
        ),
        notices={"stock": "synthetic", "stops": "synthetic", "operations": "synthetic"},
        sources=sources,
    )


def two_times() -> MapContent:
    """Return the same study with minutes by transit in two timetables, in the same classes."""
    held = scene()
    assert held.stock is not None
    times = [
        MeasureLabel(
            key=f"{kind}:centre",
            en=f"Town centre by transit, {day}",
            fr=f"Centre-ville en transport, {day}",
            unit="min",
            breaks=(15, 30, 45),
            low_is_good=True,
        )
        for kind, day in (("transit_min", "10/03/2026"), ("transit_min_before", "10/03/2009"))
    ]
    now, then = [10.0, 12, 20, 31, 44, np.nan, 50], [20.0, 22, 40, 41, 44, np.nan, 70]
    columns = {"transit_min:centre": now, "transit_min_before:centre": then}
    return replace(held, stock=held.stock.assign(**columns), measures=[*held.measures, *times])


def hostile_scene() -> MapContent:
    """Return the same study with a hostile text wherever a text can stand."""
    count = len(HOSTILE)
    names = list(HOSTILE)
    many = range(count)
    land = gpd.GeoDataFrame(
        {
            "name": names,
            "population": [100] * count,
            "sector": ["corridor", "south"] * (count // 2),
        },
        index=names,
        geometry=[square(400 * number, 0, 400) for number in many],
        crs=CRS,
    )
    measures = [
        MeasureLabel(key=text, en=text, fr=text, unit=text, breaks=(5,), low_is_good=True)
        for text in names
    ]
    numbers = {text: np.arange(count, dtype=float) for text in names}
    houses = gpd.GeoDataFrame(
        {
            "dwellings": [1] * count,
            "tenure": names,
            "fate": names,
            "commune": names,
            "perimeter": names,
            **numbers,
        },
        geometry=[square(400 * number + 180, 180, 40) for number in many],
        crs=CRS,
    )
    candidates = gpd.GeoDataFrame(
        {
            "name": names, "commune": names, "scenario": names, "sector": ["corridor"] * count,
            "capacity": [10] * count, "score": np.linspace(5, 95, count), "veto": names, **numbers,
        },
        index=names,
        geometry=[square(400 * number + 20, 20, 80) for number in many],
        crs=CRS,
    )  # fmt: skip
    texts = {
        "perimeters": ("name", "programme", "geometry_quality"),
        "constraints": ("kind", "level", "name", "source"),
        "backdrop": ("kind", "name"),
        "streets": ("kind", "name"),
        "services": ("group", "name", "vintage"),
        "stops": ("name", "mode", "category", "lines"),
        "lines": ("name", "mode", "from_stop", "to_stop", "course"),
        "flows": ("origin", "to_kind", "to", "operations"),
        "isochrones": ("place", "name", "mode"),
    }
    dressed = {
        layer: gpd.GeoDataFrame(
            dict.fromkeys(columns, names),
            index=names,
            geometry=[place(400 * number + 300, 300).buffer(30) for number in many]
            if layer in ("perimeters", "constraints", "backdrop", "isochrones")
            else [LineString([place(400 * number, 0), place(400 * number, 400)]) for number in many]
            if layer in ("streets", "lines", "flows")
            else [place(400 * number + 100, 300) for number in many],
            crs=CRS,
        )
        for layer, columns in texts.items()
    }
    table = pd.DataFrame(
        {"site": names, "criterion": names, "measure": names, "en": names, "fr": names}
    )
    sources = pd.DataFrame({"layer": names, "file": names, "licence": names, "attribution": names})
    work = pd.DataFrame(
        {"family": ["01", "02"] * (count // 2), "name": names, "dwellings": 4, "site": names,
         "perimeter": names, "commune": names},
        index=names,
    )  # fmt: skip
    dates = pd.DataFrame({"operation": names, "step": ["demolished", "delivered"] * (count // 2)})
    return MapContent(
        title=" ".join(names[:-1]),
        language="en",
        communes=land,
        layers=dressed,
        stock=houses,
        sites=candidates,
        breakdown=table.assign(unit=names, value=1.0, points=50.0, weight=1.0),
        criteria=[
            CriterionScale(
                name=text,
                measure=text,
                en=text,
                fr=text,
                weight=1.0,
                anchors=((0, 10), (1, 90)),
                source=text,
            )
            for text in names
        ],
        operations=work,
        milestones=dates.assign(actual=pd.Timestamp("2012-05-01")),
        measures=measures,
        comparison=pd.DataFrame({"sector": "south", "measure": names, "p50": 1.0, "dwellings": 3}),
        facts=[Fact(en=text, fr=text, value_en=text, value_fr=text) for text in names],
        notices={text: text for text in names},
        sources=sources,
    )
