"""What lies within reach: a bounded search from each place of the smaller side.

Each search meets the places of the other side along the edges it reaches. Work is shared among threads
by group or by block of searches; sums are of whole numbers, or made in one order, so that results do
not depend on the number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from renewal_gis.access.ends import Direction, Ends, ends_of, slots, to_places
from renewal_gis.access.heap import FAR, compiled, forget, walk_from
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints, Network

__all__ = ["Pairs", "counts_within", "in_threads", "pairs_within", "sums_within"]


class Pairs(NamedTuple):
    """Pairs of places within reach of one another, sorted by origin, then by target."""

    origin: Ints
    target: Ints
    cost_dm: Ints


def counts_within(
    network: Network,
    origins: Joined,
    targets: Joined,
    *,
    group: Ints,
    groups: int,
    limits_dm: Ints,
    direction: Direction = "to",
) -> npt.NDArray[np.int32]:
    """Count the targets of each group within each cost of each origin.

    Returns
    -------
    array of shape (groups, limits, origins)
    """
    search = _Search(network, origins, targets, direction)
    limits = np.sort(limits_dm).astype(np.int32)
    held = np.zeros((groups, len(limits), len(search.order)), dtype=np.int32)
    member = group[search.sources.position]
    # Two halves of a group keep both processors busy when there is a single group.
    parts = [
        (number, half)
        for number in range(groups)
        for half in np.array_split(
            np.flatnonzero(member == number).astype(np.int32), _halves(groups)
        )
        if len(half)
    ]
    counted = in_threads(lambda part: search.counts(part[1], limits), parts)
    for (number, _), counts in zip(parts, counted, strict=True):
        held[number] += counts
    np.cumsum(held, axis=1, out=held)
    result = np.zeros((groups, len(limits), len(origins.index)), dtype=np.int32)
    result[:, :, search.order] = held
    return result


def sums_within(
    network: Network,
    origins: Joined,
    targets: Joined,
    *,
    group: Ints,
    groups: int,
    weight: Floats,
    table: Floats,
    direction: Direction = "to",
) -> Floats:
    """Sum the weights of the targets of each group, each times its worth at the cost of reaching it.

    Parameters
    ----------
    table
        Worth at each whole cost from 0 decimetres on, shape (limit + 1,).

    Returns
    -------
    array of shape (groups, origins)
    """
    search = _Search(network, origins, targets, direction)
    member = group[search.sources.position]
    held = weight[search.sources.position]
    parts = [np.flatnonzero(member == number).astype(np.int32) for number in range(groups)]
    summed = in_threads(lambda part: search.sums(part, held, table), parts)
    result = np.zeros((groups, len(origins.index)))
    for number, sums in enumerate(summed):
        result[number, search.order] = sums
    return result


def pairs_within(
    network: Network,
    origins: Joined,
    targets: Joined,
    *,
    limit_dm: int,
    direction: Direction = "to",
) -> Pairs:
    """Return every pair of an origin and a target within a cost.

    The search starts from the smaller side; the pairs come sorted by origin, then target.
    """
    few = len(origins.index) < len(targets.index)
    if few:
        turned: Direction = "from" if to_places(direction) else "to"
        search = _Search(network, targets, origins, turned)
    else:
        search = _Search(network, origins, targets, direction)
    sources = np.arange(len(search.sources.position), dtype=np.int32)
    blocks = np.array_split(sources, max(1, min(64, len(sources) // 8)))
    found = in_threads(lambda block: search.pairs(block, limit_dm), blocks)
    source = search.sources.position[_joined([part[0] for part in found])]
    other = search.order[_joined([part[1] for part in found])]
    cost = _joined([part[2] for part in found])
    sides = (source, other) if few else (other, source)
    return _sorted_pairs(*sides, cost, (len(origins.index), len(targets.index)))


def _sorted_pairs(origin: Ints, target: Ints, cost: Ints, shape: tuple[int, int]) -> Pairs:
    """Sort pairs by origin, then target: through columns, then rows, in linear time."""
    table = coo_array((cost, (origin, target)), shape=shape).tocsc().tocsr()
    table.sort_indices()
    row = np.repeat(np.arange(shape[0], dtype=np.int32), np.diff(table.indptr))
    return Pairs(row, table.indices.astype(np.int32), table.data)


def in_threads(work: Callable[[Any], Any], parts: Iterable[Any]) -> list[Any]:
    """Do the work on each part, several at once; results in the order of the parts."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, parts))


