"""Buildings as they are published: BD TOPO, BDNB, cadastre, RPLS; and dwellings estimated for them.

Shapes: BD TOPO v3 (`cleabs`, `usage_1`…) and its shapefile names (`NB_LOGTS`…); BDNB open tables;
Etalab's GeoJSON; RPLS as DiDo answers (`;`, UTF-8 with a byte order mark).
"""

from __future__ import annotations

import gzip
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box
from shapely.geometry import mapping

from renewal_gis.errors import LayerReadError, UsageError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.known import estimated_dwellings, with_estates, with_social_dwellings

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
COMMUNES = gpd.GeoDataFrame(
    {"name": ["N", "S"]}, index=["59112", "59160"], crs=2154,
    geometry=[box(X - 500, Y, X + 500, Y + 500), box(X - 500, Y - 500, X + 500, Y)],
)  # fmt: skip


def square(dx=0.0, dy=10.0, side=10.0):
    return box(X + dx, Y + dy, X + dx + side, Y + dy + side)


def load(path, table="stock", source="bdtopo", layer=None, **asked):
    return read_layer(
        [LayerSpec(path=path, source=source, layer=layer)], table=table, crs=LAMBERT, **asked
    )


def counts(loaded):
    return {one.code: one.count for one in loaded.findings}


def buildings(*rows):
    usual = {
        "usage_1": "Résidentiel", "usage_2": None, "nombre_de_logements": None, "nombre_d_etages": 1,
        "hauteur": 3.0, "date_d_apparition": "1962-01-01", "etat_de_l_objet": "En service",
        "construction_legere": False,
    }  # fmt: skip
    held = [{"cleabs": f"B{n}", **usual, **row} for n, row in enumerate(rows, 1)]
    shapes = [row.pop("geometry", square(dx=20.0 * n)) for n, row in enumerate(held)]
    return gpd.GeoDataFrame(held, geometry=shapes, crs=2154)


@pytest.fixture
def bdtopo(tmp_path):
    def write(*rows, layer="batiment"):
        path = tmp_path / "bdtopo.gpkg"
        buildings(*rows).to_file(path, layer=layer)
        return path

    return write


def test_counted_buildings_keep_their_count_and_year(bdtopo):
    loaded = load(bdtopo({"nombre_de_logements": 4}, {"nombre_de_logements": 1}))
    assert loaded.table["dwellings"].tolist() == [4, 1]
    assert loaded.table["built_year"].tolist() == [1962, 1962]
    assert loaded.table.index.tolist() == ["B1", "B2"]
    assert loaded.findings == ()
    assert loaded.provenance[0].attribution == "IGN – BD TOPO"


def test_sheds_ruins_and_shops_are_set_aside_and_counted(bdtopo):
    loaded = load(
        bdtopo(
            {"nombre_de_logements": 2},
            {"usage_1": "Commercial et services"},
            {"usage_1": "Commercial et services", "nombre_de_logements": 3},
            {"construction_legere": True},
            {"etat_de_l_objet": "En ruine"},
            {"geometry": square(side=4)},
        )
    )
    assert loaded.table["dwellings"].tolist() == [2, 3]
    assert counts(loaded) == {"not-in-service": 1, "not-residential": 2, "too-small": 1}
    assert loaded.provenance[0].rows_in == 6


def test_a_building_without_a_count_is_estimated_and_told(bdtopo):
    # 400 m² on 5 storeys at 85 m² of floor a flat: 23.5.
    shape = square(side=20)
    loaded = load(
        bdtopo(
            {"nombre_d_etages": 5, "geometry": shape},
            {"nombre_de_logements": 0, "geometry": square(dx=50)},
        )
    )
    assert loaded.table["dwellings"].tolist() == [24, 1]
    told = next(one.message for one in loaded.findings if one.code == "dwellings-estimated")
    assert "2 buildings: 25 dwellings were estimated" in told
    assert "the error is not known" in told


def test_the_commune_comes_from_the_outlines_and_far_buildings_are_not_read(bdtopo):
    rows = [{"nombre_de_logements": 1, "geometry": square(dy=dy)} for dy in (50, -50, 3000)]
    loaded = load(bdtopo(*rows), communes=COMMUNES, margin_m=100)
    assert loaded.table["commune"].tolist() == ["59112", "59160"]
    assert counts(loaded)["not-read"] == 1


