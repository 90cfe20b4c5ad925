"""The whole pack: one set of figures everywhere, tagged PDF, typed workbook, styled GeoPackage, a manifest."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Tree

import openpyxl
import pandas as pd
import pyogrio
import pypdf
import pytest
from browser.scenes import HOSTILE, hostile_scene, scene

from renewal_gis.errors import DataError, MissingExtraError
from renewal_gis.files import sha256_of
from renewal_gis.publishing.pack import (
    PackContent,
    PackOptions,
    PackTable,
    altered,
    read_manifest,
    rebuilt_differently,
    write_pack,
)
from renewal_gis.publishing.pack import typesetting as setting
from renewal_gis.publishing.pack.typeface import drawable, need

SMALL = PackOptions(territory_papers=("a4-portrait",))


def totals() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "demolished": [450, 1400],
            "of_which_mining": [172, 172],
            "rebuilt": [441, 1265],
            "rebuilt_social": [291, 1084],
            "ratio": [441 / 450, 1265 / 1400],
        },
        index=pd.Index(["Beuvrages 2006", "total"], name="convention"),
    )


def steps() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "operation": ["OP1", "OP2"],
            "name": ["Démolition", "=cmd|' /C calc'!A0"],
            "site": ["", "s1"],
            "step": ["demolished", "delivered"],
            "planned_before": pd.to_datetime(["2026-01-01", "2026-01-01"]),
            "now": pd.to_datetime(["2026-01-01", "2026-07-01"]),
            "slip_days": [0.0, 181.0],
            "happened": [True, False],
        },
        index=["M1", "M2"],
    )


def content(map_content=None, **more) -> PackContent:
    held = scene() if map_content is None else map_content
    given = {
        "run": "abc123",
        "nature": "synthetic",
        "date": date(2026, 3, 10),
        "timetable": date(2026, 3, 10),
        "milestones": steps(),
        "tables": [
            PackTable(name="programme", en="Programme", fr="Programme", frame=totals()),
            PackTable(name="sites", en="Sites", fr="Sites", frame=held.sites),
            PackTable(name="milestones", en="Milestones", fr="Jalons", frame=steps()),
        ],
    }
    return PackContent(map=held, **{**given, **more})


@pytest.fixture(scope="module")
def pack(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "pack"
    write_pack(content(), folder, options=SMALL)
    return folder


def read_pdf(path: Path) -> str:
    return re.sub(
        r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    )


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_headline_figure_is_the_same_in_every_format(pack):
    manifest = read_manifest(pack)
    figures = manifest["figures"]
    assert figures["programme.demolished"]["value"] == 1400
    assert figures["programme.rebuilt"]["value"] == 1265
    assert figures["programme.ratio"]["value"] == pytest.approx(1265 / 1400)
    told = read_pdf(pack / "dossier-territory.pdf")
    for shown in ("1 400 logements", "1 265 logements", "172 logements", "90,4 %", "98,0 %"):
        assert shown in told, shown
    book = openpyxl.load_workbook(pack / "workbook.xlsx")
    rows = {row[0]: row[3] for row in book["Chiffres clés"].iter_rows(min_row=2, values_only=True)}
    assert rows == {key: pytest.approx(held["value"]) for key, held in figures.items()}
    sites = pyogrio.read_dataframe(pack / "territory.gpkg", layer="sites")
    scores = dict(zip(sites.iloc[:, 0], sites["score"], strict=True))
    sheet = read_pdf(pack / "map-site-s1-a4-landscape.pdf")
    for site, held in manifest["sites"].items():
        if held["score"] is None:
            assert pd.isna(scores[site])
            continue
        assert scores[site] == pytest.approx(held["score"])
        shown = f"{held['score']:.1f}".replace(".", ",")
        assert shown in read_pdf(pack / f"dossier-site-{site}.pdf")
    assert f"note {manifest['sites']['s1']['score']:.1f}".replace(".", ",") in sheet
    parquet = pd.read_parquet(pack / "sites.parquet")
    assert parquet.loc["s1", "score"] == pytest.approx(manifest["sites"]["s1"]["score"])


def test_a_dossier_is_tagged_titled_and_bookmarked(pack):
    for path in sorted(pack.glob("dossier-*.pdf")):
        reader = pypdf.PdfReader(path)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"].value is True
        assert root["/Lang"] in {"fr", "fr-FR"}
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        assert reader.metadata.title
        xmp = root["/Metadata"].get_data().decode("utf-8")
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert "<pdfaid:part>2</pdfaid:part>" in xmp
        assert len(reader.outline) >= 8
        kinds, missing = {}, []
        for element in elements(root["/StructTreeRoot"]):
            kind = element["/S"]
            kinds[kind] = kinds.get(kind, 0) + 1
            if kind == "/Figure" and not element.get("/Alt"):
                missing.append(element)
        assert not missing
        assert kinds["/H1"] >= 8
        assert kinds["/TH"] >= 4
        assert kinds["/TD"] >= 4
        for page in reader.pages:
            for font in page["/Resources"].get("/Font", {}).values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(inner.get_object())


def elements(node):
    """Walk a tree of structure."""
    held = node.get("/K") if hasattr(node, "get") else None
    if hasattr(node, "get") and "/S" in node:
        yield node
    for child in held if isinstance(held, list) else [] if held is None else [held]:
        inner = child.get_object() if hasattr(child, "get_object") else child
        if hasattr(inner, "get"):
            yield from elements(inner)


def test_a_picture_without_words_is_refused(tmp_path):
    with pytest.raises(ValueError, match="alternative text"):
        setting.picture(tmp_path / "x.svg", alt=" \n ")


def test_typst_refuses_a_picture_without_words_too(tmp_path):
    (tmp_path / "x.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    )
    block = {**setting.picture(tmp_path / "x.svg", alt="words"), "alt": None}
    section = setting.Section(heading="h", blocks=[block])
    dossier = setting.Dossier(
        language="fr", title="t", subtitle="s", author="a", footer="f", sections=[section]
    )
    with pytest.raises(DataError, match=r"'t' cannot be typeset.*alt"):
        setting.typeset(dossier, tmp_path)


@pytest.mark.parametrize(
    "text",
    ['#read("/etc/passwd")', "$x^2$ *a* _b_ @c <d>", "= t", "#panic()", "\\", "漢字 \U0001f3e0"],
)
def test_markup_in_data_stays_text(text, tmp_path):
    section = setting.Section(
        heading=text,
        blocks=[setting.paragraph(text), setting.bullets([text]), setting.table([text], [[text]])],
    )
    dossier = setting.Dossier(
        language="fr", title=text, subtitle=text, author=text, footer=text, sections=[section],
        notices=[text],
    )  # fmt: skip
    (tmp_path / "d.pdf").write_bytes(setting.typeset(dossier, tmp_path))
    told = read_pdf(tmp_path / "d.pdf").replace(" ", "")
    assert told.count(drawable(text).replace(" ", "")) >= 7
    assert "root:" not in told


def test_the_workbook_holds_numbers_dates_and_texts(pack):
    book = openpyxl.load_workbook(pack / "workbook.xlsx")
    assert book.sheetnames[0] == "À lire"
    for name in ("Programme", "Sites", "Jalons", "Sources", "Dictionnaire", "Manifeste"):
        assert name in book.sheetnames
    steps_sheet = book["Jalons"]
    heads = [cell.value for cell in steps_sheet[1]]
    late = steps_sheet.cell(3, heads.index("slip_days") + 1)
    assert late.value == 181
    dated = steps_sheet.cell(3, heads.index("now") + 1)
    assert dated.is_date
    assert dated.number_format == "yyyy-mm-dd"
    assert steps_sheet.cell(2, heads.index("happened") + 1).value is True
    formula = steps_sheet.cell(3, heads.index("name") + 1)
    assert formula.data_type == "s"
    assert formula.value.startswith("=cmd")
    ratio = book["Programme"]
    place = [cell.value for cell in ratio[1]].index("ratio") + 1
    assert ratio.cell(2, place).number_format == "0.0%"
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes in {"A2", "B2"}, sheet.title
        assert sheet.auto_filter.ref, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    words = {(row[0], row[1]): row for row in book["Dictionnaire"].iter_rows(values_only=True)}
    assert words[("Sites", "score")][3].startswith("Note sur 100")


def test_the_geopackage_opens_styled(pack):
    path = pack / "territory.gpkg"
    layers = {name for name, kind in pyogrio.list_layers(path) if kind is not None}
    assert {"communes", "sites", "perimeters", "services"} <= layers
    with closing(sqlite3.connect(path)) as book:
        assert book.execute("PRAGMA user_version").fetchone()[0] == 10300
        assert book.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        styles = book.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        geometry = dict(book.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        titles = dict(
            book.execute(
                "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'sites'"
            )
        )
        contents = {name for (name,) in book.execute("SELECT table_name FROM gpkg_contents")}
    assert {name for name, *_ in styles} == layers
    assert "layer_styles" in contents
    assert titles["walk_min:ecole"] == "École\u00a0: minutes à pied jusqu’au plus proche (min)"
    for name, column, text, default in styles:
        assert default == 1
        assert column == geometry[name]
        root = Tree.fromstring(text.split("\n", 1)[1])
        renderer = root.find("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.find("symbols")}
        used = {node.get("symbol") for node in renderer.iter() if node.get("symbol")}
        assert used <= symbols
        assert symbols
    sites = next(
        Tree.fromstring(text.split("\n", 1)[1]) for name, _, text, _ in styles if name == "sites"
    )
    assert sites.find("renderer-v2").get("attr") == '"score"'
    assert [part.get("upper")[:4] for part in sites.iter("range")] == [
        "20.0",
        "40.0",
        "60.0",
        "80.0",
        "100.",
    ]


def test_the_same_content_gives_the_same_bytes_on_any_number_of_processes(pack, tmp_path):
    write_pack(content(), tmp_path / "again", options=SMALL, workers=2)
    first = {path.name: sha256_of(path) for path in pack.iterdir()}
    again = {path.name: sha256_of(path) for path in (tmp_path / "again").iterdir()}
    assert first == again


def test_no_path_of_the_machine_is_written(pack):
    for path in sorted(pack.iterdir()):
        held = path.read_bytes()
        for word in (b"/tmp/", b"/root", b"/home/", b"site-packages"):
            assert word not in held, (path.name, word)


def test_a_pack_says_when_it_was_changed(pack, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(pack, copy)
    manifest = read_manifest(copy)
    assert altered(copy, manifest) == []
    (copy / "workbook.xlsx").write_bytes(b"x")
    (copy / "chart-medians.svg").unlink()
    assert altered(copy, manifest) == [
        "chart-medians.svg is missing.",
        "workbook.xlsx is not the file that was written.",
    ]


def test_a_manifest_names_no_file_outside_its_folder(pack):
    held = {**read_manifest(pack), "outputs": {"../../etc/passwd": "0"}}
    assert altered(pack, held)[0] == "../../etc/passwd is missing."


def test_what_differs_is_named():
    rows = [{"layer": "sites", "file": "s.gpkg", "sha256": "a"}]
    first = {
        "inputs": rows,
        "versions": {"typst": "1"},
        "parameters": {},
        "outputs": {"a": "1", "b": "1"},
    }
    second = {
        "inputs": [{**rows[0], "sha256": "b"}], "versions": {"typst": "2"}, "parameters": {"x": 1},
        "outputs": {"a": "2", "b": "1"},
    }  # fmt: skip
    assert rebuilt_differently(first, second) == [
        "The layer sites (s.gpkg) has changed since the pack was made.",
        "The pack was made with typst 1; it is now 2.",
        "The pack was asked with x None; it is now 1.",
        "1 file(s) no longer follow from the inputs: a.",
    ]
    assert rebuilt_differently(first, first) == []
    forged = {**first, "figures": {"programme.rebuilt": {"value": 1400}}, "note": "mine"}
    assert rebuilt_differently(forged, first) == [
        "The manifest says other figures than the run gives.",
        "The manifest says other note than the run gives.",
    ]
    assert rebuilt_differently(first, {**first, "decisions_about": []}) == [
        "The manifest does not say decisions_about: another version wrote it, or it was changed by hand."
    ]


def test_since_last_time_is_told_in_the_dossier_and_the_workbook(pack, tmp_path):
    changed = scene()
    sites = changed.sites.copy()
    sites.loc["s1", "score"] = 61.0
    moved = steps()
    moved.loc["M2", "now"] = pd.Timestamp("2026-12-31")
    now = content(replace(changed, sites=sites), milestones=moved)
    write_pack(now, tmp_path / "next", previous=pack, options=SMALL)
    changes = read_manifest(tmp_path / "next")["changes"]
    keys = {change[1] for change in changes}
    assert keys == {"s1.score", "M2"}
    told = read_pdf(tmp_path / "next" / "dossier-territory.pdf")
    assert "01/07/2026 → 31/12/2026 (+183 jours)" in told
    assert "61,0" in read_pdf(tmp_path / "next" / "dossier-site-s1.pdf")
    book = openpyxl.load_workbook(tmp_path / "next" / "workbook.xlsx")
    assert book["Depuis la dernière fois"].max_row == 3


def test_the_same_pack_again_changed_nothing(pack, tmp_path):
    write_pack(content(), tmp_path / "again", previous=pack / "manifest.json", options=SMALL)
    assert read_manifest(tmp_path / "again")["changes"] == []
    assert "Rien n’a changé" in read_pdf(tmp_path / "again" / "dossier-territory.pdf")


@pytest.mark.parametrize("held", ["", "{", "[]", '{"kind": "map"}', '{"outputs": {}}'])
def test_a_previous_pack_that_is_none_stops_before_anything_is_written(held, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text(held)
    with pytest.raises(DataError, match="renewal-gis export"):
        write_pack(content(), tmp_path / "new", previous=tmp_path / "old")
    with pytest.raises(DataError, match="There is no 'nowhere'"):
        write_pack(content(), tmp_path / "new", previous=tmp_path / "nowhere")
    assert not (tmp_path / "new").exists()


def test_odd_parts_of_a_previous_manifest_are_passed_over(tmp_path):
    odd = {
        "kind": "pack", "figures": {"programme.ratio": 7, "gone": {"value": 1}}, "sites": {"s1": 3},
        "milestones": {"M1": None, "M9": {"operation": "{0.__class__}", "step": "?"}},
        "inputs": [3, {"layer": "x"}],
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(odd))
    write_pack(content(), tmp_path / "pack", previous=tmp_path, options=SMALL)
    assert len(read_manifest(tmp_path / "pack")["changes"]) > 5


def test_a_failed_pack_leaves_the_last_one(pack, tmp_path, monkeypatch):
    folder = tmp_path / "pack"
    shutil.copytree(pack, folder)
    (folder / "notes.txt").write_text("mine")
    before = {path.name: sha256_of(path) for path in folder.iterdir()}

    def broken(*args, **options):
        raise DataError("broken")

    monkeypatch.setattr("renewal_gis.publishing.pack.writing.write_workbook", broken)
    with pytest.raises(DataError, match="broken"):
        write_pack(content(), folder, options=SMALL)
    assert {path.name: sha256_of(path) for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_a_missing_library_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r'pip install "renewal-gis\[sheets\]"'):
        write_pack(content(), tmp_path / "pack")
    assert not (tmp_path / "pack").exists()
    assert need("matplotlib")


def test_hostile_texts_break_nothing(tmp_path):
    held = hostile_scene()
    few = replace(held, sites=held.sites.iloc[[4, 7]], layers={
        name: layer if name == "services" else layer.iloc[:1] for name, layer in held.layers.items()
    })  # fmt: skip
    made = content(few, alerts=HOSTILE, decisions=HOSTILE, milestones=None)
    options = PackOptions(territory_papers=(), place_papers=("a4-landscape",))
    files = write_pack(made, tmp_path / "pack", options=options)
    names = {path.name for path in files}
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in names)
    told = read_pdf(tmp_path / "pack" / "dossier-territory.pdf")
    assert "{{ 7*7 }}" in told
    assert "49" not in told.split("{{ 7*7 }}")[1][:20]
    assert read_manifest(tmp_path / "pack")["kind"] == "pack"
    book = openpyxl.load_workbook(tmp_path / "pack" / "workbook.xlsx")
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_study_of_communes_alone_has_a_pack(tmp_path):
    bare = replace(
        scene(), sites=None, stock=None, layers={}, breakdown=None, comparison=None, distribution=None,
        operations=None, milestones=None, measures=(), facts=(), sources=None, notices={}, language="en",
    )  # fmt: skip
    write_pack(PackContent(map=bare, run="r"), tmp_path / "pack", options=SMALL)
    told = plain(read_pdf(tmp_path / "pack" / "dossier-territory.pdf"))
    for sentence in ("The study has no sites.", "No alert.", "No previous pack was given."):
        assert sentence in told
    # Without a date the file does not claim to be an archive, but stays readable aloud.
    root = pypdf.PdfReader(tmp_path / "pack" / "dossier-territory.pdf").trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode("utf-8")
    assert "pdfuaid:part" in xmp
    assert "pdfaid:part" not in xmp


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook_and_loses_nothing(pack, tmp_path):
    done = subprocess.run(
        ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", tmp_path, pack / "workbook.xlsx"],
        check=True, capture_output=True, text=True, timeout=180,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    ours = openpyxl.load_workbook(pack / "workbook.xlsx")
    theirs = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    assert theirs.sheetnames == ours.sheetnames, done.stderr
    for sheet in ours.worksheets:
        again = theirs[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                other = again[cell.coordinate]
                if isinstance(cell.value, float):
                    assert other.value == pytest.approx(cell.value), (sheet.title, cell.coordinate)
                elif isinstance(cell.value, bool):  # as LibreOffice writes one
                    assert other.value == f"={str(cell.value).upper()}()"
                else:
                    assert other.value == cell.value, (sheet.title, cell.coordinate)


@pytest.mark.skipif(
    subprocess.run(["/usr/bin/python3", "-c", "import qgis.core"], capture_output=True, check=False).returncode != 0,
    reason="QGIS is not installed",
)  # fmt: skip
def test_qgis_finds_the_styles(pack, tmp_path):
    script = (
        "import sys\nfrom qgis.core import QgsApplication, QgsVectorLayer\n"
        "app = QgsApplication([], False); app.initQgis()\n"
        "for name in sys.argv[2:]:\n"
        "    layer = QgsVectorLayer(sys.argv[1] + '|layername=' + name, name, 'ogr')\n"
        "    style = layer.renderer()\n"
        "    print(name, layer.isValid(), type(style).__name__, layer.featureCount(),\n"
        "          len(style.legendSymbolItems()), layer.attributeAlias(layer.fields().indexOf('score')))\n"
    )
    names = [
        name for name, kind in pyogrio.list_layers(pack / "territory.gpkg") if kind is not None
    ]
    done = subprocess.run(
        ["/usr/bin/python3", "-c", script, pack / "territory.gpkg", *names], capture_output=True, text=True,
        check=False, timeout=120, env={"HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert set(told) == set(names), done.stderr
    assert all(line.startswith("True ") for line in told.values())
    assert told["sites"].startswith("True QgsGraduatedSymbolRenderer 3 5 Note sur 100")
    assert told["communes"].startswith("True QgsCategorizedSymbolRenderer 3 3")
