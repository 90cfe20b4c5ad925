"""Files whose bytes depend on their content alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd

__all__ = ["BEGIN", "END", "checksums", "write_parquet", "write_sums"]

BEGIN, END = "<!-- checksums: begin -->", "<!-- checksums: end -->"


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer: fixed row order, zstd, no index."""
    frame.to_parquet(path, index=False, compression="zstd", compression_level=19,
                     schema_version="1.1.0", row_group_size=200_000)  # fmt: skip


def checksums(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the SHA-256 and the size of each file of the folder."""
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "SHA256SUMS"
    }


def write_sums(folder: Path, readme: Path) -> None:
    """Write SHA256SUMS, and the table between the markers of the README."""
    sums = checksums(folder)
    lines = "".join(f"{digest}  {name}\n" for name, (digest, _) in sums.items())
    (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")
    table = ["| file | bytes | SHA-256 |", "|---|---:|---|"]
    table += [f"| `demo/{name}` | {size} | `{digest}` |" for name, (digest, size) in sums.items()]
    text = readme.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    body = "\n".join(table)
    readme.write_text(f"{head}{BEGIN}\n{body}\n{END}{tail}", encoding="utf-8")
