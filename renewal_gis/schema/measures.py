"""Every measure a study can name: its label, its unit, and the classes it is drawn with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from renewal_gis.schema.basket import BASKET
from renewal_gis.schema.codes import HAZARDS

__all__ = ["UNITS", "Measure", "known_measures", "measure"]

# Unit → as printed in English and in French, and the decimals it is printed with.
UNITS: dict[str, tuple[str, str, int]] = {
    "min": ("min", "min", 1),
    "services": ("services", "services", 1),
    "groups": ("groups", "groupes", 0),
    "departures": ("departures", "départs", 0),
    "departures/h": ("departures/h", "départs/h", 1),
    "share": ("of the area", "de la surface", 2),
    "per dwelling": ("per dwelling", "par logement", 3),
}

_WALK = (5.0, 10.0, 15.0, 20.0, 30.0)
_LEED_TRIPS = (20.0, 72.0, 144.0, 360.0)  # LEED v4 trip ladder: 72, 144 and 360 trips on a weekday


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How one measure is named, counted and drawn.

    Parameters
    ----------
    key
        Name of its column and in study files (`walk_min:ecole`).
    en, fr
        Label.
    unit
        Unit as printed.
    breaks
        Inner class limits for maps, ascending.
    low_is_good
        A smaller value is better.
    """

    key: str
    en: str
    fr: str
    unit: str
    breaks: tuple[float, ...]
    low_is_good: bool


def measure(key: str) -> Measure:
    """Return the measure called `key`.

    Raises
    ------
    KeyError
        When there is none; the message names the nearest known one.

    Examples
    --------
    >>> measure("walk_min:ecole").unit
    'min'
    >>> measure("count_15_min:pharmacie").en
    'Pharmacy: number within 15 minutes on foot'
    """
    kind, _, subject = key.partition(":")
    counted = re.fullmatch(r"count_(\d+(?:\.\d+)?)_min", kind)
    if counted and subject in _SUBJECTS:
        return _count(subject, counted.group(1))
    if kind in _SHARED and subject in _SUBJECTS:
        return _shared(kind, subject)
    if kind in {"grid_mean", "grid_share"} and subject:
        return _grid(kind, subject)
    if key in _FIXED:
        return _FIXED[key]
    near = get_close_matches(key, known_measures(), n=1)
    raise KeyError(
        f"no measure is called {key!r}" + (f"; the nearest is {near[0]!r}" if near else "")
    )


def known_measures() -> list[str]:
    """Return the keys a study can name, counts within 10, 15 and 20 minutes included."""
    counts = [f"count_{limit}_min:{name}" for limit in (10, 15, 20) for name in _SUBJECTS]
    shared = [f"{kind}:{name}" for kind in _SHARED for name in _SUBJECTS]
    return [*_FIXED, *counts, *shared]


def _count(subject: str, limit: str) -> Measure:
    en, fr = _SUBJECTS[subject]
    return Measure(
        key=f"count_{limit}_min:{subject}",
        en=f"{en}: number within {limit} minutes on foot",
        fr=f"{fr}\u00a0: nombre à moins de {limit} minutes à pied",
        unit="services",
        breaks=(1.0, 2.0, 3.0, 5.0),
        low_is_good=False,
    )


def _shared(kind: str, subject: str) -> Measure:
    en, fr, unit = _SHARED[kind]
    label, sens = _SUBJECTS[subject]
    return Measure(
        key=f"{kind}:{subject}",
        en=f"{label}: {en}",
        fr=f"{sens}\u00a0: {fr}",
        unit=unit,
        breaks=(0.5, 1.0, 2.0, 4.0),
        low_is_good=False,
    )


def _grid(kind: str, subject: str) -> Measure:
    share = kind == "grid_share"
    return Measure(
        key=f"{kind}:{subject}",
        en=f"{subject.capitalize()}: {'share of the area' if share else 'mean'}",
        fr=f"{subject.capitalize()}\u00a0: {'part de la surface' if share else 'moyenne'}",
        unit="share" if share else "",
        breaks=(0.1, 0.25, 0.5, 0.75) if share else (25.0, 50.0, 75.0, 100.0),
        low_is_good=True,
    )


def _walk(subject: str, en: str, fr: str) -> Measure:
    return Measure(
        key=f"walk_min:{subject}",
        en=f"{en}: minutes on foot to the nearest",
        fr=f"{fr}\u00a0: minutes à pied jusqu’au plus proche",
        unit="min",
        breaks=_WALK,
        low_is_good=True,
    )


_SHARED = {
    "gravity": (
        "number, each worth less the farther it is",
        "nombre, chacun valant moins s’il est loin",
        "services",
    ),
    "floating": (
        "capacity for each dwelling, shared with those around",
        "capacité par logement, partagée avec les voisins",
        "per dwelling",
    ),
}
_SUBJECTS = {group.id: (group.en, group.fr) for group in BASKET}
_FIXED: dict[str, Measure] = {
    **{f"walk_min:{name}": _walk(name, en, fr) for name, (en, fr) in _SUBJECTS.items()},
    "walk_min:stop": _walk("stop", "Transit stop", "Arrêt de transport"),
    "basket_groups": Measure(
        key="basket_groups",
        en="Basket groups within a quarter of an hour on foot",
        fr="Groupes du panier à moins d’un quart d’heure à pied",
        unit="groups",
        breaks=(3.0, 6.0, 9.0, 12.0),
        low_is_good=False,
    ),
    "departures_day:stop": Measure(
        key="departures_day:stop",
        en="Departures a day at the nearest stop",
        fr="Départs par jour à l’arrêt le plus proche",
        unit="departures",
        breaks=_LEED_TRIPS,
        low_is_good=False,
    ),
    "departures_h:stop": Measure(
        key="departures_h:stop",
        en="Departures an hour at the nearest stop, in the window",
        fr="Départs par heure à l’arrêt le plus proche, dans la plage",
        unit="departures/h",
        breaks=(1.0, 2.0, 4.0, 6.0, 12.0),
        low_is_good=False,
    ),
    **{
        f"constraint_share:{kind}": Measure(
            key=f"constraint_share:{kind}",
            en=f"{en}: share of the site’s area",
            fr=f"{fr}\u00a0: part de la surface du site",
            unit="share",
            breaks=(0.1, 0.25, 0.5, 0.75),
            low_is_good=True,
        )
        for kind, (en, fr) in HAZARDS.items()
    },
}
