"""What a real browser notes of a page: when it is drawn, its memory, its frames, its requests."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
]
_FRAMES = """() => { window.frames_ = []; let last = performance.now();
  const next = (now) => { window.frames_.push(now - last); last = now; window.frame_ = requestAnimationFrame(next); };
  window.frame_ = requestAnimationFrame(next); }"""


@dataclass
class Visit:
    """An open page: its requests to a network, its messages."""

    page: Page
    session: CDPSession
    remote: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def heap_mb(self) -> float:
        """Return the memory its scripts hold after collection, MB (10⁶ bytes)."""
        for _ in range(3):
            self.session.send("HeapProfiler.collectGarbage")
        return float(self.session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    def pan(self) -> tuple[float, float]:
        """Drag the map four times by 400 pixels; return the worst frame and the 95th percentile, ms."""
        box = self.page.locator(".leaflet-container").bounding_box()
        assert box
        x, y = box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"]
        self.page.evaluate(_FRAMES)
        for way in (-1, 1, -1, 1):
            self.page.mouse.move(x if way < 0 else x - 400, y)
            self.page.mouse.down()
            self.page.mouse.move(x - 400 if way < 0 else x, y, steps=24)
            self.page.mouse.up()
            self.page.wait_for_timeout(250)
        spans = self.page.evaluate("() => { cancelAnimationFrame(window.frame_); return frames_; }")
        return max(spans), sorted(spans)[int(0.95 * (len(spans) - 1))]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a headless Chromium found on the machine."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit(f"No browser: none of {', '.join(_NAMES)} is on the path.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, path: Path, *, throttle: float = 1.0, assets: dict[str, str] | None = None
) -> Iterator[Visit]:
    """Open a file; hosts are answered from `assets` (end of the address → text), else refused."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(300_000)
    visit = Visit(page, context.new_cdp_session(page))
    page.on("console", lambda message: visit.messages.append(message.text))
    page.on("pageerror", lambda error: visit.messages.append(str(error)))

    def answer(route: Route) -> None:
        visit.remote.append(route.request.url)
        held = next(
            (t for end, t in (assets or {}).items() if route.request.url.endswith(end)), None
        )
        if held is None and assets is None:
            route.abort()
        else:
            route.fulfill(body=held or "", content_type="text/javascript")

    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), answer)
    if throttle > 1:
        visit.session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.goto(path.as_uri(), wait_until="commit")
    yield visit
    context.close()


def drawn_ms(visit: Visit) -> float:
    """Return the milliseconds from navigation to our layers drawn."""
    visit.page.wait_for_selector("html[data-drawn]", state="attached")
    return float(visit.page.evaluate("Number(document.documentElement.dataset.drawn)"))


def loaded_ms(visit: Visit) -> float:
    """Return the milliseconds from navigation to `load` and two frames: a folium page draws at once."""
    visit.page.wait_for_load_state("load")
    return float(
        visit.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => "
            "requestAnimationFrame(() => done(performance.now()))))"
        )
    )


def spent_ms(visit: Visit, name: str, acts: list[str], *, each: int = 1) -> float:
    """Do things in the page (scripts) and return the median of what the page notes under `name`."""
    noted = []
    for _ in range(each):
        for act in acts:
            visit.page.evaluate(f"delete document.documentElement.dataset.{name}")
            visit.page.evaluate(act)
            visit.page.wait_for_selector(f"html[data-{name}]", state="attached")
            noted.append(float(visit.page.evaluate(f"document.documentElement.dataset.{name}")))
            visit.page.wait_for_timeout(80)
    return statistics.median(noted)


def axe_violations(visit: Visit, script: Path) -> list[dict[str, Any]]:
    """Return what axe-core finds at fault."""
    visit.session.send("Page.setBypassCSP", {"enabled": True})
    visit.page.reload()
    visit.page.wait_for_selector("html[data-drawn]", state="attached")
    visit.page.evaluate(script.read_text(encoding="utf-8"))
    found = visit.page.evaluate("async () => (await axe.run()).violations")
    return list(found)
