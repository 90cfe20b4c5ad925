"""Labels of columns and codes in both languages, as the schema declares them."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from renewal_gis.schema.codes import (
    COURSES,
    FAMILIES,
    FATES,
    HAZARDS,
    LEVELS,
    METHODS,
    MODES,
    QUALITIES,
    SECTORS,
    TENURES,
)
from renewal_gis.schema.proximity import SERVICE_GROUPS
from renewal_gis.schema.tables import TABLES, table

__all__ = ["code_labels", "column_labels", "ground_labels"]

# Streets bear the words of OpenStreetMap, or those of their source, which stay as they are.
_STREETS: Final = {
    "motorway": ("Motorway", "Autoroute"),
    "trunk": ("Trunk road", "Voie rapide"),
    "primary": ("Primary road", "Route principale"),
    "secondary": ("Secondary road", "Route secondaire"),
    "tertiary": ("Tertiary road", "Route locale"),
    "unclassified": ("Minor road", "Petite route"),
    "residential": ("Residential street", "Rue résidentielle"),
    "living_street": ("Living street", "Zone de rencontre"),
    "pedestrian": ("Pedestrian street", "Rue piétonne"),
    "service": ("Service road", "Voie de desserte"),
    "track": ("Track", "Chemin d’exploitation"),
    "path": ("Path", "Sentier"),
    "footway": ("Footway", "Chemin piéton"),
    "cycleway": ("Cycleway", "Piste cyclable"),
    "bridleway": ("Bridleway", "Piste cavalière"),
    "steps": ("Steps", "Escalier"),
}


def code_labels() -> dict[str, dict[str, list[str]]]:
    """Return the labels of every code: column → code → `[English, French]`.

    Examples
    --------
    >>> code_labels()["tenure"]["mining"]
    ['Mining estate', 'Parc minier']
    """
    tables = {
        "sector": SECTORS,
        "dwellings_method": METHODS,
        "tenure": TENURES,
        "fate": FATES,
        "kind": HAZARDS,
        "level": LEVELS,
        "mode": MODES,
        "course": COURSES,
        "quality": QUALITIES,
        "family": FAMILIES,
        "group": SERVICE_GROUPS,
    }
    return {
        column: {code: list(pair) for code, pair in codes.items()}
        for column, codes in tables.items()
    }


def column_labels(tables: Container[str]) -> dict[str, dict[str, list[str]]]:
    """Return the labels of the columns of some tables: table → column → `[English, French]`.

    Examples
    --------
    >>> column_labels(["stock"])["stock"]["built_year"][0]
    'Year built'
    """
    return {
        declared.name: {column.name: [column.en, column.fr] for column in declared.columns}
        for declared in TABLES
        if declared.name in tables
    }


def ground_labels() -> dict[str, dict[str, list[str]]]:
    """Return the labels of the kinds of streets, and of water, railways and green.

    Examples
    --------
    >>> ground_labels()["streets"]["track"], ground_labels()["backdrop"]["rail"]
    (['Track', 'Chemin d’exploitation'], ['Railway', 'Voie ferrée'])
    """
    tables = {"streets": _STREETS, "backdrop": table("backdrop").column("kind").codes or {}}
    return {
        layer: {code: list(pair) for code, pair in codes.items()} for layer, codes in tables.items()
    }
