"""Decay functions a study file may name, and the numbers each needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renewal_gis.access import Decay, bands, exponential, gaussian, linear, power, step

__all__ = ["DECAYS"]

_LIMITED = ("limit_min",)
_SHAPED = ("beta", "limit_min")
DECAYS: dict[str, tuple[Callable[[dict[str, Any]], Decay], tuple[str, ...]]] = {
    "step": (lambda given: step(**given), _LIMITED),
    "linear": (lambda given: linear(**given), _LIMITED),
    "exponential": (lambda g: exponential(g["beta"], limit_min=g["limit_min"]), _SHAPED),
    "gaussian": (lambda g: gaussian(g["beta"], limit_min=g["limit_min"]), _SHAPED),
    "power": (lambda g: power(g["beta"], limit_min=g["limit_min"]), _SHAPED),
    "bands": (lambda g: bands(g["limits_min"], g["weights"]), ("limits_min", "weights")),
}
