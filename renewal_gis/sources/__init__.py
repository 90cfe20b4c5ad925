"""What comes in: files and feeds become checked tables in the study's coordinate system."""

from renewal_gis.sources.crs import study_crs
from renewal_gis.sources.gtfs import LoadedSchedule, read_schedule
from renewal_gis.sources.gtfs_shapes import LoadedShapes, read_shapes
from renewal_gis.sources.layers import read_layer
from renewal_gis.sources.ledger import LedgerFile, read_ledger
from renewal_gis.sources.opening import fingerprint_of
from renewal_gis.sources.osm import extract_reader_is_compiled
from renewal_gis.sources.rasters import raster_provenance, sample_points, zonal_mean, zonal_share
from renewal_gis.sources.rule_files import read_rule_text

__all__ = [
    "LedgerFile",
    "LoadedSchedule",
    "LoadedShapes",
    "extract_reader_is_compiled",
    "fingerprint_of",
    "raster_provenance",
    "read_layer",
    "read_ledger",
    "read_rule_text",
    "read_schedule",
    "read_shapes",
    "sample_points",
    "study_crs",
    "zonal_mean",
    "zonal_share",
]
