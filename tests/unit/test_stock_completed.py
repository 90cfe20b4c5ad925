"""The stock of a study completed: known sources cut to it, totals, social dwellings, estates."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping

from renewal_gis.cli import main
from renewal_gis.errors import DataError, UsageError
from renewal_gis.loading import load
from renewal_gis.sources.known import completed_stock, settled_dwellings

X, Y = 735_000.0, 7_030_000.0
STUDY = """
[study]
name = "Deux communes"
[layers]
communes = { path = "communes.gpkg", id = "code" }
stock = { path = "batiments.geojson", source = "bdtopo" }
"""
MORE = """
commune_dwellings = { path = "logements.csv", id = "CODGEO", rename = { P21_LOG = "dwellings" } }
social_dwellings = { path = "rpls.csv", source = "rpls" }
estates = { path = "cites.gpkg", id = "id_lsm", rename = { nom = "name" } }
"""
# One commune at each side of Y; building n stands 40 n metres to the east, 20 m from the border.
BUILDINGS = [
    # code, side, dwellings counted, storeys
    ("n1", +1, 8, 4),
    ("n2", +1, None, 4),
    ("n3", +1, None, 8),
    ("s1", -1, 4, 4),
    ("s2", -1, None, 4),
]


def square(east: float, north: float, side: float = 20.0):
    return box(X + east, Y + north, X + east + side, Y + north + side)


def place(number: int, side: int):
    return square(40.0 * number, 20.0 if side > 0 else -40.0)


@pytest.fixture
def study(tmp_path):
    communes = gpd.GeoDataFrame(
        {"code": ["59112", "59160"], "name": ["Nord", "Sud"]}, crs=2154,
        geometry=[box(X - 100, Y, X + 400, Y + 100), box(X - 100, Y - 100, X + 400, Y)],
    )  # fmt: skip
    communes.to_file(tmp_path / "communes.gpkg")
    rows = [
        (code, place(n, side), count, high) for n, (code, side, count, high) in enumerate(BUILDINGS)
    ]
    rows.append(("far", square(0, 9_000), 50, 4))
    features = [
        {"type": "Feature", "geometry": mapping(shape),
         "properties": {"cleabs": code, "usage_1": "Résidentiel", "nombre_de_logements": count,
                        "nombre_d_etages": high}}
        for code, shape, count, high in rows
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    (tmp_path / "batiments.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    )
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


@pytest.fixture
def whole(study):
    """The same study with the three layers that complete the stock."""
    folder = study.parent
    # INSEE counts in decimals, for all of France.
    (folder / "logements.csv").write_text("CODGEO;P21_LOG\n01001;350,2\n59112;44,1\n59160;3,0\n")
    (folder / "rpls.csv").write_text(
        "DEPCOM;CONSTRUCT;X;Y\n"
        + "".join(f"59112;1962;{X + 10};{Y + 15}\n" for _ in range(5))  # 5 m in front of n1
        + f"59160;1962;{X + 390};{Y - 50}\n"  # far from any building
        + f"59484;1962;{X + 10};{Y + 9_000}\n"  # another commune
    )
    gpd.GeoDataFrame(
        {"id_lsm": ["C1"], "nom": ["Cité"]}, geometry=[place(0, 1).union(place(1, 1))], crs=2154
    ).to_file(folder / "cites.gpkg")
    study.write_text(STUDY + MORE)
    return study


def codes(loaded):
    return {one.code: one for one in loaded.findings}


def test_a_known_source_is_cut_to_the_communes_and_its_estimates_are_flagged(study):
    loaded = load(study)
    stock = loaded.tables["stock"]
    assert stock.index.tolist() == ["n1", "n2", "n3", "s1", "s2"]
    assert codes(loaded)["not-read"].count == 1
    assert stock["dwellings_method"].tolist() == [
        "counted", "estimated", "estimated", "counted", "estimated"
    ]  # fmt: skip
    told = codes(loaded)["dwellings-estimated"].message
    assert "The file counts no dwellings for 3 buildings" in told
    assert "2 communes, each estimated from the others" in told


def test_totals_settle_the_estimates_social_dwellings_and_estates_are_joined(whole):
    loaded = load(whole)
    stock = loaded.tables["stock"]
    # North: 44 in all, 8 counted, 36 shared as 1 to 2; south: fewer than are counted, left alone.
    assert stock["dwellings"].tolist()[:4] == [8, 12, 24, 4]
    assert stock["social_dwellings"].tolist() == [5, 0, 0, 0, 0]
    assert stock["tenure"].iloc[0] == "social"
    assert stock["estate"].iloc[:2].tolist() == ["C1", "C1"]
    assert stock["tenure"].iloc[1] == "mining"
    assert stock["estate"].isna().tolist() == [False, False, True, True, True]
    found = codes(loaded)
    assert found["dwellings-settled"].count == 2
    assert "settled on the total of 1 commune (44 dwellings)" in found["dwellings-settled"].message
    assert "59160 has 3 dwellings in all, but 4 are counted" in found["total-below-count"].message
    assert found["rpls-not-joined"].count == 1
    assert found["estates"].count == 1
    assert {"commune_dwellings", "social_dwellings", "estates"} <= {
        one.layer for one in loaded.provenance
    }


def test_the_terminal_says_which_dwellings_are_estimated_and_how_well(whole):
    done = CliRunner().invoke(main, ["run", str(whole), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "Note: The file counts no dwellings for 3 buildings" in done.output
    assert "the totals are wrong by" in done.output
    assert "the sums of the estimate were off by" in done.output
    checked = CliRunner().invoke(main, ["check", str(whole), "--json", "--quiet"])
    told = {one["code"] for one in json.loads(checked.output)}
    assert {"dwellings-estimated", "dwellings-settled"} <= told


def test_layers_that_complete_nothing_are_told(whole):
    text = "\n".join(line for line in whole.read_text().splitlines() if "bdtopo" not in line)
    whole.write_text(text)
    loaded = load(whole)
    assert [one.layer for one in loaded.findings if one.code == "no-stock"] == [
        "commune_dwellings", "social_dwellings", "estates"
    ]  # fmt: skip


def test_totals_change_nothing_where_all_is_counted(study):
    loaded = load(study)
    stock = loaded.tables["stock"].assign(dwellings_method="counted")
    totals = pd.DataFrame({"dwellings": [900.0]}, index=["59112"])
    held, found = completed_stock(stock, loaded.tables["communes"], totals=totals)
    assert held["dwellings"].tolist() == stock["dwellings"].tolist()
    assert [one.code for one in found] == ["totals-not-used"]


def test_a_commune_without_a_total_is_told(study):
    loaded = load(study)
    totals = pd.DataFrame({"dwellings": [100.0]}, index=["59112"])
    held, found = completed_stock(loaded.tables["stock"], loaded.tables["communes"], totals=totals)
    assert held.loc[["n1", "n2", "n3"], "dwellings"].sum() == 100
    assert held.loc["s2", "dwellings"] == loaded.tables["stock"].loc["s2", "dwellings"]
    assert [one.code for one in found] == ["no-total", "dwellings-settled"]
    assert "(59160)" in found[0].message


@given(
    st.lists(st.tuples(st.integers(1, 400), st.booleans(), st.sampled_from("ABC")), min_size=1, max_size=40),
    st.integers(0, 20_000),
)  # fmt: skip
@settings(deadline=None, max_examples=80)
def test_settled_dwellings_make_the_total_and_leave_the_counted_alone(rows, extra):
    held = pd.DataFrame(rows, columns=["dwellings", "known", "commune"])
    sure = held[held["known"]].groupby("commune")["dwellings"].sum().to_dict()
    totals = {code: int(sure.get(code, 0)) + extra for code in "AB"}
    found = settled_dwellings(
        held["dwellings"], known=held["known"], communes=held["commune"], totals=totals
    )
    assert (found[held["known"]] == held["dwellings"][held["known"]]).all()
    assert (found[held["commune"] == "C"] == held["dwellings"][held["commune"] == "C"]).all()
    for code, total in totals.items():
        of = held["commune"] == code
        if (of & ~held["known"]).any():
            assert found[of].sum() == total
    assert (found >= 0).all()


def test_a_total_below_the_count_is_refused():
    with pytest.raises(UsageError, match="3 dwellings in all, but 5 are counted"):
        settled_dwellings(
            pd.Series([5, 1]), known=pd.Series([True, False]),
            communes=pd.Series(["A", "A"]), totals={"A": 3},
        )  # fmt: skip


OWN = """
stock = { path = "own.gpkg", id = "cle", rename = { niveaux = "storeys", logts = "dwellings" } }
"""


def own_file(study, **columns):
    """Write buildings of an agency's own beside the study, whose stock they become."""
    shapes = [place(n, side) for n, (_, side, _, _) in enumerate(BUILDINGS)]
    held = {"cle": [row[0] for row in BUILDINGS], **columns}
    gpd.GeoDataFrame(held, geometry=shapes, crs=2154).to_file(study.parent / "own.gpkg")
    lines = [line for line in STUDY.splitlines() if "bdtopo" not in line]
    study.write_text("\n".join([*lines, OWN]))


