"""The order of calls: by trip, then by rank along the trip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["in_order", "repeats"]

Positions = npt.NDArray[np.int32]
Chosen = npt.NDArray[np.int64] | slice


def in_order(trip: Positions, rank: Positions, out: npt.NDArray[np.bool_]) -> Chosen:
    """Return which rows to take, and in which order: by trip, then by rank, then as in the file.

    Parameters
    ----------
    trip, rank
        Trip of each row and its rank along the trip.
    out
        Rows not to take.

    Returns
    -------
    numpy.ndarray or slice
        Places of the rows; a slice of all when they stand in order already.

    Examples
    --------
    >>> trip, rank = np.array([1, 1, 0, 0]), np.array([1, 2, 7, 5])
    >>> in_order(trip, rank, np.zeros(4, dtype=bool)).tolist()
    [3, 2, 0, 1]
    """
    if out.any():
        held = np.flatnonzero(~out)
        return np.asarray(held[_sorting(trip[held], rank[held])])
    return _sorting(trip, rank)


def _sorting(trip: Positions, rank: Positions) -> Chosen:
    if len(trip) == 0:
        return slice(None)
    breaks = trip[1:] != trip[:-1]
    if not ((rank[1:] > rank[:-1]) | breaks).all():
        return np.asarray(np.lexsort((rank, trip)))
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    first = trip[starts]
    if (first[1:] > first[:-1]).all():
        return slice(None)
    # Trips are whole and in order but stand elsewhere than in trips.txt: whole trips are moved.
    moved = np.argsort(first, kind="stable")
    if (first[moved][1:] == first[moved][:-1]).any():
        return np.asarray(np.lexsort((rank, trip)))
    lengths = np.diff(np.append(starts, len(trip)))[moved]
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(len(trip)) + np.repeat(starts[moved] - (ends - lengths), lengths))


def repeats(trip: Positions, rank: Positions, chosen: Chosen) -> npt.NDArray[np.int64]:
    """Return the rows that have the trip and the rank of a row before them in order."""
    if isinstance(chosen, slice):
        # Only rows whose ranks grow along each trip are taken as they stand.
        return np.empty(0, dtype=np.int64)
    trips, ranks = trip[chosen], rank[chosen]
    same = (trips[1:] == trips[:-1]) & (ranks[1:] == ranks[:-1])
    return np.sort(chosen[1:][same])
