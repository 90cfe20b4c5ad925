"""The network as searches see it: junctions, and the chains of edges between them.

Most nodes of a street map join two edges and leave walkers no choice. A search that hops from junction
to junction meets the same walks with a fraction of the steps; places keep their exact costs to both
ends of their chain.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from renewal_gis.access.heap import compiled
from renewal_gis.access.spans import starts_of
from renewal_gis.access.streets import Ints

__all__ = ["Chains", "arcs_of", "chains_of"]

Flags = npt.NDArray[np.bool_]


class Chains(NamedTuple):
    """Junctions and chains of a network, and where each edge stands in its chain.

    Attributes
    ----------
    ends
        First and last junction of each chain, shape (chains, 2).
    onward, backward
        Cost of walking each chain from its first junction, and from its last.
    chain, position, turned
        For each edge: its chain, its rank in it, and whether it runs against it.
    onward_before, backward_before
        For each edge: cost of the edges of its chain that come before it, walked with the chain and
        against it.
    first_arc, arc_node, arc_chain, arc_onward
        Arcs leaving the junctions, as in the network.
    """

    ends: Ints
    onward: Ints
    backward: Ints
    chain: Ints
    position: Ints
    turned: Flags
    onward_before: Ints
    backward_before: Ints
    first_arc: Ints
    arc_node: Ints
    arc_chain: Ints
    arc_onward: Flags

    def graph(self, *, to: bool) -> tuple[Ints, Ints, Ints]:
        """Return the arcs as a search walks them: start by junction, head, cost.

        `to`: people walk to the place searched from, so each arc costs what it costs against its lead.
        """
        with_chain = self.arc_onward != to
        cost = np.where(with_chain, self.onward[self.arc_chain], self.backward[self.arc_chain])
        return self.first_arc, self.arc_node, cost


def chains_of(
    ends: Ints,
    first_arc: Ints,
    arc_edge: Ints,
    arc_node: Ints,
    cost_onward: Ints,
    cost_backward: Ints,
) -> Chains:
    """Return the chains of a network given by its edges, its arcs and its costs."""
    chain, position, turned, limits, junction = _traced(ends, first_arc, arc_edge, arc_node)
    number = np.cumsum(junction, dtype=np.int32) - np.int32(1)
    with_chain = np.where(turned, cost_backward, cost_onward).astype(np.int64)
    against = np.where(turned, cost_onward, cost_backward).astype(np.int64)
    order = np.lexsort((position, chain))
    first = np.searchsorted(chain[order], np.arange(len(limits)))
    chain_ends = number[limits]
    arcs = arcs_of(chain_ends, int(junction.sum()))
    return Chains(
        ends=chain_ends,
        onward=_totals(with_chain[order], first),
        backward=_totals(against[order], first),
        chain=chain,
        position=position,
        turned=turned,
        onward_before=_before(with_chain, order, first, chain),
        backward_before=_before(against, order, first, chain),
        first_arc=arcs[0],
        arc_node=arcs[1],
        arc_chain=arcs[2],
        arc_onward=arcs[3],
    )


def arcs_of(ends: Ints, nodes: int) -> tuple[Ints, Ints, Ints, Flags]:
    """Return the arcs leaving each node: where a node's arcs start, their head, edge, direction."""
    edges = np.arange(len(ends), dtype=np.int32)
    tail = np.concatenate([ends[:, 0], ends[:, 1]])
    head = np.concatenate([ends[:, 1], ends[:, 0]])
    order = np.argsort(tail, kind="stable")
    edge = np.concatenate([edges, edges])[order]
    return starts_of(tail, nodes), head[order], edge, order < len(ends)


def _totals(cost: npt.NDArray[np.int64], first: npt.NDArray[np.int64]) -> Ints:
    return np.asarray(np.add.reduceat(cost, first), dtype=np.int32)


def _before(
    cost: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    chain: Ints,
) -> Ints:
    """Return, for each edge, the cost of those before it in its chain."""
    until = np.cumsum(cost[order]) - cost[order]
    within = until - until[first][chain[order]]
    before = np.empty(len(order), dtype=np.int32)
    before[order] = within
    return before


@compiled
def _traced(ends, first_arc, arc_edge, arc_node):  # type: ignore[no-untyped-def]
    """Follow each chain from junction to junction; a ring without one gets its first node as one."""
    nodes = len(first_arc) - 1
    junction = np.zeros(nodes, dtype=np.bool_)
    for node in range(nodes):
        junction[node] = first_arc[node + 1] - first_arc[node] != 2
    chain = np.full(len(ends), np.int32(-1), dtype=np.int32)
    position = np.zeros(len(ends), dtype=np.int32)
    turned = np.zeros(len(ends), dtype=np.bool_)
    limits = np.empty((len(ends), 2), dtype=np.int32)
    count = 0
    for start in range(nodes):
        if junction[start]:
            for arc in range(first_arc[start], first_arc[start + 1]):
                if chain[arc_edge[arc]] < 0:
                    _follow(
                        start, arc, count, ends, first_arc, arc_edge, arc_node, junction,
                        chain, position, turned, limits,
                    )  # fmt: skip
                    count += 1
    for edge in range(len(ends)):
        if chain[edge] < 0:
            start = ends[edge, 0]
            junction[start] = True
            arc = first_arc[start]
            _follow(
                start, arc, count, ends, first_arc, arc_edge, arc_node, junction,
                chain, position, turned, limits,
            )  # fmt: skip
            count += 1
    return chain, position, turned, limits[:count].copy(), junction


@compiled
def _follow(  # type: ignore[no-untyped-def]
    start,
    arc,
    count,
    ends,
    first_arc,
    arc_edge,
    arc_node,
    junction,
    chain,
    position,
    turned,
    limits,
):
    rank = 0
    node = start
    while True:
        edge = arc_edge[arc]
        chain[edge] = count
        position[edge] = rank
        turned[edge] = ends[edge, 0] != node
        node = arc_node[arc]
        rank += 1
        if junction[node]:
            break
        # Two edges meet here: go on by the one just not walked.
        arc = first_arc[node]
        if arc_edge[arc] == edge:
            arc += 1
    limits[count, 0] = start
    limits[count, 1] = node
