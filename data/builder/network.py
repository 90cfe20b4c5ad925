"""From drawn lines to one connected street network whose edges meet only at shared nodes."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import LineString

from builder.blocks import Cut

__all__ = ["Edges", "join"]

GRID = 0.1
Key = tuple[int, int]


@dataclass
class Edges:
    """Noded edges: the line of each, the cut it comes from, its end nodes."""

    lines: np.ndarray
    kind: np.ndarray
    name: np.ndarray
    origin: np.ndarray
    u: list[Key]
    v: list[Key]
    bridge: np.ndarray


def _key(xy: tuple[float, ...]) -> Key:
    return round(xy[0] / GRID), round(xy[1] / GRID)


def _node(lines: list[LineString]) -> np.ndarray:
    merged = shapely.union_all(np.array(lines, dtype=object), grid_size=GRID)
    parts = shapely.get_parts(merged)
    parts = shapely.transform(parts, lambda xy: np.round(xy, 1))
    return parts[shapely.length(parts) > 0.05]


def _merge_chains(parts: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Join the pieces of one street that meet at a node of degree two."""
    ends = [(_key(c[0]), _key(c[-1])) for c in (np.asarray(p.coords) for p in parts)]
    degree: dict[Key, list[int]] = {}
    for index, (a, b) in enumerate(ends):
        degree.setdefault(a, []).append(index)
        degree.setdefault(b, []).append(index)
    chains = nx.Graph()
    chains.add_nodes_from(range(len(parts)))
    pairs = [owners for owners in degree.values() if len(owners) == 2 and owners[0] != owners[1]]
    chains.add_edges_from((a, b) for a, b in pairs if origin[a] == origin[b])
    members = {min(part): sorted(part) for part in nx.connected_components(chains)}
    lines, kept = [], []
    for first, indices in sorted(members.items()):
        if len(indices) == 1:
            merged = parts[first]
        else:
            merged = shapely.line_merge(shapely.multilinestrings([parts[i] for i in indices]))
        for piece in shapely.get_parts(merged):
            lines.append(piece)
            kept.append(origin[first])
    return np.array(lines, dtype=object), np.array(kept)


def _noded(cuts: list[Cut]) -> tuple[np.ndarray, np.ndarray]:
    parts = _node([cut.line for cut in cuts])
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    origin = shapely.STRtree([cut.line for cut in cuts]).nearest(middles)
    return _merge_chains(parts, origin)


def _ends(lines: np.ndarray) -> tuple[list[Key], list[Key]]:
    u = [_key(xy) for xy in shapely.get_coordinates(shapely.get_point(lines, 0))]
    v = [_key(xy) for xy in shapely.get_coordinates(shapely.get_point(lines, -1))]
    return u, v


def _connectors(lines: np.ndarray, barrier: shapely.Geometry, reach: float) -> list[Cut]:
    """Lines that tie each loose component to the largest one without crossing a barrier."""
    u, v = _ends(lines)
    graph = nx.Graph()
    graph.add_edges_from(zip(u, v, strict=True))
    parts = sorted(nx.connected_components(graph), key=lambda c: (-len(c), min(c)))
    where = {node: index for index, part in enumerate(parts) for node in part}
    nodes = sorted(where)
    xy = np.array(nodes) * GRID
    part_of = np.array([where[node] for node in nodes])
    tree = cKDTree(xy[part_of == 0])
    main = xy[part_of == 0]
    cuts = []
    for index in range(1, len(parts)):
        mine = xy[part_of == index]
        distance, nearest = tree.query(mine)
        for i in np.argsort(distance, kind="stable")[:6]:
            if distance[i] > reach:
                break
            line = LineString([mine[i], main[nearest[i]]])
            if not shapely.intersects(line, barrier):
                cuts.append(Cut(line, "residential", "link"))
                break
    return cuts