def test_the_names_of_the_shapefile_are_known_too(tmp_path):
    frame = buildings({"nombre_de_logements": 3}).rename(
        columns={"cleabs": "ID", "usage_1": "USAGE1", "nombre_de_logements": "NB_LOGTS",
                 "date_d_apparition": "DATE_APP", "etat_de_l_objet": "ETAT", "hauteur": "HAUTEUR"}
    )  # fmt: skip
    frame[["ID", "USAGE1", "NB_LOGTS", "DATE_APP", "ETAT", "HAUTEUR", "geometry"]].to_file(
        tmp_path / "BATIMENT.shp"
    )
    assert load(tmp_path / "BATIMENT.shp").table["dwellings"].tolist() == [3]


def test_roads_say_what_walkers_may_use_and_where_bridges_are(tmp_path):
    line = LineString([(X, Y, 1.0), (X + 100, Y, 1.0)])
    frame = gpd.GeoDataFrame(
        {"cleabs": ["A", "B", "C"], "nature": ["Route à 1 chaussée", "Type autoroutier", "Sentier"],
         "position_par_rapport_au_sol": ["0", "0", "1"], "etat_de_l_objet": "En service"},
        geometry=[line, line, line], crs=2154,
    )  # fmt: skip
    path = tmp_path / "bdtopo.gpkg"
    frame.to_file(path, layer="troncon_de_route")
    buildings({}).to_file(path, layer="batiment")
    loaded = load(path, table="streets")
    assert loaded.table["walkable"].tolist() == [True, False, True]
    assert loaded.table["bridge"].tolist() == [False, False, True]
    assert loaded.table["kind"].tolist()[2] == "Sentier"


def test_rail_and_water_make_the_backdrop(tmp_path):
    line = LineString([(X, Y), (X + 100, Y)])
    path = tmp_path / "fer.gpkg"
    rail = {"cleabs": ["A", "B"], "nature": ["Voie ferrée principale", "Tramway"]}
    gpd.GeoDataFrame(rail, geometry=[line, line], crs=2154).to_file(
        path, layer="troncon_de_voie_ferree"
    )
    loaded = load(path, table="backdrop", layer="troncon_de_voie_ferree")
    assert loaded.table["kind"].tolist() == ["rail", "tram"]


def test_a_file_of_no_known_shape_is_refused(tmp_path):
    path = tmp_path / "x.gpkg"
    gpd.GeoDataFrame({"batiment": ["a"]}, geometry=[square()], crs=2154).to_file(
        path, layer="batiment"
    )
    with pytest.raises(LayerReadError, match="lacks cleabs, so it is of no vintage that is known"):
        load(path)


# ---- RPLS ------------------------------------------------------------------------------------------------

RPLS = (
    "DEPCOM;NUMVOIE;NOMVOIE;CONSTRUCT;DPEENERGIE;X;Y\n"
    "59112;1;RUE A;1962;D;735100,0;7030010,0\n"
    "59112;1;RUE A;1962;;735100,0;7030010,0\n"
    "59112;1;RUE A;1974;E;735100,0;7030010,0\n"
    "59160;3;RUE B;;D;735200,0;7029900,0\n"
    "59160;5;RUE B;1990;D;;\n"
)


def test_social_dwellings_become_buildings(tmp_path):
    path = tmp_path / "rpls.csv"
    path.write_text("\ufeff" + RPLS, encoding="utf-8")
    loaded = load(path, source="rpls")
    assert loaded.table["dwellings"].tolist() == [3, 1]
    assert loaded.table["tenure"].tolist() == ["social", "social"]
    assert loaded.table["built_year"].tolist() == [1962, pd.NA]
    assert loaded.table["commune"].tolist() == ["59112", "59160"]
    assert counts(loaded) == {"not-located": 1, "grouped": 2, "no-energy-label": 1}
    assert loaded.provenance[0].rows_in == 5


# ---- BDNB ------------------------------------------------------------------------------------------------


def bdnb_zip(path, tables):
    with zipfile.ZipFile(path, "w") as archive:
        for name, frame in tables.items():
            archive.writestr(f"csv/{name}.csv", frame.to_csv(sep=";", index=False))
    return path


def bdnb_tables():
    return {
        "batiment_groupe": pd.DataFrame(
            {"batiment_groupe_id": ["g1", "g2", "g3"], "code_commune_insee": "59112",
             "geom_groupe": [square(dx=20 * n).wkt for n in range(3)]}
        ),
        "batiment_groupe_ffo_bat": pd.DataFrame(
            {"batiment_groupe_id": ["g1", "g2"], "nb_log": [10, 0], "nb_niveau": [4, 1],
             "annee_construction": [1956, 2001],
             "usage_niveau_1_txt": ["Résidentiel collectif", "Tertiaire & Autres"]}
        ),
        "batiment_groupe_rpls": pd.DataFrame({"batiment_groupe_id": ["g1", "g3"], "nb_log": [8, 5]}),
    }  # fmt: skip


