"""Which days run what: the calendar of a schedule, by kind of day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.schema import Schedule

__all__ = ["KINDS_OF_DAY", "calendar_summary", "trips_by_day"]

KINDS_OF_DAY = ("weekday", "weekday_holidays", "saturday", "sunday")


def calendar_summary(
    schedule: Schedule,
    *,
    school_holidays: Sequence[tuple[datetime.date, datetime.date]] = (),
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> pd.DataFrame:
    """Count the trips that run on each kind of day.

    Parameters
    ----------
    schedule
        From `sources.read_schedule`.
    school_holidays
        First and last day of each school holiday, both included.
    first, last
        Days looked at, both included; by default from the first to the last day on which a trip runs.

    Returns
    -------
    pandas.DataFrame
        Indexed by `KINDS_OF_DAY`: weekdays in term, weekdays in school holidays, Saturdays, Sundays.
        Public holidays are not guessed: they count with the weekday they fall on, and show in
        `trips_min`. `days`: how many; `trips_min`, `trips_median`, `trips_max`: trips a day, days
        without any included, each run of a frequency being a trip; `example`: the first day whose
        trips are nearest the median; `lines`: lines that run on that day. Without such a day the
        numbers are missing (NaN, NaT) and `lines` is 0.

    Raises
    ------
    UsageError
        When a period ends before it begins.

    Examples
    --------
    The bus of `transit_network`'s example runs on two weekdays:

    >>> calendar_summary(bus).loc["weekday", ["days", "trips_median", "lines"]].tolist()
    [2.0, 2.0, 1.0]
    >>> int(calendar_summary(bus).loc["sunday", "days"])
    0
    """
    days = _period(schedule, first, last)
    trips = trips_by_day(schedule).reindex(days, fill_value=0)
    kinds = _kinds(days, school_holidays)
    rows = [_row(schedule, trips[kinds == kind]) for kind in KINDS_OF_DAY]
    table = pd.DataFrame(rows, index=pd.Index(KINDS_OF_DAY, name="kind_of_day"))
    return table.astype({"days": "int64", "lines": "int64", "example": "datetime64[s]"})


def trips_by_day(schedule: Schedule) -> pd.Series:
    """Return how many trips run on each day the calendar covers.

    Returns
    -------
    pandas.Series
        Indexed by day; each run of a trip that runs at a frequency counts.

    Examples
    --------
    >>> trips_by_day(bus).tolist()
    [2, 2]
    """
    runs_a_day = np.ones(len(schedule.trips), dtype=np.int64)
    bands = schedule.headways
    place = bands["trip"].to_numpy(dtype=np.int64)
    span = (bands["end_s"] - bands["start_s"]).to_numpy(dtype=np.int64)
    headway = bands["headway_s"].to_numpy(dtype=np.int64)
    runs_a_day[place] = 0
    # The last run leaves before the end of the band.
    np.add.at(runs_a_day, place, -(-span // headway))
    service = schedule.trips["service"].to_numpy(dtype=np.int64)
    by_service = np.zeros(len(schedule.services), dtype=np.int64)
    np.add.at(by_service, service, runs_a_day)
    count = schedule.runs.shape[1]
    days = pd.date_range(schedule.first_day, periods=count, freq="D", name="day", unit="s")
    totals = by_service @ schedule.runs if count else np.zeros(0, dtype=np.int64)
    return pd.Series(totals, index=days, name="trips", dtype="int64")


def _period(
    schedule: Schedule, first: datetime.date | None, last: datetime.date | None
) -> pd.DatetimeIndex:
    trips = trips_by_day(schedule)
    held = trips.index[trips > 0]
    start = first or (held[0].date() if len(held) else None)
    end = last or (held[-1].date() if len(held) else None)
    if start is None or end is None:
        return pd.DatetimeIndex([], dtype="datetime64[s]", name="day")
    if first is not None and last is not None and last < first:
        raise UsageError(
            f"calendar: the period ends on {last.isoformat()}, before it begins on "
            f"{first.isoformat()}. Exchange the two."
        )
    return pd.date_range(start, end, freq="D", name="day", unit="s")


def _kinds(
    days: pd.DatetimeIndex, school_holidays: Sequence[tuple[datetime.date, datetime.date]]
) -> npt.NDArray[np.str_]:
    off = np.zeros(len(days), dtype=bool)
    for start, end in school_holidays:
        if end < start:
            raise UsageError(
                f"calendar: a school holiday ends on {end.isoformat()}, before it begins on "
                f"{start.isoformat()}. Exchange the two."
            )
        off |= (days >= pd.Timestamp(start)) & (days <= pd.Timestamp(end))
    weekday = days.day_of_week.to_numpy()
    weekly = np.where(off, KINDS_OF_DAY[1], KINDS_OF_DAY[0])
    return np.where(weekday == 5, KINDS_OF_DAY[2], np.where(weekday == 6, KINDS_OF_DAY[3], weekly))


def _row(schedule: Schedule, trips: pd.Series) -> dict[str, object]:
    if len(trips) == 0:
        gone = dict.fromkeys(("trips_min", "trips_median", "trips_max"), np.nan)
        return {"days": 0, **gone, "example": pd.NaT, "lines": 0}
    middle = float(trips.median())
    example = (trips - middle).abs().idxmin()
    running = schedule.running(example.date())
    on = running[schedule.trips["service"].to_numpy(dtype=np.int64)]
    return {
        "days": len(trips),
        "trips_min": float(trips.min()),
        "trips_median": middle,
        "trips_max": float(trips.max()),
        "example": example,
        "lines": int(schedule.trips.loc[on, ["feed", "line"]].drop_duplicates().shape[0]),
    }
