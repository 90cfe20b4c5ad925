"""The sheet of a site: what lies on it, what is around it, what is reached from it on foot."""

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
    HATCHES,
    MANY,
    RED,
    RING_DASHES,
    TAG,
    draw_constraints,
    draw_lines,
    draw_rings,
    draw_services,
    draw_stops,
    service_tags,
    site_label,
)
from renewal_gis.publishing.pack.place_words import rank_of, score_of
from renewal_gis.publishing.pack.shapes import fill, lines
from renewal_gis.publishing.pack.sheets import open_map, site_name
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import spoken_unit
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.schema import BASKET, HAZARDS
from renewal_gis.schema.codes import LEVELS, SECTORS

__all__ = ["site_sheet"]

_LAYERS = (
    "communes", "sites", "stock", "services", "streets", "stops", "constraints", "backdrop",
    "isochrones",
)  # fmt: skip
_AROUND_M = 900.0  # shown around a site without isochrones
_SITE = Sign(colour="#f7d9d5", edge=RED, width=1.8)


def site_sheet(content: PackContent, plan: Plan, site: str) -> str:
    """Draw a site, what lies on it, and what is reached from it on foot; return what the sheet shows."""
    language, held = content.language, content.map
    assert held.sites is not None
    row, shape = held.sites.loc[site], held.sites.geometry.loc[site]
    rings = _isochrones(content, site)
    extent, axes, taken = open_map(plan, content, _site_bounds(shape, rings))
    shown = draw_ground(plan.sheet, axes, held, extent, streets=True, tinted=False)
    drawn = draw_lines(
        plan, axes, held.layers.get("lines"), extent, shown, language=language, zorder=1.7
    )
    _buildings(axes, held.stock, extent)
    zones = draw_constraints(plan, axes, held.layers.get("constraints"), extent)
    fill(axes, [shape], colour=_SITE.colour, alpha=0.75, zorder=2.4)
    lines(axes, [shape], colour=RED, width=1.8 * plan.sheet.grown, zorder=3.2)
    draw_rings(plan, axes, rings)
    tags = service_tags(content)
    taken += draw_services(
        plan, axes, held.layers.get("services"), extent, tags, taken=taken
    )  # fmt: skip
    stops = draw_stops(plan, axes, held.layers.get("stops"), extent, held.communes["name"])
    left = write_labels(
        plan.sheet,
        axes,
        plan.map,
        [*_own_labels(content, site, extent), *stops, *commune_labels(held, extent)],
        taken=taken,
    )
    title = say(
        "sheet.site", language, id=printable(site, longest=40), name=site_name(content, site)
    )
    subtitle = say(
        "sheet.siteSub", language,
        commune=_commune_name(content, row.get("commune")),
        sector=label(SECTORS, row.get("sector"), language),
        capacity=number(row.get("capacity"), language),
        score=score_of(row, language), rank=rank_of(row, language),
    )  # fmt: skip
    if row.get("veto"):
        subtitle += f" · {say('legend.veto', language)}"
    blocks = [
        _access_block(content, row, tags),
        _constraint_block(content, site),
        _site_legend(content, shown, rings, zones, left, drawn, stops=bool(stops)),
    ]
    return dress(
        plan, content, title=title, subtitle=subtitle, blocks=blocks, extent=extent,
        layers=(*_LAYERS, "lines") if drawn else _LAYERS,
    )  # fmt: skip


def _commune_name(content: PackContent, code: Any) -> str:
    communes = content.map.communes
    return printable(communes.at[code, "name"] if code in communes.index else code, longest=80)


def _isochrones(content: PackContent, site: str) -> gpd.GeoDataFrame | None:
    held = content.map.layers.get("isochrones")
    if held is None:
        return None
    own = held[(held["place"] == site) & held["minutes"].notna()].sort_values(
        "minutes", kind="stable"
    )
    if "mode" in own.columns:
        own = own[own["mode"] == "walk"]
    return own if len(own) else None


