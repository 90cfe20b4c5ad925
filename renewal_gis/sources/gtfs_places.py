"""The stops, stations, entrances and path nodes of a timetable, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from renewal_gis.errors import CRSError
from renewal_gis.schema.schedule import STOP_KINDS
from renewal_gis.sources.crs import verdict
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_degrees import degrees
from renewal_gis.sources.gtfs_files import LAYER, Feed
from renewal_gis.sources.gtfs_rows import Rows, read_rows

__all__ = ["Places", "read_places"]

_FILE = "stops.txt"
# Parents of parents, doubled each time: deeper than any station, and enough to see a loop.
_DOUBLINGS = 12

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """The rows of `stops.txt`; every array has shape (stops,).

    Attributes
    ----------
    ids
        Identifiers.
    names
        Names; the identifier where there is none.
    station
        Place of the station a stop belongs to, or its own.
    kind
        Place in `STOP_KINDS`.
    lon, lat
        Degrees; NaN where unknown.
    x, y
        Metres in the study's system; NaN where unknown or outside its area.
    """

    ids: pd.Index
    names: npt.NDArray[np.object_]
    station: Positions
    kind: npt.NDArray[np.int8]
    lon: Numbers
    lat: Numbers
    x: Numbers
    y: Numbers


def read_places(feed: Feed, crs: pyproj.CRS, account: Account) -> Places:
    """Read `stops.txt`.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    CRSError
        When all stops lie outside the study's area of use.
    """
    columns = {"stop_id": True, "stop_name": False, "stop_lat": True, "stop_lon": True}
    columns |= {"location_type": False, "parent_station": False}
    rows = read_rows(feed, _FILE, columns, account)
    codes = rows["stop_id"].codes
    repeated = pd.Series(codes).duplicated().to_numpy() | (codes < 0)
    reason = "it repeats a stop_id or has none"
    account.leave_out(_FILE, "repeated-row", rows.lines[repeated], reason)
    rows = rows.kept(~repeated)
    ids = pd.Index(rows["stop_id"].values(), dtype=object)
    station = _stations(rows, ids, account)
    lon, lat = degrees(rows, of="stop", file=_FILE, account=account)
    lon, lat = _lent(rows, station, lon, lat, account)
    x, y = _projected(rows, lon, lat, crs, feed, account)
    return Places(
        ids=ids,
        names=_names(rows, ids, account),
        station=station,
        kind=_kinds(rows, account),
        lon=lon,
        lat=lat,
        x=x,
        y=y,
    )


def _names(rows: Rows, ids: pd.Index, account: Account) -> npt.NDArray[np.object_]:
    unnamed = rows["stop_name"].blank & (_kind_codes(rows) < 3)
    reason = "it has no stop_name; its stop_id is used"
    account.repair(_FILE, "missing-value", rows.lines[unnamed], reason)
    return np.where(rows["stop_name"].blank, ids.to_numpy(), rows["stop_name"].values())


def _kind_codes(rows: Rows) -> npt.NDArray[np.int8]:
    column = rows["location_type"]
    known = pd.Index([str(code) for code in range(len(STOP_KINDS))], dtype=object)
    return np.where(column.blank, 0, column.places(known)).astype(np.int8)


def _kinds(rows: Rows, account: Account) -> npt.NDArray[np.int8]:
    kinds = _kind_codes(rows)
    odd = kinds < 0
    reason = "its location_type is not 0 to 4; it was read as a stop"
    account.repair(_FILE, "bad-kind", rows.lines[odd], reason)
    return np.where(odd, 0, kinds).astype(np.int8)


def _stations(rows: Rows, ids: pd.Index, account: Account) -> Positions:
    """Return the station of each row: the last of its parents."""
    column = rows["parent_station"]
    own = np.arange(len(ids), dtype=np.int32)
    parent = column.places(ids)
    unknown = np.flatnonzero(~column.blank & (parent < 0))
    account.repair(
        _FILE,
        "undefined",
        rows.lines[unknown],
        "it names a parent_station that is not in the file; the stop stands alone",
        detail=lambda place: repr(column.at(unknown[place])),
    )
    parent = np.where(parent < 0, own, parent)
    station = parent
    for _ in range(_DOUBLINGS):
        station = station[station]
    looped = parent[station] != station
    reason = "its parent_station leads back to itself; the stop stands alone"
    account.repair(_FILE, "parent-loop", rows.lines[looped], reason)
    return np.where(looped, own, station).astype(np.int32)


def _lent(
    rows: Rows, station: Positions, lon: Numbers, lat: Numbers, account: Account
) -> tuple[Numbers, Numbers]:
    """Put a station without a place amid its platforms, then a platform without one at its station."""
    lost = np.isnan(lon)
    if not lost.any():
        return lon, lat
    amid = pd.DataFrame({"lon": lon, "lat": lat})[~lost].groupby(station[~lost]).mean()
    amid = amid.reindex(np.arange(len(lon)))
    alone = station == np.arange(len(lon))
    stations = lost & alone & amid["lon"].notna().to_numpy()
    reason = "the station has no place; it was put amid its platforms"
    account.repair(_FILE, "station-unplaced", rows.lines[stations], reason)
    lon = np.where(stations, amid["lon"], lon)
    lat = np.where(stations, amid["lat"], lat)
    # Path nodes and boarding areas need no place of their own.
    lent = lost & ~alone & ~np.isnan(lon[station])
    told = lent & (_kind_codes(rows) < 3)
    reason = "it has no usable stop_lat and stop_lon; it was put at its station"
    account.repair(_FILE, "stop-unplaced", rows.lines[told], reason)
    lon, lat = np.where(lent, lon[station], lon), np.where(lent, lat[station], lat)
    nowhere = np.isnan(lon)
    reason = "it has no usable stop_lat and stop_lon; its place is unknown"
    account.remark(_FILE, "stop-unplaced", rows.lines[nowhere], reason)
    return lon, lat


def _projected(
    rows: Rows, lon: Numbers, lat: Numbers, crs: pyproj.CRS, feed: Feed, account: Account
) -> tuple[Numbers, Numbers]:
    known = np.flatnonzero(~np.isnan(lon))
    points = gpd.GeoSeries.from_xy(lon[known], lat[known], crs="EPSG:4326")
    found = verdict(points, crs)
    if len(known) and found.outside.all():
        raise CRSError(f"{LAYER} ({feed.name}): {found.message}")
    away = known[found.outside]
    reason = "it lies outside the area of the study's system; its place is left empty"
    account.remark(_FILE, "stop-outside", rows.lines[away], reason)
    inside = known[~found.outside]
    x, y = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
    if len(inside):
        moved = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        east, north = moved.transform(lon[inside], lat[inside])
        sane = np.isfinite(east) & np.isfinite(north)
        x[inside[sane]], y[inside[sane]] = east[sane], north[sane]
    return x, y
