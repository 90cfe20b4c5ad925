"""How near a site lies to the built-up area, when only dwellings are known and no outline of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.assumptions import assumption
from renewal_gis.errors import CRSError
from renewal_gis.schema import inner_points
from renewal_gis.territories.inputs import weights

__all__ = ["built_up_distance"]

_FIRST_M = 1000.0  # sites are seldom farther than this; beyond, every dwelling is looked at


def built_up_distance(
    sites: gpd.GeoDataFrame, stock: gpd.GeoDataFrame, *, dwellings: float | None = None
) -> pd.Series:
    """Straight distance from each site's edge within which so many dwellings stand.

    It stands in for the distance to the built-up area, of which no outline is known here: a site with
    streets of houses around has a few metres, a field has hundreds. A lone farm does not count as a town.

    Parameters
    ----------
    sites
        Table `sites` (polygons).
    stock
        Table `stock` with `dwellings`, in the same CRS, in metres. A building counts where its inner point
        lies.
    dwellings
        How many; the assumption `built_up_dwellings` by default.

    Returns
    -------
    Series
        On the sites' index, metres; NaN where the whole stock holds fewer dwellings.

    Raises
    ------
    CRSError
        When the two tables have different CRS.
    DataError
        When a number of dwellings is missing or negative.

    Examples
    --------
    >>> from shapely import Point, box
    >>> site = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)], index=["A"], crs=2154)
    >>> homes = gpd.GeoDataFrame({"dwellings": [1, 60]}, geometry=[Point(15, 5), Point(50, 5)],
    ...                          crs=2154)
    >>> built_up_distance(site, homes).tolist()
    [40.0]
    """
    if sites.crs != stock.crs:
        raise CRSError(f"Sites are in {sites.crs}, stock in {stock.crs}.")
    needed = assumption("built_up_dwellings").value if dwellings is None else dwellings
    held = weights(stock["dwellings"], "stock.dwellings")
    points = inner_points(stock.geometry.to_numpy())
    tree = shapely.STRtree(points)
    found = []
    for outline in sites.geometry.to_numpy():
        near = np.asarray(tree.query(outline, predicate="dwithin", distance=_FIRST_M))
        if held[near].sum() < needed:
            near = np.arange(len(points))
        found.append(_reached(shapely.distance(outline, points[near]), held[near], needed))
    return pd.Series(found, index=sites.index, dtype=float, name="built_up_m")


def _reached(metres: np.ndarray, dwellings: np.ndarray, needed: float) -> float:
    order = np.argsort(metres, kind="stable")
    enough = np.flatnonzero(np.cumsum(dwellings[order]) >= needed)
    return float(metres[order][enough[0]]) if len(enough) else float("nan")
