"""Service days: school terms and holidays of zone B (Lille), public holidays."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["PERIODS", "calendar_dates", "calendar_rows"]

# Feed: first day, last day, school holidays (first day off to last day off), public holidays.
Span = tuple[date, date]
PERIODS: dict[str, tuple[date, date, tuple[Span, ...], tuple[date, ...]]] = {
    "today": (
        date(2025, 12, 15),
        date(2026, 7, 3),
        (
            (date(2025, 12, 20), date(2026, 1, 4)),
            (date(2026, 2, 14), date(2026, 3, 1)),
            (date(2026, 4, 11), date(2026, 4, 26)),
        ),
        (
            date(2025, 12, 25), date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1),
            date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25),
        ),
    ),
    "2009": (
        date(2008, 12, 15),
        date(2009, 7, 1),
        (
            (date(2008, 12, 20), date(2009, 1, 4)),
            (date(2009, 2, 14), date(2009, 3, 1)),
            (date(2009, 4, 11), date(2009, 4, 26)),
        ),
        (
            date(2008, 12, 25), date(2009, 1, 1), date(2009, 4, 13), date(2009, 5, 1),
            date(2009, 5, 8), date(2009, 5, 21), date(2009, 6, 1),
        ),
    ),
}  # fmt: skip

_DAYS = {"SCO": "1,1,1,1,1,0,0", "VAC": "0,0,0,0,0,0,0", "SAM": "0,0,0,0,0,1,0",
         "DIM": "0,0,0,0,0,0,1"}  # fmt: skip


def calendar_rows(feed: str) -> list[str]:
    """Return the lines of calendar.txt."""
    first, last, _, _ = PERIODS[feed]
    return [f"{s},{days},{first:%Y%m%d},{last:%Y%m%d}" for s, days in _DAYS.items()]


def calendar_dates(feed: str) -> list[str]:
    """Return the lines of calendar_dates.txt: school holidays and public holidays."""
    first, last, breaks, public = PERIODS[feed]
    rows: list[str] = []
    day = first
    while day <= last:
        weekday = day.weekday() < 5
        if day in public:
            regular = "SCO" if weekday else ("SAM" if day.weekday() == 5 else "DIM")
            rows.append(f"{regular},{day:%Y%m%d},2")
            # No service at all on 1 May; a Sunday service on the other public holidays.
            if (day.month, day.day) != (5, 1) and regular != "DIM":
                rows.append(f"DIM,{day:%Y%m%d},1")
        elif weekday and any(start <= day <= end for start, end in breaks):
            rows += [f"SCO,{day:%Y%m%d},2", f"VAC,{day:%Y%m%d},1"]
        day += timedelta(days=1)
    return rows
