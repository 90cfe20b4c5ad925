"""The stops of a timetable: stations that group their platforms, and the modes that call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.gtfs_files import LAYER, Feed, dropped, read_file
from renewal_gis.sources.gtfs_modes import MODE_ORDER, mode_of

__all__ = ["MODE_ORDER", "Stops", "mode_of", "read_stop_table"]


@dataclass(frozen=True, kw_only=True)
class Stops:
    """The rows of `stops.txt`.

    Parameters
    ----------
    table
        stop_id, stop_name, lon, lat (NaN when they cannot be right), place 0, 1… as index.
    place
        Identifier → place.
    head
        For each row, the place of the station or stop that stands for it.
    calls
        Whether vehicles can call at the row: a stop, platform or station.
    rows_in
        Rows of the file, those that could not be read included.
    """

    table: pd.DataFrame
    place: dict[str, int]
    head: npt.NDArray[np.int64]
    calls: npt.NDArray[np.bool_]
    rows_in: int


def read_stop_table(feed: Feed, findings: list[Finding]) -> Stops:
    """Read `stops.txt` and find which row stands for each."""
    columns = {"stop_id": True, "stop_name": False, "stop_lat": True, "stop_lon": True}
    columns |= {"location_type": False, "parent_station": False}
    before = len(findings)
    rows = read_file(feed, "stops.txt", columns, findings).astype(object)
    rows = rows.where(rows.notna(), None)
    rows_in = len(rows) + len(findings) - before
    repeated = rows["stop_id"].duplicated() | rows["stop_id"].isna()
    for number in rows.index[repeated]:
        message = f"stops.txt: line {number} repeats a stop_id or has none; it was left out."
        findings.append(dropped(feed, "repeated-row", message, row=str(number)))
    rows = rows[~repeated].reset_index(drop=True)
    place = {stop: number for number, stop in enumerate(rows["stop_id"])}
    table = rows[["stop_id", "stop_name"]].copy()
    lon, lat = _degrees(rows["stop_lon"], 180), _degrees(rows["stop_lat"], 90)
    # Latitude and longitude both 0 stand for "unknown" in many exports.
    nowhere = (lon == 0) & (lat == 0)
    table["lon"], table["lat"] = lon.mask(nowhere), lat.mask(nowhere)
    head = _heads(rows, place, feed, findings)
    kinds = rows["location_type"]
    calls = (kinds.isna() | kinds.isin(["0", "1"])).to_numpy(dtype=bool)
    return Stops(
        table=_placed_stations(table, head, feed, findings),
        place=place,
        head=head,
        calls=calls,
        rows_in=rows_in,
    )


def _degrees(texts: pd.Series, limit: float) -> pd.Series:
    numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
    return numbers.where(numbers.abs() <= limit)


def _heads(
    rows: pd.DataFrame, place: dict[str, int], feed: Feed, findings: list[Finding]
) -> npt.NDArray[np.int64]:
    head = np.arange(len(rows))
    for number, (stop, parent) in enumerate(
        zip(rows["stop_id"], rows["parent_station"], strict=True)
    ):
        if parent is None or parent == stop:
            continue
        if parent not in place:
            findings.append(
                Finding(
                    layer=LAYER,
                    severity="repaired",
                    code="undefined",
                    row=stop,
                    file=feed.name,
                    message=f"stops.txt names the station {parent!r}, which it does not have; the "
                    "stop stands alone.",
                )
            )
            continue
        head[number] = place[parent]
    # A boarding area names a platform, which names a station.
    return np.asarray(head[head], dtype=np.int64)


def _placed_stations(
    table: pd.DataFrame, head: npt.NDArray[np.int64], feed: Feed, findings: list[Finding]
) -> pd.DataFrame:
    """Put a station without a place amid its platforms."""
    lost = table["lon"].isna() | table["lat"].isna()
    amid = table.loc[~lost, ["lon", "lat"]].groupby(head[~lost.to_numpy()]).mean()
    stations = [number for number in table.index[lost] if number in amid.index]
    for number in stations:
        table.loc[number, ["lon", "lat"]] = amid.loc[number]
        findings.append(
            Finding(
                layer=LAYER,
                severity="repaired",
                code="station-unplaced",
                row=str(table.at[number, "stop_id"]),
                file=feed.name,
                message="stops.txt gives the station no place; it was put amid its platforms.",
            )
        )
    return table
