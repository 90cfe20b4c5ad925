"""The tiny search that judges transit: every run, every call, one departure at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import numpy as np

from renewal_gis.schema import BOARDING, Schedule

FAR = float("inf")
DAY_S = 86_400


def calls_of_day(schedule: Schedule, date: datetime.date) -> list[list[tuple]]:
    """Return each run around a date as (stop, arrival, departure, boards, alights), no change of clock."""
    runs = []
    for ahead in (-1, 0, 1):
        running = schedule.running(date + datetime.timedelta(days=ahead))
        blocks: dict[tuple, list[list[tuple]]] = {}
        for trip in range(len(schedule.trips)):
            row = schedule.trips.iloc[trip]
            if not running[row["service"]] or row["on_demand"]:
                continue
            part = slice(schedule.first_call[trip], schedule.first_call[trip + 1])
            calls = [
                (
                    int(stop),
                    int(arrival) + ahead * DAY_S,
                    int(departure) + ahead * DAY_S,
                    pickup != BOARDING["none"],
                    drop_off != BOARDING["none"],
                )
                for stop, arrival, departure, pickup, drop_off in zip(
                    schedule.stop[part],
                    schedule.arrival_s[part],
                    schedule.departure_s[part],
                    schedule.pickup[part],
                    schedule.drop_off[part],
                    strict=True,
                )
            ]
            bands = schedule.headways[schedule.headways["trip"] == trip]
            if len(bands):
                runs += list(_repeats(calls, bands, ahead))
            elif row["block"]:
                blocks.setdefault((row["feed"], row["block"]), []).append(calls)
            else:
                runs.append(calls)
        for held in blocks.values():
            runs += _joined(held, schedule)
    return runs


def _repeats(calls: list[tuple], bands, ahead: int) -> Iterable[list[tuple]]:
    first = calls[0][2] - ahead * DAY_S
    for band in bands.itertuples():
        start = band.start_s
        while start < band.end_s:
            more = start - first
            yield [(stop, a + more, d + more, b, o) for stop, a, d, b, o in calls]
            start += band.headway_s


def _joined(trips: list[list[tuple]], schedule: Schedule) -> list[list[tuple]]:
    """Ride on where the next trip of the block starts at the station where the last one ended."""
    station = schedule.stops["station"].to_numpy()
    runs: list[list[tuple]] = []
    for calls in sorted(trips, key=lambda held: (held[0][2], held[-1][1])):
        last = runs[-1][-1] if runs else None
        if last and station[last[0]] == station[calls[0][0]] and last[1] <= calls[0][2]:
            runs[-1] = runs[-1] + calls
        else:
            runs.append(list(calls))
    return runs


def earliest_arrival(
    runs: list[list[tuple]],
    start: int,
    *,
    access: Mapping[int, int],
    egress: Mapping[int, int],
    direct: float,
    links: Mapping[int, Mapping[int, int]],
    rides: int,
    slack: int,
    change: Mapping[int, int] | None = None,
) -> float:
    """Return the earliest arrival of one departure."""
    ready = {stop: start + walk for stop, walk in access.items()}
    best = start + direct
    for _ in range(rides):
        arrived: dict[int, int] = {}
        for calls in runs:
            aboard = False
            for place, (stop, arrival, departure, boards, alights) in enumerate(calls):
                if aboard and alights and arrival < arrived.get(stop, FAR):
                    arrived[stop] = arrival
                last = place == len(calls) - 1
                if boards and not last and ready.get(stop, FAR) + slack <= departure:
                    aboard = True
        best = min(
            [best, *(arrived[stop] + walk for stop, walk in egress.items() if stop in arrived)]
        )
        ready = {}
        for stop, arrival in arrived.items():
            for other, walk in {stop: (change or {}).get(stop, 0), **links.get(stop, {})}.items():
                ready[other] = min(ready.get(other, FAR), arrival + walk)
    return best


def percentile(times: list[float], share: float) -> float:
    """Return the smallest time that at least `share` percent of the times do not exceed."""
    for time in sorted(times):
        if np.mean(np.array(times) <= time) >= share / 100 - 1e-12:
            return time
    return FAR
