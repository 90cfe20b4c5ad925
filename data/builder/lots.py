"""Where buildings can stand: lots along the streets of each block, one footprint per lot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from builder.blocks import Block
from builder.shapes import round_to

__all__ = ["Lots", "lay_lots"]


@dataclass(frozen=True)
class Style:
    """How buildings line a street: frontage, depth, set-back, terraces and wings."""

    width: tuple[float, float]
    depth: tuple[float, float]
    setback: tuple[float, float]
    terrace: tuple[int, int]
    gap: tuple[float, float]
    wing: float = 0.0


STYLES: dict[str, Style] = {
    "core": Style((6.5, 10.5), (9.5, 13.0), (5.6, 6.0), (5, 14), (3.0, 9.0), 0.10),
    "town": Style((6.2, 8.8), (8.5, 11.0), (6.6, 8.6), (2, 7), (5.0, 14.0), 0.10),
    "suburb": Style((9.5, 14.0), (8.5, 11.0), (9.5, 13.5), (1, 2), (8.0, 19.0), 0.22),
    "village": Style((8.5, 16.0), (7.0, 9.5), (6.5, 11.5), (1, 2), (7.0, 30.0), 0.30),
    "cite": Style((6.4, 7.4), (8.0, 9.2), (9.0, 10.2), (2, 4), (5.0, 6.5)),
    "estate": Style((28.0, 50.0), (11.5, 13.0), (11.0, 14.0), (1, 1), (14.0, 22.0)),
}


@dataclass
class Lots:
    """Candidate buildings."""

    shapes: np.ndarray
    style: np.ndarray
    block: np.ndarray
    width: np.ndarray


def _chains(ring: np.ndarray, on_street: np.ndarray) -> list[np.ndarray]:
    """Group the sides of a block that follow one street without a corner."""
    count = len(ring) - 1
    heading = np.arctan2(*np.diff(ring, axis=0).T[::-1])
    chains: list[list[int]] = []
    for index in range(count):
        if not on_street[index]:
            continue
        previous = chains[-1] if chains else None
        if previous and previous[-1] == index - 1:
            turn = abs((heading[index] - heading[index - 1] + np.pi) % (2 * np.pi) - np.pi)
            if turn < 0.4:
                previous.append(index)
                continue
        chains.append([index])
    return [ring[chain[0] : chain[-1] + 2] for chain in chains]


def _positions(
    length: float, style: Style, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle and the width of each frontage along a street side."""
    middles: list[float] = []
    widths: list[float] = []
    at = rng.uniform(3.0, 8.0)
    left = int(rng.integers(style.terrace[0], style.terrace[1] + 1))
    width = rng.uniform(*style.width)
    while at + width < length - 3.0:
        middles.append(at + width / 2)
        widths.append(width)
        at += width
        left -= 1
        if left == 0:
            at += rng.uniform(*style.gap)
            left = int(rng.integers(style.terrace[0], style.terrace[1] + 1))
            width = rng.uniform(*style.width)
    return np.array(middles), np.array(widths)


def _footprints(
    chain: np.ndarray,
    middles: np.ndarray,
    widths: np.ndarray,
    style: Style,
    rng: np.random.Generator,
) -> list[Polygon]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(chain, axis=0).T))])
    ends = []
    for sign in (-0.5, 0.5):
        s = middles + sign * (widths - 0.1)
        ends.append(np.column_stack([np.interp(s, along, chain[:, k]) for k in (0, 1)]))
    left, right = ends
    axis = right - left
    axis = axis / np.hypot(*axis.T)[:, None]
    inward = np.column_stack([-axis[:, 1], axis[:, 0]])
    setback = rng.uniform(*style.setback)
    depth = rng.uniform(*style.depth) + rng.uniform(-0.4, 0.4, len(middles))
    shapes = []
    winged = rng.random(len(middles)) < style.wing
    for i in range(len(middles)):
        a, b = left[i] + inward[i] * setback, right[i] + inward[i] * setback
        back = inward[i] * depth[i]
        if winged[i]:
            part = axis[i] * (widths[i] * 0.45)
            far = inward[i] * (depth[i] + 4.5)
            shapes.append(Polygon([a, b, b + back, a + part + back, a + part + far, a + far]))
        else:
            shapes.append(Polygon([a, b, b + back, a + back]))
    return shapes


