"""Known sources, large files and a database: seconds and memory of what a territory reads.

`figures()` measures and prints; run alone, the last line printed is one JSON object. The BPE is written
here in the published shape: 2.8 million facilities over France, sorted by commune, about 160 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measuring import HERE, Clock, medians, merged, peak_mb, say, seconds, spread, table

sys.path.insert(0, str(HERE.parent))

BARS = {
    "bpe_s": 2.0,
    "bpe_peak_mb": 524.0,
    "gpkg_million_s": 15.0,
    "parquet_million_s": 4.0,
    "postgis_s": 10.0,
}
FACILITIES = 2_800_000
BUILDINGS = 1_000_000
IN_DATABASE = 75_000
TIMES = 3
X, Y = 735_000.0, 7_030_000.0


def figures() -> dict[str, float | None]:
    """Measure each task in a process of its own, print the table, and return the figures."""
    held: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("Writing the files")
        _in_process("write", folder)
        for task in ("bpe", "gpkg", "parquet", "postgis"):
            say(f"Measuring {task}")
            noted = [_in_process(task, folder) for _ in range(1 if task == "postgis" else TIMES)]
            held[task] = None if "absent" in noted[0]["facts"] else merged(noted)
    rows = []
    for task, noted in held.items():
        if noted is None:
            rows.append((task, "–", "–", "–", "the packages are absent"))
            continue
        wall, cpu = medians(noted, "read")
        rows.append(
            (task, seconds(wall), seconds(cpu), f"{noted['peak_mb']:.0f}", spread(noted, "read"))
        )
    table(
        "Reading, median seconds, imports not counted",
        ("task", "wall s", "CPU s", "peak MB", "from … to (runs)"),
        rows,
    )
    wall = {
        task: None if noted is None else round(medians(noted, "read")[0], 3)
        for task, noted in held.items()
    }
    return {
        "bpe_s": wall["bpe"], "bpe_peak_mb": round(held["bpe"]["peak_mb"], 1),
        "gpkg_million_s": wall["gpkg"], "parquet_million_s": wall["parquet"], "postgis_s": wall["postgis"],
    }  # fmt: skip


def _in_process(task: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, task, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{task}: the measurement failed; see above.")
    noted: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return noted


def _write(clock: Clock, folder: Path) -> dict[str, Any]:
    import geopandas as gpd
    import pandas as pd
    import shapely

    random = np.random.default_rng(0)
    commune = np.sort(random.integers(0, 35_000, FACILITIES))
    codes = np.array([f"{1 + n // 370:02d}{n % 370 + 1:03d}" for n in range(35_000)])
    middles = random.uniform((150_000, 6_100_000), (1_200_000, 7_100_000), (35_000, 2))
    middles[20_000] = X, Y
    x, y = (middles[commune] + random.normal(0, 900, (FACILITIES, 2))).T
    types = np.array(
        [
            "C108",
            "C201",
            "D265",
            "D307",
            "B207",
            "A203",
            "A401",
            "A402",
            "A504",
            "F113",
            "D281",
            "E101",
        ]
    )
    words = np.array([f"ETABLISSEMENT {n:07d}" for n in range(400_000)])
    text = {
        name: words[random.integers(0, len(words), FACILITIES)]
        for name in ("NOMRS", "CADR", "LIBVOIE")
    }
    frame = pd.DataFrame(
        {"AN": "2025", **text, "DEPCOM": codes[commune], "EPCI": codes[commune // 30 * 30],
         "LAMBERT_X": x.round(2), "LAMBERT_Y": y.round(2), "LONGITUDE": x / 1e6, "LATITUDE": y / 1e6,
         "EPSG": "2154", "QUALITE_XY": random.choice(["B", "A", "M", "_U"], FACILITIES, p=[0.9, 0.06, 0.03, 0.01]),
         "TYPE": "", "TYPEQU": types[random.integers(0, len(types), FACILITIES)],
         "SIRET": random.integers(10**13, 10**14 - 1, FACILITIES).astype(str)}
    )  # fmt: skip
    frame.to_parquet(folder / "BPE25.parquet", row_group_size=100_000, compression="snappy")
    side = np.arange(BUILDINGS)
    west, south = X + 25.0 * (side % 1000), Y + 25.0 * (side // 1000)
    homes = gpd.GeoDataFrame(
        {"id": [f"B{n:08d}" for n in side], "dwellings": random.integers(1, 9, BUILDINGS),
         "tenure": random.choice(["social", "owner", "private_rental"], BUILDINGS),
         "built_year": random.integers(1850, 2026, BUILDINGS)},
        geometry=shapely.box(west, south, west + 10, south + 12), crs=2154,
    )  # fmt: skip
    homes.to_parquet(folder / "homes.parquet")
    homes.to_file(folder / "homes.gpkg", layer="homes", engine="pyogrio")
    homes.iloc[:IN_DATABASE].to_parquet(folder / "some.parquet")
    clock.time("read", lambda: None)
    return {"bpe_mb": round((folder / "BPE25.parquet").stat().st_size / 1e6)}


def _bpe(clock: Clock, folder: Path) -> dict[str, Any]:
    import geopandas as gpd
    import pyarrow.dataset  # noqa: F401 (what the first reading would import)
    import shapely

    from renewal_gis.schema import LayerSpec
    from renewal_gis.sources import read_layer, study_crs

    crs = study_crs("EPSG:2154")
    area = shapely.box(X - 8_000, Y - 8_000, X + 8_000, Y + 8_000)
    communes = gpd.GeoDataFrame({"name": ["x"]}, index=["55021"], geometry=[area], crs=2154)
    spec = LayerSpec(path=folder / "BPE25.parquet", source="bpe")
    loaded = clock.time(
        "read",
        lambda: read_layer([spec], table="services", crs=crs, communes=communes, margin_m=2000),
    )
    return {"rows": len(loaded.table)}


def _homes(file: str) -> Callable[[Clock, Path], dict[str, Any]]:
    def read(clock: Clock, folder: Path) -> dict[str, Any]:
        import pyogrio  # noqa: F401 (what the first reading would import)

        from renewal_gis.schema import LayerSpec
        from renewal_gis.sources import read_layer, study_crs

        crs, spec = study_crs("EPSG:2154"), LayerSpec(path=folder / file)
        loaded = clock.time("read", lambda: read_layer([spec], table="stock", crs=crs))
        return {"rows": len(loaded.table)}

    return read


def _postgis(clock: Clock, folder: Path) -> dict[str, Any]:
    """Write 75 000 buildings and read them back as a layer."""
    import os

    import geopandas as gpd
    from postgis_server import PASSWORD, missing, running

    if missing():
        clock.time("read", lambda: None)
        return {"absent": 1}
    from renewal_gis.schema import LayerSpec
    from renewal_gis.sources import read_layer, study_crs
    from renewal_gis.sources.postgis_writing import write_postgis

    homes = gpd.read_parquet(folder / "some.parquet").set_index("id").rename_axis("building")
    crs = study_crs("EPSG:2154")
    with running() as server:
        secret = folder / "pgpass"
        secret.write_text(f"127.0.0.1:{server.port}:*:sig:{PASSWORD}\n")
        secret.chmod(0o600)
        os.environ["PGPASSFILE"] = str(secret)
        spec = LayerSpec(path=Path("bench.stock"), database=server.url, id="building")

        def there_and_back() -> int:
            write_postgis({"stock": homes}, database=server.url, schema="bench", run_id="bench")
            return len(read_layer([spec], table="stock", crs=crs).table)

        return {"rows": clock.time("read", there_and_back, times=TIMES)}


TASKS: dict[str, Callable[[Clock, Path], dict[str, Any]]] = {
    "write": _write,
    "bpe": _bpe,
    "gpkg": _homes("homes.gpkg"),
    "parquet": _homes("homes.parquet"),
    "postgis": _postgis,
}


def main() -> None:
    """Measure and print, or run one task."""
    if len(sys.argv) == 1:
        print(json.dumps(figures()))
        return
    clock = Clock()
    facts = TASKS[sys.argv[1]](clock, Path(sys.argv[2]))
    print(json.dumps({"spans": clock.spans, "facts": facts, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
