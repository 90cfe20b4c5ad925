"""Charts as SVG: each site between access and constraint, two axes that are never averaged.

Written by hand: a scatter of some dozens of points needs no drawing library, and the same table gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd

from renewal_gis.publishing.palette import NO_DATA, SECTOR_COLOURS

__all__ = ["two_axes_chart"]

_WIDTH, _HEIGHT = 760, 560
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 100, 20, 92
_MOST_MOVED = 12  # steps an identifier may be moved by, so that it stays near its mark
_STEP = 11
_INK, _FAINT, _SOFT = "#22262b", "#c9cdd2", "#5c636b"
_WORDS = {
    "en": {
        "title": "Access and constraint, two axes",
        "x": "Access: score out of 100",
        "y": "Constraint: largest share of the site under one (%)",
        "dot": "{name}: score {access}, {constraint} % under constraint",
        "veto": "cross: a veto lies on it",
        "missing": "Sites not placed, one of the two axes not being measured: {count}.",
        "corners": ("Ill served, constrained", "Well served, constrained",
                    "Ill served, little constrained", "Well served, little constrained"),
        "sectors": {"corridor": "Mining corridor", "south": "Southern communes",
                    "other": "Rest of the territory"},
    },
    "fr": {
        "title": "Accès et contrainte, deux axes",
        "x": "Accès\u202f: score sur 100",
        "y": "Contrainte\u202f: plus grande part du site sous une contrainte (%)",
        "dot": "{name}\u202f: score {access}, {constraint}\u202f% sous contrainte",
        "veto": "croix\u202f: un veto pèse dessus",
        "missing": "Sites non placés, faute de mesure sur l’un des deux axes\u202f: {count}.",
        "corners": ("Mal desservi, contraint", "Bien desservi, contraint",
                    "Mal desservi, peu contraint", "Bien desservi, peu contraint"),
        "sectors": {"corridor": "Corridor minier", "south": "Communes du sud",
                    "other": "Reste du territoire"},
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Dot:
    """One site on the chart."""

    site: str
    name: str
    sector: str
    access: float
    constraint: float
    veto: bool


def two_axes_chart(
    axes: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    language: Literal["en", "fr"] = "fr",
    notes: Sequence[str] = (),
) -> str:
    """Draw the sites between access and constraint.

    Parameters
    ----------
    axes
        On the sites' index: `access` (0 to 100), `constraint` (share, 0 to 1), `access_line` and
        `constraint_line`, as the two-axis reading gives them. A site with a missing axis is counted, not
        drawn.
    sites
        On the same index: `name`, `sector` and `veto` (a site with one is drawn as a cross).
    language
        `en` or `fr`.
    notes
        Lines printed under the chart: the timetable's date, the nature of the data.

    Returns
    -------
    str
        An SVG document; each mark has its words as a title, so nothing is told by colour alone.

    Examples
    --------
    >>> axes = pd.DataFrame({"access": [80.0], "constraint": [0.5], "access_line": [50.0],
    ...                      "constraint_line": [0.25]}, index=["A"])
    >>> sites = pd.DataFrame({"name": ["Fosse 2"], "sector": ["corridor"], "veto": [""]}, index=["A"])
    >>> "Fosse 2: score 80, 50 % under constraint" in two_axes_chart(axes, sites, language="en")
    True
    """
    words = _WORDS[language]
    known = axes[["access", "constraint"]].notna().all(axis=1)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "role": "img",
            "lang": language,
            "font-family": "system-ui, sans-serif",
            "font-size": "12",
        },
    )
    ET.SubElement(root, "title").text = str(words["title"])
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    _text(root, _LEFT, 26, str(words["title"]), size=17, weight="600")
    _frame(root, words)
    if len(axes):
        _quadrants(root, axes.iloc[0], words)
    dots = [
        _Dot(
            site=str(site), name=str(sites.at[site, "name"]), sector=str(sites.at[site, "sector"]),
            access=float(axes.at[site, "access"]), constraint=float(axes.at[site, "constraint"]),
            veto=bool(sites.at[site, "veto"]),
        )
        for site in axes.index[known]
    ]  # fmt: skip
    _legend(root, dots, words)
    places = _label_places(dots)
    # Names first: no word may hide a mark.
    for dot, place in zip(dots, places, strict=True):
        _name(root, dot, place)
    for dot in dots:
        _mark(root, dot, str(words["dot"]))
    missing = int((~known).sum())
    below = [*notes, *([str(words["missing"]).format(count=missing)] if missing else [])]
    for row, line in enumerate(below):
        _text(root, _LEFT, _HEIGHT - 34 + 15 * row, line, size=11, fill=_SOFT)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _x(access: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * float(np.clip(access, 0, 100)) / 100


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * float(np.clip(share, 0, 1))


def _frame(root: ET.Element, words: Mapping[str, object]) -> None:
    """Draw the axes with their ticks and their words."""
    for tick in range(0, 101, 25):
        _line(root, (_x(tick), _y(0)), (_x(tick), _y(1)), _FAINT)
        _line(root, (_x(0), _y(tick / 100)), (_x(100), _y(tick / 100)), _FAINT)
        _text(root, _x(tick), _y(0) + 16, str(tick), anchor="middle", fill=_SOFT)
        _text(root, _x(0) - 8, _y(tick / 100) + 4, str(tick), anchor="end", fill=_SOFT)
    _text(root, (_x(0) + _x(100)) / 2, _y(0) + 34, str(words["x"]), anchor="middle")
    middle = (_y(0) + _y(1)) / 2
    turned = _text(root, 20, middle, str(words["y"]), anchor="middle")
    turned.set("transform", f"rotate(-90 20 {_number(middle)})")


def _quadrants(root: ET.Element, row: pd.Series, words: Mapping[str, object]) -> None:
    """Draw the two lines that part the sites, and name the four corners."""
    at, share = float(row["access_line"]), float(row["constraint_line"])
    _line(root, (_x(at), _y(0)), (_x(at), _y(1)), _SOFT, dashes="5 4")
    _line(root, (_x(0), _y(share)), (_x(100), _y(share)), _SOFT, dashes="5 4")
    corners = words["corners"]
    assert isinstance(corners, tuple)
    places = (
        (_x(0) + 6, _y(1) + 15, "start"), (_x(100) - 6, _y(1) + 15, "end"),
        (_x(0) + 6, _y(share) + 15, "start"), (_x(100) - 6, _y(share) + 15, "end"),
    )  # fmt: skip
    for label, (x, y, anchor) in zip(corners, places, strict=True):
        _text(root, x, y, str(label), anchor=anchor, fill=_SOFT, size=11)


def _legend(root: ET.Element, dots: Sequence[_Dot], words: Mapping[str, object]) -> None:
    sectors, vetoed = {dot.sector for dot in dots}, any(dot.veto for dot in dots)
    labels = words["sectors"]
    assert isinstance(labels, dict)
    x = float(_LEFT)
    for sector in [name for name in SECTOR_COLOURS if name in sectors]:
        ET.SubElement(
            root, "circle",
            {"cx": _number(x + 5), "cy": "48", "r": "5", "fill": SECTOR_COLOURS[sector]},
        )  # fmt: skip
        _text(root, x + 16, 52, str(labels[sector]))
        x += 40 + 6.6 * len(str(labels[sector]))
    if vetoed:
        _text(root, x, 52, str(words["veto"]), fill=_SOFT)


def _label_places(dots: Sequence[_Dot]) -> list[tuple[float, float]]:
    """Return where each identifier starts: beside its mark, or higher, off the marks and the others."""
    marks = [(_x(dot.access), _y(dot.constraint)) for dot in dots]
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in marks]
    found: dict[int, tuple[float, float]] = {}
    # From the left: a label that must rise does so beside its neighbours', not through them.
    for place in sorted(range(len(dots)), key=lambda place: (marks[place], dots[place].site)):
        width = 6.2 * len(dots[place].site)
        tried = list(_beside(*marks[place], width))
        free = [spot for spot in tried if not any(_overlap(_box(spot, width), o) for o in taken)]
        found[place] = (free or tried)[0]
        taken.append(_box(found[place], width))
    return [found[place] for place in range(len(dots))]


def _beside(x: float, y: float, width: float) -> Iterator[tuple[float, float]]:
    """Yield places for the words of a mark, the nearest first, all within the drawing."""
    inwards = -1 if y < (_y(0) + _y(1)) / 2 else 1
    for step in range(_MOST_MOVED):
        # Marks on the frame have their words inside it, away from the figures of the axis.
        high = y + 4 - inwards * _STEP * step
        for left in (x + 8, x - 8 - width, x - width / 2) if step else (x + 8, x - 8 - width):
            if _x(0) < left and left + width < _WIDTH - 2:
                yield left, high
    yield x + 8, y + 4


def _box(spot: tuple[float, float], width: float) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of words that start here."""
    return spot[0] - 1, spot[1] - 9, spot[0] + width + 1, spot[1] + 1


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _mark(root: ET.Element, dot: _Dot, told: str) -> None:
    """Draw one site: a disc, or a cross where a veto lies on it."""
    x, y = _x(dot.access), _y(dot.constraint)
    colour = SECTOR_COLOURS.get(dot.sector, NO_DATA)
    group = ET.SubElement(root, "g")
    ET.SubElement(group, "title").text = told.format(
        name=_printable(dot.name),
        access=f"{dot.access:.0f}",
        constraint=f"{100 * dot.constraint:.0f}",
    )
    if dot.veto:
        path = f"M{_number(x - 5)} {_number(y - 5)}l10 10m0 -10l-10 10"
        ET.SubElement(group, "path", {"d": path, "stroke": colour, "stroke-width": "3"})
    else:
        ET.SubElement(
            group, "circle",
            {"cx": _number(x), "cy": _number(y), "r": "5.5", "fill": colour, "stroke": "#ffffff"},
        )  # fmt: skip


