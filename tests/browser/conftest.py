"""A real browser, opened on pages written to disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.webmap import draw

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """An open page, and what it did: messages in the console, errors, requests."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium found on the machine."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Open a map in the browser: `browser_page(content, width=…, height=…)`."""
    contexts = []

    def open_page(content: MapContent, *, width: int = 1366, height: int = 768) -> Visit:
        written = tmp_path / "map.html"
        draw(content).save(written)
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.page.on("console", lambda message: visit.messages.append(message.text))
        visit.page.on("pageerror", lambda error: visit.messages.append(str(error)))
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.goto(written.as_uri())
        visit.page.wait_for_selector("html[data-drawn]", state="attached", timeout=20_000)
        return visit

    yield open_page
    for context in contexts:
        context.close()
