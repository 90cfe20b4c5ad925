"""Tables of the layers, online base maps, paper, and what is not there or too large."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import (
    CRS,
    HOSTILE,
    SCHOOL,
    X,
    Y,
    hostile_scene,
    scene,
    sites,
    square,
    stock,
)
from browser.test_map_page import assert_quiet, centre_on, click_centre, popup
from playwright.sync_api import Page, Route, expect

from renewal_gis.publishing.bundle import page_script
from renewal_gis.publishing.content import MapContent

TWINS = ("sites", "stock", "perimeters", "constraints", "surface", "lines", "flows", "isochrones", "stops", "services",
         "communes", "backdrop", "streets")  # fmt: skip
TILES = re.compile(r"^https://(data\.geopf\.fr|tile\.openstreetmap\.org)/")
DOT = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def visit(browser_page: Opener) -> Visit:
    visit = browser_page(scene())
    visit.page.click("#tab-layers")
    return visit


def rows(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.locator(".twin tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    return found


@pytest.mark.parametrize("layer", TWINS)
def test_every_layer_has_its_table(visit: Visit, layer: str) -> None:
    page = visit.page
    content = scene()
    held = {
        **content.layers,
        "communes": content.communes,
        "sites": content.sites,
        "stock": content.stock,
    }
    page.click(f"[data-twin='{layer}']")
    page.wait_for_selector(".twin tbody tr")
    table = held[layer]
    assert table is not None
    assert len(rows(page)) == len(table)
    heads = page.locator(".twin thead th").all_inner_texts()
    assert len(heads) == len(rows(page)[0])
    page.keyboard.press("Escape")
    expect(page.locator(".dialog")).to_have_count(0)
    assert_quiet(visit)


@pytest.mark.parametrize(
    ("layer", "heads", "expected"),
    [
        (
            "streets",
            ["Nom", "Nombre", "Longueur (km)"],
            [["Route principale", "1", "2,0"], ["Rue résidentielle", "1", "1,8"]],
        ),
        (
            "backdrop",
            ["Nom", "Objet dessiné", "Nombre", "Longueur (km)", "Surface (ha)"],
            [
                ["Escaut", "Eau", "1", "–", "24,2"],
                ["sans nom", "Voie ferrée", "1", "4,0", "–"],
                ["T2", "Tramway", "1", "4,0", "–"],
                ["sans nom", "Bois et parcs", "1", "–", "9,0"],
            ],
        ),
        (
            "sectors",
            ["Nom", "Communes", "Habitants", "Surface (km²)"],
            [
                ["Corridor minier", "1", "9\u202f297", "4,0"],
                ["Communes du sud", "1", "1\u202f073", "4,0"],
                ["Reste du territoire", "1", "11\u202f084", "4,0"],
            ],
        ),
    ],
)
def test_the_ground_is_told_in_a_few_rows(
    visit: Visit, layer: str, heads: list[str], expected: list[list[str]]
) -> None:
    page = visit.page
    page.click(f"[data-twin='{layer}']")
    assert page.locator(".twin thead th").all_inner_texts() == heads
    assert rows(page) == expected
    assert_quiet(visit)


def test_what_the_ground_tells_is_found_on_the_map_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.focus("[data-twin='backdrop']")
    page.keyboard.press("Enter")
    page.locator(".twin tbody button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-chosen-pane path").count() == 1  # the Escaut
    assert page.evaluate("document.activeElement.id") == "map"
    page.click("[data-twin='sectors']")
    page.locator(".twin tbody button").first.click()
    assert page.evaluate("map_renewal.getCenter().lat") > 50.43  # the corridor lies north
    page.click("[data-twin='streets']")
    assert page.locator(".twin tbody button").count() == 0  # a kind of streets is in no one place


def test_the_table_of_the_streets_tells_their_source_and_nature(browser_page: Opener) -> None:
    held = scene()
    assert held.sources is not None
    more = held.sources.iloc[:1].assign(layer="streets", file="streets.parquet", vintage="2025")
    notices = {**held.notices, "streets": "synthetic"}
    page = browser_page(
        replace(held, sources=pd.concat([held.sources, more]), notices=notices)
    ).page
    page.click("#tab-layers")
    page.click("[data-twin='streets']")
    expect(page.locator(".dialog")).to_contain_text("IGN ADMIN EXPRESS (streets.parquet), 2025")
    expect(page.locator(".dialog .tag")).to_have_text("synthétique")


def test_the_table_of_the_sites_holds_what_the_table_holds(visit: Visit) -> None:
    page = visit.page
    page.click("[data-twin='sites']")
    first = rows(page)[0]
    for expected in (
        "Friche du Hameau",
        "Condé-sur-l'Escaut",
        "120",
        "Corridor minier",
        "71,46",
        "1",
        "6,2",
    ):
        assert expected in first, expected
    heads = page.locator(".twin thead th").all_inner_texts()
    assert "Note" in heads
    assert "Marche jusqu’à l’école la plus proche (min)" in heads
    assert rows(page)[2][heads.index("Note")] == "–"  # missing is not zero


def test_a_building_is_reached_from_its_table_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.focus("[data-twin='stock']")
    page.keyboard.press("Enter")
    held = rows(page)
    place_ = next(k for k, row in enumerate(held) if "1965" in row)
    page.locator(".twin tbody button").nth(place_).focus()
    page.keyboard.press("Enter")
    assert "1965" in popup(page)
    expect(page.locator(".dialog")).to_have_count(0)


def test_a_long_table_is_paged(browser_page: Opener) -> None:
    many = gpd.GeoDataFrame(
        {"dwellings": range(1, 131)},
        geometry=[square(15.0 * (k % 20), 15.0 * (k // 20), 10) for k in range(130)],
        crs=CRS,
    )
    visit = browser_page(replace(scene(), stock=many))
    page = visit.page
    page.click("#tab-layers")
    page.click("[data-twin='stock']")
    seen = [row[1] for row in rows(page)]
    for _ in range(2):
        page.click(".dialog button:has-text('Suivant')")
        seen += [row[1] for row in rows(page)]
    assert sorted(map(int, seen)) == list(range(1, 131))
    page.fill(".dialog input[type=number]", "1")
    page.keyboard.press("Tab")
    assert len(rows(page)) == 50
    assert "1 à 50 sur 130" in page.locator(".dialog").inner_text()


def test_the_grid_is_drawn_in_the_classes_of_the_measure(visit: Visit) -> None:
    page = visit.page
    page.check("[data-layer='surface']")
    centre_on(page, 400, 100, zoom=16)
    seen = page.evaluate(
        """() => { const seen = new Set();
          for (const canvas of document.querySelectorAll(".leaflet-surface-pane canvas")) {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < pixels.length; i += 4)
              if (pixels[i + 3] === 255) seen.add("#" + [0, 1, 2].map((k) => pixels[i + k].toString(16).padStart(2, "0")).join(""));
          }
          return [...seen]; }"""
    )
    assert {"#142a5c", "#1d5f8a", "#f3cf55"} <= set(seen)


def test_lines_of_transit_are_drawn(visit: Visit) -> None:
    before = visit.page.locator(".leaflet-rails-pane path").count()
    visit.page.check("[data-layer='lines']")
    assert visit.page.locator(".leaflet-rails-pane path").count() == before + 4


def test_a_line_is_said_where_it_passes(visit: Visit) -> None:
    page = visit.page
    page.check("[data-layer='lines']")
    centre_on(page, 1000, 500, zoom=16)
    click_centre(page)
    assert "Bus 30 · Mairie → Église · 9 courses ce jour-là" in popup(page)
    assert "Horaires" in popup(page)  # and of which day
    assert "Tram" not in popup(page)
    rows = page.locator("#legend-lines li").all_inner_texts()
    assert [row.split("\n") for row in rows] == [["Tram", "1"], ["Bus", "1"]]
    expect(page.locator("#legend-lines")).to_contain_text("Droit d’un arrêt à l’autre")
    page.uncheck("[data-layer='lines']")
    assert page.locator("#legend-lines").count() == 0


def test_the_table_of_the_lines_tells_their_ends_and_their_runs(visit: Visit) -> None:
    page = visit.page
    page.click("[data-twin='lines']")
    cells = page.locator(".dialog tbody tr").first.locator("th, td").all_inner_texts()
    assert cells == ["T2", "Tram", "Université", "Le Boulon", "113"]


def test_each_popup_tells_its_source_and_vintage(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 1130, 3230, zoom=16)
    click_centre(page)
    assert "Source" in popup(page)
    assert "millésime" in popup(page) or "2026" in popup(page)
    assert "Horaires" in popup(page)
    expect(page.locator("#legend-body .source").first).to_contain_text("Source")
    page.click("[data-twin='stock']")
    expect(page.locator(".dialog .source")).to_contain_text("Source")


def test_stops_are_told_by_their_class(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 500, 300, zoom=13)
    assert page.locator("#legend-stops").count() == 0  # from afar most stops are not drawn
    centre_on(page, 500, 300, zoom=16)
    rows = page.locator("#legend-stops li").all_inner_texts()
    assert [row.split("\n") for row in rows] == [["II", "1"], ["V", "1"]]
    fills = page.locator(".leaflet-stops-pane path").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    assert sorted(fills) == ["#142a5c", "#f3cf55"]
    click_centre(page)
    assert "Classe de l’arrêt\nV" in popup(page)
    page.uncheck("[data-layer='stops']")
    assert page.locator("#legend-stops").count() == 0


def test_stops_without_classes_have_no_legend(browser_page: Opener) -> None:
    held = {**scene().layers, "stops": scene().layers["stops"].drop(columns="category")}
    page = browser_page(replace(scene(), layers=held)).page
    centre_on(page, 500, 300, zoom=16)
    assert page.locator("#legend-stops").count() == 0
    click_centre(page)
    assert "Classe" not in popup(page)


def test_flows_go_from_where_dwellings_are_lost_to_where_they_are_rebuilt(visit: Visit) -> None:
    page = visit.page
    page.check("[data-layer='flows']")
    paths = page.locator(".leaflet-flows-pane path")
    assert paths.count() == 4  # a line with its casing and its end, and a ring
    widths = paths.evaluate_all("all => all.map(one => Number(one.getAttribute('stroke-width')))")
    assert pytest.approx(0.7 * 30**0.5) in widths
    legend = page.locator("#legend-body").inner_text()
    assert "Logements perdus et reconstruits" in legend
    assert "30 logements" in legend
    assert "Reconstruits sur place" in legend
    centre_on(page, 480, 3480)
    page.uncheck("[data-layer='sites']")
    click_centre(page)
    for expected in ("Hameau de Macou", "Friche du Hameau", "30", "OP2", "0,7 km"):
        assert expected in popup(page), expected
    page.click("[data-twin='flows']")
    assert rows(page)[0][1:6] == ["Hameau de Macou", "Un site", "s1", "30", "OP2"]
    assert_quiet(visit)


def test_transit_isochrones_are_told_from_walks(visit: Visit) -> None:
    page = visit.page
    page.check("[data-layer='isochrones:10']")
    page.check("[data-layer='isochrones:transit:30']")
    looks = page.locator(".leaflet-isochrones-pane path").evaluate_all(
        "all => all.map(one => [one.getAttribute('stroke'), one.getAttribute('stroke-dasharray')])"
    )
    assert len({colour for colour, _ in looks}) == 2
    assert sorted(dash is not None for _, dash in looks) == [False, True]
    legend = page.locator("#legend-body").inner_text()
    assert "Atteint en 10 min à pied" in legend
    assert "Atteint en 30 min en transport et à pied" in legend
    centre_on(page, 480, 3080)
    click_centre(page)
    assert "Atteint en 10 min à pied · Friche du Hameau" in popup(page)
    assert "Atteint en 30 min en transport et à pied · Friche du Hameau" in popup(page)
    page.click("[data-language=en]")
    assert "Reached in 30 min by transit and on foot" in popup(page)
    assert "Reached in 30 min by transit and on foot" in page.locator("#legend-body").inner_text()


def test_tiles_are_drawn_at_the_zoom_of_the_screen(visit: Visit) -> None:
    page = visit.page
    for zoom in (13.25, 14.5, 15):
        centre_on(page, 1130, 3230, zoom=zoom)
        page.wait_for_timeout(300)
        scales = page.locator(".leaflet-stock-pane .leaflet-tile-container").evaluate_all(
            "all => all.map(one => one.style.transform)"
        )
        assert len(scales) == 1, zoom
        assert "scale(1)" in scales[0], zoom
        assert page.evaluate("map_renewal.getZoom()") == zoom


# The base maps of the network


def answering(page: Page, hosts: tuple[str, ...]) -> list[str]:
    """Answer the tiles of some hosts with a dot, refuse the others; return what is asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if any(host in route.request.url for host in hosts):
            route.fulfill(body=DOT, content_type="image/png")
        else:
            route.abort()

    page.context.set_offline(False)
    page.context.route(TILES, answer)
    return asked


