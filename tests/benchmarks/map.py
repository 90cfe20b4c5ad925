"""`make bench-map`: the interactive map beside folium, the same buildings, in one run and one browser.

Run alone it takes some five minutes, most of it folium's. The last line printed is one JSON object. axe-core,
which judges accessibility, is fetched from npm once, at the version written below, beside the peers.
"""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import map_browser as browser_
import map_peers
from measuring import peak_mb, say, table

ROOT = Path(__file__).resolve().parents[2]
AXE = "axe-core@4.14.1"
OPENINGS = 5
_ASSETS = ROOT / "renewal_gis" / "publishing" / "assets"


def figures(*, peers: bool = True) -> dict[str, float]:
    """Measure the map of the demonstration territory; return what the last line of the bench says.

    Parameters
    ----------
    peers
        Measure folium too (some four minutes); without it the ratios are absent.
    """
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        noted = _written("ours", folder)
        with browser_.chromium() as browser:
            noted |= _ours(browser, folder / "ours.html")
            noted["hostile_executed"] = _hostile(browser, folder)
            if peers:
                noted |= _beside(browser, folder, noted)
    return noted


def _written(engine: str, folder: Path) -> dict[str, float]:
    """Write a page in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "write", engine, str(folder)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    if done.returncode != 0:
        say(done.stderr)
        raise SystemExit(f"{engine}: the page could not be written; see above.")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _write(engine: str, folder: Path) -> None:
    """Write one page; print the seconds, the memory it took and the size, as one line of JSON."""
    warnings.simplefilter("ignore")
    store = folder / "content.pickle"
    if not store.exists():
        import renewal_gis as rg
        from renewal_gis.edition import map_content

        store.write_bytes(pickle.dumps(map_content(rg.run(ROOT / "data/demo/study.toml"))))
        # A process that did not measure, so that the memory told is the page's alone.
        _retold(engine, folder)
        return
    content = pickle.loads(store.read_bytes())
    path = folder / f"{engine}.html"
    before, start = peak_mb(), time.perf_counter()
    if engine == "ours":
        from renewal_gis.publishing.webmap import draw

        draw(content).save(path)
    else:
        write = {"usual": map_peers.write_usual, "best": map_peers.write_best}[engine]
        write(content.stock, path)
    noted = {"write_s": time.perf_counter() - start, "write_mb": peak_mb() - before}
    print(json.dumps({**noted, "page_mb": path.stat().st_size / 1e6}))


def _retold(engine: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, __file__, "write", engine, str(folder)], check=False)
    raise SystemExit(done.returncode)


def _ours(browser: Any, path: Path) -> dict[str, float]:
    """Open our page as a reader does, and note what the issue asks."""
    opening, throttled = [], []
    for _ in range(OPENINGS):
        with browser_.opened(browser, path) as visit:
            opening.append(browser_.drawn_ms(visit))
    for _ in range(3):
        with browser_.opened(browser, path, throttle=4) as visit:
            throttled.append(browser_.drawn_ms(visit))
    with browser_.opened(browser, path) as visit:
        browser_.drawn_ms(visit)
        heap = visit.heap_mb()
        worst, usual = zip(*(visit.pan() for _ in range(3)), strict=True)
        acts = _acts(visit)
        spent = {}
        for name, (tab, noted, scripts) in acts.items():
            visit.page.click(f"#tab-{tab}")
            spent[f"{name}_ms"] = browser_.spent_ms(visit, noted, scripts, each=3)
        remote, messages = len(visit.remote), list(visit.messages)
    if messages:
        say(f"The page said: {messages}")
    return {
        "drawn_s": statistics.median(opening) / 1e3,
        "throttled_drawn_s": statistics.median(throttled) / 1e3,
        "heap_mb": heap,
        "worst_pan_ms": statistics.median(worst),
        "pan_p95_ms": statistics.median(usual),
        **spent,
        "external_requests": remote,
        "axe_violations": _axe(browser, path),
    }


def _acts(visit: Any) -> dict[str, tuple[str, str, list[str]]]:
    """Return what a reader does in the meeting: tab open, attribute noted by the page, scripts."""
    choose = (
        "(() => {{ const box = document.getElementById('measure'); box.value = {0}; "
        "box.dispatchEvent(new Event('change')); }})()"
    )
    keys = visit.page.evaluate(
        "[...document.querySelectorAll('#measure option')].map(one => one.value)"
    )
    slide = (
        "(() => {{ const box = document.querySelectorAll('#weights input[type=range]')[{0}]; "
        "box.value = {1}; box.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    step = (
        "(() => {{ const box = document.getElementById('quarter'); "
        "box.value = Math.round(Number(box.min) + {0} * (box.max - box.min)); "
        "box.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )
    recolour = [choose.format(json.dumps(key)) for key in (*keys[1:5], keys[0])]
    return {
        "recolour": ("compare", "recoloured", recolour),
        "slider": (
            "sites",
            "ranked",
            [slide.format(*to) for to in ((0, 4), (3, 0), (0, 1), (3, 2))],
        ),
        "time_step": (
            "calendar",
            "stepped",
            [step.format(share) for share in (0.3, 0.9, 0.5, 0.7)],
        ),
    }


def _axe(browser: Any, path: Path) -> int:
    script = ROOT / ".venv-bench" / "axe" / "package" / "axe.min.js"
    if not script.exists():
        script.parent.parent.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", AXE], capture_output=True, text=True, check=True,
            cwd=script.parent.parent,
        ).stdout.strip()  # fmt: skip
        subprocess.run(["tar", "xzf", packed], check=True, cwd=script.parent.parent)
    with browser_.opened(browser, path) as visit:
        found = browser_.axe_violations(visit, script)
    for fault in found:
        say(
            f"axe-core: {fault['id']} ({fault['impact']}), {len(fault['nodes'])} places: {fault['help']}"
        )
    return len(found)


def _hostile(browser: Any, folder: Path) -> int:
    """Return how many hostile values ran, in Python or in the page."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser.scenes import hostile_scene

    from renewal_gis.publishing.webmap import draw

    draw(hostile_scene()).save(folder / "hostile.html")
    with browser_.opened(browser, folder / "hostile.html") as visit:
        browser_.drawn_ms(visit)
        for tab in visit.page.locator("[role=tab]").all():
            tab.click()
        ran = visit.page.evaluate("window.__ran !== undefined")
        # Python would have written 49, or nothing, for what looks like a template.
        shown = visit.page.locator("#title").inner_text()
    evaluated = [text for text in ("{{ 7*7 }}", "{% print(7*7) %}", "{# note") if text not in shown]
    return int(ran) + len(evaluated)


