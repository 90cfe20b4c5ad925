"""Writing that never leaves a half-written file, and the fingerprint of a file."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":  # there, what a killed process left is for its reader to remove
    import fcntl

__all__ = ["atomic_folder", "atomic_path", "holds", "sha256_of", "write_bytes", "write_text"]

_MARK = ".renewal-gis-building"  # names the temporary folders of this module


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and swap it in when the block succeeds.

    When the block raises, `path` is left as it was and the temporary file is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        _flush_to_disk(beside)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def atomic_folder(folder: Path, *, obsolete: Iterable[str] = ()) -> Iterator[Path]:
    """Give a temporary folder beside `folder`; swap its files in when the block succeeds.

    Parameters
    ----------
    folder
        Folder to fill; made when absent. Its files of other names are kept.
    obsolete
        Names of files that go away with the swap.

    Notes
    -----
    When the block raises, or a file cannot be swapped in, `folder` is put back as it was. A process that
    is killed leaves its temporary folder, marked and locked while it lived; the next one that fills
    `folder` puts back what was set aside in it, and removes it. No other folder is ever removed.
    """
    folder = folder.resolve()  # files are moved in: never across the link that leads to the folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    home = _home(folder)
    _sweep(folder, home)
    place = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=home))
    mark = _marked(place)
    try:
        beside = place / "new"
        beside.mkdir()
        yield beside
        _swap(place, folder, set(obsolete))
    finally:
        _clear(place)
        if mark is not None:
            mark.close()


def _home(folder: Path) -> Path:
    """Return where files can be moved into `folder` from: beside it, or in it where a disk is mounted."""
    return folder if os.path.ismount(folder) else folder.parent


def _swap(place: Path, folder: Path, obsolete: set[str]) -> None:
    """Set the old files aside, move the new ones in; undo all of it when one step fails."""
    written = sorted((place / "new").iterdir())
    for path in written:
        _flush_to_disk(path)
        path.chmod(0o644)
    folder.mkdir(exist_ok=True)
    aside = place / "old"
    aside.mkdir()
    undo: list[tuple[Path, Path]] = []
    try:
        for name in sorted(obsolete | {path.name for path in written}):
            if (folder / name).exists():
                undo.append((aside / name, folder / name))
                (folder / name).replace(aside / name)
        for path in written:
            undo.append((folder / path.name, path))
            path.replace(folder / path.name)
    except BaseException:
        for now, before in reversed(undo):
            # One that cannot move holds back no other; what stays aside is put back by the next export.
            with suppress(OSError):
                if now.exists():
                    now.replace(before)
        raise
    aside.replace(place / "done")  # from here on nothing is to be put back


def _marked(place: Path) -> IO[bytes] | None:
    """Mark a temporary folder as this process's, as long as it lives; None where files have no locks."""
    if sys.platform == "win32":
        return None
    # Locked before it has its name: no one can take it for the mark of a process that is gone.
    stream = (place / "mark").open("wb")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (place / "mark").replace(place / _MARK)
    except OSError:
        stream.close()
        return None
    return stream


def _sweep(folder: Path, home: Path) -> None:
    """Remove the temporary folders of processes that were killed while they filled `folder`."""
    if sys.platform == "win32":
        return
    for place in sorted(home.glob(f".{glob.escape(folder.name)}.*")):
        if place.is_symlink() or not (place / _MARK).is_file():
            continue
        # One that cannot be opened to write, as network disks ask, or that a living process holds, is left.
        with suppress(OSError), (place / _MARK).open("rb+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (place / "old").is_dir():
                folder.mkdir(exist_ok=True)
                for path in sorted((place / "old").iterdir()):
                    path.replace(folder / path.name)
            _clear(place)


def _clear(place: Path) -> None:
    """Remove a temporary folder, its mark last; what could not be put back stays."""
    for name in ("new", "done"):
        shutil.rmtree(place / name, ignore_errors=True)
    with suppress(OSError):
        if (place / "old").exists():
            (place / "old").rmdir()
        if not (place / "new").exists():
            shutil.rmtree(place)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, all of it or nothing."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content`, all of it or nothing."""
    with atomic_path(path) as beside:
        beside.write_bytes(content)


def holds(folder: Path, pattern: str) -> bool:
    """Tell whether a folder holds a file of this pattern; false when there is no such folder."""
    return any(folder.glob(pattern))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _flush_to_disk(path: Path) -> None:
    # A rename can reach the disk before the content: without this, a power cut leaves an empty file.
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
