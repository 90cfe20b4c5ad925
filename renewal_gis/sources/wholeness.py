"""Whether a file is whole, for the formats whose reader opens a cut file without a word."""

from __future__ import annotations

import struct
from pathlib import Path

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.opening import reading
from renewal_gis.sources.osm_pbf import blobs

__all__ = ["whole"]


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
