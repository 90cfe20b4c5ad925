"""The rows of one file of a timetable, each column as numbers that point at its distinct texts."""

from __future__ import annotations

import csv as plain_csv
import io
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import LAYER, Feed, content, stream
from renewal_gis.sources.gtfs_parsing import NO_QUOTES, Header, Only, Parsed, parsed
from renewal_gis.sources.gtfs_text import BOM, cleaned, is_plain
from renewal_gis.sources.opening import nearest, reading

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Column", "Rows", "read_rows"]

# Smaller files are read whole and looked at closely; larger ones flow from the zip into the parser,
# and are only looked at closely when something is odd.
_LARGE_BYTES = 4_000_000
_LINE_END = re.compile(rb"\r\n|\r|\n")

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column: `texts[codes[i]]` stands in row `i`; nothing stands there when the code is -1.

    Attributes
    ----------
    codes
        Shape (rows,).
    texts
        The distinct texts, stripped, none of them empty.
    """

    codes: Codes
    texts: npt.NDArray[np.object_]

    def mapped(self, values: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:
        """Return for each row the value of its text; `missing` where there is none."""
        if len(values) == 0:
            return np.full(len(self.codes), missing, dtype=values.dtype)
        # A code of -1 takes the last one.
        return np.append(values, np.asarray([missing], dtype=values.dtype))[self.codes]

    def places(self, known: pd.Index) -> Codes:
        """Return the place of each row's text in `known`, -1 where it is not there."""
        return np.asarray(self.mapped(known.get_indexer(pd.Index(self.texts)), -1), dtype=np.int32)

    def numbers(self, parse: Callable[[str], float], *, missing: float = np.nan) -> Any:
        """Return the number of each row's text."""
        values = np.fromiter((parse(text) for text in self.texts), np.float64, len(self.texts))
        return self.mapped(values, missing)

    def is_in(self, wanted: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return which rows say one of some texts."""
        held = np.fromiter((text in wanted for text in self.texts), np.bool_, len(self.texts))
        return np.asarray(self.mapped(held, False), dtype=bool)

    def at(self, row: int) -> str:
        """Return the text of a row; empty when there is none."""
        code = self.codes[row]
        return str(self.texts[code]) if code >= 0 else ""

    def all_at(self, rows: npt.NDArray[np.integer]) -> list[str]:
        """Return the text of some rows; empty where there is none."""
        return self.mapped(self.texts, "")[rows].tolist() if len(rows) else []

    def values(self) -> npt.NDArray[np.object_]:
        """Return the text of every row; None where there is none."""
        return self.mapped(self.texts, None)

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Which rows say nothing."""
        return np.asarray(self.codes < 0)

    def taken(self, rows: npt.NDArray[Any]) -> Column:
        """Return the column with some of its rows."""
        return Column(codes=self.codes[rows], texts=self.texts)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Some columns of a file; `lines` are the lines the rows stand on, the header being line 1.

    A cell that holds line ends counts as one line.
    """

    columns: Mapping[str, Column]
    lines: Codes

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def kept(self, wanted: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        if wanted.all():
            return self
        columns = {name: held.taken(wanted) for name, held in self.columns.items()}
        return Rows(columns=columns, lines=self.lines[wanted])


@dataclass(kw_only=True)
class _Flow:
    """A file as the parser takes it: the bytes after the header, watched as they pass."""

    rest: bytes
    source: IO[bytes]
    quotes: bool = False
    nulls: bool = False
    closed: bool = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block, self.rest = (self.rest, b"") if self.rest else (self.source.read(size), b"")
        self.quotes = self.quotes or b'"' in block
        self.nulls = self.nulls or b"\0" in block
        return block

    def close(self) -> None:
        self.closed = True


def read_rows(
    feed: Feed,
    file: str,
    columns: Mapping[str, bool],
    account: Account,
    *,
    only: Only | None = None,
) -> Rows:
    """Read some columns of one file.

    Parameters
    ----------
    feed
        The timetable.
    file
        File name; a file that is absent gives no rows.
    columns
        Column → whether the file must have it. An absent optional column says nothing.
    account
        Counts the rows, and lists those with another number of cells than the header.
    only
        Rows to read, of a file of which few are wanted; those without the identifier are among them.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    if file not in feed.members:
        return _empty(columns)
    with reading(feed.path, layer=LAYER, advice=f"Look at {file} in the feed."):
        large = feed.sizes[file] > _LARGE_BYTES
        found = _flowing(feed, file, columns, only) if large else None
        rows = found if found is not None else _closely(feed, file, columns, account, only)
    account.came_in(file, len(rows))
    return _without_blank_lines(rows, file, account)


def _empty(columns: Mapping[str, bool], count: int = 0) -> Rows:
    nothing = Column(codes=np.full(count, -1, dtype=np.int32), texts=np.empty(0, dtype=object))
    return Rows(columns=dict.fromkeys(columns, nothing), lines=np.empty(0, dtype=np.int32))


def _flowing(feed: Feed, file: str, columns: Mapping[str, bool], only: Only | None) -> Rows | None:
    """Read a file while it is unpacked, on all cores; None when it must be looked at closely."""
    import pyarrow as pa

    with stream(feed, file) as opened:
        head = opened.read(1 << 16)
        end = _LINE_END.search(head, 0, len(head) - 1)
        if end is None or not is_plain(head):
            return None
        header = _header(feed, file, head[: end.start()], columns)
        if b'"' in head[end.end() :]:
            # Quotes may hide line ends or stand unclosed.
            return None
        flow = _Flow(rest=head[end.end() :], source=opened)
        torn: list[tuple[int | None, str]] = []
        try:
            held = parsed(flow, header, torn, quoted=False, threads=True, only=only)
        except pa.ArrowInvalid:
            return None
    if torn or flow.nulls or flow.quotes:
        return None
    return _rows(held, header, columns, torn)


def _closely(
    feed: Feed, file: str, columns: Mapping[str, bool], account: Account, only: Only | None
) -> Rows:
    held = cleaned(content(feed, file), file=file, account=account)
    end = _LINE_END.search(held)
    first, rest = (held[: end.start()], held[end.end() :]) if end else (held, b"")
    if not first.strip() and not rest.strip() and not any(columns.values()):
        return _empty(columns)
    header = _header(feed, file, first, columns)
    quoted: bool | int = b'"' in rest
    if rest.count(b'"') % 2:
        account.note(
            "quotes", f"{file}: a quotation mark is never closed; all were read as plain letters."
        )
        quoted = NO_QUOTES
    if not rest:
        return _empty(columns)
    torn: list[tuple[int | None, str]] = []
    source = io.BytesIO(rest)
    whole = parsed(source, header, torn, quoted=quoted, threads=False, only=only)
    account.came_in(file, len(torn))
    lines = [int(number or 0) + 1 for number, _ in torn]
    reason = "it has too few or too many cells"
    account.leave_out(file, "torn-line", lines, reason, detail=lambda place: torn[place][1])
    return _rows(whole, header, columns, torn)


def _header(feed: Feed, file: str, line: bytes, columns: Mapping[str, bool]) -> Header:
    text = line.removeprefix(BOM).decode("utf-8", errors="replace")
    names = [one.strip().strip('"').strip().lower() for one in next(plain_csv.reader([text]), [])]
    missing = [one for one, needed in columns.items() if needed and one not in names]
    if missing:
        raise LayerReadError(
            f"{LAYER} ({feed.name}): {file} has no column {missing[0]!r}."
            f"{nearest(missing[0], [one for one in names if one])} "
            "Ask the producer for a valid feed."
        )
    every = [f"c{number}" for number in range(len(names))]
    # Of two columns of one name the first is read.
    wanted = {one: every[names.index(one)] for one in columns if one in names}
    return Header(every=every, wanted=wanted)


def _rows(
    found: Parsed,
    header: Header,
    columns: Mapping[str, bool],
    torn: list[tuple[int | None, str]],
) -> Rows:
    table, chosen = found.table, found.chosen
    count = table.num_rows if chosen is None else len(chosen)
    nothing = _empty(columns, table.num_rows).columns
    given = [table.column(name) for name in header.wanted.values()]
    with ThreadPoolExecutor(max_workers=4) as pool:
        held = dict(zip(header.wanted, pool.map(_column, given), strict=True))
    lines = np.arange(2, count + len(torn) + 2, dtype=np.int32)
    if torn:
        lines = np.delete(lines, [int(number or 1) - 1 for number, _ in torn])
    lines = lines if chosen is None else lines[chosen]
    return Rows(columns={**nothing, **held}, lines=lines)


def _column(values: pa.ChunkedArray) -> Column:
    chunks = values.unify_dictionaries().chunks
    if not chunks:
        return Column(codes=np.empty(0, dtype=np.int32), texts=np.empty(0, dtype=object))
    codes = np.empty(len(values), dtype=np.int32)
    start = 0
    for chunk in chunks:
        indices = chunk.indices.fill_null(-1) if chunk.null_count else chunk.indices
        codes[start : start + len(indices)] = indices.to_numpy()
        start += len(indices)
    return _stripped(codes, chunks[0].dictionary)


def _stripped(codes: Codes, dictionary: pa.Array) -> Column:
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(dictionary)
    texts = np.asarray(trimmed.to_numpy(zero_copy_only=False), dtype=object)
    if trimmed.equals(dictionary) and "" not in texts:
        return Column(codes=codes, texts=texts)
    # Two spellings that differ by a space become one, and blanks become nothing.
    found, kept = pd.factorize(pd.Series(texts, dtype=object).replace("", None))
    column = Column(codes=codes, texts=texts)
    return Column(
        codes=column.mapped(found.astype(np.int32), -1),
        texts=np.asarray(kept, dtype=object),
    )


def _without_blank_lines(rows: Rows, file: str, account: Account) -> Rows:
    """Leave out lines without a word; those at the end of the file are not even rows."""
    if len(rows) == 0:
        return rows
    blank = np.ones(len(rows), dtype=bool)
    for column in rows.columns.values():
        blank &= column.blank
    if not blank.any():
        return rows
    full = np.flatnonzero(~blank)
    end = int(full[-1]) + 1 if len(full) else 0
    account.came_in(file, end - len(rows))
    inner = blank.copy()
    inner[end:] = False
    account.leave_out(file, "blank-line", rows.lines[inner], "it is blank")
    return rows.kept(~blank)
