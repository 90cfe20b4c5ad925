"""Walks between places and stops, in whole seconds."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from renewal_gis.access.conventions import Conventions
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import DECIMETRES, Ints, Network, whole_second_edges
from renewal_gis.access.pace import limits_dm
from renewal_gis.access.reach import pairs_within
from renewal_gis.access.spans import starts_of
from renewal_gis.access.stations import Doors

__all__ = [
    "Links",
    "direct_links",
    "place_links",
    "sort_links",
    "through_doors",
    "turned",
    "walks_between",
]


Part = Literal["access", "egress", "transfer", "direct"]


class Links(NamedTuple):
    """Links of each place: those of place `i` stand at `first[i]:first[i + 1]`, the shortest first."""

    first: Ints
    stop: Ints
    walk_s: Ints


def walks_between(
    origins: Joined,
    targets: Joined,
    streets: Network,
    rules: Conventions,
    *,
    limit_dm: int,
    part: Part,
) -> pd.DataFrame:
    """Return the walks of every pair within a limit: `origin`, `target` (positions), `walk_s`.

    Parameters
    ----------
    origins, targets, streets, rules
        Places joined to the streets, and how people walk.
    limit_dm
        Longest walk, decimetres.
    part
        The part of the journey that is walked. With `access` or `direct` it starts: the way from the
        origin to the street, and back to the target of a `direct` walk, is at `rules.stub_speed_km_h`,
        and edges take whole seconds if the rules say so. `egress` and `transfer` are measured whole;
        under rules that truncate, a second begun does not count.

    Examples
    --------
    >>> walks_between(
    ...     home, network.stops, streets, network.rules, limit_dm=20_000, part="access"
    ... )
       origin  target  walk_s
    0       0       0      60
    1       0       1    1440
    """
    starts = part in ("access", "direct")
    by_edge = starts and rules.edge_seconds == "ceil"
    walked = whole_second_edges(streets, rules.speed_km_h) if by_edge else streets
    pairs = pairs_within(walked, origins, targets, limit_dm=limit_dm)
    metre_s = 3.6 / rules.speed_km_h
    stub_s = metre_s if rules.stub_speed_km_h is None else 3.6 / rules.stub_speed_km_h
    stub_dm = np.zeros(len(pairs.cost_dm), dtype=np.int64)
    if starts:
        stub_dm += origins.stub_dm[pairs.origin]
    if part == "direct":
        stub_dm += targets.stub_dm[pairs.target]
    stub_dm = np.minimum(stub_dm, pairs.cost_dm)
    seconds = ((pairs.cost_dm - stub_dm) * metre_s + stub_dm * stub_s) / DECIMETRES
    # The small addition keeps 60 s at 60 when the quotient falls just short.
    begun = rules.rounding == "truncate" and not by_edge
    whole = np.floor(seconds + 1e-6) if begun else np.rint(seconds)
    return pd.DataFrame(
        {
            "origin": pairs.origin,
            "target": pairs.target,
            "walk_s": whole.astype(np.int32),
        }
    )


def place_links(
    places: Joined, doors: Doors, streets: Network, rules: Conventions, *, leaving: bool
) -> Links:
    """Return the stops each place reaches on foot, or is reached from.

    Parameters
    ----------
    leaving
        People walk from the place to the stop; otherwise from the stop to the place.

    Examples
    --------
    >>> links = place_links(home, network.doors, streets, network.rules, leaving=True)
    >>> links.stop.tolist(), links.walk_s.tolist()
    ([0], [60])
    """
    (limit,) = limits_dm([rules.max_walk_min], rules.speed_km_h)
    sides = (places, doors.joined) if leaving else (doors.joined, places)
    if not leaving and rules.max_egress_m is not None:
        limit = min(int(limit), round(rules.max_egress_m * DECIMETRES))
    walks = walks_between(
        *sides,
        streets,
        rules,
        limit_dm=int(limit),
        part="access" if leaving else "egress",
    )
    if not leaving:
        walks = walks.rename(columns={"origin": "target", "target": "origin"})
    through = through_doors(doors, leaving=leaving)
    walks = walks.merge(through, left_on="target", right_on="door", sort=False)
    seconds = walks["walk_s"] + walks["more_s"]
    kept = (seconds <= round(rules.max_walk_min * 60)).to_numpy()
    return sort_links(
        walks["origin"].to_numpy()[kept],
        walks["stop"].to_numpy()[kept],
        seconds.to_numpy()[kept],
        len(places.index),
    )


def through_doors(doors: Doors, *, leaving: bool) -> pd.DataFrame:
    """Return the ways from the doors to the stops, or back: `door`, `stop`, `more_s`."""
    more = doors.in_s if leaving else doors.out_s
    table = pd.DataFrame({"door": doors.door, "stop": doors.stop, "more_s": more})
    return table[table["more_s"] >= 0]


def sort_links(place: Ints, stop: Ints, walk_s: Ints, count: int) -> Links:
    """Sort links by place and length, the shortest of each pair alone."""
    order = np.lexsort((stop, walk_s, place))
    place, stop, walk_s = place[order], stop[order], walk_s[order]
    pair = place.astype(np.int64) * (int(stop.max(initial=0)) + 1) + stop
    _, shortest = np.unique(pair, return_index=True)
    if len(shortest) < len(pair):
        keep = np.sort(shortest)
        place, stop, walk_s = place[keep], stop[keep], walk_s[keep]
    return Links(starts_of(place, count), stop.astype(np.int32), walk_s.astype(np.int32))


def direct_links(origins: Joined, targets: Joined, streets: Network, rules: Conventions) -> Links:
    """Return the walks all the way, by origin, the targets in order.

    Examples
    --------
    Home and work are 3 760 m apart, farther than anyone is supposed to walk:

    >>> len(direct_links(home, work, streets, network.rules).walk_s)
    0
    """
    (limit,) = limits_dm([rules.max_walk_min], rules.speed_km_h)
    walks = walks_between(
        origins,
        targets,
        streets,
        rules,
        limit_dm=int(limit),
        part="direct",
    )
    first = starts_of(walks["origin"].to_numpy(), len(origins.index))
    # Columns lent by pandas are read-only: another kind of array, for which the searches would be
    # compiled again.
    target, walk_s = (np.array(walks[name], dtype=np.int32) for name in ("target", "walk_s"))
    return Links(first, target, walk_s)


def turned(links: Links, count: int | None = None) -> Links:
    """Return links by the place they lead to; `count` places there are, as many as here by default.

    Examples
    --------
    >>> ways = Links(np.array([0, 1, 2]), np.array([1, 1]), np.array([60, 90]))
    >>> back = turned(ways)
    >>> back.first.tolist(), back.stop.tolist(), back.walk_s.tolist()
    ([0, 0, 2], [0, 1], [60, 90])
    """
    places = len(links.first) - 1
    number = places if count is None else count
    tail = np.repeat(np.arange(places, dtype=np.int32), np.diff(links.first))
    order = np.lexsort((tail, links.stop))
    return Links(starts_of(links.stop, number), tail[order], links.walk_s[order])
