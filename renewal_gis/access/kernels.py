"""The compiled inner loops of a bounded search: which places a source meets, and what they add up to."""

from __future__ import annotations

import numpy as np

from renewal_gis.access.heap import FAR, compiled, forget, walk_from

__all__ = ["counts", "on_own_chain", "pairs", "sums"]


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
def _met_by(  # type: ignore[no-untyped-def]
    source, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v, limit, cost, touched, heap, met_slot, met_cost,
):  # fmt: skip
    """List the places a source meets within a limit and what they cost; return how many, and the heap."""
    met = 0
    home = s_chain[source]
    u, v = s_u[source], s_v[source]
    marks, heap = walk_from(
        first_arc, arc_node, arc_cost, u, v, s_to_u[source], s_to_v[source],
        limit, cost, touched, heap,
    )  # fmt: skip
    for slot in range(first[home], first[home + 1]):
        far = on_own_chain(
            edge[slot], rank[slot], along[slot], stub[slot], x[slot], y[slot],
            with_chain[slot], against[slot],
            s_edge[source], s_rank[source], s_along[source], s_stub[source], s_x[source], s_y[source],
            s_with_chain[source], s_against[source], length, ahead, behind, to,
        )  # fmt: skip
        if cost[u] != FAR:
            far = min(far, np.int64(cost[u]) + to_u[slot])
        if cost[v] != FAR:
            far = min(far, np.int64(cost[v]) + to_v[slot])
        if far <= limit:
            met_slot[met] = slot
            met_cost[met] = far
            met += 1
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
                if far <= limit:
                    met_slot[met] = slot
                    met_cost[met] = far
                    met += 1
    forget(cost, touched, marks)
    return met, heap


@compiled
def counts(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    limits,
):  # fmt: skip
    """Count, for each place met, the sources within each limit (not yet added up)."""
    counts = np.zeros((len(limits), len(along)), dtype=np.int32)
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    met_slot = np.empty(len(along), dtype=np.int32)
    met_cost = np.empty(len(along), dtype=np.int32)
    for source in range(len(s_chain)):
        met, heap = _met_by(
            source, first_arc, arc_node, arc_cost,
            node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
            edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
            s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
            s_u, s_v, s_to_u, s_to_v, limits[-1], cost, touched, heap, met_slot, met_cost,
        )  # fmt: skip
        for place in range(met):
            step = 0
            while met_cost[place] > limits[step]:
                step += 1
            counts[step, met_slot[place]] += 1
    return counts


@compiled
def sums(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    weight, table,
):  # fmt: skip
    """Sum, for each place met, the weights of the sources, each times its worth at its cost."""
    sums = np.zeros(len(along))
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    met_slot = np.empty(len(along), dtype=np.int32)
    met_cost = np.empty(len(along), dtype=np.int32)
    for source in range(len(s_chain)):
        met, heap = _met_by(
            source, first_arc, arc_node, arc_cost,
            node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
            edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
            s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
            s_u, s_v, s_to_u, s_to_v, len(table) - 1, cost, touched, heap, met_slot, met_cost,
        )  # fmt: skip
        for place in range(met):
            sums[met_slot[place]] += weight[source] * table[met_cost[place]]
    return sums


@compiled
def pairs(  # type: ignore[no-untyped-def]
    nodes, first_arc, arc_node, arc_cost,
    node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
    edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
    s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    s_u, s_v, s_to_u, s_to_v,
    limit,
):  # fmt: skip
    """List every source and place met within the limit, and the cost between them."""
    cost = np.full(nodes, FAR, dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    out_source = np.empty(4096, dtype=np.int32)
    out_slot = np.empty(4096, dtype=np.int32)
    out_cost = np.empty(4096, dtype=np.int32)
    written = 0
    for source in range(len(s_chain)):
        # Every place stands on one chain, so the places of all chains are room enough.
        if written + len(along) > len(out_source):
            room = max(2 * len(out_source), written + len(along))
            out_source = _grown(out_source, written, room)
            out_slot = _grown(out_slot, written, room)
            out_cost = _grown(out_cost, written, room)
        met, heap = _met_by(
            source, first_arc, arc_node, arc_cost,
            node_start, node_chain, node_other, node_onward, first, length, ahead, behind, to,
            edge, rank, along, stub, x, y, with_chain, against, to_u, to_v,
            s_chain, s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
            s_u, s_v, s_to_u, s_to_v, limit, cost, touched, heap, out_slot[written:], out_cost[written:],
        )  # fmt: skip
        out_source[written : written + met] = source
        written += met
    return out_source[:written].copy(), out_slot[:written].copy(), out_cost[:written].copy()


@compiled
def _grown(array, used, room):  # type: ignore[no-untyped-def]
    larger = np.empty(room, dtype=array.dtype)
    larger[:used] = array[:used]
    return larger
