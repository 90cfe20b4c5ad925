"""The bytes of a timetable's file as UTF-8, and what had to be repaired on the way."""

from __future__ import annotations

import re

from renewal_gis.sources.gtfs_account import Account

__all__ = ["BOM", "cleaned", "is_plain"]

BOM = b"\xef\xbb\xbf"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TEXT_END = re.compile(r"\r\n|\r|\n")


def is_plain(head: bytes) -> bool:
    """Tell whether the first bytes of a file look like UTF-8 that needs no repair."""
    return head[:2] not in _UTF_16 and b"\0" not in head


def cleaned(content: bytes, *, file: str, account: Account) -> bytes:
    """Return a file as UTF-8 without byte order mark or null bytes.

    UTF-16 is told by its mark, or by its null bytes. What is not UTF-8 is taken for Windows-1252,
    unless more of its letters are good UTF-8 than bad: then only the bad ones are replaced.
    """
    text = _decoded(content, file, account)
    if text is None:
        held = content.removeprefix(BOM)
    else:
        held = text.removeprefix("\ufeff").encode("utf-8", errors="replace")
    if b"\0" in held:
        lines = [
            number for number, line in enumerate(_LINE_END.split(held), start=1) if b"\0" in line
        ]
        account.repair(file, "null-bytes", lines, "it holds null bytes, which were taken out")
        held = held.replace(b"\0", b"")
    return held


def _decoded(content: bytes, file: str, account: Account) -> str | None:
    """Return the text of a file that is not UTF-8; None when it is."""
    utf_16 = _UTF_16.get(content[:2]) or _unmarked_utf_16(content[:200])
    if utf_16:
        account.note("encoding", f"{file} is in UTF-16 and was read so.")
        return content.decode(utf_16, errors="replace")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf_8(content, file, account)
    return None


def _not_utf_8(content: bytes, file: str, account: Account) -> str:
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    if len(_FOREIGN.findall(text)) > 2 * bad:
        lines = [
            number for number, line in enumerate(_TEXT_END.split(text), start=1) if "\ufffd" in line
        ]
        account.repair(file, "encoding", lines, "it is not UTF-8; the bad letters became \ufffd")
        return text
    lines = [
        number
        for number, line in enumerate(_LINE_END.split(content), start=1)
        if not line.isascii()
    ]
    account.repair(file, "encoding", lines, "it is not UTF-8; it was read as Windows-1252")
    return content.decode("cp1252", errors="replace")


def _unmarked_utf_16(head: bytes) -> str | None:
    half = len(head) // 2
    if half < 4:
        return None
    if head[1::2].count(0) > 0.9 * half and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > 0.9 * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None
