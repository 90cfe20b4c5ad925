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

from renewal_gis.access.chains import Chains
from renewal_gis.access.ends import Direction, Ends, ends_of, slots, to_places
from renewal_gis.access.heap import FAR, compiled, forget, walk_from
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints, Network

__all__ = ["Pairs", "counts_within", "in_threads", "on_own_chain", "pairs_within", "sums_within"]


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
        # Numbered by place in the order of chains, each chain's places stand together.
        self.met: Ends = ends_of(network, origins, leaving=to, order=self.order)
        self.sources: Ends = ends_of(network, targets, leaving=not to)
        chains = network.chains
        out = np.where(
            chains.arc_onward, chains.onward[chains.arc_chain], chains.backward[chains.arc_chain]
        )
        back = np.where(
            chains.arc_onward, chains.backward[chains.arc_chain], chains.onward[chains.arc_chain]
        )
        self.graph = (chains.first_arc, chains.arc_node, back if to else out)
        ahead, behind = network.cost_onward, network.cost_backward
        self.edges = (
            *_arcs_with_places(chains, first),
            first,
            network.length_dm,
            ahead if to else behind,
            behind if to else ahead,
            to,
        )
        self.places = tuple(
            getattr(self.met, name) for name in ("edge", "rank", *_ON_EDGE, "to_u", "to_v")
        )
        self.nodes = len(chains.first_arc) - 1

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
        names = ("chain", "edge", "rank", *_ON_EDGE, "u", "v", "to_u", "to_v")
        return tuple(getattr(self.sources, name)[use] for name in names)


_ON_EDGE = ("along", "stub", "x", "y", "with_chain", "against")


def _arcs_with_places(chains: Chains, first: Ints) -> tuple[Any, ...]:
    """Return the arcs whose chain holds places: start by node, chain, other node, direction."""
    held = first[chains.arc_chain + 1] > first[chains.arc_chain]
    nodes = len(chains.first_arc) - 1
    tail = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(chains.first_arc))
    start = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail[held], minlength=nodes), out=start[1:])
    return start, chains.arc_chain[held], chains.arc_node[held], chains.arc_onward[held]


@compiled
def on_own_chain(  # type: ignore[no-untyped-def]
    edge, rank, along, stub, x, y, with_chain, against,
    h_edge, h_rank, h_along, h_stub, h_x, h_y, h_with_chain, h_against,
    length, ahead, behind, to,
):  # fmt: skip
    """Return the cost along the chain between a place and the place searched from, both on it."""
    if x == h_x and y == h_y:
        return np.int64(0)
    if edge == h_edge:
        gap = np.int64(h_along) - along
        whole = np.int64(length[edge])
        share = ahead[edge] * gap if gap >= 0 else behind[edge] * -gap
        return (share + whole // 2) // whole + h_stub + stub
    if (rank < h_rank) == to:
        return np.int64(with_chain) + h_with_chain
    return np.int64(against) + h_against


@compiled
def _counts(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    limits,
):  # fmt: skip
    counts = np.zeros((len(limits), len(along)), dtype=np.int32)
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    farthest = limits[-1]
    for source in range(len(s_chain)):
        home = s_chain[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], farthest, cost, touched, heap,
        )  # fmt: skip
        for slot in range(first[home], first[home + 1]):
            far = on_own_chain(
                edge[slot], rank[slot], along[slot], stub[slot], x[slot], y[slot],
                with_chain[slot], against[slot],
                s_edge[source], s_rank[source], s_along[source], s_stub[source], s_x[source], s_y[source],
                s_with_chain[source], s_against[source], length, ahead, behind, to,
            )  # fmt: skip
            if cost[s_u[source]] != FAR:
                far = min(far, np.int64(cost[s_u[source]]) + to_u[slot])
            if cost[s_v[source]] != FAR:
                far = min(far, np.int64(cost[s_v[source]]) + to_v[slot])
            for step in range(len(limits)):
                if far <= limits[step]:
                    counts[step, slot] += 1
                    break
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                chain = node_chain[arc]
                there = cost[node_other[arc]]
                # A chain reached from both ends is looked at from its first junction only.
                if chain == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[chain], first[chain + 1]):
                    if node_onward[arc]:
                        far = here + to_u[slot]
                        if there != FAR:
                            far = min(far, np.int64(there) + to_v[slot])
                    else:
                        far = here + to_v[slot]
                    for step in range(len(limits)):
                        if far <= limits[step]:
                            counts[step, slot] += 1
                            break
        forget(cost, touched, marks)
    return counts


@compiled
def _sums(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    weight, table,
):  # fmt: skip
    sums = np.zeros(len(along))
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    farthest = len(table) - 1
    for source in range(len(s_chain)):
        home = s_chain[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], farthest, cost, touched, heap,
        )  # fmt: skip
        for slot in range(first[home], first[home + 1]):
            far = on_own_chain(
                edge[slot], rank[slot], along[slot], stub[slot], x[slot], y[slot],
                with_chain[slot], against[slot],
                s_edge[source], s_rank[source], s_along[source], s_stub[source], s_x[source], s_y[source],
                s_with_chain[source], s_against[source], length, ahead, behind, to,
            )  # fmt: skip
            if cost[s_u[source]] != FAR:
                far = min(far, np.int64(cost[s_u[source]]) + to_u[slot])
            if cost[s_v[source]] != FAR:
                far = min(far, np.int64(cost[s_v[source]]) + to_v[slot])
            if far <= farthest:
                sums[slot] += weight[source] * table[far]
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                chain = node_chain[arc]
                there = cost[node_other[arc]]
                if chain == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[chain], first[chain + 1]):
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
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    limit,
):  # fmt: skip
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    out_source = np.empty(4096, dtype=np.int32)
    out_slot = np.empty(4096, dtype=np.int32)
    out_cost = np.empty(4096, dtype=np.int32)
    written = 0
    for source in range(len(s_chain)):
        home = s_chain[source]
        marks, heap = walk_from(
            first_arc, arc_node, arc_cost, s_u[source], s_v[source],
            s_to_u[source], s_to_v[source], limit, cost, touched, heap,
        )  # fmt: skip
        # Every place stands on one chain, so the places of all chains are room enough.
        if written + len(along) > len(out_source):
            room = max(2 * len(out_source), written + len(along))
            out_source = _grown(out_source, written, room)
            out_slot = _grown(out_slot, written, room)
            out_cost = _grown(out_cost, written, room)
        for slot in range(first[home], first[home + 1]):
            far = on_own_chain(
                edge[slot], rank[slot], along[slot], stub[slot], x[slot], y[slot],
                with_chain[slot], against[slot],
                s_edge[source], s_rank[source], s_along[source], s_stub[source], s_x[source], s_y[source],
                s_with_chain[source], s_against[source], length, ahead, behind, to,
            )  # fmt: skip
            if cost[s_u[source]] != FAR:
                far = min(far, np.int64(cost[s_u[source]]) + to_u[slot])
            if cost[s_v[source]] != FAR:
                far = min(far, np.int64(cost[s_v[source]]) + to_v[slot])
            if far <= limit:
                out_source[written] = source
                out_slot[written] = slot
                out_cost[written] = far
                written += 1
        for mark in range(marks):
            node = touched[mark]
            here = np.int64(cost[node])
            for arc in range(node_start[node], node_start[node + 1]):
                chain = node_chain[arc]
                there = cost[node_other[arc]]
                if chain == home or (there != FAR and not node_onward[arc]):
                    continue
                for slot in range(first[chain], first[chain + 1]):
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
