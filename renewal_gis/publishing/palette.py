"""Colours of the map: one ramp for every measure and score, dark where households are well served.

The ramp goes from deep navy through teal to gold. Its lightness rises steadily, so that it keeps its order in
grey and for colour-blind readers; a test holds both.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CATEGORIES", "MODE_COLOURS", "NO_DATA", "SECTOR_COLOURS", "ramp"]

# Anchors of the ramp, from well served to badly served.
_ANCHORS: Final = ("#142a5c", "#1d5f8a", "#2a928f", "#8dba68", "#f3cf55")
NO_DATA: Final = "#b9b9b4"

SECTOR_COLOURS: Final[dict[str, str]] = {
    "corridor": "#a8432a",  # brick of the miners' houses
    "south": "#4a55a2",
    "other": "#7d7a72",
}

# Of stops and lines; the other modes take that of the bus.
MODE_COLOURS: Final[dict[str, str]] = {
    "tram": "#8a2f6b",
    "metro": "#8a2f6b",
    "rail": "#333333",
    "bus": "#2c6e8f",
}

# Tenures and fates: Okabe and Ito's hues, darkened where they would vanish on a light ground.
CATEGORIES: Final[dict[str, dict[str, str]]] = {
    "tenure": {
        "social": "#0b6aa8",
        "mining": "#a8432a",
        "private_rental": "#e0a100",
        "owner": "#8a8f98",
    },
    "fate": {"keep": "#9aa3ab", "rehabilitate": "#1f8f7d", "demolish": "#c0392b"},
}


def ramp(count: int) -> tuple[str, ...]:
    """Return `count` colours of the ramp, from well served (dark) to badly served (light).

    Raises
    ------
    ValueError
        When `count` is below one.

    Examples
    --------
    >>> ramp(2)
    ('#142a5c', '#f3cf55')
    """
    if count < 1:
        raise ValueError(f"a ramp needs one colour at least; {count} were asked for")
    if count == 1:
        return (_ANCHORS[1],)
    return tuple(_at(position / (count - 1)) for position in range(count))


def _at(share: float) -> str:
    place = share * (len(_ANCHORS) - 1)
    below = min(int(place), len(_ANCHORS) - 2)
    mix = place - below
    pairs = zip(_channels(_ANCHORS[below]), _channels(_ANCHORS[below + 1]), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * mix):02x}" for low, high in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
