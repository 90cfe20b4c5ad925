"""Two maps in one: measures and scenarios on either side of a divider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import scene, two_times
from browser.test_layers import DOT, TILES
from browser.test_map_page import assert_quiet, centre_on
from playwright.sync_api import Page, Route, expect

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.palette import ramp


@pytest.fixture
def visit(browser_page: Opener) -> Visit:
    visit = browser_page(scene())
    visit.page.check("#swipe-on")
    visit.page.wait_for_timeout(200)
    return visit


def clip(page: Page, pane: str) -> list[float]:
    """Return top, right, bottom, left of what a pane shows, in pixels of the map's frame."""
    values: list[float] = page.evaluate(
        """(name) => { const pane = map_renewal.getPane(name);
          const [top, right, bottom, left] = pane.style.clip.match(/-?[\\d.]+/g).map(Number);
          const at = map_renewal.layerPointToContainerPoint([left, top]);
          const to = map_renewal.layerPointToContainerPoint([right, bottom]);
          return [at.y, to.x, to.y, at.x]; }""",
        pane,
    )
    return values


def test_each_half_shows_its_measure(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 1130, 3230, zoom=16)
    looks = page.evaluate(
        """() => ["stock", "stockB"].map((pane) => {
          const seen = new Set();
          for (const canvas of document.querySelectorAll(`.leaflet-${pane}-pane canvas`)) {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < pixels.length; i += 4)
              if (pixels[i + 3] === 255) seen.add("#" + [0, 1, 2].map((k) => pixels[i + k].toString(16).padStart(2, "0")).join(""));
          }
          return [...seen]; })"""
    )
    assert "#1d5f8a" in looks[0]  # 5.04 minutes: the second of five classes
    assert "#1d5f8a" not in looks[1]
    assert "#142a5c" in looks[1]  # 4 departures: the best class
    legend = page.locator("#legend-body")
    expect(legend).to_contain_text("Marche jusqu’à l’école")
    expect(legend).to_contain_text("Moitié droite")
    expect(legend).to_contain_text("Départs à l’arrêt")


def test_the_halves_meet_at_the_divider_and_follow_the_map(visit: Visit) -> None:
    page = visit.page
    for key, share in (("Home", 0.0), ("End", 1.0), ("ArrowLeft", 0.99)):
        page.focus("#divider")
        page.keyboard.press(key)
        size = page.evaluate("map_renewal.getSize()")
        page.evaluate("map_renewal.panBy([37, 11], {animate: false})")
        left, right = clip(page, "stock"), clip(page, "stockB")
        assert left == pytest.approx([0, share * size["x"], size["y"], 0], abs=1)
        assert right == pytest.approx([0, size["x"], size["y"], share * size["x"]], abs=1)
    said = page.locator("#divider-said").inner_text()
    assert "Marche jusqu’à l’école" in said
    assert "Départs à l’arrêt" in said


def test_the_divider_is_dragged_by_the_mouse(visit: Visit) -> None:
    page = visit.page
    box = page.locator("#divider").bounding_box()
    assert box
    stage = page.locator(".stage").bounding_box()
    assert stage
    first = int(page.input_value("#divider"))
    at = stage["x"] + stage["width"] * first / 100, box["y"] + box["height"] / 2
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] - stage["width"] / 4, at[1], steps=5)
    page.mouse.up()
    assert int(page.input_value("#divider")) == pytest.approx(first - 25, abs=1)
    # The line stands under the pointer.
    line = page.locator("#divider-line").bounding_box()
    assert line
    assert line["x"] == pytest.approx(at[0] - stage["width"] / 4, abs=8)


