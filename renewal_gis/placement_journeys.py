"""How far households move: from each perimeter of origin to each site, and how that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis import access
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import inner_points
from renewal_gis.transit import riding
from renewal_gis.walking import walking

__all__ = ["Journeys", "journeys"]

Kind = Literal["", "transit", "walk", "straight"]
_DAY_MIN = 1440.0  # a walk of a whole day: every site that streets reach is listed


@dataclass(frozen=True, kw_only=True, eq=False)
class Journeys:
    """Journeys from places of origin to sites.

    Attributes
    ----------
    table
        Places of origin × sites; NaN where there is no way.
    unit
        `min` or `m`.
    en, fr
        How they were measured, in words.
    """

    table: pd.DataFrame
    unit: str
    en: str
    fr: str


def journeys(
    study: Study, origins: pd.Index, sites: pd.Index, *, kind: Kind = ""
) -> Journeys | None:
    """Measure the journeys from perimeters to sites.

    Parameters
    ----------
    study
        A loaded study.
    origins, sites
        Perimeters and sites, by identifier.
    kind
        `transit`: median door-to-door minutes on the study's day and window, on foot where that is
        faster or the only way. `walk`: minutes along the streets. `straight`: metres, as the crow
        flies. Empty: the first of these the study can tell.

    Returns
    -------
    Journeys or None
        None when nothing was asked and the study has no outlines of these perimeters.

    Raises
    ------
    DataError
        The study lacks what the kind needs, or an outline of a perimeter.
    """
    perimeters, table = study.geo("perimeters"), study.geo("sites")
    absent = [name for name in origins if perimeters is None or name not in perimeters.index]
    if perimeters is None or table is None or absent:
        if not kind and perimeters is None:
            return None
        raise DataError(
            f"The displacement starts from the perimeters, and there is no outline of "
            f"{', '.join(map(str, absent)) or 'any site'}. Add it to the layer."
        )
    homes, places = perimeters.loc[origins], table.loc[sites]
    if kind == "straight" or (not kind and study.geo("streets") is None):
        return _straight(homes, places)
    held = walking(study)
    if held is None:
        raise DataError(
            f'programme.allocation.displacement = "{kind}" needs the layer streets. Add it, or write '
            '"straight".'
        )
    limit = study.settings.walk.join_limit_m
    starts, ends = (access.join(one, held.network, limit_m=limit) for one in (homes, places))
    lines = None if kind == "walk" else riding(study, held)
    if kind == "transit" and lines is None:
        raise DataError(
            'programme.allocation.displacement = "transit" needs [transit]. Add it, or write "walk".'
        )
    speed = study.settings.walk.profile.speed_km_h
    walks = access.travel_times(starts, ends, held.network, limit_min=_DAY_MIN, speed_km_h=speed)
    wide = walks.astype({"from_id": object, "to_id": object}).pivot(
        index="from_id", columns="to_id", values="travel_time_min"
    )
    wide = wide.reindex(index=origins, columns=sites)
    if lines is not None:
        times = access.transit_times(starts, ends, lines.network, percentiles=[50])
        return _ridden(study, times, wide)
    shown = f"{speed:g}"
    return Journeys(
        table=wide,
        unit="min",
        en=f"minutes on foot along the streets, at {shown} km/h",
        fr=f"minutes à pied par les rues, à {shown.replace('.', ',')} km/h",
    )


def _straight(homes: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> Journeys:
    starts, ends = (inner_points(one.geometry.to_numpy()) for one in (homes, places))
    metres = shapely.distance(np.asarray(starts)[:, None], np.asarray(ends)[None, :])
    return Journeys(
        table=pd.DataFrame(metres.round(1), index=homes.index, columns=places.index),
        unit="m",
        en="metres in a straight line",
        fr="mètres à vol d’oiseau",
    )


def _ridden(study: Study, times: access.TransitTimes, walks: pd.DataFrame) -> Journeys:
    transit = study.settings.transit
    assert transit is not None  # there are no times without it
    first, last = transit.window
    day = transit.date
    return Journeys(
        # A site no ride reaches in time is far, not out of reach: those who move there walk.
        table=walks.combine(pd.DataFrame(times.minutes(50), walks.index, walks.columns), np.fmin),
        unit="min",
        en=f"median minutes door to door by transit or on foot, timetable of {day.isoformat()}, "
        f"{first} to {last}",
        fr="minutes médianes de porte à porte en transports ou à pied, horaires du "
        f"{day:%d/%m/%Y}, de {first} à {last}",
    )
