"""What a committee reads: a site's own alerts, nothing cut in silence, words of its language, one face."""

from __future__ import annotations

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
    changes_section,
    definitions_section,
    sources_section,
)
from renewal_gis.publishing.pack.dossier_words import UNITS_FR
from renewal_gis.publishing.pack.paper import Sheet
from renewal_gis.publishing.pack.typeface import house_style
from renewal_gis.publishing.pack.typesetting import Dossier, Section, picture, typeset
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
    assert notes(own) == "Alertes du territoire, dites dans son dossier\u202f: 2."
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
    assert notes(section) == "3 autres changements sont dans le classeur."
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
