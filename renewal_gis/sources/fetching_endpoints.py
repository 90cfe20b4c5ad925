"""The addresses of open data, read from `endpoints.toml`: what is called, how, and under what licence."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

from renewal_gis.errors import DataError, UsageError
from renewal_gis.sources.opening import nearest

__all__ = ["Endpoint", "endpoint", "read_endpoints"]

Kind = Literal["wfs", "pages", "dido", "json", "file", "wms", "api"]
Called = Literal["always", "named", "by hand"]
_BY_HAND_ONLY = ("wms", "api")
_FILLED = ("epci", "commune", "department")
_OWN_FILES = frozenset({"told.json", "fetched.json"})  # what this package writes beside them


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address and what comes from it.

    Parameters
    ----------
    id, title, use
        Short name, what it is, and what for.
    kind
        How it is asked: `wfs`, `pages`, `dido`, `json` or `file`; `wms` (pictures) and `api` (one
        place at a time) are never asked here.
    url
        Address; `{epci}`, `{commune}` and `{department}` are filled in.
    file
        Name of the file that is written; empty when it is asked by hand.
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
    called
        `always`; `named`: only when somebody names it; `by hand`: never, people visit its page.
    note
        What to know before using it.
    table, source
        Layer of the study it fills, and the known source that reads it.
    columns, commune_column
        Of DiDo: columns asked, and the one with the commune.
    latest, datafile
        Of DiDo: the url is that of a data set, in which the file is looked up, by words of its title, and
        by `vintage`, or the latest when that is empty.
    departments
        The only departments it covers; empty: all.
    """

    id: str
    title: str
    use: str
    kind: Kind
    url: str
    page: str
    licence: str
    attribution: str
    verified: bool
    file: str = ""
    called: Called = "always"
    note: str = ""
    vintage: str = ""
    layer: str = ""
    page_size: int = 1000
    each: str = ""
    per_s: float = 2.0
    may_be_empty: bool = False
    table: str = ""
    source: str = ""
    columns: tuple[str, ...] = ()
    commune_column: str = ""
    latest: bool = False
    datafile: str = ""
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
    files_ = [one.file for one in held if one.file]
    if len(set(files_)) < len(files_):
        again = next(one for one in files_ if files_.count(one) > 1)
        raise DataError(f"{name}: two addresses write the file {again!r}. Give each its own.")
    if twice or not held:
        what = f"the address {twice[0]!r} is there twice" if twice else "no address is in it"
        raise DataError(f"{name}: {what}.")
    return held


def endpoint(name: str, known: tuple[Endpoint, ...]) -> Endpoint:
    """Return the address of this name.

    Raises
    ------
    UsageError
        When there is none (the nearest is named), or it is asked by hand (its page is named).
    """
    for one in known:
        if one.id == name and one.called == "by hand":
            note = f" {one.note}" if one.note else ""
            raise UsageError(f"{name} is asked by hand, at {one.page}.{note}")
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
    missing = [
        field.name
        for field in fields(Endpoint)
        if field.default is MISSING and field.name not in entry
    ]
    if entry.get("called") != "by hand" and "file" not in entry:
        missing.append("file")
    if missing:
        raise DataError(f"{place}: {', '.join(missing)} is needed.")
    for key, value in entry.items():
        _checked(key, value, place)
    for key in ("columns", "departments"):
        if key in entry:
            entry = entry | {key: tuple(entry[key])}
    held = Endpoint(**entry)
    if held.called != "by hand":
        _callable(held, place)
    return held


def _checked(key: str, value: Any, place: str) -> None:
    """Refuse a value of another type than the key's, or a word that is not among its words."""
    for name, words in (("kind", get_args(Kind)), ("called", get_args(Called))):
        if key == name and value not in words:
            raise DataError(f"{place}: {name} must be one of {', '.join(words)}.")
    wanted = {field.name: str(field.type) for field in fields(Endpoint)}[key]
    if wanted == "bool":
        good, told = isinstance(value, bool), "true or false"
    elif wanted in {"int", "float"}:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        good, told = real and value > 0, "a number above 0"
        if wanted == "int":
            good, told = good and isinstance(value, int), "a whole number above 0"
    elif wanted.startswith("tuple"):
        good = isinstance(value, list) and all(isinstance(one, str) for one in value)
        told = "a list of texts"
    else:
        good, told = isinstance(value, str), "a text"
    if not good:
        raise DataError(f"{place}: {key} must be {told}.")


def _callable(held: Endpoint, place: str) -> None:
    """Refuse an address that cannot be called as it stands."""
    if held.kind in _BY_HAND_ONLY:
        raise DataError(f'{place}: kind {held.kind!r} is only for called = "by hand".')
    if Path(held.file).name != held.file or held.file in {"", ".."} | _OWN_FILES:
        raise DataError(f"{place}: file must be a plain name, not {held.file!r}.")
    for text in (held.url, held.file):
        try:
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError:
            names = [text]
        for name in names:
            if name not in _FILLED:
                filled = ", ".join(f"{{{one}}}" for one in _FILLED)
                raise DataError(f"{place}: {{{name}}} is not filled in; only {filled} are.")
    if ("{commune}" in held.url) != (held.each == "commune"):
        raise DataError(f'{place}: a url with {{commune}} goes with each = "commune".')
    if "{department}" in held.url + held.file and held.each != "commune":
        raise DataError(f'{place}: {{department}} goes with each = "commune".')
    # Pages of all communes make one file; else each commune has its own.
    if ("{commune}" in held.file) != (held.each == "commune" and held.kind != "pages"):
        raise DataError(
            f'{place}: a file with {{commune}} goes with each = "commune", except for pages.'
        )
