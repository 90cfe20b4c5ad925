"""The encoding of a text file: by its mark, else by what its bytes can be."""

from __future__ import annotations

import codecs

from renewal_gis.errors import LayerReadError

__all__ = ["readable_bytes"]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SAVE = "Save it as CSV in UTF-8."
_LOOKED_AT = 4096  # bytes


def readable_bytes(content: bytes, *, place: str) -> tuple[bytes, str, str]:
    r"""Return a text file as bytes a reader of tables takes.

    Parameters
    ----------
    content
        The file.
    place
        Layer and file, for messages.

    Returns
    -------
    tuple
        The bytes (UTF-16 turned into UTF-8), their encoding, and a sentence where it is not the usual
        UTF-8.

    Raises
    ------
    LayerReadError
        UTF-32, UTF-16 cut short, or what looks like UTF-16 and has no mark.

    Examples
    --------
    >>> readable_bytes("id;nom\n1;Éric".encode("utf-16"), place="sites (s.csv)")[1:]
    ('utf-8-sig', 'The file is UTF-16; it was read as such.')
    >>> readable_bytes("Éric".encode("cp1252"), place="sites (s.csv)")[1]
    'cp1252'
    """
    if content.startswith(_UTF_32):
        raise LayerReadError(f"{place}: the file is UTF-32, which few programs read. {_SAVE}")
    if content.startswith(_UTF_16):
        # What Excel calls "Unicode text".
        try:
            whole = content.decode("utf-16").encode()
        except UnicodeError:
            raise LayerReadError(
                f"{place}: the file is UTF-16 and holds bytes that are none, as one cut short does. "
                f"Copy it again, or: {_SAVE}"
            ) from None
        return whole, "utf-8-sig", "The file is UTF-16; it was read as such."
    looks = _unmarked(content[:_LOOKED_AT])
    if looks:
        raise LayerReadError(f"{place}: the file {looks}. {_SAVE}")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        told = "The file is not UTF-8; it was read as Windows-1252. Check the accents."
        return content, "cp1252", told
    return content, "utf-8-sig", ""


def _unmarked(head: bytes) -> str:
    """Return what bytes without a mark look like; empty for a text of single bytes."""
    if b"\0" not in head:
        return ""
    half = len(head) // 2
    for first, name in ((1, "little"), (0, "big")):
        # Letters of the West, separators and line ends have one byte of zero in each pair.
        if half and head[first::2].count(0) > 0.7 * half and head[1 - first :: 2].count(0) == 0:
            return (
                f"looks like UTF-16 ({name}-endian) without the mark at its start that would say so: every "
                "other byte is zero"
            )
    return (
        "holds bytes of zero, which no text has: it may be a workbook, a database or a damaged file"
    )
