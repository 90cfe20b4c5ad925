"""Who stands within 400 m of a service: by exact geometry, and by nearest nodes."""

from __future__ import annotations

from typing import Any

import cases
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from renewal_gis.access import Network
from renewal_gis.assumptions import assumption

LIMIT_M = 400.0
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def wrong_sides(
    network: Network, homes: gpd.GeoSeries, points: gpd.GeoDataFrame, ours: Floats
) -> dict[str, Any]:
    """Return the shares of homes on the wrong side of 400 m, and how far the answers are off."""
    exact = _exact(network, homes, points)
    nodes = _by_nodes(network, homes, points)
    known = np.isfinite(exact) & np.isfinite(ours)
    within = exact[known] <= LIMIT_M
    facts: dict[str, Any] = {
        "homes": int(known.sum()),
        "within": float(within.mean()),
        "one_only": int((np.isfinite(exact) != np.isfinite(ours)).sum()),
    }
    for name, metres in (("ours", ours), ("nodes", nodes)):
        facts[f"{name}_wrong"] = float(((metres[known] <= LIMIT_M) != within).mean())
        off = np.abs(metres[known] - exact[known])
        facts[f"{name}_mean_m"] = float(off[np.isfinite(off)].mean())
        facts[f"{name}_max_m"] = float(off[np.isfinite(off)].max())
    return facts


def _exact(network: Network, homes: gpd.GeoSeries, points: gpd.GeoDataFrame) -> Floats:
    """Walk from the nearest point of the nearest edge, lengths and stubs unrounded."""
    large = network.component_share[network.component] >= assumption("island_share").value
    use = np.flatnonzero(large | (network.component == 0))
    tree = shapely.STRtree(network.lines[use])
    length = shapely.length(network.lines)
    h_edge, h_along, h_stub = _nearest(tree, network, use, homes)
    s_edge, s_along, s_stub = _nearest(tree, network, use, points.geometry)
    cost = _from_services(network, length, s_edge, s_along, s_stub)
    ends = network.ends[h_edge]
    best = h_stub + np.minimum(
        cost[ends[:, 0]] + h_along, cost[ends[:, 1]] + length[h_edge] - h_along
    )
    # Along the shared edge itself.
    order = np.argsort(s_edge, kind="stable")
    first = np.searchsorted(s_edge[order], h_edge, side="left")
    last = np.searchsorted(s_edge[order], h_edge, side="right")
    for home in np.flatnonzero(last > first):
        same = order[first[home] : last[home]]
        straight = np.abs(s_along[same] - h_along[home]) + s_stub[same] + h_stub[home]
        best[home] = min(best[home], straight.min())
    best[h_stub > assumption("join_limit").value] = np.nan
    return best


def _nearest(
    tree: shapely.STRtree, network: Network, use: Ints, places: gpd.GeoSeries
) -> tuple[Ints, Floats, Floats]:
    shapes = places.to_numpy()
    edge = use[tree.nearest(shapes)]
    lines = network.lines[edge]
    return edge, shapely.line_locate_point(lines, shapes), shapely.distance(lines, shapes)


def _from_services(
    network: Network, length: Floats, edge: Ints, along: Floats, stub: Floats
) -> Floats:
    """Return the metres from every node to the nearest service: a place more leads to them all."""
    near = stub <= assumption("join_limit").value
    edge, along, stub = edge[near], along[near], stub[near]
    nodes = len(network.node_xy)
    held = np.full(nodes, np.inf)
    np.minimum.at(held, network.ends[edge, 0], along + stub)
    np.minimum.at(held, network.ends[edge, 1], length[edge] - along + stub)
    starts = np.flatnonzero(np.isfinite(held))
    u, v = network.ends.T
    graph = cases.Graph(names=np.arange(nodes), xy=network.node_xy, u=u, v=v, length_m=length)
    inner = cases.matrix(graph).tocoo()
    # A cost of nothing would be no edge.
    row = np.concatenate([inner.row, np.full(len(starts), nodes)])
    column = np.concatenate([inner.col, starts])
    cost = np.concatenate([inner.data, np.maximum(held[starts], 1e-9)])
    whole = csr_array((cost, (row, column)), (nodes + 1, nodes + 1))
    found: Floats = dijkstra(whole, indices=nodes)
    return found[:nodes]


def _by_nodes(network: Network, homes: gpd.GeoSeries, points: gpd.GeoDataFrame) -> Floats:
    """Walk from the nearest node to the nearest node, the way to them left out."""
    tree = KDTree(network.node_xy)
    _, start = tree.query(shapely.get_coordinates(points.geometry.to_numpy()))
    _, at = tree.query(shapely.get_coordinates(homes.to_numpy()))
    nodes = len(network.node_xy)
    u, v = network.ends.T
    metres = network.length_dm / 10
    graph = cases.Graph(names=np.arange(nodes), xy=network.node_xy, u=u, v=v, length_m=metres)
    cost = dijkstra(cases.matrix(graph), indices=np.unique(start), min_only=True)
    found: Floats = cost[at]
    return found
