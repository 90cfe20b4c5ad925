"""Compact layers on maps that are not ours: folium's own page, and the offline one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser.conftest import Visit
from browser.scenes import (
    BUSES,
    CRS,
    HOSTILE,
    SCHOOL,
    hostile_scene,
    layers,
    place,
    scene,
    square,
    stock,
)
from folium.plugins import DualMap
from playwright.sync_api import Browser, Page, Route, expect
from pyproj import Transformer
from shapely import LineString

from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.elements import CompactLayer
from renewal_gis.publishing.map_layers import LAYERS, study_layer
from renewal_gis.publishing.webmap import draw

LEAFLET = Path(str(resources.files("renewal_gis.publishing"))) / "assets" / "leaflet"
SHOW = Callable[..., Visit]

COLOURS = """() => { const seen = new Set();
  for (const canvas of document.querySelectorAll(".leaflet-overlay-pane canvas")) {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < pixels.length; i += 4)
      if (pixels[i + 3] === 255) seen.add("#" + [0, 1, 2].map((k) => pixels[i + k].toString(16).padStart(2, "0")).join(""));
  }
  return [...seen]; }"""


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[SHOW]:
    """Open a folium map; its own hosts are answered from the copy of Leaflet, the rest is empty."""
    contexts = []

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        held = LEAFLET / name
        if name in ("leaflet.js", "leaflet.css"):
            kind = "text/javascript" if name.endswith("js") else "text/css"
            route.fulfill(body=held.read_text(encoding="utf-8"), content_type=kind)
        else:
            route.fulfill(body="", content_type="text/javascript")

    def show(drawn: Any) -> Visit:
        written = tmp_path / "folium.html"
        drawn.save(str(written))
        context = browser.new_context(viewport={"width": 1000, "height": 700})
        contexts.append(context)
        context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), answer)
        visit = Visit(context.new_page())
        visit.page.on("console", lambda message: visit.messages.append(message.text))
        visit.page.on("pageerror", lambda error: visit.messages.append(str(error)))
        visit.page.goto(written.as_uri())
        visit.page.wait_for_timeout(700)
        return visit

    yield show
    for context in contexts:
        context.close()


def lonlat(east: float, north: float) -> tuple[float, float]:
    """Return latitude and longitude of a place of the scene."""
    at = place(east, north)
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(at.x, at.y)
    return lat, lon


def a_map(east: float, north: float, zoom: int = 16) -> folium.Map:
    """Return folium's own map, centred on a place of the scene, without tiles."""
    return folium.Map(location=lonlat(east, north), zoom_start=zoom, tiles=None)


def click_centre(page: Page) -> str:
    page.mouse.click(500, 350)
    page.wait_for_selector(".leaflet-popup-content")
    return page.locator(".leaflet-popup-content").inner_text().replace("\u00a0", " ")


def homes(**options: Any) -> CompactLayer:
    return CompactLayer(
        stock(), name="Bâtiments", measures=(SCHOOL, BUSES), language="fr", **options
    )


def test_buildings_are_drawn_picked_and_coloured_again_on_any_folium_map(shown: SHOW) -> None:
    drawn = a_map(1130, 3230)
    homes().add_to(drawn)
    visit = shown(drawn)
    page = visit.page
    assert "#1d5f8a" in page.evaluate(COLOURS)  # 5.04 minutes: the second of five classes
    said = click_centre(page)
    for expected in ("12", "Locatif social", "1965", "Conservé", "5,1 min", "4,0 départs/h"):
        assert expected in said, expected
    key = page.locator(".renewal-key")
    assert "10 à 15" in key.inner_text()
    page.locator(".renewal-key select").select_option(label="tenure")
    page.wait_for_timeout(200)
    assert "#0b6aa8" in page.evaluate(COLOURS)
    assert "#1d5f8a" not in page.evaluate(COLOURS)
    assert "Parc minier" in key.inner_text()
    rows = key.locator("li").all_inner_texts()
    assert [int(row.split("\n")[-1]) for row in rows] == [1, 2, 1, 2, 1]  # by code, then no data
    # The browser remarks on how often this test reads its canvases.
    assert [text for text in visit.messages if "Canvas2D" not in text] == []


def test_the_keyboard_reads_the_place_at_the_centre(shown: SHOW) -> None:
    drawn = a_map(1130, 3230)
    homes().add_to(drawn)
    page = shown(drawn).page
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup-content")).to_contain_text("Locatif social")
    expect(page.locator(".renewal-said")).to_contain_text("Locatif social")


