"""The loading of layers: what the study asks, the policy on faults, and the account of rows."""

from __future__ import annotations

import json
from collections import Counter

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPoint, Point, Polygon, box
from shapely.geometry import mapping

from renewal_gis.errors import SchemaError, UsageError
from renewal_gis.files import sha256_of
from renewal_gis.schema import LayerSpec, check
from renewal_gis.sources import read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
BOW_TIE = Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])


def geojson(path, rows, crs="EPSG:2154"):
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "geometry"},
            "geometry": None if row["geometry"] is None else mapping(row["geometry"]),
        }
        for row in rows
    ]
    member = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs.replace(':', '::')}"}}
    content = {"type": "FeatureCollection", "crs": {**member}, "features": features}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def services(path, *rows):
    return geojson(path, [{"geometry": Point(X, Y), "group": "gare", **row} for row in rows])


def load(*specs, table="services"):
    loaded = read_layer(specs, table=table, crs=LAMBERT)
    for provenance in loaded.provenance:
        listed = [f for f in loaded.findings if f.file == provenance.file]
        dropped = sum(f.count for f in listed if f.severity == "dropped")
        aside = sum(f.count for f in listed if f.code == "set-aside")
        assert provenance.rows_in == provenance.rows_kept + dropped + aside
    assert check(loaded.table, table) == []
    assert loaded.table.index.is_unique
    return loaded


def codes(loaded):
    return [(finding.severity, finding.code, finding.row) for finding in loaded.findings]


def test_columns_stand_in_declared_order_and_others_are_left_out(tmp_path):
    path = services(
        tmp_path / "s.geojson", {"id": "a", "colour": "red", "capacity": 3, "name": "A"}
    )
    loaded = load(LayerSpec(path=path))
    assert list(loaded.table.columns) == ["group", "name", "capacity", "geometry"]
    assert loaded.table.index.name == "service"
    assert loaded.table.crs == LAMBERT
    assert loaded.findings == ()


def test_rename_constants_and_values(tmp_path):
    rows = [
        {"type": "C201", "nom": "Paul Éluard", "geometry": Point(X, Y)},
        {"type": "college", "nom": "", "geometry": Point(X, Y)},
    ]
    spec = LayerSpec(
        path=geojson(tmp_path / "s.geojson", rows),
        rename={"type": "group", "nom": "name"},
        values={"group": {"C201": "college"}},
        constants={"vintage": "2024"},
    )
    table = load(spec).table
    assert table["group"].tolist() == ["college", "college"]
    assert table["vintage"].tolist() == ["2024", "2024"]
    assert table["name"].isna().tolist() == [False, True]


def test_rename_onto_a_column_the_file_has_replaces_it(tmp_path):
    path = services(tmp_path / "s.geojson", {"name": "old", "nom": "new"})
    assert load(LayerSpec(path=path, rename={"nom": "name"})).table["name"].tolist() == ["new"]


def test_keep_counts_what_is_set_aside_and_tells_values_no_row_has(tmp_path):
    path = services(tmp_path / "s.geojson", *({"kind": kind} for kind in ("a", "b", "b", None)))
    loaded = load(LayerSpec(path=path, keep={"kind": ("a", "bb")}))
    assert [(f.code, f.count) for f in loaded.findings] == [
        ("keep-matches-nothing", 1),
        ("set-aside", 3),
    ]
    assert loaded.table.index.tolist() == ["1"]


def test_unique_keeps_the_first_and_lists_each_repeat(tmp_path):
    path = services(
        tmp_path / "s.geojson", *({"uic": uic} for uic in ("7", "8", "7", "7", None, None))
    )
    loaded = load(LayerSpec(path=path, unique="uic"))
    assert loaded.table.index.tolist() == ["1", "2", "5", "6"]
    assert codes(loaded) == [("dropped", "repeated-row", "3"), ("dropped", "repeated-row", "4")]
    assert "Row 3 of the file repeats uic = 7 of row 1" in loaded.findings[0].message


def test_identifiers_come_from_id_else_from_the_row_number(tmp_path):
    named = services(tmp_path / "a.geojson", {"id": 12, "uai": "059A"}, {"id": 13, "uai": "059B"})
    assert load(LayerSpec(path=named)).table.index.tolist() == ["12", "13"]
    assert load(LayerSpec(path=named, id="uai")).table.index.tolist() == ["059A", "059B"]
    assert load(LayerSpec(path=named, id="row")).table.index.tolist() == ["1", "2"]


