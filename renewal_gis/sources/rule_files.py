"""A study's own rule file, read as text; what its rules say is judged elsewhere."""

from __future__ import annotations

from pathlib import Path

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.opening import existing, reading

__all__ = ["read_rule_text"]

_LARGEST = 1_000_000  # bytes; the packaged catalogue has some 25 000


def read_rule_text(path: Path) -> str:
    """Return the text of a rule file.

    Raises
    ------
    LayerReadError
        The file is missing, empty, larger than a megabyte, or not UTF-8.
    """
    path = existing(Path(path), layer="rules")
    if path.is_dir() or path.stat().st_size > _LARGEST:
        raise LayerReadError(
            f"rules ({path.name}): not a rule file: it is a folder or holds more than {_LARGEST} "
            "bytes. Name the TOML file."
        )
    with reading(path, layer="rules", advice="Save it as UTF-8."):
        return path.read_text(encoding="utf-8")
