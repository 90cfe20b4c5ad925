"""What every comparison asks of its tables, told in one sentence before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import DataError, UsageError

__all__ = [
    "Floats",
    "nearest",
    "numbers",
    "refuse_empty",
    "require_measures",
    "share_one_index",
    "weights",
]

Floats = npt.NDArray[np.float64]


def share_one_index(index: pd.Index, **tables: pd.Series | pd.DataFrame | None) -> None:
    """Refuse tables that do not stand on one index.

    Raises
    ------
    UsageError
        When a table that is given stands on another index.
    """
    if any(table is not None and not index.equals(table.index) for table in tables.values()):
        raise UsageError(f"measures, {' and '.join(tables)} must share one index.")


def require_measures(asked: Iterable[str], known: Iterable[str]) -> None:
    """Refuse limits of a measure that is not there; the nearest name is told.

    Raises
    ------
    UsageError
        When a measure asked for is no column.
    """
    names = [str(name) for name in known]
    for name in asked:
        if name not in names:
            raise UsageError(f"edges: no measure is called {name!r}.{nearest(name, names)}")


def weights(weight: pd.Series, name: str = "weight") -> Floats:
    """Return weights as numbers; each is finite and none is negative.

    Raises
    ------
    DataError
        When a weight is missing, infinite or negative.
    """
    held = numbers(weight)
    wrong = ~np.isfinite(held) | (held < 0)
    if wrong.any():
        raise DataError(
            f"{name}: {int(wrong.sum())} of {len(held)} rows hold no number of 0 or more, the first "
            f"is row {weight.index[wrong][0]}. Fill them, or leave these rows out."
        )
    return held


def numbers(column: pd.Series) -> Floats:
    """Return a column as numbers, NaN where it is missing."""
    held: Floats = column.to_numpy(dtype=float, na_value=np.nan)
    return held


def refuse_empty(sector: pd.Series, weight: Floats, names: Iterable[str]) -> None:
    """Refuse a sector without any dwelling.

    Raises
    ------
    DataError
        When a named sector holds no row, or rows without dwellings; the nearest name is told.
    """
    present = {str(name) for name in sector[weight > 0].dropna().unique()}
    for name in names:
        if name not in present:
            raise DataError(
                f"The sector {name!r} is empty: no dwelling lies in it.{nearest(name, present)} "
                "Correct its communes under [sectors], or compare other sectors."
            )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known name, or the first ones when none is near."""
    names = sorted(map(str, known))
    folded = {held.casefold(): held for held in reversed(names)}
    near = get_close_matches(str(name).casefold(), folded, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {folded[near[0]]!r}?"
    shown = ", ".join(names[:8]) + ("…" if len(names) > 8 else "")
    return f" Known: {shown}." if names else ""
