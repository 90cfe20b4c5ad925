"""How riders change: the rules of `transfers.txt`, from stop to stop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_calls import Calls
from renewal_gis.sources.gtfs_files import LAYER, Feed
from renewal_gis.sources.gtfs_headways import list_lost
from renewal_gis.sources.gtfs_places import Places
from renewal_gis.sources.gtfs_rows import Rows, read_rows
from renewal_gis.sources.gtfs_trips import Trips

__all__ = ["TRANSFER_COLUMNS", "read_transfers"]

_FILE = "transfers.txt"
_COLUMNS = {
    "from_stop_id": False, "to_stop_id": False, "transfer_type": False, "min_transfer_time": False,
    "from_trip_id": False, "to_trip_id": False, "from_route_id": False, "to_route_id": False,
}  # fmt: skip
_SIDES = ("from", "to")
TRANSFER_COLUMNS = ("from_stop", "to_stop", "kind", "min_s", "from_trip", "to_trip")
# A rule between two stations becomes one for each pair of their platforms.
_MOST_PAIRS = 20_000_000

Positions = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def read_transfers(
    feed: Feed, *, places: Places, trips: Trips, calls: Calls, account: Account
) -> pd.DataFrame:
    """Read `transfers.txt`, when there is one.

    Parameters
    ----------
    feed
        The timetable.
    places, trips
        What the rows may name.
    calls
        Tells the platforms of a station where trips call, and where linked trips end and begin.
    account
        Lists the rows left out; among them those for routes, and those for trips of kinds 0 to 3.

    Returns
    -------
    pandas.DataFrame
        from_stop, to_stop, kind, min_s (NaN when none), from_trip, to_trip (-1 for any). A rule that
        names a station stands once for each platform; a rule that names the platforms themselves
        comes before it.

    Raises
    ------
    LayerReadError
        When the file is damaged, or names stations of so many platforms that it must be a mistake.
    """
    rows = read_rows(feed, _FILE, _COLUMNS, account)
    kind = rows["transfer_type"].numbers(_digit, missing=0.0)
    least = rows["min_transfer_time"].numbers(_least)
    kept = _sane_kinds(rows, kind, account)
    kept &= _not_by_route(rows, kept, account)
    trip = {side: _trips(rows, side, kept, trips, account) for side in _SIDES}
    kept &= _not_by_trip(trip, kind, rows, kept, account)
    stop = {}
    for side in _SIDES:
        stop[side] = _stops(rows, side, trip[side], kind, kept, places, calls, account)
    _note_no_time(rows, kind, least, kept, account)
    rules = pd.DataFrame(
        {
            "from_stop": stop["from"],
            "to_stop": stop["to"],
            "kind": np.nan_to_num(kind, nan=0).astype(np.int8),
            "min_s": least,
            "from_trip": trip["from"],
            "to_trip": trip["to"],
        }
    )[kept]
    return _at_platforms(rules, rows.lines[kept], places, calls, feed, account)


def _digit(text: str) -> float:
    return float(text) if text in {"0", "1", "2", "3", "4", "5"} else np.nan


def _least(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else np.nan


def _sane_kinds(rows: Rows, kind: npt.NDArray[np.float64], account: Account) -> Mask:
    bad = np.flatnonzero(np.isnan(kind))
    account.leave_out(
        _FILE,
        "bad-transfer",
        rows.lines[bad],
        "its transfer_type is not 0 to 5",
        detail=lambda place: repr(rows["transfer_type"].at(bad[place])),
    )
    return ~np.isnan(kind)


def _not_by_route(rows: Rows, kept: Mask, account: Account) -> Mask:
    """Put aside rules for a whole route: only those for stops and trips are applied."""
    by_route = np.zeros(len(rows), dtype=bool)
    for side in _SIDES:
        by_route |= ~rows[f"{side}_route_id"].blank & rows[f"{side}_trip_id"].blank
    by_route &= kept
    reason = "it holds for whole routes, which is not applied"
    account.leave_out(_FILE, "not-applied", rows.lines[by_route], reason)
    return ~by_route


def _not_by_trip(
    trip: dict[str, Positions],
    kind: npt.NDArray[np.float64],
    rows: Rows,
    kept: Mask,
    account: Account,
) -> Mask:
    """Put aside changes between given trips: of trips, only kept and left seats (4 and 5) are applied."""
    by_trip = kept & (kind < 4) & ((trip["from"] >= 0) | (trip["to"] >= 0))
    reason = "it holds for given trips alone, which is applied to transfer_type 4 and 5 only"
    account.leave_out(_FILE, "not-applied", rows.lines[by_trip], reason)
    return ~by_trip


def _trips(rows: Rows, side: str, kept: Mask, trips: Trips, account: Account) -> Positions:
    column = f"{side}_trip_id"
    trip = rows[column].places(trips.ids)
    lost = np.flatnonzero(kept & (trip < 0) & ~rows[column].blank)
    list_lost(_FILE, rows, column, lost, trips, account)
    kept[lost] = False
    return trip


def _stops(
    rows: Rows,
    side: str,
    trip: Positions,
    kind: npt.NDArray[np.float64],
    kept: Mask,
    places: Places,
    calls: Calls,
    account: Account,
) -> Positions:
    column = rows[f"{side}_stop_id"]
    stop = column.places(places.ids)
    # Between linked trips the stops go without saying: where one ends and where the other begins.
    silent = kept & column.blank & (kind >= 4) & (trip >= 0)
    if silent.any():
        ends = _ends(calls, -1 if side == "from" else 0)
        stop[silent] = ends[trip[silent]]
    lost = np.flatnonzero(kept & (stop < 0))
    what = f"the {side}_stop_id is not in stops.txt"
    account.leave_out_by_value(_FILE, "undefined", rows.lines[lost], column.all_at(lost), what)
    kept[lost] = False
    return stop


def _ends(calls: Calls, which: int) -> Positions:
    """Return the first or the last stop of each trip, -1 for a trip without calls."""
    ends = np.full(len(calls.flexible), -1, dtype=np.int32)
    order = slice(None, None, -1) if which == 0 else slice(None)
    # Of several assignments to one place the last stays.
    ends[calls.trip[order]] = calls.stop[order]
    return ends


def _note_no_time(
    rows: Rows,
    kind: npt.NDArray[np.float64],
    least: npt.NDArray[np.float64],
    kept: Mask,
    account: Account,
) -> None:
    given = ~rows["min_transfer_time"].blank
    lacking = kept & np.isnan(least) & (given | (kind == 2))
    reason = "its min_transfer_time is missing or no number of seconds; none is asked"
    account.repair(_FILE, "bad-time", rows.lines[lacking], reason)


def _at_platforms(
    rules: pd.DataFrame,
    lines: npt.NDArray[np.int32],
    places: Places,
    calls: Calls,
    feed: Feed,
    account: Account,
) -> pd.DataFrame:
    """Apply the rules that name a station to its platforms where trips call."""
    called = np.zeros(len(places.ids), dtype=bool)
    called[calls.stop] = True
    held = np.flatnonzero(called)
    held = held[np.argsort(places.station[held], kind="stable")]
    homes = places.station[held]
    spans = []
    for side in _SIDES:
        stop = rules[f"{side}_stop"].to_numpy()
        # A station where trips call by its own name is itself among its platforms.
        station = (places.kind[stop] == 1) & (places.station[stop] == stop)
        start = np.where(station, np.searchsorted(homes, stop), -1)
        count = np.where(station, np.searchsorted(homes, stop, side="right") - start, 1)
        spans.append((stop, start, count))
    pairs = spans[0][2].astype(np.int64) * spans[1][2]
    if pairs.sum() > _MOST_PAIRS:
        raise LayerReadError(
            f"{LAYER} ({feed.name}): the stations named in {_FILE} make {int(pairs.sum())} pairs of "
            f"platforms; at most {_MOST_PAIRS} are read. Take the rules between stations out of it."
        )
    reason = "it names a station where no trip calls"
    account.leave_out(_FILE, "no-call", lines[pairs == 0], reason)
    row = np.repeat(np.arange(len(rules)), pairs)
    within = np.arange(len(row)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    wide = spans[1][2][row]
    table = rules.iloc[row].reset_index(drop=True)
    for side, (stop, start, _), step in (
        ("from", spans[0], within // np.maximum(wide, 1)),
        ("to", spans[1], within % np.maximum(wide, 1)),
    ):
        at = np.where(start[row] >= 0, start[row] + step, 0)
        platform = held[at] if len(held) else np.zeros(len(row), dtype=np.int64)
        table[f"{side}_stop"] = np.where(start[row] >= 0, platform, stop[row]).astype(np.int32)
    return _specific_first(table, row, [span[1] >= 0 for span in spans], lines, account)


def _specific_first(
    table: pd.DataFrame,
    row: npt.NDArray[np.int64],
    stations: list[Mask],
    lines: npt.NDArray[np.int32],
    account: Account,
) -> pd.DataFrame:
    """Keep one rule for each pair of stops and trips: the most precise, else the first."""
    vague = (stations[0].astype(np.int8) + stations[1].astype(np.int8))[row]
    order = np.argsort(vague, kind="stable")
    key = ["from_stop", "to_stop", "from_trip", "to_trip"]
    again = np.empty(len(table), dtype=bool)
    again[order] = table.iloc[order].duplicated(key).to_numpy()
    # A rule that leaves nothing behind is a row that was not kept.
    left = np.setdiff1d(row, row[~again])
    reason = "another line rules the same stops and trips"
    account.leave_out(_FILE, "repeated-row", lines[left], reason)
    return table[~again].reset_index(drop=True)