@pytest.mark.parametrize(
    ("east", "north", "found"), [(960, 2960, False), (915, 2915, True), (360, 520, False)]
)
def test_courtyards_and_parts_are_picked_rightly(
    shown: SHOW, east: float, north: float, found: bool
) -> None:
    drawn = a_map(east, north, zoom=18)
    homes().add_to(drawn)
    page = shown(drawn).page
    page.mouse.click(500, 350)
    page.wait_for_timeout(200)
    assert (page.locator(".leaflet-popup-content").count() == 1) is found


def test_layers_are_listed_hidden_and_shown_again(shown: SHOW) -> None:
    drawn = a_map(1130, 3230)
    homes().add_to(drawn)
    CompactLayer(layers()["stops"], name="Arrêts", show=False).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    visit = shown(drawn)
    page = visit.page
    labels = page.locator(".leaflet-control-layers-overlays label")
    assert [text.strip() for text in labels.all_inner_texts()] == ["Bâtiments", "Arrêts"]
    assert page.locator(".renewal-key").count() == 1
    labels.nth(0).locator("input").uncheck()
    assert page.locator(".leaflet-overlay-pane canvas").count() == 0
    assert page.locator(".renewal-key").count() == 0
    labels.nth(0).locator("input").check()
    labels.nth(1).locator("input").check()
    page.wait_for_timeout(300)
    assert page.locator(".renewal-key").count() == 2
    assert visit.messages == []


def test_lines_and_points_are_picked_where_they_are(shown: SHOW) -> None:
    line = gpd.GeoDataFrame(
        {"name": ["T2"], "dwellings": [40.0]},
        geometry=[LineString([place(700, 0), place(900, 400), place(1300, 4000)])],
        crs=CRS,
    )
    stops = layers()["stops"]
    drawn = a_map(800, 200, zoom=15)
    CompactLayer(line, name="Lignes", size="dwellings").add_to(drawn)
    CompactLayer(stops, name="Arrêts", colours={"mode": {}}).add_to(drawn)
    visit = shown(drawn)
    assert "T2" in click_centre(visit.page)
    visit.page.mouse.click(560, 350)  # 60 pixels beside the line
    visit.page.wait_for_timeout(400)
    assert visit.page.locator(".leaflet-popup-content").count() == 0
    centred = a_map(500, 300)
    CompactLayer(stops, name="Arrêts", colours={"mode": {}}).add_to(centred)
    assert "Mairie" in click_centre(shown(centred).page)


def test_schematic_areas_are_hatched_and_bare_ones_outlined(shown: SHOW) -> None:
    area = layers()["perimeters"].assign(schematic=True)
    drawn = a_map(1100, 3100, zoom=15)
    CompactLayer(area, name="P", hatched="schematic", colour="#47202f").add_to(drawn)
    page = shown(drawn).page
    share = """() => { let inked = 0, all = 0;
      for (const canvas of document.querySelectorAll(".leaflet-overlay-pane canvas")) {
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        for (let i = 3; i < pixels.length; i += 4) { all++; if (pixels[i]) inked++; } }
      return inked / all; }"""
    hatched = page.evaluate(share)
    bare = a_map(1100, 3100, zoom=15)
    CompactLayer(area, name="P", fill=False).add_to(bare)
    outlined = shown(bare).page.evaluate(share)
    filled_map = a_map(1100, 3100, zoom=15)
    CompactLayer(area, name="P").add_to(filled_map)
    filled = shown(filled_map).page.evaluate(share)
    assert 0 < outlined < hatched < filled


def test_it_stands_on_the_offline_map_and_on_a_pair_of_maps(shown: SHOW) -> None:
    ours = draw(scene())
    homes().add_to(ours)
    visit = shown(ours)
    assert "#1d5f8a" in visit.page.evaluate(COLOURS)
    assert visit.messages == []  # the policy of the page allows the layer's scripts
    pair = DualMap(location=lonlat(1130, 3230), zoom_start=16, tiles=None)
    homes().add_to(pair.m1)
    homes(shown="tenure").add_to(pair.m2)
    page = shown(pair).page
    assert {"#1d5f8a", "#0b6aa8"} <= set(page.evaluate(COLOURS))


