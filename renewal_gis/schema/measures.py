"""Every measure a study can name: its label, its unit, and the classes it is drawn with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from renewal_gis.schema.basket import BASKET
from renewal_gis.schema.codes import DESTINATIONS, HAZARDS

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
    timed = re.fullmatch(r"transit_(\d+)_min", kind)
    if timed and subject in _REACHED:
        return _reached(subject, timed.group(1))
    if kind in _TRAVEL and subject in DESTINATIONS:
        return _travel(kind, subject)
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


def _walk(subject: str, en: str, fr: str) -> Measure:
    return Measure(
        key=f"walk_min:{subject}",
        en=f"{en}: minutes on foot to the nearest",
        fr=f"{fr}\u00a0: minutes à pied jusqu’au plus proche",
        unit="min",
        breaks=_WALK,
        low_is_good=True,
    )


# Key, label in English and in French, unit, class limits, whether a smaller value is better. "Near" is
# a short walk; a day that is not named is a weekday. Classes are numbers for scores: A 7 to G 1, none 0.
_CLASS = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
_TRANSIT: tuple[tuple[str, str, str, str, tuple[float, ...], bool], ...] = (
    (
        "departures_day:near",
        "Weekday departures of the lines near, each counted at one stop",
        "Départs en semaine des lignes proches, chacune comptée à un seul arrêt",
        "departures", _LEED_TRIPS, False,
    ),
    (
        "departures_saturday:near",
        "Saturday departures of the lines near, each counted at one stop",
        "Départs le samedi des lignes proches, chacune comptée à un seul arrêt",
        "departures", _LEED_TRIPS, False,
    ),
    (
        "departures_sunday:near",
        "Sunday departures of the lines near, each counted at one stop",
        "Départs le dimanche des lignes proches, chacune comptée à un seul arrêt",
        "departures", _LEED_TRIPS, False,
    ),
    (
        "departures_holiday:near",
        "Departures of a weekday of the school holidays, lines near, each counted at one stop",
        "Départs en semaine de vacances scolaires des lignes proches, chacune comptée à un seul arrêt",
        "departures", _LEED_TRIPS, False,
    ),
    (
        "departures_h:near",
        "Departures an hour of the lines near, each counted at one stop, in the window",
        "Départs par heure des lignes proches, chacune comptée à un seul arrêt, dans la plage",
        "departures/h", (1.0, 2.0, 4.0, 6.0, 12.0), False,
    ),
    (
        "on_demand_day:near",
        "Weekday departures near that must be ordered",
        "Départs à la demande en semaine, à proximité",
        "departures", (1.0, 5.0, 10.0, 20.0), False,
    ),
    (
        "headway_min:near",
        "Headway of the most frequent line near, one way, in the window",
        "Intervalle de la ligne proche la plus fréquente, dans un sens, dans la plage",
        "min", (5.0, 10.0, 20.0, 40.0, 60.0), True,
    ),
    (
        "last_departure_h:near",
        "Last departure of a weekday near (24.5: half past midnight)",
        "Dernier départ d’un jour de semaine à proximité (24,5\u00a0: minuit et demi)",
        "h", (18.5, 20.0, 21.0, 22.0, 24.0), False,
    ),
    (
        "span_h:near",
        "Hours from the first to the last departure of a weekday near",
        "Heures du premier au dernier départ d’un jour de semaine à proximité",
        "h", (6.0, 10.0, 14.0, 16.0, 18.0), False,
    ),
    (
        "ptal_index",
        "PTAL accessibility index (London’s, a cross-check)",
        "Indice d’accessibilité PTAL (de Londres, pour recoupement)",
        "AI", (2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 40.0), False,
    ),
    (
        "leed_trips_weekday",
        "Weekday trips LEED counts near",
        "Courses d’un jour de semaine comptées par LEED",
        "trips", (72.0, 100.0, 144.0, 250.0, 360.0), False,
    ),
    (
        "leed_trips_weekend",
        "Weekend trips LEED counts near, on the poorer day",
        "Courses du week-end comptées par LEED, le jour le moins desservi",
        "trips", (30.0, 70.0, 108.0, 160.0, 216.0), False,
    ),
    (
        "leed_step",
        "Steps of LEED’s ladder of trips passed on weekdays and at the weekend (v4.1, five)",
        "Marches de l’échelle LEED franchies en semaine et le week-end (v4.1, cinq)",
        "steps", (0.5, 1.5, 2.5, 3.5, 4.5), False,
    ),
    (
        "quality_class:swiss",
        "Swiss transit class (SN 640 290)",
        "Classe de desserte suisse (SN 640\u202f290)",
        "class", _CLASS, False,
    ),
    (
        "quality_class:austrian",
        "Austrian transit class",
        "Classe de desserte autrichienne",
        "class", _CLASS, False,
    ),
    (
        "quality_class:oevgk18",
        "OeVGK18 transit class",
        "Classe de desserte OeVGK18",
        "class", _CLASS, False,
    ),
    (
        "quality_class_saturday:oevgk18",
        "OeVGK18 transit class on a Saturday",
        "Classe de desserte OeVGK18 un samedi",
        "class", _CLASS, False,
    ),
    (
        "quality_class_sunday:oevgk18",
        "OeVGK18 transit class on a Sunday",
        "Classe de desserte OeVGK18 un dimanche",
        "class", _CLASS, False,
    ),
    (
        "quality_class_holiday:oevgk18",
        "OeVGK18 transit class on a weekday of the school holidays",
        "Classe de desserte OeVGK18 en semaine de vacances scolaires",
        "class", _CLASS, False,
    ),
)  # fmt: skip
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
_SUBJECTS = {group.id: (group.en, group.fr) for group in BASKET}
_REACHED = {
    **{name: (en, fr, "services") for name, (en, fr) in _SUBJECTS.items()},
    "jobs": ("Jobs", "Emplois", "jobs"),
    "dwellings": ("Dwellings", "Logements", "dwellings"),
}
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
        key: Measure(key=key, en=en, fr=fr, unit=unit, breaks=breaks, low_is_good=low)
        for key, en, fr, unit, breaks, low in _TRANSIT
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
