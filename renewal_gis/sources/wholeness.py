"""Whether a file is whole, for the formats whose reader opens a cut file without a word."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.opening import reading
from renewal_gis.sources.osm_pbf import blobs

__all__ = ["cells", "overlong_line", "whole"]

_LINES = 100_000  # of a text, looked at together: their marks stay small in memory


def whole(path: Path, *, layer: str) -> None:
    """Compare the size of a GeoPackage, shapefile or `.osm.pbf` with what its headers announce.

    SQLite fails, or not, when it meets a missing page, and GDAL gives the shapes cut off a
    shapefile as rows without geometry. An extract cut between two blocks looks whole.

    Raises
    ------
    LayerReadError
        When the file is shorter than it should be.
    """
    if not path.is_file():
        return
    suffix = path.suffix.lower()
    with reading(path, layer=layer):
        if suffix in {".gpkg", ".sqlite"}:
            _compare(path, _sqlite_bytes(path, layer), layer)
        elif suffix == ".pbf":
            blobs(path, layer=layer)
        elif suffix == ".shp":
            for part in sorted(path.parent.iterdir()):
                if part.stem == path.stem and part.suffix.lower() in {".shp", ".shx", ".dbf"}:
                    _compare(part, _shapefile_bytes(part), layer)


def overlong_line(content: bytes, separator: str) -> str:
    r"""Return a sentence on the first line of a text file with a cell too many; empty when there is none.

    The reader of texts shifts such a line, or cuts it, without a word. Empty cells at its end are none.

    Examples
    --------
    >>> overlong_line(b"id;name;x\n1;Zola;7;\n", ";")
    ''
    >>> overlong_line(b"id;name;x\n1;A; B;7\n", ";").partition(":")[0]
    'line 2 has more cells than the first'
    """
    due = len(cells(content.partition(b"\n")[0].rstrip(b"\r"), separator))
    held = np.frombuffer(content, dtype=np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(held == ord("\n")) + 1])
    bounds = np.append(starts[starts < len(held)], len(held))
    for at in range(0, len(bounds) - 1, _LINES):
        part = bounds[at : at + _LINES + 1]
        marks = np.flatnonzero(held[part[0] : part[-1]] == ord(separator)) + part[0]
        for number in np.flatnonzero(np.diff(np.searchsorted(marks, part)) >= due):
            line = content[part[number] : part[number + 1]].rstrip(b"\r\n")
            # A quote left open: the cell goes on in the next line.
            closed = line.count(b'"') % 2 == 0
            if closed and any(one.strip() for one in cells(line, separator)[due:]):
                return (
                    f"line {at + int(number) + 1} has more cells than the first: a text holds "
                    f"{separator!r} without quotes around it, and what follows would be read one column "
                    "too far. Put it in quotes."
                )
    return ""


def cells(line: bytes, separator: str) -> list[bytes]:
    """Return the cells of a line, a mark for each in quotes: outlines in text are long."""
    mark = separator.encode()
    if b'"' in line:
        line = re.sub(rb'(^|%b)"(?:[^"]|"")*"' % re.escape(mark), rb"\1q", line)
    return line.split(mark)


def _compare(path: Path, due: int, layer: str) -> None:
    held = path.stat().st_size
    if held < due:
        raise LayerReadError(
            f"{layer} ({path.name}): the file is truncated: {held} bytes of {due}. Copy it again."
        )


def _sqlite_bytes(path: Path, layer: str) -> int:
    with path.open("rb") as stream:
        header = stream.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise LayerReadError(
            f"{layer} ({path.name}): the file is not a GeoPackage (its header is not that of "
            "SQLite). Export it again."
        )
    size, pages = struct.unpack(">H", header[16:18])[0], struct.unpack(">I", header[28:32])[0]
    return int(65536 if size == 1 else size) * int(pages)


def _shapefile_bytes(path: Path) -> int:
    with path.open("rb") as stream:
        header = stream.read(32)
    if len(header) < 32:
        return 100
    if path.suffix.lower() == ".dbf":
        rows, head, row = struct.unpack("<IHH", header[4:12])
        return int(head) + int(rows) * int(row)
    # The length of .shp and .shx counts words of two bytes.
    return 2 * int(struct.unpack(">I", header[24:28])[0])
