"""PostGIS: layers read from a real server, cut there, and results written back."""

from __future__ import annotations

import socket

import geopandas as gpd
import pandas as pd
import pytest
from postgis_server import PASSWORD, missing, running
from shapely import box

from renewal_gis.errors import CRSError, LayerReadError, UsageError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import postgis_connecting, read_layer, study_crs
from renewal_gis.sources.postgis_connecting import connected, is_database, rows_of, told_place
from renewal_gis.sources.postgis_writing import write_postgis

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000, 7_030_000
TABLES = f"""
CREATE SCHEMA urbanisme;
CREATE DOMAIN urbanisme.code AS text;
CREATE TABLE urbanisme.batiments (
  cle bigint PRIMARY KEY, "Nb logements" integer, statut urbanisme.code, vacants numeric(6,1),
  maj date, geom geometry(PolygonZ, 2154), point geometry(Point, 4326));
INSERT INTO urbanisme.batiments
  SELECT n, n, 'social', 1.0, '2026-01-01',
         ST_Force3D(ST_SetSRID(ST_MakeEnvelope({X} + 20 * n, {Y}, {X} + 20 * n + 10, {Y} + 10), 2154)), NULL
  FROM generate_series(10, 1, -1) AS n;
CREATE VIEW urbanisme.vue AS SELECT "Nb logements" AS dwellings, 'b' || cle AS nom, geom FROM urbanisme.batiments;
CREATE TABLE urbanisme.sans_srid (id int PRIMARY KEY, dwellings int, geom geometry);
CREATE TABLE urbanisme.sans_cle (dwellings int, geom geometry(Point, 2154));
CREATE TABLE "Bâti d'hier" (id text PRIMARY KEY, dwellings int, geom geometry(Point, 2154));
INSERT INTO "Bâti d'hier" VALUES ('é''1', 3, ST_SetSRID(ST_MakePoint({X}, {Y}), 2154));
CREATE TABLE urbanisme.operations (id text PRIMARY KEY, family text, dwellings int);
INSERT INTO urbanisme.operations VALUES ('OP2', '01', 4), ('OP1', '02', 5);
CREATE TABLE urbanisme.arcs (id int PRIMARY KEY, dwellings int, geom geometry(CurvePolygon, 2154));
INSERT INTO urbanisme.arcs VALUES (1, 2, ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(
  {X - 5} {Y}, {X} {Y + 5}, {X + 5} {Y}, {X} {Y - 5}, {X - 5} {Y}))', 2154));
CREATE TABLE urbanisme.facettes (id int PRIMARY KEY, dwellings int, geom geometry(TIN, 2154));
INSERT INTO urbanisme.facettes VALUES (1, 2, ST_GeomFromText('TIN((({X} {Y}, {X + 9} {Y}, {X} {Y + 9}, {X} {Y})))', 2154));
CREATE TABLE urbanisme.globe (id int PRIMARY KEY, dwellings int, geom geography(Point, 4326));
INSERT INTO urbanisme.globe VALUES (1, 2, ST_MakePoint(3.5, 50.4)), (2, 2, ST_MakePoint(13.5, 50.4));
INSERT INTO spatial_ref_sys SELECT 910110, 'ESRI', 102110, srtext, proj4text FROM spatial_ref_sys WHERE srid = 2154;
CREATE TABLE urbanisme.esri (id int PRIMARY KEY, dwellings int, geom geometry(Point, 910110));
CREATE TABLE urbanisme.mots (id int PRIMARY KEY, mot text);
CREATE VIEW urbanisme.rompue AS SELECT 1 AS id, '01' AS family, pg_terminate_backend(pg_backend_pid())::text AS name;
CREATE VIEW urbanisme.faussee AS
  SELECT n AS id, '01' AS family, 10 / (n - 90000) AS dwellings FROM generate_series(1, 99999) AS n;
"""


@pytest.fixture(scope="module")
def server():
    reason = missing()
    if reason:
        pytest.skip(reason)
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgis is not installed")
    with running() as held:
        held.sql(TABLES)
        yield held


