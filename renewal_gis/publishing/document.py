"""What the page receives: one document of words, labels and tables, and blocks of bytes for the layers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.publishing.content import MapContent, MeasureLabel
from renewal_gis.publishing.features import bounds, features
from renewal_gis.publishing.grounds import ground_tables
from renewal_gis.publishing.labels import code_labels, column_labels, ground_labels
from renewal_gis.publishing.limits import require_light, without_the_largest
from renewal_gis.publishing.palette import CATEGORIES, NO_DATA, SECTOR_COLOURS, ramp
from renewal_gis.publishing.payload import PackedColumn, PackedLayer, compressed, pack
from renewal_gis.publishing.phases import STATES, calendar
from renewal_gis.publishing.values import (
    as_numbers,
    decimals_of,
    packed_measure,
    packed_number,
    packed_text,
    plain,
    records,
)
from renewal_gis.publishing.words import WORDS
from renewal_gis.schema.measures import UNITS

__all__ = ["PageData", "page_data", "script_json"]

# Columns of the small layers that the page reads; measures of the sites are added.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "communes": ("name", "population", "sector"),
    "perimeters": ("name", "programme", "project", "convention", "geometry_quality"),
    "constraints": ("kind", "level", "name", "source", "vintage", "geometry_quality"),
    "backdrop": ("kind", "name"),
    "flows": ("origin", "to_kind", "to", "dwellings", "operations", "length_m"),
    "isochrones": ("place", "name", "minutes", "mode"),
    "lines": ("name", "mode", "from_stop", "to_stop", "departures_day", "course"),
    "services": ("group", "name", "capacity", "vintage"),
    "stops": ("name", "mode", "category", "departures_day", "departures_h", "lines"),
    "sites": (
        "name",
        "commune",
        "capacity",
        "scenario",
        "sector",
        "score",
        "score_low",
        "score_high",
        "score_geometric",
        "rank",
        "rank_best",
        "rank_worst",
        "veto",
    ),
}
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "comparison": (
        "sector",
        "measure",
        "dwellings",
        "p10",
        "p25",
        "p50",
        "p75",
        "p90",
        "mean",
        "missing_dwellings",
    ),
    "distribution": ("sector", "measure", "from_value", "to_value", "dwellings"),
    "breakdown": (
        "site",
        "criterion",
        "measure",
        "en",
        "fr",
        "unit",
        "value",
        "points",
        "weight",
    ),
}
_SOURCES: Final = ("layer", "file", "sha256", "vintage", "licence", "attribution", "nature")
_STREET_RANKS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("motorway", "trunk", "primary", "main"), 2),
    **dict.fromkeys(("secondary", "tertiary", "boulevard", "avenue", "road"), 1),
}
# Medians and quartiles are told with the decimals of their unit.
_COMPARED_DECIMALS: Final[Mapping[str, int]] = {
    "points": 0,
    **{unit: decimals for unit, (_, _, decimals) in UNITS.items()},
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SCORE_BREAKS: Final = (20.0, 40.0, 60.0, 80.0)


@dataclass(frozen=True, kw_only=True)
class PageData:
    """The document (plain values, for JSON) and the blocks (name → base64 of gzip)."""

    document: dict[str, Any]
    blocks: dict[str, str]


def page_data(content: MapContent) -> PageData:
    """Turn the content of a map into what its page reads.

    Raises
    ------
    CRSError
        When a layer has no CRS.
    DataError
        When a number is too large to be drawn.
    """
    content, left_out = without_the_largest(content)
    packed = _packed_layers(content)
    small = {name: _small(content, name) for name in _COLUMNS}
    classes = _stop_classes(content)
    blocks = {name: layer.text for name, layer in packed.items()}
    blocks["small"] = compressed(script_json(small).encode("utf-8"))
    blocks["tables"] = compressed(script_json(_tables(content)).encode("utf-8"))
    document = {
        "title": content.title,
        "language": content.language,
        "bounds": bounds(content.communes, name="communes"),
        "words": {key: list(pair) for key, pair in WORDS.items()},
        "codes": {**code_labels(), **ground_labels()},
        "colours": {
            "sector": SECTOR_COLOURS,
            "noData": NO_DATA,
            "score": list(ramp(len(_SCORE_BREAKS) + 1))[::-1],
            "stops": list(ramp(max(1, len(classes)))),
            **CATEGORIES,
        },
        "stopClasses": classes,
        "scoreBreaks": list(_SCORE_BREAKS),
        "measures": [_measure(content, measure) for measure in content.measures],
        "packed": {name: layer.description for name, layer in packed.items()},
        "facts": [_fact_record(fact) for fact in content.facts],
        "criteria": _criteria(content),
        "columns": column_labels([*_COLUMNS, "stock"]),
        "leftOut": left_out,
        "states": list(STATES),
        "notices": {str(name): str(nature) for name, nature in content.notices.items()},
        "sources": records(content.sources, _SOURCES),
    }
    require_light(script_json(document), blocks, packed)
    return PageData(document=document, blocks=blocks)


def script_json(value: Any) -> str:
    r"""Return JSON that may stand inside a script element: `<`, `>`, `&` and U+2028/9 are escaped.

    Examples
    --------
    >>> script_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A lone surrogate cannot be written as UTF-8; the escape keeps it readable and the file valid.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _frame(content: MapContent, name: str) -> gpd.GeoDataFrame | None:
    if name == "communes":
        return content.communes
    if name == "sites":
        return content.sites
    return content.layers.get(name)


