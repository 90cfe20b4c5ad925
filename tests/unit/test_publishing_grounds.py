"""The ground of the map told in a few rows: sums, lengths on the ellipsoid, areas, what is missing."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from browser.scenes import CRS, hostile_scene, scene
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, box

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.document import page_data
from renewal_gis.publishing.grounds import ground_tables
from renewal_gis.publishing.limits import MOST_PACKED

EARTH = pyproj.Geod(ellps="WGS84")
Rows = list[dict[str, Any]]


def told(**layers: gpd.GeoDataFrame) -> dict[str, Rows]:
    return ground_tables(replace(scene(), layers=layers))


def frame(shapes: list[Any], crs: str | int = 4326, **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def test_the_scene_is_told_as_one_reads_it() -> None:
    found = ground_tables(scene())
    assert found["streets"] == [
        {"kind": "primary", "features": 1, "length_km": 2.0},
        {"kind": "residential", "features": 1, "length_km": 1.8},
    ]
    assert [(row["name"], row["kind"]) for row in found["backdrop"]] == [
        ("Escaut", "water"), (None, "rail"), ("T2", "tram"), (None, "green"),
    ]  # fmt: skip
    # A wood 300 m wide; Lambert-93 shows it by a thousandth too wide here.
    assert found["backdrop"][3]["area_ha"] == pytest.approx(9.0, abs=0.05)
    assert found["backdrop"][3]["length_km"] is None
    assert [row["sector"] for row in found["sectors"]] == ["corridor", "south", "other"]
    assert [row["population"] for row in found["sectors"]] == [9297, 1073, 11084]


def test_links_are_counted_with_their_road_and_the_longest_kind_comes_first() -> None:
    line = LineString([(3.5, 50.3), (3.51, 50.3)])
    kinds = ["path", "motorway_link", "motorway", "path", "steps"]
    found = told(streets=frame([line, line, line, line, line], kind=kinds))["streets"]
    one = EARTH.geometry_length(line) / 1e3
    assert [(row["kind"], row["features"]) for row in found] == [
        ("motorway", 2), ("path", 2), ("steps", 1),
    ]  # fmt: skip
    assert [row["length_km"] for row in found] == pytest.approx([2 * one, 2 * one, one], abs=0.006)


def test_what_is_not_told_is_missing_and_nothing_is_lost() -> None:
    line = LineString([(3.5, 50.3), (3.51, 50.3)])
    shapes = [line, line, None, LineString(), Point(3.5, 50.3), line]
    kinds = [None, "", "path", "path", "well", np.nan]
    found = told(streets=frame(shapes, kind=kinds))["streets"]
    assert sum(row["features"] for row in found) == len(shapes)
    by_kind = {row["kind"]: row for row in found}
    assert by_kind[None]["features"] == 3
    assert by_kind["well"]["length_km"] is None  # a point is no street of zero metres
    assert told(streets=frame([line, line]))["streets"][0]["features"] == 2


def test_layers_that_are_empty_or_absent_have_no_table() -> None:
    held = scene()
    nothing = {name: layer.iloc[:0] for name, layer in held.layers.items()}
    assert set(ground_tables(replace(held, layers=nothing))) == {"sectors"}
    land = held.communes.drop(columns=["sector", "population"])
    assert ground_tables(replace(held, layers={}, communes=land)) == {}
    assert ground_tables(replace(held, layers={}, communes=held.communes.iloc[:0])) == {}


def test_residents_that_are_not_known_are_not_zero() -> None:
    land = scene().communes.assign(population=[np.nan, 1073, 11084])
    rows = ground_tables(replace(scene(), communes=land))["sectors"]
    assert [row["population"] for row in rows] == [None, 1073, 11084]


def test_the_parts_of_a_name_are_added_up() -> None:
    parts = [LineString([(3.5, 50.3), (3.51, 50.3)]), LineString([(3.51, 50.3), (3.52, 50.3)])]
    whole = LineString([(3.5, 50.3), (3.51, 50.3), (3.52, 50.3)])
    rails = frame([*parts, MultiLineString(parts)], kind=["rail"] * 3, name=["A", "A", "B"])
    rows = told(backdrop=rails)["backdrop"]
    assert [(row["name"], row["features"]) for row in rows] == [("A", 2), ("B", 1)]
    expected = EARTH.geometry_length(whole) / 1e3
    assert [row["length_km"] for row in rows] == pytest.approx([expected] * 2, abs=0.006)


COORDINATES = st.tuples(
    st.floats(-60, 60).map(lambda lon: round(lon, 5)),
    st.floats(-60, 60).map(lambda lat: round(lat, 5)),
)
LINES = st.lists(COORDINATES, min_size=2, max_size=6, unique=True).map(LineString)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(LINES, st.sampled_from(["a", "b", None])), min_size=1, max_size=8))
def test_lengths_are_those_of_the_ellipsoid(drawn: list[tuple[LineString, str | None]]) -> None:
    rows = told(streets=frame([line for line, _ in drawn], kind=[kind for _, kind in drawn]))
    for row in rows["streets"]:
        lines = [line for line, kind in drawn if kind == row["kind"]]
        expected = sum(EARTH.geometry_length(line) for line in lines) / 1e3
        assert row["features"] == len(lines)
        assert row["length_km"] == pytest.approx(expected, abs=0.0051, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.floats(-70, 69), st.floats(-60, 60), st.floats(0.005, 0.05), st.integers(0, 3))
def test_areas_do_not_depend_on_the_crs(west: float, south: float, side: float, kind: int) -> None:
    square = box(west, south, west + side, south + side)
    expected = abs(EARTH.geometry_area_perimeter(square)[0]) / 1e4
    code = ["water", "rail", "tram", "green"][kind]
    for crs in (4326, 3857):
        layer = frame([square], kind=[code]).to_crs(crs)
        (row,) = told(backdrop=layer)["backdrop"]
        assert row["area_ha"] == pytest.approx(expected, rel=1e-4, abs=0.006)


def test_the_order_of_the_rows_does_not_depend_on_that_of_the_layer() -> None:
    streets = hostile_scene().layers["streets"]
    turned = streets.sample(frac=1.0, random_state=3)
    assert told(streets=streets) == told(streets=turned)
    assert len(told(streets=streets)["streets"]) == len(streets)


def test_many_streets_are_few_rows_and_streets_left_out_have_none() -> None:
    rng = np.random.default_rng(5)
    ends = rng.uniform([3.4, 50.2, 3.4, 50.2], [3.7, 50.5, 3.7, 50.5], (20_000, 4))
    kinds = rng.choice(["residential", "path", "track"], len(ends))
    lines = [LineString([(a, b), (c, d)]) for a, b, c, d in ends]
    assert len(told(streets=frame(lines, kind=list(kinds)))["streets"]) == 3
    many = gpd.GeoDataFrame(geometry=[lines[0]] * (MOST_PACKED + 1), crs=4326)
    content: MapContent = replace(scene(), layers={"streets": many})
    page = page_data(content)
    assert page.document["leftOut"][0]["layer"] == "streets"
    tables = json.loads(gzip.decompress(base64.b64decode(page.blocks["tables"])))
    assert set(tables["grounds"]) == {"sectors"}


def test_kinds_are_read_whatever_their_type() -> None:
    line = LineString([(3.5, 50.3), (3.51, 50.3)])
    for kinds in (pd.array(["a", None, "a"], dtype="string"), pd.Categorical(["a", None, "a"])):
        layer = gpd.GeoDataFrame({"kind": kinds}, geometry=[line] * 3, crs=4326)
        rows = told(streets=layer)["streets"]
        assert [(row["kind"], row["features"]) for row in rows] == [("a", 2), (None, 1)]
    mixed = frame([line] * 3, kind=[1, True, "1"])
    rows = told(streets=mixed)["streets"]
    assert sorted((row["kind"], row["features"]) for row in rows) == [("1", 2), ("True", 1)]


@pytest.mark.parametrize("crs", [4326, 2154])
def test_inputs_are_left_as_they_were(crs: int) -> None:
    held = scene()
    well = gpd.GeoDataFrame({"kind": ["well"]}, geometry=[Point(3.5, 50.3)], crs=4326).to_crs(crs)
    streets = pd.concat([held.layers["streets"].to_crs(crs), well], ignore_index=True)
    content = replace(held, layers={**held.layers, "streets": streets})
    before = {name: layer.copy() for name, layer in content.layers.items()}
    ground_tables(content)
    for name, layer in content.layers.items():
        pd.testing.assert_frame_equal(pd.DataFrame(layer), pd.DataFrame(before[name]))
    assert content.communes.crs == CRS
