"""Files of every format, read into a raw table whose index is the row number in the file."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import Finding, LayerSpec, Table
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.encodings import readable_bytes
from renewal_gis.sources.opening import existing, nearest, reading
from renewal_gis.sources.text import as_text, decimal_text
from renewal_gis.sources.wholeness import overlong_line, whole

__all__ = ["SHEETS", "raw_table"]

_TEXT_FILES = (".csv", ".tsv", ".txt")
_PARQUET_FILES = (".parquet", ".geoparquet", ".pq")
_SEPARATORS = (";", ",", "\t", "|")
SHEETS = {"operations": "opérations", "milestones": "jalons"}  # as French workbooks call them
_X_NAMES = ("x", "lon", "longitude", "x_l93", "lambert_x")
_Y_NAMES = ("y", "lat", "latitude", "y_l93", "lambert_y")


def raw_table(spec: LayerSpec, *, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Read one file as it stands.

    Parameters
    ----------
    spec
        What the study says of the file.
    table
        The declared table it feeds: without a geometry in the declaration none is read.

    Returns
    -------
    tuple
        The rows, indexed 1, 2… by their place in the file, and notes on how it was read.

    Raises
    ------
    LayerReadError
        When the file is missing, truncated, of another format, or lacks the layer asked for.
    MissingExtraError
        For an OpenStreetMap extract without the library that reads it.
    """
    path = existing(spec.path, layer=table.name)
    _known_source(spec, table)
    if spec.source == "osm":
        # Here and not at the top: osm reads with this module's caller, and few studies need it.
        from renewal_gis.sources.osm import read_osm

        return read_osm(path, layer=spec.layer or table.name, table=table.name)
    notes: list[Finding] = []
    suffix = path.suffix.lower()
    if path.name.lower().endswith(".pbf"):
        raise LayerReadError(
            f"{table.name} ({path.name}): an OpenStreetMap extract is read with "
            f'source = "osm". Add it under [layers.{table.name}].'
        )
    if suffix in _TEXT_FILES:
        frame = _text_file(path, table, notes)
    elif suffix in _PARQUET_FILES:
        frame = _parquet(path, table)
    elif suffix == ".xlsx":
        frame = _sheet(path, spec, table, notes)
    else:
        frame = _vector(path, spec, table)
    if table.geometry and not isinstance(frame, gpd.GeoDataFrame):
        frame = _located(frame, spec, table)
    frame = frame.reset_index(drop=True)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame, notes


def _known_source(spec: LayerSpec, table: Table) -> None:
    if spec.source not in {None, "osm"}:
        raise LayerReadError(
            f"{table.name} ({spec.path.name}): the source {spec.source!r} is not known."
            f"{nearest(str(spec.source), ['osm'])} Leave it out for an ordinary file."
        )


def _text_file(path: Path, table: Table, notes: list[Finding]) -> pd.DataFrame:
    with reading(path, layer=table.name):
        content = path.read_bytes()
    place = f"{table.name} ({path.name})"
    content, encoding, told = readable_bytes(content, place=place)
    if told:
        notes.append(
            Finding(
                layer=table.name, severity="note", code="encoding", file=path.name, message=told
            )
        )
    with reading(path, layer=table.name, advice="Check that each line has as many cells."):
        head = content.decode(encoding).partition("\n")[0]
        separator = max(_SEPARATORS, key=head.count)
        overlong = overlong_line(content, separator)
        if overlong:
            raise LayerReadError(f"{place}: {overlong}")
        # All as text: a commune code such as 01001 must keep its zero.
        return pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            dtype=str,
            encoding=encoding,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
            skipinitialspace=True,
        )


def _parquet(path: Path, table: Table) -> pd.DataFrame:
    with reading(path, layer=table.name):
        import pyarrow.parquet

        held = pyarrow.parquet.read_schema(path).metadata or {}
        spatial = b"geo" in held
        frame = gpd.read_parquet(path) if spatial else pd.read_parquet(path)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    return frame


