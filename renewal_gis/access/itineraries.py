"""One journey, leg by leg, and told in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.joining import Joined
from renewal_gis.access.links import Links, direct_links, place_links
from renewal_gis.access.transit_networks import TransitNetwork
from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import clock_seconds

__all__ = ["Itinerary", "Leg", "itinerary"]

Longs = npt.NDArray[np.int64]

_FAR = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A part of a journey, on foot or in one vehicle.

    Attributes
    ----------
    kind
        `walk` or `ride`.
    start_s, end_s
        Seconds after noon minus twelve hours of the date.
    wait_s
        Seconds between the leg before and the departure of this one; a walk is never waited for.
    origin, destination
        Names of the stops; empty at the ends of the journey.
    line, mode, headsign
        Of a ride.
    stops
        Stops the vehicle passes up to the last, that one included.
    """

    kind: Literal["walk", "ride"]
    start_s: int
    end_s: int
    wait_s: int = 0
    origin: str = ""
    destination: str = ""
    line: str = ""
    mode: str = ""
    headsign: str = ""
    stops: int = 0


@dataclass(frozen=True, kw_only=True)
class Itinerary:
    """The earliest arrival of one departure, with the fewest rides that reach it.

    Attributes
    ----------
    start_s, end_s
        Seconds after noon minus twelve hours of the date.
    legs
        In order; a journey all on foot is one.
    """

    start_s: int
    end_s: int
    legs: tuple[Leg, ...]

    @property
    def minutes(self) -> float:
        """Travel time, from the departure to the arrival."""
        return (self.end_s - self.start_s) / 60

    @property
    def transfers(self) -> int:
        """Vehicles boarded, less one; 0 on foot."""
        return max(sum(leg.kind == "ride" for leg in self.legs) - 1, 0)


class _Round(NamedTuple):
    """Arrivals by so many rides, with the run and the places in its pattern that made each."""

    ready: Longs  # when riders may board at each stop
    walked_from: Longs  # the stop they walked from
    arrival: Longs
    pattern: Longs
    run: Longs
    boarded: Longs
    alighted: Longs


def itinerary(
    origin: Joined,
    destination: Joined,
    network: TransitNetwork,
    *,
    depart: str | None = None,
) -> Itinerary | None:
    """Return the journey that arrives first when one leaves at a given time.

    Parameters
    ----------
    origin, destination
        One place each, joined to the network's streets.
    network
        Timetable and streets, from `transit_network`.
    depart
        Time on the clock of the date, such as `07:30`, within the window; its first minute by default.

    Returns
    -------
    Itinerary
        None when nothing arrives within the longest journey.

    Raises
    ------
    DataError
        When a place is not joined to the streets.
    UsageError
        When there is not one place on each side, or the time cannot be read or is outside the window.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> journey = itinerary(home, work, network, depart="07:05")
    >>> journey.minutes, journey.transfers, [leg.kind for leg in journey.legs]
    (17.0, 0, ['walk', 'ride', 'walk'])
    """
    for name, place in (("origin", origin), ("destination", destination)):
        if len(place.index) != 1:
            raise UsageError(f"An itinerary has one {name}, got {len(place.index)}.")
        if not place.reached[0]:
            raise DataError(
                f"{place.index[0]!r} is too far from any street to start from or reach."
            )
    start = _start_s(network, depart)
    streets, rules = network.streets, network.rules
    access = place_links(origin, network.doors, streets, rules, leaving=True)
    egress = place_links(destination, network.doors, streets, rules, leaving=False)
    direct = direct_links(origin, destination, streets, rules).walk_s
    best = start + int(direct[0]) if len(direct) else _FAR
    rounds = _rounds(network, access, start)
    held: tuple[int, int] | None = None
    for number, one in enumerate(rounds):
        arrivals = one.arrival[egress.stop] + egress.walk_s
        if len(arrivals) and arrivals.min() < best:
            best, held = int(arrivals.min()), (number, int(egress.stop[arrivals.argmin()]))
    if best > start + network.limit_s:
        return None
    if held is None:
        legs: tuple[Leg, ...] = (Leg(kind="walk", start_s=start, end_s=best),)
    else:
        legs = _legs(network, rounds, *held, start, best)
    return Itinerary(start_s=start, end_s=best, legs=legs)


def _start_s(network: TransitNetwork, depart: str | None) -> int:
    first, last = network.window_s
    if depart is None:
        return first
    told = clock_seconds(depart)
    if told is None:
        raise UsageError(f"depart must be a time such as 07:30, got {depart!r}.")
    second = network.schedule.clock_s(network.date, told)
    if not first <= second < last:
        raise UsageError(f"depart must lie in the window of departures, got {depart!r}.")
    return second


