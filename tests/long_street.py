"""A study on one long street: waits, rides and walks are worked out by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
from shapely import LineString, Point, box
from small_study import FEED, write_small_study

X0, Y0 = 735_000, 7_030_000
AWAY = {"n": 0, "s": 1000}


def write_long_street(
    folder: Path, *, stops: dict[str, int] = AWAY, feeds: dict[str, str] | None = None
) -> Path:
    """Write a street of 6 km: the station and the corridor at one end, a site 5 km away.

    Parameters
    ----------
    stops
        Metres from the station of each stop.
    feeds
        File of each timetable → its stop_times.txt; that of the small study by default.
    """
    path = write_small_study(folder)
    ways = [LineString([_at(x), _at(x + 100)]) for x in range(0, 6000, 100)]
    ids = [f"e{number}" for number in range(len(ways))]
    _table(ways, id=ids).to_file(folder / "streets.gpkg")
    areas = [
        box(X0 + west, Y0 - 500, X0 + east, Y0 + 500) for west, east in ((-100, 2500), (2500, 6100))
    ]
    _table(areas, id=["N", "S"], name=["Nord", "Sud"], population=[60, 20]).to_file(
        folder / "communes.gpkg"
    )
    homes = [_at(metres).buffer(3) for metres in (400, 800, 1200, 5000)]
    _table(homes, id=["b1", "b2", "b3", "b4"], dwellings=[5, 1, 1, 3]).set_index("id").to_parquet(
        folder / "stock.parquet"
    )
    _table([_at(5000).buffer(5)], id=["far"], name=["Loin"], capacity=[10]).to_crs(4326).to_file(
        folder / "sites.geojson"
    )
    _table([_at(0)], id=["gare"], name=["Gare"], group=["station"], jobs=[30]).to_file(
        folder / "named.gpkg"
    )
    degrees = _table([_at(metres) for metres in stops.values()]).to_crs(4326).geometry
    rows = "".join(
        f"{name},{name},{place.y:.9f},{place.x:.9f}\n"
        for name, place in zip(stops, degrees, strict=True)
    )
    for file, calls in (feeds or {"gtfs.zip": FEED["stop_times.txt"]}).items():
        with zipfile.ZipFile(folder / file, "w") as feed:
            for name, text in {**FEED, "stop_times.txt": calls}.items():
                feed.writestr(name, text.replace("{stops}", rows))
    text = path.read_text()
    path.write_text(text.replace("[layers]\n", '[layers]\ndestinations = "named.gpkg"\n'))
    return path


def _at(metres: float) -> Point:
    return Point(X0 + metres, Y0)


def _table(shapes, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=2154)
