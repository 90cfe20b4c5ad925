"""The transit of a study: its timetables on its streets, and what is measured from a layer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis import access, sources
from renewal_gis.config import Transit
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import Finding, Schedule
from renewal_gis.walking import Walking

__all__ = [
    "DrawnLines",
    "Riding",
    "drawn_lines",
    "ridden",
    "riding",
    "timetables",
    "told_journey",
    "transit_changes",
    "transit_isochrones",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Riding:
    """The timetables of a study on its streets.

    Attributes
    ----------
    network
        The timetable of the day.
    before, planned
        That of the other time, and that with the changes tried; None when the study asks for none.
    destinations
        Named destinations, joined to the streets; None without such a layer.
    served
        Stops served on one of the days, joined to the streets.
    days
        Kind of day → date, `weekday` first.
    findings
        Stops beyond the streets, destinations too far from any.
    """

    network: access.TransitNetwork
    before: access.TransitNetwork | None
    planned: access.TransitNetwork | None
    destinations: access.Joined | None
    served: access.Joined
    days: Mapping[str, dt.date]
    findings: tuple[Finding, ...]

    @property
    def limit_m(self) -> float:
        """Farthest a place may be from a street, by the rules of the timetable's searches."""
        return self.network.rules.join_limit_m


def riding(study: Study, held: Walking | None) -> Riding | None:
    """Return the transit of a study; None when it has no timetable or no streets."""
    transit, schedule = study.settings.transit, study.schedule
    if transit is None or schedule is None or held is None:
        return None
    limit = transit.rules.join_limit_m
    days = {"weekday": transit.date, **transit.days}
    served = access.stops_on_days(schedule, days=days)
    destinations = None
    findings: list[Finding] = []
    if "destinations" in held.layers:
        destinations = held.joined("destinations", limit_m=limit)
        findings.extend(destinations.findings("destinations", limit_m=limit))
    network = _network(schedule, transit, held)
    findings.extend(network.findings)
    before = planned = None
    if transit.before is not None and study.schedule_before is not None:
        asked = dataclasses.replace(transit, date=transit.before.date)
        before = _network(study.schedule_before, asked, held)
    if transit.changes:
        changed = access.with_changes(schedule, transit.changes)
        planned = _network(changed, transit, held)
    return Riding(
        network=network,
        before=before,
        planned=planned,
        destinations=destinations,
        served=access.join(served, held.network, limit_m=limit),
        days=days,
        findings=tuple(findings),
    )


def ridden(
    study: Study, held: Walking, lines: Riding, layer: str, *, opportunities: bool
) -> pd.DataFrame:
    """Measure transit from the places of a layer, on its index.

    Parameters
    ----------
    layer
        `sites` or `stock`.
    opportunities
        Count what is reached too: a search from every place, for some hundreds of places at most.
    """
    origins = held.joined(layer, limit_m=lines.limit_m)
    transit = cast(Transit, study.settings.transit)
    columns = [
        access.place_service(
            origins,
            lines.served,
            held.network,
            lines.network.schedule,
            days=lines.days,
            window=transit.window,
            speed_km_h=study.settings.walk.profile.speed_km_h,
        )
    ]
    if lines.destinations is not None:
        columns.extend(_to_destinations(study, lines, origins))
    if opportunities:
        columns.extend(_opportunities(study, held, lines, origins))
    return pd.concat(columns, axis=1)


def transit_isochrones(
    study: Study, held: Walking | None, lines: Riding | None
) -> gpd.GeoDataFrame | None:
    """Draw the isochrones by transit the study asks for around its sites."""
    if lines is None or held is None or "sites" not in held.layers:
        return None
    asked = cast(Transit, study.settings.transit).isochrones_min
    if not asked:
        return None
    joined = held.joined("sites", limit_m=lines.limit_m)
    drawn = access.transit_isochrones(joined, lines.network, limits_min=asked)
    return drawn.assign(layer="sites", mode="transit")


class DrawnLines(NamedTuple):
    """The lines of the day as they are drawn, and what was found about their courses."""

    table: gpd.GeoDataFrame
    findings: tuple[Finding, ...]


