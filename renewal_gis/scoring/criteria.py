"""A criterion: a measure, the anchors of its value function, and a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

import numpy as np
import pandas as pd

from renewal_gis.errors import UsageError

__all__ = ["GROUPS", "Anchors", "Criterion", "points", "value_worth"]

Anchors = tuple[tuple[float, float], ...]

# What criteria are about, so that a statement or a subtotal can speak of several at once.
GROUPS: dict[str, tuple[str, str]] = {
    "services": ("Services", "Services"),
    "transit": ("Transit", "Transports"),
    "jobs": ("Jobs", "Emplois"),
    "place": ("Place", "Lieu"),
}


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
    anchors
        Instead of `best` and `worst`: two or more pairs (value, points), values strictly ascending or
        descending, points from 0 to 100 that only fall or only rise; straight lines between them, flat
        outside. A norm can so be written as it is.
    weight
        Weight in the sum, at least 0.
    group
        `services`, `transit`, `jobs`, `place`, or nothing.
    unit
        Unit of the measure.
    en, fr
        Label.
    source
        Where the anchors come from.
    verified
        The anchors were read in the source they are attributed to.

    Raises
    ------
    UsageError
        When the anchors, the weight or the group cannot serve; one sentence says which and why.

    Examples
    --------
    >>> Criterion(name="school", measure="walk_min:ecole", best=5, worst=20).curve
    ((5, 100.0), (20, 0.0))
    >>> Criterion(
    ...     name="bus", measure="departures_day:stop", anchors=((72, 40), (144, 70), (360, 100))
    ... ).low_is_good
    False
    """

    name: str
    measure: str
    best: float | None = None
    worst: float | None = None
    anchors: Anchors = ()
    weight: float = 1.0
    group: str = ""
    unit: str = ""
    en: str = ""
    fr: str = ""
    source: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        here = f"criterion {self.name!r}:"
        if self.anchors:
            if self.best is not None or self.worst is not None:
                raise UsageError(f"{here} give either anchors or best and worst, not both.")
            _require_anchors(self.anchors, here)
        else:
            _require_ends(self.best, self.worst, here)
        if not _is_number(self.weight):
            raise UsageError(f"{here} the weight must be a number, got {self.weight!r}.")
        if self.weight < 0:
            raise UsageError(f"{here} the weight {self.weight!r} is negative.")
        if self.group and self.group not in GROUPS:
            near = get_close_matches(self.group, GROUPS, n=1, cutoff=0.4)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise UsageError(
                f"{here} the group must be one of {', '.join(GROUPS)}, got {self.group!r}{hint}"
            )

    @property
    def curve(self) -> Anchors:
        """The value function as anchors, whichever way it was given."""
        if self.anchors:
            return self.anchors
        assert self.best is not None
        assert self.worst is not None
        return ((self.best, 100.0), (self.worst, 0.0))

    @property
    def low_is_good(self) -> bool:
        """A smaller value is better: the direction the anchors imply."""
        (first, start), (last, end) = self.curve[0], self.curve[-1]
        return (first < last) == (start > end)

    def points(self, values: pd.Series) -> pd.Series:
        """Return the 0 to 100 points these values are worth; NaN stays NaN."""
        if self.anchors:
            return points(values, anchors=self.anchors)
        return points(values, best=self.best, worst=self.worst)


def points(
    values: pd.Series,
    *,
    best: float | None = None,
    worst: float | None = None,
    anchors: Sequence[tuple[float, float]] = (),
) -> pd.Series:
    """Return 0 to 100 points by straight lines between fixed anchors, flat outside.

    The anchors do not depend on the other sites: adding or withdrawing a site changes no score.

    Parameters
    ----------
    values
        Measured values; NaN stays NaN.
    best, worst
        Values worth 100 and 0 points.
    anchors
        Instead: two or more pairs (value, points), as in `Criterion`.

    Raises
    ------
    UsageError
        When the anchors cannot serve, or neither or both ways of giving them are used.

    Examples
    --------
    >>> points(pd.Series([5.0, 12.5, 40.0]), best=5, worst=20).tolist()
    [100.0, 50.0, 0.0]
    >>> points(pd.Series([4.0, 7.5, 15.0, 40.0]), anchors=[(5, 100), (10, 60), (20, 0)]).tolist()
    [100.0, 80.0, 30.0, 0.0]
    """
    if len(anchors):
        if best is not None or worst is not None:
            raise UsageError("Give either anchors or best and worst, not both.")
        _require_anchors(anchors, "anchors:")
        at, worth = np.array(sorted(anchors), dtype=float).T
        found = np.interp(values.to_numpy(dtype=float, na_value=np.nan), at, worth)
        return pd.Series(found, index=values.index, name=values.name)
    _require_ends(best, worst, "anchors:")
    assert best is not None
    assert worst is not None
    share = (values.astype(float) - worst) / (best - worst)
    return 100.0 * share.clip(0.0, 1.0)


def value_worth(criterion: Criterion, asked: float) -> float:
    """Return the value nearest to the worst anchor that is worth so many points; NaN if none is.

    Parameters
    ----------
    criterion
        Whose value function is read backwards.
    asked
        Points, from 0 to 100.

    Examples
    --------
    >>> school = Criterion(name="s", measure="m", anchors=((5, 100), (10, 60), (20, 0)))
    >>> value_worth(school, 80), value_worth(school, 30)
    (7.5, 15.0)
    """
    rising = sorted(criterion.curve, key=lambda anchor: anchor[0], reverse=criterion.low_is_good)
    if asked > rising[-1][1]:
        return float("nan")
    if asked <= rising[0][1]:
        return float(rising[0][0])
    for (low, below), (high, above) in pairwise(rising):
        if below < asked <= above:
            return float(low + (high - low) * (asked - below) / (above - below))
    return float("nan")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and bool(np.isfinite(value))


def _require_ends(best: float | None, worst: float | None, here: str) -> None:
    if not _is_number(best) or not _is_number(worst) or best == worst:
        raise UsageError(
            f"{here} best and worst must be two different numbers, got {best!r} and {worst!r}."
        )


def _require_anchors(anchors: Sequence[tuple[float, float]], here: str) -> None:
    pairs = [anchor for anchor in anchors if isinstance(anchor, tuple | list) and len(anchor) == 2]
    if len(pairs) < len(anchors) or len(pairs) < 2:
        raise UsageError(f"{here} anchors must be two or more pairs (value, points).")
    if not all(_is_number(number) for pair in pairs for number in pair):
        raise UsageError(f"{here} anchors must be numbers, got {tuple(anchors)!r}.")
    held = np.array(pairs, dtype=float)
    values, worth = np.diff(held[:, 0]), np.diff(held[:, 1])
    if not ((values > 0).all() or (values < 0).all()):
        raise UsageError(
            f"{here} the values of the anchors must only rise or only fall, "
            f"got {', '.join(f'{value:g}' for value in held[:, 0])}."
        )
    if held[:, 1].min() < 0 or held[:, 1].max() > 100:
        raise UsageError(f"{here} the points of the anchors must lie from 0 to 100.")
    if not ((worth >= 0).all() or (worth <= 0).all()) or not worth.any():
        raise UsageError(
            f"{here} the points of the anchors must only fall or only rise, and not all be equal, "
            f"got {', '.join(f'{worth:g}' for worth in held[:, 1])}."
        )
