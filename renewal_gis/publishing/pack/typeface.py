"""The pack's letters: Open Sans, shipped with the package, then matplotlib's own DejaVu for what it lacks.

No font of the machine is used, so that the same content gives the same bytes anywhere.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from renewal_gis.errors import needed

__all__ = ["drawable", "font_folders", "house_style", "lay_letters", "need"]

FAMILY = ("Open Sans", "DejaVu Sans")
_UNKNOWN = "□"
_OWN = ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "OpenSans-Italic.ttf")
_FALLBACKS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf")
_PURPOSES = {
    "matplotlib": "Drawing map sheets and charts",
    "typst": "Typesetting a dossier",
    "xlsxwriter": "Writing a workbook",
    "PIL": "Reading a logo",
}


def need(library: str) -> Any:
    """Return a library of the extra `sheets`.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    return needed(library, extra="sheets", purpose=_PURPOSES[library.partition(".")[0]])


def font_folders() -> tuple[Path, Path]:
    """Return the folders of the two families."""
    own = Path(str(resources.files("renewal_gis.publishing.pack"))) / "fonts"
    return own, Path(need("matplotlib").get_data_path()) / "fonts" / "ttf"


def lay_letters(folder: Path) -> Path:
    """Put the letters of the pack, and no others, into a folder inside `folder`; return it.

    Beside DejaVu matplotlib ships other families: a drawing with one sign that Open Sans lacks would
    take a whole line from any of them.
    """
    letters = folder / "letters"
    letters.mkdir(exist_ok=True)
    for held, names in zip(font_folders(), (_OWN, _FALLBACKS), strict=True):
        for name in names:
            shutil.copyfile(held / name, letters / name)
    return letters


def drawable(text: str) -> str:
    """Return a text in which each character no font of the pack has is a white square.

    Examples
    --------
    >>> drawable("Cité 漢")
    'Cité □'
    """
    known = _known_letters()
    return "".join(letter if ord(letter) in known else _UNKNOWN for letter in text)


@cache
def _known_letters() -> frozenset[int]:
    """Return the characters that can be drawn upright, bold and slanted."""
    own, fallback = font_folders()
    face = need("matplotlib.ft2font").FT2Font
    held = [
        {*face(own / first).get_charmap(), *face(fallback / second).get_charmap()}
        for first, second in zip(_OWN, _FALLBACKS, strict=True)
    ]
    return frozenset(held[0].intersection(*held[1:]))


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the pack's letters and settings, whatever the machine's; put things back afterwards.

    Raises
    ------
    MissingExtraError
        When matplotlib is not installed.
    """
    matplotlib = need("matplotlib")
    manager = need("matplotlib.font_manager").fontManager
    own, fallback = font_folders()
    held = manager.ttflist
    settings = {
        **{key: matplotlib.rcParamsDefault[key] for key in matplotlib.rcParamsDefault},
        "font.family": list(FAMILY),
        "font.size": 7.5,
        "text.parse_math": False,  # a dollar in a name is a dollar
        "text.color": "#1b1f24",
        "axes.edgecolor": "#4b5259",
        "axes.labelcolor": "#1b1f24",
        "axes.linewidth": 0.6,
        "xtick.color": "#4b5259",
        "ytick.color": "#4b5259",
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "hatch.linewidth": 0.5,
        "pdf.fonttype": 42,  # letters that can be selected and searched
        "svg.fonttype": "none",
        "svg.hashsalt": "renewal_gis",
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
    }
    for key in ("backend", "backend_fallback", "interactive"):
        settings.pop(key, None)
    with matplotlib.rc_context():
        try:
            manager.ttflist = []
            for path in [*(own / name for name in _OWN), *(fallback / name for name in _FALLBACKS)]:
                manager.addfont(path)
            matplotlib.rcParams.update(settings)
            yield
        finally:
            manager.ttflist = held
