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
from renewal_gis.access.joining import Joined
from renewal_gis.access.kernels import counts, pairs, sums
from renewal_gis.access.network import Floats, Ints, Network
from renewal_gis.access.spans import starts_of

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
    # Few groups are cut in parts, so that no processor waits.
    parts = [
        (number, half)
        for number in range(groups)
        for half in np.array_split(
            np.flatnonzero(member == number).astype(np.int32), _parts(groups)
        )
        if len(half)
    ]
    counted = in_threads(lambda part: search.counts(part[1], limits), parts)
    for (number, _), part in zip(parts, counted, strict=True):
        held[number] += part
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
    for number, part in enumerate(summed):
        result[number, search.order] = part
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


def _parts(groups: int) -> int:
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
        self.graph = chains.graph(to=to)
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
        counted: npt.NDArray[np.int32] = counts(
            self.nodes, *self.graph, *self.edges, *self.places, *self._from(use), limits
        )
        return counted

    def sums(self, use: Ints, weight: Floats, table: Floats) -> Floats:
        summed: Floats = sums(
            self.nodes, *self.graph, *self.edges, *self.places, *self._from(use), weight[use], table
        )
        return summed

    def pairs(self, use: Ints, limit: int) -> tuple[Ints, Ints, Ints]:
        source, met, cost = pairs(
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
    start = starts_of(tail[held], nodes)
    return start, chains.arc_chain[held], chains.arc_node[held], chains.arc_onward[held]
