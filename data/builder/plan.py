"""The street plan of the whole territory: towns, estates, villages and field tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Polygon

from builder import facts
from builder.blocks import Block, Cut, Rule, estate_rows, faces_of, subdivide
from builder.growth import centre_of, grow, profile_of
from builder.landscape import Landscape
from builder.network import Edges, join
from builder.roads import main_roads
from builder.shapes import oriented, polygons

__all__ = ["Plan", "draw_plan"]


@dataclass
class Plan:
    """Everything the buildings, services and lines are laid on."""

    blocks: list[Block]
    edges: Edges
    built: dict[str, shapely.Geometry]
    estates: dict[str, Polygon]


def _estate_shapes(land: Landscape) -> dict[str, Polygon]:
    band = land.barrier_band.buffer(4)
    inside = land.territory.buffer(-15)
    shapes = {}
    for estate in facts.ESTATES:
        box = oriented(
            facts.metres((estate.x, estate.y)), estate.angle, estate.length, estate.width
        )
        left = shapely.difference(box.intersection(inside), band)
        shapes[estate.name] = max(polygons(left), key=lambda p: p.area)
    return shapes


def _rule_maker(communes: gpd.GeoDataFrame, code: str) -> Callable[[float, float], Rule]:
    row = next(r for r in communes.itertuples() if r.id == code)
    profile = profile_of(code, row.population)
    cx, cy = centre_of(row)
    town = row.population > 4000

    def rule(x: float, y: float) -> Rule:
        far = float(np.hypot(x - cx, y - cy)) / profile.core_m
        if far < 1.0:
            return Rule("core" if town else "town", 5200 if town else 9000, 52, 0.07)
        if town and far < 1.8:
            return Rule("town", 8800, 64, 0.05)
        if town:
            return Rule("suburb" if profile.density < 16.5 else "town", 12000, 74, 0.07)
        return Rule("village", 17000, 92, 0.08)

    return rule


def _field_rule(_x: float, _y: float) -> Rule:
    return Rule("field", 150_000, 210, 0.06)


def draw_plan(communes: gpd.GeoDataFrame, land: Landscape, rng: np.random.Generator) -> Plan:
    """Draw main roads, grow the built-up land, cut it into blocks and join the streets."""
    roads = main_roads(communes, land.barrier_lines, rng)
    lines: list[LineString] = [cut.line for cut in roads]
    estates = _estate_shapes(land)
    estate_land = shapely.union_all(list(estates.values()))
    built = grow(communes, land, lines, estate_land, rng)
    blocks: list[Block] = []
    cuts: list[Cut] = []
    kinds = {estate.name: estate.kind for estate in facts.ESTATES}
    for name, shape in estates.items():
        cuts.append(Cut(LineString(shape.exterior.coords), "residential"))
        for part in faces_of(shape, lines):
            more, drawn = estate_rows(part, kinds[name], name, rng)
            blocks += more
            cuts += drawn
    for code, shape in built.items():
        rule = _rule_maker(communes, code)
        for face in faces_of(shape, lines):
            more, drawn = subdivide(face, rule, "residential", rng)
            blocks += more
            cuts += drawn
    towns = shapely.union_all([estate_land, *built.values()])
    open_land = shapely.difference(land.territory.buffer(-40), towns).difference(land.barrier_band)
    open_land = open_land.buffer(-12).buffer(12)
    for face in faces_of(open_land, lines):
        if face.area > 20_000:
            cuts += subdivide(face, _field_rule, "track", rng)[1]
    edges = join(roads, cuts, land.barrier_lines, rng)
    return Plan(blocks=blocks, edges=edges, built=built, estates=estates)
