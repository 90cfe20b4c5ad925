"""What bus would make a site as good as the corridor: a question put to a study, and its answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import geopandas as gpd
import numpy as np

from renewal_gis import access, territories
from renewal_gis.assumptions import assumption
from renewal_gis.config import Settings, Transit
from renewal_gis.errors import DataError
from renewal_gis.loading import Report, Study, load
from renewal_gis.schema import inner_points
from renewal_gis.schema.codes import DESTINATIONS
from renewal_gis.transit import Riding, riding
from renewal_gis.walking import Walking, walking

__all__ = ["HeadwayAnswer", "headway_question"]

_TRIED = "Essai"


@dataclass(frozen=True, kw_only=True)
class HeadwayAnswer:
    """The answer, as a table and in sentences.

    Attributes
    ----------
    title, header, rows
        One row per headway tried: minutes between buses, vehicles, minutes by transit, enough or not.
    sentences
        What it says.
    target_min
        Minutes to reach.
    enough_min
        The longest headway from which every shorter one is enough; None when none is.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]
    target_min: float
    enough_min: float | None


def headway_question(
    study: Path | str | Settings | Study,
    site: str,
    *,
    group: str = "station",
    via: Sequence[str] = (),
    terminus: str | None = None,
    target_min: float | None = None,
    language: Literal["en", "fr"] | str | None = None,
    report: Report = lambda step: None,
) -> HeadwayAnswer:
    """Search for the headway of a line from a site that brings a destination near enough.

    Parameters
    ----------
    study
        A study file, its settings, or a loaded study.
    site
        Identifier of the site: the line starts there.
    group
        Kind of destination, a code of the layer `destinations`.
    via
        Stops of the timetable the line calls at on its way.
    terminus
        Last stop; the one with most departures of the day by default.
    target_min
        Median minutes to reach; the dwelling-weighted median of the corridor by default.
    language
        `en` or `fr`; the study's by default.

    Raises
    ------
    DataError
        When the study lacks sites, streets, a timetable or destinations of this kind, or the site or a
        stop is not known.
    """
    loaded = study if isinstance(study, Study) else load(study, report=report)
    held = walking(loaded)
    lines = riding(loaded, held)
    if held is None or lines is None or lines.destinations is None:
        raise DataError(
            "This question needs streets, a timetable and named destinations: add the layers streets "
            "and destinations, and [transit]."
        )
    sites = loaded.geo("sites")
    if sites is None or site not in sites.index:
        known = "" if sites is None else f" Known: {', '.join(map(str, sites.index[:20]))}."
        raise DataError(f"No site is called {site!r}.{known}")
    member = (loaded.tables["destinations"]["group"] == group).to_numpy(dtype=bool)
    if not member.any():
        raise DataError(f"The study has no destination of the kind {group!r}.")
    report("measure")
    to = lines.destinations.take(member)
    origin = held.joined("sites", limit_m=lines.limit_m).take(sites.index == site)
    target = _corridor_median(loaded, held, lines, to) if target_min is None else target_min
    line = _line(loaded, sites.loc[[site]], via, terminus)
    report("search")
    round_trip = 2 * sum(access.riding_minutes(lines.network.schedule, line))
    round_trip += 2 * assumption("layover").value

    def minutes_at(headway_min: float) -> float:
        tried = dataclasses.replace(line, headway_min=headway_min)
        return _minutes(loaded, held, lines, origin, to, [tried])

    found = access.search_headways(minutes_at, target=target, round_trip_min=round_trip)
    spoken = cast(Literal["en", "fr"], language or loaded.settings.language)
    today = _minutes(loaded, held, lines, origin, to, [])
    ride = sum(access.riding_minutes(lines.network.schedule, line))
    given = target_min is not None
    return _answer(found, group, line, (target, today, ride), spoken, given=given)


def _minutes(
    study: Study,
    held: Walking,
    lines: Riding,
    origin: access.Joined,
    to: access.Joined,
    changes: Sequence[access.NewLine],
) -> float:
    """Return the median minutes from the site to the nearest destination with some lines added."""
    network = lines.network
    if changes:
        transit = cast(Transit, study.settings.transit)
        network = access.transit_network(
            access.with_changes(lines.network.schedule, changes),
            held.network,
            date=transit.date,
            window=transit.window,
            rules=transit.rules,
        )
    minutes = access.transit_times(origin, to, network, percentiles=[50]).minutes(50)
    known = minutes[np.isfinite(minutes)]
    return float(known.min()) if len(known) else float("nan")


def _corridor_median(study: Study, held: Walking, lines: Riding, to: access.Joined) -> float:
    """Return the dwelling-weighted median of the corridor's minutes; unreached homes are the farthest."""
    stock = study.geo("stock")
    if stock is None:
        raise DataError("The corridor's median needs the layer stock; or give a target in minutes.")
    commune = territories.commune_of(stock, cast(gpd.GeoDataFrame, study.tables["communes"]))
    sector = commune.map(study.tables["communes"]["sector"])
    there = (sector == "corridor").to_numpy(dtype=bool)
    if not there.any():
        raise DataError(
            "The corridor has no dwelling; name its communes, or give a target in minutes."
        )
    homes = held.joined("stock", limit_m=lines.limit_m).take(there)
    times = access.transit_times(homes, to, lines.network, percentiles=[50]).minutes(50)
    nearest = np.where(np.isnan(times), 1e9, times).min(axis=1)
    weights = stock["dwellings"].to_numpy(dtype=float)[there]
    (median,) = territories.weighted_quantiles(nearest, weights, [0.5])
    if median >= 1e9:
        raise DataError(
            "Half of the corridor's dwellings do not reach it: give a target in minutes."
        )
    return float(median)