def test_stacked_row_numbers_are_preceded_by_the_file(tmp_path):
    specs = [
        LayerSpec(path=services(tmp_path / f"{name}.geojson", {"capacity": 1})) for name in "ab"
    ]
    loaded = load(*specs)
    assert loaded.table.index.tolist() == ["a/1", "b/1"]
    assert [one.file for one in loaded.provenance] == ["a.geojson", "b.geojson"]
    assert loaded.provenance[0].sha256 == sha256_of(tmp_path / "a.geojson")


def test_stacked_files_may_have_different_optional_columns(tmp_path):
    one = services(tmp_path / "a.geojson", {"id": "1", "capacity": 3})
    other = services(tmp_path / "b.geojson", {"id": "2", "name": "B"})
    table = load(LayerSpec(path=one), LayerSpec(path=other)).table
    assert table["capacity"].tolist()[0] == 3
    assert table["capacity"].isna().tolist() == [False, True]
    assert table["name"].isna().tolist() == [True, False]


def test_clashing_identifiers_of_two_files_stop_the_layer(tmp_path):
    specs = [LayerSpec(path=services(tmp_path / f"{name}.geojson", {"id": "7"})) for name in "ab"]
    with pytest.raises(SchemaError, match="'7' is used by 2 files") as caught:
        load(*specs)
    assert caught.value.findings["code"].tolist() == ["duplicate-id"]


def test_a_missing_identifier_leaves_the_row_out(tmp_path):
    path = services(tmp_path / "s.geojson", {"uai": "A"}, {"uai": None})
    assert codes(load(LayerSpec(path=path, id="uai"))) == [("dropped", "missing-id", "2")]


def test_null_geometries_are_left_out_and_listed(tmp_path):
    path = services(tmp_path / "s.geojson", {}, {"geometry": None})
    assert codes(load(LayerSpec(path=path))) == [("dropped", "null-geometry", "2")]


def test_an_invalid_polygon_is_repaired_and_listed(tmp_path):
    rows = [{"name": "bow tie", "capacity": 4, "geometry": BOW_TIE}]
    loaded = load(LayerSpec(path=geojson(tmp_path / "s.geojson", rows)), table="sites")
    assert codes(loaded) == [("repaired", "invalid-geometry", "1")]
    assert "Self-intersection" in loaded.findings[0].message
    assert loaded.table.geometry.is_valid.all()
    assert loaded.table.geometry.area.sum() == pytest.approx(50)


def test_a_polygon_without_surface_is_left_out(tmp_path):
    flat = Polygon([(X, Y), (X + 1, Y), (X + 2, Y)])
    rows = [{"name": name, "capacity": 4, "geometry": shape} for name, shape in
            (("flat", flat), ("good", box(X, Y, X + 9, Y + 9)))]  # fmt: skip
    loaded = load(LayerSpec(path=geojson(tmp_path / "s.geojson", rows)), table="sites")
    assert codes(loaded) == [("dropped", "invalid-geometry", "1")]


def test_required_faults_drop_the_row_and_optional_ones_empty_the_value(tmp_path):
    path = services(
        tmp_path / "s.geojson",
        {"group": "gares", "capacity": "x"},
        {"capacity": "-3"},
        {"capacity": "1 234,5"},
    )
    loaded = load(LayerSpec(path=path))
    assert codes(loaded) == [
        ("dropped", "unknown-code", "1"),
        ("repaired", "out-of-range", "2"),
    ]
    assert loaded.table["capacity"].isna().tolist() == [True, False]
    assert loaded.table.at["3", "capacity"] == 1234.5


def test_whole_numbers_of_a_binary_file_may_lose_a_faulty_one(tmp_path):
    held = gpd.GeoDataFrame(
        {"id": ["a", "b"], "group": "ecole", "capacity": [-3, 12]},
        geometry=[Point(X, Y), Point(X, Y)], crs=2154,
    )  # fmt: skip
    held.to_parquet(tmp_path / "s.parquet")
    loaded = load(LayerSpec(path=tmp_path / "s.parquet"))
    assert codes(loaded) == [("repaired", "out-of-range", "a")]
    assert loaded.table["capacity"].fillna(-1).tolist() == [-1, 12]


