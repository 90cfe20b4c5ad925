"""The timetable of a dated day on the streets, ready to be searched."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from renewal_gis.access.conventions import OURS, Conventions
from renewal_gis.access.joining import Joined, join
from renewal_gis.access.links import Links, turned
from renewal_gis.access.network import Ints, Network
from renewal_gis.access.patterns import Patterns, mirrored, patterns_of
from renewal_gis.access.stations import Doors, doors_of
from renewal_gis.access.timetables import Runs, runs_between, window_s
from renewal_gis.access.transfers import stop_links
from renewal_gis.errors import UsageError
from renewal_gis.schema import Finding, Schedule

__all__ = ["MINUTE_S", "TransitNetwork", "transit_network"]

MINUTE_S = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class TransitNetwork:
    """The timetable of a dated day on the streets, ready to be searched.

    Attributes
    ----------
    schedule
        Every trip of the timetables.
    streets
        Street network.
    date
        Service day.
    window_s
        First and last second of the departures, after noon minus twelve hours; the last is not in.
    rules
        How riders walk, board and are counted.
    runs
        Vehicle runs of the day.
    patterns
        The runs as the searches read them.
    doors
        Where the streets lead into the stops.
    links, change_s
        Walks between stops, and the seconds a change at each stop takes.
    stops
        All rows of `schedule.stops`, joined to the streets.
    """

    schedule: Schedule
    streets: Network
    date: datetime.date
    window_s: tuple[int, int]
    rules: Conventions
    runs: Runs
    patterns: Patterns
    doors: Doors
    links: Links
    change_s: Ints
    stops: Joined

    @property
    def departures(self) -> int:
        """Departure minutes of the window."""
        first, last = self.window_s
        return -(-(last - first) // MINUTE_S)

    @property
    def limit_s(self) -> int:
        """Longest journey, in seconds."""
        return round(self.rules.max_min * MINUTE_S)

    @cached_property
    def turned(self) -> Patterns:
        """The patterns with time and direction turned round."""
        return mirrored(self.patterns)

    @cached_property
    def turned_links(self) -> Links:
        """The walks between stops, by the stop they lead to."""
        return turned(self.links)

    @cached_property
    def arriving(self) -> Patterns:
        """The runs that arrive by the end of the window, with time and direction turned round."""
        first, last = self.window_s
        runs = runs_between(
            self.schedule,
            self.date,
            from_s=first - self.limit_s,
            to_s=last,
            on_demand=self.rules.on_demand,
            in_seat=self.rules.in_seat,
        )
        return mirrored(patterns_of(runs, self.patterns.stops, slack_s=self.rules.slack_s))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Stops that nobody can walk to: no street of the study is near."""
        entered = np.zeros(len(self.patterns.stops), dtype=bool)
        open_doors = self.doors.joined.reached[self.doors.door]
        entered[self.doors.stop[open_doors & (self.doors.in_s >= 0)]] = True
        lost = int((~entered).sum())
        if not lost:
            return ()
        return (
            Finding(
                layer="stops",
                severity="note",
                code="stops-off-street",
                message=f"{lost} of {len(entered)} stops called at are beyond the streets of the study: "
                "vehicles pass there and nobody walks to them. Widen the streets to the reach of the "
                "timetable.",
                count=lost,
            ),
        )

    def __repr__(self) -> str:
        return (
            f"<TransitNetwork: {self.date.isoformat()}, {len(self.patterns.stops)} stops, "
            f"{len(self.runs)} runs in {len(self.patterns)} patterns, {self.departures} departures>"
        )


def transit_network(
    schedule: Schedule,
    streets: Network,
    *,
    date: datetime.date,
    window: tuple[str, str] = ("07:00", "09:00"),
    rules: Conventions = OURS,
) -> TransitNetwork:
    """Put the timetable of a dated day on the streets.

    Parameters
    ----------
    schedule
        Every trip of the timetables, as `sources.read_schedule` gives it.
    streets
        Street network, in the schedule's CRS.
    date
        Service day.
    window
        First and last time of departure on the clock of the date; the last is not in.
    rules
        How riders walk, board and are counted; `R5` for the conventions of that engine.

    Raises
    ------
    DataError
        When no trip runs on the date; the nearest days with service are named.
    UsageError
        When the window cannot be read, or is longer than a day.

    Examples
    --------
    A street of 4 km, three stops on it, a bus at 07:10 and at 08:40, a home and a place of work:

    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> from renewal_gis.access import join, street_network
    >>> from renewal_gis.schema import written_schedule
    >>> south, north = (700_000, 6_600_000), (700_000, 6_604_000)
    >>> streets = street_network(gpd.GeoDataFrame(geometry=[LineString([south, north])], crs=2154))
    >>> first = [("A", "07:10"), ("B", "07:15"), ("C", "07:20")]
    >>> second = [("A", "08:40"), ("B", "08:45"), ("C", "08:50")]
    >>> bus = written_schedule(
    ...     stops={"A": south, "B": (700_000, 6_602_000), "C": north},
    ...     trips=[("t1", "7", "bus", "weekday", first), ("t2", "7", "bus", "weekday", second)],
    ...     services={"weekday": ["2026-03-10", "2026-03-11"]},
    ...     crs=2154,
    ... )
    >>> tuesday = datetime.date(2026, 3, 10)
    >>> network = transit_network(bus, streets, date=tuesday, window=("07:00", "07:10"))
    >>> network
    <TransitNetwork: 2026-03-10, 3 stops, 2 runs in 1 patterns, 10 departures>
    >>> places = gpd.GeoSeries(
    ...     [Point(700_000, 6_600_080), Point(700_000, 6_603_840)], index=["home", "work"], crs=2154
    ... )
    >>> home, work = join(places[["home"]], streets), join(places[["work"]], streets)
    """
    first, last = window_s(schedule, date, window)
    if last - first > 86_400:
        raise UsageError(f"The departure window {window!r} is longer than a day.")
    longest = round(rules.max_min * MINUTE_S)
    how = {"on_demand": rules.on_demand, "in_seat": rules.in_seat}
    wide = runs_between(schedule, date, from_s=first - longest, to_s=last + longest, **how)
    runs = runs_between(schedule, date, from_s=first, to_s=last + longest, **how)
    called = np.unique(wide.stop)
    stops = join(
        schedule.stops, streets, limit_m=rules.join_limit_m, island_nodes=rules.island_nodes
    )
    doors = doors_of(schedule, called, stops, rules)
    links, change_s = stop_links(schedule, called, doors, streets, rules)
    return TransitNetwork(
        schedule=schedule,
        streets=streets,
        date=date,
        window_s=(first, last),
        rules=rules,
        runs=runs,
        patterns=patterns_of(runs, called, slack_s=rules.slack_s),
        doors=doors,
        links=links,
        change_s=change_s,
        stops=stops,
    )
