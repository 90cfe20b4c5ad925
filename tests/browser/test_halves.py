"""Two maps in one: measures and scenarios on either side of a divider."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import scene
from browser.test_map_page import assert_quiet, centre_on
from playwright.sync_api import Page, expect


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
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + box["width"] / 4, middle[1], steps=5)
    page.mouse.up()
    assert 70 <= int(page.input_value("#divider")) <= 80


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
