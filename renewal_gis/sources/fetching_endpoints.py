"""The addresses of open data, read from `endpoints.toml`: what is called, how, and under what licence."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from renewal_gis.errors import DataError, UsageError
from renewal_gis.sources.opening import nearest

__all__ = ["Endpoint", "endpoint", "read_endpoints"]

Kind = Literal["wfs", "pages", "dido", "json", "file"]
_NEEDED = ("id", "title", "kind", "url", "file", "page", "licence", "attribution", "verified")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address and what comes from it.

    Parameters
    ----------
    id, title
        Short name, and what it is.
    kind
        How it is asked: `wfs`, `pages`, `dido`, `json` or `file`.
    url
        Address; `{epci}`, `{commune}` and `{department}` are filled in.
    file
        Name of the file that is written.
    page
        Page to visit when the address has moved.
    licence, attribution, vintage
        As printed; the vintage is empty when the address always gives the latest.
    verified
        The address was called and answered as described.
    layer
        Layer of a WFS.
    page_size
        Features a page, or communes a request.
    each
        `commune`: one request for each; empty: one for all.
    per_s
        Requests a second the source allows.
    may_be_empty
        A territory may have none: zero features is an answer.
    asked_for
        Fetched only when it is named.
    table, source
        Layer of the study it fills, and the known source that reads it.
    columns, commune_column, latest
        Of DiDo: columns asked, the one with the commune, and whether the latest vintage is looked up.
    departments
        The only departments it covers; empty: all.
    """

    id: str
    title: str
    kind: Kind
    url: str
    file: str
    page: str
    licence: str
    attribution: str
    verified: bool
    vintage: str = ""
    layer: str = ""
    page_size: int = 1000
    each: str = ""
    per_s: float = 2.0
    may_be_empty: bool = False
    asked_for: bool = False
    table: str = ""
    source: str = ""
    columns: tuple[str, ...] = ()
    commune_column: str = ""
    latest: bool = False
    departments: tuple[str, ...] = ()


def read_endpoints(path: Path | None = None) -> tuple[Endpoint, ...]:
    """Read the addresses: those of the package, or those of another file of the same form.

    Raises
    ------
    DataError
        When the file is not of this form.

    Examples
    --------
    >>> [one.id for one in read_endpoints() if one.table == "stock"]
    ['buildings']
    """
    where = path or files("renewal_gis.sources") / "endpoints.toml"
    name = path.name if path else "endpoints.toml"
    try:
        content = tomllib.loads(where.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DataError(f"{name}: the addresses cannot be read: {fault}.") from None
    held = tuple(
        _one(entry, number, name) for number, entry in enumerate(content.get("endpoint", []))
    )
    names = [one.id for one in held]
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice or not held:
        what = f"the address {twice[0]!r} is there twice" if twice else "no address is in it"
        raise DataError(f"{name}: {what}.")
    return held


def endpoint(name: str, known: tuple[Endpoint, ...]) -> Endpoint:
    """Return the address of this name.

    Raises
    ------
    UsageError
        When there is none; the nearest is named.
    """
    for one in known:
        if one.id == name:
            return one
    near = nearest(name, [one.id for one in known])
    raise UsageError(f"No address is called {name!r}.{near}")


def _one(entry: dict[str, Any], number: int, name: str) -> Endpoint:
    place = f"{name}: endpoint {entry.get('id', number + 1)}"
    known = [field.name for field in fields(Endpoint)]
    for key in entry:
        if key not in known:
            raise DataError(f"{place}: the key {key!r} is not known.{nearest(key, known)}")
    missing = [key for key in _NEEDED if key not in entry]
    if missing:
        raise DataError(f"{place}: {', '.join(missing)} is needed.")
    if entry["kind"] not in get_args(Kind):
        raise DataError(f"{place}: kind must be one of {', '.join(get_args(Kind))}.")
    for key in ("columns", "departments"):
        if key in entry:
            entry = entry | {key: tuple(entry[key])}
    return Endpoint(**entry)
