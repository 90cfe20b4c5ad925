"""The system of coordinates of each part of France, by the commune a row names.

National files write the coordinates of each overseas department in its own legal system (decree
2019-165 of 5 March 2019; BPE says it in its column EPSG), in metres, with numbers that also make sense
in Lambert-93.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from renewal_gis.schema import Finding
from renewal_gis.sources.crs import LAMBERT_93, OVERSEAS
from renewal_gis.sources.known.declaring import Asked
from renewal_gis.sources.known.rows import Place
from renewal_gis.sources.postgis_cutting import Bounds

__all__ = [
    "in_own_systems",
    "study_bounds",
    "study_system",
    "systems_of",
    "told_systems",
]


def systems_of(codes: pd.Series, *, otherwise: int = LAMBERT_93) -> pd.Series:
    """Return the EPSG code of the coordinates of each row.

    Parameters
    ----------
    codes
        INSEE codes of communes or of departments, as text.
    otherwise
        For rows without a code.

    Examples
    --------
    >>> systems_of(pd.Series(["59014", "97411", "97209", None])).tolist()
    [2154, 2975, 5490, 2154]
    """
    found = codes.map(lambda code: OVERSEAS.get(str(code)[:3], LAMBERT_93))
    return found.mask(codes.isna(), otherwise).astype("int64")


def study_system(asked: Asked) -> int:
    """Return the EPSG code national files use where the study is; Lambert-93 without communes."""
    if asked.communes is None:
        return LAMBERT_93
    codes = {OVERSEAS.get(str(code)[:3], LAMBERT_93) for code in asked.communes.index}
    return codes.pop() if len(codes) == 1 else LAMBERT_93


def study_bounds(asked: Asked, system: int) -> Bounds | None:
    """Return west, south, east and north of the communes and their margin; None without communes."""
    if asked.communes is None:
        return None
    own = pyproj.CRS.from_user_input(asked.communes.crs)
    west, south, east, north = map(float, asked.communes.total_bounds)
    margin = asked.margin_m
    box = (west - margin, south - margin, east + margin, north + margin)
    if own.to_epsg() == system:
        return box
    moved = pyproj.Transformer.from_crs(own, system, always_xy=True)
    return moved.transform_bounds(*box)


def told_systems(systems: pd.Series, findings: list[Finding], place: Place) -> None:
    """Tell where rows are of several parts of France."""
    held = sorted(set(systems))
    if len(held) > 1:
        codes = ", ".join(map(str, held))
        told = f"The {place.what} holds coordinates in {len(held)} systems (EPSG {codes})."
        findings.append(place.note("several-systems", f"{told} Each was read in its own."))


def in_own_systems(shapes: npt.NDArray[Any], systems: pd.Series) -> gpd.GeoSeries:
    """Return shapes in the one system of the rows; in degrees where they are of several."""
    held = sorted(set(systems))
    if len(held) <= 1:
        return gpd.GeoSeries(shapes, index=systems.index, crs=held[0] if held else LAMBERT_93)
    degrees = np.full(len(systems), None, dtype=object)
    for system in held:
        of = (systems == system).to_numpy()
        degrees[of] = gpd.GeoSeries(shapes[of], crs=system).to_crs("OGC:CRS84").to_numpy()
    return gpd.GeoSeries(degrees, index=systems.index, crs="EPSG:4326")
