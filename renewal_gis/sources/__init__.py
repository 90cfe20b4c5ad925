"""What comes in: files and feeds become checked tables in the study's coordinate system."""

from renewal_gis.sources.crs import study_crs
from renewal_gis.sources.gtfs import read_stops
from renewal_gis.sources.layers import read_layer
from renewal_gis.sources.rasters import raster_provenance, sample_points, zonal_mean, zonal_share

__all__ = [
    "raster_provenance",
    "read_layer",
    "read_stops",
    "sample_points",
    "study_crs",
    "zonal_mean",
    "zonal_share",
]
