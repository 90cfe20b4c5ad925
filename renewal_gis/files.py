"""Writing that never leaves a half-written file, and the fingerprint of a file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_folder", "atomic_path", "holds", "sha256_of", "write_bytes", "write_text"]


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
    When the block raises, or a file cannot be swapped in, `folder` is put back as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield beside
        _swap(beside, folder, set(obsolete))
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swap(beside: Path, folder: Path, obsolete: set[str]) -> None:
    """Set the old files aside, move the new ones in; undo all of it when one step fails."""
    written = sorted(beside.iterdir())
    for path in written:
        _flush_to_disk(path)
        path.chmod(0o644)
    folder.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
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
            if now.exists():
                now.replace(before)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


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