def test_flat_points_and_groups_of_one_point(tmp_path):
    path = services(
        tmp_path / "s.geojson", {"geometry": Point(X, Y, 12)}, {"geometry": MultiPoint([(X, Y)])}
    )
    table = load(LayerSpec(path=path)).table
    assert table.geom_type.tolist() == ["Point", "Point"]
    assert not table.has_z.any()


def test_the_ledger_is_read_from_a_csv_with_its_zeros_commas_and_flags(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text(
        "﻿id;family;commune;dwellings;plai;on_site\n"
        "A;01;01001;120;;oui\nB;02;59014;12,0;3;non\nC;02;59014;douze;3;peut-être\n",
        encoding="utf-8",
    )
    loaded = load(LayerSpec(path=path), table="operations")
    table = loaded.table
    assert not isinstance(table, gpd.GeoDataFrame)
    assert table["commune"].tolist() == ["01001", "59014"]
    assert table["dwellings"].tolist() == [120, 12]
    assert table.dtypes[["dwellings", "plai", "on_site"]].astype(str).tolist() == [
        "int64",
        "Int64",
        "boolean",
    ]
    assert table["on_site"].tolist() == [True, False]
    assert codes(loaded) == [("dropped", "not-a-number", "C")]


def test_dates_are_iso_and_others_are_emptied(tmp_path):
    path = tmp_path / "jalons.csv"
    path.write_text(
        "id,operation,step,planned_now,actual\n1,A,decided,2026-03-10,\n2,A,permit,10/03/2026,2026-04\n",
        encoding="utf-8",
    )
    loaded = load(LayerSpec(path=path), table="milestones")
    assert loaded.table["planned_now"].tolist()[0] == pd.Timestamp("2026-03-10")
    assert codes(loaded) == [("repaired", "not-a-date", "2")]


def test_midnight_in_paris_is_not_the_evening_before(tmp_path):
    path = tmp_path / "jalons.csv"
    days = [
        "2026-01-01T00:00:00+01:00",
        "2026-07-01 00:00:00+02",
        "2026-03-10Z",
        "2026-04-02T23:59:59Z",
    ]
    rows = "".join(f"{n},A,decided,{day}\n" for n, day in enumerate(days))
    path.write_text(f"id,operation,step,planned_now\n{rows}", encoding="utf-8")
    loaded = load(LayerSpec(path=path), table="milestones")
    told = loaded.table["planned_now"].dt.strftime("%Y-%m-%d").tolist()
    assert told == ["2026-01-01", "2026-07-01", "2026-03-10", "2026-04-02"]
    assert codes(loaded) == []


def test_each_optional_value_at_fault_is_emptied_and_no_other(tmp_path):
    path = tmp_path / "ledger.csv"
    plai = {"A": "x", "B": "3", "C": "-1", "D": "4"}
    rows = "".join(
        f"{name},01,10,{count},{'?' if name in 'AD' else '1'}\n" for name, count in plai.items()
    )
    path.write_text(f"id,family,dwellings,plai,on_site\n{rows}", encoding="utf-8")
    loaded = load(LayerSpec(path=path), table="operations")
    assert loaded.table["plai"].fillna(-9).tolist() == [-9, 3, -9, 4]
    assert loaded.table["on_site"].isna().tolist() == [True, False, False, True]
    assert Counter(code for _, code, _ in codes(loaded)) == {
        "not-a-number": 1, "out-of-range": 1, "not-a-flag": 2,
    }  # fmt: skip


def test_a_windows_csv_is_read_with_a_note(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes("id;group;name;x;y\n1;gare;Préseau;735000,5;7030000\n".encode("cp1252"))
    loaded = load(LayerSpec(path=path, x="x", y="y", crs="EPSG:2154"))
    assert loaded.table["name"].tolist() == ["Préseau"]
    assert loaded.table.geometry.x.tolist() == [735000.5]
    assert codes(loaded) == [("note", "encoding", "")]


def test_a_csv_of_wkt_and_one_without_place(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(f"id,group,WKT\n1,gare,POINT ({X} {Y})\n2,gare,\n", encoding="utf-8")
    loaded = load(LayerSpec(path=path, crs="EPSG:2154"))
    assert codes(loaded) == [("dropped", "null-geometry", "2")]


def test_swap_axes_sets_latitude_first_files_right(tmp_path):
    path = geojson(
        tmp_path / "s.geojson", [{"group": "gare", "geometry": Point(50.36, 3.52)}], "EPSG:4326"
    )
    table = load(LayerSpec(path=path, swap_axes=True)).table
    assert table.geometry.to_crs("EPSG:4326").x.tolist() == pytest.approx([3.52])


def test_geoparquet_and_geopackage_give_the_same_table(tmp_path):
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b"], "group": ["gare", "poste"], "capacity": [1.5, None]},
        geometry=[Point(X, Y), Point(X + 1, Y)],
        crs="EPSG:2154",
    )
    frame.to_parquet(tmp_path / "s.parquet")
    frame.set_index("code").to_parquet(tmp_path / "indexed.parquet")
    frame.to_file(tmp_path / "s.gpkg", layer="one")
    frame.to_file(tmp_path / "s.gpkg", layer="two")
    tables = [
        load(LayerSpec(path=tmp_path / name, layer=layer, id="code")).table
        for name, layer in (("s.parquet", None), ("indexed.parquet", None), ("s.gpkg", "two"))
    ]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other)


def test_loading_twice_gives_the_same_table(tmp_path):
    path = services(tmp_path / "s.geojson", {"capacity": 1}, {"capacity": 2})
    first, again = load(LayerSpec(path=path)), load(LayerSpec(path=path))
    pd.testing.assert_frame_equal(first.table, again.table)
    assert first.findings == again.findings


def test_a_stated_crs_wins_and_the_other_is_noted(tmp_path):
    path = services(tmp_path / "s.geojson", {})
    loaded = load(LayerSpec(path=path, crs="EPSG:3857"))
    assert codes(loaded) == [("note", "crs-stated", "")]
    assert loaded.table.geometry.x.tolist() == [X]


def test_streets_keep_their_bridges(tmp_path):
    line = {"type": "LineString", "coordinates": [[3.5, 50.3], [3.6, 50.3]]}
    path = tmp_path / "rues.geojson"
    features = [
        {"type": "Feature", "properties": {"bridge": value}, "geometry": line}
        for value in ("yes", "viaduct", "no", None)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    loaded = load(LayerSpec(path=path), table="streets")
    assert loaded.table["bridge"].astype(object).fillna("unknown").tolist() == [
        True,
        "unknown",
        False,
        "unknown",
    ]
    assert [found.row for found in loaded.findings if found.code == "not-a-flag"] == ["2"]


def test_an_undeclared_table_and_no_file_are_faults_of_the_call():
    with pytest.raises(UsageError, match="The nearest is 'services'"):
        read_layer([], table="service", crs=LAMBERT)
    with pytest.raises(UsageError, match="no file is given"):
        read_layer([], table="services", crs=LAMBERT)


def test_the_real_layers_of_valenciennes(shared):
    mining = shared / "mining_basin"
    loaded = load(
        LayerSpec(
            path=mining / "zt-cites-minieres.geojson",
            id="row",
            constants={"kind": "heritage", "level": "information"},
        ),
        LayerSpec(
            path=mining / "equipements-collectifs.geojson",
            id="row",
            constants={"kind": "heritage", "level": "information"},
        ),
        table="constraints",
    )
    assert len(loaded.table) == 162 + 134
    assert codes(loaded) == [
        ("repaired", "invalid-geometry", "zt-cites-minieres/161"),
        ("dropped", "null-geometry", "equipements-collectifs/135"),
    ]
    stations = load(
        LayerSpec(
            path=shared / "transit" / "gares_sncf_59_62.geojson",
            id="code_uic",
            unique="code_uic",
            keep={"voyageurs": ("O",)},
            constants={"group": "gare"},
        )
    )
    assert len(stations.table) == 202
    assert Counter(f.code for f in stations.findings) == {"set-aside": 1, "repeated-row": 27}
    assert Counter(f.count for f in stations.findings if f.code == "set-aside") == {39: 1}


def test_the_real_streets_of_liege(shared):
    spec = LayerSpec(
        path=shared / "network" / "liege_osm_streets.parquet", rename={"highway": "kind"}
    )
    loaded = read_layer([spec], table="streets", crs=study_crs("EPSG:32631"))
    assert len(loaded.table) == 79_907
    assert loaded.table["u"].iloc[0] == "333743161"
    assert loaded.findings == ()
