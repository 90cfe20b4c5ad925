"""The street network as compact arrays: nodes, edges, whole decimetres, connected parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renewal_gis.access.edges import EdgeIndex, edge_index
from renewal_gis.errors import DataError
from renewal_gis.schema import Finding

__all__ = ["Network", "street_network"]

DECIMETRES = 10  # lengths are whole decimetres: a search forward and one backward agree to the bit
_NODING = 1  # decimals of a metre at which line ends without node names count as the same place

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """A walkable street network, both ways on every edge.

    Attributes
    ----------
    crs
        Coordinate reference system of the lines, in metres.
    node_xy
        Coordinates of the nodes, shape (nodes, 2), metres.
    node_ids
        Names of the nodes.
    edge_ids
        Names of the edges.
    lines
        One LineString per edge, shape (edges,).
    ends
        First and last node of each edge, shape (edges, 2).
    length_dm
        Length of each edge in whole decimetres, at least 1.
    cost_onward, cost_backward
        Cost of walking each edge from its first node and from its last, in whole decimetres of flat
        walking; equal to the length without slope or penalties.
    first_arc, arc_node, arc_edge, arc_onward
        Arcs leaving node `i` stand at `first_arc[i]:first_arc[i + 1]`; each leads to `arc_node` along
        `arc_edge`, from the edge's first node when `arc_onward`.
    steps, crossings
        Whether each edge is a flight of steps; road crossings inside it, its ends apart.
    component
        Number of the connected part of each edge, 0 for the longest.
    component_share
        Share of the network's length in each part.
    """

    crs: object
    node_xy: Floats
    node_ids: pd.Index
    edge_ids: pd.Index
    lines: npt.NDArray[np.object_]
    ends: Ints
    length_dm: Ints
    cost_onward: Ints
    cost_backward: Ints
    first_arc: Ints
    arc_node: Ints
    arc_edge: Ints
    arc_onward: npt.NDArray[np.bool_]
    steps: npt.NDArray[np.bool_]
    crossings: Ints
    component: Ints
    component_share: Floats
    findings: tuple[Finding, ...] = ()

    @cached_property
    def arc_cost_out(self) -> Ints:
        """Cost of each arc, walked as it leads."""
        onward, backward = self.cost_onward[self.arc_edge], self.cost_backward[self.arc_edge]
        return np.where(self.arc_onward, onward, backward)

    @cached_property
    def arc_cost_in(self) -> Ints:
        """Cost of each arc, walked against its lead."""
        onward, backward = self.cost_onward[self.arc_edge], self.cost_backward[self.arc_edge]
        return np.where(self.arc_onward, backward, onward)

    @cached_property
    def drawn_m(self) -> Floats:
        """Length of each line as drawn, metres."""
        return np.asarray(shapely.length(self.lines), dtype=float)

    def index_of_edges(self, least_share: float) -> EdgeIndex:
        """Return the spatial index of the edges in parts that hold at least this share of the length.

        The longest part is always in. An index is made once for each share asked for.
        """
        if least_share not in self._indexes:
            large = self.component_share[self.component] >= least_share
            use = np.flatnonzero(large | (self.component == 0)).astype(np.int32)
            self._indexes[least_share] = edge_index(self.lines[use], use)
        return self._indexes[least_share]

    @cached_property
    def _indexes(self) -> dict[float, EdgeIndex]:
        return {}

    def __repr__(self) -> str:
        km = self.length_dm.sum() / DECIMETRES / 1000
        return (
            f"<Network: {len(self.node_xy)} nodes, {len(self.lines)} edges, {km:.1f} km, "
            f"{len(self.component_share)} connected part(s)>"
        )


def street_network(streets: gpd.GeoDataFrame) -> Network:
    """Build the walking network from a table of streets.

    Every edge is walked both ways: one-way signs do not bind walkers. Edges meet where they share a
    node name (`u`, `v`); without these columns, where their ends lie within a decimetre of one another.
    Two lines that merely cross (a bridge) do not meet.

    Parameters
    ----------
    streets
        Table `streets` in a CRS in metres. Rows whose `walkable` is false are left out.

    Returns
    -------
    Network
        Its `findings` list the rows left out and the parts that are cut off.

    Raises
    ------
    DataError
        When no walkable edge is left, or the CRS is missing or not in metres.

    Examples
    --------
    >>> from shapely import LineString
    >>> lines = [LineString([(0, 0), (100, 0)]), LineString([(100, 0), (100, 50)])]
    >>> street_network(gpd.GeoDataFrame(geometry=lines, crs=2154))
    <Network: 3 nodes, 2 edges, 0.1 km, 1 connected part(s)>
    """
    _require_metres(streets)
    lines, row_of_line = _single_lines(streets)
    length_dm = _lengths(streets, lines, row_of_line)
    walkable = _walkable(streets)[row_of_line]
    usable = walkable & (length_dm > 0)
    findings = [*_set_aside(streets, walkable, length_dm, row_of_line)]
    if not usable.any():
        raise DataError(
            f"streets: none of the {len(streets)} rows is a walkable line. "
            "Check the walkable column and the filter of the layer."
        )
    lines, row_of_line, length_dm = lines[usable], row_of_line[usable], length_dm[usable]
    node_ids, ends, node_xy = _nodes(streets, lines, row_of_line)
    first_arc, arc_node, arc_edge, arc_onward = _arcs(ends, len(node_xy))
    component, share = _components(ends, length_dm, len(node_xy))
    findings.extend(_islands(component, share))
    return Network(
        crs=streets.crs,
        node_xy=node_xy,
        node_ids=node_ids,
        edge_ids=pd.Index(streets.index[row_of_line], name="edge"),
        lines=lines,
        ends=ends,
        length_dm=length_dm,
        cost_onward=length_dm,
        cost_backward=length_dm,
        first_arc=first_arc,
        arc_node=arc_node,
        arc_edge=arc_edge,
        arc_onward=arc_onward,
        steps=_column(streets, "kind", row_of_line) == "steps",
        crossings=_crossings(streets, row_of_line),
        component=component,
        component_share=share,
        findings=tuple(findings),
    )


def _require_metres(streets: gpd.GeoDataFrame) -> None:
    crs = streets.crs
    if crs is None or crs.is_geographic:
        found = "no CRS" if crs is None else f"the geographic CRS {crs.name}"
        raise DataError(
            f"streets: distances need a CRS in metres, found {found}. Use to_crs(2154) or another."
        )


def _single_lines(streets: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.object_], Ints]:
    shapes = streets.geometry.to_numpy()
    merged = np.where(
        shapely.get_type_id(shapes) == shapely.GeometryType.MULTILINESTRING,
        shapely.line_merge(shapes),
        shapes,
    )
    parts, row = shapely.get_parts(merged, return_index=True)
    return parts, row.astype(np.int32)


def _lengths(
    streets: gpd.GeoDataFrame, lines: npt.NDArray[np.object_], row: Ints
) -> npt.NDArray[np.int32]:
    metres = shapely.length(lines)
    if "length_m" in streets.columns:
        stated = pd.to_numeric(streets["length_m"]).to_numpy(dtype=float, na_value=np.nan)[row]
        whole = np.bincount(row, weights=metres, minlength=len(streets))[row]
        # A stated length is shared among the parts of a line in several pieces.
        shared = stated * np.divide(metres, whole, out=np.ones_like(metres), where=whole > 0)
        metres = np.where(np.isfinite(stated), shared, metres)
    decimetres = np.rint(metres * DECIMETRES)
    too_short = (metres > 0) & (decimetres < 1)
    return np.where(too_short, 1, np.maximum(decimetres, 0)).astype(np.int32)


def _walkable(streets: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    if "walkable" not in streets.columns:
        return np.ones(len(streets), dtype=bool)
    flags: npt.NDArray[np.bool_] = streets["walkable"].fillna(True).to_numpy(dtype=bool)
    return flags


def _column(streets: gpd.GeoDataFrame, name: str, row: Ints) -> npt.NDArray[np.object_]:
    if name not in streets.columns:
        return np.full(len(row), None, dtype=object)
    values: npt.NDArray[np.object_] = streets[name].to_numpy(dtype=object)
    return values[row]


def _crossings(streets: gpd.GeoDataFrame, row: Ints) -> Ints:
    if "crossings" not in streets.columns:
        return np.zeros(len(row), dtype=np.int32)
    counted = pd.to_numeric(streets["crossings"]).fillna(0)
    counts: Ints = counted.to_numpy(dtype=np.int32)
    return counts[row]


def _nodes(
    streets: gpd.GeoDataFrame, lines: npt.NDArray[np.object_], row: Ints
) -> tuple[pd.Index, Ints, Floats]:
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    xy = np.concatenate([first, last])
    one_part = len(np.unique(row)) == len(row)
    if {"u", "v"} <= set(streets.columns) and one_part:
        names = np.concatenate(
            [streets["u"].to_numpy(dtype=object)[row], streets["v"].to_numpy(dtype=object)[row]]
        ).astype(str)
        unique, position, code = np.unique(names, return_index=True, return_inverse=True)
        node_ids = pd.Index(unique, name="node")
    else:
        places = np.rint(xy * 10**_NODING).astype(np.int64)
        _, position, code = np.unique(places, axis=0, return_index=True, return_inverse=True)
        node_ids = pd.Index([str(number) for number in range(len(position))], name="node")
    ends = code.reshape(2, -1).T.astype(np.int32)
    return node_ids, np.ascontiguousarray(ends), xy[position]


def _arcs(ends: Ints, nodes: int) -> tuple[Ints, Ints, Ints, npt.NDArray[np.bool_]]:
    edges = np.arange(len(ends), dtype=np.int32)
    tail = np.concatenate([ends[:, 0], ends[:, 1]])
    head = np.concatenate([ends[:, 1], ends[:, 0]])
    edge = np.concatenate([edges, edges])
    order = np.argsort(tail, kind="stable")
    first = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=nodes), out=first[1:])
    return first, head[order], edge[order], order < len(ends)


def _components(ends: Ints, length_dm: Ints, nodes: int) -> tuple[Ints, Floats]:
    links = coo_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), (nodes, nodes))
    _, label = connected_components(links, directed=False)
    weight = np.bincount(label[ends[:, 0]], weights=length_dm)
    order = np.lexsort((np.arange(len(weight)), -weight))
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[label[ends[:, 0]]], weight[order] / weight.sum()


def _set_aside(
    streets: gpd.GeoDataFrame, walkable: npt.NDArray[np.bool_], length_dm: Ints, row: Ints
) -> list[Finding]:
    found = []
    if not walkable.all():
        found.append(
            Finding(
                layer="streets",
                severity="note",
                code="not-walkable",
                message="Edges closed to walkers were left out.",
                count=len(np.unique(row[~walkable])),
            )
        )
    found.extend(
        Finding(
            layer="streets",
            severity="dropped",
            code="zero-length",
            message="The edge has no length and joins nothing; it was left out.",
            row=str(streets.index[row[position]]),
        )
        for position in np.flatnonzero(walkable & (length_dm <= 0))
    )
    return found


def _islands(component: Ints, share: Floats) -> list[Finding]:
    if len(share) == 1:
        return []
    return [
        Finding(
            layer="streets",
            severity="note",
            code="disconnected-streets",
            message=(
                f"The street network is in {len(share)} pieces; the longest holds "
                f"{share[0]:.1%} of its length. Points are not joined to small islands."
            ),
            count=int((component > 0).sum()),
        )
    ]
