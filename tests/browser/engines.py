"""Other browsers than Chromium: Firefox by WebDriver BiDi, WebKit (Safari's) by WebDriver; both on the loopback only."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 60.0

# WebDriver does not tell what a console says: this listens in front of a copy of the page, before its policy.
_RECORDER = """<script>window.__heard = [];
  for (const kind of ["debug", "log", "info", "warn", "error"]) console[kind] = (...told) => __heard.push(told.join(" "));
  addEventListener("error", (event) => __heard.push(String(event.message || event.target)), true);
  addEventListener("unhandledrejection", (event) => __heard.push(String(event.reason)));
  document.addEventListener("securitypolicyviolation", (event) => __heard.push(event.violatedDirective + " " + event.blockedURI));
</script>"""
_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "remote.active-protocols": 1,
}


class BrowserMissing(Exception):
    """The browser is not on this machine, or does not come up."""


class Driver(Protocol):
    """The little that differs from one browser to the other."""

    @property
    def messages(self) -> list[str]: ...
    @property
    def requests(self) -> list[str]: ...
    def open(self, page: Path, hash_: str = "") -> None: ...
    def resize(self, width: int, height: int) -> None: ...
    def run(self, body: str, *values: Any) -> Any: ...
    def press(self, *keys: str) -> None: ...
    def pointer(self, *steps: tuple[str, float, float]) -> None: ...
    def screenshot(self) -> bytes: ...


KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Shift": "\ue008", "ArrowLeft": "\ue012",
        "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015", "Home": "\ue011", "End": "\ue010"}  # fmt: skip


def _key_steps(keys: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the presses and releases of keys; `Shift+Tab` holds the first while the second is pressed."""
    steps = []
    for chord in keys:
        held = [KEYS.get(key, key) for key in (chord.split("+") if len(chord) > 1 else [chord])]
        steps += [{"type": "keyDown", "value": key} for key in held]
        steps += [{"type": "keyUp", "value": key} for key in reversed(held)]
    return steps


