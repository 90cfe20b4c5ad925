"""What the server itself may leave out of a table that tells its places in columns, as SQL."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from renewal_gis.sources.postgis_connecting import literal, quoted

__all__ = ["Bounds", "Cut", "Written", "any_of", "in_bounds", "listing"]

# Kind of each column by name → a condition; empty: all rows are wanted.
Cut = Callable[[Mapping[str, str]], str]
Bounds = tuple[float, float, float, float]
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
# As `decimal_text` reads numbers: a comma is a decimal sign, blanks stand between thousands.
_COMMA, _POINT = ", \t\r\n\u00a0", "."  # each by the other; what has none is left out
_NUMBERS = frozenset({"smallint", "integer", "bigint", "real", "double precision", "numeric"})


@dataclass(frozen=True, kw_only=True)
class Written:
    """Where a coordinate is written: in a column of one of these names, or in a part of its text.

    Parameters
    ----------
    names
        Names the column has in any vintage, whatever their case.
    pattern
        The part of the text that is the number, in brackets; empty: all of it.
    """

    names: tuple[str, ...]
    pattern: str = ""


def in_bounds(
    *,
    x: Written,
    y: Written,
    bounds: Bounds,
    codes: Sequence[str],
    named: tuple[str, ...] = (),
    unreadable: bool = False,
) -> Cut:
    """Return a cut to a box; rows that name one of the communes, or none, are wanted wherever they lie.

    Parameters
    ----------
    x, y
        Where the coordinates are written; what is no number there lies in no box.
    bounds
        West, south, east, north, in the system of the coordinates.
    codes
        The communes, in the column of one of the names `named`.
    unreadable
        Rows whose coordinates are none are wanted too: the reader tells them one by one.
    """

    def condition(held: Mapping[str, str]) -> str:
        columns = [_column(held, one.names) for one in (x, y)]
        west, south, east, north = map(float, bounds)
        if None in columns or not all(map(math.isfinite, (west, south, east, north))):
            return ""
        across, up = (
            _number(str(column), held[str(column)], one.pattern)
            for column, one in zip(columns, (x, y), strict=True)
        )
        box = f"({across} BETWEEN {west!r} AND {east!r} AND {up} BETWEEN {south!r} AND {north!r})"
        if unreadable:
            box = f"({box} OR {across} IS NULL OR {up} IS NULL)"
        column = _column(held, named)
        if column is None:
            return box
        text = f"trim({quoted(column)}::text)"
        return f"({box} OR {quoted(column)} IS NULL OR {text} = '' OR {_among(text, codes)})"

    return condition


def any_of(names: tuple[str, ...], values: Collection[str]) -> Cut:
    """Return a cut to the rows whose column is one of the values."""

    def condition(held: Mapping[str, str]) -> str:
        column = _column(held, names)
        return "" if column is None else _among(f"{quoted(column)}::text", sorted(values))

    return condition


def listing(names: tuple[str, ...], values: Sequence[str]) -> Cut:
    """Return a cut to the rows whose column names one of the values in its text."""

    def condition(held: Mapping[str, str]) -> str:
        column = _column(held, names)
        if column is None or not values:
            return ""
        found = (f"strpos({quoted(column)}::text, {literal(one)}) > 0" for one in values)
        return f"({' OR '.join(found)})"

    return condition


def _column(held: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    folded = {name.strip().casefold(): name for name in held}
    return next((folded[one.casefold()] for one in names if one.casefold() in folded), None)


def _number(name: str, kind: str, pattern: str) -> str:
    column = quoted(name)
    if kind in _NUMBERS and not pattern:
        return f"{column}::double precision"
    text = f"substring({column}::text from {literal(pattern)})" if pattern else f"{column}::text"
    plain = f"translate({text}, {literal(_COMMA)}, {literal(_POINT)})"
    # A text that is no number would stop the query.
    return f"(CASE WHEN {plain} ~ {literal(_NUMBER)} THEN {plain}::double precision END)"


def _among(text: str, values: Sequence[str]) -> str:
    if not values:
        return "false"
    return f"{text} = ANY (ARRAY[{', '.join(map(literal, values))}])"
