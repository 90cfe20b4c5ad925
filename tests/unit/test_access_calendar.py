"""Which days run what, counted by hand."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from small_feed import feed, read
from small_schedule import schedule

from renewal_gis.access.calendar import calendar_summary, trips_by_day
from renewal_gis.errors import UsageError
from renewal_gis.sources import read_schedule, study_crs

CALL = [("A", "07:00"), ("B", "07:10")]
# Monday 2 to Sunday 15 March 2026.
WEEKDAYS = [datetime.date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]


def held():
    return schedule(
        stops={"A": (0, 0), "B": (500, 0)},
        trips=[
            ("w1", "1", "bus", "week", CALL),
            ("w2", "1", "bus", "week", CALL),
            ("s1", "2", "bus", "school", CALL),
            ("f1", "3", "tram", "saturday", CALL),
        ],
        services={
            "week": [day for day in WEEKDAYS if day.day != 12],
            "school": [day for day in WEEKDAYS if day.day < 9],
            "saturday": ["2026-03-07", "2026-03-14"],
        },
        frequencies=[("f1", "06:00", "07:00", 600), ("f1", "07:00", "07:01", 600)],
    )


def test_trips_by_day():
    trips = trips_by_day(held())
    # The band of an hour every ten minutes is six runs, the band of a minute one.
    assert trips.tolist() == [3, 3, 3, 3, 3, 7, 0, 2, 2, 2, 0, 2, 7]
    assert trips.index[0] == pd.Timestamp("2026-03-02")


def test_days_are_told_by_kind():
    holidays = [(datetime.date(2026, 3, 9), datetime.date(2026, 3, 15))]
    table = calendar_summary(held(), school_holidays=holidays)
    assert table["days"].to_dict() == {
        "weekday": 5, "weekday_holidays": 5, "saturday": 2, "sunday": 1
    }  # fmt: skip
    assert table[["trips_min", "trips_median", "trips_max"]].to_numpy().tolist() == [
        [3, 3, 3], [0, 2, 2], [7, 7, 7], [0, 0, 0]
    ]  # fmt: skip
    assert table["example"].dt.day.tolist() == [2, 9, 7, 8]
    assert table["lines"].tolist() == [2, 1, 1, 0]


def test_a_period_narrows_or_widens_the_days():
    table = calendar_summary(
        held(), first=datetime.date(2026, 3, 14), last=datetime.date(2026, 3, 29)
    )
    assert table["days"].tolist() == [10, 0, 3, 3]
    assert table.loc["saturday", ["trips_min", "trips_max"]].tolist() == [0, 7]
    assert np.isnan(table.loc["weekday_holidays", "trips_median"])
    assert pd.isna(table.loc["weekday_holidays", "example"])


def test_periods_that_end_before_they_begin_are_refused():
    early, late = datetime.date(2026, 3, 2), datetime.date(2026, 3, 3)
    with pytest.raises(UsageError, match="period ends on 2026-03-02"):
        calendar_summary(held(), first=late, last=early)
    with pytest.raises(UsageError, match="school holiday ends"):
        calendar_summary(held(), school_holidays=[(late, early)])


def test_a_schedule_that_never_runs(tmp_path):
    changes = {
        "calendar.txt": None,
        "calendar_dates.txt": "service_id,date,exception_type\n",
        "trips.txt": "route_id,service_id,trip_id\n",
    }
    table = calendar_summary(read(feed(tmp_path, changes)).schedule)
    assert table["days"].tolist() == [0, 0, 0, 0]


def test_montpellier_week(shared):
    from renewal_gis.schema import LayerSpec

    path = shared / "transit" / "montpellier_tam_gtfs_2025-10.zip"
    loaded = read_schedule([LayerSpec(path=path)], crs=study_crs("EPSG:2154"))
    # Toussaint, zone C.
    holidays = [(datetime.date(2025, 10, 18), datetime.date(2025, 11, 2))]
    table = calendar_summary(loaded.schedule, school_holidays=holidays)
    assert table["days"].sum() == (loaded.schedule.nearest_days(datetime.date(2026, 6, 1))[0]
                                   - loaded.schedule.nearest_days(datetime.date(2025, 1, 1))[0]).days + 1  # fmt: skip
    median = table["trips_median"]
    assert (
        median["weekday"] > median["weekday_holidays"] > median["saturday"] > median["sunday"] > 0
    )
