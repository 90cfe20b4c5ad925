"""The reference page of the tables, written from their declarations."""

from __future__ import annotations

from collections.abc import Iterator

from renewal_gis.schema.basket import BASKET
from renewal_gis.schema.columns import Column, Table
from renewal_gis.schema.measures import known_measures, measure
from renewal_gis.schema.proximity import PROXIMITY, PROXIMITY_SOURCE
from renewal_gis.schema.tables import TABLES

__all__ = ["reference_page"]


def reference_page() -> str:
    """Return the reference of every table, the basket and the measures, as Markdown."""
    lines = [
        "# Tables",
        "",
        "Written from the declarations in `renewal_gis/schema` by `make docs`: do not edit.",
        "",
        "Every table has a unique index of text; map layers are in the study's CRS, in metres.",
        "",
    ]
    for table in TABLES:
        lines.extend(_table(table))
    lines.extend(_basket())
    lines.extend(_proximity())
    lines.extend(_measures())
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    yield f"## `{table.name}`"
    yield ""
    yield f"{table.en}. *{table.fr}.*"
    yield ""
    shapes = ", ".join(table.geometry) if table.geometry else "none"
    yield f"Index: {table.index}. Geometry: {shapes}."
    yield ""
    yield "| column | kind | unit | values | needed | meaning | sens |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_row, table.columns)
    yield ""


def _row(column: Column) -> str:
    needed = "yes" if column.required else "no"
    if column.missing and column.required:
        needed = "yes, may be missing"
    return (
        f"| `{column.name}` | {column.kind} | {column.unit or '–'} | {_values(column)} | {needed} "
        f"| {column.en} | {column.fr} |"
    )


def _values(column: Column) -> str:
    if column.codes:
        return ", ".join(f"`{code}`" for code in column.codes)
    if column.refers_to:
        return f"index of `{column.refers_to}`"
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    if column.low is not None:
        return f"from {column.low:g}"
    return "–"


def _basket() -> Iterator[str]:
    yield "## The service basket"
    yield ""
    yield "A proposal of this project, to be argued with users; not an official list."
    yield ""
    yield "| group | meaning | sens | BPE types (2024) | OpenStreetMap | 100 points at | 0 points at |"
    yield "|---|---|---|---|---|--:|--:|"
    for group in BASKET:
        bpe, osm = (", ".join(codes) or "–" for codes in (group.bpe, group.osm))
        yield (
            f"| `{group.id}` | {group.en} | {group.fr} | {bpe} | {osm} "
            f"| {group.best_min:g} min | {group.worst_min:g} min |"
        )
    yield ""


def _proximity() -> Iterator[str]:
    yield "## INSEE’s types of proximity"
    yield ""
    yield f'Read with `source = "bpe", layer = "insee-proximite"`. {PROXIMITY_SOURCE}.'
    yield ""
    yield "| group | meaning | sens | BPE types (2024) |"
    yield "|---|---|---|---|"
    for held in PROXIMITY:
        yield f"| `{held.id}` | {held.en} | {held.fr} | {', '.join(held.bpe)} |"
    yield ""


def _measures() -> Iterator[str]:
    yield "## Measures"
    yield ""
    yield "What a criterion of a study file may name. `grid_mean:<name>` and `grid_share:<name>` come"
    yield "beside these for each raster of the study, and counts for each of its walking times."
    yield "Groups only INSEE counts have the same measures as those of the basket."
    yield "`percentile:<measure>` is where a site stands on a measure among all dwellings of the study."
    yield ""
    yield "| measure | unit | meaning | sens |"
    yield "|---|---|---|---|"
    basket = {group.id for group in BASKET}
    others = {held.id for held in PROXIMITY} - basket
    for key in known_measures():
        if key.partition(":")[2] in others and not key.startswith("walk_min:"):
            continue
        held = measure(key)
        yield f"| `{key}` | {held.unit} | {held.en} | {held.fr} |"
    yield ""
