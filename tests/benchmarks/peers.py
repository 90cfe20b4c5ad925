"""The same questions put to the peers, as their users put them. Judges only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cases
import geopandas as gpd
import numpy as np
import pandas as pd
from measuring import Clock, peak_mb

KNN_LIMIT_M = 5000
SCIPY_BLOCK = 100
Facts = dict[str, Any]


def pandana_counts(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`set` and `aggregate` for every group and limit; building and precomputing apart."""
    table = cases.streets(city, folder)
    network, names = clock.time("build", lambda: _pandana(table))
    clock.time("precompute", lambda: network.precompute(max(cases.LIMITS_M)))
    points = cases.services(table)
    answer = clock.time("counts", lambda: _pandana_counts(network, points), times=times)
    peak = peak_mb()
    kept = f"pandana-exact-{city}"
    if not (folder / f"{kept}.parquet").exists():
        _keep(folder, f"pandana-near-{city}", answer, names)
        exact = cases.services(table, exact=True)
        _keep(folder, kept, _pandana_counts(network, exact), names)
    return {"peak_mb": peak}


def pandana_knn(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`set_pois` and `nearest_pois`, five of each group; first from raw edges on."""
    table = cases.streets(city, folder)
    points = cases.services(table)

    def first() -> Any:
        network, names = _pandana(table)
        return network, names, _pandana_knn(network, points)

    network, names, _ = clock.time("first", first)
    clock.time("knn", lambda: _pandana_knn(network, points), times=times)
    clock.time("precompute", lambda: network.precompute(max(cases.LIMITS_M)))
    parts = zip(clock.spans["first"][0], clock.spans["precompute"][0], strict=True)
    wall, cpu = (sum(both) for both in parts)
    clock.spans["prepared"] = [(wall, cpu)]
    kept = f"pandana-knn-{city}"
    if not (folder / f"{kept}.parquet").exists():
        _keep(folder, kept, _pandana_knn(network, cases.services(table, exact=True)), names)
    return {}


def pandana_pairs(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`nodes_in_range` of 2 000 nodes."""
    table = cases.streets(city, folder)
    network, names = _pandana(table)
    chosen = pd.Index(names).get_indexer(pd.Index(cases.pair_origins(table))).tolist()
    reach = max(cases.LIMITS_M)
    held = clock.time("pairs", lambda: network.nodes_in_range(chosen, reach))
    return {"pairs": len(held), "metres": float(held.iloc[:, -1].sum())}


def scipy_pairs(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`dijkstra(limit=)` of 2 000 nodes, in blocks, and what it reached as a table."""
    from scipy.sparse.csgraph import dijkstra

    table = cases.streets(city, folder)
    held = cases.graph(table)
    # Decimetres: sums of tenths would miss the limit by their last bits.
    matrix = (cases.matrix(held) * 10).rint()
    chosen = pd.Index(held.names).get_indexer(pd.Index(cases.pair_origins(table)))
    reach = max(cases.LIMITS_M)

    def block(some: cases.Ints) -> pd.DataFrame:
        cost = dijkstra(matrix, indices=some, limit=reach * 10)
        row, node = np.nonzero(np.isfinite(cost))
        return pd.DataFrame({"from": some[row], "to": node, "metres": cost[row, node] / 10})

    def work() -> pd.DataFrame:
        blocks = np.array_split(chosen, len(chosen) // SCIPY_BLOCK)
        return pd.concat([block(some) for some in blocks], ignore_index=True)

    answer = clock.time("pairs", work)
    return {"pairs": len(answer), "metres": float(answer["metres"].sum())}


def cityseer_counts(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`compute_accessibilities` of every group and limit; building the network apart."""
    table = cases.streets(city, folder)
    nodes, network = clock.time("build", lambda: _cityseer(table))
    points = cases.services(table)
    answer = clock.time("counts", lambda: _cityseer_counts(nodes, network, points))
    peak = peak_mb()
    columns = [
        f"cc_g{group}_{limit}_nw" for group in range(cases.GROUPS) for limit in cases.LIMITS_M
    ]
    _keep(folder, f"cityseer-near-{city}", answer[columns], answer.index.astype(str))
    return {"peak_mb": peak}


def pyrosm_extract(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`get_network("walking", nodes=True)` and `to_graph`, its default graph (igraph)."""
    from pyrosm import OSM

    def work() -> Any:
        reader = OSM(str(cases.EXTRACT))
        nodes, edges = reader.get_network("walking", nodes=True)
        return reader.to_graph(nodes, edges, network_type="walking")

    graph = clock.time("extract", work, times=times)
    return {"nodes": graph.vcount(), "edges": graph.ecount()}


def osmnx_extract(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """`graph_from_xml` and `simplify_graph` on the whole extract: osmnx does not filter a file."""
    return _osmnx(clock, "extract", folder / "whole.osm")


def osmnx_streets(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """The same, the file holding only the ways that have a tag `highway`."""
    return _osmnx(clock, "streets", folder / "streets.osm")


def osmnx_files(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Write the extract as the XML that osmnx reads, once whole and once with its streets only."""
    import osmium

    path = str(cases.EXTRACT)
    with osmium.SimpleWriter(str(folder / "whole.osm"), overwrite=True) as whole:
        for one in osmium.FileProcessor(path):
            whole.add(one)
    ways = osmium.FileProcessor(path, osmium.osm.WAY)
    streets = ways.with_filter(osmium.filter.KeyFilter("highway"))
    with osmium.BackReferenceWriter(
        str(folder / "streets.osm"), path, overwrite=True, remove_tags=False
    ) as some:
        for way in streets:
            some.add(way)
    return {}


def _osmnx(clock: Clock, name: str, file: Path) -> Facts:
    import osmnx

    def work() -> Any:
        raw = osmnx.graph_from_xml(file, bidirectional=True, simplify=False, retain_all=True)
        return osmnx.simplify_graph(raw)

    graph = clock.time(name, work)
    return {"nodes": len(graph.nodes), "edges": len(graph.edges)}


def _pandana(table: gpd.GeoDataFrame) -> tuple[Any, Any]:
    import pandana

    held = cases.graph(table)
    x, y = (pd.Series(column) for column in held.xy.T)
    lengths = pd.DataFrame({"metres": held.length_m})
    return pandana.Network(x, y, pd.Series(held.u), pd.Series(held.v), lengths), held.names


def _pandana_counts(network: Any, points: gpd.GeoDataFrame) -> pd.DataFrame:
    nodes = network.get_node_ids(points.geometry.x, points.geometry.y)
    columns = {}
    for group in range(cases.GROUPS):
        member = nodes[points["group"] == f"g{group}"]
        network.set(member, variable=pd.Series(1.0, index=member.index), name=f"g{group}")
        for limit in cases.LIMITS_M:
            columns[f"g{group}_{limit}"] = network.aggregate(limit, type="count", name=f"g{group}")
    return pd.DataFrame(columns)


def _pandana_knn(network: Any, points: gpd.GeoDataFrame) -> pd.DataFrame:
    tables = []
    for group in range(cases.GROUPS):
        some = points.geometry[points["group"] == f"g{group}"]
        network.set_pois(f"g{group}", KNN_LIMIT_M, 5, some.x, some.y)
        tables.append(network.nearest_pois(KNN_LIMIT_M, f"g{group}", num_pois=5))
    return pd.concat(tables, axis=1)


def _cityseer(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Any]:
    import networkx as nx
    from cityseer.tools import io

    held = cases.graph(table)
    graph = nx.MultiGraph(crs=table.crs)
    for name, (x, y) in zip(held.names, held.xy, strict=True):
        graph.add_node(name, x=x, y=y)
    ends = zip(held.names[held.u], held.names[held.v], table.geometry, strict=True)
    graph.add_edges_from((u, v, {"geom": line}) for u, v, line in ends)
    nodes, _, network = io.network_structure_from_nx(graph)
    return nodes, network


def _cityseer_counts(
    nodes: gpd.GeoDataFrame, network: Any, points: gpd.GeoDataFrame
) -> pd.DataFrame:
    from cityseer.metrics import layers

    keys = [f"g{group}" for group in range(cases.GROUPS)]
    answer: pd.DataFrame = layers.compute_accessibilities(
        points, "group", keys, nodes.copy(), network, distances=list(cases.LIMITS_M)
    )
    return answer


def _keep(folder: Path, name: str, answer: pd.DataFrame, names: Any) -> None:
    answer = pd.DataFrame(answer.to_numpy(), index=pd.Index(names, name="node"))
    answer.columns = [str(number) for number in range(answer.shape[1])]
    answer.sort_index().to_parquet(folder / f"{name}.parquet")


QUESTIONS: dict[str, Callable[[Clock, str, Path, int], Facts]] = {
    one.__name__: one
    for one in (
        pandana_counts,
        pandana_knn,
        pandana_pairs,
        scipy_pairs,
        cityseer_counts,
        pyrosm_extract,
        osmnx_extract,
        osmnx_streets,
        osmnx_files,
    )
}
