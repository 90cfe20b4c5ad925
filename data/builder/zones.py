"""Perimeters of the renewal projects and constraints on land: all outlines are schematic."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import Point, Polygon

from builder import facts
from builder.landscape import Landscape
from builder.shapes import blob, round_to

__all__ = ["PERIMETERS", "build_constraints", "build_perimeters"]

# id: (name, project, convention). Nine sites: the corridor's five, Beuvrages' four quarters in
# two, Anzin, Marly.
PERIMETERS: dict[str, tuple[str, str, str]] = {
    "P01": ("Quartier Thiers", "Corridor minier", "Corridor minier 2008"),
    "P02": ("Gras-Bœuf (Hameau de Macou)", "Corridor minier", "Corridor minier 2008"),
    "P03": ("Blanc-Misseron", "Corridor minier", "Corridor minier 2008"),
    "P04": ("Cité Soult", "Corridor minier", "Corridor minier 2008"),
    "P05": ("Solitude-Hermitage", "Corridor minier", "Corridor minier 2008"),
    "P06": ("Centre et Château-Mallet", "Beuvrages", "Beuvrages 2006"),
    "P07": ("Fénelon et Ruissard", "Beuvrages", "Beuvrages 2006"),
    "P08": ("Carpeaux", "Anzin", "Anzin 2008"),
    "P09": ("La Briquette", "Marly", "Marly 2009"),
}

COMMUNES_OF: dict[str, tuple[str, ...]] = {
    "P01": ("59112", "59207"), "P02": ("59153",), "P03": ("59160", "59484"), "P04": ("59253",),
    "P05": ("59616",), "P06": ("59079",), "P07": ("59079",), "P08": ("59014",), "P09": ("59383",),
}  # fmt: skip

Row = tuple[str, str, str, shapely.Geometry]

_MINING: dict[str, tuple[float, float, float, float, float]] = {
    "Zone minière de Thiers": (738.9, 34.9, 1.5, 0.75, 60),
    "Zone minière de Fresnes": (740.9, 37.5, 1.25, 0.8, 40),
    "Zone minière de Condé": (743.3, 40.2, 1.5, 0.8, 35),
    "Zone minière de Vieux-Condé": (740.3, 41.4, 1.1, 0.7, 80),
    "Zone minière de Blanc-Misseron": (746.9, 34.3, 1.0, 0.9, 90),
    "Zone minière d'Anzin": (735.9, 30.2, 1.3, 0.7, 30),
    "Zone minière de La Sentinelle": (734.9, 28.6, 0.9, 0.6, 80),
}
_HERITAGE: dict[str, tuple[float, float, float]] = {
    "Château de l'Hermitage": (743.05, 42.6, 500),
    "Fosse du Sarteau": (741.75, 37.0, 500),
    "Château de Bailleul et remparts de Condé": (742.25, 39.1, 500),
    "Centre historique de Valenciennes": (737.4, 28.98, 620),
    "Cité Taffin": (740.3, 40.85, 350),
    "Église de Sebourg": (745.93, 27.5, 500),
}


def build_perimeters(estates: dict[str, Polygon], communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw each perimeter round its estates; one of two estates is closed into one outline."""
    rows = []
    outlines = communes.set_index("id").geometry
    for code, (name, project, convention) in PERIMETERS.items():
        parts = [estates[e.name] for e in facts.ESTATES if e.perimeter == code]
        joined = shapely.union_all(parts)
        # Estates a railway or a street apart are one project: the outline bridges the gap.
        outline = joined.buffer(75, join_style="mitre").buffer(-55, join_style="mitre")
        if outline.geom_type == "MultiPolygon" and code in ("P01", "P03"):
            outline = joined.convex_hull.buffer(15)
        home = shapely.union_all([outlines[c] for c in COMMUNES_OF[code]])
        rows.append((code, name, project, convention, outline.intersection(home)))
    return gpd.GeoDataFrame(
        {
            "id": [r[0] for r in rows],
            "name": [r[1] for r in rows],
            "programme": "PNRU",
            "project": [r[2] for r in rows],
            "convention": [r[3] for r in rows],
            "geometry_quality": "schematic",
        },
        geometry=round_to(np.array([r[4] for r in rows], dtype=object)),
        crs="EPSG:2154",
    )


