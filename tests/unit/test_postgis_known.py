"""Known sources in a real PostGIS: tables as agencies load them give what the published files give.

Column names are those of the files (BD TOPO v3, Etalab's cadastre, INSEE's BPE and Filosofi, SDES's RPLS,
CSTB's BDNB, IGN's ADMIN EXPRESS), in the case PostgreSQL or ogr2ogr leaves them.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from postgis_server import PASSWORD, missing, running
from shapely import LineString, box

from renewal_gis.config import read_study_file
from renewal_gis.errors import LayerReadError, SchemaError, StudyFileError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
COMMUNES = gpd.GeoDataFrame(
    {"name": ["N", "S"]}, index=["59112", "59160"], crs=2154,
    geometry=[box(X - 500, Y, X + 500, Y + 500), box(X - 500, Y - 500, X + 500, Y)],
)  # fmt: skip
KINDS = {"i": "bigint", "f": "double precision", "b": "boolean"}


def sql_of(name, table, *, fold=True, key="", srid=2154):
    """Return the statements that load a table as it is published: no key unless one is asked for."""
    shapes = table.geometry if isinstance(table, gpd.GeoDataFrame) else None
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    named = {one: one.lower() if fold else one for one in plain}
    parts = [f'"{named[one]}" {KINDS.get(plain[one].dtype.kind, "text")}' for one in plain]
    parts = ([f"{key} serial PRIMARY KEY"] if key else []) + parts
    if shapes is not None:
        parts.append(f"geom geometry(Geometry, {srid})")
    lines = [f"CREATE TABLE {name} ({', '.join(parts)});"]
    columns = [f'"{named[one]}"' for one in plain] + (["geom"] if shapes is not None else [])
    for row in range(len(plain)):
        values = [
            "NULL" if pd.isna(one) else "'" + str(one).replace("'", "''") + "'"
            for one in plain.iloc[row]
        ]
        if shapes is not None:
            values.append(f"ST_GeomFromText('{shapes.iloc[row].wkt}', {srid})")
        lines.append(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(values)});")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def server():
    reason = missing()
    if reason:
        pytest.skip(reason)
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgis is not installed")
    with running() as held:
        held.sql("CREATE SCHEMA ref; CREATE SCHEMA bdnb; CREATE SCHEMA filosofi_2019;")
        yield held


@pytest.fixture(autouse=True)
def password(server, tmp_path, monkeypatch):
    path = tmp_path / "pgpass"
    path.write_text(f"127.0.0.1:{server.port}:*:sig:{PASSWORD}\n")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))


def read(path, source, table, database=None, communes=COMMUNES, **spec):
    return read_layer(
        [LayerSpec(path=Path(path), source=source, database=database, **spec)],
        table=table, crs=LAMBERT, communes=communes, margin_m=100,
    )  # fmt: skip


def same(of_table, of_file, ordered=True):
    """Compare layers; the server may stack rows in another order than the file."""
    one, two = of_table.table, of_file.table
    if not ordered:
        one, two = one.sort_index(), two.sort_index()
    pd.testing.assert_frame_equal(
        pd.DataFrame(one).drop(columns="geometry"), pd.DataFrame(two).drop(columns="geometry")
    )
    assert one.geometry.geom_equals_exact(two.geometry, 1e-6).all()
    totals = []
    for loaded in (of_table, of_file):
        held = {}
        for finding in loaded.findings:
            held[finding.code] = held.get(finding.code, 0) + finding.count
        totals.append(held)
    assert totals[0] == totals[1]
    (here,), (there,) = of_table.provenance, of_file.provenance
    assert (here.licence, here.attribution, here.vintage) == (
        there.licence,
        there.attribution,
        there.vintage,
    )
    assert (here.rows_in, here.rows_kept) == (there.rows_in, there.rows_kept)
    assert len(here.sha256) == 64


def not_sent(loaded):
    """Return how many rows the server kept for itself."""
    return sum(one.count for one in loaded.findings if "the server left them out" in one.message)


def square(dx=0.0, dy=10.0, side=10.0):
    return box(X + dx, Y + dy, X + dx + side, Y + dy + side)


def buildings():
    rows = 5
    return gpd.GeoDataFrame(
        {
            "cleabs": [f"BATIMENT{n}" for n in range(rows)],
            "usage_1": ["Résidentiel", "Résidentiel", "Commercial et services", "Résidentiel", "Résidentiel"],
            "usage_2": None, "nombre_de_logements": [4, np.nan, np.nan, 2, 9], "nombre_d_etages": 2.0,
            "hauteur": 6.1, "date_d_apparition": "1962-01-01",
            "etat_de_l_objet": ["En service"] * 3 + ["En ruine", "En service"],
            "construction_legere": False, "materiaux_des_murs": "10",
        },
        geometry=[*(square(dx=20.0 * n) for n in range(rows - 1)), square(dx=90_000)], crs=2154,
    )  # fmt: skip


def test_bdtopo_loaded_as_it_comes_gives_the_buildings_of_the_file(server, tmp_path):
    held = buildings()
    held.to_file(tmp_path / "bdtopo.gpkg", layer="batiment")
    server.sql(sql_of("ref.batiment", held, key="ogc_fid"))
    of_table = read("ref.batiment", "bdtopo", "stock", server.url)
    same(of_table, read(tmp_path / "bdtopo.gpkg", "bdtopo", "stock"))
    assert not_sent(of_table) == 1
    assert of_table.table.index.tolist() == ["BATIMENT0", "BATIMENT1"]
    assert of_table.table["dwellings_method"].tolist() == ["counted", "estimated"]
    assert of_table.provenance[0].file == "ref.batiment"
    # A view has no key: the columns of the source name and order the rows.
    server.sql("CREATE VIEW ref.bati_vue AS SELECT * FROM ref.batiment ORDER BY random();")
    seen = [read("ref.bati_vue", "bdtopo", "stock", server.url) for _ in range(2)]
    assert seen[0].provenance[0].sha256 == seen[1].provenance[0].sha256
    same(seen[0], of_table)
    # What the study does not read leaves the fingerprint as it is; what it reads does not.
    before = of_table.provenance[0].sha256
    server.sql("UPDATE ref.batiment SET materiaux_des_murs = '20'")
    assert read("ref.batiment", "bdtopo", "stock", server.url).provenance[0].sha256 == before
    server.sql("UPDATE ref.batiment SET nombre_de_logements = 5 WHERE cleabs = 'BATIMENT0'")
    assert read("ref.batiment", "bdtopo", "stock", server.url).provenance[0].sha256 != before


def test_roads_and_railways_of_bdtopo(server, tmp_path):
    line = LineString([(X, Y), (X + 100, Y)])
    roads = gpd.GeoDataFrame(
        {"cleabs": ["A", "B"], "nature": ["Type autoroutier", "Sentier"],
         "position_par_rapport_au_sol": ["0", "1"], "etat_de_l_objet": "En service"},
        geometry=[line, line], crs=2154,
    )  # fmt: skip
    roads.to_file(tmp_path / "bdtopo.gpkg", layer="troncon_de_route")
    server.sql(sql_of("ref.troncon_de_route", roads))
    of_table = read("ref.troncon_de_route", "bdtopo", "streets", server.url)
    same(of_table, read(tmp_path / "bdtopo.gpkg", "bdtopo", "streets"))
    assert of_table.table["walkable"].tolist() == [False, True]
    rail = gpd.GeoDataFrame(
        {"cleabs": ["A", "B"], "nature": ["Voie ferrée principale", "Tramway"]},
        geometry=[line, line],
        crs=2154,
    )
    server.sql(sql_of("ref.troncon_de_voie_ferree", rail))
    seen = read("ref.troncon_de_voie_ferree", "bdtopo", "backdrop", server.url)
    assert seen.table["kind"].tolist() == ["rail", "tram"]


def test_cadastre_and_admin_express(server, tmp_path):
    held = gpd.GeoDataFrame(
        {"type": ["01", "02", "01"], "commune": "59112", "nom": None, "updated": "2026-01-04"},
        geometry=[square(dx=20.0 * n) for n in range(3)], crs=2154,
    )  # fmt: skip
    held.to_file(tmp_path / "batiments.gpkg", layer="batiments")
    server.sql(sql_of("ref.cadastre_batiments", held, key="gid"))
    of_table = read("ref.cadastre_batiments", "cadastre", "stock", server.url)
    same(of_table, read(tmp_path / "batiments.gpkg", "cadastre", "stock"))
    assert of_table.provenance[0].vintage == "2026-01-04"

    france = gpd.GeoDataFrame(
        {"code_insee": ["59112", "59160", "75056"], "nom_officiel": ["N", "S'", "Paris"],
         "population": [10, 20, 30], "codes_siren_des_epci": ["245901160", "245901160", "200054781/217500016"]},
        geometry=[*COMMUNES.geometry, box(650_000, 6_860_000, 651_000, 6_861_000)], crs=2154,
    )  # fmt: skip
    server.sql(sql_of("ref.commune", france))
    asked = {"keep": {"codes_siren_des_epci": ("245901160",)}, "communes": None}
    seen = read("ref.commune", "admin_express", "communes", server.url, **asked)
    assert seen.table.index.tolist() == ["59112", "59160"]
    assert not_sent(seen) == 1
    paris = {"keep": {"codes_siren_des_epci": ("217500016",)}, "communes": None}
    seen = read("ref.commune", "admin_express", "communes", server.url, **paris)
    assert seen.table.index.tolist() == ["75056"]


BPE = pd.DataFrame(
    [
        # x and y as a CSV gives them to COPY: text, with a comma.
        ("2023", "École", "59112", "735010,5", "7030010,5", "2154", "B", "", "C108"),
        ("2023", "Bus", "59112", "735020", "7030010", "2154", "B", "MO", "D201"),
        ("2023", "Mal placé", "59112", "735020", "7030010", "2154", "M", "", "C108"),
        ("2023", "Nulle part", "59160", None, None, "2154", "_Z", "", "C108"),
        ("2023", "Voisine", "59999", "735550", "7030100", "2154", "A", "", "C108"),
        ("2023", "Lille", "59350", "704000", "7059000", "2154", "B", "", "C108"),
        ("2023", "Illisible", "59350", "néant", "", "2154", "B", "", "C108"),
        # The same numbers in Réunion's system are another place.
        ("2023", "Saint-Denis", "97411", "735010", "7030010", "2975", "B", "", "C108"),
    ],
    columns=["AN", "NOMRS", "DEPCOM", "LAMBERT_X", "LAMBERT_Y", "EPSG", "QUALITE_XY", "TYPE", "TYPEQU"],
)  # fmt: skip


def test_bpe_and_rpls_without_shapes_are_cut_by_their_coordinates(server, tmp_path):
    BPE.to_csv(tmp_path / "bpe23.csv", sep=";", index=False)
    server.sql(sql_of("ref.bpe23", BPE, key="id"))
    of_table = read("ref.bpe23", "bpe", "services", server.url)
    same(of_table, read(tmp_path / "bpe23.csv", "bpe", "services"), ordered=False)
    assert not_sent(of_table) == 2
    assert of_table.provenance[0].vintage == "2023"
    assert of_table.table["name"].tolist() == ["École", "Voisine"]

    rows = [
        ("59112", "1", "RUE A", "1962", "D", 735100.0, 7030010.0),
        ("59112", "1", "RUE A", "1974", None, 735100.0, 7030010.0),
        ("59160", "5", "RUE B", "1990", "D", None, None),
        (None, "5", "RUE B", "1990", "D", None, None),
        ("59350", "5", "RUE C", "1990", "D", 704000.0, 7059000.0),
    ]
    names = ["DEPCOM", "NUMVOIE", "NOMVOIE", "CONSTRUCT", "DPEENERGIE", "X", "Y"]
    rpls = pd.DataFrame(rows, columns=names)
    rpls.to_csv(tmp_path / "rpls.csv", sep=";", index=False)
    server.sql(sql_of("ref.rpls", rpls, fold=False, key="fid"))
    of_table = read("ref.rpls", "rpls", "social_dwellings", server.url)
    same(of_table, read(tmp_path / "rpls.csv", "rpls", "social_dwellings"))
    assert not_sent(of_table) == 1
    assert of_table.table["dwellings"].tolist() == [2]


def test_numbers_as_people_write_them_and_rows_without_a_system(server, tmp_path):
    """A table typed or pasted: blanks between thousands, +, no zero before the comma; EPSG not filled."""
    names = ["AN", "DEPCOM", "LAMBERT_X", "LAMBERT_Y", "EPSG", "TYPEQU"]
    rows = [
        ("2023", "59999", "735 550,5", "+7030100", "2154", "C108"),
        ("2023", "59999", "735\u00a0560", "7.0301e6", "2154", "C108"),
        ("2023", "59999", "735570", "7030100", None, "C108"),
        ("2023", "97411", "735570", "7030100", None, "C108"),  # Réunion, whatever its numbers
        ("2023", "59998", "1e999", ",5", "2154", "C108"),
        ("2023", "59998", "735.550,5", "7030100", "2154", "C108"),
    ]
    held = pd.DataFrame(rows, columns=names)
    held.to_csv(tmp_path / "bpe23.csv", sep=";", index=False)
    held.assign(LAMBERT_X=735_570.0, LAMBERT_Y=7_030_100.0).iloc[2:4].to_parquet(
        tmp_path / "bpe23.parquet"
    )
    server.sql(sql_of("ref.bpe_typed", held, key="id"))
    of_table = read("ref.bpe_typed", "bpe", "services", server.url)
    same(of_table, read(tmp_path / "bpe23.csv", "bpe", "services"), ordered=False)
    assert sorted(of_table.table.geometry.x) == [735_550.5, 735_560.0, 735_570.0]
    assert not_sent(of_table) == 2
    # Of Parquet too, a row that does not say its system is read in that of its commune.
    assert len(read(tmp_path / "bpe23.parquet", "bpe", "services").table) == 1


def test_a_facility_of_a_commune_that_merged_is_told_as_one_of_the_study(server, tmp_path):
    """Badly placed, and named by the code it had then: no file and no table loses it in a count."""
    lost = BPE[BPE["NOMRS"] == "Mal placé"].assign(DEPCOM="59001", LAMBERT_X="0", LAMBERT_Y="0")
    held = pd.concat([BPE.iloc[:1], lost])
    held.to_csv(tmp_path / "bpe23.csv", sep=";", index=False)
    server.sql(sql_of("ref.bpe_merged", held, key="id"))
    merged = COMMUNES.assign(old_codes=["59001 59002", None])
    of_table = read("ref.bpe_merged", "bpe", "services", server.url, communes=merged)
    same(of_table, read(tmp_path / "bpe23.csv", "bpe", "services", communes=merged), ordered=False)
    (told,) = [one for one in of_table.findings if one.code == "bpe-quality"]
    assert "of 59001 has coordinates of quality: bad" in told.message


def test_days_are_read_the_same_whatever_the_server_prefers(server):
    server.sql(sql_of("ref.batiment_jours", buildings().assign(date_d_apparition="1962-01-31")))
    server.sql(
        "ALTER TABLE ref.batiment_jours ALTER date_d_apparition TYPE date USING date_d_apparition::date;"
    )
    usual = read("ref.batiment_jours", "bdtopo", "stock", server.url)
    server.sql("ALTER ROLE sig SET DateStyle = 'SQL, DMY';")
    try:
        other = read("ref.batiment_jours", "bdtopo", "stock", server.url)
    finally:
        server.sql("ALTER ROLE sig RESET DateStyle;")
    assert other.table["built_year"].tolist() == [1962, 1962]
    assert other.provenance[0].sha256 == usual.provenance[0].sha256


def test_the_id_of_a_study_is_found_whatever_its_case(server):
    loud = buildings().rename(columns=lambda name: name if name == "geometry" else name.upper())
    server.sql(sql_of("ref.batiment_capitales", loud, fold=False))
    seen = read("ref.batiment_capitales", "bdtopo", "stock", server.url, id="cleabs")
    assert seen.table.index.tolist() == ["BATIMENT0", "BATIMENT1"]
    with pytest.raises(SchemaError, match="id names the column 'clef'"):
        read("ref.batiment_capitales", "bdtopo", "stock", server.url, id="clef")


def test_filosofi_is_cut_by_its_ids_and_says_its_year(server, tmp_path):
    head = ["idcar_200m", "i_est_200", "lcog_geo", "ind", "men", "men_pauv", "ind_snv", "log_av45",
            "log_45_70", "log_70_90", "log_ap90", "log_inc", "log_soc"]  # fmt: skip
    east, north = gpd.GeoSeries.from_xy([X], [Y], crs=2154).to_crs(3035).get_coordinates().iloc[0]
    corner = (int(north // 200) * 200, int(east // 200) * 200)
    ids = [f"CRS3035RES200mN{corner[0] + dn}E{corner[1]}" for dn in (0, 200, 50_000)]
    ids += ["CRS2975RES200mN100E200", "?"]  # told one by one, in a table as in a file
    cells = pd.DataFrame(
        [(one, 0, "59112", 10.5, 4, 1, 200000.0, 1, 1, 1, 1, 0, 2) for one in ids], columns=head
    )
    cells.to_csv(tmp_path / "carreaux_200m_met_2019.csv", index=False)
    server.sql(sql_of("filosofi_2019.carreaux_200m_met", cells))
    of_table = read("filosofi_2019.carreaux_200m_met", "filosofi", "stock", server.url)
    same(of_table, read(tmp_path / "carreaux_200m_met_2019.csv", "filosofi", "stock"))
    assert not_sent(of_table) == 1
    assert of_table.provenance[0].vintage == "2019"


def test_bdnb_tables_beside_one_another_are_joined(server, tmp_path):
    groups = gpd.GeoDataFrame(
        {"batiment_groupe_id": ["g1", "g2", "g3"], "code_commune_insee": "59112"},
        geometry=[square(), square(dx=30), square(dx=90_000)], crs=2154,
    )  # fmt: skip
    counts = pd.DataFrame(
        {"batiment_groupe_id": ["g1", "g2", "g3"], "nb_log": [10, 0, 7], "nb_niveau": [4, 1, 2],
         "annee_construction": [1956, 2001, 1990],
         "usage_niveau_1_txt": ["Résidentiel collectif", "Tertiaire & Autres", "Résidentiel individuel"]}
    )  # fmt: skip
    path = tmp_path / "bdnb.gpkg"
    groups.to_file(path, layer="batiment_groupe")
    gpd.GeoDataFrame(counts, geometry=[None] * 3, crs=2154).to_file(
        path, layer="batiment_groupe_ffo_bat"
    )
    server.sql(sql_of("bdnb.batiment_groupe", groups))
    server.sql(sql_of("bdnb.batiment_groupe_ffo_bat", counts))
    of_table = read("bdnb.batiment_groupe", "bdnb", "stock", server.url)
    same(of_table, read(path, "bdnb", "stock"))
    assert not_sent(of_table) == 1
    assert of_table.table["dwellings"].tolist() == [10]
    absent = [one.message for one in of_table.findings if one.code == "table-absent"]
    assert len(absent) == 3


def test_zonings_and_hazards_are_told_apart_by_their_table(server):
    zones = gpd.GeoDataFrame(
        {"code_qp": ["QN05901M"], "lib_qp": ["Quartier"]}, geometry=[square(side=100)], crs=2154
    )
    server.sql(sql_of("ref.qpv_2024", zones))
    seen = read("ref.qpv_2024", "qpv", "constraints", server.url)
    assert seen.provenance[0].vintage == "2024"
    flood = gpd.GeoDataFrame({"nom": ["PPRI"]}, geometry=[square(side=100)], crs=2154)
    server.sql(sql_of("ref.pprn_zone_inond", flood, key="gid"))
    seen = read("ref.pprn_zone_inond", "georisques", "constraints", server.url)
    assert seen.table["kind"].tolist() == ["flood"]


def test_a_table_of_something_else_and_an_unknown_vintage_are_refused(server):
    server.sql(
        'CREATE TABLE ref.autre (gid int PRIMARY KEY, "cleab" text, geom geometry(Polygon, 2154));'
    )
    with pytest.raises(LayerReadError, match=r"the table lacks cleabs.*The nearest is 'cleab'"):
        read("ref.autre", "bdtopo", "stock", server.url)
    server.sql(sql_of("ref.bpe27", BPE.assign(AN="2027")))
    with pytest.raises(
        LayerReadError, match="vintage 2027 of the BPE is not known; the nearest known is 2025"
    ):
        read("ref.bpe27", "bpe", "services", server.url)
    with pytest.raises(LayerReadError, match="no such table or view"):
        read("ref.bpe99", "bpe", "services", server.url)


def test_a_study_names_the_source_of_a_table(server, tmp_path):
    entry = f'{{ path = "{server.url}", table = "ref.batiment", source = "%s" }}'
    head = '[study]\nname = "T"\n[layers]\ncommunes = "c.gpkg"\nstock = '
    path = tmp_path / "study.toml"
    path.write_text(head + entry % "bdtopo")
    (spec,) = read_study_file(path).layers["stock"]
    assert (spec.source, spec.path.name) == ("bdtopo", "ref.batiment")
    path.write_text(head + entry % "osm")
    with pytest.raises(StudyFileError, match=r'layers.stock.source: cannot be "osm" in a database'):
        read_study_file(path)
