"""A compact layer for any folium map: tens of thousands of features drawn on canvas, in a few megabytes.

Data never passes through a template. The template holds the layer's own name; the data stands beside it as
base64, put into the page as it is, and the scripts write every word as text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from branca.element import Element, Figure
from folium.map import Layer
from folium.template import Template

from renewal_gis.errors import DataError, UsageError
from renewal_gis.publishing.bundle import layer_script, layer_style
from renewal_gis.publishing.content import Language, MeasureLabel
from renewal_gis.publishing.document import script_json
from renewal_gis.publishing.features import bounds
from renewal_gis.publishing.labels import code_labels
from renewal_gis.publishing.limits import MOST_BYTES
from renewal_gis.publishing.palette import CATEGORIES, ramp
from renewal_gis.publishing.payload import PackedColumn, PackedLayer, pack
from renewal_gis.publishing.values import (
    as_numbers,
    decimals_of,
    packed_measure,
    packed_number,
    packed_text,
)
from renewal_gis.publishing.words import WORDS

__all__ = ["CompactLayer"]

# Codes without a colour of their own take these in turn: Okabe and Ito's, darkened for a light ground.
_HUES: Final = (
    "#0b6aa8",
    "#a8432a",
    "#1f8f7d",
    "#e0a100",
    "#8a2f6b",
    "#4d9bc4",
    "#5b5f66",
    "#7a9a2e",
)
_MOST_CODES: Final = 250
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
# What folium writes of a layer's name passes through its templates and through HTML: all that could
# mean something there is written as an entity.
_AS_ENTITIES: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'`$\\{}%#_"}
_SAID: Final = {
    "missing": "popup.missing",
    "noData": "legend.noData",
    "legend": "legend.title",
    "choose": "element.choose",
    "empty": "element.empty",
    "broken": "element.broken",
    "unplaced": "element.unplaced",
}


class CompactLayer(Layer):  # type: ignore[misc, unused-ignore]
    """Points, lines or polygons of a table, as a folium layer that stays light.

    It can be added to any `folium.Map` or `FeatureGroup`, and is listed by `LayerControl`. It draws on
    canvas, says what stands where one clicks (or at the centre, with Enter), and is coloured again
    from its legend.

    Parameters
    ----------
    table
        The features, in any CRS; those without a geometry are counted in the legend.
    name
        Title of the legend and of the popups.
    columns
        What the popups say, in this order; every column by default. Measures are added.
    measures
        Columns of numbers that may colour the layer. NaN is drawn and said as "no data".
    colours
        Columns of codes that may colour the layer: column → code → `#rrggbb`. A code without a colour is
        given one. Tenures and fates have theirs.
    labels
        What a column is called in the popups: column → text.
    language
        Language of what the layer says by itself.
    shown
        Column that colours the layer at first; by default the first measure, else the first column
        of codes.
    size
        Column of numbers that makes lines thicker and points larger, by its square root.
    hatched
        Column of booleans: areas drawn hatched, such as schematic outlines.
    fill
        Whether areas are filled; their outlines are drawn otherwise.
    colour
        Colour of a layer that shows no column.
    legend
        Whether the map carries the layer's legend.
    show, control
        As in folium: drawn when the map opens; listed by `LayerControl`.

    Raises
    ------
    CRSError
        When the table has no CRS.
    DataError
        When a number is too large to be drawn, or the layer would weigh more than 5 MB.
    UsageError
        When a column is not in the table, or a colour is not written `#rrggbb`.

    Examples
    --------
    >>> import folium
    >>> from shapely import box
    >>> homes = gpd.GeoDataFrame(
    ...     {"tenure": ["mining"], "walk_min": [6.2]}, geometry=[box(3.5, 50.3, 3.501, 50.301)], crs=4326
    ... )
    >>> walk = MeasureLabel(key="walk_min", en="Walk to school", fr="Marche vers l’école", unit="min",
    ...                     breaks=(5, 10, 15), low_is_good=True)
    >>> drawn = folium.Map(location=[50.3, 3.5], zoom_start=16)
    >>> _ = CompactLayer(homes, name="Homes", measures=[walk]).add_to(drawn)
    >>> "RenewalLayers.layer(" in drawn.get_root().render()
    True
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        'var {{ this.get_name() }} = RenewalLayers.layer("{{ this.get_name() }}");'
        "{% endmacro %}"
    )

    def __init__(
        self,
        table: gpd.GeoDataFrame,
        *,
        name: str = "",
        columns: Sequence[str] | None = None,
        measures: Sequence[MeasureLabel] = (),
        colours: Mapping[str, Mapping[str, str]] | None = None,
        labels: Mapping[str, str] | None = None,
        language: Language = "en",
        shown: str | None = None,
        size: str | None = None,
        hatched: str | None = None,
        fill: bool = True,
        colour: str = "#1d5f8a",
        legend: bool = True,
        show: bool = True,
        control: bool = True,
    ) -> None:
        super().__init__(name=_for_folium(name) or None, overlay=True, control=control, show=show)
        self._name = "CompactLayer"
        told = _told(
            table,
            columns=columns,
            measures=measures,
            colours={**CATEGORIES, **(colours or {})},
            labels=labels or {},
            language=language,
            extra=[held for held in (size, shown) if held is not None],
        )
        packed = _packed(table, told, name=name, hatched=hatched)
        corners = bounds(table, name=name or "the layer")
        keys = [one.key for one in told]
        shown = _first_shown(told) if shown is None else shown
        said = {
            "name": name,
            "language": language,
            "description": packed.description,
            "columns": [one.said for one in told],
            "shown": None if shown is None else keys.index(shown),
            "size": None if size is None else keys.index(size),
            "fill": fill,
            "colour": _colour(colour),
            "legend": legend,
            "bounds": corners,
            "words": {key: WORDS[word][language == "fr"] for key, word in _SAID.items()},
        }
        self._corners = corners
        self._data = {"data": packed.text, "said": _base64(script_json(said))}
        # The same layer has the same name in every page: folium would draw one at random.
        self._id = hashlib.sha256("".join(self._data.values()).encode()).hexdigest()[:32]
        if not name:
            self.layer_name = self.get_name()

    def render(self, **kwargs: Any) -> str:
        """Put the layer into the page of the map it stands on.

        Raises
        ------
        UsageError
            When the layer is on no map.
        """
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise UsageError(
                "A layer is drawn by its map: add it to a folium.Map, then save the map."
            )
        own = self.get_name()
        page = f"<style>{layer_style()}</style>\n<script>{layer_script()}</script>\n"
        figure.html.add_child(_AsItIs(page), name="renewal_layers")
        elements = "\n".join(
            f'<script type="text/plain" id="{own}_{part}">{text}</script>'
            for part, text in self._data.items()
        )
        figure.html.add_child(_AsItIs(elements), name=f"{own}_data")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        return ""

    def _get_self_bounds(self) -> list[list[float | None]]:
        """Return the corners of the layer, for `Map.fit_bounds(map.get_bounds())`."""
        return [list(corner) for corner in self._corners or ((None, None), (None, None))]


