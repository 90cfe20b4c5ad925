"""Schedules kept from one run to the next, under the fingerprint of the timetables they were read from."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj

from renewal_gis.files import write_bytes
from renewal_gis.schema import Finding, LayerSpec, Provenance, Schedule
from renewal_gis.sources.cache import cache_key
from renewal_gis.sources.gtfs_merging import stop_table

__all__ = ["TIMETABLE_READER", "keep_schedule", "kept_schedule", "schedule_key"]

# Raise it whenever the reader gives another schedule for the same feed.
TIMETABLE_READER = "2"
_ARRAYS = ("first_call", "stop", "arrival_s", "departure_s", "pickup", "drop_off")
_TABLES = ("trips", "headways", "transfers", "pathways")


def schedule_key(feeds: Sequence[LayerSpec], prints: Sequence[str], *, crs: pyproj.CRS) -> str:
    """Return the fingerprint of a schedule: feeds by content and name, what is asked, the reader."""
    table = f"schedule {TIMETABLE_READER}"
    return cache_key(feeds, prints, table=table, crs=crs, extent=None)


def kept_schedule(folder: Path, key: str, crs: pyproj.CRS) -> dict[str, Any] | None:
    """Return the fields of the loaded schedule kept under a key; None when there is none, or a bad one."""
    # Whatever is wrong with a kept schedule, it can be read again: no fault of its is worth a word.
    try:
        for path in sorted(folder.glob(f"schedule-{key[:32]}-*.zip")):
            content = path.read_bytes()
            if path.name == _file_name(key, content):
                return _loaded(content, key, crs)
    except Exception:
        return None
    return None


def keep_schedule(folder: Path, key: str, loaded: dict[str, Any]) -> None:
    """Write a loaded schedule under its key; a folder that cannot be written is left alone.

    Parameters
    ----------
    folder
        The cache.
    key
        From `schedule_key`.
    loaded
        Field → value of the loaded schedule.
    """
    # A cache only saves time: a full disk or a folder of somebody else's stops no study.
    try:
        content = _packed(key, loaded)
        write_bytes(folder / _file_name(key, content), content)
    except Exception:
        return


def _file_name(key: str, content: bytes) -> str:
    """Return the name of a kept file: it says the file's own hash, so that damage is seen."""
    return f"schedule-{key[:32]}-{hashlib.sha256(content).hexdigest()[:32]}.zip"


def _packed(key: str, loaded: dict[str, Any]) -> bytes:
    schedule: Schedule = loaded["schedule"]
    notes = {
        "key": key,
        "findings": [list(asdict(one).values()) for one in loaded["findings"]],
        "provenance": [asdict(one) for one in loaded["provenance"]],
        "rows": loaded["rows"].to_dict("list"),
        "services": schedule.services,
        "first_day": schedule.first_day.isoformat(),
        "days": schedule.runs.shape[1],
        "timezone": schedule.timezone,
    }
    points = schedule.stops.geometry
    stops = schedule.stops.drop(columns="geometry").assign(x=points.x, y=points.y)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        _put(archive, "notes.json", json.dumps(notes).encode())
        _put(archive, "stops.arrow", _arrow(stops.reset_index()))
        for name in _TABLES:
            table = getattr(schedule, name)
            _put(
                archive, f"{name}.arrow", _arrow(table.reset_index() if name == "trips" else table)
            )
        for name in _ARRAYS:
            _put(archive, f"{name}.npy", _npy(getattr(schedule, name)))
        _put(archive, "runs.npy", _npy(np.packbits(schedule.runs, axis=1)))
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # Without a date of its own the member would carry the clock's.
    archive.writestr(zipfile.ZipInfo(name), content)


def _arrow(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    held = pa.Table.from_pandas(table, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, held.schema) as writer:
        writer.write_table(held)
    return bytes(sink.getvalue())


def _npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def _loaded(content: bytes, key: str, crs: pyproj.CRS) -> dict[str, Any] | None:
    import pyarrow as pa

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    notes = json.loads(held["notes.json"])
    if notes["key"] != key:
        return None
    arrays = {
        name: np.load(io.BytesIO(held[f"{name}.npy"]), allow_pickle=False)
        for name in (*_ARRAYS, "runs")
    }
    tables = {
        name: pa.ipc.open_file(held[f"{name}.arrow"]).read_all().to_pandas()
        for name in (*_TABLES, "stops")
    }
    stops = tables["stops"]
    runs = np.unpackbits(arrays.pop("runs"), axis=1, count=notes["days"]).astype(bool)
    schedule = Schedule(
        stops=stop_table(dict(stops.items()), stops["x"].to_numpy(), stops["y"].to_numpy(), crs),
        trips=tables["trips"].set_index("trip"),
        services=tuple(notes["services"]),
        first_day=datetime.date.fromisoformat(notes["first_day"]),
        runs=runs,
        headways=tables["headways"],
        transfers=tables["transfers"],
        pathways=tables["pathways"],
        timezone=notes["timezone"],
        **arrays,
    )
    return {
        "schedule": schedule,
        "findings": tuple(_finding(values) for values in notes["findings"]),
        "provenance": tuple(Provenance(**one) for one in notes["provenance"]),
        "rows": pd.DataFrame(notes["rows"]),
    }


def _finding(values: list[Any]) -> Finding:
    layer, severity, code, message, row, column, file, count = values
    return Finding(
        layer=layer,
        severity=severity,
        code=code,
        message=message,
        row=row,
        column=column,
        file=file,
        count=count,
    )
