"""A territory from its EPCI code: the study begun, and its open data brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError, MissingExtraError, UsageError
from renewal_gis.files import write_text
from renewal_gis.publishing.ledger_out import write_ledger
from renewal_gis.schema import table
from renewal_gis.sources.fetching import Fetched, Fetcher, read_manifest, write_manifest
from renewal_gis.sources.fetching_client import Client, Progress
from renewal_gis.sources.fetching_endpoints import Endpoint, endpoint, read_endpoints
from renewal_gis.sources.starting import (
    empty_sites,
    programme_sheets,
    read_outlines,
    read_territory,
    siren_fault,
    study_text,
    territory_text,
)

__all__ = ["Way", "begin_study", "fetch_study"]

MANIFEST = "fetched.json"
TERRITORY = "territory.toml"
_CACHE = Path(".renewal-gis") / "fetch"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How files are brought.

    Parameters
    ----------
    offline
        Only what the cache holds.
    mirror
        A folder that holds files under the names `fetch` gives them; it stands for the network.
    refresh
        Call the servers again for what the cache holds.
    certificates
        File of the authorities of an administration's proxy.
    endpoints
        Another file of addresses.
    client
        The caller; None: one of the package.
    report, progress
        Called with the title of each address as it starts; with the bytes there and in all.
    """

    offline: bool = False
    mirror: Path | None = None
    refresh: bool = False
    certificates: Path | None = None
    endpoints: Path | None = None
    client: Client | None = None
    report: Callable[[str], None] = lambda step: None
    progress: Progress = lambda done, total: None

    def fetcher(self, folder: Path) -> Fetcher:
        """Return what brings files into the folder of a study."""
        if self.offline and self.mirror is not None:
            raise UsageError("--offline and --mirror exclude each other: choose one.")
        caller = self.client or Client(certificates=self.certificates)
        return Fetcher(
            data=folder / "data", cache=folder / _CACHE, client=None if self.offline else caller,
            mirror=self.mirror, refresh=self.refresh, progress=self.progress,
        )  # fmt: skip


def begin_study(epci: str, folder: Path, way: Way, *, force: bool = False) -> list[Path]:
    """Write the study file of an EPCI, its territory, and empty tables to fill by hand.

    Parameters
    ----------
    epci
        SIREN of the EPCI.
    folder
        Folder of the study.
    way
        How the list of its communes is brought.
    force
        Replace a study file that is there. Tables that are there are never replaced: somebody may
        have filled them.

    Returns
    -------
    list of Path
        The files written: `study.toml`, `territory.toml`, `sites.gpkg`, `programme.xlsx`.

    Raises
    ------
    UsageError
        The SIREN is none, or a study is there already.
    DataError
        No EPCI has it, or its communes could not be brought.
    """
    epci = "".join(epci.split())  # often written 245 901 160
    fault = siren_fault(epci)
    if fault:
        raise UsageError(f"{epci} is no EPCI: {fault}. Valenciennes Métropole is 245901160.")
    study = folder / "study.toml"
    if study.exists() and not force:
        raise UsageError(f"{study} is there already; use --force to replace it.")
    known = read_endpoints(way.endpoints)
    fetcher = way.fetcher(folder)
    outlines = _outlines(epci, endpoint("outlines", known), fetcher, way)
    margin = assumption("street_margin").value
    path = fetcher.data / outlines.file
    place = read_outlines(path, epci=epci, margin_m=margin, date=outlines.date)
    # The neighbours are a help, not a need: a study begins without them.
    wider = endpoint("communes", known)
    way.report(wider.title)
    around = fetcher.fetch(wider, place.territory)
    if not any(one.fault for one in around):
        wide = fetcher.data / wider.file
        place = read_outlines(path, epci=epci, margin_m=margin, around=wide, date=outlines.date)
    _remember(fetcher.data / MANIFEST, _dated([outlines, *around], way))
    write_text(folder / TERRITORY, territory_text(place))
    tables = _empty_tables(folder, place.crs)
    workbook = (folder / "programme.xlsx").exists()
    write_text(study, study_text(place, f"EPCI {epci}", known, workbook=workbook))
    return [study, folder / TERRITORY, *tables]


def _outlines(epci: str, held: Endpoint, fetcher: Fetcher, way: Way) -> Fetched:
    from renewal_gis.sources.fetching import Territory

    way.report(held.title)
    (found,) = fetcher.fetch(held, Territory(epci=epci, communes=()))
    if found.fault:
        raise DataError(f"The communes of {epci} could not be brought. {found.fault}")
    return found


def _empty_tables(folder: Path, crs: str) -> list[Path]:
    written = []
    if not (folder / "sites.gpkg").exists():
        empty_sites(folder / "sites.gpkg", crs=crs)
        written.append(folder / "sites.gpkg")
    if not (folder / "programme.xlsx").exists():
        empty = [
            pd.DataFrame(
                columns=list(table(name).names), index=pd.Index([], dtype=object), dtype=object
            )
            for name in ("operations", "milestones")
        ]
        try:
            with TemporaryDirectory() as beside:
                sheets = Path(beside) / "sheets.xlsx"
                programme_sheets(sheets)
                write_ledger(empty[0], empty[1], folder / "programme.xlsx", into=sheets)
        except MissingExtraError:  # the study begins without a workbook
            return written
        written.append(folder / "programme.xlsx")
    return written


def fetch_study(folder: Path, way: Way, *, only: Sequence[str] = ()) -> list[Fetched]:
    """Bring the open data of a study's territory into its folder `data`.

    Parameters
    ----------
    folder
        Folder of the study, with its `territory.toml`.
    way
        From where.
    only
        Names of addresses; without any, all but those brought only when named.

    Returns
    -------
    list of Fetched
        One per file, faults among them: one source that fails never loses the others. The same list,
        with that of earlier calls, is written to `data/fetched.json`.

    Raises
    ------
    UsageError
        An address that is not known or is asked by hand, or a study without a territory.
    """
    known = read_endpoints(way.endpoints)
    place = read_territory(folder / TERRITORY)
    wanted = [endpoint(name, known) for name in only]
    if not only:
        wanted = [one for one in known if one.called == "always"]
    fetcher = way.fetcher(folder)
    fetched: list[Fetched] = []
    for one in wanted:
        way.report(one.title)
        fetched += _dated(fetcher.fetch(one, place.territory), way)
        # After each: a stop half-way forgets nothing of what came.
        _remember(fetcher.data / MANIFEST, fetched)
    return fetched


def _dated(fetched: Sequence[Fetched], way: Way) -> list[Fetched]:
    """Give files of a mirror the day and vintage its own list tells: a mirror is often such a folder."""
    if way.mirror is None:
        return list(fetched)
    # The name too: two files with nothing in them have the same bytes.
    known = {(one.file, one.sha256): one for one in read_manifest(way.mirror / MANIFEST)}
    return [
        replace(one, date=held.date, vintage=one.vintage or held.vintage)
        if (held := known.get((one.file, one.sha256))) is not None
        else one
        for one in fetched
    ]


def _remember(path: Path, fetched: Sequence[Fetched]) -> None:
    """Add what came to the list; what failed now keeps what came before."""
    came = [one for one in fetched if not one.fault]
    files = {one.file for one in came}
    write_manifest(path, [*(one for one in read_manifest(path) if one.file not in files), *came])
