"""Studies written as a planner would, on the real files: the mining basin and the metropolis of Lille."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

from renewal_gis.loading import load

BASIN = """
[study]
name = "Valenciennes Métropole, fichiers réels"
[layers]
communes = {{ path = "{data}/admin/communes-mbm.geojson", source = "admin_express", keep = {{ epci_siren = ["245901160"] }} }}
stock = {{ path = "{data}/mining_basin/batis.geojson", id = "row", constants = {{ dwellings = 1 }} }}
estates = {{ path = "{data}/mining_basin/cites-minieres.geojson", id = "row", rename = {{ nom = "name" }} }}
"""
LILLE = """
[study]
name = "Lille, fichiers réels"
[layers]
communes = {{ path = "{data}/population/lille_mel_filosofi2017_200m.gpkg", source = "admin_express", layer = "cities", keep = {{ INSEE_COM = {codes} }} }}
constraints = {{ path = "{data}/population/lille_mel_filosofi2017_200m.gpkg", source = "qpv", layer = "qpvs" }}
[walk]
margin_m = {margin}
"""


def loaded(folder, text, **words):
    path = folder / "study.toml"
    path.write_text(text.format(**words), encoding="utf-8")
    return load(path)


def test_the_members_of_an_epci_are_those_its_own_list_names(shared, tmp_path):
    study = loaded(tmp_path, BASIN, data=shared)
    held = json.loads((shared / "admin" / "epci_membres.json").read_text(encoding="utf-8"))
    (listed,) = [one for one in held if one["code"] == "245901160"]
    members = {one["code"]: one["nom"] for one in listed["membres"]}
    assert study.tables["communes"]["name"].to_dict() == members
    assert len(members) == 35
    (aside,) = [one for one in study.findings if one.code == "other-epci"]
    assert aside.count == 330 - 35


def test_real_buildings_are_flagged_in_the_real_estates_as_geopandas_finds_them(shared, tmp_path):
    study = loaded(tmp_path, BASIN, data=shared)
    stock = study.tables["stock"]
    shapes = stock.set_geometry(stock.geometry.representative_point())
    estates = study.tables["estates"].geometry
    inside = gpd.sjoin(shapes, gpd.GeoDataFrame(geometry=estates), predicate="intersects")
    expected = set(inside.index)
    assert set(stock.index[stock["estate"].notna()]) == expected
    assert 20 < len(expected) < len(stock)
    assert (stock.loc[sorted(expected), "tenure"] == "mining").all()
    (told,) = [one for one in study.findings if one.code == "estates"]
    assert told.count == len(expected)


@pytest.mark.parametrize(
    ("codes", "margin", "empty"), [(["59350"], 0, False), (["59650"], 2000, False), (["59005"], 0, True)]
)  # fmt: skip
def test_real_qpv_are_cut_to_the_commune_and_its_margin(shared, tmp_path, codes, margin, empty):
    study = loaded(tmp_path, LILLE, data=shared, codes=json.dumps(codes), margin=margin)
    path = shared / "population" / "lille_mel_filosofi2017_200m.gpkg"
    around = study.tables["communes"].geometry.union_all().buffer(margin)
    whole = gpd.read_file(path, layer="qpvs")
    near = set(whole.loc[whole.make_valid().intersects(around), "CODE_QP"])
    held = set() if empty else set(study.tables["constraints"].index)
    assert held == near
    assert ("constraints" in study.tables) != empty
    assert len(near) < len(whole)
    aside = [one.count for one in study.findings if one.code == "not-read"]
    assert sum(aside) == len(whole) - len(near)