def _pointer_steps(steps: tuple[tuple[str, float, float], ...]) -> list[dict[str, Any]]:
    """Return pointer actions: `move`, `down`, `up`, each at a place of the window."""
    told: list[dict[str, Any]] = []
    for kind, x, y in steps:
        told.append({"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0})
        if kind != "move":
            told.append({"type": "pointer" + kind.capitalize(), "button": 0})
    return told


# ------------------------------------------------------------------------------------------------------------ Firefox


class Firefox:
    """One window of a Firefox, by WebDriver BiDi (no geckodriver)."""

    def __init__(self, socket: ClientConnection) -> None:
        self.messages: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._asked = 0
        self.capabilities = self._ask("session.new", capabilities={})["capabilities"]
        self._ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        # The first window of a Firefox without a screen never has the focus, a second one has it.
        self._window = self._ask("browsingContext.create", type="window")["context"]
        self._ask("browsingContext.activate", context=self._window)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if told.get("id") == self._asked:
                if told["type"] == "error":
                    raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
                return dict(told["result"])
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        if told.get("method") == "log.entryAdded":
            self.messages.append(str(told["params"]["text"]))
        elif told.get("method") == "network.beforeRequestSent":
            self.requests.append(told["params"]["request"]["url"])

    def open(self, page: Path, hash_: str = "") -> None:
        for url in ("about:blank", page.as_uri() + hash_):
            self.messages.clear()
            self.requests.clear()
            self._ask("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._window, viewport=size)

    def run(self, body: str, *values: Any) -> Any:
        told = self._ask(
            "script.evaluate",
            expression=f"(async (...given) => JSON.stringify(await (async () => {{ {body} }})() ?? null))(...{json.dumps(values)})",
            target={"context": self._window},
            awaitPromise=True,
        )
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._window, actions=[source])

    def press(self, *keys: str) -> None:
        self._act({"type": "key", "id": "keys", "actions": _key_steps(keys)})

    def pointer(self, *steps: tuple[str, float, float]) -> None:
        self._act({"type": "pointer", "id": "mouse", "actions": _pointer_steps(steps)})

    def screenshot(self) -> bytes:
        told = self._ask("browsingContext.captureScreenshot", context=self._window)
        return base64.b64decode(told["data"])

    def print(self) -> bytes:
        """Return the page on paper, as it asks to be printed: the paper is its own style's."""
        told = self._ask(
            "browsingContext.print",
            context=self._window,
            background=False,
            page={"width": 29.7, "height": 21.0},
            margin=dict.fromkeys(("top", "bottom", "left", "right"), 1.2),
        )
        return base64.b64decode(told["data"])


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Start a Firefox found on the machine, without a window on the screen."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        raise BrowserMissing("no Firefox: neither firefox-esr nor firefox is on the path")
    profile = folder / "firefox"
    profile.mkdir()
    lines = [
        f"user_pref({json.dumps(key)}, {json.dumps(value)});\n"
        for key, value in _PREFERENCES.items()
    ]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    command = [
        found,
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port=0",
    ]
    with ExitStack() as stack:
        stack.enter_context(_running(command, folder / "firefox.log", _home(folder)))
        address = _awaited(
            folder / "firefox.log",
            r"WebDriver BiDi listening on (ws://127\.0\.0\.1:\d+)",
            "Firefox",
        )
        socket = stack.enter_context(
            connect(f"{address}/session", max_size=None, proxy=None, open_timeout=PATIENCE_S)
        )
        yield Firefox(socket)


# ------------------------------------------------------------------------------------------------------------- WebKit


class WebKit:
    """One window of WebKitGTK's small browser, by WebDriver."""

    def __init__(self, address: str, browser: Path) -> None:
        options = {"webkitgtk:browserOptions": {"binary": str(browser), "args": ["--automation"]}}
        self._base = address
        told = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.capabilities = told["capabilities"]
        self._base += "/session/" + told["sessionId"]

    @property
    def messages(self) -> list[str]:
        """What the console said since the page was opened."""
        return list(self.run("return __heard"))

    @property
    def requests(self) -> list[str]:
        """What the page asked for beside itself."""
        return list(
            self.run("return performance.getEntriesByType('resource').map((one) => one.name)")
        )

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self._base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            with refused:
                raise RuntimeError(f"{path}: {refused.read().decode()}") from None

    def open(self, page: Path, hash_: str = "") -> None:
        copy = page.with_name("recorded-" + page.name)
        held = page.read_text(encoding="utf-8")
        copy.write_text(held.replace("<head>", "<head>" + _RECORDER, 1), encoding="utf-8")
        self._ask("POST", "/url", {"url": "about:blank"})
        self._ask("POST", "/url", {"url": copy.as_uri() + hash_})

    def resize(self, width: int, height: int) -> None:
        # The bars of the window come on top of the page; it keeps a width of its own when asked for less.
        inner = [width, height]
        bars = self.run("return Math.max(0, outerHeight - innerHeight)")
        for _ in range(3):
            size = self.run("return [innerWidth, innerHeight]")
            if size == inner or (size[1] == height and size[0] > width):
                return
            self._ask(
                "POST", "/window/rect", {"x": 0, "y": 0, "width": width, "height": height + bars}
            )
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline and self.run("return innerHeight") != height:
                time.sleep(0.05)
            bars += height - self.run("return innerHeight")

    def run(self, body: str, *values: Any) -> Any:
        script = f"""const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);
          (async () => {{ {body} }})().then((told) => done({{ told: JSON.stringify(told ?? null) }}), (fault) => done({{ fault: String(fault) }}));"""
        told = self._ask("POST", "/execute/async", {"script": script, "args": list(values)})
        if "fault" in told:
            raise RuntimeError(told["fault"])
        return json.loads(told["told"])

    def _act(self, source: dict[str, Any]) -> None:
        self._ask("POST", "/actions", {"actions": [source]})

    def press(self, *keys: str) -> None:
        self._act({"type": "key", "id": "keys", "actions": _key_steps(keys)})

    def pointer(self, *steps: tuple[str, float, float]) -> None:
        self._act({"type": "pointer", "id": "mouse", "actions": _pointer_steps(steps)})

    def screenshot(self) -> bytes:
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def close(self) -> None:
        self._ask("DELETE", "")


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """Start WebKitGTK's small browser on a screen that is nowhere (Xvfb)."""
    needed = [shutil.which("WebKitWebDriver"), shutil.which("Xvfb")]
    small = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if None in needed or not small:
        raise BrowserMissing(
            "no WebKit: WebKitWebDriver, its MiniBrowser and Xvfb are not all there"
        )
    driver, screen = map(str, needed)
    with ExitStack() as stack:
        read, write = os.pipe()
        stack.callback(os.close, read)
        options = "-screen 0 1600x1200x24 -nolisten tcp -displayfd"
        command = [screen, *options.split(), str(write)]
        try:
            stack.enter_context(
                _running(command, folder / "xvfb.log", dict(os.environ), keep=write)
            )
        finally:
            os.close(write)
        display = ":" + os.read(read, 16).decode().strip()
        ours = _home(folder) | {"DISPLAY": display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        command = [driver, "--host=127.0.0.1", f"--port={_free_port()}"]
        stack.enter_context(_running(command, folder / "driver.log", ours))
        address = "http://127.0.0.1:" + command[-1].removeprefix("--port=")
        window = _tried(lambda: WebKit(address, small[-1]), "WebKit")
        stack.callback(window.close)
        yield window


# ------------------------------------------------------------------------------------------------ starting and waiting


def _home(folder: Path) -> dict[str, str]:
    """Return this environment with a home of its own: nothing of the reader's browser is read or written."""
    own = folder / "home"
    own.mkdir(exist_ok=True)
    own.chmod(0o700)
    return {**os.environ, "HOME": str(own), "XDG_RUNTIME_DIR": str(own), "MOZ_HEADLESS": "1"}


def _free_port() -> int:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def _running(
    command: list[str], log: Path, environment: dict[str, str], keep: int | None = None
) -> Iterator[None]:
    """Run a program until the end of the block, then end it and what it started."""
    if guard := shutil.which("setpriv"):  # it ends as well when these tests are killed
        command = [guard, "--pdeathsig", "TERM", "--", *command]
    with log.open("wb") as told:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            env=environment,
            start_new_session=True,
            pass_fds=() if keep is None else (keep,),
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def _awaited(log: Path, pattern: str, name: str) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise BrowserMissing(f"{name} did not start: {log.read_text(errors='replace')[-300:]}")


def _tried(start: Callable[[], WebKit], name: str) -> WebKit:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return start()
        except urllib.error.URLError as refused:
            if time.monotonic() > deadline:
                raise BrowserMissing(f"{name} did not start: {refused}") from None
            time.sleep(0.1)
