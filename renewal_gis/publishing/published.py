"""What an earlier run published, read again: its manifest and its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.files import sha256_of

__all__ = ["Published", "read_published"]

# Columns a comparison reads: a table that lost one is told, not stumbled over.
_READ = {
    "sites": ("site",),
    "breakdown": ("site", "criterion", "measure", "en", "fr", "contribution"),
    "comparison": ("sector", "measure", "label", "libelle", "unit", "p50"),
    "programme": ("convention",),
    "scenario_rehousing": ("scenario", "perimeter", "measure", "change"),
}
_TEXT = (
    "commune", "site", "other_site", "group", "row", "zones", "dominated_by",
    "scenario", "perimeter", "convention", "criterion", "name",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Published:
    """What a run published.

    Attributes
    ----------
    name
        How it is called in sentences: the folder or the study file that was named.
    inputs
        One row per file read, as in `sources.csv`.
    parameters
        Everything the study asked.
    versions
        Of the package and of its libraries.
    notice
        What the data's nature is; empty for real data.
    tables
        Name of the file → table, as written.
    altered
        Names of the tables that are no longer as the run wrote them.
    """

    name: str
    inputs: pd.DataFrame
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]
    notice: str
    tables: Mapping[str, pd.DataFrame]
    altered: tuple[str, ...]


def read_published(folder: Path, *, name: str = "") -> Published:
    """Read the manifest and the tables of a folder of results.

    Parameters
    ----------
    folder
        Where a run was published.
    name
        How it is called in sentences; the folder by default.

    Raises
    ------
    DataError
        When there is no manifest, or a file of it is missing or cannot be read.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        inputs = pd.DataFrame(manifest["inputs"])
        if len(inputs):
            inputs[["layer", "file", "sha256"]]  # a manifest without them is none
        outputs = dict(manifest["outputs"])
        parameters, versions = dict(manifest["parameters"]), dict(manifest["versions"])
    except FileNotFoundError:
        raise DataError(
            f"{folder} is no folder of results: it holds no manifest.json. Write one with: renewal-gis "
            "run"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise DataError(
            f"{path} cannot be read as the manifest of a run ({fault}). Run the study again."
        ) from None
    tables, altered = {}, []
    for file in sorted(name for name in outputs if name.endswith(".csv")):
        # A manifest may come from anywhere: only names beside it are read.
        held = folder / Path(file).name
        if not held.is_file():
            raise DataError(
                f"{held} is named in the manifest and is not there. Run the study again."
            )
        if sha256_of(held) != outputs[file]:
            altered.append(file)
        tables[held.stem] = _table(held)
    return Published(
        name=name or str(folder),
        inputs=inputs,
        parameters=parameters,
        versions={str(key): str(value) for key, value in versions.items()},
        notice=str(manifest.get("notice", "")),
        tables=tables,
        altered=tuple(altered),
    )


def _table(path: Path) -> pd.DataFrame:
    """Read a table; identifiers stay text, so that `007` is not 7."""
    try:
        header = pd.read_csv(path, nrows=0).columns
        kinds = {column: str for column in header if column in _TEXT}
        table = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""])
    except (ValueError, OSError) as fault:
        raise DataError(
            f"{path} cannot be read as a table ({fault}). Run the study again."
        ) from None
    lost = [name for name in _READ.get(path.stem, ()) if name not in table.columns]
    if lost:
        raise DataError(f"{path} has no column {lost[0]}. Run the study again.")
    return table
