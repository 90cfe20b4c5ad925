"""Times of calls: read from text, put in order along a trip, spread where they are blank."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

__all__ = ["BAD", "BLANK", "mended", "seconds_of", "spread", "whole_number"]

BLANK, BAD = -1, -2
_DAY_S = 86_400
# A time that falls back is read as the next day's when the trip then goes on within six hours.
_LONGEST_STEP_S = 6 * 3600
_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}(\.0+)?", re.ASCII)

Seconds = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def seconds_of(texts: npt.NDArray[np.object_]) -> Seconds:
    """Return times such as `7:05:09` or `25:10:00` in seconds; `BAD` where a text is no time.

    Examples
    --------
    >>> seconds_of(np.array(["7:05:09", "25:10:00", "7h05"], dtype=object)).tolist()
    [25509, 90600, -2]
    """
    seconds = np.full(len(texts), BAD, dtype=np.int32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    usual = np.flatnonzero(lengths == 8)
    joined = "".join(texts[usual].tolist()).encode("ascii", errors="replace")
    signs = np.frombuffer(joined, dtype=np.uint8).reshape(len(usual), 8)
    digits = signs[:, [0, 1, 3, 4, 6, 7]].astype(np.int32) - ord("0")
    sane = (signs[:, [2, 5]] == ord(":")).all(axis=1) & ((digits >= 0) & (digits <= 9)).all(axis=1)
    sane &= (digits[:, 2] < 6) & (digits[:, 4] < 6)
    weights = np.array([36_000, 3_600, 600, 60, 10, 1], dtype=np.int32)
    seconds[usual[sane]] = (digits @ weights)[sane]
    for place in np.flatnonzero(lengths != 8):
        seconds[place] = _seconds(texts[place])
    return seconds


def _seconds(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        return BAD
    hours, minutes, rest = (int(part) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def whole_number(text: str) -> float:
    """Return a whole number, `-3` or `12.0` being one; NaN for any other text.

    Examples
    --------
    >>> whole_number("-3"), whole_number("12.0"), whole_number("1.5")
    (-3.0, 12.0, nan)
    """
    return float(text) if _WHOLE.fullmatch(text) else float("nan")


def mended(arrival: Seconds, departure: Seconds) -> tuple[Seconds, Seconds, int] | None:
    """Put the times of one trip in order where that can be done in one way only.

    Parameters
    ----------
    arrival, departure
        Times of the timed calls of a trip, at least one of which falls back.

    Returns
    -------
    tuple or None
        Arrivals, departures, and the place of the call to leave out (-1 for none). None when there is
        no way, or more than one. A time just after midnight written `00:10` after `23:50` is 24:10.
        A single call whose absence puts the others in order is at fault.

    Examples
    --------
    >>> late, early = np.array([85800, 600], dtype=np.int32), np.array([85800, 660], dtype=np.int32)
    >>> [one.tolist() for one in mended(late, early)[:2]]
    [[85800, 87000], [85800, 87060]]
    """
    events = np.column_stack([arrival, departure]).ravel().astype(np.int64)
    place = _unwound(events)
    if place < 0:
        return _both(events, -1)
    # Only the call that falls back, or the one before it, can be the one at fault.
    found = []
    for call in sorted({place // 2, max(place - 1, 0) // 2}):
        left = np.delete(np.column_stack([arrival, departure]), call, axis=0).ravel()
        rest = left.astype(np.int64)
        if _unwound(rest) < 0:
            found.append((rest, call))
    return _both(*found[0]) if len(found) == 1 else None


def _both(events: npt.NDArray[np.int64], call: int) -> tuple[Seconds, Seconds, int]:
    pairs = events.reshape(-1, 2).astype(np.int32)
    return pairs[:, 0], pairs[:, 1], call


def _unwound(events: npt.NDArray[np.int64]) -> int:
    """Add days after each passage of midnight, in place; return the first event still out of order."""
    added, before = 0, -(10**9)
    for place, event in enumerate(events.tolist()):
        now = event + added
        if now < before:
            if before - now < _DAY_S - _LONGEST_STEP_S or now + _DAY_S < before:
                return place
            added += _DAY_S
            now += _DAY_S
        events[place] = before = now
    return -1


def spread(
    timed: Mask,
    arrival: Seconds,
    departure: Seconds,
    measures: tuple[npt.NDArray[np.float64], ...],
) -> Seconds:
    """Return the times of blank calls, by distance between the timed calls around them.

    Parameters
    ----------
    timed
        Which calls have a time; the first and the last of every trip do.
    arrival, departure
        Times of the timed calls.
    measures
        Distance along the trip, best first: metres or any unit, growing from call to call, NaN where
        unknown. The first that is known and grows between two timed calls serves there; the last must
        always. Distances are only compared within a trip.

    Returns
    -------
    numpy.ndarray
        Whole seconds, rounded down; shape (calls,). Timed calls keep their departure.
    """
    place = np.arange(len(timed))
    lower = np.maximum.accumulate(np.where(timed, place, 0))
    upper = np.minimum.accumulate(np.where(timed, place, len(timed) - 1)[::-1])[::-1]
    blank = np.flatnonzero(~timed)
    low, high = lower[blank], upper[blank]
    share = np.full(len(blank), np.nan)
    for measure in measures:
        step = np.diff(measure, prepend=0.0)
        poor = np.concatenate([[0], np.cumsum(~(step >= 0))])
        usable = poor[high + 1] - poor[low + 1] == 0
        length = measure[high] - measure[low]
        with np.errstate(invalid="ignore"):
            usable &= np.isnan(share) & (length > 0)
        along = measure[blank] - measure[low]
        share[usable] = along[usable] / length[usable]
    filled = departure.copy()
    span = (arrival[high] - departure[low]).astype(np.float64)
    # A hair is added so that a third of three minutes is a minute.
    filled[blank] = departure[low] + np.floor(share * span + 1e-6).astype(np.int32)
    return filled