def _extensions(
    lines: np.ndarray,
    kinds: np.ndarray,
    barrier: shapely.Geometry,
    reach: float,
    rng: np.random.Generator,
) -> list[Cut]:
    """Carry most dead ends on to the next street, when it is near and nothing bars the way."""
    u, v = _ends(lines)
    degree: dict[Key, int] = {}
    for node in [*u, *v]:
        degree[node] = degree.get(node, 0) + 1
    tree = shapely.STRtree(lines)
    cuts = []
    for index in range(len(lines)):
        for node, other in ((u[index], v[index]), (v[index], u[index])):
            if degree[node] != 1 or rng.random() > 0.72:
                continue
            start = np.array(node) * GRID
            back = start - np.array(other) * GRID
            best: LineString | None = None
            point = shapely.Point(start)
            for j in sorted(tree.query(point.buffer(reach))):
                if j == index:
                    continue
                near = shapely.shortest_line(point, lines[j])
                forward = np.diff(np.asarray(near.coords), axis=0)[0] @ back
                if forward > 0 and 3 < near.length < reach:
                    best = near if best is None or near.length < best.length else best
            if best is not None and not shapely.intersects(best, barrier):
                cuts.append(Cut(best, "path" if kinds[index] == "track" else kinds[index], "link"))
    return cuts


def _largest(lines: np.ndarray) -> np.ndarray:
    u, v = _ends(lines)
    graph = nx.Graph()
    graph.add_edges_from(zip(u, v, strict=True))
    biggest = max(nx.connected_components(graph), key=lambda c: (len(c), min(c)))
    return np.array([node in biggest for node in u])


def _pulled(lines: np.ndarray, target: dict[Key, Key]) -> tuple[np.ndarray, np.ndarray]:
    """Move end nodes to their targets; drop loops and double edges (the longer one)."""
    u, v = _ends(lines)
    seen: set[tuple[Key, Key]] = set()
    kept: list[int] = []
    moved = []
    for i in np.argsort(shapely.length(lines), kind="stable"):
        a, b = target.get(u[i], u[i]), target.get(v[i], v[i])
        if a == b or (min(a, b), max(a, b)) in seen:
            continue
        seen.add((min(a, b), max(a, b)))
        xy = shapely.get_coordinates(lines[i])
        xy[0], xy[-1] = np.round(np.array(a) * GRID, 1), np.round(np.array(b) * GRID, 1)
        moved.append(LineString(xy))
        kept.append(int(i))
    return np.array(moved, dtype=object), np.array(kept)


def _without_crumbs(lines: np.ndarray, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pull together the ends of edges shorter than three metres, where no crossing follows."""
    u, v = _ends(lines)
    graph = nx.Graph()
    graph.add_edges_from((u[i], v[i]) for i in np.flatnonzero(shapely.length(lines) < 3.0))
    target = {n: min(part) for part in nx.connected_components(graph) for n in part}
    while True:
        moved, kept = _pulled(lines, target)
        tree = shapely.STRtree(moved)
        bad = np.unique(tree.query(moved, predicate="crosses"))
        ends = {node for i in kept[bad] for node in (u[i], v[i])} & set(target)
        if not ends:
            return moved, origin[kept]
        undone = {target[node] for node in ends}
        target = {node: to for node, to in target.items() if to not in undone}


def join(
    roads: list[Cut], streets: list[Cut], barrier: shapely.Geometry, rng: np.random.Generator
) -> Edges:
    """Node everything together, tie loose ends, keep one component.

    `roads` may cross the barrier (their crossings are the bridges and level crossings); `streets`
    may not.
    """
    cuts = [*roads, *streets]
    lines, origin = _noded(cuts)
    kinds = np.array([cuts[i].kind for i in origin])
    cuts = [*cuts, *_extensions(lines, kinds, barrier, 95.0, rng)]
    for reach in (120.0, 260.0, 500.0):
        lines, _ = _noded(cuts)
        cuts = [*cuts, *_connectors(lines, barrier, reach)]
    lines, origin = _noded(cuts)
    crosses = shapely.intersects(lines, barrier)
    is_road = origin < len(roads)
    keep = ~crosses | is_road
    lines, origin = lines[keep], origin[keep]
    keep = _largest(lines)
    lines, origin = lines[keep], origin[keep]
    lines, origin = _without_crumbs(lines, origin)
    order = np.lexsort(shapely.bounds(lines).T[::-1])
    lines, origin = lines[order], origin[order]
    u, v = _ends(lines)
    return Edges(
        lines=lines,
        kind=np.array([cuts[i].kind for i in origin], dtype=object),
        name=np.array([cuts[i].name for i in origin], dtype=object),
        origin=origin,
        u=u,
        v=v,
        bridge=shapely.intersects(lines, barrier),
    )