def test_bdnb_tables_are_joined_into_buildings(tmp_path):
    path = bdnb_zip(tmp_path / "open_data_bdnb_59.zip", bdnb_tables())
    loaded = load(path, source="bdnb")
    assert loaded.table.index.tolist() == ["g1", "g3"]
    assert loaded.table["dwellings"].tolist()[0] == 10
    assert loaded.table["tenure"].tolist() == ["social", "social"]
    assert loaded.table["built_year"].tolist()[0] == 1956
    held = counts(loaded)
    assert held["not-residential"] == 1
    assert held["table-absent"] == 1


def test_a_bdnb_geopackage_gives_what_the_zip_gives(tmp_path):
    tables = bdnb_tables()
    path = tmp_path / "bdnb.gpkg"
    groups = tables.pop("batiment_groupe")
    shapes = gpd.GeoSeries.from_wkt(groups.pop("geom_groupe"))
    gpd.GeoDataFrame(groups, geometry=shapes, crs=2154).to_file(path, layer="batiment_groupe")
    for name, frame in tables.items():
        gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=2154).to_file(path, layer=name)
    other = bdnb_zip(tmp_path / "b.zip", bdnb_tables())
    one, two = load(path, source="bdnb").table, load(other, source="bdnb").table
    pd.testing.assert_frame_equal(one.drop(columns="geometry"), two.drop(columns="geometry"))


def test_repeated_groups_and_more_social_than_all_are_told(tmp_path):
    tables = bdnb_tables()
    rpls = tables["batiment_groupe_rpls"]
    tables["batiment_groupe_rpls"] = pd.concat([rpls, rpls.assign(nb_log=99)]).iloc[[2, 0, 1]]
    loaded = load(bdnb_zip(tmp_path / "b.zip", tables), source="bdnb")
    assert {"repeated-group", "more-social-than-all"} <= set(counts(loaded))
    assert loaded.table["dwellings"].tolist()[0] == 10


# ---- Cadastre --------------------------------------------------------------------------------------------


def test_the_cadastre_is_read_compressed_and_warns_that_it_tells_no_use(tmp_path):
    shapes = gpd.GeoSeries([square(), square(dx=30), square(dx=60)], crs=2154).to_crs(4326)
    features = [
        {"type": "Feature", "geometry": mapping(shape),
         "properties": {"type": kind, "commune": "59112", "nom": None, "updated": "2026-01-04"}}
        for shape, kind in zip(shapes, ["01", "02", "01"], strict=True)
    ]  # fmt: skip
    path = tmp_path / "cadastre-59112-batiments.json.gz"
    path.write_bytes(
        gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    )
    loaded = load(path, source="cadastre")
    assert loaded.table.index.tolist() == ["59112-1", "59112-2"]
    assert loaded.table["dwellings"].tolist() == [1, 1]
    assert {"light-building", "no-use", "dwellings-estimated"} == set(counts(loaded))
    assert loaded.provenance[0].vintage == "2026-01-04"


# ---- Estimates -------------------------------------------------------------------------------------------


def stock(**columns):
    return pd.DataFrame({"commune": "59112", **columns})


def test_the_floor_area_of_a_dwelling_is_that_of_the_counted_buildings():
    # 20 blocks of 1 000 m² on 3 storeys with 50 flats: 60 m² of floor a flat; one unknown of 1 200 m².
    held = stock(footprint_m2=[1000.0] * 20 + [400.0], storeys=3, dwellings=[50.0] * 20 + [np.nan])
    estimate = estimated_dwellings(held)
    assert estimate.floor_area_m2["block"] == 60.0
    assert estimate.dwellings.iloc[-1] == 20
    assert estimate.method.tolist()[-1] == "estimated"
    assert (
        estimate.error.loc["59112", "error_pct"] != 0
    )  # ten do not calibrate: the assumption stands


def test_height_stands_in_for_storeys():
    held = stock(footprint_m2=[400.0, 400.0], height_m=[15.0, np.nan])
    assert estimated_dwellings(held).dwellings.tolist() == [24, 5]  # 2 000 / 85; 400 / 85


def test_the_error_is_measured_on_communes_estimated_from_the_others():
    frames = [
        stock(footprint_m2=[1000.0] * 25, storeys=4, dwellings=float(count)).assign(commune=code)
        for code, count in (("A", 40.0), ("B", 50.0))
    ]
    error = estimated_dwellings(pd.concat(frames, ignore_index=True)).error
    # A from B: 80 m² a flat, 50 a block where 40 stand.
    assert error.loc["A"].tolist() == [25, 1000, 1250, 25.0, 10.0]
    assert error.loc["B"].tolist() == [25, 1250, 1000, -20.0, 10.0]
    # A counted building without an outline is no estimate of 0 dwellings.
    bare = stock(footprint_m2=[np.nan], storeys=4, dwellings=30.0).assign(commune=None)
    again = estimated_dwellings(pd.concat([*frames, bare], ignore_index=True))
    pd.testing.assert_frame_equal(again.error, error)
    assert again.dwellings.iloc[-1] == 30


