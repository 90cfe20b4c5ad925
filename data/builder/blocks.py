"""Streets by subdivision: land is cut again and again, and each cut is a street."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.ops import polygonize, split

from builder.shapes import oriented_axes, polygons

__all__ = ["Block", "Cut", "Rule", "estate_rows", "faces_of", "subdivide"]


@dataclass(frozen=True)
class Rule:
    """When to stop cutting: area wanted, least depth, how much a cut may bend."""

    style: str
    area: float
    depth: float
    bend: float = 0.05


@dataclass
class Block:
    """A piece of land between streets."""

    shape: Polygon
    style: str
    estate: str = ""


@dataclass
class Cut:
    """A street before it is joined to the others."""

    line: LineString
    kind: str
    name: str = ""


def faces_of(land: shapely.Geometry, roads: list[LineString]) -> list[Polygon]:
    """Split land by the roads that run through it."""
    faces: list[Polygon] = []
    tree = shapely.STRtree(roads)
    for part in polygons(land):
        inside = [roads[i] for i in sorted(tree.query(part, predicate="intersects"))]
        if not inside:
            faces.append(part)
            continue
        lines = shapely.union_all([part.boundary, *inside])
        found = [f for f in polygonize(lines) if part.contains(f.representative_point())]
        faces += sorted(found, key=lambda f: f.bounds)
    return [face for face in faces if face.area > 400]


def _cut_line(face: Polygon, rule: Rule, rng: np.random.Generator) -> LineString:
    along, across, length, width, centre = oriented_axes(face)
    middle = centre + along * length * rng.uniform(-0.10, 0.10)
    tilt = rng.normal(0.0, 0.05)
    direction = across * np.cos(tilt) + along * np.sin(tilt)
    t = np.linspace(-0.75, 0.75, 9)
    bend = rng.normal(0.0, rule.bend) * width * (1 - (t / 0.75) ** 2)
    return LineString(middle + np.outer(t * width, direction) + np.outer(bend, along))


def _split_fairly(
    piece: Polygon, rule: Rule, rng: np.random.Generator
) -> tuple[list[Polygon], LineString | None]:
    """Try a few cuts until two parts are large enough: a bent piece may need another angle."""
    for _ in range(4):
        line = _cut_line(piece, rule, rng)
        parts = [p for p in polygons(split(piece, line)) if p.area > 1.0]
        sizes = sorted(p.area for p in parts)
        if len(parts) >= 2 and sizes[-2] > 0.1 * piece.area:
            return parts, line
    return [], None


def subdivide(
    face: Polygon,
    rule_at: Callable[[float, float], Rule],
    kind: str,
    rng: np.random.Generator,
) -> tuple[list[Block], list[Cut]]:
    """Cut a face into blocks; return the blocks and the cuts."""
    blocks: list[Block] = []
    cuts: list[Cut] = []
    queue = [face]
    while queue:
        piece = queue.pop()
        inner = piece.representative_point()
        rule = rule_at(inner.x, inner.y)
        _, _, length, _width, _ = oriented_axes(piece)
        wanted = rule.area * rng.uniform(0.75, 1.35)
        if piece.area <= wanted or length < rule.depth * 1.9:
            blocks.append(Block(piece, rule.style))
            continue
        parts, line = _split_fairly(piece, rule, rng)
        if line is None:
            blocks.append(Block(piece, rule.style))
            continue
        drawn = line.intersection(piece)
        cuts += [
            Cut(part, kind)
            for part in shapely.get_parts(drawn)
            if isinstance(part, LineString) and part.length > 8
        ]
        queue += sorted(parts, key=lambda p: p.bounds)
    return blocks, cuts


def _rulers(
    offsets: list[float], axis: np.ndarray, normal: np.ndarray, centre: np.ndarray, reach: float
) -> list[LineString]:
    bases = [centre + normal * offset for offset in offsets]
    return [LineString([base - axis * reach, base + axis * reach]) for base in bases]


def estate_rows(
    shape: Polygon, kind: str, name: str, rng: np.random.Generator
) -> tuple[list[Block], list[Cut]]:
    """Lay out a planned estate in regular parallel rows."""
    along, across, length, width, centre = oriented_axes(shape)
    depth, pitch = (58.0, 175.0) if kind == "cite" else (95.0, 150.0)
    rows = max(2, round(width / depth))
    columns = max(2, round(length / pitch))
    inner = [width * (k / rows - 0.5) for k in range(1, rows)]
    cross = [length * (k / columns - 0.5) + rng.uniform(-9, 9) for k in range(1, columns)]
    # The rulers run past the outline, so that every row is cut off cleanly at both ends.
    rulers = _rulers(inner, along, across, centre, length)
    rulers += _rulers(cross, across, along, centre, length)
    net = shapely.union_all([shape.exterior, *rulers])
    pieces = [p for p in polygonize(net) if shape.contains(p.representative_point())]
    blocks = [Block(piece, kind, name) for piece in pieces if piece.area > 300]
    blocks.sort(key=lambda block: block.shape.bounds)
    rows_drawn = [part for ruler in rulers for part in shapely.get_parts(ruler.intersection(shape))]
    cuts = [Cut(p, "residential") for p in rows_drawn if isinstance(p, LineString) and p.length > 8]
    return blocks, cuts
