"""Styles that QGIS reads from a GeoPackage: one renderer per layer, and the names of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as Tree

from renewal_gis.publishing.pack.text import printable

__all__ = ["LayerStyle", "Look", "qml"]

Shape = Literal["point", "line", "polygon"]
_TYPES = {
    "point": ("marker", "SimpleMarker"),
    "line": ("line", "SimpleLine"),
    "polygon": ("fill", "SimpleFill"),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One class of a layer: what it holds and how it is drawn.

    Parameters
    ----------
    label
        As in the legend.
    colour, edge
        `#rrggbb`; an empty colour is no fill.
    width
        Of the outline or the line, mm.
    value
        The code of a class of codes.
    low, high
        The limits of a class of numbers.
    """

    label: str
    colour: str
    edge: str = "#333333"
    width: float = 0.2
    value: str = ""
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LayerStyle:
    """How a layer is drawn.

    Parameters
    ----------
    shape
        What its rows are.
    looks
        Its classes; one alone draws every row alike.
    column
        The column the classes are read from; empty for a single look.
    numbers
        The classes are of numbers.
    """

    shape: Shape
    looks: Sequence[Look]
    column: str = ""
    numbers: bool = False


def qml(style: LayerStyle, *, aliases: Mapping[str, str]) -> str:
    """Return the style as QGIS writes it (QML 3.22); texts are escaped by the XML library.

    Parameters
    ----------
    style
        The style.
    aliases
        Column → the name people see.
    """
    root = Tree.Element("qgis", version="3.22.0", styleCategories="Symbology|Fields|Forms")
    kind = "singleSymbol"
    if style.column:
        kind = "graduatedSymbol" if style.numbers else "categorizedSymbol"
    renderer = Tree.SubElement(
        root, "renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0"
    )
    if style.column:
        # A column's name with a colon is quoted, as an expression.
        renderer.set("attr", '"' + style.column.replace('"', '""') + '"')
    symbols = Tree.Element("symbols")
    if kind == "categorizedSymbol":
        _categories(renderer, style)
    elif kind == "graduatedSymbol":
        renderer.set("graduatedMethod", "GraduatedColor")
        _ranges(renderer, style)
    renderer.append(symbols)
    for place, look in enumerate(style.looks):
        _symbol(symbols, str(place), style.shape, look)
    named = Tree.SubElement(root, "aliases")
    for place, (column, alias) in enumerate(aliases.items()):
        Tree.SubElement(named, "alias", field=column, index=str(place), name=printable(alias))
    Tree.SubElement(root, "layerGeometryType").text = str(list(_TYPES).index(style.shape))
    Tree.indent(root, space=" ")
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + Tree.tostring(root, encoding="unicode")


def _categories(renderer: Tree.Element, style: LayerStyle) -> None:
    held = Tree.SubElement(renderer, "categories")
    for place, look in enumerate(style.looks):
        Tree.SubElement(
            held, "category", value=look.value, symbol=str(place), label=printable(look.label),
            render="true", type="string",
        )  # fmt: skip


def _ranges(renderer: Tree.Element, style: LayerStyle) -> None:
    held = Tree.SubElement(renderer, "ranges")
    for place, look in enumerate(style.looks):
        Tree.SubElement(
            held, "range", lower=f"{look.low:.15f}", upper=f"{look.high:.15f}", symbol=str(place),
            label=printable(look.label), render="true",
        )  # fmt: skip


def _symbol(symbols: Tree.Element, name: str, shape: Shape, look: Look) -> None:
    kind, layer = _TYPES[shape]
    symbol = Tree.SubElement(
        symbols, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    held = Tree.SubElement(
        symbol, "layer", {"class": layer, "enabled": "1", "locked": "0", "pass": "0"}
    )
    options = Tree.SubElement(held, "Option", type="Map")
    for key, value in _properties(shape, look).items():
        Tree.SubElement(options, "Option", name=key, value=value, type="QString")
        Tree.SubElement(held, "prop", k=key, v=value)


def _properties(shape: Shape, look: Look) -> dict[str, str]:
    if shape == "line":
        return {
            "line_color": _rgba(look.colour),
            "line_width": f"{look.width:g}",
            "line_width_unit": "MM",
        }
    outline = {
        "outline_color": _rgba(look.edge),
        "outline_width": f"{look.width:g}",
        "outline_width_unit": "MM",
    }
    if shape == "point":
        return {
            "name": "circle",
            "color": _rgba(look.colour),
            "size": "2.2",
            "size_unit": "MM",
            **outline,
        }
    if not look.colour:
        return {"style": "no", "color": "255,255,255,0", **outline, "outline_style": "solid"}
    return {"style": "solid", "color": _rgba(look.colour), **outline, "outline_style": "solid"}


def _rgba(colour: str) -> str:
    held = [str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)]
    return ",".join([*held, "255"])
