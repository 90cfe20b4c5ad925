"""The compiled searches made ready: compiled on the first run, then read from the disk."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, Point

from renewal_gis.access.decay import step
from renewal_gis.access.isochrones import reached_streets
from renewal_gis.access.joining import join
from renewal_gis.access.kernels import counts
from renewal_gis.access.measures import gravity, service_counts, walk_minutes
from renewal_gis.access.network import street_network
from renewal_gis.access.tables import travel_times
from renewal_gis.files import holds

__all__ = ["is_compiled", "prepare"]


def is_compiled() -> bool:
    """Tell whether an earlier run has left the compiled searches on this machine."""
    return holds(Path(counts.stats.cache_path), "kernels.counts-*.nbi")


def prepare() -> None:
    """Walk once through every compiled search on a street of two edges.

    The first run on a machine compiles them, which takes some seconds; later ones read what was kept.
    Nothing else needs this: a search that was not prepared compiles when it is first used.
    """
    lines = [LineString([(0, 0), (50, 0)]), LineString([(50, 0), (100, 0)])]
    network = street_network(gpd.GeoDataFrame(geometry=lines, crs=2154))
    places = join(gpd.GeoSeries([Point(10, 0), Point(60, 0)], crs=2154), network)
    one = places.take(np.array([True, False]))
    groups = pd.Series(["a", "b"])
    walk_minutes(places, places, network, groups=groups)
    service_counts(places, places, network, groups=groups)
    gravity(places, places, network, groups=groups, decay=step(1))
    travel_times(one, places, network, limit_min=1)
    reached_streets(one, network, limit_min=1)
