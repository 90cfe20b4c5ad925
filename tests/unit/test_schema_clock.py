"""Times of day, read from text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewal_gis.schema import clock_seconds


@given(st.integers(0, 47), st.integers(0, 59))
def test_every_time_of_two_days_is_read(hour, minute):
    told = hour * 3600 + minute * 60
    assert clock_seconds(f"{hour:02d}:{minute:02d}") == told
    assert clock_seconds(f"{hour}:{minute:02d}") == told


@pytest.mark.parametrize(
    "text",
    ["", ":", "7", "7h", "07:60", "07:5", "07:005", "007:00", "48:00", "-1:00", "+7:00", " 07:00",
     "07:00 ", "07:00\n", "07:00:30", "٠٧:٠٠", b"07:00", 7, 7.5, None, ("07:00",)],
)  # fmt: skip
def test_what_is_no_time_is_not_read(text):
    assert clock_seconds(text) is None


def test_a_voyage_of_days():
    assert clock_seconds("99:59", hours=100) == 99 * 3600 + 59 * 60
    assert clock_seconds("50:00", hours=50) is None
    assert clock_seconds("49:59", hours=50) == 50 * 3600 - 60
