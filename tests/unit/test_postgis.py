"""PostGIS: layers read from a real server, cut there, and results written back."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from postgis_server import PASSWORD, missing, running
from shapely import box

from renewal_gis.errors import CRSError, LayerReadError, UsageError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.postgis_connecting import is_database, told_place
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


@pytest.mark.parametrize(
    "database",
    [
        "postgis://sig:s3cret@h/agence",
        "service=agence password=s3cret",
        "postgresql://h/a?password=s3cret",
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
