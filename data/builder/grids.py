"""The rasters: elevation, mining hazard, residents."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.features import rasterize
from rasterio.transform import from_origin
from shapely import Polygon

from builder import facts
from builder.landscape import Landscape, elevation_at

__all__ = ["write_grids"]

WEST, NORTH, EAST, SOUTH = 729_600.0, 7_045_600.0, 748_800.0, 7_016_000.0


def _write(
    path: Path, values: np.ndarray, cell: float, nodata: float, tags: dict[str, str]
) -> None:
    predictor = 3 if values.dtype.kind == "f" else 2
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype, crs="EPSG:2154", transform=from_origin(WEST, NORTH, cell, cell),
        nodata=nodata, compress="deflate", zlevel=9, predictor=predictor,
    ) as target:  # fmt: skip
        target.write(values, 1)
        target.update_tags(nature="synthetic", **tags)


def _shape(cell: float) -> tuple[int, int]:
    return int((NORTH - SOUTH) / cell), int((EAST - WEST) / cell)


def _burn(shapes: list[shapely.Geometry], cell: float) -> np.ndarray:
    kept = [(s, 1) for s in shapes if not s.is_empty]
    return rasterize(kept, _shape(cell), transform=from_origin(WEST, NORTH, cell, cell)) > 0


def write_grids(
    folder: Path,
    land: Landscape,
    stock: gpd.GeoDataFrame,
    zones: dict[str, Polygon],
    constraints: gpd.GeoDataFrame,
) -> None:
    """Write the three rasters."""
    cell = 50.0
    rows, columns = _shape(cell)
    x = WEST + (np.arange(columns) + 0.5) * cell
    y = NORTH - (np.arange(rows) + 0.5) * cell
    xx, yy = np.meshgrid(x, y)
    ground = np.round(elevation_at(land, xx, yy) * 2) / 2
    inside = _burn([land.territory.buffer(1200)], cell)
    _write(folder / "elevation.tif", np.where(inside, ground, -9999).astype("float32"), cell,
           -9999, {"unit": "m"})  # fmt: skip

    cell = 100.0
    level = np.zeros(_shape(cell), dtype="uint8")
    patches = list(zones.values())
    level[_burn([z.buffer(450) for z in patches], cell)] = 1
    level[_burn([z.buffer(-60) for z in patches], cell)] = 2
    shafts = constraints[(constraints["kind"] == "mining") & (constraints["level"] == "veto")]
    cores = [z.buffer(-420) for z in patches] + [s.buffer(140) for s in shafts.geometry]
    level[_burn(cores, cell)] = 3
    level[~_burn([land.territory], cell)] = 255
    _write(folder / "hazard.tif", level, cell, 255, {"classes": "0 none, 1 low, 2 medium, 3 high"})

    cell = 200.0
    people = np.zeros(_shape(cell))
    xy = shapely.get_coordinates(shapely.centroid(stock.geometry.array))
    lived = (stock["dwellings"] - stock["vacant"]).to_numpy() * facts.PERSONS_PER_DWELLING
    np.add.at(
        people,
        (((NORTH - xy[:, 1]) // cell).astype(int), ((xy[:, 0] - WEST) // cell).astype(int)),
        lived,
    )
    filled = np.where(people > 0, people, -1).astype("float32")
    _write(folder / "population.tif", filled, cell, -1, {"unit": "residents per cell"})
