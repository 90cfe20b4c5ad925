"""Answers that come in pieces: pages of features, batches of communes."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from renewal_gis.errors import DataError
from renewal_gis.sources.fetching_checks import Where, checked_features, json_answer, located
from renewal_gis.sources.fetching_client import shown
from renewal_gis.sources.fetching_endpoints import Endpoint

__all__ = ["collection", "dido_table", "linked_features", "wfs_features"]

Get = Callable[[str], bytes]
Feature = dict[str, Any]
_MOST_PAGES = 2_000  # ten million features: more is a server that never ends


def wfs_features(held: Endpoint, where: Where, get: Get) -> bytes:
    """Ask a WFS for the features of a layer within a box, page by page.

    Parameters
    ----------
    held
        The address.
    where
        The box, asked for in the study's own system: servers disagree on the order of degrees.
    get
        Returns the content at an address.

    Returns
    -------
    bytes
        One GeoJSON of all pages, that states its system.

    Raises
    ------
    DataError
        When pages do not add up to what the server announces, or are no features.
    """
    place = f"{held.id} ({held.layer})"
    code = where.crs.rpartition(":")[2]
    west, south, east, north = (f"{value:.1f}" for value in where.box)
    asked = {
        "SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "TYPENAMES": held.layer,
        "SRSNAME": f"EPSG:{code}", "OUTPUTFORMAT": "application/json",
        "BBOX": f"{west},{south},{east},{north},EPSG:{code}", "COUNT": str(held.page_size),
    }  # fmt: skip
    features: list[Feature] = []
    announced: int | None = None
    for _ in range(_MOST_PAGES):
        # From what came, not from what was asked: some servers give smaller pages than asked.
        query = urlencode({**asked, "STARTINDEX": str(len(features))}, quote_via=quote, safe=":,/")
        answer = json_answer(get(f"{held.url}?{query}"), place)
        some = _features_of(answer, place)
        returned = _said(answer, "numberReturned")
        if isinstance(returned, int) and returned != len(some):
            raise DataError(
                f"{place}: a page announces {returned} features and holds {len(some)}. Fetch it again."
            )
        features += some
        said = _said(answer, "numberMatched", "totalFeatures")
        announced = said if isinstance(said, int) else announced
        whole = len(some) < held.page_size if announced is None else len(features) >= announced
        if whole or not some:
            break
    else:
        raise DataError(f"{place}: the server never stops giving pages. Nothing was kept.")
    if announced is not None and announced != len(features):
        raise DataError(
            f"{place}: the server announces {announced} features and gave {len(features)}. "
            "Fetch it again."
        )
    # Pages without an order repeat some features and forget others, and the count still agrees.
    names = [one["id"] for one in features if one.get("id") is not None]
    if len(set(map(str, names))) != len(names):
        raise _forgetful(place)
    return collection(held, features, where)


def linked_features(held: Endpoint, urls: Sequence[str], where: Where, get: Get) -> bytes:
    """Ask for pages that each name the next one, for every commune.

    Raises
    ------
    DataError
        When a page is no features, names a next page on another host, or the pages of a commune do
        not add up to what the server announces.
    """
    place = held.id
    features: list[Feature] = []
    for first in urls:
        url, seen = first, set[str]()
        some: list[Feature] = []
        announced: Any = None
        while url:
            if url in seen or len(seen) > _MOST_PAGES:
                raise DataError(f"{place}: the pages go round in circles at {shown(url)}.")
            seen.add(url)
            answer = json_answer(get(url), place)
            some += _features_of(answer, place)
            announced = _said(answer, "count", "numberMatched")
            url = _following(_said(answer, "next") or "", url, place)
        once = _once(some)
        if isinstance(announced, int) and announced != len(once):
            if announced == len(some):
                raise _forgetful(place)
            raise DataError(
                f"{place}: the server announces {announced} features and gave {len(once)}. Fetch it again."
            )
        features += once
    return collection(held, _once(features), where)


def _forgetful(place: str) -> DataError:
    return DataError(
        f"{place}: the server repeats features from page to page, so others are missing. Fetch it "
        "again, or take the file of its page."
    )


def _following(told: Any, url: str, place: str) -> str:
    """Return the address of the next page; empty when there is none.

    Only its path and its question are taken: behind a proxy of its own, a server may believe it is
    called without encryption, and it never tells the user and password it was called with.
    """
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, told))
        same = (here.hostname, here.port) == (there.hostname, there.port)
    except (ValueError, TypeError, AttributeError):
        raise DataError(
            f"{place}: the page names no address as the next one. Visit its page."
        ) from None
    if not same:
        raise DataError(f"{place}: the next page is on another host: {shown(there.geturl())}.")
    return there._replace(scheme=here.scheme, netloc=here.netloc).geturl() if told else ""


def _said(answer: Any, *names: str) -> Any:
    """Return the first of these an answer tells; None when it tells none, or is a bare list."""
    held = answer if isinstance(answer, dict) else {}
    return next((held[name] for name in names if name in held), None)


def _features_of(answer: Any, place: str) -> list[Feature]:
    held = answer
    if isinstance(held, dict) and isinstance(held.get("results"), dict | list):
        held = held["results"]
    if isinstance(held, dict):
        held = held.get("features")
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        raise DataError(f"{place}: the answer holds no list of features. Visit its page.")
    return held


def _once(features: list[Feature]) -> list[Feature]:
    """Drop what is told twice, word for word: two features of one id may be two things."""
    seen: set[str] = set()
    kept = []
    for one in features:
        told = json.dumps(one, sort_keys=True) if one.get("id") is not None else ""
        if told and told in seen:
            continue
        seen.add(told)
        kept.append(one)
    return kept


def collection(held: Endpoint, features: list[Feature], where: Where) -> bytes:
    """Return one GeoJSON that states its system, after checking its count and its place.

    Raises
    ------
    DataError
        Zero features where some are due, axes exchanged, features elsewhere.
    """
    checked_features(features, held.id, may_be_empty=held.may_be_empty)
    crs = located(features, where, held.id)
    name = "urn:ogc:def:crs:OGC:1.3:CRS84" if crs == "OGC:CRS84" else _urn(crs)
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": name}},
        "features": features,
    }
    try:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (ValueError, RecursionError):  # half a character, a number without end
        raise DataError(
            f"{held.id}: the features hold values that cannot be written. Visit its page."
        ) from None


def _urn(crs: str) -> str:
    authority, _, code = crs.partition(":")
    return f"urn:ogc:def:crs:{authority}::{code}"


def dido_table(held: Endpoint, communes: Sequence[str], get: Get) -> tuple[bytes, str, str]:
    """Ask the State's statistics for the rows of communes, by batches.

    Returns
    -------
    tuple
        One CSV with one header; its vintage; and the title of the file where it was chosen in a set.

    Raises
    ------
    DataError
        When no one file of the set is meant, an answer is no table, the batches differ in columns, or no
        row comes.
    """
    url, vintage, title = _dido_file(held, get) if held.latest else (held.url, held.vintage, "")
    parts = {"millesime": vintage, "withColumnName": "true"}
    if held.columns:
        parts["columns"] = ",".join(held.columns)
    header, rows = "", io.StringIO()
    count = 0
    for batch in _batches(communes, held.page_size):
        query = urlencode({**parts, held.commune_column: f"in:{','.join(batch)}"}, safe=":,")
        text = _csv(get(f"{url}?{query}"), held.id)
        first, _, body = text.partition("\n")
        if header and first.strip() != header:
            raise DataError(
                f"{held.id}: the columns differ from one batch to the next. Fetch again."
            )
        header = first.strip()
        body = body if body.endswith("\n") or not body else f"{body}\n"
        count += body.count("\n")
        rows.write(body)
    if count == 0 and not held.may_be_empty:
        raise DataError(
            f"{held.id}: the server answered no row for {len(communes)} communes. Older vintages are "
            "not served at every address: visit its page."
        )
    return f"{header}\n{rows.getvalue()}".encode(), vintage, title


def _dido_file(held: Endpoint, get: Get) -> tuple[str, str, str]:
    """Return the address, the vintage and the title of the one file of a data set that is meant.

    By words of its title, then by the vintage asked for, else by the latest: files of two things, such as
    permits to build and to demolish, are never taken one for the other.
    """
    answer = json_answer(get(held.url), held.id)
    try:
        files = [
            (str(one["rid"]), str(one.get("title") or one["rid"]),
             [str(each["millesime"]) for each in one["millesimes"]])
            for one in answer["datafiles"]
        ]  # fmt: skip
        latest = held.vintage or max(each for _, _, vintages in files for each in vintages)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise DataError(
            f"{held.id}: the data set names no file and vintage where it should. Visit its page."
        ) from None
    named = [one for one in files if _folded(held.datafile) in _folded(one[1])]
    if not named:
        raise DataError(
            f"{held.id}: no file of the data set has {held.datafile!r} in its title. {_listed(files)}"
        )
    fresh = [one for one in named if latest in one[2]]
    if not fresh and not held.vintage:
        # Another file of the set is newer than those that are meant.
        latest = max((each for _, _, vintages in named for each in vintages), default="")
        fresh = [one for one in named if latest in one[2]]
    if not fresh:
        held_there = ", ".join(sorted({each for _, _, vintages in named for each in vintages})[-6:])
        raise DataError(
            f"{held.id}: the data set has no vintage {latest!r}; it has {held_there}. Correct vintage."
        )
    if len(fresh) > 1:
        raise DataError(
            f"{held.id}: {len(fresh)} files of the data set could be meant, all of {latest}. {_listed(fresh)}"
        )
    name, title, _ = fresh[0]
    root = held.url.partition("/datasets/")[0]
    return f"{root}/datafiles/{name}/csv", latest, title


def _listed(files: Sequence[tuple[str, str, list[str]]]) -> str:
    titles = "; ".join(repr(one[1]) for one in files[:6])
    return f"There are: {titles}. Say which by words of its title: datafile."


def _folded(text: str) -> str:
    """Return a text without case, accents and curly apostrophes."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()


def _csv(content: bytes, place: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{place}: the answer is no text in UTF-8. Visit its page.") from None
    first = text.partition("\n")[0]
    if text.lstrip()[:1] in {"<", "{", ""} or ";" not in first:
        raise DataError(f"{place}: the answer is no table with semicolons. Visit its page.")
    return text.replace("\r\n", "\n")


def _batches(communes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(communes), size):
        yield communes[start : start + size]
