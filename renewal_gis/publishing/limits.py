"""How much one page may hold: what is too large for it is left out and said, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from renewal_gis.errors import DataError
from renewal_gis.publishing.bundle import (
    leaflet_script,
    leaflet_style,
    page_markup,
    page_script,
    page_style,
)
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.payload import PackedLayer

__all__ = ["MOST_BYTES", "MOST_PACKED", "MOST_SMALL", "require_light", "without_the_largest"]

# A page goes by e-mail and opens on an office laptop.
MOST_BYTES: Final = 5_000_000
# Features a canvas layer may have, and a layer whose features are records.
MOST_PACKED: Final = 300_000
MOST_SMALL: Final = 30_000
_PACKED: Final = ("stock", "streets", "surface")


def without_the_largest(content: MapContent) -> tuple[MapContent, list[dict[str, Any]]]:
    """Leave out the layers that have too many features for one page.

    Returns
    -------
    tuple
        The content without them, and `{layer, features, most}` for each one left out; the page
        says it.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> land = gpd.GeoDataFrame({"name": []}, geometry=[], crs=2154)
    >>> many = gpd.GeoDataFrame(geometry=[Point(0, 0)] * 30_001, crs=2154)
    >>> held = MapContent(title="", language="en", communes=land, layers={"services": many})
    >>> without_the_largest(held)[1]
    [{'layer': 'services', 'features': 30001, 'most': 30000}]
    """
    said = []
    layers = {}
    for name, layer in content.layers.items():
        if _too_many(name, len(layer)):
            said.append(_said(name, len(layer)))
        else:
            layers[name] = layer
    lighter: dict[str, Any] = {"layers": layers}
    for name, layer in (("stock", content.stock), ("sites", content.sites)):
        if layer is not None and _too_many(name, len(layer)):
            said.append(_said(name, len(layer)))
            lighter[name] = None
    return replace(content, **lighter), said


def require_light(
    document: str, blocks: Mapping[str, str], packed: Mapping[str, PackedLayer]
) -> None:
    """Refuse a page above the limit, and name what weighs most in it.

    Raises
    ------
    DataError
        When the page would exceed `MOST_BYTES`.
    """
    parts = {name: len(text) for name, text in blocks.items()}
    parts["document"] = len(document.encode("utf-8", "replace"))
    frame = (leaflet_script, leaflet_style, page_markup, page_script, page_style)
    total = sum(len(part().encode("utf-8")) for part in frame) + sum(parts.values())
    if total <= MOST_BYTES:
        return
    heaviest = sorted(parts, key=lambda name: (-parts[name], name))[:3]
    told = ", ".join(f"{name} {parts[name] / 1e6:.1f} MB" for name in heaviest)
    columns = next((packed[name] for name in heaviest if name in packed), None)
    hint = f" Its heaviest columns: {_heaviest_columns(columns)}." if columns else ""
    raise DataError(
        f"The map would weigh {total / 1e6:.1f} MB; the limit is {MOST_BYTES / 1e6:.0f} MB. "
        f"Heaviest: {told}.{hint} Show fewer measures, simplify the outlines, or draw a part "
        "of the territory."
    )


def _heaviest_columns(layer: PackedLayer) -> str:
    lengths = list(layer.description["lengths"])
    sizes = {}
    at = len(lengths)
    for column in reversed(layer.description["columns"]):
        span = 2 if column["nulls"] else 1
        sizes[str(column["name"])] = sum(lengths[at - span : at])
        at -= span
    sizes["outlines"] = sum(lengths[:at])
    return ", ".join(sorted(sizes, key=lambda name: (-sizes[name], name))[:3])


def _too_many(name: str, features: int) -> bool:
    return features > (MOST_PACKED if name in _PACKED else MOST_SMALL)


def _said(name: str, features: int) -> dict[str, Any]:
    most = MOST_PACKED if name in _PACKED else MOST_SMALL
    return {"layer": name, "features": features, "most": most}
