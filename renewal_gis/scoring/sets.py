"""The sets of criteria shipped with the package: the rehousing basket, and INSEE's as a neutral one.

Starting points to argue, not norms: no anchor here is an official value. Only the list of INSEE's types
of proximity is read in a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.schema import BASKET, PROXIMITY, PROXIMITY_SOURCE, InseeType, measure
from renewal_gis.scoring.criteria import Anchors, Criterion

__all__ = [
    "CRITERIA_SETS",
    "INSEE_PROXIMITY",
    "CriteriaSet",
    "InseeType",
    "criteria_set",
    "criteria_table",
]

_COLUMNS = [
    "name", "measure", "anchors", "weight", "group", "unit", "en", "fr", "source", "verified",
]  # fmt: skip
_OWN = "starting point of this project, to be argued"


@dataclass(frozen=True, kw_only=True)
class CriteriaSet:
    """Criteria that go together, named in a study file by `set = "…"`.

    Parameters
    ----------
    name
        Name of the set.
    en, fr
        What it is.
    source
        Where the list comes from.
    criteria
        The criteria, of equal weight.
    """

    name: str
    en: str
    fr: str
    source: str
    criteria: tuple[Criterion, ...]

    def table(self) -> pd.DataFrame:
        """Return one row per criterion, to be printed; see `criteria_table`."""
        return criteria_table(self.criteria)


INSEE_PROXIMITY = PROXIMITY
_INSEE = PROXIMITY_SOURCE

# What a siting asks beside the basket: the value function of each, and its group. A transit class counts
# from A (7) to G (1), none 0; 10 and 62.5 minutes are 0.8 and 5 km. Jobs within 45 minutes are not here:
# their upper anchor is a percentile of the territory at hand, to be frozen in its own study file.
_CLASSES = ((6.0, 100.0), (4.0, 50.0), (0.0, 0.0))
_SITING: tuple[tuple[str, str, Anchors, str], ...] = (
    ("stop", "walk_min:stop", ((5, 100), (15, 0)), "transit"),
    ("service", "departures_day:stop", ((360, 100), (0, 0)), "transit"),
    ("quality", "quality_class:oevgk18", _CLASSES, "transit"),
    ("quality_sunday", "quality_class_sunday:oevgk18", _CLASSES, "transit"),
    ("last_departure", "last_departure_h:near", ((22, 100), (18.5, 0)), "transit"),
    ("centre", "walk_min:centre", ((10, 100), (62.5, 0)), "place"),
    ("built_up", "built_up_m", ((50, 100), (300, 0)), "place"),
)


def _basket() -> tuple[Criterion, ...]:
    """Return the 15 groups of the basket, then transit, the centre and the built-up area."""
    held: list[tuple[str, str, Anchors, str]] = [
        (
            group.id,
            f"walk_min:{group.id}",
            ((group.best_min, 100), (group.worst_min, 0)),
            "transit" if group.id == "gare" else "services",
        )
        for group in BASKET
    ]
    return tuple(
        Criterion(
            name=name, measure=key, anchors=curve, unit=measure(key).unit, en=measure(key).en,
            fr=measure(key).fr, source=_OWN, group=group,
        )
        for name, key, curve, group in (*held, *_SITING)
    )  # fmt: skip


def _neutral() -> tuple[Criterion, ...]:
    """Return INSEE's types, all alike: none was chosen, none weighs more, one curve for all."""
    best, worst = assumption("near_threshold").value, assumption("far_threshold").value
    return tuple(
        Criterion(
            name=held.id, measure=f"walk_min:{held.id}", best=best, worst=worst, unit="min",
            en=f"{held.en}: minutes on foot to the nearest",
            fr=f"{held.fr}\u00a0: minutes à pied jusqu’au plus proche",
            source=f"{_INSEE}; anchors: {_OWN}", group="services",
        )
        for held in INSEE_PROXIMITY
    )  # fmt: skip


CRITERIA_SETS: dict[str, CriteriaSet] = {
    held.name: held
    for held in (
        CriteriaSet(
            name="panier-relogement",
            en="Rehousing basket: what a rehoused family needs on foot, transit, the centre, the town",
            fr="Panier relogement : ce qu’une famille relogée doit trouver à pied, transport, centre, ville",
            source=_OWN,
            criteria=_basket(),
        ),
        CriteriaSet(
            name="insee-proximite",
            en="INSEE’s services of proximity, all alike: the neutral variant",
            fr="Services de proximité de l’INSEE, tous égaux : la variante neutre",
            source=_INSEE,
            criteria=_neutral(),
        ),
    )
}


def criteria_table(criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Return one row per criterion, every value a number or a text.

    Parameters
    ----------
    criteria
        The criteria, in the order of the table.

    Returns
    -------
    DataFrame
        Columns `name, measure, anchors, weight, group, unit, en, fr, source, verified`; `anchors` is
        text, `5 → 100, 20 → 0`, however the value function was given.

    Examples
    --------
    >>> bus = Criterion(name="bus", measure="departures_day:stop", anchors=((72, 40), (360, 100)))
    >>> criteria_table([bus]).loc[0, "anchors"]
    '72 → 40, 360 → 100'
    """
    rows = [
        {column: getattr(held, column) for column in _COLUMNS}
        | {"anchors": ", ".join(f"{at:g} → {worth:g}" for at, worth in held.curve)}
        for held in criteria
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def criteria_set(name: str) -> CriteriaSet:
    """Return the set of criteria with this name.

    Raises
    ------
    UsageError
        When there is none; the nearest name is told.

    Examples
    --------
    >>> criteria_set("panier-relogement").table().loc[0, ["name", "group", "anchors"]].tolist()
    ['ecole', 'services', '5 → 100, 20 → 0']
    >>> len(criteria_set("insee-proximite").criteria)
    26
    """
    if name in CRITERIA_SETS:
        return CRITERIA_SETS[name]
    near = get_close_matches(name, CRITERIA_SETS, n=1, cutoff=0.3)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise UsageError(
        f"No set of criteria is called {name!r}{hint} The sets are: {', '.join(CRITERIA_SETS)}."
    )
