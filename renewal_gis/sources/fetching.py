"""Fetching open data: from the network, a cache or a mirror; checked, then swapped in whole."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from renewal_gis.errors import DataError
from renewal_gis.files import atomic_path, sha256_of, write_bytes, write_text
from renewal_gis.sources.fetching_checks import Where, checked_file, json_answer
from renewal_gis.sources.fetching_client import Answer, Client, Progress, shown
from renewal_gis.sources.fetching_endpoints import Endpoint
from renewal_gis.sources.fetching_ends import refuse_cut_text
from renewal_gis.sources.fetching_pages import dido_table, linked_features, wfs_features

__all__ = ["Fetched", "Fetcher", "Territory", "read_manifest", "write_manifest"]

_NOTHING_YET = Answer(date="", modified="", kind="")
_BY_PLACE = frozenset({"wfs", "pages", "dido"})  # what these answer depends on the territory


@dataclass(frozen=True, kw_only=True)
class Territory:
    """What is fetched.

    Parameters
    ----------
    epci
        SIREN of the inter-municipal body.
    communes
        INSEE codes.
    where
        Box of the study with its margin.
    """

    epci: str
    communes: tuple[str, ...]
    where: Where | None = None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One file that was fetched, or why it was not.

    Parameters
    ----------
    id, title
        The address.
    file
        Name in the folder of data; empty when nothing came.
    url
        Address without secrets.
    sha256, bytes
        Of the file.
    date
        ISO day it came, by the server's clock; empty from a mirror.
    vintage, licence, attribution
        As printed.
    origin
        `network`, `cache` or `mirror`.
    part
        Title of the file that was chosen in a set; empty where there was nothing to choose.
    verified
        The address was called before, from where this package is made.
    fault
        Why nothing came; empty when it did.
    """

    id: str
    title: str
    file: str = ""
    url: str
    sha256: str = ""
    bytes: int = 0
    date: str = ""
    vintage: str = ""
    licence: str
    attribution: str
    origin: str = ""
    part: str = ""
    verified: bool = False
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class _Pieces:
    """What pages or batches gave together, and the server's last words."""

    content: bytes
    vintage: str
    answer: Answer
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Where files come from and where they are kept.

    Parameters
    ----------
    data
        Folder of the study's data.
    cache
        Folder of what was fetched before, and of transfers cut short.
    client
        The caller; None: the network is not used.
    mirror
        A folder that holds files under the names this gives them; it stands for the network.
    refresh
        Call the server again though the cache has the file.
    progress
        Called with the bytes there and the bytes in all (None: not told).
    """

    data: Path
    cache: Path
    client: Client | None = None
    mirror: Path | None = None
    refresh: bool = False
    progress: Progress = field(default=lambda done, total: None)

    def fetch(self, held: Endpoint, territory: Territory) -> list[Fetched]:
        """Bring the files of one address; a fault is told, never raised: the others go on.

        Returns
        -------
        list of Fetched
            One per file (an address with `each` gives one per commune), or one with its fault.
        """
        found = []
        for codes in self._rounds(held, territory):
            file = held.file.format(**codes)
            url = held.url.format(**codes)
            base = Fetched(
                id=held.id, title=held.title, url=shown(url), licence=held.licence,
                attribution=held.attribution, vintage=held.vintage, verified=held.verified,
            )  # fmt: skip
            try:
                found.append(self._one(held, territory, base, url, file))
            except DataError as fault:
                found.append(replace(base, fault=str(fault)))
            except OSError as fault:
                place = f"{fault.filename}: " if fault.filename else ""
                found.append(replace(base, fault=f"{place}{fault.strerror or fault}."))
        return found

    def _rounds(self, held: Endpoint, territory: Territory) -> list[Mapping[str, str]]:
        """Return what fills the address, once for all or once per commune."""
        if held.each == "commune" and held.kind != "pages":
            return [
                {"commune": code, "department": department(code), "epci": territory.epci}
                for code in territory.communes
            ]
        return [{"epci": territory.epci, "commune": "{commune}", "department": "{department}"}]

    def _one(
        self, held: Endpoint, territory: Territory, base: Fetched, url: str, file: str
    ) -> Fetched:
        if Path(file).name != file:  # the codes of a territory are somebody's text
            raise DataError(
                f"{held.id}: {file!r} is no name of a file. Look at the territory's codes."
            )
        target = self.data / file
        if self.mirror is not None:
            return self._mirrored(held, base, file, target)
        folder = self.cache / _question(held, territory, url)
        kept, told = folder / file, folder / "told.json"
        known = None if self.refresh and self.client is not None else _told_once(kept, told)
        if known is not None:
            return self._placed(replace(known, origin="cache"), kept, target)
        if self.client is None:
            both = kept.exists() and told.exists()
            what = "the kept file was changed since" if both else "the cache does not hold it"
            raise DataError(f"{held.id}: {what}. Fetch it once with the network.")
        fresh = self._called(held, territory, url, kept, replace(base, file=file))
        write_text(told, json.dumps(asdict(fresh), ensure_ascii=False, indent=1))
        return self._placed(fresh, kept, target)

    def _called(
        self, held: Endpoint, territory: Territory, url: str, kept: Path, base: Fetched
    ) -> Fetched:
        """Call the server; the file is in the cache only once it was checked."""
        client = self.client
        assert client is not None
        kept.parent.mkdir(parents=True, exist_ok=True)
        if held.kind in {"file", "json"}:
            part = kept.with_name(f"part-{kept.name}")
            answer = client.download(url, part, per_s=held.per_s, progress=self.progress)
            try:
                checked_file(part, held.id, kind=answer.kind, measured=answer.measured)
                if held.kind == "json":
                    json_answer(part.read_bytes(), held.id)
            except DataError:
                part.unlink(missing_ok=True)
                raise
            part.replace(kept)
            vintage = base.vintage or answer.modified
        else:
            pieces = self._pieces(held, territory, url, kept.parent)
            vintage, answer = pieces.vintage, pieces.answer
            base = replace(base, part=pieces.part)
            write_bytes(kept, pieces.content)
        return replace(
            base, sha256=sha256_of(kept), bytes=kept.stat().st_size, date=answer.date,
            vintage=vintage or answer.date, origin="network",
        )  # fmt: skip

    def _pieces(self, held: Endpoint, territory: Territory, url: str, folder: Path) -> _Pieces:
        client, last = self.client, [_NOTHING_YET]
        assert client is not None
        done = [0]

        def get(address: str) -> bytes:
            # Pages cut short are not kept from one call to the next: the others may have changed.
            with TemporaryDirectory(dir=folder) as beside:
                piece = Path(beside) / "piece"
                last[0] = client.download(address, piece, per_s=held.per_s, packed=True)
                content = piece.read_bytes()
            if held.kind == "dido":  # pages of JSON that were cut are none
                refuse_cut_text(content, held.id, measured=last[0].measured)
            done[0] += len(content)
            self.progress(done[0], None)
            return content

        if held.kind == "dido":
            content, vintage, title = dido_table(held, territory.communes, get)
            return _Pieces(content=content, vintage=vintage, part=title, answer=last[0])
        if territory.where is None:
            raise DataError(
                f"{held.id}: the box of the territory is not known. Fetch outlines first."
            )
        if held.kind == "wfs":
            content = wfs_features(held, territory.where, get)
            return _Pieces(content=content, vintage=held.vintage, answer=last[0])
        urls = [
            url.format(commune=code, department=department(code)) for code in territory.communes
        ]
        content = linked_features(held, urls, territory.where, get)
        return _Pieces(content=content, vintage=held.vintage, answer=last[0])

    def _mirrored(self, held: Endpoint, base: Fetched, file: str, target: Path) -> Fetched:
        assert self.mirror is not None
        source = self.mirror / file
        if not source.is_file():
            raise DataError(f"{held.id}: the mirror holds no file {file!r}.")
        checked_file(source, f"{held.id} ({file})")
        told = replace(
            base, file=file, sha256=sha256_of(source), bytes=source.stat().st_size, origin="mirror"
        )
        return self._placed(told, source, target)

    def _placed(self, told: Fetched, source: Path, target: Path) -> Fetched:
        with atomic_path(target) as beside:
            shutil.copyfile(source, beside)
        return told


def _question(held: Endpoint, territory: Territory, url: str) -> str:
    """Return the fingerprint of all that an answer depends on: another question is another file."""
    asked: list[object] = [url]
    if held.kind in _BY_PLACE:
        asked += [held.kind, held.layer, held.vintage, held.columns, held.commune_column]
        asked += [territory.communes, asdict(territory.where) if territory.where else None]
        asked += [held.datafile] if held.datafile else []
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def _told_once(kept: Path, told: Path) -> Fetched | None:
    """Return what was told of a kept file; None when it is not there, was changed, or not told whole."""
    try:
        known = Fetched(**json.loads(told.read_text(encoding="utf-8")))
        return known if sha256_of(kept) == known.sha256 else None
    except (
        FileNotFoundError,
        ValueError,
        TypeError,
    ):  # stopped between the two, or another version
        return None


def department(commune: str) -> str:
    """Return the department of a commune.

    Examples
    --------
    >>> department("59112"), department("97411"), department("2A004")
    ('59', '974', '2A')
    """
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def write_manifest(path: Path, fetched: Sequence[Fetched]) -> None:
    """Write what was fetched, with its date, its vintage, its licence and its fingerprint."""
    rows = [asdict(one) for one in sorted(fetched, key=lambda one: (one.id, one.file))]
    write_text(path, json.dumps({"fetched": rows}, ensure_ascii=False, indent=1) + "\n")


def read_manifest(path: Path) -> tuple[Fetched, ...]:
    """Read what was fetched; nothing when there is no such file.

    Raises
    ------
    DataError
        When the file is not one this package wrote.
    """
    if not path.exists():
        return ()
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["fetched"]
        return tuple(Fetched(**row) for row in rows)
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"{path.name}: this is no list of what was fetched. Remove it, fetch again."
        ) from None
