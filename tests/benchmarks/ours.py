"""What is measured of the package, through its public functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cases
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from measuring import Clock, peak_mb

from renewal_gis.access import (
    Joined,
    Network,
    at_nodes,
    join,
    service_counts,
    street_network,
    travel_times,
    walk_minutes,
)
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer

MINUTES = [metres / cases.METRES_PER_MINUTE for metres in cases.LIMITS_M]
GROWTH = (10_000, 30_000, 100_000, 300_000, 1_000_000)
Facts = dict[str, Any]


def compile_all() -> None:
    """Run everything on a street of 100 m, so that compiling is not measured."""
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (100, 0)])], crs=2154)
    network = street_network(street)
    point = gpd.GeoSeries([shapely.Point(30, 4)], crs=2154)
    places, groups = join(point, network), pd.Series(["g0"])
    for origins in (at_nodes(network), places):
        service_counts(origins, places, network, groups=groups, thresholds_min=MINUTES)
        walk_minutes(origins, places, network, groups=groups, k=5)
        travel_times(places, origins, network, limit_min=20)


def prepare(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Write the streets of a city as both sides read them."""
    if city in cases.CRS:
        table = _read(cases.STREETS[city], cases.CRS[city])
    else:
        table = gpd.read_parquet(cases.STREETS[city])
    length = table.geometry.length
    # Whole decimetres, so that all sum the same numbers.
    table["length_m"] = np.maximum(np.rint(length * 10), 1) / 10
    table, turned = cases.oriented(table.loc[length > 0])
    table.to_parquet(folder / f"{city}.parquet")
    network = street_network(table)
    return {"nodes": len(network.node_xy), "edges": len(network.lines), "turned": turned}


def counts(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Count services of 10 groups within three walks of every node."""
    table = cases.streets(city, folder)
    network = clock.time("build", lambda: street_network(table))
    points = cases.services(table)
    answer = clock.time("counts", lambda: _counts(network, points), times=times)
    peak = peak_mb()
    _keep(folder, f"near-{city}", answer)
    exact = cases.services(table, exact=True)
    _keep(folder, f"exact-{city}", _counts(network, exact))
    return {"peak_mb": peak}


def knn(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Find the five nearest services of 10 groups from every node, also from raw edges on."""
    table = cases.streets(city, folder)
    points = cases.services(table)
    network = street_network(table)
    clock.time("knn", lambda: _knn(network, points), times=times)
    clock.time("first", lambda: _knn(street_network(table), points), times=times)
    exact = _knn(network, cases.services(table, exact=True)) * cases.METRES_PER_MINUTE
    _keep(folder, f"knn-{city}", exact)
    return {}


def pairs(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """List every node within 1.6 km of 2 000 nodes."""
    table = cases.streets(city, folder)
    network = street_network(table)
    chosen = cases.pair_origins(table)
    held = clock.time("pairs", lambda: _pairs(network, chosen), times=times)
    metres = held["travel_time_min"].sum() * cases.METRES_PER_MINUTE
    return {"pairs": len(held), "metres": float(metres)}


def buildings(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Count services within four walks of 75 000 buildings, joining both to the streets."""
    table = cases.streets(city, folder)
    points, homes = cases.services(table), cases.around(table, cases.BUILDINGS)
    limits = [5, *MINUTES]

    def work(network: Network) -> pd.DataFrame:
        return _counts(network, points, join(homes, network), limits)

    networks = [street_network(table) for _ in range(times)]
    for network in networks:
        clock.time("new", lambda network=network: work(network))
    clock.time("again", lambda: work(networks[0]), times=times)
    clock.time("joining", lambda: join(homes, networks[0]), times=times)
    return {"joined": float(join(homes, networks[0]).reached.mean())}


def growth(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Count services around 10 000 to 1 000 000 points, joining them."""
    table = cases.streets(city, folder)
    points, homes = cases.services(table), cases.around(table, GROWTH[-1])
    network = street_network(table)
    _counts(network, points, join(homes.iloc[:10], network))
    for size in GROWTH:
        some = homes.iloc[:size]
        clock.time(
            str(size),
            lambda some=some: _counts(network, points, join(some, network)),
            times=times,
        )
    return {}


def extract(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Read an extract into a walking network, in metres."""
    path, crs = cases.EXTRACT, cases.CRS["newport"]
    network = clock.time("extract", lambda: street_network(_read(path, crs)), times=times)
    return {"nodes": len(network.node_xy), "edges": len(network.lines)}


def sides(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Tell on which side of 400 m points stand: ours, exact geometry, and nearest nodes."""
    import exact

    table = cases.streets(city, folder)
    network = street_network(table)
    points, homes = cases.services(table), cases.around(table, 20_000)
    alike = pd.Series("all", index=points.index)
    joined = join(homes, network), join(points, network)
    ours = walk_minutes(*joined, network, groups=alike).iloc[:, 0] * cases.METRES_PER_MINUTE
    return exact.wrong_sides(network, homes, points, ours.to_numpy())


def _counts(
    network: Network,
    points: gpd.GeoDataFrame,
    origins: Joined | None = None,
    limits: list[float] | None = None,
) -> pd.DataFrame:
    return service_counts(
        at_nodes(network) if origins is None else origins,
        join(points, network),
        network,
        groups=points["group"],
        thresholds_min=limits or MINUTES,
    )


def _knn(network: Network, points: gpd.GeoDataFrame) -> pd.DataFrame:
    origins, services = at_nodes(network), join(points, network)
    return walk_minutes(origins, services, network, groups=points["group"], k=5)


def _pairs(network: Network, chosen: list[str]) -> pd.DataFrame:
    nodes = at_nodes(network)
    some = nodes.take(nodes.index.isin(chosen))
    return travel_times(some, nodes, network, limit_min=20)


def _read(path: Path, crs: int) -> gpd.GeoDataFrame:
    spec = LayerSpec(path=path, source="osm", layer="streets")
    streets: gpd.GeoDataFrame = read_layer(
        [spec], table="streets", crs=pyproj.CRS.from_epsg(crs)
    ).table
    return streets


def _keep(folder: Path, name: str, answer: pd.DataFrame) -> None:
    answer.sort_index().to_parquet(folder / f"ours-{name}.parquet")


QUESTIONS: dict[str, Callable[[Clock, str, Path, int], Facts]] = {
    one.__name__: one for one in (prepare, counts, knn, pairs, buildings, growth, extract, sides)
}
