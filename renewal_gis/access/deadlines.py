"""The compiled search from a destination backwards: exact for many origins and few destinations.

A destination sees a finite number of arrivals. For each of them, taken as a deadline, a search over the
mirrored timetable gives the latest second at which one must stand ready at each stop; read the other
way, the arrival of whoever stands there at a given second. Those arrivals are laid out by second of
the minute, so that the departures of an origin, a minute apart, read them side by side.
"""

from __future__ import annotations

import numpy as np

from renewal_gis.access.arriving import percentiles
from renewal_gis.access.heap import compiled
from renewal_gis.access.riding import lower, search

__all__ = ["deadlines_at", "fill_arrivals", "read_arrivals"]

_MISSING = np.uint16(65_535)


@compiled
def deadlines_at(  # type: ignore[no-untyped-def]
    stops, walks, places, stop, alights, first_time, arrival_s, last_s
):
    """Return every second at which someone can arrive at a destination `walks` from the stops `stops`."""
    walk = np.full(places, -1, dtype=np.int64)
    for link in range(len(stops)):
        walk[stops[link]] = walks[link]
    seen = np.zeros(last_s + 1, dtype=np.bool_)
    for place in range(len(stop)):
        more = walk[stop[place]]
        if more < 0 or not alights[place]:
            continue
        for time in range(first_time[place], first_time[place + 1]):
            second = arrival_s[time] + more
            if 0 <= second <= last_s:
                seen[second] = True
    return np.flatnonzero(seen).astype(np.int32)


@compiled
def fill_arrivals(  # type: ignore[no-untyped-def]
    table, slot_of, deadlines, horizon_s, width, stops, walks, never, rides,
    first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
    change_s, first_link, link_stop, link_s,
):  # fmt: skip
    """Fill `table[slot, second of the minute, minute]` with the arrival of whoever stands there then.

    `slot_of` tells the slot of each stop, negative for those that nobody asks for.

    The patterns and links are mirrored: their times run back from `horizon_s`. Deadlines ascend, and are
    searched for `width` at a time.
    """
    minutes = table.shape[2]
    places = len(slot_of)
    table[:] = never
    filled = np.full(places, -1, dtype=np.int64)  # the last second that is known at each stop
    longest = 1
    for pattern in range(len(first_run) - 1):
        longest = max(longest, first_run[pattern + 1] - first_run[pattern])
    aboard = np.empty(longest, dtype=np.int32)
    fresh = np.empty(places, dtype=np.bool_)
    moved = np.empty(places, dtype=np.bool_)
    reached = np.empty(places, dtype=np.bool_)
    for begin in range(0, len(deadlines), width):
        part = deadlines[begin : begin + width]
        starts = (horizon_s - part[::-1]).astype(np.int32)
        ready = np.empty((places, len(part)), dtype=np.int32)
        ridden = np.empty((places, len(part)), dtype=np.int32)
        search(
            starts, stops, walks, ready, ridden, fresh, moved, reached, aboard, rides, never,
            first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
            change_s, first_link, link_stop, link_s,
        )  # fmt: skip
        for here in range(places):
            slot = slot_of[here]
            if slot < 0 or not reached[here]:
                continue
            for place in range(len(part) - 1, -1, -1):
                if ridden[here, place] >= never:
                    continue
                latest = min(horizon_s - ridden[here, place], minutes * 60 - 1)
                deadline = part[len(part) - 1 - place]
                for second in range(filled[here] + 1, latest + 1):
                    table[slot, second % 60, second // 60] = deadline
                filled[here] = max(filled[here], latest)


@compiled
def read_arrivals(  # type: ignore[no-untyped-def]
    origins, starts, limit_s, ranks, whole, never, table, access_first, access_stop, access_s,
    direct_s, travel, within,
):  # fmt: skip
    """Fill the travel times of some origins to one destination; `starts` are a minute apart from 0.

    `direct_s` is the walk all the way from each origin, negative when too far.
    """
    row = np.empty(len(starts), dtype=np.int32)
    count = np.zeros(limit_s // 60 + 1, dtype=np.int32)
    found = np.empty(len(ranks), dtype=np.int32)
    for number in range(len(origins)):
        origin = origins[number]
        direct = direct_s[origin]
        for place in range(len(row)):
            row[place] = starts[place] + direct if direct >= 0 else never
        for link in range(access_first[origin], access_first[origin + 1]):
            walk = access_s[link]
            held = table[access_stop[link], walk % 60]
            lower(row, held[walk // 60 :], np.int32(0))
        within[number] = percentiles(row, starts, limit_s, ranks, whole, count, found)
        for rank in range(len(ranks)):
            travel[number, rank] = found[rank] if found[rank] >= 0 else _MISSING
