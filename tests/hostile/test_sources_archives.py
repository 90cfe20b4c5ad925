"""Bad timetables, archives, extracts and rasters."""

from __future__ import annotations

import datetime
import struct
import zipfile

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from renewal_gis.access import served_stops
from renewal_gis.errors import DataError, LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import archives, read_layer, read_schedule, study_crs, zonal_mean
from renewal_gis.sources.rasters import sample_points

LAMBERT = study_crs("EPSG:2154")
TUESDAY = datetime.date(2026, 3, 10)
FILES = {
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nA,Anzin,50.37,3.50\nB,Beuvrages,50.38,3.50\n",
    "routes.txt": "route_id,route_short_name,route_type\nt,T1,0\n",
    "trips.txt": "route_id,service_id,trip_id\nt,wk,1\n",
    "stop_times.txt": "trip_id,departure_time,stop_id,stop_sequence\n1,07:00:00,A,1\n1,07:09:00,B,2\n",
    "calendar_dates.txt": "service_id,date,exception_type\nwk,20260310,1\n",
}


def feed(path, changes=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**FILES, **(changes or {})}.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def stops(path):
    """Read a timetable and count the stops of a day."""
    held = read_schedule([LayerSpec(path=path)], crs=LAMBERT).schedule
    table, _ = served_stops(held, date=TUESDAY, window=("07:00", "09:00"), files=[path.name])
    return table


def refused(path):
    with pytest.raises(LayerReadError) as caught:
        stops(path)
    message = str(caught.value)
    assert message.startswith(f"stops ({path.name})")
    assert str(path.parent) not in message
    return message


def test_the_feed_itself_is_good(tmp_path):
    assert stops(feed(tmp_path / "f.zip")).index.tolist() == ["A"]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_truncated_zip(tmp_path, share):
    path = feed(tmp_path / "f.zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "cannot be read" in refused(path)


def test_a_damaged_member(tmp_path):
    path = feed(tmp_path / "f.zip")
    content = bytearray(path.read_bytes())
    content[60:90] = b"\0" * 30
    path.write_bytes(content)
    refused(path)


@pytest.mark.parametrize("name", ["stops.txt", "routes.txt", "trips.txt", "stop_times.txt"])
def test_a_feed_without_one_of_its_files(tmp_path, name):
    assert name in refused(feed(tmp_path / "f.zip", {name: None}))


def test_a_feed_without_a_calendar(tmp_path):
    path = feed(tmp_path / "f.zip", {"calendar_dates.txt": None})
    assert "calendar.txt or calendar_dates.txt" in refused(path)


def test_a_feed_that_lacks_a_column(tmp_path):
    path = feed(tmp_path / "f.zip", {"routes.txt": "route_id,type\nt,0\n"})
    assert "routes.txt has no column 'route_type'" in refused(path)


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("content", ["", "\n", "a,b\n", "\0\0\0", '"'])
def test_members_of_nonsense(tmp_path, name, content):
    with pytest.raises(DataError):
        stops(feed(tmp_path / "f.zip", {name: content}))


def test_files_with_a_header_only(tmp_path):
    for name, content in FILES.items():
        with pytest.raises(DataError):
            stops(feed(tmp_path / "f.zip", {name: content.partition("\n")[0] + "\n"}))


def test_two_feeds_in_one_zip(tmp_path):
    path = feed(tmp_path / "f.zip", {"old/stops.txt": FILES["stops.txt"]})
    assert "2 timetables" in refused(path)


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stop.txt", "x")
    assert "The nearest is 'stop.txt'" in refused(path)


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:/evil.txt"]
)
def test_a_path_that_leaves_the_archive(tmp_path, name):
    assert "leaves the archive's folder" in refused(feed(tmp_path / "f.zip", {name: "x"}))


def test_an_archive_out_of_proportion(tmp_path):
    path = feed(tmp_path / "f.zip", {"shapes.txt": b"0" * 30_000_000})
    assert path.stat().st_size < 60_000
    assert "out of proportion" in refused(path)


def test_an_archive_of_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 4)
    assert "5 files" in refused(feed(tmp_path / "f.zip"))


def test_an_archive_with_a_password(tmp_path):
    path = feed(tmp_path / "f.zip")
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)
    assert "password" in refused(path)


def test_a_zipped_shapefile_out_of_proportion(tmp_path):
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s.shp", b"0" * 30_000_000)
    with pytest.raises(LayerReadError, match="out of proportion"):
        read_layer([LayerSpec(path=path)], table="sites", crs=LAMBERT)


@pytest.mark.parametrize("layer", ["streets", "services", "buildings", "landuse"])
@pytest.mark.parametrize("share", [0.001, 0.5, 0.99])
def test_a_truncated_extract(tmp_path, shared, layer, share):
    content = (shared / "pair_newport" / "newport-2023-06-13.osm.pbf").read_bytes()
    path = tmp_path / "n.osm.pbf"
    path.write_bytes(content[: int(len(content) * share)])
    spec = LayerSpec(path=path, source="osm", layer=layer)
    with pytest.raises(LayerReadError, match=r"streets \(n\.osm\.pbf\): the file is truncated"):
        read_layer([spec], table="streets", crs=study_crs("EPSG:27700"))


def test_an_extract_without_a_street(tmp_path):
    osmium = pytest.importorskip("osmium")
    path = tmp_path / "n.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(3.5, 50.3), version=1))
    for layer, table in (("streets", "streets"), ("services", "services"), ("landuse", "sites")):
        spec = LayerSpec(path=path, source="osm", layer=layer)
        with pytest.raises(DataError, match="has no row"):
            read_layer([spec], table=table, crs=LAMBERT)


@pytest.mark.parametrize("packed", [None, "deflate"])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
def test_a_truncated_raster(tmp_path, packed, share):
    rasterio = pytest.importorskip("rasterio")
    path = tmp_path / "g.tif"
    values = np.random.default_rng(3).random((200, 200)).astype("float32")
    with rasterio.open(
        path, "w", driver="GTiff", height=200, width=200, count=1, dtype="float32",
        crs="EPSG:2154", transform=rasterio.Affine(10, 0, 735_000, 0, -10, 7_030_000),
        compress=packed,
    ) as out:  # fmt: skip
        out.write(values, 1)
    zone = gpd.GeoSeries([box(735_000, 7_028_000, 737_000, 7_030_000)], crs="EPSG:2154")
    assert zonal_mean(zone, path).notna().all()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(LayerReadError, match=r"grid \(g\.tif\)"):
        zonal_mean(zone, path)


def test_a_raster_that_is_none(tmp_path):
    path = tmp_path / "g.tif"
    path.write_bytes(struct.pack("<4sI", b"II*\0", 8) + b"\xff" * 300)
    with pytest.raises(LayerReadError, match=r"grid \(g\.tif\)"):
        sample_points(gpd.GeoSeries([Point(0, 0)], crs="EPSG:2154"), path)