def _rings(blocks: list[Block]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    rings = []
    for block in blocks:
        ring = np.asarray(shapely.orient_polygons(block.shape).exterior.coords)
        rings.append(ring)
    middles = np.vstack([(r[1:] + r[:-1]) / 2 for r in rings])
    first = np.concatenate([[0], np.cumsum([len(r) - 1 for r in rings])])
    return rings, middles, first


def _mixed(block: Block, rng: np.random.Generator) -> str:
    """A post-war estate is not only slabs: some of its blocks hold terraces."""
    return "town" if block.style == "estate" and rng.random() < 0.3 else block.style


def _clear(shapes: np.ndarray, streets: np.ndarray, barred: shapely.Geometry) -> np.ndarray:
    """Tell which footprints stand off every street and off barred land."""
    free = np.ones(len(shapes), dtype=bool)
    tree = shapely.STRtree(shapes)
    free[tree.query(streets, predicate="dwithin", distance=3.4)[1]] = False
    shapely.prepare(barred)
    free &= ~shapely.intersects(shapes, barred)
    return free


def _drop_overlaps(shapes: np.ndarray) -> np.ndarray:
    """Keep the first of any footprints that overlap."""
    slim = shapely.buffer(shapes, -0.06, join_style="mitre")
    tree = shapely.STRtree(slim)
    first, second = tree.query(slim, predicate="intersects")
    later = first < second
    keep = np.ones(len(shapes), dtype=bool)
    order = np.lexsort((second[later], first[later]))
    for a, b in zip(first[later][order], second[later][order], strict=True):
        if keep[a] and keep[b]:
            keep[b] = False
    return keep


def lay_lots(
    blocks: list[Block],
    taken: set[int],
    streets: np.ndarray,
    barred: shapely.Geometry,
    rng: np.random.Generator,
) -> Lots:
    """Lay buildings along every street side of every free block."""
    rings, middles, first = _rings(blocks)
    on_street = np.zeros(len(middles), dtype=bool)
    near = shapely.STRtree(streets).query(
        shapely.points(middles), predicate="dwithin", distance=0.7
    )
    on_street[near[0]] = True
    shapes: list[Polygon] = []
    styles: list[str] = []
    owners: list[int] = []
    widths_all: list[float] = []
    for index, (block, ring) in enumerate(zip(blocks, rings, strict=True)):
        # One block in sixteen holds something else: a school, a workshop, a square.
        if index in taken or (not block.estate and rng.random() < 0.06):
            continue
        name = _mixed(block, rng)
        style = STYLES[name]
        for chain in _chains(ring, on_street[first[index] : first[index + 1]]):
            length = float(np.hypot(*np.diff(chain, axis=0).T).sum())
            at, widths = _positions(length, style, rng)
            if len(at):
                shapes += _footprints(chain, at, widths, style, rng)
                styles += [name] * len(at)
                owners += [index] * len(at)
                widths_all += list(widths)
    # Rounded before anything is measured on them: what is checked is what is written.
    array = round_to(np.array(shapes, dtype=object))
    owner = np.array(owners)
    land = np.array([block.shape for block in blocks], dtype=object)
    keep = shapely.within(array, land[owner]) & _clear(array, streets, barred)
    array, owner = array[keep], owner[keep]
    style_array, width = np.array(styles)[keep], np.array(widths_all)[keep]
    keep = _drop_overlaps(array)
    return Lots(array[keep], style_array[keep], owner[keep], width[keep])
