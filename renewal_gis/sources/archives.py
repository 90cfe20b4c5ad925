"""Limits on archives, checked before a byte is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.opening import reading

__all__ = ["MAX_MEMBERS", "MAX_RATIO", "MAX_UNPACKED_BYTES", "guarded", "guarded_folder"]

# A national timetable unpacks to about 2 GB in a dozen files, ten to twenty times its zip.
MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_RATIO = 500


def guarded(path: Path, *, layer: str) -> list[zipfile.ZipInfo]:
    """Return the files of a zip after checking that unpacking them is safe.

    Raises
    ------
    LayerReadError
        When the archive is damaged, encrypted, has too many files, would unpack to too many
        bytes, or holds a path that leaves its folder.
    """
    with reading(path, layer=layer), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
    unpacked = sum(member.file_size for member in members)
    problem = ""
    if len(members) > MAX_MEMBERS:
        problem = f"it holds {len(members)} files; at most {MAX_MEMBERS} are read"
    elif unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(path.stat().st_size, 4096):
        problem = f"it would unpack to {unpacked / 1e6:.0f} MB, which is out of proportion"
    elif any(member.flag_bits & 1 for member in members):
        problem = "it is protected by a password"
    else:
        stray = next((member.filename for member in members if _leaves(member.filename)), None)
        if stray is not None:
            problem = f"it holds the path {stray!r}, which leaves the archive's folder"
    if problem:
        raise LayerReadError(
            f"{layer} ({path.name}): the archive was not opened: {problem}. "
            "Get it again from its producer."
        )
    return members


def guarded_folder(path: Path, pattern: str, *, layer: str) -> list[Path]:
    """Return the files of a folder that match, in order, after checking that they can be read.

    Raises
    ------
    LayerReadError
        When there are too many files, or too many bytes in them.
    """
    with reading(path, layer=layer):
        found = sorted(one for one in path.rglob(pattern) if one.is_file())
        size = sum(one.stat().st_size for one in found)
    problem = ""
    if len(found) > MAX_MEMBERS:
        problem = f"it holds {len(found)} files; at most {MAX_MEMBERS} are read"
    elif size > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES / 1e6
        problem = f"its files make {size / 1e6:.0f} MB; at most {limit:.0f} MB are read"
    if problem:
        raise LayerReadError(
            f"{layer} ({path.name}): the folder was not read: {problem}. "
            "Keep the files of the layer only."
        )
    return found


def _leaves(name: str) -> bool:
    plain = PurePosixPath(name.replace("\\", "/"))
    return plain.is_absolute() or ".." in plain.parts or ":" in plain.parts[0]
