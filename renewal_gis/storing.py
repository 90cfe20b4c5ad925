"""A run written into a PostGIS database: its tables and layers, with what each column means."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from renewal_gis.publishing.pack.dictionary import meaning
from renewal_gis.publishing.results import assumptions_table
from renewal_gis.recording import in_force, run_id, sources_table
from renewal_gis.schema import TABLES
from renewal_gis.scoring import criteria_table
from renewal_gis.sources.postgis_connecting import connected
from renewal_gis.sources.postgis_writing import require_name, write_postgis
from renewal_gis.study import Results
from renewal_gis.tabling import tables

__all__ = ["SCHEMA", "require_database", "store"]

SCHEMA = "renewal_gis"
_KEY = "row_number"
_DATED = {
    "data_nature": "Nature of the data the figures rest on: real, schematic or synthetic. "
    "Nature des données\u202f: réelle, schématique ou synthétique.",
    "timetable_date": "Date of the timetable, ISO; empty without one. "
    "Date des horaires\u202f; vide sans horaires.",
    "run_id": "Run that wrote the row, as on the map and in manifest.json. "
    "Calcul qui a écrit la ligne.",
}


def require_database(database: str, schema: str = SCHEMA) -> None:
    """Open and close a database, so that a long run does not end before a closed door.

    Raises
    ------
    LayerReadError
        The server cannot be reached, or refuses.
    UsageError
        A password in the text, a text that names no database, or a schema that is no name.
    """
    require_name(schema)
    with connected(database, place="the results"):
        pass


def store(results: Results, *, database: str, schema: str = SCHEMA) -> list[str]:
    """Write every table and layer of a run into a schema, in one transaction.

    Parameters
    ----------
    results
        What `run` returned.
    database
        `postgis://user@host/name` or `service=name`; never a password.
    schema
        Schema to write into; made when absent.

    Returns
    -------
    list of str
        Names of the tables. Each row tells the data's nature, the timetable's date and the run; each
        column has its meaning and its unit as a comment. A missing value is NULL.

    Raises
    ------
    LayerReadError
        The server refuses; what stood in the schema before is intact.
    UsageError
        A name that is none, or a table of the same name that this package did not write.
    """
    transit = results.study.settings.transit
    dated = {
        "data_nature": results.study.nature,
        "timetable_date": transit.date.isoformat() if transit else "",
    }
    held = {name: _keyed(table) for name, table in _held(results).items()}
    write_postgis(
        {name: table.assign(**dated) for name, table in held.items()},
        database=database,
        schema=schema,
        run_id=run_id(results),
        comments={name: _comments(name, table) for name, table in held.items()},
    )
    return sorted(held)


def _held(results: Results) -> dict[str, pd.DataFrame]:
    """Return what is written: the tables of `tables`, the layers, what they rest on."""
    report = results.programme_report
    layers: dict[str, gpd.GeoDataFrame | None] = {
        "communes": results.study.geo("communes"),
        "stock": results.stock,
        "isochrones": results.isochrones,
        "transit_isochrones": results.transit_isochrones,
        "surface": results.surface,
        "flows": None if report is None else report.flow_lines,
    }
    rests_on = {
        "sources": sources_table(results),
        "findings": results.findings,
        "assumptions": assumptions_table(in_force(results)),
        "criteria": criteria_table(results.study.settings.criteria),
    }
    drawn = {name: layer for name, layer in layers.items() if layer is not None and len(layer)}
    return {**tables(results), **drawn, **rests_on}


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose index can be a primary key; a plain number names the rows of the others."""
    if table.index.name and table.index.is_unique and table.index.name not in table.columns:
        return table
    plain = table.reset_index() if table.index.name else table.reset_index(drop=True)
    return plain.rename_axis(_KEY)


def _comments(name: str, table: pd.DataFrame) -> Mapping[str, str]:
    declared = next((one for one in TABLES if one.name == name), None)
    about = "" if declared is None else f"{declared.en}. {declared.fr}."
    told = {"": about, **_DATED}
    for column in map(str, table.columns):
        held = meaning(name, column)
        words = held.en if held.en == held.fr else f"{held.en}. {held.fr}."
        if words != column:
            told[column] = f"{words} [{held.unit}]" if held.unit else words
    return told
