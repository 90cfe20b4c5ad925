"""The calls of every trip: `stop_times.txt`, in order, with a time at every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_order import in_order, repeats
from renewal_gis.sources.gtfs_places import Places
from renewal_gis.sources.gtfs_rows import Column, Rows, read_rows
from renewal_gis.sources.gtfs_times import BAD, BLANK, seconds_of, whole_number
from renewal_gis.sources.gtfs_timing import timed_calls
from renewal_gis.sources.gtfs_trips import Trips

__all__ = ["FILE", "Calls", "read_calls"]

FILE = "stop_times.txt"
_COLUMNS = {
    "trip_id": True, "stop_sequence": True, "stop_id": False, "arrival_time": False,
    "departure_time": False, "pickup_type": False, "drop_off_type": False, "location_id": False,
    "location_group_id": False,
}  # fmt: skip

Positions = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Calls:
    """Calls in the order of trips, and along each trip; every array but the last has shape (calls,).

    Attributes
    ----------
    trip, stop
        Places in the trips and in the stops.
    arrival_s, departure_s
        Seconds; never decreasing along a trip.
    pickup, drop_off
        As in `BOARDING`.
    lines
        Line of `stop_times.txt`.
    flexible
        Which trips have calls in an area instead of at a stop; shape (trips,).
    """

    trip: Positions
    stop: Positions
    arrival_s: Positions
    departure_s: Positions
    pickup: npt.NDArray[np.int8]
    drop_off: npt.NDArray[np.int8]
    lines: Positions
    flexible: Mask

    def kept(self, wanted: Mask) -> Calls:
        """Return some of the calls."""
        if wanted.all():
            return self
        return Calls(
            trip=self.trip[wanted],
            stop=self.stop[wanted],
            arrival_s=self.arrival_s[wanted],
            departure_s=self.departure_s[wanted],
            pickup=self.pickup[wanted],
            drop_off=self.drop_off[wanted],
            lines=self.lines[wanted],
            flexible=self.flexible,
        )


@dataclass(kw_only=True, eq=False)
class _Reading:
    """The rows as read, and which of them are out."""

    rows: Rows
    trip: Positions
    stop: Positions
    order: Positions
    arrival_s: Positions
    departure_s: Positions
    flexible: Mask
    out: Mask = field(init=False)

    def __post_init__(self) -> None:
        self.out = np.zeros(len(self.rows), dtype=bool)

    def fresh(self, faulty: Mask) -> npt.NDArray[np.int64]:
        """Return the rows at fault that were not out yet, and put them out."""
        found = np.flatnonzero(faulty & ~self.out) if faulty.any() else np.empty(0, np.int64)
        self.out[found] = True
        return found


def read_calls(feed: Feed, *, trips: Trips, places: Places, account: Account) -> Calls:
    """Read `stop_times.txt`.

    Parameters
    ----------
    feed
        The timetable.
    trips, places
        What the rows may name.
    account
        Lists the rows left out or repaired.

    Returns
    -------
    Calls
        Trips may be left with no call or one; blank times are spread by distance.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    rows = read_rows(feed, FILE, _COLUMNS, account)
    read = _Reading(
        rows=rows,
        trip=rows["trip_id"].places(trips.ids),
        stop=rows["stop_id"].places(places.ids),
        order=_orders(rows["stop_sequence"]),
        arrival_s=_times(rows["arrival_time"]),
        departure_s=_times(rows["departure_time"]),
        flexible=np.zeros(len(trips.ids), dtype=bool),
    )
    _name_known_things(read, trips, account)
    _have_an_order(read, account)
    _have_sane_times(read, account)
    chosen = in_order(read.trip, read.order, read.out)
    again = repeats(read.trip, read.order, chosen)
    reason = "it repeats the stop_sequence of a line of its trip"
    account.leave_out(FILE, "repeated-row", rows.lines[again], reason)
    if len(again):
        read.out[again] = True
        chosen = in_order(read.trip, read.order, read.out)
    return timed_calls(_taken(read, chosen, account), feed=feed, places=places, account=account)


def _orders(column: Column) -> Positions:
    numbers = np.array([whole_number(text) for text in column.texts], dtype=np.float64)
    orders = np.where(np.isnan(numbers), np.iinfo(np.int32).min, numbers).astype(np.int32)
    return np.asarray(column.mapped(orders, np.iinfo(np.int32).min))


