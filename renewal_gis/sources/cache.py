"""Tables kept from one run to the next, under the fingerprint of all they were made from."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import shapely

from renewal_gis.files import write_bytes
from renewal_gis.schema import Finding, LayerSpec, Loaded, Provenance
from renewal_gis.sources.extent import Extent

__all__ = ["READER", "cache_key", "cached"]

# Raise it whenever the readers give other rows for the same file.
READER = "3"
_NOTES = b"renewal_gis"


def cache_key(
    specs: Sequence[LayerSpec],
    prints: Sequence[str],
    *,
    table: str,
    crs: pyproj.CRS,
    extent: Extent | None,
) -> str:
    """Return the fingerprint of a request: files by content, what is asked of them, the place.

    Parameters
    ----------
    specs, prints
        The files and their SHA-256. Their folder does not count, their name does: findings say it.
    table, crs, extent
        What is made of them.
    """
    asked = [
        {
            field.name: spec.path.name if field.name == "path" else getattr(spec, field.name)
            for field in fields(spec)
        }
        for spec in specs
    ]
    told = [READER, table, crs.to_wkt(), extent.key if extent else None, list(prints), asked]
    text = json.dumps(told, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def cached(
    folder: Path, name: str, key: str, crs: pyproj.CRS, make: Callable[[], Loaded]
) -> Loaded:
    """Return what was kept under `key`, else what `make` gives, and keep it.

    A file that cannot be read is ignored and written again; a folder that cannot be written is
    left alone.
    """
    stem = f"{name}-{key[:32]}"
    held = _read(folder, stem, key, crs)
    if held is not None:
        return held
    loaded = make()
    if isinstance(loaded.table, gpd.GeoDataFrame):
        _write(folder, stem, key, loaded)
    return loaded


def _read(folder: Path, stem: str, key: str, crs: pyproj.CRS) -> Loaded | None:
    # Whatever is wrong with a kept table, it can be made again: no fault of its is worth a word.
    try:
        for path in sorted(folder.glob(f"{stem}-*.parquet")):
            content = path.read_bytes()
            if path.name == _file_name(stem, content):
                return _loaded(content, key, crs)
    except Exception:
        return None
    return None


def _loaded(content: bytes, key: str, crs: pyproj.CRS) -> Loaded | None:
    import pyarrow.parquet

    raw = pyarrow.parquet.read_table(BytesIO(content))
    notes = json.loads(raw.schema.metadata[_NOTES])
    if notes["key"] != key:
        return None
    plain = raw.drop_columns("geometry").to_pandas()
    shapes = shapely.from_wkb(raw.column("geometry").to_numpy())
    return Loaded(
        table=gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries(shapes, plain.index, crs=crs)),
        findings=tuple(Finding(**one) for one in notes["findings"]),
        provenance=tuple(Provenance(**one) for one in notes["provenance"]),
    )


def _write(folder: Path, stem: str, key: str, loaded: Loaded) -> None:
    notes = {
        "key": key,
        "findings": [asdict(one) for one in loaded.findings],
        "provenance": [asdict(one) for one in loaded.provenance],
    }
    # A cache only saves time: a full disk or a folder of somebody else's stops no study.
    try:
        import pyarrow.parquet

        plain, kept = BytesIO(), BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded.table.to_parquet(plain)
        raw = pyarrow.parquet.read_table(plain)
        metadata = {**raw.schema.metadata, _NOTES: json.dumps(notes).encode()}
        pyarrow.parquet.write_table(raw.replace_schema_metadata(metadata), kept)
        write_bytes(folder / _file_name(stem, kept.getvalue()), kept.getvalue())
    except Exception:
        return


def _file_name(stem: str, content: bytes) -> str:
    """Return the name of a kept file: it says the file's own hash, so that damage is seen."""
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:32]}.parquet"


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else str(value)
