"""One set of figures: the same number on the map, in the PDF, in the workbook and in the GeoPackage."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pypdf
import pytest
from pdf_ua import elements, ua_faults
from small_study import write_small_study

from renewal_gis.edition import map_content
from renewal_gis.pack import export
from renewal_gis.publishing.pack import read_manifest
from renewal_gis.publishing.pack.figures import told_figure
from renewal_gis.publishing.pack.paper import Box, Sheet
from renewal_gis.publishing.pack.text import number, percent
from renewal_gis.publishing.pack.typeface import house_style
from renewal_gis.study import run

PAPERS = ("a3-landscape", "a3-portrait", "a4-landscape", "a4-portrait")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(write_small_study(tmp_path_factory.mktemp("study")))


@pytest.fixture(scope="module")
def pack(results, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "pack"
    export(results, folder, decisions=["Keep the northern site?"], language="fr", workers=2)
    return folder


@pytest.fixture(scope="module")
def figures(pack) -> dict[str, dict[str, object]]:
    return read_manifest(pack)["figures"]


def squeezed(path: Path) -> str:
    """Return the text of a PDF without its spaces, which fonts and lines move about."""
    pages = pypdf.PdfReader(path).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def headlines(figures) -> dict[str, dict[str, object]]:
    return {key: held for key, held in figures.items() if not key.startswith("median.")}


def test_there_are_headline_figures(figures):
    assert {"programme.demolished", "programme.rebuilt", "programme.ratio", "sites.count"} <= set(
        headlines(figures)
    )
    assert sum(key.startswith("median.") for key in figures) >= 6


def test_the_workbook_holds_each(pack, figures):
    book = openpyxl.load_workbook(pack / "workbook.xlsx")
    rows = {row[0]: row[3] for row in book["Chiffres clés"].iter_rows(min_row=2, values_only=True)}
    assert rows == {key: pytest.approx(held["value"]) for key, held in figures.items()}


def test_the_geopackage_holds_each(pack, figures):
    table = pyogrio.read_dataframe(pack / "territory.gpkg", layer="figures").set_index("key")
    assert dict(table["value"]) == {
        key: pytest.approx(held["value"]) for key, held in figures.items()
    }
    assert dict(table["label"]) == {key: held["fr"] for key, held in figures.items()}


def test_the_dossier_prints_each(pack, figures):
    told = squeezed(pack / "dossier-territory.pdf")
    for key, held in headlines(figures).items():
        shown = told_figure(held["value"], held["unit"], "fr")
        assert without_spaces(f"{held['fr']}{shown}") in told, key


def test_the_dossier_prints_each_median_of_a_walk(pack, figures):
    told = squeezed(pack / "dossier-territory.pdf")
    walks = {key: held for key, held in figures.items() if ".walk_min:" in key}
    by_measure: dict[str, list[str]] = {}
    for key, held in walks.items():
        by_measure.setdefault(key.split(".", 2)[2], []).append(
            number(held["value"], "fr", decimals=1)
        )
    assert by_measure
    for measure, values in by_measure.items():
        assert without_spaces("min".join(values) + "min") in told, measure


@pytest.mark.parametrize("paper", PAPERS)
def test_the_map_of_the_sites_prints_each_headline(pack, figures, paper):
    told = squeezed(pack / f"map-territory-sites-{paper}.pdf")
    for key, held in headlines(figures).items():
        shown = (
            percent(held["value"], "fr") if held["unit"] == "ratio" else number(held["value"], "fr")
        )
        # A label may be broken into lines; its last word and its number stand in one row.
        assert without_spaces(shown) in told, key


def test_the_interactive_map_says_the_same_of_the_programme(results, figures):
    facts = {fact.en: fact.value_fr for fact in map_content(results).facts}
    told = without_spaces(facts["Programme"])
    for name in ("demolished", "rebuilt"):
        assert without_spaces(number(figures[f"programme.{name}"]["value"], "fr")) in told
    assert without_spaces(percent(figures["programme.ratio"]["value"], "fr")) in told


def test_the_interactive_map_has_the_same_sites_and_medians(results, figures, pack):
    shown = map_content(results)
    assert len(shown.sites) == figures["sites.count"]["value"]
    assert shown.sites["capacity"].sum() == figures["sites.capacity"]["value"]
    assert (shown.sites["veto"] != "").sum() == figures["sites.vetoed"]["value"]
    for row in shown.comparison.to_dict("records"):
        key = f"median.{row['sector']}.{row['measure']}"
        if key in figures:
            assert figures[key]["value"] == pytest.approx(row["p50"])
    states = read_manifest(pack)["sites"]
    for site, score in shown.sites["score"].items():
        if pd.notna(score):
            assert states[str(site)]["score"] == pytest.approx(score, abs=1e-6)


def test_each_score_is_the_same_on_the_sheet_the_dossier_and_the_layers(pack):
    layer = pyogrio.read_dataframe(pack / "territory.gpkg", layer="sites")
    scores = dict(zip(layer.iloc[:, 0], layer["score"], strict=True))
    parquet = pd.read_parquet(pack / "sites.parquet")
    scored = 0
    for site, held in read_manifest(pack)["sites"].items():
        if held["score"] is None:
            continue
        scored += 1
        shown = number(held["score"], "fr", decimals=1)
        assert scores[site] == pytest.approx(held["score"], abs=1e-6)
        assert parquet.loc[site, "score"] == pytest.approx(held["score"], abs=1e-6)
        assert f"note{shown}" in squeezed(pack / f"map-site-{site}-a4-landscape.pdf")
        assert shown in squeezed(pack / f"dossier-site-{site}.pdf")
    assert scored >= 2


def test_every_pdf_of_the_pack_is_tagged_told_and_bookmarked(pack):
    paths = sorted(pack.glob("*.pdf"))
    assert len(paths) > 10
    for path in paths:
        assert ua_faults(path) == [], path.name


def test_the_check_of_tags_finds_faults(pack, tmp_path):
    writer = pypdf.PdfWriter(clone_from=pack / "map-territory-sites-a4-landscape.pdf")
    for element in elements(writer.root_object["/StructTreeRoot"]):
        element.pop("/Alt", None)
    writer.write(tmp_path / "mute.pdf")
    assert "13-004 a figure without words" in ua_faults(tmp_path / "mute.pdf")
    with house_style():
        sheet = Sheet.blank(100, 100)
        sheet.axes(Box(10, 10, 50, 50))
        sheet.write(20, 20, "words")
        sheet.figure.savefig(tmp_path / "plain.pdf")
    assert "01-003 no tree of structure" in ua_faults(tmp_path / "plain.pdf")


def test_a_map_sheet_is_read_title_first_then_map_then_sources(pack):
    root = pypdf.PdfReader(pack / "map-site-north-a4-landscape.pdf").trailer["/Root"]
    held = [
        element
        for element in elements(root["/StructTreeRoot"])
        if element["/S"] in {"/H1", "/Figure", "/P"}
    ]
    kinds = [str(element["/S"]) for element in held]
    assert kinds[:2] == ["/H1", "/Figure"]
    assert kinds.count("/P") >= 3
    words = str(held[1]["/Alt"])
    assert words.startswith("Site north")
    assert "Légende" in words


def test_gdal_reads_a_style_for_each_layer(pack):
    layers = pyogrio.list_layers(pack / "territory.gpkg")
    spatial = {name for name, kind in layers if kind is not None}
    styles = pyogrio.read_dataframe(pack / "territory.gpkg", layer="layer_styles")
    assert set(styles["f_table_name"]) == spatial
    assert styles["useAsDefault"].astype(bool).all()
    assert styles["styleQML"].str.contains("renderer-v2").all()


def test_units_stand_in_the_comments_of_columns(pack):
    with closing(sqlite3.connect(pack / "territory.gpkg")) as book:
        rows = book.execute(
            "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'sites'"
        ).fetchall()
    titles = dict(rows)
    minutes = [name for name in titles if name.startswith("walk_min:")]
    assert minutes
    assert all(titles[name].endswith("(min)") for name in minutes)


def test_each_chart_is_a_drawing_and_a_picture(pack):
    names = {path.stem for path in pack.glob("chart-*.svg")}
    assert {"chart-medians", "chart-distribution", "chart-scores", "chart-site-north"} <= names
    assert names == {path.stem for path in pack.glob("chart-*.png")}


def test_the_manifest_names_every_input_and_output(pack, results):
    held = read_manifest(pack)
    assert {row["layer"] for row in held["inputs"]} >= {"sites", "stock", "communes", "operations"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["sha256"]) for row in held["inputs"])
    assert set(held["outputs"]) == {path.name for path in pack.iterdir()} - {"manifest.json"}
    assert held["versions"]["typst"]
    assert json.dumps(held["parameters"])


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_another_reader_finds_the_tags(pack):
    import subprocess

    told = subprocess.run(
        ["pdfinfo", pack / "map-territory-access-a3-portrait.pdf"], capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert re.search(r"Tagged:\s+yes", told)
    assert "A3" in told
