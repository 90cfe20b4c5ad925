"""Long tables, passive access, the reading of a basket, and origins on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.access.ends import Direction, to_places
from renewal_gis.access.joining import Joined
from renewal_gis.access.network import Network
from renewal_gis.access.pace import limits_dm, per_minute
from renewal_gis.access.reach import pairs_within
from renewal_gis.access.streets import Ints, require_metres
from renewal_gis.access.weights import numbers_on
from renewal_gis.errors import UsageError

_MOST_CELLS = 4_000_000

__all__ = ["basket_reach", "catchment", "square_grid", "travel_times"]


def travel_times(
    origins: Joined,
    destinations: Joined,
    network: Network,
    *,
    limit_min: float,
    speed_km_h: float | None = None,
) -> pd.DataFrame:
    """Walking minutes of every pair within a limit, as the field's long table.

    Parameters
    ----------
    origins, destinations
        Places joined to the network.
    network
        Street network.
    limit_min
        Longest walk listed, included.
    speed_km_h
        Walking speed; the assumption `walk_speed` by default.

    Returns
    -------
    DataFrame
        Columns `from_id`, `to_id` (categories of the two indexes) and `travel_time_min`, sorted by
        origin, then destination. Pairs farther apart, or not joined, are not listed.
    """
    (limit,) = limits_dm([limit_min], speed_km_h)
    pairs = pairs_within(network, origins, destinations, limit_dm=int(limit))
    return pd.DataFrame(
        {
            "from_id": _category(pairs.origin, origins.index),
            "to_id": _category(pairs.target, destinations.index),
            "travel_time_min": pairs.cost_dm / per_minute(speed_km_h),
        }
    )


def catchment(
    places: Joined,
    homes: Joined,
    network: Network,
    *,
    weight: pd.Series,
    thresholds_min: Sequence[float] = (10, 15, 20),
    speed_km_h: float | None = None,
    direction: Direction = "to",
) -> pd.DataFrame:
    """Passive access: who reaches each place within each walking time.

    Parameters
    ----------
    places
        Sites or services, joined to the network.
    homes
        Homes, joined to the network.
    weight
        Dwellings or residents of each home, on the homes' index; its name is that of the columns.
    thresholds_min
        Walking minutes, inclusive.
    direction
        `to`: people walk from home to the place; `from`: the other way. They differ on a slope.

    Returns
    -------
    DataFrame
        On the places' index, columns `<name>_10_min`…; NaN where the place is not joined.
    """
    counted = numbers_on(weight, homes.index, "weight")
    limits = limits_dm(thresholds_min, speed_km_h)
    # The search starts from the places, which are few; who walks which way is turned accordingly.
    turned: Direction = "from" if to_places(direction) else "to"
    pairs = pairs_within(network, places, homes, limit_dm=int(limits[-1]), direction=turned)
    held = counted[pairs.target]
    name = weight.name or "weight"
    table = pd.DataFrame(index=places.index)
    for minutes, limit in zip(sorted(thresholds_min), limits, strict=True):
        within = np.where(pairs.cost_dm <= limit, held, 0.0)
        total = np.bincount(pairs.origin, weights=within, minlength=len(places.index))
        table[f"{name}_{minutes:g}_min"] = np.where(places.reached, total, np.nan)
    return table


def basket_reach(minutes: pd.DataFrame, *, limit_min: float = 15.0) -> pd.DataFrame:
    """Read a basket: how many groups are within a walk, and which is the one that is missing.

    Parameters
    ----------
    minutes
        Columns `walk_min:<group>`, as `walk_minutes` gives them.
    limit_min
        Longest walk, included.

    Returns
    -------
    DataFrame
        On the same index: `basket_groups` (groups within the walk; NaN where no group is known),
        `basket_missing` (the group that lacks least: nearest beyond the walk, or one that cannot be
        reached at all; missing when all are there).

    Examples
    --------
    >>> table = pd.DataFrame({"walk_min:ecole": [4.0], "walk_min:poste": [22.0]}, index=["home"])
    >>> basket_reach(table)
          basket_groups basket_missing
    home            1.0          poste
    """
    walks = minutes.filter(regex=r"^walk_min:(?!stop$)")
    if not len(walks.columns):
        raise UsageError("basket_reach needs columns called walk_min:<group>.")
    values = walks.to_numpy(dtype=float)
    known = np.isfinite(values).any(axis=1)
    within = values <= limit_min
    beyond = np.where(within, -np.inf, np.nan_to_num(values, nan=np.inf))
    lacking = np.where(beyond > limit_min, beyond, np.inf)
    first = np.where(
        np.isinf(lacking).all(axis=1), np.argmax(~within, axis=1), lacking.argmin(axis=1)
    )
    names = np.array([str(name).partition(":")[2] for name in walks.columns], dtype=object)
    return pd.DataFrame(
        {
            "basket_groups": np.where(known, within.sum(axis=1), np.nan),
            "basket_missing": np.where(known & ~within.all(axis=1), names[first], None),
        },
        index=minutes.index,
    )


def square_grid(
    area: gpd.GeoDataFrame | gpd.GeoSeries, *, cell_m: float = 200.0
) -> gpd.GeoDataFrame:
    """Return the square cells whose centre lies in an area, as origins for a surface.

    Cells are aligned on whole multiples of their side in the CRS, so that two studies share cells.

    Parameters
    ----------
    area
        Polygons in a CRS in metres.
    cell_m
        Side of a cell, metres.

    Returns
    -------
    GeoDataFrame
        Indexed by `cell` (`E3744N7029` counts sides east and north), columns `column` and `row` (the
        same numbers) and the square; rows go from north to south, then from west to east.
    """
    require_metres(area, "area")
    if not (cell_m > 0 and np.isfinite(cell_m)):
        raise UsageError(f"The side of a cell must be above zero, got {cell_m!r}.")
    whole = area.geometry.union_all()
    if whole is None or whole.is_empty:
        raise UsageError("The area is empty: there is nothing to lay a grid over.")
    wide, high = whole.bounds[2] - whole.bounds[0], whole.bounds[3] - whole.bounds[1]
    if wide * high / cell_m**2 > _MOST_CELLS:
        raise UsageError(
            f"Squares of {cell_m:g} m make about {wide * high / cell_m**2:,.0f} cells; take a larger "
            f"side ({_MOST_CELLS:,} cells at most)."
        )
    left, bottom, right, top = (int(np.floor(value / cell_m)) for value in whole.bounds)
    columns, rows = np.meshgrid(np.arange(left, right + 1), np.arange(top, bottom - 1, -1))
    column, row = columns.ravel(), rows.ravel()
    shapely.prepare(whole)
    inside = shapely.contains_xy(whole, (column + 0.5) * cell_m, (row + 0.5) * cell_m)
    column, row = column[inside], row[inside]
    squares = shapely.box(column * cell_m, row * cell_m, (column + 1) * cell_m, (row + 1) * cell_m)
    names = [f"E{east}N{north}" for east, north in zip(column, row, strict=True)]
    return gpd.GeoDataFrame(
        {"column": column, "row": row},
        geometry=squares,
        index=pd.Index(names, name="cell"),
        crs=area.crs,
    )


def _category(codes: Ints, index: pd.Index) -> Any:
    # Codes with categories: ten million pairs would otherwise make twenty million texts.
    if index.is_unique and not index.hasnans and index.nlevels == 1:
        return pd.Categorical.from_codes(codes, categories=index)
    return index.take(codes).to_numpy()
