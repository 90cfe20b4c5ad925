"""The three nomenclatures of the BPE and the crosswalk between them.

Codes were renumbered, never given to another type, so each old code has one meaning: the crosswalk
goes code by code. It follows from a comparison of the lists of INSEE; the official one is the file
`BPE24_table_passage.csv`, which `read_crosswalk` reads and `crosswalk_differences` sets beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.known.declaring import Asked
from renewal_gis.sources.known.rows import read_rows

__all__ = [
    "CROSSWALK",
    "NOMENCLATURES",
    "VINTAGES",
    "crosswalk_differences",
    "modern",
    "nomenclatures_of",
    "read_crosswalk",
]

# Vintage → its nomenclature. No other vintage was seen: none is guessed.
VINTAGES = {"2020": "2021", "2021": "2021", "2023": "2023", "2024": "2024", "2025": "2024"}
NOMENCLATURES = ("2021", "2023", "2024")

# Old code → code of 2024 and later, in two steps: what changed with 2023, what changed with 2024.
_SINCE_2023 = {
    "B101": "B104", "B102": "B105", "B203": "B207", "B301": "B324", "B305": "B321",
    "C101": "C107", "C102": "C107", "C104": "C109", "C105": "C109",
    "C402": "C410", "C601": "C610", "C605": "C610",
    "D301": "D307", "F104": "F128", "F112": "F129", "F117": "F130",
}  # fmt: skip
_SINCE_2024 = {
    "D201": "D265", "D221": "D277", "D231": "D278", "D232": "D281", "D233": "D279",
    "D237": "D280", "D244": "D281",
}  # fmt: skip
# C4, C6 and F1 moved with 2024, after shops and schools: a file of 2023 still holds them.
_MOVED_LATE = ("C402", "C601", "C605", "F104", "F112", "F117")
CROSSWALK: dict[str, str] = {**_SINCE_2023, **_SINCE_2024}

_OLD_HEALTH = tuple(f"D2{number:02d}" for number in range(1, 45))
_NEW_HEALTH = tuple(f"D2{number:02d}" for number in range(45, 82))
_ONLY_2021 = frozenset(_SINCE_2023) - set(_MOVED_LATE)
_UNTIL_2023 = frozenset({*_MOVED_LATE, *_OLD_HEALTH})
_FROM_2023 = frozenset(
    {*(new for old, new in _SINCE_2023.items() if old in _ONLY_2021), "C108"}
    | {"D502", "D503", "D504", "D505", "D506", "D507", "A128", "A129"}
)
_FROM_2024 = frozenset({*_NEW_HEALTH, "C410", "C610", "F127", "F128", "F129", "F130", "B326"})
_CODE = re.compile(r"[A-G]\d{3}")


def nomenclatures_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the nomenclatures a file may be of, from the types it holds; none: several are mixed.

    Examples
    --------
    >>> nomenclatures_of(["C107", "D201"])
    ('2023',)
    >>> nomenclatures_of(["A203"])
    ('2021', '2023', '2024')
    >>> nomenclatures_of(["C101", "D265"])
    ()
    """
    held = set(codes)
    possible = set(NOMENCLATURES)
    if held & _ONLY_2021:
        possible &= {"2021"}
    if held & _UNTIL_2023:
        possible &= {"2021", "2023"}
    if held & _FROM_2023:
        possible &= {"2023", "2024"}
    if held & _FROM_2024:
        possible &= {"2024"}
    return tuple(sorted(possible))


def modern(codes: pd.Series) -> pd.Series:
    """Return codes of any nomenclature as codes of 2024 and later; others unchanged.

    Examples
    --------
    >>> modern(pd.Series(["C101", "C107", "D201", "A203"])).tolist()
    ['C107', 'C107', 'D265', 'A203']
    """
    return codes.map(lambda code: CROSSWALK.get(code, code))


def read_crosswalk(path: Path) -> dict[str, str]:
    """Read INSEE's own correspondence (`BPE24_table_passage.csv`), old code → new code.

    Parameters
    ----------
    path
        The file. Its column names were not seen, so the two columns of codes are told by what they
        hold: only the new one knows D265, only the old one D201.

    Raises
    ------
    LayerReadError
        When no pair of columns is a correspondence of codes.
    """
    asked = Asked(path=path, table="services", columns=_all_columns(path))
    frame, _ = read_rows(asked, ())
    coded = [name for name in frame.columns if _is_coded(frame[name])]
    olds = [name for name in coded if frame[name].isin(["D201", "C101", "B101"]).any()]
    news = [name for name in coded if frame[name].isin(["D265", "C107", "B104"]).any()]
    if len(olds) != 1 or len(news) != 1 or olds == news:
        raise LayerReadError(
            f"services ({path.name}): no column holds the old codes (D201…) and another the new "
            f"ones (D265…); the columns of codes are: {', '.join(coded) or 'none'}."
        )
    pairs = frame[[olds[0], news[0]]].dropna()
    pairs = pairs[pairs[olds[0]].str.fullmatch(_CODE) & pairs[news[0]].str.fullmatch(_CODE)]
    return dict(zip(pairs[olds[0]], pairs[news[0]], strict=True))


def crosswalk_differences(official: dict[str, str]) -> list[str]:
    """Tell in sentences where INSEE's correspondence and the one of this package differ.

    Examples
    --------
    >>> crosswalk_differences({"D201": "D265", "D301": "D310"})
    ['D301 becomes D310 for INSEE, D307 here.']
    """
    return [
        f"{old} becomes {new} for INSEE, {CROSSWALK.get(old, old)} here."
        for old, new in sorted(official.items())
        if CROSSWALK.get(old, old) != new
    ]


def _is_coded(values: pd.Series) -> bool:
    held = values.dropna()
    return bool(len(held)) and bool(held.astype(str).str.fullmatch(_CODE).mean() > 0.5)


def _all_columns(path: Path) -> tuple[str, ...]:
    head = path.read_bytes().partition(b"\n")[0].decode("utf-8-sig", errors="replace")
    return tuple(name.strip().strip('"') for name in re.split(r"[;,\t]", head))
