"""A dossier set by Typst: data in, a tagged PDF out, the same bytes for the same data."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from renewal_gis.errors import DataError
from renewal_gis.publishing.pack.logos import Logo
from renewal_gis.publishing.pack.paper import Sheet
from renewal_gis.publishing.pack.text import french_spaces, printable
from renewal_gis.publishing.pack.typeface import drawable, lay_letters, need
from renewal_gis.publishing.pack.words import say

__all__ = [
    "Dossier", "Section", "bullets", "note", "numbered", "paragraph", "picture", "table", "typeset",
    "typeset_sheet",
]  # fmt: skip

# PDF/UA-1 for screen readers, PDF/A-2a for the archive: Typst refuses to write what breaks either.
# PDF/A asks for a date, which a study may not have.
_READABLE, _KEPT = "ua-1", "a-2a"
_LONGEST, _LONGEST_ALT = 2000, 4000
Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: Sequence[Block]
    newpage: bool = False


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A dossier before it is set.

    Parameters
    ----------
    language, title, subtitle, author, keywords, footer
        As printed and as the file declares them.
    date
        Declared in the file; without it the file does not claim PDF/A.
    notices
        Nature of the data, on the first page.
    logos
        Drawn beside the title.
    sections
        Each a bookmark.
    """

    language: str
    title: str
    subtitle: str
    author: str
    footer: str
    sections: Sequence[Section]
    date: dt.date | None = None
    notices: Sequence[str] = ()
    logos: Sequence[Logo] = ()
    keywords: Sequence[str] = field(default_factory=tuple)


def paragraph(text: str) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": printable(text, longest=_LONGEST)}


def note(text: str) -> Block:
    """Return a paragraph in small letters."""
    return {"kind": "note", "text": printable(text, longest=_LONGEST)}


def bullets(items: Sequence[str]) -> Block:
    """Return a list."""
    return {"kind": "list", "items": [printable(item, longest=_LONGEST) for item in items]}


def numbered(items: Sequence[tuple[int, str]]) -> Block:
    """Return a list whose items have numbers of their own."""
    told = [[number, printable(item, longest=_LONGEST)] for number, item in items]
    return {"kind": "numbered", "items": told}


def picture(path: Path, *, alt: str, caption: str = "", width: int = 100) -> Block:
    """Return a picture.

    Parameters
    ----------
    path
        SVG or PNG, in the folder the dossier is set in.
    alt
        What it shows, in words: a picture without it is refused.
    caption
        Printed under it.
    width
        Share of the line, percent.

    Raises
    ------
    ValueError
        Without an alternative text.
    """
    said = printable(alt, longest=_LONGEST_ALT)
    if not said:
        raise ValueError(f"{path.name}: a picture needs an alternative text")
    return {
        "kind": "figure", "path": path.name, "alt": said,
        "caption": printable(caption), "width": width,
    }  # fmt: skip


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    wide: Sequence[int] = (),
    caption: str = "",
) -> Block:
    """Return a table: the first column and those of `wide` hold text, the others numbers."""
    texts = {0, *wide}
    return {
        "kind": "table",
        "head": [printable(cell) for cell in head],
        "rows": [[printable(cell) for cell in row] for row in rows],
        "align": ["left" if place in texts else "right" for place in range(len(head))],
        "widths": [
            2 if place in wide else 1 if place == 0 or not wide else 0 for place in range(len(head))
        ],
        "caption": printable(caption),
    }


def typeset(dossier: Dossier, folder: Path) -> bytes:
    """Set a dossier whose pictures lie in `folder`; return the PDF.

    Raises
    ------
    MissingExtraError
        When Typst is not installed.
    DataError
        When Typst refuses, with its first sentence.
    """
    what = f"The dossier {printable(dossier.title, longest=80)!r}"
    for place, logo in enumerate(dossier.logos, start=1):
        (folder / f"logo-{place}.{logo.kind}").write_bytes(logo.data)
    return _set("dossier.typ", _plain(dossier), folder, what=what)


