"""The sections that the dossiers of the territory and of a site share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.deciding import Decision, decisions_of
from renewal_gis.publishing.pack.dossier_words import DOSSIER_WORDS, UNITS_FR, tell
from renewal_gis.publishing.pack.layout import dated, layer_name, notices
from renewal_gis.publishing.pack.since import Change
from renewal_gis.publishing.pack.text import day, number, percent, printable
from renewal_gis.publishing.pack.typesetting import (
    Block,
    Dossier,
    Section,
    bullets,
    note,
    numbered,
    paragraph,
    table,
)
from renewal_gis.publishing.pack.words import label
from renewal_gis.schema import STEPS
from renewal_gis.schema.codes import FAMILIES

__all__ = [
    "alerts_section",
    "bound",
    "calendar_section",
    "changes_section",
    "decisions_section",
    "definitions_section",
    "heads",
    "progress_blocks",
    "rules_section",
    "scenarios_section",
    "sources_section",
]

_STEPS_SHOWN, _CHANGES_SHOWN, _SUBJECTS = 20, 60, 12
_QUIET = ("pass", "cannot-be-evaluated")
_ASKED = ("programme", "rules")  # files of the study that are no layer


def bound(
    content: PackContent, *, title: str, subtitle: str, sections: Sequence[Section]
) -> Dossier:
    """Return the dossier of some sections, with what every dossier says of itself."""
    language = content.language
    return Dossier(
        language=language,
        title=title,
        subtitle=subtitle,
        author=tell("author", language),
        footer=f"{printable(content.map.title, longest=90)} · {dated(content)}",
        date=content.date,
        notices=notices(content),
        logos=content.logos,
        keywords=(f"run {content.run}",),
        sections=sections,
    )


def heads(language: str, *names: str) -> list[str]:
    """Return the heads of a table."""
    return [tell(f"head.{name}", language) for name in names]


def progress_blocks(content: PackContent) -> list[Block]:
    """Return the state of progress: delivered, to deliver, programmed, rate."""
    language, held = content.language, content.progress
    if held is None or held.empty:
        return []
    rows = [
        [
            label(FAMILIES, row["family"], language),
            tell("total", language)
            if row["convention"] == "total"
            else printable(row["convention"]),
            number(row["delivered"], language),
            number(row["to_deliver"], language),
            number(row["programmed"], language),
            percent(row["rate"], language),
        ]
        for row in held.to_dict("records")
    ]
    head = heads(language, "family", "convention", "delivered", "toDeliver", "programmed", "rate")
    shown = table(head, rows, wide=(1,), caption=tell("progress.caption", language))
    return [{**shown, "widths": [3, 2, 0, 0, 0, 0]}]


def definitions_section(content: PackContent, *, whole: bool = False) -> Section:
    """Return one-for-one under each definition; `whole` says that it is the territory's."""
    language, held = content.language, content.definitions
    heading = tell("definitions.whole" if whole else "definitions", language)
    if held is None or held.empty:
        return Section(heading=heading, blocks=[note(tell("absent.definitions", language))])
    rows = [
        [
            printable(row["fr" if language == "fr" else "en"], longest=200),
            number(row["demolished"], language),
            number(row["rebuilt"], language),
            *(percent(row[name], language) for name in ("programmed", "engaged", "delivered")),
        ]
        for row in held.to_dict("records")
    ]
    head = heads(
        language, "definition", "demolished", "rebuilt", "programmed", "engaged", "delivered"
    )
    shown = table(head, rows, caption=tell("definitions.caption", language))
    shown["widths"] = [1, 0, 0, 0, 0, 0]
    return Section(heading=heading, blocks=[shown])


def calendar_section(
    content: PackContent, changes: Sequence[Change] | None = None, *, site: str | None = None
) -> Section:
    """Return the steps still to come, those that slipped most first; of one site, or of all.

    With `changes`, each step says what the previous pack had, when it was something else.
    """
    language, held = content.language, content.milestones
    heading = tell("calendar", language)
    if held is None:
        return Section(heading=heading, blocks=[note(tell("absent.calendar", language))])
    coming = held[~held["happened"].astype(bool)]
    if site is not None:
        coming = coming[coming["site"].astype(str) == site]
    if coming.empty:
        return Section(heading=heading, blocks=[note(tell("calendar.none", language))])
    order = coming.assign(late=coming["slip_days"].fillna(0)).sort_values(
        ["late", "now"], ascending=[False, True], kind="stable"
    )
    rows = [
        [
            _operation(row),
            label(STEPS, row["step"], language),
            day(row["planned_before"], language),
            day(row["now"], language),
            number(row["slip_days"], language, sign=True),
            *([] if changes is None else [_previous(changes, str(step), language)]),
        ]
        for step, row in order.head(_STEPS_SHOWN).iterrows()
    ]
    names = ["operation", "step", "before", "now", "slip"]
    head = heads(language, *names, *([] if changes is None else ["previous"]))
    shown = table(head, rows, wide=(1,), caption=tell("calendar.caption", language))
    shown["widths"] = [1, *([0] * (len(head) - 1))]
    blocks = [shown]
    if len(order) > _STEPS_SHOWN:
        rest = number(len(order) - _STEPS_SHOWN, language)
        blocks.append(note(tell("calendar.cut", language, count=rest)))
    return Section(heading=heading, blocks=blocks)