def mining_zones(rng: np.random.Generator) -> dict[str, Polygon]:
    """The undermined land, as patches."""
    return {
        name: blob(facts.metres((x, y)), rx * 1000, ry * 1000, angle, rng)
        for name, (x, y, rx, ry, angle) in _MINING.items()
    }


def _shafts(
    zones: dict[str, Polygon], sites: gpd.GeoDataFrame, rng: np.random.Generator
) -> list[Row]:
    """Disused shafts: three to a zone, and one beside each of three corridor sites."""
    rows: list[Row] = []
    number = 1
    for zone in zones.values():
        west, south, east, north = zone.bounds
        found = 0
        while found < 3:
            point = Point(round(rng.uniform(west, east)), round(rng.uniform(south, north)))
            if zone.contains(point):
                rows.append(("mining", "veto", f"Puits n° {number}", point.buffer(50, 12)))
                found, number = found + 1, number + 1
    for site in sites[sites["scenario"] == "corridor"].iloc[[4, 7, 10]].itertuples():
        x, y = site.geometry.exterior.coords[0]
        rows.append(("mining", "veto", f"Puits n° {number}", Point(x, y).buffer(50, 12)))
        number += 1
    return rows


def _flood(land: Landscape, rng: np.random.Generator) -> list[Row]:
    """Flood land along the Escaut: a narrow red band and a wider one, uneven."""
    points = np.asarray(land.escaut.segmentize(400).coords)
    red = [Point(p).buffer(rng.uniform(70, 210)) for p in points[::4]]
    blue = [Point(p).buffer(rng.uniform(220, 480)) for p in points[::5]]
    inner = shapely.union_all([land.escaut.buffer(75), *red]).buffer(60).buffer(-60)
    outer = shapely.union_all([land.escaut.buffer(200), *blue]).buffer(150).buffer(-150)
    small = shapely.union_all([line.buffer(45) for line in land.streams.values()])
    outer = shapely.difference(outer, inner)
    return [
        ("flood", level, name, zone.intersection(land.territory).simplify(4))
        for level, name, zone in (
            ("veto", "Escaut, zone rouge", inner),
            ("derogation", "Escaut, zone bleue", outer),
            ("derogation", "Rhonelle, Écaillon et Aunelle", shapely.difference(small, inner)),
        )
    ]


def _quarters(estates: dict[str, Polygon]) -> list[Row]:
    names = ("Fénelon", "Carpeaux", "La Briquette", "Chasse Royale", "Cité Soult",
             "Solitude-Hermitage", "Cité Thiers sud", "Blanc-Misseron sud")  # fmt: skip
    return [("QPV", "derogation", f"QPV {n}", estates[n].buffer(35, join_style="mitre"))
            for n in names]  # fmt: skip


def build_constraints(
    land: Landscape,
    estates: dict[str, Polygon],
    zones: dict[str, Polygon],
    sites: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return every constraint."""
    rows: list[Row] = [("mining", "derogation", n, z.intersection(land.territory))
                       for n, z in zones.items()]  # fmt: skip
    rows += _shafts(zones, sites, rng)
    rows += _flood(land, rng)
    rows += [
        ("heritage", "derogation", name, Point(facts.metres((x, y))).buffer(radius, 24))
        for name, (x, y, radius) in _HERITAGE.items()
    ]
    rows += _quarters(estates)
    rows += [("noise", "information", f"Bruit, {name}",
              line.buffer(110).intersection(land.territory).simplify(3))
             for name, line in land.rails.items()]  # fmt: skip
    rows = [row for row in rows if not row[3].is_empty]
    return gpd.GeoDataFrame(
        {
            "id": [f"Z{i + 1:03d}" for i in range(len(rows))],
            "kind": [r[0] for r in rows],
            "level": [r[1] for r in rows],
            "name": [r[2] for r in rows],
            "source": "synthetic",
            "vintage": "synthetic 2026",
            "geometry_quality": "schematic",
        },
        geometry=round_to(np.array([r[3] for r in rows], dtype=object)),
        crs="EPSG:2154",
    )
