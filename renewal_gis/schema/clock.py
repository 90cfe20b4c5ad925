"""Times as timetables and study files write them: `07:30`, and `25:10` after midnight."""

from __future__ import annotations

import re

__all__ = ["clock_seconds"]

_TIME = re.compile(r"([0-9]{1,2}):([0-5][0-9])")


def clock_seconds(text: object, *, hours: int = 48) -> int | None:
    """Return a time of day in seconds; None when it cannot be read.

    Parameters
    ----------
    text
        One or two digits, a colon, two digits: `07:30`, `7:30`; `25:10` is ten past one of the day
        after.
    hours
        The time must come before so many hours: two days, unless a longer voyage is told.

    Examples
    --------
    >>> clock_seconds("07:30"), clock_seconds("7:30"), clock_seconds("25:10")
    (27000, 27000, 90600)
    >>> [clock_seconds(text) for text in ("7h", "07:60", "07:5", "48:00", 7)]
    [None, None, None, None, None]
    >>> clock_seconds("50:00", hours=100)
    180000
    """
    told = _TIME.fullmatch(text) if isinstance(text, str) else None
    if told is None or int(told[1]) >= hours:
        return None
    return int(told[1]) * 3600 + int(told[2]) * 60
