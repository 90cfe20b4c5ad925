"""Lines of transit on their published course: drawn bend by bend, and told in words wherever they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import CRS, place, scene
from browser.test_map_page import assert_quiet, centre_on, click_centre, popup
from playwright.sync_api import expect
from shapely import LineString

from renewal_gis.publishing.content import MapContent

BENDS = [(0, 300), (0, 800), (400, 820), (420, 400), (900, 380), (1300, 900), (2000, 700)]


def lines(courses: dict[str, str]) -> gpd.GeoDataFrame:
    """Return a row for each course; the first bends like a street, the others go straight."""
    count = len(courses)
    return gpd.GeoDataFrame(
        {
            "name": [name.rstrip("'") for name in courses], "mode": ["bus"] * count,
            "from_stop": ["Mairie"] * count, "to_stop": ["Église"] * count,
            "departures_day": range(9, 9 + count), "course": list(courses.values()),
        },
        index=[f"l{number}" for number in range(count)],
        geometry=[
            LineString([place(*at) for at in (BENDS if not number else (BENDS[0], BENDS[-1]))])
            for number in range(count)
        ],
        crs=CRS,
    )  # fmt: skip


def content(courses: dict[str, str], **more: Any) -> MapContent:
    held = scene()
    return replace(held, layers={**held.layers, "lines": lines(courses)}, **more)


def shown(browser_page: Opener, courses: dict[str, str], **more: Any) -> Visit:
    visit = browser_page(content(courses, **more))
    visit.page.click("#tab-layers")
    visit.page.check("[data-layer='lines']")
    return visit


def test_the_path_has_every_bend_of_the_course(browser_page: Opener) -> None:
    visit = shown(browser_page, {"30": "published"})
    page = visit.page
    centre_on(page, 1000, 600, zoom=15)
    page.wait_for_timeout(300)
    degrees = [
        (at.y, at.x) for at in gpd.GeoSeries([place(*at) for at in BENDS], crs=CRS).to_crs(4326)
    ]
    bends = page.evaluate(
        "all => all.map((at) => { const p = map_renewal.latLngToLayerPoint(at); return [p.x, p.y]; })",
        degrees,
    )
    paths = page.evaluate(
        """() => [...document.querySelectorAll(".leaflet-rails-pane path")].map((path) =>
          [...path.getAttribute("d").matchAll(/(-?[\\d.]+)[ ,](-?[\\d.]+)/g)].map((at) => [Number(at[1]), Number(at[2])]))"""
    )
    drawn = [path for path in paths if len(path) == len(BENDS)]
    assert len(drawn) == 2  # the line, and the white under it
    for path in drawn:
        for at, bend in zip(path, bends, strict=True):
            assert at == pytest.approx(bend, abs=1.5)
    assert_quiet(visit)


@pytest.mark.parametrize(
    ("courses", "french", "english"),
    [
        (
            {"30": "published", "31": "straight", "32": "straight", "33": "partly"},
            "Lignes\u202f: 1 sur le tracé publié, 1 en partie, 2 droit d’un arrêt à l’autre\u202f; plus large",
            "Lines: 1 on the published course, 1 in part, 2 straight from stop to stop; the wider",
        ),
        (
            {"30": "published", "30'": "published"},
            "Lignes\u202f: 1 sur le tracé publié\u202f; plus large",
            "Lines: 1 on the published course; the wider",
        ),
        (
            {"30": "published", "30'": "straight"},
            "Lignes\u202f: 1 en partie\u202f; plus large",
            "Lines: 1 in part; the wider",
        ),
        (
            {"30": "straight", "31": "straight"},
            "Droit d’un arrêt à l’autre\u202f; plus large",
            "Straight from stop to stop; the wider",
        ),
        (
            {"30": "published", "31": "__proto__", "32": "<img src=x onerror=alert(1)>"},
            "Lignes\u202f: 1 sur le tracé publié, 2 droit d’un arrêt à l’autre\u202f; plus large",
            "Lines: 1 on the published course, 2 straight from stop to stop; the wider",
        ),
    ],
    ids=["each", "both ways", "one way", "none", "hostile"],
)
def test_the_legend_counts_the_lines_on_their_course(
    browser_page: Opener, courses: dict[str, str], french: str, english: str
) -> None:
    visit = shown(browser_page, courses)
    expect(visit.page.locator("#legend-lines .quiet")).to_contain_text(french)
    visit.page.click("[data-language='en']")
    expect(visit.page.locator("#legend-lines .quiet")).to_contain_text(english)
    assert_quiet(visit)


def test_a_popup_tells_which_course_is_drawn(browser_page: Opener) -> None:
    visit = shown(browser_page, {"30": "published", "31": "straight"})
    page = visit.page
    centre_on(page, 0, 500, zoom=16)
    click_centre(page)
    assert "Bus 30 · Mairie → Église · 9 courses ce jour-là · tracé publié" in popup(page)
    centre_on(page, 1500, 600, zoom=17)
    click_centre(page)
    assert "10 courses ce jour-là · droit d’un arrêt à l’autre" in popup(page)
    assert_quiet(visit)


def test_no_popup_tells_of_courses_when_none_is_published(browser_page: Opener) -> None:
    visit = shown(browser_page, {"30": "straight"})
    centre_on(visit.page, 1000, 500, zoom=16)
    click_centre(visit.page)
    assert "9 courses ce jour-là" in popup(visit.page)
    assert "droit d’un arrêt" not in popup(visit.page)


def test_the_table_tells_the_course_of_each_line(browser_page: Opener) -> None:
    visit = shown(
        browser_page, {"30": "published", "31": "partly", "32": "straight", "33": "{{7*7}}"}
    )
    page = visit.page
    page.click("[data-twin='lines']")
    page.wait_for_selector(".twin tbody tr")
    assert page.locator(".twin thead th").last.inner_text() == "Tracé dessiné"
    cells = page.locator(".twin tbody tr td:last-child").all_inner_texts()
    assert cells == ["Tel que publié", "Publié en partie", "Droit d’un arrêt à l’autre", "{{7*7}}"]
    assert_quiet(visit)