def drawn_lines(study: Study) -> DrawnLines | None:
    """Return the lines of the day, along the courses the timetables publish; None without a timetable.

    Only here are courses read: they serve no search.
    """
    transit, schedule = study.settings.transit, study.schedule
    if transit is None or schedule is None:
        return None
    runs = schedule.running(transit.date)[schedule.trips["service"].to_numpy(dtype=np.int64)]
    held = sources.read_shapes(
        transit.feeds, trips=schedule.trips.loc[runs, "feed"], crs=schedule.stops.crs
    )
    table = access.transit_lines(schedule, date=transit.date, courses=held.courses)
    return DrawnLines(table, (*held.findings, *access.course_findings(table)))


def told_journey(
    study: Study,
    held: Walking,
    lines: Riding,
    origin: str,
    destination: str,
    *,
    depart: str | None,
    language: Literal["en", "fr"],
) -> list[str]:
    """Tell the journey from one place of the study to another in sentences.

    Raises
    ------
    DataError
        When a place is not known.
    """
    start, end = (_place(study, held, lines, name) for name in (origin, destination))
    times = access.transit_times(start, end, lines.network)
    found = access.itinerary(start, end, lines.network, depart=depart)
    told = [access.tell_times(times, lines.network, language=language)]
    if found is not None:
        told = [*access.tell_itinerary(found, lines.network, language=language), *told]
    return told


def timetables(study: Study, lines: Riding | None) -> dict[str, pd.DataFrame]:
    """Return what the timetables say by themselves: the facts of each stop, and which days run what."""
    if lines is None or study.schedule is None:
        return {}
    facts = access.stop_facts(study.schedule, days=lines.days).reset_index()
    names = study.schedule.stops["name"]
    facts.insert(1, "name", facts["stop"].map(names))
    calendar = access.calendar_summary(
        study.schedule, school_holidays=cast(Transit, study.settings.transit).school_holidays
    )
    return {"stop_facts": facts, "calendar": calendar.reset_index()}


def transit_changes(sites: pd.DataFrame | None, stock: pd.DataFrame | None) -> pd.DataFrame:
    """Return what another timetable changes, for each site and for the dwellings of each sector.

    Parameters
    ----------
    sites, stock
        Places with their measures, their `sector`, and the `dwellings` of the stock.

    Returns
    -------
    DataFrame
        One row per kind of change (`since_before`, `with_changes`), destination and subject: `subject` is
        a site or a sector, `dwellings` those it speaks of (1 for a site), `minutes_then` and `minutes_now`
        (weighted means over the dwellings that reach the destination both times), `change_min`,
        `better`, `worse` (dwellings a minute or more nearer or farther), `reached` and `lost` (dwellings
        that reach it now and did not, and the other way). Empty when nothing was compared.
    """
    rows: list[dict[str, object]] = []
    for name, table in (("site", sites), ("sector", stock)):
        if table is None:
            continue
        for kind, change in (("since_before", "transit_change"), ("with_changes", "transit_gain")):
            for key in [column for column in table.columns if column.startswith(f"{change}:")]:
                group = key.partition(":")[2]
                held = _minutes_of(table, group, kind)
                for subject, part in held.groupby(
                    table.index if name == "site" else table["sector"], sort=False
                ):
                    rows.append(
                        {
                            "kind": kind,
                            "destination": group,
                            "level": name,
                            "subject": subject,
                            **_changed(part),
                        }
                    )
    return pd.DataFrame(rows)


def _minutes_of(table: pd.DataFrame, group: str, kind: str) -> pd.DataFrame:
    """Return the dwellings with their minutes before and after, missing where not reached."""
    today, other = table[f"transit_min:{group}"], table[f"{_OTHER[kind]}:{group}"]
    first, last = (other, today) if kind == "since_before" else (today, other)
    weight = table["dwellings"].astype(float) if "dwellings" in table.columns else 1.0
    return pd.DataFrame({"then": first, "now": last}).assign(dwellings=weight)


