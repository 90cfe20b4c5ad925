"""The bytes of a timetable's file as a table of texts, whole or only the rows that are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NO_QUOTES", "Header", "Only", "Parsed", "parsed"]

NO_QUOTES = 2
_BLOCK_BYTES = 1 << 24


@dataclass(frozen=True, kw_only=True)
class Header:
    """Names of all columns, for the parser; and name of ours → the parser's."""

    every: list[str]
    wanted: dict[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Only:
    """Which rows of a file are wanted: those where a column says one of some texts, or nothing."""

    column: str
    texts: frozenset[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Parsed:
    """Rows as the parser gives them; which of the file's rows they are, None for all."""

    table: pa.Table
    chosen: npt.NDArray[np.bool_] | None


def parsed(
    source: Any,
    header: Header,
    torn: list[tuple[int | None, str]],
    *,
    quoted: bool | int,
    threads: bool,
    only: Only | None,
) -> Parsed:
    """Parse a file after its header.

    Parameters
    ----------
    source
        The bytes.
    header
        Columns to take.
    torn
        Takes the number and the text of rows with too few or too many cells.
    quoted
        Quotes may stand around cells; `NO_QUOTES`: they are plain letters.
    threads
        Parse on all cores; torn rows then have no number.
    only
        Rows to keep; all of them when None.
    """
    import pyarrow as pa
    from pyarrow import csv

    def set_aside(row: csv.InvalidRow) -> str:
        torn.append((row.number, row.text[:80]))
        return "skip"

    # Of few rows the distinct texts are gathered once they are chosen.
    kind = pa.dictionary(pa.int32(), pa.string()) if only is None else pa.string()
    names = list(header.wanted.values()) or header.every[:1]
    options: dict[str, Any] = {
        # Lines of torn rows are only told when rows are read in order.
        "read_options": csv.ReadOptions(
            use_threads=threads, block_size=_BLOCK_BYTES, column_names=header.every
        ),
        "parse_options": csv.ParseOptions(
            invalid_row_handler=set_aside,
            # A blank line counts as a line.
            ignore_empty_lines=False,
            newlines_in_values=bool(quoted) and quoted is not NO_QUOTES,
            quote_char=False if quoted is NO_QUOTES else '"',
        ),
        "convert_options": csv.ConvertOptions(
            column_types=dict.fromkeys(names, kind),
            include_columns=names,
            strings_can_be_null=True,
            null_values=[""],
        ),
    }
    if only is None:
        return Parsed(table=csv.read_csv(source, **options), chosen=None)
    with csv.open_csv(source, **options) as blocks:
        return _chosen(blocks, header.wanted.get(only.column), only.texts)


def _chosen(blocks: Any, column: str | None, texts: frozenset[str]) -> Parsed:
    """Keep of each block the rows that are wanted, so that no file is ever held whole."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(texts), pa.string())
    parts, masks = [], []
    for block in blocks:
        if column is None:
            mask = pa.array(np.ones(block.num_rows, dtype=bool))
        else:
            found = pc.utf8_trim_whitespace(block.column(column))
            mask = pc.or_(pc.is_in(found, wanted), pc.equal(pc.fill_null(found, ""), ""))
        parts.append(block.filter(mask))
        masks.append(mask.to_numpy(zero_copy_only=False))
    held = pa.Table.from_batches(parts, schema=blocks.schema)
    columns = [held.column(name).dictionary_encode() for name in held.column_names]
    chosen = np.concatenate(masks) if masks else np.empty(0, dtype=bool)
    return Parsed(table=pa.table(columns, names=held.column_names), chosen=chosen)
