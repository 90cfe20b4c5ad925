"""The text files of a timetable (GTFS), read as they stand from a zip or a folder."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from renewal_gis.errors import LayerReadError
from renewal_gis.files import sha256_of
from renewal_gis.sources.archives import guarded, guarded_folder
from renewal_gis.sources.opening import existing, nearest, reading

__all__ = ["LAYER", "Feed", "content", "opened_feed", "stream"]

LAYER = "stops"
_MARK = "stops.txt"


@dataclass(frozen=True, kw_only=True)
class Feed:
    """Where the files of a timetable are.

    Parameters
    ----------
    path
        The zip or the folder.
    members
        Name of each file (`stops.txt`) → its path inside the zip or the folder.
    sha256
        Fingerprint: of the zip, or of the names and contents of the folder's files.
    sizes
        Name of each file → its bytes when unpacked.
    """

    path: Path
    members: dict[str, str]
    sha256: str
    sizes: dict[str, int]

    @property
    def name(self) -> str:
        """File name, as quoted in findings."""
        return self.path.name


def opened_feed(path: Path) -> Feed:
    """Find the files of a timetable; they may stand in one folder of the zip.

    Raises
    ------
    LayerReadError
        When there is no timetable, or more than one, or the zip is unsafe.
    """
    existing(path, layer=LAYER)
    if path.is_dir():
        found = guarded_folder(path, "*.[tT][xX][tT]", layer=LAYER)
        files = {one.relative_to(path).as_posix(): one.stat().st_size for one in found}
    else:
        files = {one.filename: one.file_size for one in guarded(path, layer=LAYER)}
    home = _home(path, sorted(files))
    members = {_plain(one): one for one in sorted(files) if PurePosixPath(one).parent == home}
    with reading(path, layer=LAYER):
        digest = sha256_of(path) if path.is_file() else _folder_digest(path, members)
    sizes = {name: files[member] for name, member in members.items()}
    return Feed(path=path, members=members, sha256=digest, sizes=sizes)


def _plain(name: str) -> str:
    return PurePosixPath(name).name.lower()


def _home(path: Path, files: list[str]) -> PurePosixPath:
    """Return the folder of the zip or the folder that holds the timetable."""
    homes = sorted({PurePosixPath(one).parent for one in files if _plain(one) == _MARK})
    if not homes:
        names = sorted({PurePosixPath(one).name for one in files})
        raise LayerReadError(
            f"{LAYER} ({path.name}): there is no {_MARK} in it, so it is not a timetable."
            f"{nearest(_MARK, names)} Give a GTFS zip or folder."
        )
    if len(homes) > 1:
        told = ", ".join(str(one) for one in homes[:5])
        raise LayerReadError(
            f"{LAYER} ({path.name}): it holds {len(homes)} timetables ({told}). "
            "Unpack it and name each folder under [transit] feeds."
        )
    return homes[0]


@contextmanager
def stream(feed: Feed, name: str) -> Iterator[IO[bytes]]:
    """Open one file of the timetable for reading."""
    member = feed.members[name]
    if feed.path.is_dir():
        with (feed.path / member).open("rb") as opened:
            yield opened
        return
    with zipfile.ZipFile(feed.path) as archive, archive.open(member) as unpacked:
        yield unpacked


def content(feed: Feed, name: str) -> bytes:
    """Return one file of the timetable as it stands."""
    with stream(feed, name) as opened:
        return opened.read()


def _folder_digest(path: Path, members: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name, member in sorted(members.items()):
        digest.update(f"{name}:{sha256_of(path / member)}\n".encode())
    return digest.hexdigest()
