"""The courses of trips as a timetable publishes them (shapes.txt), read only when lines are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import Finding, LayerSpec
from renewal_gis.sources.crs import verdict
from renewal_gis.sources.gtfs import feed_names
from renewal_gis.sources.gtfs_account import ROW_COLUMNS, Account
from renewal_gis.sources.gtfs_degrees import degrees
from renewal_gis.sources.gtfs_files import Feed, opened_feed
from renewal_gis.sources.gtfs_parsing import Only
from renewal_gis.sources.gtfs_rows import Column, Rows, read_rows
from renewal_gis.sources.gtfs_times import whole_number

__all__ = ["LoadedShapes", "read_shapes"]

_FILE = "shapes.txt"
_TRIPS = "trips.txt"
_COLUMNS = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadedShapes:
    """The courses of some trips, with what was found on the way.

    Attributes
    ----------
    courses
        On the trip's identifier: the line its vehicle follows, in the study's CRS. Trips whose course is
        not published, or could not be read, are not there. Trips share their lines.
    findings
        Points left out or repaired, one for each kind, and trips whose course could not be read.
    rows
        feed, file, rows_in, rows_kept: the points of the shapes that were asked for. The rows between
        the two are in the findings.
    """

    courses: gpd.GeoSeries
    findings: tuple[Finding, ...]
    rows: pd.DataFrame


def read_shapes(feeds: Sequence[LayerSpec], *, trips: pd.Series, crs: pyproj.CRS) -> LoadedShapes:
    """Read the courses of some trips.

    Parameters
    ----------
    feeds
        The timetables, as they were given to `read_schedule`.
    trips
        Number of the feed of each trip that is wanted, on the trip's identifier: rows of the schedule's
        `trips["feed"]`. Only their shapes are read.
    crs
        The study's system, from `study_crs`.

    Returns
    -------
    LoadedShapes
        Points are taken in the order of `shape_pt_sequence`, wherever they stand in the file;
        `shape_dist_traveled` is not needed. A file that cannot be read at all is a finding: a drawing
        stops no run.

    References
    ----------
    General Transit Feed Specification, Schedule reference, shapes.txt, https://gtfs.org.

    Examples
    --------
    >>> from pathlib import Path
    >>> from renewal_gis.sources.crs import study_crs
    >>> demo = LayerSpec(path=Path("data/demo/transit-today.zip"))
    >>> trips = pd.Series([0], index=["no such trip"])
    >>> len(read_shapes([demo], trips=trips, crs=study_crs("EPSG:2154")).courses)
    0
    """
    courses, findings, tables = [], [], []
    names = feed_names([spec.path for spec in feeds])
    for number, (spec, name) in enumerate(zip(feeds, names, strict=True)):
        prefix = f"{name}:" if len(feeds) > 1 else ""
        wanted = [str(one).removeprefix(prefix) for one in trips.index[trips == number]]
        account = Account(spec.path.name)
        held = _of_feed(spec, wanted, crs, account)
        held.index = pd.Index(prefix + held.index.astype(object), dtype="str")
        courses.append(held)
        findings.extend(account.findings)
        tables.append(account.rows())
    whole = pd.concat([one for one in courses if len(one)] or [pd.Series(dtype=object)])
    return LoadedShapes(
        courses=gpd.GeoSeries(whole.to_numpy(), index=whole.index.rename("trip"), crs=crs),
        findings=tuple(findings),
        rows=pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=list(ROW_COLUMNS)),
    )


def _of_feed(spec: LayerSpec, wanted: list[str], crs: pyproj.CRS, account: Account) -> pd.Series:
    """Return the courses of some trips of one timetable, on the identifiers it gives them."""
    try:
        feed = opened_feed(spec.path)
        named = _shape_of_trip(feed, wanted)
        shapes = _shapes(feed, frozenset(named), crs, account) if len(named) else {}
    except LayerReadError as error:
        account.note("shapes-unread", f"{error} The lines go straight from stop to stop.")
        return pd.Series(dtype=object)
    courses = named.map(shapes)
    lost = named[courses.isna()]
    if len(lost):
        trips = "1 trip that runs" if len(lost) == 1 else f"{len(lost)} trips that run"
        account.note(
            "undefined-shape",
            f"{_TRIPS}: {trips} that day cannot be drawn on the shape_id given, such as "
            f"{lost.iloc[0]!r}: {_FILE} holds no two good points of it. They go straight from stop to stop.",
            count=len(lost),
        )
    return courses.dropna()


def _shape_of_trip(feed: Feed, wanted: list[str]) -> pd.Series:
    """Return the shape_id of each trip that names one, on the trip's identifier."""
    if not wanted or not {_TRIPS, _FILE} <= set(feed.members):
        return pd.Series(dtype=object)
    # What is wrong with these rows was told when the timetable was read.
    rows = read_rows(
        feed,
        _TRIPS,
        {"trip_id": True, "shape_id": False},
        Account(feed.name),
        only=Only(column="trip_id", texts=frozenset(wanted)),
    )
    held = pd.Series(rows["shape_id"].values(), index=pd.Index(rows["trip_id"].values()))
    return held[~held.index.duplicated() & held.index.notna()].dropna()


