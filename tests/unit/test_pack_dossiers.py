"""What a committee reads: a site's own alerts, nothing cut in silence, words of its language, one face."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest
from browser.scenes import SCHOOL, scene

from renewal_gis.assumptions import ASSUMPTIONS
from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.pack import Change, PackContent, PackTable
from renewal_gis.publishing.pack.content import completed
from renewal_gis.publishing.pack.dossier_access import compared_tables
from renewal_gis.publishing.pack.dossier_parts import (
    alerts_section,
    calendar_section,
    changes_section,
    definitions_section,
    rules_section,
    sources_section,
)
from renewal_gis.publishing.pack.dossier_words import UNITS_FR
from renewal_gis.publishing.pack.paper import Sheet
from renewal_gis.publishing.pack.typeface import house_style
from renewal_gis.publishing.pack.typesetting import Dossier, Section, picture, table, typeset
from renewal_gis.publishing.pack.workbook import write_workbook

OPERATIONS = pd.DataFrame({"site": ["s1", "s2"]}, index=["OP1", "OP2"])


def content(**more) -> PackContent:
    operations = more.pop("operations", OPERATIONS)
    held = replace(scene(), operations=operations)
    return completed(PackContent(map=held, run="abc123", **more))


def listed(section) -> list[str]:
    return [item for block in section.blocks if block["kind"] == "list" for item in block["items"]]


def notes(section) -> str:
    return " ".join(block["text"] for block in section.blocks if block["kind"] == "note")


def test_a_site_is_told_its_own_alerts_and_how_many_others_there_are():
    held = content(
        alerts=("Le site s1 est sous veto.", "OP1 a glissé.", "OP2 a glissé.", "Écart de 312."),
        alerts_about=tuple(
            map(frozenset, (["s1", "s3"], ["OP1", "OP9"], ["OP2"], ["2011-S2"])),
        ),
    )
    own = alerts_section(held, site="s1")
    assert listed(own) == ["Le site s1 est sous veto.", "OP1 a glissé."]
    assert notes(own) == "Autres alertes, au dossier du territoire\u202f: 2."
    assert listed(alerts_section(held, site="s2")) == ["OP2 a glissé."]
    assert listed(alerts_section(held)) == list(held.alerts)


@pytest.mark.parametrize("operations", [None, OPERATIONS, OPERATIONS[[]]])
def test_alerts_about_nothing_known_are_the_territory_s(operations):
    held = content(alerts=("Une.", "Deux."), operations=operations)
    own = alerts_section(held, site="s1")
    assert listed(own) == []
    assert "Aucune alerte ne nomme le site" in notes(own)
    assert notes(own).endswith(": 2.")
    assert "territoire" not in notes(alerts_section(content(), site="s1"))


def test_changes_that_do_not_fit_are_counted():
    changes = [Change("figure", f"f{place}", "", "1", "2", f"F{place}.") for place in range(63)]
    section = changes_section(content(), changes)
    assert len(listed(section)) == 60
    assert notes(section) == "Autres changements, au classeur\u202f: 3."
    assert notes(changes_section(content(), changes[:60])) == ""


def test_one_for_one_in_the_dossier_of_a_site_is_said_to_be_the_territory_s():
    assert "tout le territoire" in definitions_section(content(), whole=True).heading
    assert "territoire" not in definitions_section(content()).heading


def test_minutes_of_the_earlier_timetable_are_not_told_as_service():
    before = MeasureLabel(
        key="transit_min_before:centre", en="Centre: minutes, earlier timetable",
        fr="Centre : minutes, horaires d’avant", unit="min", breaks=(10, 20), low_is_good=True,
    )  # fmt: skip
    comparison = pd.DataFrame(
        {
            "measure": [SCHOOL.key, before.key], "sector": "corridor",
            "p50": [4.0, 55.0], "p10": 1.0, "p25": 1.0, "p75": 9.0, "p90": 9.0,
        }
    )  # fmt: skip
    held = content()
    asked = replace(held, map=replace(held.map, measures=[SCHOOL, before], comparison=comparison))
    tables = {table["caption"]: table["rows"] for table in compared_tables(asked)}
    (caption,) = [name for name, rows in tables.items() if rows[0][1] == "55,0\u00a0min"]
    assert caption.startswith("En transport, selon les horaires d’avant")


def test_the_last_page_speaks_french_and_cuts_no_unit():
    assumptions = pd.DataFrame(
        {
            "en": ["Part"], "fr": ["Partie"], "value": [0.02], "default": [0.02],
            "unit": ["share of the network’s length"], "source": ["x"], "verified": [False],
        }
    )  # fmt: skip
    held = content(assumptions=assumptions)
    sources = pd.DataFrame(
        {"layer": ["stock", "grid:elevation", "grid:x"], "file": ["a", "b", "c"], "nature": "real"}
    )
    held = replace(held, map=replace(held.map, sources=sources))
    cells = [
        cell
        for block in sources_section(held).blocks
        if block["kind"] == "table"
        for row in block["rows"]
        for cell in row
    ]
    assert "0,02\u00a0part de la longueur du réseau" in cells
    assert {"logements", "grille d’altitude", "grille x"} <= set(cells)


def test_every_unit_of_a_planning_constant_is_known_in_french():
    # Symbols, and the words that are the same in both languages.
    same = {"h", "km/h", "m", "m/s", "min", "m²", "points", "s", "stations"}
    assert {one.unit for one in ASSUMPTIONS} <= same | set(UNITS_FR)


def test_every_planning_constant_tells_its_source_in_french():
    english = re.compile(r"\b(?:the|of|and|no source|read|choice|professional use)\b")
    # Titles of works in English stay as they are.
    titles = (
        "Access to Quality Transit",
        "Three presentations on geographical analysis and modeling",
    )
    for one in ASSUMPTIONS:
        told = one.source_fr
        assert one.en, one.name
        assert one.fr, one.name
        assert one.source, one.name
        assert told, one.name
        for title in titles:
            told = told.replace(title, "")
        assert not english.search(told), (one.name, told)
        for text in (one.fr, one.source_fr):
            assert not re.search(r" [;:?!»%]|« ", text), (one.name, text)


def test_the_dossier_in_french_tells_citations_and_sources_in_french():
    assumptions = pd.DataFrame(
        {
            "en": "Part", "fr": "Partie", "value": 1.0, "default": 2.0, "unit": "m",
            "source": ["read", "same"], "source_fr": ["lue", ""], "verified": True,
        }
    )  # fmt: skip
    verdicts = pd.DataFrame(
        {
            "rule": ["R1", "R2"], "scope": "site", "subject": "s1", "verdict": "warn",
            "told_en": "To watch", "told_fr": "À surveiller", "en": "Rule", "fr": "Règle",
            "citation": ["Law of 2003", "Loi locale"], "citation_fr": ["Loi de 2003", ""],
            "verified": True,
        }
    )  # fmt: skip
    held = content(assumptions=assumptions, verdicts=verdicts)
    for language, sources, cited in (
        ("fr", ["lue", "same"], ["Loi de 2003", "Loi locale"]),
        ("en", ["read", "same"], ["Law of 2003", "Loi locale"]),
    ):
        asked = replace(held, map=replace(held.map, language=language))
        first = next(one for one in sources_section(asked).blocks if one["kind"] == "table")
        assert [row[-1] for row in first["rows"]] == sources
        for site in (None, "s1"):
            counts, shown = rules_section(asked, site=site).blocks
            assert counts["leads"]  # below a long table it could be alone on a page
            assert [row[-1] for row in shown["rows"]] == cited


def test_french_signs_and_units_are_bound_to_what_they_follow(tmp_path):
    section = Section(heading="Accès : oui", blocks=[table(["À moins de 300 m"], [["« 5 % »"]])])
    texts = {}
    for language in ("fr", "en"):
        asked = Dossier(
            language=language, title="T", subtitle="", author="x", footer="", sections=[section]
        )
        (tmp_path / "made.pdf").write_bytes(typeset(asked, tmp_path))
        texts[language] = pypdf.PdfReader(tmp_path / "made.pdf").pages[0].extract_text()
    # Open Sans draws the narrow space with the letter of the plain one, which is told as the first met.
    assert "Accès\u202f:" in texts["fr"]
    assert "300\u00a0m" in texts["fr"]
    assert "Accès : oui" in texts["en"]
    assert "300 m" in texts["en"]


def test_operations_of_one_name_are_told_apart_in_the_calendar():
    steps = pd.DataFrame(
        {
            "operation": ["OP1", "OP2", "OP3"], "name": ["Démolition", "Démolition", ""],
            "site": "", "step": "demolished", "planned_before": pd.Timestamp("2026-01-01"),
            "now": pd.Timestamp("2026-02-01"), "slip_days": 31.0, "happened": False,
        },
        index=["m1", "m2", "m3"],
    )  # fmt: skip
    (shown,) = calendar_section(content(milestones=steps)).blocks
    assert [row[0] for row in shown["rows"]] == ["OP1 – Démolition", "OP2 – Démolition", "OP3"]


def test_a_file_of_the_study_is_neither_real_nor_made_up():
    sources = pd.DataFrame(
        {"layer": ["communes", "programme", "rules"], "file": ["a", "b", "c"], "nature": "real"}
    )
    held = content()
    shown = sources_section(replace(held, map=replace(held.map, sources=sources))).blocks
    (rows,) = [block["rows"] for block in shown if block["kind"] == "table"]
    assert [row[-1] for row in rows] == ["réelle", "–", "–"]


def test_no_letters_but_those_of_the_pack_are_taken(tmp_path):
    # ◆ is not in Open Sans: a drawing with it took a whole line from a third family.
    with house_style():
        sheet = Sheet.blank(80, 20)
        sheet.write(5, 10, "minutes · ◆ ce site")
        sheet.save(tmp_path / "chart.svg")
    section = Section(heading="Chart", blocks=[picture(tmp_path / "chart.svg", alt="A line.")])
    asked = Dossier(
        language="fr", title="Letters", subtitle="", author="x", footer="", sections=[section]
    )
    (tmp_path / "made.pdf").write_bytes(typeset(asked, tmp_path))
    page = pypdf.PdfReader(tmp_path / "made.pdf").pages[0]
    assert fonts(page["/Resources"]) == {"OpenSans", "OpenSans-Bold", "DejaVuSans"}


def fonts(resources) -> set[str]:
    """Return the families of a page and of the drawings on it."""
    held = {
        str(font.get_object()["/BaseFont"]).rpartition("+")[2]
        for font in resources.get("/Font", {}).values()
    }
    for drawing in resources.get("/XObject", {}).values():
        held |= fonts(drawing.get_object().get("/Resources", {}))
    return held


def test_a_number_of_numpy_among_objects_is_a_number_in_the_workbook(tmp_path):
    odd = pd.DataFrame({"held": pd.Series([np.int64(3), np.bool_(True), "x"], dtype=object)})
    table = PackTable(name="odd", en="Odd", fr="Odd", frame=odd)
    held = content(tables=(table,))
    write_workbook(held, tmp_path / "book.xlsx", manifest={})
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["Odd"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [3, True, "x"]
