"""Shortest walks on the network: searches that start from the services, compiled by numba.

There are far fewer services than homes, and walking is the same both ways, so a search from each
service (or from all of a group at once) answers for every home on the way. Distances are whole
decimetres: results are exact and equal in both directions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Ints, Network

__all__ = ["FAR", "counts_within", "nearest"]

FAR = np.int32(2**31 - 1)

_compiled = njit(cache=True, nogil=True)


def nearest(network: Network, origins: Joined, targets: Joined) -> tuple[Ints, Ints]:
    """Return the distance from each origin to its nearest target, and which target that is.

    Returns
    -------
    tuple of arrays
        Decimetres, `FAR` where no target can be reached; position of the target, -1 there.
    """
    use = np.flatnonzero(targets.reached).astype(np.int32)
    first, order = _by_edge(targets.edge[use], len(network.lines))
    dist, owner = _nearest_at_nodes(
        network.first_arc,
        network.arc_node,
        network.arc_edge,
        network.length_dm,
        network.ends,
        targets.edge[use],
        targets.along_dm[use],
        targets.stub_dm[use],
    )
    metres, position = _nearest_at_origins(
        network.ends,
        network.length_dm,
        dist,
        owner,
        origins.edge,
        origins.along_dm,
        origins.stub_dm,
        first,
        order,
        targets.along_dm[use],
        targets.stub_dm[use],
    )
    known = position >= 0
    position[known] = use[position[known]]
    return metres, position


def counts_within(
    network: Network,
    origins: Joined,
    targets: Joined,
    *,
    group: Ints,
    groups: int,
    limits_dm: Ints,
) -> npt.NDArray[np.int32]:
    """Count the targets of each group within each distance of each origin.

    Returns
    -------
    array of shape (origins, groups, limits)
    """
    use = np.flatnonzero(targets.reached)
    first, order = _by_edge(origins.edge, len(network.lines))
    counts: npt.NDArray[np.int32] = _counts(
        network.first_arc,
        network.arc_node,
        network.arc_edge,
        network.length_dm,
        network.ends,
        origins.along_dm,
        origins.stub_dm,
        first,
        order,
        targets.edge[use],
        targets.along_dm[use],
        targets.stub_dm[use],
        group[use].astype(np.int32),
        groups,
        np.sort(limits_dm).astype(np.int32),
    )
    return counts


def _by_edge(edge: Ints, edges: int) -> tuple[Ints, Ints]:
    """Return where the points of each edge start in `order`, and `order`; unjoined points are left out."""
    order = np.argsort(edge, kind="stable").astype(np.int32)
    order = order[edge[order] >= 0]
    first = np.zeros(edges + 1, dtype=np.int32)
    np.cumsum(np.bincount(edge[order], minlength=edges), out=first[1:])
    return first, order


@_compiled
def _push(heap, size, key):  # type: ignore[no-untyped-def]
    if size == len(heap):
        grown = np.empty(2 * size, dtype=np.int64)
        grown[:size] = heap
        heap = grown
    child = size
    while child > 0:
        parent = (child - 1) >> 1
        if heap[parent] <= key:
            break
        heap[child] = heap[parent]
        child = parent
    heap[child] = key
    return heap, size + 1


@_compiled
def _pop(heap, size):  # type: ignore[no-untyped-def]
    top = heap[0]
    size -= 1
    last = heap[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = last
    return top, size


@_compiled
def _nearest_at_nodes(  # type: ignore[no-untyped-def]
    first_arc, arc_node, arc_edge, length, ends, edge, along, stub
):
    nodes = len(first_arc) - 1
    dist = np.full(nodes, FAR, dtype=np.int32)
    owner = np.full(nodes, np.int32(-1), dtype=np.int32)
    heap = np.empty(1024, dtype=np.int64)
    size = 0
    for target in range(len(edge)):
        for side in range(2):
            node = ends[edge[target], side]
            part = along[target] if side == 0 else length[edge[target]] - along[target]
            far = stub[target] + part
            if far < dist[node]:
                dist[node] = far
                owner[node] = target
                # Distance and node share one integer, so that ties fall the same way on every machine.
                heap, size = _push(heap, size, (np.int64(far) << 32) | np.int64(node))
    while size > 0:
        key, size = _pop(heap, size)
        node = key & 0xFFFFFFFF
        reached = key >> 32
        if reached > dist[node]:
            continue
        for arc in range(first_arc[node], first_arc[node + 1]):
            far = np.int32(reached + length[arc_edge[arc]])
            head = arc_node[arc]
            if far < dist[head]:
                dist[head] = far
                owner[head] = owner[node]
                heap, size = _push(heap, size, (np.int64(far) << 32) | np.int64(head))
    return dist, owner


@_compiled
def _nearest_at_origins(  # type: ignore[no-untyped-def]
    ends, length, dist, owner, edge, along, stub, first, order, target_along, target_stub
):
    result = np.full(len(edge), FAR, dtype=np.int32)
    which = np.full(len(edge), np.int32(-1), dtype=np.int32)
    for origin in range(len(edge)):
        place = edge[origin]
        if place < 0:
            continue
        best = np.int64(FAR)
        for side in range(2):
            node = ends[place, side]
            if owner[node] < 0:
                continue
            part = along[origin] if side == 0 else length[place] - along[origin]
            far = np.int64(dist[node]) + part + stub[origin]
            if far < best:
                best = far
                which[origin] = owner[node]
        # A target on the same edge is met before either end.
        for slot in range(first[place], first[place + 1]):
            target = order[slot]
            far = np.int64(abs(target_along[target] - along[origin]))
            far += target_stub[target] + stub[origin]
            if far < best:
                best = far
                which[origin] = target
        if which[origin] >= 0:
            result[origin] = np.int32(best)
    return result, which


@_compiled
def _counts(  # type: ignore[no-untyped-def]
    first_arc,
    arc_node,
    arc_edge,
    length,
    ends,
    along,
    stub,
    first,
    order,
    target_edge,
    target_along,
    target_stub,
    group,
    groups,
    limits,
):
    nodes = len(first_arc) - 1
    farthest = limits[-1]
    counts = np.zeros((len(along), groups, len(limits)), dtype=np.int32)
    dist = np.full(nodes, FAR, dtype=np.int32)
    seen_edge = np.full(len(length), np.int32(-1), dtype=np.int32)
    touched = np.empty(nodes, dtype=np.int32)
    heap = np.empty(1024, dtype=np.int64)
    for target in range(len(target_edge)):
        home = target_edge[target]
        size = 0
        marks = 0
        for side in range(2):
            node = ends[home, side]
            part = target_along[target] if side == 0 else length[home] - target_along[target]
            far = target_stub[target] + part
            if far <= farthest and far < dist[node]:
                if dist[node] == FAR:
                    touched[marks] = node
                    marks += 1
                dist[node] = far
                heap, size = _push(heap, size, (np.int64(far) << 32) | np.int64(node))
        while size > 0:
            key, size = _pop(heap, size)
            node = key & 0xFFFFFFFF
            reached = key >> 32
            if reached > dist[node]:
                continue
            for arc in range(first_arc[node], first_arc[node + 1]):
                far = reached + length[arc_edge[arc]]
                head = arc_node[arc]
                if far <= farthest and far < dist[head]:
                    if dist[head] == FAR:
                        touched[marks] = head
                        marks += 1
                    dist[head] = far
                    heap, size = _push(heap, size, (np.int64(far) << 32) | np.int64(head))
        # The target's own edge may hold origins although neither of its ends is within reach.
        _count_edge(
            home, ends, length, dist, along, stub, first, order, home,
            target_along[target], target_stub[target], group[target], limits, counts,
        )  # fmt: skip
        seen_edge[home] = target
        for mark in range(marks):
            node = touched[mark]
            for arc in range(first_arc[node], first_arc[node + 1]):
                place = arc_edge[arc]
                if seen_edge[place] != target:
                    seen_edge[place] = target
                    _count_edge(
                        place, ends, length, dist, along, stub, first, order, home,
                        target_along[target], target_stub[target], group[target], limits, counts,
                    )  # fmt: skip
        for mark in range(marks):
            dist[touched[mark]] = FAR
    return counts


@_compiled
def _count_edge(  # type: ignore[no-untyped-def]
    place, ends, length, dist, along, stub, first, order, home,
    target_along, target_stub, group, limits, counts,
):  # fmt: skip
    left = np.int64(dist[ends[place, 0]])
    right = np.int64(dist[ends[place, 1]])
    for slot in range(first[place], first[place + 1]):
        origin = order[slot]
        far = min(left + along[origin], right + length[place] - along[origin])
        if place == home:
            far = min(far, np.int64(abs(along[origin] - target_along) + target_stub))
        far += stub[origin]
        for limit in range(len(limits)):
            if far <= limits[limit]:
                counts[origin, group, limit] += 1
