"""Every measure a study can name: its label, its unit, and the classes it is drawn with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from renewal_gis.schema.codes import DESTINATIONS, HAZARDS
from renewal_gis.schema.proximity import SERVICE_GROUPS
from renewal_gis.schema.transit_measures import LEED_TRIPS, TRANSIT_MEASURES

__all__ = ["UNITS", "Measure", "known_measures", "measure"]

# Unit → as printed in English and in French, and the decimals it is printed with.
UNITS: dict[str, tuple[str, str, int]] = {
    "min": ("min", "min", 1),
    "services": ("services", "services", 1),
    "groups": ("groups", "groupes", 0),
    "departures": ("departures", "départs", 0),
    "departures/h": ("departures/h", "départs/h", 1),
    "h": ("h", "h", 1),
    "trips": ("trips", "courses", 0),
    "class": ("of 7 (A is 7)", "sur 7 (A vaut 7)", 0),
    "steps": ("steps", "marches", 0),
    "AI": ("AI", "AI", 1),
    "jobs": ("jobs", "emplois", 0),
    "dwellings": ("dwellings", "logements", 0),
    "share": ("of the area", "de la surface", 2),
    "per dwelling": ("per dwelling", "par logement", 3),
    "m": ("m", "m", 0),
    "of 100": ("of 100", "sur 100", 0),
}

_WALK = (5.0, 10.0, 15.0, 20.0, 30.0)


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
    timed = re.fullmatch(r"transit_(\d+)_min", kind)
    if timed and subject in _REACHED:
        return _reached(subject, timed.group(1))
    if kind in _TRAVEL and subject in DESTINATIONS:
        return _travel(kind, subject)
    if kind in _SHARED and subject in _SUBJECTS:
        return _shared(kind, subject)
    if kind in _DERIVED and subject and not subject.startswith("percentile:"):
        return _grid(kind, subject) if kind != "percentile" else _percentile(measure(subject))
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
    travel = [f"{kind}:{name}" for kind in _TRAVEL for name in DESTINATIONS]
    reached = [f"transit_{limit}_min:{name}" for limit in (30, 45, 60) for name in _REACHED]
    return [*_FIXED, *counts, *shared, *travel, *reached]


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


def _travel(kind: str, subject: str) -> Measure:
    """Return a travel time by transit, or how it changes."""
    en, fr, breaks = _TRAVEL[kind]
    label, sens = DESTINATIONS[subject]
    return Measure(
        key=f"{kind}:{subject}",
        en=f"{label}: {en}",
        fr=f"{sens}\u00a0: {fr}",
        unit="min",
        breaks=breaks,
        low_is_good=True,
    )


def _reached(subject: str, limit: str) -> Measure:
    en, fr, unit = _REACHED[subject]
    return Measure(
        key=f"transit_{limit}_min:{subject}",
        en=f"{en}: number within {limit} minutes by transit (median departure)",
        fr=f"{fr}\u00a0: nombre à moins de {limit} minutes en transport (départ médian)",
        unit=unit,
        breaks=(1.0, 2.0, 5.0, 10.0) if unit == "services" else (1e3, 5e3, 2e4, 5e4),
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


def _percentile(held: Measure) -> Measure:
    """Return where a place stands among all dwellings on another measure: 0 is worst, 100 best."""
    return Measure(
        key=f"percentile:{held.key}",
        en=f"{held.en}: percentile among all dwellings (100 is best)",
        fr=f"{held.fr}\u00a0: centile parmi tous les logements (100 est le meilleur)",
        unit="of 100",
        breaks=(20.0, 40.0, 60.0, 80.0),
        low_is_good=False,
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
# Travel times are door to door, the median over the departures of the window.
_TRAVEL: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "transit_min": (
        "minutes by transit to the nearest (median departure)",
        "minutes en transport jusqu’au plus proche (départ médian)",
        (15.0, 30.0, 45.0, 60.0),
    ),
    "transit_min_before": (
        "minutes by transit to the nearest, in the earlier timetable (median departure)",
        "minutes en transport jusqu’au plus proche, selon les horaires d’avant (départ médian)",
        (15.0, 30.0, 45.0, 60.0),
    ),
    "transit_min_planned": (
        "minutes by transit to the nearest, with the changes tried (median departure)",
        "minutes en transport jusqu’au plus proche, avec les changements essayés (départ médian)",
        (15.0, 30.0, 45.0, 60.0),
    ),
    "transit_change": (
        "minutes by transit now, less those of the earlier timetable",
        "minutes en transport aujourd’hui, moins celles des horaires d’avant",
        (-15.0, -5.0, -1.0, 1.0, 5.0),
    ),
    "transit_gain": (
        "minutes by transit with the changes tried, less those of today",
        "minutes en transport avec les changements essayés, moins celles d’aujourd’hui",
        (-15.0, -5.0, -1.0, 1.0, 5.0),
    ),
}
_DERIVED = ("grid_mean", "grid_share", "percentile")
_SUBJECTS = SERVICE_GROUPS
_REACHED = {
    **{name: (en, fr, "services") for name, (en, fr) in _SUBJECTS.items()},
    "jobs": ("Jobs", "Emplois", "jobs"),
    "dwellings": ("Dwellings", "Logements", "dwellings"),
}
_FIXED: dict[str, Measure] = {
    **{f"walk_min:{name}": _walk(name, en, fr) for name, (en, fr) in _SUBJECTS.items()},
    "walk_min:stop": _walk("stop", "Transit stop", "Arrêt de transport"),
    "walk_min:centre": _walk("centre", "Town centre", "Centre-ville"),
    "built_up_m": Measure(
        key="built_up_m",
        en="Straight metres from the site’s edge within which 50 dwellings stand (few: in the town)",
        fr="Mètres à vol d’oiseau depuis le bord du site où se trouvent 50 logements (peu\u00a0: en ville)",
        unit="m",
        breaks=(50.0, 100.0, 200.0, 300.0, 500.0),
        low_is_good=True,
    ),
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
        breaks=LEED_TRIPS,
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
        key: Measure(key=key, en=en, fr=fr, unit=unit, breaks=breaks, low_is_good=low)
        for key, en, fr, unit, breaks, low in TRANSIT_MEASURES
    },
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
