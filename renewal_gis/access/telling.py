"""A journey and the travel times around it, in sentences."""

from __future__ import annotations

import math
from typing import Literal

from renewal_gis.access.itineraries import Itinerary, Leg
from renewal_gis.access.transit import TransitTimes
from renewal_gis.access.transit_networks import TransitNetwork

__all__ = ["tell_itinerary", "tell_times"]

Language = Literal["en", "fr"]

_MODES = {
    "en": {"tram": "tram", "metro": "metro", "rail": "train", "bus": "bus"},
    "fr": {"tram": "tram", "metro": "métro", "rail": "train", "bus": "bus"},
}
_WORDS = {
    "en": {
        "whole": "Leave at {start}, arrive at {end}: {minutes} min, {transfers}.",
        "direct": "no transfer",
        "one": "1 transfer",
        "many": "{number} transfers",
        "on_foot": "all on foot",
        "walk": "{start}: walk {minutes} min.",
        "walk_to": "{start}: walk {minutes} min to the stop {to}.",
        "walk_from": "{start}: walk {minutes} min from the stop {origin}.",
        "walk_between": "{start}: walk {minutes} min from {origin} to {to}.",
        "ride": "{start}: {mode} {line}{towards} from {origin} to {to}, arriving at {end} "
        "({stops}; wait: {wait} min).",
        "towards": " towards {headsign}",
        "stops": "{number} stops",
        "stop": "1 stop",
        "vehicle": "line",
        "nothing": "No departure between {first} and {last} arrives within {limit} minutes.",
        "times": "Over {departures} departures between {first} and {last}: {told}.",
        "best": "{share} % take at most {minutes} min",
        "lost": "{share} % do not arrive within {limit} min",
    },
    "fr": {
        "whole": "Départ à {start}, arrivée à {end}\u202f: {minutes} min, {transfers}.",
        "direct": "sans correspondance",
        "one": "1 correspondance",
        "many": "{number} correspondances",
        "on_foot": "tout à pied",
        "walk": "{start}\u202f: marcher {minutes} min.",
        "walk_to": "{start}\u202f: marcher {minutes} min jusqu’à l’arrêt {to}.",
        "walk_from": "{start}\u202f: marcher {minutes} min depuis l’arrêt {origin}.",
        "walk_between": "{start}\u202f: marcher {minutes} min de {origin} à {to}.",
        "ride": "{start}\u202f: {mode} {line}{towards} de {origin} à {to}, arrivée à {end} "
        "({stops}\u202f; attente\u202f: {wait} min).",
        "towards": " vers {headsign}",
        "stops": "{number} arrêts",
        "stop": "1 arrêt",
        "vehicle": "ligne",
        "nothing": "Aucun départ entre {first} et {last} n’arrive en moins de {limit} minutes.",
        "times": "Sur {departures} départs entre {first} et {last}\u202f: {told}.",
        "best": "{share}\u202f% mettent au plus {minutes} min",
        "lost": "{share}\u202f% n’arrivent pas en moins de {limit} min",
    },
}


def tell_itinerary(
    journey: Itinerary, network: TransitNetwork, *, language: Language = "en"
) -> list[str]:
    """Return a journey as sentences: the whole, then each leg.

    Minutes are rounded up: nobody misses a bus by what is printed.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> from renewal_gis.access import itinerary
    >>> journey = itinerary(home, work, network, depart="07:05")
    >>> for sentence in tell_itinerary(journey, network):
    ...     print(sentence)
    Leave at 07:05, arrive at 07:22: 17 min, no transfer.
    07:05: walk 1 min to the stop A.
    07:10: bus 7 from A to C, arriving at 07:20 (2 stops; wait: 4 min).
    07:20: walk 2 min from the stop C.
    """
    words = _WORDS[language]
    told = [
        words["whole"].format(
            start=_clock(network, journey.start_s),
            end=_clock(network, journey.end_s),
            minutes=math.ceil(journey.minutes),
            transfers=_transfers(journey, words),
        )
    ]
    return [*told, *(_leg(leg, network, language) for leg in journey.legs)]


def tell_times(times: TransitTimes, network: TransitNetwork, *, language: Language = "en") -> str:
    """Return the travel times of one origin and one destination over the window as a sentence.

    Examples
    --------
    >>> from renewal_gis.access import transit_times
    >>> tell_times(transit_times(home, work, network, percentiles=[50]), network)
    'Over 10 departures between 07:00 and 07:10: 50 % take at most 18 min.'
    """
    words = _WORDS[language]
    first, last = (_clock(network, second) for second in network.window_s)
    within = int(times.within[0, 0])
    limit = f"{network.rules.max_min:g}"
    if not within:
        return words["nothing"].format(first=first, last=last, limit=limit)
    parts = []
    for rank, percentile in enumerate(times.percentiles):
        seconds = int(times.seconds[0, 0, rank])
        if seconds <= network.limit_s:
            parts.append(
                words["best"].format(share=f"{percentile:g}", minutes=math.ceil(seconds / 60))
            )
    if within < times.departures:
        share = 100 * (times.departures - within) / times.departures
        parts.append(words["lost"].format(share=f"{share:.0f}", limit=limit))
    return words["times"].format(
        departures=times.departures, first=first, last=last, told=", ".join(parts)
    )


def _transfers(journey: Itinerary, words: dict[str, str]) -> str:
    if all(leg.kind == "walk" for leg in journey.legs):
        return words["on_foot"]
    if journey.transfers < 2:
        return words["one"] if journey.transfers else words["direct"]
    return words["many"].format(number=journey.transfers)


def _leg(leg: Leg, network: TransitNetwork, language: Language) -> str:
    words = _WORDS[language]
    held = {
        "start": _clock(network, leg.start_s),
        "end": _clock(network, leg.end_s),
        "minutes": math.ceil((leg.end_s - leg.start_s) / 60),
        "origin": leg.origin,
        "to": leg.destination,
    }
    if leg.kind == "walk":
        ends = {(True, True): "walk_between", (True, False): "walk_from", (False, True): "walk_to"}
        return words[ends.get((bool(leg.origin), bool(leg.destination)), "walk")].format(**held)
    stops = words["stop"] if leg.stops == 1 else words["stops"].format(number=leg.stops)
    towards = words["towards"].format(headsign=leg.headsign) if leg.headsign else ""
    return words["ride"].format(
        **held,
        mode=_MODES[language].get(leg.mode, words["vehicle"]),
        line=leg.line,
        towards=towards,
        stops=stops,
        wait=leg.wait_s // 60,
    )


def _clock(network: TransitNetwork, seconds: int) -> str:
    return network.schedule.clock(network.date, seconds)
