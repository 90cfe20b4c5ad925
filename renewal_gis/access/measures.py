"""What is measured from each home and each site: minutes, counts, the service at the stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.decay import Decay
from renewal_gis.access.ends import Direction
from renewal_gis.access.joining import Joined
from renewal_gis.access.nearest import nearest
from renewal_gis.access.network import Network
from renewal_gis.access.pace import limits_dm, minutes, per_minute
from renewal_gis.access.reach import counts_within, sums_within
from renewal_gis.access.weights import numbers_on
from renewal_gis.errors import UsageError

__all__ = [
    "gravity",
    "measure_name",
    "nearest_service",
    "service_counts",
    "stop_service",
    "walk_minutes",
]


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
    k: int = 1,
    speed_km_h: float | None = None,
    direction: Direction = "to",
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
    k
        How many of the nearest services to tell: the second is in `walk_min_2:<group>`, and so on.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default.
    direction
        `to`: people walk from the origins to the services; `from`: the other way. They differ on a
        slope.

    Returns
    -------
    DataFrame
        On the origins' index, a column `walk_min:<group>` per group in alphabetical order. NaN where
        the origin is not joined to the streets or no such service of the group can be reached.

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
    names, group = _grouped(services, groups)
    if not isinstance(k, int) or k < 1:
        raise UsageError(f"k counts the nearest services from 1 on, got {k!r}.")
    found = nearest(
        network, origins, services, group=group, groups=len(names), k=k, direction=direction
    )
    walked = minutes(found.cost_dm.reshape(len(names) * k, len(origins.index)), speed_km_h)
    columns = [
        measure_name("walk_min" if rank == 1 else f"walk_min_{rank}", name)
        for name in names
        for rank in range(1, k + 1)
    ]
    return pd.DataFrame(walked.T, index=origins.index, columns=columns)


def nearest_service(
    origins: Joined,
    services: Joined,
    network: Network,
    *,
    groups: pd.Series,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Identifier of the nearest service of each group, missing where there is none.

    Returns
    -------
    DataFrame
        On the origins' index, a column `nearest:<group>` per group.
    """
    names, group = _grouped(services, groups)
    found = nearest(network, origins, services, group=group, groups=len(names), direction=direction)
    ids = services.index.to_numpy(dtype=object)
    columns = {
        measure_name("nearest", name): np.where(which >= 0, ids[which], None)
        for name, which in zip(names, found.target[:, 0], strict=True)
    }
    return pd.DataFrame(columns, index=origins.index)


def service_counts(
    origins: Joined,
    services: Joined,
    network: Network,
    *,
    groups: pd.Series,
    thresholds_min: Sequence[float] = (10, 15, 20),
    speed_km_h: float | None = None,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Number of services of each group within each walking time of each origin.

    Parameters
    ----------
    origins, services, network, groups, speed_km_h, direction
        As in `walk_minutes`.
    thresholds_min
        Walking minutes, inclusive.

    Returns
    -------
    DataFrame
        On the origins' index, columns `count_10_min:<group>`…; missing (NaN) where the origin is not
        joined to the streets, 0 where it is and nothing is within reach.
    """
    limits = limits_dm(thresholds_min, speed_km_h)
    names, group = _grouped(services, groups)
    counts = counts_within(
        network,
        origins,
        services,
        group=group,
        groups=len(names),
        limits_dm=limits,
        direction=direction,
    )
    held = counts.reshape(len(names) * len(limits), len(origins.index)).T.astype(float)
    held[~origins.reached] = np.nan
    columns = [
        measure_name(f"count_{limit:g}_min", name)
        for name in names
        for limit in sorted(thresholds_min)
    ]
    return pd.DataFrame(held, index=origins.index, columns=columns)


def gravity(
    origins: Joined,
    services: Joined,
    network: Network,
    *,
    groups: pd.Series,
    decay: Decay,
    weight: pd.Series | None = None,
    speed_km_h: float | None = None,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Sum of the services of each group, each worth less the farther it is.

    Parameters
    ----------
    origins, services, network, groups, speed_km_h, direction
        As in `walk_minutes`.
    decay
        Worth of a service at so many minutes: `step`, `linear`, `exponential`, `gaussian`, `power`,
        `bands`. It is taken at whole decimetres.
    weight
        What a service counts for (its capacity), on the services' index; 1 by default, and a missing
        weight counts as none. With the decay `step`, the result is the capacity within the limit.

    Returns
    -------
    DataFrame
        On the origins' index, a column `gravity:<group>` per group; 0 where nothing is within the
        limit, NaN where the origin is not joined to the streets.

    References
    ----------
    Hansen, W. G. (1959). How accessibility shapes land use. Journal of the American Institute of
    Planners 25(2), 73–76.
    """
    names, group = _grouped(services, groups)
    held = np.ones(len(services.index))
    if weight is not None:
        held = numbers_on(weight, services.index, "weight")
    (limit,) = limits_dm([decay.limit_min], speed_km_h)
    table = decay(np.minimum(np.arange(limit + 1) / per_minute(speed_km_h), decay.limit_min))
    sums = sums_within(
        network,
        origins,
        services,
        group=group,
        groups=len(names),
        weight=held,
        table=table,
        direction=direction,
    )
    sums[:, ~origins.reached] = np.nan
    columns = [measure_name("gravity", name) for name in names]
    return pd.DataFrame(sums.T, index=origins.index, columns=columns)


def stop_service(
    origins: Joined,
    stops: Joined,
    network: Network,
    *,
    departures: pd.DataFrame,
    speed_km_h: float | None = None,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Minutes on foot to the nearest stop that is served on the day, and the service it offers.

    Parameters
    ----------
    origins, stops, network, speed_km_h, direction
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
    if not departures.index.equals(stops.index):
        raise UsageError("departures must be on the index of the stops that were joined.")
    absent = {"departures_day", "departures_h"} - set(departures.columns)
    if absent:
        raise UsageError(f"departures has no column {', '.join(sorted(absent))}.")
    served = (departures["departures_day"] > 0).to_numpy(dtype=bool, na_value=False)
    stops = stops.take(served)
    departures = departures[served]
    alike = np.zeros(len(stops.index), dtype=np.int32)
    found = nearest(network, origins, stops, group=alike, groups=1, direction=direction)
    which = found.target[0, 0]
    known = which >= 0
    columns: dict[str, Any] = {"walk_min:stop": minutes(found.cost_dm[0, 0], speed_km_h)}
    for name in ("departures_day", "departures_h"):
        values = departures[name].to_numpy(dtype=float)
        columns[measure_name(name, "stop")] = np.where(known, values[which], np.nan)
    ids = stops.index.to_numpy(dtype=object)
    columns["nearest:stop"] = np.where(known, ids[which], None)
    return pd.DataFrame(columns, index=origins.index)


def _grouped(services: Joined, groups: pd.Series) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the names of the groups in order, and the number of each service's group."""
    if not groups.index.equals(services.index):
        raise UsageError("groups must be on the index of the services that were joined.")
    codes, names = pd.factorize(groups.astype(object), sort=True)
    if (codes < 0).any():
        raise UsageError("groups must name a group for every service; some are missing.")
    return [str(name) for name in names], codes.astype(np.int32)
