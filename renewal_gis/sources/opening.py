"""The border with the libraries that read files: what they raise becomes one clear sentence."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from renewal_gis.errors import LayerReadError, RenewalGisError
from renewal_gis.files import sha256_of

__all__ = ["existing", "fingerprint", "fingerprint_of", "nearest", "reading"]

_FETCHED, _TERRITORY = "data", "territory.toml"  # folder and file that `renewal-gis fetch` uses


@contextmanager
def reading(path: Path, *, layer: str, advice: str = "") -> Iterator[None]:
    """Turn whatever a reading library raises in the block into a `LayerReadError`.

    Raises
    ------
    LayerReadError
        Names the layer and the file, quotes the library's first line, and says what to do.
    """
    try:
        with warnings.catch_warnings():
            # The readers warn about things settled here (no coordinate system, several layers).
            warnings.simplefilter("ignore")
            yield
    except RenewalGisError:
        raise
    # GDAL, Arrow, osmium, zip and rasterio each have their own exceptions, some of them outside
    # any common base, and a broken file can raise any: only the widest net holds them all.
    except Exception as error:
        todo = (
            advice or "Check that it is whole and of the format its name says, then copy it again."
        )
        raise LayerReadError(
            f"{layer} ({path.name}): the file cannot be read: {_reason(error, path)}. {todo}"
        ) from error


def existing(path: Path, *, layer: str) -> Path:
    """Return `path` when something with bytes in it is there.

    Raises
    ------
    LayerReadError
        When nothing has this name (the command that fetches it is given, else the nearest name in
        the folder), or it is empty.
    """
    try:
        if path.is_dir() or (path.is_file() and path.stat().st_size > 0):
            return path
        empty = path.is_file()
        beside = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    except OSError as error:
        raise LayerReadError(
            f"{layer} ({path.name}): the file cannot be opened: {_reason(error, path)}. "
            "Check its name and the rights on its folder."
        ) from error
    if empty:
        raise LayerReadError(
            f"{layer} ({path.name}): the file is empty (0 bytes). Copy or export it again."
        )
    call = _fetch_call(path)
    if call:
        raise LayerReadError(
            f"{layer} ({path.name}): no such file in the folder {path.parent.name!r}: it was not fetched. "
            f"Bring it with: {call}"
        )
    raise LayerReadError(
        f"{layer} ({path.name}): no such file in the folder {path.parent.name!r}."
        f"{nearest(path.name, beside)} Correct the path; paths start from the study file."
    )


def _fetch_call(path: Path) -> str:
    """Return the command that brings a file of a fetched study; empty when none does."""
    if path.parent.name != _FETCHED or not (path.parent.parent / _TERRITORY).is_file():
        return ""
    # Here and not at the top: the list of addresses is needed in this one message only.
    from renewal_gis.sources.fetching_endpoints import read_endpoints

    for one in read_endpoints():
        # One file for each commune, or one for all.
        pattern = re.escape(one.file).replace(re.escape("{commune}"), r"\w+")
        if one.file and re.fullmatch(pattern, path.name):
            return "renewal-gis fetch" + (f" --only {one.id}" if one.called == "named" else "")
    return ""


def nearest(name: str, known: list[str]) -> str:
    """Return `" The nearest is 'x'."`, or the list of what is known when nothing is near.

    Examples
    --------
    >>> nearest("nme", ["name", "group"])
    " The nearest is 'name'."
    """
    folded = {one.casefold(): one for one in reversed(known)}
    near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f" The nearest is {folded[near[0]]!r}."
    if not known:
        return ""
    shown = ", ".join(sorted(known)[:12])
    return f" There are: {shown}{', …' if len(known) > 12 else ''}."


def fingerprint(path: Path, *, layer: str) -> str:
    """Return the SHA-256 of a file, or of the names and contents of the files that make a layer.

    A folder (File Geodatabase) is many files, and so is a shapefile: `.shp`, `.dbf`, `.prj`…
    """
    with reading(path, layer=layer):
        if path.is_dir():
            parts = sorted(one for one in path.rglob("*") if one.is_file())
        elif path.suffix.lower() == ".shp":
            parts = sorted(one for one in path.parent.iterdir() if one.stem == path.stem)
        else:
            return sha256_of(path)
        digest = hashlib.sha256()
        for part in parts:
            name = part.relative_to(path.parent).as_posix()
            digest.update(f"{name}:{sha256_of(part)}\n".encode())
        return digest.hexdigest()


def fingerprint_of(path: Path, *, layer: str) -> str:
    """Return the SHA-256 of a file that must be there.

    Raises
    ------
    LayerReadError
        When it is not, or is empty.
    """
    return fingerprint(existing(path, layer=layer), layer=layer)


def _reason(error: Exception, path: Path) -> str:
    lines = str(error).strip().splitlines()
    text = (lines[0] if lines else type(error).__name__).strip().rstrip(".")
    # A report is shared: it names the file, not where somebody keeps it.
    return text.replace(str(path), path.name).replace(str(path.parent), "…")
