"""The compiled end of a search over a timetable: what arrives at each destination, and when."""

from __future__ import annotations

import numpy as np

from renewal_gis.access.heap import compiled
from renewal_gis.access.riding import lower, search

__all__ = ["arrivals", "fastest", "matrix", "percentiles"]

_MISSING = np.uint16(65_535)


@compiled
def fastest(ridden, reached, starts, never, fast):  # type: ignore[no-untyped-def]
    """Write into `fast` the shortest travel time to each stop, of all departures; `never` where none."""
    for here in range(len(reached)):
        best = never
        if reached[here]:
            row = ridden[here]
            for place in range(len(starts)):
                best = min(best, np.int32(row[place] - starts[place]))
        fast[here] = best


@compiled
def arrivals(row, starts, direct, limit_s, ridden, fast, stops, walks, never):  # type: ignore[no-untyped-def]
    """Write into `row` the earliest arrival of each departure at one destination.

    `direct` is the walk all the way, negative when too far; the destination stands `walks` seconds from
    the stops `stops`, the nearest first. Arrivals beyond the longest journey may be left as they are:
    a stop whose fastest ride would be slower than every journey known is passed over.
    """
    for place in range(len(row)):
        row[place] = np.int32(starts[place] + direct) if direct >= 0 else never
    beyond = np.int32(limit_s + 1)
    worst = min(np.int32(direct), beyond) if direct >= 0 else beyond
    for link in range(len(stops)):
        here = stops[link]
        if fast[here] + walks[link] < worst and lower(row, ridden[here], walks[link]):
            longest = np.int32(0)
            for place in range(len(row)):
                longest = max(longest, np.int32(row[place] - starts[place]))
            worst = min(longest, beyond)


@compiled
def percentiles(row, starts, limit_s, ranks, whole, count, found):  # type: ignore[no-untyped-def]
    """Write the travel times of the given ranks among all departures; return how many arrive in time.

    `ranks` ascend from 0; a rank beyond the departures that arrive gives -1. Times are counted by the
    minute, then chosen within the minute of the rank, unless `whole` minutes will do. `count` must be
    zeros, and is left so; `row` holds arrivals, and is left with travel times.
    """
    # 32-bit numbers and loops without branches: several departures fit in one instruction.
    for place in range(len(row)):
        row[place] = np.int32(row[place] - starts[place])
    low, high = len(count), -1
    within = 0
    for travel in row:
        if 0 <= travel <= limit_s:
            minute = int(np.int64(np.uint32(travel) // np.uint32(60)))
            count[minute] += 1
            low = min(low, minute)
            high = max(high, minute)
            within += 1
    before = 0
    minute = low
    for number_of in range(len(ranks)):
        rank = ranks[number_of]
        if rank >= within:
            found[number_of] = -1
            continue
        while before + count[minute] <= rank:
            before += count[minute]
            minute += 1
        second = minute * 60
        found[number_of] = second if whole else _within_minute(row, minute, rank - before)
    for minute in range(low, high + 1):
        count[minute] = 0
    return within


@compiled
def _within_minute(row, minute, rank):  # type: ignore[no-untyped-def]
    """Return the travel time of a rank among those of one minute: their seconds are few."""
    second = np.int32(minute * 60)
    while True:
        end = np.int32(second + 60)
        later = end
        number = np.int32(0)
        for place in range(len(row)):
            number = np.int32(number + np.int32(row[place] == second))
        for place in range(len(row)):
            later = min(later, row[place] if row[place] > second else end)
        if rank < number:
            return second
        rank -= number
        second = later


@compiled
def matrix(  # type: ignore[no-untyped-def]
    origins, starts, limit_s, ranks, whole, never, rides, places,
    first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
    change_s, first_link, link_stop, link_s,
    access_first, access_stop, access_s, egress_first, egress_stop, egress_s,
    direct_first, direct_place, direct_s,
    travel, within,
):  # fmt: skip
    """Fill the travel times of some origins: `travel` seconds by rank, `within` departures in time.

    Rows are the origins listed; `never` arrives nowhere; `places` is how many stops there are.
    """
    width = len(starts)
    ready = np.empty((places, width), dtype=starts.dtype)
    ridden = np.empty((places, width), dtype=starts.dtype)
    fresh = np.empty(places, dtype=np.bool_)
    moved = np.empty(places, dtype=np.bool_)
    reached = np.empty(places, dtype=np.bool_)
    fast = np.empty(places, dtype=np.int32)
    longest = 1
    for pattern in range(len(first_run) - 1):
        longest = max(longest, first_run[pattern + 1] - first_run[pattern])
    aboard = np.empty(longest, dtype=np.int32)
    row = np.empty(width, dtype=starts.dtype)
    count = np.zeros(limit_s // 60 + 1, dtype=np.int32)
    found = np.empty(len(ranks), dtype=np.int32)
    for number in range(len(origins)):
        origin = origins[number]
        here = slice(access_first[origin], access_first[origin + 1])
        search(
            starts, access_stop[here], access_s[here],
            ready, ridden, fresh, moved, reached, aboard, rides, never,
            first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
            change_s, first_link, link_stop, link_s,
        )  # fmt: skip
        fastest(ridden, reached, starts, never, fast)
        walk = direct_first[origin]
        for place in range(travel.shape[1]):
            direct = np.int32(-1)
            if walk < direct_first[origin + 1] and direct_place[walk] == place:
                direct = direct_s[walk]
                walk += 1
            there = slice(egress_first[place], egress_first[place + 1])
            arrivals(
                row,
                starts,
                direct,
                limit_s,
                ridden,
                fast,
                egress_stop[there],
                egress_s[there],
                never,
            )
            within[number, place] = percentiles(row, starts, limit_s, ranks, whole, count, found)
            for rank in range(len(ranks)):
                travel[number, place, rank] = found[rank] if found[rank] >= 0 else _MISSING
