"""What is measured from each home and each site: minutes, counts, the service at the stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.joining import Joined
from renewal_gis.access.network import DECIMETRES, Network
from renewal_gis.access.search import FAR, counts_within, nearest
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["measure_name", "nearest_service", "service_counts", "stop_service", "walk_minutes"]


def measure_name(measure: str, group: str) -> str:
    """Return the name of a measure's column, the same in tables, study files and maps.

    Examples
    --------
    >>> measure_name("walk_min", "ecole")
    'walk_min:ecole'
    """
    return f"{measure}:{group}"


def walk_minutes(
    origins: Joined,
    services: Joined,
    network: Network,
    *,
    groups: pd.Series,
    speed_km_h: float | None = None,
) -> pd.DataFrame:
    """Minutes on foot from each origin to the nearest service of each group.

    Parameters
    ----------
    origins, services
        Places joined to the network by `join`.
    network
        Street network.
    groups
        Group of each service, on the services' index.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default.

    Returns
    -------
    DataFrame
        On the origins' index, a column `walk_min:<group>` per group in alphabetical order. NaN where
        the origin is not joined to the streets or no service of the group can be reached.

    Raises
    ------
    UsageError
        When the speed is not positive, or the groups are not on the services' index.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import LineString, Point
    >>> from renewal_gis.access import join, street_network
    >>> net = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (800, 0)])], crs=2154))
    >>> home = join(gpd.GeoSeries([Point(0, 0)], index=["home"], crs=2154), net)
    >>> school = join(gpd.GeoSeries([Point(800, 0)], index=["school"], crs=2154), net)
    >>> walk_minutes(home, school, net, groups=pd.Series(["ecole"], index=["school"]))
          walk_min:ecole
    home            10.0
    """
    per_minute = _decimetres_per_minute(speed_km_h)
    columns = {}
    for name, members in _members(services, groups):
        far, _ = nearest(network, origins, _part(services, members))
        minutes = np.where(far == FAR, np.nan, far / per_minute)
        columns[measure_name("walk_min", name)] = minutes
    return pd.DataFrame(columns, index=origins.index)


def nearest_service(
    origins: Joined, services: Joined, network: Network, *, groups: pd.Series
) -> pd.DataFrame:
    """Identifier of the nearest service of each group, missing where there is none.

    Returns
    -------
    DataFrame
        On the origins' index, a column `nearest:<group>` per group.
    """
    columns = {}
    for name, members in _members(services, groups):
        _, which = nearest(network, origins, _part(services, members))
        ids = services.index[members].to_numpy(dtype=object)
        columns[measure_name("nearest", name)] = np.where(which >= 0, ids[which], None)
    return pd.DataFrame(columns, index=origins.index)


def service_counts(
    origins: Joined,
    services: Joined,
    network: Network,
    *,
    groups: pd.Series,
    thresholds_min: Sequence[float] = (10, 15, 20),
    speed_km_h: float | None = None,
) -> pd.DataFrame:
    """Number of services of each group within each walking time of each origin.

    Parameters
    ----------
    origins, services, network, groups, speed_km_h
        As in `walk_minutes`.
    thresholds_min
        Walking minutes, inclusive.

    Returns
    -------
    DataFrame
        On the origins' index, columns `count_10_min:<group>`…; missing (NaN) where the origin is not
        joined to the streets, 0 where it is and nothing is within reach.
    """
    if not len(thresholds_min) or min(thresholds_min) < 0:
        raise UsageError(f"thresholds_min must be minutes above zero, got {thresholds_min!r}.")
    per_minute = _decimetres_per_minute(speed_km_h)
    limits = sorted(thresholds_min)
    names, codes = np.unique(_texts(services, groups), return_inverse=True)
    counts = counts_within(
        network,
        origins,
        services,
        group=codes.astype(np.int32),
        groups=len(names),
        # The small addition keeps 10 min at 4.8 km/h at 8 000 dm when the product falls just short.
        limits_dm=np.floor(np.array(limits) * per_minute + 1e-6).astype(np.int32),
    ).astype(float)
    counts[~origins.reached] = np.nan
    columns = {
        measure_name(f"count_{limit:g}_min", name): counts[:, number, place]
        for number, name in enumerate(names)
        for place, limit in enumerate(limits)
    }
    return pd.DataFrame(columns, index=origins.index)


def stop_service(
    origins: Joined,
    stops: Joined,
    network: Network,
    *,
    departures: pd.DataFrame,
    speed_km_h: float | None = None,
) -> pd.DataFrame:
    """Minutes on foot to the nearest stop that is served on the day, and the service it offers.

    Parameters
    ----------
    origins, stops, network, speed_km_h
        As in `walk_minutes`.
    departures
        `departures_day` and `departures_h` of each stop, on the stops' index.

    Returns
    -------
    DataFrame
        On the origins' index: `walk_min:stop`, `departures_day:stop` (departures of the service day),
        `departures_h:stop` (departures per hour in the window), and `nearest:stop`. Missing where no
        stop can be reached.
    """
    far, which = nearest(network, origins, stops)
    known = which >= 0
    columns: dict[str, Any] = {
        "walk_min:stop": np.where(known, far / _decimetres_per_minute(speed_km_h), np.nan)
    }
    for name in ("departures_day", "departures_h"):
        values = departures[name].to_numpy(dtype=float)
        columns[measure_name(name, "stop")] = np.where(known, values[which], np.nan)
    ids = stops.index.to_numpy(dtype=object)
    columns["nearest:stop"] = np.where(known, ids[which], None)
    return pd.DataFrame(columns, index=origins.index)


def _decimetres_per_minute(speed_km_h: float | None) -> float:
    speed = assumption("walk_speed").value if speed_km_h is None else speed_km_h
    if not speed > 0:
        raise UsageError(f"The walking speed must be above zero, got {speed!r} km/h.")
    return speed * 1000 * DECIMETRES / 60


def _texts(services: Joined, groups: pd.Series) -> npt.NDArray[np.str_]:
    if not groups.index.equals(services.index):
        raise UsageError("groups must be on the index of the services that were joined.")
    names: npt.NDArray[np.str_] = groups.to_numpy(dtype=object).astype(str)
    return names


def _members(services: Joined, groups: pd.Series) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    names = _texts(services, groups)
    return [(str(name), names == name) for name in np.unique(names)]


def _part(places: Joined, members: npt.NDArray[np.bool_]) -> Joined:
    return Joined(
        index=places.index[members],
        edge=places.edge[members],
        along_dm=places.along_dm[members],
        stub_dm=places.stub_dm[members],
        distance_m=places.distance_m[members],
    )
