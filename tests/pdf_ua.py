"""Some conditions of PDF/UA-1 that a program can check, by their number in the Matterhorn Protocol 1.1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ContentStream

# What puts ink on a page: each must be tagged, or marked as an artifact.
PAINTS = {
    b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh",
    b"INLINE IMAGE",
}  # fmt: skip
STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index",
    "NonStruct", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR",
    "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "Code", "Link", "Annot",
    "Figure", "Formula", "Form",
}  # fmt: skip


def ua_faults(path: Path) -> list[str]:
    """Return what a PDF breaks; empty when every condition checked here holds."""
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    faults = [*_document(reader, root)]
    if "/StructTreeRoot" not in root:
        return [*faults, "01-003 no tree of structure"]
    held = list(elements(root["/StructTreeRoot"]))
    faults += _structure(root["/StructTreeRoot"], held)
    marked = {number for element in held for number in _marks(element)}
    for place, page in enumerate(reader.pages):
        faults += _page(reader, page, place, marked)
    return faults


def elements(node: Any) -> Iterator[Any]:
    """Walk a tree of structure, parents before children, in the order of reading."""
    if not hasattr(node, "get"):
        return
    if "/S" in node:
        yield node
    inner = node.get("/K")
    for child in inner if isinstance(inner, list) else [] if inner is None else [inner]:
        yield from elements(child.get_object() if hasattr(child, "get_object") else child)


def _document(reader: pypdf.PdfReader, root: Any) -> Iterator[str]:
    xmp = root["/Metadata"].get_data().decode("utf-8") if "/Metadata" in root else ""
    if "<pdfuaid:part>1</pdfuaid:part>" not in xmp:
        yield "06-002 the file does not declare PDF/UA-1"
    if "<dc:title>" not in xmp or not (reader.metadata and reader.metadata.title):
        yield "06-003 no title"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "07-001 the title is not what a reader shows"
    if not root.get("/MarkInfo", {}).get("/Marked") or root["/MarkInfo"].get("/Suspects") is True:
        yield "01-001 not marked"
    if not root.get("/Lang"):
        yield "11-006 no language"


def _structure(tree: Any, held: list[Any]) -> Iterator[str]:
    roles = tree.get("/RoleMap", {})
    level = 0
    for element in held:
        kind = str(element["/S"])[1:]
        kind = str(roles.get(f"/{kind}", f"/{kind}"))[1:] if kind not in STANDARD else kind
        if kind not in STANDARD:
            yield f"02-001 {kind} is no standard type"
        if (
            kind == "Figure"
            and not str(element.get("/Alt", element.get("/ActualText", ""))).strip()
        ):
            yield "13-004 a figure without words"
        if kind == "TH" and not _attribute(element, "/Scope"):
            yield "15-003 a head of a table without a scope"
        if len(kind) == 2 and kind[0] == "H" and kind[1].isdigit():
            if int(kind[1]) > level + 1:
                yield f"14-003 H{level} is followed by {kind}"
            level = int(kind[1])


def _attribute(element: Any, name: str) -> Any:
    held = element.get("/A")
    for one in held if isinstance(held, list) else [] if held is None else [held]:
        inner = one.get_object()
        if hasattr(inner, "get") and name in inner:
            return inner[name]
    return None


def _marks(element: Any) -> Iterator[int]:
    inner = element.get("/K")
    for child in inner if isinstance(inner, list) else [] if inner is None else [inner]:
        plain = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(plain, int):
            yield int(plain)
        elif hasattr(plain, "get") and "/MCID" in plain:
            yield int(plain["/MCID"])


def _page(reader: pypdf.PdfReader, page: Any, place: int, marked: set[int]) -> Iterator[str]:
    depth: list[str] = []
    content = page.get_contents()
    for operands, operator in ContentStream(content, reader).operations if content else []:
        if operator in {b"BDC", b"BMC"}:
            depth.append(str(operands[0]))
            options = operands[1] if len(operands) > 1 else {}
            number = options.get("/MCID") if hasattr(options, "get") else None
            if number is not None and int(number) not in marked:
                yield f"01-005 page {place + 1}: marked content {number} is in no element"
        elif operator == b"EMC":
            depth.pop()
        elif operator in PAINTS and not depth:
            yield f"01-005 page {place + 1}: {operator.decode()} is neither tagged nor an artifact"
    for name, font in page["/Resources"].get("/Font", {}).items():
        held = font.get_object()
        inner = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
        files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            inner.get("/FontDescriptor", {}).get_object()
        )
        if not files:
            yield f"31-009 page {place + 1}: the font {name} is not embedded"
        if "/ToUnicode" not in held:
            yield f"31-027 page {place + 1}: the font {name} does not tell its letters"