def _halves(groups: int) -> int:
    return 1 if groups >= 4 else 4


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)


class _Search:
    """The network and the two sides of a question, laid out for the compiled searches."""

    def __init__(
        self, network: Network, origins: Joined, targets: Joined, direction: Direction
    ) -> None:
        to = to_places(direction)
        self.order, first = slots(network, origins)
        # Numbered by place in the order of edges, each edge's places stand together.
        self.met: Ends = ends_of(network, origins, leaving=to, order=self.order)
        self.sources: Ends = ends_of(network, targets, leaving=not to)
        ahead, behind = network.cost_onward, network.cost_backward
        self.graph = (
            network.first_arc,
            network.arc_node,
            network.arc_cost_in if to else network.arc_cost_out,
        )
        self.edges = (
            *_arcs_with_places(network, first),
            first,
            network.length_dm,
            ahead if to else behind,
            behind if to else ahead,
        )
        self.places = (
            self.met.along, self.met.stub, self.met.x, self.met.y, self.met.to_u, self.met.to_v
        )  # fmt: skip
        self.nodes = len(network.node_xy)

    def counts(self, use: Ints, limits: Ints) -> npt.NDArray[np.int32]:
        counts: npt.NDArray[np.int32] = _counts(
            self.nodes, *self.graph, *self.edges, *self.places, *self._from(use), limits
        )
        return counts

    def sums(self, use: Ints, weight: Floats, table: Floats) -> Floats:
        sums: Floats = _sums(
            self.nodes, *self.graph, *self.edges, *self.places, *self._from(use), weight[use], table
        )
        return sums

    def pairs(self, use: Ints, limit: int) -> tuple[Ints, Ints, Ints]:
        source, met, cost = _pairs(
            self.nodes, *self.graph, *self.edges, *self.places, *self._from(use), limit
        )
        return use[source], met, cost

    def _from(self, use: Ints) -> tuple[Any, ...]:
        held = self.sources
        names = (
            held.edge, held.along, held.stub, held.x, held.y,
            held.u, held.v, held.to_u, held.to_v,
        )  # fmt: skip
        return tuple(array[use] for array in names)


def _arcs_with_places(network: Network, first: Ints) -> tuple[Any, ...]:
    """Return the arcs whose edge holds places: start by node, edge, other node, first direction."""
    held = first[network.arc_edge + 1] > first[network.arc_edge]
    tail = np.repeat(np.arange(len(network.node_xy), dtype=np.int32), np.diff(network.first_arc))
    start = np.zeros(len(network.node_xy) + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail[held], minlength=len(network.node_xy)), out=start[1:])
    return start, network.arc_edge[held], network.arc_node[held], network.arc_onward[held]


@compiled
def _on_own_edge(  # type: ignore[no-untyped-def]
    slot,
    edge,
    along,
    stub,
    x,
    y,
    to_u,
    to_v,
    at_u,
    at_v,
    h_along,
    h_stub,
    h_x,
    h_y,
    length,
    ahead,
    behind,
):
    """Return the cost between a place and the place searched from, both on one edge."""
    if x[slot] == h_x and y[slot] == h_y:
        return np.int64(0)
    gap = np.int64(h_along) - along[slot]
    whole = np.int64(length[edge])
    share = ahead[edge] * gap if gap >= 0 else behind[edge] * -gap
    best = (share + whole // 2) // whole + h_stub + stub[slot]
    if at_u != FAR:
        best = min(best, np.int64(at_u) + to_u[slot])
    if at_v != FAR:
        best = min(best, np.int64(at_v) + to_v[slot])
    return best


@compiled
def _counts(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_edge, node_other, node_onward, first, length, ahead, behind,
    along, stub, x, y, to_u, to_v,
    s_edge, s_along, s_stub, s_x, s_y, s_u, s_v, s_to_u, s_to_v,
    limits,
):  # fmt: skip
    counts = np.zeros((len(limits), len(along)), dtype=np.int32)
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    farthest = limits[-1]
    for source in range(len(s_edge)):
        home = s_edge[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], farthest, cost, touched, heap,
        )  # fmt: skip
        for slot in range(first[home], first[home + 1]):
            far = _on_own_edge(
                slot, home, along, stub, x, y, to_u, to_v, cost[s_u[source]], cost[s_v[source]],
                s_along[source], s_stub[source], s_x[source], s_y[source], length, ahead, behind,
            )  # fmt: skip
            for rank in range(len(limits)):
                if far <= limits[rank]:
                    counts[rank, slot] += 1
                    break
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                edge = node_edge[arc]
                there = cost[node_other[arc]]
                # An edge reached from both ends is looked at from its first node only.
                if edge == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[edge], first[edge + 1]):
                    if node_onward[arc]:
                        far = here + to_u[slot]
                        if there != FAR:
                            far = min(far, np.int64(there) + to_v[slot])
                    else:
                        far = here + to_v[slot]
                    for rank in range(len(limits)):
                        if far <= limits[rank]:
                            counts[rank, slot] += 1
                            break
        forget(cost, touched, marks)
    return counts


