"""The blocks beside the maps of the territory: classes, medians, sites, headline figures, ground."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.figures import figures
from renewal_gis.publishing.pack.ground import SECTOR_TINTS, ground_rows
from renewal_gis.publishing.pack.legend import Block, Row, Sign
from renewal_gis.publishing.pack.place_words import score_of
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import SCORES, Theme, spoken_unit, theme_of
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.publishing.palette import NO_DATA, SECTOR_COLOURS
from renewal_gis.schema import UNITS
from renewal_gis.schema.codes import SECTORS

__all__ = [
    "class_block", "figures_block", "ground_block", "median", "median_block", "score_block",
    "site_list_block", "transit_block",
]  # fmt: skip

_BESIDE = ("corridor", "south")
_LISTED = 36  # sites in a column of a landscape sheet


def _present(content: PackContent) -> list[str]:
    there = set(content.map.communes["sector"].astype(str))
    return [sector for sector in _BESIDE if sector in there]


def _heads(sectors: list[str], language: str) -> tuple[str, ...]:
    return tuple(say(f"legend.{sector}Short", language) for sector in sectors)


def class_block(content: PackContent, theme: Theme) -> Block:
    """Return the classes of a measure with the share of each sector's dwellings in them."""
    language, sectors = content.language, _present(content)
    shares = [theme.shares(content.map.distribution, sector) for sector in sectors]
    rows = []
    for place, (text, colour) in enumerate(zip(theme.labels, theme.colours, strict=True)):
        held = [part[place] for part in shares]
        bars = () if any(np.isnan(held)) else tuple(float(value) for value in held)
        values = tuple(percent(value, language, decimals=0) for value in held)
        rows.append(Row(Sign(colour=colour, edge="#333333"), text, values, bars))
    rows.append(Row(Sign(colour=NO_DATA, edge="#333333"), say("legend.noData", language)))
    measure = theme.measure
    return Block(
        title=measure.fr if language == "fr" else measure.en,
        head=_heads(sectors, language),
        rows=rows,
        note=" · ".join(
            part
            for part in (spoken_unit(measure.unit, language), say("legend.shareOf", language))
            if part
        ),
        colours=tuple(SECTOR_COLOURS[sector] for sector in sectors),
    )


def score_block(content: PackContent, theme: Theme) -> Block:
    """Return the classes of the score with how many sites of each sector fall in them."""
    language, sites, sectors = content.language, content.map.sites, _present(content)
    rows: list[Row] = []
    counts = np.zeros((len(sectors), len(theme.labels) + 1), dtype=int)
    if sites is not None and "score" in sites.columns:
        classes = theme.classes(pd.to_numeric(sites["score"]))
        for place, sector in enumerate(sectors):
            held = classes[(sites["sector"] == sector).to_numpy()]
            counts[place] = [int((held == kind).sum()) for kind in (*range(len(theme.labels)), -1)]
    colours = (*theme.colours, "white")
    texts = (*theme.labels, say("legend.notScored", language))
    for place in (*range(len(theme.labels) - 1, -1, -1), len(theme.labels)):
        values = tuple(str(int(part[place])) for part in counts)
        rows.append(
            Row(Sign(kind="mark", colour=colours[place], edge="#1b1f24"), texts[place], values)
        )
    veto = Sign(kind="mark", mark="x", colour="#1b1f24", edge="#1b1f24")
    vetoed = _vetoed(sites, sectors)
    rows.append(Row(veto, say("legend.veto", language), vetoed))
    return Block(
        title=say("chart.score", language).capitalize(),
        head=_heads(sectors, language),
        rows=rows,
        note=say("legend.count", language).capitalize() + ".",
    )


def _vetoed(sites: gpd.GeoDataFrame | None, sectors: list[str]) -> tuple[str, ...]:
    if sites is None or "veto" not in sites.columns:
        return tuple("–" for _ in sectors)
    held = sites["veto"].astype(str) != ""
    return tuple(str(int((held & (sites["sector"] == sector)).sum())) for sector in sectors)


def median_block(content: PackContent) -> Block:
    """Return the medians of the sectors on the study's walks, first ones first."""
    language, comparison, sectors = content.language, content.map.comparison, _present(content)
    rows: list[Row] = []
    for measure in content.map.measures:
        if not measure.key.startswith("walk_min:") or len(rows) == 6:
            continue
        values = [median(comparison, measure.key, sector) for sector in sectors]
        unit = spoken_unit(measure.unit, language)
        told = tuple(f"{number(value, language, decimals=1)} {unit}" for value in values)
        name = (measure.fr if language == "fr" else measure.en).partition("\u00a0:")[0]
        rows.append(Row(None, name.partition(":")[0], told))
    if not rows or comparison is None:
        return Block()
    return Block(title=say("legend.medians", language), head=_heads(sectors, language), rows=rows)