def _name(root: ET.Element, dot: _Dot, place: tuple[float, float]) -> None:
    """Write the identifier of a site, tied to its mark by a thin line where it stands away from it."""
    x, y = _x(dot.access), _y(dot.constraint)
    if abs(place[1] - 4 - y) > _STEP / 2:
        middle = place[0] + 3.1 * len(dot.site)
        end = place[1] - 8 if place[1] > y else place[1] + 1
        _line(root, (x, y), (middle, end), _SOFT).set("stroke-width", "0.6")
    words = _text(root, *place, dot.site, size=10, fill=SECTOR_COLOURS.get(dot.sector, _SOFT))
    # A white edge, so that lines under the letters do not cross them.
    words.set("paint-order", "stroke")
    words.set("stroke", "#ffffff")
    words.set("stroke-width", "2.5")


def _line(
    root: ET.Element,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    *,
    dashes: str = "",
) -> ET.Element:
    held = {
        "x1": _number(start[0]), "y1": _number(start[1]), "x2": _number(end[0]),
        "y2": _number(end[1]), "stroke": colour,
    }  # fmt: skip
    return ET.SubElement(root, "line", held | ({"stroke-dasharray": dashes} if dashes else {}))


def _text(
    root: ET.Element,
    x: float,
    y: float,
    told: str,
    *,
    size: int = 12,
    weight: str = "400",
    anchor: str = "start",
    fill: str = _INK,
) -> ET.Element:
    held = {
        "x": _number(x), "y": _number(y), "font-size": str(size), "font-weight": weight,
        "text-anchor": anchor, "fill": fill,
    }  # fmt: skip
    element = ET.SubElement(root, "text", held)
    element.text = _printable(told)
    return element


def _printable(told: str) -> str:
    """Return a text without control characters, which no XML file may hold."""
    return "".join(letter for letter in told if letter.isprintable() or letter == "\u202f")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
