"""One timetable, read whole: its files resolved against one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from renewal_gis.errors import LayerReadError
from renewal_gis.schema.schedule import BOARDING
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_calls import FILE as CALLS_FILE
from renewal_gis.sources.gtfs_calls import Calls, read_calls
from renewal_gis.sources.gtfs_files import LAYER, Feed, opened_feed
from renewal_gis.sources.gtfs_headways import Headways, read_headways
from renewal_gis.sources.gtfs_pathways import read_pathways
from renewal_gis.sources.gtfs_places import Places, read_places
from renewal_gis.sources.gtfs_services import Services, read_services
from renewal_gis.sources.gtfs_transfers import read_transfers
from renewal_gis.sources.gtfs_trips import Lines, Trips, read_lines, read_trips
from renewal_gis.sources.gtfs_zones import read_zone

__all__ = ["Part", "read_part"]

_TRIPS_FILE = "trips.txt"
_NEEDED = ("routes.txt", "trips.txt", CALLS_FILE)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One timetable; places are its own, times on its own clock.

    Attributes
    ----------
    feed
        Its files.
    account
        What happened to its rows.
    places, lines, services, trips, calls, headways
        Its files, resolved.
    on_demand
        Which trips must be ordered; shape (trips,).
    transfers, pathways
        As in `Schedule`.
    zone
        Time zone of its agency; empty when unknown.
    """

    feed: Feed
    account: Account
    places: Places
    lines: Lines
    services: Services
    trips: Trips
    calls: Calls
    headways: Headways
    on_demand: Mask
    transfers: pd.DataFrame
    pathways: pd.DataFrame
    zone: str


def read_part(path: Path, crs: pyproj.CRS) -> Part:
    """Read one timetable.

    Raises
    ------
    LayerReadError
        When it is missing, truncated, unsafe to unpack, or lacks a file or a column.
    CRSError
        When all its stops lie outside the study's area of use.
    """
    feed = opened_feed(path)
    _has_its_files(feed)
    account = Account(feed.name)
    zone = read_zone(feed, account)
    places = read_places(feed, crs, account)
    lines = read_lines(feed, account)
    services = read_services(feed, account)
    trips = read_trips(feed, lines=lines, services=services.names, account=account)
    calls = read_calls(feed, trips=trips, places=places, account=account)
    headways = read_headways(feed, trips=trips, account=account)
    trips, calls, headways = _that_go_somewhere(trips, calls, headways, account)
    _note_odd_trips(trips, calls, places, account)
    return Part(
        feed=feed,
        account=account,
        places=places,
        lines=lines,
        services=services,
        trips=trips,
        calls=calls,
        headways=headways,
        on_demand=_on_demand(trips, calls, lines),
        transfers=read_transfers(feed, places=places, trips=trips, calls=calls, account=account),
        pathways=read_pathways(feed, places=places, account=account),
        zone=zone,
    )


def _has_its_files(feed: Feed) -> None:
    missing = [name for name in _NEEDED if name not in feed.members]
    if not {"calendar.txt", "calendar_dates.txt"} & set(feed.members):
        missing.append("calendar.txt or calendar_dates.txt")
    if missing:
        raise LayerReadError(
            f"{LAYER} ({feed.name}): the timetable has no {', no '.join(missing)}. "
            "Ask the producer for a complete feed."
        )


def _that_go_somewhere(
    trips: Trips, calls: Calls, headways: Headways, account: Account
) -> tuple[Trips, Calls, Headways]:
    """Leave out trips of fewer than two calls, and those whose frequency is unknown."""
    counts = np.bincount(calls.trip, minlength=len(trips.ids))
    bandless = np.zeros(len(counts), dtype=bool)
    bandless[headways.bandless] = True
    faults = (
        ("no-call", counts == 0, "none of its stop times could be kept, or it has none"),
        ("single-stop", counts == 1, "it has one stop only"),
        ("bad-frequency", (counts > 1) & bandless, "every band of its frequency is bad"),
    )
    out = np.zeros(len(counts), dtype=bool)
    for code, mask, reason in faults:
        places = np.flatnonzero(mask)
        names = trips.ids[places]
        account.leave_out(_TRIPS_FILE, code, trips.lines[places], reason, detail=_named(names))
        out |= mask
    if not out.any():
        return trips, calls, headways
    return _without(out, trips, calls, headways, account)


def _named(names: pd.Index) -> Callable[[int], str]:
    return lambda place: f"trip {names[place]}"


def _without(
    out: Mask, trips: Trips, calls: Calls, headways: Headways, account: Account
) -> tuple[Trips, Calls, Headways]:
    reason = "its trip was left out"
    gone = out[calls.trip]
    account.leave_out(CALLS_FILE, "trip-left-out", calls.lines[gone], reason)
    bands = headways.table["trip"].to_numpy()
    lost = out[bands]
    account.leave_out("frequencies.txt", "trip-left-out", headways.lines[lost], reason)
    place = np.cumsum(~out, dtype=np.int32) - 1
    calls = calls.kept(~gone)
    calls = replace(calls, trip=place[calls.trip], flexible=calls.flexible[~out])
    table = headways.table[~lost].reset_index(drop=True)
    table["trip"] = place[table["trip"].to_numpy()]
    headways = Headways(table=table, lines=headways.lines[~lost], bandless=headways.bandless[:0])
    kept = Trips(
        ids=trips.ids[~out],
        line=trips.line[~out],
        service=trips.service[~out],
        headsign=trips.headsign[~out],
        block=trips.block[~out],
        lines=trips.lines[~out],
        left_out=trips.left_out | frozenset(trips.ids[out]),
    )
    return kept, calls, headways


def _note_odd_trips(trips: Trips, calls: Calls, places: Places, account: Account) -> None:
    if len(calls.trip) == 0:
        return
    first = np.searchsorted(calls.trip, np.arange(len(trips.ids)))
    last = np.append(first[1:], len(calls.trip)) - 1
    hours = (calls.arrival_s[last] - calls.departure_s[first]) / 3600
    long = np.flatnonzero(hours > 24)
    account.remark(
        _TRIPS_FILE,
        "long-trip",
        trips.lines[long],
        "it lasts more than a day",
        detail=lambda place: f"trip {trips.ids[long[place]]}, {hours[long[place]]:.1f} h",
    )
    no_stop = np.isin(places.kind, (1, 2, 3))
    if no_stop.any():
        odd = calls.lines[no_stop[calls.stop]]
        reason = "it names a station, an entrance or a path node where a stop is due; it was kept"
        account.remark(CALLS_FILE, "not-a-stop", np.sort(odd), reason)


def _on_demand(trips: Trips, calls: Calls, lines: Lines) -> Mask:
    """Tell trips of lines on demand, those with flexible calls, and those every call of which is ordered."""
    ordered = np.zeros(len(trips.ids), dtype=bool)
    if (calls.pickup >= BOARDING["phone"]).any():
        final = np.append(calls.trip[1:] != calls.trip[:-1], True)
        boards = ~final & (calls.pickup != BOARDING["none"])
        some = boards & (calls.pickup >= BOARDING["phone"])
        plain = boards & (calls.pickup == BOARDING["regular"])
        ordered[calls.trip[some]] = True
        ordered[calls.trip[plain]] = False
    of_line = (lines.modes == "on_demand")[trips.line]
    return np.asarray(ordered | of_line | calls.flexible, dtype=bool)
