"""Isochrones on drawn streets, where the reached length is known."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawing import places, streets
from shapely import LineString, Point

from renewal_gis.access import (
    PROFILES,
    isochrones,
    join,
    reached_streets,
    street_network,
    with_profile,
)
from renewal_gis.errors import UsageError

M = 1 / 80  # minutes a metre

# Six blocks of 80 m, and a river without a bridge below them.
TOWN = """
o-------o-------o-------o
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
o-------o-------o-------o
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
|       |       |       |
o-------o-------o-------o

        river

o-------o-------o-------o
"""
STREET = street_network(streets("o-------------------o"))  # 200 m
CROSS = street_network(
    streets("     o\n     |\n     |\n     |\no----o----o\n     |\n     |\n     |\n     o")
)


def reached(spot, network, metres, **rest):
    """Return the length reached, streets drawn twice counted once."""
    lines = reached_streets(join(places(x=spot), network), network, limit_min=metres * M, **rest)
    return shapely.union_all(shapely.get_parts(lines)).length


@pytest.mark.parametrize(
    ("spot", "metres", "length"),
    [
        ((0, 10), 30, 60),  # both ways from the middle of the street
        ((0, 10), 130, 200),  # all of it, and no more
        ((0, 2), 50, 70),  # the near end stops it
        ((0, 0), 50, 50),
        ((0, 20), 50, 50),
        ((1, 10), 30, 40),  # 10 m of stub leave 20 m each way
        ((0, 10), 0.1, 0.2),
    ],
)
def test_one_street(spot, metres, length):
    assert reached(spot, STREET, metres) == pytest.approx(length)


@pytest.mark.parametrize(
    ("spot", "metres", "length"),
    [
        ((4, 5), 30, 4 * 30),
        ((4, 5), 45, 2 * 45 + 2 * 40),
        ((4, 5), 900, 180),
        # 20 m to the crossing, then 10 m into three arms; 30 m the other way.
        ((4, 3), 30, 30 + 20 + 3 * 10),
    ],
)
def test_a_crossroads_is_cut_where_time_runs_out(spot, metres, length):
    assert reached(spot, CROSS, metres) == pytest.approx(length)


def test_a_ring_is_reached_from_both_sides():
    ring = street_network(streets("o----o\n|    |\n|    |\n|    |\no----o"))  # 180 m around
    assert reached((0, 0), ring, 60) == pytest.approx(120)
    assert reached((0, 0), ring, 90) == pytest.approx(180)
    assert reached((0, 0), ring, 89.5) == pytest.approx(179)
    assert reached((2, 0), ring, 85) == pytest.approx(170)


def test_no_street_is_drawn_twice():
    place = join(places(x=(0, 10)), STREET)
    assert reached_streets(place, STREET, limit_min=130 * M).length == pytest.approx(200)


def test_nothing_is_reached_before_the_stub_is_walked():
    place = join(places(x=(5, 10)), STREET)
    assert reached_streets(place, STREET, limit_min=40 * M).is_empty


def test_no_outline_is_drawn_before_the_stub_is_walked():
    place = join(places(x=(5, 10)), STREET)
    drawn = isochrones(place, STREET, limits_min=[40 * M, 90 * M])
    assert drawn[~drawn.geometry.is_empty]["minutes"].tolist() == [90 * M]


def test_a_longer_stub_reaches_less():
    assert reached((3, 10), STREET, 50) == pytest.approx(40)


def drawn(network, *spots, **rest):
    named = {f"p{number}": spot for number, spot in enumerate(spots)}
    return isochrones(join(places(**named), network), network, **rest)


def test_rows_names_crs_and_validity():
    network = street_network(streets(TOWN))
    found = drawn(network, (0, 0), (8, 12), limits_min=(2, 1))
    assert found.columns.tolist() == ["place", "minutes", "geometry"]
    assert found["place"].tolist() == ["p0", "p0", "p1", "p1"]
    assert found["minutes"].tolist() == [1, 2, 1, 2]
    assert found.crs == network.crs
    assert found.geometry.is_valid.all()
    assert set(found.geometry.geom_type) == {"Polygon"}


def test_the_shorter_lies_within_the_longer():
    network = street_network(streets(TOWN))
    found = drawn(network, (1, 0), (8, 13), (16, 24), limits_min=(0.5, 1, 1.5, 2, 4))
    for _, rows in found.groupby("place"):
        shapes = rows.geometry.tolist()
        for inner, outer in itertools.pairwise(shapes):
            assert inner.difference(outer).area <= 1e-6
            assert inner.area < outer.area


def test_the_river_is_not_crossed():
    network = street_network(streets(TOWN))
    (shape,) = drawn(network, (16, 8), limits_min=[15], width_m=9).geometry
    other_bank = LineString([(0, -180), (240, -180)])
    assert shape.distance(other_bank) > 10


def test_all_together_cover_each():
    network = street_network(streets(TOWN))
    spots = [(1, 0), (16, 20), (18, 3)]
    each = drawn(network, *spots, limits_min=(0.5, 1))
    whole = drawn(network, *spots, limits_min=(0.5, 1), together=True)
    assert whole["place"].tolist() == ["", ""]
    for minutes, shape in zip(whole["minutes"], whole.geometry, strict=True):
        assert shape.is_valid
        for part in each[each["minutes"] == minutes].geometry:
            assert part.difference(shape).area <= 1e-6
        parts = each[each["minutes"] == minutes].geometry
        assert shape.area <= parts.area.sum() + 1e-6


def test_small_holes_are_filled_and_large_ones_kept():
    town = street_network(streets(TOWN))  # blocks of 80 m, holes of 60 m within 10 m bands
    kept, filled = (
        drawn(town, (8, 12), limits_min=[9], width_m=10, hole_m2=size).geometry[0]
        for size in (3599, 3601)
    )
    assert len(kept.interiors) == 6
    assert len(filled.interiors) == 0
    assert filled.area - kept.area == pytest.approx(6 * 60 * 60)


def test_the_band_is_as_wide_as_asked():
    (shape,) = drawn(STREET, (0, 10), limits_min=[50 * M], width_m=7).geometry
    assert shape.bounds == pytest.approx((50 - 7, -7, 150 + 7, 7))


def test_streets_clearly_beyond_are_outside():
    (shape,) = drawn(CROSS, (4, 5), limits_min=[30 * M], width_m=5).geometry
    middle = np.array([50.0, -40.0])
    for way in ([1, 0], [-1, 0], [0, 1], [0, -1]):
        assert shape.covers(Point(middle + np.array(way) * 30))
        assert not shape.intersects(Point(middle + np.array(way) * (30 + 5 + 1)))


def test_the_two_directions_differ_on_a_slope():
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1000, 0)])], crs="EPSG:2154")
    flat = street_network(line)
    hill = with_profile(flat, PROFILES["adult"], ascent_m=[100.0])
    foot = join(gpd.GeoSeries([Point(0, 0)], crs=flat.crs), hill)
    up = reached_streets(foot, hill, limit_min=5, direction="from").bounds[2]
    down = reached_streets(foot, hill, limit_min=5, direction="to").bounds[2]
    # Up a tenth takes 1.419 times longer; down a tenth takes as long as the flat.
    assert up == pytest.approx(400 / np.exp(3.5 * 0.1), abs=0.1)
    assert down == pytest.approx(400, abs=0.1)
    middle = join(gpd.GeoSeries([Point(500, 0)], crs=flat.crs), hill)
    left, _, right, _ = reached_streets(middle, hill, limit_min=2, direction="from").bounds
    assert (500 - left, right - 500) == pytest.approx((160, 160 / np.exp(0.35)), abs=0.1)
    left, _, right, _ = reached_streets(middle, hill, limit_min=2, direction="to").bounds
    assert (500 - left, right - 500) == pytest.approx((160 / np.exp(0.35), 160), abs=0.1)


def test_a_place_on_an_island_keeps_to_it():
    two = streets("o---------o\n\n\n\n\no----o")
    network = street_network(two)
    assert reached((5, 2), network, 500) == pytest.approx(50)
    # Where the island is too small to matter, the place walks from the main streets.
    away = join(places(x=(5, 2)), network, island_share=0.5)
    assert reached_streets(away, network, limit_min=60 * M).bounds[3] == 0


def test_a_place_that_is_not_joined_has_no_outline():
    lost = join(places(near=(0, 3), lost=(99, 0)), STREET)
    assert isochrones(lost, STREET)["place"].unique().tolist() == ["near"]
    assert reached_streets(join(places(lost=(99, 0)), STREET), STREET, limit_min=5).is_empty
    nowhere = isochrones(join(places(lost=(99, 0)), STREET), STREET, together=True)
    assert len(nowhere) == 0
    assert nowhere.crs == STREET.crs


def test_a_stated_length_counts_not_the_drawn_one():
    slow = street_network(streets("o-------------------o").assign(length_m=[400.0]))
    assert reached((0, 0), slow, 100) == pytest.approx(50)


def test_bad_questions_are_refused():
    place = join(places(x=(0, 1)), STREET)
    for width in (0, -1, np.nan):
        with pytest.raises(UsageError, match="width"):
            isochrones(place, STREET, width_m=width)
    for limits in ([], [0], [-5]):
        with pytest.raises(UsageError, match="minutes above zero"):
            isochrones(place, STREET, limits_min=limits)
    with pytest.raises(UsageError, match="takes one place, got 2"):
        reached_streets(join(places(x=(0, 1), y=(0, 2)), STREET), STREET, limit_min=5)


def test_nothing_given_is_changed():
    network, spots = street_network(streets(TOWN)), join(places(x=(0, 1)), CROSS)
    before = shapely.to_wkb(network.lines).tolist(), spots.edge.copy()
    isochrones(spots, CROSS)
    isochrones(join(places(x=(0, 1)), network), network, together=True)
    assert shapely.to_wkb(network.lines).tolist() == before[0]
    pd.testing.assert_series_equal(pd.Series(spots.edge), pd.Series(before[1]))
