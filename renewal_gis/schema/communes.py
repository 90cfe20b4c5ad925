"""Codes of communes that are no longer, or never were, codes of a commune: what to write instead."""

from __future__ import annotations

import pandas as pd

__all__ = ["code_of_today", "codes_of", "told_code"]

# Municipal arrondissements have codes of their own (INSEE, Code officiel géographique).
_ARRONDISSEMENTS = (
    (75101, 75120, "75056", "Paris"),
    (69381, 69389, "69123", "Lyon"),
    (13201, 13216, "13055", "Marseille"),
)
_OLD = "old_codes"


def code_of_today(code: str, communes: pd.DataFrame) -> str:
    """Return the code of the commune a code belongs to now; empty when it is not known.

    Parameters
    ----------
    code
        Code that no row of `communes` has.
    communes
        Table `communes`; its column `old_codes`, where it is there, lists the communes that merged into
        each, a space between.

    Examples
    --------
    >>> communes = pd.DataFrame({"old_codes": ["59001 59248", None]}, index=["59001", "59112"])
    >>> code_of_today("59248", communes), code_of_today("75112", communes), code_of_today("1", communes)
    ('59001', '75056', '')
    """
    arrondissement = _arrondissement(code)
    if arrondissement is not None:
        return arrondissement[0]
    if _OLD not in communes:
        return ""
    for own, held in communes[_OLD].dropna().items():
        if code in _listed(held):
            return str(own)
    return ""


def codes_of(communes: pd.DataFrame) -> list[str]:
    """Return every code that means one of the communes: their own, then those that merged into them.

    Examples
    --------
    >>> codes_of(pd.DataFrame({"old_codes": ["59248, 59300", None]}, index=["59001", "59112"]))
    ['59001', '59112', '59248', '59300']
    """
    own = [str(code) for code in communes.index]
    if _OLD not in communes:
        return own
    return [*own, *(code for held in communes[_OLD].dropna() for code in _listed(held))]


def told_code(code: str, communes: pd.DataFrame) -> str:
    """Return a sentence on a code that no commune of the study has, and what to do.

    Examples
    --------
    >>> communes = pd.DataFrame({"old_codes": ["59001 59248"]}, index=["59001"])
    >>> told_code("59248", communes)
    '59248 merged into 59001: write 59001.'
    >>> told_code("69383", communes)
    '69383 is an arrondissement of Lyon: write 69123.'
    """
    arrondissement = _arrondissement(code)
    if arrondissement is not None:
        return f"{code} is an arrondissement of {arrondissement[1]}: write {arrondissement[0]}."
    today = code_of_today(code, communes)
    if today:
        return f"{code} merged into {today}: write {today}."
    return (
        f"no commune has the code {code}. Correct it, or add the commune to the layer; if it merged "
        "with another, write the code of today (INSEE’s Code officiel géographique tells it)."
    )


def _listed(held: object) -> list[str]:
    return str(held).replace(",", " ").replace(";", " ").split()


def _arrondissement(code: str) -> tuple[str, str] | None:
    if not (code.isascii() and code.isdigit() and len(code) == 5):
        return None
    for first, last, whole, name in _ARRONDISSEMENTS:
        if first <= int(code) <= last:
            return whole, name
    return None