def test_the_divider_first_stands_over_the_middle_of_the_territory(visit: Visit) -> None:
    page = visit.page
    middle = page.evaluate(
        """() => { const all = [...document.querySelectorAll(".leaflet-outlines-pane path")].map((path) => path.getBoundingClientRect());
          return (Math.min(...all.map((box) => box.left)) + Math.max(...all.map((box) => box.right))) / 2; }"""
    )
    line = page.locator("#divider-line").bounding_box()
    assert line
    assert line["x"] == pytest.approx(middle, abs=12)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_each_half_has_its_scenario(visit: Visit) -> None:
    page = visit.page
    page.select_option("#swipe-sites-0", "corridor")
    page.select_option("#swipe-sites-1", "south")
    assert page.locator(".leaflet-badges-pane .badge-anchor").count() == 2
    assert page.locator(".leaflet-badgesB-pane .badge-anchor").count() == 1
    expect(page.locator("#divider-said")).to_contain_text("Communes du sud")
    page.uncheck("#swipe-on")
    assert page.locator(".badge-anchor").count() == 3
    assert page.locator(".leaflet-stockB-pane canvas").count() == 0
    assert page.evaluate("map_renewal.getPane('stock').style.clip") in ("", "auto")
    assert_quiet(visit)


def test_the_halves_are_kept_in_the_address(visit: Visit) -> None:
    page = visit.page
    page.select_option("#swipe-measure", "tenure")
    page.select_option("#swipe-sites-1", "south")
    page.focus("#divider")
    page.keyboard.press("Home")
    page.wait_for_timeout(400)
    again = page.context.new_page()
    again.goto(page.url)
    again.wait_for_selector("html[data-drawn]", state="attached")
    expect(again.locator("#swipe-on")).to_be_checked()
    assert again.input_value("#swipe-measure") == "tenure"
    assert again.input_value("#swipe-sites-1") == "south"
    assert again.input_value("#divider") == "0"
    assert again.locator(".leaflet-badgesB-pane .badge-anchor").count() == 1


