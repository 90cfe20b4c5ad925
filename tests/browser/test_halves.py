"""Two maps in one: measures and scenarios on either side of a divider."""

from __future__ import annotations

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


def test_a_sector_is_shown_from_the_comparison(visit: Visit) -> None:
    page = visit.page
    page.click(".compare thead button >> nth=1")
    south = page.evaluate("map_renewal.getCenter().lat")
    page.click(".compare thead button >> nth=0")
    assert page.evaluate("map_renewal.getCenter().lat") > south + 0.01  # the corridor lies north
