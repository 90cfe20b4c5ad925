"""Codes of communes that are no longer: the sentence that tells which one to write."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box
from small_study import write_small_study

from renewal_gis.errors import DataError
from renewal_gis.loading import load
from renewal_gis.schema import code_of_today, told_code, unknown_references

COMMUNES = pd.DataFrame(
    {"name": ["Neuve", "Autre"], "old_codes": ["59001, 59248;59300", None]},
    index=["59001", "59112"],
)


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("59248", "59001"), ("59300", "59001"), ("59024", ""),
        ("75101", "75056"), ("75120", "75056"), ("75121", ""), ("75056", ""),
        ("69381", "69123"), ("69390", ""), ("13216", "13055"), ("13200", ""),
        ("2A004", ""), ("", ""), ("٧٥١٠١", ""), ("075101", ""),
    ],
)  # fmt: skip
def test_the_code_of_today(code, today):
    assert code_of_today(code, COMMUNES) == today
    assert ("write" in told_code(code, COMMUNES)) is True
    if today:
        assert told_code(code, COMMUNES).endswith(f"write {today}.")


def test_a_reference_to_a_merged_commune_names_the_new_one():
    stock = pd.DataFrame({"commune": ["59248", "59112", "99999"]}, index=["a", "b", "c"])
    told = {
        one.row: one.message for one in unknown_references({"stock": stock, "communes": COMMUNES})
    }
    assert told["a"] == "commune = '59248': 59248 merged into 59001: write 59001."
    assert "no commune has the code 99999" in told["c"]
    assert list(told) == ["a", "c"]


def test_a_merged_commune_in_a_list_of_the_study_stops_it_with_one_sentence(tmp_path):
    path = write_small_study(tmp_path)
    communes = gpd.read_file(tmp_path / "communes.gpkg").assign(old_codes=["59248", None])
    communes.to_file(tmp_path / "communes.gpkg")
    path.write_text(path.read_text().replace('corridor = ["N"]', 'corridor = ["59248"]'))
    with pytest.raises(DataError) as fault:
        load(path)
    assert str(fault.value) == "sectors.corridor: 59248 merged into N: write N."


def test_old_codes_of_a_layer_reach_the_table(tmp_path):
    path = write_small_study(tmp_path)
    shapes = [
        box(734_950, 7_029_985, 735_250, 7_030_050),
        box(734_950, 7_029_910, 735_250, 7_029_985),
    ]
    gpd.GeoDataFrame(
        {"id": ["N", "S"], "name": ["Nord", "Sud"], "anciens": ["59001 59002", None]},
        geometry=shapes, crs=2154,
    ).to_file(tmp_path / "communes.gpkg")  # fmt: skip
    path.write_text(
        path.read_text().replace(
            'communes = "communes.gpkg"',
            'communes = { path = "communes.gpkg", rename = { anciens = "old_codes" } }',
        )
    )
    held = load(path).tables["communes"]
    assert code_of_today("59002", held) == "N"
