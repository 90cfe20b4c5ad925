"""Tables kept from one run to the next: equal to those read anew, never in the way."""

from __future__ import annotations

import os

import geopandas as gpd
import pandas as pd
import pyarrow.parquet
import pytest
from shapely import LineString, Point, box

from renewal_gis.errors import DataError, LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import asking, cache, read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
AREA = box(X - 50, Y - 50, X + 150, Y + 50)


@pytest.fixture
def spec(tmp_path):
    """Return streets with a gap, a repair and a row left out, so that there is much to keep."""
    shapes = [LineString([(X + n * 100, Y), (X + n * 100 + 90, Y + n)]) for n in range(4)]
    frame = gpd.GeoDataFrame(
        {
            "id": ["a", "b", "c", "é"],
            "walkable": ["yes", None, "no", "yes"],
            "length_m": [90.5, None, -3.0, 92.0],
            "crossings": [1, None, 0, 2],
            "name": ["Rue", None, " Quai ", "Pont"],
        },
        geometry=[*shapes[:3], None],
        crs=2154,
    )
    path = tmp_path / "streets.gpkg"
    frame.to_file(path)
    return LayerSpec(path=path, vintage="2026-01", licence="ODbL")


def read(spec, **asked):
    return read_layer([spec], table="streets", crs=LAMBERT, **asked)


def equal(one, other):
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.table.geometry.to_wkb().equals(other.table.geometry.to_wkb())
    assert one.table.crs == other.table.crs
    assert one.findings == other.findings
    assert one.provenance == other.provenance


def from_cache(monkeypatch):
    """Make reading the file itself fail: what is returned was kept."""

    def refuse(*rest):
        raise AssertionError("the file was read again")

    monkeypatch.setattr(asking, "raw_table", refuse)


@pytest.mark.parametrize("asked", [{}, {"area": AREA, "margin_m": 20}])
def test_a_kept_table_equals_one_read_anew(tmp_path, spec, asked, monkeypatch):
    anew = read(spec, **asked)
    folder = tmp_path / "deep" / "cache"
    equal(read(spec, cache=folder, **asked), anew)
    from_cache(monkeypatch)
    equal(read(spec, cache=folder, **asked), anew)
    assert len(anew.findings) >= 2


def test_newport_streets_and_services(tmp_path, shared, monkeypatch):
    pytest.importorskip("osmium")
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    crs = study_crs("EPSG:27700")
    asked = {
        table: lambda table=table, **more: read_layer(
            [LayerSpec(path=path, source="osm")], table=table, crs=crs, **more
        )
        for table in ("streets", "services")
    }
    for again in asked.values():
        equal(again(cache=tmp_path), again())
    anew = {table: again() for table, again in asked.items()}
    from_cache(monkeypatch)
    for table, again in asked.items():
        equal(again(cache=tmp_path), anew[table])


def test_the_kept_file_is_geoparquet_that_others_read(tmp_path, spec):
    table = read(spec, cache=tmp_path / "c").table
    (kept,) = (tmp_path / "c").iterdir()
    assert kept.name.startswith("streets-")
    other = gpd.read_parquet(kept)
    assert other.crs == table.crs
    assert other.geometry.geom_equals_exact(table.geometry, 0).all()


def test_whatever_changes_the_rows_changes_the_key(tmp_path, spec):
    folder = tmp_path / "c"
    read(spec, cache=folder)
    others = [
        lambda: read(spec, cache=folder, area=AREA),
        lambda: read(spec, cache=folder, area=AREA, margin_m=1),
        lambda: read(spec, cache=folder, area=AREA.buffer(1)),
        lambda: read_layer([spec], table="streets", crs=study_crs("EPSG:32631"), cache=folder),
        lambda: read(LayerSpec(path=spec.path, keep={"name": ("Rue",)}), cache=folder),
        lambda: read(LayerSpec(path=spec.path, vintage="2025"), cache=folder),
    ]
    for count, other in enumerate(others, start=2):
        other()
        assert len(list(folder.iterdir())) == count


