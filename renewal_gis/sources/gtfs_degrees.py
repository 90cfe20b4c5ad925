"""Longitudes and latitudes as timetables write them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_rows import Column, Rows

__all__ = ["degrees"]

Numbers = npt.NDArray[np.float64]


def degrees(
    rows: Rows, *, of: Literal["stop", "shape_pt"], file: str, account: Account, each: bool = True
) -> tuple[Numbers, Numbers]:
    """Return longitudes and latitudes, NaN where they cannot be right.

    Parameters
    ----------
    rows
        With the columns `stop_lon` and `stop_lat`, or those of another kind of place.
    of
        Kind of place: what the names of the columns begin with.
    file, account
        Where decimal commas are listed.
    each
        List them one by one; without it one line counts them all.
    """
    commas = np.zeros(len(rows), dtype=bool)
    both = []
    for name, limit in ((f"{of}_lon", 180.0), (f"{of}_lat", 90.0)):
        column, with_comma = _pointed(rows[name])
        commas |= with_comma
        numbers = column.numbers(_number)
        both.append(np.where(np.abs(numbers) <= limit, numbers, np.nan))
    reason = "its coordinates have decimal commas, which were read as points"
    account.repair(file, "decimal-comma", rows.lines[commas], reason, each=each)
    # Latitude and longitude both 0 stand for "unknown" in many exports.
    nowhere = ((both[0] == 0) & (both[1] == 0)) | np.isnan(both[0]) | np.isnan(both[1])
    return np.where(nowhere, np.nan, both[0]), np.where(nowhere, np.nan, both[1])


def _pointed(column: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
    commas = np.array([text.count(",") == 1 and "." not in text for text in column.texts], bool)
    texts = np.array([text.replace(",", ".") for text in column.texts], dtype=object)
    return Column(codes=column.codes, texts=texts), column.mapped(commas, False)


def _number(text: str) -> float:
    try:
        value = float(text) if text.isascii() and "_" not in text else np.nan
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan
