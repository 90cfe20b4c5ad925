"""The section `[transit]` of a study file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from renewal_gis.access import OURS, R5, Conventions, Headway, NewLine
from renewal_gis.config.settings import Timetable, Transit, Walk
from renewal_gis.config.values import Values
from renewal_gis.errors import UsageError
from renewal_gis.schema import LayerSpec, clock_seconds
from renewal_gis.schema.codes import MODES

__all__ = ["read_transit"]

_KEYS = (
    "feeds", "date", "window", "saturday", "sunday", "holiday", "school_holidays",
    "conventions", "max_walk_min",
    "max_transfer_m", "max_transfers", "slack_s", "max_min", "on_demand", "thresholds_min",
    "isochrones_min", "before", "lines", "headways",
)  # fmt: skip
_DAYS = ("saturday", "sunday", "holiday")
_LINE_KEYS = ("name", "stops", "headway_min", "span", "mode", "speed_km_h", "minutes")
_USUAL_WINDOW = ("07:00", "09:00")

ReadLayer = Callable[[Any, str], LayerSpec | None]


def read_transit(
    values: Values, part: Mapping[str, Any], *, layer: ReadLayer, walk: Walk
) -> Transit:
    """Read the section, its faults kept in `values`.

    Parameters
    ----------
    values
        Keeps the faults.
    part
        The section as TOML gives it.
    layer
        Reads one feed as a layer is read.
    walk
        How people walk in this study: the speed of the walks to and from stops.
    """
    values.keys(part, _KEYS, "transit")
    held = _timetable(values, part, "transit", layer)
    usual = Transit(feeds=held.feeds, date=held.date)
    before = part.get("before")
    days = {name: day for name in _DAYS if (day := values.day(part, name, "transit")) is not None}
    isochrones = "isochrones_min" in part
    return Transit(
        feeds=held.feeds,
        date=held.date,
        window=_window(values, part, "window", "transit", _USUAL_WINDOW),
        days=days,
        school_holidays=_holidays(values, part.get("school_holidays", [])),
        rules=_rules(values, part, walk),
        thresholds_min=values.minutes(part, "thresholds_min", "transit", usual.thresholds_min),
        isochrones_min=values.minutes(part, "isochrones_min", "transit", (30.0,))
        if isochrones
        else (),
        before=None if before is None else _before(values, before, layer),
        changes=(*_lines(values, part), *_headways(values, part)),
    )


def _timetable(values: Values, part: Mapping[str, Any], where: str, layer: ReadLayer) -> Timetable:
    feeds = part.get("feeds")
    if not isinstance(feeds, list) or not feeds:
        values.fault(f"{where}.feeds", "must be a list of GTFS files or folders.")
        feeds = []
    specs = [layer(feed, f"{where}.feeds[{place}]") for place, feed in enumerate(feeds)]
    date = part.get("date")
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        values.fault(
            f"{where}.date", f"must be a day without quotes, such as 2026-03-10, got {date!r}."
        )
        date = dt.date.min
    return Timetable(feeds=tuple(spec for spec in specs if spec), date=date)


def _before(values: Values, part: Any, layer: ReadLayer) -> Timetable | None:
    where = "transit.before"
    if not isinstance(part, dict):
        values.fault(where, "must be a table, written [transit.before], with feeds and a date.")
        return None
    values.keys(part, ("feeds", "date"), where)
    return _timetable(values, part, where, layer)


def _holidays(values: Values, held: Any) -> tuple[tuple[dt.date, dt.date], ...]:
    sound = isinstance(held, list) and all(
        isinstance(one, list) and len(one) == 2 and all(type(day) is dt.date for day in one)
        for one in held
    )
    if not sound or any(first > last for first, last in held):
        values.fault(
            "transit.school_holidays",
            "must be a list of first and last days, such as [[2026-02-14, 2026-03-01]].",
        )
        return ()
    return tuple((first, last) for first, last in held)


def _window(
    values: Values, part: Mapping[str, Any], key: str, where: str, usual: tuple[str, str]
) -> tuple[str, str]:
    window = part.get(key, list(usual))
    if isinstance(window, list) and len(window) == 2:
        first, last = (clock_seconds(text) for text in window)
        if first is not None and last is not None and first < last:
            return window[0], window[1]
    values.fault(f"{where}.{key}", f'must be two times such as ["07:00", "09:00"], got {window!r}.')
    return usual


def _rules(values: Values, part: Mapping[str, Any], walk: Walk) -> Conventions:
    name = values.choice(part, "conventions", ("ours", "r5"), "transit", default="ours")
    usual = R5 if name == "r5" else OURS
    if (
        name == "ours" and 0 < walk.profile.speed_km_h <= 50
    ):  # another speed is a fault told already
        usual = replace(
            OURS, speed_km_h=walk.profile.speed_km_h, join_limit_m=walk.join_limit_m or 1.0
        )
    number = values.number
    transfers = number(part, "max_transfers", "transit", default=usual.max_rides - 1.0, most=9)
    if transfers < 0 or transfers != int(transfers):
        values.fault(
            "transit.max_transfers", f"must be a whole number from 0 on, got {transfers!r}."
        )
        transfers = 0
    slack = number(part, "slack_s", "transit", default=usual.slack_s)
    try:
        return replace(
            usual,
            max_walk_min=number(part, "max_walk_min", "transit", default=usual.max_walk_min),
            max_transfer_m=number(part, "max_transfer_m", "transit", default=usual.max_transfer_m),
            max_rides=int(transfers) + 1,
            slack_s=round(slack),
            max_min=number(part, "max_min", "transit", default=usual.max_min),
            on_demand=values.flag(part, "on_demand", "transit")
            if "on_demand" in part
            else usual.on_demand,
        )
    except UsageError as fault:
        values.fault("transit", str(fault))
        return usual


def _lines(values: Values, part: Mapping[str, Any]) -> list[NewLine]:
    made = []
    for place, entry in enumerate(_entries(values, part, "lines")):
        where = f"transit.lines[{place}]"
        values.keys(entry, _LINE_KEYS, where)
        before = len(values.faults)
        stops = _stops(values, entry.get("stops"), where)
        name = values.text(entry, "name", where, default="")
        if not name:
            values.fault(f"{where}.name", "is needed: the name riders would know the line by.")
        headway = values.number(entry, "headway_min", where, default=0.0)
        span = _window(values, entry, "span", where, ("06:00", "21:00"))
        mode = values.choice(entry, "mode", tuple(MODES), where, default="bus")
        given: dict[str, Any] = {}
        if "speed_km_h" in entry:
            given["speed_km_h"] = values.number(entry, "speed_km_h", where, default=18.0)
        if "minutes" in entry:
            given["minutes"] = tuple(values.numbers(entry, "minutes", where))
        if len(values.faults) > before:
            continue
        try:
            made.append(
                NewLine(
                    name=name, stops=stops, headway_min=headway, span=span,
                    mode=cast(Literal["bus"], mode), **given,
                )
            )  # fmt: skip
        except UsageError as fault:
            values.fault(where, str(fault))
    return made


def _stops(values: Values, held: Any, where: str) -> tuple[str | tuple[float, float], ...]:
    stops: list[str | tuple[float, float]] = []
    for stop in held if isinstance(held, list) else [None]:
        if isinstance(stop, str):
            stops.append(stop)
        elif (
            isinstance(stop, list)
            and len(stop) == 2
            and all(type(value) in (int, float) for value in stop)
        ):
            stops.append((float(stop[0]), float(stop[1])))
        else:
            values.fault(
                f"{where}.stops",
                "must be a list of stop identifiers in quotes, or of [x, y] in the study's system.",
            )
            break
    return tuple(stops)


def _headways(values: Values, part: Mapping[str, Any]) -> list[Headway]:
    made = []
    for place, entry in enumerate(_entries(values, part, "headways")):
        where = f"transit.headways[{place}]"
        values.keys(entry, ("line", "headway_min"), where)
        before = len(values.faults)
        line = values.text(entry, "line", where, default="")
        headway = values.number(entry, "headway_min", where, default=0.0)
        if len(values.faults) > before:
            continue
        try:
            made.append(Headway(line=line, headway_min=headway))
        except UsageError as fault:
            values.fault(where, str(fault))
    return made


def _entries(values: Values, part: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = part.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        values.fault(f"transit.{key}", f"must be tables written [[transit.{key}]].")
        return []
    return entries