def _shapes(
    feed: Feed, wanted: frozenset[str], crs: pyproj.CRS, account: Account
) -> dict[str, shapely.LineString]:
    """Return the good shapes among those that are wanted, by their identifier."""
    columns = dict.fromkeys(_COLUMNS, True)
    only = Only(column="shape_id", texts=wanted)
    rows = read_rows(feed, _FILE, columns, account, only=only)
    rows = _without(rows, rows["shape_id"].blank, "missing-value", "it has no shape_id", account)
    lon, lat = degrees(rows, of="shape_pt", file=_FILE, account=account, each=False)
    reason = "its shape_pt_lat and shape_pt_lon are missing, impossible, or both 0"
    placed = ~np.isnan(lon)
    rows = _without(rows, ~placed, "bad-place", reason, account)
    lon, lat = lon[placed], lat[placed]
    order = _numbers(rows["shape_pt_sequence"])
    reason = "its shape_pt_sequence is no whole number"
    ranked = ~np.isnan(order)
    rows = _without(rows, ~ranked, "bad-sequence", reason, account)
    xy, sane = _projected(lon[ranked], lat[ranked], crs)
    reason = "it lies outside the area of the study's system"
    rows = _without(rows, ~sane, "point-outside", reason, account)
    return _drawn(rows, order[ranked][sane], xy[sane], account)


def _without(rows: Rows, out: Flags, code: str, reason: str, account: Account) -> Rows:
    account.leave_out(_FILE, code, rows.lines[out], reason, each=False)
    return rows.kept(~out)


def _numbers(column: Column) -> Numbers:
    return np.asarray(column.numbers(whole_number), dtype=np.float64)


def _projected(lon: Numbers, lat: Numbers, crs: pyproj.CRS) -> tuple[Numbers, Flags]:
    """Return metres east and north, and which points the study's system can hold."""
    if not len(lon):
        return np.empty((0, 2)), np.empty(0, dtype=bool)
    sane = ~verdict(gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4326"), crs).outside
    moved = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.column_stack(moved.transform(lon, lat))
    return xy, sane & np.isfinite(xy).all(axis=1)


def _drawn(
    rows: Rows, order: Numbers, xy: npt.NDArray[np.float64], account: Account
) -> dict[str, shapely.LineString]:
    """Return one line for each shape with two places or more, its points in their order."""
    codes = rows["shape_id"].codes
    sorting = np.lexsort((order, codes))
    same = np.zeros(len(rows), dtype=bool)
    same[sorting[1:]] = (np.diff(codes[sorting]) == 0) & (np.diff(order[sorting]) == 0)
    reason = "it repeats a shape_pt_sequence of its shape_id"
    account.leave_out(_FILE, "repeated-row", rows.lines[same], reason, each=False)
    sorting = sorting[~same[sorting]]
    of, xy = codes[sorting], xy[sorting]
    moves = np.zeros(len(of), dtype=bool)
    moves[1:] = (of[1:] == of[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    long = np.bincount(of[moves], minlength=len(rows["shape_id"].texts)) > 0
    short = ~long[of]
    reason = "its shape has fewer than two places"
    account.leave_out(_FILE, "short-shape", np.sort(rows.lines[sorting[short]]), reason, each=False)
    of, xy = of[~short], xy[~short]
    held, place = np.unique(of, return_inverse=True)
    lines = shapely.linestrings(xy, indices=place) if len(of) else []
    return dict(zip(rows["shape_id"].texts[held].tolist(), lines, strict=True))
