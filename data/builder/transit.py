"""Two timetables in GTFS: today's, and that of 2009, before the second tram line."""

from __future__ import annotations

import io
import itertools
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
import shapely.ops
from pyproj import Transformer
from shapely import LineString

from builder import facts
from builder.calendar_fr import PERIODS, calendar_dates, calendar_rows
from builder.growth import centre_of
from builder.landscape import Landscape
from builder.lines import BUSES, T1_STOPS, T2_STOPS, TRUNK_STOPS, BusLine, bands
from builder.network import GRID, Edges, Key

__all__ = ["write_feeds"]

# School-term weekdays, holiday weekdays, Saturdays, Sundays; the letter goes into trip ids.
SERVICES = {"SCO": "L", "VAC": "V", "SAM": "S", "DIM": "D"}
TRAM_HEADWAYS = {"T1": (6, 10, 10, 12, 20), "T2": (8, 10, 12, 15, 25)}
TRAM_KMH, BUS_KMH = 20.0, 17.5


@dataclass
class Stop:
    """A place where vehicles call."""

    id: str
    name: str
    xy: tuple[float, float]
    tram: bool


@dataclass
class Route:
    """A line ready to be written: stops in order and metres from the first."""

    id: str
    name: str
    tram: bool
    stops: list[Stop]
    metres: list[float]
    headways: tuple[int, int, int, int, int]


@dataclass
class StreetMap:
    """The street network as buses see it."""

    graph: nx.Graph
    nodes: np.ndarray
    keys: list[Key]
    edge_of: dict[tuple[Key, Key], int]
    names: list[str | None]
    lines: np.ndarray
    tree: shapely.STRtree = field(repr=False)


def _street_map(edges: Edges, names: list[str | None]) -> StreetMap:
    cost = {"primary": 0.65, "secondary": 0.7, "residential": 1.0}
    graph = nx.Graph()
    edge_of = {}
    lengths = shapely.length(edges.lines)
    for i, (u, v, kind) in enumerate(zip(edges.u, edges.v, edges.kind, strict=True)):
        if kind in cost:
            weight = float(lengths[i]) * cost[kind]
            if not graph.has_edge(u, v) or graph[u][v]["weight"] > weight:
                graph.add_edge(u, v, weight=weight)
                edge_of[(u, v)] = edge_of[(v, u)] = i
    biggest = max(nx.connected_components(graph), key=len)
    keys = sorted(biggest)
    return StreetMap(graph, np.array(keys) * GRID, keys, edge_of, names, edges.lines,
                     shapely.STRtree(edges.lines))  # fmt: skip


def _path(streets: StreetMap, anchors: list[tuple[float, float]]) -> LineString:
    nodes = [
        streets.keys[int(np.hypot(*(streets.nodes - np.array(a)).T).argmin())] for a in anchors
    ]
    coords: list[tuple[float, float]] = []
    for start, end in itertools.pairwise(nodes):
        walk = nx.shortest_path(streets.graph, start, end, weight="weight")
        for a, b in itertools.pairwise(walk):
            line = np.asarray(streets.lines[streets.edge_of[(a, b)]].coords)
            if (round(line[0][0] / GRID), round(line[0][1] / GRID)) != a:
                line = line[::-1]
            coords += [tuple(p) for p in line]
    return LineString(coords)


class _Places:
    """The stops made so far; a new one close to an old one is the old one."""

    def __init__(self, communes: gpd.GeoDataFrame, streets: StreetMap) -> None:
        self.communes, self.streets = communes, streets
        self.outlines = shapely.STRtree(communes.geometry.array)
        self.made: list[Stop] = []
        self.used: dict[str, int] = {}

    def commune_at(self, point: shapely.Point) -> int | None:
        found = self.outlines.query(point, predicate="within")
        return int(found[0]) if len(found) else None

    def bus(self, point: shapely.Point) -> Stop | None:
        where = self.commune_at(point)
        if where is None or self.communes["id"].iat[where] in facts.UNSERVED:
            return None
        for stop in self.made:
            if not stop.tram and np.hypot(stop.xy[0] - point.x, stop.xy[1] - point.y) < 130:
                return stop
        street = self.streets.names[int(self.streets.tree.nearest(point))] or "Chemin"
        name = f"{self.communes['name'].iat[where]} {street}"
        self.used[name] = self.used.get(name, 0) + 1
        if self.used[name] > 1:
            name = f"{name} {self.used[name]}"
        stop = Stop(f"B{len(self.made) + 1:03d}", name, (point.x, point.y), False)
        self.made.append(stop)
        return stop


def _bus_route(line: BusLine, places: _Places, centres: dict[str, tuple[float, float]]) -> Route:
    anchors = [centres[a] if isinstance(a, str) else facts.metres(a) for a in line.via]
    path = _path(places.streets, anchors)
    stops: list[Stop] = []
    metres: list[float] = []
    at, last = 0.0, -1e9
    near_centre = shapely.MultiPoint(list(centres.values())).buffer(900)
    while at <= path.length:
        point = path.interpolate(at)
        spacing = 380.0 if near_centre.contains(point) else 560.0
        if at - last >= spacing or path.length - at < 1.0:
            stop = places.bus(point)
            if stop is not None and stop not in stops:
                stops.append(stop)
                metres.append(at)
                last = at
        at = min(at + 45.0, path.length) if at < path.length else at + 1.0
    return Route(line.number, line.name, False, stops, metres, line.headways)


