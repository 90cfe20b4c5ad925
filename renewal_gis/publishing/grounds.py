"""The ground of the map told in a few rows: streets by kind, water and railways by name, sectors.

A hundred thousand streets are no table that anyone reads; their lengths by kind are.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.labels import ground_labels
from renewal_gis.publishing.values import as_numbers, records, texts_of
from renewal_gis.schema.codes import SECTORS

__all__ = ["ground_tables"]

_EARTH: Final = pyproj.Geod(ellps="WGS84")
_EQUAL_AREA: Final = 6933  # of the whole world, so that no study's CRS bends its areas

Numbers = npt.NDArray[np.float64]


def ground_tables(content: MapContent) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of the layers that lie under the others; those that are not there have none.

    Returns
    -------
    dict
        `streets`: `kind` (links with the road they lead to; None where it is not told), `features`,
        `length_km`. `backdrop`: `name`, `kind`, `features`, `length_km` of its lines, `area_ha`.
        `sectors`: `sector`, `communes`, `population`, `area_km2`. In the order of the schema's codes,
        then the largest or the longest first. Lengths are those of the ellipsoid, areas those of an
        equal-area projection; None where there is nothing to measure.

    Examples
    --------
    >>> from shapely import LineString, box
    >>> land = gpd.GeoDataFrame(
    ...     {"name": ["A"], "population": [900], "sector": ["south"]},
    ...     geometry=[box(733_000, 7_022_000, 735_000, 7_023_000)], crs=2154,
    ... )
    >>> streets = gpd.GeoDataFrame(
    ...     {"kind": ["path"] * 2},
    ...     geometry=[LineString([(733_000, 7_022_000), (733_000 + x, 7_022_000)]) for x in (500, 250)],
    ...     crs=2154,
    ... )
    >>> held = MapContent(title="", language="en", communes=land, layers={"streets": streets})
    >>> ground_tables(held)["streets"]
    [{'kind': 'path', 'features': 2, 'length_km': 0.75}]
    >>> ground_tables(held)["sectors"]
    [{'sector': 'south', 'communes': 1, 'population': 900, 'area_km2': 1.99}]
    """
    told = {"sectors": _sectors(content.communes)}
    streets, backdrop = content.layers.get("streets"), content.layers.get("backdrop")
    if streets is not None:
        told["streets"] = _streets(streets)
    if backdrop is not None:
        told["backdrop"] = _backdrop(backdrop)
    return {name: rows for name, rows in told.items() if rows}


def _streets(streets: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    kinds = _texts(streets, "kind").str.removesuffix("_link")
    return _summed(pd.DataFrame({"kind": kinds, "length_km": _lengths_m(streets) / 1e3}), ["kind"])


def _backdrop(backdrop: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    table = pd.DataFrame(
        {
            "name": _texts(backdrop, "name"),
            "kind": _texts(backdrop, "kind"),
            "length_km": _lengths_m(backdrop) / 1e3,
            "area_ha": _areas_m2(backdrop) / 1e4,
        }
    )
    return _summed(table, ["name", "kind"], codes=ground_labels()["backdrop"])


def _sectors(communes: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    if "sector" not in communes.columns:
        return []
    table = pd.DataFrame({"sector": _texts(communes, "sector")})
    if "population" in communes.columns:
        table["population"] = as_numbers(communes["population"])
    table["area_km2"] = _areas_m2(communes) / 1e6
    return [
        {name.replace("features", "communes"): value for name, value in row.items()}
        for row in _summed(table, ["sector"], codes=SECTORS)
    ]


def _summed(
    table: pd.DataFrame, keys: list[str], *, codes: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return one row per distinct keys: how many, and the sums; a sum of nothing is missing.

    The last key follows the order of `codes`, then come the others.
    """
    if table.empty:
        return []
    by_key = table.groupby(keys, dropna=False, sort=True)
    sums = by_key.sum(min_count=1)
    sums.insert(0, "features", by_key.size())
    measures = list(sums.columns.drop("features"))
    sums[measures] = sums[measures].round(2)  # so that the order hangs on no last digit
    sums = sums.reset_index().sort_values(measures[::-1], ascending=False, kind="stable")
    if codes:
        places = {code: place for place, code in enumerate(codes)}
        order = sums[keys[-1]].map(places).fillna(len(places)).argsort(kind="stable")
        sums = sums.iloc[order]
    if "population" in sums:
        sums["population"] = sums["population"].round().astype("Int64")
    return records(sums, sums.columns)


def _texts(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a column as texts; what is missing or empty is None."""
    if name not in frame.columns:
        return pd.Series(None, index=range(len(frame)), dtype="str")
    texts, place = texts_of(frame[name])
    return pd.Series(np.array([text or None for text in texts], dtype=object)[place], dtype="str")


def _lengths_m(frame: gpd.GeoDataFrame) -> Numbers:
    """Return the length of each line on the ellipsoid, metres; NaN for what is no line."""
    shapes = np.array(frame.geometry.to_crs(4326).array, dtype=object)  # a copy, written to below
    lines = shapely.get_dimensions(shapes) == 1
    shapes[~lines] = None
    parts, owner = shapely.get_parts(shapes, return_index=True)
    at, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    _, _, steps = _EARTH.inv(*at[:-1][joined].T, *at[1:][joined].T)
    summed = np.bincount(owner[part[1:][joined]], weights=steps, minlength=len(shapes))
    return np.where(lines, summed, np.nan)


def _areas_m2(frame: gpd.GeoDataFrame) -> Numbers:
    """Return the area of each polygon, square metres; NaN for what is no polygon."""
    shapes = np.asarray(frame.geometry.to_crs(_EQUAL_AREA).array, dtype=object)
    return np.where(shapely.get_dimensions(shapes) == 2, shapely.area(shapes), np.nan)
