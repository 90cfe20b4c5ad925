"""Map sheets: scale, north, names that never collide, places of any size, the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browser.scenes import HOSTILE, X, Y, scene
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from renewal_gis.publishing.pack import PAPERS, PackContent
from renewal_gis.publishing.pack.content import completed
from renewal_gis.publishing.pack.furniture import Extent, extent_around, north, scale_bar, told_grid
from renewal_gis.publishing.pack.labelling import Label, write_labels
from renewal_gis.publishing.pack.layout import paper_plan
from renewal_gis.publishing.pack.making import Task, make
from renewal_gis.publishing.pack.paper import Box, Sheet
from renewal_gis.publishing.pack.perimeter_sheets import perimeter_sheet
from renewal_gis.publishing.pack.place_sheets import site_sheet
from renewal_gis.publishing.pack.sheets import access_sheet, sites_sheet
from renewal_gis.publishing.pack.text import file_name, number, printable
from renewal_gis.publishing.pack.themes import theme_of
from renewal_gis.publishing.pack.typeface import house_style


@pytest.fixture(autouse=True)
def letters():
    with house_style():
        yield


def content(**changed) -> PackContent:
    return completed(PackContent(map=replace(scene(), **changed), run="abc123"))


def texts(sheet: Sheet) -> list[str]:
    return [text.get_text() for text in sheet.ink.texts]


@given(
    west=st.floats(-1e6, 1e6), south=st.floats(-1e6, 1e6),
    across=st.floats(0.0, 1e5), up=st.floats(0.0, 1e5),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_an_extent_holds_its_bounds_and_keeps_the_shape_of_its_frame(west, south, across, up):
    frame = Box(0, 0, 180, 120)
    held = extent_around((west, south, west + across, south + up), frame)
    assert held.west <= west + 1e-6
    assert held.south <= south + 1e-6
    assert held.east >= west + across - 1e-6
    assert held.north >= south + up - 1e-6
    # One millimetre of paper is scale / 1000 metres, both ways.
    assert (held.east - held.west) / frame.w * 1000 == pytest.approx(held.scale, rel=1e-6)
    assert (held.north - held.south) / frame.h * 1000 == pytest.approx(held.scale, rel=1e-6)


def test_the_scale_bar_is_as_long_as_it_says():
    sheet = Sheet.blank(297, 210)
    extent = Extent(0, 0, 2000, 1500, 10_000)
    scale_bar(sheet, Box(10, 10, 200, 150), extent, "en")
    ends = [(t.get_position()[0], t.get_text()) for t in sheet.ink.texts]
    zero = next(x for x, told in ends if told == "0")
    last = next((x, told) for x, told in ends if told.endswith(" m"))
    assert last[1] == "200 m"
    assert last[0] - zero == pytest.approx(200 * 1000 / 10_000)
    assert "1:10,000" in texts(sheet)


def test_the_arrow_points_up_the_page():
    sheet = Sheet.blank(297, 210)
    north(sheet, Box(10, 10, 200, 150), "fr")
    halves = [patch.get_xy() for patch in sheet.ink.patches if len(patch.get_xy()) == 4]
    for corners in halves[-2:]:
        tip, foot = corners[0], corners[1]
        # y runs down the page, and the tip is under the letter N.
        assert tip[1] < foot[1]
    letter = sheet.ink.texts[0]
    assert letter.get_text() == "N"
    assert letter.get_position()[1] < halves[-1][0][1]


def test_the_angle_of_the_grid_is_the_projection_s():
    # Convergence of Lambert-93: n · (λ − 3°), with n = 0.7256077650 (IGN, NTG 71).
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, 2154, always_xy=True).transform(3.55, 50.4)
    told = told_grid(2154, Extent(x - 10, y - 10, x + 10, y + 10, 1000), "en")
    assert f"({0.725607765 * 0.55:.1f}° west of true north)" in told


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1000), st.floats(0, 700), st.text("abcdé ", min_size=1, max_size=14)
        ),
        max_size=25,
    )
)
@settings(max_examples=20, deadline=None)
def test_names_that_may_be_left_out_never_lie_on_one_another(spots):
    with house_style():
        sheet, frame = Sheet.blank(297, 210), Box(10, 10, 200, 140)
        axes = sheet.axes(frame)
        axes.set_xlim(0, 1000)
        axes.set_ylim(0, 700)
        taken = [Box(90, 60, 30, 20)]
        labels = [Label(text=name, x=x, y=y) for x, y, name in spots]
        write_labels(sheet, axes, frame, labels, taken=taken)
        boxes = list(taken)
        seen = set()
        for text in sheet.ink.texts:
            if text.get_position() in seen:
                continue  # the halo of the same name
            seen.add(text.get_position())
            x, y = text.get_position()
            wide, high = sheet.width_mm(text.get_text(), size=6.5) + 0.8, sheet.leading(6.5) * 0.92
            boxes.append(Box(x - wide / 2, y - high / 2, wide, high))
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
            down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
            assert min(across, down) <= 1e-6


def test_names_that_must_stand_are_all_written():
    sheet, frame = Sheet.blank(297, 210), Box(10, 10, 200, 140)
    axes = sheet.axes(frame)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    labels = [Label(text=f"S{k}", x=0.5, y=0.5, must=True) for k in range(40)]
    assert write_labels(sheet, axes, frame, labels) == 0
    assert {f"S{k}" for k in range(40)} <= set(texts(sheet))


def test_a_value_on_a_limit_falls_in_the_better_class():
    school = theme_of(scene().measures[0], "fr")
    assert school.classes(pd.Series([5.0, 5.01, np.nan, 40.0])).tolist() == [0, 1, -1, 4]
    assert school.labels[0] == "5 ou moins"
    buses = theme_of(scene().measures[1], "en")
    assert buses.classes(pd.Series([1.0, 0.99])).tolist() == [1, 0]
    assert buses.labels[0] == "below 1"


def test_the_legend_s_shares_are_those_of_the_distribution():
    held = content()
    theme = theme_of(held.map.measures[0], "fr")
    table = held.map.distribution
    part = table[(table["measure"] == "walk_min:ecole") & (table["sector"] == "corridor")]
    shares = theme.shares(table, "corridor")
    assert sum(shares) == pytest.approx(1.0)
    first = part.loc[part["to_value"] == 5, "dwellings"].sum() / part["dwellings"].sum()
    assert shares[0] == pytest.approx(first)


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_every_sheet_says_what_it_rests_on(paper):
    held = content()
    for maker in (access_sheet, sites_sheet):
        plan = paper_plan(paper)
        alt = maker(held, plan)
        written = " ".join(texts(plan.sheet))
        assert alt
        assert "abc123" in written
        assert "Sources" in written
        assert "1:" in written
        assert "RGF93" in written
        assert "SYNTHÉTIQUES" in written


def test_a_sheet_is_the_same_twice(tmp_path: Path):
    task = Task("site", "s1", "a4-landscape", "map")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert make(content(), task, tmp_path / name, None) == ["map.pdf", "map.png"]
    for file in ("map.pdf", "map.png"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_names_of_any_kind_are_drawn(tmp_path: Path):
    held = content()
    sites = held.map.sites.copy()
    for name in (*HOSTILE, "", "$\\frac{1}{0}$", "x" * 300, "漢字 \U0001f3e0 \x00\x1b", None):
        sites["name"] = [name] * len(sites)
        changed = replace(held, map=replace(held.map, sites=sites, title=str(name)))
        plan = paper_plan("a4-landscape")
        alt = site_sheet(changed, plan, "s1")
        assert "s1" in alt
        assert all(text.get_parse_math() is False for text in plan.sheet.ink.texts)
        assert all(printable(text) == text for text in texts(plan.sheet) if text)
    plan.sheet.save(tmp_path / "last.svg")
    assert "None" not in alt


@pytest.mark.parametrize("side", [1.0, 60_000.0])
def test_a_perimeter_may_be_a_square_metre_or_more_than_the_territory(side, tmp_path: Path):
    held = content()
    perimeters = held.map.layers["perimeters"].copy()
    perimeters.geometry = [box(X, Y, X + side, Y + side)] * len(perimeters)
    changed = replace(
        held, map=replace(held.map, layers={**held.map.layers, "perimeters": perimeters})
    )
    plan = paper_plan("a4-landscape")
    told = perimeter_sheet(changed, plan, perimeters.index[0])
    assert "–" in told
    plan.sheet.save(tmp_path / "p.svg")
    assert (tmp_path / "p.svg").stat().st_size > 5_000


def test_dwellings_of_a_perimeter_add_up():
    held = content()
    plan = paper_plan("a4-landscape")
    told = perimeter_sheet(held, plan, held.map.layers["perimeters"].index[0])
    shape = held.map.layers["perimeters"].geometry.iloc[0]
    stock = held.map.stock
    inside = stock.representative_point().within(shape)
    known = stock["fate"].isin(["keep", "rehabilitate", "demolish"])
    whole = int(stock.loc[inside & known, "dwellings"].sum())
    block = told.partition("logements dedans – ")[2].partition(".")[0]
    counts = [int(part.rpartition(": ")[2].replace("\u202f", "")) for part in block.split("; ")]
    assert len(counts) == 3
    assert sum(counts) == whole


def test_buildings_whose_fate_is_not_known_are_counted_as_such():
    stock = scene().stock.drop(columns="fate")
    plan = paper_plan("a4-landscape")
    told = perimeter_sheet(content(stock=stock), plan, "p1")
    assert "Conservé: 0" in told
    assert "Sans donnée" in told
    inside = stock.geometry.representative_point().within(
        scene().layers["perimeters"].geometry["p1"]
    )
    assert f"Sans donnée: {stock['dwellings'][inside].sum()}" in told
    assert "Sans donnée" not in perimeter_sheet(content(), paper_plan("a4-landscape"), "p1")


def test_the_sheet_of_a_site_under_a_veto_says_so_beside_its_rank():
    plan = paper_plan("a4-landscape")
    site_sheet(content(), plan, "s2")
    assert plan.sheet.words[1].lines[0].endswith(" · Sous veto")
    plan = paper_plan("a4-landscape")
    site_sheet(content(), plan, "s1")
    assert "veto" not in plan.sheet.words[1].lines[0]


def test_the_line_under_a_title_uses_the_room_under_the_name_of_the_study():
    plan = paper_plan("a4-portrait")
    sites_sheet(content(title="Valenciennes Métropole (démonstration)"), plan)
    assert plan.sheet.words[1].lines[0].endswith("que le site peut accueillir")


def test_a_sheet_without_most_layers_is_still_made():
    bare = content(
        layers={}, stock=None, comparison=None, distribution=None, sources=None, notices={}
    )
    for paper in ("a4-landscape", "a4-portrait"):
        plan = paper_plan(paper)
        assert site_sheet(bare, plan, "s1")


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_printable_text_fits_every_format(text):
    told = printable(text)
    told.encode("utf-8")
    assert len(told) <= 400
    assert printable(told) == told
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in told)


@given(st.lists(st.text(max_size=60), max_size=30))
@settings(max_examples=60, deadline=None)
def test_file_names_are_plain_and_never_the_same(names):
    taken: set[str] = set()
    held = [file_name(name, taken) for name in names]
    assert len({name.casefold() for name in held}) == len(names)
    assert all(name and Path(name).name == name and "." not in name for name in held)


def test_numbers_as_printed():
    assert number(1400, "fr") == "1\u202f400"
    assert number(-0.04, "fr", decimals=1, sign=True) == "0,0"
    assert number(-181, "fr", sign=True) == "−181"
    assert number(None, "en") == "–"
