"""Candidate sites: whole blocks kept free of houses, the same number of dwellings per scenario."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from builder import facts
from builder.blocks import Block
from builder.shapes import oriented_axes, polygons, round_to

__all__ = ["choose_sites"]

TOTAL = 1265
# Dwellings per hectare: town blocks and village edges are not built alike.
DENSITY = {"corridor": 62.0, "south": 34.0}
PLACES = {
    "59112": ("Rue de Bruay", "Les Écluses", "Allée du Pont"), "59207": ("La Gare", "Le Brunehaut"),
    "59153": ("Le Jard", "La Chaussée", "Les Remparts"), "59160": ("Le Fort", "L'Hogneau"),
    "59253": ("Le Sarteau", "La Verrerie"), "59484": ("Le Corbeau", "La Frontière"),
    "59616": ("Le Rieu", "La Solitude"), "59019": ("Les Jardins d'Artres",),
    "59166": ("Le Calvaire",), "59215": ("Le Clocher",), "59221": ("Le Mont Houy", "Les Thermes"),
    "59369": ("Le Fayt", "Les Bords de l'Escaut"), "59407": ("Les Prés",),
    "59471": ("Le Moulin", "La Couture"), "59480": ("L'Église",),
    "59557": ("L'Aérodrome", "Les Peupliers"), "59559": ("L'Aunelle", "Le Gros Chêne"),
    "59610": ("La Vallée",),
}  # fmt: skip


def _candidates(
    blocks: list[Block], outline: shapely.Geometry, avoid: shapely.Geometry, least: float
) -> list[tuple[int, shapely.Polygon]]:
    found = []
    for index, block in enumerate(blocks):
        if block.style in ("cite", "estate", "core") or not least < block.shape.area < 42_000:
            continue
        if not outline.contains(block.shape):
            continue
        inner = block.shape.buffer(-7, join_style="mitre")
        if len(polygons(inner)) != 1 or inner.intersects(avoid):
            continue
        _, _, length, width, _ = oriented_axes(inner)
        if inner.area > 0.7 * length * width and width > 45 and length < 4.0 * width:
            found.append((index, inner))
    return found


def _shares(areas: np.ndarray) -> np.ndarray:
    exact = areas / areas.sum() * TOTAL
    whole = np.floor(exact).astype(int)
    for index in np.argsort(whole - exact, kind="stable")[: TOTAL - whole.sum()]:
        whole[index] += 1
    return whole


def _scenario(
    scenario: str,
    codes: list[str],
    blocks: list[Block],
    communes: gpd.GeoDataFrame,
    avoid: shapely.Geometry,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    outlines = communes.set_index("id").geometry
    for code in codes:
        least = 9_500 if scenario == "corridor" else 14_000
        found = _candidates(blocks, outlines[code].buffer(-10), avoid, least)
        while len(found) < 6 and least > 5_800:
            least *= 0.8
            found = _candidates(blocks, outlines[code].buffer(-10), avoid, least)
        taken: list[shapely.Polygon] = []
        for index in rng.permutation(len(found)):
            if len(taken) == len(PLACES[code]):
                break
            block, shape = found[index]
            if any(shape.distance(other) < 350 for other in taken):
                continue
            taken.append(shape)
            rows.append({"block": block, "commune": code, "name": PLACES[code][len(taken) - 1],
                         "scenario": scenario, "geometry": shape})  # fmt: skip
    return rows


def choose_sites(
    blocks: list[Block],
    communes: gpd.GeoDataFrame,
    avoid: shapely.Geometry,
    rng: np.random.Generator,
) -> tuple[gpd.GeoDataFrame, set[int]]:
    """Return the sites and the blocks they take."""
    rows = _scenario("corridor", facts.CORRIDOR, blocks, communes, avoid, rng)
    rows += _scenario("south", facts.SOUTH, blocks, communes, avoid, rng)
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:2154")
    frame["id"] = ""
    frame["capacity"] = 0
    for scenario, letter in (("corridor", "C"), ("south", "S")):
        mine = frame["scenario"] == scenario
        frame.loc[mine, "id"] = [f"{letter}{i + 1:02d}" for i in range(int(mine.sum()))]
        frame.loc[mine, "capacity"] = _shares(frame.geometry[mine].area.to_numpy())
    frame["geometry"] = round_to(frame.geometry.array)
    taken = {int(b) for b in frame["block"]}
    return frame[["id", "name", "commune", "capacity", "scenario", "geometry"]], taken