def _site_bounds(shape: Any, rings: gpd.GeoDataFrame | None) -> tuple[float, float, float, float]:
    if rings is None:
        west, south, east, north = shape.buffer(_AROUND_M).bounds
    else:
        west, south, east, north = rings.union_all().union(shape).bounds
    return west, south, east, north


def _buildings(axes: Any, stock: gpd.GeoDataFrame | None, extent: Extent) -> None:
    near = within(stock, extent)
    if near is not None and len(near):
        many = len(near) > MANY
        fill(
            axes,
            near.geometry,
            colour="#a9a59b",
            edge="#8b877e",
            width=0.15,
            rasterized=many,
            zorder=2.0,
        )


def _own_labels(content: PackContent, site: str, extent: Extent) -> list[Label]:
    """Return the label of the site, and of the other sites on the map."""
    near = within(content.map.sites, extent)
    assert near is not None
    return [
        site_label(str(other), shape, extent)
        for other, shape in sorted(near.geometry.items(), key=lambda pair: pair[0] != site)
    ]


def _access_block(content: PackContent, row: pd.Series, tags: dict[str, str]) -> Block:
    """Return the walks of the site, each with the letters its services have on the map."""
    language, rows = content.language, []
    for group in BASKET:
        key = f"walk_min:{group.id}"
        if key not in row.index or group.id not in tags:
            continue
        told = f"{number(row[key], language, decimals=0)} {spoken_unit('min', language)}"
        sign = Sign(kind="tag", mark=tags[group.id], colour=TAG)
        rows.append(Row(sign, group.fr if language == "fr" else group.en, (told,)))
    if "walk_min:stop" in row.index:
        stop = Sign(kind="mark", mark="s", colour="white", edge="#7a3b8f")
        told = (
            f"{number(row['walk_min:stop'], language, decimals=0)} {spoken_unit('min', language)}"
        )
        rows.append(Row(stop, say("legend.stop", language), (told,)))
    return Block(title=say("legend.access", language), rows=rows) if rows else Block()


def _constraint_block(content: PackContent, site: str) -> Block:
    language, shares = content.language, content.shares
    held = pd.DataFrame() if shares is None else shares[shares["site"] == site]
    rows = [
        Row(
            None,
            f"{label(HAZARDS, one['kind'], language)} – {label(LEVELS, one['level'], language)}",
            (percent(one["share"], language, decimals=0),),
        )
        for one in held.to_dict("records")
    ]
    note = "" if rows else say("legend.noConstraint", language)
    return Block(title=say("legend.constraints", language), rows=rows, note=note)


def _site_legend(
    content: PackContent, shown: list[str], rings: gpd.GeoDataFrame | None,
    zones: list[tuple[str, str]], left: int, drawn: list[Row], *, stops: bool,
) -> Block:  # fmt: skip
    language = content.language
    rows = [Row(_SITE, say("legend.site", language))]
    minutes = [] if rings is None else rings["minutes"].tolist()
    for place, value in enumerate(minutes):
        dash = RING_DASHES[place % len(RING_DASHES)]
        sign = Sign(kind="line", colour="#14507a", width=1.1, dash=dash)
        rows.append(Row(sign, say("legend.walk", language, minutes=number(value, language))))
    kinds: dict[str, list[str]] = {}
    for level, kind in zones:
        kinds.setdefault(level, []).append(label(HAZARDS, kind, language))
    for level, names in kinds.items():
        sign = Sign(colour="none", edge="#6d4c12", hatch=HATCHES.get(level, ""))
        rows.append(Row(sign, f"{label(LEVELS, level, language)} – {', '.join(names)}"))
    if content.map.stock is not None:
        rows.append(Row(Sign(colour="#a9a59b", edge="#8b877e"), say("legend.buildings", language)))
    if stops and "walk_min:stop" not in (
        content.map.sites.columns if content.map.sites is not None else ()
    ):
        rows.append(
            Row(
                Sign(kind="mark", mark="s", colour="white", edge="#7a3b8f"),
                say("legend.stop", language),
            )
        )
    note = say("legend.leftOut", language, count=left) if left else ""
    return Block(
        title=say("legend", language),
        rows=[*rows, *drawn, *ground_rows(shown, language)],
        note=note,
    )
