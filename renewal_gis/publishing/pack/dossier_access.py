"""Access as the dossiers tell it: what the score reads first, other walks, transit, what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.pack.charts import site_chart
from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.dossier_words import tell
from renewal_gis.publishing.pack.sheet_blocks import median
from renewal_gis.publishing.pack.text import day, number, percent
from renewal_gis.publishing.pack.themes import spoken_unit
from renewal_gis.publishing.pack.typesetting import Block, Section, note, picture, table
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.schema import UNITS
from renewal_gis.schema.codes import SECTORS

__all__ = ["access_section", "compared_tables", "measure_name", "measure_value"]

# What a table of the dossier holds, by how the names of its measures begin.
_CHANGES = ("transit_change:", "transit_gain:")
_TABLES = {"walk_min": "walk", "transit_min": "transit", "transit_min_before": "before"}


def access_section(content: PackContent, site: str, folder: Path) -> Section:
    """Return the access of a site; its chart is written into `folder`."""
    language, heading = content.language, tell("access", content.language)
    blocks: list[Block] = []
    drawn = site_chart(content, site)
    if drawn is not None:
        drawn[0].save(folder / "site-chart.svg", title=drawn[1][:300])
        drawn[0].save(folder / "site-chart.png", title=drawn[1][:300])  # for slides
        caption = tell("access.chart", language)
        blocks.append(picture(folder / "site-chart.svg", alt=drawn[1], caption=caption))
    tables = _site_tables(content, site)
    if not tables:
        return Section(heading=heading, blocks=[*blocks, note(tell("absent.access", language))])
    dated = (
        say("foot.timetable", language, day=day(content.timetable, language))
        if content.timetable
        else say("foot.noTimetable", language)
    )
    rest = note(f"{dated}. {tell('access.rest', language)}")
    return Section(heading=heading, blocks=[*blocks, *tables, rest])


def compared_tables(content: PackContent) -> list[Block]:
    """Return the medians of the sectors: on foot, by transit, and what the timetables changed."""
    language, sectors = content.language, _sectors(content)
    blocks = []
    for kind, held in _grouped(content, scored=()).items():
        rows = []
        for measure in held:
            values = [median(content.map.comparison, measure.key, sector) for sector in sectors]
            if kind == "changes" and not any(value for value in values if pd.notna(value)):
                continue  # nothing moved: the workbook says so
            rows.append(
                [
                    measure_name(measure, language),
                    *(measure_value(measure, value, language) for value in values),
                ]
            )
        if rows:
            head = [tell("head.measure", language), *_names(sectors, language)]
            caption = tell(f"compare.{kind}", language)
            blocks.append(_wide(table(head, rows, caption=caption)))
    return blocks


def measure_name(measure: MeasureLabel, language: str) -> str:
    """Return what a measure is of, without what its table says already."""
    name = measure.fr if language == "fr" else measure.en
    if measure.unit != "min":
        return name
    subject = name.partition(":")[0].strip()
    for start, change in zip(_CHANGES, ("before", "tried"), strict=True):
        if measure.key.startswith(start):
            return f"{subject} – {tell(f'head.{change}Change', language).lower()}"
    return subject


def measure_value(measure: MeasureLabel, value: Any, language: str) -> str:
    """Return a value with its unit; a difference with its sign."""
    decimals = UNITS[measure.unit][2] if measure.unit in UNITS else 1
    sign = measure.key.startswith(_CHANGES)
    told = number(value, language, decimals=decimals, sign=sign)
    unit = "min" if measure.unit == "min" else spoken_unit(measure.unit, language)
    # A long unit stands in the name of the measure.
    return f"{told}\u00a0{unit}" if pd.notna(value) and unit == "min" else told


def _site_tables(content: PackContent, site: str) -> list[Block]:
    language, sectors = content.language, _sectors(content)
    assert content.map.sites is not None
    row = content.map.sites.loc[site]
    better = _better(content, site)
    blocks = []
    groups = _grouped(content, scored=_scored(content))
    # The minutes of the earlier timetable are told as a difference, in the table of transit.
    for kind in ("score", "walk", "service", "transit"):
        held = [measure for measure in groups[kind] if measure.key in row.index]
        if not held:
            continue
        columns: list[tuple[str, Callable[[MeasureLabel], str]]] = [
            (tell("head.site", language), lambda one: measure_value(one, row[one.key], language)),
        ]
        if better is not None:
            columns.append((tell("head.better", language), _share(better, language)))
        columns += [(name, _median(content, sector)) for sector, name in _pairs(sectors, language)]
        if kind == "transit":
            columns += _changes(content, row)
        rows = [[measure_name(one, language), *(told(one) for _, told in columns)] for one in held]
        head = [tell("head.measure", language), *(name for name, _ in columns)]
        blocks.append(_wide(table(head, rows, caption=tell(f"access.{kind}", language))))
    return blocks


def _share(better: pd.Series, language: str) -> Callable[[MeasureLabel], str]:
    return lambda one: percent(better.get(one.key, float("nan")) / 100, language, decimals=0)


def _median(content: PackContent, sector: str) -> Callable[[MeasureLabel], str]:
    return lambda one: measure_value(
        one, median(content.map.comparison, one.key, sector), content.language
    )


def _changes(
    content: PackContent, row: pd.Series
) -> list[tuple[str, Callable[[MeasureLabel], str]]]:
    """Return the columns of what the timetables changed for a site, those that were measured."""
    language, columns = content.language, list[tuple[str, Callable[[MeasureLabel], str]]]()
    known = {measure.key: measure for measure in content.map.measures}
    for start, name in zip(_CHANGES, ("before", "tried"), strict=True):
        if not any(key.startswith(start) and key in row.index for key in known):
            continue

        def told(one: MeasureLabel, start: str = start) -> str:
            key = start + one.key.partition(":")[2]
            if not one.key.startswith("transit_min:") or key not in known or key not in row.index:
                return "–"
            return measure_value(known[key], row[key], language)

        columns.append((tell(f"head.{name}Change", language), told))
    return columns


def _grouped(content: PackContent, *, scored: Sequence[str]) -> dict[str, list[MeasureLabel]]:
    """Return the measures by table: what the score reads, other walks, service, transit, and so on."""
    names = ("score", "walk", "service", "transit", "before", "changes")
    groups: dict[str, list[MeasureLabel]] = {name: [] for name in names}
    for measure in content.map.measures:
        if measure.key in scored:
            kind = "score"
        elif measure.key.startswith(_CHANGES):
            kind = "changes"
        else:
            start = measure.key.partition(":")[0]
            kind = _TABLES.get(start, "service")
        groups[kind].append(measure)
    return groups


def _scored(content: PackContent) -> list[str]:
    held = content.map.breakdown
    return [] if held is None else [str(key) for key in held["measure"].unique()]


def _better(content: PackContent, site: str) -> pd.Series | None:
    """Return the share of homes a site stands better than, measure by measure; None when not computed."""
    held = next((one.frame for one in content.tables if one.name == "percentiles"), None)
    if held is None or not {"site", "measure", "percentile"} <= set(held.columns):
        return None
    return held[held["site"] == site].set_index("measure")["percentile"]


def _sectors(content: PackContent) -> list[str]:
    return [name for name in SECTORS if (content.map.communes["sector"] == name).any()]


def _pairs(sectors: Sequence[str], language: str) -> list[tuple[str, str]]:
    return list(zip(sectors, _names(sectors, language), strict=True))


def _names(sectors: Sequence[str], language: str) -> list[str]:
    return [label(SECTORS, one, language) for one in sectors]


def _wide(block: Block) -> Block:
    """Give the first column more room than the numbers."""
    return {**block, "widths": [3, *([1] * (len(block["head"]) - 1))]}