def _rounds(network: TransitNetwork, access: Links, start: int) -> list[_Round]:
    stops = len(network.patterns.stops)
    ready, walked_from = np.full(stops, _FAR, dtype=np.int64), np.full(stops, -1, dtype=np.int64)
    np.minimum.at(ready, access.stop, start + access.walk_s)
    rounds: list[_Round] = []
    for _ in range(network.rules.max_rides):
        held = _ridden(network, ready, walked_from)
        rounds.append(held)
        if (held.arrival == _FAR).all():
            break
        ready, walked_from = _walked(network, held.arrival)
    return rounds


def _ridden(network: TransitNetwork, ready: Longs, walked_from: Longs) -> _Round:
    """Ride every pattern once, on the first run that can be boarded."""
    patterns = network.patterns
    stops = len(patterns.stops)
    held = _Round(ready, walked_from, *(np.full(stops, -1, dtype=np.int64) for _ in range(5)))
    held.arrival[:] = _FAR
    for pattern in range(len(patterns)):
        runs = int(patterns.first_run[pattern + 1] - patterns.first_run[pattern])
        current, boarded = runs, -1
        for place in range(patterns.first_stop[pattern], patterns.first_stop[pattern + 1]):
            stop, begin = int(patterns.stop[place]), int(patterns.first_time[place])
            if current < runs and patterns.alights[place]:
                arrival = int(patterns.arrival_s[begin + current])
                if arrival < held.arrival[stop]:
                    held.arrival[stop] = arrival
                    for array, value in zip(
                        held[3:], (pattern, current, boarded, place), strict=True
                    ):
                        array[stop] = value
            if patterns.boards[place] and ready[stop] < _FAR:
                times = patterns.ready_s[begin : begin + runs]
                first = int(np.searchsorted(times, ready[stop]))
                if first < current:
                    current, boarded = first, place
    return held


def _walked(network: TransitNetwork, arrival: Longs) -> tuple[Longs, Longs]:
    """Walk from where riders alighted to where they may board next."""
    stops = len(arrival)
    ready = np.where(network.change_s >= 0, arrival + network.change_s, _FAR)
    walked_from = np.arange(stops, dtype=np.int64)
    tail = np.repeat(walked_from, np.diff(network.links.first))
    reached = arrival[tail] + network.links.walk_s
    # The first of the links that arrive soonest, so that a tie falls the same way everywhere.
    order = np.lexsort((tail, reached, network.links.stop))
    stop, first = np.unique(network.links.stop[order], return_index=True)
    link = order[first]
    sooner = reached[link] < ready[stop]
    ready[stop[sooner]] = reached[link][sooner]
    walked_from[stop[sooner]] = tail[link][sooner]
    return np.minimum(ready, _FAR).astype(np.int64), walked_from


def _legs(
    network: TransitNetwork, rounds: list[_Round], number: int, stop: int, start: int, end: int
) -> tuple[Leg, ...]:
    """Follow a journey back from its last stop."""
    legs: list[Leg] = []
    arrival = int(rounds[number].arrival[stop])
    names = network.schedule.stops["name"].astype(str).to_numpy()[network.patterns.stops]
    if end > arrival:
        legs.append(Leg(kind="walk", start_s=arrival, end_s=end, origin=names[stop]))
    while True:
        one = rounds[number]
        pattern, run = int(one.pattern[stop]), int(one.run[stop])
        boarded, alighted = int(one.boarded[stop]), int(one.alighted[stop])
        at = int(network.patterns.stop[boarded])
        ready = int(one.ready[at])
        legs.append(_ride(network, pattern, run, boarded, alighted, ready, names))
        if number == 0:
            if ready > start:
                legs.append(Leg(kind="walk", start_s=start, end_s=ready, destination=names[at]))
            return tuple(reversed(legs))
        stop, number = int(one.walked_from[at]), number - 1
        arrived = int(rounds[number].arrival[stop])
        if stop != at:
            legs.append(
                Leg(
                    kind="walk", start_s=arrived, end_s=ready,
                    origin=names[stop], destination=names[at],
                )
            )  # fmt: skip


def _ride(
    network: TransitNetwork,
    pattern: int,
    run: int,
    boarded: int,
    alighted: int,
    ready: int,
    names: npt.NDArray[Any],
) -> Leg:
    held, runs = network.patterns, network.runs
    number = int(held.run[held.first_run[pattern] + run])
    first = int(runs.first_call[number]) - int(held.first_stop[pattern])
    trip = network.schedule.trips.iloc[int(runs.trip[first + boarded])]
    departure = int(runs.departure_s[first + boarded])
    return Leg(
        kind="ride",
        start_s=departure,
        end_s=int(runs.arrival_s[first + alighted]),
        wait_s=departure - ready,
        origin=names[held.stop[boarded]],
        destination=names[held.stop[alighted]],
        line=_text(trip["line"]),
        mode=_text(trip["mode"]),
        headsign=_text(trip["headsign"]),
        stops=alighted - boarded,
    )


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)
