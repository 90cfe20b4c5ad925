"""The compiled inner loops of a search over a timetable: every departure minute in one pass.

A row holds, for one stop, the earliest arrival of each departure, in order. A later departure never
arrives sooner, so what a run carries is one number: the latest departure that can be aboard. Boarding
raises it, alighting writes the arrivals between it and that of the run before. Rows are short and
stand together, so walks between stops are a few vector instructions each.
"""

from __future__ import annotations

import numpy as np

from renewal_gis.access.heap import compiled

__all__ = ["lower", "ride", "search", "walk_on"]


@compiled
def lower(row, other, walk):  # type: ignore[no-untyped-def]
    """Lower a row to another one plus a walk; return whether anything changed."""
    changed = False
    for place in range(len(row)):
        held = row[place]
        # Numba adds 32-bit numbers in 64 bits; half as many fit in a vector then.
        reached = min(held, np.int32(other[place] + walk))
        row[place] = reached
        changed |= reached != held
    return changed


@compiled
def ride(  # type: ignore[no-untyped-def]
    ready, ridden, fresh, moved, aboard,
    first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
):  # fmt: skip
    """Ride every pattern once: board where `ready` has changed, write what arrives into `ridden`."""
    last = ready.shape[1] - 1
    for pattern in range(len(first_stop) - 1):
        start, stop_at = first_stop[pattern], first_stop[pattern + 1]
        while start < stop_at and not (boards[start] and fresh[stop[start]]):
            start += 1
        if start == stop_at:
            continue
        runs = first_run[pattern + 1] - first_run[pattern]
        aboard[:runs] = -1
        low, high = runs, runs  # runs that carry someone; runs after the last one worth following
        for place in range(start, stop_at):
            times = first_time[place]
            here = stop[place]
            if low < high and alights[place]:
                row = ridden[here]
                before = -1
                for run in range(low, high):
                    departure = aboard[run]
                    if departure > before:
                        arrival = arrival_s[times + run]
                        if row[departure] > arrival:
                            moved[here] = True
                            other = departure
                            while other > before and row[other] > arrival:
                                row[other] = arrival
                                other -= 1
                        before = departure
            if boards[place] and fresh[here]:
                row = ready[here]
                best = -1
                for run in range(high):
                    held = max(aboard[run], best)
                    if held < last and row[held + 1] <= ready_s[times + run]:
                        held += 1
                        while held < last and row[held + 1] <= ready_s[times + run]:
                            held += 1
                        best = held
                    if held > aboard[run]:
                        aboard[run] = held
                        low = min(low, run)
                while high - 1 > low and aboard[high - 2] == last:
                    high -= 1


@compiled
def walk_on(  # type: ignore[no-untyped-def]
    ready, ridden, fresh, moved, change_s, first_link, link_stop, link_s
):
    """Walk from the stops where someone alighted to those where they may board."""
    fresh[:] = False
    for here in range(len(moved)):
        if not moved[here]:
            continue
        row = ridden[here]
        if change_s[here] >= 0 and lower(ready[here], row, change_s[here]):
            fresh[here] = True
        for link in range(first_link[here], first_link[here + 1]):
            there = link_stop[link]
            if lower(ready[there], row, link_s[link]):
                fresh[there] = True


@compiled
def search(  # type: ignore[no-untyped-def]
    starts, stops, walks, ready, ridden, fresh, moved, reached, aboard, rides, never,
    first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
    change_s, first_link, link_stop, link_s,
):  # fmt: skip
    """Ride and walk from an origin, `rides` times at most; `ridden` holds what arrives at each stop.

    The origin stands `walks` seconds from the stops `stops`. Returns how many rides were made.
    """
    ready[:] = never
    ridden[:] = never
    fresh[:] = False
    reached[:] = False
    for link in range(len(stops)):
        if lower(ready[stops[link]], starts, walks[link]):
            fresh[stops[link]] = True
    for number in range(rides):
        moved[:] = False
        ride(
            ready, ridden, fresh, moved, aboard,
            first_stop, stop, boards, alights, first_time, ready_s, arrival_s, first_run,
        )  # fmt: skip
        any_moved = False
        for here in range(len(moved)):
            any_moved |= moved[here]
            reached[here] |= moved[here]
        if not any_moved:
            return number
        if number + 1 < rides:
            walk_on(ready, ridden, fresh, moved, change_s, first_link, link_stop, link_s)
    return rides
