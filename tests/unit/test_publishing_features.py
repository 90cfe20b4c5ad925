"""The small layers: coordinates as whole differences, which the page turns back into GeoJSON."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    box,
)
from shapely.geometry import shape as read

from renewal_gis.publishing.features import features

DEPTH = {"Polygon": 1, "MultiLineString": 1, "MultiPolygon": 2}


def unfolded(written: Any) -> dict[str, Any]:
    """Return GeoJSON from `[type, differences]`, as `payload.js` does."""
    kind, nested = written
    at = [0, 0]

    def line(steps: list[int]) -> list[list[float]]:
        points = []
        for east, north in zip(steps[::2], steps[1::2], strict=True):
            at[0] += east
            at[1] += north
            points.append([at[0] / 1e6, at[1] / 1e6])
        return points

    def parts(part: Any, depth: int) -> Any:
        return [parts(one, depth - 1) for one in part] if depth else line(part)

    coordinates = parts(nested, DEPTH.get(kind, 0))
    return {"type": kind, "coordinates": coordinates[0] if kind == "Point" else coordinates}


def written(*shapes: Any) -> list[Any]:
    frame = gpd.GeoDataFrame(geometry=list(shapes), crs=4326)
    return [record["shape"] for record in features(frame, name="layer", columns=[])]


HOLED = box(3.5, 50.3, 3.6, 50.4).difference(box(3.52, 50.32, 3.54, 50.34))
ISLAND = box(3.7, 50.3, 3.8, 50.4)


@pytest.mark.parametrize(
    "shape",
    [
        Point(3.5, -50.3),
        MultiPoint([(3.5, 50.3), (-3.6, 50.4)]),
        LineString([(3.5, 50.3), (3.6, 50.4), (3.6, 50.5)]),
        MultiLineString([[(3.5, 50.3), (3.6, 50.4)], [(3.7, 50.3), (3.8, 50.4), (3.9, 50.3)]]),
        HOLED,
        MultiPolygon([HOLED, ISLAND]),
    ],
    ids=lambda shape: shape.geom_type,
)
def test_a_shape_comes_back_as_it_was(shape: Any) -> None:
    (told,) = written(shape)
    back = read(unfolded(told))
    assert back.geom_type == shape.geom_type
    assert back.equals_exact(shapely.orient_polygons(shape), 1e-9) or back.normalize().equals_exact(
        shape.normalize(), 1e-9
    )


def test_holes_turn_against_their_outline() -> None:
    (told,) = written(HOLED.reverse())
    rings = unfolded(told)["coordinates"]
    assert [shapely.is_ccw(shapely.linearrings(ring)) for ring in rings] == [True, False]


def test_a_row_without_a_geometry_stays_and_a_collection_is_geojson() -> None:
    nothing, mixed = written(None, GeometryCollection([Point(3.5, 50.3)]))
    assert nothing is None
    assert mixed["type"] == "GeometryCollection"


DEGREES = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


@settings(deadline=None, max_examples=60)
@given(points=st.lists(DEGREES, min_size=2, max_size=12))
def test_no_vertex_moves_by_more_than_half_a_millionth_of_a_degree(
    points: list[tuple[float, float]],
) -> None:
    (told,) = written(LineString(points))
    back = unfolded(told)["coordinates"]
    assert len(back) == len(points)
    for place, given_ in zip(back, points, strict=True):
        assert place == pytest.approx(given_, abs=0.5000001e-6)
