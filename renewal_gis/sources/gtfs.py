"""Timetables (GTFS) as one schedule: every trip, on every day, with all that was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyproj

from renewal_gis.errors import DataError, UsageError
from renewal_gis.schema import Finding, LayerSpec, Provenance, Schedule
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_cache import keep_schedule, kept_schedule, schedule_key
from renewal_gis.sources.gtfs_files import LAYER, opened_feed
from renewal_gis.sources.gtfs_merging import merged
from renewal_gis.sources.gtfs_parts import Part, read_part

__all__ = ["LoadedSchedule", "feed_names", "read_schedule"]

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedSchedule:
    """A schedule with what was found on the way and where it came from.

    Attributes
    ----------
    schedule
        The trips.
    findings
        Rows left out, repaired or remarkable, in the order of the feeds.
    provenance
        One per feed; its rows are those of all files read.
    rows
        feed (name of the zip or folder), file, rows_in, rows_kept: one row per file read. The rows
        between the two are in the findings, to the last.
    """

    schedule: Schedule
    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]
    rows: pd.DataFrame


def read_schedule(
    feeds: Sequence[LayerSpec], *, crs: pyproj.CRS, cache: Path | None = None
) -> LoadedSchedule:
    """Read one or several timetables as one schedule.

    Parameters
    ----------
    feeds
        GTFS zips or folders; the files may stand in a folder of the zip. With several, identifiers of
        stops, trips, lines, services and blocks are preceded by their feed's name and a colon.
    crs
        The study's system, from `study_crs`.
    cache
        Folder where what was read is kept, under the fingerprint of the feeds. A damaged file in it is
        made again.

    Returns
    -------
    LoadedSchedule
        Times are on the clock of the first agency; a feed in another zone is shifted to it.

    Raises
    ------
    LayerReadError
        A feed that is missing, truncated, unsafe to unpack, or lacks a file or column.
    CRSError
        When all the stops of a feed lie outside the study's area of use.
    DataError
        When several feeds are at fault: all their faults in one message.
    UsageError
        When no feed is given.

    References
    ----------
    General Transit Feed Specification, Schedule reference, https://gtfs.org.

    Examples
    --------
    >>> from renewal_gis.sources.crs import study_crs
    >>> demo = LayerSpec(path=Path("data/demo/transit-today.zip"))
    >>> loaded = read_schedule([demo], crs=study_crs("EPSG:2154"))
    >>> loaded.schedule.timezone, bool((loaded.rows["rows_kept"] <= loaded.rows["rows_in"]).all())
    ('Europe/Paris', True)
    """
    if not feeds:
        raise UsageError(f"{LAYER}: no timetable is given. Name one under [transit] feeds.")
    paths = [spec.path for spec in feeds]
    names = feed_names(paths)
    key = ""
    if cache is not None:
        prints = _each(lambda path: opened_feed(path).sha256, paths)
        key = schedule_key(feeds, prints, crs=crs)
        held = kept_schedule(cache, key, crs)
        if held is not None:
            return LoadedSchedule(**held)
    parts: list[Part] = _each(lambda path: read_part(path, crs), paths)
    schedule = merged(parts, names, crs)
    loaded = LoadedSchedule(
        schedule=schedule,
        findings=tuple(one for part in parts for one in part.account.findings),
        provenance=tuple(
            _provenance(spec, part.feed.sha256, part.account)
            for spec, part in zip(feeds, parts, strict=True)
        ),
        rows=pd.concat([part.account.rows() for part in parts], ignore_index=True),
    )
    if cache is not None:
        keep_schedule(cache, key, vars(loaded))
    return loaded


def feed_names(paths: Sequence[Path]) -> list[str]:
    """Return one name per feed: its file's, numbered when another has the same.

    Examples
    --------
    >>> feed_names([Path("a/bus.zip"), Path("b/bus.zip"), Path("tram")])
    ['bus', 'bus-2', 'tram']
    """
    names: list[str] = []
    for path in paths:
        name, again = path.stem, 2
        while name in names:
            name, again = f"{path.stem}-{again}", again + 1
        names.append(name)
    return names


def _each(work: Callable[[Path], Result], paths: Sequence[Path]) -> list[Result]:
    """Do a piece of work for each path; tell all faults in one message."""
    results: list[Result] = []
    faults: list[DataError] = []
    for path in paths:
        try:
            results.append(work(path))
        except DataError as error:
            faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise DataError(f"{LAYER}:\n" + "\n".join(f"  {fault}" for fault in faults))
    return results


def _provenance(spec: LayerSpec, sha256: str, account: Account) -> Provenance:
    rows = account.rows()
    return Provenance(
        layer=LAYER,
        file=account.feed,
        sha256=sha256,
        nature=spec.nature,
        vintage=spec.vintage,
        licence=spec.licence,
        attribution=spec.attribution,
        rows_in=int(rows["rows_in"].sum()),
        rows_kept=int(rows["rows_kept"].sum()),
    )
