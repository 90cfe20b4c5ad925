"""Rasters read at points and over polygons, on grids small enough to count by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from renewal_gis.errors import CRSError, LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import raster_provenance, sample_points, zonal_mean, zonal_share

rasterio = pytest.importorskip("rasterio")
WEST, NORTH, CELL = 735_000.0, 7_030_000.0, 10.0


def raster(path, values, *, crs="EPSG:2154", nodata=-99.0):
    array = np.asarray(values, dtype="float32")
    with rasterio.open(
        path, "w", driver="GTiff", height=array.shape[0], width=array.shape[1], count=1,
        dtype="float32", crs=crs, nodata=nodata,
        transform=rasterio.Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    ) as out:  # fmt: skip
        out.write(array, 1)
    return path


@pytest.fixture
def grid(tmp_path):
    """Return a raster of 3 by 4 cells; the last has no data."""
    return raster(tmp_path / "g.tif", [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, -99]])


def at(*cells):
    """Return a point amid each (column, row), None for None."""
    places = [
        None
        if cell is None
        else Point(WEST + CELL * (cell[0] + 0.5), NORTH - CELL * (cell[1] + 0.5))
        for cell in cells
    ]
    return gpd.GeoSeries(places, crs="EPSG:2154", index=[f"p{n}" for n in range(len(places))])


def over(left, top, right, bottom):
    """Return a rectangle in columns and rows."""
    return box(WEST + CELL * left, NORTH - CELL * bottom, WEST + CELL * right, NORTH - CELL * top)


def zones(*shapes):
    return gpd.GeoSeries(list(shapes), crs="EPSG:2154", index=[f"z{n}" for n in range(len(shapes))])


def test_points_take_the_cell_under_them(grid):
    values = sample_points(at((0, 0), (3, 1), (3, 2), (9, 9), None, (-1, 0)), grid)
    np.testing.assert_array_equal(values, [1, 8, np.nan, np.nan, np.nan, np.nan])
    assert values.index.tolist() == ["p0", "p1", "p2", "p3", "p4", "p5"]


def test_points_of_another_system_are_moved(grid):
    degrees = at((1, 1), (2, 2)).to_crs("EPSG:4326")
    assert sample_points(degrees, grid).tolist() == [6, 11]
    assert degrees.crs == "EPSG:4326"


def test_the_mean_is_of_the_cells_whose_centre_is_inside(grid):
    values = zonal_mean(
        zones(over(0, 0, 2, 2), over(1.6, 0, 3.4, 1), over(3, 2, 4, 3), over(50, 50, 51, 51), None),
        grid,
    )
    np.testing.assert_array_equal(values, [3.5, 3, np.nan, np.nan, np.nan])


def test_a_polygon_without_a_cell_centre_takes_the_cells_it_touches(grid):
    tiny = zones(over(1.1, 1.1, 1.2, 1.2), over(0.9, 0.1, 1.1, 0.2))
    assert zonal_mean(tiny, grid).tolist() == [6, 1.5]
    assert zonal_share(tiny, grid, at_least=2).tolist() == [1, 0.5]


def test_the_share_is_among_cells_with_data(grid):
    values = zonal_share(zones(over(0, 0, 4, 3), over(2, 2, 4, 3)), grid, at_least=6)
    assert values.tolist() == pytest.approx([6 / 11, 1])


def test_a_polygon_that_overhangs_the_raster_keeps_what_is_inside(grid):
    assert zonal_mean(zones(over(-5, -5, 1, 1)), grid).tolist() == [1]


def test_no_shapes_give_no_values(grid):
    assert len(zonal_mean(zones(), grid)) == 0
    assert len(sample_points(at(), grid)) == 0


def test_a_raster_or_shapes_without_a_system_are_refused(tmp_path, grid):
    bare = raster(tmp_path / "bare.tif", [[1, 2]], crs=None)
    with pytest.raises(CRSError, match=r"bare\.tif.*states no coordinate system"):
        sample_points(at((0, 0)), bare)
    with pytest.raises(CRSError, match="shapes"):
        zonal_mean(gpd.GeoSeries([over(0, 0, 1, 1)]), grid)


def test_provenance_counts_the_cells(grid):
    told = raster_provenance(LayerSpec(path=grid, nature="synthetic"), "grid:g")
    assert (told.rows_in, told.layer, told.nature) == (12, "grid:g", "synthetic")
    with pytest.raises(LayerReadError, match=r"no such file.*The nearest is 'g\.tif'"):
        raster_provenance(LayerSpec(path=grid.with_name("h.tif")), "grid:g")
