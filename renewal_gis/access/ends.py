"""What it costs to walk between a joined place and the two ends of its edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints, Network
from renewal_gis.access.spans import starts_of
from renewal_gis.errors import UsageError

__all__ = ["Direction", "Ends", "ends_of", "part_cost", "slots", "to_places"]

# "to": people walk from the origins to the places searched from (home to school).
# "from": people walk from the places searched from to the origins.
Direction = Literal["to", "from"]


def to_places(direction: str) -> bool:
    """Return whether people walk to the places searched from.

    Raises
    ------
    UsageError
        When the direction is neither `to` nor `from`.
    """
    if direction not in ("to", "from"):
        raise UsageError(f"direction must be 'to' or 'from', got {direction!r}.")
    return direction == "to"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ends:
    """Places as the searches see them; costs in decimetres of flat walking, the stub included.

    Attributes
    ----------
    position
        Position of each place in the caller's table.
    chain, rank
        Chain of edges each place stands on, and the rank of its edge in it.
    edge, along, stub
        Edge, decimetres from its first node, decimetres of stub.
    x, y
        Coordinates; two places of one spot are no walk apart, wherever the street is.
    u, v
        Junctions at the ends of the chain.
    to_u, to_v
        Cost between the place and each end of the chain, in the direction asked for.
    with_chain, against
        What the place adds to the cost of a walk along its chain to a place of another edge: the two
        of a leaving and of an arriving place add up to that cost.
    """

    position: Ints
    chain: Ints
    rank: Ints
    edge: Ints
    along: Ints
    stub: Ints
    x: Floats
    y: Floats
    u: Ints
    v: Ints
    to_u: Ints
    to_v: Ints
    with_chain: Ints
    against: Ints


def ends_of(network: Network, places: Joined, *, leaving: bool, order: Ints | None = None) -> Ends:
    """Return the ends of the places that are joined.

    Parameters
    ----------
    network, places
        The places are joined to this network.
    leaving
        People leave the place; otherwise they come to it.
    order
        Positions of the places to use, in this order; those that are joined by default.
    """
    use = np.flatnonzero(places.reached).astype(np.int32) if order is None else order
    held = network.chains
    edge, along, stub = places.edge[use], places.along_dm[use], places.stub_dm[use]
    turned, chain = held.turned[edge], held.chain[edge]
    # The edge as the chain runs: what comes before the place, and its costs both ways.
    length = network.length_dm[edge]
    before = np.where(turned, length - along, along)
    onward = np.where(turned, network.cost_backward[edge], network.cost_onward[edge])
    backward = np.where(turned, network.cost_onward[edge], network.cost_backward[edge])
    to_first = part_cost(backward if leaving else onward, before, length) + stub
    to_last = part_cost(onward if leaving else backward, length - before, length) + stub
    on_before, back_before = held.onward_before[edge], held.backward_before[edge]
    on_after = held.onward[chain] - on_before - onward
    back_after = held.backward[chain] - back_before - backward
    return Ends(
        position=use,
        chain=chain,
        rank=held.position[edge],
        edge=edge,
        along=along,
        stub=stub,
        x=np.ascontiguousarray(places.xy[use, 0]),
        y=np.ascontiguousarray(places.xy[use, 1]),
        u=np.ascontiguousarray(held.ends[chain, 0]),
        v=np.ascontiguousarray(held.ends[chain, 1]),
        to_u=to_first + (back_before if leaving else on_before),
        to_v=to_last + (on_after if leaving else back_after),
        with_chain=to_last - on_before - onward if leaving else on_before + to_first,
        against=to_first + back_before if leaving else to_last - back_before - backward,
    )


def slots(network: Network, places: Joined) -> tuple[Ints, Ints]:
    """Return the joined places sorted by chain, and where each chain's places start among them."""
    reached = np.flatnonzero(places.reached).astype(np.int32)
    chain = network.chains.chain[places.edge[reached]]
    order = reached[np.argsort(chain, kind="stable")]
    return order, starts_of(chain, len(network.chains.ends))


def part_cost(cost: Ints, part: Ints, length: Ints) -> npt.NDArray[np.int32]:
    """Return the cost of a part of an edge: the part itself where the edge costs its length."""
    share = cost.astype(np.int64) * part + length // 2
    return (share // length).astype(np.int32)
