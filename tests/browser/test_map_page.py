"""The map in a real browser, from a file, without a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import HOSTILE, hostile_scene, scene, sites
from playwright.sync_api import Page, expect

from renewal_gis.publishing.content import MapContent, MeasureLabel

NARROW = "\u202f"


def centre_on(page: Page, east: float, north: float, zoom: float = 17) -> None:
    """Centre the map on a place of the scene (metres from its corner)."""
    from browser.scenes import CRS, place
    from pyproj import Transformer

    at = place(east, north)
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(at.x, at.y)
    page.evaluate(
        "([at, zoom]) => { map_renewal.closePopup(); map_renewal.setView(at, zoom, {animate: false}) }",
        [[lat, lon], zoom],
    )
    page.wait_for_timeout(250)


def click_centre(page: Page) -> None:
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def popup(page: Page) -> str:
    return page.locator(".leaflet-popup-content").inner_text().replace("\u00a0", " ")


def colours(page: Page, pane: str) -> int:
    """Count the distinct opaque colours painted on the canvases of a pane."""
    count: int = page.evaluate(
        """(pane) => {
          const seen = new Set();
          for (const canvas of document.querySelectorAll(`.leaflet-${pane}-pane canvas`)) {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < pixels.length; i += 4)
              if (pixels[i + 3] === 255) seen.add(pixels[i] * 65536 + pixels[i + 1] * 256 + pixels[i + 2]);
          }
          return seen.size;
        }""",
        pane,
    )
    return count


def painted(page: Page, colour: str) -> bool:
    """Tell whether a colour (`#rrggbb`) is painted on the buildings."""
    found: bool = page.evaluate(
        """(wanted) => [...document.querySelectorAll(".leaflet-stock-pane canvas")].some((canvas) => {
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          for (let i = 0; i < pixels.length; i += 4)
            if (pixels[i + 3] === 255 && ((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]) === wanted) return true;
          return false;
        })""",
        int(colour[1:], 16),
    )
    return found


def assert_quiet(visit: Visit) -> None:
    assert visit.messages == []
    assert [url for url in visit.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert len([url for url in visit.requests if url.startswith("file:")]) == 1


@pytest.fixture
def visit(browser_page: Opener) -> Visit:
    return browser_page(scene())


def test_every_layer_is_drawn_without_a_request_or_a_message(visit: Visit) -> None:
    page = visit.page
    for name in (
        "communes",
        "labels",
        "sectors",
        "backdrop",
        "streets",
        "stock",
        "perimeters",
        "sites",
        "stops",
    ):
        expect(page.locator(f"[data-layer='{name}']")).to_be_checked()
    page.click("#tab-layers")
    page.check("[data-layer='allServices']")
    page.check("[data-layer='constraints:mining:veto']")
    for pane in (
        "land",
        "outlines",
        "sectors",
        "backdrop",
        "rails",
        "constraints",
        "perimeters",
        "sites",
        "services",
        "stops",
    ):
        assert page.locator(f".leaflet-{pane}-pane path").count() > 0, pane
    assert colours(page, "stock") > 1
    assert colours(page, "streets") > 0
    assert page.locator(".badge-anchor").count() == 3
    assert page.locator(".commune-name", has_text="Artres").is_visible()
    assert_quiet(visit)


def test_a_layer_can_be_hidden(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-layers")
    page.uncheck("[data-layer='sites']")
    assert page.locator(".badge-anchor").count() == 0
    page.uncheck("[data-layer='stock']")
    assert page.locator(".leaflet-stock-pane canvas").count() == 0
    page.check("[data-layer='stock']")
    page.wait_for_timeout(200)
    assert colours(page, "stock") > 1


def test_the_popup_of_a_site_says_what_the_table_says(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-sites")
    page.click("button.link:has-text('Friche du Hameau')")
    said = popup(page)
    for expected in (
        "Friche du Hameau", "Condé-sur-l'Escaut", "Corridor minier", "71,5",
        "géométrique 65,2", "1 sur 1", "120", "École", "92 pts", "6,2 min", "poids 2", "Transports",
        "sans donnée", "poids 1,5",
    ):  # fmt: skip
        assert expected in said, expected
    widths = page.locator(".breakdown .bar i").evaluate_all(
        "bars => bars.map(bar => bar.style.width)"
    )
    assert widths == ["92%"]  # a missing criterion has no bar
    row = page.locator("tr[data-site='s1']").inner_text()
    assert "71,5" in row
    assert "120" in row


def test_a_veto_is_marked_on_the_map_in_the_popup_and_in_the_table(visit: Visit) -> None:
    page = visit.page
    page.locator(".badge-anchor .badge.vetoed").click()
    assert "Veto\u202f: Puits de mine à 12 m" in popup(page)
    assert "non classé" in popup(page)
    assert "de 60,5 à 66,0" in popup(page)
    page.click("#tab-sites")
    assert "Puits de mine à 12 m" in page.locator("tr[data-site='s2']").inner_text()


def test_a_site_without_score_is_said(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-sites")
    assert "Non noté" in page.locator("tr[data-site='s3']").inner_text()


def test_a_building_is_read_by_a_click(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 1130, 3230)
    click_centre(page)
    said = popup(page)
    for expected in (
        "synthétique",
        "12",
        "Locatif social",
        "1965",
        "Conservé",
        "Condé-sur-l'Escaut",
        "5,1 min",
        "4 départs/h",
    ):
        assert expected in said.replace("4,00", "4").replace("4,0", "4"), expected


def test_missing_values_are_said(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 630, 830)
    click_centre(page)
    assert popup(page).count("sans donnée") == 3  # tenure, year, walk


def known_stock() -> MapContent:
    """Return the study with a stock that tells how its dwellings are known, and hears of estates."""
    held = scene()
    assert held.stock is not None
    more = held.stock.assign(
        dwellings_method=["estimated", "counted", None, "cell", "counted", "counted", "counted"],
        social_dwellings=pd.array([0, 12, pd.NA, 1, 1, 1, 1], dtype="Int64"),
        estate=["Cité <b>Soult</b>", None, None, None, None, None, None],
    )
    return replace(held, stock=more)


def test_an_estimated_number_says_so(browser_page: Opener) -> None:
    page = browser_page(known_stock()).page
    centre_on(page, 1030, 3230)
    click_centre(page)
    said = popup(page)
    assert "Logements\n1\n" in said
    assert "D’où vient ce nombre\nEstimé par l’emprise et les étages\n" in said
    assert "dont locatif social\n0\n" in said
    assert "Cité minière\nCité <b>Soult</b>\n" in said
    page.click("[data-language=en]")
    assert "Where that number comes from\nEstimated from footprint and storeys\n" in popup(page)
    page.click("[data-language=fr]")
    centre_on(page, 915, 2915)
    click_centre(page)
    assert "D’où vient ce nombre\nsans donnée\n" in popup(page)
    assert "dont locatif social\nsans donnée\n" in popup(page)
    assert "Cité minière" not in popup(page)
    page.click("#tab-layers")
    page.click("[data-twin='stock']")
    assert "Estimé par l’emprise et les étages" in page.locator(".twin").inner_text()


def test_a_study_that_does_not_know_says_nothing_of_it(visit: Visit) -> None:
    centre_on(visit.page, 1030, 3230)
    click_centre(visit.page)
    for word in ("D’où vient ce nombre", "dont locatif social", "Cité minière"):
        assert word not in popup(visit.page)


def test_a_class_is_told_of_seven_and_a_change_with_its_sign(browser_page: Opener) -> None:
    held = scene()
    assert held.stock is not None
    shared: dict[str, Any] = {"breaks": (2.5, 4.5), "low_is_good": False}
    klass = MeasureLabel(key="quality_class:swiss", en="Class", fr="Classe", unit="class", **shared)
    change = MeasureLabel(key="transit_change:x", en="Change", fr="Écart", unit="min", **shared)
    rows = [("corridor", klass.key, 5.0), ("south", klass.key, 2.0),
            ("corridor", change.key, -2.14), ("south", change.key, -0.04)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["sector", "measure", "p50"]).assign(dwellings=3)
    stock = held.stock.assign(**{klass.key: 5.0, change.key: -2.14})
    content = replace(held, stock=stock, measures=[*held.measures, klass, change], comparison=table)
    page = browser_page(content).page
    page.select_option("#measure", klass.key)
    said = page.locator("#comparison").inner_text()
    assert "Classe (sur 7, où A vaut 7)" in said
    assert "5\u00a0sur 7 dans le corridor, 2\u00a0sur 7 dans le sud, soit 3 de moins" in said
    title = page.locator(".scale[data-legend] h2").inner_text()
    assert title.startswith("Classe (sur 7, où A vaut 7)")
    page.select_option("#measure", change.key)
    middle = page.locator(".compare .big td").all_inner_texts()
    assert middle == ["−2,1\u00a0min", "0,0\u00a0min"]


@pytest.mark.parametrize(
    ("east", "north", "dwellings"),
    [(915, 2915, "40"), (960, 2960, None), (400, 520, "6"), (360, 520, None), (1200, 900, "3")],
)
def test_courtyards_parts_and_points_are_picked_rightly(
    visit: Visit, east: float, north: float, dwellings: str | None
) -> None:
    centre_on(visit.page, east, north)
    click_centre(visit.page)
    said = popup(visit.page)
    if dwellings is None:
        assert "Bâtiment" not in said
    else:
        assert f"Logements\n{dwellings}\n" in said


def test_a_perimeter_and_a_constraint_are_said_where_one_clicks(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 915, 2915)
    click_centre(page)
    assert "Hameau de Macou · PNRU" in popup(page)
    assert "contour schématique" in popup(page)
    centre_on(page, 200, 2100)
    click_centre(page)
    assert "Inondation · Pour information · Escaut" in popup(page)


def test_the_map_is_read_by_keyboard(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 1130, 3230)
    page.focus("#map")
    page.keyboard.press("Enter")
    assert "Locatif social" in popup(page)
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)


def test_services_and_stops_have_their_popups(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-layers")
    page.check("[data-layer='services:ecole']")
    centre_on(page, 1300, 3400)
    click_centre(page)
    assert "École Jean-Moulin" in popup(page)
    centre_on(page, 1000, 2400)
    click_centre(page)
    for expected in (
        "Place Pierre-Delcourt",
        "Tram",
        "12,0",
        "180",
        "T2",
        "Horaires",
        "10 mars 2026",
    ):
        assert expected in popup(page)


@pytest.mark.parametrize("typed", ["condé", "CONDE", "conde sur l escaut", "l'Escaut"])
def test_search_finds_a_commune_whatever_the_accents(visit: Visit, typed: str) -> None:
    page = visit.page
    before = page.evaluate("map_renewal.getCenter()")
    page.fill("#search", typed)
    expect(page.locator("#found [role=option]").first).to_contain_text("Condé-sur-l'Escaut")
    page.keyboard.press("Enter")
    assert page.input_value("#search") == "Condé-sur-l'Escaut"
    assert page.evaluate("map_renewal.getCenter()") != before
    assert page.locator(".leaflet-chosen-pane path").count() == 1


def test_search_says_when_it_finds_nothing(visit: Visit) -> None:
    visit.page.fill("#search", "Zzz")
    expect(visit.page.locator("#found")).to_contain_text("Rien ne s’appelle")
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#found")).to_be_hidden()


def test_the_language_changes_everywhere(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-sites")
    page.click("button.link:has-text('Friche du Hameau')")
    page.click("[data-language=en]")
    assert page.locator("html").get_attribute("lang") == "en"
    for expected in ("1 of 1", "Mining corridor", "6.2 min"):
        assert expected in popup(page)
    assert (
        "Synthetic demonstration data: buildings, stops, operations."
        in page.locator("#notice").inner_text()
    )
    assert page.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == "Zoom in"
    page.click("#tab-compare")
    assert "12,345" in page.locator(".compare").inner_text()
    page.click("[data-language=fr]")
    assert f"12{NARROW}345" in page.locator(".compare").inner_text()
    assert_quiet(visit)


def test_the_shown_measure_recolours_buildings_legend_and_panel(visit: Visit) -> None:
    page = visit.page
    legend = page.locator("#legend-body .scale").first
    assert "Marche jusqu’à l’école" in legend.inner_text()
    centre_on(page, 1130, 3230, zoom=16)
    assert painted(page, "#1d5f8a")  # 5.04 minutes: the second of five classes
    page.select_option("#measure", "departures_h")
    page.wait_for_timeout(250)
    assert "Départs à l’arrêt" in legend.inner_text()
    assert painted(page, "#142a5c")  # 4 departures an hour and more: the best of four classes
    expect(page.locator("#pane-compare")).to_contain_text("Aucune comparaison")
    page.select_option("#measure", "tenure")
    assert "Parc minier" in legend.inner_text()


def test_the_legend_counts_dwellings_by_class(visit: Visit) -> None:
    rows = visit.page.locator("#legend-body [data-legend] ul li").all_inner_texts()
    counts = [row.split("\n")[-1].replace(NARROW, "") for row in rows]
    assert counts == ["1", "52", "1400", "6", "3", "2"]  # the last one: no data


def test_the_panel_puts_corridor_and_south_side_by_side(visit: Visit) -> None:
    said = visit.page.locator("#pane-compare").inner_text().replace("\u00a0", " ")
    for expected in (
        "6,4 min",
        "18,2 min",
        "soit 11,8 min de plus dans le sud",
        f"12{NARROW}345",
        "678",
        "165",
        "60",
        "69,4",
        "4,5 et 9,0 min",
    ):
        assert expected in said, expected
    assert visit.page.locator("#pane-compare svg rect").count() == 6


def test_the_nature_of_the_layers_is_always_said(visit: Visit) -> None:
    notice = visit.page.locator("#notice")
    assert notice.is_visible()
    assert (
        f"Données de démonstration synthétiques{NARROW}: bâtiments, arrêts, opérations."
        in notice.inner_text()
    )
    assert f"Contours schématiques{NARROW}: périmètres." in notice.inner_text()
    assert "Horaires" in visit.page.locator("#foot").inner_text()


def test_tabs_answer_the_arrows(visit: Visit) -> None:
    page = visit.page
    page.focus("#tab-compare")
    page.keyboard.press("ArrowRight")
    assert page.locator("#pane-sites").is_visible()
    page.keyboard.press("End")
    assert page.locator("#pane-about").is_visible()
    assert "Licence Ouverte 2.0" in page.locator("#pane-about").inner_text()


@pytest.mark.parametrize("width", [320, 390, 1024])
def test_it_fits_narrow_windows(browser_page: Opener, width: int) -> None:
    page = browser_page(scene(), width=width, height=740).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#map").bounding_box()["height"] > 300  # type: ignore[index]


def test_on_a_phone_the_map_comes_into_view_when_a_table_points_at_it(browser_page: Opener) -> None:
    page = browser_page(scene(), width=390, height=844).page
    page.click("#tab-sites")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("#sites-table button.link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    stage = page.locator(".stage").bounding_box()
    assert stage
    assert stage["y"] >= -1
    assert stage["y"] + stage["height"] <= 845
    popup_box = page.locator(".leaflet-popup-content-wrapper").bounding_box()
    assert popup_box
    for part in (".search", ".leaflet-control-zoom", "#home"):
        other = page.locator(part).bounding_box()
        assert other
        below = popup_box["y"] >= other["y"] + other["height"] - 1
        beside = popup_box["x"] + popup_box["width"] <= other["x"] + 1
        assert below or beside, part
    page.locator(".leaflet-popup-close-button").click()
    assert page.locator(".leaflet-popup-content").count() == 0


def test_print_shows_map_comparison_and_sites(visit: Visit) -> None:
    page = visit.page
    page.emulate_media(media="print")
    assert page.locator("#map").is_visible()
    assert page.locator("#pane-compare").is_visible()
    assert page.locator("#pane-sites").is_visible()
    assert not page.locator("#measure").is_visible()


def without(content: MapContent, *names: str, **changes: Any) -> MapContent:
    return replace(content, **dict.fromkeys(names), **changes)


@pytest.mark.parametrize(
    "content",
    [
        MapContent(title="", language="en", communes=scene().communes),
        MapContent(title="Vide", language="fr", communes=scene().communes.iloc[:0]),
        without(scene(), "stock", "comparison"),
        without(scene(), "sites", "breakdown"),
        replace(scene(), measures=()),
        replace(scene(), sites=sites()[["name", "geometry"]]),
        replace(scene(), sites=sites().iloc[:1], stock=scene().stock.iloc[:1]),  # type: ignore[union-attr]
        replace(scene(), layers={name: layer.iloc[:0] for name, layer in scene().layers.items()}),
    ],
    ids=[
        "communes",
        "nothing",
        "no stock",
        "no sites",
        "no measure",
        "bare sites",
        "one of each",
        "empty layers",
    ],
)
def test_a_page_with_pieces_missing_opens_and_says_so(
    browser_page: Opener, content: MapContent
) -> None:
    visit = browser_page(content)
    for tab in ("sites", "layers", "about", "compare"):
        visit.page.click(f"#tab-{tab}")
    visit.page.click("[data-language=en]")
    if content.sites is None:
        assert "no candidate site" in visit.page.locator("#pane-sites").text_content()  # type: ignore[operator]
    if content.stock is None:
        assert "No building in this study" in visit.page.locator("#legend-body").inner_text()
    assert visit.messages == []


def test_hostile_text_is_shown_and_never_run(browser_page: Opener) -> None:
    visit = browser_page(hostile_scene())
    page = visit.page
    for tab in ("sites", "layers", "about", "compare"):
        page.click(f"#tab-{tab}")
        for language in ("fr", "en"):
            page.click(f"[data-language={language}]")
    for text in HOSTILE:
        page.select_option("#measure", text)
    page.fill("#search", "img src")
    page.keyboard.press("Enter")
    page.click("#tab-sites")
    for place in range(len(HOSTILE)):
        page.locator("#pane-sites button.link").nth(place).click()
    for place in range(len(HOSTILE)):
        centre_on(page, 400 * place + 200, 200)
        click_centre(page)
        centre_on(page, 400 * place + 100, 300)
        click_centre(page)
    held = page.locator("body").text_content() or ""
    for text in HOSTILE:
        assert text in held, text
    assert "49" not in (page.locator("#pane-about").text_content() or "").replace("7*7", "")
    assert page.evaluate("window.__ran") is None
    assert page.locator("img").count() == 0
    assert_quiet(visit)


def test_on_a_phone_the_open_legend_leaves_the_scale_bar_free(browser_page: Opener) -> None:
    page = browser_page(scene(), width=390, height=844).page
    page.click("#legend summary")
    legend = page.locator("#legend").bounding_box()
    scale = page.locator(".leaflet-control-scale").bounding_box()
    assert legend
    assert scale
    assert legend["y"] + legend["height"] <= scale["y"]


BESIDE = """([lat, lng, zoom, x, y]) => {
  const at = map_renewal.project([lat, lng], zoom);
  const { x: width, y: height } = map_renewal.getSize();
  map_renewal.setView(map_renewal.unproject(at.add([width / 2 - x, height / 2 - y]), zoom), zoom, { animate: false });
}"""


def test_neither_the_edge_nor_the_legend_cuts_the_name_of_a_commune(browser_page: Opener) -> None:
    from browser.scenes import CRS, place
    from pyproj import Transformer

    page = browser_page(scene()).page
    frame, legend = page.locator("#map").bounding_box(), page.locator("#legend").bounding_box()
    assert frame
    assert legend
    at = place(1000, 1000)  # the middle of Artres
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(at.x, at.y)
    low = legend["y"] - frame["y"] + legend["height"] / 2
    key = legend["x"] - frame["x"] + legend["width"]
    for zoom, x, y in ((12.5, frame["width"] - 6, 300), (13, 6, 40), (12.5, key + 6, low)):
        page.evaluate(BESIDE, [lat, lon, zoom, x, y])
        page.wait_for_timeout(200)
        name = page.locator(".commune-name", has_text="Artres").bounding_box()
        assert name
        assert frame["x"] <= name["x"]
        assert name["x"] + name["width"] <= frame["x"] + frame["width"]
        if y == low:
            assert name["x"] >= legend["x"] + legend["width"]
    page.evaluate(
        BESIDE, [lat, lon, 13, 700, 300]
    )  # with room around it, it stands over its commune
    page.wait_for_timeout(200)
    name = page.locator(".commune-name", has_text="Artres").bounding_box()
    assert name
    assert name["x"] + name["width"] / 2 == pytest.approx(frame["x"] + 700, abs=2)
