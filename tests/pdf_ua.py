"""Some conditions of PDF/UA-1 that a program can check, by their number in the Matterhorn Protocol 1.1."""

from __future__ import annotations

import re
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
    tree = root["/StructTreeRoot"]
    held = list(elements(tree))
    faults += _structure(tree, held)
    faults += _nesting(tree)
    parents = _parents(tree.get("/ParentTree", {}))
    for place, page in enumerate(reader.pages):
        faults += _page(reader, page, place, parents)
        faults += _annotations(page, place)
        faults += _fonts(page["/Resources"], place)
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
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", str(root.get("/Lang", ""))):
        yield "11-006 no language"
    if reader.is_encrypted:
        yield "26-001 the file is encrypted"
    if "/XFA" in root.get("/AcroForm", {}):
        yield "25-001 a dynamic form"


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
            if not level and kind != "H1":
                yield f"14-002 the first heading is {kind}"
            elif int(kind[1]) > level + 1:
                yield f"14-003 H{level} is followed by {kind}"
            level = int(kind[1])
        if (
            kind == "Formula"
            and not str(element.get("/Alt", element.get("/ActualText", ""))).strip()
        ):
            yield "17-002 a formula without words"


# Element → those it must stand in.
WITHIN = {
    "LI": {"L"}, "Lbl": {"LI", "Note", "TOCI"}, "LBody": {"LI"}, "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"},
    "TOCI": {"TOC"}, "Caption": {"Table", "Figure", "L", "Div", "Sect"},
}  # fmt: skip
# Element → those that may stand in it.
HOLDS = {
    "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}, "TR": {"TH", "TD"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "THead": {"TR"}, "TBody": {"TR"},
}  # fmt: skip


def _nesting(node: Any, kind: str = "") -> Iterator[str]:
    """Say which elements stand where they may not, hold nothing, or make a table of odd rows."""
    inner = _inner(node)
    children = [child for child in inner if hasattr(child, "get") and "/S" in child]
    if kind and not inner:
        yield f"09-000 {kind} holds nothing"  # no condition of the protocol: a reader stops on it
    for child in children:
        name = str(child["/S"])[1:]
        if name in WITHIN and kind not in WITHIN[name]:
            yield f"09-004 {name} stands in {kind or 'nothing'}"
        elif kind in HOLDS and name not in HOLDS[kind]:
            yield f"09-005 {kind} holds {name}"
        yield from _nesting(child, name)
    if kind == "Table":
        rows = [one for one in elements(node) if one["/S"] == "/TR"]
        wide = {sum(int(_attribute(cell, "/ColSpan") or 1) for cell in _inner(row)) for row in rows}
        if len(wide) > 1:
            yield f"15-000 a table has rows of {sorted(wide)} cells"


def _inner(node: Any) -> list[Any]:
    held = node.get("/K")
    listed = held if isinstance(held, list) else [] if held is None else [held]
    return [one.get_object() if hasattr(one, "get_object") else one for one in listed]


def _parents(tree: Any) -> dict[int, Any]:
    """Return the tree of parents: number of a page, form or annotation → its element or elements."""
    held: dict[int, Any] = {}
    pairs = tree.get("/Nums", [])
    for number, elements_ in zip(pairs[::2], pairs[1::2], strict=True):
        held[int(number)] = elements_.get_object()
    for child in tree.get("/Kids", []):
        held.update(_parents(child.get_object()))
    return held


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


def _page(reader: pypdf.PdfReader, page: Any, place: int, parents: dict[int, Any]) -> Iterator[str]:
    depth: list[str] = []
    own = parents.get(int(page["/StructParents"]), []) if "/StructParents" in page else []
    content = page.get_contents()
    for operands, operator in (
        ContentStream(content, reader).operations if content is not None else []
    ):
        if operator in {b"BDC", b"BMC"}:
            name = str(operands[0])
            options = operands[1] if len(operands) > 1 else {}
            number = options.get("/MCID") if hasattr(options, "get") else None
            if number is not None and "/Artifact" in depth:
                yield f"01-002 page {place + 1}: content {number} is tagged within an artifact"
            if name == "/Artifact" and any(one != "/Artifact" for one in depth):
                yield f"01-001 page {place + 1}: an artifact within tagged content"
            depth.append(name)
            element = own[int(number)].get_object() if _there(own, number) else None
            if number is not None and (element is None or int(number) not in _marks(element)):
                yield f"01-005 page {place + 1}: marked content {number} is in no element"
        elif operator == b"EMC":
            depth.pop()
        elif operator in PAINTS and not depth:
            yield f"01-005 page {place + 1}: {operator.decode()} is neither tagged nor an artifact"


def _there(own: Any, number: Any) -> bool:
    """Tell whether a page's list of parents has an element for a number."""
    return number is not None and int(number) < len(own) and hasattr(own[int(number)], "get_object")


def _annotations(page: Any, place: int) -> Iterator[str]:
    held = [one.get_object() for one in page.get("/Annots", [])]
    if held and page.get("/Tabs") != "/S":
        yield f"28-008 page {place + 1}: the order of its links is not that of reading"
    for one in held:
        if one.get("/Subtype") == "/Link" and not str(one.get("/Contents", "")).strip():
            yield f"28-012 page {place + 1}: a link without words"


def _fonts(resources: Any, place: int) -> Iterator[str]:
    """Check the fonts of a page and of the drawings on it."""
    for name, font in resources.get("/Font", {}).items():
        held, told = font.get_object(), f"page {place + 1}: the font {name}"
        inner = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
        files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            inner.get("/FontDescriptor", {}).get_object()
        )
        if not files:
            yield f"31-009 {told} is not embedded"
        if inner.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield f"31-006 {told} does not say which letter is which"
        if "/ToUnicode" not in held:
            yield f"31-027 {told} does not tell its letters"
            continue
        letters = _letters(held["/ToUnicode"].get_data().decode("latin-1"))
        for odd in sorted(letters & {"0000", "FEFF", "FFFE"}):
            yield f"31-028 {told} tells a letter as U+{odd}"
    for drawing in resources.get("/XObject", {}).values():
        plain = drawing.get_object()
        if "/Ref" in plain:
            yield f"30-001 page {place + 1}: a drawing that lies in another file"
        yield from _fonts(plain.get("/Resources", {}), place)


def _letters(told: str) -> set[str]:
    """Return what the codes of a font stand for, in hexadecimal."""
    held: set[str] = set()
    for block in re.findall(r"beginbfchar(.*?)endbfchar", told, re.DOTALL):
        held |= {word.upper() for word in re.findall(r"<[^>]*>\s*<([^>]*)>", block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", told, re.DOTALL):
        held |= {word.upper() for word in re.findall(r"<[^>]*>\s*<[^>]*>\s*<([^>]*)>", block)}
    return held
