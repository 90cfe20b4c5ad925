"""A study whose layers are tables of a real PostGIS database, and its results written back there."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from postgis_server import PASSWORD, missing, running
from small_study import write_small_study

from renewal_gis.cli import main
from renewal_gis.errors import DataError, StudyFileError, UsageError
from renewal_gis.loading import load
from renewal_gis.storing import require_database, store
from renewal_gis.study import run
from renewal_gis.tabling import tables


def sql_of(name: str, table: gpd.GeoDataFrame, kinds: str) -> str:
    """Return the statements that make a table of the agency's own out of a layer."""
    columns = [part.split()[0] for part in kinds.split(",")]
    lines = [f"CREATE TABLE urba.{name} ({kinds}, forme geometry(Geometry, 2154));"]
    for _, row in table.iterrows():
        values = ", ".join("'" + str(row[one]).replace("'", "''") + "'" for one in columns)
        shape = f"ST_GeomFromText('{row.geometry.wkt}', 2154)"
        lines.append(f"INSERT INTO urba.{name} VALUES ({values}, {shape});")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    reason = missing()
    if reason:
        pytest.skip(reason)
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgis is not installed")
    folder = tmp_path_factory.mktemp("files")
    write_small_study(folder)
    communes = gpd.read_file(folder / "communes.gpkg")
    stock = gpd.read_parquet(folder / "stock.parquet").reset_index()
    far = stock.iloc[[0]].assign(id="far").set_geometry(stock.iloc[[0]].translate(90_000, 0))
    stock = gpd.GeoDataFrame(pd.concat([stock, far], ignore_index=True), crs=stock.crs)
    sites = gpd.read_file(folder / "sites.geojson").to_crs(2154)
    with running() as held:
        held.sql("CREATE SCHEMA urba;")
        held.sql(sql_of("communes", communes, "id text PRIMARY KEY, name text, population int"))
        held.sql(sql_of("batiments", stock, "id text PRIMARY KEY, dwellings int"))
        held.sql(sql_of("foncier", sites, "id text, name text, capacity int"))
        # A view has no key of its own: the study names the column.
        held.sql("CREATE VIEW urba.sites AS SELECT * FROM urba.foncier;")
        yield held


