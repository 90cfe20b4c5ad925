"""The declarations hold together, and the check finds each kind of fault."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from renewal_gis.errors import SchemaError
from renewal_gis.schema import (
    BASKET,
    TABLES,
    check,
    findings_table,
    group,
    known_measures,
    measure,
    require,
    table,
)


def codes(frame, name):
    return [finding.code for finding in check(frame, name)]


def stock(**columns):
    rows = len(next(iter(columns.values())))
    shapes = columns.pop("geometry", [box(n, 0, n + 1, 1) for n in range(rows)])
    index = columns.pop("index", [f"b{n}" for n in range(rows)])
    return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs=2154)


def test_every_column_says_what_it_means_in_both_languages():
    for declared in TABLES:
        assert declared.en
        assert declared.fr
        for column in declared.columns:
            assert column.en, (declared.name, column.name)
            assert column.fr, (declared.name, column.name)
            assert column.required or column.missing, (declared.name, column.name)


def test_references_point_to_tables():
    names = {declared.name for declared in TABLES}
    for declared in TABLES:
        assert {column.refers_to for column in declared.columns} <= names | {""}


def test_basket_ids_are_unique_and_their_codes_stand_once():
    assert len({held.id for held in BASKET}) == len(BASKET) == 15
    bpe = [code for held in BASKET for code in held.bpe]
    osm = [tag for held in BASKET for tag in held.osm]
    assert len(set(bpe)) == len(bpe)
    assert len(set(osm)) == len(osm)


def test_unknown_names_are_key_errors():
    for ask in (table, group, measure):
        with pytest.raises(KeyError):
            ask("nothing of the kind")


def test_an_unknown_measure_names_the_nearest():
    with pytest.raises(KeyError, match="the nearest is 'walk_min:ecole'"):
        measure("walk_min:ecol")


@pytest.mark.parametrize("key", known_measures())
def test_every_known_measure_is_found(key):
    held = measure(key)
    assert held.key == key
    assert list(held.breaks) == sorted(held.breaks)


def test_a_sound_table_has_no_finding():
    assert check(stock(dwellings=[3, 0], tenure=["social", None]), "stock") == []


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (stock(dwellings=[1, 2], index=["a", "a"]), ["duplicate-id"]),
        (stock(dwellings=[-1]), ["out-of-range"]),
        (stock(dwellings=[1.5]), ["not-whole"]),
        (stock(dwellings=["many"]), ["not-a-number"]),
        (stock(dwellings=[np.inf]), ["not-a-number"]),
        (stock(dwellings=[None]), ["missing-value"]),
        (stock(dwellings=[1], tenure=["HLM"]), ["unknown-code"]),
        (stock(dwellings=[1], geometry=[None]), ["null-geometry"]),
        (stock(dwellings=[1], geometry=[Polygon()]), ["null-geometry"]),
        (stock(dwellings=[1], geometry=[LineString([(0, 0), (1, 1)])]), ["wrong-geometry-type"]),
        (stock(dwellings=[1], geometry=[Point(np.inf, 0)]), ["coordinate-not-finite"]),
        (
            stock(dwellings=[1], geometry=[Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]),
            ["invalid-geometry"],
        ),
        (stock(logements=[1]), ["missing-column"]),
        (stock(dwellings=[1]).iloc[:0], ["empty-layer"]),
        (pd.DataFrame({"dwellings": [1]}, index=["a"]), ["no-geometry"]),
    ],
)
def test_each_fault_is_found(frame, expected):
    assert codes(frame, "stock") == expected


def test_shapes_known_to_be_sound_are_not_tested_again():
    crossed = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    held = stock(dwellings=[1, 2], geometry=[box(0, 0, 1, 1), crossed])
    assert codes(held, "stock") == ["invalid-geometry"]
    assert check(held, "stock", sound=True) == []


def test_a_shape_with_an_infinite_coordinate_is_told_once_even_among_many():
    shapes = [Point(n, 0) for n in range(60_001)]
    shapes[60_000] = Point(0, np.inf)
    found = check(stock(dwellings=[1] * 60_001, geometry=shapes), "stock")
    assert [(one.code, one.row) for one in found] == [("coordinate-not-finite", "b60000")]


def test_the_value_at_fault_is_quoted_as_people_write_it():
    held = stock(dwellings=np.array([-7]), built_year=np.array([9999.5]))
    assert {one.message.split(" is ")[0] for one in check(held, "stock")} == {
        "dwellings = -7",
        "built_year = 9999.5",
    }


def test_dates_of_winter_and_of_summer_are_dates():
    milestones = pd.DataFrame(
        {
            "operation": ["A", "A"],
            "step": ["decided", "permit"],
            "planned_now": ["2026-01-01T00:00:00+01:00", "2026-07-01 00:00:00+02"],
        },
        index=["m", "n"],
    )
    assert codes(milestones, "milestones") == []


def test_repeated_identifiers_are_counted_and_the_missing_one_too():
    held = pd.DataFrame(
        {"family": ["01"] * 6, "dwellings": [1] * 6}, index=["b", "a", "b", "b", None, None]
    )
    told = [(one.row, one.message.partition(" rows")[0]) for one in check(held, "operations")]
    assert told == [
        ("b", "The identifier 'b' is used by 3"),
        (str(held.index[-1]), f"The identifier {held.index[-1]!r} is used by 2"),
    ]


def test_a_value_without_end_is_quoted_in_part():
    held = pd.DataFrame({"family": ["01"], "dwellings": ["9" * 9_000 + "x"]}, index=["a"])
    (told,) = check(held, "operations")
    assert told.code == "not-a-number"
    assert len(told.message) < 200


def test_dates_and_flags_are_checked():
    milestones = pd.DataFrame(
        {"operation": ["A"], "step": ["decided"], "planned_now": ["soon"]}, index=["m"]
    )
    assert codes(milestones, "milestones") == ["not-a-date"]
    streets = gpd.GeoDataFrame(
        {"walkable": ["perhaps"]}, geometry=[LineString([(0, 0), (1, 1)])], index=["e"], crs=2154
    )
    assert codes(streets, "streets") == ["not-a-flag"]


def test_require_raises_with_every_fault():
    frame = stock(dwellings=[-1, 2], tenure=["HLM", "social"])
    with pytest.raises(SchemaError) as caught:
        require(frame, "stock", file="b.gpkg")
    assert str(caught.value).count("\n") == 2
    assert "b.gpkg" in str(caught.value)
    assert "social, mining" in str(caught.value)
    assert set(caught.value.findings["code"]) == {"out-of-range", "unknown-code"}


def test_a_missing_column_names_the_nearest():
    (fault,) = check(stock(dweling=[1]), "stock")
    assert "'dweling'" in fault.message


def test_the_findings_of_nothing_are_an_empty_table():
    assert list(findings_table([]).columns)[:3] == ["layer", "severity", "code"]
