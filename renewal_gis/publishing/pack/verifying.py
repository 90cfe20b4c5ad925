"""Whether a pack is what its manifest says, and whether it still follows from its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renewal_gis.files import sha256_of

__all__ = ["altered", "rebuilt_differently", "strangers"]

# Parts of a manifest that are compared piece by piece.
_COMPARED = {"inputs", "versions", "parameters", "outputs"}


def altered(pack: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each file that is missing or changed.

    Parameters
    ----------
    pack
        The folder.
    manifest
        Its manifest, as `read_manifest` gives it.
    """
    outputs = manifest.get("outputs")
    if not isinstance(outputs, dict) or not outputs:
        return ["The manifest names no file: it was changed. Export the pack again."]
    told = []
    for name, digest in sorted(outputs.items()):
        # A name with a folder in it is not one that export writes.
        path = pack / name
        if Path(name).name != name or not path.is_file():
            told.append(f"{name} is missing.")
        elif sha256_of(path) != digest:
            told.append(f"{name} is not the file that was written.")
    return told


def strangers(pack: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of what lies in the folder and is not of the pack, such as somebody's notes.

    It is no fault: `write_pack` leaves it where it is.

    Parameters
    ----------
    pack
        The folder.
    manifest
        Its manifest, as `read_manifest` gives it.
    """
    outputs = manifest.get("outputs")
    named = outputs if isinstance(outputs, dict) else {}
    return sorted({path.name for path in pack.iterdir()} - {*named, "manifest.json"})


def rebuilt_differently(held: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each input, version, figure and file that differs from a pack made again.

    Parameters
    ----------
    held
        Manifest of the pack.
    again
        Manifest of the pack made again from the study.
    """
    told = [*_inputs(held.get("inputs"), again["inputs"])]
    for part, words in (("versions", "made with"), ("parameters", "asked with")):
        told.extend(_values(held.get(part), again[part], words))
    told.extend(
        f"The manifest says other {part} than the run gives."
        if part in held
        else f"The manifest does not say {part}: another version wrote it, or it was changed by hand."
        for part in sorted({*held, *again} - _COMPARED)
        if held.get(part) != again.get(part)
    )
    outputs = held.get("outputs")
    before = outputs if isinstance(outputs, dict) else {}
    after = again["outputs"]
    differing = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if differing:
        shown = ", ".join(differing[:8]) + (" …" if len(differing) > 8 else "")
        told.append(f"{len(differing)} file(s) no longer follow from the inputs: {shown}.")
    return told


def _inputs(held: Any, again: list[dict[str, Any]]) -> list[str]:
    rows = [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []
    sides = [
        {(str(row.get("layer")), str(row.get("file"))): row.get("sha256") for row in part}
        for part in (rows, again)
    ]
    told = []
    for layer, file in sorted({*sides[0], *sides[1]}):
        before, now = sides[0].get((layer, file)), sides[1].get((layer, file))
        if before is None:
            told.append(f"The layer {layer} ({file}) is new: the pack was made without it.")
        elif now is None:
            told.append(f"The layer {layer} ({file}) is no longer in the study.")
        elif before != now:
            told.append(f"The layer {layer} ({file}) has changed since the pack was made.")
    return told


def _values(held: Any, again: Mapping[str, Any], words: str) -> list[str]:
    before = held if isinstance(held, dict) else {}
    return [
        f"The pack was {words} {name} {_short(before.get(name))}; it is now {_short(again.get(name))}."
        for name in sorted({*before, *again})
        if before.get(name) != again.get(name)
    ]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
