"""The blocks beside a map: classes with how many fall in each, signs, tables, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from renewal_gis.publishing.pack.paper import INK, SOFT, Box, Sheet
from renewal_gis.publishing.pack.typeface import need

__all__ = ["Block", "Row", "Sign", "flow", "told"]


@dataclass(frozen=True, kw_only=True)
class Sign:
    """How something is drawn on the map, and therefore in the legend.

    Parameters
    ----------
    kind
        An area, a line, a mark at a point, or a dark disc with the letters of `mark` in it.
    colour, edge, hatch, width, dash, mark
        As in matplotlib; the edge of an area is its outline.
    """

    kind: Literal["area", "line", "mark", "tag"] = "area"
    colour: str = "none"
    edge: str = "#333333"
    hatch: str = ""
    width: float = 0.5
    dash: Any = "-"
    mark: str = "o"
    alpha: float = 1.0


class Row(NamedTuple):
    """One line of a block: a sign, a label, values at the right, and shares drawn as bars."""

    sign: Sign | None
    label: str
    values: tuple[str, ...] = ()
    bars: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """A titled group of rows, or a note.

    Parameters
    ----------
    title
        In bold, above.
    head
        Names of the columns of values, at the right.
    rows
        Its rows.
    note
        A sentence under the rows.
    colours
        Colour of each bar of a row; the second is hatched, for readers of grey paper.
    next_column
        Begins a column, when there is one.
    """

    title: str = ""
    head: tuple[str, ...] = ()
    rows: Sequence[Row] = field(default_factory=tuple)
    note: str = ""
    colours: tuple[str, ...] = ()
    next_column: bool = False


_SWATCH, _GAP, _VALUE, _BAR = 6.0, 1.6, 12.0, 14.0
_SIZE, _SMALL = 6.8, 6.0


def flow(sheet: Sheet, columns: Sequence[Box], blocks: Sequence[Block]) -> list[Box]:
    """Write blocks down columns, one after the other.

    Returns
    -------
    list of Box
        What is left free at the foot of each column.
    """
    at, y = 0, columns[0].y
    ends = [column.y for column in columns]
    held = [block for block in blocks if block.title or block.rows]
    for place, block in enumerate(held):
        column = columns[at]
        high = _height(sheet, block, column.w)
        # As many columns as blocks: one each. Otherwise a column is filled before the next.
        full = y + high > column.y + column.h or 0 < place < len(columns) >= len(held)
        if (full or block.next_column) and y > column.y and at + 1 < len(columns):
            at += 1
            column = columns[at]
            y = column.y
        y = _draw(sheet, block, column, y) + 2.6 * sheet.grown
        ends[at] = y
    return [
        Box(column.x, end, column.w, max(0.0, column.y + column.h - end))
        for column, end in zip(columns, ends, strict=True)
    ]


def told(blocks: Sequence[Block]) -> str:
    """Return the legend in sentences, for those who do not see it.

    Examples
    --------
    >>> row = Row(None, "5 min or less", ("68 %", "38 %"))
    >>> told([Block(title="School", head=("corridor", "south"), rows=[row, Row(None, "River")])])
    'School – 5 min or less: corridor 68 %, south 38 %; River.'
    """
    sentences = []
    for block in blocks:
        rows = []
        for row in block.rows:
            heads = block.head if len(block.head) == len(row.values) else ("",) * len(row.values)
            values = (
                f"{head} {value}".strip() for head, value in zip(heads, row.values, strict=True)
            )
            shown = ", ".join(values)
            rows.append(f"{row.label}: {shown}" if shown else row.label)
        said = " – ".join(part for part in (block.title, "; ".join(rows)) if part)
        sentences += [f"{part.rstrip('.')}." for part in (said, block.note) if part]
    return " ".join(sentences)


def _label_width(sheet: Sheet, row: Row, width: float) -> float:
    values = len(row.values) * _VALUE * sheet.grown
    bars = _BAR * sheet.grown if row.bars else 0.0
    swatch = (_SWATCH + _GAP) * sheet.grown if row.sign is not None else 0.0
    return max(width - values - bars - swatch - 1.0, 14.0 * sheet.grown)


def _row_height(sheet: Sheet, count: int) -> float:
    return max(count * sheet.leading(_SIZE) + 0.7 * sheet.grown, 3.6 * sheet.grown)


def _height(sheet: Sheet, block: Block, width: float) -> float:
    high = 0.0
    if block.title:
        high += len(sheet.lines(block.title, width, size=7.6, bold=True)) * sheet.leading(7.6) + 0.6
    if block.head:
        high += sheet.leading(_SMALL) + 0.8
    for row in block.rows:
        label = sheet.lines(row.label, _label_width(sheet, row, width), size=_SIZE, most=3)
        high += _row_height(sheet, len(label))
    if block.note:
        high += len(sheet.lines(block.note, width, size=_SMALL)) * sheet.leading(_SMALL)
    return high


def _draw(sheet: Sheet, block: Block, column: Box, y: float) -> float:
    grown, right = sheet.grown, column.x + column.w
    if block.title:
        y = sheet.paragraph(column.x, y, column.w, block.title, size=7.6, weight="bold") + 0.6
    if block.head:
        y += sheet.leading(_SMALL)
        bars = _BAR * grown if any(row.bars for row in block.rows) else 0.0
        for place, name in enumerate(reversed(block.head)):
            at = right - bars - place * _VALUE * grown
            sheet.write(at, y, name, size=_SMALL, color=SOFT, ha="right")
        y += 0.8
    for row in block.rows:
        y = _draw_row(sheet, block, row, column, y)
    if block.note:
        y = sheet.paragraph(column.x, y, column.w, block.note, size=_SMALL, color=SOFT)
    return y


def _draw_row(sheet: Sheet, block: Block, row: Row, column: Box, y: float) -> float:
    grown, x, right = sheet.grown, column.x, column.x + column.w
    label = sheet.lines(row.label, _label_width(sheet, row, column.w), size=_SIZE, most=3)
    high = _row_height(sheet, len(label))
    base = y + (high - len(label) * sheet.leading(_SIZE)) / 2 + 0.76 * sheet.leading(_SIZE)
    if row.sign is not None:
        _swatch(sheet, row.sign, Box(x, y + high / 2 - 1.3 * grown, _SWATCH * grown, 2.6 * grown))
        x += (_SWATCH + _GAP) * grown
    for place, line in enumerate(label):
        sheet.write(x, base + place * sheet.leading(_SIZE), line, size=_SIZE)
    bars = _BAR * grown if row.bars else 0.0
    for place, value in enumerate(reversed(row.values)):
        sheet.write(right - bars - place * _VALUE * grown, base, value, size=_SIZE, ha="right")
    thick = 2.8 * grown
    room = Box(right - bars + 1.2 * grown, y + (high - thick) / 2, bars - 1.2 * grown, thick)
    _bars(sheet, block, row, room)
    return y + high


def _bars(sheet: Sheet, block: Block, row: Row, place: Box) -> None:
    rectangle = need("matplotlib.patches").Rectangle
    count = len(row.bars)
    for number, share in enumerate(row.bars):
        high = place.h / count
        sheet.ink.add_patch(
            rectangle(
                (place.x, place.y + number * high), max(place.w * min(share, 1.0), 0.05), high * 0.86,
                fc=block.colours[number] if number == 0 else "white", ec=block.colours[number],
                hatch="" if number == 0 else "//////", lw=0.5,
            )
        )  # fmt: skip


def _swatch(sheet: Sheet, sign: Sign, place: Box) -> None:
    middle = place.y + place.h / 2
    if sign.kind == "area":
        rectangle = need("matplotlib.patches").Rectangle
        sheet.ink.add_patch(
            rectangle(
                (place.x, place.y), place.w, place.h, fc=sign.colour, ec=sign.edge, hatch=sign.hatch,
                lw=sign.width * sheet.grown, ls=sign.dash, alpha=sign.alpha,
            )
        )  # fmt: skip
    elif sign.kind == "line":
        sheet.ink.plot(
            [place.x, place.x + place.w], [middle, middle], color=sign.colour,
            lw=sign.width * sheet.grown, ls=sign.dash, solid_capstyle="butt",
        )  # fmt: skip
    elif sign.kind == "tag":
        x = place.x + place.w / 2
        sheet.ink.plot([x], [middle], "o", color=sign.colour, ms=7.2 * sheet.grown, mew=0)
        sheet.ink.text(
            x, middle, sign.mark, fontsize=4.6 * sheet.grown, color="white", weight="bold",
            ha="center", va="center_baseline",
        )  # fmt: skip
    else:
        sheet.ink.plot(
            [place.x + place.w / 2], [middle], sign.mark, mfc=sign.colour, mec=sign.edge or INK,
            mew=0.6 * sheet.grown, ms=5.2 * sheet.grown, ls="none",
        )  # fmt: skip
