"""Logos for the title blocks: read once, checked, drawn on sheets and dossiers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renewal_gis.errors import DataError
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.typeface import need

__all__ = ["MOST_LOGOS", "Logo", "read_logos"]

MOST_LOGOS = 4  # what the title block of an A4 portrait holds
_MOST_BYTES, _MOST_PIXELS = 4_000_000, 4_000
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A picture for the title blocks.

    Parameters
    ----------
    data
        Bytes of a PNG or a JPEG.
    kind
        `png` or `jpg`.
    width, height
        Pixels.
    """

    data: bytes
    kind: str
    width: int
    height: int

    def pixels(self) -> Any:
        """Return the picture as an array matplotlib draws."""
        image = need("PIL.Image").open(io.BytesIO(self.data))
        return np.asarray(image.convert("RGBA"))


def read_logos(paths: Sequence[Path]) -> tuple[Logo, ...]:
    """Read the logos of a pack.

    Parameters
    ----------
    paths
        PNG or JPEG files, at most `MOST_LOGOS`.

    Raises
    ------
    DataError
        A file is missing, is neither, is too large, or cannot be read; or there are too many.
    """
    if len(paths) > MOST_LOGOS:
        raise DataError(
            f"{len(paths)} logos were given, and a title block holds {MOST_LOGOS}. Give fewer --logo."
        )
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Logo:
    name = printable(path.name, longest=80)
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise DataError(
            f"The logo {name} cannot be read ({fault.strerror or fault}). Give a PNG or a JPEG, or leave "
            "--logo out."
        ) from None
    kind = next((kind for head, kind in _KINDS.items() if data.startswith(head)), None)
    if kind is None:
        raise DataError(f"The logo {name} is neither a PNG nor a JPEG. Export it as a PNG.")
    if len(data) > _MOST_BYTES:
        raise DataError(
            f"The logo {name} has {len(data) / 1e6:.1f} MB, more than the {_MOST_BYTES / 1e6:.0f} MB a "
            "title block needs. Export it smaller."
        )
    try:
        image = need("PIL.Image").open(io.BytesIO(data))
        width, height = image.size
        if max(width, height) <= _MOST_PIXELS:
            image.load()
    except (OSError, SyntaxError, ValueError) as fault:
        raise DataError(
            f"The logo {name} is cut short or damaged ({printable(str(fault), longest=80)}). Export it "
            "again."
        ) from None
    if max(width, height) > _MOST_PIXELS:
        raise DataError(
            f"The logo {name} is {width} × {height} pixels, more than {_MOST_PIXELS}. Export it smaller."
        )
    return Logo(data=data, kind=kind, width=width, height=height)
