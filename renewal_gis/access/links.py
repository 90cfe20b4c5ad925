"""Walks between places and stops, and from stop to stop, in whole seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from renewal_gis.access.conventions import Conventions
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import DECIMETRES, Floats, Ints, Network
from renewal_gis.access.pace import limits_dm
from renewal_gis.access.reach import pairs_within
from renewal_gis.schema import Schedule

__all__ = ["Doors", "Links", "direct_links", "doors_of", "place_links", "stop_links", "turned"]

_LEAST, _FORBIDDEN = 2, 3  # GTFS reference, transfers.txt, transfer_type


class Links(NamedTuple):
    """Links of each place: those of place `i` stand at `first[i]:first[i + 1]`, the shortest first."""

    first: Ints
    stop: Ints
    walk_s: Ints


class Doors(NamedTuple):
    """Where the streets lead into stops: at the stop itself, or by the entrances of its station.

    Attributes
    ----------
    joined
        Doors joined to the streets.
    door, stop
        Ways through: door and stop (numbered as the searches do).
    in_s, out_s
        Seconds from the door to the stop, and back; negative where there is no such way.
    """

    joined: Joined
    door: Ints
    stop: Ints
    in_s: Ints
    out_s: Ints


def doors_of(schedule: Schedule, stops: Ints, joined: Joined, rules: Conventions) -> Doors:
    """Return the doors of the stops that are called at.

    Parameters
    ----------
    schedule
        Its pathways lead from the entrances of a station to its platforms, if the rules apply them.
    stops
        Positions of the stops that are called at.
    joined
        All rows of `schedule.stops`, joined to the streets.
    rules
        Whether pathways apply, and whether the walk from a stop to its street counts.

    Examples
    --------
    No station has entrances, so each stop is its own door:

    >>> doors = doors_of(bus, np.array([0, 2]), network.stops, network.rules)
    >>> doors.joined.index.tolist(), doors.stop.tolist(), doors.in_s.tolist()
    (['A', 'C'], [0, 1], [0, 0])
    """
    number = np.full(len(schedule.stops), -1, dtype=np.int32)
    number[stops] = np.arange(len(stops), dtype=np.int32)
    table = _through_stations(schedule, number) if rules.feed_transfers else _no_ways()
    alone = np.setdiff1d(stops, stops[table["stop"].to_numpy(dtype=np.int64)])
    position = np.concatenate([alone, table["door"].to_numpy(dtype=np.int64)])
    used, door = np.unique(position, return_inverse=True)
    mask = np.zeros(len(schedule.stops), dtype=bool)
    mask[used] = True
    nothing = np.zeros(len(alone), dtype=np.int32)
    doors = joined.take(mask)
    if not rules.stop_stub:
        doors = replace(doors, stub_dm=np.zeros_like(doors.stub_dm))
    return Doors(
        joined=doors,
        door=door.astype(np.int32),
        stop=np.concatenate([number[alone], table["stop"].to_numpy(dtype=np.int32)]),
        in_s=np.concatenate([nothing, table["in_s"].to_numpy(dtype=np.int32)]),
        out_s=np.concatenate([nothing, table["out_s"].to_numpy(dtype=np.int32)]),
    )


def _no_ways() -> pd.DataFrame:
    return pd.DataFrame(
        {name: np.empty(0, dtype=np.int64) for name in ("door", "stop", "in_s", "out_s")}
    )


def _through_stations(schedule: Schedule, number: Ints) -> pd.DataFrame:
    """Return the quickest ways between entrances and platforms, along the pathways."""
    cost = _pathway_graph(schedule)
    entrances = np.flatnonzero((schedule.stops["kind"] == "entrance").to_numpy())
    if cost is None or not len(entrances):
        return _no_ways()
    inward = dijkstra(cost, indices=entrances)
    outward = dijkstra(cost.T.tocsr(), indices=entrances)
    rank, stop = np.nonzero((np.isfinite(inward) | np.isfinite(outward)) & (number >= 0))
    ways = {"in_s": inward[rank, stop], "out_s": outward[rank, stop]}
    whole = {name: np.where(np.isfinite(held), np.rint(held), -1) for name, held in ways.items()}
    return pd.DataFrame({"door": entrances[rank], "stop": number[stop], **whole})


def _pathway_graph(schedule: Schedule) -> csr_array | None:
    ways = schedule.pathways
    if not len(ways):
        return None
    best = ways.groupby(["from_stop", "to_stop"], sort=True)["walk_s"].min()
    ends = best.index.to_frame().to_numpy(dtype=np.int64)
    # A way of no time would vanish from a sparse table; its half second is rounded away.
    held = np.maximum(best.to_numpy(dtype=float), 1e-3)
    size = len(schedule.stops)
    return csr_array((held, (ends[:, 0], ends[:, 1])), shape=(size, size))


def walks_between(
    origins: Joined, targets: Joined, streets: Network, rules: Conventions, *, limit_dm: int
) -> pd.DataFrame:
    """Return the walks of every pair within a limit: `origin`, `target` (positions), `walk_s`.

    Examples
    --------
    >>> walks_between(home, network.stops, streets, network.rules, limit_dm=20_000)
       origin  target  walk_s
    0       0       0      60
    1       0       1    1440
    """
    pairs = pairs_within(streets, origins, targets, limit_dm=limit_dm)
    metre_s = 3.6 / rules.speed_km_h
    stub_dm = np.minimum(
        origins.stub_dm[pairs.origin].astype(np.int64) + targets.stub_dm[pairs.target],
        pairs.cost_dm,
    )
    stub_s = metre_s if rules.stub_speed_km_h is None else 3.6 / rules.stub_speed_km_h
    seconds = ((pairs.cost_dm - stub_dm) * metre_s + stub_dm * stub_s) / DECIMETRES
    return pd.DataFrame(
        {
            "origin": pairs.origin,
            "target": pairs.target,
            "walk_s": np.rint(seconds).astype(np.int32),
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
    walks = walks_between(*sides, streets, rules, limit_dm=int(limit))
    if not leaving:
        walks = walks.rename(columns={"origin": "target", "target": "origin"})
    through = _through(doors, leaving=leaving)
    walks = walks.merge(through, left_on="target", right_on="door", sort=False)
    seconds = walks["walk_s"] + walks["more_s"]
    kept = (seconds <= round(rules.max_walk_min * 60)).to_numpy()
    return _links(
        walks["origin"].to_numpy()[kept],
        walks["stop"].to_numpy()[kept],
        seconds.to_numpy()[kept],
        len(places.index),
    )


def _through(doors: Doors, *, leaving: bool) -> pd.DataFrame:
    more = doors.in_s if leaving else doors.out_s
    table = pd.DataFrame({"door": doors.door, "stop": doors.stop, "more_s": more})
    return table[table["more_s"] >= 0]


def _links(place: Ints, stop: Ints, walk_s: Ints, count: int) -> Links:
    """Sort links by place and length, the shortest of each pair alone."""
    order = np.lexsort((stop, walk_s, place))
    place, stop, walk_s = place[order], stop[order], walk_s[order]
    pair = place.astype(np.int64) * (int(stop.max(initial=0)) + 1) + stop
    _, shortest = np.unique(pair, return_index=True)
    if len(shortest) < len(pair):
        keep = np.sort(shortest)
        place, stop, walk_s = place[keep], stop[keep], walk_s[keep]
    first = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(place, minlength=count), out=first[1:])
    return Links(first, stop.astype(np.int32), walk_s.astype(np.int32))


def stop_links(
    schedule: Schedule, stops: Ints, doors: Doors, streets: Network, rules: Conventions
) -> tuple[Links, Ints]:
    """Return the walks between stops, and the seconds a change at each stop takes.

    Returns
    -------
    Links
        From each stop that is called at.
    array of shape (stops,)
        Seconds between alighting and standing ready to board at the same stop; -1 where transfers.txt
        forbids it.

    Notes
    -----
    Streets give most walks. Stops of one station are never farther than the straight line: the maps of
    stations lack links (conveyal/r5 #916). A least time of transfers.txt counts from alighting to
    departing, so the boarding slack is part of it; where it is shorter than the streets say, the
    producer knows a way the map does not, yet nobody walks faster than the straight line. A transfer
    between given trips or routes binds them alone, and is not read here.

    Examples
    --------
    The stops are too far apart to change between them on foot:

    >>> links, change_s = stop_links(
    ...     bus, network.patterns.stops, network.doors, streets, network.rules
    ... )
    >>> links.first.tolist(), change_s.tolist()
    ([0, 0, 0, 0], [0, 0, 0])
    """
    # The limit is one of distance along the streets.
    outward, inward = _through(doors, leaving=False), _through(doors, leaving=True)
    walks = walks_between(
        doors.joined,
        doors.joined,
        streets,
        rules,
        limit_dm=round(rules.max_transfer_m * DECIMETRES),
    )
    walks = walks.merge(outward, left_on="origin", right_on="door", sort=False)
    walks = walks.merge(
        inward, left_on="target", right_on="door", sort=False, suffixes=("_o", "_t")
    )
    seconds = walks["walk_s"] + walks["more_s_o"] + walks["more_s_t"]
    table = pd.DataFrame({"from": walks["stop_o"], "to": walks["stop_t"], "walk_s": seconds})
    change = np.zeros(len(stops), dtype=np.int32)
    if rules.feed_transfers:
        inside = _inside_stations(schedule, stops, rules)
        table = pd.concat([table, inside], ignore_index=True)
        table, change = _as_told(schedule, stops, table, rules)
    table = table[table["from"] != table["to"]]
    links = _links(
        table["from"].to_numpy(dtype=np.int32),
        table["to"].to_numpy(dtype=np.int32),
        table["walk_s"].to_numpy(dtype=np.int32),
        len(stops),
    )
    return links, change


def _inside_stations(schedule: Schedule, stops: Ints, rules: Conventions) -> pd.DataFrame:
    """Return the walks between the stops of each station: by its pathways, else straight."""
    station = schedule.stops["station"].to_numpy(dtype=np.int64)[stops]
    table = pd.DataFrame({"station": station, "stop": np.arange(len(stops))})
    pairs = table.merge(table, on="station", suffixes=("_o", "_t"))
    pairs = pairs[pairs["stop_o"] != pairs["stop_t"]]
    one, other = pairs["stop_o"].to_numpy(), pairs["stop_t"].to_numpy()
    straight = _straight_s(schedule, stops[one], stops[other], rules)
    graph = _pathway_graph(schedule)
    if graph is not None and len(one):
        sources, place = np.unique(stops[one], return_inverse=True)
        ways = dijkstra(graph, indices=sources)[place, stops[other]]
        straight = np.where(np.isfinite(ways), np.rint(ways), straight)
    known = np.isfinite(straight)
    return pd.DataFrame(
        {"from": one[known], "to": other[known], "walk_s": straight[known].astype(int)}
    )


def _straight_s(schedule: Schedule, one: Ints, other: Ints, rules: Conventions) -> Floats:
    """Return the seconds of a straight walk, rounded up; NaN where a stop has no place."""
    points = schedule.stops.geometry
    x, y = points.x.to_numpy(dtype=float), points.y.to_numpy(dtype=float)
    metres = np.hypot(x[one] - x[other], y[one] - y[other])
    return np.asarray(np.ceil(metres * 3.6 / rules.speed_km_h))


def _as_told(
    schedule: Schedule, stops: Ints, table: pd.DataFrame, rules: Conventions
) -> tuple[pd.DataFrame, Ints]:
    """Apply transfers.txt between stops: least times, and transfers that are not possible."""
    number = np.full(len(schedule.stops), -1, dtype=np.int32)
    number[stops] = np.arange(len(stops), dtype=np.int32)
    told = schedule.transfers
    told = told[(told["from_trip"] < 0) & (told["to_trip"] < 0)]
    one = number[told["from_stop"].to_numpy(dtype=np.int64)]
    other = number[told["to_stop"].to_numpy(dtype=np.int64)]
    held = (one >= 0) & (other >= 0) & (told["kind"] <= _FORBIDDEN).to_numpy()
    one, other, told = one[held], other[held], told[held]
    kind = told["kind"].to_numpy(dtype=np.int64)
    straight = _straight_s(schedule, stops[one], stops[other], rules)
    least = told["min_s"].to_numpy(dtype=float) - rules.slack_s
    least = np.where((kind == _LEAST) & np.isfinite(least), np.maximum(least, 0), np.nan)
    walk = np.fmax(straight, least)
    same = one == other
    change = np.zeros(len(stops), dtype=np.int32)
    np.maximum.at(change, one[same], np.nan_to_num(least[same]).astype(np.int32))
    change[one[same & (kind == _FORBIDDEN)]] = -1
    said = pd.DataFrame({"from": one, "to": other, "walk_s": walk, "kind": kind})[~same]
    keys = ["from", "to"]
    # What the producer says of a pair replaces what the streets say; a mere hint does not lengthen it.
    binding = said[said["kind"].isin([_LEAST, _FORBIDDEN])]
    mask = pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(binding[keys]))
    added = said[(said["kind"] != _FORBIDDEN) & said["walk_s"].notna()]
    forbidden = pd.MultiIndex.from_frame(said[said["kind"] == _FORBIDDEN][keys])
    added = added[~pd.MultiIndex.from_frame(added[keys]).isin(forbidden)]
    added = added.groupby(keys, as_index=False)["walk_s"].max()
    return pd.concat([table[~mask], added.astype(int)], ignore_index=True), change


def direct_links(origins: Joined, targets: Joined, streets: Network, rules: Conventions) -> Links:
    """Return the walks all the way, by origin, the targets in order.

    Examples
    --------
    Home and work are 3 760 m apart, farther than anyone is supposed to walk:

    >>> len(direct_links(home, work, streets, network.rules).walk_s)
    0
    """
    (limit,) = limits_dm([rules.max_walk_min], rules.speed_km_h)
    walks = walks_between(origins, targets, streets, rules, limit_dm=int(limit))
    first = np.zeros(len(origins.index) + 1, dtype=np.int32)
    np.cumsum(np.bincount(walks["origin"], minlength=len(origins.index)), out=first[1:])
    return Links(first, walks["target"].to_numpy(np.int32), walks["walk_s"].to_numpy(np.int32))


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
    first = np.zeros(number + 1, dtype=np.int32)
    np.cumsum(np.bincount(links.stop, minlength=number), out=first[1:])
    return Links(first, tail[order], links.walk_s[order])