def _tram_stops(line: LineString, names: tuple[str, ...], first: int, skip: int) -> list[Stop]:
    share = np.linspace(0.0, 1.0, len(names) + skip)[skip:]
    stops = []
    for k, (name, s) in enumerate(zip(names, share, strict=True)):
        point = line.interpolate(float(s), normalized=True)
        stops.append(Stop(f"T{first + k:02d}", name, (point.x, point.y), True))
    return stops


def _tram_routes(land: Landscape, feed: str) -> list[Route]:
    junction = shapely.Point(facts.metres(facts.TRUNK[-1]))
    line = land.trams["T1"]
    cut = line.project(junction)
    trunk = shapely.ops.substring(line, 0, cut)
    shared = _tram_stops(trunk, TRUNK_STOPS, 1, 0)
    routes = []
    for name, names, first in (("T1", T1_STOPS, 14), ("T2", T2_STOPS, 29)):
        if name == "T2" and feed == "2009":
            continue
        whole = land.trams[name]
        rest = shapely.ops.substring(whole, whole.project(junction), whole.length)
        stops = shared + _tram_stops(rest, names, first, 1)
        metres = [whole.project(shapely.Point(s.xy)) for s in stops]
        title = "Université – Denain" if name == "T1" else "Université – Vieux-Condé"
        routes.append(Route(name, title, True, stops, metres, TRAM_HEADWAYS[name]))
    return routes


def _departures(service: str, route: Route) -> list[int]:
    out: list[int] = []
    clock = 0.0
    for start, end, headway in bands(service, route.headways, late=route.tram):
        clock = max(clock, float(start))
        while headway and clock < end:
            out.append(int(clock))
            clock += headway
    return out


def _minutes(route: Route) -> list[int]:
    speed = (TRAM_KMH if route.tram else BUS_KMH) * 1000 / 60
    minutes = [round(m / speed) for m in route.metres]
    return [m - minutes[0] for m in minutes]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def _trips(routes: list[Route]) -> tuple[list[str], list[str]]:
    trips, times = [], []
    for number, route in enumerate(routes):
        run = _minutes(route)
        for direction in (0, 1):
            order = route.stops if direction == 0 else route.stops[::-1]
            offsets = run if direction == 0 else [run[-1] - m for m in run[::-1]]
            platform = ("A", "B")[direction] if route.tram else ""
            for service, letter in SERVICES.items():
                for k, start in enumerate(_departures(service, route)):
                    begin = start + (number * 3 + direction * 4) % 9
                    trip = f"{route.id}{letter}{direction}{k:03d}"
                    trips.append(f"{route.id},{service},{trip},{order[-1].name},{direction}")
                    for s, (stop, offset) in enumerate(zip(order, offsets, strict=True), 1):
                        at = _clock(begin + offset)
                        times.append(f"{trip},{at},{at},{stop.id}{platform},{s}")
    return trips, times


def _stop_rows(routes: list[Route]) -> list[str]:
    to_wgs = Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)
    stops = {stop.id: stop for route in routes for stop in route.stops}
    rows = []
    for key in sorted(stops):
        stop = stops[key]
        lon, lat = to_wgs.transform(*stop.xy)
        where = f"{lat:.6f},{lon:.6f}"
        if stop.tram:
            rows.append(f"{key},{stop.name},{where},1,")
            rows += [f"{key}{p},{stop.name},{where},0,{key}" for p in "AB"]
        else:
            rows.append(f"{key},{stop.name},{where},0,")
    return rows


def _tables(feed: str, routes: list[Route]) -> dict[str, list[str]]:
    first, last, _, _ = PERIODS[feed]
    trips, times = _trips(routes)
    kind = {True: 0, False: 3}
    return {
        "agency.txt": ["agency_id,agency_name,agency_url,agency_timezone,agency_lang",
                       "SYN,SYNTHETIC demonstration network,https://example.org,Europe/Paris,fr"],
        "calendar.txt": ["service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                         "start_date,end_date", *calendar_rows(feed)],
        "calendar_dates.txt": ["service_id,date,exception_type", *calendar_dates(feed)],
        "feed_info.txt": ["feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,"
                          "feed_end_date,feed_version",
                          f"SYNTHETIC timetable (not the operator's),https://example.org,fr,"
                          f"{first:%Y%m%d},{last:%Y%m%d},synthetic-{feed}"],
        "routes.txt": ["route_id,agency_id,route_short_name,route_long_name,route_type",
                       *[f"{r.id},SYN,{r.id},{r.name},{kind[r.tram]}" for r in routes]],
        "stop_times.txt": ["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *times],
        "stops.txt": ["stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
                      *_stop_rows(routes)],
        "trips.txt": ["route_id,service_id,trip_id,trip_headsign,direction_id", *trips],
    }  # fmt: skip


def _zip(path: Path, tables: dict[str, list[str]]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(tables):
            # A fixed date: the same timetable gives the same bytes.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, "\n".join(tables[name]) + "\n")
    path.write_bytes(buffer.getvalue())


def write_feeds(
    folder: Path,
    communes: gpd.GeoDataFrame,
    land: Landscape,
    edges: Edges,
    names: list[str | None],
) -> None:
    """Write both feeds."""
    streets = _street_map(edges, names)
    places = _Places(communes, streets)
    centres = {row.id: centre_of(row) for row in communes.itertuples()}
    buses = {line.number: _bus_route(line, places, centres) for line in BUSES}
    for feed in ("today", "2009"):
        routes = _tram_routes(land, feed)
        routes += [buses[line.number] for line in BUSES if feed in line.feeds]
        _zip(folder / f"transit-{feed}.zip", _tables(feed, routes))
