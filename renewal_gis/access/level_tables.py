"""The published tables of the level of service, as data, and how a value is looked up in them.

Each table is printed as its source prints it. A limit says whether it belongs to its band: `below(5)`
is "< 5", `up_to(5)` is "≤ 5".

References
----------
HSR Rapperswil (2018). OeVGK18: technical report (`stateoftheart.tex`, `specification.tex`) in
github.com/public-transport-quality-grades/oevgk18-specification, and the settings of its program,
oevgk18-generator. All six tables of the Güteklassen were read there; the Swiss norm and the Austrian
article it cites were not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np

from renewal_gis.errors import UsageError

__all__ = [
    "DIGITS",
    "GRADES",
    "LEED_LADDERS",
    "OEVGK18_WINDOWS_MIN",
    "PTAL_BANDS",
    "PTAL_MODES",
    "PTAL_M_PER_MIN",
    "PTAL_WINDOW_MIN",
    "SWISS_WINDOW_MIN",
    "Grades",
    "LeedStep",
    "Limit",
    "PtalMode",
    "band_of",
    "known_name",
    "leed_step",
    "number",
    "ptal_band",
]

# Ten minutes computed from seconds may land a rounding error off the limit they stand for.
DIGITS = 9


class Limit(NamedTuple):
    """The upper limit of a band, and whether it belongs to it."""

    value: float
    included: bool


@dataclass(frozen=True, kw_only=True)
class Grades:
    """One variant of the ÖV-Güteklassen.

    Parameters
    ----------
    name, title, source
        Short name, full name, and where the tables were read.
    walk
        What the way to the stop is measured in: `distance_m` or `walk_s`.
    columns
        Groups of vehicles, the columns of the table of categories.
    intervals_min
        Upper limits of its rows, minutes.
    categories
        Category of a stop, a row per interval; None where the table prints a dash.
    walks
        Upper limits of the columns of the table of classes, in metres or in seconds.
    classes
        Class at each way to the stop, by category; None where the table prints a dash.
    modes
        Column of each mode of the schema; None for a mode the variant leaves out. Apart from the
        modes the publication names, this is an inference of this project, made for France.
    """

    name: str
    title: str
    source: str
    walk: Literal["distance_m", "walk_s"]
    columns: tuple[str, ...]
    intervals_min: tuple[Limit, ...]
    categories: tuple[tuple[str | None, ...], ...]
    walks: tuple[Limit, ...]
    classes: Mapping[str, tuple[str | None, ...]]
    modes: Mapping[str, str | None]


class LeedStep(NamedTuple):
    """A step of the LEED ladder: both numbers of trips a day must be reached."""

    trips_weekday: int
    trips_weekend: int

    @property
    def name(self) -> str:
        """Return the step as it is spoken of: `144/108`."""
        return f"{self.trips_weekday}/{self.trips_weekend}"


class PtalMode(NamedTuple):
    """What PTAL takes for a mode: its catchment on foot, and the minutes lost to unreliability."""

    limit_m: float
    reliability_min: float


def _below(*values: float) -> tuple[Limit, ...]:
    return tuple(Limit(value, False) for value in values)


def _up_to(*values: float) -> tuple[Limit, ...]:
    return tuple(Limit(value, True) for value in values)


def _row(printed: str) -> tuple[str | None, ...]:
    return tuple(None if cell == "–" else cell for cell in printed.split())


def _rows(*printed: str) -> tuple[tuple[str | None, ...], ...]:
    return tuple(_row(line) for line in printed)


def _by_category(*printed: str) -> Mapping[str, tuple[str | None, ...]]:
    named = (line.split(":") for line in printed)
    return MappingProxyType({category.strip(): _row(cells) for category, cells in named})


# The norm prints whole minutes and metres: "5–9" ends where "10–19" begins, so 9.5 minutes are in
# it; "300–500" and "501–750" meet at 500, which belongs to the first. Beyond 60 minutes: nothing.
# Modes: the norm names trams and buses. Trains and metros as rail lines, ships and cable ways with
# the buses: inferred (OeVGK18's program counts a metro as a rail line). A rail node and a local
# minibus cannot be told from a mode: they are asked for by the name of their column.
_SWISS = Grades(
    name="swiss",
    title="Swiss norm SN 640 290 (1993)",
    source="OeVGK18 technical report, stateoftheart.tex",
    walk="distance_m",
    columns=("rail_node", "rail_line", "tram_bus", "minibus"),
    intervals_min=_below(5, 10, 20, 40) + _up_to(60),
    categories=_rows(
        "I   I   II  III",
        "I   II  III IV",
        "II  III IV  V",
        "III IV  V   V",
        "IV  V   V   –",
    ),
    walks=_below(300) + _up_to(500, 750, 1000),
    classes=_by_category(
        "I:   A A B C",
        "II:  A B C D",
        "III: B C D –",
        "IV:  C D – –",
        "V:   D – – –",
    ),
    modes=MappingProxyType(
        {
            "rail": "rail_line",
            "metro": "rail_line",
            "tram": "tram_bus",
            "bus": "tram_bus",
            "other": "tram_bus",
            "on_demand": None,
        }
    ),
)

# Sixty minutes are printed in two rows, "40–60" and "60–120": they belong to the first, so 120
# belongs to the second and "121–210" follows on it. Metres as printed: "< 301", then "301–500".
# Modes: the table names metros, trams and buses. A regional train (TER) as an S-Bahn: inferred for
# France. Long-distance trains are asked for by the name of their column.
_AUSTRIAN = Grades(
    name="austrian",
    title="Austrian ÖV-Güteklassen",
    source="OeVGK18 technical report, stateoftheart.tex",
    walk="distance_m",
    columns=("long_distance", "s_bahn", "tram", "bus"),
    intervals_min=_below(5, 10, 20, 40) + _up_to(60, 120, 210),
    categories=_rows(
        "I   I   II   III",
        "I   II  III  III",
        "II  III IV   IV",
        "III IV  V    V",
        "IV  V   VI   VI",
        "V   VI  VII  VII",
        "–   VII VIII VIII",
    ),
    walks=_below(301) + _up_to(500, 750, 1000, 1250),
    classes=_by_category(
        "I:    A A B C D",
        "II:   A B C D E",
        "III:  B C D E F",
        "IV:   C D E F G",
        "V:    D E F G G",
        "VI:   E F G – –",
        "VII:  F G G – –",
        "VIII: G G – – –",
    ),
    modes=MappingProxyType(
        {
            "rail": "s_bahn",
            "metro": "s_bahn",
            "tram": "tram",
            "bus": "bus",
            "other": "bus",
            "on_demand": None,
        }
    ),
)

# A: rail node (a long-distance connection, or trains in six directions at least); B: rail line;
# C: everything else, ships and cable ways included. The report also puts what must be ordered
# beforehand in C; this project leaves it out. Its program counts a metro as a rail line.
_OEVGK18 = Grades(
    name="oevgk18",
    title="OeVGK18 (HSR Rapperswil, 2018)",
    source="OeVGK18 technical report, specification.tex",
    walk="walk_s",
    columns=("A", "B", "C"),
    intervals_min=_up_to(5, 10, 20, 40, 60) + _below(math.inf),
    categories=_rows(
        "I   I   II",
        "I   II  III",
        "II  III IV",
        "III IV  V",
        "IV  V   VI",
        "–   VII VII",
    ),
    walks=_up_to(300, 450, 600, 900),
    classes=_by_category(
        "I:   A A B C",
        "II:  A B C D",
        "III: B C D E",
        "IV:  C D E –",
        "V:   D E – –",
        "VI:  E – – –",
        "VII: F – – –",
    ),
    modes=MappingProxyType(
        {"rail": "B", "metro": "B", "tram": "C", "bus": "C", "other": "C", "on_demand": None}
    ),
)

GRADES: Mapping[str, Grades] = MappingProxyType(
    {grades.name: grades for grades in (_SWISS, _AUSTRIAN, _OEVGK18)}
)

# Minutes from midnight: the Swiss norm counts a weekday's departures from 6 to 20 o'clock.
SWISS_WINDOW_MIN = (360, 1200)
OEVGK18_WINDOWS_MIN: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "weekday_day": (360, 1200),
        "weekday_evening": (1200, 1440),
        "saturday_day": (360, 1200),
        "saturday_night": (60, 240),
        "sunday_day": (360, 1200),
        "sunday_night": (60, 240),
    }
)

# LEED v4 and v4.1, Access to Quality Transit: usgbc.org, firstgreen.co.
LEED_LADDERS: Mapping[str, tuple[LeedStep, ...]] = MappingProxyType(
    {
        "v4": (LeedStep(72, 40), LeedStep(144, 108), LeedStep(360, 216)),
        "v4.1": (
            LeedStep(72, 30),
            LeedStep(100, 70),
            LeedStep(144, 108),
            LeedStep(250, 160),
            LeedStep(360, 216),
        ),
    }
)

# Transport for London's PTAL, read in public code that computes it; the limits of the bands are
# given in hundredths ("1a: 0.01–2.50", "1b: 2.51–5"), so the index is rounded to them beforehand.
# A metro counts as rail for its reliability, a tram as a bus; both have the catchment of stations.
# None: London counts no such mode.
PTAL_M_PER_MIN = 80.0
PTAL_WINDOW_MIN = (495, 555)
PTAL_MODES: Mapping[str, PtalMode | None] = MappingProxyType(
    {
        "bus": PtalMode(640, 2.0),
        "tram": PtalMode(960, 2.0),
        "metro": PtalMode(960, 0.75),
        "rail": PtalMode(960, 0.75),
        "other": None,
        "on_demand": None,
    }
)
PTAL_BANDS: tuple[tuple[str, float], ...] = (
    ("0", 0.0),
    ("1a", 2.5),
    ("1b", 5.0),
    ("2", 10.0),
    ("3", 15.0),
    ("4", 20.0),
    ("5", 25.0),
    ("6a", 40.0),
    ("6b", math.inf),
)


def leed_step(
    trips_weekday: float, trips_weekend: float, *, version: Literal["v4", "v4.1"] = "v4.1"
) -> str | None:
    """Return the highest step of LEED's ladder of trips that is passed on both days.

    Parameters
    ----------
    trips_weekday, trips_weekend
        Trips a day within 400 m on foot of bus and tram stops and 800 m of stations. Count each route
        at one stop only, in one direction (said by v4.1).
    version
        `v4` (three steps) or `v4.1` (five).

    Returns
    -------
    str or None
        The step by its trips, `144/108`, as in `LEED_LADDERS`; None below the first.

    Raises
    ------
    UsageError
        When a number of trips is negative, infinite or missing, or the version is unknown.

    References
    ----------
    US Green Building Council, LEED v4 and v4.1, Access to Quality Transit; the numbers were read.

    Examples
    --------
    >>> leed_step(200, 120), leed_step(360, 39, version="v4")
    ('144/108', None)
    """
    ladder = LEED_LADDERS[known_name(version, LEED_LADDERS, "version of LEED")]
    weekday = number(trips_weekday, "trips_weekday")
    weekend = number(trips_weekend, "trips_weekend")
    passed = [s.name for s in ladder if weekday >= s.trips_weekday and weekend >= s.trips_weekend]
    return passed[-1] if passed else None


def ptal_band(index: float) -> str:
    """Return the band of an accessibility index, rounded to hundredths as the bands are printed.

    Raises
    ------
    UsageError
        When the index is negative, infinite or missing.

    Examples
    --------
    >>> [ptal_band(index) for index in (0, 2.504, 2.506, 40, 40.01)]
    ['0', '1a', '1b', '6a', '6b']
    """
    held = round(number(index, "The accessibility index"), 2)
    return next(band for band, limit in PTAL_BANDS if held <= limit)


def band_of(value: float, limits: tuple[Limit, ...]) -> int | None:
    """Return the first band whose limit holds the value, None beyond the last."""
    held = round(value, DIGITS)
    for place, limit in enumerate(limits):
        if held < limit.value or (limit.included and held == limit.value):
            return place
    return None


def number(value: object, what: str, *, infinite: bool = False) -> float:
    """Return a number from 0 on, or refuse it."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        held = float(value)
        if held >= 0 and (infinite or np.isfinite(held)):
            return held
    raise UsageError(f"{what} must be a number from 0 on, got {value!r}.")


def known_name(name: object, known: Iterable[str], what: str) -> str:
    """Return a name that is known, or tell the nearest that is."""
    names = list(known)
    if isinstance(name, str) and name in names:
        return name
    near = get_close_matches(str(name), names, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}."
    raise UsageError(f"Unknown {what} {name!r}; {hint}")
