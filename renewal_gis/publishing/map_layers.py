"""The layers of a study as folium layers, one function each, for maps that are not the study's own page.

Each takes a table with the columns of the schema and returns a `CompactLayer`; columns that are not
there are left out. `options` are those of `CompactLayer` (`name`, `show`, `legend`…).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd

from renewal_gis.errors import UsageError
from renewal_gis.publishing.content import Language, MeasureLabel
from renewal_gis.publishing.elements import CompactLayer
from renewal_gis.publishing.labels import column_labels
from renewal_gis.publishing.palette import CATEGORIES, MODE_COLOURS, SECTOR_COLOURS
from renewal_gis.publishing.words import WORDS

__all__ = ["LAYERS", "study_layer"]


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a layer shows: columns of its popups, columns of codes that colour it, and how it is drawn."""

    columns: tuple[str, ...]
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    measures: tuple[MeasureLabel, ...] = ()
    drawn: Mapping[str, Any] = field(default_factory=dict)


_KINDS: Final = {
    "mining": "#5a3d2b",
    "flood": "#1c66a6",
    "heritage": "#74459b",
    "QPV": "#b0611e",
    "noise": "#6b6b6b",
    "pollution": "#4c6b22",
    "other": "#555555",
}
_SCORE: Final = MeasureLabel(
    key="score", en="Score", fr="Note", unit="points", breaks=(20, 40, 60, 80), low_is_good=False
)
_LOOKS: Final[dict[str, _Look]] = {
    "communes": _Look(
        columns=("name", "population", "sector"), colours={"sector": SECTOR_COLOURS},
        drawn={"fill": False},
    ),
    "perimeters": _Look(columns=("name", "programme", "project"), drawn={"colour": "#47202f"}),
    "constraints": _Look(columns=("kind", "level", "name"), colours={"kind": _KINDS}),
    "backdrop": _Look(
        columns=("kind", "name"),
        colours={"kind": {"water": "#9cc3da", "green": "#c3d6b0", "rail": "#77736b", "tram": "#8a2f6b"}},
    ),
    "streets": _Look(columns=("name", "kind"), drawn={"colour": "#b3aa97"}),
    "services": _Look(columns=("name", "group", "capacity"), colours={"group": {}}),
    "stops": _Look(
        columns=("name", "mode", "category", "departures_day", "departures_h", "lines"),
        colours={"category": {}, "mode": MODE_COLOURS}, drawn={"size": "departures_h"},
    ),
    "lines": _Look(
        columns=("name", "mode", "from_stop", "to_stop", "departures_day", "course"),
        colours={"mode": MODE_COLOURS}, drawn={"size": "departures_day"},
    ),
    "isochrones": _Look(
        columns=("name", "place", "minutes", "mode"),
        colours={"mode": {"walk": "#5b2a86", "transit": "#0d5c56"}}, drawn={"fill": False},
    ),
    "flows": _Look(
        columns=("origin", "to", "dwellings", "operations"),
        drawn={"size": "dwellings", "colour": "#7a3b14"},
    ),
    "stock": _Look(
        columns=(
            "dwellings", "dwellings_method", "social_dwellings", "tenure", "built_year", "fate",
            "estate", "commune",
        ),
        colours=CATEGORIES,
    ),
    "sites": _Look(
        columns=("name", "commune", "capacity", "scenario", "rank", "veto"), measures=(_SCORE,)
    ),
    "surface": _Look(columns=()),
}  # fmt: skip

LAYERS: Final = tuple(_LOOKS)
"""Names of the layers `study_layer` knows."""


def study_layer(
    table: gpd.GeoDataFrame,
    *,
    layer: str,
    measures: Sequence[MeasureLabel] = (),
    language: Language = "en",
    **options: Any,
) -> CompactLayer:
    """Return a layer of a study as it is drawn on any folium map.

    Parameters
    ----------
    table
        The layer, in any CRS, with the columns of the schema; those that are absent are left out.
    layer
        One of `LAYERS`.
    measures
        Columns of numbers that may colour it, besides its own.
    language
        Language of the names of the columns and of the codes.
    **options
        Passed on to `CompactLayer`, and stronger than what the layer would choose.

    Raises
    ------
    UsageError
        When `layer` is none of `LAYERS`, or as `CompactLayer` does.

    Examples
    --------
    >>> from shapely import Point
    >>> stops = gpd.GeoDataFrame({"name": ["Gare"], "mode": ["rail"]}, geometry=[Point(3.5, 50.3)], crs=4326)
    >>> study_layer(stops, layer="stops", language="fr").layer_name
    'Arrêts'
    """
    if layer not in _LOOKS:
        raise UsageError(f"There is no layer {layer!r} of a study; there are {', '.join(LAYERS)}.")
    look = _LOOKS[layer]
    held = [name for name in look.columns if name in table.columns]
    own = [measure for measure in look.measures if measure.key in table.columns]
    place = language == "fr"
    declared = column_labels([layer]).get(layer, {})
    labels = {name: declared[name][place] for name in held if name in declared}
    labels |= {name: WORDS[f"column.{name}"][place] for name in held if f"column.{name}" in WORDS}
    name = WORDS[f"layers.{layer}Name"][place]
    chosen: dict[str, Any] = {
        "name": name[:1].upper() + name[1:],
        "columns": held,
        "measures": [*measures, *own],
        "colours": {key: held_ for key, held_ in look.colours.items() if key in held},
        "labels": labels,
        "language": language,
        **{key: value for key, value in look.drawn.items() if key != "size" or value in held},
    }
    return CompactLayer(_with_schematic(table, chosen), **{**chosen, **options})


def _with_schematic(table: gpd.GeoDataFrame, chosen: dict[str, Any]) -> gpd.GeoDataFrame:
    """Mark the schematic outlines, which are drawn hatched."""
    if "geometry_quality" not in table.columns:
        return table
    chosen["hatched"] = "hatched"
    return table.assign(hatched=table["geometry_quality"] == "schematic")