def _line(
    study: Study, site: gpd.GeoDataFrame, via: Sequence[str], terminus: str | None
) -> access.NewLine:
    """Return the line that is tried: from the site, by the stops named, to the terminus."""
    (point,) = inner_points(site.geometry.to_numpy())
    stops = study.tables["stops"]
    last = terminus or str(stops.sort_values("departures_day", kind="stable").index[-1])
    return access.NewLine(
        name=f"{_TRIED} {site.index[0]}",
        stops=((float(point.x), float(point.y)), *via, last),
        headway_min=60,
    )


_WORDS = {
    "en": {
        "title": "{line}: median minutes to {group} ({stops} stops, {ride} min in the bus)",
        "header": ("headway (min)", "vehicles", "minutes", "enough"),
        "yes": "yes",
        "no": "no",
        "never": "not reached",
        "today": "Today: {minutes}. To reach: {target} min ({why}).",
        "median": "the corridor's dwelling-weighted median",
        "given": "as asked",
        "enough": "A bus every {headway} min or more often is enough: {buses} vehicle(s), {minutes} min.",
        "none": "No headway down to {headway} min is enough: the best is {minutes} min. The way itself is "
        "too long.",
        "unreached": "No headway down to {headway} min is enough: the destination is reached at none.",
        "rests": "Rests on an invented line at {speed} km/h over the straight line lengthened {detour} "
        "times: not verified.",
    },
    "fr": {
        "title": "{line}\u202f: minutes médianes vers {group} ({stops} arrêts, {ride} min de bus)",
        "header": ("intervalle (min)", "véhicules", "minutes", "suffit"),
        "yes": "oui",
        "no": "non",
        "never": "non atteint",
        "today": "Aujourd’hui\u202f: {minutes}. À atteindre\u202f: {target} min ({why}).",
        "median": "la médiane du corridor, pondérée par les logements",
        "given": "comme demandé",
        "enough": "Un bus toutes les {headway} min ou plus suffit\u202f: {buses} véhicule(s), {minutes} min.",
        "none": "Aucun intervalle jusqu’à {headway} min ne suffit\u202f: au mieux {minutes} min. C’est le "
        "trajet lui-même qui est trop long.",
        "unreached": "Aucun intervalle jusqu’à {headway} min ne suffit\u202f: la destination n’est atteinte "
        "avec aucun.",
        "rests": "Repose sur une ligne inventée à {speed} km/h sur la ligne droite allongée {detour} "
        "fois\u202f: non vérifié.",
    },
}


def _answer(
    found: access.HeadwaySearch,
    group: str,
    line: access.NewLine,
    minutes: tuple[float, float, float],
    language: Literal["en", "fr"],
    *,
    given: bool,
) -> HeadwayAnswer:
    """Tell what was found; `minutes` are those to reach, those of today, and those in the bus."""
    words = cast(dict[str, str], _WORDS[language])
    target, today, ride_min = minutes

    def number(value: float) -> str:
        if np.isnan(value):
            return words["never"]
        told = f"{value:.1f}".removesuffix(".0")
        return told.replace(".", ",") if language == "fr" else told

    rows = tuple(
        (
            number(row.headway_min),
            str(row.buses),
            number(row.value),
            words["yes" if row.enough else "no"],
        )
        for row in found.table.itertuples()
    )
    sentences = [
        words["today"].format(
            minutes=number(today) if np.isnan(today) else f"{number(today)} min",
            target=number(target),
            why=words["given" if given else "median"],
        )
    ]
    if found.enough_min is not None:
        held = found.table.set_index("headway_min").loc[found.enough_min]
        sentences.append(
            words["enough"].format(
                headway=number(found.enough_min), buses=held["buses"], minutes=number(held["value"])
            )
        )
    else:
        best = float(found.table["value"].min())
        sentences.append(
            words["unreached" if np.isnan(best) else "none"].format(
                headway=number(found.table["headway_min"].min()), minutes=number(best)
            )
        )
    detour, speed = number(assumption("detour").value), number(line.speed_km_h)
    sentences.append(words["rests"].format(speed=speed, detour=detour))
    en, fr = DESTINATIONS[group]
    return HeadwayAnswer(
        title=words["title"].format(
            line=line.name, group=(fr if language == "fr" else en).lower(), stops=len(line.stops),
            ride=number(ride_min),
        ),
        header=cast(tuple[str, ...], _WORDS[language]["header"]),
        rows=rows,
        sentences=tuple(sentences),
        target_min=target,
        enough_min=found.enough_min,
    )  # fmt: skip
