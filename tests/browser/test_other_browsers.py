"""The map in Firefox and in WebKit (Safari's), from a file, as a reader handles it: by mouse and by keys."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser.engines import BrowserMissing, Driver, Firefox, firefox, webkit
from browser.scenes import CRITERIA, CRS, HOSTILE, hostile_scene, meeting, place, scene, two_times
from browser.test_meeting import expected
from pypdf import PdfReader
from pyproj import Transformer

from renewal_gis.edition import map_content
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.webmap import draw

STARTS = {"firefox": firefox, "webkit": webkit}
PATIENCE_S = 30


@dataclass
class Window:
    """An open map, handled as a reader would."""

    driver: Driver

    def run(self, body: str, *values: Any) -> Any:
        """Run the body of a function in the page; `given` holds the values."""
        return self.driver.run(body, *values)

    def wait(self, condition: str, *values: Any) -> None:
        """Wait until an expression is true in the page."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.run(f"return Boolean({condition})", *values):
            assert time.monotonic() < deadline, f"still not true: {condition} {values}"
            time.sleep(0.05)

    def where(self, selector: str) -> tuple[float, float]:
        """Return the middle of an element in the window, scrolled to where needed."""
        self.wait("document.querySelector(given[0])", selector)
        x, y = self.run(
            """const one = document.querySelector(given[0]);
            one.scrollIntoView({ block: "nearest", inline: "nearest" });
            const { x, y, width, height } = one.getBoundingClientRect();
            return [x + width / 2, y + height / 2];""",
            selector,
        )
        return x, y

    def click(self, selector: str) -> None:
        x, y = self.where(selector)
        self.driver.pointer(("down", x, y), ("up", x, y))

    def drag(self, selector: str, east: float) -> None:
        x, y = self.where(selector)
        self.driver.pointer(("down", x, y), ("move", x + east / 2, y), ("up", x + east, y))

    def press(self, *keys: str) -> None:
        self.driver.press(*keys)

    def focus(self, selector: str) -> None:
        self.run("document.querySelector(given[0]).focus()", selector)

    def text(self, selector: str) -> str:
        told: str = self.run("return document.querySelector(given[0]).innerText", selector)
        return told.replace("\u00a0", " ")

    def count(self, selector: str) -> int:
        many: int = self.run("return document.querySelectorAll(given[0]).length", selector)
        return many

    def look_at(self, east: float, north: float, zoom: float = 17) -> None:
        """Centre the map on a place of the scene (metres from its corner)."""
        at = place(east, north)
        lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(at.x, at.y)
        self.run("map_renewal.setView(given[0], given[1], { animate: false })", [lat, lon], zoom)

    def colours(self, pane: str) -> list[str]:
        """Return the opaque colours painted on the canvases of a pane."""
        seen: list[str] = self.run(
            """const seen = new Set();
            for (const canvas of document.querySelectorAll(`.leaflet-${given[0]}-pane canvas`)) {
              const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
              for (let i = 0; i < pixels.length; i += 4)
                if (pixels[i + 3] === 255) seen.add([...pixels.slice(i, i + 3)].map((one) => one.toString(16).padStart(2, "0")).join(""));
            }
            return [...seen];""",
            pane,
        )
        return seen

    def painted(self, pane: str, *wanted: str) -> None:
        """Wait until the tiles of a pane show these colours."""
        deadline = time.monotonic() + PATIENCE_S
        while not set(wanted) <= set(self.colours(pane)):
            assert time.monotonic() < deadline, f"{pane} never shows {wanted}"
            time.sleep(0.1)

    def assert_quiet(self) -> None:
        self.run("await new Promise((done) => setTimeout(done, 100))")  # what is on its way arrives
        assert self.driver.messages == []
        asked = [
            url for url in self.driver.requests if not url.startswith(("file:", "data:", "blob:"))
        ]
        assert asked == []


Opener = Callable[..., Window]


