"""The measures of transit service near a place, declared once."""

from __future__ import annotations

__all__ = ["LEED_TRIPS", "TRANSIT_MEASURES"]

LEED_TRIPS = (20.0, 72.0, 144.0, 360.0)  # LEED v4 trip ladder: 72, 144 and 360 trips on a weekday

# Key, label in English and in French, unit, class limits, whether a smaller value is better. "Near" is
# a short walk; a day that is not named is a weekday. Classes are numbers for scores: A 7 to G 1, none 0.
_CLASS = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
TRANSIT_MEASURES: tuple[tuple[str, str, str, str, tuple[float, ...], bool], ...] = (
    (
        "departures_day:near",
        "Weekday departures of the lines near, each counted at one stop",
        "Départs en semaine des lignes proches, chacune comptée à un seul arrêt",
        "departures", LEED_TRIPS, False,
    ),
    (
        "departures_saturday:near",
        "Saturday departures of the lines near, each counted at one stop",
        "Départs le samedi des lignes proches, chacune comptée à un seul arrêt",
        "departures", LEED_TRIPS, False,
    ),
    (
        "departures_sunday:near",
        "Sunday departures of the lines near, each counted at one stop",
        "Départs le dimanche des lignes proches, chacune comptée à un seul arrêt",
        "departures", LEED_TRIPS, False,
    ),
    (
        "departures_holiday:near",
        "Departures of a weekday of the school holidays, lines near, each counted at one stop",
        "Départs en semaine de vacances scolaires des lignes proches, chacune comptée à un seul arrêt",
        "departures", LEED_TRIPS, False,
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
