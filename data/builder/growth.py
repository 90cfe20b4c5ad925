"""Where each commune is built up: grown from its centre along its roads to the area it needs."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from rasterio.features import rasterize
from rasterio.features import shapes as raster_shapes
from rasterio.transform import from_origin
from scipy.ndimage import distance_transform_edt, gaussian_filter, label
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry import shape

from builder import facts
from builder.landscape import Landscape
from builder.shapes import polygons

__all__ = ["PROFILES", "Profile", "dwellings_of", "grow", "profile_of"]

CELL = 25.0


@dataclass(frozen=True)
class Profile:
    """How a commune is built: share of flats, buildings per hectare, pull of the roads."""

    flats: float
    density: float
    pull: float
    core_m: float


PROFILES: dict[str, Profile] = {
    "59606": Profile(0.52, 17.5, 0.15, 900),
    "59014": Profile(0.36, 17.0, 0.3, 450),
    "59383": Profile(0.30, 15.2, 0.4, 300),
    "59079": Profile(0.29, 15.2, 0.4, 250),
    "59544": Profile(0.24, 13.0, 0.5, 350),
    "59032": Profile(0.30, 13.4, 0.4, 250),
    "59112": Profile(0.20, 15.7, 0.6, 350),
    "59153": Profile(0.24, 14.3, 0.5, 420),
    "59616": Profile(0.18, 14.8, 0.6, 350),
    "59253": Profile(0.18, 14.8, 0.6, 330),
    "59447": Profile(0.14, 13.4, 0.7, 330),
    "59484": Profile(0.13, 14.3, 0.7, 280),
    "59207": Profile(0.10, 13.9, 0.7, 220),
    "59459": Profile(0.10, 13.4, 0.5, 220),
    "59160": Profile(0.08, 12.1, 1.0, 200),
    "59301": Profile(0.07, 10.8, 1.2, 220),
    "59369": Profile(0.06, 10.3, 1.2, 200),
}


def profile_of(code: str, population: int) -> Profile:
    """Return the commune's profile; small ones are street villages."""
    if code in PROFILES:
        return PROFILES[code]
    return Profile(0.04, 9.4, 1.6, 120) if population > 1500 else Profile(0.02, 8.1, 2.2, 90)


def dwellings_of(population: int) -> tuple[int, int]:
    """Return the commune's dwellings and vacant dwellings (the calibration)."""
    occupied = round(population / facts.PERSONS_PER_DWELLING)
    total = round(occupied / (1.0 - facts.VACANCY))
    return total, total - occupied


def centre_of(row: object) -> tuple[float, float]:
    """Return the point a commune is grown from: its town hall, but for the moved one."""
    moved = facts.CENTRES_MOVED.get(row.id)  # type: ignore[attr-defined]
    return facts.metres(moved) if moved else row.town_hall  # type: ignore[attr-defined]


def _wanted_area(code: str, population: int) -> float:
    profile = profile_of(code, population)
    dwellings, _ = dwellings_of(population)
    buildings = dwellings * (1 - profile.flats) + dwellings * profile.flats / 7.0
    return buildings / profile.density * 10_000.0


class _Raster:
    """The working grid over the territory."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        west, south, east, north = bounds
        self.west, self.north = west // 100 * 100 - 200, north // 100 * 100 + 300
        self.width = int((east - self.west + 300) // CELL)
        self.height = int((self.north - south + 300) // CELL)
        self.transform = from_origin(self.west, self.north, CELL, CELL)
        self.x = self.west + (np.arange(self.width) + 0.5) * CELL
        self.y = self.north - (np.arange(self.height) + 0.5) * CELL

    def burn(self, shapes: list[shapely.Geometry], touched: bool = False) -> np.ndarray:
        shape_ = (self.height, self.width)
        kept = [(s, 1) for s in shapes if not s.is_empty]
        if not kept:
            return np.zeros(shape_, dtype=bool)
        burnt = rasterize(kept, shape_, transform=self.transform, all_touched=touched)
        return burnt.astype(bool)

    def trace(self, mask: np.ndarray) -> MultiPolygon | Polygon:
        found = raster_shapes(mask.astype(np.uint8), mask=mask, transform=self.transform)
        return shapely.union_all([shape(outline) for outline, _ in found])


def _cleaned(mask: np.ndarray, least_cells: int) -> np.ndarray:
    groups, count = label(mask)
    sizes = np.bincount(groups.ravel(), minlength=count + 1)
    small = np.flatnonzero(sizes < least_cells)
    return mask & ~np.isin(groups, small)


def _soft(shape_: shapely.Geometry) -> shapely.Geometry:
    """Round the stairs of the raster away."""
    return shape_.buffer(45).buffer(-75).buffer(45).simplify(8)


def grow(
    communes: gpd.GeoDataFrame,
    land: Landscape,
    roads: list[LineString],
    estates: shapely.Geometry,
    rng: np.random.Generator,
) -> dict[str, shapely.Geometry]:
    """Return the built-up land of each commune (estates taken out: they are drawn apart)."""
    raster = _Raster(land.territory.bounds)
    barred = raster.burn([land.unbuildable, estates.buffer(6)], touched=True)
    to_road = distance_transform_edt(~raster.burn(roads, touched=True)) * CELL
    to_estate = distance_transform_edt(~raster.burn([estates], touched=True)) * CELL
    noise = gaussian_filter(rng.normal(size=barred.shape), 9)
    noise = noise / noise.std()
    xx, yy = np.meshgrid(raster.x, raster.y)
    built: dict[str, shapely.Geometry] = {}
    for row in communes.itertuples():
        profile = profile_of(row.id, row.population)
        mask = raster.burn([row.geometry]) & ~barred
        x, y = centre_of(row)
        # An estate is a second centre: the town grows round it too.
        away = np.minimum(np.hypot(xx - x, yy - y), 450 + 1.3 * to_estate)
        score = away + 2.2 * profile.pull * np.minimum(to_road, 900)
        score = score + noise * (90 + 60 * profile.pull)
        held = sum(p.area for p in polygons(estates.intersection(row.geometry)))
        cells = int(max(_wanted_area(row.id, row.population) - held, 60_000) / CELL**2)
        order = np.sort(score[mask])
        limit = order[min(cells, len(order) - 1)]
        grown = _cleaned(mask & (score <= limit), 48)
        outline = _soft(raster.trace(grown)).intersection(row.geometry.buffer(-8))
        built[row.id] = shapely.difference(outline, estates.buffer(1)).difference(
            land.barrier_band.buffer(2)
        )
    return built
