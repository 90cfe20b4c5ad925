"""Outlines and cells as they are published: ADMIN EXPRESS, QPV, Filosofi, Cartofriches, Géorisques, Sitadel."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.known import (
    KNOWN,
    inspire_squares,
    read_commune_risks,
    read_filosofi,
    read_permits,
)

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0


def load(path, source, table, layer=None, **asked):
    rest = {name: asked.pop(name) for name in ("keep", "values", "vintage") if name in asked}
    return read_layer(
        [LayerSpec(path=path, source=source, layer=layer, **rest)],
        table=table,
        crs=LAMBERT,
        **asked,
    )


def counts(loaded):
    return {one.code: one.count for one in loaded.findings}


def zones(path, columns, shapes=None, **options):
    count = len(next(iter(columns.values())))
    shapes = shapes or [box(X + 100 * n, Y, X + 100 * n + 50, Y + 50) for n in range(count)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=2154).to_file(path, **options)
    return path


def test_every_source_says_its_licence_its_credit_and_its_columns():
    for source in KNOWN.values():
        assert source.licence
        assert (
            source.producer.split(",")[0].split("/")[0] in source.attribution
            or "MTE" in source.attribution
        )
        assert "{vintage}" in source.attribution
        assert source.page.startswith("https://")
        assert any(field.needed for field in source.columns) or source.name == "georisques"


# ---- ADMIN EXPRESS ---------------------------------------------------------------------------------------


def test_communes_of_one_epci(tmp_path):
    path = zones(
        tmp_path / "ae.gpkg",
        {"INSEE_COM": ["59112", "59207", "59153"], "NOM": ["Bruay", "Escautpont", "Condé"],
         "POPULATION": [11584, 4100, 9297], "SIREN_EPCI": ["245901160", "200042190", "245901160/200054781"]},
        layer="COMMUNE",
    )  # fmt: skip
    loaded = load(path, "admin_express", "communes", keep={"SIREN_EPCI": ("245901160",)})
    assert loaded.table.index.tolist() == ["59112", "59153"]
    assert loaded.table["epci"].tolist() == ["245901160", "245901160"]
    assert loaded.table["population"].tolist() == [11584, 9297]
    assert counts(loaded) == {"other-epci": 1}
    with pytest.raises(LayerReadError, match="no commune is of the EPCI 245901161"):
        load(path, "admin_express", "communes", keep={"SIREN_EPCI": ("245901161",)})


def test_the_outlines_geo_api_answers(tmp_path):
    columns = {
        "nom": ["Anzin"],
        "code": ["59014"],
        "population": [13417],
        "codeEpci": ["245901160"],
    }
    shape = gpd.GeoSeries([box(X, Y, X + 9, Y + 9)], crs=2154).to_crs(4326)
    gpd.GeoDataFrame(columns, geometry=shape).to_file(tmp_path / "c.geojson")
    loaded = load(tmp_path / "c.geojson", "admin_express", "communes")
    assert loaded.table.loc["59014", "name"] == "Anzin"


def test_the_real_communes_of_lille(shared):
    path = shared / "population" / "lille_mel_filosofi2017_200m.gpkg"
    loaded = load(
        path, "admin_express", "communes", layer="cities", keep={"SIREN_EPCI": ("200093201",)}
    )
    assert 90 <= len(loaded.table) <= 95
    assert loaded.table.loc["59350", "name"] == "Lille"
    assert loaded.table["population"].sum() > 1_100_000


# ---- QPV -------------------------------------------------------------------------------------------------


def test_qpv_of_2024_from_the_published_zip(tmp_path):
    name = "QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson"
    columns = {"code_qp": ["QN05901M"], "lib_qp": ["Chasse Royale"], "lib_com": ["Valenciennes"]}
    shape = gpd.GeoSeries([box(X, Y, X + 90, Y + 90)], crs=2154).to_crs(4326)
    gpd.GeoDataFrame(columns, geometry=shape).to_file(tmp_path / name)
    path = tmp_path / "qp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / name, f"GEOJSON/{name}")
        archive.writestr("SHP/QP2024_France_hexagonale_LB93.shp", b"x")
    loaded = load(path, "qpv", "constraints")
    row = loaded.table.loc["QN05901M"]
    assert row[["kind", "level", "vintage"]].tolist() == ["QPV", "derogation", "QPV 2024"]
    assert loaded.provenance[0].attribution == "ANCT – QPV 2024"


def test_the_real_qpv_of_lille_are_of_2015(shared):
    path = shared / "population" / "lille_mel_filosofi2017_200m.gpkg"
    loaded = load(path, "qpv", "perimeters", layer="qpvs")
    assert len(loaded.table) == 26
    assert loaded.provenance[0].vintage == "2015"
    assert loaded.table["programme"].unique().tolist() == ["QPV"]
    assert counts(loaded)["invalid-geometry"] == 1


@pytest.mark.parametrize(
    ("codes", "told"),
    [(["QN1", "QP2"], "mixes QPV of 2015 and of 2024"), (["ZU1"], "start with 'ZU'")],
)
def test_other_zonings_are_refused(tmp_path, codes, told):
    path = zones(tmp_path / "q.gpkg", {"code_qp": codes, "lib_qp": codes})
    with pytest.raises(LayerReadError, match=told):
        load(path, "qpv", "constraints")


# ---- Filosofi --------------------------------------------------------------------------------------------


def test_the_squares_of_the_real_grid_come_from_their_ids(shared):
    path = shared / "population" / "lille_mel_filosofi2017_200m.gpkg"
    held = gpd.read_file(path, layer="enriched_grid", rows=500)
    squares = inspire_squares(held["id"])
    assert (squares.area == 40_000).all()
    apart = squares.to_crs(2154).centroid.distance(held.geometry.centroid)
    assert apart.max() < 0.01


IDS = ["CRS3035RES200mN3067800E3817400", "CRS3035RES200mN3067800E3817600"]
FILOSOFI = (
    "idcar_200m;i_est_200;lcog_geo;ind;men;men_pauv;ind_snv;log_av45;log_45_70;log_70_90;log_ap90;log_inc;log_soc\n"
    f"{IDS[0]};0;59350;100;40;10;2000000;10;20;5;5;1;12\n"
    f"{IDS[1]};1;5935059009;10,5;4;1;150000;1;1;1;0,5;0;0\n"
    "CRS2154X;0;59350;1;1;0;1;1;0;0;0;0;0\n"
)


def test_cells_say_people_homes_incomes_and_what_was_imputed(tmp_path):
    path = tmp_path / "carreaux_200m_met_2019.csv"
    path.write_text(FILOSOFI)
    cells = read_filosofi(path)
    assert cells["dwellings"].tolist() == [41.0, 3.5]
    assert cells.loc[IDS[0], "living_standard_eur"] == 20_000
    assert cells["imputed"].tolist() == [False, True]
    assert cells.crs.to_epsg() == 3035


def test_cells_stand_in_for_homes(tmp_path):
    path = tmp_path / "carreaux_200m_met_2019.csv"
    path.write_text(FILOSOFI)
    loaded = load(path, "filosofi", "stock")
    assert loaded.table["dwellings"].tolist() == [41, 4]
    assert loaded.table["commune"].isna().tolist() == [False, True]
    assert counts(loaded) == {
        "no-inspire-id": 1, "imputed-cells": 1, "homes-by-cell": 1, "several-communes": 1
    }  # fmt: skip
    assert loaded.provenance[0].attribution == "INSEE – Filosofi 2019"


def test_only_cells_near_the_communes_are_read(tmp_path):
    path = tmp_path / "Filosofi2015_carreaux_200m_metropole.csv"
    path.write_text(FILOSOFI.replace("idcar_200m", "IdINSPIRE"))
    first = inspire_squares(pd.Series(IDS[:1])).to_crs(2154).iloc[0]
    here = gpd.GeoDataFrame(
        {"name": ["x"]}, index=["59350"], geometry=[first.centroid.buffer(10)], crs=2154
    )
    loaded = load(path, "filosofi", "stock", communes=here, margin_m=10)
    assert loaded.table.index.tolist() == IDS[:1]
    assert counts(loaded)["not-read"] == 1
    assert loaded.provenance[0].vintage == "2015"


# ---- Cartofriches ----------------------------------------------------------------------------------------


def friches(path, *rows):
    usual = {"site_nom": "Friche", "site_statut": "friche sans projet", "comm_insee": "59014",
             "unite_fonciere_surface": "", "geomsurf": "", "geompoint": ""}  # fmt: skip
    frame = pd.DataFrame([{"site_id": f"59_{n}", **usual, **row} for n, row in enumerate(rows)])
    frame.to_csv(path, index=False)
    return path


def test_brownfield_becomes_candidate_sites(tmp_path):
    outline = gpd.GeoSeries([box(X, Y, X + 100, Y + 100)], crs=2154).to_crs(4326).iloc[0].wkt
    path = friches(
        tmp_path / "f.csv",
        {"geomsurf": outline, "unite_fonciere_surface": "20000"},
        {"geomsurf": outline, "site_nom": ""},
        {"geompoint": "POINT (3.5 50.4)"},
        {"site_statut": "friche reconvertie", "geomsurf": outline},
    )
    loaded = load(path, "cartofriches", "sites", vintage="2026-T1")
    assert loaded.table["capacity"].tolist() == [80, 40]  # 2 ha and 1 ha at 40 a hectare
    assert loaded.table["name"].tolist() == ["Friche", "59_1"]
    assert counts(loaded) == {"reused": 1, "no-outline": 1, "capacity-assumed": 1}
    assert loaded.provenance[0].attribution == "Cerema – Cartofriches 2026-T1"


def test_a_state_of_another_schema_is_refused(tmp_path):
    with pytest.raises(LayerReadError, match="'friche oubliée'"):
        load(
            friches(tmp_path / "f.csv", {"site_statut": "friche oubliée"}), "cartofriches", "sites"
        )


# ---- Géorisques ------------------------------------------------------------------------------------------


def test_hazard_layers_inform_until_the_study_gives_them_a_level(tmp_path):
    path = zones(tmp_path / "PPRN_ZONE_INOND.gpkg", {"id": ["p", "p"], "nom_ppr": ["PPRI", "PPRI"]})
    loaded = load(path, "georisques", "constraints")
    assert loaded.table["level"].tolist() == ["information", "information"]
    assert loaded.table["kind"].tolist() == ["flood", "flood"]
    assert loaded.table.index.tolist() == ["p", "p-2"]
    firm = load(path, "georisques", "constraints", values={"level": {"information": "derogation"}})
    assert firm.table["level"].unique().tolist() == ["derogation"]
    other = zones(tmp_path / "zones.gpkg", {"id": ["p"]})
    with pytest.raises(LayerReadError, match="no layer of Géorisques"):
        load(other, "georisques", "constraints")


def test_risks_of_communes(tmp_path):
    path = tmp_path / "risques.json"
    entry = {
        "code_insee": "59153",
        "risques_detail": [{"num_risque": "11", "libelle_risque_long": "Inondation"}],
    }
    path.write_text(json.dumps({"data": [entry, {"code_insee": "59160", "risques_detail": None}]}))
    assert read_commune_risks(path).to_dict("records") == [
        {"commune": "59153", "risk": "11", "name": "Inondation"}
    ]
    path.write_text("<html>")
    with pytest.raises(LayerReadError, match="web page"):
        read_commune_risks(path)
    path.write_text('{"erreur": 1}')
    with pytest.raises(LayerReadError, match="no list data"):
        read_commune_risks(path)


# ---- Sitadel ---------------------------------------------------------------------------------------------

PERMITS = (
    "COMM;NUM_DAU;TYPE_DAU;ETAT_DAU;DATE_REELLE_AUTORISATION;DATE_REELLE_DAACT;NB_LGT_TOT_CREES;"
    "NB_LGT_PRET_LOC_SOCIAL;NB_LGT_DEMOLIS;SEC_CADASTRE1;NUM_CADASTRE1;SEC_CADASTRE2;NUM_CADASTRE2\n"
    "59112;PC1;PC;6;2019-05-02;12/03/2021;24;24;0;AB;37;A;5\n"
    "59112;PC2;PC;2;2020-13-40;;3;0;2;AB;255P;;\n"
    "59112;PC2;PC;2;2020-01-01;;3;0;2;AB;1;;\n"
    "59112;DP3;DP;9;;;;;;;;;\n"
)


def test_permits_with_their_parcels(tmp_path):
    path = tmp_path / "sitadel.csv"
    path.write_text(PERMITS)
    table, findings = read_permits(path)
    assert table.index.tolist() == ["PC1", "PC2", "DP3"]
    assert table["state"].tolist()[:2] == ["completed", "authorised"]
    assert pd.isna(table.loc["DP3", "state"])
    assert table.loc["PC1", "parcels"] == "59112000AB0037/591120000A0005"
    assert pd.isna(table.loc["PC2", "parcels"])
    assert table.loc["PC1", "completed"] == pd.Timestamp("2021-03-12")
    assert pd.isna(table.loc["PC2", "authorised"])
    assert table["social_dwellings"].tolist()[0] == 24
    assert [one.code for one in findings] == ["repeated-permit", "no-date", "no-parcel"]


def test_permits_are_no_layer_of_the_map(tmp_path):
    path = tmp_path / "sitadel.csv"
    path.write_text(PERMITS)
    with pytest.raises(LayerReadError, match="read it from Python"):
        load(path, "sitadel", "operations")
