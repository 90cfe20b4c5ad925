"""Whether an answer is what was asked: JSON and not a page, whole, not empty, in the right place."""

from __future__ import annotations

import gzip
import json
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from renewal_gis.errors import DataError
from renewal_gis.sources.fetching_ends import cut_short

__all__ = ["Where", "checked_features", "checked_file", "json_answer", "located"]

_PAGES = (b"<!doctype html", b"<html")
_FAULTS = (b"<?xml", b"<ows:", b"<serviceexception")
_STARTS = {
    ".gpkg": (b"SQLite format 3\0", "GeoPackage"),
    ".7z": (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    ".parquet": (b"PAR1", "Parquet file"),
}


@dataclass(frozen=True, kw_only=True)
class Where:
    """The box asked for.

    Parameters
    ----------
    box
        West, south, east, north, in `crs`.
    crs
        The study's system, as `EPSG:…`.

    Raises
    ------
    DataError
        Another system, or a box without extent.
    """

    box: tuple[float, float, float, float]
    crs: str = "EPSG:2154"

    def __post_init__(self) -> None:
        west, south, east, north = self.box
        if not (np.isfinite(self.box).all() and west < east and south < north):
            raise DataError(
                f"The box of the territory has no extent: {list(self.box)}. Write it again."
            )
        authority, _, code = self.crs.partition(":")
        try:
            pyproj.CRS.from_epsg(int(code) if authority == "EPSG" else 0)
        except (ValueError, pyproj.exceptions.CRSError):
            raise DataError(
                f"The territory's system {self.crs!r} is no EPSG code. Write it as EPSG:2154."
            ) from None

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
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise DataError(
            f"{place}: the answer is no JSON or was cut short ({len(content)} bytes). Fetch it again."
        ) from None


def _no_number(text: str) -> float:
    """Refuse NaN and infinities: JSON has none, and the readers of what is kept would stumble."""
    raise ValueError(text)


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
    held = [one["geometry"] for one in features if one.get("geometry")]
    if not held:
        return where.crs
    bounds = shapely.bounds(
        shapely.from_geojson([json.dumps(one) for one in held], on_invalid="ignore")
    )
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        raise DataError(f"{place}: no feature has a shape that can be read. Nothing was kept.")
    for crs, box in ((where.crs, where.box), ("OGC:CRS84", where.degrees)):
        if _mostly_touching(bounds, box):
            return crs
    first = f"{bounds[0][0]:.6g}, {bounds[0][1]:.6g}"
    for box in (where.box, where.degrees):
        if _mostly_touching(bounds[:, [1, 0, 3, 2]], box):
            raise DataError(
                f"{place}: the server exchanged x and y ({first}). Nothing was kept: tell its "
                "producer, or use a mirror."
            )
    raise DataError(
        f"{place}: the features lie elsewhere than asked, the first at {first}. Nothing was kept."
    )


def _mostly_touching(bounds: np.ndarray, box: tuple[float, float, float, float]) -> bool:
    # Servers answer a box with what touches the box around it in their own system: a little wider.
    west, south, east, north = box
    wide, high = (east - west) / 2, (north - south) / 2
    touching = (bounds[:, 0] <= east + wide) & (bounds[:, 2] >= west - wide)
    touching &= (bounds[:, 1] <= north + high) & (bounds[:, 3] >= south - high)
    return bool(touching.mean() > 0.5)


def checked_file(path: Path, place: str, *, kind: str = "", measured: bool = True) -> None:
    """Refuse a file that is not whole or not what its name says.

    Parameters
    ----------
    path
        The file as it came; its name ends as it will be kept.
    place
        Named in messages.
    kind
        Media type the server told.
    measured
        Where the file ends was told, so all of it came; else its end is looked at more closely.

    Raises
    ------
    DataError
        An empty file, a page, a message of a service; a file cut short, as far as its format tells; a
        file that is not of the kind its name says.
    """
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{place}: the server answered an empty file. Fetch it again.")
    with path.open("rb") as stream:
        head = stream.read(512)
        stream.seek(max(0, size - 4))
        tail = stream.read()
        stream.seek(max(0, size - 512))
        end = stream.read().rstrip()
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
    elif suffix in _STARTS and not head.startswith(_STARTS[suffix][0]):
        fault = f"it is no {_STARTS[suffix][1]}"
    elif suffix == ".parquet" and tail != b"PAR1":
        fault = "it was cut short"
    elif suffix == ".pbf" and b"OSMHeader" not in head[:32]:
        fault = "it is no OpenStreetMap extract"
    elif suffix in {".json", ".geojson"} and not (start[:1] in b"{[" and end[-1:] in b"}]"):
        fault = "it is no JSON, or was cut short"
    elif suffix in {".csv", ".txt"} and start[:1] in b"<{":
        fault = "it is a message of the service and no table"
    fault = fault or cut_short(path, measured=measured)
    if fault:
        raise DataError(f"{place}: {fault} ({size} bytes). Fetch it again.")


def _zip_fault(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except RuntimeError:  # what zipfile raises for a password, and for a packing it does not know
        return "the archive has a password, or is packed in a way only other programs unpack"
    except (zipfile.BadZipFile, OSError, zlib.error, lzma.LZMAError, EOFError, ValueError):
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
