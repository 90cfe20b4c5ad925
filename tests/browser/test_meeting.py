"""Weights changed in the page: the scores are Python's, and can be kept, linked and restored."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest
from browser.conftest import Opener, Visit
from browser.scenes import (
    CRITERIA,
    HOSTILE,
    hostile_scene,
    judged_scene,
    meeting,
    ranking,
    tied,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from renewal_gis.publishing.content import MapContent


@pytest.fixture
def visit(browser_page: Opener) -> Visit:
    visit = browser_page(meeting())
    visit.page.click("#tab-sites")
    visit.page.click("#weights summary")
    return visit


def slide(page: Page, place: int, weight: float) -> None:
    page.evaluate(
        """([place, weight]) => { const box = document.querySelectorAll("#weights input")[place];
          box.value = weight; box.dispatchEvent(new Event("input", { bubbles: true })); }""",
        [place, weight],
    )


def shown(page: Page) -> dict[str, tuple[str, str, str]]:
    """Return rank, score and interval of each site as its row shows them."""
    rows: list[list[str]] = page.locator("#sites-table tbody tr").evaluate_all(
        """rows => rows.map(row => [row.dataset.site, row.querySelector(".rank span").textContent,
          row.querySelector(".score b").textContent, (row.querySelector(".score small") || {}).textContent || ""])"""
    )
    return {site: (rank, score, span) for site, rank, score, span in rows}


def expected(weights: tuple[float, ...]) -> dict[str, tuple[str, str, str]]:
    told = {}
    for site, row in ranking(weights).summary.iterrows():
        complete = not np.isnan(row["score"])
        low, high = (french(row[name]) for name in ("score_low", "score_high"))
        span = "" if row["score_low"] == row["score_high"] else f"{low} – {high}"
        score = french(row["score"]) if complete else "Non noté"
        told[str(site)] = (str(row["rank"]) if complete else "–", score, span)
    return told


def french(value: float) -> str:
    # The page rounds halves away from zero, on the decimal writing of the number.
    from decimal import ROUND_HALF_UP, Decimal

    return str(Decimal(repr(float(value))).quantize(Decimal("0.1"), ROUND_HALF_UP)).replace(
        ".", ","
    )


def test_the_page_opens_on_the_ranks_of_the_study(visit: Visit) -> None:
    assert shown(visit.page) == expected(tuple(c.weight for c in CRITERIA))
    expect(visit.page.locator("#restore")).to_be_disabled()


@pytest.mark.parametrize(
    "weights", [(0.0, 3.0, 1.0), (5.0, 0.1, 0.0), (1.0, 1.0, 1.0), (0.3, 0.0, 2.7), (0.0, 0.0, 5.0)]
)
def test_sliders_give_the_ranks_python_gives(visit: Visit, weights: tuple[float, ...]) -> None:
    for place, weight in enumerate(weights):
        slide(visit.page, place, weight)
    assert shown(visit.page) == expected(weights)
    badges = visit.page.locator(".badge-anchor").evaluate_all(
        "all => all.map(one => [one.getAttribute('aria-label'), one.textContent])"
    )
    summary = ranking(weights).summary["score"]
    for label, text in badges:
        site = "s" + label.split("Site ")[1][0]
        assert text in {
            "✕",
            "–",
            str(int(np.floor(summary[site] + 0.5)) if summary.notna()[site] else "–"),
        }
        assert label.startswith(text)
    assert visit.messages == []


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(weights=st.tuples(*[st.integers(0, 50).map(lambda tenth: tenth / 10)] * 3).filter(any))
def test_any_weights_give_the_ranks_python_gives(
    visit: Visit, weights: tuple[float, float, float]
) -> None:
    for place, weight in enumerate(weights):
        slide(visit.page, place, weight)
    assert shown(visit.page) == expected(weights)


def test_the_comparison_of_the_sectors_follows(visit: Visit) -> None:
    weights = (0.0, 3.0, 1.0)
    for place, weight in enumerate(weights):
        slide(visit.page, place, weight)
    visit.page.click("#tab-compare")
    row = visit.page.locator(".compare tr", has_text="Note moyenne").locator("td").all_inner_texts()
    assert row == sector_means(meeting(weights))


def sector_means(content: MapContent) -> list[str]:
    """Return the mean score of each sector, by dwelling, as the comparison writes it."""
    assert content.sites is not None
    held = content.sites[content.sites["score"].notna()]
    parts = [held[held["sector"] == sector] for sector in ("corridor", "south")]
    return [
        french(np.average(part["score"], weights=part["capacity"])) if len(part) else "–"
        for part in parts
    ]


def rank_columns(page: Page) -> dict[str, tuple[str, ...]]:
    """Return rank, best and worst rank of each site, as the table of the sites holds them."""
    page.click("#tab-layers")
    page.click("[data-twin='sites']")
    heads = page.locator(".twin thead th").all_inner_texts()
    places = [heads.index(name) for name in ("Rang", "Meilleur rang", "Moins bon rang")]
    rows: list[list[str]] = page.locator(".twin tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText))"
    )
    page.keyboard.press("Escape")
    page.click("#tab-sites")
    return {
        "s" + row[0].removeprefix("Site "): tuple(row[place] for place in places) for row in rows
    }


@pytest.mark.parametrize(
    "weights", [(2.0, 2.0, 0.0), (1.0, 0.0, 1.0), (3.0, 1.0, 2.0), (0.0, 5.0, 0.0), (0.7, 0.7, 0.7)]
)
def test_ties_and_missing_measures_rank_as_in_python(
    browser_page: Opener, weights: tuple[float, ...]
) -> None:
    visit = browser_page(judged_scene(tied()))
    visit.page.click("#tab-sites")
    visit.page.click("#weights summary")
    for place, weight in enumerate(weights):
        slide(visit.page, place, weight)
    summary = tied(weights).summary
    assert rank_columns(visit.page) == {
        str(site): tuple(
            "–" if pd.isna(row[name]) else str(row[name])
            for name in ("rank", "rank_best", "rank_worst")
        )
        for site, row in summary.astype(object).iterrows()
    }
    visit.page.click("#tab-compare")
    row = visit.page.locator(".compare tr", has_text="Note moyenne").locator("td").all_inner_texts()
    assert row == sector_means(judged_scene(tied(weights)))


def test_restoring_brings_the_study_back(visit: Visit) -> None:
    before = shown(visit.page)
    slide(visit.page, 0, 0)
    assert shown(visit.page) != before
    assert visit.page.locator("#sites-table .rank small").count() > 0  # the rank before is told
    visit.page.click("#restore")
    assert shown(visit.page) == before
    assert visit.page.locator("#weights input").first.input_value() == "2"


def test_without_any_weight_there_is_no_score(visit: Visit) -> None:
    for place in range(3):
        slide(visit.page, place, 0)
    assert {score for _, score, _ in shown(visit.page).values()} == {"Non noté"}
    expect(visit.page.locator("#weights")).to_contain_text("Aucun critère ne compte")
    assert visit.messages == []


def test_a_slider_is_moved_by_keys_and_tells_its_share(visit: Visit) -> None:
    slider = visit.page.locator("#weights input").nth(1)
    slider.focus()
    visit.page.keyboard.press("Home")
    assert shown(visit.page) == expected((2.0, 0.0, 0.37))
    visit.page.keyboard.press("ArrowRight")
    assert shown(visit.page) == expected((2.0, 0.1, 0.37))
    assert slider.get_attribute("aria-valuetext") == "0,1 · 4\u00a0%"


def test_the_snippet_is_a_study_file_that_gives_these_ranks(visit: Visit) -> None:
    slide(visit.page, 0, 0.5)
    visit.page.click("#save-weights")
    told = tomllib.loads(visit.page.locator(".dialog textarea").input_value())["criteria"]
    assert [one["weight"] for one in told] == [0.5, 1.5, 0.37]
    assert (told[0]["best"], told[0]["worst"]) == (5, 20)
    assert told[1]["anchors"] == [[0, 0], [2, 40], [12, 100]]
    assert told[0]["source"] == "Proposition « du projet »"
    assert [one["measure"] for one in told] == [c.measure for c in CRITERIA]
    assert [one.get("group", "") for one in told] == [c.group for c in CRITERIA]
    assert [one.get("verified", False) for one in told] == [c.verified for c in CRITERIA]
    with visit.page.expect_download() as caught:
        visit.page.click(".dialog a[download]")
    assert tomllib.loads(caught.value.path().read_text("utf-8"))["criteria"] == told
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator(".dialog")).to_have_count(0)


def test_hostile_names_stay_text_in_the_snippet(browser_page: Opener) -> None:
    visit = browser_page(hostile_scene())
    visit.page.click("#tab-sites")
    visit.page.click("#weights summary")
    for place in range(len(HOSTILE)):
        slide(visit.page, place, 3)
    visit.page.click("#save-weights")
    told = tomllib.loads(visit.page.locator(".dialog textarea").input_value())["criteria"]
    assert [one["name"] for one in told] == list(HOSTILE)
    assert [one["source"] for one in told] == list(HOSTILE)
    assert told[0]["anchors"] == [[0, 10], [1, 90]]
    assert visit.page.evaluate("window.__ran") is None
    assert visit.messages == []


def reopened(visit: Visit, address: str) -> Page:
    page = visit.page.context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-drawn]", state="attached")
    return page


def test_the_address_keeps_weights_measure_language_and_view(visit: Visit) -> None:
    page = visit.page
    slide(page, 1, 4)
    page.click("[data-language=en]")
    page.select_option("#measure", "departures_h")
    page.evaluate("map_renewal.setView([50.42, 3.58], 14, {animate: false})")
    page.wait_for_timeout(400)
    again = reopened(visit, page.url)
    again.click("#tab-sites")
    assert {site: row[0] for site, row in shown(again).items()} == {
        site: row[0] for site, row in expected((2.0, 4.0, 0.37)).items()
    }
    assert again.input_value("#measure") == "departures_h"
    assert again.locator("html").get_attribute("lang") == "en"
    assert again.evaluate("map_renewal.getZoom()") == 14


@pytest.mark.parametrize(
    "text",
    ["w=school:-3&w=school&w=:1&w=nobody:2", "w=__proto__:1", "view=1,2", "view=a,b,c", "show=zzz",
     "quarter=9999Q9", "quarter=x", "swipe=400", "swipe=50&swipe=zzz&swipe=a&swipe=b", "%E0%A4%A",
     "lang=de", "w=school:1e999"],
)  # fmt: skip
def test_an_address_that_means_nothing_is_left_aside(visit: Visit, text: str) -> None:
    page = reopened(visit, visit.page.url.split("#")[0] + "#" + text)
    page.click("#tab-sites")
    assert shown(page) == expected(tuple(c.weight for c in CRITERIA))


def test_a_new_address_in_the_same_window_is_followed(visit: Visit) -> None:
    visit.page.evaluate("location.hash = 'w=school%3A0'")
    visit.page.wait_for_timeout(200)
    assert shown(visit.page) == expected((0.0, 1.5, 0.37))


def test_another_address_undoes_what_it_does_not_speak_of(visit: Visit) -> None:
    page = visit.page
    opened = {"shown": shown(page), "measure": page.input_value("#measure")}
    slide(page, 1, 4)
    page.click("[data-language=en]")
    page.select_option("#measure", "departures_h")
    page.click("#tab-layers")
    page.check("[data-layer='lines']")
    page.click("#tab-compare")
    page.check("#swipe-on")
    page.click("#tab-calendar")
    page.evaluate("map_renewal.setView([50.42, 3.58], 14, {animate: false})")
    page.wait_for_timeout(400)
    for part in ("w=", "lang=", "show=", "layer=", "swipe=", "quarter=", "view="):
        assert part in page.url, part
    page.evaluate("location.hash = 'w=school%3A0'")
    page.wait_for_timeout(500)
    assert shown(page) == expected((0.0, 1.5, 0.37))
    assert page.url.endswith("#w=school%3A0")
    page.evaluate("location.hash = ''")
    page.wait_for_timeout(500)
    assert shown(page) == opened["shown"]
    assert page.input_value("#measure") == opened["measure"]
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page.locator("#divider-box")).to_be_hidden()
    expect(page.locator("[data-layer='lines']")).not_to_be_checked()
    expect(page.locator("#tab-calendar")).to_have_attribute("aria-selected", "false")
    assert visit.messages == []


def test_the_link_comes_back_whole_with_every_control(visit: Visit) -> None:
    page = visit.page
    slide(page, 1, 4)
    page.click("[data-language=en]")
    page.select_option("#measure", "departures_h")
    page.click("#tab-layers")
    page.check("[data-layer='lines']")
    page.uncheck("[data-layer='perimeters']")
    page.click("#tab-compare")
    page.check("#swipe-on")
    page.select_option("#swipe-sites-1", "south")
    page.check("#swipe-side")
    page.click("#tab-calendar")
    page.focus("#quarter")
    page.keyboard.press("ArrowRight")
    page.evaluate("map_renewal.setView([50.42, 3.58], 14, {animate: false})")
    page.wait_for_timeout(500)
    again = reopened(visit, page.url)
    again.wait_for_timeout(500)
    told = [parse_qsl(one.split("#")[1], keep_blank_values=True) for one in (page.url, again.url)]
    views = [[float(part) for part in dict(one)["view"].split(",")] for one in told]
    assert views[1] == pytest.approx(views[0], abs=1e-4)  # a view is kept to the pixel
    kept = [sorted(pair for pair in one if pair[0] != "view") for one in told]
    assert kept[0] == kept[1]
    assert {key for key, _ in kept[0]} == {"w", "lang", "show", "layer", "swipe", "quarter"}


def test_the_skip_link_leaves_the_address_as_it_was(visit: Visit) -> None:
    page = visit.page
    slide(page, 0, 0)
    page.wait_for_timeout(400)
    address = page.url
    assert "w=school" in address
    page.focus(".skip")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.url == address
    assert shown(page) == expected((0.0, 1.5, 0.37))


def test_the_criteria_of_the_breakdown_serve_when_none_is_told(browser_page: Opener) -> None:
    visit = browser_page(replace(meeting(), criteria=()))
    visit.page.click("#tab-sites")
    visit.page.click("#weights summary")
    slide(visit.page, 0, 1)
    assert shown(visit.page) == expected((1.0, 1.5, 0.37))
    visit.page.click("#save-weights")
    told: list[dict[str, Any]] = tomllib.loads(
        visit.page.locator(".dialog textarea").input_value()
    )["criteria"]
    assert "anchors" not in told[0]
    assert told[0]["weight"] == 1
