"""Where edges meet: at the node names they share, or at their ends when they have no names."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from renewal_gis.access.streets import Edges, Floats, Ints
from renewal_gis.errors import DataError

__all__ = ["Nodes", "nodes_of"]

_NEAR_M = 0.1  # ends without names that lie this near one another are one place


class Nodes(NamedTuple):
    """Names of the nodes, the two of each edge, and where they lie."""

    ids: pd.Index
    ends: Ints
    xy: Floats


def nodes_of(streets: gpd.GeoDataFrame, edges: Edges) -> Nodes:
    """Return the nodes of the edges.

    With the columns `u` and `v`, edges meet where they share a name; the inner ends of a line in
    several pieces meet nothing but one another. Without them, edges meet where their ends lie within a
    decimetre.

    Raises
    ------
    DataError
        When some node names are missing.
    """
    first = shapely.get_coordinates(shapely.get_point(edges.lines, 0))
    last = shapely.get_coordinates(shapely.get_point(edges.lines, -1))
    xy = np.concatenate([first, last])
    place = _places(xy)
    if {"u", "v"} <= set(streets.columns):
        names = _names(streets, edges, place)
        code, ids = pd.factorize(names, sort=True)
        index = pd.Index(ids, name="node")
    else:
        code = place
        index = pd.Index([str(number) for number in range(place.max(initial=-1) + 1)], name="node")
    position = np.full(len(index), len(code))
    np.minimum.at(position, code, np.arange(len(code)))
    return _near_together(Nodes(index, code.reshape(2, -1).T.astype(np.int32), xy[position]))


def _near_together(nodes: Nodes) -> Nodes:
    """Number the nodes along a Hilbert curve: neighbours stand together in memory.

    Searches were a third to a half faster on a network whose nodes came in the order of their names.
    """
    if not len(nodes.xy):
        return nodes
    along = gpd.GeoSeries.from_xy(*nodes.xy.T).hilbert_distance().to_numpy()
    order = np.argsort(along, kind="stable")
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return Nodes(nodes.ids[order], number[nodes.ends], nodes.xy[order])


def _names(streets: gpd.GeoDataFrame, edges: Edges, place: Ints) -> npt.NDArray[np.object_]:
    """Return the name of each first end, then of each last end."""
    u, v = (_texts(streets, name)[edges.row] for name in ("u", "v"))
    starts = np.concatenate([[True], edges.row[1:] != edges.row[:-1]])[: len(edges.row)]
    stops = np.concatenate([edges.row[1:] != edges.row[:-1], [True]])[: len(edges.row)]
    inner = np.array(
        [f"{row}@{where}" for row, where in zip(np.tile(edges.row, 2), place, strict=True)]
        if not (starts.all() and stops.all())
        else np.concatenate([u, v]),
        dtype=object,
    )
    return np.where(np.concatenate([starts, stops]), np.concatenate([u, v]), inner)


def _texts(streets: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.object_]:
    column = streets[name]
    missing = column.isna()
    if missing.any():
        rows = ", ".join(str(row) for row in streets.index[missing][:5])
        raise DataError(
            f"streets: {int(missing.sum())} row(s) have no {name} (rows {rows}). Fill the node names, "
            "or leave out both u and v to let edges meet where their ends do."
        )
    if pd.api.types.is_float_dtype(column) and (column == np.floor(column)).all():
        # One missing value once made whole numbers floats: 2.0 and 2 are the same node.
        column = column.astype("int64")
    return np.asarray(column.astype(str).to_numpy(dtype=object))


def _places(xy: Floats) -> Ints:
    """Number the places of some points: those within `_NEAR_M` of one another share a number."""
    exact, code = np.unique(xy, axis=0, return_inverse=True)
    pairs = cKDTree(exact).query_pairs(_NEAR_M, output_type="ndarray") if len(exact) else exact
    if not len(pairs):
        return code.reshape(-1).astype(np.int32)
    near = coo_array((np.ones(len(pairs), dtype=np.int8), pairs.T), (len(exact), len(exact)))
    _, group = connected_components(near, directed=False)
    return np.asarray(group[code.reshape(-1)], dtype=np.int32)
