"""Timetables (GTFS) as the declared table of stops, with the departures of one dated day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from renewal_gis.errors import CRSError, DataError, LayerReadError, UsageError
from renewal_gis.schema import Finding, LayerSpec, Loaded, Provenance, require
from renewal_gis.schema import table as declared
from renewal_gis.sources.crs import verdict
from renewal_gis.sources.gtfs_calendar import Calendar, read_calendar
from renewal_gis.sources.gtfs_departures import Trips, calls, departures, read_trips, seconds
from renewal_gis.sources.gtfs_files import LAYER, Feed, dropped, opened_feed, read_file
from renewal_gis.sources.gtfs_stops import MODE_ORDER, Stops, mode_of, read_stop_table
from renewal_gis.sources.text import cast

__all__ = ["read_stops"]


@dataclass(frozen=True, kw_only=True)
class _Served:
    """The served stops of one timetable."""

    frame: gpd.GeoDataFrame
    findings: tuple[Finding, ...]
    feed: Feed
    rows_in: int


def read_stops(
    feeds: Sequence[LayerSpec],
    *,
    date: datetime.date,
    window: tuple[str, str],
    crs: pyproj.CRS,
) -> Loaded:
    """Read the stops of one or several timetables with their departures on a day.

    Parameters
    ----------
    feeds
        GTFS zips or folders. With several, each stop's identifier is preceded by its feed's name.
    date
        The service day.
    window
        First and last time on the clock of `date`, such as `("07:00", "09:00")`; the last one is
        not included and may be beyond 24:00.
    crs
        The study's system, from `study_crs`.

    Returns
    -------
    Loaded
        The table `stops`: one row per stop, or per station when stops name one, that has a
        departure on the service day or in the window. `departures_day` counts boarding calls of
        the trips that run on `date` (after midnight too); `departures_h` those in the window,
        trips of the day before included, divided by its hours; `lines` the short names, in
        natural order. The mode is the best that calls; `on_demand` where every call must be
        ordered beforehand.

    Raises
    ------
    DataError
        When a feed has no service on `date`; the nearest days with service are named.
    LayerReadError
        A feed that is missing, truncated, unsafe to unpack, or lacks a file or column.
    CRSError
        When all the stops lie outside the study's area of use.
    UsageError
        When no feed is given, or the window cannot be read.
    """
    if not feeds:
        raise UsageError("stops: no timetable is given. Name one under [transit] feeds.")
    window_s = _window_s(window)
    names = _names([spec.path for spec in feeds])
    served: list[_Served] = []
    faults: list[DataError] = []
    for spec, name in zip(feeds, names, strict=True):
        try:
            prefix = f"{name}:" if len(feeds) > 1 else ""
            served.append(_served(spec.path, date, window_s, crs, prefix))
        except DataError as error:
            faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise DataError("stops:\n" + "\n".join(f"  {fault}" for fault in faults))
    whole = gpd.GeoDataFrame(pd.concat([one.frame for one in served]), crs=crs)
    whole.index.name = declared(LAYER).index
    require(whole, LAYER)
    return Loaded(
        table=whole,
        findings=tuple(finding for one in served for finding in one.findings),
        provenance=tuple(_provenance(spec, one) for spec, one in zip(feeds, served, strict=True)),
    )


def _window_s(window: tuple[str, str]) -> tuple[int, int]:
    first, last = (seconds(f"{text}:00") for text in window)
    if not last > first:
        raise UsageError(
            f"The departure window {window[0]!r} to {window[1]!r} cannot be read: write two times "
            'such as ["07:00", "09:00"], the second after the first (25:00 is one in the morning).'
        )
    return int(first), int(last)


def _names(paths: list[Path]) -> list[str]:
    """Return one name per feed: its file's, numbered when another has the same."""
    names: list[str] = []
    for path in paths:
        name, again = path.stem, 2
        while name in names:
            name, again = f"{path.stem}-{again}", again + 1
        names.append(name)
    return names


