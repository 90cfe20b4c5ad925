"""What it costs to walk between a joined place and the two ends of its edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints, Network
from renewal_gis.errors import UsageError

__all__ = ["Direction", "Ends", "ends_of", "slots", "to_places"]

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
    edge, along, stub
        Edge, decimetres from its first node, decimetres of stub.
    u, v
        Nodes at the ends of the edge.
    x, y
        Coordinates; two places of one spot are no walk apart, wherever the street is.
    to_u, to_v
        Cost between the place and each end, in the direction asked for.
    """

    position: Ints
    edge: Ints
    along: Ints
    stub: Ints
    u: Ints
    v: Ints
    x: Floats
    y: Floats
    to_u: Ints
    to_v: Ints


def ends_of(network: Network, places: Joined, *, leaving: bool, order: Ints | None = None) -> Ends:
    """Return the ends of the places that are joined.

    Parameters
    ----------
    network, places
        The places are joined to this network.
    leaving
        People leave the place for the nodes; otherwise they come from the nodes.
    order
        Positions of the places to use, in this order; those that are joined by default.
    """
    use = np.flatnonzero(places.reached).astype(np.int32) if order is None else order
    edge, along, stub = places.edge[use], places.along_dm[use], places.stub_dm[use]
    length = network.length_dm[edge]
    onward, backward = network.cost_onward[edge], network.cost_backward[edge]
    to_first, to_last = (backward, onward) if leaving else (onward, backward)
    return Ends(
        position=use,
        edge=edge,
        along=along,
        stub=stub,
        u=np.ascontiguousarray(network.ends[edge, 0]),
        v=np.ascontiguousarray(network.ends[edge, 1]),
        x=np.ascontiguousarray(places.xy[use, 0]),
        y=np.ascontiguousarray(places.xy[use, 1]),
        to_u=_part(to_first, along, length) + stub,
        to_v=_part(to_last, length - along, length) + stub,
    )


def slots(network: Network, places: Joined) -> tuple[Ints, Ints]:
    """Return the joined places sorted by edge, and where each edge's places start among them."""
    order = np.argsort(places.edge, kind="stable").astype(np.int32)
    order = order[np.searchsorted(places.edge[order], 0) :]
    first = np.zeros(len(network.lines) + 1, dtype=np.int32)
    np.cumsum(np.bincount(places.edge[order], minlength=len(network.lines)), out=first[1:])
    return order, first


def _part(cost: Ints, part: Ints, length: Ints) -> npt.NDArray[np.int32]:
    """Return the cost of a part of an edge: the part itself where the edge costs its length."""
    share = cost.astype(np.int64) * part + length // 2
    return (share // length).astype(np.int32)
