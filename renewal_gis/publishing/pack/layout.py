"""How a sheet is laid out: title, map, the column beside it, and the foot that says what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.furniture import Extent, locator, told_grid
from renewal_gis.publishing.pack.ground import SECTOR_TINTS
from renewal_gis.publishing.pack.legend import Block, flow, told
from renewal_gis.publishing.pack.paper import PAPERS, RULE, SOFT, Box, Sheet
from renewal_gis.publishing.pack.text import day, printable
from renewal_gis.publishing.pack.words import WORDS, say

__all__ = [
    "Plan",
    "dated",
    "dress",
    "layer_name",
    "notices",
    "paper_plan",
    "picture_plan",
    "roomier",
]

_MARGIN = 9.0
_LOGO_HIGH, _LOGO_WIDE = 11.0, 34.0


class Plan(NamedTuple):
    """A blank sheet, where its map goes, and the columns for its legend."""

    sheet: Sheet
    map: Box
    columns: tuple[Box, ...]
    whole: bool  # with a title and a foot; without them it is a picture for a dossier


def paper_plan(paper: str, *, legend_mm: float = 46.0) -> Plan:
    """Return the plan of a sheet of paper.

    Parameters
    ----------
    paper
        One of `PAPERS`.
    legend_mm
        Height of the legend under the map of a portrait A4; on a landscape it stands beside.
    """
    width, height, grown = PAPERS[paper]
    sheet = Sheet.blank(width, height, grown=grown)
    top, foot = _MARGIN + 13 * grown, height - _MARGIN - 17 * grown
    left, right = _MARGIN + 3.5 * grown, width - _MARGIN
    below = 4.0 * grown  # for the coordinates under the map
    if width > height:
        side = 64 * grown
        frame = Box(left, top, right - side - 5 * grown - left, foot - below - top)
        column = Box(right - side, top, side, foot - top - 1)
        return Plan(sheet, frame, (column,), True)
    legend = legend_mm * grown
    frame = Box(left, top, right - left, foot - below - legend - top)
    gap = 6 * grown
    each = (right - _MARGIN - 2 * gap) / 3
    start = frame.y + frame.h + below + 2.5 * grown
    columns = tuple(
        Box(_MARGIN + place * (each + gap), start, each, foot - start - 1) for place in range(3)
    )
    return Plan(sheet, frame, columns, True)


def roomier(plan: Plan, bounds: tuple[float, float, float, float]) -> Plan:
    """Return a landscape plan with a second column when its map would stand in an empty frame.

    Parameters
    ----------
    plan
        A plan of `paper_plan`.
    bounds
        What the map shows, metres: a territory much taller than the frame leaves room beside it.
    """
    west, south, east, north = bounds
    sheet, frame = plan.sheet, plan.map
    side, gap = 58 * sheet.grown, 6 * sheet.grown
    narrowed = frame.w - side - gap
    shape = (east - west) / max(north - south, 1.0)
    if not plan.whole or len(plan.columns) > 1 or narrowed < 1.2 * shape * frame.h:
        return plan
    last = plan.columns[0]
    first = Box(last.x - gap - side, last.y, side, last.h)
    return plan._replace(
        map=Box(frame.x, frame.y, narrowed, frame.h), columns=(first, *plan.columns)
    )


def picture_plan(width: float, height: float) -> Plan:
    """Return the plan of a map that stands in a page of its own: no title, no foot."""
    sheet = Sheet.blank(width, height, grown=0.88)
    frame = Box(4, 1, width - 61, height - 5)
    return Plan(sheet, frame, (Box(width - 54, 0.5, 54, height - 1),), False)


def dress(
    plan: Plan,
    content: PackContent,
    *,
    title: str,
    subtitle: str,
    blocks: Sequence[Block],
    extent: Extent,
    layers: Sequence[str],
) -> str:
    """Write everything that stands around the map; return the sheet told in words.

    Parameters
    ----------
    plan
        The sheet.
    content
        What the pack holds.
    title, subtitle
        Cut after two lines and one.
    blocks
        The legend.
    extent
        What the map shows, for the locator.
    layers
        Layers drawn: their sources and natures are said.
    """
    if plan.whole:
        _title(plan, content, title, subtitle)
    free = flow(plan.sheet, plan.columns, blocks)
    if plan.whole:
        _locate(plan, content, extent, free[-1])
        _foot(plan, content, extent, layers)
    return f"{title}. {subtitle}. {told(blocks)}".strip()


def notices(content: PackContent, layers: Sequence[str] | None = None) -> list[str]:
    """Return what must be said of the nature of the layers, the gravest first."""
    language, held = content.language, list[str]()
    for nature in ("synthetic", "schematic"):
        names = [
            layer_name(name, language)
            for name, known in content.map.notices.items()
            if known == nature and (layers is None or name in layers)
        ]
        if names:
            listed = ", ".join(dict.fromkeys(names))
            held.append(say(f"notice.{nature}", language, layers=listed))
    return held


def layer_name(name: str, language: str) -> str:
    """Return what a layer is called on paper; its own name when it is not a known one."""
    key = f"layer.{name}"
    if key in WORDS:
        return say(key, language)
    kind, _, subject = name.partition(":")
    if kind == "grid":
        return say("layer.grid", language, name=printable(subject, longest=40))
    return printable(name, longest=40)


def _title(plan: Plan, content: PackContent, title: str, subtitle: str) -> None:
    sheet = plan.sheet
    edge = _logos(plan, content)
    wide = edge - _MARGIN
    right = sheet.lines(content.map.title, wide * 0.34, size=7, most=3)
    room = wide - max((sheet.width_mm(line, size=7) for line in right), default=0.0) - 8
    lines = sheet.lines(title, room, size=13, bold=True, most=2)
    size = 13.0 if len(lines) == 1 else 10.0
    y = _MARGIN - 1.5
    y = sheet.paragraph(
        _MARGIN, y, room, title, size=size, weight="bold", most=2, role="title"
    )  # fmt: skip
    # Under the name of the study the line is free.
    beside = _MARGIN - 0.5 + len(right) * sheet.leading(7)
    free = wide if beside < y + 0.2 * sheet.leading(8) else room
    sheet.paragraph(_MARGIN, y, free, subtitle, size=8, color=SOFT, most=1, role="text")
    y = _MARGIN - 0.5
    for line in right:
        y += sheet.leading(7)
        sheet.write(edge, y, line, size=7, color=SOFT, ha="right")


def _logos(plan: Plan, content: PackContent) -> float:
    """Draw the logos in the upper right corner; return where what stands left of them ends, mm."""
    sheet, edge = plan.sheet, plan.sheet.width - _MARGIN
    for logo in content.logos:
        high = _LOGO_HIGH * sheet.grown
        wide = min(high * logo.width / logo.height, _LOGO_WIDE * sheet.grown)
        high = wide * logo.height / logo.width
        axes = sheet.axes(Box(edge - wide, _MARGIN - 1.5, wide, high), zorder=6)
        axes.imshow(logo.pixels(), aspect="auto")
        axes.set_axis_off()
        edge -= wide + 4 * sheet.grown
    return edge


def _locate(plan: Plan, content: PackContent, extent: Extent, free: Box) -> None:
    """Draw the locator at the foot of the last column; a map of the whole territory needs none."""
    sheet = plan.sheet
    west, south, east, north = content.map.communes.total_bounds
    if (
        extent.west <= west
        and extent.south <= south
        and extent.east >= east
        and extent.north >= north
    ):
        return
    head = sheet.leading(7.6) + 1.2
    high = min(free.h - head, free.w * 0.78)
    if high < 16 * sheet.grown:
        return
    title = say("map.locator", content.language)
    foot = free.y + free.h
    sheet.write(free.x, foot - high - 1.2, title, size=7.6, weight="bold")
    place = Box(free.x, foot - high, min(free.w, high * 1.15), high)
    locator(sheet, place, content.map.communes, extent, SECTOR_TINTS)


def _foot(plan: Plan, content: PackContent, extent: Extent, layers: Sequence[str]) -> None:
    sheet, language = plan.sheet, content.language
    wide, grown = sheet.width - 2 * _MARGIN, sheet.grown
    y = sheet.height - _MARGIN - 16 * grown
    sheet.rule(_MARGIN, y, wide, colour=RULE)
    for place, sentence in enumerate(notices(content, layers)):
        weight = "bold" if place == 0 else "normal"
        y = sheet.paragraph(
            _MARGIN, y, wide, sentence, size=6.2, weight=weight, most=1, role="text"
        )
    y = sheet.paragraph(
        _MARGIN, y, wide, _sources(content, layers), size=5.8, color=SOFT, most=2, role="text"
    )  # fmt: skip
    grid = told_grid(content.map.communes.crs, extent, language)
    y = sheet.paragraph(
        _MARGIN, y, wide, f"{grid}. {dated(content)}", size=5.8, color=SOFT, most=2, role="text"
    )


def dated(content: PackContent) -> str:
    """Say the dates and the run a sheet rests on."""
    language = content.language
    held = [
        say("foot.timetable", language, day=day(content.timetable, language))
        if content.timetable
        else say("foot.noTimetable", language),
        say("foot.date", language, day=day(content.date, language))
        if content.date
        else say("foot.noDate", language),
        say("foot.run", language, run=printable(content.run, longest=40)),
    ]
    return " · ".join(held)


def _sources(content: PackContent, layers: Sequence[str]) -> str:
    language = content.language
    rows: list[dict[str, Any]] = []
    if content.map.sources is not None:
        kept = content.map.sources[content.map.sources["layer"].isin(list(layers))]
        rows = pd.DataFrame(kept).to_dict("records")
    named: dict[str, list[str]] = {}
    for row in rows:
        aside = [printable(row.get(name), longest=60) for name in ("vintage", "licence")]
        origin = printable(row.get("attribution"), longest=120) or printable(row.get("file"))
        source = origin + "".join(f", {piece}" for piece in aside if piece)
        named.setdefault(source, []).append(layer_name(str(row["layer"]), language))
    parts = [f"{source} ({', '.join(dict.fromkeys(names))})" for source, names in named.items()]
    return say("foot.sources", language, parts=say("foot.also", language).join(parts) or "–")
