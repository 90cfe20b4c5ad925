"""One point for a place: where it is joined to the streets, and which commune it lies in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["inner_points"]


def inner_points(shapes: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Return one point a shape: itself, its centroid where that lies inside, else a point inside.

    Parameters
    ----------
    shapes
        Points, lines or polygons, shape (n,). Where one is missing or empty, the point has no
        coordinates (NaN), so that positions are kept.

    Examples
    --------
    >>> [str(point) for point in inner_points([shapely.box(0, 0, 2, 2), shapely.Point(5, 5)])]
    ['POINT (1 1)', 'POINT (5 5)']
    """
    points = np.array(shapes, dtype=object)
    points[shapely.is_missing(points) | shapely.is_empty(points)] = shapely.Point(np.nan, np.nan)
    drawn = np.flatnonzero(shapely.get_type_id(points) != shapely.GeometryType.POINT)
    if len(drawn):
        middle = shapely.centroid(points[drawn])
        outside = ~shapely.contains_xy(points[drawn], shapely.get_x(middle), shapely.get_y(middle))
        middle[outside] = shapely.point_on_surface(points[drawn][outside])
        points[drawn] = middle
    return points
