"""Labels of columns and codes in both languages, as the schema declares them."""

from __future__ import annotations

from collections.abc import Container

from renewal_gis.schema.codes import (
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
from renewal_gis.schema.tables import TABLES

__all__ = ["code_labels", "column_labels"]


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