def test_base_maps_are_offered_only_when_asked_for_and_answering(visit: Visit) -> None:
    page = visit.page
    asked = answering(page, ("data.geopf.fr",))
    assert page.locator("input[name=base]").count() == 0
    assert asked == []
    page.click("#ask-base")
    expect(page.locator("input[name=base]")).to_have_count(3)  # the study's own, plan, photographs
    assert len(asked) == 3
    page.check("input[name=base][value=plan]")
    expect(page.locator("#foot")).to_contain_text("© IGN – Plan IGN v2 (Licence Ouverte 2.0)")
    page.wait_for_timeout(300)
    assert len(asked) > 3
    assert page.locator(".leaflet-tile-pane img").count() > 0
    assert page.locator(".leaflet-land-pane").is_hidden()
    page.check("input[name=base][value='']")
    expect(page.locator("#foot")).not_to_contain_text("IGN – Plan")
    assert page.locator(".leaflet-tile-pane img").count() == 0
    assert all(TILES.match(url) for url in asked)


def test_without_a_network_the_ground_of_the_study_stays(visit: Visit) -> None:
    page = visit.page
    page.click("#ask-base")
    expect(page.locator("#pane-layers")).to_contain_text(
        "Fond de plan indisponible hors connexion", timeout=9000
    )
    assert page.locator("input[name=base]").count() == 0
    assert page.locator(".leaflet-land-pane path").count() > 0


