"""Decay functions: what a service is worth at so many minutes, from 1 at the door to 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renewal_gis.errors import UsageError

__all__ = ["Decay", "bands", "exponential", "gaussian", "linear", "power", "step"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Decay:
    """A decay function.

    Parameters
    ----------
    name
        `step`, `linear`, `exponential`, `gaussian`, `power` or `bands`.
    limit_min
        Minutes beyond which a service is worth nothing.
    worth
        Function of minutes; only asked from 0 to `limit_min`.
    """

    name: Literal["step", "linear", "exponential", "gaussian", "power", "bands"]
    limit_min: float
    worth: Callable[[Floats], Floats]

    def __call__(self, minutes: npt.ArrayLike) -> Floats:
        """Return the worth at these minutes; NaN stays NaN."""
        held = np.asarray(minutes, dtype=float)
        # A walk of whole decimetres may land a rounding error beyond the limit it stands for.
        within = np.where(
            held > self.limit_min * (1 + 1e-12), 0.0, self.worth(np.clip(held, 0, self.limit_min))
        )
        return np.where(np.isnan(held), np.nan, within)


def step(limit_min: float) -> Decay:
    """Return 1 up to a limit, 0 beyond: a cumulative opportunity.

    Examples
    --------
    >>> step(15)([15, 15.1]).tolist()
    [1.0, 0.0]
    """
    return _decay("step", limit_min, np.ones_like)


def linear(limit_min: float) -> Decay:
    """Return 1 − t/T: from 1 at the door to 0 at the limit.

    Examples
    --------
    >>> linear(20)([0, 5, 20]).tolist()
    [1.0, 0.75, 0.0]
    """
    return _decay("linear", limit_min, lambda t: 1 - t / limit_min)


def exponential(beta_per_min: float, *, limit_min: float = 60.0) -> Decay:
    """Return exp(−βt): a service is worth 1/e at 1/β minutes.

    References
    ----------
    Kwan, M.-P. (1998). Space-time and integral measures of individual accessibility. Geographical
    Analysis 30(3), 191–216.
    """
    beta = _positive(beta_per_min)
    return _decay("exponential", limit_min, lambda t: np.exp(-beta * t))


def gaussian(sigma2_min2: float, *, limit_min: float = 60.0) -> Decay:
    """Return exp(−t²/β): the modified Gaussian, flat near the door.

    Parameters
    ----------
    sigma2_min2
        β, in square minutes.

    References
    ----------
    Kwan, M.-P. (1998), as in `exponential`.
    """
    sigma2 = _positive(sigma2_min2)
    return _decay("gaussian", limit_min, lambda t: np.exp(-(t**2) / sigma2))


def power(beta: float, *, limit_min: float = 60.0, flat_min: float = 1.0) -> Decay:
    """Return t^−β, held at its value of the first minutes: a power has no value at the door.

    Parameters
    ----------
    beta
        Exponent.
    flat_min
        Minutes below which the worth is 1; beyond it is (t / flat_min)^−β.
    """
    exponent, flat = _positive(beta), _positive(flat_min)
    return _decay("power", limit_min, lambda t: (np.maximum(t, flat) / flat) ** -exponent)


def bands(limits_min: list[float], weights: list[float]) -> Decay:
    """Return a weight for each band of minutes, as enhanced floating catchments use.

    Parameters
    ----------
    limits_min
        Upper limits of the bands, ascending, each included in its band.
    weights
        Weight of each band.

    References
    ----------
    Luo, W. and Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method. Health &
    Place 15(4), 1100–1107.

    Examples
    --------
    >>> bands([10, 20], [1.0, 0.3])([4, 10, 10.5, 21]).tolist()
    [1.0, 1.0, 0.3, 0.0]
    """
    if len(limits_min) != len(weights) or not limits_min or sorted(limits_min) != list(limits_min):
        raise UsageError("bands needs as many weights as limits, and limits in ascending order.")
    edges, held = np.asarray(limits_min, dtype=float), np.asarray(weights, dtype=float)
    if not ((edges > 0) & np.isfinite(edges)).all() or not ((held >= 0) & np.isfinite(held)).all():
        raise UsageError("bands needs limits above zero and weights from 0 on, all finite.")
    last = len(held) - 1
    return _decay(
        "bands", edges[-1], lambda t: held[np.minimum(np.searchsorted(edges, t - 1e-9), last)]
    )


def _decay(
    name: Literal["step", "linear", "exponential", "gaussian", "power", "bands"],
    limit_min: float,
    worth: Callable[[Floats], Floats],
) -> Decay:
    return Decay(name=name, limit_min=_positive(float(limit_min)), worth=worth)


def _positive(value: float) -> float:
    if not value > 0 or not np.isfinite(value):
        raise UsageError(f"A decay needs numbers above zero, got {value!r}.")
    return value
