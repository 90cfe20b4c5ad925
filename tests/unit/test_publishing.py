"""The written page: whole, closed to the network, the same twice, deaf to hostile text."""

from __future__ import annotations

import base64
import colorsys
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
import pytest
from browser.scenes import CRS, HOSTILE, communes, hostile_scene, scene, sites, square

from renewal_gis.errors import CRSError, UsageError
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.palette import CATEGORIES, SECTOR_COLOURS, ramp
from renewal_gis.publishing.webmap import OfflineMap, draw
from renewal_gis.publishing.words import WORDS

ASSETS = Path(str(resources.files("renewal_gis.publishing"))) / "assets"


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: dict[str, str] = {}
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        current = self.inside[-1] if self.inside else ""
        self.text[current] = self.text.get(current, "") + data
        if current == "script":
            attributes, text = self.scripts.pop()
            self.scripts.append((attributes, text + data))

    def script(self, name: str) -> str:
        return next(text for attributes, text in self.scripts if attributes.get("id") == name)


def document(page: str) -> dict[str, Any]:
    return dict(json.loads(Elements(page).script("document")))


def small(page: str) -> dict[str, Any]:
    packed = base64.b64decode(Elements(page).script("block-small"))
    return dict(json.loads(gzip.decompress(packed)))


def test_the_page_is_one_file_that_asks_for_nothing() -> None:
    elements = Elements(draw(scene()).page())
    names = [name for name, _ in elements.found]
    assert names.count("h1") == names.count("title") == names.count("main") == 1
    for name, attributes in elements.found:
        assert not (attributes.get("src") or "").strip(), name
        assert (attributes.get("href") or "#").startswith("#"), name
    assert ("html", {"lang": "fr"}) in elements.found
    assert elements.text["title"] == elements.text["h1"] == "Où reconstruire ?"


def test_style_sheets_point_at_nothing_outside() -> None:
    page = draw(scene()).page()
    for style in re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL):
        assert not re.search(r"@import|url\((?!data:|#)", style)


def test_the_policy_names_the_scripts_and_nothing_else() -> None:
    elements = Elements(draw(scene()).page())
    policy = next(
        attributes["content"]
        for name, attributes in elements.found
        if name == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "connect-src" not in policy
    run = [text for attributes, text in elements.scripts if "type" not in attributes]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run]
    assert re.findall(r"'sha256-([^']+)'", policy) == digests
    assert len(digests) == 3


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    drawn = draw(scene())
    assert drawn.page() == drawn.page() == draw(scene()).page()
    drawn.save(tmp_path / "deep" / "map.html")
    assert (tmp_path / "deep" / "map.html").read_text(encoding="utf-8") == drawn.page()


def test_it_is_a_folium_map() -> None:
    drawn = draw(scene())
    assert isinstance(drawn, OfflineMap | folium.Map)
    folium.CircleMarker([50.4, 3.5]).add_to(drawn)
    page = drawn.page()
    assert "L.circleMarker" in page
    assert "var map_renewal = RenewalMap.open();" in page
    assert folium.Map().default_js  # folium's own maps are left as they were


def test_an_element_that_needs_a_network_is_refused(tmp_path: Path) -> None:
    drawn = draw(scene())
    drawn.get_root().header.add_child(folium.JavascriptLink("https://example.org/a.js"))
    earlier = tmp_path / "map.html"
    earlier.write_text("earlier")
    with pytest.raises(UsageError, match=r"example\.org"):
        drawn.save(earlier)
    assert earlier.read_text() == "earlier"


def test_a_notebook_shows_it_in_a_frame() -> None:
    shown = draw(replace(scene(), title="<b>"))._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<b>" not in shown


@pytest.mark.parametrize(
    "without",
    ["stock", "sites", "breakdown", "comparison", "distribution", "sources"],
)
def test_any_piece_may_be_missing(without: str) -> None:
    page = draw(replace(scene(), **{without: None})).page()
    assert page.startswith("<!DOCTYPE html>")


def test_the_communes_alone_are_a_map() -> None:
    written = document(draw(MapContent(title="", language="en", communes=communes())).page())
    assert written["packed"] == {}
    assert written["measures"] == written["facts"] == written["sources"] == []


def test_empty_layers_are_a_map() -> None:
    full = scene()
    content = replace(
        full,
        communes=full.communes.iloc[:0],
        stock=full.stock.iloc[:0] if full.stock is not None else None,
        sites=full.sites.iloc[:0] if full.sites is not None else None,
        layers={name: layer.iloc[:0] for name, layer in full.layers.items()},
    )
    page = draw(content).page()
    assert document(page)["bounds"] is None
    assert small(page)["sites"] == []


def test_missing_values_are_null_never_zero() -> None:
    written = small(draw(scene()).page())
    last = written["sites"][2]["values"]
    assert (last["score"], last["rank"], last["walk_min:ecole"]) == (None, None, None)
    assert written["sites"][0]["values"]["rank"] == 1