@pytest.fixture(scope="module", params=sorted(STARTS))
def driver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    """A browser started once for these tests."""
    try:
        with STARTS[request.param](tmp_path_factory.mktemp(request.param)) as started:
            yield started
    except BrowserMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def open_map(driver: Driver, tmp_path: Path) -> Opener:
    """Open a map: `open_map(content, width=…, height=…, address="#…")`."""

    def opened(
        content: MapContent, *, width: int = 1366, height: int = 768, address: str = ""
    ) -> Window:
        written = tmp_path / "map.html"
        draw(content).save(written)
        driver.resize(width, height)
        driver.open(written, address)
        window = Window(driver)
        window.wait("document.documentElement.dataset.drawn")
        return window

    return opened


def test_what_a_page_may_not_do_is_heard(open_map: Opener) -> None:
    window = open_map(scene())
    window.assert_quiet()
    for act, heard in (
        ("console.error('said aloud')", "said aloud"),
        (
            "setTimeout(() => { throw new Error('thrown') })",
            "rror",
        ),  # WebKit tells no more of a file's
        ("fetch('http://127.0.0.1:9/asked').catch(() => null)", "http://127.0.0.1:9/asked"),
    ):
        before = len(window.driver.messages)
        window.run(act)
        window.run("await new Promise((done) => setTimeout(done, 100))")
        assert heard in "".join(window.driver.messages[before:]), act


