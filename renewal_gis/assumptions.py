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
        Stable name.
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
    Assumption(
        name="child_speed",
        value=3.6,
        unit="km/h",
        en="Walking speed of a child",
        fr="Vitesse de marche d’un enfant",
        source="professional use, 3 to 3.6 km/h; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="older_speed",
        value=3.0,
        unit="km/h",
        en="Walking speed of an older adult",
        fr="Vitesse de marche d’une personne âgée",
        source="professional use, 3 to 3.6 km/h; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="steps_factor",
        value=2.0,
        unit="times the flat",
        en="Slowness of steps, in the profiles that count them",
        fr="Lenteur des marches, dans les profils qui en tiennent compte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="crossing_wait",
        value=10.0,
        unit="s",
        en="Wait at a road crossing, in the profiles that count it",
        fr="Attente à une traversée, dans les profils qui en tiennent compte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="slope_decay",
        value=3.5,
        unit="per unit of slope",
        en="Decay of Tobler’s walking speed with slope",
        fr="Décroissance de la vitesse de Tobler avec la pente",
        source="Tobler (1993), Three presentations on geographical analysis and modeling",
        date="1993",
        verified=False,
    ),
    Assumption(
        name="slope_ease",
        value=0.05,
        unit="m per m",
        en="Descent at which walking is fastest, Tobler’s function",
        fr="Descente où la marche est la plus rapide, fonction de Tobler",
        source="Tobler (1993), Three presentations on geographical analysis and modeling",
        date="1993",
        verified=False,
    ),
    Assumption(
        name="slope_limit",
        value=0.4,
        unit="m per m",
        en="Steepest slope believed; steeper ones are errors of the elevation grid",
        fr="Pente maximale retenue ; au-delà, la grille d’altitude se trompe",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="isochrone_width",
        value=25.0,
        unit="m",
        en="Width drawn on each side of a reached street",
        fr="Largeur dessinée de chaque côté d’une rue atteinte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="isochrone_hole",
        value=10000.0,
        unit="m²",
        en="Holes of an isochrone smaller than this are filled",
        fr="Les trous d’une isochrone plus petits sont comblés",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="street_margin",
        value=2000.0,
        unit="m",
        en="Streets kept beyond the study area, so that its border cuts nobody’s way",
        fr="Rues gardées au-delà du territoire, pour que sa limite ne coupe aucun chemin",
        source="a 20-minute walk and a fifth more, rounded",
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
