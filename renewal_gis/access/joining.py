"""Joining points to the streets: the nearest place on an edge, with the stub that is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.access.network import DECIMETRES, Floats, Ints, Network
from renewal_gis.assumptions import assumption
from renewal_gis.errors import CRSError
from renewal_gis.schema import Finding

__all__ = ["Joined", "join"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Joined:
    """Points joined to a network.

    Attributes
    ----------
    index
        The caller's index.
    edge
        Edge each point is joined to; -1 where it could not be joined.
    along_dm
        Decimetres from the edge's first node to the joining place.
    stub_dm
        Decimetres from the point to the joining place.
    distance_m
        Metres to the nearest edge, also for points that were not joined (NaN without geometry).
    """

    index: pd.Index
    edge: Ints
    along_dm: Ints
    stub_dm: Ints
    distance_m: Floats

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """True where the point is joined."""
        return self.edge >= 0

    def findings(self, layer: str, *, limit_m: float) -> Iterator[Finding]:
        """Yield one finding per point that could not be joined."""
        for position in np.flatnonzero(~self.reached):
            yield Finding(
                layer=layer,
                severity="note",
                code="far-from-street",
                message=(
                    f"The nearest street is {self.distance_m[position]:.0f} m away, beyond the limit "
                    f"of {limit_m:g} m: its walking minutes are missing. Add the street, move the "
                    "point, or raise join_limit_m under [walk]."
                ),
                row=str(self.index[position]),
            )


def join(
    places: gpd.GeoDataFrame | gpd.GeoSeries,
    network: Network,
    *,
    limit_m: float | None = None,
    island_share: float | None = None,
) -> Joined:
    """Join places to the nearest point of the nearest edge.

    A polygon is represented by a point inside it. Edges of small islands (parts of the network shorter
    than `island_share` of the whole) are never joined to: the next nearest edge that leads somewhere is.

    Parameters
    ----------
    places
        Points, lines or polygons in the network's CRS.
    network
        Street network.
    limit_m
        Farthest joining distance in metres; the assumption `join_limit` by default.
    island_share
        Smallest connected part joined to; the assumption `island_share` by default.

    Raises
    ------
    CRSError
        When the CRS of the places is not that of the network.

    Examples
    --------
    >>> from shapely import LineString, Point
    >>> from renewal_gis.access import street_network
    >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs=2154)
    >>> joined = join(gpd.GeoSeries([Point(30, 4)], crs=2154), street_network(street))
    >>> int(joined.along_dm[0]), int(joined.stub_dm[0])
    (300, 40)
    """
    if places.crs != network.crs:
        raise CRSError(
            f"The places are in {places.crs}, the streets in {network.crs}. Use to_crs() on one."
        )
    limit = assumption("join_limit").value if limit_m is None else limit_m
    share = assumption("island_share").value if island_share is None else island_share
    points = _points(places)
    large = np.flatnonzero(network.component_share[network.component] >= min(share, 1.0))
    tree = shapely.STRtree(network.lines[large])
    edge = np.full(len(points), -1, dtype=np.int32)
    distance = np.full(len(points), np.nan)
    there = np.flatnonzero(~shapely.is_missing(points) & ~shapely.is_empty(points))
    found, metres = tree.query_nearest(points[there], return_distance=True, all_matches=False)
    edge[there[found[0]]] = large[found[1]]
    distance[there[found[0]]] = metres
    edge[~(distance <= limit)] = -1
    return _positions(points, edge, distance, network, places.index)


def _points(places: gpd.GeoDataFrame | gpd.GeoSeries) -> npt.NDArray[np.object_]:
    shapes = places.geometry.to_numpy()
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    inside: npt.NDArray[np.object_] = np.where(is_point, shapes, shapely.point_on_surface(shapes))
    return inside


def _positions(
    points: npt.NDArray[np.object_],
    edge: Ints,
    distance: Floats,
    network: Network,
    index: pd.Index,
) -> Joined:
    joined = edge >= 0
    along = np.zeros(len(edge), dtype=np.int32)
    stub = np.zeros(len(edge), dtype=np.int32)
    share = shapely.line_locate_point(network.lines[edge[joined]], points[joined], normalized=True)
    along[joined] = np.rint(share * network.length_dm[edge[joined]])
    stub[joined] = np.rint(distance[joined] * DECIMETRES)
    return Joined(index=index, edge=edge, along_dm=along, stub_dm=stub, distance_m=distance)
