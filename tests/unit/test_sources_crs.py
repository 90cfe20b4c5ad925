"""The study's coordinate system, and what coordinates say about theirs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from renewal_gis.errors import CRSError
from renewal_gis.sources import study_crs
from renewal_gis.sources.crs import outside, swapped, verdict

LAMBERT = study_crs("EPSG:2154")


@pytest.mark.parametrize("text", ["EPSG:2154", "EPSG:27700", "EPSG:32631", "EPSG:3035"])
def test_a_projected_system_in_metres_serves(text):
    assert study_crs(text).is_projected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("EPSG:4326", "in degrees"),
        ("EPSG:4978", "in metre"),
        ("EPSG:2263", "US survey foot"),
        ("EPSG:3857", "stretches lengths"),
        ("EPSG:99999", "not a known coordinate system"),
        ("Lambert 93", "not a known coordinate system"),
        ("", "not a known coordinate system"),
    ],
)
def test_other_systems_are_refused_with_advice(text, said):
    with pytest.raises(CRSError, match=said) as caught:
        study_crs(text)
    assert "EPSG:2154" in str(caught.value)


def points(*pairs, crs="EPSG:4326"):
    return gpd.GeoSeries([None if pair is None else Point(*pair) for pair in pairs], crs=crs)


def test_points_of_the_study_area_are_inside():
    found = verdict(points((3.5, 50.3), None, (np.nan, 50)), LAMBERT)
    assert not found.outside.any()
    assert found.message == ""


def test_swapped_axes_are_recognised_in_degrees_and_in_metres():
    for shapes in (points((50.3, 3.5)), points((7_030_257, 734_922), crs="EPSG:2154")):
        assert "swap_axes = true" in verdict(shapes, LAMBERT).message
        assert not verdict(swapped(shapes), LAMBERT).message


def test_a_single_swapped_row_is_not_an_advice_to_swap_all():
    message = verdict(points((50.3, 3.5), (3.5, 50.3)), LAMBERT).message
    assert "1 of 2 rows" in message
    assert "swap_axes" not in message
    assert "correct them in the file" in message


def test_metres_said_to_be_degrees_are_recognised():
    message = verdict(points((734_922.0, 7_030_257.0)), LAMBERT).message
    assert "metres and fit" in message


def test_elsewhere_is_outside():
    shapes = points((-3.0, 51.6), (3.5, 50.3))
    assert outside(shapes, study_crs("EPSG:27700")).tolist() == [False, True]