def _changed(part: pd.DataFrame) -> dict[str, object]:
    weight, then, now = (part[name].to_numpy(dtype=float) for name in ("dwellings", "then", "now"))
    known_then, known_now = ~np.isnan(then), ~np.isnan(now)
    both = known_then & known_now
    total = float(np.nansum(weight[both]))

    def mean(values: npt.NDArray[np.float64]) -> float:
        return float(np.nansum((values * weight)[both]) / total) if total else float("nan")

    return {
        "dwellings": float(np.nansum(weight)),
        "minutes_then": mean(then),
        "minutes_now": mean(now),
        "change_min": mean(now - then),
        "better": float(np.nansum(weight[both & (now <= then - 1)])),
        "worse": float(np.nansum(weight[both & (now >= then + 1)])),
        "reached": float(np.nansum(weight[known_now & ~known_then])),
        "lost": float(np.nansum(weight[known_then & ~known_now])),
    }


# The minutes beside those of today: of the earlier timetable, and with the changes that are tried.
_OTHER = {"since_before": "transit_min_before", "with_changes": "transit_min_planned"}
_NAMED = ("sites", "destinations", "services", "stops", "stock")


def _place(study: Study, held: Walking, lines: Riding, name: str) -> access.Joined:
    """Return a place by its identifier or its name, joined to the streets."""
    for layer in _NAMED:
        table = study.geo(layer)
        if table is None:
            continue
        member = table.index == name
        if not member.any() and "name" in table.columns and layer != "stock":
            member = (table["name"] == name).to_numpy(dtype=bool)
        if member.any():
            return access.join(table[member].iloc[:1], held.network, limit_m=lines.limit_m)
    raise DataError(
        f"No place is called {name!r}. Give the identifier or the name of a site, a destination, a "
        "service or a stop."
    )


def _to_destinations(study: Study, lines: Riding, origins: access.Joined) -> list[pd.DataFrame]:
    """Return the minutes to the named destinations, now, then, and with the changes tried."""
    to = cast(access.Joined, lines.destinations)
    groups = study.tables["destinations"]["group"]

    def minutes(network: access.TransitNetwork) -> pd.DataFrame:
        times = access.transit_times(origins, to, network, percentiles=[50])
        return access.transit_minutes(times, groups)

    now = minutes(lines.network)
    columns = [now]
    for kind, name, other in (
        ("transit_change", "transit_min_before", lines.before),
        ("transit_gain", "transit_min_planned", lines.planned),
    ):
        if other is None:
            continue
        then = minutes(other)
        difference = now - then if kind == "transit_change" else then - now
        columns.append(_renamed(then, name))
        columns.append(_renamed(difference, kind))
    return columns


def _renamed(minutes: pd.DataFrame, kind: str) -> pd.DataFrame:
    return minutes.rename(columns=lambda key: key.replace("transit_min", kind))


def _opportunities(
    study: Study, held: Walking, lines: Riding, origins: access.Joined
) -> list[pd.DataFrame]:
    """Return the services, jobs and dwellings within the travel times asked for."""
    limits = cast(Transit, study.settings.transit).thresholds_min
    counted: list[tuple[access.Joined, pd.DataFrame]] = []
    if "services" in held.layers:
        groups = study.tables["services"]["group"]
        counted.append((held.joined("services"), pd.get_dummies(groups).astype(float)))
    if lines.destinations is not None and "jobs" in study.tables["destinations"].columns:
        jobs = pd.to_numeric(study.tables["destinations"]["jobs"]).astype(float).fillna(0.0)
        counted.append((lines.destinations, jobs.to_frame("jobs")))
    if "stock" in held.layers:
        dwellings = study.tables["stock"]["dwellings"].astype(float).to_frame("dwellings")
        counted.append((held.joined("stock", limit_m=lines.limit_m), dwellings))
    columns = []
    for to, weights in counted:
        times = access.transit_times(origins, to, lines.network, percentiles=[50])
        reached = access.opportunities_within(times, weights, thresholds_min=limits)
        columns.append(reached.rename(columns=_measure_of))
    return columns


def _measure_of(column: str) -> str:
    """Return the measure's name of a column such as `jobs_45_min_p50`."""
    name, limit, *_ = column.rsplit("_", 3)
    return f"transit_{limit}_min:{name}"


def _network(schedule: Schedule, transit: Transit, held: Walking) -> access.TransitNetwork:
    return access.transit_network(
        schedule,
        held.network,
        date=transit.date,
        window=transit.window,
        rules=transit.rules,
    )