def _operation(row: pd.Series) -> str:
    """Return an operation with its number: several may have one name."""
    parts = (printable(row["operation"], longest=40), printable(row["name"], longest=90))
    return " – ".join(part for part in parts if part)


def _previous(changes: Sequence[Change], step: str, language: str) -> str:
    """Return what the previous pack had for a step: its date, that it is new, or that it is the same."""
    for change in changes:
        if change.kind == "milestone" and change.key == step:
            return change.before or tell("calendar.new", language)
    return "="


def rules_section(content: PackContent, *, site: str | None = None) -> Section:
    """Return the verdicts that ask for something, rule by rule; for a site, every verdict on it."""
    language, held = content.language, content.verdicts
    heading = tell("rules", language)
    if held is not None and site is not None:
        held = held[(held["scope"] == "site") & (held["subject"].astype(str) == site)]
    if held is None or held.empty:
        return Section(heading=heading, blocks=[note(tell("absent.rules", language))])
    quiet = held["verdict"].isin(_QUIET)
    listed = held[~quiet] if site is None else held[held["verdict"] != "cannot-be-evaluated"]
    rows = [
        [
            printable(rule, longest=40),
            printable(part.iloc[0][language], longest=240),
            printable(part.iloc[0][f"told_{language}"], longest=60),
            *([_subjects(part["subject"])] if site is None else []),
            _cited(_spoken(part.iloc[0], "citation", language)) + _doubt(part.iloc[0], language),
        ]
        for (rule, _), part in listed.groupby(["rule", "verdict"], sort=False)
    ]
    counts = held["verdict"].value_counts()
    told = {
        "passed": number(counts.get("pass", 0), language),
        "unknown": number(counts.get("cannot-be-evaluated", 0), language),
    }
    # Above the table: below a long one, it would be alone on a page.
    blocks: list[Block] = [note(tell("rules.rest", language, **told))]
    if rows:
        blocks[0]["leads"] = True
        names = ("rule", "name", "verdict", *(("subject",) if site is None else ()), "citation")
        wide = tuple(range(1, len(names)))
        shown = table(
            heads(language, *names), rows, wide=wide, caption=tell("rules.caption", language)
        )
        shown["widths"] = [0, 4, 2, 3, 3] if site is None else [0, 4, 2, 4]
        blocks.append(shown)
    return Section(heading=heading, blocks=blocks)


def scenarios_section(content: PackContent) -> Section:
    """Return each pair of scenarios told in sentences."""
    language, blocks = content.language, list[Block]()
    for title, sentences in content.scenarios:
        blocks.append({**paragraph(title), "kind": "strong"})
        blocks.append(bullets(list(sentences)))
    absent = [note(tell("absent.scenarios", language))]
    return Section(heading=tell("scenarios", language), blocks=blocks or absent)


def _subjects(values: pd.Series) -> str:
    names = [printable(value, longest=40) for value in values]
    return ", ".join(names[:_SUBJECTS]) + (" …" if len(names) > _SUBJECTS else "")


def _spoken(row: Mapping[Any, Any] | pd.Series, name: str, language: str) -> Any:
    """Return a text in the language of the dossier, or as it is told when it has no French."""
    return (row.get(f"{name}_fr") if language == "fr" else None) or row[name]


def _cited(text: Any) -> str:
    """Return a citation with its addresses cut to the host: paper is narrow, the workbook has them whole.

    Examples
    --------
    >>> _cited("Regulation of 2016: https://www.example.org/a%20very/long.pdf, art. 3")
    'Regulation of 2016: example.org, art. 3'
    """
    return re.sub(r"https?://(?:www\.)?([^/\s,;]+)[^\s,;)]*", r"\1", printable(text, longest=400))[
        :200
    ]


def _doubt(row: pd.Series, language: str) -> str:
    return "" if bool(row.get("verified", True)) else f" ({tell('unverified', language)})"


def changes_section(
    content: PackContent, changes: Sequence[Change] | None, *, site: str | None = None
) -> Section:
    """Return what changed since the previous pack."""
    language = content.language
    heading = tell("changes", language)
    if changes is None:
        return Section(heading=heading, blocks=[note(tell("absent.changes", language))])
    held = [change for change in changes if site is None or change.site == site]
    if not held:
        return Section(heading=heading, blocks=[note(tell("changes.none", language))])
    blocks = [bullets([change.told for change in held[:_CHANGES_SHOWN]])]
    if len(held) > _CHANGES_SHOWN:
        rest = number(len(held) - _CHANGES_SHOWN, language)
        blocks.append(note(tell("changes.cut", language, count=rest)))
    return Section(heading=heading, blocks=blocks)


