"""Stations: where the streets lead into them, and the ways between their platforms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from renewal_gis.access.conventions import Conventions
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Floats, Ints
from renewal_gis.schema import Schedule

__all__ = ["Doors", "doors_of", "inside_stations", "numbers_of", "straight_s"]


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


class _Ways(NamedTuple):
    """The pathways as a graph of the rows of stops.txt they name, in the order of `nodes`."""

    nodes: Ints
    cost: csr_array


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
        Whether pathways apply.

    Examples
    --------
    No station has entrances, so each stop is its own door:

    >>> doors = doors_of(bus, np.array([0, 2]), network.stops, network.rules)
    >>> doors.joined.index.tolist(), doors.stop.tolist(), doors.in_s.tolist()
    (['A', 'C'], [0, 1], [0, 0])
    """
    number = numbers_of(stops, schedule)
    table = _through_stations(schedule, number) if rules.feed_transfers else _no_ways()
    table = pd.concat([table, _own_doors(table, stops, joined)], ignore_index=True)
    used, door = np.unique(table["door"].to_numpy(dtype=np.int64), return_inverse=True)
    mask = np.zeros(len(schedule.stops), dtype=bool)
    mask[used] = True
    return Doors(
        joined=joined.take(mask),
        door=door.astype(np.int32),
        stop=table["stop"].to_numpy(dtype=np.int32),
        in_s=table["in_s"].to_numpy(dtype=np.int32),
        out_s=table["out_s"].to_numpy(dtype=np.int32),
    )


def numbers_of(stops: Ints, schedule: Schedule) -> Ints:
    """Return the number the searches give to each stop of the schedule; -1 for those not called at.

    Examples
    --------
    >>> numbers_of(np.array([0, 2]), bus).tolist()
    [0, -1, 1]
    """
    number = np.full(len(schedule.stops), -1, dtype=np.int32)
    number[stops] = np.arange(len(stops), dtype=np.int32)
    return number


def _no_ways() -> pd.DataFrame:
    return pd.DataFrame(
        {name: np.empty(0, dtype=np.int64) for name in ("door", "stop", "in_s", "out_s")}
    )


def _own_doors(table: pd.DataFrame, stops: Ints, joined: Joined) -> pd.DataFrame:
    """Return each stop as its own door, for the directions in which no pathway leads to a street.

    Pathways that only lead out, or to entrances beyond the streets, are taken to be incomplete: nobody
    runs trains to a platform that cannot be entered.
    """
    reached = joined.reached[table["door"].to_numpy(dtype=np.int64)]
    own = pd.DataFrame({"door": stops, "stop": np.arange(len(stops))})
    for way in ("in_s", "out_s"):
        usable = table["stop"][reached & (table[way] >= 0).to_numpy()]
        own[way] = np.where(own["stop"].isin(usable), -1, 0)
    return own[(own["in_s"] == 0) | (own["out_s"] == 0)]


def _through_stations(schedule: Schedule, number: Ints) -> pd.DataFrame:
    """Return the quickest ways between entrances and platforms, along the pathways."""
    ways = _pathways(schedule)
    if ways is None:
        return _no_ways()
    kind = (schedule.stops["kind"] == "entrance").to_numpy()
    entrances = np.flatnonzero(kind[ways.nodes])
    if not len(entrances):
        return _no_ways()
    inward = dijkstra(ways.cost, indices=entrances)
    outward = dijkstra(ways.cost.T.tocsr(), indices=entrances)
    called = number[ways.nodes]
    rank, node = np.nonzero((np.isfinite(inward) | np.isfinite(outward)) & (called >= 0))
    held = {"in_s": inward[rank, node], "out_s": outward[rank, node]}
    whole = {name: np.where(np.isfinite(time), np.rint(time), -1) for name, time in held.items()}
    return pd.DataFrame({"door": ways.nodes[entrances][rank], "stop": called[node], **whole})


def _pathways(schedule: Schedule) -> _Ways | None:
    ways = schedule.pathways
    if not len(ways):
        return None
    best = ways.groupby(["from_stop", "to_stop"], sort=True)["walk_s"].min()
    ends = best.index.to_frame().to_numpy(dtype=np.int64)
    nodes, place = np.unique(ends, return_inverse=True)
    place = place.reshape(ends.shape)
    # A way of no time would vanish from a sparse table; its half second is rounded away.
    held = np.maximum(best.to_numpy(dtype=float), 1e-3)
    shape = (len(nodes), len(nodes))
    return _Ways(nodes, csr_array((held, (place[:, 0], place[:, 1])), shape=shape))


def inside_stations(schedule: Schedule, stops: Ints, rules: Conventions) -> pd.DataFrame:
    """Return the walks between the stops of each station: by its pathways, else straight.

    Returns
    -------
    DataFrame
        `from`, `to` (numbered as the searches do), `walk_s`.
    """
    station = schedule.stops["station"].to_numpy(dtype=np.int64)[stops]
    table = pd.DataFrame({"station": station, "stop": np.arange(len(stops))})
    pairs = table.merge(table, on="station", suffixes=("_o", "_t"))
    pairs = pairs[pairs["stop_o"] != pairs["stop_t"]]
    one, other = pairs["stop_o"].to_numpy(), pairs["stop_t"].to_numpy()
    walk = straight_s(schedule, stops[one], stops[other], rules)
    ways = _pathways(schedule)
    if ways is not None and len(one):
        walk = _along_pathways(ways, stops[one], stops[other], walk)
    known = np.isfinite(walk)
    return pd.DataFrame({"from": one[known], "to": other[known], "walk_s": walk[known].astype(int)})


def _along_pathways(ways: _Ways, one: Ints, other: Ints, straight: Floats) -> Floats:
    """Return the seconds along the pathways where they lead, those given elsewhere."""
    on_graph = np.isin(one, ways.nodes) & np.isin(other, ways.nodes)
    if not on_graph.any():
        return straight
    start = np.searchsorted(ways.nodes, one[on_graph])
    end = np.searchsorted(ways.nodes, other[on_graph])
    sources, place = np.unique(start, return_inverse=True)
    time = dijkstra(ways.cost, indices=sources)[place, end]
    walk = straight.copy()
    walk[on_graph] = np.where(np.isfinite(time), np.rint(time), straight[on_graph])
    return walk


def straight_s(schedule: Schedule, one: Ints, other: Ints, rules: Conventions) -> Floats:
    """Return the seconds of a straight walk, rounded up; NaN where a stop has no place."""
    points = schedule.stops.geometry
    x, y = points.x.to_numpy(dtype=float), points.y.to_numpy(dtype=float)
    metres = np.hypot(x[one] - x[other], y[one] - y[other])
    return np.asarray(np.ceil(metres * 3.6 / rules.speed_km_h))
