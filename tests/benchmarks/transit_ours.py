"""What is measured of transit in the package, through its public functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import transit_cases as cases
from measuring import Clock
from transit_ferrobus import DEPARTURES, MINUTES, SPEED_M_S, TRANSFER_M, WALK_S, write_feed

from renewal_gis.access import Joined, Network, join, street_network
from renewal_gis.access.conventions import R5, Conventions
from renewal_gis.access.links import Links
from renewal_gis.access.transit import TransitTimes, _Search, transit_times
from renewal_gis.access.transit_networks import TransitNetwork, transit_network
from renewal_gis.schema import Schedule

Facts = dict[str, Any]

# As ferrobus walks and boards: its speed is fixed, it has no boarding slack and no longest journey.
LIKE_FERROBUS = Conventions(
    speed_km_h=SPEED_M_S * 3.6,
    max_walk_min=WALK_S / 60,
    max_transfer_m=TRANSFER_M,
    max_rides=3,
    slack_s=0,
    max_min=120.0,
    feed_transfers=False,
    on_demand=True,
)


def prepare(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Write the streets where they are generated, and the day's timetable as ferrobus reads it."""
    held, schedule = cases.CITIES[city], cases.schedule(city)
    if held.streets is None:
        xy, ends = cases.generated_streets(cases.stops_called(schedule, held.date))
        cases.write_streets(cases.street_file(city, folder), xy, ends, held.crs)
    streets = street_network(cases.streets(city, folder))
    if city != "demo":
        crossings, places = _on_crossings(schedule, _places(city, schedule, streets), streets)
        write_feed(folder / f"{city}-feed", schedule, held.date)
        write_feed(folder / f"{city}-crossings-feed", crossings, held.date)
        _places(city, schedule, streets).to_frame("geometry").to_parquet(folder / f"{city}.places")
        places.to_frame("geometry").to_parquet(folder / f"{city}-crossings.places")
    network = _network(city, schedule, streets)
    return {
        "crossings": len(streets.node_xy),
        "streets": len(streets.lines),
        "stops": len(network.patterns.stops),
        "runs": len(network.runs),
        "connections": int(len(network.runs.stop) - len(network.runs)),
    }


