"""A sheet of paper measured in millimetres from its top left corner, and what is written on it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.typeface import drawable, need

__all__ = ["MM", "PAPERS", "Box", "Sheet", "Words"]

MM = 25.4  # in an inch
INK, SOFT, RULE = "#1b1f24", "#5a636b", "#b9bfc4"
# Name → width, height, mm, and how much larger letters are than on A4.
PAPERS: dict[str, tuple[float, float, float]] = {
    "a4-landscape": (297.0, 210.0, 1.0),
    "a4-portrait": (210.0, 297.0, 1.0),
    "a3-landscape": (420.0, 297.0, 1.25),
    "a3-portrait": (297.0, 420.0, 1.25),
}


class Box(NamedTuple):
    """A rectangle on the sheet, mm."""

    x: float
    y: float
    w: float
    h: float


class Words(NamedTuple):
    """A paragraph that a PDF holds as text of its own, not as part of the picture.

    Attributes
    ----------
    role
        `title` or `text`.
    x, y
        Where its first baseline begins, mm from the top left corner.
    leading
        From one baseline to the next, mm.
    size
        Points, as printed.
    bold, colour
        How it looks.
    lines
        Its lines, as they were broken.
    artists
        What matplotlib draws of it, left out of the picture.
    """

    role: str
    x: float
    y: float
    leading: float
    size: float
    bold: bool
    colour: str
    lines: tuple[str, ...]
    artists: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A figure of matplotlib whose coordinates are millimetres from the top left corner.

    Parameters
    ----------
    figure
        The figure.
    ink
        Axes over the whole sheet, in millimetres, y downwards.
    width, height
        Millimetres.
    grown
        How much larger letters and swatches are than on A4.
    words
        Paragraphs written with a role, in the order they are read.
    """

    figure: Any
    ink: Any
    width: float
    height: float
    grown: float = 1.0
    words: list[Words] = field(default_factory=list)

    @classmethod
    def blank(cls, width: float, height: float, *, grown: float = 1.0) -> Sheet:
        """Return an empty sheet."""
        figure = need("matplotlib.figure").Figure(figsize=(width / MM, height / MM), dpi=100)
        need("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
        ink = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), zorder=5)
        ink.set_axis_off()
        ink.patch.set_visible(False)
        return cls(figure=figure, ink=ink, width=width, height=height, grown=grown)

    def axes(self, box: Box, **options: Any) -> Any:
        """Return axes that fill a rectangle."""
        left, bottom = box.x / self.width, 1 - (box.y + box.h) / self.height
        place = (left, bottom, box.w / self.width, box.h / self.height)
        return self.figure.add_axes(place, **options)

    def write(self, x: float, y: float, text: str, *, size: float = 7.5, **options: Any) -> Any:
        """Write one line whose baseline is at `y`; the size is that of A4."""
        options.setdefault("color", INK)
        return self.ink.text(x, y, text, fontsize=size * self.grown, va="baseline", **options)

    def rule(self, x: float, y: float, length: float, *, colour: str = RULE) -> None:
        """Draw a horizontal line."""
        self.ink.plot(
            [x, x + length], [y, y], color=colour, lw=0.5 * self.grown, solid_capstyle="butt"
        )

    def width_mm(self, text: str, *, size: float = 7.5, bold: bool = False) -> float:
        """Return how wide a line would be."""
        return _width(drawable(text), size * self.grown, bold) / 72 * MM

    def lines(
        self, text: str, width: float, *, size: float = 7.5, bold: bool = False, most: int = 99
    ) -> list[str]:
        """Break a text into lines no wider than `width`; what does not fit ends in an ellipsis."""
        held: list[str] = []
        for word in printable(text, longest=2000).split(" "):
            longer = f"{held[-1]} {word}" if held else word
            if held and self.width_mm(longer, size=size, bold=bold) <= width:
                held[-1] = longer
            else:
                held.extend(self._cut(word, width, size=size, bold=bold))
        if len(held) <= most:
            return held
        last = held[most - 1]
        while last and self.width_mm(last + "…", size=size, bold=bold) > width:
            last = last[:-1]
        return [*held[: most - 1], last.rstrip(" ,;:") + "…"]

    def paragraph(
        self, x: float, y: float, width: float, text: str, *, size: float = 7.5, most: int = 99,
        role: str = "", **options: Any,
    ) -> float:  # fmt: skip
        """Write a paragraph whose first baseline is one line below `y`; return where it ends.

        With a role, `title` or `text`, a PDF of the sheet holds it as text of its own.
        """
        bold, first = options.get("weight") == "bold", y + self.leading(size)
        held = self.lines(text, width, size=size, bold=bold, most=most)
        artists = []
        for line in held:
            y += self.leading(size)
            artists.append(self.write(x, y, line, size=size, **options))
        if role and held:
            self.words.append(
                Words(
                    role, x, first, self.leading(size), size * self.grown, bold,
                    options.get("color", INK), tuple(held), tuple(artists),
                )
            )  # fmt: skip
        return y

    def leading(self, size: float) -> float:
        """Return the height of a line, mm."""
        return size * self.grown * 1.28 / 72 * MM

    def save(
        self, path: Path, *, dpi: int = 300, title: str = "", without_words: bool = False
    ) -> None:
        """Write the sheet as SVG or PNG, as the name ends; nothing in it tells the time.

        Parameters
        ----------
        path
            File to write.
        dpi
            Of a PNG, and of what an SVG holds as an image.
        title
            Declared in the file.
        without_words
            Leave out what is written with a role: the PDF that holds the picture writes it.
        """
        for text in self.figure.findobj(need("matplotlib.text").Text):
            text.set_text(drawable(text.get_text()))
        hidden = [one for words in self.words for one in words.artists] if without_words else []
        for artist in hidden:
            artist.set_visible(False)
        try:
            self._written(path, dpi=dpi, title=title)
        finally:
            for artist in hidden:
                artist.set_visible(True)

    def _written(self, path: Path, *, dpi: int, title: str) -> None:
        if path.suffix == ".svg":
            metadata = {"Date": None, "Title": title, "Creator": "renewal_gis"}
            # Words lie under the picture: it is transparent then.
            ground = {"facecolor": "none"} if self.words else {}
            self.figure.savefig(path, format="svg", dpi=dpi, metadata=metadata, **ground)
            return
        raw = io.BytesIO()
        self.figure.savefig(raw, format="rgba", dpi=dpi)
        wide = int(self.width / MM * dpi)
        size = (wide, len(raw.getbuffer()) // 4 // wide)
        known = need("PIL.PngImagePlugin").PngInfo()
        known.add_itxt("Title", title)
        # No transparency, and light compression: half the time for a hundredth more bytes.
        image = need("PIL.Image").frombytes("RGBA", size, raw.getvalue()).convert("RGB")
        image.save(path, "png", compress_level=3, dpi=(dpi, dpi), pnginfo=known)

    def _cut(self, word: str, width: float, *, size: float, bold: bool) -> list[str]:
        """Cut a word wider than the line."""
        parts = [word]
        while self.width_mm(parts[-1], size=size, bold=bold) > width and len(parts[-1]) > 1:
            whole, keep = parts[-1], len(parts[-1]) - 1
            while keep > 1 and self.width_mm(whole[:keep], size=size, bold=bold) > width:
                keep -= max(1, keep // 8)
            parts[-1:] = [whole[:keep], whole[keep:]]
        return parts


@lru_cache(maxsize=20_000)
def _width(text: str, points: float, bold: bool) -> float:
    """Return the width of a line in points; the letters are always those of `house_style`."""
    manager, paths = need("matplotlib.font_manager"), need("matplotlib.textpath")
    face = manager.FontProperties(size=points, weight="bold" if bold else "normal")
    width, _, _ = paths.text_to_path.get_text_width_height_descent(text, face, False)
    return float(width)
