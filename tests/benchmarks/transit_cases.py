"""What transit is measured on: two cities, the demonstration territory, and points with a seed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

import cases
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import rasterio
import shapely
from rasterio.transform import xy as centres
from scipy.spatial import KDTree

from renewal_gis.access import square_grid
from renewal_gis.schema import LayerSpec, Schedule
from renewal_gis.sources import read_layer, read_schedule

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"

PLACES = 1_227  # as many as the hexagons of Porto Alegre on which R5 was measured
BUILDINGS = 75_000
SITES = 30
WINDOW = ("07:00", "09:00")

BLOCK_M = 100.0  # between streets of the generated grid
_SHIFT_M = 25.0  # a crossing may stand so far from its place in the grid
_DROPPED = 0.15  # share of the grid's streets that are left out
_AROUND_M = 900.0  # streets are generated so far around the stops
_SERVED_M = 500.0  # places are drawn so far around the stops
_CUT_M = 300.0  # stops farther from any crossing are not of the town
_NEAR_M = 150.0  # places stand no farther from a crossing
_APART_M = (130.0, 90.0)  # between the stops of a network and those of its copy
_LATER_S = 180  # between the trips of a network and those of its copy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class City:
    """A timetable and streets that are measured on."""

    name: str
    feed: Path
    crs: int
    date: datetime.date
    streets: Path | None  # None where they are generated


CITIES = {
    "montpellier": City(
        name="Montpellier",
        feed=cases.SHARED / "transit" / "montpellier_tam_gtfs_2025-10.zip",
        crs=2154,
        date=datetime.date(2025, 11, 18),
        streets=None,
    ),
    "newport": City(
        name="Newport",
        feed=cases.SHARED / "pair_newport" / "newport-20230613_gtfs.zip",
        crs=27700,
        date=datetime.date(2023, 6, 13),
        streets=cases.EXTRACT,
    ),
    "demo": City(
        name="Demonstration",
        feed=DEMO / "transit-today.zip",
        crs=2154,
        date=datetime.date(2026, 3, 10),
        streets=DEMO / "streets.parquet",
    ),
}


def missing() -> list[str]:
    """Return a sentence for each data file that is not there."""
    paths = [path for city in CITIES.values() for path in (city.feed, city.streets) if path]
    return [
        f"The benchmark needs {path.name}, and it is not under ../shared/data beside the project. "
        "Put the shared data there; nothing was measured."
        for path in paths
        if not path.is_file()
    ]


def schedule(city: str) -> Schedule:
    """Read the timetable of a city, without a cache."""
    held = CITIES[city]
    spec = LayerSpec(path=held.feed)
    return read_schedule([spec], crs=pyproj.CRS.from_epsg(held.crs)).schedule


def street_file(city: str, folder: Path) -> Path:
    """Return the file of streets that all engines read."""
    return CITIES[city].streets or folder / f"{city}.osm.pbf"


def streets(city: str, folder: Path) -> gpd.GeoDataFrame:
    """Read the streets of a city."""
    path = street_file(city, folder)
    extract = path.suffix == ".pbf"
    spec = LayerSpec(path=path, source="osm", layer="streets") if extract else LayerSpec(path=path)
    crs = pyproj.CRS.from_epsg(CITIES[city].crs)
    table: gpd.GeoDataFrame = read_layer([spec], table="streets", crs=crs).table
    return table


def running(held: Schedule, day: datetime.date) -> Ints:
    """Return the positions of the trips that run on a day."""
    runs = held.running(day)[held.trips["service"].to_numpy(dtype=np.int64)]
    return np.flatnonzero(runs)


def thrice(held: Schedule) -> Schedule:
    """Return a timetable three times the size: each stop and trip twice again, farther and later."""
    copies = range(3)
    count, calls = len(held.stops), len(held.stop)
    shifts = [tuple(metres * number for metres in _APART_M) for number in copies]
    stops = [
        held.stops.set_geometry(held.stops.geometry.translate(*shift)).assign(
            station=held.stops["station"] + count * number
        )
        for number, shift in enumerate(shifts)
    ]
    names = [[f"{number}:{name}" for name in held.trips.index] for number in copies]
    whole = pd.concat(stops)
    whole.index = pd.Index([f"{k}:{stop}" for k in copies for stop in held.stops.index])
    later = [np.int32(_LATER_S * number) for number in copies]
    first = [held.first_call[:-1] + calls * number for number in copies]
    return replace(
        held,
        stops=whole,
        trips=pd.concat([held.trips.set_axis(name) for name in names]),
        first_call=np.concatenate([*first, [calls * len(copies)]]).astype(np.int32),
        stop=np.concatenate([held.stop + count * number for number in copies]).astype(np.int32),
        arrival_s=np.concatenate([held.arrival_s + more for more in later]),
        departure_s=np.concatenate([held.departure_s + more for more in later]),
        pickup=np.tile(held.pickup, len(copies)),
        drop_off=np.tile(held.drop_off, len(copies)),
    )


def on_crossings(held: gpd.GeoSeries, nodes: Floats, limit_m: float) -> gpd.GeoSeries:
    """Return points moved to the nearest crossing; those farther from any stay where they are."""
    xy = np.column_stack([held.x, held.y])
    known = np.isfinite(xy).all(axis=1)
    away, nearest = KDTree(nodes).query(np.where(known[:, None], xy, 0.0))
    moved = np.where((known & (away <= limit_m))[:, None], nodes[nearest], xy)
    return gpd.GeoSeries(gpd.points_from_xy(*moved.T), index=held.index, crs=held.crs)


def stops_called(held: Schedule, day: datetime.date) -> Floats:
    """Return the coordinates of the stops that a trip of the day calls at, shape (stops, 2)."""
    trips = running(held, day)
    calls = np.concatenate([np.arange(*held.first_call[trip : trip + 2]) for trip in trips])
    points = held.stops.geometry.iloc[np.unique(held.stop[calls])]
    xy = np.column_stack([points.x, points.y])
    return xy[np.isfinite(xy).all(axis=1)]


def places(stops: Floats, nodes: Floats, crs: int) -> gpd.GeoSeries:
    """Return 1 227 points drawn evenly from the land within 500 m of a stop of the town."""
    near = KDTree(nodes).query(stops)[0] <= _CUT_M
    served = shapely.union_all(shapely.buffer(shapely.points(stops[near]), _SERVED_M))
    rng = np.random.default_rng(20270)
    west, south, east, north = served.bounds
    drawn = rng.uniform((west, south), (east, north), (PLACES * 40, 2))
    points = shapely.points(drawn)
    shapely.prepare(served)
    # A street must be near, or no engine could join the place.
    held = shapely.contains(served, points) & (KDTree(nodes).query(drawn)[0] <= _NEAR_M)
    names = [f"p{number}" for number in range(PLACES)]
    return gpd.GeoSeries(points[held][:PLACES], index=pd.Index(names, name="place"), crs=crs)


def generated_streets(stops: Floats) -> tuple[Floats, Ints]:
    """Return the crossings and streets of an uneven grid of 100 m around stops.

    Returns
    -------
    arrays of shape (crossings, 2) and (streets, 2)
        Coordinates in metres, and the crossings that each street joins.
    """
    rng = np.random.default_rng(20271)
    low = np.floor((stops.min(axis=0) - _AROUND_M) / BLOCK_M).astype(int)
    high = np.ceil((stops.max(axis=0) + _AROUND_M) / BLOCK_M).astype(int)
    wide, tall = high - low + 1
    column, row = (part.ravel() for part in np.meshgrid(np.arange(wide), np.arange(tall)))
    grid = (np.column_stack([column, row]) + low) * BLOCK_M
    near = KDTree(stops).query(grid)[0] <= _AROUND_M
    xy = grid + rng.uniform(-_SHIFT_M, _SHIFT_M, grid.shape)
    place = row * wide + column
    onward = np.column_stack([place, place + 1])[column < wide - 1]
    upward = np.column_stack([place, place + wide])[row < tall - 1]
    ends = np.concatenate([onward, upward])
    ends = ends[near[ends].all(axis=1)]
    ends = ends[rng.random(len(ends)) >= _DROPPED]
    used, numbered = np.unique(ends, return_inverse=True)
    return xy[used], numbered.reshape(-1, 2)


def write_streets(path: Path, xy: Floats, ends: Ints, crs: int) -> None:
    """Write streets as an OpenStreetMap extract; each is a residential way that says it is generated."""
    import osmium
    from osmium.osm.mutable import Node, Way

    turn = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    longitude, latitude = turn.transform(xy[:, 0], xy[:, 1])
    tags = {"highway": "residential", "note": "generated for a benchmark"}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in enumerate(zip(longitude, latitude, strict=True)):
            writer.add_node(Node(id=number + 1, location=place))
        for number, (one, other) in enumerate(ends.tolist()):
            writer.add_way(Way(id=number + 1, nodes=[one + 1, other + 1], tags=tags))


def inhabited_cells() -> gpd.GeoSeries:
    """Return the centres of the demonstration's cells of 200 m where someone lives."""
    with rasterio.open(DEMO / "population.tif") as grid:
        row, column = np.nonzero(grid.read(1, masked=True).filled(0) > 0)
        x, y = centres(grid.transform, row, column)
        return gpd.GeoSeries(gpd.points_from_xy(x, y), crs=grid.crs)


def all_cells() -> gpd.GeoSeries:
    """Return the centres of all cells of 200 m of the demonstration's communes."""
    communes = gpd.read_parquet(DEMO / "communes.parquet")
    return square_grid(communes.to_crs(2154), cell_m=200.0).centroid


def buildings() -> gpd.GeoSeries:
    """Return 75 000 buildings: the demonstration's stock, its first ones again where it is too small."""
    stock = gpd.read_parquet(DEMO / "stock.parquet").geometry.representative_point()
    again = np.arange(BUILDINGS) % len(stock)
    return gpd.GeoSeries(stock.to_numpy()[again], crs=stock.crs)


def sites() -> gpd.GeoSeries:
    """Return the first 30 sites of the demonstration."""
    return gpd.read_parquet(DEMO / "sites.parquet").geometry.iloc[:SITES]
