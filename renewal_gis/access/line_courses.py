"""How a line is drawn: along its published course where there is one, else from stop to stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import ops

from renewal_gis.assumptions import assumption

__all__ = ["DrawnLine", "Pattern", "Stations", "drawn_line", "places_along"]

# A course that is only looked at is simplified by this much; a street is wider.
_DRAWN_M = 3.0
# Stops are looked for in pieces of a course: no longer than half a street block, but for courses
# across a country, which have so many of them.
_PIECE_M = 50.0
_PIECES = 20_000

Stations = tuple[int, ...]
Hop = tuple[int, int]
Floats = npt.NDArray[np.float64]


class Pattern(NamedTuple):
    """The runs of a line that call at the same stations.

    Attributes
    ----------
    runs
        How many there are that day.
    course
        The course most of them follow; None when none is published.
    stops
        Where they call, metres east and north, one row per call; NaN where that is unknown.
    """

    runs: int
    course: shapely.LineString | None
    stops: Floats


@dataclass(frozen=True, kw_only=True)
class DrawnLine:
    """The shape of a line in one direction.

    Attributes
    ----------
    shape
        Every hop once, and the hop before or after a branch again where the branch passes its stop
        elsewhere than the line; empty when fewer than two of the stations have places of their own.
    followed, straight
        How many hops follow a published course, and how many go straight.
    far
        Stations of a run with a course that lie too far from it, where it is their turn.
    """

    shape: shapely.Geometry
    followed: int
    straight: int
    far: int


def drawn_line(
    patterns: Mapping[Stations, Pattern], places: Sequence[shapely.Point | None]
) -> DrawnLine:
    """Draw the hops of a line, each once: along a course where one is published, else straight.

    Parameters
    ----------
    patterns
        The stations each run calls at, in order, with what is known of these runs.
    places
        Where each station is drawn; None when that is unknown.
    """
    held = {
        calls: [k for k, one in enumerate(calls) if places[one] is not None] for calls in patterns
    }
    hops = _kept_hops([[calls[k] for k in rows] for calls, rows in held.items()])
    drawing = _Drawing(left=set(hops))
    # The course that most runs follow comes first; sorting keeps the order of the trips.
    for calls in sorted(patterns, key=lambda one: (-patterns[one].runs, -len(one))):
        course = patterns[calls].course
        route = [calls[k] for k in held[calls]]
        if course is not None and not drawing.left.isdisjoint(pairwise(route)):
            stops = _located(patterns[calls], held[calls], calls, places)
            drawing.follow(route, stops, course)
    ends = drawing.ends
    straight = [
        shapely.LineString([ends.get(start, places[start]), ends.get(end, places[end])])
        for start, end in hops
        if (start, end) in drawing.left
    ]
    # Two stops at one place need no line between them.
    segments = [*drawing.pieces, *(one for one in straight if one.length)]
    shape = shapely.line_merge(shapely.MultiLineString(segments)) if segments else None
    return DrawnLine(
        shape=shapely.LineString() if shape is None else shape,
        followed=len(hops) - len(straight),
        straight=len(straight),
        far=len(drawing.far),
    )


@dataclass(kw_only=True)
class _Drawing:
    """A line while it is drawn: the hops still left, the pieces of courses, where they pass stations."""

    left: set[Hop]
    pieces: list[shapely.LineString] = field(default_factory=list)
    ends: dict[int, shapely.Point] = field(default_factory=dict)
    far: set[int] = field(default_factory=set)

    def follow(self, route: list[int], stops: Floats, course: shapely.LineString) -> None:
        """Draw on a course the hops of a run that are left."""
        course = shapely.simplify(course, _DRAWN_M, preserve_topology=False)
        along, near = places_along(course, stops)
        self.far |= {station for station, close in zip(route, near, strict=True) if not close}
        passed = shapely.line_interpolate_point(course, along)
        for stretch in _stretches(route, near, self.left):
            first, last = _hung(*stretch, route, near, passed, self.ends)
            piece = ops.substring(course, along[first], along[last])
            if piece.length == 0:
                continue
            self.pieces.append(piece)
            self.left.difference_update(pairwise(route[first : last + 1]))
            for k in range(first, last + 1):
                self.ends.setdefault(route[k], passed[k])


class Along(NamedTuple):
    """Where stops stand along a course: metres from its start, never decreasing; and which are near it."""

    along: Floats
    near: npt.NDArray[np.bool_]


def places_along(course: shapely.LineString, stops: Floats) -> Along:
    """Find where the stops of a run stand along its course, in the order it calls at them.

    Parameters
    ----------
    course
        What the vehicle follows, in metres.
    stops
        Metres east and north, one row per call, in order.

    Returns
    -------
    Along
        The places that make the sum of the squared distances least, a stop beyond `course_reach` metres
        counting as if it were there: one stop that is far, or out of order, moves no other. So a course
        that passes a street twice, or comes back to where it began, is followed in its order.

    Examples
    --------
    >>> there_and_back = shapely.LineString([(0, 0), (1000, 0), (1000, 20), (0, 20)])
    >>> stops = np.array([[100.0, 10.0], [900.0, 10.0], [500.0, 10.0], [500.0, 400.0], [0.0, 10.0]])
    >>> found = places_along(there_and_back, stops)
    >>> found.along.tolist(), found.near.tolist()
    ([100.0, 900.0, 1520.0, 1520.0, 2020.0], [True, True, True, False, True])
    """
    reach = assumption("course_reach").value
    if course.length == 0 or not len(stops):
        return Along(np.zeros(len(stops)), np.zeros(len(stops), dtype=bool))
    start, way, begin = _pieces(course)
    back = np.empty((len(stops), len(start)), dtype=np.int32)
    every = np.arange(len(start), dtype=np.int32)
    best = np.zeros(len(start))
    for number, stop in enumerate(stops):
        least = np.minimum.accumulate(best)
        # The first piece that has the least sum up to here.
        fresh = np.concatenate([[True], least[1:] < least[:-1]])
        back[number] = np.maximum.accumulate(np.where(fresh, every, 0))
        distance, _ = _nearest(start, way, stop)
        best = least + np.minimum(distance, reach) ** 2
    piece = int(best.argmin())
    along, near = np.zeros(len(stops)), np.zeros(len(stops), dtype=bool)
    for number in range(len(stops) - 1, -1, -1):
        one = slice(piece, piece + 1)
        distance, share = _nearest(start[one], way[one], stops[number])
        near[number] = distance[0] <= reach
        along[number] = begin[piece] + share[0] * np.hypot(*way[piece])
        piece = int(back[number, piece])
    return Along(_never_back(along, near), near)


def _pieces(course: shapely.LineString) -> tuple[Floats, Floats, Floats]:
    """Return where each piece of a course starts, its way, and its metres from the start of the course."""
    fine = shapely.segmentize(course, max(_PIECE_M, course.length / _PIECES))
    corners = shapely.get_coordinates(fine)
    way = np.diff(corners, axis=0)
    length = np.hypot(way[:, 0], way[:, 1])
    long = length > 0
    return corners[:-1][long], way[long], (np.cumsum(length) - length)[long]


def _nearest(start: Floats, way: Floats, stop: Floats) -> tuple[Floats, Floats]:
    """Return how far a stop is from each piece, and at which share of the piece it is nearest."""
    share = np.clip(((stop - start) * way).sum(axis=1) / (way**2).sum(axis=1), 0.0, 1.0)
    gap = stop - start - share[:, None] * way
    # A stop without a place is near nothing.
    return np.nan_to_num(np.hypot(gap[:, 0], gap[:, 1]), nan=np.inf), np.nan_to_num(share)


def _never_back(along: Floats, near: npt.NDArray[np.bool_]) -> Floats:
    """Return places that never decrease: in one piece, two stops may stand in the other order."""
    return np.maximum.accumulate(np.where(near, along, 0.0))


def _located(
    pattern: Pattern, held: list[int], calls: Stations, places: Sequence[shapely.Point | None]
) -> Floats:
    """Return where a run calls: at its stops, or at the station of one without a place."""
    stops = pattern.stops[held].copy()
    for row in np.flatnonzero(np.isnan(stops).any(axis=1)):
        station = places[calls[held[row]]]
        if station is not None:
            stops[row] = station.x, station.y
    return stops


def _stretches(
    route: list[int], near: npt.NDArray[np.bool_], left: set[Hop]
) -> Iterator[tuple[int, int]]:
    """Yield the first and the last call of each stretch whose hops are to be drawn on the course."""
    first = last = None
    for k, (start, end) in enumerate(pairwise(route)):
        passed = near[k] and near[k + 1]
        if passed and (start, end) in left:
            first, last = k if first is None else first, k + 1
        # Two calls at one station are no hop: they part no stretch, and begin and end none.
        elif first is not None and last is not None and not (passed and start == end):
            yield first, last
            first = last = None
    if first is not None and last is not None:
        yield first, last


def _hung(
    first: int,
    last: int,
    route: list[int],
    near: npt.NDArray[np.bool_],
    passed: npt.NDArray[np.object_],
    ends: Mapping[int, shapely.Point],
) -> tuple[int, int]:
    """Return a stretch that meets what is drawn: one hop longer where it passes its end elsewhere."""

    def apart(k: int) -> bool:
        drawn = ends.get(route[k])
        return drawn is not None and drawn.distance(passed[k]) > _DRAWN_M

    if first > 0 and near[first - 1] and apart(first):
        first -= 1
    if last + 1 < len(route) and near[last + 1] and apart(last):
        last += 1
    return first, last


def _kept_hops(routes: list[list[int]]) -> list[Hop]:
    """Return the hops of a line once, but those of an express where other runs call in between."""
    hops = dict.fromkeys(hop for calls in routes for hop in pairwise(calls) if hop[0] != hop[1])
    kept = set(hops)
    for hop in hops:
        # Only what stays drawn may stand for a hop, so that no stop is lost.
        if any(kept.issuperset(pairwise(calls)) for calls in _detours(hop, routes)):
            kept.remove(hop)
    return [hop for hop in hops if hop in kept]


def _detours(hop: Hop, patterns: Iterable[list[int]]) -> Iterator[list[int]]:
    """Return how other runs get from one end of a hop to the other, with calls in between."""
    start, end = hop
    for calls in patterns:
        if start in calls:
            at = calls.index(start)
            if end in calls[at + 2 :]:
                between = calls[at : calls.index(end, at + 2) + 1]
                if end not in between[:-1]:
                    yield between