def test_every_layer_is_drawn_without_a_request_or_a_message(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#tab-layers")
    window.click("[data-layer='allServices']")
    window.click("[data-layer='constraints:mining:veto']")
    for pane in ("land", "outlines", "sectors", "backdrop", "rails", "constraints", "perimeters", "sites", "services", "stops"):  # fmt: skip
        assert window.count(f".leaflet-{pane}-pane path") > 0, pane
    assert len(window.colours("stock")) > 1
    assert window.colours("streets")
    assert window.count(".badge-anchor") == 3
    for tab in ("sites", "calendar", "layers", "about", "compare"):
        window.click(f"#tab-{tab}")
        assert window.run("return !document.getElementById(given[0]).hidden", f"pane-{tab}")
    window.assert_quiet()


def test_the_demonstration_is_drawn_whole(open_map: Opener, demo_results: Any) -> None:
    window = open_map(map_content(demo_results))
    layers = window.run(
        "return [...document.querySelectorAll('[data-layer]')].map((one) => one.dataset.layer)"
    )
    assert {"stock", "sites", "stops", "lines", "flows", "surface", "communes"} <= set(layers)
    window.click("#tab-layers")
    for layer in layers:
        window.run(
            "const box = document.querySelector(`[data-layer='${given[0]}']`); if (!box.checked) box.click();",
            layer,
        )
    window.wait("document.querySelectorAll('.leaflet-surface-pane canvas').length")
    assert len(window.colours("stock")) > 4
    assert window.run("return document.documentElement.scrollHeight <= innerHeight")
    window.assert_quiet()


def test_weights_moved_by_keys_give_the_ranks_of_python(open_map: Opener) -> None:
    window = open_map(meeting())
    window.click("#tab-sites")
    window.click("#weights summary")
    wanted = [criterion.weight for criterion in CRITERIA]
    for number, moves in enumerate((("Home",), ("End", "ArrowLeft"), ("ArrowRight",) * 3)):
        window.run("document.querySelectorAll('#weights input')[given[0]].focus()", number)
        window.press(*moves)
        wanted[number] = {0: 0.0, 1: 4.9, 2: round(wanted[number] + 0.3, 1)}[number]
    rows = window.run(
        """return [...document.querySelectorAll("#sites-table tbody tr")].map((row) => [row.dataset.site, row.querySelector(".rank span").textContent,
          row.querySelector(".score b").textContent, (row.querySelector(".score small") || {}).textContent || ""])"""
    )
    assert {site: (rank, score, span) for site, rank, score, span in rows} == expected(
        tuple(wanted)
    )
    window.wait("new URLSearchParams(location.hash.slice(1)).has('w')")
    window.assert_quiet()


def test_moved_ranks_leave_nothing_to_scroll_below_the_page(open_map: Opener) -> None:
    window = open_map(meeting(), height=500)
    window.click("#tab-sites")
    window.click("#weights summary")
    window.focus("#weights input")
    window.press("Home")
    window.wait("document.querySelector('.rank .unseen')")
    assert window.run("return document.documentElement.scrollHeight <= innerHeight")


def test_the_language_changes_everywhere(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#tab-sites")
    window.click("tr[data-site='s1'] button.link")
    assert "6,2 min" in window.text(".leaflet-popup-content")
    window.click("[data-language=en]")
    assert window.run("return document.documentElement.lang") == "en"
    said = window.text(".leaflet-popup-content")
    for words in ("1 of 1", "Mining corridor", "6.2 min"):
        assert words in said
    assert "dwellings" in window.text("#legend-body")


def test_a_click_tells_of_a_building_and_of_a_stop(open_map: Opener) -> None:
    window = open_map(scene())
    for east, north, words in (
        (1130, 3230, ("synthétique", "Locatif social", "1965", "Condé-sur-l'Escaut", "5,1 min")),
        (1000, 2400, ("Place Pierre-Delcourt", "Tram", "12,0", "10 mars 2026")),
    ):
        window.look_at(east, north)
        window.click("#map")
        window.wait("document.querySelector('.leaflet-popup-content')")
        said = window.text(".leaflet-popup-content")
        for one in words:
            assert one in said, one
        window.focus("#map")
        window.press("Escape")
        window.wait("!document.querySelector('.leaflet-popup')")


def test_search_finds_a_commune_without_its_accent(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#search")
    window.press(*"conde sur")
    window.wait("document.querySelector('#found [role=option]')")
    assert "Condé-sur-l'Escaut" in window.text("#found")
    window.press("Enter")
    assert window.run("return document.getElementById('search').value") == "Condé-sur-l'Escaut"
    assert window.count(".leaflet-chosen-pane path") == 1


def test_the_divider_moves_by_mouse_and_by_keys(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#swipe-on")
    window.look_at(1130, 3230, zoom=16)
    window.painted("stock", "1d5f8a")  # 5.04 minutes: the second of five classes
    window.painted("stockB", "142a5c")  # 4 departures: the best class
    assert "1d5f8a" not in window.colours("stockB")
    at = "return Number(document.getElementById('divider').value)"
    before = window.run(at)
    x, y = window.run(
        """const { x, y, width, height } = document.getElementById("divider-line").getBoundingClientRect();
        return [x + width / 2, y + height / 2];"""
    )
    window.driver.pointer(("down", x, y), ("move", x + 60, y), ("up", x + 120, y))
    moved = window.run(at)
    assert moved > before + 5
    window.press("ArrowLeft", "ArrowLeft")
    assert window.run(at) == moved - 2
    window.assert_quiet()


def test_what_the_reader_touched_stays_in_place_when_two_halves_open(open_map: Opener) -> None:
    window = open_map(scene(), height=500)
    where = "return document.getElementById('swipe-box').getBoundingClientRect().top"
    window.run("document.getElementById('swipe-box').scrollIntoView({ block: 'center' })")
    before = window.run(where)
    window.click("#swipe-on")
    window.wait("document.querySelector('#swipe-side')")
    assert window.run(where) == pytest.approx(before, abs=2)
    pane = "const pane = document.getElementById('pane-compare'); return pane.scrollWidth <= pane.clientWidth"
    assert window.run(pane)


def test_two_maps_and_two_times_side_by_side(open_map: Opener) -> None:
    window = open_map(two_times())
    window.click("#swipe-on")
    window.click("#swipe-side")
    window.wait("RenewalMap.right() && !document.getElementById('map-right').hidden")
    window.click("#swipe-times")
    window.run("map_renewal.setZoom(map_renewal.getZoom() + 1, { animate: false })")
    views = window.run("return [map_renewal, RenewalMap.right()].map((one) => one.getZoom())")
    assert views[0] == views[1]
    assert "transport" in window.text("#divider-said span").lower()
    window.assert_quiet()


def test_time_goes_by_keys_and_by_its_button(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#tab-calendar")
    window.focus("#quarter")
    window.press("Home")
    first = window.text("#quarter-name")
    window.press("ArrowRight", "ArrowRight")
    later = window.text("#quarter-name")
    assert first != later
    window.click("#play")
    window.wait("document.getElementById('quarter-name').innerText !== given[0]", later)
    window.click("#play")


def test_the_table_of_a_layer_opens_and_closes(open_map: Opener) -> None:
    window = open_map(scene())
    window.click("#tab-layers")
    window.click("[data-twin='sites']")
    window.wait("document.querySelector('.dialog[open]')")
    assert "Friche du Hameau" in window.text(".twin")
    window.press("Escape")
    window.wait("!document.querySelector('.dialog[open]')")


def test_the_focus_is_seen(open_map: Opener) -> None:
    window = open_map(scene())
    window.focus("#measure")
    window.press("Tab")
    ring = "const look = getComputedStyle(document.activeElement); return [document.activeElement.id, look.outlineStyle, look.outlineWidth]"
    assert window.run(ring) == ["tab-compare", "solid", "3px"]
    window.press("ArrowRight")
    assert window.run(ring) == ["tab-sites", "solid", "3px"]


def test_on_a_phone_nothing_is_wider_than_the_screen(open_map: Opener) -> None:
    window = open_map(scene(), width=390, height=844)
    for tab in ("sites", "calendar", "layers", "about", "compare"):
        window.click(f"#tab-{tab}")
        assert window.run("return document.documentElement.scrollWidth <= innerWidth"), tab
    window.assert_quiet()


def test_hostile_text_is_shown_and_never_run(open_map: Opener) -> None:
    window = open_map(hostile_scene())
    for tab in ("sites", "calendar", "layers", "about", "compare"):
        window.click(f"#tab-{tab}")
    held = window.run("return document.body.textContent")
    for text in HOSTILE:
        assert text in held, text
    assert window.run("return window.__ran ?? null") is None
    assert window.count("img") == 0
    window.assert_quiet()


@pytest.mark.parametrize("driver", ["firefox"], indirect=True)  # WebKit's driver does not print
def test_paper_is_a4_and_begins_with_the_map_and_its_legend(open_map: Opener) -> None:
    window = open_map(scene())
    assert isinstance(window.driver, Firefox)
    pages = PdfReader(io.BytesIO(window.driver.print())).pages
    width, height = (float(side) for side in pages[0].mediabox[2:])
    assert (width, height) == (pytest.approx(842, abs=2), pytest.approx(595, abs=2))
    told = [page.extract_text().replace("\u00a0", " ") for page in pages]
    assert "Marche jusqu’à l’école" in told[0]
    assert "Note des sites" in told[0]
    assert "Friche du Hameau" in "".join(told[1:])
    assert window.run("return document.documentElement.classList.contains('printing')") is False
    window.assert_quiet()


@pytest.mark.parametrize("driver", ["firefox"], indirect=True)
def test_on_paper_no_title_is_left_alone_at_the_foot_of_a_page(open_map: Opener) -> None:
    window = open_map(scene())
    # Titles at every height of a page: each must stand on the page of the text it opens.
    window.run(
        """const pane = document.getElementById("pane-about");
        for (let k = 10; k < 60; k++) {
          const made = ["div", "h2", "p"].map((name) => document.createElement(name));
          made[0].style.height = 20 + ((7 * k) % 50) + "mm";
          made[1].textContent = `Title ${k};`;
          made[2].textContent = `Text ${k};`;
          pane.append(...made);
        }"""
    )
    assert isinstance(window.driver, Firefox)
    told = [page.extract_text() for page in PdfReader(io.BytesIO(window.driver.print())).pages]
    homes = [
        [
            next(n for n, page in enumerate(told) if f"{kind} {k};" in page)
            for kind in ("Title", "Text")
        ]
        for k in range(10, 60)
    ]
    assert len({home for home, _ in homes}) > 5
    assert [pair for pair in homes if pair[0] != pair[1]] == []
