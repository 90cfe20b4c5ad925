"""Where served stops are: those without a place, or outside the study's system, are set aside."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from renewal_gis.errors import CRSError
from renewal_gis.schema import Finding
from renewal_gis.schema.findings import Severity

__all__ = ["findings_of_rows", "placed"]

LAYER = "stops"
_TOLD = 10  # a national timetable has thousands of stops far from any one study
_SLACK_DEG = 1.0  # areas of use are drawn generously by hand


def placed(
    stops: gpd.GeoDataFrame, served: pd.Index, *, file: str, findings: list[Finding]
) -> gpd.GeoSeries:
    """Return the points of served stations, by position; those that have none are listed.

    Parameters
    ----------
    stops
        Stops of a schedule.
    served
        Positions of the stations that are served.
    file
        File of their feed.
    findings
        Receives the stations set aside, and those put amid their platforms.

    Raises
    ------
    CRSError
        When no served station lies in the area of use of the system.
    """
    points = _amid_platforms(stops, served, file, findings)
    nowhere = (points.isna() | points.is_empty).to_numpy()
    findings += _unplaced(stops, points.index[nowhere], "has no usable place", file)
    points = points[~nowhere]
    away = _outside(points)
    if len(served) and (len(points) == 0 or away.all()):
        name = points.crs.name if points.crs else "none"
        reason = (
            f"none of its {len(points)} served stops lies in the area where the study's system {name} "
            "may be used. Check the crs of the study."
            if len(points)
            else "none of its served stops has a place. Ask the producer for coordinates."
        )
        raise CRSError(f"{LAYER} ({file}): {reason}" if file else f"{LAYER}: {reason}")
    reason = "lies outside the area of the study's system"
    findings += _unplaced(stops, points.index[away], reason, file)
    return points[~away]


def findings_of_rows(
    rows: Sequence[str],
    severity: Severity,
    code: str,
    message: str,
    *,
    file: str,
    count: int = 0,
) -> list[Finding]:
    """Return one finding per row: the first ones told one by one, then one that counts the rest.

    Parameters
    ----------
    rows
        Identifier of each row; none for a finding of the whole layer, which counts `count` rows.
    """

    def one(text: str, row: str, number: int) -> Finding:
        return Finding(
            layer=LAYER,
            severity=severity,
            code=code,
            message=text,
            row=row,
            file=file,
            count=number,
        )

    if not len(rows):
        return [one(message, "", count)] if count else []
    told = len(rows) if len(rows) <= _TOLD + 1 else _TOLD
    listed = [one(message, str(row), 1) for row in rows[:told]]
    rest = len(rows) - told
    if rest:
        listed.append(one(f"The same goes for {rest} more rows. {message}", "", rest))
    return listed


def _unplaced(stops: gpd.GeoDataFrame, places: pd.Index, reason: str, file: str) -> list[Finding]:
    rows = [str(one) for one in stops.index[places.to_numpy(dtype=np.int64)]]
    message = f"The stop {reason}; it was left out."
    return findings_of_rows(rows, "dropped", "stop-unplaced", message, file=file)


def _amid_platforms(
    stops: gpd.GeoDataFrame, served: pd.Index, file: str, findings: list[Finding]
) -> gpd.GeoSeries:
    """Put a station without a place amid its platforms."""
    place = served.to_numpy(dtype=np.int64)
    points = gpd.GeoSeries(stops.geometry.to_numpy()[place], index=served, crs=stops.crs)
    lost = place[(points.isna() | points.is_empty).to_numpy()]
    shapes = stops.geometry
    station = stops["station"].to_numpy(dtype=np.int64)
    known = np.isin(station, lost) & ~(shapes.isna() | shapes.is_empty).to_numpy()
    if not known.any():
        return points
    amid = pd.DataFrame({"x": shapes[known].x.to_numpy(), "y": shapes[known].y.to_numpy()})
    amid = amid.groupby(station[known]).mean()
    points.loc[amid.index] = gpd.points_from_xy(amid["x"], amid["y"], crs=stops.crs)
    rows = [str(one) for one in stops.index[amid.index.to_numpy(dtype=np.int64)]]
    message = "stops.txt gives the station no place; it was put amid its platforms."
    findings += findings_of_rows(rows, "repaired", "station-unplaced", message, file=file)
    return points


def _outside(points: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    """Return which points leave the area of use of their own system."""
    out = np.zeros(len(points), dtype=np.bool_)
    if points.crs is None or not len(points):
        return out
    to_degrees = pyproj.Transformer.from_crs(points.crs, "OGC:CRS84", always_xy=True)
    east, north = to_degrees.transform(points.x.to_numpy(), points.y.to_numpy())
    out |= ~(np.isfinite(east) & np.isfinite(north))
    area = points.crs.area_of_use
    if area is None:
        return out
    out |= (north < area.south - _SLACK_DEG) | (north > area.north + _SLACK_DEG)
    after, before = east >= area.west - _SLACK_DEG, east <= area.east + _SLACK_DEG
    # West of the area may be a larger number than its east: it crosses the 180th meridian.
    out |= ~((after & before) if area.west <= area.east else (after | before))
    return out
