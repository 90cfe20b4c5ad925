"""The check of tags must be able to fail: a sound dossier, then one broken in one way after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pdf_ua import elements, ua_faults
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from renewal_gis.publishing.pack.typesetting import (
    Dossier,
    Section,
    bullets,
    numbered,
    paragraph,
    picture,
    table,
    typeset,
)

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "drawing.svg").write_text(DRAWING)
    blocks = [
        paragraph("Some words."),
        bullets(["One", "Two"]),
        numbered([(2, "Two"), (5, "Five")]),
        table(["Name", "Value"], [["a", "1"], ["b", "2"]], caption="A table"),
        picture(folder / "drawing.svg", alt="A square."),
    ]
    sections = [Section(heading=name, blocks=blocks) for name in ("First", "Second")]
    asked = Dossier(
        language="en", title="Sound", subtitle="", author="x", footer="foot", sections=sections
    )
    (folder / "sound.pdf").write_bytes(typeset(asked, folder))
    return folder / "sound.pdf"


def named(writer: pypdf.PdfWriter, kind: str) -> Any:
    tree = writer.root_object["/StructTreeRoot"]
    return next(one for one in elements(tree) if one["/S"] == f"/{kind}")


def renamed(kind: str, other: str) -> Callable[[pypdf.PdfWriter], None]:
    def broken(writer: pypdf.PdfWriter) -> None:
        named(writer, kind)[NameObject("/S")] = NameObject(f"/{other}")

    return broken


def without(kind: str, key: str) -> Callable[[pypdf.PdfWriter], None]:
    def broken(writer: pypdf.PdfWriter) -> None:
        del named(writer, kind)[NameObject(key)]

    return broken


def root_without(key: str) -> Callable[[pypdf.PdfWriter], None]:
    def broken(writer: pypdf.PdfWriter) -> None:
        del writer.root_object[NameObject(key)]

    return broken


def short_row(writer: pypdf.PdfWriter) -> None:
    rows = [one for one in elements(writer.root_object["/StructTreeRoot"]) if one["/S"] == "/TR"]
    rows[-1]["/K"].pop()


def no_parents(writer: pypdf.PdfWriter) -> None:
    tree = writer.root_object["/StructTreeRoot"]["/ParentTree"].get_object()
    tree[NameObject("/Nums")] = ArrayObject()
    tree.pop("/Kids", None)


def wrong_parents(writer: pypdf.PdfWriter) -> None:
    """Let each content of the page have its neighbour's element as its parent."""
    tree = writer.root_object["/StructTreeRoot"]["/ParentTree"].get_object()
    held = tree["/Nums"][1].get_object()
    held.append(held.pop(0))


def page_with(before: bytes, after: bytes) -> Callable[[pypdf.PdfWriter], None]:
    def broken(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[0]
        stream = DecodedStreamObject()
        stream.set_data(before + page.get_contents().get_data() + after)
        page[NameObject("/Contents")] = writer._add_object(stream)

    return broken


def link(writer: pypdf.PdfWriter) -> None:
    told = {
        NameObject("/Subtype"): NameObject("/Link"),
        NameObject("/Rect"): ArrayObject(map(NumberObject, (0, 0, 9, 9))),
    }
    page = writer.pages[0]
    page.pop("/Tabs", None)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(DictionaryObject(told))])


def font(writer: pypdf.PdfWriter) -> Any:
    return next(iter(writer.pages[0]["/Resources"]["/Font"].values())).get_object()


def letterless(writer: pypdf.PdfWriter) -> None:
    del font(writer)[NameObject("/ToUnicode")]


def loose_font(writer: pypdf.PdfWriter) -> None:
    inner = font(writer)["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    for key in ("/FontFile", "/FontFile2", "/FontFile3"):
        inner.pop(key, None)


def odd_letter(writer: pypdf.PdfWriter) -> None:
    stream = DecodedStreamObject()
    stream.set_data(b"1 beginbfchar\n<0003> <0000>\nendbfchar\n")
    font(writer)[NameObject("/ToUnicode")] = writer._add_object(stream)


def odd_language(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/Lang")] = TextStringObject("?")


def untitled(writer: pypdf.PdfWriter) -> None:
    writer.metadata = {}


def dynamic(writer: pypdf.PdfWriter) -> None:
    form = DictionaryObject({NameObject("/XFA"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = form


def locked(writer: pypdf.PdfWriter) -> None:
    writer.encrypt("", "owner", algorithm="RC4-128")


def elsewhere(writer: pypdf.PdfWriter) -> None:
    drawn = DecodedStreamObject()
    drawn[NameObject("/Ref")] = DictionaryObject()
    held = DictionaryObject({NameObject("/X"): writer._add_object(drawn)})
    writer.pages[0]["/Resources"][NameObject("/XObject")] = held


def unmapped(writer: pypdf.PdfWriter) -> None:
    del font(writer)["/DescendantFonts"][0].get_object()[NameObject("/CIDToGIDMap")]


BROKEN: list[tuple[str, Callable[[pypdf.PdfWriter], None]]] = [
    ("01-001 not marked", root_without("/MarkInfo")),
    ("01-001 page 1: an artifact within", page_with(b"/P BMC /Artifact BMC EMC ", b" EMC")),
    ("01-002 page 1: content", page_with(b"/Artifact BMC ", b" EMC")),
    ("01-003 no tree", root_without("/StructTreeRoot")),
    ("01-005 page 1: f is neither", page_with(b"0 0 9 9 re f ", b"")),
    ("01-005 page 1: marked content", no_parents),
    ("01-005 page 1: marked content", wrong_parents),
    ("02-001 Odd is no standard type", renamed("H1", "Odd")),
    ("06-002 the file does not declare", root_without("/Metadata")),
    ("06-003 no title", untitled),
    ("07-001 the title", root_without("/ViewerPreferences")),
    ("09-000 P holds nothing", without("P", "/K")),
    ("09-004 LI stands in Div", renamed("L", "Div")),
    ("09-005 TR holds P", renamed("TD", "P")),
    ("11-006 no language", odd_language),
    ("13-004 a figure", without("Figure", "/Alt")),
    ("14-002 the first heading is H2", renamed("H1", "H2")),
    ("14-003 H1 is followed by H3", renamed("P", "H3")),
    ("15-000 a table has rows of [1, 2] cells", short_row),
    ("15-003 a head of a table", without("TH", "/A")),
    ("17-002 a formula", renamed("P", "Formula")),
    ("25-001 a dynamic form", dynamic),
    ("26-001 the file is encrypted", locked),
    ("28-008 page 1", link),
    ("28-012 page 1", link),
    ("30-001 page 1", elsewhere),
    ("31-006 page 1", unmapped),
    ("31-009 page 1", loose_font),
    ("31-027 page 1", letterless),
    ("31-028 page 1", odd_letter),
]


def test_a_sound_dossier_has_no_fault(sound):
    assert ua_faults(sound) == []


@pytest.mark.parametrize(
    ("fault", "broken"), BROKEN, ids=[f"{n}-{one[0][:6]}" for n, one in enumerate(BROKEN)]
)
def test_each_fault_is_found(fault, broken, sound, tmp_path):
    writer = pypdf.PdfWriter(clone_from=sound)
    broken(writer)
    writer.write(tmp_path / "broken.pdf")
    found = ua_faults(tmp_path / "broken.pdf")
    assert any(one.startswith(fault) for one in found), found