def test_the_policy_refuses_any_other_host(visit: Visit) -> None:
    page = visit.page
    asked: list[str] = []
    page.context.set_offline(False)
    page.context.route(
        re.compile("^https?:"), lambda route: (asked.append(route.request.url), route.abort())[1]
    )
    page.evaluate(
        """() => { new Image().src = "https://example.org/a.png";
          fetch("https://data.geopf.fr/x").catch(() => 0);
          const script = document.createElement("script"); script.textContent = "window.__ran = 1"; document.body.append(script); }"""
    )
    page.wait_for_timeout(300)
    assert asked == []
    assert page.evaluate("window.__ran") is None


def test_the_layers_shown_are_kept_in_the_address(visit: Visit) -> None:
    page = visit.page
    page.click("#tab-layers")
    for layer in ("lines", "isochrones:10", "services:ecole"):
        page.check(f"[data-layer='{layer}']")
    page.uncheck("[data-layer='stops']")
    page.wait_for_timeout(400)
    again = page.context.new_page()
    again.goto(page.url + "&layer=__proto__&layer=calendar&layer=nothing")
    again.wait_for_selector("html[data-drawn]", state="attached")
    again.click("#tab-layers")
    for layer in ("lines", "isochrones:10", "services:ecole"):
        expect(again.locator(f"[data-layer='{layer}']")).to_be_checked()
    expect(again.locator("[data-layer='stops']")).not_to_be_checked()
    expect(again.locator("[data-layer='isochrones:5']")).not_to_be_checked()
    assert again.locator("#legend-lines").count() == 1
    assert again.locator(".leaflet-stops-pane path").count() == 0
    assert_quiet(visit)