class _AsItIs(Element):  # type: ignore[misc, unused-ignore]
    """A piece of a page that is no template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column: its key in the table, how it is packed, what the page is told of it."""

    key: str
    packed: PackedColumn
    said: dict[str, Any]


def _told(
    table: gpd.GeoDataFrame,
    *,
    columns: Sequence[str] | None,
    measures: Sequence[MeasureLabel],
    colours: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
    language: Language,
    extra: Sequence[str],
) -> list[_Column]:
    """Return what is told of every column, measures last."""
    plain = pd.DataFrame(table.drop(columns=table.geometry.name))
    plain.columns = [str(name) for name in plain.columns]
    held = {measure.key: measure for measure in measures}
    wanted = [*(plain.columns if columns is None else columns), *extra]
    wanted = [*(key for key in dict.fromkeys(wanted) if key not in held), *held]
    absent = [key for key in wanted if key not in plain.columns]
    if absent:
        raise UsageError(
            f"The table has no column {absent[0]!r}; it has {', '.join(plain.columns) or 'none'}."
        )
    # Of columns that bear the same name, the first one is meant.
    plain = plain.loc[:, ~plain.columns.duplicated()]
    return [
        _measured(plain, held[key], language)
        if key in held
        else _read(plain, key, colours.get(key), labels.get(key, key), language)
        for key in wanted
    ]


def _first_shown(told: Sequence[_Column]) -> str | None:
    measures = [one.key for one in told if "breaks" in one.said]
    codes = [one.key for one in told if "classes" in one.said]
    return next(iter([*measures, *codes]), None)


