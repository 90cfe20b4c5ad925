"""A study small enough to check by hand, written into a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
from drawing import places, streets
from shapely import box

TOWN = """
o---------o---------o
|         |         |
o---------o---------o
|                   |
o---------o---------o
"""

STUDY = """
[study]
name = "Petite ville"
language = "en"

[layers]
communes = "communes.gpkg"
stock = { path = "stock.parquet", nature = "synthetic" }
sites = "sites.geojson"
services = "services.csv"
streets = "streets.gpkg"
constraints = "constraints.gpkg"
operations = "operations.csv"

[sectors]
corridor = ["N"]
south = ["S"]

[transit]
feeds = ["gtfs.zip"]
date = 2026-03-10

[[criteria]]
name = "school"
measure = "walk_min:ecole"
best = 1
worst = 4

[[criteria]]
name = "service"
measure = "departures_day:stop"
best = 4
worst = 0
"""

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Test,http://example.org,Europe/Paris\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n{stops}",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nR,A,T1,Line,0\n",
    "trips.txt": "route_id,service_id,trip_id\nR,W,t1\nR,W,t2\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,07:30:00,07:30:00,n,1\nt1,07:40:00,07:40:00,s,2\n"
        "t2,12:00:00,12:00:00,n,1\nt2,12:10:00,12:10:00,s,2\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "W,1,1,1,1,1,0,0,20260101,20261231\n"
    ),
}


def write_small_study(folder: Path) -> Path:
    """Write the study and its layers; return the path of the study file."""
    folder.mkdir(parents=True, exist_ok=True)
    communes = gpd.GeoDataFrame(
        {"id": ["N", "S"], "name": ["Nord", "Sud"], "population": [60, 20]},
        geometry=[box(-50, -15, 250, 50), box(-50, -90, 250, -15)],
        crs=2154,
    )
    _moved(communes).to_file(folder / "communes.gpkg")
    _moved(streets(TOWN)).reset_index(names="id").to_file(folder / "streets.gpkg")
    homes = places(b1=(0, 5), b2=(2, 15), b3=(4, 5), b4=(4, 15))
    homes["dwellings"] = [4, 1, 3, 1]
    homes.geometry = homes.buffer(3)
    _moved(homes).rename_axis("id").to_parquet(folder / "stock.parquet")
    sites = places(north=(0, 15), south=(4, 15))
    sites["name"] = ["Site nord", "Site {{ 7*7 }}"]
    sites["capacity"] = [10, 12]
    sites.geometry = sites.buffer(5)
    _moved(sites).reset_index(names="id").to_crs(4326).to_file(folder / "sites.geojson")
    school = _moved(places(school=(0, 0)))
    xy = school.geometry.iloc[0]
    (folder / "services.csv").write_text(f"id,group,x,y\nschool,ecole,{xy.x},{xy.y}\n")
    text = (folder / "services.csv").read_text()
    assert text.count("\n") == 2
    zones = gpd.GeoDataFrame(
        {"id": ["z"], "kind": ["flood"], "level": ["veto"]},
        geometry=[box(145, -45, 155, -35)],
        crs=2154,
    )
    _moved(zones).to_file(folder / "constraints.gpkg")
    (folder / "operations.csv").write_text(
        "id,family,convention,dwellings,plai,plus\nOP1,01,Nord,14,,\nOP2,02,Nord,12,7,5\n"
    )
    stops = _moved(places(n=(0, 20), s=(4, 20))).to_crs(4326)
    rows = "".join(f"{name},{name},{p.y:.7f},{p.x:.7f}\n" for name, p in stops.geometry.items())
    with zipfile.ZipFile(folder / "gtfs.zip", "w") as feed:
        for name, text in FEED.items():
            feed.writestr(name, text.replace("{stops}", rows))
    study = folder / "study.toml"
    study.write_text(
        STUDY.replace(
            '"services.csv"', '{ path = "services.csv", x = "x", y = "y", crs = "EPSG:2154" }'
        )
    )
    return study


def _moved(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the drawing moved to where Lambert-93 is used."""
    return table.set_geometry(table.translate(735_000, 7_030_000))