def test_totals_settle_the_sum_of_a_commune():
    held = stock(
        footprint_m2=[800.0, 100.0, 100.0, 5.0],
        storeys=[4, 1, 1, 1],
        dwellings=[30.0, np.nan, np.nan, np.nan],
    )
    estimate = estimated_dwellings(held, totals={"59112": 37})
    assert estimate.dwellings.tolist() == [30, 4, 3, 0]
    assert estimate.method.tolist() == ["counted", "estimated", "estimated", "none"]
    with pytest.raises(UsageError, match="59112 has 29 dwellings in all, but 30"):
        estimated_dwellings(held, totals={"59112": 29})
    with pytest.raises(UsageError, match="footprint_m2"):
        estimated_dwellings(held.drop(columns="footprint_m2"))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(20, 5000), st.integers(1, 12), st.none() | st.integers(1, 90)),
        min_size=1, max_size=40,
    ),
    st.integers(0, 500),
)  # fmt: skip
def test_counts_stay_and_totals_hold(rows, more):
    held = stock(
        footprint_m2=[one[0] for one in rows], storeys=[one[1] for one in rows],
        dwellings=[np.nan if one[2] is None else one[2] for one in rows],
    )  # fmt: skip
    known = held["dwellings"].notna()
    total = int(held["dwellings"].sum()) + more
    estimate = estimated_dwellings(held, totals={"59112": total})
    assert (estimate.dwellings[known] == held["dwellings"][known]).all()
    assert (estimate.dwellings >= 0).all()
    if not known.all():
        assert estimate.dwellings.sum() == total
    assert estimate.dwellings.equals(
        estimated_dwellings(held.copy(), totals={"59112": total}).dwellings
    )


# ---- Joined ----------------------------------------------------------------------------------------------


def homes(*counts, tenure=None):
    shapes = [square(dx=100.0 * n) for n in range(len(counts))]
    held = {"dwellings": list(counts), "tenure": tenure or [None] * len(counts)}
    return gpd.GeoDataFrame(
        held, geometry=shapes, crs=2154, index=[f"b{n}" for n in range(len(counts))]
    )


def test_social_dwellings_join_the_building_beside_their_address():
    points = gpd.GeoDataFrame(
        {"dwellings": [3, 4, 9]}, crs=2154,
        geometry=gpd.points_from_xy([X + 5, X + 129, X + 60], [Y + 15, Y + 15, Y + 15]),
    )  # fmt: skip
    joined, findings = with_social_dwellings(homes(10, 4, 7), points)
    assert joined["social_dwellings"].tolist() == [3, 4, 0]
    assert joined["tenure"].tolist() == [None, "social", None]
    assert [(one.code, one.count) for one in findings] == [("rpls-not-joined", 1)]
    assert "9 dwellings" in findings[0].message
    points["dwellings"] = [30, 4, 9]
    assert [one.code for one in with_social_dwellings(homes(10, 4, 7), points)[1]] == [
        "rpls-not-joined", "more-social-than-all"
    ]  # fmt: skip
    with pytest.raises(UsageError, match="same coordinate system"):
        with_social_dwellings(homes(1), points.to_crs(4326))


def test_miners_estates_flag_what_no_register_knows():
    estates = gpd.GeoDataFrame(
        {"nom": ["x"]}, index=["ERBM1"], geometry=[box(X, Y, X + 150, Y + 50)], crs=2154
    )
    before = homes(1, 1, 1, tenure=[None, "social", None])
    flagged, (told,) = with_estates(before, estates)
    assert flagged["tenure"].tolist() == ["mining", "social", None]
    assert flagged["estate"].tolist() == ["ERBM1", "ERBM1", None]
    assert "2 buildings stand in 1 miners' estates" in told.message
    assert before["tenure"].isna().tolist() == [True, False, True]


def test_the_real_estates_of_the_mining_basin_are_taken_as_they_are(shared):
    estates = gpd.read_file(shared / "mining_basin" / "cites-erbm.geojson").to_crs(2154)
    middles = estates.geometry.representative_point()
    stock = gpd.GeoDataFrame(
        {"dwellings": 1}, index=range(len(middles)), geometry=middles.to_numpy(), crs=2154
    )
    flagged, _ = with_estates(stock, estates)
    assert (flagged["tenure"] == "mining").all()
    assert flagged["estate"].notna().all()
