"""Names on a map that never lie on one another.

Each name takes the first free place among: over its point, then around it, nearer first. The most
important names choose first. A name that finds no place is left out, unless it must stand: it is then
led by a line to where it overlaps least. (E. Imhof, Positioning Names on Maps, 1975, ranks the places.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from renewal_gis.publishing.pack.paper import Box, Sheet
from renewal_gis.publishing.pack.typeface import need

__all__ = ["Label", "on_sheet", "write_labels"]

# Right, above and left before below; then the diagonals.
_AROUND = (0.0, 90.0, 180.0, 270.0, 45.0, 135.0, 315.0, 225.0)


@dataclass(frozen=True, kw_only=True)
class Label:
    """A name to write.

    Parameters
    ----------
    text
        One line.
    x, y
        Its point, in the coordinates of the map.
    size
        Points, on A4.
    away
        How far from the point it must begin, mm; 0 for a name that lies over its point.
    must
        It is never left out.
    wanted
        Names with more choose first.
    style
        Options of the text: colour, weight, slant.
    """

    text: str
    x: float
    y: float
    size: float = 6.5
    away: float = 0.0
    must: bool = False
    wanted: float = 0.0
    style: dict[str, Any] = field(default_factory=dict)


def write_labels(
    sheet: Sheet, axes: Any, frame: Box, labels: Sequence[Label], *, taken: Sequence[Box] = ()
) -> int:
    """Write names on a map.

    Parameters
    ----------
    sheet, axes, frame
        The sheet, the map's axes and the rectangle they fill, mm.
    labels
        Names; the first of two equally wanted chooses first.
    taken
        Rectangles of the sheet, mm, that names keep off.

    Returns
    -------
    int
        How many names were left out.
    """
    held, left_out = list(taken), 0
    for label in sorted(labels, key=lambda one: (not one.must, -one.wanted)):
        spot = on_sheet(axes, frame, label.x, label.y)
        if _overlap(Box(spot[0] - 0.1, spot[1] - 0.1, 0.2, 0.2), frame) <= 0:
            continue  # off the map
        box, free = _place(sheet, frame, label, spot, held)
        if not free and not label.must:
            left_out += 1
            continue
        held.append(box)
        _write(sheet, label, box, spot)
    return left_out


def on_sheet(axes: Any, frame: Box, x: float, y: float) -> tuple[float, float]:
    """Return where a point of the map lies on the sheet, mm."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    return (
        frame.x + frame.w * (x - west) / (east - west),
        frame.y + frame.h * (north - y) / (north - south),
    )


def _place(
    sheet: Sheet, frame: Box, label: Label, spot: tuple[float, float], held: list[Box]
) -> tuple[Box, bool]:
    """Return the first free place, or the one that overlaps least."""
    bold = label.style.get("weight") == "bold"
    width = sheet.width_mm(label.text, size=label.size, bold=bold) + 0.8
    height = sheet.leading(label.size) * 0.92
    best: tuple[float, Box] | None = None
    for x, y in _places(label, spot, width, height):
        box = Box(x, y, width, height)
        overlap = sum(_overlap(box, other) for other in held) + 4 * _outside(box, frame)
        if overlap <= 1e-9:
            return box, True
        if best is None or overlap < best[0] - 1e-9:
            best = overlap, box
    assert best is not None
    return best[1], False


def _places(
    label: Label, spot: tuple[float, float], width: float, height: float
) -> list[tuple[float, float]]:
    x, y = spot
    places = [] if label.away else [(x - width / 2, y - height / 2)]
    reaches = (0.6, 3.0, 6.0, 10.0, 15.0, 21.0) if label.must else (0.6, 2.5)
    for reach in reaches:
        for angle in _AROUND:
            across, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            far = label.away + reach
            # The box begins `far` from the point on the side it is sent to.
            places.append(
                (
                    x + across * (far + width / 2) - width / 2,
                    y - up * (far + height / 2) - height / 2,
                )
            )
    return places


def _write(sheet: Sheet, label: Label, box: Box, spot: tuple[float, float]) -> None:
    effects = need("matplotlib.patheffects")
    x, y = spot
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    gap = math.hypot(max(box.x - x, 0, x - box.x - box.w), max(box.y - y, 0, y - box.y - box.h))
    if label.away and gap > label.away + 1.5:  # a name over an area needs no line to it
        near = (min(max(x, box.x), box.x + box.w), min(max(y, box.y), box.y + box.h))
        sheet.ink.plot([x, near[0]], [y, near[1]], color="#1b1f24", lw=0.4 * sheet.grown, zorder=3)
    style = {"color": "#1b1f24", **label.style, "ha": "center", "va": "center"}
    size = label.size * sheet.grown
    halo = sheet.ink.text(*middle, label.text, fontsize=size, zorder=3.9, **style)
    # The halo becomes an outline; the name itself stays text that can be searched.
    halo.set_path_effects([effects.Stroke(linewidth=2.3 * sheet.grown, foreground="white")])
    sheet.ink.text(*middle, label.text, fontsize=size, zorder=4, **style)


def _overlap(one: Box, other: Box) -> float:
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(across, 0.0) * max(down, 0.0)


def _outside(box: Box, frame: Box) -> float:
    inside = Box(frame.x + 0.5, frame.y + 0.5, frame.w - 1, frame.h - 1)
    return box.w * box.h - _overlap(box, inside)
