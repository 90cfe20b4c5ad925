"""The compiled searches made ready: nothing is compiled again by the questions that follow."""

from __future__ import annotations

import os
import subprocess
import sys

import geopandas as gpd

from renewal_gis import access
from renewal_gis.access import arriving, deadlines, service_kernels
from tests.random_timetables import DAY, STREETS, places
from tests.small_schedule import schedule

SEARCHES = (
    arriving.matrix,
    deadlines.deadlines_at,
    deadlines.fill_arrivals,
    deadlines.read_arrivals,
    service_kernels.sums_of_best,
    service_kernels.ptal_sums,
)


def test_what_was_prepared_is_not_compiled_again():
    access.prepare()
    assert access.is_compiled()
    known = [len(search.signatures) for search in SEARCHES]
    assert all(known)
    held = schedule(
        stops={"A": (0, 0), "B": (1200, 0)},
        trips=[("t", "1", "tram", "day", [("A", "07:10"), ("B", "07:15")])],
        services={"day": [DAY]},
    )
    network = access.transit_network(held, STREETS, date=DAY)
    some = access.join(places([(20, 7), (1190, 7)]), STREETS)
    many = access.join(places([(20, 7)] * 40), STREETS)
    access.transit_times(some, some, network)
    access.transit_times(some, some, network, arrive_by=True)
    access.transit_times(many, some.take([True, False]), network)
    access.transit_isochrones(some, network)
    stops = access.join(gpd.GeoSeries(held.stops.geometry), STREETS)
    access.place_service(some, stops, STREETS, held, days={"weekday": DAY})
    assert [len(search.signatures) for search in SEARCHES] == known


def test_a_new_machine_has_nothing_compiled(tmp_path):
    code = "from renewal_gis.access import is_compiled; print(is_compiled())"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
