"""Transit times on cut-outs of real timetables equal the brute-force search, to the second."""

from __future__ import annotations

import datetime
from functools import partial

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from renewal_gis import sources
from renewal_gis.access import join, street_network
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.links import walks_between
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_networks import transit_network
from renewal_gis.schema import LayerSpec
from tests.oracles.timetable_search import FAR, calls_of_day, earliest_arrival

RULES = Conventions(
    max_walk_min=8,
    max_transfer_m=400,
    join_limit_m=150,
    max_rides=3,
    slack_s=60,
    max_min=90,
    feed_transfers=False,
)
CITIES = {
    "montpellier": (
        "transit/montpellier_tam_gtfs_2025-10.zip",
        "EPSG:2154",
        datetime.date(2025, 11, 18),
    ),
    "newport": (
        "pair_newport/newport-20230613_gtfs.zip",
        "EPSG:27700",
        datetime.date(2023, 6, 13),
    ),
}


def grids(centres, crs: str, *, half: int = 600, step: int = 150):
    """Streets every 150 m around some places: the feeds have no streets of their own here."""
    ticks = np.arange(-half, half + 1, step)
    lines = []
    for x0, y0 in centres:
        for one in ticks:
            for other in ticks[:-1]:
                lines.append(LineString([(x0 + one, y0 + other), (x0 + one, y0 + other + step)]))
                lines.append(LineString([(x0 + other, y0 + one), (x0 + other + step, y0 + one)]))
    return gpd.GeoDataFrame(geometry=lines, crs=crs)


def busiest(schedule, day):
    """The places of the three stops most runs call at, at least 1.5 km from one another."""
    runs = calls_of_day(schedule, day)
    called = np.bincount([call[0] for run in runs for call in run], minlength=len(schedule.stops))
    points = np.column_stack([schedule.stops.geometry.x, schedule.stops.geometry.y])
    chosen: list[np.ndarray] = []
    for stop in np.argsort(-called, kind="stable"):
        if all(np.hypot(*(points[stop] - one)) > 1_500 for one in chosen):
            chosen.append(points[stop])
        if len(chosen) == 3:
            return [(round(x), round(y)) for x, y in chosen]
    raise AssertionError("the timetable has no three places")


def by_origin(table, limit_s):
    found: dict[int, dict[int, int]] = {}
    for row in table[table["walk_s"] <= limit_s].itertuples():
        found.setdefault(row.origin, {})[row.target] = row.walk_s
    return found


@pytest.mark.parametrize("city", CITIES)
def test_a_cut_out_of_a_real_timetable_equals_the_search(city, shared):
    name, crs, day = CITIES[city]
    loaded = sources.read_schedule([LayerSpec(path=shared / name)], crs=sources.study_crs(crs))
    schedule = loaded.schedule
    centres = busiest(schedule, day)
    streets = street_network(grids(centres, crs))
    network = transit_network(schedule, streets, date=day, window=("07:30", "07:35"), rules=RULES)
    spots = [Point(x + 130, y - 90) for x, y in centres]
    ends = join(gpd.GeoSeries(spots, crs=crs), streets)
    times = transit_times(ends, ends, network, percentiles=np.arange(1, 6) / 5 * 100)
    stops, most = network.stops, round(RULES.max_walk_min * 60)
    walked = partial(walks_between, streets=streets, rules=RULES)
    access = by_origin(walked(ends, stops, limit_dm=9_000, part="access"), most)
    egress = by_origin(walked(stops, ends, limit_dm=9_000, part="egress"), most)
    direct = by_origin(walked(ends, ends, limit_dm=9_000, part="direct"), most)
    links = by_origin(walked(stops, stops, limit_dm=4_000, part="transfer"), 10**9)
    first, last = network.window_s
    runs = [
        calls
        for calls in calls_of_day(schedule, day)
        if calls[0][2] <= last + 5_400 and calls[-1][1] >= first
    ]
    ridden = 0
    for one in range(len(spots)):
        for other in range(len(spots)):
            wanted = []
            for start in range(first, last, 60):
                arrival = earliest_arrival(
                    runs,
                    start,
                    access=access.get(one, {}),
                    egress={stop: to[other] for stop, to in egress.items() if other in to},
                    direct=direct.get(one, {}).get(other, FAR),
                    links=links,
                    rides=RULES.max_rides,
                    slack=RULES.slack_s,
                )
                travel = arrival - start
                wanted.append(travel if travel <= network.limit_s else FAR)
            found = times.seconds[one, other].astype(float)
            found[found == 65_535] = FAR
            assert found.tolist() == sorted(wanted), (one, other)
            ridden += one != other and any(time < FAR for time in wanted)
    assert ridden >= 4  # the comparison must be of journeys, not of nothing
