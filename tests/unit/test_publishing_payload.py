"""The compact layer, read back in Python: every coordinate within the grid's step, every value exact."""

from __future__ import annotations

import base64
import gzip
import zlib
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser.scenes import BUSES, SCHOOL, stock
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from renewal_gis.errors import CRSError, DataError
from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.payload import GRID_BITS, PackedColumn, PackedLayer, pack
from renewal_gis.publishing.values import packed_measure, packed_number, packed_text

STEP_M = 2 * 20037508.342789244 / 2**GRID_BITS


class Reader:
    """Reads the sections one after the other, as the page does."""

    def __init__(self, packed: PackedLayer) -> None:
        self.raw = gzip.decompress(base64.b64decode(packed.text))
        self.lengths = list(packed.description["lengths"])
        assert zlib.crc32(self.raw) == packed.description["crc32"]
        assert sum(self.lengths) == len(self.raw)
        self.at = 0

    def section(self) -> bytes:
        length = self.lengths.pop(0)
        self.at += length
        return self.raw[self.at - length : self.at]

    def varints(self) -> list[int]:
        values, value, shift = [], 0, 0
        for byte in self.section():
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                values.append(value)
                value, shift = 0, 0
        return values

    def signed(self) -> list[int]:
        return [value // 2 if value % 2 == 0 else -(value + 1) // 2 for value in self.varints()]


def unpack(packed: PackedLayer) -> tuple[list[list[list[tuple[int, int]]]], dict[str, list[Any]]]:
    """Return the rings of each feature, in grid units, and the columns."""
    read = Reader(packed)
    per_feature, per_ring = read.varints(), read.varints()
    firsts = np.cumsum(np.array([read.signed(), read.signed()], dtype=np.int64), axis=1)
    steps_x, steps_y = read.signed(), read.signed()
    rings, used = [], 0
    for ring, count in enumerate(per_ring):
        inner = slice(used, used + count - 1)
        used += count - 1
        xs = np.cumsum([firsts[0, ring], *steps_x[inner]])
        ys = np.cumsum([firsts[1, ring], *steps_y[inner]])
        rings.append(list(zip(xs.tolist(), ys.tolist(), strict=True)))
    features, start = [], 0
    for count in per_feature:
        features.append(rings[start : start + count])
        start += count
    columns = {}
    for column in packed.description["columns"]:
        nulls = np.zeros(len(features), bool)
        if column["nulls"]:
            bits = np.frombuffer(read.section(), np.uint8)
            nulls = np.unpackbits(bits, bitorder="little")[: len(features)].astype(bool)
        values = np.cumsum(np.array(read.signed(), dtype=np.int64))
        columns[column["name"]] = [
            None if null else int(value) for value, null in zip(values, nulls, strict=True)
        ]
    return features, columns


def grid(frame: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Return the first vertex of each geometry, in grid units, not rounded."""
    half = 20037508.342789244
    points = frame.to_crs(3857).geometry
    return [((shape.x + half) / STEP_M, (half - shape.y) / STEP_M) for shape in points]


def test_points_come_back_within_half_a_step_in_space_order() -> None:
    rng = np.random.default_rng(3)
    frame = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(rng.uniform(3, 4, 300), rng.uniform(50, 51, 300)), crs=4326
    )
    number = PackedColumn(name="row", values=np.arange(300), missing=np.zeros(300, bool))
    features, columns = unpack(pack(frame, name="points", columns=[number]))
    expected = grid(frame)
    assert sorted(columns["row"]) == list(range(300))
    for row, rings in zip(columns["row"], features, strict=True):
        assert rings[0][0] == pytest.approx(expected[row], abs=0.51)


def test_holes_parts_lines_points_and_nothing_keep_their_rings() -> None:
    holed = box(3, 50, 3.1, 50.1).difference(box(3.02, 50.02, 3.04, 50.04))
    shapes = [
        holed,
        MultiPoint([(3.5, 50.5), (3.6, 50.6)]),
        LineString([(3, 50), (3.2, 50.1), (3.3, 50)]),
        None,
        Polygon(),
        GeometryCollection([Point(3.7, 50.2), box(3.8, 50.2, 3.9, 50.3)]),
    ]
    frame = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    number = PackedColumn(name="row", values=np.arange(6), missing=np.zeros(6, bool))
    packed = pack(frame, name="mixed", columns=[number])
    features, columns = unpack(packed)
    lengths = dict(
        zip(columns["row"], ([len(ring) for ring in rings] for rings in features), strict=True)
    )
    assert lengths == {0: [4, 4], 1: [1, 1], 2: [3], 3: [], 4: [], 5: [1, 4]}
    assert packed.description["unplaced"] == 2


def test_holes_turn_against_their_outline() -> None:
    clockwise = box(3, 50, 3.1, 50.1, ccw=False).difference(box(3.02, 50.02, 3.04, 50.04))
    both = gpd.GeoDataFrame(geometry=[clockwise, clockwise.reverse()], crs=4326)
    features, _ = unpack(pack(both, name="holed"))
    turns = [
        [
            np.sign(
                sum(
                    x1 * y2 - x2 * y1
                    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)
                )
            )
            for ring in rings
        ]
        for rings in features
    ]
    assert turns[0] == turns[1]
    assert turns[0][0] == -turns[0][1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(-(2**31) + 1, 2**31 - 1)), min_size=1, max_size=40)
)
def test_any_column_of_32_bits_comes_back(values: list[int | None]) -> None:
    frame = gpd.GeoDataFrame(
        geometry=[Point(3 + place / 1000, 50) for place in range(len(values))], crs=4326
    )
    missing = np.array([value is None for value in values])
    column = PackedColumn(
        name="a", values=np.array([value or 0 for value in values], dtype=np.int64), missing=missing
    )
    row = PackedColumn(
        name="row", values=np.arange(len(values)), missing=np.zeros(len(values), bool)
    )
    _, columns = unpack(pack(frame, name="any", columns=[column, row]))
    assert [values[row] for row in columns["row"]] == columns["a"]


def test_an_empty_layer_packs() -> None:
    frame = gpd.GeoDataFrame({"tenure": []}, geometry=[], crs=2154)
    packed = pack(frame, name="stock", columns=[packed_text(frame, "tenure")])
    assert packed.description["features"] == 0
    assert unpack(packed) == ([], {"tenure": []})


def test_a_number_too_large_is_refused_by_name() -> None:
    frame = gpd.GeoDataFrame({"dwellings": [1e12]}, geometry=[Point(3, 50)], crs=4326)
    column = packed_number(frame, "dwellings", shown="dwellings")
    with pytest.raises(DataError, match=r"stock: column 'dwellings' holds 1000000000000"):
        pack(frame, name="stock", columns=[column])


def test_a_layer_without_crs_is_refused() -> None:
    with pytest.raises(CRSError, match="stock: the layer has no CRS"):
        pack(gpd.GeoDataFrame(geometry=[Point(3, 50)]), name="stock")


def test_rounding_never_crosses_a_class_limit() -> None:
    column = packed_measure(stock(), SCHOOL)
    assert column.decimals == 1
    assert column.values[:2].tolist() == [50, 51]  # 4.96 is at most 5; 5.04 is above
    assert column.missing.tolist() == [False] * 4 + [True] + [False] * 2


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(0, 40, allow_nan=False), min_size=2, max_size=20),
    st.lists(
        st.floats(0.5, 39.5).map(lambda value: round(value, 1)), min_size=1, max_size=4, unique=True
    ),
    st.booleans(),
)
def test_the_class_of_a_rounded_value_is_that_of_the_value(
    numbers: list[float], limits: list[float], low_is_good: bool
) -> None:
    breaks = tuple(sorted(limits))
    measure = MeasureLabel(key="m", en="", fr="", unit="", breaks=breaks, low_is_good=low_is_good)
    column = packed_measure(pd.DataFrame({"m": numbers}), measure)
    shown = column.values / 10**column.decimals
    side = "left" if low_is_good else "right"
    spaced = np.diff(breaks, prepend=-1).min() > 10.0**-column.decimals
    if spaced:
        assert (
            np.searchsorted(breaks, shown, side) == np.searchsorted(breaks, numbers, side)
        ).all()


def test_counts_have_no_decimals_and_infinity_is_missing() -> None:
    column = packed_measure(pd.DataFrame({"departures_h": [1.0, 3.0, np.inf, -np.inf]}), BUSES)
    assert (column.decimals, column.missing.tolist()) == (0, [False, False, True, True])