def test_a_browser_without_the_newest_decoder_draws_the_same(visit: Visit) -> None:
    page = visit.page
    counts = "document.querySelector('#legend-body ul').innerText"
    newest = page.evaluate(counts)
    page.context.add_init_script("delete Uint8Array.fromBase64")
    page.reload()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.evaluate("Uint8Array.fromBase64") is None
    assert page.evaluate(counts) == newest
    assert visit.messages == []


# Paper


def test_the_print_fits_a4_with_legend_scale_sources_and_date(visit: Visit) -> None:
    page = visit.page
    before = page.evaluate("[map_renewal.getCenter(), map_renewal.getZoom()]")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1032, "height": 702})  # 273 × 186 mm at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 1032
    sheet = page.locator(".stage").bounding_box()
    foot = page.locator("#foot").bounding_box()
    assert sheet
    assert foot
    assert (
        foot["y"] + foot["height"] <= 702
    )  # title, map, sources and date stand on the first sheet
    for part in ("#legend-body", ".leaflet-control-scale-line", "#title", "#notice", "#foot"):
        assert page.locator(part).is_visible(), part
    for part in (".search", "#tabs", "#swipe-box", ".leaflet-control-zoom"):
        assert page.locator(part).is_hidden(), part
    bounds = page.evaluate("map_renewal.getBounds().toBBoxString()").split(",")
    assert len(bounds) == 4
    land = page.evaluate(
        """() => { const frame = document.getElementById("map").getBoundingClientRect();
          return [...document.querySelectorAll(".leaflet-outlines-pane path")].every((path) => {
            const box = path.getBoundingClientRect();
            return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom; }); }"""
    )
    assert land  # the whole territory is on the sheet
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(200)
    after = page.evaluate("[map_renewal.getCenter(), map_renewal.getZoom()]")
    assert after[1] == before[1]
    assert after[0]["lat"] == pytest.approx(before[0]["lat"], abs=1e-3)
    assert_quiet(visit)


