"""The k nearest services of each group, by one search a group that starts from all its services."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from renewal_gis.access.ends import Direction, Ends, ends_of, to_places
from renewal_gis.access.heap import FAR, compiled, pop, push
from renewal_gis.access.joining import Joined
from renewal_gis.access.kernels import on_own_chain
from renewal_gis.access.network import Ints, Network
from renewal_gis.access.reach import in_threads
from renewal_gis.access.spans import starts_of

__all__ = ["Nearest", "nearest"]


class Nearest(NamedTuple):
    """Costs in decimetres and positions of the targets, shape (groups, k, origins).

    `FAR` and -1 where there is no such target.
    """

    cost_dm: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]


def nearest(
    network: Network,
    origins: Joined,
    targets: Joined,
    *,
    group: Ints,
    groups: int,
    k: int = 1,
    direction: Direction = "to",
) -> Nearest:
    """Return the k nearest targets of each group from each origin."""
    to = to_places(direction)
    met = ends_of(network, origins, leaving=to)
    sources = ends_of(network, targets, leaving=not to)
    member = group[sources.position]
    chains = network.chains
    graph = chains.graph(to=to)
    onward, backward = network.cost_onward, network.cost_backward
    edges = (network.length_dm, *((onward, backward) if to else (backward, onward)), to)
    nodes = len(chains.first_arc) - 1
    at_met = tuple(getattr(met, name) for name in _MET)

    def search(use: Ints) -> tuple[Ints, Ints]:
        held = _some(sources, use)
        first, order = _by_chain(held.chain, len(chains.ends))
        labels = _labels(nodes, *graph, held.u, held.v, held.to_u, held.to_v, k)
        at_source = tuple(getattr(held, name) for name in _ON_CHAIN)
        cost, which = _merged(*labels, *edges, *at_met, first, order, *at_source, k)
        known = which >= 0
        which[known] = held.position[which[known]]
        return cost, which

    parts = [np.flatnonzero(member == number).astype(np.int32) for number in range(groups)]
    cost = np.full((groups, k, len(origins.index)), FAR, dtype=np.int32)
    target = np.full((groups, k, len(origins.index)), -1, dtype=np.int32)
    for number, (found, which) in enumerate(in_threads(search, parts)):
        cost[number][:, met.position] = found
        target[number][:, met.position] = which
    return Nearest(cost, target)


_ON_CHAIN = ("edge", "rank", "along", "stub", "x", "y", "with_chain", "against")
_MET = ("chain", *_ON_CHAIN, "u", "v", "to_u", "to_v")


def _some(places: Ends, use: Ints) -> Ends:
    return Ends(**{name: getattr(places, name)[use] for name in Ends.__dataclass_fields__})


def _by_chain(chain: Ints, chains: int) -> tuple[Ints, Ints]:
    return starts_of(chain, chains), np.argsort(chain, kind="stable").astype(np.int32)


@compiled
def _labels(nodes, first_arc, arc_node, arc_cost, s_u, s_v, s_to_u, s_to_v, k):  # type: ignore[no-untyped-def]
    """Give each node the k nearest sources and what they cost, nearest first."""
    cost = np.full((nodes, k), FAR, dtype=np.int32)
    label = np.full((nodes, k), np.int32(-1), dtype=np.int32)
    held = np.zeros(nodes, dtype=np.int32)
    heap = np.empty(4096, dtype=np.int64)
    # What a key stands for; keys of equal cost are taken in the order they were made.
    entry_node = np.empty(4096, dtype=np.int32)
    entry_source = np.empty(4096, dtype=np.int32)
    size = 0
    made = 0
    for source in range(len(s_u)):
        for side in range(2):
            if made == len(entry_node):
                entry_node = _doubled(entry_node)
                entry_source = _doubled(entry_source)
            entry_node[made] = s_u[source] if side == 0 else s_v[source]
            entry_source[made] = source
            far = s_to_u[source] if side == 0 else s_to_v[source]
            heap, size = push(heap, size, (np.int64(far) << 32) | np.int64(made))
            made += 1
    while size > 0:
        key, size = pop(heap, size)
        entry = key & 0xFFFFFFFF
        reached = key >> 32
        node = entry_node[entry]
        source = entry_source[entry]
        if held[node] == k or _has(label, node, held[node], source):
            continue
        cost[node, held[node]] = reached
        label[node, held[node]] = source
        held[node] += 1
        for arc in range(first_arc[node], first_arc[node + 1]):
            head = arc_node[arc]
            # From a dead end one only comes back; its chain is seen from the other junction.
            if first_arc[head + 1] - first_arc[head] == 1:
                continue
            if held[head] == k or _has(label, head, held[head], source):
                continue
            if made == len(entry_node):
                entry_node = _doubled(entry_node)
                entry_source = _doubled(entry_source)
            entry_node[made] = head
            entry_source[made] = source
            far = reached + arc_cost[arc]
            heap, size = push(heap, size, (far << 32) | np.int64(made))
            made += 1
    return cost, label


@compiled
def _has(label, node, count, source):  # type: ignore[no-untyped-def]
    for rank in range(count):
        if label[node, rank] == source:
            return True
    return False


@compiled
def _doubled(array):  # type: ignore[no-untyped-def]
    larger = np.empty(2 * len(array), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


@compiled
def _insert(best, who, k, far, source):  # type: ignore[no-untyped-def]
    """Keep `far` among the k smallest, one entry a source; ties go to the source met first."""
    rank = k
    for place in range(k):
        if who[place] == source:
            if best[place] <= far:
                return
            rank = place
            break
    if rank == k:
        if far >= best[k - 1]:
            return
        rank = k - 1
    while rank > 0 and best[rank - 1] > far:
        best[rank] = best[rank - 1]
        who[rank] = who[rank - 1]
        rank -= 1
    best[rank] = far
    who[rank] = source


@compiled
def _merged(  # type: ignore[no-untyped-def]
    cost, label, length, ahead, behind, to,
    chain, edge, rank, along, stub, x, y, with_chain, against, u, v, to_u, to_v,
    first, order,
    s_edge, s_rank, s_along, s_stub, s_x, s_y, s_with_chain, s_against,
    k,
):  # fmt: skip
    """Give each origin the k nearest sources: by either end of its chain, or along the chain."""
    result = np.full((k, len(edge)), FAR, dtype=np.int32)
    which = np.full((k, len(edge)), np.int32(-1), dtype=np.int32)
    best = np.empty(k, dtype=np.int64)
    who = np.empty(k, dtype=np.int32)
    for origin in range(len(edge)):
        for place in range(k):
            best[place] = FAR
            who[place] = -1
        for place in range(k):
            source = label[u[origin], place]
            if source >= 0:
                _insert(best, who, k, np.int64(cost[u[origin], place]) + to_u[origin], source)
            source = label[v[origin], place]
            if source >= 0:
                _insert(best, who, k, np.int64(cost[v[origin], place]) + to_v[origin], source)
        for slot in range(first[chain[origin]], first[chain[origin] + 1]):
            source = order[slot]
            far = on_own_chain(
                edge[origin], rank[origin], along[origin], stub[origin], x[origin], y[origin],
                with_chain[origin], against[origin],
                s_edge[source], s_rank[source], s_along[source], s_stub[source], s_x[source], s_y[source],
                s_with_chain[source], s_against[source], length, ahead, behind, to,
            )  # fmt: skip
            _insert(best, who, k, far, source)
        for place in range(k):
            result[place, origin] = np.int32(best[place])
            which[place, origin] = who[place]
    return result, which
