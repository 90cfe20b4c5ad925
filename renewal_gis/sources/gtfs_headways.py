"""Trips that run at a frequency: the bands of `frequencies.txt`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_rows import Rows, read_rows
from renewal_gis.sources.gtfs_times import BLANK, seconds_of, whole_number
from renewal_gis.sources.gtfs_trips import Trips

__all__ = ["Headways", "list_lost", "read_headways"]

_FILE = "frequencies.txt"


@dataclass(frozen=True, kw_only=True, eq=False)
class Headways:
    """Bands in order of trips and time, and the line of each.

    Attributes
    ----------
    table
        trip (place), start_s, end_s, headway_s, exact.
    lines
        Line of `frequencies.txt`; shape (bands,).
    bandless
        Places of the trips that are named, but by bad bands only: when they run is unknown.
    """

    table: pd.DataFrame
    lines: npt.NDArray[np.int32]
    bandless: npt.NDArray[np.int64]


def read_headways(feed: Feed, *, trips: Trips, account: Account) -> Headways:
    """Read `frequencies.txt`, when there is one.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    needed = dict.fromkeys(("trip_id", "start_time", "end_time", "headway_secs"), True)
    rows = read_rows(feed, _FILE, {**needed, "exact_times": False}, account)
    trip = rows["trip_id"].places(trips.ids)
    kept = _known(rows, trip, trips, account)
    start, end = _times(rows, "start_time"), _times(rows, "end_time")
    headway = rows["headway_secs"].numbers(whole_number)
    with np.errstate(invalid="ignore"):
        sane = (start >= 0) & (end > start) & (headway > 0)
    bad = np.flatnonzero(kept & ~sane)
    account.leave_out(
        _FILE,
        "bad-frequency",
        rows.lines[bad],
        "its times or its headway cannot be",
        detail=lambda place: " ".join(rows[name].at(bad[place]) for name in needed),
    )
    kept &= sane
    odd = rows.lines[kept & ~(rows["exact_times"].is_in(("0", "1")) | rows["exact_times"].blank)]
    account.repair(_FILE, "bad-flag", odd, "its exact_times is neither 0 nor 1; it was read as 0")
    table = pd.DataFrame(
        {
            "trip": trip[kept],
            "start_s": start[kept].astype(np.int32),
            "end_s": end[kept].astype(np.int32),
            "headway_s": headway[kept].astype(np.int32),
            "exact": rows["exact_times"].is_in(("1",))[kept],
        }
    )
    order = np.lexsort((table["start_s"], table["trip"]))
    table, lines = table.iloc[order].reset_index(drop=True), rows.lines[kept][order]
    _note_overlaps(table, lines, account)
    named = np.unique(trip[trip >= 0])
    return Headways(table=table, lines=lines, bandless=np.setdiff1d(named, table["trip"]))


def _known(
    rows: Rows, trip: npt.NDArray[np.int32], trips: Trips, account: Account
) -> npt.NDArray[np.bool_]:
    list_lost(_FILE, rows, "trip_id", np.flatnonzero(trip < 0), trips, account)
    return np.asarray(trip >= 0)


def list_lost(
    file: str,
    rows: Rows,
    column: str,
    places: npt.NDArray[np.int64],
    trips: Trips,
    account: Account,
) -> None:
    """List rows that name an unknown trip: left out itself, or never declared."""
    names = rows[column].all_at(places)
    listed = np.array([name in trips.left_out for name in names], dtype=bool)
    account.leave_out(file, "trip-left-out", rows.lines[places[listed]], "its trip was left out")
    told = [name for name, known in zip(names, listed, strict=True) if not known]
    what = f"the {column} is not in trips.txt"
    account.leave_out_by_value(file, "undefined", rows.lines[places[~listed]], told, what)


def _times(rows: Rows, name: str) -> npt.NDArray[np.int32]:
    return np.asarray(rows[name].mapped(seconds_of(rows[name].texts), BLANK))


def _note_overlaps(table: pd.DataFrame, lines: npt.NDArray[np.int32], account: Account) -> None:
    trip, start = table["trip"].to_numpy(), table["start_s"].to_numpy()
    end = table.groupby("trip")["end_s"].cummax().to_numpy()
    over = np.flatnonzero((trip[1:] == trip[:-1]) & (start[1:] < end[:-1])) + 1
    reason = "it begins before another band of its trip ends; both run"
    account.remark(_FILE, "overlapping-bands", lines[over], reason)
