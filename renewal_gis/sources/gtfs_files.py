"""The text files of a timetable (GTFS), read as they stand from a zip or a folder."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.files import sha256_of
from renewal_gis.schema import Finding
from renewal_gis.sources.archives import guarded, guarded_folder
from renewal_gis.sources.opening import existing, nearest, reading

__all__ = ["LAYER", "Feed", "content", "dropped", "opened_feed", "read_file", "stream"]

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


def read_file(
    feed: Feed, name: str, columns: dict[str, bool], findings: list[Finding]
) -> pd.DataFrame:
    """Read some columns of one file as text.

    Parameters
    ----------
    feed
        The timetable.
    name
        File name; a file that is absent gives no rows.
    columns
        Column → whether the file must have it. An absent optional column is empty.
    findings
        Lines with another number of cells than the header are listed here.

    Returns
    -------
    pandas.DataFrame
        Categories of text, indexed by row number in the file; missing when blank.
    """
    import pyarrow as pa
    from pyarrow import csv

    if name not in feed.members:
        return pd.DataFrame({column: pd.Series(dtype="category") for column in columns})
    torn: list[tuple[int | None, str]] = []

    def set_aside(row: csv.InvalidRow) -> str:
        torn.append((row.number, row.text[:80]))
        return "skip"

    with reading(feed.path, layer=LAYER, advice=f"Look at {name} in the feed."):
        held = content(feed, name).removeprefix(b"\xef\xbb\xbf")
        header = csv.read_csv(
            io.BytesIO(held.partition(b"\n")[0] + b"\n"), read_options=csv.ReadOptions()
        ).column_names
        plain = {one.strip().strip('"'): one for one in header}
        missing = [one for one, needed in columns.items() if needed and one not in plain]
        if missing:
            raise LayerReadError(
                f"{LAYER} ({feed.name}): {name} has no column {missing[0]!r}."
                f"{nearest(missing[0], list(plain))} Ask the producer for a valid feed."
            )
        wanted = {one: plain[one] for one in columns if one in plain}
        kind = pa.dictionary(pa.int32(), pa.string())
        read = csv.read_csv(
            io.BytesIO(held),
            # One thread: row numbers of bad lines are only told when lines are read in order.
            read_options=csv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=csv.ParseOptions(
                invalid_row_handler=set_aside, newlines_in_values=b'"' in held
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(wanted.values(), kind),
                include_columns=list(wanted.values()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
        frame = read.unify_dictionaries().to_pandas()
    findings += [
        dropped(
            feed, "torn-line", f"{name}: line {number or '?'} has too few or too many cells: {text}"
        )
        for number, text in torn
    ]
    return _tidy(frame.rename(columns={given: one for one, given in wanted.items()}), list(columns))


def dropped(feed: Feed, code: str, message: str, *, row: str = "", count: int = 1) -> Finding:
    """Return a finding that lists rows of a timetable that were left out."""
    return Finding(
        layer=LAYER,
        severity="dropped",
        code=code,
        message=message,
        row=row,
        file=feed.name,
        count=count,
    )


def _tidy(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Strip the text, make blanks missing, and add the columns the file lacks."""
    tidy = {}
    for column in columns:
        if column not in frame:
            codes = pd.Categorical([None] * len(frame), categories=pd.Index([], dtype=object))
            tidy[column] = pd.Series(codes)
            continue
        values = frame[column].astype("category")
        stripped = [str(one).strip() or None for one in values.cat.categories]
        if stripped != list(values.cat.categories):
            # Two spellings that differ by a space become one: the category is built again.
            taken = pd.Series(stripped, dtype=object).to_numpy()
            codes = values.cat.codes.to_numpy()
            texts = [taken[code] if code >= 0 else None for code in codes]
            values = pd.Series(texts, dtype=object).astype("category")
        tidy[column] = values
    result = pd.DataFrame(tidy)
    # The header is line 1, so the first row of data stands on line 2.
    result.index = pd.RangeIndex(2, len(result) + 2)
    return result


def _folder_digest(path: Path, members: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name, member in sorted(members.items()):
        digest.update(f"{name}:{sha256_of(path / member)}\n".encode())
    return digest.hexdigest()
