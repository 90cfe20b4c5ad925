"""Which sites each decision asked of a committee concerns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.text import printable
from renewal_gis.schema.codes import SECTORS

__all__ = ["Decision", "decisions_of"]

_EVERY, _NONE = {"all", "tous"}, {"territory", "territoire"}
_SHORTEST = 4  # letters of a name that is read in a sentence
# Towns give their name to the authority they are in: “Valenciennes Métropole” is not Valenciennes.
_AUTHORITY = r"(?!\s+(?i:m[ée]tropole|agglo))"


class Decision(NamedTuple):
    """A decision asked.

    Attributes
    ----------
    number
        Its place in the list, from 1: the same in every dossier.
    told
        The sentence, without the places written before it.
    sites
        The sites it concerns; none when it is the territory's.
    """

    number: int
    told: str
    sites: frozenset[str]


def decisions_of(content: PackContent) -> list[Decision]:
    """Return the decisions asked, each with the sites it concerns.

    A sentence may begin with its places in square brackets, ``[C05, OP012] …``: sites, operations,
    perimeters, conventions, communes, sectors, or `all`, or `territory`. They then decide alone. Else its
    words do: the identifier of a site, of one of its operations or of a perimeter it rebuilds for, the name
    of the site, of a convention of its operations, of its commune or of its sector. Identifiers without a
    figure, and names of fewer than four letters, are only read in brackets; capitals count in names, which
    may be all in capitals.

    Notes
    -----
    What is in brackets and is not known stays in the sentence, which is then read as any other.
    """
    sites = content.map.sites
    every = frozenset() if sites is None else frozenset(map(str, sites.index))
    places = _Places(content)
    held = []
    for number, sentence in enumerate(content.decisions, start=1):
        text = printable(sentence, longest=4000)
        found = re.match(r"\[([^\]]*)\]\s*(?=\S)", text)
        named = None if found is None else _bracketed(found[1], places.identified, every)
        if found is not None and named is not None:
            held.append(Decision(number, text[found.end() :], named))
        else:
            held.append(Decision(number, text, places.told_in(text)))
    return held


def _bracketed(
    text: str, known: Mapping[str, frozenset[str]], every: frozenset[str]
) -> frozenset[str] | None:
    """Return the sites of the places between brackets; None when one of them is not known."""
    sites: frozenset[str] = frozenset()
    for name in (_alike(part) for part in text.split(",")):
        if name in _EVERY:
            sites |= every
        elif name in known:
            sites |= known[name]
        elif name not in _NONE:
            return None
    return sites


class _Places:
    """What a decision may name, and the sites each is about."""

    def __init__(self, content: PackContent) -> None:
        self.identified: dict[str, frozenset[str]] = {}  # as a bracket says it
        self._words: dict[str, tuple[int, frozenset[str]]] = {}  # pattern → length, sites
        sites = content.map.sites
        if sites is None:
            return
        for site, row in sites.iterrows():
            own = frozenset([str(site)])
            self._identifier(site, own)
            self._name(row.get("name"), own)
        self._groups(sites, content.map.communes)
        self._operations(content, frozenset(map(str, sites.index)))

    def told_in(self, text: str) -> frozenset[str]:
        """Return the sites a sentence is about; a longer name hides the shorter ones within it."""
        rest, sites = _straight(text), frozenset[str]()
        for pattern, (_, own) in sorted(self._words.items(), key=lambda one: (-one[1][0], one[0])):
            rest, times = re.subn(pattern, "\n", rest)
            sites |= own if times else frozenset()
        return sites

    def _groups(self, sites: pd.DataFrame, communes: pd.DataFrame) -> None:
        """Add communes and sectors, whether or not they hold a site: a name hides those within it."""
        for code, row in communes.iterrows():
            there = _held(sites, sites.get("commune"), code)
            self._identifier(code, there)
            self._name(row.get("name"), there, but=_AUTHORITY)
        for code, labels in SECTORS.items():
            there = _held(sites, sites.get("sector"), code)
            self._add(code, there)
            for label in labels:
                self._add(label, there)
                self._word(label, f"(?i:{re.escape(label)})", there)

    def _operations(self, content: PackContent, every: frozenset[str]) -> None:
        held, flows = content.map.operations, content.map.layers.get("flows")
        if held is not None and "site" in held.columns:
            for operation, row in held.iterrows():
                own = frozenset({str(row["site"])}) & every
                self._identifier(operation, own)
                self._identifier(row.get("perimeter"), own)
                self._name(row.get("convention"), own)
        for row in [] if flows is None else flows.to_dict("records"):
            if row["to_kind"] == "site":
                self._identifier(row["origin"], frozenset({str(row["to"])}) & every)

    def _identifier(self, value: Any, sites: frozenset[str]) -> None:
        text = _straight(printable(value))
        self._add(text, sites)
        if re.search(r"\d", text) and re.search(r"[^\W\d]", text):
            self._word(text, f"(?i:{re.escape(text)})", sites)

    def _name(self, value: Any, sites: frozenset[str], *, but: str = "") -> None:
        text = _straight(printable(value))
        self._add(text, sites)
        if len(text) >= _SHORTEST:
            # As titles are typed: in capitals, often without accents.
            capitals = {text.upper(), _bare(text).upper()}
            ways = "|".join(re.escape(one) for one in (text, *sorted(capitals - {text})))
            self._word(text, f"(?:{ways}){but}", sites)

    def _add(self, text: str, sites: frozenset[str]) -> None:
        if text:
            name = _alike(text)
            self.identified[name] = self.identified.get(name, frozenset()) | sites

    def _word(self, text: str, plain: str, sites: frozenset[str]) -> None:
        pattern = rf"(?<![\w-]){plain}(?![\w-])"
        before = self._words.get(pattern, (0, frozenset[str]()))[1]
        self._words[pattern] = (len(text), before | sites)


def _held(sites: pd.DataFrame, column: Any, value: Any) -> frozenset[str]:
    if column is None:
        return frozenset()
    return frozenset(map(str, sites.index[column.astype(str) == str(value)]))


def _straight(text: str) -> str:
    """Return a text with one kind of apostrophe, of hyphen and of space, its accents in their letters."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'")
    return re.sub(r"\s+", " ", re.sub("[\u2010\u2011]", "-", plain))


def _bare(text: str) -> str:
    """Return a text without its accents."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _alike(text: str) -> str:
    return _straight(text).strip().casefold()
