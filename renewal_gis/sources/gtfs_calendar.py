"""Which services of a timetable run on which day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.gtfs_files import Feed, dropped, read_file

__all__ = ["Calendar", "read_calendar"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# How far from the date asked a day with service is looked for: ten years either way.
_REACH_DAYS = 3_660


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The weekly services of a timetable, and the days added or taken away.

    Parameters
    ----------
    services
        Identifier of each weekly service.
    weekdays
        One row per service, one flag per weekday from Monday.
    first, last
        First and last day of each service, as proleptic ordinals.
    added, removed
        Ordinal → the services added on that day, or taken away.
    """

    services: tuple[str, ...]
    weekdays: npt.NDArray[np.bool_]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    added: dict[int, set[str]] = field(default_factory=dict)
    removed: dict[int, set[str]] = field(default_factory=dict)

    def known(self) -> set[str]:
        """Return every service the calendar names."""
        return set(self.services).union(*self.added.values(), *self.removed.values())

    def running(self, day: datetime.date) -> set[str]:
        """Return the services that run on a day."""
        number = day.toordinal()
        weekly = (self.first <= number) & (number <= self.last) & self.weekdays[:, day.weekday()]
        running = {self.services[place] for place in np.flatnonzero(weekly)}
        return (running | self.added.get(number, set())) - self.removed.get(number, set())

    def nearest_days(self, day: datetime.date, *, used: Iterable[str]) -> list[datetime.date]:
        """Return the last day before and the first day after `day` when a used service runs."""
        wanted = set(used)
        found = []
        for step in (-1, 1):
            for distance in range(1, _REACH_DAYS):
                number = day.toordinal() + step * distance
                if not 1 <= number <= datetime.date.max.toordinal():
                    break
                other = datetime.date.fromordinal(number)
                if self.running(other) & wanted:
                    found.append(other)
                    break
        return found


def read_calendar(feed: Feed, findings: list[Finding]) -> Calendar:
    """Read `calendar.txt` and `calendar_dates.txt`; either may be absent, or both say something.

    Raises
    ------
    LayerReadError
        When a file is damaged or lacks a column.
    """
    needed = dict.fromkeys(("service_id", *_WEEKDAYS, "start_date", "end_date"), True)
    weekly = read_file(feed, "calendar.txt", needed, findings).astype(object)
    days = {name: _ordinals(weekly[name]) for name in ("start_date", "end_date")}
    sane = weekly["service_id"].notna() & days["start_date"].notna() & days["end_date"].notna()
    findings += [
        dropped(feed, "bad-date", f"calendar.txt: line {number} has no service or a bad date.")
        for number in weekly.index[~sane]
    ]
    weekly = weekly[sane]
    added, removed = _exceptions(feed, findings)
    return Calendar(
        services=tuple(weekly["service_id"]),
        weekdays=(weekly[list(_WEEKDAYS)] == "1").to_numpy(dtype=bool).reshape(len(weekly), 7),
        first=days["start_date"][sane].to_numpy(dtype=np.int64),
        last=days["end_date"][sane].to_numpy(dtype=np.int64),
        added=added,
        removed=removed,
    )


def _exceptions(
    feed: Feed, findings: list[Finding]
) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    needed = dict.fromkeys(("service_id", "date", "exception_type"), True)
    rows = read_file(feed, "calendar_dates.txt", needed, findings).astype(object)
    days = _ordinals(rows["date"])
    added: dict[int, set[str]] = {}
    removed: dict[int, set[str]] = {}
    sides = {"1": added, "2": removed}
    columns = (rows["service_id"], days, rows["exception_type"])
    for number, service, day, kind in zip(rows.index, *columns, strict=True):
        if pd.isna(service) or pd.isna(day) or kind not in sides:
            message = f"calendar_dates.txt: line {number} has a bad date, service or type."
            findings.append(dropped(feed, "bad-date", message))
            continue
        sides[kind].setdefault(int(day), set()).add(service)
    return added, removed


def _ordinals(texts: pd.Series) -> pd.Series:
    """Return dates such as 20260310 as day numbers, missing where they are none."""
    numbers = {text: _ordinal(text) for text in texts.dropna().unique()}
    return texts.map(numbers).astype("float64")


def _ordinal(text: str) -> float:
    try:
        return float(datetime.datetime.strptime(text, "%Y%m%d").toordinal())
    except ValueError:
        return float("nan")
