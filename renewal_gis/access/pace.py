"""From costs in decimetres of flat walking to minutes, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renewal_gis.access.heap import FAR
from renewal_gis.access.streets import DECIMETRES
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["limits_dm", "minutes", "per_minute"]

_DAY_MIN = 1440.0
_FASTEST_KM_H = 50.0  # nobody walks as fast; a cyclist may


def per_minute(speed_km_h: float | None) -> float:
    """Return the decimetres walked in a minute; the assumption `walk_speed` by default."""
    speed = assumption("walk_speed").value if speed_km_h is None else speed_km_h
    if not 0 < speed <= _FASTEST_KM_H:
        raise UsageError(
            f"The walking speed must be above zero and at most {_FASTEST_KM_H:g}, got {speed!r} km/h."
        )
    return speed * 1000 * DECIMETRES / 60


def limits_dm(limits_min: Sequence[float], speed_km_h: float | None) -> npt.NDArray[np.int32]:
    """Return walking times as whole decimetres, ascending; a place just at the limit is within."""
    held = np.asarray(limits_min, dtype=float)
    if not len(held) or not ((held > 0) & (held <= _DAY_MIN)).all():
        raise UsageError(
            f"Walking times must be minutes above zero, a day at most, got {list(limits_min)!r}."
        )
    if len(set(held.tolist())) < len(held):
        raise UsageError(f"A walking time is named twice: {list(limits_min)!r}.")
    pace = per_minute(speed_km_h)
    # The small addition keeps 10 min at 4.8 km/h at 8 000 dm when the product falls just short.
    return np.floor(np.sort(held) * pace + 1e-6).astype(np.int32)


def minutes(cost_dm: npt.NDArray[np.int32], speed_km_h: float | None) -> npt.NDArray[np.float64]:
    """Return costs as minutes; NaN where nothing is reached."""
    walked = cost_dm / per_minute(speed_km_h)
    walked[cost_dm == FAR] = np.nan
    return walked
