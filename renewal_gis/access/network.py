"""The street network as compact arrays: nodes, edges, whole decimetres, connected parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from renewal_gis.access.chains import Chains, arcs_of, chains_of
from renewal_gis.access.edges import EdgeIndex, edge_index
from renewal_gis.access.noding import Nodes, nodes_of
from renewal_gis.access.pace import per_minute
from renewal_gis.access.streets import DECIMETRES, Floats, Ints, edges_of, require_metres
from renewal_gis.errors import DataError
from renewal_gis.schema import Finding

__all__ = ["DECIMETRES", "Floats", "Ints", "Network", "street_network", "whole_second_edges"]


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
    backwards
        Whether the line of each edge runs from `v` to `u`; nodes and costs follow the line.
    steps, crossings
        Whether each edge is a flight of steps; road crossings on the way along it.
    linkable
        Whether places may be joined to each edge; all edges are walked.
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
    backwards: npt.NDArray[np.bool_]
    steps: npt.NDArray[np.bool_]
    crossings: Floats
    linkable: npt.NDArray[np.bool_]
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
    def chains(self) -> Chains:
        """Junctions and the chains of edges between them, with this network's costs."""
        return chains_of(
            self.ends,
            self.first_arc,
            self.arc_edge,
            self.arc_node,
            self.cost_onward,
            self.cost_backward,
        )

    @cached_property
    def drawn_m(self) -> Floats:
        """Length of each line as drawn, metres."""
        return np.asarray(shapely.length(self.lines), dtype=float)

    @cached_property
    def component_nodes(self) -> Ints:
        """Number of nodes in each connected part."""
        part = np.zeros(len(self.node_xy), dtype=np.int32)
        part[self.ends] = self.component[:, None]
        return np.bincount(part, minlength=len(self.component_share)).astype(np.int32)

    def index_of_edges(
        self, least_share: float = 0.0, *, least_nodes: int | None = None
    ) -> EdgeIndex:
        """Return the spatial index of the edges that places may be joined to.

        Parameters
        ----------
        least_share
            Edges of parts that hold at least this share of the length.
        least_nodes
            Edges of parts of at least so many nodes instead, whatever their length.

        Returns
        -------
        EdgeIndex
            The longest part is always in; edges that are not linkable never are. An index is made
            once for each limit asked for.

        Raises
        ------
        DataError
            When no such edge is left.
        """
        key = (least_share, least_nodes)
        if key not in self._indexes:
            large = self.component_share >= least_share
            if least_nodes is not None:
                large = self.component_nodes >= least_nodes
            large[0] = True
            use = np.flatnonzero(large[self.component] & self.linkable).astype(np.int32)
            if not len(use):
                raise DataError(
                    "streets: places may be joined to none of the streets that lead on. Check the "
                    "column linkable."
                )
            self._indexes[key] = edge_index(self.lines[use], use)
        return self._indexes[key]

    @cached_property
    def _indexes(self) -> dict[tuple[float, int | None], EdgeIndex]:
        return {}

    @cached_property
    def _in_whole_seconds(self) -> dict[float, Network]:
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
        Table `streets` in a CRS in metres. Rows whose `walkable` is false are left out; a stated
        `length_m` wins over the drawn one.

    Returns
    -------
    Network
        Its `findings` list the rows left out and the parts that are cut off.

    Raises
    ------
    DataError
        When no walkable edge is left, the CRS is missing or not in metres, a stated length is not a
        number of metres, or only some node names are missing.

    Examples
    --------
    >>> from shapely import LineString
    >>> lines = [LineString([(0, 0), (100, 0)]), LineString([(100, 0), (100, 50)])]
    >>> street_network(gpd.GeoDataFrame(geometry=lines, crs=2154))
    <Network: 3 nodes, 2 edges, 0.1 km, 1 connected part(s)>
    """
    require_metres(streets, "streets")
    edges = edges_of(streets)
    nodes = nodes_of(streets, edges)
    # A link of no length between two nodes (a door, a lift) carries walkers; from a node to itself
    # it leads nowhere.
    nowhere = (edges.length_dm == 0) & (nodes.ends[:, 0] == nodes.ends[:, 1])
    findings = [*edges.findings, *_leading_nowhere(streets, edges.row[nowhere])]
    keep = ~nowhere
    lines, row, ends = edges.lines[keep], edges.row[keep], np.ascontiguousarray(nodes.ends[keep])
    length_dm = np.maximum(edges.length_dm[keep], 1)
    nodes, ends = _used(nodes, ends)
    if not len(lines):
        raise DataError(
            f"streets: none of the {len(streets)} rows is a walkable line. "
            "Check the walkable column and the filter of the layer."
        )
    first_arc, arc_node, arc_edge, arc_onward = arcs_of(ends, len(nodes.xy))
    component, share = _components(ends, length_dm, len(nodes.xy))
    findings.extend(_islands(component, share))
    return Network(
        crs=streets.crs,
        node_xy=nodes.xy,
        node_ids=nodes.ids,
        edge_ids=pd.Index(streets.index[row], name="edge"),
        lines=lines,
        ends=ends,
        length_dm=length_dm,
        cost_onward=length_dm,
        cost_backward=length_dm,
        first_arc=first_arc,
        arc_node=arc_node,
        arc_edge=arc_edge,
        arc_onward=arc_onward,
        backwards=nodes.backwards[keep],
        steps=edges.steps[keep],
        crossings=edges.crossings[keep],
        linkable=edges.linkable[keep],
        component=component,
        component_share=share,
        findings=tuple(findings),
    )


def whole_second_edges(network: Network, speed_km_h: float) -> Network:
    """Return the network with each edge taking whole seconds at a speed, rounded up.

    So does conveyal/r5 walk from an origin (BasicTraversalTimeCalculator); every edge adds half a
    second on average.

    Parameters
    ----------
    network
        Street network. Places joined to it are joined to the result as well.
    speed_km_h
        Walking speed, at which the result is to be measured.

    Returns
    -------
    Network
        The same streets with other costs, made once for each speed. Costs stay whole decimetres: at
        3.6 km/h a second is ten of them, and every edge takes whole seconds exactly. At speeds
        that are no multiple of 0.36 km/h, an edge is off by half a decimetre at most: a tenth of a
        second at 1.8 km/h, less when faster.

    Raises
    ------
    UsageError
        When nobody walks at that speed.

    Examples
    --------
    >>> from shapely import LineString
    >>> lines = [LineString([(0, 0), (12.3, 0)]), LineString([(12.3, 0), (32.3, 0)])]
    >>> street = street_network(gpd.GeoDataFrame(geometry=lines, crs=2154))
    >>> whole_second_edges(street, 3.6).cost_onward.tolist()
    [130, 200]
    """
    second_dm = per_minute(speed_km_h) / 60
    held = network._in_whole_seconds
    if speed_km_h not in held:
        onward, backward = (
            # A product just above a whole number of seconds is that number.
            np.rint(np.ceil(cost / second_dm - 1e-6) * second_dm).astype(np.int32)
            for cost in (network.cost_onward, network.cost_backward)
        )
        held[speed_km_h] = replace(network, cost_onward=onward, cost_backward=backward)
    return held[speed_km_h]


def _used(nodes: Nodes, ends: Ints) -> tuple[Nodes, Ints]:
    """Return the nodes that still have an edge, and the edges' ends numbered among them."""
    held = np.unique(ends)
    number = np.zeros(len(nodes.ids), dtype=np.int32)
    number[held] = np.arange(len(held), dtype=np.int32)
    kept = nodes._replace(ids=nodes.ids[held], xy=nodes.xy[held])
    return kept, np.ascontiguousarray(number[ends])


def _leading_nowhere(streets: gpd.GeoDataFrame, rows: Ints) -> list[Finding]:
    return [
        Finding(
            layer="streets",
            severity="dropped",
            code="zero-length",
            message="The edge has no length and joins nothing; it was left out.",
            row=str(streets.index[row]),
        )
        for row in rows
    ]


def _components(ends: Ints, length_dm: Ints, nodes: int) -> tuple[Ints, Floats]:
    links = coo_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), (nodes, nodes))
    _, label = connected_components(links, directed=False)
    weight = np.bincount(label[ends[:, 0]], weights=length_dm)
    order = np.lexsort((np.arange(len(weight)), -weight))
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[label[ends[:, 0]]], weight[order] / weight.sum()


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
