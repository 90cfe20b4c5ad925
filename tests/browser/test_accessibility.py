"""The page for everyone: names, keyboard, contrast, and axe-core where it was fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.conftest import Opener, Visit
from browser.scenes import meeting
from playwright.sync_api import Page, expect

# `tests/benchmarks/map.py` fetches it once, at the version it names.
AXE = Path(__file__).resolve().parents[2] / ".venv-bench" / "axe" / "package" / "axe.min.js"
TABS = ("compare", "sites", "calendar", "layers", "about")
WIDTHS = ((1366, 768), (390, 844))

NAMELESS = """() => [...document.querySelectorAll("button, input, select, textarea, a[href], [role=tab], [role=application]")]
  .filter((one) => one.offsetParent !== null)
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || (one.labels && one.labels.length && one.labels[0].textContent.trim())))
  .map((one) => one.outerHTML.slice(0, 120))"""

SMALL = """() => [...document.querySelectorAll("button, select, input, summary, [role=tab]")]
  .filter((one) => one.offsetParent !== null && !one.classList.contains("link") && !one.closest("label"))
  .map((one) => [one.outerHTML.slice(0, 100), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""

# Text against the nearest painted ground, by the formula of WCAG 2.
PALE = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = (one) => { for (; one; one = one.parentElement) { const colour = parse(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0.9) return colour; } return [255, 255, 255]; };
  const found = [];
  for (const one of document.querySelectorAll(".panel *, .legend *, .notice *, .foot *, .dialog *")) {
    if (one.offsetParent === null || one.closest("svg, :disabled, .unseen") || ![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (one.closest(".strip, .badge")) continue; // drawn on colours of the ramp, with ink chosen for each
    const pair = [light(parse(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) found.push([one.className, one.textContent.slice(0, 40), ratio]);
  }
  return found; }"""


def open_tab(page: Page, tab: str) -> None:
    page.click(f"#tab-{tab}")
    if tab == "sites":
        page.locator("#weights").evaluate("one => { one.open = true; }")
    if tab == "compare" and not page.is_checked("#swipe-on"):
        page.check("#swipe-on")
    page.wait_for_timeout(100)


@pytest.fixture(params=WIDTHS, ids=["desk", "phone"])
def visit(request: pytest.FixtureRequest, browser_page: Opener) -> Visit:
    width, height = request.param
    return browser_page(meeting(), width=width, height=height)


def test_everything_has_a_name_a_size_and_a_contrast(visit: Visit) -> None:
    page = visit.page
    for tab in (*TABS, "compare"):
        open_tab(page, tab)
        assert page.evaluate(NAMELESS) == [], tab
        assert page.evaluate(SMALL) == [], tab
        assert page.evaluate(PALE) == [], tab
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids)), tab


def test_axe_core_finds_nothing(browser: Any, visit: Visit) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not here; tests/benchmarks/map.py fetches it")
    script = AXE.read_text(encoding="utf-8")
    context = browser.new_context(
        bypass_csp=True,
        offline=True,
        viewport=visit.page.viewport_size or {"width": 1366, "height": 768},
    )
    page = context.new_page()
    page.goto(visit.page.url)
    page.wait_for_selector("html[data-drawn]", state="attached")
    page.evaluate(script)

    def faults() -> list[Any]:
        found = page.evaluate("async () => (await axe.run()).violations")
        return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]

    for tab in TABS:
        open_tab(page, tab)
        assert faults() == [], tab
    page.click("#tab-sites")
    page.click("#save-weights")
    assert faults() == []
    page.keyboard.press("Escape")
    page.locator("#sites-table button.link").first.click()
    page.wait_for_timeout(200)
    assert faults() == []
    page.click("#tab-layers")
    page.click("[data-twin='stock']")
    assert faults() == []
    context.close()


def test_every_control_is_reached_by_tabulation(browser_page: Opener) -> None:
    page = browser_page(meeting()).page
    open_tab(page, "sites")
    wanted = {"title": False, "weight-0": True, "restore": False, "save-weights": True, "measure": True,
              "search": True, "map": True, "home": True, "tab-sites": True}  # fmt: skip
    seen = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(90):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
    for name, reached in wanted.items():
        assert (name in seen) is reached, name
    assert seen[0] != seen[-1]


def test_focus_is_seen(browser_page: Opener) -> None:
    page = browser_page(meeting()).page
    page.keyboard.press("Tab")
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const one = document.activeElement; const look = getComputedStyle(one.matches('.badge-anchor') ? one.querySelector('.badge') : one); return [look.outlineStyle, parseFloat(look.outlineWidth)]; })()"
        )
        assert outline[0] != "none"
        assert outline[1] >= 2


def test_a_dialog_keeps_and_gives_back_the_focus(browser_page: Opener) -> None:
    page = browser_page(meeting()).page
    page.click("#tab-layers")
    page.focus("[data-twin='sites']")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(page.locator(".dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.twin") == "sites"
