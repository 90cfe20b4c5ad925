"""The GeoPackage that QGIS opens styled: layers, styles, the names and units of columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.dictionary import meaning
from renewal_gis.publishing.pack.figures import figures
from renewal_gis.publishing.pack.ground import SECTOR_TINTS
from renewal_gis.publishing.pack.qgis import LayerStyle, Look, Shape, qml
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.themes import SCORES, spoken_unit, theme_of
from renewal_gis.publishing.pack.words import WORDS, label, say
from renewal_gis.publishing.palette import CATEGORIES, MODE_COLOURS
from renewal_gis.schema.codes import FATES, LEVELS, MODES, SECTORS

__all__ = ["geo_layers", "write_geopackage"]

_DAY = "1980-01-01T00:00:00Z"
_BELOW, _ABOVE = -1e9, 1e9  # ends of the open classes of numbers
_ORDER = ("isochrones", "constraints", "services", "stops", "lines", "backdrop")
_LEVEL_COLOURS = {"veto": "#b3261e", "derogation": "#b7791f", "information": "#4a55a2"}
_BACKDROP = {"water": "#bcd7e8", "green": "#d9e6cd", "rail": "#6b6f73", "tram": "#7a3b8f"}

_LAYER_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
  f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME
)"""
_DATA_COLUMNS = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
)"""
_CONSTRAINTS = """
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
)"""


def geo_layers(content: PackContent) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the GeoPackage and of the GeoParquet files, the lowest drawn first.

    Each carries `data_nature`; a layer of mixed shapes is split by shape (`backdrop_line`).
    """
    held: MapContent = content.map
    tables: dict[str, gpd.GeoDataFrame | None] = {"communes": held.communes}
    tables |= {name: held.layers.get(name) for name in reversed(_ORDER)}
    tables |= {
        "stock": held.stock,
        "perimeters": held.layers.get("perimeters"),
        "sites": held.sites,
    }
    layers: dict[str, gpd.GeoDataFrame] = {}
    for name, table in tables.items():
        if table is None or table.empty:
            continue
        nature = held.notices.get(name, "real")
        marked = table.assign(data_nature=nature)
        parts = {shape: marked[_shapes(marked) == shape] for shape in ("polygon", "line", "point")}
        there = {shape: part for shape, part in parts.items() if len(part)}
        for shape, part in there.items():
            layers[name if len(there) == 1 else f"{name}_{shape}"] = part
    return layers


def write_geopackage(
    content: PackContent, layers: Mapping[str, gpd.GeoDataFrame], path: Path
) -> None:
    """Write the layers, their styles, and what their columns mean.

    Parameters
    ----------
    content
        What the pack holds: its language is that of the labels.
    layers
        Result of `geo_layers`.
    path
        File to write; the caller swaps it in.

    Notes
    -----
    Version 1.3, which QGIS 3.22 reads without a warning. Styles are rows of `layer_styles`, as QGIS
    keeps them; titles and units stand in `gpkg_data_columns` (GeoPackage 1.3, annex F.9). No time is
    written.
    """
    import pyogrio

    held = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    # A GeoPackage notes when each layer was changed: the clock would change its bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DAY})
    try:
        for name, table in layers.items():
            pyogrio.write_dataframe(
                _writable(table), path, layer=name, driver="GPKG", append=path.exists(),
                dataset_options={} if path.exists() else {"VERSION": "1.3"},
                layer_options={"DESCRIPTION": _description(content, name)},
                promote_to_multi=None if (_shapes(table) == "point").all() else True,
            )  # fmt: skip
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": held})
    with closing(sqlite3.connect(path)) as book, book:
        _describe(book, content, layers)


def _shapes(table: gpd.GeoDataFrame) -> pd.Series:
    kinds = table.geom_type.str.replace("Multi", "").str.replace("String", "").str.lower()
    return kinds.replace({"linearring": "line"})


