"""Services of the basket: how many by size of commune, placed along streets near people."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from builder import facts
from builder.growth import centre_of, profile_of
from builder.network import Edges

__all__ = ["build_destinations", "build_services"]

VINTAGE = "synthetic 2026"


@dataclass(frozen=True)
class Offer:
    """One group: its codes, how it is spread, and the number a population calls for."""

    group: str
    label: str
    codes: tuple[str, ...]
    central: bool
    least: int
    per: float
    chance: float = 0.0
    places: tuple[int, int] = (0, 0)

    def count(self, population: int, rng: np.random.Generator) -> int:
        """Return the number of services of this group in a commune."""
        luck = float(rng.random())
        if population >= self.least:
            return max(1, round(population / self.per))
        return int(population >= self.least * 0.45 and luck < self.chance)


OFFERS: tuple[Offer, ...] = (
    Offer("ecole", "École", ("C109", "C107", "C108"), False, 560, 1900, 0.0, (55, 240)),
    Offer("college", "Collège", ("C201",), False, 5000, 9500, 0.0, (380, 720)),
    Offer("creche", "Crèche", ("D502",), False, 3500, 6500, 0.3, (15, 45)),
    Offer("loisirs", "Accueil de loisirs", ("D505",), False, 900, 5000),
    Offer("medecin", "Cabinet médical", ("D265", "D265", "D265", "D113", "D108"), True, 1150, 1250),
    Offer("pharmacie", "Pharmacie", ("D307",), True, 1400, 3100),
    Offer("courses", "Alimentation", ("B105", "B201", "B202", "B104"), True, 2100, 2000, 0.5),
    Offer("boulangerie", "Boulangerie", ("B207",), True, 1000, 1700, 0.45),
    Offer("poste", "Poste", ("A206", "A207", "A208"), True, 1600, 8500, 0.4),
    Offer("mairie", "France Services", ("A128",), True, 7000, 22000),
    Offer("banque", "Banque", ("A203",), True, 4500, 5500),
    Offer("bibliotheque", "Bibliothèque", ("F307",), True, 1100, 14000),
    Offer("sport", "Terrain de sport", ("F113", "F111", "F121"), False, 400, 1900),
    Offer("social", "Centre social", ("D506",), False, 6000, 9000),
)


def _spread(
    points: np.ndarray, weight: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Spread services over the people: a weighted k-means."""
    odds = weight / weight.sum()
    centres = points[rng.choice(len(points), count, replace=False, p=odds)]
    for _ in range(12):
        apart = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2)
        owner = apart.argmin(axis=1)
        for k in range(count):
            mine = owner == k
            if mine.any():
                centres[k] = np.average(points[mine], axis=0, weights=weight[mine])
    return centres + rng.normal(0, 60, centres.shape)


def _clustered(
    points: np.ndarray,
    weight: np.ndarray,
    centre: np.ndarray,
    core: float,
    count: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Gather services at the centre, with a share left in the quarters."""
    away = np.hypot(*(points - centre).T)
    pull = np.exp(-((away / (0.75 * core + 90)) ** 2)) + 0.07
    odds = weight * pull
    chosen = rng.choice(len(points), min(count, len(points)), replace=False, p=odds / odds.sum())
    return points[chosen]


def _beside_street(points: np.ndarray, edges: Edges) -> np.ndarray:
    """Move points to the kerb of the nearest street (never a field track)."""
    lines = edges.lines[np.isin(edges.kind, ("residential", "primary", "secondary"))]
    marks = shapely.points(points)
    nearest = shapely.STRtree(lines).nearest(marks)
    short = shapely.shortest_line(lines[nearest], marks)
    ends = shapely.get_coordinates(short).reshape(-1, 2, 2)
    gap = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(*gap.T), 1e-6)[:, None]
    return np.round(ends[:, 0] + gap / length * np.minimum(length, 6.0), 1)


def _commune_rows(
    row: object, homes: gpd.GeoDataFrame, edges: Edges, rng: np.random.Generator
) -> list[tuple[object, ...]]:
    code, name, population = row.id, row.name, row.population  # type: ignore[attr-defined]
    points = shapely.get_coordinates(shapely.centroid(homes.geometry.array))
    weight = homes["dwellings"].to_numpy().astype(float)
    core = profile_of(code, population).core_m
    rows: list[tuple[object, ...]] = [
        ("mairie", f"Mairie de {name}", "A129", None, *row.town_hall)  # type: ignore[attr-defined]
    ]
    for offer in OFFERS:
        count = offer.count(population, rng)
        if not count:
            continue
        if offer.central:
            centre = np.array(centre_of(row))
            found = _clustered(points, weight, centre, core, count, rng)
        else:
            found = _spread(points, weight, count, rng)
        for k, (x, y) in enumerate(_beside_street(found, edges)):
            bpe = offer.codes[int(rng.integers(len(offer.codes)))] if k else offer.codes[0]
            places = int(rng.integers(*offer.places) // 5 * 5) if offer.places[1] else None
            label = f"{offer.label} {name}" + (f" {k + 1}" if count > 1 else "")
            rows.append((offer.group, label, bpe, places, x, y))
    return rows


def build_services(
    communes: gpd.GeoDataFrame, stock: gpd.GeoDataFrame, edges: Edges, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return the services of every commune, and the stations."""
    rows: list[tuple[object, ...]] = []
    for row in communes.itertuples():
        homes = stock[stock["commune"] == row.id]
        rows += _commune_rows(row, homes, edges, rng)
    for name, (x, y, code) in facts.STATIONS.items():
        rows.append(("gare", f"Gare {name}", code, None, *facts.metres((x, y))))
    return gpd.GeoDataFrame(
        {
            "id": [f"E{i + 1:04d}" for i in range(len(rows))],
            "group": [r[0] for r in rows],
            "name": [r[1] for r in rows],
            "source_code": [r[2] for r in rows],
            "capacity": np.array([np.nan if r[3] is None else r[3] for r in rows], dtype=float),
            "vintage": VINTAGE,
        },
        geometry=shapely.points(np.array([[r[4], r[5]] for r in rows], dtype=float)),
        crs="EPSG:2154",
    )


def build_destinations(edges: Edges) -> gpd.GeoDataFrame:
    """Return the named destinations, each beside a street."""
    named = facts.DESTINATIONS
    points = np.array([facts.metres(place) for _, place, _ in named.values()])
    beside = np.array(list(_beside_street(points, edges)), dtype=float)
    return gpd.GeoDataFrame(
        {
            "id": [f"D{i + 1}" for i in range(len(named))],
            "name": list(named),
            "group": [group for group, _, _ in named.values()],
            "jobs": np.array([jobs for _, _, jobs in named.values()], dtype=float),
            "vintage": VINTAGE,
        },
        geometry=shapely.points(beside),
        crs="EPSG:2154",
    )
