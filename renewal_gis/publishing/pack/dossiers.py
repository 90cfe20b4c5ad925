"""The dossier of a site and that of the territory, from the same content as the map and the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from renewal_gis.publishing.pack.charts import Drawn
from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.dossier_access import (
    access_section,
    compared_tables,
)
from renewal_gis.publishing.pack.dossier_parts import (
    alerts_section,
    bound,
    calendar_section,
    changes_section,
    decisions_section,
    definitions_section,
    heads,
    progress_blocks,
    rules_section,
    scenarios_section,
    sources_section,
)
from renewal_gis.publishing.pack.dossier_words import tell
from renewal_gis.publishing.pack.figures import figures, told_figure
from renewal_gis.publishing.pack.layout import picture_plan
from renewal_gis.publishing.pack.place_sheets import site_sheet
from renewal_gis.publishing.pack.place_words import rank_of, score_of
from renewal_gis.publishing.pack.sheets import access_sheet, site_name, sites_sheet
from renewal_gis.publishing.pack.since import Change
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import spoken_unit
from renewal_gis.publishing.pack.typesetting import (
    Block,
    Dossier,
    Section,
    bullets,
    note,
    paragraph,
    picture,
    table,
)
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.schema import HAZARDS, UNITS
from renewal_gis.schema.codes import FAMILIES, LEVELS, SECTORS

__all__ = ["site_dossier", "territory_dossier"]


def territory_dossier(
    content: PackContent, folder: Path, charts: Sequence[Drawn], changes: Sequence[Change] | None
) -> Dossier:
    """Return the dossier of the territory; its pictures and all the charts are written into `folder`."""
    language = content.language
    for drawn in charts:
        for kind in ("svg", "png"):  # the dossier holds the first, slides take either
            drawn.sheet.save(folder / f"chart-{drawn.name}.{kind}", title=drawn.alt[:300])
    sections = [
        _figures_section(content),
        alerts_section(content),
        decisions_section(content),
        changes_section(content, changes),
        _compare_section(content, folder, charts),
        scenarios_section(content),
        _sites_section(content, folder, charts),
        _programme_section(content, folder, charts),
        definitions_section(content),
        calendar_section(content, changes),
        rules_section(content),
        sources_section(content),
    ]
    return bound(
        content,
        title=printable(content.map.title, longest=300),
        subtitle=tell("territory.title", language),
        sections=sections,
    )


def site_dossier(
    content: PackContent, site: str, folder: Path, changes: Sequence[Change] | None
) -> Dossier:
    """Return the dossier of a site; its pictures are written into `folder`."""
    language = content.language
    name = {"id": printable(site, longest=40), "name": site_name(content, site)}
    sections = [
        _situation(content, site, folder),
        decisions_section(content, site=site),
        changes_section(content, changes, site=site),
        access_section(content, site, folder),
        _score(content, site),
        rules_section(content, site=site),
        _site_programme(content, site),
        calendar_section(content, changes, site=site),
        alerts_section(content, site=site),
        definitions_section(content, whole=True),
        sources_section(content),
    ]
    return bound(
        content,
        title=tell("site.title", language, **name),
        subtitle=printable(content.map.title, longest=200),
        sections=sections,
    )


def _situation(content: PackContent, site: str, folder: Path) -> Section:
    language = content.language
    assert content.map.sites is not None
    row = content.map.sites.loc[site]
    communes, code = content.map.communes, row.get("commune")
    commune = communes.at[code, "name"] if code in communes.index else code
    told = tell(
        "situation.text", language,
        name=site_name(content, site), id=printable(site, longest=40), commune=printable(commune),
        sector=label(SECTORS, row.get("sector"), language),
        capacity=number(row.get("capacity"), language),
        area=_hectares(content, site),
    )  # fmt: skip
    blocks = [_facts(content, site), paragraph(told)]
    if str(row.get("veto", "")):
        kinds = ", ".join(_vetoes(row, language))
        blocks.append({**paragraph(tell("situation.veto", language, veto=kinds)), "kind": "strong"})
    plan = picture_plan(174, 132)
    alt = site_sheet(content, plan, site)
    plan.sheet.save(folder / "site-map.svg")
    blocks.append(picture(folder / "site-map.svg", alt=alt))
    shares = content.shares
    own = pd.DataFrame() if shares is None else shares[shares["site"] == site]
    rows = [
        [
            label(HAZARDS, one["kind"], language),
            label(LEVELS, one["level"], language),
            percent(one["share"], language),
        ]
        for one in own.to_dict("records")
    ]
    if rows:
        caption = tell("constraints.caption", language)
        blocks.append(
            table(heads(language, "kind", "level", "share"), rows, wide=(1,), caption=caption)
        )
    else:
        blocks.append(note(tell("constraints.none", language)))
    return Section(heading=tell("situation", language), blocks=blocks)


def _facts(content: PackContent, site: str) -> Block:
    """Return what a committee asks first: dwellings, area, score, rank, school, stop, veto."""
    language, sites = content.language, content.map.sites
    assert sites is not None
    row = sites.loc[site]
    veto = ", ".join(_vetoes(row, language))
    facts = [
        (tell("fact.capacity", language), number(row.get("capacity"), language)),
        (tell("fact.area", language), f"{_hectares(content, site)}\u00a0ha"),
        (tell("head.score", language), score_of(row, language)),
        (
            tell("head.rank", language),
            f"{int(row['rank'])} / {len(sites)}" if pd.notna(row.get("rank")) else "–",
        ),
    ]
    for key, name in (("walk_min:ecole", "school"), ("walk_min:stop", "stop")):
        if key in row.index:
            told = number(row[key], language)
            facts.append(
                (tell(f"fact.{name}", language), f"{told}\u00a0min" if pd.notna(row[key]) else "–")
            )
    facts.append((tell("head.veto", language), veto or tell("change.nothing", language)))
    made = table([name for name, _ in facts], [[value for _, value in facts]])
    return {**made, "kind": "facts", "widths": [1] * len(facts), "align": ["left"] * len(facts)}


def _vetoes(row: pd.Series, language: str) -> list[str]:
    kinds = (kind.strip() for kind in str(row.get("veto", "")).split(","))
    return [label(HAZARDS, kind, language) for kind in kinds if kind]


def _hectares(content: PackContent, site: str) -> str:
    assert content.map.sites is not None
    area = content.map.sites.geometry.loc[site].area / 1e4
    return number(area, content.language, decimals=2)


def _score(content: PackContent, site: str) -> Section:
    language, heading = content.language, tell("score", content.language)
    assert content.map.sites is not None
    row, breakdown = content.map.sites.loc[site], content.map.breakdown
    if breakdown is None:
        return Section(heading=heading, blocks=[note(tell("absent.score", language))])
    told = f"{tell('head.score', language)} {score_of(row, language)} – {rank_of(row, language)}."
    blocks: list[Block] = [{**paragraph(told), "kind": "strong"}]
    if content.told.get(site):
        blocks.append(bullets(list(content.told[site])))
    held = content.held.get(site)
    blocks.append(paragraph(held) if held else note(tell("absent.robustness", language)))
    rows = []
    for one in breakdown[breakdown["site"] == site].to_dict("records"):
        decimals = UNITS[one["unit"]][2] if one["unit"] in UNITS else 1
        unit = spoken_unit(str(one["unit"]), language)
        rows.append(
            [
                printable(one["fr" if language == "fr" else "en"], longest=140),
                f"{number(one['value'], language, decimals=decimals)} {unit}".strip(),
                number(one["points"], language, decimals=1),
                number(one["weight"], language, decimals=1),
            ]
        )
    shown = table(
        heads(language, "criterion", "value", "points", "weight"), rows,
        caption=tell("score.caption", language),
    )  # fmt: skip
    shown["widths"] = [1, 0, 0, 0]
    return Section(heading=heading, blocks=[*blocks, shown])


def _site_programme(content: PackContent, site: str) -> Section:
    language, operations = content.language, content.map.operations
    heading = tell("programme.site", language)
    if operations is None:
        return Section(heading=heading, blocks=[note(tell("absent.programme", language))])
    own = operations.iloc[:0]
    if "site" in operations.columns:
        own = operations[operations["site"].astype(str) == site]
    rows = [
        [
            printable(number_, longest=30),
            label(FAMILIES, row["family"], language),
            printable(row.get("name"), longest=120),
            number(row.get("dwellings"), language),
        ]
        for number_, row in own.iterrows()
    ]
    if not rows:
        return Section(heading=heading, blocks=[note(tell("absent.siteProgramme", language))])
    shown = table(heads(language, "operation", "family", "name", "capacity"), rows, wide=(1, 2))
    shown["widths"] = [0, 1, 2, 0]
    return Section(heading=heading, blocks=[shown])


def _figures_section(content: PackContent) -> Section:
    language = content.language
    shown = figures(content)
    shown = shown[~shown.index.str.startswith("median.")]
    rows = [
        [row["fr" if language == "fr" else "en"], told_figure(row["value"], row["unit"], language)]
        for row in shown.to_dict("records")
    ]
    made = table(heads(language, "figure", "value"), rows)
    made["widths"] = [1, 0]
    return Section(heading=tell("figures", language), blocks=[made] if rows else [])


def _compare_section(content: PackContent, folder: Path, charts: Sequence[Drawn]) -> Section:
    language, heading = content.language, tell("compare", content.language)
    comparison = content.map.comparison
    if comparison is None:
        return Section(heading=heading, blocks=[note(tell("absent.compare", language))])
    plan = picture_plan(174, 175)
    alt = access_sheet(content, plan)
    # Too many buildings for a drawing: the picture keeps the grain of print.
    plan.sheet.save(folder / "territory-map.svg", dpi=220)
    blocks = [picture(folder / "territory-map.svg", alt=alt)]
    blocks += compared_tables(content)
    blocks += _chart_blocks(folder, charts, ("medians", "distribution"))
    return Section(heading=heading, blocks=blocks, newpage=True)


def _sites_section(content: PackContent, folder: Path, charts: Sequence[Drawn]) -> Section:
    language, sites = content.language, content.map.sites
    heading = tell("sites", language)
    if sites is None:
        return Section(heading=heading, blocks=[note(tell("absent.sites", language))])
    plan = picture_plan(174, 175)
    alt = sites_sheet(content, plan)
    plan.sheet.save(folder / "sites-map.svg", dpi=220)
    blocks = [picture(folder / "sites-map.svg", alt=alt)]
    order = pd.DataFrame(sites.drop(columns=sites.geometry.name))
    if "rank" in order.columns:
        order = order.sort_values(["rank", "score_high"], ascending=[True, False], kind="stable")
    rows = [
        [
            printable(site, longest=30),
            printable(row.get("name"), longest=120) or say("sheet.unnamed", language),
            label(SECTORS, row.get("sector"), language),
            number(row.get("capacity"), language),
            score_of(row, language),
            number(row.get("rank"), language),
            ", ".join(_vetoes(row, language)) or "–",
        ]
        for site, row in order.iterrows()
    ]
    names = ("site", "name", "sector", "capacity", "score", "rank", "veto")
    shown = table(
        heads(language, *names), rows, wide=(1, 2, 6), caption=tell("sites.caption", language)
    )
    shown["widths"] = [0, 2, 1, 0, 0, 0, 1]
    blocks.append(shown)
    blocks += _chart_blocks(folder, charts, ("scores", "two_axes"))
    return Section(heading=heading, blocks=blocks, newpage=True)


def _programme_section(content: PackContent, folder: Path, charts: Sequence[Drawn]) -> Section:
    language, heading = content.language, tell("programme", content.language)
    held = next((one.frame for one in content.tables if one.name == "programme"), None)
    if held is None:
        return Section(heading=heading, blocks=[note(tell("absent.programme", language))])
    rows = [
        [
            tell("total", language) if name == "total" else printable(name, longest=120) or "–",
            number(row["demolished"], language),
            number(row["rebuilt"], language),
            percent(row["ratio"], language),
        ]
        for name, row in held.iterrows()
    ]
    head = heads(language, "convention", "demolished", "rebuilt", "ratio")
    blocks = [table(head, rows, caption=tell("programme.caption", language))]
    blocks += _chart_blocks(folder, charts, ("programme",))
    blocks += progress_blocks(content)
    return Section(heading=heading, blocks=blocks, newpage=True)


def _chart_blocks(folder: Path, charts: Sequence[Drawn], names: tuple[str, ...]) -> list[Block]:
    """Return the blocks of the charts asked for, which lie in the folder."""
    return [
        picture(folder / f"chart-{drawn.name}.svg", alt=drawn.alt, width=84)
        for drawn in charts
        if drawn.name in names
    ]
