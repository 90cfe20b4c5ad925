"""Floating catchments: access where a service has a capacity that people share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.decay import Decay
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Network
from renewal_gis.access.pace import limits_dm, per_minute
from renewal_gis.access.reach import pairs_within
from renewal_gis.access.weights import numbers_on

__all__ = ["floating_catchments"]


def floating_catchments(
    homes: Joined,
    services: Joined,
    network: Network,
    *,
    people: pd.Series,
    capacity: pd.Series,
    decay: Decay,
    speed_km_h: float | None = None,
    at: Joined | None = None,
) -> pd.Series:
    """Two-step floating catchments: capacity per person that each home can reach.

    First, each service's capacity is divided by the people around it; then each home adds up these
    ratios over the services around it. With the decay `step` this is 2SFCA, with `bands` E2SFCA, with
    another its continuous form.

    Parameters
    ----------
    homes, services
        Places joined to the network.
    network
        Street network.
    people
        People of each home, on the homes' index; missing counts as none.
    capacity
        Capacity of each service, on the services' index; a missing one is left out.
    decay
        Worth of a service at so many minutes.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default.
    at
        Places whose access is read, without adding to the demand; the homes by default.

    Returns
    -------
    Series
        On the index of `at`, capacity per person. 0 where a place is joined and nothing is within reach;
        NaN where it is not joined to the streets.

    Notes
    -----
    A service that nobody can reach adds nothing: its ratio would divide by zero.

    References
    ----------
    Luo, W. and Wang, F. (2003). Measures of spatial accessibility to health care in a GIS environment.
    Environment and Planning B 30(6), 865–884. Luo, W. and Qi, Y. (2009), for E2SFCA.
    """
    demanding = numbers_on(people, homes.index, "people")
    held = numbers_on(capacity, services.index, "capacity")
    pace = per_minute(speed_km_h)
    (limit,) = map(int, limits_dm([decay.limit_min], speed_km_h))
    pairs = pairs_within(network, homes, services, limit_dm=limit)
    worth = decay(pairs.cost_dm / pace)
    demand = _sums(worth * demanding[pairs.origin], pairs.target, len(services.index))
    ratio = np.divide(held, demand, out=np.zeros_like(held), where=demand > 0)
    places = homes if at is None else at
    if at is not None:
        pairs = pairs_within(network, at, services, limit_dm=limit)
        worth = decay(pairs.cost_dm / pace)
    access = _sums(worth * ratio[pairs.target], pairs.origin, len(places.index))
    access[~places.reached] = np.nan
    return pd.Series(access, index=places.index, name="capacity_per_person")


def _sums(
    values: npt.NDArray[np.float64], place: npt.NDArray[np.int32], size: int
) -> npt.NDArray[np.float64]:
    return np.asarray(np.bincount(place, weights=values, minlength=size), dtype=np.float64)
