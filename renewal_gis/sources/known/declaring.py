"""What is said of a known source, what is asked of its reader, and what the reader gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.known.databases import Database

__all__ = ["ASIDE", "Asked", "Field", "Given", "KnownSource"]

# Codes of the notes whose count is of rows read and not given on: the account of rows needs them.
ASIDE = frozenset(
    {
        "grouped", "light-building", "mobile-service", "not-in-service", "not-read",
        "not-residential", "other-epci", "outside-basket", "reused", "too-small",
    }
)  # fmt: skip

Held = Literal["text", "number", "shape"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column as the producer publishes it.

    Parameters
    ----------
    name
        Name as published; case is not looked at, which changes from vintage to vintage.
    en
        Meaning.
    kind
        What it holds.
    needed
        The file is refused without it.
    also
        Names of other vintages.
    """

    name: str
    en: str
    kind: Held = "text"
    needed: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A file of a known source, and the table wanted of it.

    Parameters
    ----------
    path
        The file, or the folder of the files.
    table
        Declared table to fill.
    layer
        Which part of the source, where it has several.
    id
        Column the study says names the rows.
    columns
        Published columns the study names beyond those the reader needs.
    keep
        Published column → the values to keep; a reader may use it to read less.
    communes
        Communes of the study by INSEE code, in the study's system: what lies beyond them and
        `margin_m` metres need not be read. None: read all.
    database
        Where `path` names a table, its schema before it; None: a file.
    """

    path: Path
    table: str
    layer: str | None = None
    id: str | None = None
    columns: tuple[str, ...] = ()
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    communes: gpd.GeoDataFrame | None = None
    margin_m: float = 0.0
    database: Database | None = None

    @property
    def part(self) -> str:
        """Name of the part of a source that has several: the table's own, else the layer, else the file's."""
        if self.database is not None:
            return self.path.name.rpartition(".")[2]
        return self.layer or self.path.stem


@dataclass(frozen=True, kw_only=True)
class Given:
    """Rows under the names of the schema, the published columns beside them.

    Parameters
    ----------
    frame
        One row per row to check; a GeoDataFrame where the table has a geometry.
    findings
        Rows dropped (one each) or set aside (one note with their count): with the rows of `frame`
        they make the rows of the file.
    vintage
        As printed beside every use; empty when the file does not say it.
    licence, credit
        Of the source, where the study says nothing else; `{vintage}` in the credit stands for it.
    sha256
        Fingerprint of rows that come from no file.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()
    vintage: str = ""
    licence: str = ""
    credit: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownSource:
    """A source whose published shape is understood.

    Parameters
    ----------
    name
        As written in a study file: `source = "bpe"`.
    title, producer, page
        What it is, who publishes it, and where to get it.
    licence, attribution
        As printed beside every use; `{vintage}` in the attribution stands for the vintage.
    tables
        Declared tables it can fill; the first one is the usual.
    columns
        The published columns that are read.
    read
        The reader.
    """

    name: str
    title: str
    producer: str
    page: str
    licence: str
    attribution: str
    tables: tuple[str, ...]
    columns: tuple[Field, ...]
    read: Callable[[Asked], Given]
