"""The housing stock: as many dwellings per commune as its population asks, building by building."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from builder.blocks import Block
from builder.growth import centre_of, dwellings_of, profile_of
from builder.lots import Lots

__all__ = ["MINING_DEMOLISHED", "PROGRAMME", "build_stock"]

# Dwellings demolished and rehabilitated in each perimeter: 1 400 and 885 in all. Beuvrages (P06
# and P07) demolishes 450, of which 172 mining dwellings, and rehabilitates 221; Anzin (P08)
# demolishes 173. The other rows are invented so that the totals hold.
# Perimeter, commune: demolished, rehabilitated.
PROGRAMME: dict[tuple[str, str], tuple[int, int]] = {
    ("P01", "59112"): (150, 95), ("P01", "59207"): (90, 55), ("P02", "59153"): (95, 80),
    ("P03", "59160"): (55, 40), ("P03", "59484"): (65, 50), ("P04", "59253"): (130, 80),
    ("P05", "59616"): (132, 80), ("P06", "59079"): (230, 101), ("P07", "59079"): (220, 120),
    ("P08", "59014"): (173, 110), ("P09", "59383"): (60, 74),
}  # fmt: skip
MINING_DEMOLISHED = {"P06": 172}

_TENURES = ("social", "mining", "private_rental", "owner")
_TENURE_ODDS: dict[str, tuple[float, float, float, float]] = {
    "core": (0.12, 0.0, 0.55, 0.33),
    "town": (0.14, 0.0, 0.27, 0.59),
    "suburb": (0.06, 0.0, 0.11, 0.83),
    "village": (0.04, 0.0, 0.10, 0.86),
    "cite": (0.18, 0.62, 0.02, 0.18),
    "estate": (1.0, 0.0, 0.0, 0.0),
}
_YEARS: dict[str, tuple[int, int]] = {
    "core": (1840, 1935), "town": (1895, 1965), "suburb": (1955, 2018), "village": (1860, 2015),
    "cite": (1895, 1930), "estate": (1957, 1976),
}  # fmt: skip


def _slab_dwellings(width: float, rng: np.random.Generator) -> int:
    return max(2, round(width / 15.0)) * 2 * int(rng.integers(3, 5))


def _commune_units(
    lots: Lots,
    mine: np.ndarray,
    near: np.ndarray,
    sheltered: np.ndarray,
    planned: np.ndarray,
    total: int,
    flats: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the dwellings of each candidate of one commune; zero means it is not built."""
    units = np.zeros(len(mine), dtype=int)
    style = lots.style[mine]
    for i in np.flatnonzero(style == "estate"):
        units[i] = _slab_dwellings(float(lots.width[mine[i]]), rng)
    wanted = round(total * flats) - int(units.sum())
    # Blocks of flats gather near the centre, with some in the town around it.
    odds = near + rng.normal(0, 0.45, len(mine)) * np.median(near) + (style == "town") * 400
    ranked = np.argsort(odds, kind="stable")
    candidates = [i for i in ranked if style[i] in ("core", "town") and not sheltered[i]]
    large = 12 if flats > 0.5 else 10
    for i in candidates[: int(0.72 * len(candidates))]:
        if wanted < 2:
            break
        units[i] = min(int(rng.integers(3, large)), wanted)
        wanted -= units[i]
    houses = total - int(units.sum())
    empty = np.flatnonzero(units == 0)
    # The outskirts thin out: what is not needed is mostly dropped far from the centre.
    key = 0.6 * near[empty] / np.median(near) + rng.exponential(1.1, len(empty))
    key = key - 9.0 * sheltered[empty] - 0.7 * planned[empty]
    units[empty[np.argsort(key, kind="stable")[:houses]]] = 1
    short = total - int(units.sum())
    stretch = np.flatnonzero(units >= 1)
    for i in rng.choice(stretch, max(short, 0), replace=True):
        units[i] += 1
    return units


