"""What the study asks of a layer, and what loading it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from renewal_gis.schema.findings import Finding

__all__ = ["LayerSpec", "Loaded", "Nature", "Provenance"]

Nature = Literal["real", "schematic", "synthetic"]


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """One source of one layer, as the study file asks for it.

    Parameters
    ----------
    path
        File to read, absolute.
    layer
        Layer inside a file that holds several (GeoPackage).
    source
        Known source whose shape the reader understands: `osm`, an OpenStreetMap extract whose `layer`
        is `streets`, `services`, `buildings` or `landuse`; `bpe`, `rpls`, `bdtopo`… (docs/sources.md).
    database
        PostGIS database the layer is a table or view of, without a password: `postgis://user@host/name`
        or `service=name`. `path` is then the name of the table, `schema.table`.
    id
        Column that identifies a row; `row` for the row number. Without it: the column `id`, or the
        row number.
    crs
        CRS of a file that states none (a CSV with coordinates); never overrides a stated one.
    x, y
        Coordinate columns of a CSV.
    swap_axes
        Exchange x and y of a file that holds them in the wrong order.
    rename
        Column in the file → column of the schema.
    values
        Column of the schema → {value in the file: value of the schema}.
    constants
        Column of the schema → the value every row takes.
    keep
        Column in the file → the values to keep; other rows are counted in the findings.
    unique
        Column in the file that must not repeat: later repeats are listed and left out.
    nature
        Whether the layer is real, schematic or synthetic; said wherever it is shown.
    vintage, licence, attribution
        As printed beside every use.
    """

    path: Path
    layer: str | None = None
    source: str | None = None
    database: str | None = None
    id: str | None = None
    crs: str | None = None
    x: str | None = None
    y: str | None = None
    swap_axes: bool = False
    rename: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unique: str | None = None
    nature: Nature = "real"
    vintage: str = ""
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a layer came from, and how many of its rows were kept."""

    layer: str
    file: str
    sha256: str
    nature: Nature
    vintage: str
    licence: str
    attribution: str
    rows_in: int
    rows_kept: int


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A checked table with what was found on the way and where it came from."""

    table: pd.DataFrame
    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]
