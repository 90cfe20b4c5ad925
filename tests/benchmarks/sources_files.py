"""The files that reading is measured on, written in their published shape from one seed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

FACILITIES = 2_800_000
BUILDINGS = 1_000_000
IN_DATABASE = 75_000
COMMUNES = 35_000
X, Y = 735_000.0, 7_030_000.0
FIRST, SIDE = 20_000, 6  # the EPCI: so many communes by so many, squares of 2.4 km
_WIDE = 2_400.0
_TYPES = np.array(
    ["C108", "C201", "D265", "D307", "B207", "A203", "A401", "A402",
     "A504", "F113", "D281", "E101", "B201", "A206", "D502", "F307"]
)  # fmt: skip
_SAME = {
    "SPECIALITE": "_Z", "STRUCTURE_EXERCICE": "_Z", "ACCUEIL": "_Z", "CATEGORIE": "_Z", "CADR": "",
    "STATUT_DIFFUSION": "O", "REG": "32", "UU2020": "59701", "BV2022": "59606", "AAV2020": "018",
    "QP2015": "CSZ", "QP2024": "CSZ", "QUALI_QP2015": "1", "QUALI_QP2024": "1", "ZUS": "CSZ",
    "QUALI_ZUS": "1", "QUALITE_GEOLOC": "11", "TR_DIST_PRECISION": "< 100", "QUALI_IRIS": "1",
    "CANTINE": "_Z", "INTERNAT": "_Z", "RPI": "_Z", "EP": "_Z", "CL_PGE": "_Z",
}  # fmt: skip


def codes() -> np.ndarray:
    """Return 35 000 codes in the form of INSEE's."""
    return np.array([f"{1 + n // 370:02d}{n % 370 + 1:03d}" for n in range(COMMUNES)])


def epci() -> gpd.GeoDataFrame:
    """Return the 36 communes that are read."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    west, south = X + _WIDE * column, Y + _WIDE * row
    shapes = shapely.box(west, south, west + _WIDE, south + _WIDE)
    index = codes()[FIRST : FIRST + SIDE * SIDE]
    return gpd.GeoDataFrame({"name": index}, index=index, geometry=shapes, crs=2154)


def write_facilities(folder: Path) -> None:
    """Write a BPE of 2025 sorted by commune, and the same rows in any order."""
    random = np.random.default_rng(0)
    commune = np.sort(random.integers(0, COMMUNES, FACILITIES))
    middles = random.uniform((150_000, 6_100_000), (1_200_000, 6_900_000), (COMMUNES, 2))
    middles[FIRST : FIRST + SIDE * SIDE] = shapely.get_coordinates(epci().centroid.to_numpy())
    x, y = (middles[commune] + random.normal(0, 500, (FACILITIES, 2))).T
    names = np.array([f"ETABLISSEMENT {n:06d}" for n in range(250_000)])
    streets = np.array([f"RUE NUMERO {n:05d}" for n in range(40_000)])
    code, kind = codes(), _TYPES[random.integers(0, len(_TYPES), FACILITIES)]
    quality = random.choice(["B", "A", "M", "_U"], FACILITIES, p=[0.9, 0.06, 0.03, 0.01])
    frame = pd.DataFrame(
        {"AN": "2025", "NOMRS": names[random.integers(0, len(names), FACILITIES)],
         "NUMVOIE": random.integers(1, 200, FACILITIES).astype(str),
         "LIBVOIE": streets[random.integers(0, len(streets), FACILITIES)],
         "LIBCOM": np.char.add("COMMUNE ", code)[commune], "DEPCOM": code[commune],
         "DEP": code.astype("<U2")[commune], "EPCI": code[commune // 36 * 36],
         "LAMBERT_X": x.round(1), "LAMBERT_Y": y.round(1), "LONGITUDE": x / 2e5, "LATITUDE": y / 1.4e5,
         "SIRET": random.integers(10**13, 10**14 - 1, FACILITIES).astype(str),
         "EPSG": "2154", "QUALITE_XY": quality, "TYPEQU": kind, "TYPE": "",
         "SDOM": kind.astype("<U2"), "DOM": kind.astype("<U1"), **_SAME}
    )  # fmt: skip
    for name, held in (("BPE25", frame), ("BPE25_any", frame.sample(frac=1, random_state=0))):
        held.to_parquet(folder / f"{name}.parquet", row_group_size=122_880, compression="snappy")


def write_buildings(folder: Path) -> None:
    """Write a million buildings as GeoParquet and GeoPackage, and the first of them apart."""
    random = np.random.default_rng(1)
    number = np.arange(BUILDINGS)
    west, south = X + 25.0 * (number % 1000), Y + 25.0 * (number // 1000)
    homes = gpd.GeoDataFrame(
        {"id": [f"B{n:08d}" for n in number], "dwellings": random.integers(1, 9, BUILDINGS),
         "tenure": random.choice(["social", "owner", "private_rental"], BUILDINGS),
         "built_year": random.integers(1850, 2026, BUILDINGS)},
        geometry=shapely.box(west, south, west + 10, south + 12), crs=2154,
    )  # fmt: skip
    homes.to_parquet(folder / "homes.parquet")
    homes.to_file(folder / "homes.gpkg", layer="homes", engine="pyogrio")
    homes.iloc[:IN_DATABASE].to_parquet(folder / "some.parquet")
