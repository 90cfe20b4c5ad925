"""Joining points to the streets: the nearest place on an edge, with the stub that is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.access.edges import nearest_edges
from renewal_gis.access.network import DECIMETRES, Floats, Ints, Network
from renewal_gis.assumptions import assumption
from renewal_gis.errors import CRSError, UsageError
from renewal_gis.schema import Finding, inner_points

__all__ = ["Joined", "at_nodes", "join"]


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
    xy
        Coordinates of each point, shape (places, 2), metres.
    """

    index: pd.Index
    edge: Ints
    along_dm: Ints
    stub_dm: Ints
    distance_m: Floats
    xy: Floats

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """True where the point is joined."""
        return self.edge >= 0

    def take(self, members: npt.NDArray[np.bool_ | np.intp]) -> Joined:
        """Return some of the places, marked in an array of flags or told by their positions."""
        return Joined(
            index=self.index[members],
            edge=self.edge[members],
            along_dm=self.along_dm[members],
            stub_dm=self.stub_dm[members],
            distance_m=self.distance_m[members],
            xy=self.xy[members],
        )

    def findings(self, layer: str, *, limit_m: float) -> Iterator[Finding]:
        """Yield one finding per place that could not be joined."""
        nowhere = np.isnan(self.distance_m)
        for position in np.flatnonzero(nowhere):
            yield Finding(
                layer=layer,
                severity="note",
                code="no-place",
                message="The row has no geometry: its walking minutes are missing.",
                row=str(self.index[position]),
            )
        for position in np.flatnonzero(~self.reached & ~nowhere):
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
    island_nodes: int | None = None,
) -> Joined:
    """Join places to the nearest point of the nearest edge.

    A polygon is represented by a point inside it. Edges of small islands (parts of the network shorter
    than `island_share` of the whole) are never joined to: the next nearest edge that leads somewhere is.
    Nor are edges whose `linkable` is false. The longest part is never an island.

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
    island_nodes
        Fewest nodes of a connected part joined to, instead of a share; R5 keeps parts of 40.

    Raises
    ------
    CRSError
        When the CRS of the places is not that of the network.
    DataError
        When no linkable edge is left.
    UsageError
        When a limit makes no sense, or both limits of islands are given.

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
    if not limit >= 0 or not 0 <= share <= 1:
        raise UsageError(
            "limit_m must be metres from 0 on and island_share a share from 0 to 1, "
            f"got {limit!r} and {share!r}."
        )
    if island_nodes is not None and (island_share is not None or not island_nodes >= 0):
        raise UsageError(
            "island_nodes must be a number of nodes from 0 on, without island_share; got "
            f"{island_nodes!r} and {island_share!r}."
        )
    xy = shapely.get_coordinates(inner_points(places.geometry.to_numpy()))
    there = np.isfinite(xy).all(axis=1)
    edge = np.full(len(xy), -1, dtype=np.int32)
    along = np.zeros(len(xy), dtype=np.int32)
    metres = np.full(len(xy), np.nan)
    index = network.index_of_edges(share, least_nodes=island_nodes)
    x, y = np.ascontiguousarray(xy[there, 0]), np.ascontiguousarray(xy[there, 1])
    edge[there], drawn, metres[there] = nearest_edges(index, x, y)
    # A stated length may differ from the drawn one: the place is kept, as a share of the edge.
    whole = network.drawn_m[edge[there]]
    part = np.divide(drawn, whole, out=np.zeros_like(drawn), where=whole > 0)
    along[there] = np.rint(np.minimum(part, 1.0) * network.length_dm[edge[there]])
    joined = metres <= limit
    return Joined(
        index=places.index,
        edge=np.where(joined, edge, np.int32(-1)),
        along_dm=np.where(joined, along, np.int32(0)),
        stub_dm=np.where(joined, np.rint(metres * DECIMETRES), 0).astype(np.int32),
        distance_m=metres,
        xy=xy,
    )


def at_nodes(network: Network) -> Joined:
    """Return the nodes of a network as joined places, on the index of their names.

    A node stands at an end of one of its edges; every node has one.

    Examples
    --------
    >>> from shapely import LineString
    >>> from renewal_gis.access import street_network
    >>> street = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs=2154)
    >>> at_nodes(street_network(street)).along_dm.tolist()
    [0, 1000]
    """
    edge = network.arc_edge[network.first_arc[:-1]]
    leads_on = network.arc_onward[network.first_arc[:-1]]
    nothing = np.zeros(len(edge), dtype=np.int32)
    return Joined(
        index=network.node_ids,
        edge=edge,
        along_dm=np.where(leads_on, nothing, network.length_dm[edge]),
        stub_dm=nothing,
        distance_m=nothing.astype(float),
        xy=network.node_xy,
    )
