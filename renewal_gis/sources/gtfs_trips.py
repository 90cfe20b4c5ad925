"""The lines of a timetable, and its trips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_modes import mode_of
from renewal_gis.sources.gtfs_rows import Rows, read_rows

__all__ = ["Lines", "Trips", "read_lines", "read_trips"]

_FILE = "trips.txt"
Positions = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines:
    """The rows of `routes.txt`: identifier, name riders know, mode; each of shape (lines,)."""

    ids: pd.Index
    names: npt.NDArray[np.object_]
    modes: npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trips:
    """The trips whose line and service are known; every array has shape (trips,).

    Attributes
    ----------
    ids
        Identifiers.
    line, service
        Place in the lines and in the services.
    headsign, block
        Empty where there is none.
    lines
        Line of `trips.txt` each stands on.
    left_out
        Identifiers of trips already listed: what names them is listed with them.
    """

    ids: pd.Index
    line: Positions
    service: Positions
    headsign: npt.NDArray[np.object_]
    block: npt.NDArray[np.object_]
    lines: Positions
    left_out: frozenset[str]


def read_lines(feed: Feed, account: Account) -> Lines:
    """Read `routes.txt`.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    file = "routes.txt"
    columns = {"route_id": True, "route_short_name": False, "route_long_name": False}
    rows = read_rows(feed, file, {**columns, "route_type": True}, account)
    rows = _first_of_each(rows, file, "route_id", account)
    ids = pd.Index(rows["route_id"].values(), dtype=object)
    names = ids.to_numpy()
    for column in ("route_long_name", "route_short_name"):
        names = np.where(rows[column].blank, names, rows[column].values())
    types = rows["route_type"]
    sane = np.array([text.isascii() and text.isdigit() for text in types.texts], dtype=bool)
    odd = np.flatnonzero(~types.mapped(sane, False))
    account.repair(
        file,
        "bad-route-type",
        rows.lines[odd],
        "its route_type is no number; its mode is 'other'",
        detail=lambda place: repr(types.at(odd[place])),
    )
    modes = np.array([mode_of(text) for text in types.values()], dtype=object)
    return Lines(ids=ids, names=names, modes=modes)


def read_trips(feed: Feed, *, lines: Lines, services: tuple[str, ...], account: Account) -> Trips:
    """Read `trips.txt`, leaving out and listing trips of an unknown line or service.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    needed = dict.fromkeys(("trip_id", "route_id", "service_id"), True)
    columns = {**needed, "trip_headsign": False, "block_id": False}
    rows = read_rows(feed, _FILE, columns, account)
    rows = _first_of_each(rows, _FILE, "trip_id", account)
    every = rows["trip_id"]
    known = {"route_id": lines.ids, "service_id": pd.Index(services, dtype=object)}
    homes = {"route_id": "routes.txt", "service_id": "calendar.txt or calendar_dates.txt"}
    left_out: set[str] = set()
    for name, home in homes.items():
        unknown = rows[name].places(known[name]) < 0
        what = f"the {name} is not in {home}"
        places = np.flatnonzero(unknown)
        account.leave_out_by_value(
            _FILE, "undefined", rows.lines[places], rows[name].all_at(places), what
        )
        left_out.update(rows["trip_id"].all_at(places))
        rows = rows.kept(~unknown)
    whole = len(rows) == len(every.codes) == len(every.texts) and len(rows) > 0
    same = whole and bool((rows["trip_id"].codes == np.arange(len(rows))).all())
    return Trips(
        # In most feeds the distinct texts are the identifiers, in order.
        ids=pd.Index(every.texts if same else rows["trip_id"].values(), dtype=object),
        line=rows["route_id"].places(lines.ids),
        service=rows["service_id"].places(known["service_id"]),
        headsign=rows["trip_headsign"].mapped(rows["trip_headsign"].texts, ""),
        block=rows["block_id"].mapped(rows["block_id"].texts, ""),
        lines=rows.lines,
        left_out=frozenset(left_out),
    )


def _first_of_each(rows: Rows, file: str, key: str, account: Account) -> Rows:
    codes = rows[key].codes
    repeated = pd.Series(codes).duplicated().to_numpy() | (codes < 0)
    reason = f"it repeats a {key} or has none"
    account.leave_out(file, "repeated-row", rows.lines[repeated], reason)
    return rows.kept(~repeated)
