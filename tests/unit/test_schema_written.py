"""Schedules written by hand: the same as those of a feed that says the same, and what is refused."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from renewal_gis.errors import UsageError
from renewal_gis.schema import written_schedule
from tests.small_schedule import schedule

DAY = datetime.date(2026, 3, 10)
STOPS = {"A": (735_000.0, 7_029_000.0), "B": (735_500.0, 7_029_000.0)}
TRIP = ("t1", "1", "bus", "week", [("A", "07:00"), ("B", "24:10")])
GOOD = {"stops": STOPS, "trips": [TRIP], "services": {"week": [DAY, "2026-03-12"]}, "crs": 2154}


def test_it_is_the_schedule_of_the_other_way_of_writing():
    trips = [TRIP, ("t2", "D", "on_demand", "sun", [("B", "08:00"), ("A", "08:00")])]
    services = {"week": [DAY, "2026-03-12"], "sun": ["2026-03-08"]}
    held = written_schedule(stops=STOPS, trips=trips, services=services, crs=2154)
    other = schedule(stops={"A": (0, 0), "B": (500, 0)}, trips=trips, services=services)
    for name in ("first_call", "stop", "arrival_s", "departure_s", "pickup", "drop_off", "runs"):
        one, two = getattr(held, name), getattr(other, name)
        assert one.dtype == two.dtype, name
        assert np.array_equal(one, two), name
    for name in ("stops", "trips", "headways", "transfers", "pathways"):
        assert getattr(held, name).equals(getattr(other, name)), name
    assert (held.services, held.first_day, held.timezone) == (
        other.services, other.first_day, other.timezone,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"services": {}}, "one date at least"),
        ({"services": {"week": ["10/03/2026"]}}, "10/03/2026"),
        ({"trips": [("t", "1", "bus", "sun", TRIP[4])]}, "'sun', which is not given"),
        ({"trips": [("t", "1", "coach", "week", TRIP[4])]}, "'coach' is none of"),
        ({"trips": [("t", "1", "bus", "week", [("A", "07:00")])]}, "two calls"),
        ({"trips": [("t", "1", "bus", "week", [("A", "07:00"), ("Z", "07:10")])]}, "'Z'"),
        ({"trips": [("t", "1", "bus", "week", [("A", "07:00"), ("B", "06:59")])]}, "fall back"),
        ({"trips": [("t", "1", "bus", "week", [("A", "7h"), ("B", "07:10")])]}, "'7h'"),
        ({"trips": [("t", "1", "bus", "week", [("A", "07:60"), ("B", "08:10")])]}, "'07:60'"),
    ],
)
def test_what_cannot_be_is_told(changed, said):
    with pytest.raises(UsageError, match=said):
        written_schedule(**{**GOOD, **changed})
