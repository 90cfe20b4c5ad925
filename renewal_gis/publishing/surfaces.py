"""Surfaces of access: a cloud-optimised GeoTIFF, one band a measure."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from rasterio.io import MemoryFile
from rasterio.shutil import copy
from rasterio.transform import Affine

from renewal_gis.errors import UsageError
from renewal_gis.files import atomic_path

__all__ = ["write_surface"]

_NOTHING = -9999.0


def write_surface(cells: gpd.GeoDataFrame, path: Path, *, cell_m: float, nature: str) -> None:
    """Write the measures of a grid of squares as a cloud-optimised GeoTIFF.

    Parameters
    ----------
    cells
        Squares as `square_grid` gives them (`column`, `row`), with one column of numbers a measure.
    path
        File to write, all of it or nothing.
    cell_m
        Side of a cell, metres.
    nature
        `real`, `schematic` or `synthetic`; kept in the file's tags.

    Raises
    ------
    UsageError
        When there is no cell or no measure.

    Notes
    -----
    Float32 bands, −9999 where a cell lies outside the area or its value is missing; each band is
    described by its measure. Same inputs give the same bytes.
    """
    keys = [
        str(name)
        for name in cells.columns.drop(["column", "row", cells.geometry.name])
        if np.issubdtype(cells[name].to_numpy().dtype, np.number)
    ]
    if not len(cells) or not keys:
        raise UsageError("A surface needs at least one cell and one measure.")
    column, row = cells["column"].to_numpy(), cells["row"].to_numpy()
    left, top = int(column.min()), int(row.max()) + 1
    shape = (top - int(row.min()), int(column.max()) - left + 1)
    profile = {
        "driver": "GTiff",
        "height": shape[0],
        "width": shape[1],
        "count": len(keys),
        "dtype": "float32",
        "nodata": _NOTHING,
        "crs": cells.crs.to_wkt(),
        "transform": Affine(cell_m, 0.0, left * cell_m, 0.0, -cell_m, top * cell_m),
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as plain:
            plain.update_tags(data_nature=nature)
            for number, key in enumerate(keys, start=1):
                plain.write(
                    _band(cells[key].to_numpy(float), shape, top - 1 - row, column - left), number
                )
                plain.set_band_description(number, key)
        with memory.open() as plain, atomic_path(path) as beside:
            copy(plain, beside, driver="COG", compress="DEFLATE", predictor="YES", num_threads="1")


def _band(
    values: npt.NDArray[np.float64],
    shape: tuple[int, int],
    row: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
) -> npt.NDArray[np.float32]:
    band = np.full(shape, _NOTHING, dtype=np.float32)
    band[row, column] = np.where(np.isfinite(values), values, _NOTHING)
    return band
