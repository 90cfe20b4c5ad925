"""River, railways, tram, woods and ponds; the barriers that streets may not cross."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from builder import facts
from builder.shapes import blob, round_to, smooth

__all__ = ["Landscape", "build_landscape", "elevation_at"]


@dataclass
class Landscape:
    """What is under the town."""

    territory: Polygon | MultiPolygon
    escaut: LineString
    rails: dict[str, LineString]
    streams: dict[str, LineString]
    trams: dict[str, LineString]
    woods: dict[str, Polygon]
    ponds: dict[str, Polygon]

    @property
    def barrier_lines(self) -> shapely.Geometry:
        """The river and the railways as lines."""
        return shapely.union_all([self.escaut, *self.rails.values()])

    @property
    def barrier_band(self) -> shapely.Geometry:
        """The land no local street enters: river, railways and ponds with their banks."""
        parts = [self.escaut.buffer(38), *(line.buffer(17) for line in self.rails.values())]
        return shapely.union_all([*parts, *(pond.buffer(15) for pond in self.ponds.values())])

    @property
    def unbuildable(self) -> shapely.Geometry:
        """The land no house stands on."""
        parts = [self.barrier_band, *(wood.buffer(12) for wood in self.woods.values())]
        return shapely.union_all([*parts, *(line.buffer(14) for line in self.streams.values())])

    def backdrop(self) -> gpd.GeoDataFrame:
        """The layer drawn under the maps, clipped a little outside the territory."""
        frame = self.territory.buffer(2500)
        rows: list[tuple[str, str, shapely.Geometry]] = [("water", "L'Escaut", self.escaut)]
        rows += [("water", name, line) for name, line in self.streams.items()]
        rows += [("water", name, pond) for name, pond in self.ponds.items()]
        rows += [("rail", name, line) for name, line in self.rails.items()]
        rows += [("tram", f"Tramway {name}", line) for name, line in self.trams.items()]
        rows += [("green", name, wood) for name, wood in self.woods.items()]
        kept = [(k, n, g.intersection(frame)) for k, n, g in rows if g.intersects(frame)]
        geometry = round_to(np.array([g for _, _, g in kept], dtype=object))
        return gpd.GeoDataFrame(
            {
                "id": [f"BD{index + 1:02d}" for index in range(len(kept))],
                "kind": [k for k, _, _ in kept],
                "name": [n for _, n, _ in kept],
            },
            geometry=geometry,
            crs="EPSG:2154",
        )


def _line(path: facts.Path, step: float = 60.0) -> LineString:
    return shapely.transform(
        smooth([facts.metres(p) for p in path], step), lambda xy: np.round(xy, 1)
    )


def _patches(
    table: dict[str, tuple[float, float, float, float, float]], rng: np.random.Generator
) -> dict[str, Polygon]:
    return {
        name: blob(facts.metres((x, y)), rx * 1000, ry * 1000, angle, rng)
        for name, (x, y, rx, ry, angle) in table.items()
    }


def build_landscape(communes: gpd.GeoDataFrame, rng: np.random.Generator) -> Landscape:
    """Draw the landscape from the hand-written facts."""
    territory = shapely.union_all(communes.geometry.array)
    ponds = _patches(facts.PONDS, rng)
    woods = _patches(facts.WOODS, rng)
    water = shapely.union_all(list(ponds.values()))
    woods = {name: shapely.difference(wood, water.buffer(20)) for name, wood in woods.items()}
    return Landscape(
        territory=territory,
        escaut=_line(facts.ESCAUT),
        rails={name: _line(path, 90.0) for name, path in facts.RAILS.items()},
        streams={name: _line(path, 80.0) for name, path in facts.STREAMS.items()},
        trams={name: _line(path) for name, path in facts.TRAMS.items()},
        woods=woods,
        ponds=ponds,
    )


def _distance(line: shapely.Geometry, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return shapely.distance(shapely.points(x, y), line)


def elevation_at(land: Landscape, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Altitude in metres: a flat northern plain, a plateau rising to the south, three valleys."""
    shape = np.shape(x)
    x, y = np.ravel(x).astype(float), np.ravel(y).astype(float)
    # The plateau rises away from a line running from the south-west to the east of the territory.
    south = (7_030_300 + (x - 738_000) * 0.10 - y) / 10_500
    t = np.clip(south, 0.0, 1.15)
    ground = 17.5 + 84.0 * t**1.15
    river = _distance(land.escaut, x, y)
    ground = 16.0 + (ground - 16.0) * (1.0 - np.exp(-((river / 1500.0) ** 2)))
    for line in land.streams.values():
        near = _distance(line, x, y)
        ground = ground - (ground - 18.0) * 0.42 * np.exp(-((near / 420.0) ** 2))
    roll = np.sin(x / 830.0 + 1.1) * np.cos(y / 940.0) + 0.6 * np.sin((x + 1.7 * y) / 530.0)
    ground = ground + roll * (0.5 + 3.2 * np.clip(t, 0, 1))
    for name, wood in land.woods.items():
        if name.startswith("Terril"):
            inside = shapely.distance(wood.boundary, shapely.points(x, y))
            mask = shapely.intersects_xy(wood, x, y)
            ground = ground + np.where(mask, np.minimum(inside * 0.35, 45.0), 0.0)
    return ground.reshape(shape)