@pytest.fixture
def password(server, tmp_path, monkeypatch):
    path = tmp_path / "pgpass"
    path.write_text(f"127.0.0.1:{server.port}:*:sig:{PASSWORD}\n")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))
    return path


def spec(server, name, database=None, **asked):
    from pathlib import Path

    return LayerSpec(path=Path(name), database=database or server.url, **asked)


def load(one, table="stock", **asked):
    return read_layer([one], table=table, crs=LAMBERT, **asked)


BUILDINGS = {
    "layer": "geom",
    "rename": {"Nb logements": "dwellings", "statut": "tenure", "vacants": "vacant"},
}


def test_a_table_is_read_like_a_file(server, password):
    loaded = load(spec(server, "urbanisme.batiments", **BUILDINGS))
    assert loaded.table.index.tolist() == [str(n) for n in range(1, 11)]
    assert loaded.table["dwellings"].tolist() == list(range(1, 11))
    assert loaded.table["tenure"].unique().tolist() == ["social"]
    assert loaded.table["vacant"].tolist() == [1] * 10
    assert not loaded.table.geometry.has_z.any()
    (origin,) = loaded.provenance
    assert origin.file == "urbanisme.batiments"
    assert len(origin.sha256) == 64
    again = load(spec(server, "urbanisme.batiments", **BUILDINGS))
    assert again.provenance == loaded.provenance


def test_the_fingerprint_tells_a_change_of_one_value(server, password):
    def print_of():
        return load(spec(server, "urbanisme.operations"), table="operations").provenance[0].sha256

    before = print_of()
    server.sql("UPDATE urbanisme.operations SET dwellings = 6 WHERE id = 'OP1'")
    assert print_of() != before


def test_a_table_without_shapes_gives_a_plain_table_in_the_order_of_its_key(server, password):
    loaded = load(spec(server, "urbanisme.operations"), table="operations")
    assert loaded.table.index.tolist() == ["OP1", "OP2"]
    assert not isinstance(loaded.table, gpd.GeoDataFrame)


def test_the_server_cuts_to_the_study(server, password):
    here = gpd.GeoDataFrame(
        {"name": ["x"]}, index=["1"], geometry=[box(X, Y, X + 55, Y + 5)], crs=2154
    )
    loaded = load(spec(server, "urbanisme.batiments", **BUILDINGS), communes=here, margin_m=10)
    assert loaded.table.index.tolist() == ["1", "2", "3"]
    (told,) = [one for one in loaded.findings if one.code == "not-read"]
    assert told.count == 7
    assert loaded.provenance[0].rows_in == 10


def test_a_missing_text_has_another_fingerprint_than_the_word_none(server, password):
    def print_of(value):
        server.sql(f"DELETE FROM urbanisme.mots; INSERT INTO urbanisme.mots VALUES (1, {value})")
        one = spec(
            server,
            "urbanisme.mots",
            rename={"mot": "name"},
            constants={"family": "01", "dwellings": 1},
        )
        return load(one, table="operations").provenance[0].sha256

    assert print_of("NULL") != print_of("'None'")


def test_arcs_become_lines_and_shapes_on_the_globe_are_read_and_cut(server, password):
    (circle,) = load(spec(server, "urbanisme.arcs")).table.geometry
    assert circle.area == pytest.approx(78.5, abs=0.2)
    here = gpd.GeoDataFrame(
        {"name": ["x"]}, index=["1"], geometry=[box(3, 50, 4, 51)], crs=4326
    ).to_crs(2154)
    (place,) = load(spec(server, "urbanisme.globe"), communes=here).table.to_crs(4326).geometry
    assert (place.x, place.y) == (pytest.approx(3.5), pytest.approx(50.4))


@pytest.mark.parametrize(
    ("name", "told"), [("rompue", "refuses: terminating"), ("faussee", "refuses: division by zero")]
)
def test_a_server_that_breaks_off_in_the_middle(server, password, name, told):
    with pytest.raises(LayerReadError, match=told):
        load(spec(server, f"urbanisme.{name}", id="id"), table="operations")