def test_another_version_of_the_reader_or_of_the_file_is_read_anew(tmp_path, spec, monkeypatch):
    folder = tmp_path / "c"
    read(spec, cache=folder)
    gpd.read_file(spec.path).iloc[:2].to_file(spec.path)
    assert len(read(spec, cache=folder).table) == 2
    monkeypatch.setattr(cache, "READER", "other")
    assert len(read(spec, cache=folder).table) == 2
    assert len(list(folder.iterdir())) == 3


def test_a_moved_file_is_found_by_its_content(tmp_path, spec, monkeypatch):
    folder = tmp_path / "c"
    read(spec, cache=folder)
    moved = tmp_path / "elsewhere" / spec.path.name
    moved.parent.mkdir()
    moved.write_bytes(spec.path.read_bytes())
    from_cache(monkeypatch)
    assert len(read(LayerSpec(path=moved, vintage="2026-01", licence="ODbL"), cache=folder).table)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_kept_file_cut_short_is_written_again(tmp_path, spec, share):
    folder = tmp_path / "c"
    anew = read(spec, cache=folder)
    (kept,) = folder.iterdir()
    content = kept.read_bytes()
    kept.write_bytes(content[: int(len(content) * share)])
    equal(read(spec, cache=folder), anew)
    assert kept.read_bytes() == content


def test_a_kept_file_with_one_byte_changed_never_gives_other_rows(tmp_path, spec):
    folder = tmp_path / "c"
    anew = read(spec, cache=folder)
    (kept,) = folder.iterdir()
    content = kept.read_bytes()
    for place in range(4, len(content), 97):
        changed = bytearray(content)
        changed[place] ^= 0x10
        kept.write_bytes(changed)
        pd.testing.assert_frame_equal(read(spec, cache=folder).table, anew.table)


def test_a_kept_file_of_another_request_is_not_believed(tmp_path, spec):
    folder = tmp_path / "c"
    anew = read(spec, cache=folder)
    (kept,) = folder.iterdir()
    clipped = read(spec, cache=folder, area=AREA)
    (other,) = (one for one in folder.iterdir() if one != kept)
    kept.write_bytes(other.read_bytes())
    assert len(clipped.table) < len(anew.table)
    equal(read(spec, cache=folder), anew)


def test_a_folder_that_cannot_be_written(tmp_path, spec, monkeypatch):
    anew = read(spec)
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    equal(read(spec, cache=file / "cache"), anew)
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "full")))
    equal(read(spec, cache=tmp_path / "full"), anew)
    assert list((tmp_path / "full").iterdir()) == []


def test_what_stops_a_layer_is_not_kept(tmp_path):
    path = tmp_path / "s.gpkg"
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[Point(X, Y)], crs=2154).to_file(path)
    for _ in range(2):
        with pytest.raises(DataError, match="not a line"):
            read(LayerSpec(path=path), cache=tmp_path / "c")
    with pytest.raises(LayerReadError, match="no such file"):
        read(LayerSpec(path=tmp_path / "none.gpkg"), cache=tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_tables_of_other_files_are_not_kept(tmp_path):
    path = tmp_path / "services.gpkg"
    gpd.GeoDataFrame({"group": ["gare"]}, geometry=[Point(X, Y)], crs=2154).to_file(path)
    read_layer([LayerSpec(path=path)], table="services", crs=LAMBERT, cache=tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_a_kept_table_keeps_the_types_of_its_columns(tmp_path, spec):
    read(spec, cache=tmp_path / "c")
    table = read(spec, cache=tmp_path / "c").table
    assert table["walkable"].dtype == "boolean"
    assert table["crossings"].dtype == "float64"
    assert table.index.name == "edge"
    (kept,) = (tmp_path / "c").iterdir()
    assert b"geo" in pyarrow.parquet.read_schema(kept).metadata