def alerts_section(content: PackContent, *, site: str | None = None) -> Section:
    """Return the alerts; for a site, those about it or its operations, and how many others there are."""
    if site is None:
        return _listed(content, "alerts", content.alerts)
    language, operations = content.language, content.map.operations
    own = {site}
    if operations is not None and "site" in operations.columns:
        own |= {str(one) for one in operations.index[operations["site"].astype(str) == site]}
    about = [*content.alerts_about, *([frozenset[str]()] * len(content.alerts))]
    told = [alert for alert, held in zip(content.alerts, about, strict=False) if held & own]
    blocks = _own(
        "alerts", [bullets(told)] if told else [], len(content.alerts) - len(told), language
    )
    return Section(heading=tell("alerts.site", language), blocks=blocks)


def decisions_section(content: PackContent, *, site: str | None = None) -> Section:
    """Return the decisions asked; for a site, those that concern it, and how many others there are.

    A decision has the same number in every dossier.
    """
    language, asked = content.language, decisions_of(content)
    if not asked:
        return _listed(content, "decisions", ())
    if site is None:
        blocks = [numbered([(one.number, one.told + _where(content, one)) for one in asked])]
        return Section(heading=tell("decisions", language), blocks=blocks)
    own = [(one.number, one.told) for one in asked if site in one.sites]
    blocks = _own("decisions", [numbered(own)] if own else [], len(asked) - len(own), language)
    return Section(heading=tell("decisions.site", language), blocks=blocks)


def _where(content: PackContent, decision: Decision) -> str:
    """Return a sentence with the sites whose dossiers hold a decision; empty when none does."""
    sites = content.map.sites
    if sites is None or not decision.sites:
        return ""
    held = [site for site in map(str, sites.index) if site in decision.sites]
    key = "decisions.everywhere" if len(held) == len(sites) else "decisions.where"
    return " " + tell(key, content.language, sites=_subjects(pd.Series(held)))


def _own(name: str, own: list[Block], others: int, language: str) -> list[Block]:
    """Return what a site has of its own, or that it has none, and how many others there are."""
    told = [] if own else [tell(f"{name}.noneHere", language)]
    if others:
        told.append(tell(f"{name}.others", language, count=number(others, language)))
    return [*own, note(" ".join(told))] if told else own


def sources_section(content: PackContent) -> Section:
    """Return the last page: facts of the run, assumptions in force, sources."""
    language = content.language
    facts = [
        tell("facts", language, name=one.fr, value=one.value_fr)
        if language == "fr"
        else tell("facts", language, name=one.en, value=one.value_en)
        for one in content.map.facts
    ]
    blocks = [bullets(facts)] if facts else []
    blocks += _assumptions(content)
    rows = [
        [
            layer_name(printable(row.get("layer"), longest=60), language),
            printable(row.get("attribution"), longest=90) or printable(row.get("file"), longest=60),
            printable(row.get("vintage"), longest=40) or "–",
            printable(row.get("licence"), longest=40) or "–",
            # What a study asks for is no survey: it is neither real nor made up.
            "–" if row.get("layer") in _ASKED else _nature(row.get("nature"), language),
        ]
        for row in _records(content.map.sources)
    ]
    if rows:
        head = heads(language, "layer", "source", "vintage", "licence", "nature")
        shown = table(head, rows, wide=(1, 2, 3, 4), caption=tell("sources.caption", language))
        shown["widths"] = [0, 1, 0, 0, 0]
        blocks.append(shown)
    blocks.append(note(tell("legal", language)))
    return Section(heading=tell("assumptions", language), blocks=blocks, newpage=True)


def _assumptions(content: PackContent) -> list[Block]:
    """Return the assumptions that are not verified, or that the study sets otherwise."""
    language, held = content.language, content.assumptions
    if held is None or held.empty:
        return []
    changed = held["value"] != held["default"] if "default" in held.columns else False
    shown = held[changed | ~held["verified"].astype(bool)].head(12)
    rows = [
        [
            printable(row["fr" if language == "fr" else "en"], longest=140),
            f"{_plain(row['value'], language)}\u00a0{_unit(row['unit'], language)}".strip(),
            printable(_spoken(row, "source", language), longest=140),
        ]
        for row in shown.to_dict("records")
    ]
    if not rows:
        return []
    head = heads(language, "assumption", "value", "source")
    made = table(head, rows, wide=(2,), caption=tell("assumptions.caption", language))
    made["widths"] = [1, 0, 1]
    rest = number(len(held) - len(rows), language)
    return [made, note(tell("assumptions.more", language, count=rest))]


def _plain(value: Any, language: str) -> str:
    try:
        told = f"{float(value):.6g}"
    except (TypeError, ValueError):
        return printable(value, longest=40)
    return told.replace(".", ",") if language == "fr" else told


def _unit(unit: Any, language: str) -> str:
    told = printable(unit, longest=60)
    return UNITS_FR.get(told, told) if language == "fr" else told


def _nature(nature: Any, language: str) -> str:
    key = f"nature.{nature}"
    return tell(key, language) if key in DOSSIER_WORDS else printable(nature)


def _records(held: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return [] if held is None else held.to_dict("records")


def _listed(content: PackContent, name: str, sentences: Sequence[str]) -> Section:
    language = content.language
    blocks = [bullets(list(sentences))] if sentences else [note(tell(f"absent.{name}", language))]
    return Section(heading=tell(name, language), blocks=blocks)
