"""Loading a study: every layer read and checked, all faults told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyproj

from renewal_gis import access, sources, territories
from renewal_gis.config import Settings, Transit, read_study_file
from renewal_gis.errors import DataError
from renewal_gis.schema import (
    Finding,
    LayerSpec,
    Loaded,
    Provenance,
    Schedule,
    errors_in,
    sentence,
    unknown_references,
)

__all__ = ["Report", "Study", "load"]

Report = Callable[[str], None]
_CACHE = ".renewal-gis"  # beside the study file; may be deleted at any time
_SMALL_FEED = 1_000_000  # bytes
_NATURES = ("real", "schematic", "synthetic")


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """The checked tables of a study, in its CRS.

    Attributes
    ----------
    settings
        What the study file says.
    tables
        Table name → table (`communes`, `stock`, `sites`, `services`, `streets`, `stops`…); only those
        the study has.
    findings
        What was found, dropped or repaired on the way.
    provenance
        Where each layer came from.
    schedule, schedule_before
        Every trip of the timetables, and of those of another time; None when the study has none.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]
    schedule: Schedule | None = None
    schedule_before: Schedule | None = None

    @property
    def nature(self) -> str:
        """The weakest nature among the layers: real, schematic or synthetic."""
        held = [layer.nature for layer in self.provenance]
        return max(held, key=_NATURES.index, default="real")

    def geo(self, name: str) -> gpd.GeoDataFrame | None:
        """Return a map layer, or None when the study has none of this name."""
        return self.tables.get(name)


def load(study: Path | str | Settings, *, report: Report = lambda step: None) -> Study:
    """Load and check every layer of a study.

    Parameters
    ----------
    study
        A study file, or settings read from one.
    report
        Called with the name of each step as it starts.

    Raises
    ------
    StudyFileError
        When the study file is at fault.
    DataError
        With the faults of every layer, in one message.
    """
    settings = study if isinstance(study, Settings) else read_study_file(study)
    crs = sources.study_crs(settings.crs)
    tables: dict[str, pd.DataFrame] = {}
    findings: list[Finding] = []
    provenance: list[Provenance] = []
    faults: list[str] = []
    for name in ("communes", *(name for name in settings.layers if name != "communes")):
        if name not in settings.layers:
            continue
        report(_step(settings, name))
        try:
            loaded = _read(settings, name, crs, tables.get("communes"))
        except DataError as fault:
            faults.append(str(fault))
            continue
        tables[name] = loaded.table
        findings.extend(loaded.findings)
        provenance.extend(loaded.provenance)
    timetables = _Timetables(None, None)
    if settings.transit is not None:
        report("stops")
        try:
            timetables, loaded = _stops(settings, settings.transit, crs)
            tables["stops"] = loaded.table
            findings.extend(loaded.findings)
            provenance.extend(loaded.provenance)
        except DataError as fault:
            faults.append(str(fault))
    for name, grid in settings.grids.items():
        try:
            provenance.append(sources.raster_provenance(grid.spec, f"grid:{name}"))
        except DataError as fault:
            faults.append(str(fault))
    if not faults:
        communes = territories.with_sectors(tables["communes"], settings.sectors)
        tables["communes"] = communes
        placed = _placing(tables, communes)
        faults.extend(sentence(found) for found in errors_in(placed))
        findings.extend([*placed, *unknown_references(tables), *_absent_layers(tables)])
    if faults:
        raise DataError("\n".join(faults))
    return Study(
        settings=settings,
        tables=tables,
        findings=tuple(findings),
        provenance=tuple(provenance),
        schedule=timetables.now,
        schedule_before=timetables.before,
    )


class _Timetables(NamedTuple):
    """The schedule of the study, and that of another time."""

    now: Schedule | None
    before: Schedule | None


def _stops(settings: Settings, transit: Transit, crs: pyproj.CRS) -> tuple[_Timetables, Loaded]:
    """Read the timetables, and the table of the stops they serve on the day."""
    held = sources.read_schedule(transit.feeds, crs=crs, cache=_kept(settings, transit.feeds))
    files = [spec.path.name for spec in transit.feeds]
    stops, found = access.served_stops(
        held.schedule, date=transit.date, window=transit.window, files=files
    )
    findings, provenance = [*held.findings, *found], [*held.provenance]
    before = None
    if transit.before is not None:
        cache = _kept(settings, transit.before.feeds)
        earlier = sources.read_schedule(transit.before.feeds, crs=crs, cache=cache)
        before = earlier.schedule
        access.require_service(
            before,
            transit.before.date,
            files=[spec.path.name for spec in transit.before.feeds],
        )
        findings.extend(earlier.findings)
        provenance.extend(earlier.provenance)
    loaded = Loaded(table=stops, findings=tuple(findings), provenance=tuple(provenance))
    return _Timetables(held.schedule, before), loaded


def _kept(settings: Settings, feeds: Sequence[LayerSpec]) -> Path | None:
    """Return where timetables are kept; a small one is read again faster than it is looked for."""
    sizes = [spec.path.stat().st_size for spec in feeds if spec.path.is_file()]
    large = len(sizes) < len(feeds) or sum(sizes) > _SMALL_FEED
    return settings.path.resolve().parent / _CACHE if large else None


def _placing(tables: Mapping[str, pd.DataFrame], communes: gpd.GeoDataFrame) -> list[Finding]:
    return [
        found
        for name, table in tables.items()
        if name != "communes" and isinstance(table, gpd.GeoDataFrame)
        for found in territories.placing_findings(name, table, communes)
    ]


def _step(settings: Settings, name: str) -> str:
    """Return how the reading of a table is announced: the first extract on a machine takes longer."""
    extract = name == "streets" and any(spec.source == "osm" for spec in settings.layers[name])
    if extract and not sources.extract_reader_is_compiled():
        return f"{name} (compile the reader of extracts, once on this machine, some ten seconds)"
    return name


def _read(
    settings: Settings, name: str, crs: pyproj.CRS, communes: gpd.GeoDataFrame | None
) -> Loaded:
    """Read one table; streets are kept within the communes and a margin."""
    specs = settings.layers[name]
    extract = any(spec.source == "osm" for spec in specs)
    clipped = name == "streets" and communes is not None
    return sources.read_layer(
        specs,
        table=name,
        crs=crs,
        area=communes.geometry.union_all() if clipped and communes is not None else None,
        margin_m=settings.walk.margin_m,
        # An extract takes long to read, and is read again at each run: its tables are kept.
        cache=settings.path.resolve().parent / _CACHE if extract else None,
    )


def _absent_layers(tables: Mapping[str, pd.DataFrame]) -> Iterable[Finding]:
    """Say what a study without a layer cannot answer."""
    losses = {
        "streets": "no walking minutes can be measured",
        "services": "no access to services can be measured",
        "stops": "no transit can be measured; add [transit] with a feed and a date",
        "sites": "there is no site to score",
        "stock": "sectors cannot be compared by dwellings",
    }
    for name, loss in losses.items():
        if name not in tables:
            yield Finding(
                layer=name,
                severity="note",
                code="layer-absent",
                message=f"The study has no layer {name!r}: {loss}.",
            )
