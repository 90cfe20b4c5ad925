"""Random timetables on a small grid of streets, for tests that compare searches."""

from __future__ import annotations

import datetime
import itertools

import geopandas as gpd
from hypothesis import strategies as st
from shapely import LineString, Point

from renewal_gis.access import street_network
from tests.small_schedule import schedule

__all__ = ["DAY", "SPOTS", "STREETS", "clock", "grid_streets", "places", "timetables"]

ORIGIN = (735_000.0, 7_029_000.0)
DAY = datetime.date(2026, 3, 10)
SIZE, STEP = 5, 300


def grid_streets() -> gpd.GeoDataFrame:
    """A grid of streets 300 m apart."""
    x0, y0 = ORIGIN
    lines = []
    for one in range(SIZE):
        for other in range(SIZE - 1):
            for (a, b), (c, d) in (
                ((one, other), (one, other + 1)),
                ((other, one), (other + 1, one)),
            ):
                lines.append(
                    LineString([(x0 + a * STEP, y0 + b * STEP), (x0 + c * STEP, y0 + d * STEP)])
                )
    return gpd.GeoDataFrame(geometry=lines, crs=2154)


STREETS = street_network(grid_streets())
SPOTS = [(STEP * a + 20, STEP * b + 7) for a, b in itertools.product(range(SIZE), repeat=2)]


def places(spots) -> gpd.GeoSeries:
    x0, y0 = ORIGIN
    held = [Point(x0 + x, y0 + y) for x, y in spots]
    return gpd.GeoSeries(held, index=[f"p{n}" for n in range(len(held))], crs=2154)


def clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}:{second % 60:02d}"


@st.composite
def timetables(draw):
    """Random timetables: overtaking, waiting, loops, midnight, frequencies, blocks, no boarding."""
    spots = draw(st.lists(st.sampled_from(SPOTS), min_size=3, max_size=7, unique=True))
    names = [f"S{n}" for n in range(len(spots))]
    # One trip in the afternoon: a day without any service is refused.
    trips = [("noon", "N", "bus", "today", [(names[0], "15:00"), (names[1], "15:10")])]
    frequencies, blocks = [], {}
    for number in range(draw(st.integers(1, 9))):
        length = draw(st.integers(2, 5))
        day = draw(st.sampled_from(["today", "yesterday"]))
        time = draw(st.integers(6 * 3600 + 1800, 9 * 3600)) + (86_400 if day == "yesterday" else 0)
        calls = []
        for _ in range(length):
            arrival = time + draw(st.integers(0, 900))
            time = arrival + draw(st.sampled_from([0, 0, 30, 300]))
            pickup = draw(st.sampled_from(["regular", "regular", "regular", "none"]))
            drop_off = draw(st.sampled_from(["regular", "regular", "regular", "none"]))
            calls.append(
                (draw(st.sampled_from(names)), clock(arrival), clock(time), pickup, drop_off)
            )
        trips.append((f"t{number}", "L", "bus", day, calls))
        kind = draw(st.sampled_from(["plain", "plain", "frequency", "block"]))
        if kind == "frequency" and day == "today":
            start = draw(st.integers(6 * 3600, 8 * 3600))
            frequencies.append((f"t{number}", clock(start), clock(start + 2000), 700))
        elif kind == "block":
            blocks[f"t{number}"] = draw(st.sampled_from(["x", "y"]))
    return schedule(
        stops=dict(zip(names, spots, strict=True)),
        trips=trips,
        services={
            "today": [DAY],
            "yesterday": [DAY - datetime.timedelta(days=1)],
        },
        frequencies=frequencies,
        blocks=blocks,
    )
