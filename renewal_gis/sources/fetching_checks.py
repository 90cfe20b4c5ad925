"""Whether an answer is what was asked: JSON and not a page, whole, not empty, in the right place."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from renewal_gis.errors import DataError

__all__ = ["Where", "checked_features", "checked_file", "json_answer", "located"]

_PAGES = (b"<!doctype html", b"<html")
_FAULTS = (b"<?xml", b"<ows:", b"<serviceexception")


@dataclass(frozen=True, kw_only=True)
class Where:
    """The box asked for.

    Parameters
    ----------
    box
        West, south, east, north, in `crs`.
    crs
        The study's system.
    """

    box: tuple[float, float, float, float]
    crs: str = "EPSG:2154"

    @property
    def degrees(self) -> tuple[float, float, float, float]:
        """The box in longitudes and latitudes."""
        moved = pyproj.Transformer.from_crs(self.crs, "OGC:CRS84", always_xy=True)
        west, south, east, north = moved.transform_bounds(*self.box)
        return west, south, east, north


def json_answer(content: bytes, place: str) -> Any:
    """Return the content of a JSON answer.

    Raises
    ------
    DataError
        When it is a page, a message of the service, or JSON cut short.
    """
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if start.startswith(_PAGES):
        raise DataError(
            f"{place}: the server answered a web page instead of data. It may be down, or a proxy "
            "may ask for a password: open the address in a browser."
        )
    if start.startswith(_FAULTS):
        said = b" ".join(content[:2000].split())
        text = said.decode("utf-8", errors="replace")[:200]
        raise DataError(f"{place}: the service answered a message instead of data: {text}")
    try:
        return json.loads(content)
    except (ValueError, UnicodeDecodeError):
        raise DataError(
            f"{place}: the answer is no JSON or was cut short ({len(content)} bytes). Fetch it again."
        ) from None


def checked_features(features: Sequence[dict[str, Any]], place: str, *, may_be_empty: bool) -> None:
    """Refuse zero features where a territory must have some.

    Raises
    ------
    DataError
        When there is none.
    """
    if features or may_be_empty:
        return
    raise DataError(
        f"{place}: the server answered zero features. The layer may have changed its name, or the box "
        "its axis order: visit its page."
    )


def located(features: Sequence[dict[str, Any]], where: Where, place: str) -> str:
    """Return the system the coordinates are in: the one asked, or degrees.

    Parameters
    ----------
    features
        GeoJSON features.
    where
        The box asked for; most features must touch it.
    place
        Named in messages.

    Returns
    -------
    str
        `EPSG:…`, or `OGC:CRS84` when the server gave degrees though metres were asked.

    Raises
    ------
    DataError
        When x and y are exchanged, or the features lie elsewhere.
    """
    shapes = [one.get("geometry") for one in features]
    points = np.array([_first(shape) for shape in shapes if shape])
    if not len(points):
        return where.crs
    for crs, box in ((where.crs, where.box), ("OGC:CRS84", where.degrees)):
        if _mostly_within(points, box):
            return crs
    for box in (where.box, where.degrees):
        if _mostly_within(points[:, ::-1], box):
            raise DataError(
                f"{place}: the server exchanged x and y ({points[0][0]:.6g}, {points[0][1]:.6g}). "
                "Nothing was kept: tell its producer, or use a mirror."
            )
    raise DataError(
        f"{place}: the features lie elsewhere than asked, the first at {points[0][0]:.6g}, "
        f"{points[0][1]:.6g}. Nothing was kept."
    )


def _first(geometry: dict[str, Any]) -> tuple[float, float]:
    at: Any = geometry.get("coordinates") or [[float("nan")] * 2]
    while at and isinstance(at[0], list):
        at = at[0]
    return (float(at[0]), float(at[1])) if len(at) >= 2 else (float("nan"), float("nan"))


def _mostly_within(points: np.ndarray, box: tuple[float, float, float, float]) -> bool:
    # A feature that crosses the border may start outside: a box as wide again on each side holds it.
    west, south, east, north = box
    wide, high = east - west, north - south
    x, y = points[:, 0], points[:, 1]
    inside = (x >= west - wide) & (x <= east + wide) & (y >= south - high) & (y <= north + high)
    return bool(inside.mean() > 0.5)


def checked_file(path: Path, place: str, *, kind: str = "") -> None:
    """Refuse a file that is not whole or not what its name says.

    Parameters
    ----------
    path
        The file as it came; its name ends as it will be kept.
    place
        Named in messages.
    kind
        Media type the server told.

    Raises
    ------
    DataError
        An empty file, a page, a zip, gzip, Parquet or extract cut short.
    """
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{place}: the server answered an empty file. Fetch it again.")
    with path.open("rb") as stream:
        head = stream.read(512)
        stream.seek(max(0, size - 4))
        tail = stream.read()
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(_PAGES) or kind == "text/html":
        raise DataError(
            f"{place}: the server answered a web page instead of a file. The address may have moved: "
            "visit its page."
        )
    suffix = path.suffix.lower()
    fault = ""
    if suffix in {".zip", ".xlsx"}:
        fault = _zip_fault(path)
    elif suffix == ".gz":
        fault = _gzip_fault(path)
    elif suffix == ".parquet" and (head[:4] != b"PAR1" or tail != b"PAR1"):
        fault = "it is no Parquet file, or was cut short"
    elif suffix == ".pbf" and head[5:14] != b"\tOSMHeade" and b"OSMHeader" not in head[:32]:
        fault = "it is no OpenStreetMap extract"
    if fault:
        raise DataError(f"{place}: {fault} ({size} bytes). Fetch it again.")


def _zip_fault(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError):
        return "the archive is truncated or is none"
    return f"the archive is damaged at {broken}" if broken else ""


def _gzip_fault(path: Path) -> str:
    try:
        with gzip.open(path) as stream:
            while stream.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error):
        return "the archive is truncated or is none"
    return ""