def median(comparison: pd.DataFrame | None, measure: str, sector: str) -> float:
    """Return the dwelling-weighted median of a measure in a sector, NaN when it is not known."""
    if comparison is None:
        return float("nan")
    columns = (comparison[name].tolist() for name in ("measure", "sector", "p50"))
    # A few hundred rows, asked hundreds of times: a plain loop costs a tenth of a filter.
    for held, where, value in zip(*columns, strict=True):
        if held == measure and where == sector:
            return float(value)
    return float("nan")


def ground_block(
    content: PackContent, shown: list[str], left: int, drawn: list[Row], *, sites: bool
) -> Block:
    """Return what lies under the map, the lines of transit among it, and how many names found no room."""
    language = content.language
    rows = [
        Row(
            Sign(
                colour=SECTOR_TINTS[sector], edge=SECTOR_COLOURS[sector], width=1.4,
                dash="-" if sector == "corridor" else (0, (4, 1.6)),
            ),
            label(SECTORS, sector, language),
        )
        for sector in _present(content)
    ]  # fmt: skip
    if sites and content.map.sites is not None:
        rows.append(Row(Sign(kind="mark", colour="white"), say("legend.sites", language)))
    if not sites and content.map.stock is not None:
        rows.append(Row(Sign(colour="#cfccc4", edge="#cfccc4"), say("legend.buildings", language)))
    note = say("legend.leftOut", language, count=left) if left else ""
    rows += [*drawn, *ground_rows(shown, language)]
    return Block(title=say("legend.ground", language), rows=rows, note=note)


def figures_block(content: PackContent) -> Block:
    """Return the headline figures, those of the sectors left out: their medians stand by themselves."""
    language = content.language
    held = figures(content)
    held = held[~held.index.str.startswith("median.")]
    rows = [
        Row(
            None,
            row["fr" if language == "fr" else "en"],
            (
                percent(row["value"], language)
                if row["unit"] == "ratio"
                else number(row["value"], language),
            ),
        )
        for row in held.to_dict("records")
    ]
    return Block(title=say("book.figures", language), rows=rows) if rows else Block()


def transit_block(content: PackContent) -> Block:
    """Return the medians of the sectors by transit: departures near, minutes to each destination."""
    language, sectors = content.language, _present(content)
    rows = []
    for measure in content.map.measures:
        if not measure.key.startswith(("departures_day:near", "transit_min:")):
            continue
        values = [median(content.map.comparison, measure.key, sector) for sector in sectors]
        decimals = UNITS[measure.unit][2] if measure.unit in UNITS else 1
        unit = spoken_unit(measure.unit, language) if measure.unit == "min" else ""
        told = tuple(
            f"{number(value, language, decimals=decimals)} {unit}".strip() for value in values
        )
        name = (measure.fr if language == "fr" else measure.en).partition("\u00a0:")[0]
        rows.append(Row(None, name.partition(":")[0].partition(",")[0], told))
    if not rows:
        return Block()
    return Block(title=say("legend.transit", language), head=_heads(sectors, language), rows=rows)


def site_list_block(content: PackContent) -> Block:
    """Return the sites, best first: identifier and name, dwellings, score."""
    language, sites, theme = content.language, content.map.sites, theme_of(SCORES, content.language)
    if sites is None or sites.empty:
        return Block()
    held = pd.DataFrame(sites.drop(columns=sites.geometry.name))
    held = held.sort_values(["rank", "score_high"], ascending=[True, False], kind="stable")
    classes = theme.classes(pd.to_numeric(held["score"]))
    rows = [
        Row(
            Sign(
                kind="mark", edge="#1b1f24",
                colour="white" if classes[place] < 0 else theme.colours[classes[place]],
            ),
            f"{printable(site, longest=16)} {printable(row.get('name'), longest=26)}"
            + (f" ({say('legend.vetoShort', language)})" if row.get("veto") else ""),
            (number(row["capacity"], language), score_of(row, language)),
        )
        for place, (site, row) in enumerate(held.head(_LISTED).iterrows())
    ]  # fmt: skip
    more = len(held) - len(rows)
    return Block(
        title=say("legend.siteList", language),
        head=(say("legend.capacityShort", language), say("legend.scoreShort", language)),
        rows=rows,
        note=say("legend.siteMore", language, count=more) if more else "",
    )