def test_nothing_printed_is_white_over_the_ground(visit: Visit) -> None:
    page = visit.page
    page.select_option("#measure", "departures_h")  # canvases that were painted twice
    page.wait_for_timeout(300)
    printed = page.pdf(prefer_css_page_size=True)
    # What a canvas clears is printed as paper; a canvas that was emptied otherwise leaves nothing.
    assert "clearRect(" not in page_script()
    pages = re.findall(rb"/Type\s*/Page\b", printed)
    assert 1 <= len(pages) <= 8
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
    assert box
    assert [round(float(side)) for side in box.groups()] == [842, 595]  # A4, landscape


# Bad input


def million() -> gpd.GeoDataFrame:
    """Return a layer of a million points."""
    drawn = np.random.default_rng(1)
    points = gpd.points_from_xy(
        X + drawn.uniform(0, 4000, 10**6), Y + drawn.uniform(0, 4000, 10**6)
    )
    return gpd.GeoDataFrame({"group": ["ecole"] * 10**6}, geometry=points, crs=CRS)


def one_value() -> gpd.GeoDataFrame:
    return stock().assign(**{"walk_min:ecole": 7.0})


def no_sector() -> MapContent:
    return replace(
        scene(), communes=scene().communes.assign(sector=None), sites=sites().assign(sector=None),
        comparison=None, distribution=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "tab", "said"),
    [
        ({"sites": sites().iloc[:1]}, "sites", "Friche du Hameau"),
        ({"sites": sites().iloc[:0]}, "sites", "Aucun site candidat"),
        ({"stock": stock().iloc[:0]}, "compare", "Corridor"),
        ({"stock": one_value()}, "compare", "Corridor"),
        ({"measures": (replace(SCHOOL, key="walk_min:zoo"),)}, "compare", "Aucune comparaison"),
        ({"operations": scene().operations.iloc[:0]}, "layers", "Bâtiments"),  # type: ignore[union-attr]
        (
            {"layers": {"services": gpd.GeoDataFrame({"group": []}, geometry=[], crs=CRS)}},
            "layers",
            "absent de cette étude",
        ),
    ],
    ids=[
        "one site",
        "no site",
        "no building",
        "one value",
        "missing measure",
        "no operation",
        "empty layer",
    ],
)
def test_odd_content_opens_and_is_said(
    browser_page: Opener, change: dict[str, Any], tab: str, said: str
) -> None:
    visit = browser_page(replace(scene(), **change))
    for one in ("sites", "layers", "about", "compare", tab):
        visit.page.click(f"#tab-{one}")
    expect(visit.page.locator(f"#pane-{tab}")).to_contain_text(said)
    assert_quiet(visit)


def test_without_a_sector_the_page_opens(browser_page: Opener) -> None:
    visit = browser_page(no_sector())
    expect(visit.page.locator("#pane-compare")).to_contain_text("Aucune comparaison")
    assert visit.page.locator("#legend-body .amount i").count() == 0
    visit.page.click(".compare thead button >> nth=0")
    assert_quiet(visit)


def test_a_layer_of_a_million_points_is_left_out_and_said(browser_page: Opener) -> None:
    visit = browser_page(replace(scene(), layers={"services": million()}))
    notice = visit.page.locator("#notice").inner_text().replace("\u202f", " ")
    assert (
        "Non dessinée, trop lourde pour une page : couche « services » (1 000 000 objets, 30 000 au plus)."
        in notice
    )
    assert_quiet(visit)


