"""The interactive map: a folium map that is one HTML file, whole without a network.

Data never passes through a template. folium renders a page of tokens; the scripts, the styles and the data
take their place afterwards, the data as JSON and base64 that the page reads as text.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure
from folium.template import Template

from renewal_gis.errors import UsageError
from renewal_gis.files import write_text
from renewal_gis.publishing.bundle import (
    BASE_MAP_HOSTS,
    leaflet_script,
    leaflet_style,
    page_markup,
    page_script,
    page_style,
)
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.document import PageData, page_data, script_json
from renewal_gis.publishing.words import WORDS

__all__ = ["OfflineMap", "draw"]

_TOKEN = re.compile(r"<!--renewal:([a-z]+)-->")
_REMOTE = re.compile(
    r"""<(?:script|link|img|iframe)[^>]*?(?:src|href)\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
)
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
    "img-src data: {tiles}; base-uri 'none'; form-action 'none'"
)


def draw(content: MapContent) -> OfflineMap:
    r"""Draw the interactive map of a study.

    Parameters
    ----------
    content
        What the map holds. Any piece but the communes may be missing or empty: the page opens and says
        what is not there. NaN in a measure is shown as "no data", never as zero.

    Returns
    -------
    OfflineMap
        A folium map; `save` writes it, `page` returns its HTML.

    Raises
    ------
    CRSError
        When a layer has no CRS.
    DataError
        When a number is too large to be drawn, or the page would exceed 5 MB.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> communes = gpd.GeoDataFrame(
    ...     {"name": ["Artres"], "population": [1073], "sector": ["south"]},
    ...     index=["59019"],
    ...     geometry=[box(733_000, 7_022_000, 737_000, 7_025_000)],
    ...     crs=2154,
    ... )
    >>> page = draw(MapContent(title="Artres", language="fr", communes=communes)).page()
    >>> page.startswith('<!DOCTYPE html>\n<html lang="fr">')
    True
    """
    return OfflineMap(page_data(content))


class OfflineMap(folium.Map):
    """A folium map whose page holds its scripts, its styles and its data.

    Made by `draw`. Other folium elements can be added to it, as long as they load nothing from a network.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - declared so by folium
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        "{% macro header(this, kwargs) %}<!--renewal:head-->{% endmacro %}"
        "{% macro html(this, kwargs) %}<!--renewal:body-->{% endmacro %}"
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = RenewalMap.open();{% endmacro %}"
    )

    def __init__(self, data: PageData) -> None:
        super().__init__(tiles=None)
        # folium draws a random identifier, which would change the bytes of the page.
        self._id = "renewal"
        _PageFrame(data).add_child(self)

    def page(self) -> str:
        """Return the whole page as HTML; the same content gives the same text.

        Raises
        ------
        UsageError
            When an element added to the map would load something from a network.
        """
        return str(self.get_root().render())

    def save(self, path: str | Path) -> None:  # type: ignore[override]
        """Write the page, all of it or nothing.

        Raises
        ------
        UsageError
            When an element added to the map would load something from a network.
        """
        write_text(Path(path), self.page())

    def _repr_html_(self, **_: Any) -> str:
        """Show the map in a notebook, inside a frame."""
        return (
            f'<iframe srcdoc="{html.escape(self.page())}" title="renewal_gis" '
            'style="width:100%;height:640px;border:0"></iframe>'
        )


class _PageFrame(Figure):  # type: ignore[misc, unused-ignore]
    """The figure folium renders: tokens first, then what they stand for."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="<!--renewal:language-->">\n<head>\n'
        '<meta charset="utf-8">\n<!--renewal:policy-->\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title><!--renewal:title--></title>\n{{ this.header.render(**kwargs) }}\n</head>\n<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>{{ this.script.render(**kwargs) }}</script>\n</body>\n</html>\n"
    )

    def __init__(self, data: PageData) -> None:
        super().__init__()
        self.header._children.clear()  # the template declares the encoding itself
        self.data = data

    def render(self, **kwargs: Any) -> str:
        """Render the tokens, check that nothing is remote, put everything in its place."""
        skeleton = str(super().render(**kwargs))
        remote = _REMOTE.search(skeleton)
        if remote:
            raise UsageError(
                f"the map would load {remote[0].split('=', 1)[1]!r} from a network, and must open without "
                "one. Remove the folium element that asks for it."
            )
        page = _filled(skeleton.replace("<!--renewal:body-->", page_markup()), _pieces(self.data))
        return page.replace("<!--renewal:policy-->", _policy(page), 1)


def _pieces(data: PageData) -> dict[str, str]:
    language = data.document["language"]
    return {
        "language": "fr" if language == "fr" else "en",
        "title": html.escape(_writable(data.document["title"])),
        "noscript": html.escape(WORDS["page.noscript"][language == "fr"]),
        "head": f"<style>{leaflet_style()}</style>\n<style>{page_style()}</style>",
        "data": _data_elements(data),
        "scripts": f"<script>{leaflet_script()}</script>\n<script>{page_script()}</script>",
    }


def _filled(text: str, pieces: Mapping[str, str]) -> str:
    """Replace every token in one pass, so that data which looks like a token stays what it is."""
    return _TOKEN.sub(lambda found: pieces.get(found[1], found[0]), text)


def _data_elements(data: PageData) -> str:
    document = script_json(data.document)
    blocks = "\n".join(
        f'<script type="text/plain" id="block-{name}">{text}</script>'
        for name, text in sorted(data.blocks.items())
    )
    return f'<script type="application/json" id="document">{document}</script>\n{blocks}'


def _policy(page: str) -> str:
    """Return the meta element that forbids every script but those written here, and every request but tiles.

    Tiles of the optional base maps are images; the page asks for none before its reader does.
    """
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    content = _POLICY.format(scripts=hashes, tiles=" ".join(BASE_MAP_HOSTS))
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _writable(text: str) -> str:
    # A lone surrogate has no UTF-8 form.
    return text.encode("utf-8", "replace").decode("utf-8")
