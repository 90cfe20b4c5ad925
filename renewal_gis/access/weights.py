"""Weights a caller gives: checked once, in one place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import UsageError

__all__ = ["numbers_on"]


def numbers_on(values: pd.Series, index: pd.Index, what: str) -> npt.NDArray[np.float64]:
    """Return weights as numbers, a missing one as 0.

    Raises
    ------
    UsageError
        When they are not on the index, are text, are infinite, or are below zero.
    """
    if not values.index.equals(index):
        raise UsageError(f"{what} must be on the index of the places that were joined.")
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = values.notna().to_numpy() & ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        row, value = values.index[bad][0], values[bad].tolist()[0]
        name = f"{what} ({values.name})" if values.name else what
        raise UsageError(
            f"{name} must be finite numbers from 0 on, found {value!r} at {row!r}"
            f" ({int(bad.sum())} such row(s))."
        )
    held: npt.NDArray[np.float64] = np.nan_to_num(numbers, nan=0.0)
    return held
