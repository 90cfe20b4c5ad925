"""Which commune a place lies in, and which sector a commune belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import CRSError, DataError
from renewal_gis.schema import inner_points, told_code

__all__ = ["locate", "with_sectors"]


def with_sectors(
    communes: gpd.GeoDataFrame, sectors: Mapping[str, Sequence[str]]
) -> gpd.GeoDataFrame:
    """Return the communes with their sector; communes in no list are `other`.

    Sectors are named lists with a date: no administrative perimeter separates the mining corridor
    from the south.

    Raises
    ------
    DataError
        When a listed commune is not in the table or stands in two sectors, or a sector is empty.

    Examples
    --------
    >>> from shapely import box
    >>> two = gpd.GeoDataFrame({"name": ["Condé", "Artres"]}, index=["59153", "59019"],
    ...                        geometry=[box(0, 1, 1, 2), box(0, 0, 1, 1)], crs=2154)
    >>> with_sectors(two, {"corridor": ["59153"]})["sector"].tolist()
    ['corridor', 'other']
    """
    sector = pd.Series("other", index=communes.index, name="sector", dtype=object)
    held: dict[str, str] = {}
    for name, codes in sectors.items():
        if not codes:
            raise DataError(
                f"sectors.{name}: it is empty. List its communes, or remove the sector."
            )
        unknown = [code for code in codes if code not in communes.index]
        if unknown:
            told = " ".join(told_code(code, communes) for code in unknown)
            raise DataError(f"sectors.{name}: {told}")
        taken = [code for code in codes if held.setdefault(code, name) != name]
        if taken:
            raise DataError(f"sectors.{name}: {', '.join(taken)} already stands in another sector.")
        sector.loc[list(codes)] = name
    return communes.assign(sector=sector)


def locate(places: gpd.GeoDataFrame | gpd.GeoSeries, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the commune each place lies in.

    Parameters
    ----------
    places
        Points, lines or polygons (represented by a point inside them).
    communes
        Table `communes` in the same CRS.

    Returns
    -------
    Series
        On the places' index; missing outside every commune. A place on a shared border goes to the
        commune that stands first in the table.
    """
    if places.crs != communes.crs:
        raise CRSError(f"Places are in {places.crs}, communes in {communes.crs}.")
    points = inner_points(places.geometry.to_numpy())
    place, commune = shapely.STRtree(communes.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    first = np.full(len(points), len(communes))
    np.minimum.at(first, place, commune)
    inside = first < len(communes)
    codes = np.full(len(points), None, dtype=object)
    codes[inside] = communes.index.to_numpy(dtype=object)[first[inside]]
    return pd.Series(codes, index=places.index, name="commune")
