"""What can be reached by transit: opportunities within so many minutes, and the nearest of a kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewal_gis.access.transit import TransitTimes
from renewal_gis.access.weights import numbers_on
from renewal_gis.errors import UsageError

__all__ = ["opportunities_within", "transit_minutes"]


def opportunities_within(
    times: TransitTimes,
    opportunities: pd.DataFrame | pd.Series,
    *,
    thresholds_min: Sequence[float] = (15, 30, 45, 60),
) -> pd.DataFrame:
    """Count opportunities within travel times: A_i = Σ_j O_j [t_ij ≤ T].

    Parameters
    ----------
    times
        Travel times from `transit_times`.
    opportunities
        Services, jobs or residents at each destination, one column each, on the destinations' index.
    thresholds_min
        Travel times in minutes, included.

    Returns
    -------
    DataFrame
        On the origins' index, columns `<name>_<minutes>_min_p<percentile>`: what is reached within the
        time at that percentile of the departures. A greater percentile is more demanding.

    Raises
    ------
    UsageError
        When a threshold is not above zero, or the opportunities are not on the destinations' index.

    Examples
    --------
    Work is 18 minutes away for half of the departures, in the town of `transit_network`'s example:

    >>> from renewal_gis.access import transit_times
    >>> times = transit_times(home, work, network, percentiles=[50])
    >>> jobs = pd.Series([120], index=["work"], name="jobs")
    >>> opportunities_within(times, jobs, thresholds_min=[15, 30])
          jobs_15_min_p50  jobs_30_min_p50
    home              0.0            120.0
    """
    limits = sorted(float(limit) for limit in thresholds_min)
    if not limits or not limits[0] > 0:
        raise UsageError(
            f"thresholds_min must be minutes above zero, got {list(thresholds_min)!r}."
        )
    table = opportunities.to_frame() if isinstance(opportunities, pd.Series) else opportunities
    weights = {
        str(name): numbers_on(table[name], times.destinations, str(name)) for name in table.columns
    }
    columns = {}
    for percentile in times.percentiles:
        minutes = times.minutes(percentile)
        for limit in limits:
            reached = minutes <= limit
            for name, weight in weights.items():
                columns[f"{name}_{limit:g}_min_p{percentile:g}"] = reached @ weight
    return pd.DataFrame(columns, index=times.origins)


def transit_minutes(
    times: TransitTimes, groups: pd.Series, *, percentile: float = 50
) -> pd.DataFrame:
    """Return the travel time to the nearest destination of each group.

    Parameters
    ----------
    times
        Travel times from `transit_times`.
    groups
        Group of each destination (hospital, station, university…), on the destinations' index.
    percentile
        Percentile of the travel time over the departures.

    Returns
    -------
    DataFrame
        On the origins' index, one column `transit_min:<group>`; NaN where no destination of the group
        is reached.

    Notes
    -----
    The nearest is the one with the least percentile, not the percentile of the least of each departure:
    the reader asks how far the hospital is, not how far the luckiest one of each minute.

    Examples
    --------
    >>> from renewal_gis.access import transit_times
    >>> times = transit_times(home, work, network)
    >>> transit_minutes(times, pd.Series(["hospital"], index=["work"]))
          transit_min:hospital
    home                  18.0
    """
    if not groups.index.equals(times.destinations):
        raise UsageError("groups must be on the destinations' index.")
    minutes = np.where(np.isnan(held := times.minutes(percentile)), np.inf, held)
    columns = {}
    for group in sorted(groups.dropna().unique()):
        nearest = minutes[:, (groups == group).to_numpy()].min(axis=1)
        columns[f"transit_min:{group}"] = np.where(np.isfinite(nearest), nearest, np.nan)
    return pd.DataFrame(columns, index=times.origins)