def _sheet(path: Path, spec: LayerSpec, table: Table, notes: list[Finding]) -> pd.DataFrame:
    """Return the sheet asked for, else the one named as the table, else the only one."""
    from renewal_gis.sources.workbooks import read_sheets  # few studies have a workbook

    said: list[Finding] = []
    sheets = read_sheets(path, said)
    names = (spec.layer,) if spec.layer else (table.name, SHEETS.get(table.name, table.name))
    found = [name for name in sheets if name in names or name.casefold() in names]
    if not found and spec.layer is None and len(sheets) == 1:
        found = list(sheets)
    if not found:
        wanted = spec.layer or table.name
        raise LayerReadError(
            f"{table.name} ({path.name}): there is no sheet {wanted!r} in the workbook."
            f'{nearest(wanted, list(sheets))} Say which with layer = "…".'
        )
    own = [one for one in said if repr(found[0]) in one.message]
    notes += [replace(one, layer=table.name) for one in own]
    return sheets[found[0]]


def _vector(path: Path, spec: LayerSpec, table: Table) -> pd.DataFrame:
    if path.suffix.lower() == ".zip":
        guarded(path, layer=table.name)
    whole(path, layer=table.name)
    with reading(path, layer=table.name):
        import pyogrio

        layer = _chosen_layer(pyogrio.list_layers(path), spec, table)
        frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=bool(table.geometry))
        said = pyogrio.read_info(path, layer=layer)["features"]
    if said >= 0 and said != len(frame):
        raise LayerReadError(
            f"{table.name} ({path.name}): the file announces {said} rows and {len(frame)} could "
            "be read: it is truncated or damaged. Copy or export it again."
        )
    return pd.DataFrame(frame) if not isinstance(frame, pd.DataFrame) else frame


def _chosen_layer(layers: Any, spec: LayerSpec, table: Table) -> str:
    names = [str(name) for name in layers[:, 0]]
    if spec.layer is not None:
        if spec.layer in names:
            return spec.layer
        raise LayerReadError(
            f"{table.name} ({spec.path.name}): there is no layer {spec.layer!r} in the file."
            f"{nearest(spec.layer, names)}"
        )
    if len(names) == 1:
        return names[0]
    if not names:
        raise LayerReadError(
            f"{table.name} ({spec.path.name}): the file holds no layer. Export it again."
        )
    raise LayerReadError(
        f"{table.name} ({spec.path.name}): the file holds {len(names)} layers "
        f'({", ".join(names)}). Say which with layer = "…".'
    )


def _located(frame: pd.DataFrame, spec: LayerSpec, table: Table) -> gpd.GeoDataFrame:
    """Give a plain table its points from two columns, or its shapes from a column of WKT."""
    names = [str(name) for name in frame.columns]
    if spec.x is None and spec.y is None:
        for name in names:
            if name.casefold() in {"wkt", "geometry", "geom"}:
                with reading(spec.path, layer=table.name, advice=f"Check the column {name!r}."):
                    shapes = shapely.from_wkt(as_text(frame[name]).to_numpy())
                return gpd.GeoDataFrame(frame.drop(columns=name), geometry=shapes)
    missing = [
        f"{axis} = {given!r}"
        for axis, given in (("x", spec.x), ("y", spec.y))
        if given is not None and given not in names
    ]
    if spec.x is None or spec.y is None or missing:
        raise LayerReadError(_no_point(spec, table, names, missing))
    x, y = (_coordinate(frame[name]) for name in (spec.x, spec.y))
    points = np.full(len(frame), None, dtype=object)
    filled = ~(x.isna() & y.isna()).to_numpy()
    pairs = np.column_stack([x.to_numpy(dtype=float), y.to_numpy(dtype=float)])[filled]
    # A point with one NaN passes for an empty one; an infinite one is refused with its row.
    points[filled] = shapely.points(np.where(np.isnan(pairs), np.inf, pairs))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=frame.index))


def _coordinate(values: pd.Series) -> pd.Series:
    text = as_text(values)
    numbers = pd.to_numeric(decimal_text(text), errors="coerce").astype("float64")
    return numbers.mask(numbers.isna() & text.notna(), np.inf)


def _no_point(spec: LayerSpec, table: Table, names: list[str], missing: list[str]) -> str:
    start = f"{table.name} ({spec.path.name}): the file has no geometry"
    if missing:
        unknown = spec.x if spec.x is not None and spec.x not in names else spec.y
        return f"{start} and no column for {', '.join(missing)}.{nearest(str(unknown), names)}"
    folded = {name.casefold(): name for name in names}
    x = next((folded[name] for name in _X_NAMES if name in folded), "…")
    y = next((folded[name] for name in _Y_NAMES if name in folded), "…")
    return (
        f'{start}. Name its coordinate columns and their system: x = "{x}", y = "{y}", '
        'crs = "EPSG:…".'
    )
