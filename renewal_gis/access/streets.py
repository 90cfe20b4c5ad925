"""The table of streets read as edges: one line each, its length, and what is left out, told."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.errors import CRSError, DataError
from renewal_gis.schema import Finding

__all__ = ["DECIMETRES", "Edges", "Floats", "Ints", "edges_of", "require_metres"]

DECIMETRES = 10  # lengths are whole decimetres: a search forward and one backward agree to the bit
_FARTHEST_M = 100_000_000.0  # beyond, a coordinate is no place on Earth
_LONGEST_M = 1_000_000.0  # two hundred such edges still add up without overflow
_MOST_CROSSINGS = 1_000

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


class Edges(NamedTuple):
    """Walkable lines, the row of the table each comes from, and what was left out."""

    lines: Shapes
    row: Ints
    length_dm: Ints
    steps: npt.NDArray[np.bool_]
    crossings: Floats
    linkable: npt.NDArray[np.bool_]
    findings: list[Finding]


def require_metres(places: gpd.GeoDataFrame | gpd.GeoSeries, layer: str) -> None:
    """Raise when a layer's CRS is missing, geographic, or in another unit than metres.

    Raises
    ------
    CRSError
        One sentence with what was found and what to do.
    """
    crs = places.crs
    if crs is None:
        found = "no CRS"
    elif crs.is_geographic:
        found = f"the geographic CRS {crs.name}"
    elif any(axis.unit_conversion_factor != 1 for axis in crs.axis_info):
        found = f"{crs.name}, in {crs.axis_info[0].unit_name}"
    else:
        return
    raise CRSError(
        f"{layer}: distances need a CRS in metres, found {found}. Use to_crs(2154) or another."
    )


def edges_of(streets: gpd.GeoDataFrame) -> Edges:
    """Return the walkable edges of a table of streets.

    Raises
    ------
    DataError
        When a coordinate, a stated length or a flag is not one; the message names the rows.
    """
    shapes = streets.geometry.to_numpy()
    is_line = np.isin(shapely.get_type_id(shapes), (1, 2, 5)) & ~shapely.is_empty(shapes)
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    wild = np.unique(of[~(np.abs(xy) < _FARTHEST_M).all(axis=1)])
    if len(wild):
        raise _unreadable(streets, wild, "a coordinate is not a number of metres")
    walkable = _flag(streets, "walkable")
    stated = _stated(streets)
    use = is_line & walkable
    long = np.flatnonzero(use & (shapely.length(shapes) >= _LONGEST_M))
    if len(long):
        raise _unreadable(streets, long, "a line is longer than 1 000 km")
    lines, row = _single_lines(shapes, np.flatnonzero(use).astype(np.int32))
    return Edges(
        lines=lines,
        row=row,
        length_dm=_decimetres(lines, row, stated),
        steps=(_column(streets, "kind", row) == "steps"),
        crossings=_crossings(streets)[row],
        linkable=_flag(streets, "linkable")[row],
        findings=[*_no_lines(streets, is_line), *_closed(is_line & ~walkable)],
    )


def _single_lines(shapes: Shapes, rows: Ints) -> tuple[Shapes, Ints]:
    held = shapes[rows]
    several = shapely.get_type_id(held) == shapely.GeometryType.MULTILINESTRING
    if not several.any():
        return held, rows
    merged = held.copy()
    merged[several] = shapely.line_merge(held[several])
    parts, place = shapely.get_parts(merged, return_index=True)
    return parts, rows[place]


def _decimetres(lines: Shapes, row: Ints, stated: Floats) -> Ints:
    drawn = shapely.length(lines)
    whole = np.bincount(row, weights=drawn, minlength=len(stated))[row]
    # A stated length is shared among the parts of a line in several pieces.
    share = np.divide(drawn, whole, out=np.ones_like(drawn), where=whole > 0)
    metres = np.where(np.isnan(stated[row]), drawn, stated[row] * share)
    decimetres = np.rint(metres * DECIMETRES)
    return np.where((metres > 0) & (decimetres < 1), 1, decimetres).astype(np.int32)


def _stated(streets: gpd.GeoDataFrame) -> Floats:
    """Return the stated lengths in metres, NaN where none is."""
    if "length_m" not in streets.columns:
        return np.full(len(streets), np.nan)
    column = streets["length_m"]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = column.notna().to_numpy() & ~((numbers >= 0) & (numbers < _LONGEST_M))
    if bad.any():
        values = ", ".join(repr(value) for value in column[bad].head(3).tolist())
        raise _unreadable(
            streets, np.flatnonzero(bad), f"length_m is negative or no length in metres ({values})"
        )
    return np.asarray(numbers)


def _flag(streets: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.bool_]:
    """Return a column of flags; true where it says nothing."""
    if name not in streets.columns:
        return np.ones(len(streets), dtype=bool)
    column = streets[name]
    if pd.api.types.is_bool_dtype(column):
        return np.asarray(column.astype("boolean").fillna(True).to_numpy(dtype=bool))
    known = column.map(lambda value: isinstance(value, (bool, np.bool_)) or value in (0, 1))
    bad = column.notna().to_numpy() & ~known.to_numpy(dtype=bool)
    if bad.any():
        raise _unreadable(streets, np.flatnonzero(bad), f"{name} is neither true nor false")
    return np.asarray(column.astype("boolean").fillna(True).to_numpy(dtype=bool))


def _crossings(streets: gpd.GeoDataFrame) -> Floats:
    if "crossings" not in streets.columns:
        return np.zeros(len(streets))
    column = streets["crossings"]
    counted = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = column.notna().to_numpy() & ~((counted >= 0) & (counted < _MOST_CROSSINGS))
    if bad.any():
        raise _unreadable(streets, np.flatnonzero(bad), "crossings is no count from 0 on")
    held: Floats = np.nan_to_num(counted, nan=0.0)
    return held


def _column(streets: gpd.GeoDataFrame, name: str, row: Ints) -> npt.NDArray[Any]:
    if name not in streets.columns:
        return np.full(len(row), None, dtype=object)
    return np.asarray(streets[name].to_numpy(dtype=object)[row])


def _unreadable(streets: gpd.GeoDataFrame, rows: npt.NDArray[Any], what: str) -> DataError:
    named = ", ".join(str(name) for name in streets.index[rows[:5]])
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return DataError(f"streets: {what} in row(s) {named}{more}. Correct it in the source.")


def _no_lines(streets: gpd.GeoDataFrame, is_line: npt.NDArray[np.bool_]) -> list[Finding]:
    return [
        Finding(
            layer="streets",
            severity="dropped",
            code="not-a-line",
            message="The row has no line to walk along; it was left out.",
            row=str(streets.index[row]),
        )
        for row in np.flatnonzero(~is_line)
    ]


def _closed(closed: npt.NDArray[np.bool_]) -> list[Finding]:
    if not closed.any():
        return []
    return [
        Finding(
            layer="streets",
            severity="note",
            code="not-walkable",
            message="Edges closed to walkers were left out.",
            count=int(closed.sum()),
        )
    ]
