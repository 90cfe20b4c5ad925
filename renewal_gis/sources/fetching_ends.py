"""Whether the end of a file is its end: what each format tells of it, where a server told no length.

A text cut exactly between two lines, and an extract of OpenStreetMap cut between two blocks, look whole:
without a length nothing tells them from a file that ends there.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from renewal_gis.errors import DataError
from renewal_gis.sources.wholeness import cells, whole

__all__ = ["cut_short", "refuse_cut_text"]

_TEXTS = frozenset({".csv", ".tsv", ".txt"})
_SEPARATORS = (";", ",", "\t", "|")
_HEADER = 1 << 16  # bytes a header has at most
_TAIL = 1 << 20  # bytes a last line has at most: outlines in text are long
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


def cut_short(path: Path, *, measured: bool) -> str:
    """Return how the end of a file shows that it was cut; empty when nothing shows it.

    Parameters
    ----------
    path
        The file; its name ends as it will be kept.
    measured
        The server told where the file ends, and all came: then only what no whole file has is a fault.
    """
    suffix = path.suffix.lower()
    if suffix in _TEXTS:
        with path.open("rb") as stream:
            head = stream.read(_HEADER)
            size = path.stat().st_size
            stream.seek(max(0, size - _TAIL))
            tail = stream.read()
        return _text_fault(head, tail, measured=measured)
    if suffix in {".gpkg", ".sqlite"} or (suffix == ".pbf" and not measured):
        return _shorter_than_it_says(path)
    if suffix == ".7z":
        return _packed_fault(path)
    if suffix in {".json", ".geojson"} and not measured:
        return _json_fault(path)
    return ""


def refuse_cut_text(content: bytes, place: str, *, measured: bool) -> None:
    """Refuse a table in text that was cut.

    Raises
    ------
    DataError
        When its last line shows it.
    """
    fault = _text_fault(content[:_HEADER], content[-_TAIL:], measured=measured)
    if fault:
        raise DataError(f"{place}: {fault} ({len(content)} bytes). Fetch it again.")


def _text_fault(head: bytes, tail: bytes, *, measured: bool) -> str:
    if head.startswith(_MARKS_16) or not tail:
        return ""
    first, line_end, _ = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not line_end:
        return ""  # one line: nothing to compare with
    separator = max(_SEPARATORS, key=first.decode("latin-1").count)
    ended = tail.rstrip(b" ").endswith((b"\n", b"\r"))
    before, _, last = tail.rstrip(b" \r\n").rpartition(b"\n")
    # Names may end with a separator; and some programs leave out the empty cells at the end of every line.
    due = _cells_of(first.rstrip(separator.encode() + b"\r"), separator)
    due = min(due or 1, _cells_of(before.rpartition(b"\n")[2], separator) or due or 1)
    short = 0 < _cells_of(last, separator) < due
    if short and not (ended and measured):
        return "its last line has fewer cells than those before: it was cut short"
    if not ended and not measured:
        return "its last line has no end and the server told no length: it may have been cut short"
    return ""


def _cells_of(line: bytes, separator: str) -> int:
    """Return how many cells a line has; 0 where it ends, or is within, a cell of several lines."""
    return 0 if line.count(b'"') % 2 else len(cells(line.rstrip(b"\r"), separator))


def _shorter_than_it_says(path: Path) -> str:
    try:
        whole(path, layer=path.name)
    except DataError:
        return "it is shorter than its header says: it was cut short"
    return ""


def _packed_fault(path: Path) -> str:
    """Compare the size of a 7z archive with where its first bytes say its contents are listed."""
    with path.open("rb") as stream:
        head = stream.read(32)
    if len(head) < 32:
        return "it was cut short"
    offset, length = struct.unpack("<QQ", head[12:28])
    return "it was cut short" if path.stat().st_size < 32 + offset + length else ""


def _json_fault(path: Path) -> str:
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return "it is no JSON, or was cut short"
    return ""
