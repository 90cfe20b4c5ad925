"""Which services of a timetable run on which day, as a table of flags."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_rows import Rows, read_rows

__all__ = ["Services", "read_services"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EPOCH = datetime.date(1970, 1, 1)
_LONGEST_DAYS = 3_653  # ten years
_MOST_FLAGS = 500_000_000
# Dates outside stand for "always" in many exports.
_BELIEVED = (datetime.date(2000, 1, 1).toordinal(), datetime.date(2090, 1, 1).toordinal())

Days = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Services:
    """The services of a timetable.

    Attributes
    ----------
    names
        Identifier of each service.
    first_day
        Day of the first column of `runs`.
    runs
        `runs[s, d]`: service `s` runs `d` days after `first_day`; shape (services, days).
    """

    names: tuple[str, ...]
    first_day: datetime.date
    runs: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Weekly:
    service: npt.NDArray[np.int32]
    flags: npt.NDArray[np.bool_]
    first: Days
    last: Days


@dataclass(frozen=True, kw_only=True, eq=False)
class _Exceptions:
    service: npt.NDArray[np.int32]
    day: Days
    runs: npt.NDArray[np.bool_]


def read_services(feed: Feed, account: Account) -> Services:
    """Read `calendar.txt` and `calendar_dates.txt`; either may be absent.

    A calendar of more than ten years is read for ten, around the dates it names.

    Raises
    ------
    LayerReadError
        When a file is damaged or lacks a column.
    """
    weekly_rows = _weekly_rows(feed, account)
    dated_rows = _dated_rows(feed, account)
    texts = [*weekly_rows["service_id"].values(), *dated_rows["service_id"].values()]
    names = pd.Index(pd.unique(pd.Series(texts, dtype=object)), dtype=object)
    weekly = _weekly(weekly_rows, names)
    dated = _Exceptions(
        service=dated_rows["service_id"].places(names),
        day=_ordinals(dated_rows, "date").astype(np.int64),
        runs=dated_rows["exception_type"].is_in(("1",)),
    )
    start, count = _span(feed, account, weekly, dated, len(names))
    runs = np.zeros((len(names), count), dtype=bool)
    week = (start + np.arange(count) + 6) % 7
    day = start + np.arange(count)
    for place in range(len(weekly.service)):
        within = (day >= weekly.first[place]) & (day <= weekly.last[place])
        runs[weekly.service[place]] |= within & weekly.flags[place][week]
    held = (dated.day >= start) & (dated.day < start + count)
    runs[dated.service[held], dated.day[held] - start] = dated.runs[held]
    return Services(names=tuple(names), first_day=datetime.date.fromordinal(start), runs=runs)


def _weekly_rows(feed: Feed, account: Account) -> Rows:
    file = "calendar.txt"
    needed = dict.fromkeys(("service_id", *_WEEKDAYS, "start_date", "end_date"), True)
    rows = read_rows(feed, file, needed, account)
    first, last = _ordinals(rows, "start_date"), _ordinals(rows, "end_date")
    with np.errstate(invalid="ignore"):
        sane = ~rows["service_id"].blank & (first <= last)
    bad = np.flatnonzero(~sane)
    account.leave_out(
        file,
        "bad-date",
        rows.lines[bad],
        "it has no service, a date that is none, or an end before its start",
        detail=lambda place: " ".join(
            rows[name].at(bad[place]) for name in ("service_id", "start_date", "end_date")
        ),
    )
    rows = _first_of_each(rows.kept(sane), ("service_id",), file, account)
    odd = np.zeros(len(rows), dtype=bool)
    for name in _WEEKDAYS:
        odd |= ~rows[name].is_in(("0", "1"))
    reason = "a weekday is neither 0 nor 1; the service does not run on it"
    account.repair(file, "bad-flag", rows.lines[odd], reason)
    return rows


def _dated_rows(feed: Feed, account: Account) -> Rows:
    file = "calendar_dates.txt"
    needed = dict.fromkeys(("service_id", "date", "exception_type"), True)
    rows = read_rows(feed, file, needed, account)
    sane = ~rows["service_id"].blank & np.isfinite(_ordinals(rows, "date"))
    sane &= rows["exception_type"].is_in(("1", "2"))
    bad = np.flatnonzero(~sane)
    account.leave_out(
        file,
        "bad-date",
        rows.lines[bad],
        "it has a bad date, service or exception_type",
        detail=lambda place: " ".join(rows[name].at(bad[place]) for name in needed),
    )
    return _first_of_each(rows.kept(sane), ("service_id", "date"), file, account)


def _first_of_each(rows: Rows, key: tuple[str, ...], file: str, account: Account) -> Rows:
    repeated = pd.DataFrame({name: rows[name].codes for name in key}).duplicated().to_numpy()
    reason = f"it repeats the {' and '.join(key)} of a line above"
    account.leave_out(file, "repeated-row", rows.lines[repeated], reason)
    return rows.kept(~repeated)


def _weekly(rows: Rows, names: pd.Index) -> _Weekly:
    flags = [rows[name].is_in(("1",)) for name in _WEEKDAYS]
    return _Weekly(
        service=rows["service_id"].places(names),
        flags=np.column_stack(flags),
        first=_ordinals(rows, "start_date").astype(np.int64),
        last=_ordinals(rows, "end_date").astype(np.int64),
    )


def _ordinals(rows: Rows, name: str) -> npt.NDArray[np.float64]:
    return np.asarray(rows[name].numbers(_ordinal), dtype=np.float64)


def _ordinal(text: str) -> float:
    """Return a date such as 20260310 as a day number, NaN when it is none."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return float("nan")
    try:
        return float(datetime.date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal())
    except ValueError:
        return float("nan")


def _span(
    feed: Feed, account: Account, weekly: _Weekly, dated: _Exceptions, services: int
) -> tuple[int, int]:
    """Return the first day that is read, and how many days."""
    every = np.concatenate([weekly.first, weekly.last, dated.day])
    if len(every) == 0:
        return _EPOCH.toordinal(), 0
    first, last = int(every.min()), int(every.max())
    longest = min(_LONGEST_DAYS, max(_MOST_FLAGS // max(services, 1), 366))
    if last - first < longest:
        return first, last - first + 1
    said = read_rows(
        feed, "feed_info.txt", {"feed_start_date": False, "feed_end_date": False}, account
    )
    told = [_ordinals(said, name) for name in ("feed_start_date", "feed_end_date")]
    named = np.concatenate([every, *(one[np.isfinite(one)] for one in told)])
    named = named[(named >= _BELIEVED[0]) & (named < _BELIEVED[1])]
    middle = int(np.median(named)) if len(named) else first
    start = int(np.clip(middle - longest // 2, first, last - longest + 1))
    days = [datetime.date.fromordinal(one) for one in (first, last, start, start + longest - 1)]
    account.note(
        "span-bounded",
        f"The calendar goes from {days[0]} to {days[1]}; it was read from {days[2]} to {days[3]}.",
    )
    return start, longest
