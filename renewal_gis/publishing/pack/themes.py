"""Classes of a measure: their limits, colours, labels, and how many dwellings fall in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.publishing.content import MeasureLabel
from renewal_gis.publishing.pack.text import number
from renewal_gis.publishing.pack.words import say
from renewal_gis.publishing.palette import ramp
from renewal_gis.schema import UNITS

__all__ = ["SCORES", "Theme", "spoken_unit", "theme_of"]

SCORES = MeasureLabel(
    key="score", en="Score", fr="Note", unit="", breaks=(20, 40, 60, 80), low_is_good=False
)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The classes of one measure, in ascending order of its values."""

    measure: MeasureLabel
    labels: tuple[str, ...]
    colours: tuple[str, ...]

    def classes(self, values: pd.Series) -> npt.NDArray[np.int64]:
        """Return the class of each value, −1 when it is missing.

        A value on a limit falls in the better class, as everywhere in the package.
        """
        held = values.to_numpy(dtype=float)
        side: Literal["left", "right"] = "left" if self.measure.low_is_good else "right"
        found = np.searchsorted(np.asarray(self.measure.breaks, dtype=float), held, side=side)
        return np.where(np.isnan(held), -1, found).astype(np.int64)

    def shares(self, distribution: pd.DataFrame | None, sector: str) -> tuple[float, ...]:
        """Return the share of a sector's dwellings in each class; NaN without a distribution."""
        count = len(self.labels)
        if distribution is None:
            return (float("nan"),) * count
        held = distribution[
            (distribution["measure"] == self.measure.key) & (distribution["sector"] == sector)
        ]
        upper = [*map(float, self.measure.breaks), np.inf]
        dwellings = held.groupby("to_value")["dwellings"].sum().reindex(upper)
        whole = float(dwellings.sum())
        if not whole:
            return (float("nan"),) * count
        return tuple(float(value) for value in dwellings.fillna(0) / whole)


def theme_of(measure: MeasureLabel, language: str) -> Theme:
    """Return the classes of a measure."""
    count = len(measure.breaks) + 1
    colours = ramp(count)
    return Theme(
        measure=measure,
        labels=tuple(_labels(measure, language)),
        colours=colours if measure.low_is_good else colours[::-1],
    )


def spoken_unit(unit: str, language: str) -> str:
    """Return a unit as printed."""
    if unit not in UNITS:
        return unit
    en, fr, _ = UNITS[unit]
    return fr if language == "fr" else en


def _labels(measure: MeasureLabel, language: str) -> Sequence[str]:
    shown = [_limit(value, language) for value in measure.breaks]
    first, last = (
        ("legend.upTo", "legend.above") if measure.low_is_good else ("legend.below", "legend.from")
    )
    between = [
        say("legend.between", language, **{"from": low, "to": high})
        for low, high in pairwise(shown)
    ]
    ends = (
        say(first, language, to=shown[0]),
        say(last, language, **{"from": shown[-1]}),
    )
    return (ends[0], *between, ends[1])


def _limit(value: float, language: str) -> str:
    return number(value, language, decimals=0 if float(value).is_integer() else 1)
