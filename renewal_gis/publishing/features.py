"""Small layers as the page receives them: one record per feature, coordinates as whole differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from renewal_gis.errors import CRSError
from renewal_gis.publishing.values import records

__all__ = ["bounds", "features"]

_DECIMALS = 6  # a tenth of a metre
_DEPTH: Final = {
    "Point": 0,
    "MultiPoint": 0,
    "LineString": 0,
    "Polygon": 1,
    "MultiLineString": 1,
    "MultiPolygon": 2,
}


def features(frame: gpd.GeoDataFrame, *, name: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return `{id, at, shape, values}` per row: index, a point inside, geometry, columns.

    The geometry is `[type, coordinates]`, nested as in GeoJSON down to a line, a ring or a set of
    points, which is one flat list: millionths of a degree east and north, each vertex as the
    difference from the one before it in the feature, the first from nothing.

    Parameters
    ----------
    frame
        The layer, in any CRS. Rows without geometry come with `at` and `shape` None.
    name
        Name of the layer, for messages.
    columns
        Columns to carry; those the layer does not have are left out.

    Raises
    ------
    CRSError
        When the layer has no CRS.

    Examples
    --------
    >>> from shapely import Point
    >>> stops = gpd.GeoDataFrame({"name": ["Gare"]}, geometry=[Point(3.5, 50.3)], crs=4326)
    >>> features(stops, name="stops", columns=["name"])
    [{'id': '0', 'at': [3.5, 50.3], 'shape': ['Point', [3500000, 50300000]], 'values': {'name': 'Gare'}}]
    """
    shapes = _degrees(frame, name=name)
    inside = shapely.point_on_surface(shapes)
    return [
        {"id": str(index), "at": _pair(point), "shape": _folded(shape), "values": values}
        for index, point, shape, values in zip(
            frame.index,
            inside,
            shapes,
            records(frame, columns) or [{} for _ in range(len(frame))],
            strict=True,
        )
    ]


def bounds(frame: gpd.GeoDataFrame, *, name: str) -> list[list[float]] | None:
    """Return `[[south, west], [north, east]]` in degrees; None when there is nothing to bound."""
    corners = shapely.get_coordinates(_degrees(frame, name=name))
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return None
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return [[south, west], [north, east]]


def _degrees(frame: gpd.GeoDataFrame, *, name: str) -> Any:
    if frame.crs is None:
        raise CRSError(f"{name}: the layer has no CRS, so it cannot be placed on the map. Set one.")
    shapes = np.asarray(frame.geometry.to_crs(4326).array, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    # Holes turn against their outline: the page may fill many features as one shape, by winding.
    areas = shapely.get_dimensions(shapes) == 2
    shapes[areas] = shapely.orient_polygons(shapes[areas])
    return shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS))


def _pair(point: Any) -> list[float] | None:
    if point is None or point.is_empty:
        return None
    return [round(point.x, _DECIMALS), round(point.y, _DECIMALS)]


def _folded(shape: Any) -> list[Any] | dict[str, Any] | None:
    """Return a geometry as whole differences; collections, which are rare, stay GeoJSON."""
    if shape is None:
        return None
    if shape.geom_type not in _DEPTH:
        return dict(shapely.geometry.mapping(shape))
    whole = np.rint(shapely.get_coordinates(shape) * 10**_DECIMALS).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).tolist()
    parts = shapely.get_parts([shape])
    depth = _DEPTH[shape.geom_type]
    if not depth:
        return [shape.geom_type, [number for step in steps for number in step]]
    lines = [
        shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else [part] for part in parts
    ]
    at = 0
    nested: list[list[list[int]]] = []
    for group in lines:
        nested.append([])
        for line in group:
            until = at + shapely.get_num_coordinates(line)
            nested[-1].append([number for step in steps[at:until] for number in step])
            at = until
    return [shape.geom_type, nested if depth == 2 else [line for group in nested for line in group]]
