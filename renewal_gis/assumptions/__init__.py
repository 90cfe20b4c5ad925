"""Every planning constant: value, unit, meaning, source and date.

A constant whose source was not read is marked `verified=False`, and every page that prints it says so.
"""

from __future__ import annotations

from renewal_gis.assumptions.planning import PLANNING
from renewal_gis.assumptions.record import Assumption
from renewal_gis.assumptions.scoring import SCORING
from renewal_gis.assumptions.sources import SOURCES
from renewal_gis.assumptions.territories import TERRITORIES
from renewal_gis.assumptions.transit import TRANSIT
from renewal_gis.assumptions.walking import WALKING

__all__ = ["ASSUMPTIONS", "Assumption", "assumption"]

ASSUMPTIONS: tuple[Assumption, ...] = (
    *WALKING,
    *TRANSIT,
    *SCORING,
    *TERRITORIES,
    *PLANNING,
    *SOURCES,
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
