"""Rows that stand together by group: where each group starts, and the rows of some groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewal_gis.access.streets import Ints

__all__ = ["spans", "starts_of"]

Longs = npt.NDArray[np.int64]


def starts_of(group: npt.NDArray[np.integer], groups: int) -> Ints:
    """Return where the rows of each group start once they are sorted by group, and where they end.

    Examples
    --------
    >>> starts_of(np.array([2, 0, 2]), 3).tolist()
    [0, 1, 1, 3]
    """
    first = np.zeros(groups + 1, dtype=np.int32)
    np.cumsum(np.bincount(group, minlength=groups), out=first[1:])
    return first


def spans(first: npt.NDArray[np.integer], count: npt.NDArray[np.integer]) -> Longs:
    """Return so many whole numbers from each first one on, one span after the other.

    Examples
    --------
    >>> spans(np.array([10, 0, 7]), np.array([3, 0, 2])).tolist()
    [10, 11, 12, 7, 8]
    """
    ends = np.cumsum(count, dtype=np.int64)
    size = ends[-1] if len(ends) else 0
    return np.arange(size, dtype=np.int64) + np.repeat(first - (ends - count), count)
