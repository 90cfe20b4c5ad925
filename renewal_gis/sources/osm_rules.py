"""Which ways walkers may use, and which barriers stop them, from OpenStreetMap tags."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WALKABLE", "open_to_walkers", "stops_walkers"]

# highway=* → open unless walkers are refused ("open"), or only where they are named ("named").
# What is absent (motorway, construction, proposed, raceway…) is never open.
# Sources: the walking profile of GOAT (github.com/plan4better/goat,
# apps/docs/docs/routing/walking.md) for secondary to path; OpenStreetMap wiki, "OSM tags for
# routing/Access restrictions", for primary, the links, bridleway, corridor and the cycleways,
# which are open where a foot tag says so.
# A carriageway whose sidewalks are drawn apart (sidewalk=separate) stays open: drawn sidewalks
# often stop short of the junction, and without the carriageway the walk would be cut there. The
# walk is as long on either, and no measure adds up lengths of streets.
WALKABLE: dict[str, str] = {
    "trunk": "open",
    "trunk_link": "open",
    "primary": "open",
    "primary_link": "open",
    "secondary": "open",
    "secondary_link": "open",
    "tertiary": "open",
    "tertiary_link": "open",
    "unclassified": "open",
    "residential": "open",
    "living_street": "open",
    "road": "open",
    "service": "open",
    "track": "open",
    "path": "open",
    "footway": "open",
    "pedestrian": "open",
    "steps": "open",
    "corridor": "open",
    "elevator": "open",
    "bridleway": "open",
    "cycleway": "named",
    "busway": "named",
}
_WELCOME = ("yes", "designated", "permissive", "official")
_REFUSED = ("no", "private", "permit", "use_sidepath", "military", "delivery")
# Barriers built to let walkers through: their access=no speaks of vehicles (OpenStreetMap wiki,
# "Key:barrier"). Only a foot tag closes them.
_PASSED_ON_FOOT = (
    "block",
    "bollard",
    "bump_gate",
    "bus_trap",
    "cattle_grid",
    "chain",
    "cycle_barrier",
    "full-height_turnstile",
    "height_restrictor",
    "horse_stile",
    "jersey_barrier",
    "kerb",
    "kissing_gate",
    "log",
    "motorcycle_barrier",
    "planter",
    "stile",
    "sump_buster",
    "toll_booth",
    "turnstile",
)


def open_to_walkers(tags: Mapping[str, str]) -> bool:
    """Tell whether walkers may use a way, from its tags.

    Examples
    --------
    >>> open_to_walkers({"highway": "cycleway"}), open_to_walkers({"highway": "service"})
    (False, True)
    >>> open_to_walkers({"highway": "service", "access": "private"})
    False
    """
    foot = tags.get("foot")
    welcome = foot in _WELCOME
    if tags.get("highway") is None:
        return tags.get("route") == "ferry" and welcome
    rule = WALKABLE.get(tags["highway"])
    if rule is None or foot in _REFUSED:
        return False
    if tags.get("access") in _REFUSED or tags.get("motorroad") == "yes" or rule == "named":
        return welcome
    return True


def stops_walkers(tags: Mapping[str, str]) -> bool:
    """Tell whether a node is a barrier that walkers may not pass, such as a private gate.

    Examples
    --------
    >>> stops_walkers({"barrier": "gate", "access": "private"}), stops_walkers({"barrier": "gate"})
    (True, False)
    >>> stops_walkers({"barrier": "bollard", "access": "no"})
    False
    """
    barrier, foot = tags.get("barrier"), tags.get("foot")
    if barrier in {None, "no"}:
        return False
    if foot is not None:
        return foot in _REFUSED
    if barrier in _PASSED_ON_FOOT:
        return False
    return tags.get("access") in _REFUSED or tags.get("locked") == "yes"