def matrix(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Every place to every place as R5 is asked: 120 departures, three percentiles, the long table."""
    schedule = clock.time("timetable", lambda: cases.schedule(city))
    return _matrix(clock, city, folder, times, schedule, R5)


def thrice(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """The same on a timetable three times the size."""
    return _matrix(clock, city, folder, times, cases.thrice(cases.schedule(city)), R5)


def like_ferrobus(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """The same, walking and boarding as ferrobus does."""
    return _matrix(clock, city, folder, times, cases.schedule(city), LIKE_FERROBUS)


def _matrix(
    clock: Clock, city: str, folder: Path, times: int, schedule: Schedule, rules: Conventions
) -> Facts:
    streets = street_network(cases.streets(city, folder))
    places = gpd.read_parquet(folder / f"{city}.places").geometry
    _network(city, schedule, streets, rules)  # compiles, or reads what was compiled
    network = clock.time("network", lambda: _network(city, schedule, streets, rules), times=times)
    few = join(places.iloc[:3], streets)
    transit_times(few, few, network).table()

    def work() -> TransitTimes:
        joined = join(places, streets)
        found = transit_times(joined, joined, network)
        found.table()
        return found

    found = clock.time("matrix", work, times=times)
    return {
        "reached": float((found.within > 0).mean()),
        "stops": len(network.patterns.stops),
        "runs": len(network.runs),
        "connections": int(len(network.runs.stop) - len(network.runs)),
    }


def cells(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Every inhabited cell of the demonstration to every cell."""
    streets = street_network(cases.streets("demo", folder))
    network = _network("demo", cases.schedule("demo"), streets)
    homes, targets = cases.inhabited_cells(), cases.all_cells()
    few = join(homes.iloc[:3], streets)
    transit_times(few, few, network).table()

    def work() -> int:
        found = transit_times(join(homes, streets), join(targets, streets), network)
        return len(found.table())

    rows = clock.time("cells", work, times=times)
    return {"origins": len(homes), "targets": len(targets), "rows": rows}


def buildings(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """75 000 buildings to 30 sites, and back."""
    streets = street_network(cases.streets("demo", folder))
    network = _network("demo", cases.schedule("demo"), streets)
    homes, sites = cases.buildings(), cases.sites()
    few = join(homes.iloc[:13], streets)
    transit_times(few, few.take(np.arange(13) < 1), network).table()
    transit_times(few, few, network).table()

    def work() -> list[float]:
        some, others = join(homes, streets), join(sites, streets)
        pairs = ((some, others), (others, some))
        names = ("to sites", "from sites")
        return [
            clock.time(name, lambda pair=pair: _share(transit_times(*pair, network)))
            for name, pair in zip(names, pairs, strict=True)
        ]

    shares = clock.time("buildings", work, times=times)
    return {"buildings": len(homes), "sites": len(sites), "reached": shares}


def answers(clock: Clock, city: str, folder: Path, times: int) -> Facts:
    """Keep the seconds of single departures, for the comparison with ferrobus."""
    schedule, streets = cases.schedule(city), street_network(cases.streets(city, folder))
    places = _places(city, schedule, streets)
    moved = _on_crossings(schedule, places, streets)
    for name, timetable, points in (("", schedule, places), ("-crossings", *moved)):
        for first_only in (False, True):
            found = [
                _departure(city, timetable, streets, join(points, streets), minute, first_only)
                for minute in DEPARTURES
            ]
            kept = f"ours-{city}{name}-{'nearest' if first_only else 'all'}.npy"
            np.save(folder / kept, np.stack(found))
    return {}


def _departure(
    city: str, schedule: Schedule, streets: Network, places: Joined, minute: int, first_only: bool
) -> npt.NDArray[np.float64]:
    """Return the seconds from place to place of one departure; NaN where none, or beyond two hours."""
    start = MINUTES[0] + minute
    window = tuple(f"{one // 60:02d}:{one % 60:02d}" for one in (start, start + 1))
    network = _network(city, schedule, streets, LIKE_FERROBUS, window)
    search = _Search(places, places, network, (50,))
    if first_only:
        search.access = _by_the_nearest_stop(search.access, network.links)
    seconds = search.forward()[0][:, :, 0].astype(float)
    seconds[seconds == 65_535] = np.nan
    return seconds


def _by_the_nearest_stop(access: Links, walks: Links) -> Links:
    """Return the walks to stops that lead by way of the nearest stop, as ferrobus takes them."""
    first, stop, walk_s = [0], [], []
    for place in range(len(access.first) - 1):
        if access.first[place] < access.first[place + 1]:
            nearest = access.stop[access.first[place]]
            here = access.walk_s[access.first[place]]
            onward = slice(walks.first[nearest], walks.first[nearest + 1])
            stop += [nearest, *walks.stop[onward]]
            walk_s += [here, *(here + walks.walk_s[onward])]
        first.append(len(stop))
    return Links(*(np.array(held, dtype=np.int32) for held in (first, stop, walk_s)))


def _network(
    city: str,
    schedule: Schedule,
    streets: Network,
    rules: Conventions = R5,
    window: tuple[str, ...] = cases.WINDOW,
) -> TransitNetwork:
    date = cases.CITIES[city].date
    return transit_network(schedule, streets, date=date, window=(window[0], window[1]), rules=rules)


def _places(city: str, schedule: Schedule, streets: Network) -> gpd.GeoSeries:
    held = cases.CITIES[city]
    return cases.places(cases.stops_called(schedule, held.date), _crossings(streets), held.crs)


def _crossings(streets: Network) -> npt.NDArray[np.float64]:
    return streets.node_xy[np.unique(streets.ends[streets.component == 0])]


def _on_crossings(
    schedule: Schedule, places: gpd.GeoSeries, streets: Network
) -> tuple[Schedule, gpd.GeoSeries]:
    nodes = _crossings(streets)
    stops = cases.on_crossings(schedule.stops.geometry, nodes, 100.0)
    moved = replace(schedule, stops=schedule.stops.set_geometry(stops))
    return moved, cases.on_crossings(places, nodes, np.inf)


def _share(found: TransitTimes) -> float:
    found.table()
    return float((found.within > 0).mean())


QUESTIONS: dict[str, Callable[[Clock, str, Path, int], Facts]] = {
    one.__name__: one for one in (prepare, matrix, thrice, like_ferrobus, cells, buildings, answers)
}
