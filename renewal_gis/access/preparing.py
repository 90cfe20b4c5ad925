"""The compiled searches made ready: compiled on the first run, then read from the disk."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point

from renewal_gis.access.arriving import matrix
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.deadlines import read_arrivals
from renewal_gis.access.decay import step
from renewal_gis.access.isochrones import reached_streets
from renewal_gis.access.joining import Joined, join
from renewal_gis.access.kernels import counts
from renewal_gis.access.measures import gravity, service_counts, walk_minutes
from renewal_gis.access.network import Network, street_network
from renewal_gis.access.place_service import place_service
from renewal_gis.access.service_kernels import ptal_sums
from renewal_gis.access.stop_facts import stops_on_days
from renewal_gis.access.tables import travel_times
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_networks import transit_network
from renewal_gis.files import holds
from renewal_gis.schema import written_schedule

__all__ = ["is_compiled", "prepare"]

_CRS = "EPSG:2154"
# The last searches of `prepare`, one of each module: what was left of them was left of all.
_LAST = (counts, ptal_sums, matrix, read_arrivals)


def is_compiled() -> bool:
    """Tell whether an earlier run has left the compiled searches on this machine.

    Examples
    --------
    >>> prepare()
    >>> is_compiled()
    True
    """
    return all(
        holds(Path(search.stats.cache_path), f"{_module(search)}.{search.__name__}-*.nbi")
        for search in _LAST
    )


def _module(search: Any) -> str:
    return str(search.__module__).rpartition(".")[2]


def prepare() -> None:
    """Go once through every compiled search, on a street of two edges with a bus.

    The first run on a machine compiles them, which takes some twenty seconds; later ones read what was
    kept. Nothing else needs this: a search that was not prepared compiles when it is first used.

    Examples
    --------
    >>> prepare()
    """
    lines = [LineString([_at(0), _at(50)]), LineString([_at(50), _at(100)])]
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=_CRS))
    places = join(gpd.GeoSeries([Point(_at(10)), Point(_at(60))], crs=_CRS), network)
    one = places.take(np.array([True, False]))
    groups = pd.Series(["a", "b"])
    walk_minutes(places, places, network, groups=groups)
    service_counts(places, places, network, groups=groups)
    gravity(places, places, network, groups=groups, decay=step(1))
    travel_times(one, places, network, limit_min=1)
    reached_streets(one, network, limit_min=1)
    _ride(one, network)


def _ride(place: Joined, streets: Network) -> None:
    """Go through the searches over a timetable: from a place, back to it, and the service near it."""
    day = datetime.date(2026, 3, 10)
    bus = written_schedule(
        stops={"a": _at(10), "b": _at(90)},
        trips=[("t", "1", "bus", "day", [("a", "08:20"), ("b", "08:25")])],
        services={"day": [day]},
        crs=_CRS,
    )
    network = transit_network(
        bus, streets, date=day, window=("08:15", "08:20"), rules=Conventions(max_min=30)
    )
    many = join(gpd.GeoSeries([Point(_at(10))] * 16, crs=_CRS), streets)
    transit_times(place, place, network)
    transit_times(many, place, network)
    stops = join(stops_on_days(bus, days={"weekday": day}), streets)
    place_service(place, stops, streets, bus, days={"weekday": day})


def _at(metres: float) -> tuple[float, float]:
    return (700_000 + metres, 6_600_000)