def _beside(browser: Any, folder: Path, ours: dict[str, float]) -> dict[str, float]:
    """Measure folium on the same buildings; hosts answer at once, which flatters it."""
    leaflet = (_ASSETS / "leaflet" / "leaflet.js").read_text(encoding="utf-8")
    noted = {}
    for name in ("usual", "best"):
        say(f"folium, {name}: writing, then drawing…")
        held = _written(name, folder)
        with browser_.opened(
            browser, folder / f"{name}.html", assets={"leaflet.js": leaflet}
        ) as visit:
            held["drawn_s"] = browser_.loaded_ms(visit) / 1e3
            held["heap_mb"] = visit.heap_mb()
            held["external_requests"] = len(visit.remote)
            held["worst_pan_ms"], held["pan_p95_ms"] = visit.pan()
        noted[name] = held
    heads = ["page_mb", "write_s", "write_mb", "drawn_s", "heap_mb", "worst_pan_ms", "pan_p95_ms",
             "external_requests"]  # fmt: skip
    rows = [
        ("renewal_gis", ours),
        ("folium.GeoJson", noted["usual"]),
        ("folium at its best", noted["best"]),
    ]
    table(
        "The same buildings", ["", *heads], [[n, *(f"{h[k]:.3g}" for k in heads)] for n, h in rows]
    )
    return {
        "page_vs_folium": noted["usual"]["page_mb"] / ours["page_mb"],
        "drawn_vs_folium": noted["usual"]["drawn_s"] / ours["drawn_s"],
        "drawn_vs_folium_best": noted["best"]["drawn_s"] / ours["drawn_s"],
        "heap_vs_folium": noted["usual"]["heap_mb"] / ours["heap_mb"],
    }


def main() -> None:
    """Measure, print what was found, then one line of JSON."""
    noted = figures(peers="--alone" not in sys.argv)
    print(json.dumps({name: round(value, 3) for name, value in noted.items()}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        _write(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