def _served(
    path: Path, date: datetime.date, window_s: tuple[int, int], crs: pyproj.CRS, prefix: str
) -> _Served:
    feed = opened_feed(path)
    _has_its_files(feed)
    findings: list[Finding] = []
    stops = read_stop_table(feed, findings)
    routes = _routes(feed, findings)
    calendar = read_calendar(feed, findings)
    left_out = len(findings)
    trips = read_trips(feed, routes=set(routes.index), calendar=calendar, findings=findings)
    _runs_on(date, feed, trips, calendar)
    lost = _lost_trips(feed, trips) if len(findings) > left_out else set()
    found = calls(feed, trips=trips, stops=stops.place, lost=lost, findings=findings)
    counted = departures(found, trips=trips, calendar=calendar, day=date, window_s=window_s)
    counted = counted.assign(head=stops.head[counted["stop"].to_numpy()])
    served = _counts(counted, trips, routes, (window_s[1] - window_s[0]) / 3600)
    frame = _located(served, stops, feed, crs, findings)
    _note_the_rest(stops, served, feed, findings)
    frame.index = pd.Index([f"{prefix}{stop}" for stop in frame.pop("stop_id")])
    return _Served(frame=frame, findings=tuple(findings), feed=feed, rows_in=stops.rows_in)


def _has_its_files(feed: Feed) -> None:
    missing = [
        name for name in ("routes.txt", "trips.txt", "stop_times.txt") if name not in feed.members
    ]
    if not {"calendar.txt", "calendar_dates.txt"} & set(feed.members):
        missing.append("calendar.txt or calendar_dates.txt")
    if missing:
        raise LayerReadError(
            f"{LAYER} ({feed.name}): the timetable has no {', no '.join(missing)}. "
            "Ask the producer for a complete feed."
        )


def _routes(feed: Feed, findings: list[Finding]) -> pd.DataFrame:
    """Return the name and the mode of each line, by identifier."""
    columns = {"route_id": True, "route_short_name": False, "route_long_name": False}
    rows = read_file(feed, "routes.txt", {**columns, "route_type": True}, findings).astype(object)
    rows = rows.where(rows.notna(), None)
    repeated = rows["route_id"].duplicated() | rows["route_id"].isna()
    for number in rows.index[repeated]:
        message = f"routes.txt: line {number} repeats a route_id or has none; it was left out."
        findings.append(dropped(feed, "repeated-row", message, row=str(number)))
    rows = rows[~repeated]
    name = rows["route_short_name"].fillna(rows["route_long_name"]).fillna(rows["route_id"])
    mode = rows["route_type"].map(mode_of, na_action=None)
    return pd.DataFrame({"name": name.to_numpy(), "mode": mode.to_numpy()}, index=rows["route_id"])


def _runs_on(date: datetime.date, feed: Feed, trips: Trips, calendar: Calendar) -> None:
    used = set(trips.table["service_id"])
    if calendar.running(date) & used:
        return
    near = [day.isoformat() for day in calendar.nearest_days(date, used=used)]
    advice = (
        f"The nearest days with service are {' and '.join(near)}: set date to one of them."
        if len(near) > 1
        else f"The nearest day with service is {near[0]}: set date to it."
        if near
        else "It has no service on any day: get another feed."
    )
    raise DataError(f"{LAYER} ({feed.name}): no trip runs on {date.isoformat()}. {advice}")


def _lost_trips(feed: Feed, trips: Trips) -> set[str]:
    rows = read_file(feed, "trips.txt", {"trip_id": True}, [])
    return set(rows["trip_id"].cat.categories) - set(trips.place)


