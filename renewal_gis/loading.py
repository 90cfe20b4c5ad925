"""Loading a study: every layer read and checked, all faults told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd
import pyproj

from renewal_gis import access, sources, territories
from renewal_gis.config import Settings, Transit, read_study_file
from renewal_gis.errors import DataError
from renewal_gis.origins import Origin, consulted, dated, fetched_files
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
_FOR_STOCK = ("commune_dwellings", "social_dwellings", "estates")
_WITHIN = ("stock", "sites", "social_dwellings", "estates")


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
    consulted
        The files it rests on that are no layer: the programme file, rules of its own.
    fetched
        What `renewal-gis fetch` brought, with its date and address.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    provenance: tuple[Provenance, ...]
    schedule: Schedule | None = None
    schedule_before: Schedule | None = None
    consulted: tuple[Provenance, ...] = ()
    fetched: tuple[Origin, ...] = ()

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
    held = _Gathered()
    succession: territories.Succession | None = None
    for name in ("communes", *(name for name in settings.layers if name != "communes")):
        # Without communes a national file would be read whole, for nothing.
        wanted = name == "communes" or "communes" in held.tables or not _is_cut(settings, name)
        if name in settings.layers and wanted:
            report(_step(settings, name))
            with held.told():
                held.add(name, _read(settings, name, crs, held.tables.get("communes")))
                if name == "communes":
                    succession = _succession(settings, held)
    timetables = _Timetables(None, None)
    if settings.transit is not None:
        report("stops")
        with held.told():
            timetables, stops = _stops(settings, settings.transit, crs)
            held.add("stops", stops)
    beside: tuple[Provenance, ...] = ()
    fetched: tuple[Origin, ...] = ()
    with held.told():
        beside, fetched = consulted(settings), fetched_files(settings)
    for name, grid in settings.grids.items():
        with held.told():
            held.provenance.append(sources.raster_provenance(grid.spec, f"grid:{name}"))
    if not held.faults:
        _settle(settings, held, succession)
    if held.faults:
        raise DataError("\n".join(held.faults))
    provenance, changed = dated(settings, held.provenance, fetched)
    files, changed_beside = dated(settings, beside, fetched)
    return Study(
        settings=settings,
        tables=held.tables,
        findings=(*held.findings, *changed, *changed_beside),
        provenance=tuple(provenance),
        schedule=timetables.now,
        schedule_before=timetables.before,
        consulted=tuple(files),
        fetched=fetched,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Gathered:
    """What the layers gave so far, their faults kept so that all are told at once."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    provenance: list[Provenance] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Keep the fault of a layer, and go on with the next."""
        try:
            yield
        except DataError as fault:
            # A file that two parts of the study read is told once.
            if str(fault) not in self.faults:
                self.faults.append(str(fault))

    def add(self, name: str, loaded: Loaded) -> None:
        # A layer without a row is one the study does not have; a note says which file is empty.
        if len(loaded.table) or name == "stops":
            self.tables[name] = loaded.table
        self.findings.extend(loaded.findings)
        self.provenance.extend(loaded.provenance)


def _succession(settings: Settings, held: _Gathered) -> territories.Succession | None:
    """Read what became of communes, and list under each of the study the codes that went into it."""
    communes = held.tables.get("communes")
    if settings.commune_events is None or communes is None:
        return None
    # Here and not at the top: few studies have that table.
    from renewal_gis.sources.known.commune_events import read_commune_events

    events = read_commune_events(settings.commune_events)
    held.findings.extend(events.findings)
    day = _day_of_codes(held.provenance, "communes")
    succession = territories.Succession(events.table, until=day)
    held.tables["communes"] = territories.with_old_codes(communes, succession)
    return succession


def _day_of_codes(provenance: Sequence[Provenance], layer: str) -> dt.date | None:
    """Return the day the codes of a layer are of, where its files agree on one."""
    days = {territories.day_of_vintage(one.vintage) for one in provenance if one.layer == layer}
    return days.pop() if len(days) == 1 else None


def _settle(settings: Settings, held: _Gathered, succession: territories.Succession | None) -> None:
    """Bring the layers together: codes of today, sectors, the stock completed, references checked."""
    if succession is not None:
        days = {name: _day_of_codes(held.provenance, name) for name in held.tables}
        now, found = territories.with_codes_of_today(held.tables, succession, days=days)
        held.tables.update(now)
        held.findings.extend(found)
    communes = territories.with_sectors(held.tables["communes"], settings.sectors)
    held.tables["communes"] = communes
    held.findings.extend(_complete_stock(held.tables))
    placed = _placing(settings, held.tables, communes)
    held.faults.extend(sentence(found) for found in errors_in(placed))
    held.findings.extend([*placed, *unknown_references(held.tables), *_absent_layers(held.tables)])


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


def _complete_stock(tables: dict[str, pd.DataFrame]) -> list[Finding]:
    """Complete the stock with the layers that are there only for it."""
    layers = {name: tables[name] for name in _FOR_STOCK if name in tables}
    if not layers:
        return []
    if "stock" not in tables:
        return [
            Finding(
                layer=name,
                severity="note",
                code="no-stock",
                message="The study has no stock to complete with it; it changes nothing.",
            )
            for name in layers
        ]
    # Here and not at the top: few studies need it.
    from renewal_gis.sources.known import completed_stock

    tables["stock"], found = completed_stock(
        cast(gpd.GeoDataFrame, tables["stock"]),
        cast(gpd.GeoDataFrame, tables["communes"]),
        totals=layers.get("commune_dwellings"),
        social=layers.get("social_dwellings"),
        estates=layers.get("estates"),
    )
    return found


def _placing(
    settings: Settings, tables: Mapping[str, pd.DataFrame], communes: gpd.GeoDataFrame
) -> list[Finding]:
    """Tell what lies elsewhere; what was cut to the study may well lie in its margin only."""
    return [
        found
        for name, table in tables.items()
        if name != "communes" and isinstance(table, gpd.GeoDataFrame)
        for found in territories.placing_findings(name, table, communes)
        if not (found.severity == "error" and _is_cut(settings, name))
    ]


def _is_cut(settings: Settings, name: str) -> bool:
    """Tell whether a layer is cut to the communes as it is read: it holds far more than the study."""
    specs = settings.layers.get(name, ())
    return any(spec.database or spec.source not in (None, "osm") for spec in specs)


def _step(settings: Settings, name: str) -> str:
    """Return how the reading of a table is announced: the first extract on a machine takes longer."""
    extract = name == "streets" and any(spec.source == "osm" for spec in settings.layers[name])
    if extract and not sources.extract_reader_is_compiled():
        return f"{name} (compile the reader of extracts, once on this machine, some ten seconds)"
    return name


def _read(
    settings: Settings, name: str, crs: pyproj.CRS, communes: gpd.GeoDataFrame | None
) -> Loaded:
    """Read one table; streets, known sources and databases only within the communes and a margin."""
    specs = settings.layers[name]
    extract = any(spec.source == "osm" for spec in specs)
    clipped = name == "streets" and communes is not None
    return sources.read_layer(
        specs,
        table=name,
        crs=crs,
        area=communes.geometry.union_all() if clipped and communes is not None else None,
        # People walk across the border, but homes and sites beyond it belong to another study.
        margin_m=0 if name in _WITHIN else settings.walk.margin_m,
        communes=communes if name != "communes" else None,
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
