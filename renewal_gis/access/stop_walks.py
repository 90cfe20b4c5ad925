"""Walks from places to the stops within reach, laid out place by place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.joining import Joined
from renewal_gis.access.level_tables import GRADES
from renewal_gis.access.network import DECIMETRES, Ints, Network
from renewal_gis.access.reach import pairs_within
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.schema import Schedule

__all__ = ["StopWalks", "farthest_m", "stations_of", "stop_walks", "walks_in_table"]

Longs = npt.NDArray[np.int64]
_PAIR = ("from_id", "to_id", "distance_m")


@dataclass(frozen=True, kw_only=True, eq=False)
class StopWalks:
    """Every walk from a place to a station within reach.

    Attributes
    ----------
    places
        The caller's index.
    joined
        Whether each place is joined to the streets: of the others nothing is known.
    first
        The walks of place `p` stand at `first[p]:first[p + 1]`; shape (places + 1,).
    station
        Position in the schedule of the station walked to.
    length_dm
        Decimetres on foot; slopes and steps included as far as the network's profile counts them.
    stations
        Number of stops in the schedule.
    """

    places: pd.Index
    joined: npt.NDArray[np.bool_]
    first: Longs
    station: Ints
    length_dm: Ints
    stations: int

    def within(self, limit_dm: float) -> StopWalks:
        """Return the walks that are no longer than a limit."""
        kept = self.length_dm <= limit_dm
        before = np.concatenate([[0], np.cumsum(kept)])
        return replace(
            self,
            first=before[self.first],
            station=self.station[kept],
            length_dm=self.length_dm[kept],
        )

    def told(self, texts: npt.NDArray[np.object_]) -> pd.Series:
        """Return a text of each place, None where the place is not joined."""
        held = texts.copy()
        held[~self.joined] = None
        return pd.Series(held, index=self.places, dtype=object)

    def best(self, values: npt.NDArray[np.float64], *, nothing: float) -> npt.NDArray[np.float64]:
        """Return the largest value of the walks of each place; `nothing` where there is no walk."""
        result = np.full(len(self.places), nothing, dtype=np.float64)
        some = np.flatnonzero(np.diff(self.first) > 0)
        if len(some):
            result[some] = np.maximum.reduceat(values, self.first[some])
        return result


def farthest_m() -> float:
    """Return the longest walk that any of the published classes counts, metres."""
    pace = assumption("oevgk18_speed").value
    return max(GRADES["austrian"].walks[-1].value, GRADES["oevgk18"].walks[-1].value * pace)


def stop_walks(
    origins: Joined,
    stops: Joined,
    network: Network,
    schedule: Schedule,
    *,
    limit_m: float | None = None,
) -> StopWalks:
    """Return the walks from places to stops.

    Parameters
    ----------
    origins, stops
        Places, and stops or stations of the schedule (such as `served_stops` gives), both joined to
        the network. A platform stands for its station.
    network
        Street network.
    schedule
        The schedule the stops are of.
    limit_m
        Longest walk, included; what the published classes count by default.

    Raises
    ------
    UsageError
        When a stop is not in the schedule.
    """
    station = stations_of(stops.index, schedule)
    limit = round((farthest_m() if limit_m is None else limit_m) * DECIMETRES)
    pairs = pairs_within(network, origins, stops, limit_dm=limit)
    count = np.bincount(pairs.origin, minlength=len(origins.index))
    return StopWalks(
        places=origins.index,
        joined=origins.reached,
        first=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        station=station[pairs.target],
        length_dm=pairs.cost_dm,
        stations=len(schedule.stops),
    )


def walks_in_table(table: pd.DataFrame, places: pd.Index, schedule: Schedule) -> StopWalks:
    """Return the walks of a long table.

    Parameters
    ----------
    table
        `from_id` (of `places`), `to_id` (a stop of the schedule), `distance_m`.
    places
        Every place asked for; one without a row reaches no stop.

    Raises
    ------
    UsageError
        When a column is missing, an identifier unknown, or a distance negative or missing.

    Notes
    -----
    Distances are rounded to decimetres, as everywhere on the network.
    """
    absent = [name for name in _PAIR if name not in table.columns]
    if absent:
        raise UsageError(f"The table of walks needs {', '.join(_PAIR)}; missing: {absent}.")
    origin = places.get_indexer(table["from_id"])
    if (origin < 0).any():
        found = table["from_id"].iloc[int(np.argmax(origin < 0))]
        raise UsageError(f"from_id {found!r} is not one of the places.")
    metres = pd.to_numeric(table["distance_m"], errors="coerce").to_numpy(dtype=float)
    if not (np.isfinite(metres) & (metres >= 0)).all():
        raise UsageError("distance_m must be numbers from 0 on.")
    station = stations_of(pd.Index(table["to_id"]), schedule)
    order = np.argsort(origin, kind="stable")
    count = np.bincount(origin, minlength=len(places))
    return StopWalks(
        places=places,
        joined=np.ones(len(places), dtype=bool),
        first=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        station=station[order],
        length_dm=np.round(metres[order] * DECIMETRES).astype(np.int32),
        stations=len(schedule.stops),
    )


def stations_of(stops: pd.Index, schedule: Schedule) -> Ints:
    """Return the position in the schedule of the station of each stop.

    Raises
    ------
    UsageError
        When a stop is not in the schedule.

    Examples
    --------
    >>> stations_of(pd.Index(["C", "A"]), bus).tolist()
    [2, 0]
    """
    place = schedule.stops.index.get_indexer(stops)
    if (place < 0).any():
        found = stops[int(np.argmax(place < 0))]
        raise UsageError(f"The stop {found!r} is not in the schedule: join the stops it gives.")
    station = schedule.stops["station"].to_numpy(dtype=np.int32)
    return np.asarray(station[place])
