"""Scripts, styles and markup of the page, read from `assets` and made fit to stand inside one HTML file."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

__all__ = [
    "BASE_MAP_HOSTS",
    "layer_script",
    "layer_style",
    "leaflet_script",
    "leaflet_style",
    "page_markup",
    "page_script",
    "page_style",
]

# Hosts of the optional base maps; `basemaps.js` asks no other.
BASE_MAP_HOSTS = ("https://data.geopf.fr", "https://tile.openstreetmap.org")

# The order matters: a file may use what stands above it. They share one function scope.
_SCRIPTS = (
    "elements",
    "words",
    "link",
    "payload",
    "classes",
    "canvas",
    "base",
    "streets",
    "patterns",
    "zones",
    "popups",
    "sites",
    "weights",
    "points",
    "transit",
    "flows",
    "legend",
    "compare",
    "swipe",
    "right",
    "calendar",
    "basemaps",
    "twins",
    "panel",
    "search",
    "page",
)


# What a compact layer needs on a map that is not ours.
_LAYER_SCRIPTS = (
    "page/elements",
    "page/payload",
    "page/canvas",
    "layer/words",
    "layer/looks",
    "layer/layer",
)


def leaflet_script() -> str:
    """Return Leaflet, ready to stand in a script element."""
    # Developer tools would ask for the source map, which is not shipped.
    return _fit_for_script(re.sub(r"//# sourceMappingURL=\S+", "", _text("leaflet/leaflet.js")))


def leaflet_style() -> str:
    """Return Leaflet's style sheet with its images inside."""
    return re.sub(
        r"url\(images/([\w.-]+)\)",
        lambda found: f"url({_data_uri(f'leaflet/images/{found[1]}')})",
        _text("leaflet/leaflet.css"),
    )


def page_script() -> str:
    """Return the page's own scripts, in one function scope that exports `RenewalMap`."""
    return _one_scope(f"page/{name}" for name in _SCRIPTS)


def layer_script() -> str:
    """Return the scripts of a compact layer, in one function scope that exports `RenewalLayers`."""
    return _one_scope(_LAYER_SCRIPTS)


def layer_style() -> str:
    """Return the style sheet of a compact layer."""
    return _text("layer/layer.css")


def page_style() -> str:
    """Return the page's own style sheets."""
    return "\n".join(_text(f"page/{name}.css") for name in ("frame", "parts", "print"))


def page_markup() -> str:
    """Return the body of the page, without a word in it: the scripts fill the words in."""
    return _text("page/page.html")


def _one_scope(paths: Iterable[str]) -> str:
    parts = "\n".join(_text(f"{path}.js") for path in paths)
    return _fit_for_script(f'(function () {{\n"use strict";\n{parts}\n}})();\n')


def _fit_for_script(script: str) -> str:
    """Escape what would end a script element, or open a comment in it."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def _text(path: str) -> str:
    return _asset(path).read_text(encoding="utf-8")


def _data_uri(path: str) -> str:
    return "data:image/png;base64," + base64.b64encode(_asset(path).read_bytes()).decode("ascii")


def _asset(path: str) -> Traversable:
    return resources.files("renewal_gis.publishing").joinpath("assets", *path.split("/"))
