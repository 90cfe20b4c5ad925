"""Which way each trip of a line runs, told from the order of its stations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.network import Ints
from renewal_gis.schema import Schedule

__all__ = ["line_directions"]


def line_directions(schedule: Schedule) -> Ints:
    """Return the number of the line and direction of each trip; shape (trips,).

    Two trips of one route run in the same direction when they pass the stations they share in the same
    order. Trips that share fewer than two stations, or pass them in no order, are directions of their
    own: where the two sides of a road are two stops of no station, this is what parts them.

    Parameters
    ----------
    schedule
        Every trip of the timetables. All of them are read, whatever the day, so that a direction
        keeps its number from one day to the next.

    Returns
    -------
    array of int32
        Numbers from 0 on, in the order of the first trip of each; a number stands for one route
        (`trips["route"]`) in one direction.

    Notes
    -----
    The longest pattern of a route is placed first, then each other one by the first placed pattern
    that can tell. A schedule holds no direction_id, which many timetables lack or fill at random.
    """
    patterns, held = _patterns(schedule)
    side = np.full(len(held), -1, dtype=np.int64)
    of_route: dict[int, list[int]] = {}
    for number, (route, _) in enumerate(held):
        of_route.setdefault(route, []).append(number)
    used = 0
    for members in of_route.values():
        members.sort(key=lambda number: (-len(held[number][1]), tuple(held[number][1])))
        used = _place([held[number][1] for number in members], members, side, used)
    codes, _ = pd.factorize(side[patterns])
    return np.asarray(codes, dtype=np.int32)


def _patterns(
    schedule: Schedule,
) -> tuple[npt.NDArray[np.int64], list[tuple[int, Ints]]]:
    """Return the pattern of each trip, and the route and stations of each pattern."""
    station = schedule.stops["station"].to_numpy(dtype=np.int32)[schedule.stop]
    routes, _ = pd.factorize(schedule.trips["route"].astype(object), use_na_sentinel=False)
    first = schedule.first_call.tolist()
    number: dict[tuple[int, bytes], int] = {}
    held: list[tuple[int, Ints]] = []
    of_trip = np.empty(len(routes), dtype=np.int64)
    # One look-up a trip: bytes compare exactly, where a hash of the stations could collide.
    for trip, route in enumerate(routes.tolist()):
        calls = station[first[trip] : first[trip + 1]]
        key = (route, calls.tobytes())
        if key not in number:
            number[key] = len(held)
            held.append((route, calls))
        of_trip[trip] = number[key]
    return of_trip, held


def _place(
    stations: Sequence[Ints], members: Sequence[int], side: npt.NDArray[np.int64], used: int
) -> int:
    """Give each pattern of a route its side, an even number and the odd one after it being opposite."""
    placed: list[tuple[dict[int, int], int]] = []
    for calls, member in zip(stations, members, strict=True):
        rank: dict[int, int] = {}
        for place, one in enumerate(calls.tolist()):
            rank.setdefault(one, place)
        for other, known in placed:
            order = _agreement(rank, other)
            if order:
                side[member] = known if order > 0 else known ^ 1
                break
        else:
            side[member] = used
            used += 2
        placed.append((rank, int(side[member])))
    return used


def _agreement(rank: dict[int, int], other: dict[int, int]) -> int:
    """Count the steps between shared stations that go forward in both, less those that go back."""
    met = [other[one] for one in rank if one in other]
    return sum((b > a) - (b < a) for a, b in pairwise(met))
