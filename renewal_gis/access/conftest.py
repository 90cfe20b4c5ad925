"""The small town the examples of transit are told on: one street, three stops, a bus."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _town(request: pytest.FixtureRequest) -> None:
    """Give the examples that need a timetable on its streets what `transit_network`'s example builds."""
    if isinstance(request.node, pytest.DoctestItem):
        request.getfixturevalue("doctest_namespace").update(town())


@cache
def town() -> dict[str, Any]:
    """Return the names the examples use; each is written out in the example of `transit_network`."""
    import geopandas as gpd
    from shapely import LineString, Point

    from renewal_gis.access import join, street_network, transit_network
    from renewal_gis.schema import written_schedule

    south, north = (700_000, 6_600_000), (700_000, 6_604_000)
    streets = street_network(gpd.GeoDataFrame(geometry=[LineString([south, north])], crs=2154))
    bus = written_schedule(
        stops={"A": south, "B": (700_000, 6_602_000), "C": north},
        trips=[
            ("t1", "7", "bus", "weekday", [("A", "07:10"), ("B", "07:15"), ("C", "07:20")]),
            ("t2", "7", "bus", "weekday", [("A", "08:40"), ("B", "08:45"), ("C", "08:50")]),
        ],
        services={"weekday": ["2026-03-10", "2026-03-11"]},
        crs=2154,
    )
    tuesday = datetime.date(2026, 3, 10)
    network = transit_network(bus, streets, date=tuesday, window=("07:00", "07:10"))
    places = gpd.GeoSeries(
        [Point(700_000, 6_600_080), Point(700_000, 6_603_840)], index=["home", "work"], crs=2154
    )
    home, work = (join(places[[name]], streets) for name in places.index)
    return {
        "streets": streets, "bus": bus, "tuesday": tuesday, "network": network,
        "home": home, "work": work,
    }  # fmt: skip
