"""The sheet of a renewal perimeter: what becomes of its buildings, and what the ledger says of it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.furniture import Extent
from renewal_gis.publishing.pack.ground import commune_labels, draw_ground, ground_rows, within
from renewal_gis.publishing.pack.labelling import Label, write_labels
from renewal_gis.publishing.pack.layout import Plan, dress
from renewal_gis.publishing.pack.legend import Block, Row, Sign
from renewal_gis.publishing.pack.marks import (
    MANY,
    RED,
    draw_lines,
    draw_stops,
    site_label,
)
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.sheets import open_map
from renewal_gis.publishing.pack.text import number, printable
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.schema.codes import FATES

__all__ = ["perimeter_sheet"]

# The hues of the interactive map, their lightness spread: dark, middle and pale on grey paper too.
# Without a word on what becomes of it, a building is white.
_FATE_INK = {"keep": "#c3c8ce", "rehabilitate": "#63b7a8", "demolish": "#9c2018", "": "#ffffff"}
_FATE_HATCH = {"keep": "", "rehabilitate": "////", "demolish": "xxxxx", "": ""}


def perimeter_sheet(content: PackContent, plan: Plan, perimeter: str) -> str:
    """Draw a perimeter and what becomes of its buildings; return what the sheet shows."""
    language, held = content.language, content.map
    row = held.layers["perimeters"].loc[perimeter]
    shape = held.layers["perimeters"].geometry.loc[perimeter]
    extent, axes, taken = open_map(plan, content, shape.buffer(60).bounds)
    shown = draw_ground(plan.sheet, axes, held, extent, streets=True, tinted=False)
    drawn = draw_lines(
        plan, axes, held.layers.get("lines"), extent, shown, language=language, zorder=1.7
    )
    inside = _fates(plan, axes, held.stock, extent, shape)
    wide = 2.0 * plan.sheet.grown
    lines(axes, [shape], colour="#1b1f24", width=wide, dash=(0, (6, 2)), zorder=3.2)
    labels: list[Label] = []
    sites = within(held.sites, extent)
    if sites is not None and len(sites):
        lines(axes, sites.geometry, colour=RED, width=1.6 * plan.sheet.grown, zorder=3.1)
        labels = [site_label(str(site), shape, extent) for site, shape in sites.geometry.items()]
    stops = draw_stops(plan, axes, held.layers.get("stops"), extent, held.communes["name"])
    left = write_labels(
        plan.sheet, axes, plan.map, [*labels, *stops, *commune_labels(held, extent)], taken=taken
    )
    name = printable(row.get("name"), longest=300) or say("sheet.unnamed", language)
    title = say("sheet.perimeter", language, id=printable(perimeter, longest=40), name=name)
    facts = [printable(row.get(key), longest=80) for key in ("programme", "project", "convention")]
    blocks = [
        _fate_block(content, inside),
        _operations_block(content, perimeter),
        _perimeter_legend(content, shown, left, drawn, sites=bool(labels), stops=bool(stops)),
    ]
    return dress(
        plan, content, title=title, subtitle=" · ".join(fact for fact in facts if fact),
        blocks=blocks, extent=extent,
        layers=[
            "communes", "perimeters", "stock", "sites", "streets", "stops", "backdrop", "operations",
            *(["lines"] if drawn else []),
        ],
    )  # fmt: skip


def _fates(
    plan: Plan, axes: Any, stock: gpd.GeoDataFrame | None, extent: Extent, shape: Any
) -> list[tuple[str, int]]:
    """Draw the buildings of the perimeter by fate, pale outside; return dwellings inside by fate."""
    near = within(stock, extent)
    if near is None or near.empty:
        return []
    inside = near.representative_point().within(shape).to_numpy()
    outside = near.geometry[~inside]
    fill(axes, outside, colour="#dedbd4", rasterized=len(outside) > MANY, zorder=1.9)
    counts = []
    fates = near["fate"].where(near["fate"].isin([*_FATE_INK]), "")
    for fate, colour in _FATE_INK.items():
        held = inside & (fates == fate).to_numpy()
        if not fate and not held.any():
            continue
        fill(
            axes, near.geometry[held], colour=colour, edge="#26221c", width=0.25 * plan.sheet.grown,
            hatch=_FATE_HATCH[fate], zorder=2.0,
        )  # fmt: skip
        counts.append((fate, int(pd.to_numeric(near["dwellings"])[held].sum())))
    return counts


def _fate_block(content: PackContent, inside: list[tuple[str, int]]) -> Block:
    language = content.language
    rows = [
        Row(
            Sign(colour=_FATE_INK[fate], edge="#26221c", hatch=_FATE_HATCH[fate]),
            label(FATES, fate, language) if fate else say("legend.noData", language),
            (number(count, language),),
        )
        for fate, count in inside
    ]
    return Block(title=say("legend.fate", language), rows=rows) if rows else Block()


def _operations_block(content: PackContent, perimeter: str) -> Block:
    """Return what the ledger says of the perimeter: dwellings demolished and rebuilt."""
    language, operations = content.language, content.map.operations
    if operations is None or "perimeter" not in operations.columns:
        return Block()
    own = operations[operations["perimeter"] == perimeter]
    rows = [
        Row(
            None,
            say(key, language).capitalize(),
            (number(pd.to_numeric(own.loc[own["family"] == family, "dwellings"]).sum(), language),),
        )
        for family, key in (("01", "chart.demolished"), ("02", "chart.rebuilt"))
    ]
    return Block(title=say("legend.operations", language), rows=rows)


def _perimeter_legend(
    content: PackContent, shown: list[str], left: int, drawn: list[Row], *, sites: bool, stops: bool
) -> Block:
    language = content.language
    outline = Sign(kind="line", colour="#1b1f24", width=2.0, dash=(0, (2.8, 1.1)))
    rows = [Row(outline, say("legend.thisPerimeter", language))]
    if sites:
        rows.append(Row(Sign(colour="none", edge=RED, width=1.6), say("legend.sites", language)))
    if stops:
        rows.append(
            Row(
                Sign(kind="mark", mark="s", colour="white", edge="#7a3b8f"),
                say("legend.stop", language),
            )
        )
    if content.map.stock is not None:
        rows.append(Row(Sign(colour="#dedbd4", edge="#dedbd4"), say("legend.buildings", language)))
    note = say("legend.leftOut", language, count=left) if left else ""
    return Block(
        title=say("legend", language),
        rows=[*rows, *drawn, *ground_rows(shown, language)],
        note=note,
    )
