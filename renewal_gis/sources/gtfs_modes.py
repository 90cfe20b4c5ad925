"""The mode of a line of a timetable, from its route type."""

from __future__ import annotations

__all__ = ["MODE_ORDER", "mode_of"]

# From the best to the last, as in the service levels of the Swiss norm SN 640 290: rail, then
# metro and tram, then bus; what must be ordered beforehand comes last.
MODE_ORDER = ("rail", "metro", "tram", "bus", "other", "on_demand")

# GTFS reference, routes.txt, route_type; the three-digit codes are the extended route types,
# taken by hundreds but for those given one by one.
_BASIC = {
    0: "tram", 1: "metro", 2: "rail", 3: "bus", 4: "other", 5: "tram", 6: "other", 7: "other",
    11: "bus", 12: "metro",
}  # fmt: skip
_HUNDREDS = {
    1: "rail", 2: "bus", 3: "rail", 4: "metro", 5: "metro", 6: "metro", 7: "bus", 8: "bus",
    9: "tram", 10: "other", 11: "other", 12: "other", 13: "other", 14: "other", 15: "on_demand",
    16: "other", 17: "other",
}  # fmt: skip
_SINGLE = {715: "on_demand"}


def mode_of(route_type: str | None) -> str:
    """Return the mode of a GTFS route type, basic or extended.

    Examples
    --------
    >>> mode_of("0"), mode_of("704"), mode_of("715"), mode_of("109")
    ('tram', 'bus', 'on_demand', 'rail')
    """
    # Digits such as "²" are digits to Python and no number.
    if route_type is None or not (route_type.isascii() and route_type.isdigit()):
        return "other"
    code = int(route_type[:9])
    if code < 100:
        return _BASIC.get(code, "other")
    return _SINGLE.get(code) or _HUNDREDS.get(code // 100, "other")