def typeset_sheet(
    sheet: Sheet,
    *,
    alt: str,
    title: str,
    language: str,
    date: dt.date | None,
    keywords: Sequence[str],
) -> bytes:
    """Return a map sheet as a tagged PDF: the map a figure told in words, title and foot as text.

    Parameters
    ----------
    sheet
        The sheet; what was written on it with a role stays text, the rest is the picture.
    alt
        What the picture shows, its legend included.
    title, language, keywords
        As the file declares them.
    date
        Declared in the file; without it the file does not claim PDF/A.

    Raises
    ------
    MissingExtraError
        When Typst is not installed.
    DataError
        When Typst refuses, with its first sentence.
    """
    data = {
        "lang": language,
        "title": printable(title, longest=300),
        "author": "renewal_gis",
        "keywords": [printable(word, longest=80) for word in keywords],
        "date": None if date is None else [*date.timetuple()[:3]],
        "width": sheet.width,
        "height": sheet.height,
        "alt": printable(alt, longest=_LONGEST_ALT),
        "words": [
            {
                "role": one.role, "x": one.x, "y": one.y, "leading": one.leading,
                "size": one.size, "weight": "bold" if one.bold else "regular", "colour": one.colour,
                "lines": [printable(line) for line in one.lines],
            }
            for one in sheet.words
        ],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheet.save(folder / "sheet.svg", without_words=True)
        what = f"The sheet {printable(title, longest=80)!r}"
        return _set("sheet.typ", data, folder, what=what)


def _set(template: str, data: dict[str, Any], folder: Path, *, what: str) -> bytes:
    """Set a template whose pictures lie in `folder`; return the PDF."""
    typst = need("typst")
    held = Path(str(resources.files("renewal_gis.publishing.pack"))) / "templates" / template
    source = folder / template
    source.write_bytes(held.read_bytes())
    told = french_spaces if data["lang"] == "fr" else str
    text = json.dumps(_drawn(data, told), ensure_ascii=False, sort_keys=True)
    try:
        made = typst.compile(
            str(source), root=str(folder), font_paths=[str(lay_letters(folder))],
            ignore_system_fonts=True, sys_inputs={"data": text}, format="pdf", timestamp=0,
            pdf_standards=[_READABLE] if data["date"] is None else [_KEPT, _READABLE],
        )  # fmt: skip
    except typst.TypstError as fault:
        raise DataError(f"{what} cannot be typeset: {printable(str(fault), longest=300)}") from None
    return bytes(made)


def _drawn(value: Any, told: Callable[[str], str]) -> Any:
    """Return the data with every text as it can be drawn: Typst refuses a letter no font has."""
    if isinstance(value, str):
        return drawable(told(value))
    if isinstance(value, dict):
        return {key: _drawn(inner, told) for key, inner in value.items()}
    return [_drawn(inner, told) for inner in value] if isinstance(value, list) else value


def _plain(dossier: Dossier) -> dict[str, Any]:
    return {
        "lang": dossier.language,
        "title": printable(dossier.title),
        "subtitle": printable(dossier.subtitle),
        "author": printable(dossier.author, longest=200),
        "keywords": [printable(word, longest=80) for word in dossier.keywords],
        "date": None if dossier.date is None else [*dossier.date.timetuple()[:3]],
        "footer": printable(dossier.footer),
        "notices": [printable(sentence) for sentence in dossier.notices],
        "logos": [
            {
                "path": f"logo-{place}.{logo.kind}",
                "alt": say("logo.alt", dossier.language, place=place),
            }
            for place, logo in enumerate(dossier.logos, start=1)
        ],
        "sections": [
            {
                "heading": printable(section.heading),
                "blocks": list(section.blocks),
                "newpage": section.newpage,
            }
            for section in dossier.sections
        ],
    }
