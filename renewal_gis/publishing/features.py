"""Small layers as the page receives them: one record per feature, degrees to six decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from renewal_gis.errors import CRSError
from renewal_gis.publishing.values import records

__all__ = ["bounds", "features"]

_DECIMALS = 6  # a tenth of a metre


def features(frame: gpd.GeoDataFrame, *, name: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return `{id, at, shape, values}` per row: index, a point inside, GeoJSON geometry, columns.

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
    >>> features(stops, name="stops", columns=["name"])[0]["values"]
    {'name': 'Gare'}
    """
    shapes = _degrees(frame, name=name)
    inside = shapely.point_on_surface(shapes)
    return [
        {"id": str(index), "at": _pair(point), "shape": _geojson(shape), "values": values}
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


def _geojson(shape: Any) -> dict[str, Any] | None:
    return None if shape is None else dict(shapely.geometry.mapping(shape))