def _writable(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table whose index is a column, and whose texts any file can hold."""
    plain = table.copy()
    name = str(table.index.name or "id")
    if name not in plain.columns:
        plain.insert(0, name, table.index.astype(str))
    plain = plain.reset_index(drop=True)
    for column in plain.columns:
        if column != plain.geometry.name and not (
            pd.api.types.is_numeric_dtype(plain[column])
            or pd.api.types.is_datetime64_any_dtype(plain[column])
        ):
            plain[column] = plain[column].map(lambda value: printable(value, longest=4000))
    return plain


def _description(content: PackContent, name: str) -> str:
    told = say(f"layer.{name}", content.language) if f"layer.{name}" in WORDS else name
    return f"{told} · {printable(content.run, longest=40)}"


def _describe(
    book: sqlite3.Connection, content: PackContent, layers: Mapping[str, gpd.GeoDataFrame]
) -> None:
    language = content.language
    book.execute(_LAYER_STYLES)
    tables = {row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "gpkg_data_columns" not in tables:
        book.execute(_DATA_COLUMNS)
        book.execute(_CONSTRAINTS)
    if "gpkg_extensions" not in tables:
        book.execute(
            "CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT "
            "NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE "
            "(table_name, column_name, extension_name))"
        )
    for name in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        book.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
            "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
            (name,),
        )
    book.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        (_DAY,),
    )
    _write_figures(book, content)
    for name in layers:
        columns = [row[1] for row in book.execute(f'PRAGMA table_info("{name}")')]
        geometry = book.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
        ).fetchone()[0]
        aliases = {}
        for column in columns:
            if column in {geometry, "fid"}:
                continue
            held = meaning(name, column)
            words = held.fr if language == "fr" else held.en
            unit = spoken_unit(held.unit, language)
            aliases[column] = words
            title = f"{words} ({unit})" if unit else words
            book.execute(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                (name, column, column, title, held.en if language == "fr" else held.fr),
            )
        style = _style(content, name, layers[name])
        book.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
            "update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', NULL, ?)",
            (name, geometry, name, qml(style, aliases=aliases), _DAY),
        )


def _write_figures(book: sqlite3.Connection, content: PackContent) -> None:
    """Write the headline figures as a table without shapes: the same as in the dossiers."""
    language = content.language
    book.execute(
        "CREATE TABLE figures (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, key TEXT NOT NULL, "
        "label TEXT, value REAL, unit TEXT)"
    )
    book.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('figures', 'attributes', 'figures', ?, ?)",
        (say("book.figures", language), _DAY),
    )
    for key, row in figures(content).iterrows():
        told = printable(row["fr" if language == "fr" else "en"])
        book.execute(
            "INSERT INTO figures (key, label, value, unit) VALUES (?, ?, ?, ?)",
            (str(key), told, float(row["value"]), str(row["unit"])),
        )


def _style(content: PackContent, name: str, table: gpd.GeoDataFrame) -> LayerStyle:
    shape: Shape = str(_shapes(table).iloc[0])  # type: ignore[assignment]
    makers: dict[str, Callable[[PackContent], LayerStyle]] = {
        "communes": _communes,
        "sites": _sites,
        "stock": lambda held: _stock(held, shape),
        "constraints": _constraints,
        "isochrones": _isochrones,
        "perimeters": lambda held: _single("#000000", colour="", width=0.6),
        "services": lambda held: _single("#ffffff", colour="#24313d", shape="point"),
        "stops": lambda held: _single("#7a3b8f", colour="#ffffff", width=0.5, shape="point"),
        "lines": lambda held: _lines(held, table),
    }
    if name.startswith("backdrop"):
        return _backdrop(content, shape)
    maker = makers.get(name.rpartition("_")[0] if name not in makers else name)
    return _single("#333333", colour="#cccccc", shape=shape) if maker is None else maker(content)


def _single(edge: str, *, colour: str, width: float = 0.2, shape: Shape = "polygon") -> LayerStyle:
    return LayerStyle(shape=shape, looks=[Look(label="", colour=colour, edge=edge, width=width)])


def _communes(content: PackContent) -> LayerStyle:
    looks = [
        Look(
            label=label(SECTORS, sector, content.language),
            value=sector,
            colour=tint,
            edge="#8d9297",
        )
        for sector, tint in SECTOR_TINTS.items()
    ]
    return LayerStyle(shape="polygon", column="sector", looks=looks)


def _sites(content: PackContent) -> LayerStyle:
    assert content.map.sites is not None
    if "score" not in content.map.sites.columns:
        return _single("#b3261e", colour="#f7d9d5", width=0.5)
    theme = theme_of(SCORES, content.language)
    limits = [0.0, *SCORES.breaks, 100.0]
    looks = [
        Look(label=text, colour=colour, edge="#1b1f24", width=0.3, low=low, high=high)
        for text, colour, low, high in zip(
            theme.labels, theme.colours, limits, limits[1:], strict=False
        )
    ]
    return LayerStyle(shape="polygon", column="score", looks=looks, numbers=True)


def _stock(content: PackContent, shape: Shape) -> LayerStyle:
    """Style the buildings by the first measure, as the map sheets do."""
    measures = content.map.measures
    if (
        not measures
        or content.map.stock is None
        or measures[0].key not in content.map.stock.columns
    ):
        looks = [
            Look(label=label(FATES, fate, content.language), value=fate, colour=colour, width=0.05)
            for fate, colour in CATEGORIES["fate"].items()
        ]
        return LayerStyle(shape=shape, column="fate", looks=looks)
    theme = theme_of(measures[0], content.language)
    limits = [_BELOW, *map(float, measures[0].breaks), _ABOVE]
    looks = [
        Look(label=text, colour=colour, edge="#55585c", width=0.05, low=low, high=high)
        for text, colour, low, high in zip(
            theme.labels, theme.colours, limits, limits[1:], strict=False
        )
    ]
    return LayerStyle(shape=shape, column=measures[0].key, looks=looks, numbers=True)


def _constraints(content: PackContent) -> LayerStyle:
    looks = [
        Look(
            label=label(LEVELS, level, content.language),
            value=level,
            colour="",
            edge=colour,
            width=0.5,
        )
        for level, colour in _LEVEL_COLOURS.items()
    ]
    return LayerStyle(shape="polygon", column="level", looks=looks)


def _isochrones(content: PackContent) -> LayerStyle:
    minutes = sorted(
        {float(value) for value in content.map.layers["isochrones"]["minutes"].dropna()}
    )
    limits = [0.0, *minutes]
    looks = [
        Look(
            label=say("legend.walk", content.language, minutes=f"{high:g}"), colour="", edge="#14507a",
            width=0.3, low=low, high=high,
        )
        for low, high in pairwise(limits)
    ]  # fmt: skip
    return LayerStyle(shape="polygon", column="minutes", looks=looks, numbers=True)


def _lines(content: PackContent, table: gpd.GeoDataFrame) -> LayerStyle:
    """Style the lines of transit by mode, in the colours of the map; those on tracks are wider."""
    there = {printable(mode, longest=4000) for mode in table["mode"]}  # as it is written
    looks = [
        Look(
            label=label(MODES, mode, content.language), value=mode,
            colour=MODE_COLOURS.get(mode, MODE_COLOURS["bus"]),
            width=0.7 if mode in {"tram", "metro", "rail"} else 0.4,
        )
        for mode in [*MODES, *sorted(there - set(MODES))]
        if mode in there
    ]  # fmt: skip
    return LayerStyle(shape="line", column="mode", looks=looks)


def _backdrop(content: PackContent, shape: Shape) -> LayerStyle:
    looks = [
        Look(
            label=say(f"legend.{kind}", content.language), value=kind, colour=colour, edge=colour,
            width=0.5,
        )
        for kind, colour in _BACKDROP.items()
    ]  # fmt: skip
    return LayerStyle(shape=shape, column="kind", looks=looks)
