"""A criterion: a measure, the two values worth 100 and 0 points, and a weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewal_gis.errors import UsageError

__all__ = ["Criterion", "points"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion of the judgement.

    Parameters
    ----------
    name
        Short name, unique in the study.
    measure
        Column of the measures it is read from (`walk_min:ecole`).
    best, worst
        Values worth 100 and 0 points; `best` may be the smaller or the larger.
    weight
        Weight in the sum, at least 0.
    unit
        Unit of the measure.
    en, fr
        Label.
    source
        Where the anchors come from.
    verified
        The anchors were read in the source they are attributed to.
    """

    name: str
    measure: str
    best: float
    worst: float
    weight: float = 1.0
    unit: str = ""
    en: str = ""
    fr: str = ""
    source: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        if not np.isfinite([self.best, self.worst, self.weight]).all() or self.best == self.worst:
            raise UsageError(
                f"criterion {self.name!r}: best and worst must be two different numbers, "
                f"got {self.best!r} and {self.worst!r}."
            )
        if self.weight < 0:
            raise UsageError(f"criterion {self.name!r}: the weight {self.weight!r} is negative.")


def points(values: pd.Series, *, best: float, worst: float) -> pd.Series:
    """Return 0 to 100 points by a straight line between two fixed anchors.

    The anchors do not depend on the other sites: adding or withdrawing a site changes no score.

    Parameters
    ----------
    values
        Measured values; NaN stays NaN.
    best, worst
        Values worth 100 and 0 points.

    Examples
    --------
    >>> points(pd.Series([5.0, 12.5, 40.0]), best=5, worst=20).tolist()
    [100.0, 50.0, 0.0]
    """
    share = (values.astype(float) - worst) / (best - worst)
    return 100.0 * share.clip(0.0, 1.0)
