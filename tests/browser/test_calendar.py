"""The programme through its quarters, on the map and in its tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from browser.conftest import Opener, Visit
from browser.scenes import operations, scene
from browser.test_map_page import assert_quiet, centre_on, click_centre, painted, popup
from playwright.sync_api import Page, expect


@pytest.fixture
def visit(browser_page: Opener) -> Visit:
    visit = browser_page(scene())
    visit.page.click("#tab-calendar")
    return visit


def go(page: Page, year: int, quarter: int) -> None:
    page.evaluate(
        """(wanted) => { const box = document.getElementById("quarter"); box.value = wanted;
          box.dispatchEvent(new Event("input", { bubbles: true })); }""",
        4 * year + quarter - 1,
    )


def states(page: Page) -> dict[str, tuple[str, str]]:
    rows: list[list[str]] = page.locator("tr[data-state]").evaluate_all(
        "rows => rows.map(row => [row.dataset.state, ...[...row.querySelectorAll('td')].map(cell => cell.textContent)])"
    )
    return {state: (many, dwellings) for state, many, dwellings in rows}


@pytest.mark.parametrize(
    ("year", "quarter", "expected"),
    [
        (2011, 1, {"planned": ("1", "30"), "standing": ("2", "52")}),
        (2011, 2, {"planned": ("1", "30"), "standing": ("1", "12"), "emptied": ("1", "40")}),
        (2012, 2, {"planned": ("1", "30"), "standing": ("1", "12"), "demolished": ("1", "40")}),
        (2012, 4, {"standing": ("1", "12"), "works": ("1", "30"), "demolished": ("1", "40")}),
        (2013, 2, {"works": ("1", "30"), "demolished": ("1", "40"), "delivered": ("1", "12")}),
        (2014, 1, {"demolished": ("1", "40"), "delivered": ("2", "42")}),
    ],
)
def test_the_table_tells_the_states_of_the_quarter(
    visit: Visit, year: int, quarter: int, expected: dict[str, tuple[str, str]]
) -> None:
    go(visit.page, year, quarter)
    assert states(visit.page) == expected
    expect(visit.page.locator("#quarter-name")).to_have_text(f"{year} T{quarter}")


def test_a_planned_step_is_said_to_be_planned(visit: Visit) -> None:
    go(visit.page, 2012, 2)
    expect(visit.page.locator(".events tbody")).to_contain_text("30/06/2012")
    expect(visit.page.locator(".events tbody")).to_contain_text("Démoli (prévu)")
    expect(visit.page.locator("#pane-calendar")).to_contain_text("1 opérations sans étape datée")
    expect(visit.page.locator(".result").last).to_contain_text("40 logements démolis, 0 livrés")


def test_keys_and_buttons_move_the_quarter(visit: Visit) -> None:
    page = visit.page
    page.focus("#quarter")
    page.keyboard.press("Home")
    expect(page.locator("#quarter-name")).to_have_text("2011 T1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#quarter-name")).to_have_text("2011 T2")
    assert page.get_attribute("#quarter", "aria-valuetext") == "2011 T2"
    page.keyboard.press("End")
    expect(page.locator("#quarter-name")).to_have_text("2014 T1")
    page.click("button[aria-label='Trimestre précédent']")
    expect(page.locator("#quarter-name")).to_have_text("2013 T4")
    page.click("[data-language=en]")
    expect(page.locator("#quarter-name")).to_have_text("2013 Q4")
    assert_quiet(visit)


def test_play_walks_to_the_end_and_stops(visit: Visit) -> None:
    page = visit.page
    go(page, 2013, 3)
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#quarter-name")).to_have_text("2014 T1", timeout=5000)
    expect(page.locator("#play")).to_have_text("Lecture")


def test_buildings_of_the_perimeter_follow_their_demolition(visit: Visit) -> None:
    page = visit.page
    centre_on(page, 1030, 3230, zoom=17)
    colours = {(2011, 1): "#55606e", (2011, 2): "#d9b84a", (2012, 2): "#ffffff"}
    for (year, quarter), colour in colours.items():
        go(page, year, quarter)
        page.wait_for_timeout(200)
        found = page.evaluate(
            """(wanted) => [...document.querySelectorAll(".leaflet-works-pane canvas")].some((canvas) => {
              const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
              for (let i = 0; i < pixels.length; i += 4)
                if (pixels[i + 3] === 255 && ((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]) === wanted) return true;
              return false; })""",
            int(colour[1:], 16),
        )
        assert found, (year, quarter)
    page.click("#tab-compare")
    assert page.locator(".leaflet-works-pane canvas").count() == 0
    assert painted(page, "#142a5c")  # the shown measure is back


def test_a_disc_tells_its_operations(visit: Visit) -> None:
    page = visit.page
    go(page, 2013, 1)
    assert (
        page.locator(".pie-anchor").count() == 3
    )  # the perimeter, the site, the commune of the south
    centre_on(page, 1000, 1000)
    click_centre(page)
    said = popup(page)
    for expected in ("Artres", "2013 T1", "Réhabilitation · 12 logements", "Debout"):
        assert expected in said, expected


def test_every_operation_of_the_quarter_has_its_row_and_its_place(visit: Visit) -> None:
    page = visit.page
    go(page, 2012, 2)
    page.click("#tab-layers")
    page.focus("[data-twin='calendar']")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-title")).to_have_text("Opérations du trimestre · 2012 T2")
    expect(page.locator(".dialog .tag")).to_have_text("synthétique")
    found = page.locator(".twin tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    assert found == [
        ["Démolition du Hameau", "40", "Démoli", "prévu le 30/06/2012", "Condé-sur-l'Escaut", "Hameau de Macou"],
        ["Construction au Hameau", "30", "Non commencé", "–", "Condé-sur-l'Escaut", "Hameau de Macou"],
        ["Réhabilitation", "12", "Debout", "–", "Artres", "–"],
    ]  # fmt: skip
    page.locator(".twin tbody button").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.get_attribute("#tab-calendar", "aria-selected") == "true"
    said = popup(page)
    assert "Artres" in said
    assert "Réhabilitation · 12 logements" in said
    assert_quiet(visit)


def test_only_the_disc_itself_is_touched(visit: Visit) -> None:
    page = visit.page
    go(page, 2013, 1)
    centre_on(page, 1000, 1000, zoom=10.5)
    disc = page.locator(".pie-anchor svg").first.bounding_box()
    around = page.locator(".pie-anchor").first.bounding_box()
    assert disc
    assert around
    under = """([x, y]) => Boolean(document.elementFromPoint(x, y).closest(".pie-anchor"))"""
    assert disc["width"] < around["width"]
    assert page.evaluate(under, [disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2])
    assert not page.evaluate(under, [around["x"] + 2, around["y"] + 2])


def test_discs_are_smaller_from_afar(visit: Visit) -> None:
    page = visit.page
    go(page, 2013, 1)
    sizes = []
    for zoom in (10.5, 13):
        centre_on(page, 1000, 2000, zoom=zoom)
        page.wait_for_timeout(200)
        widths = page.locator(".pie-anchor svg").evaluate_all(
            "all => all.map(one => Number(one.getAttribute('width'))).sort((a, b) => a - b)"
        )
        sizes.append(widths)
    assert all(small < large for small, large in zip(*sizes, strict=True))


def test_the_ledger_tells_the_flows_when_none_are_given(browser_page: Opener) -> None:
    held = {name: layer for name, layer in scene().layers.items() if name != "flows"}
    page = browser_page(replace(scene(), layers=held)).page
    page.click("#tab-layers")
    page.check("[data-layer='flows']")
    assert page.locator(".leaflet-flows-pane path").count() == 3  # casing, line, end


def test_the_quarter_is_kept_in_the_address(visit: Visit) -> None:
    go(visit.page, 2012, 4)
    visit.page.wait_for_timeout(400)
    again = visit.page.context.new_page()
    again.goto(visit.page.url)
    again.wait_for_selector("html[data-drawn]", state="attached")
    expect(again.locator("#quarter-name")).to_have_text("2012 T4")
    assert again.get_attribute("#tab-calendar", "aria-selected") == "true"


@pytest.mark.parametrize("without", ["operations", "milestones"])
def test_without_a_dated_ledger_there_is_no_calendar(browser_page: Opener, without: str) -> None:
    visit = browser_page(replace(scene(), **{without: None}))
    expect(visit.page.locator("#tab-calendar")).to_be_hidden()
    visit.page.focus("#tab-sites")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.get_attribute("#tab-layers", "aria-selected") == "true"
    assert_quiet(visit)


def test_operations_without_a_place_are_counted(browser_page: Opener) -> None:
    nowhere = operations().assign(perimeter="zzz", commune=None, site=None)
    visit = browser_page(replace(scene(), operations=nowhere))
    visit.page.click("#tab-calendar")
    expect(visit.page.locator("#pane-calendar")).to_contain_text("3 opérations sans lieu connu")
    assert_quiet(visit)
