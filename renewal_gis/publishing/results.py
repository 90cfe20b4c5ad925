"""The tables of a run: CSV for reading, GeoParquet for analysis, a manifest for trust."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from renewal_gis.assumptions import ASSUMPTIONS
from renewal_gis.files import sha256_of, write_text

__all__ = ["assumptions_table", "write_csv", "write_geoparquet", "write_manifest"]

_LIBRARIES = ("geopandas", "shapely", "pyproj", "rasterio", "folium", "numba", "numpy", "pandas")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: pd.DataFrame, path: Path, *, nature: str) -> None:
    """Write a table as UTF-8 CSV, its last column telling the nature of the data it rests on.

    A text that a spreadsheet would take for a formula is written behind an apostrophe.

    Parameters
    ----------
    table
        Written without its geometry; its index is written when it has a name.
    path
        File to write, all of it or nothing.
    nature
        `real`, `schematic` or `synthetic`.
    """
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if plain.index.name:
        plain = plain.reset_index()
    texts = [name for name in plain.columns if not pd.api.types.is_numeric_dtype(plain[name])]
    for name in texts:
        plain[name] = plain[name].map(_harmless)
    plain["data_nature"] = nature
    write_text(path, plain.to_csv(index=False, lineterminator="\n", float_format="%.10g"))


def write_geoparquet(table: gpd.GeoDataFrame, path: Path, *, nature: str) -> None:
    """Write a table as GeoParquet, with a `data_nature` column.

    The caller writes into a temporary folder that is swapped in, so no half file is ever seen.
    """
    table.assign(data_nature=nature).to_parquet(path, compression="zstd", index=True)


def assumptions_table() -> pd.DataFrame:
    """Return every planning constant with its value, unit, source, date and trust."""
    rows = [
        {
            "name": held.name,
            "value": held.value,
            "unit": held.unit,
            "en": held.en,
            "fr": held.fr,
            "source": held.source,
            "date": held.date,
            "verified": held.verified,
        }
        for held in ASSUMPTIONS
    ]
    return pd.DataFrame(rows)


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


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
