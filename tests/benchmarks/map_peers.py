"""The same buildings by folium: as everyone writes it, and at its best."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

# Eight attributes, as in the page of the package.
COLUMNS = ("commune", "built_year", "tenure", "fate", "dwellings", "walk_min:ecole",
           "walk_min:medecin", "departures_day:stop")  # fmt: skip
_COLOURS = {"social": "#0b6aa8", "mining": "#a8432a", "private_rental": "#e0a100"}


def _buildings(stock: gpd.GeoDataFrame, *, decimals: int | None) -> gpd.GeoDataFrame:
    held = stock[[name for name in COLUMNS if name in stock.columns] + ["geometry"]].to_crs(4326)
    plain = held.reset_index(drop=True).astype(dict.fromkeys(held.columns[:-1], object))
    plain = plain.where(plain.notna(), None)
    if decimals is not None:
        plain.geometry = shapely.set_precision(held.geometry.array, 10.0**-decimals)
    return gpd.GeoDataFrame(plain, geometry="geometry", crs=4326)


def _map(stock: gpd.GeoDataFrame) -> Any:
    import folium

    west, south, east, north = stock.to_crs(4326).total_bounds
    return folium.Map(
        location=[(south + north) / 2, (west + east) / 2], zoom_start=12, tiles=None,
        prefer_canvas=True,
    )  # fmt: skip


def write_usual(stock: gpd.GeoDataFrame, path: Path) -> None:
    """Write `folium.GeoJson` with a style function, a popup and a tooltip, on canvas."""
    import folium

    held = _buildings(stock, decimals=None)
    names = [str(name) for name in held.columns[:-1]]
    drawn = _map(stock)
    folium.GeoJson(
        held,
        style_function=lambda feature: {
            "fillColor": _COLOURS.get(feature["properties"]["tenure"], "#8a8f98"),
            "color": "#333333",
            "weight": 0.5,
            "fillOpacity": 0.8,
        },
        popup=folium.GeoJsonPopup(fields=names),
        tooltip=folium.GeoJsonTooltip(fields=names[:3]),
    ).add_to(drawn)
    drawn.save(str(path))


def write_best(stock: gpd.GeoDataFrame, path: Path) -> None:
    """Write the same with the style among the properties, six decimals and no style function."""
    import folium

    held = _buildings(stock, decimals=6)
    tenure = held["tenure"].map(lambda code: _COLOURS.get(code, "#8a8f98"))
    held["style"] = [
        {"fillColor": colour, "color": "#333333", "weight": 0.5, "fillOpacity": 0.8}
        for colour in tenure
    ]
    drawn = _map(stock)
    folium.GeoJson(held, popup=folium.GeoJsonPopup(fields=["commune", "tenure"])).add_to(drawn)
    drawn.save(str(path))
