"""Isochrones by transit: the streets that are reached, door to door, within so many minutes."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.access.heap import FAR
from renewal_gis.access.isochrones import band_sizes, lines_within, nested_bands
from renewal_gis.access.joining import Joined, at_nodes
from renewal_gis.access.network import Floats
from renewal_gis.access.pace import limits_dm, per_minute
from renewal_gis.access.reach import in_threads
from renewal_gis.access.transit import TransitTimes, transit_times
from renewal_gis.access.transit_networks import TransitNetwork

__all__ = ["transit_isochrones"]

Row = dict[str, object]

_TOGETHER = 32  # places searched from at a time: their times at every node are held together


def transit_isochrones(
    places: Joined,
    network: TransitNetwork,
    *,
    limits_min: Sequence[float] = (15, 30, 45),
    percentile: float = 50,
    width_m: float | None = None,
    hole_m2: float | None = None,
) -> gpd.GeoDataFrame:
    """Draw what is reached by transit and on foot from places.

    Parameters
    ----------
    places
        Sites or services, joined to the network's streets.
    network
        Timetable and streets, from `transit_network`.
    limits_min
        Travel times in minutes.
    percentile
        Percentile of the travel time over the departures: 50 for what half of them reach.
    width_m, hole_m2
        Width drawn on each side of a reached street, and the largest hole that is filled; the
        assumptions `isochrone_width` and `isochrone_hole` by default.

    Returns
    -------
    GeoDataFrame
        One row per place and limit: `place`, `minutes`, and a valid polygon in the streets' CRS.

    Raises
    ------
    UsageError
        When a limit or the width is not above zero, the hole is below it, or the percentile is not one.

    Notes
    -----
    Travel times are exact at the nodes of the streets; along an edge they are walked on from its ends,
    which is at most a few seconds more than the percentile of each point.

    Examples
    --------
    Within 15 minutes, half of the departures reach a part of the street on foot; within 30, the far
    end too, by bus. With the town of `transit_network`'s example:

    >>> drawn = transit_isochrones(home, network, limits_min=[15, 30])
    >>> drawn["minutes"].tolist(), bool(drawn.area[0] < drawn.area[1])
    ([15.0, 30.0], True)
    """
    width, hole = band_sizes(width_m, hole_m2)
    streets, speed = network.streets, network.rules.speed_km_h
    limits, pace = limits_dm(limits_min, speed), per_minute(speed)
    nodes = at_nodes(streets)
    rows: list[Row] = []
    found = np.flatnonzero(places.reached)
    for begin in range(0, len(found), _TOGETHER):
        some = np.zeros(len(places.index), dtype=bool)
        some[found[begin : begin + _TOGETHER]] = True
        times = transit_times(places.take(some), nodes, network, percentiles=[percentile])
        held = times.minutes(percentile)

        def bands(number: int, held: Floats = held, times: TransitTimes = times) -> list[Row]:
            walked = np.rint(np.nan_to_num(held[number]) * pace)
            cost = np.where(np.isnan(held[number]), FAR, walked).astype(np.int64)
            lines = [lines_within(streets, cost, int(limit)) for limit in limits]
            return nested_bands(times.origins[number], limits_min, lines, width, hole)

        rows.extend(row for part in in_threads(bands, range(len(held))) for row in part)
    table = pd.DataFrame(rows, columns=["place", "minutes", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=streets.crs)