def test_a_view_needs_the_column_that_names_its_rows(server, password):
    loaded = load(spec(server, "urbanisme.vue", id="nom"))
    assert loaded.table.loc["b3", "dwellings"] == 3
    with pytest.raises(LayerReadError, match=r'no primary key of one column.*id = "…"'):
        load(spec(server, "urbanisme.vue"))


def test_strange_names_are_quoted(server, password):
    loaded = load(spec(server, "Bâti d'hier"))
    assert loaded.table.index.tolist() == ["é'1"]


@pytest.mark.parametrize(
    ("name", "fault", "told"),
    [
        ("urbanisme.sans_srid", CRSError, "has no SRID.*UpdateGeometrySRID"),
        ("urbanisme.esri", CRSError, "SRID 910110, which is no EPSG code.*ST_Transform"),
        ("urbanisme.facettes", LayerReadError, "a kind no map has"),
        ("urbanisme.sans_cle", LayerReadError, "no primary key"),
        ("urbanisme.batimens", LayerReadError, "The nearest is 'urbanisme.batiments'"),
        ("urbanisme.operations", LayerReadError, "has no column of shapes"),
        ("urbanisme.batiments", LayerReadError, "columns of shapes geom, point"),
        ("x'; DROP TABLE urbanisme.operations; --", LayerReadError, "no such table"),
    ],
)
def test_tables_at_fault_get_a_sentence(server, password, name, fault, told):
    with pytest.raises(fault, match=told):
        load(spec(server, name))
    assert server.sql("SELECT count(*) FROM urbanisme.operations") == "2"


def test_a_service_file_stands_for_the_address(server, password, tmp_path, monkeypatch):
    path = tmp_path / "services.conf"
    path.write_text(f"[agence]\nhost=127.0.0.1\nport={server.port}\nuser=sig\ndbname=agence\n")
    monkeypatch.setenv("PGSERVICEFILE", str(path))
    loaded = load(spec(server, "urbanisme.operations", "service=agence"), table="operations")
    assert len(loaded.table) == 2
    with pytest.raises(LayerReadError, match="no such service"):
        load(spec(server, "urbanisme.operations", "service=autre"), table="operations")


def test_a_wrong_password_a_wrong_port_a_wrong_database(server, password):
    password.write_text(f"127.0.0.1:{server.port}:*:sig:faux\n")
    with pytest.raises(LayerReadError, match="refuses the password") as fault:
        load(spec(server, "urbanisme.operations"), table="operations")
    assert "faux" not in str(fault.value)
    password.write_text(f"127.0.0.1:*:*:sig:{PASSWORD}\n")
    with pytest.raises(LayerReadError, match="cannot be reached"):
        load(spec(server, "x.y", "postgis://sig@127.0.0.1:1/agence"))
    with pytest.raises(LayerReadError, match="Check the name of the database"):
        load(spec(server, "x.y", f"postgis://sig@127.0.0.1:{server.port}/autre"))


