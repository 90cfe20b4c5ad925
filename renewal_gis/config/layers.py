"""The section `[layers]` of a study file: the files and the tables of databases that are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

from renewal_gis.config.settings import Grid
from renewal_gis.config.values import Values
from renewal_gis.schema import TABLES, LayerSpec
from renewal_gis.sources.postgis_connecting import database_fault, is_database, told_place

__all__ = ["is_no_file", "read_layer_spec", "read_layers"]

_KEYS = (
    "path", "table", "layer", "source", "id", "crs", "x", "y", "swap_axes", "rename", "values",
    "constants", "keep", "unique", "nature", "vintage", "licence", "attribution",
)  # fmt: skip
_TEXTS = ("layer", "source", "id", "crs", "x", "y", "unique", "vintage", "licence", "attribution")
_OF_FILES = ("crs", "x", "y")  # a database tells all these itself
# How GDAL, libpq and browsers write a place that is no file.
_NO_FILE = re.compile(
    r"(?i)://|^(pg|postgresql|mysql|mssql|oci|odbc|jdbc|wfs|oapif)\s*:|\b(password|dbname|host)\s*="
)
_NATURES = ("real", "schematic", "synthetic")
_LOADED = tuple(table.name for table in TABLES if table.name != "stops")


def is_no_file(text: str) -> bool:
    """Tell whether a text names a connection or an address: it may hold a password, and is never shown."""
    return _NO_FILE.search(text) is not None


def read_layers(
    values: Values, part: Mapping[str, Any], *, folder: Path
) -> tuple[dict[str, tuple[LayerSpec, ...]], dict[str, Grid]]:
    """Read the section, its faults kept in `values`.

    Parameters
    ----------
    values
        Keeps the faults.
    part
        The section as TOML gives it.
    folder
        Folder of the study file: paths are relative to it.

    Returns
    -------
    tuple
        Table → what it is read from, in the order of the declared tables; and the grids by name.
    """
    values.keys(part, (*_LOADED, "grids"), "layers")
    layers: dict[str, tuple[LayerSpec, ...]] = {}
    for name in _LOADED:
        asked = part.get(name)
        if asked is None:
            continue
        entries = asked if isinstance(asked, list) else [asked]
        where = [f"layers.{name}"] if len(entries) == 1 else [
            f"layers.{name}[{number}]" for number in range(len(entries))
        ]  # fmt: skip
        specs = [
            read_layer_spec(values, entry, place, folder=folder, tables=True)
            for entry, place in zip(entries, where, strict=True)
        ]
        layers[name] = tuple(spec for spec in specs if spec)
    if "communes" not in part:
        values.fault("layers.communes", "is needed: the outlines everything is compared by.")
    return layers, _grids(values, values.section(part, "grids"), folder)


def read_layer_spec(
    values: Values,
    entry: Any,
    where: str,
    *,
    folder: Path,
    extra: tuple[str, ...] = (),
    tables: bool = False,
) -> LayerSpec | None:
    """Read one file or one table of a database.

    Parameters
    ----------
    values
        Keeps the faults.
    entry
        A path, or a table of keys.
    where
        Key path of the entry.
    folder
        Folder of the study file.
    extra
        More keys the caller reads.
    tables
        A table of a database will do; timetables and grids are files.

    Returns
    -------
    LayerSpec or None
        None when a fault makes it meaningless.

    Examples
    --------
    >>> held = Values()
    >>> entry = {"path": "postgis://sig@base.example/agence", "table": "urba.batiments"}
    >>> spec = read_layer_spec(held, entry, "layers.stock", folder=Path("."), tables=True)
    >>> spec.database, spec.path.name
    ('postgis://sig@base.example/agence', 'urba.batiments')
    """
    if isinstance(entry, str):
        entry = {"path": entry}
    if not isinstance(entry, dict):
        values.fault(where, 'must be a path in quotes or a table { path = "…" }.')
        return None
    values.keys(entry, (*_KEYS, *extra), where)
    if not isinstance(entry.get("path"), str):
        values.fault(f"{where}.path", "is needed: the file to read, relative to the study file.")
        return None
    place = _place(values, entry, where, folder=folder, tables=tables)
    if place is None:
        return None
    texts = {key: values.text(entry, key, where, default="") or None for key in _TEXTS}
    for key in ("vintage", "licence", "attribution"):
        texts[key] = texts[key] or ""
    nature = values.choice(entry, "nature", _NATURES, where, default="real")
    return LayerSpec(
        path=place[0],
        database=place[1],
        swap_axes=values.flag(entry, "swap_axes", where),
        rename=values.mapping(entry, "rename", where),
        values={
            column: {str(old): str(new) for old, new in codes.items()}
            for column, codes in values.tables(entry, "values", where).items()
        },
        constants=values.mapping(entry, "constants", where),
        keep={
            column: tuple(map(str, held if isinstance(held, list) else [held]))
            for column, held in values.mapping(entry, "keep", where).items()
        },
        nature=cast(Literal["real", "schematic", "synthetic"], nature),
        **cast(dict[str, Any], texts),
    )


def _place(
    values: Values, entry: Mapping[str, Any], where: str, *, folder: Path, tables: bool
) -> tuple[Path, str | None] | None:
    """Return the file, or the table and its database; None with a fault."""
    path = entry["path"].strip()
    if not is_database(path):
        if is_no_file(path):
            values.fault(
                f"{where}.path",
                "is no file but a connection or an address. Download the file and name it, or name a "
                'table: path = "postgis://user@host/name" or "service=name", with table; the password '
                "stays in ~/.pgpass.",
            )
            return None
        if "table" in entry:
            values.fault(
                f"{where}.table",
                'goes with a database, path = "postgis://user@host/name" or "service=name"; '
                "a layer of a file is named by layer.",
            )
            return None
        return (folder / entry["path"]).resolve(), None
    # The name is told without its user: a message is shared.
    fault = database_fault(path)
    if fault:
        values.fault(f"{where}.path", f"{told_place(path)}: {fault}.")
    if not tables:
        values.fault(f"{where}.path", "must be a file: this cannot be a table of a database.")
        return None
    table = values.text(entry, "table", where, default="")
    if not table and (entry.get("table") or "") == "":
        values.fault(f"{where}.table", "is needed: the table or view, written schema.table.")
    if entry.get("source") == "osm":
        values.fault(
            f"{where}.source", 'cannot be "osm" in a database: name its columns with rename.'
        )
    for key in _OF_FILES:
        if key in entry:
            values.fault(
                f"{where}.{key}", "is for files; name the columns of a database with rename."
            )
    return None if fault or not table else (Path(table), path)


def _grids(values: Values, part: Mapping[str, Any], folder: Path) -> dict[str, Grid]:
    grids = {}
    for name, entry in part.items():
        where = f"layers.grids.{name}"
        spec = read_layer_spec(values, entry, where, folder=folder, extra=("at_least",))
        limit = entry.get("at_least") if isinstance(entry, dict) else None
        if limit is not None:
            limit = values.number(entry, "at_least", where, default=0.0, above=None)
        if spec:
            grids[name] = Grid(spec=spec, at_least=limit)
    return grids