@compiled
def _sums(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_edge, node_other, node_onward, first, length, ahead, behind,
    along, stub, x, y, to_u, to_v,
    s_edge, s_along, s_stub, s_x, s_y, s_u, s_v, s_to_u, s_to_v,
    weight, table,
):  # fmt: skip
    sums = np.zeros(len(along))
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    farthest = len(table) - 1
    for source in range(len(s_edge)):
        home = s_edge[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], farthest, cost, touched, heap,
        )  # fmt: skip
        for slot in range(first[home], first[home + 1]):
            far = _on_own_edge(
                slot, home, along, stub, x, y, to_u, to_v, cost[s_u[source]], cost[s_v[source]],
                s_along[source], s_stub[source], s_x[source], s_y[source], length, ahead, behind,
            )  # fmt: skip
            if far <= farthest:
                sums[slot] += weight[source] * table[far]
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                edge = node_edge[arc]
                there = cost[node_other[arc]]
                if edge == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[edge], first[edge + 1]):
                    if node_onward[arc]:
                        far = here + to_u[slot]
                        if there != FAR:
                            far = min(far, np.int64(there) + to_v[slot])
                    else:
                        far = here + to_v[slot]
                    if far <= farthest:
                        sums[slot] += weight[source] * table[far]
        forget(cost, touched, marks)
    return sums


@compiled
def _pairs(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_edge, node_other, node_onward, first, length, ahead, behind,
    along, stub, x, y, to_u, to_v,
    s_edge, s_along, s_stub, s_x, s_y, s_u, s_v, s_to_u, s_to_v,
    limit,
):  # fmt: skip
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    out_source = np.empty(4096, dtype=np.int32)
    out_slot = np.empty(4096, dtype=np.int32)
    out_cost = np.empty(4096, dtype=np.int32)
    written = 0
    for source in range(len(s_edge)):
        home = s_edge[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], limit, cost, touched, heap,
        )  # fmt: skip
        # Every place stands on one edge, so the places of all edges are room enough.
        if written + len(along) > len(out_source):
            room = max(2 * len(out_source), written + len(along))
            out_source = _grown(out_source, written, room)
            out_slot = _grown(out_slot, written, room)
            out_cost = _grown(out_cost, written, room)
        for slot in range(first[home], first[home + 1]):
            far = _on_own_edge(
                slot, home, along, stub, x, y, to_u, to_v, cost[s_u[source]], cost[s_v[source]],
                s_along[source], s_stub[source], s_x[source], s_y[source], length, ahead, behind,
            )  # fmt: skip
            if far <= limit:
                out_source[written] = source
                out_slot[written] = slot
                out_cost[written] = far
                written += 1
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                edge = node_edge[arc]
                there = cost[node_other[arc]]
                if edge == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[edge], first[edge + 1]):
                    if node_onward[arc]:
                        far = here + to_u[slot]
                        if there != FAR:
                            far = min(far, np.int64(there) + to_v[slot])
                    else:
                        far = here + to_v[slot]
                    if far <= limit:
                        out_source[written] = source
                        out_slot[written] = slot
                        out_cost[written] = far
                        written += 1
        forget(cost, touched, marks)
    return out_source[:written].copy(), out_slot[:written].copy(), out_cost[:written].copy()


@compiled
def _grown(array, used, room):  # type: ignore[no-untyped-def]
    larger = np.empty(room, dtype=array.dtype)
    larger[:used] = array[:used]
    return larger