def test_a_host_that_swallows_calls_is_not_waited_for(monkeypatch):
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgis is not installed")
    monkeypatch.setattr(postgis_connecting, "_PATIENCE_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = f"postgis://sig@127.0.0.1:{silent.getsockname()[1]}/agence"
        with (
            pytest.raises(LayerReadError, match="cannot be reached"),
            connected(database, place="x"),
        ):
            pass


def test_a_database_without_postgis_is_told(server, password):
    server.sql("CREATE DATABASE nue")
    server.sql("CREATE TABLE t (id int PRIMARY KEY)", database="nue")
    bare = server.url.replace("agence", "nue")
    with pytest.raises(LayerReadError, match="Is PostGIS in this database"):
        load(spec(server, "t", bare))
    with pytest.raises(LayerReadError, match="Is PostGIS in this database"):
        write_postgis({"sites": results()}, database=bare, schema="s", run_id="r")


def test_a_fault_names_nobody(server, password):
    with (
        pytest.raises(LayerReadError, match="the database refuses: role does not exist") as fault,
        connected(server.url, place="x") as held,
    ):
        rows_of(held, 'SET ROLE "jeanne.martin"')
    assert "jeanne" not in str(fault.value)


def test_a_table_somebody_holds_is_not_waited_for_and_its_cure_told(server, password, monkeypatch):
    monkeypatch.setattr(postgis_connecting, "_LOCK_S", 1)
    write_postgis({"sites": results()}, database=server.url, schema="rg_held", run_id="first")
    with connected(server.url, place="QGIS") as other:
        rows_of(other, "SELECT * FROM rg_held.sites")
        with pytest.raises(LayerReadError, match="Somebody holds the table, such as an edit"):
            write_postgis({"sites": results()}, database=server.url, schema="rg_held", run_id="b")
    assert server.sql("SELECT DISTINCT run_id FROM rg_held.sites") == "first"


@pytest.mark.parametrize(
    "database",
    [
        "postgis://sig:s3cret@h/agence",
        "service=agence password=s3cret",
        "postgresql://h/a?password=s3cret",
        "postgis://sig:s3cret/rest@h/agence",
        "postgis://sig:1/s3cret@h/agence",
        "postgis://sig:s3cret#rest@h/agence",
        "postgis://sig:1?s3cret@h/agence",
        "postgis://sig:1?x=s3cret@h/agence",
        "postgis://sig:half@s3cret@h/agence",
        "postgis://sig:s3cret/agence",
        "service=agence dbname=postgresql://sig:s3cret@h/agence",
        "postgis://h/?dbname=postgresql://sig:s3cret%40h/agence",
    ],
)
def test_a_password_in_the_study_is_refused_and_never_repeated(tmp_path, database):
    from pathlib import Path

    with pytest.raises(UsageError, match="pgpass") as fault:
        load(LayerSpec(path=Path("a.b"), database=database))
    assert "s3cret" not in str(fault.value)
    assert "s3cret" not in told_place(database)


def test_what_names_a_database_and_what_does_not():
    assert is_database("POSTGIS://h/x")
    assert not is_database("a/postgis://x.gpkg")
    with pytest.raises(UsageError, match="names no database"):
        write_postgis({}, database="data.gpkg", schema="x", run_id="r")


def results():
    index = pd.Index(["s1", "s2"], name="site")
    return gpd.GeoDataFrame(
        {"name": ["Gras-Bœuf", None], "walk_min:ecole": [4.5, float("nan")], "rank": pd.array([1, None], "Int64")},
        index=index, geometry=[box(X, Y, X + 1, Y + 1), None], crs=2154,
    )  # fmt: skip


COMMENTS = {
    "sites": {
        "": "Sites, best first.",
        "walk_min:ecole": "Walk to a school, min; it's empty: unknown",
    }
}


def test_results_are_written_back_with_comments_units_and_a_run(server, password):
    write_postgis(
        {"sites": results(), "sectors": pd.DataFrame({"p50": [3.5]}, index=["south"])},
        database=server.url, schema="rg_out", run_id="abc123", comments=COMMENTS,
    )  # fmt: skip
    loaded = server.sql(
        'SELECT site, name, "walk_min:ecole", rank, run_id, ST_SRID(geom) FROM rg_out.sites ORDER BY 1'
    )
    assert loaded.splitlines() == ["s1|Gras-Bœuf|4.5|1|abc123|2154", "s2||||abc123|"]
    assert (
        server.sql("SELECT obj_description('rg_out.sites'::regclass)")
        == "Sites, best first. (renewal-gis run abc123)"
    )
    column = "SELECT col_description('rg_out.sites'::regclass, 3)"
    assert server.sql(column) == COMMENTS["sites"]["walk_min:ecole"]
    assert server.sql("SELECT id, p50 FROM rg_out.sectors") == "south|3.5"
    back = load(
        spec(server, "rg_out.sites", constants={"capacity": 1}, keep={"site": ("s1",)}),
        table="sites",
    )
    assert back.table.geometry.iloc[0].equals(box(X, Y, X + 1, Y + 1))


def test_a_write_that_fails_leaves_the_earlier_run(server, password):
    write_postgis({"sites": results()}, database=server.url, schema="rg_two", run_id="first")
    server.sql("CREATE TABLE rg_two.mine (a int)")
    with pytest.raises(UsageError, match="this package did not write it"):
        write_postgis(
            {"sites": results(), "mine": pd.DataFrame({"a": [1]})},
            database=server.url, schema="rg_two", run_id="second",
        )  # fmt: skip
    assert server.sql("SELECT DISTINCT run_id FROM rg_two.sites") == "first"
    write_postgis({"sites": results()}, database=server.url, schema="rg_two", run_id="third")
    assert server.sql("SELECT DISTINCT run_id FROM rg_two.sites") == "third"


def test_rights_and_views_on_an_earlier_run_stay_while_its_columns_do(server, password):
    def write(table, run_id):
        write_postgis({"sites": table}, database=server.url, schema="rg_rights", run_id=run_id)

    write(results(), "first")
    server.sql("CREATE ROLE lecteur; GRANT SELECT ON rg_rights.sites TO lecteur;")
    server.sql("CREATE VIEW rg_rights.vue AS SELECT site, run_id FROM rg_rights.sites")
    write(results().iloc[:1], "second")
    assert server.sql("SELECT * FROM rg_rights.vue") == "s1|second"
    assert server.sql("SELECT has_table_privilege('lecteur', 'rg_rights.sites', 'SELECT')") == "t"
    told = server.sql("SELECT obj_description('rg_rights.sites'::regclass)")
    assert told == "(renewal-gis run second)"
    with pytest.raises(LayerReadError, match="Drop what depends on it"):
        write(results().assign(more=1), "third")
    server.sql("DROP VIEW rg_rights.vue")
    write(results().assign(more=1), "third")
    assert server.sql("SELECT run_id, more FROM rg_rights.sites") == "third|1\nthird|1"


def test_tables_without_rows_without_shapes_or_with_heights(server, password):
    none = results().iloc[:0]
    bare = results().set_geometry(gpd.GeoSeries([None, None], index=results().index, crs=2154))
    high = gpd.GeoDataFrame(
        {"a": [1]}, index=["x"], geometry=gpd.points_from_xy([X], [Y], [30]), crs=2154
    )
    write_postgis(
        {"none": none, "bare": bare, "high": high}, database=server.url, schema="rg_odd", run_id="r"
    )
    assert server.sql("SELECT count(*) FROM rg_odd.none") == "0"
    assert server.sql("SELECT count(*) FROM rg_odd.bare WHERE geom IS NULL") == "2"
    assert server.sql("SELECT ST_AsText(geom) FROM rg_odd.high") == f"POINT({X} {Y})"
    kinds = "SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'rg_odd'"
    assert server.sql(kinds) == "\n".join(["GEOMETRY|2154"] * 3)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"Sites": results()}, "small letters"),
        ({"s": pd.DataFrame({"a": [1, 2]}, index=["x", "x"])}, "the index repeats"),
        ({"s": results().set_crs(None, allow_override=True)}, "no EPSG code"),
        ({"s": pd.DataFrame({"run_id": [1]})}, "which are taken"),
    ],
)
def test_what_cannot_be_written_is_told_before_the_server_is_called(tables, told):
    with pytest.raises(UsageError, match=told):
        write_postgis(tables, database="postgis://sig@127.0.0.1:1/x", schema="s", run_id="r")


def test_without_the_driver_one_sentence_says_what_to_install(monkeypatch):
    import sys
    from pathlib import Path

    from renewal_gis.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(MissingExtraError, match=r"renewal-gis\[postgis\]"):
        load(LayerSpec(path=Path("a.b"), database="service=x"))
