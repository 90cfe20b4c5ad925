"""Texts and numbers as they are printed, in English and in French."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

__all__ = ["day", "file_name", "french_spaces", "number", "percent", "printable"]

# What XML, PDF and spreadsheets cannot hold: controls, lone surrogates, and non-characters; also the
# marks that turn the direction of the text around them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# What French typography binds: signs of two parts, quotation marks, thousands, numbers and their units.
_FRENCH = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r" (?=[;:!?»%])", "\u202f"),
        (r"(?<=«) ", "\u202f"),
        (r"(?<=\d) (?=\d{3}(?!\d))", "\u202f"),
        (r"(?<=\d) (?=(?:m²?|km|ha|min|h|€|logements?|points?|ménages?)(?!\w))", "\u00a0"),
    )
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def printable(value: Any, *, longest: int = 400) -> str:
    """Return a value as one line of text that any format can hold; empty when missing.

    Examples
    --------
    >>> printable(" two   lines "), printable(None), printable("abcdef", longest=4)
    ('two lines', '', 'abc…')
    """
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return ""
    text = re.sub(r"[\t\n\r ]+", " ", _UNPRINTABLE.sub("\ufffd", str(value))).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def french_spaces(text: str) -> str:
    """Return a French text whose spaces before signs and units break no line; words are not touched.

    Examples
    --------
    >>> french_spaces("Accès : 1 265 m « au plus » ; 5 %").replace("\u202f", "_").replace("\u00a0", "~")
    'Accès_: 1_265~m «_au plus_»_; 5_%'
    """
    for pattern, put in _FRENCH:
        text = pattern.sub(put, text)
    return text


def number(value: Any, language: str, *, decimals: int = 0, sign: bool = False) -> str:
    """Return a number as printed; a dash when it is missing.

    Examples
    --------
    >>> number(1265, "en"), number(12.34, "fr", decimals=1), number(float("nan"), "fr")
    ('1,265', '12,3', '–')
    """
    if value is None or pd.isna(value):
        return "–"
    told = f"{float(value):{'+' if sign else ''},.{decimals}f}"
    if re.fullmatch(r"[-+]0(\.0*)?", told):
        told = told[1:]
    if language == "fr":
        told = told.replace(",", "\u202f").replace(".", ",")
    return told.replace("-", "−")


def percent(share: Any, language: str, *, decimals: int = 1) -> str:
    """Return a share as a percentage; a dash when it is missing.

    Examples
    --------
    >>> percent(0.90357, "en").replace("\N{NO-BREAK SPACE}", " ")
    '90.4 %'
    """
    if share is None or pd.isna(share):
        return "–"
    return number(100 * float(share), language, decimals=decimals) + "\u00a0%"


def day(date: Any, language: str) -> str:
    """Return a date as printed; a dash when it is missing.

    Examples
    --------
    >>> import datetime as dt
    >>> day(dt.date(2026, 3, 10), "en"), day(dt.date(2026, 3, 10), "fr"), day(None, "fr")
    ('10 March 2026', '10/03/2026', '–')
    """
    if date is None or pd.isna(date):
        return "–"
    if language == "fr":
        return f"{date.day:02d}/{date.month:02d}/{date.year:04d}"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def file_name(text: str, taken: set[str]) -> str:
    """Return a name any file system takes, not yet in `taken`, and add it there.

    Examples
    --------
    >>> held = set()
    >>> file_name("../C 01", held), file_name("..-c-01", held), file_name("", held)
    ('C-01', 'c-01-2', 'x')
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-_")[:40] or "x"
    name, again = plain, 1
    while name.casefold() in taken:
        again += 1
        name = f"{plain}-{again}"
    taken.add(name.casefold())
    return name