def test_an_ordinary_file_with_storeys_is_estimated_where_it_does_not_count(study):
    own_file(study, niveaux=[row[3] for row in BUILDINGS], logts=[8, None, None, 4, None])
    loaded = load(study)
    stock = loaded.tables["stock"]
    assert stock["dwellings_method"].tolist() == [
        "counted", "estimated", "estimated", "counted", "estimated"
    ]  # fmt: skip
    # 400 m² on 4, 8 and 4 storeys, 85 m² a dwelling (the assumption): 18.8, 37.6 and 18.8.
    assert stock["dwellings"].tolist() == [8, 19, 38, 4, 19]
    assert stock["commune"].tolist() == ["59112"] * 3 + ["59160"] * 2
    assert stock["storeys"].tolist() == [row[3] for row in BUILDINGS]
    assert "dwellings-estimated" in codes(loaded)


def test_a_forgotten_count_is_a_fault_where_no_storeys_are_named(study):
    own_file(study, etages=[4] * 5, logts=[8, None, None, 4, None])
    study.write_text(study.read_text().replace('niveaux = "storeys", ', ""))
    loaded = load(study)
    assert len(loaded.tables["stock"]) == 2
    assert "dwellings-estimated" not in codes(loaded)
    study.write_text(study.read_text().replace(', rename = { logts = "dwellings" }', ""))
    with pytest.raises(DataError, match="dwellings"):
        load(study)
