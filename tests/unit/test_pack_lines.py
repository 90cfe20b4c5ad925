"""The lines of transit in the pack: a styled layer, its words, and where the sheets draw them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import geopandas as gpd
import pyogrio
import pytest
from browser.scenes import HOSTILE, hostile_scene, scene
from matplotlib.colors import to_hex
from shapely.affinity import translate
from small_study import write_small_study

from renewal_gis.files import sha256_of
from renewal_gis.pack import pack_content
from renewal_gis.publishing.pack import PackContent, PackOptions, read_manifest, write_pack
from renewal_gis.publishing.pack.content import completed
from renewal_gis.publishing.pack.dictionary import meaning
from renewal_gis.publishing.pack.geopackage import geo_layers, write_geopackage
from renewal_gis.publishing.pack.layout import Plan, paper_plan
from renewal_gis.publishing.pack.perimeter_sheets import perimeter_sheet
from renewal_gis.publishing.pack.place_sheets import site_sheet
from renewal_gis.publishing.pack.sheets import access_sheet, sites_sheet
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.typeface import house_style
from renewal_gis.publishing.palette import MODE_COLOURS
from renewal_gis.study import run

NO_SHEETS = PackOptions(territory_papers=(), place_papers=())
PURPLE = "#7a3b8f"
COLUMNS = {"line", "name", "mode", "from_stop", "to_stop", "departures_day", "course", "far_stops"}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def results(study):
    return run(study)


@pytest.fixture(scope="module")
def pack(results, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "pack"
    write_pack(pack_content(results), folder, options=NO_SHEETS)
    return folder


def content(lines: gpd.GeoDataFrame | None, **more: gpd.GeoDataFrame) -> PackContent:
    held = scene()
    layers = {name: layer for name, layer in held.layers.items() if name != "lines"} | more
    layers |= {} if lines is None else {"lines": lines}
    notices = {**held.notices, "lines": "synthetic"}
    return completed(PackContent(map=replace(held, layers=layers, notices=notices), run="abc123"))


def lines(*, modes: tuple[str, str] = ("metro", "bus"), courses: tuple[str, str] = ("", "")):
    """Return two lines side by side across the scene, so that every sheet shows both."""
    held = scene().layers["lines"].assign(mode=modes, course=courses)
    first = held.geometry.iloc[0]
    held.geometry = [first, translate(first, 40)]
    return held


def drawn(maker, held: PackContent, *place: str) -> tuple[str, str, Plan]:
    with house_style():
        plan = paper_plan("a4-landscape")
        alt = maker(held, plan, *place)
    return alt, " ".join(text.get_text() for text in plan.sheet.ink.texts), plan


def strokes(plan: Plan, colour: str) -> list[tuple[float, float]]:
    """Return the width and the height in the pile of each path stroked in a colour."""
    return sorted(
        (patch.get_linewidth(), patch.get_zorder())
        for axes in plan.sheet.figure.axes
        for patch in axes.patches
        if patch.get_facecolor()[3] == 0 and to_hex(patch.get_edgecolor()) == colour
    )


def style_of(path: Path) -> Tree.Element:
    with closing(sqlite3.connect(path)) as book:
        text = book.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'lines'"
        ).fetchone()[0]
    return Tree.fromstring(text.split("\n", 1)[1])


def test_the_layer_is_that_of_the_run_in_both_files(results, pack):
    table = results.lines
    assert len(table) == 1
    read = pyogrio.read_dataframe(pack / "territory.gpkg", layer="lines").set_index("line")
    parquet = gpd.read_parquet(pack / "lines.parquet")
    for again in (read, parquet):
        assert again.index.tolist() == table.index.tolist()
        assert again.crs == table.crs
        for name in COLUMNS - {"line"}:
            assert again[name].tolist() == table[name].tolist(), name
        assert again.geometry.length.tolist() == pytest.approx(table.geometry.length.tolist())
        assert (again["data_nature"] == "real").all()
    assert read.loc["R", ["name", "mode", "course"]].tolist() == ["T1", "tram", "straight"]
    assert read.loc["R", "departures_day"] == 2
    assert "lines.parquet" in read_manifest(pack)["outputs"]


def test_every_column_has_its_words_and_runs_their_unit(pack):
    with closing(sqlite3.connect(pack / "territory.gpkg")) as book:
        rows = book.execute(
            "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = 'lines'"
        ).fetchall()
    told = {name: (title, other) for name, title, other in rows}
    assert set(told) >= COLUMNS
    assert told["departures_day"] == ("Runs in the service day (trips)", "Courses dans la journée")
    aliases = {
        one.get("field"): one.get("name") for one in style_of(pack / "territory.gpkg").iter("alias")
    }
    for name in COLUMNS:
        held = meaning("lines", name)
        assert held.en != name
        assert told[name][1] == held.fr
        assert aliases[name] == held.en
    # A stop's departures are no line's runs.
    assert meaning("stops", "departures_day").en == "Departures in the service day"


def test_lines_are_styled_by_mode_in_the_colours_of_the_map(tmp_path):
    held = content(lines(modes=("tram", "on_demand")))
    layers = geo_layers(held)
    names = list(layers)
    assert names.index("backdrop_line") < names.index("lines") < names.index("stops")
    write_geopackage(held, layers, tmp_path / "t.gpkg")
    root = style_of(tmp_path / "t.gpkg")
    assert root.find("renderer-v2").get("type") == "categorizedSymbol"
    assert root.find("renderer-v2").get("attr") == '"mode"'
    labels = {one.get("value"): one.get("label") for one in root.iter("category")}
    assert labels == {"tram": "Tram", "on_demand": "À la demande"}
    inks = [one.get("value") for one in root.iter("Option") if one.get("name") == "line_color"]
    shown = ["#{:02x}{:02x}{:02x}".format(*map(int, ink.split(",")[:3])) for ink in inks]
    assert shown == [MODE_COLOURS["tram"], MODE_COLOURS["bus"]]
    widths = [one.get("value") for one in root.iter("Option") if one.get("name") == "line_width"]
    assert float(widths[0]) > float(widths[1])


def test_lines_of_any_name_are_written_and_styled(tmp_path):
    held = completed(PackContent(map=hostile_scene(), run="r"))
    path = tmp_path / "t.gpkg"
    write_geopackage(held, geo_layers(held), path)
    read = pyogrio.read_dataframe(path, layer="lines")
    assert read["name"].tolist() == [printable(one, longest=4000) for one in HOSTILE]
    values = {one.get("value") for one in style_of(path).iter("category")}
    # What is in the table is what the style looks for.
    assert values == set(read["mode"])
    with house_style():
        plan = paper_plan("a4-landscape")
        alt = site_sheet(held, plan, HOSTILE[4])
    assert "Line, straight from stop to stop: " in alt
    assert all(text.get_parse_math() is False for text in plan.sheet.ink.texts)


def test_the_same_run_gives_the_same_bytes(results, pack, tmp_path):
    write_pack(pack_content(results), tmp_path / "again", options=NO_SHEETS)
    for name in ("territory.gpkg", "lines.parquet"):
        assert sha256_of(tmp_path / "again" / name) == sha256_of(pack / name)


def test_a_study_without_a_timetable_has_no_layer_and_no_line(study, tmp_path):
    # The first criterion needs no timetable.
    text = study.read_text()
    kept = text.partition("[transit]")[0] + "[[criteria]]" + text.split("[[criteria]]")[1]
    other = study.with_name("walks.toml")
    other.write_text(kept)
    bare = run(other)
    assert bare.lines is None
    files = {
        path.name for path in write_pack(pack_content(bare), tmp_path / "p", options=NO_SHEETS)
    }
    assert "lines.parquet" not in files
    assert "sites.parquet" in files
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "p" / "territory.gpkg")}
    assert "lines" not in layers
    for maker, place in ((access_sheet, ()), (site_sheet, ("s1",)), (perimeter_sheet, ("p1",))):
        alt, written, plan = drawn(maker, content(None), *place)
        assert "Ligne" not in alt
        assert "lignes de transport" not in written
        assert not [width for width, _ in strokes(plan, PURPLE) if width == pytest.approx(0.6)]


@pytest.mark.parametrize(
    ("maker", "place", "buildings"),
    [(access_sheet, (), 1.2), (site_sheet, ("s1",), 2.0), (perimeter_sheet, ("p1",), 1.9)],
)
def test_lines_lie_under_the_buildings_and_in_the_legend(maker, place, buildings):
    alt, written, plan = drawn(maker, content(lines()), *place)
    assert "Ligne, droit d’un arrêt à l’autre\u202f: métro" in alt
    assert "Ligne, droit d’un arrêt à l’autre\u202f: bus" in alt
    assert "lignes de transport" in written.partition("SYNTHÉTIQUES")[2]
    before = strokes(drawn(maker, content(None), *place)[2], PURPLE)
    added = strokes(plan, PURPLE)
    for one in before:
        added.remove(one)
    # Thin for buses, wider on tracks, both under the buildings.
    assert [width for width, _ in added] == pytest.approx([0.6, 1.3])
    assert all(height < buildings for _, height in added)


def test_the_sheet_of_the_scores_draws_none():
    alt, written, _ = drawn(sites_sheet, content(lines()))
    assert "Ligne" not in alt
    assert "lignes de transport" not in written


@pytest.mark.parametrize(
    ("courses", "told"),
    [
        (("published", "published"), "Ligne\u202f: métro, bus"),
        (
            ("published", "straight"),
            "Ligne, en partie droit d’un arrêt à l’autre\u202f: métro, bus",
        ),
        (("partly", "published"), "Ligne, en partie droit d’un arrêt à l’autre\u202f: métro, bus"),
        (("straight", ""), "Ligne, droit d’un arrêt à l’autre\u202f: métro, bus"),
    ],
)
def test_the_legend_says_whether_lines_go_straight(courses, told):
    # Both modes are alike on paper when both run on the road, or on tracks.
    modes = ("metro", "rail"), told.replace("bus", "train")
    bare = {"backdrop": scene().layers["backdrop"].query("kind == 'water'")}
    held = content(lines(modes=modes[0], courses=courses), **bare)
    assert modes[1] in drawn(access_sheet, held)[0]


def test_a_straight_tram_gives_way_to_its_track_but_a_published_one_does_not():
    def told(course: str, **more: gpd.GeoDataFrame) -> str:
        held = content(lines(modes=("tram", "bus"), courses=(course, "straight")), **more)
        return drawn(site_sheet, held, "s1")[0]

    assert "Tramway" in told("straight")
    assert ": tram" not in told("straight")
    assert "à l’autre\u202f: bus" in told("straight")
    assert "Ligne\u202f: tram" in told("published")
    bare = {"backdrop": scene().layers["backdrop"].query("kind != 'tram'")}
    assert "à l’autre\u202f: tram" in told("straight", **bare)
