"""The study file: what a study asks for, read and checked before anything is computed."""

from renewal_gis.config.reading import read_study_file
from renewal_gis.config.settings import (
    Grid,
    Isochrones,
    Settings,
    Surface,
    Timetable,
    Transit,
    Walk,
    Weightings,
    default_criteria,
)

__all__ = [
    "Grid",
    "Isochrones",
    "Settings",
    "Surface",
    "Timetable",
    "Transit",
    "Walk",
    "Weightings",
    "default_criteria",
    "read_study_file",
]
