"""Bad layers: each gives one sentence that says what, where and what to do, and nothing else."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, box

from renewal_gis.errors import CRSError, DataError, LayerReadError, SchemaError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0


def sites(**columns):
    """Return three good sites."""
    shapes = [box(X + 100 * n, Y, X + 100 * n + 50, Y + 50) for n in range(3)]
    held = {"code": ["a", "b", "c"], "name": ["A", "B", "C"], "capacity": [10, 20, 30], **columns}
    return gpd.GeoDataFrame(held, geometry=shapes, crs="EPSG:2154")


def written(frame, path):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".geojson":
        frame.to_crs("EPSG:4326").to_file(path)
    else:
        frame.to_file(path)
    return path


def features(path, *shapes, **properties):
    """Write a GeoJSON by hand, whose numbers no library has looked at."""
    rows = [
        {"type": "Feature", "properties": {"group": "gare", **properties}, "geometry": shape}
        for shape in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


def refused(kind, *specs, table="sites"):
    with pytest.raises(DataError) as caught:
        read_layer(specs, table=table, crs=LAMBERT)
    assert type(caught.value) is kind
    message = str(caught.value)
    assert message.startswith(table)
    assert "Traceback" not in message
    for spec in specs:
        assert str(spec.path.parent) not in message
    return message


FORMATS = ("gpkg", "geojson", "parquet", "shp", "fgb", "gml")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_truncated_file(tmp_path, suffix, share):
    path = written(sites(), tmp_path / f"s.{suffix}")
    content = path.read_bytes()
    assert len(read_layer([LayerSpec(path=path)], table="sites", crs=LAMBERT).table) == 3
    path.write_bytes(content[: int(len(content) * share)])
    message = refused(LayerReadError, LayerSpec(path=path))
    assert f"sites (s.{suffix}): the file" in message
    assert "again" in message


@pytest.mark.parametrize("suffix", [*FORMATS, "csv", "zip", "xyz", "osm.pbf"])
def test_noise_that_bears_the_name_of_a_format(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.write_bytes(np.random.default_rng(7).integers(0, 256, 4000, dtype=np.uint8).tobytes())
    source = "osm" if suffix == "osm.pbf" else None
    layer = "landuse" if source else None
    refused(LayerReadError, LayerSpec(path=path, source=source, layer=layer, x="x", y="y"))


@pytest.mark.parametrize("suffix", [*FORMATS, "csv", "zip", "osm.pbf"])
def test_a_file_of_no_bytes(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.write_bytes(b"")
    assert "is empty (0 bytes)" in refused(LayerReadError, LayerSpec(path=path))


@pytest.mark.parametrize("suffix", [*FORMATS, "csv", "zip", "osm.pbf"])
def test_a_folder_that_bears_the_name_of_a_file(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.mkdir()
    refused(LayerReadError, LayerSpec(path=path))


def test_a_truncated_table_of_a_shapefile(tmp_path):
    path = written(sites(), tmp_path / "s.shp")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:-40])
    assert "s.dbf" in refused(LayerReadError, LayerSpec(path=path))


def test_a_missing_file_names_the_nearest(tmp_path):
    written(sites(), tmp_path / "sites.gpkg")
    message = refused(LayerReadError, LayerSpec(path=tmp_path / "site.gpkg"))
    assert "The nearest is 'sites.gpkg'" in message
    assert "no such file" in refused(LayerReadError, LayerSpec(path=tmp_path / "no" / "s.gpkg"))


def test_no_coordinate_system(tmp_path):
    path = written(sites().set_crs(None, allow_override=True), tmp_path / "s.parquet")
    message = refused(CRSError, LayerSpec(path=path))
    assert "states no coordinate system" in message
    assert 'crs = "EPSG:…"' in message
    assert "not a known" in refused(CRSError, LayerSpec(path=path, crs="EPSG:215400"))


def test_swapped_axes(tmp_path):
    path = features(tmp_path / "s.geojson", point(50.3, 3.5), point(50.4, 3.6))
    message = refused(CRSError, LayerSpec(path=path), table="services")
    assert "rows 1, 2" in message
    assert "write swap_axes = true" in message
    right = features(tmp_path / "r.geojson", point(3.5, 50.3))
    spec = LayerSpec(path=right, swap_axes=True)
    assert "swap_axes = true" in refused(CRSError, spec, table="services")


def test_coordinates_elsewhere(tmp_path):
    path = features(tmp_path / "s.geojson", point(3.5, 50.3), point(0, 0))
    message = refused(CRSError, LayerSpec(path=path), table="services")
    assert "1 of 2 rows" in message
    assert "x, y = 0, 0" in message


def test_metres_in_a_file_that_says_degrees(tmp_path):
    path = features(tmp_path / "s.geojson", point(X, Y))
    assert "metres and fit" in refused(CRSError, LayerSpec(path=path), table="services")


def test_duplicate_identifiers_are_all_told(tmp_path):
    path = written(sites(code=["a", "a", "a"]), tmp_path / "s.gpkg")
    message = refused(SchemaError, LayerSpec(path=path, id="code"))
    assert "(s.gpkg), row a" in message
    assert "used by 3 rows" in message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e400])
def test_coordinates_that_are_not_finite(tmp_path, value):
    path = features(tmp_path / "s.geojson", point(3.5, 50.3), point(3.5, value))
    message = refused(SchemaError, LayerSpec(path=path), table="services")
    assert "(s.geojson), row 2: A coordinate is not a number" in message


def test_a_coordinate_lost_in_the_middle_of_an_outline(tmp_path):
    frame = sites()
    with np.errstate(invalid="ignore"):
        broken = LineString([(X, Y), (X + 5, float("nan")), (X + 9, Y)])
    frame.geometry = [broken, *[LineString([(X, Y), (X + 1, Y)])] * 2]
    path = written(frame, tmp_path / "s.gpkg")
    message = refused(SchemaError, LayerSpec(path=path, id="code"), table="streets")
    assert "row a: A coordinate is not a number" in message


def test_text_where_a_csv_should_have_a_coordinate(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(f"id,group,x,y\n1,gare,{X},{Y}\n2,gare,abc,{Y}\n3,gare,{X},\n4,gare,,\n")
    spec = LayerSpec(path=path, x="x", y="y", crs="EPSG:2154")
    message = refused(SchemaError, spec, table="services")
    assert "row 2: A coordinate" in message
    assert "row 3: A coordinate" in message
    assert "row 4" not in message
    missing = refused(LayerReadError, LayerSpec(path=path, crs="EPSG:2154"), table="services")
    assert 'x = "x", y = "y"' in missing
    wrong = LayerSpec(path=path, x="xx", y="y", crs="EPSG:2154")
    assert "The nearest is 'x'" in refused(LayerReadError, wrong, table="services")


def test_empty_layers(tmp_path):
    empty = features(tmp_path / "none.geojson")
    assert "has no row" in refused(SchemaError, LayerSpec(path=empty), table="services")
    path = features(tmp_path / "s.geojson", point(3.5, 50.3))
    filtered = LayerSpec(path=path, keep={"group": ("Gare",)})
    assert "has no row" in refused(SchemaError, filtered, table="services")
    lost = features(tmp_path / "lost.geojson", None)
    assert "no row" in refused(SchemaError, LayerSpec(path=lost), table="services")
    wrong = features(tmp_path / "wrong.geojson", point(3.5, 50.3), group="gares")
    assert "Every row was left out" in refused(SchemaError, LayerSpec(path=wrong), table="services")


def test_wrong_geometry_types(tmp_path):
    path = features(tmp_path / "s.geojson", point(3.5, 50.3), name="A", capacity=1)
    message = refused(SchemaError, LayerSpec(path=path))
    assert "row 1: The geometry is not a polygon" in message


def test_a_table_without_geometry_for_a_map_layer(tmp_path):
    path = tmp_path / "s.parquet"
    sites().drop(columns="geometry").to_parquet(path)
    assert "has no geometry" in refused(LayerReadError, LayerSpec(path=path))


def test_every_unknown_name_is_told_at_once_with_the_nearest(tmp_path):
    path = written(sites(), tmp_path / "s.gpkg")
    spec = LayerSpec(
        path=path,
        id="cod",
        unique="nam",
        rename={"capacty": "capacity", "code": "commune", "name": "nme"},
        keep={"nom": ("A",)},
        constants={"scenari": "x"},
        values={"capacité": {"1": "2"}},
    )
    message = refused(SchemaError, spec)
    for part in (
        "id names the column 'cod', which the file does not have. The nearest is 'code'",
        "unique names the column 'nam', which the file does not have. The nearest is 'name'",
        "rename names the column 'capacty'",
        "rename names 'nme', which is no column of the table sites. The nearest is 'name'",
        "keep names the column 'nom'",
        "constants names 'scenari', which is no column of the table sites. The nearest is 'scenario'",
        "values names 'capacité'",
    ):
        assert part in message
    assert "7 faults" in message


def test_a_missing_required_column_names_the_nearest(tmp_path):
    path = written(sites().rename(columns={"capacity": "capacite"}), tmp_path / "s.gpkg")
    message = refused(SchemaError, LayerSpec(path=path))
    assert "'capacity'" in message
    assert "missing" in message


def test_two_columns_renamed_to_one_and_values_of_an_absent_column(tmp_path):
    path = written(sites(), tmp_path / "s.gpkg")
    spec = LayerSpec(path=path, rename={"code": "name", "capacity": "name"})
    assert "gives 'name' to several columns" in refused(SchemaError, spec)
    spec = LayerSpec(path=path, values={"scenario": {"1": "2"}})
    assert "values maps the column 'scenario'" in refused(SchemaError, spec)


def test_the_layer_of_a_file_that_holds_several(tmp_path):
    path = tmp_path / "s.gpkg"
    for name in ("sites", "autres"):
        sites().to_file(path, layer=name)
    assert "sites, autres" in refused(LayerReadError, LayerSpec(path=path))
    assert "The nearest is 'sites'" in refused(LayerReadError, LayerSpec(path=path, layer="site"))


def test_an_unknown_source_and_an_extract_without_one(tmp_path):
    path = written(sites(), tmp_path / "s.gpkg")
    assert "'omm' is not known" in refused(LayerReadError, LayerSpec(path=path, source="omm"))
    path = shutil.copy(path, tmp_path / "s.osm.pbf")
    assert 'source = "osm"' in refused(LayerReadError, LayerSpec(path=tmp_path / "s.osm.pbf"))


def test_the_faults_of_all_files_come_in_one_message(tmp_path):
    good = written(sites(), tmp_path / "good.gpkg")
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(good.read_bytes()[:5000])
    double = written(sites(code=["z"] * 3), tmp_path / "double.gpkg")
    message = refused(
        SchemaError,
        LayerSpec(path=good, id="code"),
        LayerSpec(path=cut, id="code"),
        LayerSpec(path=double, id="code"),
    )
    assert "2 faults" in message
    assert "cut.gpkg" in message
    assert "double.gpkg" in message


def test_a_long_list_of_faults_is_cut_and_counted(tmp_path):
    many = gpd.GeoDataFrame(
        {"group": "gare"}, geometry=[Point(X, Y).buffer(1)] * 100, index=range(100), crs="EPSG:2154"
    )
    path = written(many, tmp_path / "s.gpkg")
    with pytest.raises(SchemaError) as caught:
        read_layer([LayerSpec(path=path)], table="services", crs=LAMBERT)
    assert len(str(caught.value).splitlines()) < 20
    assert "100 wrong-geometry-type" in str(caught.value)
    assert len(caught.value.findings) == 100


def test_a_csv_with_a_line_too_long(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("id,family,dwellings\n1,01,3\n2,01,3,4,5\n")
    message = refused(LayerReadError, LayerSpec(path=path), table="operations")
    assert "line 3" in message


def test_markup_in_names_is_only_text(tmp_path):
    path = features(tmp_path / "s.geojson", point(3.5, 50.3), name="{{ 7*7 }}<script>")
    table = read_layer([LayerSpec(path=path)], table="services", crs=LAMBERT).table
    assert table["name"].tolist() == ["{{ 7*7 }}<script>"]
