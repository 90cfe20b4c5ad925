"""The compiled inner loops of a bounded search: what each place met adds to an answer.

The three loops differ in what they keep of a place met: a count, a sum, the pair itself. They are
written out because numba inlines none of the ways to share them without cost.
"""

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
