"""A binary heap of whole numbers, and the shortest walks from one place, compiled by numba.

A key holds a cost and a node in one 64-bit integer, so that ties fall the same way on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["FAR", "compiled", "forget", "pop", "push", "walk_from"]

FAR = np.int32(2**31 - 1)

compiled: Any = njit(cache=True, nogil=True)


@compiled
def push(heap, size, key):  # type: ignore[no-untyped-def]
    """Add a key; return the heap (a larger one when it was full) and its new size."""
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


@compiled
def pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the smallest key; return it and the new size."""
    top = heap[0]
    size -= 1
    last = heap[size]
    place = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    heap[place] = last
    return top, size


@compiled
def walk_from(first_arc, arc_node, arc_cost, u, v, to_u, to_v, limit, cost, touched, heap):  # type: ignore[no-untyped-def]
    """Fill `cost` with the shortest walks within `limit` from a place between nodes u and v.

    `cost` must hold FAR everywhere; the nodes reached are listed in `touched`, to be forgotten later.
    Return how many they are, and the heap.
    """
    size = 0
    marks = 0
    if to_u <= limit:
        cost[u] = to_u
        touched[marks] = u
        marks += 1
        heap, size = push(heap, size, (np.int64(to_u) << 32) | np.int64(u))
    if to_v <= limit and to_v < cost[v]:
        if cost[v] == FAR:
            touched[marks] = v
            marks += 1
        cost[v] = to_v
        heap, size = push(heap, size, (np.int64(to_v) << 32) | np.int64(v))
    while size > 0:
        key, size = pop(heap, size)
        node = key & 0xFFFFFFFF
        reached = key >> 32
        if reached > cost[node]:
            continue
        for arc in range(first_arc[node], first_arc[node + 1]):
            far = reached + arc_cost[arc]
            if far <= limit:
                head = arc_node[arc]
                if far < cost[head]:
                    if cost[head] == FAR:
                        touched[marks] = head
                        marks += 1
                    cost[head] = far
                    # From a dead end one only comes back.
                    if first_arc[head + 1] - first_arc[head] > 1:
                        heap, size = push(heap, size, (far << 32) | np.int64(head))
    return marks, heap


@compiled
def forget(cost, touched, marks):  # type: ignore[no-untyped-def]
    """Set the nodes of the last walk back to FAR."""
    for mark in range(marks):
        cost[touched[mark]] = FAR
