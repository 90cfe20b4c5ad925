"""Where the inputs of a study came from: what was fetched and when, and the files beside its layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from renewal_gis import sources
from renewal_gis.config import Settings
from renewal_gis.schema import Finding, Provenance

__all__ = ["Origin", "consulted", "dated", "fetched_files", "origin_of"]

_FETCHED = Path("data") / "fetched.json"  # beside the study file; `renewal-gis fetch` writes it


@dataclass(frozen=True, kw_only=True)
class Origin:
    """When and where from a file was fetched.

    Parameters
    ----------
    file, sha256
        Its name, and its fingerprint on that day.
    date
        ISO day it came; empty from a mirror.
    url
        Address, without secrets.
    vintage
        As the server told it; empty when it told none.
    """

    file: str
    sha256: str
    date: str
    url: str
    vintage: str


def fetched_files(settings: Settings) -> tuple[Origin, ...]:
    """Return what `renewal-gis fetch` brought for the study; nothing where it was never called.

    Raises
    ------
    DataError
        When the list is not one this package wrote.
    """
    path = settings.path.resolve().parent / _FETCHED
    if not path.exists():
        return ()
    # Here and not at the top: only studies that fetch need the reader of that list.
    from renewal_gis.sources.fetching import read_manifest

    return tuple(
        Origin(file=one.file, sha256=one.sha256, date=one.date, url=one.url, vintage=one.vintage)
        for one in read_manifest(path)
    )


def origin_of(held: Provenance, fetched: Iterable[Origin]) -> Origin | None:
    """Return where the file of a layer was fetched from; None when its bytes are none that came.

    Two files may have the same bytes, such as two layers with nothing in them: the name tells them apart.
    """
    same = [one for one in fetched if one.sha256 == held.sha256]
    return next((one for one in same if one.file == held.file), same[0] if same else None)


def dated(
    settings: Settings, provenance: Iterable[Provenance], fetched: Sequence[Origin]
) -> tuple[list[Provenance], list[Finding]]:
    """Give layers that tell no vintage the one they were fetched with.

    Parameters
    ----------
    settings
        What the study file says.
    provenance
        Where each layer came from.
    fetched
        As `fetched_files` returns it.

    Returns
    -------
    tuple
        The same layers; and a note for each file that is no longer the one that was fetched.
    """
    names = {one.file: one for one in fetched}
    folder = (settings.path.resolve().parent / _FETCHED.parent).resolve()
    paths = [spec.path for specs in settings.layers.values() for spec in specs if not spec.database]
    paths += [settings.commune_events] if settings.commune_events else []
    ours = {path.name for path in paths if path.parent == folder}
    layers: list[Provenance] = []
    findings: list[Finding] = []
    for one in provenance:
        origin = origin_of(one, fetched)
        if origin is not None and not one.vintage:
            layers.append(replace(one, vintage=origin.vintage or origin.date))
            continue
        if origin is None and one.file in names and one.file in ours:
            told = (
                f"It is no longer the file fetched on {names[one.file].date or 'an unknown day'}: its "
                "date and vintage are not known. Fetch it again with --refresh, or write its vintage."
            )
            findings.append(
                Finding(
                    layer=one.layer, severity="note", code="changed-since-fetched", message=told,
                    file=one.file,
                )
            )  # fmt: skip
        layers.append(one)
    return layers, findings


def consulted(settings: Settings) -> tuple[Provenance, ...]:
    """Return the files a study rests on that are no layer: its programme file, its rules, events of communes.

    Raises
    ------
    LayerReadError
        When one of them is not there.
    """
    asked = settings.programme
    held = {
        "programme": asked.file,
        "rules": asked.rules,
        "commune_events": settings.commune_events,
    }
    terms = {"commune_events": ("Licence Ouverte 2.0", "INSEE – Code officiel géographique")}
    return tuple(
        Provenance(
            layer=name, file=path.name, sha256=sources.fingerprint_of(path, layer=name),
            nature="real", vintage="", licence=terms.get(name, ("", ""))[0],
            attribution=terms.get(name, ("", ""))[1], rows_in=0, rows_kept=0,
        )
        for name, path in held.items()
        if path is not None
    )  # fmt: skip