def _times(column: Column) -> Positions:
    return np.asarray(column.mapped(seconds_of(column.texts), BLANK))


def _name_known_things(read: _Reading, trips: Trips, account: Account) -> None:
    """Put out rows of unknown trips and stops, and those that call in an area."""
    lines, names = read.rows.lines, read.rows.columns
    strange = read.fresh(read.trip < 0)
    named = names["trip_id"].all_at(strange)
    listed = np.array([name in trips.left_out for name in named], dtype=bool)
    reason = "its trip was left out"
    account.leave_out(FILE, "trip-left-out", lines[strange[listed]], reason)
    told = [name for name, known in zip(named, listed, strict=True) if not known]
    what = "the trip_id is not in trips.txt"
    account.leave_out_by_value(FILE, "undefined", lines[strange[~listed]], told, what)
    area = ~(names["location_id"].blank & names["location_group_id"].blank)
    flexible = read.fresh(area & names["stop_id"].blank)
    read.flexible[read.trip[flexible]] = True
    reason = "it calls in an area, on demand; the trip is marked so"
    account.leave_out(FILE, "flexible", lines[flexible], reason)
    lost = read.fresh(read.stop < 0)
    what = "the stop_id is not in stops.txt"
    account.leave_out_by_value(FILE, "undefined", lines[lost], names["stop_id"].all_at(lost), what)


def _have_an_order(read: _Reading, account: Account) -> None:
    column, lines = read.rows["stop_sequence"], read.rows.lines
    bad = read.fresh(read.order == np.iinfo(np.int32).min)
    account.leave_out(
        FILE,
        "bad-sequence",
        lines[bad],
        "its stop_sequence is no whole number",
        detail=lambda place: repr(column.at(bad[place])),
    )
    negative = lines[(read.order < 0) & ~read.out]
    reason = "its stop_sequence is negative; it was kept in that order"
    account.repair(FILE, "negative-sequence", negative, reason)


def _have_sane_times(read: _Reading, account: Account) -> None:
    """Fill a time from the other one of the call; put out rows with a text that is no time."""
    arrival, departure = read.arrival_s, read.departure_s
    if min(arrival.min(initial=0), departure.min(initial=0)) >= 0:
        return
    rows = read.rows
    unread = (arrival == BAD) | (departure == BAD)
    kept = np.maximum(arrival, departure) >= 0

    def texts(places: npt.NDArray[np.int64], place: int) -> str:
        said = [rows[name].at(places[place]) for name in ("arrival_time", "departure_time")]
        return f"{said[0]!r} to {said[1]!r}"

    half = np.flatnonzero(unread & kept & ~read.out)
    reason = "one of its times cannot be read; the other serves for both"
    account.repair(
        FILE, "bad-time", rows.lines[half], reason, detail=lambda place: texts(half, place)
    )
    bad = read.fresh(unread & ~kept)
    reason = "its times cannot be read"
    account.leave_out(
        FILE, "bad-time", rows.lines[bad], reason, detail=lambda place: texts(bad, place)
    )
    read.arrival_s = np.where(arrival < 0, departure, arrival)
    read.departure_s = np.where(departure < 0, arrival, departure)


def _taken(read: _Reading, chosen: npt.NDArray[np.int64] | slice, account: Account) -> Calls:
    return Calls(
        trip=read.trip[chosen],
        stop=read.stop[chosen],
        arrival_s=read.arrival_s[chosen],
        departure_s=read.departure_s[chosen],
        pickup=_boarding(read, "pickup_type", chosen, account),
        drop_off=_boarding(read, "drop_off_type", chosen, account),
        lines=read.rows.lines[chosen],
        flexible=read.flexible,
    )


def _boarding(
    read: _Reading, name: str, chosen: npt.NDArray[np.int64] | slice, account: Account
) -> npt.NDArray[np.int8]:
    column = read.rows[name]
    known: Sequence[str] = ("0", "1", "2", "3")
    codes = np.asarray(pd.Index(known, dtype=object).get_indexer(column.texts), dtype=np.int8)
    if not (codes < 0).any():
        return np.asarray(column.mapped(codes, 0))[chosen]
    odd = column.mapped(codes < 0, False) & ~read.out
    reason = f"its {name} is not 0 to 3; it was read as regular"
    account.repair(FILE, "bad-boarding", read.rows.lines[odd], reason)
    return np.asarray(column.mapped(np.maximum(codes, 0), 0))[chosen]