def _small(content: MapContent, name: str) -> list[dict[str, Any]] | None:
    frame = _frame(content, name)
    if frame is None:
        return None
    measures = [measure.key for measure in content.measures] if name == "sites" else []
    columns = list(dict.fromkeys([*_COLUMNS[name], *measures]))
    return features(frame, name=name, columns=columns)


def _stop_classes(content: MapContent) -> list[str]:
    """Return the classes of the stops, the best first: in the column's own order, else by name."""
    stops = content.layers.get("stops")
    if stops is None or "category" not in stops.columns:
        return []
    column = stops["category"]
    held = {str(plain(value)) for value in column if plain(value) is not None}
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered:
        return [text for text in map(str, column.dtype.categories) if text in held]
    return sorted(held)


def _packed_layers(content: MapContent) -> dict[str, PackedLayer]:
    packed = {}
    if content.stock is not None:
        packed["stock"] = pack(content.stock, name="stock", columns=_stock_columns(content))
    streets = content.layers.get("streets")
    if streets is not None:
        packed["streets"] = pack(streets, name="streets", columns=_street_columns(streets))
    surface = content.layers.get("surface")
    if surface is not None:
        held = [measure for measure in content.measures if measure.key in surface.columns]
        columns = [packed_measure(surface, measure) for measure in held]
        packed["surface"] = pack(surface, name="surface", columns=columns)
    return packed


def _stock_columns(content: MapContent) -> list[PackedColumn]:
    stock = content.stock
    assert stock is not None
    numbers = [
        packed_number(stock, name, shown=name)
        for name in ("dwellings", "social_dwellings", "built_year")
        if name in stock.columns
    ]
    # The perimeter is only what the calendar follows.
    placed = ("perimeter",) if content.operations is not None else ()
    texts = [
        packed_text(stock, name)
        for name in ("dwellings_method", "tenure", "fate", "estate", "commune", *placed)
        if name in stock.columns
    ]
    held = [measure for measure in content.measures if measure.key in stock.columns]
    return [*numbers, *texts, *(packed_measure(stock, measure) for measure in held)]


def _street_columns(streets: gpd.GeoDataFrame) -> list[PackedColumn]:
    """Return the rank of each street: 2 main road, 1 avenue, 0 the rest."""
    if "kind" not in streets.columns:
        return []
    kinds = streets["kind"].astype("object").map(plain).map(str).str.removesuffix("_link")
    ranks = kinds.map(lambda kind: _STREET_RANKS.get(kind, 0)).to_numpy(dtype=np.int64)
    return [PackedColumn(name="rank", values=ranks, missing=np.zeros(len(ranks), bool))]


def _measure(content: MapContent, measure: MeasureLabel) -> dict[str, Any]:
    colours = ramp(len(measure.breaks) + 1)
    sites = content.sites
    held = None if sites is None or measure.key not in sites.columns else sites[measure.key]
    return {
        "key": measure.key,
        "label": [measure.en, measure.fr],
        "unit": measure.unit,
        "breaks": [float(limit) for limit in measure.breaks],
        "lowIsGood": measure.low_is_good,
        "colours": list(colours if measure.low_is_good else colours[::-1]),
        "inStock": content.stock is not None and measure.key in content.stock.columns,
        "inSites": held is not None,
        "comparedDecimals": _COMPARED_DECIMALS.get(measure.unit, 1),
        "siteDecimals": 0 if held is None else decimals_of(as_numbers(held)),
    }


def _criteria(content: MapContent) -> list[dict[str, Any]]:
    """Return the criteria whose weights the page lets change; those of the breakdown when none is told."""
    if content.criteria:
        return [
            {
                "name": one.name,
                "measure": one.measure,
                "label": [one.en, one.fr],
                "weight": float(one.weight),
                "anchors": [[float(value), float(points)] for value, points in one.anchors],
                "source": one.source,
                "group": one.group,
                "verified": bool(one.verified),
            }
            for one in content.criteria
        ]
    told: dict[str, dict[str, Any]] = {}
    for row in records(content.breakdown, _TABLES["breakdown"]):
        if row.get("weight") is None:
            continue
        name = str(row["criterion"])
        told.setdefault(
            name,
            {
                "name": name,
                "measure": row.get("measure"),
                "label": [row.get("en") or name, row.get("fr") or name],
                "weight": row["weight"],
                "anchors": [],
                "source": "",
                "group": "",
                "verified": False,
            },
        )
    return list(told.values())


def _fact_record(fact: Any) -> dict[str, list[str]]:
    return {"label": [fact.en, fact.fr], "value": [fact.value_en, fact.value_fr]}


def _tables(content: MapContent) -> dict[str, Any]:
    """Return what the panel tells; long, it comes compressed, beside the document."""
    held = {name: records(getattr(content, name), columns) for name, columns in _TABLES.items()}
    return {
        **held,
        "calendar": calendar(content.operations, content.milestones),
        "grounds": ground_tables(content),
    }
