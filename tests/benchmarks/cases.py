"""What is measured on: two cities, their streets as a table, and points with a seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
STREETS = {
    "liege": SHARED / "network" / "liege_osm_streets.parquet",
    "newport": SHARED / "pair_newport" / "newport-2023-06-13.osm.pbf",
}
NAMES = {"liege": "Liège", "newport": "Newport"}
EXTRACT = STREETS["newport"]
CRS = {"newport": 27700}

SERVICES = 2000
GROUPS = 10
BUILDINGS = 75_000
PAIR_ORIGINS = 2000
LIMITS_M = (800, 1200, 1600)
METRES_PER_MINUTE = 80.0  # 4.8 km/h, the package's default

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def missing() -> list[str]:
    """Return a sentence for each data file that is not there."""
    return [
        f"The benchmark needs {path.name}, and it is not at ../{path.relative_to(SHARED.parents[1])} "
        "beside the project. Put the shared data there; nothing was measured."
        for path in STREETS.values()
        if not path.is_file()
    ]


def streets(city: str, folder: Path) -> gpd.GeoDataFrame:
    """Return the table of streets of a city: u, v, length_m and lines, in metres."""
    kept = folder / f"{city}.parquet"
    return gpd.read_parquet(kept)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The same graph for every peer: node names, ends as positions, whole decimetres as metres."""

    names: npt.NDArray[np.object_]
    xy: Floats
    u: Ints
    v: Ints
    length_m: Floats


def graph(table: gpd.GeoDataFrame) -> Graph:
    """Lay out a table of streets as peers want it: one row an edge, nodes numbered."""
    code, names = pd.factorize(np.concatenate([table["u"], table["v"]]))
    u, v = code.reshape(2, -1)
    lines = table.geometry.to_numpy()
    ends = (shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    xy = np.empty((len(names), 2))
    for nodes, points in zip((u, v), ends, strict=True):
        xy[nodes] = shapely.get_coordinates(points)
    return Graph(names=names.astype(str), xy=xy, u=u, v=v, length_m=table["length_m"].to_numpy())


def matrix(held: Graph) -> csr_array:
    """Return the graph as scipy takes it: both ways, the shortest of parallel edges."""
    loops = held.u == held.v
    ends = np.column_stack([held.u, held.v])[~loops]
    edges = pd.DataFrame({"u": ends.min(axis=1), "v": ends.max(axis=1)})
    shortest = edges.assign(m=held.length_m[~loops]).groupby(["u", "v"])["m"].min().reset_index()
    u, v, metres = (shortest[name].to_numpy() for name in ("u", "v", "m"))
    row, column = np.concatenate([u, v]), np.concatenate([v, u])
    shape = (len(held.names), len(held.names))
    return csr_array((np.concatenate([metres, metres]), (row, column)), shape)


def oriented(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Exchange u and v where the line runs from v to u; return how many times that was.

    An end of a line is a node's place in so far as the lines of the node's other edges touch it too.
    """
    u, v = pd.factorize(np.concatenate([table["u"], table["v"]]))[0].reshape(2, -1)
    lines = table.geometry.to_numpy()
    points = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    places = np.rint(np.concatenate([shapely.get_coordinates(one) for one in points]) * 10)
    start, end = pd.factorize(pd.MultiIndex.from_arrays(places.T))[0].reshape(2, -1)
    # How many edges of each node touch each place.
    held = pd.Series(1, index=pd.MultiIndex.from_arrays([[*u, *u, *v, *v], [*start, *end] * 2]))
    votes = held.groupby(level=[0, 1]).size()

    def vote(nodes: Ints, ends: Ints) -> Ints:
        counted: Ints = votes.loc[list(zip(nodes, ends, strict=True))].to_numpy()
        return counted

    turned = vote(u, end) + vote(v, start) > vote(u, start) + vote(v, end)
    result = table.copy()
    result["u"] = table["u"].where(~turned, table["v"])
    result["v"] = table["v"].where(~turned, table["u"])
    return result, int(turned.sum())


def services(table: gpd.GeoDataFrame, *, exact: bool = False) -> gpd.GeoDataFrame:
    """Return 2 000 services in 10 groups within some 30 m of nodes, or (`exact`) on the nodes.

    The nodes are of the longest connected part (peers also join to islands, the package does not), and
    none stands where another does, as the two at a closed gate do: either could be meant.
    """
    rng = np.random.default_rng(20260)
    places = _places(graph(table))
    near = places[rng.integers(0, len(places), SERVICES)]
    if not exact:
        near = near + rng.normal(0, 30, (SERVICES, 2))
    groups = [f"g{number}" for number in np.arange(SERVICES) % GROUPS]
    names = pd.Index([f"s{number}" for number in range(SERVICES)], name="service")
    return gpd.GeoDataFrame(
        {"group": groups}, geometry=gpd.points_from_xy(*near.T), index=names, crs=table.crs
    )


def _places(held: Graph) -> Floats:
    number, part = connected_components(matrix(held), directed=False)
    length = np.bincount(part[held.u], weights=held.length_m, minlength=number)
    pairs = KDTree(held.xy).query_pairs(0.1, output_type="ndarray")
    alone = ~np.isin(np.arange(len(held.xy)), pairs)
    return held.xy[alone & (part == length.argmax())]


def around(table: gpd.GeoDataFrame, number: int, *, seed: int = 20261) -> gpd.GeoSeries:
    """Return points like buildings: on either side of the streets, more where streets are longer."""
    rng = np.random.default_rng(seed)
    lines = table.geometry.to_numpy()
    length = shapely.length(lines)
    chosen = rng.choice(len(lines), number, p=length / length.sum())
    on = shapely.line_interpolate_point(lines[chosen], rng.random(number), normalized=True)
    xy = shapely.get_coordinates(on) + rng.normal(0, 15, (number, 2))
    return gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=table.crs)


def pair_origins(table: gpd.GeoDataFrame) -> list[str]:
    """Return the names of the 2 000 nodes from which pairs are listed."""
    names = np.unique(np.concatenate([table["u"], table["v"]]).astype(str))
    rng = np.random.default_rng(20262)
    chosen: list[str] = rng.choice(names, PAIR_ORIGINS, replace=False).tolist()
    return chosen
