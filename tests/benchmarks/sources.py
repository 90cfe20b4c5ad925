"""Known sources, large files and a database: seconds and memory of what a territory reads.

`figures()` measures and prints; run alone, the last line printed is one JSON object. The BPE is written
here in the published shape: 2.8 million facilities over France, cut to an EPCI of 36 communes, once
sorted by commune and once in any order (INSEE promises none); its figure is the slower of both. Each peer
is GeoPandas as its documentation reads the same file, in the same run; it checks nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import HERE, Clock, medians, merged, peak_mb, say, seconds, spread, table
from sources_files import epci, write_buildings, write_facilities

sys.path.insert(0, str(HERE.parent))

BARS = {
    "bpe_s": 2.0,
    "bpe_peak_mb": 524.3,  # 500 MiB
    "gpkg_million_s": 15.0,
    "parquet_million_s": 4.0,
    "postgis_s": 10.0,
}
FILES = {
    "bpe": "BPE25.parquet",
    "bpe, any order": "BPE25_any.parquet",
    "gpkg": "homes.gpkg",
    "parquet": "homes.parquet",
    "postgis": "some.parquet",
}
TIMES = 3
_COLUMNS = ["DEPCOM", "TYPEQU", "LAMBERT_X", "LAMBERT_Y", "QUALITE_XY", "TYPE", "NOMRS"]

Noted = dict[str, Any]


def figures() -> dict[str, float | None]:
    """Measure each task in a process of its own, print the tables, and return the figures."""
    held: dict[tuple[str, str], Noted | None] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say("Writing the files")
        _in_process("write", "", folder)
        sizes = {task: (folder / file).stat().st_size / 1e6 for task, file in FILES.items()}
        for task in FILES:
            say(f"Measuring {task}")
            rounds: dict[str, list[Noted]] = {"ours": [], "peer": []}
            # In turn, so that a machine that grows busy is unfair to neither.
            for _ in range(TIMES):
                for engine, noted in rounds.items():
                    noted.append(_in_process(engine, task, folder))
            for engine, noted in rounds.items():
                told = [one for one in noted if "absent" not in one["facts"]]
                held[task, engine] = merged(told) if told else None
    _print(held, sizes)
    return _figures(held)


def _figures(held: dict[tuple[str, str], Noted | None]) -> dict[str, float | None]:
    wall = {task: None if (one := held[task, "ours"]) is None else _wall(one) for task in FILES}
    bpe = [held["bpe", "ours"], held["bpe, any order", "ours"]]
    found = {
        "bpe_s": max(_wall(one) for one in bpe if one),
        "bpe_peak_mb": round(max(one["peak_mb"] for one in bpe if one), 1),
        "gpkg_million_s": wall["gpkg"],
        "parquet_million_s": wall["parquet"],
        "postgis_s": wall["postgis"],
    }
    late = [name for name, value in found.items() if value is not None and value > BARS[name]]
    one, five, _ = os.getloadavg()
    bars = ", ".join(f"{name} {bar:g}" for name, bar in BARS.items())
    print(f"\nBars: {bars}. Missed: {', '.join(late) or 'none'}.")
    print(f"Load of the machine at the end: {one:.1f} (1 min), {five:.1f} (5 min); {os.cpu_count()} cores.\n")  # fmt: skip
    return found


def _wall(noted: Noted) -> float:
    return round(medians(noted, "read")[0], 3)


def _print(held: dict[tuple[str, str], Noted | None], sizes: dict[str, float]) -> None:
    rows = []
    for (task, engine), noted in held.items():
        who = "GeoPandas" if engine == "peer" else "renewal-gis"
        if noted is None:
            rows.append((task, who, "–", "–", "–", "–", "–", "its packages are absent"))
            continue
        ours = held[task, "ours"]
        ratio = "" if engine == "ours" or ours is None else f"{_wall(noted) / _wall(ours):.2f}"
        wall, cpu = medians(noted, "read")
        rows.append(
            (task, who, seconds(wall), seconds(cpu), f"{noted['peak_mb']:.0f}",
             noted["facts"]["rows"], ratio, spread(noted, "read"))
        )  # fmt: skip
    told = ", ".join(f"{task} {size:.0f} MB" for task, size in sizes.items())
    table(
        f"Reading, median seconds, imports not counted; files: {told}",
        ("task", "by", "wall s", "CPU s", "peak MB", "rows", "its time / ours", "from … to (runs)"),
        rows,
    )


def _in_process(engine: str, task: str, folder: Path) -> Noted:
    command = [sys.executable, __file__, engine, task, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{engine} {task}: the measurement failed; see above.")
    noted: Noted = json.loads(done.stdout.strip().splitlines()[-1])
    return noted


def _ours(clock: Clock, task: str, path: Path) -> Noted:
    """Read a file as a layer of a study: checked, repaired, every row accounted for."""
    import pyarrow.dataset  # noqa: F401 (what the first reading would import)
    import pyogrio  # noqa: F401

    from renewal_gis.schema import LayerSpec
    from renewal_gis.sources import read_layer, study_crs

    crs = study_crs("EPSG:2154")
    if task.startswith("bpe"):
        spec, communes = LayerSpec(path=path, source="bpe"), epci()
        loaded = clock.time(
            "read",
            lambda: read_layer([spec], table="services", crs=crs, communes=communes, margin_m=2000),
        )
    else:
        spec = LayerSpec(path=path)
        loaded = clock.time("read", lambda: read_layer([spec], table="stock", crs=crs))
    return {"rows": len(loaded.table)}


def _peer(clock: Clock, task: str, path: Path) -> Noted:
    import geopandas as gpd
    import pandas as pd
    import pyarrow.dataset  # noqa: F401 (what the first reading would import)
    import pyogrio  # noqa: F401

    def facilities() -> gpd.GeoDataFrame:
        asked = [("DEPCOM", "in", list(epci().index))]
        frame = pd.read_parquet(path, columns=_COLUMNS, filters=asked)
        points = gpd.points_from_xy(frame["LAMBERT_X"], frame["LAMBERT_Y"], crs=2154)
        return gpd.GeoDataFrame(frame, geometry=points)

    if task.startswith("bpe"):
        return {"rows": len(clock.time("read", facilities))}
    read = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
    return {"rows": len(clock.time("read", lambda: read(path)))}


def _ours_postgis(clock: Clock, folder: Path, homes: Any, server: Any) -> Noted:
    """Write 75 000 buildings and read them back as a layer."""
    from renewal_gis.schema import LayerSpec
    from renewal_gis.sources import read_layer, study_crs
    from renewal_gis.sources.postgis_writing import write_postgis

    crs = study_crs("EPSG:2154")
    secret = folder / "pgpass"
    secret.write_text(f"127.0.0.1:{server.port}:*:sig:{server.password}\n")
    secret.chmod(0o600)
    os.environ["PGPASSFILE"] = str(secret)
    spec = LayerSpec(path=Path("bench.stock"), database=server.url, id="building")

    def there_and_back() -> int:
        write_postgis({"stock": homes}, database=server.url, schema="bench", run_id="bench")
        return len(read_layer([spec], table="stock", crs=crs).table)

    return {"rows": clock.time("read", there_and_back)}


def _peer_postgis(clock: Clock, folder: Path, homes: Any, server: Any) -> Noted:
    """Write 75 000 buildings and read them back, as GeoPandas documents it."""
    import geopandas as gpd

    try:
        import geoalchemy2  # noqa: F401 (to_postgis needs it)
        import psycopg  # noqa: F401 (the driver)
        from sqlalchemy import create_engine
    except ImportError:
        clock.time("read", lambda: None)
        return {"absent": 1}
    place = f"sig:{server.password}@127.0.0.1:{server.port}/agence"
    engine = create_engine(f"postgresql+psycopg://{place}")

    def there_and_back() -> int:
        homes.to_postgis("stock", engine, if_exists="replace", index=True)
        return len(gpd.read_postgis("SELECT * FROM stock", engine, geom_col="geometry"))

    return {"rows": clock.time("read", there_and_back)}


def _postgis(engine: str, clock: Clock, folder: Path) -> Noted:
    import geopandas as gpd
    from postgis_server import missing, running

    if missing():
        clock.time("read", lambda: None)
        return {"absent": 1}
    homes = gpd.read_parquet(folder / FILES["postgis"]).set_index("id").rename_axis("building")
    run = {"ours": _ours_postgis, "peer": _peer_postgis}[engine]
    with running() as server:
        return run(clock, folder, homes, server)


def _one(engine: str, task: str, folder: Path) -> Noted:
    clock = Clock()
    if engine == "write":
        write_facilities(folder)
        write_buildings(folder)
        facts: Noted = {}
    elif task == "postgis":
        facts = _postgis(engine, clock, folder)
    else:
        work: Callable[[Clock, str, Path], Noted] = {"ours": _ours, "peer": _peer}[engine]
        facts = work(clock, task, folder / FILES[task])
    return {"spans": clock.spans, "facts": facts, "peak_mb": peak_mb()}


def main() -> None:
    """Measure and print, or run one task: `ours` or `peer`, its name, the folder of the files."""
    if len(sys.argv) == 1:
        print(json.dumps(figures()))
    else:
        engine, task, folder = sys.argv[1:]
        print(json.dumps(_one(engine, task, Path(folder))))


if __name__ == "__main__":
    main()