def _counts(
    counted: pd.DataFrame, trips: Trips, routes: pd.DataFrame, hours: float
) -> pd.DataFrame:
    """Add up the calls of each station or stop."""
    route = trips.table["route_id"].to_numpy()[counted["trip"].to_numpy()]
    mode = routes["mode"].reindex(route).to_numpy().copy()
    mode[counted["phoned"].to_numpy(dtype=bool)] = "on_demand"
    table = counted.assign(
        rank=[MODE_ORDER.index(one) for one in mode], line=routes["name"].reindex(route).to_numpy()
    )
    of_head = table.groupby("head", sort=True)
    result = of_head.agg(departures_day=("day", "sum"), window=("window", "sum"))
    result["mode"] = [MODE_ORDER[rank] for rank in of_head["rank"].min()]
    result["departures_h"] = result.pop("window") / hours
    pairs = table[["head", "line"]].drop_duplicates()
    lines = pairs.groupby("head")["line"].agg(lambda names: ", ".join(sorted(names, key=_natural)))
    return result.assign(lines=lines)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sorting key where line 2 comes before line 10."""
    key: list[tuple[int, int, str]] = []
    digits = ""
    for sign in f"{name} ":
        if sign.isdecimal():
            digits += sign
            continue
        if digits:
            key.append((0, int(digits), digits))
            digits = ""
        key.append((1, 0, sign))
    return key


def _located(
    served: pd.DataFrame, stops: Stops, feed: Feed, crs: pyproj.CRS, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """Give served stops their name and place; list those that have none."""
    rows = stops.table.loc[served.index]
    unplaced = (rows["lon"].isna() | rows["lat"].isna()).to_numpy(dtype=bool)
    _list_stops(rows[unplaced], "has no usable stop_lat and stop_lon", feed, findings)
    rows, kept = rows[~unplaced], served[~unplaced]
    points = gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], index=rows.index, crs="EPSG:4326")
    found = verdict(points, crs)
    if len(rows) == 0 or found.outside.all():
        reason = found.message or "None of its served stops has a place."
        raise CRSError(f"{LAYER} ({feed.name}): {reason}")
    _list_stops(rows[found.outside], "lies outside the area of the study's system", feed, findings)
    inside: npt.NDArray[np.bool_] = ~found.outside
    rows, kept = rows[inside], kept[inside]
    unnamed = rows["stop_name"].isna()
    findings += [
        Finding(
            layer=LAYER,
            severity="repaired",
            code="missing-value",
            row=stop,
            column="name",
            file=feed.name,
            message="stops.txt gives the stop no name; its identifier is used.",
        )
        for stop in rows.loc[unnamed, "stop_id"]
    ]
    values = kept.assign(name=rows["stop_name"].fillna(rows["stop_id"]))
    table = declared(LAYER)
    columns = {name: cast(values[name], table.column(name)) for name in table.names}
    frame = pd.DataFrame(columns).assign(stop_id=rows["stop_id"])
    return gpd.GeoDataFrame(frame, geometry=points[inside].to_crs(crs))


def _list_stops(rows: pd.DataFrame, reason: str, feed: Feed, findings: list[Finding]) -> None:
    findings += [
        dropped(feed, "stop-unplaced", f"The stop {reason}; it was left out.", row=str(stop))
        for stop in rows["stop_id"]
    ]


def _note_the_rest(stops: Stops, served: pd.DataFrame, feed: Feed, findings: list[Finding]) -> None:
    """Count the rows of `stops.txt` that do not appear by themselves in the table."""
    alone = stops.head == np.arange(len(stops.head))
    calls = alone & stops.calls
    idle = int((calls & ~np.isin(np.arange(len(calls)), served.index)).sum())
    grouped = int((~alone & stops.calls).sum())
    others = int((~stops.calls).sum())
    for code, count, what in (
        ("grouped", grouped, "platforms are counted at the station they name"),
        ("no-departure", idle, "stops or stations have no departure on the day and were set aside"),
        ("not-a-stop", others, "rows are entrances or path nodes and were set aside"),
    ):
        if count:
            message = f"stops.txt: {count} of {len(calls)} {what}."
            findings.append(
                Finding(
                    layer=LAYER,
                    severity="note",
                    code=code,
                    message=message,
                    file=feed.name,
                    count=count,
                )
            )


def _provenance(spec: LayerSpec, served: _Served) -> Provenance:
    return Provenance(
        layer=LAYER,
        file=served.feed.name,
        sha256=served.feed.sha256,
        nature=spec.nature,
        vintage=spec.vintage,
        licence=spec.licence,
        attribution=spec.attribution,
        rows_in=served.rows_in,
        rows_kept=len(served.frame),
    )