def hostile_table() -> gpd.GeoDataFrame:
    """Return a table whose columns, codes and texts are all hostile."""
    names = list(HOSTILE)
    columns = {text: names[k:] + names[:k] for k, text in enumerate(names)}
    squares = [square(120.0 * k, 0, 100) for k in range(len(names))]
    return gpd.GeoDataFrame(
        pd.DataFrame(columns).assign(walk=np.arange(len(names)) / 2), geometry=squares, crs=CRS
    )


def test_hostile_names_columns_and_values_are_shown_and_never_run(shown: SHOW) -> None:
    table = hostile_table()
    drawn = a_map(50, 50, zoom=17)
    for text in HOSTILE:
        walk = MeasureLabel(key="walk", en=text, fr=text, unit=text, breaks=(2,), low_is_good=True)
        CompactLayer(
            table,
            name=text,
            measures=[walk],
            colours={text: {} for text in HOSTILE},
            labels={HOSTILE[0]: HOSTILE[1]},
        ).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    html = drawn.get_root().render()
    assert "{{" not in html.replace("}};", "").split("<body>")[1].split("<script>")[0]
    visit = shown(drawn)
    page = visit.page
    said = page.locator("body").text_content() or ""
    listed = page.locator(".leaflet-control-layers-overlays label").all_text_contents()
    assert [text.strip() for text in listed] == [text.strip() for text in HOSTILE]
    page.focus(".folium-map")  # so many legends hide the map from the mouse
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content").text_content() or ""
    for text in HOSTILE:
        assert text in popup, text
        assert text in said, text
    for k in range(0, 14, 5):
        box = page.locator(".renewal-key select").nth(k)
        for value in box.locator("option").evaluate_all("all => all.map(one => one.value)"):
            box.select_option(value=value)
    assert page.evaluate("window.__ran") is None
    assert page.locator("img").count() == 0
    assert visit.messages == []


def test_every_layer_of_a_study_is_drawn_elsewhere_and_hostile_text_never_runs(shown: SHOW) -> None:
    content = hostile_scene()
    held = {
        **content.layers,
        "communes": content.communes,
        "stock": content.stock,
        "sites": content.sites,
    }
    drawn = a_map(100, 300, zoom=17)
    for layer in LAYERS:
        table = held.get(layer, scene().layers.get(layer))
        assert table is not None, layer
        study_layer(
            table,
            layer=layer,
            legend=False,
            measures=content.measures[:1] if layer == "stock" else (),
        ).add_to(drawn)
    folium.LayerControl().add_to(drawn)
    visit = shown(drawn)
    page = visit.page
    assert page.locator(".leaflet-overlay-pane .leaflet-layer").count() == len(LAYERS)
    for east in range(100, 5600, 400):
        lat, lon = lonlat(east, 300)
        page.evaluate(
            "([lat, lon]) => Object.values(window).find((one) => one instanceof L.Map).setView([lat, lon], 17, {animate: false})",
            [lat, lon],
        )
        page.focus(".folium-map")
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-popup-content").last).not_to_be_empty()
    assert page.evaluate("window.__ran") is None
    assert visit.messages == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (stock().iloc[:0], "Cette couche est vide."),
        (stock().iloc[:1], "5 au plus"),
        (stock().assign(**{"walk_min:ecole": 7.0}), "5 à 10"),
        (stock().assign(**{"walk_min:ecole": np.nan}), "Sans donnée"),
        (stock().set_geometry([None] * 7, crs=CRS), "7 sans géométrie, non dessinés."),
    ],
    ids=["empty", "one", "one value", "no value", "no geometry"],
)
def test_odd_tables_are_drawn_and_said(shown: SHOW, table: gpd.GeoDataFrame, said: str) -> None:
    drawn = a_map(1130, 3230)
    CompactLayer(table, name="B", measures=[SCHOOL], language="fr").add_to(drawn)
    visit = shown(drawn)
    expect(visit.page.locator(".renewal-key")).to_contain_text(said)
    assert visit.messages == []


def test_a_broken_payload_is_said(shown: SHOW) -> None:
    layer = homes()
    broken = json.loads(json.dumps(layer._data))
    layer._data = {**broken, "data": broken["data"][:200]}
    drawn = a_map(1130, 3230)
    layer.add_to(drawn)
    visit = shown(drawn)
    expect(visit.page.locator(".renewal-key")).to_contain_text("Couche illisible")
    assert len(visit.messages) == 1