def _measured(plain: pd.DataFrame, measure: MeasureLabel, language: Language) -> _Column:
    ways = ramp(len(measure.breaks) + 1)
    unit = WORDS.get(f"unit.{measure.unit}", (measure.unit, measure.unit))[language == "fr"]
    said = {
        "label": measure.fr if language == "fr" else measure.en,
        "unit": unit,
        "breaks": [float(limit) for limit in measure.breaks],
        "lowIsGood": measure.low_is_good,
        "classes": [
            {"label": label, "colour": colour}
            for label, colour in zip(
                _class_labels(measure, language),
                ways if measure.low_is_good else ways[::-1],
                strict=True,
            )
        ],
    }
    return _Column(key=measure.key, packed=packed_measure(plain, measure), said=said)


def _class_labels(measure: MeasureLabel, language: Language) -> list[str]:
    """Return "at most 5", "5 to 10", "over 10", as the page writes them."""
    limits = [
        f"{limit:g}".replace(".", "," if language == "fr" else ".") for limit in measure.breaks
    ]
    if not limits:
        return [""]
    first, last = ("below", "above") if measure.low_is_good else ("under", "from")

    def say(key: str, **gaps: str) -> str:
        return WORDS[f"legend.{key}"][language == "fr"].format(**gaps)

    between = [say("between", low=low, high=high) for low, high in pairwise(limits)]
    return [say(first, high=limits[0]), *between, say(last, low=limits[-1])]


def _read(
    plain: pd.DataFrame,
    key: str,
    colours: Mapping[str, str] | None,
    label: str,
    language: Language,
) -> _Column:
    """Return a column of numbers, of codes or of texts."""
    column = plain[key]
    said: dict[str, Any] = {"label": label, "unit": ""}
    held = pd.api.types.infer_dtype(column, skipna=True)
    if held in ("integer", "floating", "mixed-integer-float") and colours is None:
        decimals = decimals_of(as_numbers(column))
        packed = packed_number(plain, key, shown=key, decimals=decimals)
        return _Column(key=key, packed=packed, said={**said, "year": key.endswith("year")})
    packed = packed_text(plain, key)
    codes = packed.labels or ()
    names = {code: pair[language == "fr"] for code, pair in code_labels().get(key, {}).items()}
    said["said"] = {code: names[code] for code in codes if code in names}
    if colours is not None and len(codes) <= _MOST_CODES:
        said["classes"] = [
            {
                "label": names.get(code, code),
                "colour": _colour(colours.get(code, _HUES[k % len(_HUES)])),
            }
            for k, code in enumerate(codes)
        ]
    return _Column(key=key, packed=packed, said=said)


def _packed(
    table: gpd.GeoDataFrame, told: Sequence[_Column], *, name: str, hatched: str | None
) -> PackedLayer:
    """Pack the features; columns go by their number, so that no name of theirs matters."""
    shapes = np.asarray(table.geometry.array, dtype=object)
    kinds = np.clip(shapely.get_dimensions(shapes), 0, 2).astype(np.int64)
    flags = [_flags("shape", kinds)]
    if hatched is not None:
        if hatched not in table.columns:
            raise UsageError(f"The table has no column {hatched!r} that says what is hatched.")
        marks = table[hatched].fillna(value=False).astype(bool).to_numpy(dtype=np.int64)
        flags.append(_flags("hatched", marks))
    numbered = [replace(one.packed, name=str(k)) for k, one in enumerate(told)]
    packed = pack(table, name=name or "the layer", columns=[*numbered, *flags])
    if len(packed.text) > MOST_BYTES:
        raise DataError(
            f"{name or 'The layer'} would weigh {len(packed.text) / 1e6:.1f} MB in the page; the limit is "
            f"{MOST_BYTES / 1e6:.0f} MB. Show fewer columns, simplify the outlines, or draw a part."
        )
    return packed


def _flags(name: str, values: Any) -> PackedColumn:
    return PackedColumn(name=name, values=values, missing=np.zeros(len(values), bool))


def _colour(text: str) -> str:
    if not _COLOUR.match(str(text)):
        raise UsageError(f"A colour is written #rrggbb; {str(text)[:40]!r} is not.")
    return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _for_folium(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").translate(_AS_ENTITIES)
