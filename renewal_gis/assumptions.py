"""Every planning constant: value, unit, meaning, source and date.

A constant whose source was not read is marked `verified=False`, and every page that prints it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASSUMPTIONS", "Assumption", "assumption"]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One constant the results rest on.

    Parameters
    ----------
    name
        Stable name, also the key in the study file where it can be changed.
    value, unit
        Value and its unit.
    en, fr
        Meaning.
    source
        Where the value comes from.
    date
        Year of the source, or of the decision when the value is this project’s own choice.
    verified
        The passage that gives the value was read.
    """

    name: str
    value: float
    unit: str
    en: str
    fr: str
    source: str
    date: str
    verified: bool


_OWN = "choice of this project, to be argued with users"

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        name="walk_speed",
        value=4.8,
        unit="km/h",
        en="Walking speed of an adult on the flat",
        fr="Vitesse de marche d’un adulte sur le plat",
        source="Transport for London, PTAL: 80 m a minute",
        date="2015",
        verified=True,
    ),
    Assumption(
        name="join_limit",
        value=250.0,
        unit="m",
        en="Farthest a point may lie from the street it is joined to",
        fr="Distance maximale d’un point à la rue qui le dessert",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="island_share",
        value=0.02,
        unit="share of the network’s length",
        en="Smallest connected part of the street network that points are joined to",
        fr="Plus petite partie connexe du réseau à laquelle un point est rattaché",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="near_threshold",
        value=10.0,
        unit="min",
        en="A short walk",
        fr="Une courte marche",
        source="800 m at 80 m a minute; LEED v4 Access to Quality Transit uses 800 m for rail",
        date="2013",
        verified=True,
    ),
    Assumption(
        name="quarter_hour",
        value=15.0,
        unit="min",
        en="The quarter-hour city",
        fr="La ville du quart d’heure",
        source="no official French metric was found; usual form in the literature",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="far_threshold",
        value=20.0,
        unit="min",
        en="A long walk",
        fr="Une longue marche",
        source="no official French metric was found; usual form in the literature",
        date="2026",
        verified=False,
    ),
)

_BY_NAME = {held.name: held for held in ASSUMPTIONS}


def assumption(name: str) -> Assumption:
    """Return the assumption with this name.

    Raises
    ------
    KeyError
        When there is none.

    Examples
    --------
    >>> assumption("walk_speed").value
    4.8
    """
    return _BY_NAME[name]
