"""Walks from stop to stop: along the streets, inside stations, and as the producer tells them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewal_gis.access.conventions import Conventions
from renewal_gis.access.links import Links, sort_links, through_doors, walks_between
from renewal_gis.access.network import DECIMETRES, Ints, Network
from renewal_gis.access.spans import starts_of
from renewal_gis.access.stations import Doors, inside_stations, numbers_of, straight_s
from renewal_gis.schema import Schedule

__all__ = ["stop_links"]

_LEAST, _FORBIDDEN = 2, 3  # GTFS reference, transfers.txt, transfer_type


def stop_links(
    schedule: Schedule, stops: Ints, doors: Doors, streets: Network, rules: Conventions
) -> tuple[Links, Ints]:
    """Return the walks between stops, and the seconds a change at each stop takes.

    Returns
    -------
    Links
        From each stop that is called at.
    array of shape (stops,)
        Seconds between alighting and standing ready to board at the same stop; -1 where transfers.txt
        forbids it.

    Notes
    -----
    Streets give most walks. Stops of one station are never farther than the straight line: the maps of
    stations lack links (conveyal/r5 #916). A least time of transfers.txt counts from alighting to
    departing, so the boarding slack is part of it; where it is shorter than the streets say, the
    producer knows a way the map does not, yet nobody walks faster than the straight line. A transfer
    between given trips or routes binds them alone, and is not read here.

    Examples
    --------
    The stops are too far apart to change between them on foot:

    >>> links, change_s = stop_links(
    ...     bus, network.patterns.stops, network.doors, streets, network.rules
    ... )
    >>> links.first.tolist(), change_s.tolist()
    ([0, 0, 0, 0], [0, 0, 0])
    """
    # The limit is one of distance along the streets.
    outward, inward = through_doors(doors, leaving=False), through_doors(doors, leaving=True)
    walks = walks_between(
        doors.joined,
        doors.joined,
        streets,
        rules,
        limit_dm=round(rules.max_transfer_m * DECIMETRES),
        part="transfer",
    )
    walks = walks.merge(outward, left_on="origin", right_on="door", sort=False)
    walks = walks.merge(
        inward, left_on="target", right_on="door", sort=False, suffixes=("_o", "_t")
    )
    seconds = walks["walk_s"] + walks["more_s_o"] + walks["more_s_t"]
    table = pd.DataFrame({"from": walks["stop_o"], "to": walks["stop_t"], "walk_s": seconds})
    change = np.zeros(len(stops), dtype=np.int32)
    if rules.feed_transfers:
        inside = inside_stations(schedule, stops, rules)
        table = pd.concat([table, inside], ignore_index=True)
        table, change = _as_told(schedule, stops, table, rules)
    table = table[table["from"] != table["to"]]
    links = sort_links(
        table["from"].to_numpy(dtype=np.int32),
        table["to"].to_numpy(dtype=np.int32),
        table["walk_s"].to_numpy(dtype=np.int32),
        len(stops),
    )
    if rules.nearest_on_pattern:
        links = _nearest_on_pattern(schedule, stops, links)
    return links, change


def _nearest_on_pattern(schedule: Schedule, stops: Ints, links: Links) -> Links:
    """Keep, from each stop, the walk to the nearest stop of each pattern it is not on itself.

    A pattern is a route and a sequence of stops, of all trips whatever the day (conveyal/r5,
    TransferFinder.retainClosestStopsOnPatterns).
    """
    served = _patterns_at(schedule, stops)
    tail = np.repeat(np.arange(len(stops)), np.diff(links.first))
    held = pd.DataFrame({"link": np.arange(len(tail)), "from": tail, "stop": links.stop})
    held = held.merge(served, on="stop", sort=False)
    own = pd.MultiIndex.from_frame(served[["stop", "pattern"]])
    held = held[~pd.MultiIndex.from_frame(held[["from", "pattern"]]).isin(own)]
    # Links stand by length: the first of each pattern is the nearest.
    nearest = held.sort_values("link", kind="stable").drop_duplicates(["from", "pattern"])
    keep = np.unique(nearest["link"].to_numpy(dtype=np.int64))
    return Links(starts_of(tail[keep], len(stops)), links.stop[keep], links.walk_s[keep])


def _patterns_at(schedule: Schedule, stops: Ints) -> pd.DataFrame:
    """Return the patterns that call at each stop: `stop` (numbered as the searches do), `pattern`."""
    number = numbers_of(stops, schedule)
    known: dict[tuple[object, bytes], int] = {}
    of_trip = [
        known.setdefault((route, schedule.stop[begin:end].tobytes()), len(known))
        for route, begin, end in zip(
            schedule.trips["route"], schedule.first_call[:-1], schedule.first_call[1:], strict=True
        )
    ]
    pattern = np.repeat(np.array(of_trip, dtype=np.int64), np.diff(schedule.first_call))
    table = pd.DataFrame({"stop": number[schedule.stop], "pattern": pattern})
    return table[table["stop"] >= 0].drop_duplicates()


def _as_told(
    schedule: Schedule, stops: Ints, table: pd.DataFrame, rules: Conventions
) -> tuple[pd.DataFrame, Ints]:
    """Apply transfers.txt between stops: least times, and transfers that are not possible."""
    number = numbers_of(stops, schedule)
    told = schedule.transfers
    told = told[(told["from_trip"] < 0) & (told["to_trip"] < 0)]
    one = number[told["from_stop"].to_numpy(dtype=np.int64)]
    other = number[told["to_stop"].to_numpy(dtype=np.int64)]
    held = (one >= 0) & (other >= 0) & (told["kind"] <= _FORBIDDEN).to_numpy()
    one, other, told = one[held], other[held], told[held]
    kind = told["kind"].to_numpy(dtype=np.int64)
    straight = straight_s(schedule, stops[one], stops[other], rules)
    least = told["min_s"].to_numpy(dtype=float) - rules.slack_s
    least = np.where((kind == _LEAST) & np.isfinite(least), np.maximum(least, 0), np.nan)
    told_time = np.isfinite(least)
    walk = np.fmax(straight, least)
    # A hint without a time is of use where the streets lack a way, within a transfer's walk.
    limit_s = rules.max_transfer_m * 3.6 / rules.speed_km_h
    walk = np.where(told_time | (straight <= limit_s), walk, np.nan)
    same = one == other
    change = np.zeros(len(stops), dtype=np.int32)
    np.maximum.at(change, one[same], np.nan_to_num(least[same]).astype(np.int32))
    change[one[same & (kind == _FORBIDDEN)]] = -1
    said = pd.DataFrame({"from": one, "to": other, "walk_s": walk, "kind": kind})[~same]
    keys = ["from", "to"]
    # What the producer says of a pair replaces what the streets say; a mere hint does not lengthen it.
    binding = said[((said["kind"] == _LEAST) & told_time[~same]) | (said["kind"] == _FORBIDDEN)]
    mask = pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(binding[keys]))
    added = said[(said["kind"] != _FORBIDDEN) & said["walk_s"].notna()]
    forbidden = pd.MultiIndex.from_frame(said[said["kind"] == _FORBIDDEN][keys])
    added = added[~pd.MultiIndex.from_frame(added[keys]).isin(forbidden)]
    added = added.groupby(keys, as_index=False)["walk_s"].max()
    return pd.concat([table[~mask], added.astype(int)], ignore_index=True), change