def test_hiding_the_buildings_hides_both_halves(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-layers")
    page.uncheck("[data-layer='stock']")
    assert page.locator(".leaflet-stock-pane canvas, .leaflet-stockB-pane canvas").count() == 0
    page.uncheck("[data-layer='sites']")
    assert page.locator(".badge-anchor").count() == 0
    page.check("[data-layer='sites']")
    assert page.locator(".badge-anchor").count() == 6


def views(page: Page) -> list[list[float]]:
    """Return latitude, longitude and zoom of the left map and of the right one."""
    held: list[list[float]] = page.evaluate(
        """() => [RenewalMap.left(), RenewalMap.right()].map((map) => { const { lat, lng } = map.getCenter(); return [lat, lng, map.getZoom()]; })"""
    )
    return held


def test_two_maps_side_by_side_move_together(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    page.wait_for_timeout(300)
    left, right = (page.locator(name).bounding_box() for name in ("#map", "#map-right"))
    assert left
    assert right
    assert left["width"] == pytest.approx(right["width"], abs=3)
    assert left["x"] + left["width"] == pytest.approx(right["x"], abs=3)
    page.evaluate("map_renewal.setView([50.44, 3.56], 14.25, {animate: false})")
    assert views(page)[0] == pytest.approx(views(page)[1], abs=2e-4)
    page.mouse.move(right["x"] + 200, 400)
    page.mouse.down()
    page.mouse.move(right["x"] + 120, 350, steps=8)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert views(page)[0] != [50.44, 3.56, 14.25]
    assert views(page)[0] == pytest.approx(views(page)[1], abs=2e-4)
    page.focus("#map-right")
    page.keyboard.press("+")
    page.wait_for_function(
        "() => RenewalMap.left().getZoom() === 15.25 && RenewalMap.right().getZoom() === 15.25"
    )
    page.uncheck("#swipe-on")
    assert page.locator("#map-right").is_hidden()
    assert_quiet(visit)


def test_each_map_has_its_measure_its_sites_and_its_popups(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    page.select_option("#swipe-sites-0", "corridor")
    page.select_option("#swipe-sites-1", "south")
    assert page.locator("#map .badge-anchor").count() == 2
    assert page.locator("#map-right .badge-anchor").count() == 1
    centre_on(page, 1130, 3230, zoom=16)
    seen = page.evaluate(
        """() => ["#map .leaflet-stock-pane", "#map-right .leaflet-stockC-pane"].map((pane) => {
          const seen = new Set();
          for (const canvas of document.querySelectorAll(pane + " canvas")) {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < pixels.length; i += 4)
              if (pixels[i + 3] === 255) seen.add("#" + [0, 1, 2].map((k) => pixels[i + k].toString(16).padStart(2, "0")).join(""));
          }
          return [...seen]; })"""
    )
    assert "#1d5f8a" in seen[0]
    assert "#142a5c" in seen[1]
    page.focus("#map-right")
    page.keyboard.press("Enter")
    expect(page.locator("#map-right .leaflet-popup-content")).to_contain_text("Locatif social")
    assert page.locator("#map .leaflet-popup-content").count() == 0
    page.click("#tab-layers")
    page.uncheck("[data-layer='stock']")
    assert page.locator("#map-right canvas").count() == page.locator("#map canvas").count()
    assert page.locator(".leaflet-stockC-pane canvas").count() == 0


def test_the_panel_and_the_sentence_follow_both_measures(browser_page: Opener) -> None:
    content = scene()
    assert content.comparison is not None
    more = content.comparison.assign(measure="departures_h", p50=[6.0, 1.5])
    visit = browser_page(replace(content, comparison=pd.concat([content.comparison, more])))
    page = visit.page
    assert page.locator("#comparison .result").count() == 1
    page.check("#swipe-on")
    said = [
        text.replace("\u00a0", " ")
        for text in page.locator("#comparison .result").all_inner_texts()
    ]
    assert len(said) == 2
    assert "soit 11,8 min de plus dans le sud" in said[0]
    assert "soit 4,5 départs/h de moins dans le sud" in said[1]
    page.check("#swipe-side")
    assert page.locator("#comparison .result").count() == 2
    page.uncheck("#swipe-on")
    assert page.locator("#comparison .result").count() == 1
    assert_quiet(visit)


def test_the_two_maps_are_kept_in_the_address(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    page.wait_for_timeout(400)
    again = page.context.new_page()
    again.goto(page.url)
    again.wait_for_selector("html[data-drawn]", state="attached")
    expect(again.locator("#swipe-side")).to_be_checked()
    assert again.locator("#map-right canvas").count() > 0


def test_a_sector_is_shown_from_the_comparison(visit: Visit) -> None:
    page = visit.page
    page.click(".compare thead button >> nth=1")
    south = page.evaluate("map_renewal.getCenter().lat")
    page.click(".compare thead button >> nth=0")
    assert page.evaluate("map_renewal.getCenter().lat") > south + 0.01  # the corridor lies north


# Before and today


def test_two_timetables_are_compared_in_one_gesture(browser_page: Opener) -> None:
    visit = browser_page(two_times())
    page = visit.page
    page.focus("#swipe-times")
    page.keyboard.press("Enter")
    expect(page.locator("#swipe-on")).to_be_checked()
    assert page.input_value("#measure") == "transit_min_before:centre"
    assert page.input_value("#swipe-measure") == "transit_min:centre"
    said = page.locator("#divider-said span").all_inner_texts()
    assert ["2009" in said[0], "2026" in said[1]] == [True, True]
    # One legend, as the classes are the same: at most 15 minutes, nobody then, 13 dwellings now.
    assert page.locator("#legend-body .scale[data-legend]").count() == 1
    row = page.locator("#legend-body li.both").first
    assert row.locator(".data, b").all_inner_texts() == ["15 au plus", "0", "13"]
    # Corridor: 13 dwellings of 53 now, none then; told by the bars too.
    assert row.locator("i.corridor .unseen").all_text_contents() == [
        "Corridor minier 0\u00a0%",
        "Corridor minier 25\u00a0%",
    ]
    assert_quiet(visit)


def test_the_right_half_starts_with_the_other_time(browser_page: Opener) -> None:
    page = browser_page(two_times()).page
    page.select_option("#measure", "transit_min:centre")
    page.check("#swipe-on")
    assert page.input_value("#swipe-measure") == "transit_min_before:centre"


def test_without_two_timetables_nothing_of_the_kind_is_offered(visit: Visit) -> None:
    assert visit.page.locator("#swipe-times").count() == 0


# What the two maps show, and where they say it

SAID = """() => {
  const box = (one) => { const { left, right, top, bottom } = one.getBoundingClientRect(); return [left, right, top, bottom]; };
  const [left, right] = document.querySelectorAll("#divider-said span");
  const over = document.querySelectorAll("#map .leaflet-control-zoom, #home, .search, #legend");
  return { said: [box(left), box(right)], maps: ["map", "map-right"].map((id) => box(document.getElementById(id))), over: [...over].map(box) };
}"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1366, 820), (1024, 768), (390, 844)])
def test_what_each_map_shows_is_said_on_it_and_hides_no_button(
    browser_page: Opener, width: int, height: int
) -> None:
    page = browser_page(two_times(), width=width, height=height).page
    page.click("#swipe-times")
    page.check("#swipe-side")
    page.wait_for_timeout(300)
    seen = page.evaluate(SAID)
    for said, frame in zip(seen["said"], seen["maps"], strict=True):
        assert frame[0] <= said[0] < said[1] <= frame[1]
        assert frame[2] <= said[2] < said[3] <= frame[3]
        for left, right, top, bottom in seen["over"]:
            beside = said[1] <= left or right <= said[0] or said[3] <= top or bottom <= said[2]
            assert beside, (said, (left, right, top, bottom))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


INSIDE = """() => ["map", "map-right"].map((id) => {
  const frame = document.getElementById(id).getBoundingClientRect();
  const paths = [...document.querySelectorAll(`#${id} [class*="leaflet-outlines"] path`)];
  return paths.length > 0 && paths.every((path) => {
    const box = path.getBoundingClientRect();
    return box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1; });
})"""


def test_each_map_shows_the_whole_territory_beside_an_open_legend(browser_page: Opener) -> None:
    page = browser_page(two_times()).page
    page.click("#swipe-times")
    page.check("#swipe-side")
    page.wait_for_timeout(300)
    assert page.evaluate(INSIDE) == [True, True]
    legend = page.locator("#legend").bounding_box()
    frame = page.locator("#map").bounding_box()
    assert legend
    assert frame
    assert legend["x"] + legend["width"] <= frame["x"]
    page.click("#legend summary")  # closed, it leaves its column to the maps
    page.wait_for_timeout(300)
    wider = page.locator("#map").bounding_box()
    assert wider
    assert wider["width"] > frame["width"] + 100
    assert page.evaluate(INSIDE) == [True, True]
    page.set_viewport_size({"width": 1100, "height": 700})
    page.wait_for_timeout(300)
    assert page.evaluate(INSIDE) == [True, True]
    assert views(page)[0] == pytest.approx(views(page)[1], abs=2e-3)


def test_two_maps_fit_a4_and_each_shows_the_whole_territory(browser_page: Opener) -> None:
    visit = browser_page(two_times())
    page = visit.page
    page.click("#swipe-times")
    page.check("#swipe-side")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 702})  # 273 × 186 mm at 96 dots an inch
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1032
    stage = page.locator(".stage").bounding_box()
    foot = page.locator("#foot").bounding_box()
    assert stage
    assert foot
    assert foot["y"] + foot["height"] <= 702
    seen = page.evaluate(SAID)
    for left, right, top, bottom in [*seen["maps"], *seen["said"]]:
        assert stage["x"] <= left < right <= stage["x"] + stage["width"] + 1
        assert stage["y"] <= top < bottom <= stage["y"] + stage["height"] + 1
    widths = [right - left for left, right, *_ in seen["maps"]]
    assert widths[0] == pytest.approx(widths[1], abs=3)
    legend = page.locator("#legend").bounding_box()
    assert legend
    assert legend["x"] + legend["width"] <= seen["maps"][0][0]
    whole = "document.getElementById('legend').scrollHeight <= document.getElementById('legend').clientHeight + 1"
    assert page.evaluate(whole)  # no line of the legend is cut
    assert page.evaluate(INSIDE) == [True, True]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(300)
    assert page.evaluate(INSIDE) == [True, True]
    assert_quiet(visit)


def test_the_right_map_draws_the_layers_of_the_list(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    centre_on(page, 1000, 2400, zoom=14)
    counts = """(pane) => ["", "C"].map((suffix) => document.querySelectorAll(`.leaflet-${pane + suffix}-pane path`).length)"""
    page.click("#tab-layers")
    for layer, pane in (
        ("lines", "rails"), ("flows", "flows"), ("services:ecole", "services"),
        ("isochrones:5", "isochrones"), ("constraints:mining:veto", "constraints"),
    ):  # fmt: skip
        before = page.evaluate(counts, pane)
        assert before[0] == before[1], layer
        page.check(f"[data-layer='{layer}']")
        left, right = page.evaluate(counts, pane)
        assert left == right > before[0], layer
        page.uncheck(f"[data-layer='{layer}']")
        assert page.evaluate(counts, pane) == before, layer
    assert page.evaluate(counts, "stops") == [2, 2]
    page.locator(".leaflet-stopsC-pane path").first.click(force=True)
    expect(page.locator("#map-right .leaflet-popup-content")).to_contain_text("Place Pierre")
    assert_quiet(visit)


def test_a_reader_who_did_not_move_the_map_gets_no_view_in_the_address(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    page.set_viewport_size({"width": 1200, "height": 700})
    page.wait_for_timeout(500)
    assert "view=" not in page.url
    page.focus("#map")
    page.keyboard.press("+")
    page.wait_for_function("() => location.hash.includes('view=')", timeout=5000)
    page.click("#home")
    page.wait_for_function("() => !location.hash.includes('view=')", timeout=5000)


# The grid and the quarter, on both halves


COLOURS = """(pane) => {
  const seen = new Set();
  for (const canvas of document.querySelectorAll(`.leaflet-${pane}-pane canvas`)) {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < pixels.length; i += 4)
      if (pixels[i + 3] === 255) seen.add("#" + [0, 1, 2].map((k) => pixels[i + k].toString(16).padStart(2, "0")).join(""));
  }
  return [...seen];
}"""


def both_measured() -> MapContent:
    """Return the study with two measures on its grid."""
    held = scene()
    grid = held.layers["surface"].assign(departures_h=[0.0, 1.5, 3.0, 9.0])
    return replace(held, layers={**held.layers, "surface": grid})


def show_grid(page: Page, *, side: bool) -> None:
    page.click("#tab-layers")
    page.check("[data-layer='surface']")
    page.click("#tab-compare")
    page.check("#swipe-on")
    if side:
        page.check("#swipe-side")
    centre_on(page, 400, 100, zoom=16)


@pytest.mark.parametrize(("side", "pane"), [(False, "surfaceB"), (True, "surfaceC")])
def test_each_half_shows_the_grid_of_its_measure(
    browser_page: Opener, side: bool, pane: str
) -> None:
    page = browser_page(both_measured()).page
    show_grid(page, side=side)
    walks, buses = set(page.evaluate(COLOURS, "surface")), set(page.evaluate(COLOURS, pane))
    best, second, *_, worst = ramp(5)
    assert {best, second, worst} <= walks  # 3, 8 and 26 minutes; one square has no value
    assert set(ramp(4)) <= buses  # 0, 1.5, 3 and 9 departures an hour
    assert second not in buses
    page.select_option("#swipe-measure", "walk_min:ecole")
    page.wait_for_timeout(300)
    assert set(page.evaluate(COLOURS, pane)) == walks
    page.click("#tab-layers")
    page.uncheck("[data-layer='surface']")
    assert page.locator(f".leaflet-surface-pane canvas, .leaflet-{pane}-pane canvas").count() == 0


def test_a_half_whose_measure_has_no_grid_says_so(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-layers")
    page.check("[data-layer='surface']")
    signs = page.locator("#legend-signs")
    expect(signs).to_contain_text("La mesure montrée, par carreaux")
    expect(signs).to_contain_text("Moitié droite\u202f: pas de carreaux pour cette mesure")
    assert "gauche" not in signs.inner_text()
    page.click("#tab-compare")
    page.select_option("#swipe-measure", "walk_min:ecole")
    assert "pas de carreaux" not in signs.inner_text()
    page.uncheck("#swipe-on")
    page.select_option("#measure", "tenure")
    expect(signs).to_contain_text("Pas de carreaux pour cette mesure")
    page.click("#tab-layers")
    page.uncheck("[data-layer='surface']")
    assert "carreaux" not in signs.inner_text()


def go(page: Page, year: int, quarter: int) -> None:
    page.evaluate(
        """(wanted) => { const box = document.getElementById("quarter"); box.value = wanted;
          box.dispatchEvent(new Event("input", { bubbles: true })); }""",
        4 * year + quarter - 1,
    )
    page.wait_for_timeout(200)


def discs(page: Page, pane: str) -> list[str]:
    """Return the discs of a pane, as they are drawn."""
    held: list[str] = page.locator(f".leaflet-{pane}-pane .pie-anchor").evaluate_all(
        "all => all.map(one => one.innerHTML.replace(/state-/g, '')).sort()"
    )
    return held


@pytest.mark.parametrize(("side", "suffix"), [(False, "B"), (True, "C")])
def test_both_halves_play_the_quarters(visit: Visit, side: bool, suffix: str) -> None:
    page = visit.page
    if side:
        page.check("#swipe-side")
    page.click("#tab-calendar")
    seen = []
    for year, quarter in ((2011, 1), (2012, 2), (2014, 1)):
        go(page, year, quarter)
        left, right = discs(page, "calendar"), discs(page, "calendar" + suffix)
        assert left == right
        seen.append(left)
    assert [len(one) for one in seen] == [3, 3, 3]
    assert len({tuple(one) for one in seen}) == 3
    page.click("#play")  # from the end it starts again
    expect(page.locator("#quarter-name")).to_have_text("2011 T1")
    assert discs(page, "calendar") == discs(page, "calendar" + suffix) == seen[0]
    page.click("#tab-compare")
    assert page.locator(".pie-anchor").count() == 0
    assert_quiet(visit)


def test_the_buildings_of_the_programme_are_drawn_on_both_maps(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    page.click("#tab-calendar")
    centre_on(page, 1030, 3230, zoom=17)
    for (year, quarter), colour in {(2011, 1): "#55606e", (2011, 2): "#d9b84a"}.items():
        go(page, year, quarter)
        assert colour in page.evaluate(COLOURS, "works")
        assert colour in page.evaluate(COLOURS, "worksC")
    dim = "(pane) => getComputedStyle(document.querySelector(`.leaflet-${pane}-pane`)).opacity"
    assert page.evaluate(dim, "stock") == page.evaluate(dim, "stockC") == "0.28"
    assert page.locator("#map-right .badge-anchor >> visible=true").count() == 0
    page.click("#tab-compare")
    assert page.locator(".leaflet-worksC-pane canvas").count() == 0
    assert page.evaluate(dim, "stockC") == "1"


@pytest.mark.parametrize(("side", "suffix"), [(False, "B"), (True, "C")])
def test_a_half_that_shows_a_scenario_leaves_out_operations_on_other_sites(
    visit: Visit, side: bool, suffix: str
) -> None:
    page = visit.page
    if side:
        page.check("#swipe-side")
    page.select_option("#swipe-sites-0", "corridor")
    page.select_option("#swipe-sites-1", "south")
    page.click("#tab-calendar")
    go(page, 2013, 1)
    assert len(discs(page, "calendar")) == 3
    assert len(discs(page, "calendar" + suffix)) == 2  # that of the corridor's site is not there
    legend = page.locator("#legend-body")
    expect(legend).to_contain_text(
        "Moitié droite\u202f: sans les opérations sur les sites d’un autre scénario (1)"
    )
    assert "Moitié gauche" not in legend.inner_text()
    page.click("#tab-compare")
    page.select_option("#swipe-sites-1", "")
    page.click("#tab-calendar")
    assert len(discs(page, "calendar" + suffix)) == 3
    assert "sans les opérations" not in legend.inner_text()


def test_the_discs_meet_at_the_divider_and_open_on_their_own_map(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-calendar")
    page.focus("#divider")
    page.keyboard.press("Home")
    size = page.evaluate("map_renewal.getSize()")
    for name in ("calendar", "surface"):
        assert clip(page, name) == pytest.approx([0, 0, size["y"], 0], abs=1)
        assert clip(page, name + "B") == pytest.approx([0, size["x"], size["y"], 0], abs=1)
    page.click("#tab-compare")
    page.check("#swipe-side")
    page.click("#tab-calendar")
    go(page, 2013, 1)
    page.locator("#map-right .pie-anchor").first.click()
    said = page.locator("#map-right .leaflet-popup-content")
    expect(said).to_contain_text("2013 T1")
    assert page.locator("#map .leaflet-popup-content").count() == 0
    go(page, 2014, 1)
    expect(said).to_contain_text("2014 T1")


def test_the_quarter_and_the_grid_of_both_halves_are_kept_in_the_address(
    browser_page: Opener,
) -> None:
    page = browser_page(both_measured()).page
    show_grid(page, side=True)
    page.click("#tab-calendar")
    go(page, 2013, 1)
    page.wait_for_timeout(400)
    again = page.context.new_page()
    again.goto(page.url)
    again.wait_for_selector("html[data-drawn]", state="attached")
    expect(again.locator("#quarter-name")).to_have_text("2013 T1")
    again.wait_for_selector("#map-right .leaflet-surfaceC-pane canvas", state="attached")
    assert discs(again, "calendar") == discs(again, "calendarC") != []


def test_perimeters_and_what_is_chosen_are_named_on_both_maps(visit: Visit) -> None:
    page = visit.page
    page.check("#swipe-side")
    centre_on(page, 1100, 3100, zoom=15)
    for name in ("#map", "#map-right"):
        expect(page.locator(f"{name} .perimeter-name")).to_be_visible()
        expect(page.locator(f"{name} .perimeter-name")).to_contain_text("contour schématique")
    page.click("[data-language=en]")
    expect(page.locator("#map-right .perimeter-name")).to_contain_text("schematic outline")
    page.fill("#search", "artres")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    panes = [page.locator(f".leaflet-{pane}-pane path").count() for pane in ("chosen", "chosenC")]
    assert panes == [1, 1]
    page.uncheck("#swipe-on")
    page.click("#tab-layers")
    page.uncheck("[data-layer='perimeters']")
    assert page.locator("#map .perimeter-name").count() == 0


def test_an_online_base_map_lies_under_both_maps(browser_page: Opener) -> None:
    visit = browser_page(scene())
    page = visit.page

    def answer(route: Route) -> None:
        route.fulfill(body=DOT, content_type="image/png")

    page.context.set_offline(False)
    page.route(TILES, answer)
    page.click("#tab-layers")
    page.click("#ask-base")
    page.check("input[name='base'][value='osm']")
    page.click("#tab-compare")
    page.check("#swipe-on")
    page.check("#swipe-side")
    for name in ("#map", "#map-right"):
        page.wait_for_selector(f"{name} .leaflet-tile-pane img", state="attached")
    page.click("#tab-layers")
    page.check("input[name='base'][value='']")
    assert page.locator(".leaflet-tile-pane img").count() == 0
    assert page.locator(".tiled").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_each_half_prints_its_grid_and_its_discs(
    browser_page: Opener, width: int, height: int
) -> None:
    visit = browser_page(both_measured(), width=width, height=height)
    page = visit.page
    show_grid(page, side=True)
    page.click("#tab-calendar")
    page.click("#home")
    page.wait_for_timeout(300)
    assert page.evaluate(INSIDE) == [True, True]
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 702})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1032
    assert page.evaluate(INSIDE) == [True, True]
    for pane in ("surface", "surfaceC"):
        assert len(page.evaluate(COLOURS, pane)) >= 3, pane
    assert discs(page, "calendar") == discs(page, "calendarC") != []
    assert_quiet(visit)


def test_a_disc_of_the_lower_map_of_a_phone_opens_in_view(browser_page: Opener) -> None:
    page = browser_page(scene(), width=390, height=844).page
    page.check("#swipe-on")
    page.check("#swipe-side")
    page.click("#tab-calendar")
    page.wait_for_timeout(300)
    page.locator("#map-right .pie-anchor svg").first.click()
    page.wait_for_timeout(600)
    said = page.locator("#map-right .leaflet-popup").bounding_box()
    frame = page.locator("#map-right").bounding_box()
    assert said
    assert frame
    assert frame["y"] <= said["y"] < said["y"] + said["height"] <= frame["y"] + frame["height"]
    assert views(page)[0] == pytest.approx(views(page)[1], abs=2e-3)


def test_one_map_takes_back_the_legend_and_the_middle_of_its_territory(
    browser_page: Opener,
) -> None:
    page = browser_page(scene(), width=1024, height=768).page
    page.check("#swipe-on")
    page.wait_for_timeout(200)
    first = page.input_value("#divider")
    assert page.get_attribute("#legend", "open") is not None
    page.check("#swipe-side")
    page.wait_for_timeout(300)
    assert page.get_attribute("#legend", "open") is None
    closed = page.locator("#legend").bounding_box()
    scale = page.locator("#map .leaflet-control-scale").bounding_box()
    assert closed
    assert scale
    assert closed["x"] + closed["width"] < scale["x"]  # closed, it hides no scale
    page.check("#swipe-cut")
    page.wait_for_timeout(300)
    assert page.get_attribute("#legend", "open") is not None
    assert page.input_value("#divider") == first
    page.focus("#divider")
    page.keyboard.press("Home")
    page.check("#swipe-side")
    page.check("#swipe-cut")
    assert page.input_value("#divider") == "0"  # where the reader put it


COUNT_TILES = """() => { window.drawnTiles = {};
  for (const map of [map_renewal, RenewalMap.right()]) map.eachLayer((layer) => {
    if (!layer.packed) return;
    const { pane } = layer.options;
    const drawTile = layer.drawTile;
    layer.drawTile = function (...given) {
      window.drawnTiles[pane] = (window.drawnTiles[pane] || 0) + 1;
      return drawTile.apply(this, given);
    };
  }); }"""


def test_only_what_changed_is_drawn_again(browser_page: Opener) -> None:
    page = browser_page(scene()).page
    page.click("#tab-compare")
    page.check("#swipe-on")
    page.check("#swipe-side")
    page.wait_for_timeout(400)

    def drawn_after(change: Callable[[], object]) -> set[str]:
        page.evaluate(COUNT_TILES)
        change()
        page.wait_for_timeout(400)
        return set(page.evaluate("window.drawnTiles"))

    measures = page.evaluate(
        "[...document.querySelectorAll('#measure option')].map((o) => o.value)"
    )
    held = page.input_value("#measure"), page.input_value("#swipe-measure")
    other = next(key for key in measures if key not in held)
    # Words and lines are no tiles: neither half draws its own again.
    page.click("#tab-layers")
    assert drawn_after(lambda: page.uncheck('[data-layer="labels"]')) == set()
    assert drawn_after(lambda: page.check('[data-layer="minorStreets"]')) == {"streets", "streetsC"}
    # The measure of one half colours that half.
    assert drawn_after(lambda: page.select_option("#measure", other)) == {"stock"}
    page.click("#tab-compare")
    assert drawn_after(lambda: page.select_option("#swipe-measure", other)) == {"stockC"}


@pytest.mark.parametrize("frame", ["#map", "#map-right"])
def test_a_drag_moves_both_maps_and_settles_each_once(browser_page: Opener, frame: str) -> None:
    page = browser_page(scene()).page
    page.check("#swipe-on")
    page.check("#swipe-side")
    page.wait_for_timeout(400)
    page.evaluate(
        """() => { window.settled = [0, 0]; window.before = map_renewal.getCenter();
          [map_renewal, RenewalMap.right()].forEach((map, k) => map.on("moveend", () => settled[k]++)); }"""
    )
    box = page.locator(frame).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 90
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 21):
        page.mouse.move(x - 2 * step, y - step)
    apart = """() => { const [one, other] = [map_renewal, RenewalMap.right()];
      return other.latLngToContainerPoint(one.getCenter()).distanceTo(other.getSize().divideBy(2)); }"""
    assert page.evaluate(apart) < 1.5  # in the midst of the drag
    page.wait_for_timeout(300)  # a hand that rests gives no momentum
    page.mouse.up()
    page.wait_for_timeout(200)
    assert page.evaluate(apart) < 1.5
    gone = page.evaluate(
        "map_renewal.latLngToContainerPoint(before).distanceTo(map_renewal.getSize().divideBy(2))"
    )
    assert gone == pytest.approx((40**2 + 20**2) ** 0.5, abs=3)
    assert max(page.evaluate("settled")) == 1
