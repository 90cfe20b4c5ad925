"""The workbook: one sheet per table, numbers as numbers, texts never taken for formulas."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent, PackTable
from renewal_gis.publishing.pack.dictionary import dictionary, meaning, number_format
from renewal_gis.publishing.pack.figures import figures
from renewal_gis.publishing.pack.layout import dated, notices
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.typeface import need
from renewal_gis.publishing.pack.words import say

__all__ = ["write_workbook"]

MOST_ROWS = 1_048_575  # a sheet holds 2²⁰, the head included
_LONGEST = 32_000  # a cell holds 32 767 characters
# Without these, a name that begins with = would be a formula, and one with :// a link.
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,  # the parts of the file are then dated 1980, not now
    "nan_inf_to_errors": False,
}
_DAY = dt.datetime(1980, 1, 1)


def write_workbook(
    content: PackContent,
    path: Path,
    *,
    manifest: Mapping[str, Any],
    changes: pd.DataFrame | None = None,
) -> None:
    """Write the workbook of a pack.

    Parameters
    ----------
    content
        What the pack holds; its tables are the sheets, in their order.
    path
        File to write; the caller swaps it in.
    manifest
        Inputs, versions and parameters, as in `manifest.json`.
    changes
        What changed since the previous pack; no such sheet without it.

    Raises
    ------
    MissingExtraError
        When XlsxWriter is not installed.
    """
    language = content.language
    held = [*_first(content), *content.tables, *_last(content, changes)]
    held = [table for table in held if len(table.frame.columns)]
    titles = _titles([table.fr if language == "fr" else table.en for table in held])
    book = need("xlsxwriter").Workbook(str(path), _OPTIONS)
    book.set_properties(
        {
            "title": printable(content.map.title, longest=200),
            "author": "renewal_gis",
            "created": _DAY,
        }
    )
    book.set_calc_mode("manual")
    style = _Styles(book)
    _read_me(book, style, content, held, titles)
    for table, title in zip(held, titles, strict=True):
        _sheet(book, style, table, title)
    words = dictionary(held, titles=titles)
    names = PackTable(name="dictionary", en="", fr="", frame=words)
    _sheet(book, style, names, say("book.dictionary", language))
    flat = PackTable(name="manifest", en="", fr="", frame=_flat(manifest))
    _sheet(book, style, flat, say("book.manifest", language))
    book.close()


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self._book, self._font = book, font
        self._made: dict[str, Any] = {}
        self.head = book.add_format(
            {**font, "bold": True, "bg_color": "#DCE6EC", "bottom": 1, "text_wrap": True}
        )
        self.title = book.add_format({**font, "bold": True, "font_size": 14})
        self.strong = book.add_format({**font, "bold": True, "text_wrap": True})
        self.wrapped = book.add_format({**font, "text_wrap": True})

    def numbered(self, code: str) -> Any:
        """Return the format of a number or a date."""
        if code not in self._made:
            self._made[code] = self._book.add_format({**self._font, "num_format": code})
        return self._made[code]


def _first(content: PackContent) -> list[PackTable]:
    frame = figures(content)
    return [
        PackTable(
            name="figures",
            en=say("book.figures", "en"),
            fr=say("book.figures", "fr"),
            frame=frame,
        )
    ]


def _last(content: PackContent, changes: pd.DataFrame | None) -> list[PackTable]:
    held: list[tuple[str, str, pd.DataFrame | None]] = [
        ("findings", "book.findings", content.findings),
        ("assumptions", "book.assumptions", content.assumptions),
        ("sources", "book.sources", content.map.sources),
        ("changes", "book.changes", changes),
    ]
    return [
        PackTable(name=name, en=say(key, "en"), fr=say(key, "fr"), frame=frame)
        for name, key, frame in held
        if frame is not None
    ]


def _titles(names: Sequence[str]) -> list[str]:
    """Return names a workbook takes: 31 characters at most, none twice."""
    titles: list[str] = []
    taken = {"history"}  # the one name spreadsheets keep for themselves
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\]", "-", printable(name)).strip("' ") or "x"
        title, again = plain[:31], 1
        while title.casefold() in taken:
            again += 1
            title = f"{plain[: 28 - len(str(again))]} ({again})"
        taken.add(title.casefold())
        titles.append(title)
    return titles


def _read_me(
    book: Any,
    style: _Styles,
    content: PackContent,
    tables: Sequence[PackTable],
    titles: Sequence[str],
) -> None:
    """Write the first sheet: what this is, what it rests on, and what each sheet holds."""
    language = content.language
    sheet = book.add_worksheet(say("book.read", language))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, printable(content.map.title, longest=300), style.title)
    row = 1
    for sentence in (*notices(content), dated(content)):
        sheet.write_string(
            row, 0, printable(sentence, longest=_LONGEST), style.strong if row == 1 else None
        )
        row += 1
    for fact in content.map.facts:
        name, value = (fact.fr, fact.value_fr) if language == "fr" else (fact.en, fact.value_en)
        sheet.write_string(row, 0, printable(name), style.wrapped)
        sheet.write_string(row, 1, printable(value), style.wrapped)
        row += 1
    row += 1
    sheet.write_string(row, 0, say("book.sheet", language), style.head)
    sheet.write_string(row, 1, say("book.rows", language), style.head)
    for table, title in zip(tables, titles, strict=True):
        row += 1
        sheet.write_string(row, 0, title)
        sheet.write_number(row, 1, len(table.frame), style.numbered("#,##0"))
        if len(table.frame) > MOST_ROWS:
            row += 1
            cut = say(
                "book.cut", language, sheet=title, left=len(table.frame) - MOST_ROWS, most=MOST_ROWS,
                file="territory.gpkg",
            )  # fmt: skip
            sheet.write_string(row, 0, cut, style.strong)
    _printed(sheet)


def _sheet(book: Any, style: _Styles, table: PackTable, title: str) -> None:
    frame = _plain(table.frame).head(MOST_ROWS)
    sheet = book.add_worksheet(title)
    for place, name in enumerate(frame.columns):
        sheet.write_string(0, place, printable(name, longest=200), style.head)
        _column(sheet, style, table.name, place, frame.iloc[:, place])
    if len(frame.columns):
        sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    named = 1 if table.frame.index.name else 0
    sheet.freeze_panes(1, named)
    sheet.repeat_rows(0)
    _printed(sheet)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    return plain.reset_index() if plain.index.name else plain.reset_index(drop=True)


def _column(sheet: Any, style: _Styles, table: str, place: int, values: pd.Series) -> None:
    """Write a column by what it holds: numbers, dates, yes or no, texts."""
    held = meaning(table, str(values.name))
    if pd.api.types.is_datetime64_any_dtype(values):
        code, wide = style.numbered("yyyy-mm-dd"), 12
    elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        known = pd.to_numeric(values, errors="coerce").dropna()
        whole = bool((known == known.round()).all()) if table != "figures" else False
        code, wide = style.numbered(number_format(held.unit, whole=whole)), 12
    else:
        longest = max((len(printable(value)) for value in values.head(200)), default=0)
        code, wide = None, int(min(max(longest + 1, 8), 60))
    sheet.set_column(place, place, max(wide, min(len(str(values.name)) + 2, 24)))
    for row, value in enumerate(values.tolist(), start=1):
        _cell(sheet, row, place, value, code, style)


def _cell(sheet: Any, row: int, place: int, value: Any, code: Any, style: _Styles) -> None:
    if value is None or (not isinstance(value, list | tuple | dict | str) and pd.isna(value)):
        return
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, dt.datetime | dt.date):
        moment = pd.Timestamp(value).tz_localize(None)
        # Before 1900 a spreadsheet has no dates.
        if moment.year < 1901:
            sheet.write_string(row, place, moment.date().isoformat())
        else:
            sheet.write_datetime(row, place, moment.to_pydatetime(), style.numbered("yyyy-mm-dd"))
    elif isinstance(value, int | float):
        if abs(value) != float("inf"):
            sheet.write_number(row, place, value, code)
    elif told := printable(value, longest=_LONGEST):
        sheet.write_string(row, place, told)


def _flat(manifest: Mapping[str, Any], before: str = "") -> pd.DataFrame:
    """Return a manifest as rows of a path and a text."""
    rows: list[tuple[str, str]] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list | tuple):
            for place, inner in enumerate(value):
                walk(inner, f"{path}[{place}]")
        else:
            told = value if isinstance(value, str) else json.dumps(value, default=str)
            rows.append((path, told))

    walk(manifest, before)
    return pd.DataFrame(rows, columns=["key", "value"])


def _printed(sheet: Any) -> None:
    """Print a sheet on A4 landscape, as wide as one page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