def test_many_outlines_are_few_elements(browser_page: Opener) -> None:
    count = 1200
    zones = gpd.GeoDataFrame(
        {"kind": ["mining"] * count, "level": ["veto"] * count},
        geometry=[
            square(30.0 * (k % 40), 30.0 * (k // 40), 40) for k in range(count)
        ],  # they overlap
        crs=CRS,
    )
    visit = browser_page(replace(scene(), layers={"constraints": zones}))
    page = visit.page
    page.click("#tab-layers")
    page.check("[data-layer='constraints:mining:veto']")
    paths = page.locator(".leaflet-constraints-pane path")
    assert paths.count() == 1
    assert paths.get_attribute("fill-rule") == "nonzero"
    page.click("[data-twin='constraints']")
    assert "sur 1\u202f200" in page.locator(".dialog").inner_text()
    assert_quiet(visit)


def test_hostile_names_in_every_table_and_tab(browser_page: Opener) -> None:
    visit = browser_page(hostile_scene())
    page = visit.page
    page.click("#tab-calendar")
    page.focus("#quarter")
    page.keyboard.press("End")
    held = page.locator("#pane-calendar").text_content() or ""
    for text in HOSTILE:
        assert text in held, text
    page.click("#tab-layers")
    for layer in page.locator("[data-twin]").evaluate_all(
        "all => all.map(one => one.dataset.twin)"
    ):
        page.click(f"[data-twin='{layer}'] >> nth=0")
        shown = page.locator(".twin").text_content() or ""
        missing = [text for text in HOSTILE if text not in shown]
        assert layer in ("stock", "sectors") or not missing, (layer, missing)
        page.keyboard.press("Escape")
    page.click("#tab-compare")
    page.check("#swipe-on")
    for text in HOSTILE[:12]:
        page.select_option("#swipe-sites-1", text)
        page.select_option("#swipe-measure", text)
    page.wait_for_timeout(300)
    again = page.context.new_page()
    again.goto(page.url)
    again.wait_for_selector("html[data-drawn]", state="attached")
    assert again.input_value("#swipe-sites-1") == HOSTILE[11]
    page.check("#swipe-side")
    page.click("#tab-layers")
    page.check("[data-layer='lines']")
    for place_ in range(len(HOSTILE)):
        centre_on(page, 400 * place_, 200)
        click_centre(page)
        assert HOSTILE[place_] in popup(page)
    page.select_option("#measure", HOSTILE[-1])  # ten thousand characters
    said = page.locator("#divider-said span").first.bounding_box()
    assert said
    assert said["height"] < 160
    assert again.evaluate("window.__ran") is None
    assert page.evaluate("window.__ran") is None
    assert_quiet(visit)


def test_what_is_drawn_is_named_in_the_legend_on_paper_too(visit: Visit) -> None:
    page = visit.page
    signs = page.locator("#legend-signs")
    expect(signs).to_contain_text("Périmètres de renouvellement contour schématique")
    page.click("#tab-layers")
    page.uncheck("[data-layer='perimeters']")
    assert signs.locator("li").all_inner_texts() == ["Tramway", "Voie ferrée"]
    page.uncheck("[data-layer='backdrop']")
    expect(signs).to_have_count(0)
    page.check("[data-layer='constraints:mining:veto']")
    page.check("[data-layer='services:ecole']")
    assert signs.locator("li").all_inner_texts() == ["Aléa minier · veto", "École"]
    page.emulate_media(media="print")
    expect(signs).to_be_visible()
    page.emulate_media(media="screen")
    page.click("[data-language=en]")
    expect(signs).to_contain_text("Mine workings · veto")
    assert_quiet(visit)


def test_a_long_name_of_a_measure_leaves_the_table_its_room(browser_page: Opener) -> None:
    held = scene()
    name = "Town centre: minutes by transit to the nearest, in the earlier timetable (median departure)"
    long = replace(held.measures[0], en=name + ", 10 March 2009", fr=name + ", 10 mars 2009")
    content = replace(held, measures=(long, *held.measures[1:]))
    page = browser_page(content).page
    page.click("#tab-layers")
    page.click("[data-twin='stock']")
    head = page.locator(".twin thead").bounding_box()
    assert head
    assert head["height"] < 95
    # The name of a row is still there when its last column is read.
    page.evaluate("document.querySelector('.dialog .scroller').scrollLeft = 10000")
    left = page.evaluate(
        """() => document.querySelector(".twin tbody th").getBoundingClientRect().left
          - document.querySelector(".dialog .scroller").getBoundingClientRect().left"""
    )
    assert 0 <= left <= 2
