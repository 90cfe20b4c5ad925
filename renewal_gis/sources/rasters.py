"""Rasters read at points and over polygons: elevation, population, hazard.

The first band is read. Shapes are moved to the raster's system; the raster is never resampled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.errors import CRSError, LayerReadError
from renewal_gis.schema import LayerSpec, Provenance
from renewal_gis.sources.opening import existing, fingerprint, reading

__all__ = ["raster_provenance", "sample_points", "zonal_mean", "zonal_share"]

# One window is held in memory: 200 million cells of 8 bytes are 1.6 GB.
_MAX_CELLS = 200_000_000

Values = npt.NDArray[np.float64]


def sample_points(points: gpd.GeoSeries, path: Path) -> pd.Series:
    """Return the value of the cell under each point.

    Parameters
    ----------
    points
        Points, with their coordinate system.
    path
        Raster of any format GDAL reads.

    Returns
    -------
    pandas.Series
        On the index of `points`, in the unit of the raster; NaN outside the raster, on a cell
        without data, or for a missing point.

    Raises
    ------
    CRSError
        When the points or the raster state no coordinate system.
    LayerReadError
        When the raster is missing or truncated.
    """
    with _opened(path) as raster:
        moved = _moved(points, raster, path)
        x, y = shapely.get_x(moved), shapely.get_y(moved)
        seen = np.isfinite(x) & np.isfinite(y)
        column, row = np.full(len(x), -1), np.full(len(x), -1)
        column[seen], row[seen] = (
            np.floor(part).astype(int) for part in _cell_of(raster.transform, x[seen], y[seen])
        )
        seen &= (column >= 0) & (column < raster.width) & (row >= 0) & (row < raster.height)
        values = np.full(len(x), np.nan)
        if seen.any():
            top, left = int(row[seen].min()), int(column[seen].min())
            bottom, right = int(row[seen].max()) + 1, int(column[seen].max()) + 1
            cells = _cells(raster, (top, bottom), (left, right), path)
            values[seen] = cells[row[seen] - top, column[seen] - left]
    return pd.Series(values, index=points.index, name=path.stem)


def zonal_mean(polygons: gpd.GeoSeries, path: Path) -> pd.Series:
    """Return the mean of the cells whose centre lies in each polygon.

    A polygon too small to hold a cell centre takes the mean of the cells it touches.

    Returns
    -------
    pandas.Series
        On the index of `polygons`, in the unit of the raster; NaN where no cell has data.

    Raises
    ------
    CRSError, LayerReadError
        As for `sample_points`.
    """
    return _over(polygons, path, lambda held: float(held.mean()))


def zonal_share(polygons: gpd.GeoSeries, path: Path, *, at_least: float) -> pd.Series:
    """Return the share of each polygon's cells whose value is `at_least` or more.

    Parameters
    ----------
    polygons
        Polygons, with their coordinate system.
    path
        Raster of any format GDAL reads.
    at_least
        Threshold, in the unit of the raster.

    Returns
    -------
    pandas.Series
        On the index of `polygons`, between 0 and 1, among the cells that have data; NaN where
        none has. Cells belong to a polygon as for `zonal_mean`.

    Raises
    ------
    CRSError, LayerReadError
        As for `sample_points`.
    """
    return _over(polygons, path, lambda held: float((held >= at_least).mean()))


def raster_provenance(spec: LayerSpec, layer: str) -> Provenance:
    """Return where a raster came from; its rows are its cells.

    Raises
    ------
    CRSError, LayerReadError
        As for `sample_points`.
    """
    path = spec.path
    with _opened(path, layer=layer) as raster:
        cells = int(raster.width * raster.height)
    return Provenance(
        layer=layer,
        file=path.name,
        sha256=fingerprint(path, layer=layer),
        nature=spec.nature,
        vintage=spec.vintage,
        licence=spec.licence,
        attribution=spec.attribution,
        rows_in=cells,
        rows_kept=cells,
    )


@contextmanager
def _opened(path: Path, *, layer: str = "grid") -> Iterator[Any]:
    existing(path, layer=layer)
    with reading(path, layer=layer, advice="Copy or export the raster again."):
        import rasterio

        with rasterio.open(path) as raster:
            if raster.crs is None:
                raise CRSError(
                    f"{layer} ({path.name}): the raster states no coordinate system. Assign it "
                    "one, for example with: gdal_edit.py -a_srs EPSG:2154"
                )
            yield raster


def _moved(shapes: gpd.GeoSeries, raster: Any, path: Path) -> npt.NDArray[np.object_]:
    if shapes.crs is None:
        raise CRSError(
            f"grid ({path.name}): the shapes to read it under state no coordinate system. "
            "Give them one with set_crs."
        )
    return np.asarray(shapes.to_crs(raster.crs.to_wkt()).to_numpy(), dtype=object)


def _cells(raster: Any, rows: tuple[int, int], columns: tuple[int, int], path: Path) -> Values:
    """Return a window as decimals, NaN where there is no data."""
    if (rows[1] - rows[0]) * (columns[1] - columns[0]) > _MAX_CELLS:
        raise LayerReadError(
            f"grid ({path.name}): the shapes span more than {_MAX_CELLS // 10**6} million cells. "
            "Use a coarser raster, or cut it to the study area."
        )
    held = raster.read(1, window=(rows, columns), masked=True).astype(np.float64)
    return np.asarray(held.filled(np.nan))


def _cell_of(transform: Any, x: Values, y: Values) -> tuple[Values, Values]:
    """Return fractional columns and rows; written out, as affine 2 and 3 differ in their operator."""
    a, b, c, d, e, f = tuple(~transform)[:6]
    return a * x + b * y + c, d * x + e * y + f


def _over(polygons: gpd.GeoSeries, path: Path, digest: Callable[[Values], float]) -> pd.Series:
    results = np.full(len(polygons), np.nan)
    with _opened(path) as raster:
        moved = _moved(polygons, raster, path)
        windows = [_window(shape, raster) for shape in moved]
        known = [window for window in windows if window is not None]
        if known:
            top, bottom, left, right = np.array(known).T
            span = (int(top.min()), int(bottom.max())), (int(left.min()), int(right.max()))
            cells = _cells(raster, *span, path)
            for place, window in enumerate(windows):
                if window is None:
                    continue
                part = cells[
                    window[0] - span[0][0] : window[1] - span[0][0],
                    window[2] - span[1][0] : window[3] - span[1][0],
                ]
                held = _inside(moved[place], part, window, raster.transform)
                if len(held):
                    results[place] = digest(held)
    return pd.Series(results, index=polygons.index, name=path.stem)


def _window(shape: shapely.Geometry | None, raster: Any) -> tuple[int, int, int, int] | None:
    """Return the rows and columns a shape touches, cut to the raster; None outside."""
    if shape is None or shape.is_empty or not np.isfinite(shape.bounds).all():
        return None
    west, south, east, north = shape.bounds
    across, down = _cell_of(
        raster.transform,
        np.array([west, west, east, east]),
        np.array([south, north, south, north]),
    )
    left, right = int(np.floor(across.min())), int(np.floor(across.max()))
    top, bottom = int(np.floor(down.min())), int(np.floor(down.max()))
    rows = max(top, 0), min(bottom + 1, raster.height)
    columns = max(left, 0), min(right + 1, raster.width)
    if rows[0] >= rows[1] or columns[0] >= columns[1]:
        return None
    return (*rows, *columns)


def _inside(
    shape: shapely.Geometry, cells: Values, window: tuple[int, int, int, int], transform: Any
) -> Values:
    """Return the values of the cells of a shape, without those that have no data."""
    from rasterio.features import geometry_mask

    a, b, c, d, e, f = tuple(transform)[:6]
    row, column = window[0], window[2]
    place = type(transform)(a, b, c + a * column + b * row, d, e, f + d * column + e * row)
    inside = geometry_mask([shape], cells.shape, place, invert=True)
    if not inside.any():
        inside = geometry_mask([shape], cells.shape, place, invert=True, all_touched=True)
    held: Values = cells[inside]
    return held[~np.isnan(held)]
