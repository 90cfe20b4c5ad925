"""Compact layers before any browser: what stands in the page, what never passes through a template."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pytest
from browser.scenes import BUSES, CRS, HOSTILE, SCHOOL, place, scene, stock
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.publishing.elements import CompactLayer
from renewal_gis.publishing.map_layers import LAYERS, study_layer


def said(layer: CompactLayer) -> dict[str, Any]:
    """Return what the page is told of a layer."""
    return dict(json.loads(base64.b64decode(layer._data["said"])))


def page(layer: CompactLayer) -> str:
    drawn = folium.Map(tiles=None)
    layer.add_to(drawn)
    return str(drawn.get_root().render())


def test_the_data_is_base64_and_nothing_else() -> None:
    html = page(CompactLayer(stock(), name="Homes", measures=[SCHOOL]))
    found = re.findall(
        r'<script type="text/plain" id="compact_layer_[0-9a-f]{32}_(data|said)">([^<]*)<', html
    )
    assert [part for part, _ in found] == ["data", "said"]
    assert all(re.fullmatch(r"[A-Za-z0-9+/]+=*", text) for _, text in found)
    assert gzip.decompress(base64.b64decode(found[0][1]))


def test_the_scripts_stand_once_whatever_the_layers() -> None:
    drawn = folium.Map(tiles=None)
    CompactLayer(stock(), name="One").add_to(drawn)
    CompactLayer(stock(), name="Two").add_to(folium.FeatureGroup().add_to(drawn))
    html = drawn.get_root().render()
    assert html.count("window.RenewalLayers =") == 1
    assert html.count("RenewalLayers.layer(") == 2


def test_the_same_table_gives_the_same_layer() -> None:
    one, other = (CompactLayer(stock(), measures=[SCHOOL, BUSES]) for _ in range(2))
    assert one.get_name() == other.get_name()
    assert one._data == other._data
    assert CompactLayer(stock(), measures=[SCHOOL]).get_name() != one.get_name()


def test_the_table_is_left_as_it_was() -> None:
    table = stock()
    CompactLayer(table, measures=[SCHOOL], colours={"commune": {}}, size="dwellings")
    assert table.equals(stock())
    assert list(table.columns) == list(stock().columns)


def test_columns_measures_and_codes_are_told() -> None:
    told = said(
        CompactLayer(stock(), measures=[SCHOOL], language="fr", columns=["tenure", "built_year"])
    )
    assert [one["label"] for one in told["columns"]] == ["tenure", "built_year", SCHOOL.fr]
    tenure, year, walk = told["columns"]
    assert tenure["said"]["mining"] == "Parc minier"
    assert tenure["classes"][0]["label"] == "Parc minier"
    assert year["year"]
    assert walk["unit"] == "min"
    assert [one["label"] for one in walk["classes"]] == [
        "5 au plus",
        "5 à 10",
        "10 à 15",
        "15 à 20",
        "plus de 20",
    ]
    assert told["shown"] == 2  # a measure before codes


def test_it_opens_on_the_column_that_is_asked_for() -> None:
    assert (
        said(CompactLayer(stock(), measures=[SCHOOL], columns=["tenure"], shown=SCHOOL.key))[
            "shown"
        ]
        == 1
    )
    assert said(CompactLayer(stock()[["dwellings", "geometry"]]))["shown"] is None


def test_the_bounds_serve_folium() -> None:
    drawn = folium.Map(tiles=None)
    CompactLayer(stock()).add_to(drawn)
    (south, west), (north, east) = drawn.get_bounds()
    assert 50.3 < south < north < 50.6
    assert 3.4 < west < east < 3.7


def test_columns_that_bear_one_name_are_not_mixed() -> None:
    table = gpd.GeoDataFrame({"a": [1]}, geometry=[place(0, 0)], crs=CRS)
    table.insert(1, "a", [2], allow_duplicates=True)
    assert [one["label"] for one in said(CompactLayer(table))["columns"]] == ["a"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["height"]}, "no column 'height'"),
        ({"measures": [SCHOOL, BUSES], "shown": "x"}, "no column 'x'"),
        ({"size": "x"}, "no column 'x'"),
        ({"hatched": "x"}, "no column 'x'"),
        ({"colour": "url(https://example.org)"}, "written #rrggbb"),
        ({"colours": {"tenure": {"mining": "red;x"}}}, "written #rrggbb"),
    ],
)
def test_what_cannot_be_drawn_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        CompactLayer(stock(), **options)


def test_a_table_without_a_crs_is_refused() -> None:
    with pytest.raises(CRSError, match="Homes: the layer has no CRS"):
        CompactLayer(stock().set_crs(None, allow_override=True), name="Homes")


def test_a_layer_alone_is_not_drawn() -> None:
    with pytest.raises(UsageError, match=r"add it to a folium\.Map"):
        CompactLayer(stock()).render()


def test_a_layer_too_heavy_is_refused_with_a_sentence() -> None:
    drawn = np.random.default_rng(3)
    east, north = drawn.uniform(600_000, 800_000, (2, 10**6))
    many = gpd.GeoDataFrame({"x": east}, geometry=gpd.points_from_xy(east, north), crs=CRS)
    with pytest.raises(
        DataError, match=r"Stars would weigh \d+\.\d MB in the page; the limit is 5 MB"
    ):
        CompactLayer(many, name="Stars")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_means_nothing_to_a_template(text: str) -> None:
    drawn = folium.Map(tiles=None)
    CompactLayer(stock().assign(**{text: text}), name=text, colours={text: {}}).add_to(drawn)
    folium.LayerControl().add_to(drawn)
    html = drawn.get_root().render()
    assert text not in html or text.startswith("x")


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_layer_of_a_study_has_its_element(layer: str, language: Any) -> None:
    content = scene()
    held = {
        **content.layers,
        "communes": content.communes,
        "stock": content.stock,
        "sites": content.sites,
    }
    table = held[layer]
    assert table is not None
    drawn = study_layer(table, layer=layer, language=language)
    told = said(drawn)
    assert told["description"]["features"] == len(table)
    bare = study_layer(table[["geometry"]], layer=layer, name="Bare", language=language)
    assert said(bare)["columns"] == []
    assert said(bare)["name"] == "Bare"


def test_schematic_perimeters_are_hatched_and_stops_coloured_by_class() -> None:
    held = scene().layers
    perimeters = study_layer(held["perimeters"], layer="perimeters")
    assert "hatched" in [one["name"] for one in said(perimeters)["description"]["columns"]]
    stops = said(study_layer(held["stops"], layer="stops", language="fr"))
    by_mode = study_layer(held["stops"], layer="stops", shown="category")
    told = said(by_mode)
    assert [one["label"] for one in told["columns"][told["shown"]]["classes"]] == ["II", "V"]
    assert stops["size"] is not None


def test_an_unknown_layer_is_said() -> None:
    with pytest.raises(
        UsageError, match="There is no layer 'roads' of a study; there are communes"
    ):
        study_layer(stock(), layer="roads")


_ANY = st.characters(exclude_categories=["Cs"])


@settings(max_examples=80, deadline=None)
@given(st.text(_ANY, max_size=40), st.text(st.sampled_from("{}%#$`<>'\"\\&_"), max_size=12))
def test_any_name_can_be_drawn(text: str, signs: str) -> None:
    table = gpd.GeoDataFrame({f"c{text}{signs}": [signs + text]}, geometry=[place(0, 0)], crs=CRS)
    drawn = folium.Map(tiles=None)
    CompactLayer(table, name=signs + text + "\ud800").add_to(drawn)
    folium.LayerControl().add_to(drawn)
    assert drawn.get_root().render().encode("utf-8")
