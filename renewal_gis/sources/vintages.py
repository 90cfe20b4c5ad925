"""Which vintage is printed beside a layer, where the study says one and the file another."""

from __future__ import annotations

import re

from renewal_gis.schema import Finding

__all__ = ["agreed_vintage", "vintage_notes"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def agreed_vintage(stated: str, held: str) -> str:
    """Return the study's vintage; the file's where the two are of different years.

    Examples
    --------
    >>> agreed_vintage("2025-01", "2025"), agreed_vintage("2025", "2024"), agreed_vintage("", "2024")
    ('2025-01', '2024', '2024')
    """
    return held if not stated or _differ(stated, held) else stated


def vintage_notes(stated: str, held: str, *, layer: str, file: str) -> tuple[Finding, ...]:
    """Return a note when a study still names the vintage of a file that was replaced."""
    if not _differ(stated, held):
        return ()
    told = (
        f"The study says vintage {stated!r}, the file says {held}: {held} is printed. Correct vintage and "
        "attribution in the study, or take the file they name."
    )
    note = Finding(layer=layer, severity="note", code="vintage-differs", message=told, file=file)
    return (note,)


def _differ(stated: str, held: str) -> bool:
    said, found = set(_YEAR.findall(stated)), set(_YEAR.findall(held))
    return bool(said) and bool(found) and not said & found
