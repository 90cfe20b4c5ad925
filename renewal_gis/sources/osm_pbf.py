"""The frame of an `.osm.pbf` file: its blobs, whether they are all there, and their content."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from renewal_gis.errors import LayerReadError

__all__ = ["Blob", "UnusualExtract", "blobs", "checked_header", "each_block"]

# Limits of the format (OpenStreetMap wiki, "PBF Format"): a reader refuses more.
_MAX_HEADER = 64 * 1024
_MAX_BLOB = 32 * 1024 * 1024
_READ_HERE = frozenset({"OsmSchema-V0.6", "DenseNodes"})
_BATCH = 64

_Result = TypeVar("_Result")


class UnusualExtract(Exception):  # noqa: N818
    """An extract that is sound and uses a part of the format this reader leaves to libosmium."""


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Where a blob stands in the file."""

    kind: bytes
    start: int
    size: int


def blobs(path: Path, *, layer: str) -> list[Blob]:
    """Return the blobs of a file, from their headers alone.

    Raises
    ------
    LayerReadError
        When the file is not an extract, or ends inside a blob.
    """
    held = path.stat().st_size
    found: list[Blob] = []
    pos = 0
    with path.open("rb") as stream:
        while pos < held:
            stream.seek(pos)
            if pos + 4 > held:
                raise LayerReadError(_cut(path, layer, held, pos + 4))
            size = int.from_bytes(stream.read(4), "big")
            if size > _MAX_HEADER or size == 0:
                raise LayerReadError(_foreign(path, layer))
            if pos + 4 + size > held:
                raise LayerReadError(_cut(path, layer, held, pos + 4 + size))
            blob = _blob(stream.read(size), pos + 4 + size)
            if blob is None or (not found and blob.kind != b"OSMHeader"):
                raise LayerReadError(_foreign(path, layer))
            pos = blob.start + blob.size
            if pos > held:
                raise LayerReadError(_cut(path, layer, held, pos))
            found.append(blob)
    return found


def checked_header(path: Path, first: Blob, *, layer: str) -> None:
    """Read the header of an extract.

    Raises
    ------
    LayerReadError
        When the extract holds the history of its objects.
    UnusualExtract
        When it needs more than this reader knows.
    """
    with path.open("rb") as stream:
        content = _content(_read(stream, first))
    named = {(number, bytes(text)) for number, text in _fields(content) if isinstance(text, bytes)}
    required = {text.decode() for number, text in named if number == 4}
    if "HistoricalInformation" in required:
        raise LayerReadError(
            f"{layer} ({path.name}): the extract holds the history of its objects, each of them "
            "several times. Take an extract of one date (osmium time-filter)."
        )
    if not required <= _READ_HERE or (5, b"LocationsOnWays") in named:
        raise UnusualExtract


def each_block(
    path: Path, found: list[Blob], task: Callable[[bytes], _Result]
) -> Iterator[_Result]:
    """Give what `task` makes of each block of data, in the order of the file.

    Blocks are unpacked and worked on side by side, a batch at a time: memory holds one batch.
    """
    data = (blob for blob in found if blob.kind == b"OSMData")
    with path.open("rb") as stream, ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        while batch := list(islice(data, _BATCH)):
            packed = [_read(stream, blob) for blob in batch]
            yield from pool.map(lambda one: task(_content(one)), packed)


def _read(stream: BinaryIO, blob: Blob) -> bytes:
    stream.seek(blob.start)
    return stream.read(blob.size)


def _content(packed: bytes) -> bytes:
    """Unpack a blob, whose size is announced and limited."""
    fields = dict(_fields(packed))
    raw, squeezed, size = fields.get(1), fields.get(3), fields.get(2)
    if isinstance(raw, bytes):
        return raw
    if not isinstance(squeezed, bytes) or not isinstance(size, int):
        raise UnusualExtract
    if size > _MAX_BLOB:
        raise ValueError(f"a block announces {size / 1e6:.0f} MB, more than the format allows")
    # One byte more than announced lets the library reach its check sum.
    reader = zlib.decompressobj()
    content = reader.decompress(squeezed, size + 1)
    if not reader.eof or len(content) != size:
        raise ValueError("a block does not unpack to the size it announces")
    return content


def _blob(header: bytes, start: int) -> Blob | None:
    try:
        fields = dict(_fields(header))
    except ValueError:
        return None
    kind, size = fields.get(1), fields.get(3)
    if not isinstance(kind, bytes) or not isinstance(size, int) or size > _MAX_BLOB:
        return None
    return Blob(kind=kind, start=start, size=size)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Give the number and the value of each field of a small message."""
    pos = 0
    while pos < len(message):
        tag, pos = _varint(message, pos)
        value, start = (0, pos) if tag & 7 in {1, 5} else _varint(message, pos)
        if tag & 7 == 0:
            yield tag >> 3, value
            pos = start
            continue
        size = {1: 8, 2: value, 5: 4}.get(tag & 7, len(message) + 1)
        pos = start + size
        if pos > len(message):
            raise ValueError("a header of the file is damaged")
        yield tag >> 3, message[start:pos]


def _varint(message: bytes, pos: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if pos >= len(message):
            break
        byte = message[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, pos
    raise ValueError("a header of the file is damaged")


def _cut(path: Path, layer: str, held: int, due: int) -> str:
    return (
        f"{layer} ({path.name}): the file is truncated: {held} bytes of at least {due}. "
        "Copy it again."
    )


def _foreign(path: Path, layer: str) -> str:
    return (
        f"{layer} ({path.name}): the file is not an OpenStreetMap extract, or it is damaged: "
        "its blocks do not follow one another. Get it again."
    )