@pytest.fixture
def study(server, tmp_path, monkeypatch):
    secret = tmp_path / "pgpass"
    secret.write_text(f"127.0.0.1:{server.port}:*:sig:{PASSWORD}\n")
    secret.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(secret))
    path = write_small_study(tmp_path / "study")
    text = path.read_text()
    for old, new in (
        ('communes = "communes.gpkg"', f'communes = {{ path = "{server.url}", table = "urba.communes" }}'),
        (
            'stock = { path = "stock.parquet", nature = "synthetic" }',
            f'stock = {{ path = "{server.url}", table = "urba.batiments", nature = "synthetic" }}',
        ),
        ('sites = "sites.geojson"', f'sites = {{ path = "{server.url}", table = "urba.sites", id = "id" }}'),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def test_a_study_of_tables_gives_the_figures_of_the_same_study_of_files(study, tmp_path):
    of_tables, of_files = run(study), run(write_small_study(tmp_path / "files"))
    assert of_tables.stock.index.tolist() == of_files.stock.index.tolist()
    for name in ("rank", "score", "walk_min:ecole"):
        assert of_tables.sites[name].tolist() == of_files.sites[name].tolist()
    # The building 90 km away stayed on the server, and is counted.
    (told,) = [one for one in of_tables.study.findings if one.code == "not-read"]
    assert (told.layer, told.count) == ("stock", 1)
    origins = {one.layer: one for one in of_tables.study.provenance}
    assert origins["stock"].file == "urba.batiments"
    assert (origins["stock"].rows_in, origins["stock"].rows_kept) == (5, 4)


def test_a_run_is_written_into_the_database_and_its_files_hold_no_secret(server, study, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, ["run", str(study), "--output", str(out), "--postgis", server.url, "--schema", "rg"]
    )
    assert done.exit_code == 0, done.output
    assert f"into the schema rg of postgis://127.0.0.1:{server.port}/agence" in done.output
    manifest = json.loads((out / "manifest.json").read_text())
    identity = manifest["parameters"]["run"]
    rows = server.sql(
        'SELECT site, rank, "walk_min:ecole", data_nature, timetable_date, run_id, ST_SRID(geom) '
        "FROM rg.sites ORDER BY rank"
    ).splitlines()
    sites = pd.read_csv(out / "sites.csv").set_index("site").sort_values("rank")
    assert [row.split("|")[0] for row in rows] == sites.index.tolist()
    assert float(rows[0].split("|")[2]) == pytest.approx(sites["walk_min:ecole"].iloc[0])
    assert all(row.endswith(f"synthetic|2026-03-10|{identity}|2154") for row in rows)
    for part in [*out.iterdir(), study]:
        content = part.read_bytes()
        assert PASSWORD.encode() not in content
        if part != study:
            assert b"sig@" not in content, part.name


def test_every_table_of_a_run_has_a_key_comments_and_units(server, study):
    results = run(study)
    names = store(results, database=server.url, schema="rg_all")
    held = server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'rg_all' ORDER BY 1")
    assert sorted(held.splitlines()) == names
    assert set(tables(results)) <= set(names)
    keys = server.sql(
        "SELECT count(*) FROM information_schema.table_constraints "
        "WHERE table_schema = 'rg_all' AND constraint_type = 'PRIMARY KEY'"
    )
    assert int(keys) == len(names)
    comment = server.sql(
        "SELECT col_description('rg_all.stock'::regclass, ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'rg_all' AND table_name = 'stock' AND column_name = 'walk_min:ecole'"
    )
    assert comment.endswith("[min]")
    assert (
        server.sql("SELECT obj_description('rg_all.sites'::regclass)").split(".")[0]
        == "Candidate sites for reconstruction"
    )
    # A second run takes the place of the first; two schemas of one database keep two runs.
    assert store(results, database=server.url, schema="rg_all") == names


def test_a_closed_door_is_told_before_anything_is_computed(study, tmp_path, monkeypatch):
    monkeypatch.setattr("renewal_gis.study.run", lambda *args, **options: pytest.fail("it ran"))
    for words, told in (
        (["--postgis", "postgis://sig@127.0.0.1:1/agence"], "cannot be reached"),
        (["--postgis", "postgis://sig:x1y2@127.0.0.1/agence"], "pgpass"),
        (["--postgis", "results.gpkg"], "names no database"),
        (["--postgis", "service=x", "--schema", "Mes résultats"], "small letters"),
        (["--schema", "rg"], "goes with --postgis"),
    ):
        done = CliRunner().invoke(main, ["run", str(study), *words])
        assert done.exit_code != 0
        assert told in done.output
        assert "x1y2" not in done.output
    assert not (study.parent / "results").exists()


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('{ path = "postgis://sig@h/agence" }', "layers.stock.table: is needed"),
        (
            '{ path = "postgis://sig:s3cr3t@h/agence", table = "a.b" }',
            "layers.stock.path: postgis://h/agence: the password does not belong here",
        ),
        ('{ path = "service=x password=s3cr3t", table = "a.b" }', "the password does not belong"),
        ('{ path = "postgis://sig@h/x?sslpassword=s3cr3t", table = "a.b" }', "the password does"),
        ('{ path = "postgis://[h/x", table = "a.b" }', "it is no address"),
        ('{ path = "stock.parquet", table = "a.b" }', "layers.stock.table: goes with a database"),
        ('{ path = "service=x", table = "a.b", crs = "EPSG:2154" }', "layers.stock.crs: is for files"),
        ('{ path = "service=x", table = 3 }', "layers.stock.table"),
    ],
)  # fmt: skip
def test_each_fault_of_a_table_in_a_study_has_its_sentence(tmp_path, entry, told):
    path = write_small_study(tmp_path)
    text = path.read_text()
    old = '{ path = "stock.parquet", nature = "synthetic" }'
    assert old in text
    path.write_text(text.replace(old, entry))
    with pytest.raises(StudyFileError) as fault:
        load(path)
    assert told in str(fault.value)
    assert "s3cr3t" not in str(fault.value)
    assert len(str(fault.value).splitlines()) == 2


def test_a_wrong_password_is_one_sentence_for_the_whole_study(server, study, tmp_path):
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{server.port}:*:sig:wr0ng\n")
    with pytest.raises(DataError, match="refuses the password") as fault:
        load(study)
    assert "wr0ng" not in str(fault.value)
    assert "sig@" not in str(fault.value)
    assert str(fault.value).count("refuses the password") == 1


def test_a_table_nobody_has_is_told_with_the_nearest(study):
    study.write_text(study.read_text().replace("urba.batiments", "urba.batiment"))
    with pytest.raises(DataError, match=r"The nearest is 'urba\.batiments'"):
        load(study)


def test_a_timetable_cannot_be_a_table(tmp_path):
    path = write_small_study(tmp_path)
    text = path.read_text().replace(
        '"gtfs.zip"', '{ path = "postgis://sig:s3cr3t@h/x", table = "a" }'
    )
    path.write_text(text)
    with pytest.raises(StudyFileError, match="cannot be a table of a database") as fault:
        load(path)
    assert "s3cr3t" not in str(fault.value)


def test_a_name_of_a_database_that_is_none_is_refused():
    with pytest.raises(UsageError, match="names no database"):
        require_database(str(Path("data") / "x.gpkg"))
