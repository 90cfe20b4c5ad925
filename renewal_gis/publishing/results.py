"""The tables of a run: CSV for reading, GeoParquet for analysis, a manifest for trust."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.assumptions import ASSUMPTIONS
from renewal_gis.errors import DataError
from renewal_gis.files import sha256_of, write_text

__all__ = [
    "assumptions_table",
    "published_before",
    "write_csv",
    "write_geoparquet",
    "write_manifest",
]

_LIBRARIES = ("geopandas", "shapely", "pyproj", "rasterio", "folium", "numba", "numpy", "pandas")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: pd.DataFrame, path: Path, **told: str) -> None:
    """Write a table as UTF-8 CSV.

    A text that a spreadsheet would take for a formula is written behind an apostrophe; an infinite
    number is left blank.

    Parameters
    ----------
    table
        Written without its geometry; its index is written when it has a name.
    path
        File to write, all of it or nothing.
    **told
        Columns that say the same in every row: `data_nature`, `timetable_date`.
    """
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if plain.index.name:
        plain = plain.reset_index()
    columns = {name: _written(plain[name]) for name in plain.columns}
    plain = pd.DataFrame(columns, index=plain.index).assign(**told)
    write_text(path, plain.to_csv(index=False, lineterminator="\n", float_format="%.10g"))


def write_geoparquet(table: gpd.GeoDataFrame, path: Path, *, nature: str) -> None:
    """Write a table as GeoParquet, with a `data_nature` column.

    The caller writes into a temporary folder that is swapped in, so no half file is ever seen.
    """
    table.assign(data_nature=nature).to_parquet(path, compression="zstd", index=True)


def assumptions_table(in_force: Mapping[str, float]) -> pd.DataFrame:
    """Return every planning constant: the value in force, the default, source, date and trust.

    Parameters
    ----------
    in_force
        Name → value, for those the study sets otherwise than the default.
    """
    rows = [
        {
            "name": held.name,
            "value": in_force.get(held.name, held.value),
            "default": held.value,
            "unit": held.unit,
            "en": held.en,
            "fr": held.fr,
            "source": held.source,
            "source_fr": held.source_fr,
            "date": held.date,
            "verified": held.verified,
        }
        for held in ASSUMPTIONS
    ]
    return pd.DataFrame(rows)


def published_before(
    folder: Path, *, kind: Literal["results", "pack"] = "results"
) -> dict[str, str]:
    """Return the files an earlier run wrote into a folder and their hashes, as its manifest says.

    Empty when there is no manifest, or none that can be read.

    Raises
    ------
    DataError
        When the manifest is of the other kind: the files it names would go away.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        outputs = {str(name): str(digest) for name, digest in manifest["outputs"].items()}
        held = str(manifest.get("kind", "results"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    if held != kind:
        raise DataError(
            f"{folder.name} holds what another command wrote ({held}), as its manifest.json says. Choose "
            "another folder to write into."
        )
    return {name: digest for name, digest in outputs.items() if Path(name).name == name}


def write_manifest(
    folder: Path, *, inputs: pd.DataFrame, parameters: Mapping[str, Any], notice: str
) -> None:
    """Write `manifest.json`: inputs, parameters, versions, and the hash of every file in `folder`.

    Nothing in it depends on the clock: the same inputs give the same bytes.
    """
    outputs = {path.name: sha256_of(path) for path in sorted(folder.iterdir()) if path.is_file()}
    manifest = {
        "notice": notice,
        "parameters": dict(parameters),
        "inputs": inputs.to_dict("records"),
        "versions": {
            "renewal-gis": version("renewal-gis"),
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        "outputs": outputs,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    write_text(folder / "manifest.json", text + "\n")


def _written(column: pd.Series) -> pd.Series:
    """Return a column as CSV can hold it."""
    if pd.api.types.is_numeric_dtype(column):
        return column.replace([np.inf, -np.inf], np.nan)
    return column.map(_harmless)


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