def test_sites_without_geometry_stay_in_the_table() -> None:
    placeless = sites()
    placeless.loc["s2", "geometry"] = None
    written = small(draw(replace(scene(), sites=placeless)).page())
    assert [site["at"] is None for site in written["sites"]] == [False, True, False]


def test_a_layer_without_crs_is_refused_by_name() -> None:
    bare = gpd.GeoDataFrame({"kind": ["water"]}, geometry=[square(0, 0)])
    with pytest.raises(CRSError, match="backdrop"):
        draw(replace(scene(), layers={"backdrop": bare}))


def test_other_coordinate_systems_give_the_same_places() -> None:
    degrees = replace(scene(), communes=communes().to_crs(4326))
    assert small(draw(degrees).page())["communes"][0]["at"] == pytest.approx(
        small(draw(scene()).page())["communes"][0]["at"], abs=1e-5
    )


def test_hostile_text_is_carried_as_it_is() -> None:
    page = draw(hostile_scene()).page()
    elements = Elements(page)
    assert [name for name, _ in elements.found].count("img") == 0
    assert len([1 for attributes, _ in elements.scripts if "type" not in attributes]) == 3
    written = document(page)
    assert written["title"] == " ".join(HOSTILE[:-1])
    assert elements.text["title"] == elements.text["h1"] == written["title"]
    assert [fact["label"][0] for fact in written["facts"]] == list(HOSTILE)
    assert [measure["key"] for measure in written["measures"]] == list(HOSTILE)
    held = small(page)
    for layer in ("communes", "sites", "perimeters", "services", "stops"):
        assert [record["values"]["name"] for record in held[layer]] == list(HOSTILE), layer
    tenures = next(c for c in written["packed"]["stock"]["columns"] if c["name"] == "tenure")
    assert tenures["labels"] == sorted(HOSTILE)


def test_a_lone_surrogate_does_not_break_the_file(tmp_path: Path) -> None:
    names = pd.Series(["\ud800", "b", "c"], index=communes().index, dtype="object")
    land = communes().assign(name=names)
    draw(replace(scene(), title="a\ud800", communes=land)).save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8")


def test_both_languages_have_the_same_words() -> None:
    gaps = re.compile(r"\{(\w+)\}")
    for key, (english, french) in WORDS.items():
        assert english.strip(), key
        assert french.strip(), key
        assert sorted(set(gaps.findall(english))) == sorted(set(gaps.findall(french))), key


def test_french_typography() -> None:
    for key, (_, french) in WORDS.items():
        assert not re.search(r"(?<!\u202f)[:;?!»]", french.replace("{", " {")), key
        assert "'" not in french, key


def test_every_word_the_page_asks_for_is_in_the_catalogue() -> None:
    asked = set()
    for script in sorted((ASSETS / "page").glob("*.*")):
        text = script.read_text(encoding="utf-8")
        asked |= set(
            re.findall(r"""(?:word|line|keyFigure|group)\(\s*"([a-z]+\.[A-Za-z]+)\"""", text)
        )
        asked |= set(re.findall(r'data-word="([^"]+)"', text))
    assert asked - set(WORDS) == set()
    assert len(asked) > 80


def test_the_assets_are_those_of_the_manifest() -> None:
    manifest = json.loads((ASSETS / "manifest.json").read_text())
    vendored = set()
    for asset in manifest["assets"]:
        assert (ASSETS / asset["licence_file"]).read_text().strip()
        for file in asset["files"]:
            content = (ASSETS / file["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            vendored.add(file["path"])
    own = {"manifest.json", *(asset["licence_file"] for asset in manifest["assets"])}
    found = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.is_file()}
    assert {path for path in found - own if not path.startswith(("page/", "layer/"))} == vendored


def lightness(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("count", range(2, 8))
def test_the_ramp_keeps_its_order_in_grey(count: int) -> None:
    tones = [lightness(colour) ** (1 / 3) for colour in ramp(count)]
    steps = [after - before for before, after in pairwise(tones)]
    assert min(steps) > 0.25 / count


def test_sectors_and_categories_are_told_apart_in_grey_or_in_hue() -> None:
    corridor, south = (
        colorsys.rgb_to_hls(*(int(SECTOR_COLOURS[s][a : a + 2], 16) / 255 for a in (1, 3, 5)))[0]
        for s in ("corridor", "south")
    )
    assert abs(corridor - south) > 0.3
    for colours in CATEGORIES.values():
        assert len(set(colours.values())) == len(colours)


def test_columns_of_any_dtype_are_read(tmp_path: Path) -> None:
    full = scene()
    assert full.stock is not None
    odd = full.stock.assign(
        dwellings=full.stock["dwellings"].astype("Int64"),
        tenure=full.stock["tenure"].astype("category"),
        built_year=full.stock["built_year"].astype("object"),
    )
    assert draw(replace(full, stock=odd)).page() == draw(full).page()
    assert isinstance(full.breakdown, pd.DataFrame)
    assert full.communes.crs == CRS