def _tenures(blocks: np.ndarray, style: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a tenure per building, leaning on the tenure of its block."""
    tenure = np.empty(len(style), dtype=object)
    leaning: dict[int, str] = {}
    for i in range(len(style)):
        odds = _TENURE_ODDS[style[i]]
        block = int(blocks[i])
        if block not in leaning:
            leaning[block] = _TENURES[int(rng.choice(4, p=odds))]
        own = style[i] in ("cite", "estate") and rng.random() < 0.85
        tenure[i] = leaning[block] if own else _TENURES[int(rng.choice(4, p=odds))]
    return tenure


def _years(style: np.ndarray, block: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    years = np.empty(len(style), dtype=int)
    by_block: dict[int, int] = {}
    for i in range(len(style)):
        low, high = _YEARS[style[i]]
        base = by_block.setdefault(int(block[i]), int(rng.integers(low, high)))
        spread = 3 if style[i] in ("cite", "estate") else 14
        years[i] = int(np.clip(base + round(rng.normal(0, spread)), 1780, 2022))
    return years


def _conditions(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    age = (2026 - frame["built_year"].to_numpy()) / 100.0
    tenure = frame["tenure"].to_numpy()
    weak = 0.03 + 0.07 * np.clip(age, 0, 1.5)
    weak = weak + 0.22 * (tenure == "mining") + 0.05 * (tenure == "private_rental")
    draw = rng.random(len(frame))
    return np.where(draw < weak * 0.12, "insalubrious", np.where(draw < weak, "degraded", "sound"))


def _pick(frame: pd.DataFrame, pool: np.ndarray, dwellings: int) -> list[int]:
    """Take whole rows of buildings in order until exactly so many dwellings are taken."""
    chosen: list[int] = []
    left = dwellings
    units = frame["dwellings"].to_numpy()
    for i in pool:
        if 0 < units[i] <= left:
            chosen.append(int(i))
            left -= int(units[i])
    if left:
        raise SystemExit(f"a perimeter is {left} dwellings short")
    return chosen


def _set_fates(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    """Choose what is demolished and rehabilitated, street by street, in each perimeter."""
    fate = np.full(len(frame), "keep", dtype=object)
    tenure = frame["tenure"].to_numpy().copy()
    for (code, commune), (dwellings, treated_count) in PROGRAMME.items():
        here = (frame["perimeter"] == code) & (frame["commune"] == commune)
        pool = np.flatnonzero(here.to_numpy())
        cite = frame["style"].to_numpy()[pool] == "cite"
        mining = MINING_DEMOLISHED.get(code, 0)
        taken = _pick(frame, pool[cite], mining) if mining else []
        tenure[taken] = "mining"
        # Slabs come down first where there are any.
        order = np.lexsort((pool, -frame["dwellings"].to_numpy()[pool]))
        rest = [i for i in pool[order] if i not in set(taken)]
        if mining:
            rest = [i for i in rest if frame["style"].iat[i] != "cite"]
        social = _pick(frame, np.array(rest), dwellings - mining)
        tenure[social] = "social"
        fate[taken + social] = "demolish"
        left = np.array([i for i in pool if fate[i] == "keep"])
        treated = _pick(frame, left, treated_count)
        fate[treated] = "rehabilitate"
        tenure[treated] = np.where(tenure[treated] == "mining", "mining", "social")
        worn = rng.random(len(taken + social)) < 0.3
        frame.loc[frame.index[taken + social], "condition"] = np.where(
            worn, "insalubrious", "degraded"
        )
    frame["fate"] = fate
    frame["tenure"] = tenure


def _vacant(frame: pd.DataFrame, totals: dict[str, int], rng: np.random.Generator) -> np.ndarray:
    vacant = np.zeros(len(frame), dtype=int)
    weight = np.where(frame["condition"] == "sound", 1.0, 2.5)
    weight = weight * np.where(frame["fate"] == "demolish", 3.0, 1.0)
    weight = weight * np.where(frame["style"] == "core", 1.6, 1.0)
    for code, count in totals.items():
        mine = np.flatnonzero((frame["commune"] == code).to_numpy())
        doors = np.repeat(mine, frame["dwellings"].to_numpy()[mine])
        odds = weight[doors] / weight[doors].sum()
        hit = rng.choice(doors, size=count, replace=False, p=odds)
        np.add.at(vacant, hit, 1)
    return vacant


def _locate(points: np.ndarray, areas: np.ndarray) -> np.ndarray:
    found = np.full(len(points), -1)
    i, j = shapely.STRtree(areas).query(points, predicate="within")
    found[i] = j
    return found


def build_stock(
    lots: Lots,
    blocks: list[Block],
    communes: gpd.GeoDataFrame,
    perimeters: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return the buildings, with a working column `style` the caller drops."""
    points = shapely.centroid(lots.shapes)
    home = _locate(points, communes.geometry.array)
    zone = _locate(points, perimeters.geometry.array)
    planned = np.array([bool(blocks[b].estate) for b in lots.block])
    estate_land = shapely.union_all([block.shape for block in blocks if block.estate])
    units = np.zeros(len(points), dtype=int)
    vacancies: dict[str, int] = {}
    for k, row in enumerate(communes.itertuples()):
        mine = np.flatnonzero(home == k)
        total, vacancies[row.id] = dwellings_of(row.population)
        near = shapely.distance(points[mine], shapely.Point(centre_of(row)))
        flats = profile_of(row.id, row.population).flats
        near = np.minimum(near, 450 + 1.3 * shapely.distance(points[mine], estate_land))
        units[mine] = _commune_units(
            lots, mine, near, zone[mine] >= 0, planned[mine], total, flats, rng
        )
    built = np.flatnonzero(units > 0)
    built = built[np.lexsort((built, lots.block[built], home[built]))]
    codes = perimeters["id"].to_numpy()
    inside = zone[built]
    frame = pd.DataFrame(
        {
            "id": [f"B{i + 1:06d}" for i in range(len(built))],
            "dwellings": units[built],
            "style": lots.style[built],
            "perimeter": [codes[z] if z >= 0 else None for z in inside],
            "commune": communes["id"].to_numpy()[home[built]],
        }
    )
    frame["tenure"] = _tenures(lots.block[built], lots.style[built], rng)
    frame["built_year"] = _years(lots.style[built], lots.block[built], rng)
    frame["condition"] = _conditions(frame, rng)
    _set_fates(frame, rng)
    frame["vacant"] = _vacant(frame, vacancies, rng)
    columns = ["id", "dwellings", "vacant", "tenure", "built_year", "condition", "fate",
               "perimeter", "commune", "style"]  # fmt: skip
    return gpd.GeoDataFrame(frame[columns], geometry=lots.shapes[built], crs="EPSG:2154")
