"""Patterns: runs that call at the same stops in the same order and never overtake one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renewal_gis.access.network import Ints
from renewal_gis.access.timetables import Runs

__all__ = ["Patterns", "mirrored", "patterns_of"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Patterns:
    """The runs of a day as the searches read them.

    Attributes
    ----------
    stops
        Positions in the schedule of the stops that are called at; the searches number them 0, 1….
    first_stop
        The stops of pattern `p` stand at `first_stop[p]:first_stop[p + 1]` of `stop`, `boards`,
        `alights`.
    stop, boards, alights
        Stop (numbered as in `stops`) of each place of a pattern; whether riders board and alight there.
    first_time
        The times of the place `i` of a pattern of `n` runs stand at `first_time[i]:first_time[i] + n` of
        `ready_s` and `arrival_s`; shape (places + 1,).
    ready_s
        Latest second at which a rider must stand at the stop to board each run: its departure, less
        the boarding slack.
    arrival_s
        Arrival of each run.
    run
        Number of each run of a pattern among the day's runs, in the layout of its first place;
        `first_run[p]` is where those of pattern `p` start.
    first_run
        Shape (patterns + 1,).
    """

    stops: Ints
    first_stop: Ints
    stop: Ints
    boards: Flags
    alights: Flags
    first_time: Ints
    ready_s: Ints
    arrival_s: Ints
    run: Ints
    first_run: Ints

    def __len__(self) -> int:
        return len(self.first_stop) - 1


def patterns_of(runs: Runs, stops: Ints, *, slack_s: int = 0) -> Patterns:
    """Group runs into patterns, in each of which a run that leaves sooner is never overtaken.

    Parameters
    ----------
    runs
        The runs of a day.
    stops
        Positions of the stops the searches know, ascending: every one the runs call at, at least.
    slack_s
        Seconds a rider must be at the stop before the departure.

    Examples
    --------
    Two runs of one line: to board them, one stands at the stop a minute before.

    >>> from renewal_gis.access.timetables import runs_between
    >>> runs = runs_between(bus, tuesday, from_s=7 * 3600, to_s=9 * 3600)
    >>> held = patterns_of(runs, np.array([0, 1, 2]), slack_s=60)
    >>> len(held), held.stop.tolist(), held.ready_s[:2].tolist()
    (1, [0, 1, 2], [25740, 31140])
    """
    local = np.searchsorted(stops, runs.stop).astype(np.int32)
    groups: dict[bytes, list[int]] = {}
    how = (runs.boards.astype(np.int8) << 1) | runs.alights
    for run in range(len(runs)):
        calls = slice(runs.first_call[run], runs.first_call[run + 1])
        groups.setdefault(local[calls].tobytes() + b"|" + how[calls].tobytes(), []).append(run)
    members = [part for group in groups.values() for part in _in_file(runs, group)]
    ready = runs.departure_s - np.int32(slack_s)
    blocks = [_times(runs, ready, part) for part in members]
    firsts = [slice(runs.first_call[part[0]], runs.first_call[part[0] + 1]) for part in members]
    sizes = np.array([len(part) for part in members], dtype=np.int64)
    places = np.array([part.stop - part.start for part in firsts], dtype=np.int64)
    return Patterns(
        stops=stops.astype(np.int32),
        first_stop=_starts(places),
        stop=_joined([local[part] for part in firsts], np.int32),
        boards=_joined([runs.boards[part] for part in firsts], np.bool_),
        alights=_joined([runs.alights[part] for part in firsts], np.bool_),
        first_time=_starts(np.repeat(sizes, places)),
        ready_s=_joined([block[0] for block in blocks], np.int32),
        arrival_s=_joined([block[1] for block in blocks], np.int32),
        run=_joined([np.array(part) for part in members], np.int32),
        first_run=_starts(sizes),
    )


def mirrored(patterns: Patterns) -> Patterns:
    """Return the patterns with time and direction turned round.

    A search from a destination over the mirrored patterns finds, for each time of arrival, the latest
    second at which one must stand ready at each stop.

    Examples
    --------
    >>> mirrored(network.patterns).stop.tolist()
    [2, 1, 0]
    """
    places = np.arange(len(patterns.stop))
    sizes = np.diff(patterns.first_stop)
    of_pattern = np.repeat(np.arange(len(patterns)), sizes)
    turned = patterns.first_stop[of_pattern] + patterns.first_stop[of_pattern + 1] - 1 - places
    number = np.diff(patterns.first_time)
    first_time = _starts(number[turned])
    place_of_time = np.repeat(places, number[turned])
    rank = np.arange(len(patterns.ready_s)) - first_time[place_of_time]
    taken = patterns.first_time[turned][place_of_time] + number[turned][place_of_time] - 1 - rank
    count = np.diff(patterns.first_run)
    pattern_of_run = np.repeat(np.arange(len(patterns)), count)
    run = (
        patterns.first_run[pattern_of_run]
        + patterns.first_run[pattern_of_run + 1]
        - 1
        - np.arange(len(patterns.run))
    )
    return Patterns(
        stops=patterns.stops,
        first_stop=patterns.first_stop,
        stop=patterns.stop[turned],
        boards=patterns.alights[turned],
        alights=patterns.boards[turned],
        first_time=first_time,
        ready_s=-patterns.arrival_s[taken],
        arrival_s=-patterns.ready_s[taken],
        run=patterns.run[run],
        first_run=patterns.first_run,
    )


def _in_file(runs: Runs, group: list[int]) -> list[list[int]]:
    """Sort runs of the same stops by time, those that overtake in a file of their own."""
    first = runs.first_call[group]
    length = int(runs.first_call[group[0] + 1] - first[0])
    calls = first[:, None] + np.arange(length)
    arrival, departure = runs.arrival_s[calls], runs.departure_s[calls]
    order = np.lexsort((arrival[:, -1], departure[:, 0]))
    files: list[list[int]] = []
    for place in order.tolist():
        for held in files:
            last = held[-1]
            if (arrival[last] <= arrival[place]).all() and (
                departure[last] <= departure[place]
            ).all():
                held.append(place)
                break
        else:
            files.append([place])
    return [[group[place] for place in held] for held in files]


def _times(runs: Runs, ready: Ints, members: list[int]) -> tuple[Ints, Ints]:
    """Return the times of a pattern place by place: all runs at the first stop, then at the second…"""
    first = runs.first_call[members]
    length = int(runs.first_call[members[0] + 1] - first[0])
    calls = (first[None, :] + np.arange(length)[:, None]).ravel()
    return ready[calls], runs.arrival_s[calls]


def _starts(sizes: npt.NDArray[np.int64]) -> Ints:
    starts = np.zeros(len(sizes) + 1, dtype=np.int32)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(parts).astype(kind) if parts else np.empty(0, dtype=kind)
