"""Door-to-door travel times by transit and on foot, for every departure minute of a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.arriving import matrix
from renewal_gis.access.deadlines import deadlines_at, fill_arrivals, read_arrivals
from renewal_gis.access.joining import Joined
from renewal_gis.access.links import Links, direct_links, place_links, turned
from renewal_gis.access.network import Floats
from renewal_gis.access.patterns import Patterns
from renewal_gis.access.reach import in_threads
from renewal_gis.access.transit_networks import MINUTE_S, TransitNetwork
from renewal_gis.errors import UsageError

__all__ = ["TransitTimes", "transit_times"]

Whole = npt.NDArray[np.uint16]

_NEVER = np.int32(1 << 30)
_MISSING = 65_535
_NO_RIDES = 255
_FEW = 12  # a search back from a place costs about as much as so many forward ones
_BLOCK = 16  # origins searched from at a time in one thread
_DEADLINES = 512  # arrivals looked back from at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class TransitTimes:
    """Travel times of every pair, over all departures of a window.

    Attributes
    ----------
    origins, destinations
        The callers' indexes.
    percentiles
        Percentiles asked for.
    seconds
        Travel times, shape (origins, destinations, percentiles), uint16; 65 535 where fewer departures
        than the percentile arrive in time.
    within
        Departures that arrive in time, shape (origins, destinations), uint16.
    departures
        Departures in all.
    rounding
        As in `Conventions`.
    rides
        Fewest vehicles with which each travel time is attained, shape (origins, destinations,
        percentiles), uint8; 255 where there is none. None unless asked for.
    """

    origins: pd.Index
    destinations: pd.Index
    percentiles: tuple[float, ...]
    seconds: npt.NDArray[np.uint16]
    within: npt.NDArray[np.uint16]
    departures: int
    rounding: str = "exact"
    rides: npt.NDArray[np.uint8] | None = None

    def minutes(self, percentile: float) -> Floats:
        """Return the minutes of one percentile, shape (origins, destinations); NaN where none.

        Examples
        --------
        >>> times = transit_times(home, work, network, percentiles=[50])
        >>> times.minutes(50)
        array([[18.]])
        """
        held = self.seconds[:, :, self._rank(percentile)]
        whole = held // MINUTE_S if self.rounding == "truncate" else held / MINUTE_S
        return np.where(held == _MISSING, np.nan, whole)

    def table(self) -> pd.DataFrame:
        """Return the field's long table: one row per pair that at least one departure joins.

        Returns
        -------
        DataFrame
            `from_id`, `to_id`, `travel_time_p<percentile>_min`…, `reachable_share`; NaN where fewer
            departures than the percentile arrive in time. With transfers asked for,
            `transfers_p<percentile>`: the fewest with which the travel time is attained (missing where
            there is none).

        Examples
        --------
        >>> transit_times(home, work, network, percentiles=[50]).table()
          from_id to_id  travel_time_p50_min  reachable_share
        0    home  work                 18.0              1.0
        """
        origin, target = np.nonzero(self.within)
        columns: dict[str, object] = {
            "from_id": pd.Categorical.from_codes(origin, self.origins.astype(object)),
            "to_id": pd.Categorical.from_codes(target, self.destinations.astype(object)),
        }
        for percentile in self.percentiles:
            name = f"travel_time_p{percentile:g}_min"
            columns[name] = self.minutes(percentile)[origin, target]
        columns["reachable_share"] = self.within[origin, target] / self.departures
        if self.rides is not None:
            for rank, percentile in enumerate(self.percentiles):
                held = self.rides[origin, target, rank]
                transfers = pd.array(np.maximum(held, 1) - 1, dtype="UInt8")
                transfers[held == _NO_RIDES] = pd.NA
                columns[f"transfers_p{percentile:g}"] = transfers
        return pd.DataFrame(columns)

    def _rank(self, percentile: float) -> int:
        if percentile not in self.percentiles:
            raise UsageError(
                f"The percentile {percentile:g} was not asked for; held: "
                f"{', '.join(f'{one:g}' for one in self.percentiles)}."
            )
        return self.percentiles.index(percentile)


def transit_times(
    origins: Joined,
    destinations: Joined,
    network: TransitNetwork,
    *,
    percentiles: Sequence[float] = (25, 50, 75),
    arrive_by: bool = False,
    max_rides: int | None = None,
    transfers: bool = False,
) -> TransitTimes:
    """Return door-to-door travel times for every departure minute of the window.

    A journey is a walk to a stop, rides with walks between them, and a walk from the last stop; or a
    walk all the way where that is no slower. A departure that does not arrive within the longest
    journey counts as infinitely long.

    Parameters
    ----------
    origins, destinations
        Places joined to the network's streets.
    network
        Timetable and streets, from `transit_network`.
    percentiles
        Percentiles of the travel time over the departures, above 0 and at most 100: the smallest time
        that at least so many percent of the departures do not exceed, without interpolation (as R5).
    arrive_by
        Take the window as times of arrival: for each minute, the latest departure that is there.
    max_rides
        Vehicles boarded at most, fewer than the rules allow.
    transfers
        Tell the fewest vehicles with which each travel time is attained: a search for each number.

    Returns
    -------
    TransitTimes
        Places that are not joined to the streets reach nothing.

    Notes
    -----
    A search in rounds (RAPTOR: Delling, Pajor and Werneck 2012) that carries all departures at once.
    With many origins and few destinations it runs backwards from every possible arrival; the results
    are the same to the second.

    Examples
    --------
    In the town of `transit_network`'s example, a walk of a minute, the bus of 07:10 and a walk of two take
    those who leave at 07:00 until 07:22; the last of the ten departures misses it.

    >>> times = transit_times(home, work, network, percentiles=[10, 50, 90])
    >>> [float(times.minutes(one)[0, 0]) for one in (10, 50, 90)]
    [14.0, 18.0, 22.0]
    """
    asked = _checked(percentiles)
    rides = network.rules.max_rides if max_rides is None else max_rides
    if not 0 <= rides <= network.rules.max_rides:
        raise UsageError(
            f"max_rides must be from 0 to {network.rules.max_rides}, as the rules allow, got {rides!r}."
        )
    search = _Search(origins, destinations, network, asked)
    seconds, within = search.found(rides, arrive_by=arrive_by)
    return TransitTimes(
        origins=origins.index,
        destinations=destinations.index,
        percentiles=asked,
        seconds=seconds,
        within=within,
        departures=network.departures,
        rounding=network.rules.rounding,
        rides=_fewest(search, seconds, rides, arrive_by=arrive_by) if transfers else None,
    )


def _fewest(
    search: _Search, seconds: Whole, rides: int, *, arrive_by: bool
) -> npt.NDArray[np.uint8]:
    """Return the fewest rides with which each travel time is attained."""
    fewest = np.full(seconds.shape, _NO_RIDES, dtype=np.uint8)
    for number in range(rides, -1, -1):
        some = seconds if number == rides else search.found(number, arrive_by=arrive_by)[0]
        fewest[(some == seconds) & (seconds != _MISSING)] = number
    return fewest


def _checked(percentiles: Sequence[float]) -> tuple[float, ...]:
    asked = tuple(sorted(float(one) for one in percentiles))
    if not asked or not all(0 < one <= 100 for one in asked) or len(set(asked)) < len(asked):
        raise UsageError(
            f"percentiles must be different numbers above 0, 100 at most, got {list(percentiles)!r}."
        )
    return asked


def _laid_out(patterns: Patterns, more_s: int) -> tuple[npt.NDArray[Any], ...]:
    """Return the patterns as the compiled searches take them, their times shifted."""
    return (
        patterns.first_stop,
        patterns.stop,
        patterns.boards,
        patterns.alights,
        patterns.first_time,
        patterns.ready_s + np.int32(more_s),
        patterns.arrival_s + np.int32(more_s),
        patterns.first_run,
    )


class _Search:
    """One question, laid out for the compiled searches."""

    def __init__(
        self,
        origins: Joined,
        destinations: Joined,
        network: TransitNetwork,
        percentiles: tuple[float, ...],
    ) -> None:
        self.network, self.rides = network, np.int32(network.rules.max_rides)
        rules, streets, doors = network.rules, network.streets, network.doors
        self.access = place_links(origins, doors, streets, rules, leaving=True)
        self.egress = place_links(destinations, doors, streets, rules, leaving=False)
        self.direct = direct_links(origins, destinations, streets, rules)
        self.shape = (len(origins.index), len(destinations.index))
        self.starts = np.arange(network.departures, dtype=np.int32) * np.int32(MINUTE_S)
        self.whole = rules.rounding == "truncate"
        self.ranks = np.array(
            [max(math.ceil(one / 100 * network.departures - 1e-9) - 1, 0) for one in percentiles],
            dtype=np.int32,
        )

    def found(self, rides: int, *, arrive_by: bool) -> tuple[Whole, Whole]:
        """Return the travel times and the departures in time, with so many rides at most."""
        self.rides = np.int32(rides)
        if arrive_by:
            return self.arriving()
        many, few = self.shape
        return self.backward() if many > _FEW * few else self.forward()

    def forward(self) -> tuple[Whole, Whole]:
        """Search from each origin."""
        network = self.network
        patterns = _laid_out(network.patterns, -network.window_s[0])
        return self._matrix(patterns, network.links, self.access, self.egress, self.direct)

    def arriving(self) -> tuple[Whole, Whole]:
        """Search back from each destination, for an arrival at each minute of the window."""
        network = self.network
        last = network.window_s[0] + int(self.starts[-1])
        travel, within = self._matrix(
            _laid_out(network.arriving, last),
            network.turned_links,
            self.egress,
            self.access,
            turned(self.direct, self.shape[1]),
        )
        return np.ascontiguousarray(travel.transpose(1, 0, 2)), np.ascontiguousarray(within.T)

    def backward(self) -> tuple[Whole, Whole]:
        """Search back from every possible arrival at each destination."""
        travel = np.empty((*self.shape, len(self.ranks)), dtype=np.uint16)
        within = np.empty(self.shape, dtype=np.uint16)

        def fill(target: int) -> None:
            self._to(target, travel[:, target], within[:, target])

        in_threads(fill, range(self.shape[1]))
        return travel, within

    def _matrix(
        self,
        patterns: tuple[npt.NDArray[Any], ...],
        links: Links,
        access: Links,
        egress: Links,
        direct: Links,
    ) -> tuple[Whole, Whole]:
        network = self.network
        rows, columns = len(access.first) - 1, len(egress.first) - 1
        travel = np.empty((rows, columns, len(self.ranks)), dtype=np.uint16)
        within = np.empty((rows, columns), dtype=np.uint16)

        def fill(block: slice) -> None:
            matrix(
                np.arange(block.start, block.stop, dtype=np.int32),
                self.starts,
                np.int64(network.limit_s),
                self.ranks,
                self.whole,
                _NEVER,
                self.rides,
                len(network.patterns.stops),
                *patterns,
                network.change_s,
                *links,
                *access,
                *egress,
                *direct,
                travel[block],
                within[block],
            )

        begins = range(0, rows, _BLOCK)
        in_threads(fill, [slice(begin, min(begin + _BLOCK, rows)) for begin in begins])
        return travel, within

    def _to(self, target: int, travel: Whole, within: Whole) -> None:
        """Fill the travel times of every origin to one destination."""
        network, patterns = self.network, self.network.patterns
        horizon = network.departures * MINUTE_S + network.limit_s
        stops = len(patterns.stops)
        held = slice(self.egress.first[target], self.egress.first[target + 1])
        ways = (self.egress.stop[held], self.egress.walk_s[held])
        start = network.window_s[0]
        deadlines = deadlines_at(
            *ways,
            stops,
            patterns.stop,
            patterns.alights,
            patterns.first_time,
            patterns.arrival_s - np.int32(start),
            horizon,
        )
        longest = int(self.access.walk_s.max(initial=0))
        minutes = network.departures + longest // MINUTE_S + 1
        # Only the stops people walk to are read.
        read, slot = np.unique(self.access.stop, return_inverse=True)
        slot_of = np.full(stops, -1, dtype=np.int32)
        slot_of[read] = np.arange(len(read), dtype=np.int32)
        table = np.empty((len(read), MINUTE_S, minutes), dtype=np.int32)
        fill_arrivals(
            table,
            slot_of,
            deadlines,
            horizon,
            _DEADLINES,
            *ways,
            _NEVER,
            self.rides,
            *_laid_out(network.turned, start + horizon),
            network.change_s,
            *network.turned_links,
        )
        direct = np.full(self.shape[0], -1, dtype=np.int32)
        walks = np.flatnonzero(self.direct.stop == target)
        origin = np.searchsorted(self.direct.first, walks, side="right") - 1
        direct[origin] = self.direct.walk_s[walks]
        read_arrivals(
            np.arange(self.shape[0], dtype=np.int32),
            self.starts,
            np.int64(network.limit_s),
            self.ranks,
            self.whole,
            _NEVER,
            table,
            self.access.first,
            slot.astype(np.int32),
            self.access.walk_s,
            direct,
            travel,
            within,
        )
