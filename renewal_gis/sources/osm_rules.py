"""Which ways walkers may use, and which barriers stop them, from OpenStreetMap tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = [
    "WALKABLE",
    "WALK_RULES",
    "WalkRules",
    "linked_as_r5",
    "open_as_r5",
    "open_to_walkers",
    "stops_walkers",
]

Tags = Mapping[str, str]
Rule = Callable[[Tags], bool]

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


# What conveyal/r5 7.x does: StreetLayer.isWayRoutable, TraversalPermissionLabeler with its subclass
# for the United States (the only one in use), TypeOfEdgeLabeler for what is linked to. The way that
# highway=* has, then access=*, foot=* and sidewalk=*, each over the one before. A highway=* that is
# not known is a road.
_R5_NO_WAYS = ("services", "rest_area", "raceway")
_R5_NOT_THERE = ("construction", "abandoned", "removed", "proposed", "propossed", "unbuilt")
_R5_FOR_FEET = (
    "pedestrian",
    "path",
    "footway",
    "steps",
    "platform",
    "corridor",
    "bridleway",
    "cycleway",
)
_R5_MOTORWAYS = ("motorway", "motorway_link")
_R5_YES = (
    *("yes", "1", "true", "official", "unknown", "public", "permissive", "designated"),
    *("lane", "track", "shared_lane", "share_busway", "crossing"),
)
# Also what is open to some alone: nobody is known to be one of them.
_R5_NO = (
    *("no", "0", "false", "license", "restricted", "prohibited", "emergency", "use_sidepath"),
    *("dismount", "limited", "destination", "customers", "customer", "delivery", "forestry"),
    *("agricultural", "residents", "resident", "private"),
)


def open_to_walkers(tags: Tags) -> bool:
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


def stops_walkers(tags: Tags) -> bool:
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


def open_as_r5(tags: Tags) -> bool:
    """Tell whether walkers may use a way as the engine R5 sees it, from its tags.

    Cycleways, bridleways and platforms are open, and a refusal in `access=*` does not close what is
    built for walkers. A road open to some alone (destination, customers, private…) is closed. A
    sidewalk on a side or both opens any way. Values that R5 does not know (permit, military…),
    motorroad=* and ferries count for nothing.

    Examples
    --------
    >>> open_as_r5({"highway": "cycleway"}), open_as_r5({"highway": "path", "access": "no"})
    (True, True)
    >>> open_as_r5({"highway": "service", "access": "destination"})
    False
    """
    highway = tags.get("highway")
    if not _routed_by_r5(tags):
        return False
    kind = None if highway is None else highway.lower().strip()
    # Without highway=* it is a platform, made for walkers.
    foot = True if kind is None or kind in _R5_FOR_FEET else None
    if kind in _R5_MOTORWAYS:
        foot = False
    access = _r5_label(tags.get("access"))
    told = _r5_label(tags.get("foot"))
    foot = foot if told is None else told
    if tags.get("sidewalk", "").lower() in {"both", "left", "right"}:
        foot = True
    if foot is None:
        return access is not False
    return foot


def _routed_by_r5(tags: Tags) -> bool:
    highway = tags.get("highway")
    platform = tags.get("public_transport") == "platform" or (
        tags.get("railway") == "platform" and tags.get("usage") != "tourism"
    )
    if (highway is None or highway in _R5_NO_WAYS) and not platform:
        return False
    if "construction" in tags or "proposed" in tags:
        return False
    return highway not in _R5_NOT_THERE and tags.get("cycleway") not in _R5_NOT_THERE


def _r5_label(value: str | None) -> bool | None:
    """Return what a value of access or foot says: open, closed, or nothing that is known."""
    first = "" if value is None else value.split(";")[0].lower().strip()
    if first in _R5_YES:
        return True
    return False if first in _R5_NO else None


def linked_as_r5(tags: Tags) -> bool:
    """Tell whether R5 joins places to a way: not in tunnels, under cover, or on motorways.

    Examples
    --------
    >>> linked_as_r5({"highway": "footway", "tunnel": "yes"}), linked_as_r5({"highway": "footway"})
    (False, True)
    """
    return not (
        tags.get("tunnel") == "yes"
        or tags.get("covered") == "yes"
        or tags.get("highway") == "motorway"
    )


@dataclass(frozen=True, kw_only=True)
class WalkRules:
    """How the streets of an extract are read.

    Parameters
    ----------
    open_to
        Whether walkers may use a way.
    stops
        Whether a node is a barrier they may not pass; no node is when None.
    linked
        Whether places may be joined to a way; to every way when None.
    way_keys, node_keys
        Keys that these rules read.
    any_of
        A way that has none of these keys is no street.
    without_highway
        Kind of an open way without `highway=*`.
    cut_by_all
        Cut ways at every node that stands twice in the ways of the extract, buildings aside; else
        where two open ways meet.
    """

    open_to: Rule
    stops: Rule | None
    linked: Rule | None
    way_keys: tuple[str, ...]
    node_keys: tuple[str, ...]
    any_of: tuple[str, ...]
    without_highway: str
    cut_by_all: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that is read, each once."""
        more = ("bridge", "name", *(("building",) if self.cut_by_all else ()))
        return tuple(dict.fromkeys((*self.way_keys, *self.node_keys, *more)))


# Rules by the name of the layer that is asked of an extract.
WALK_RULES: dict[str, WalkRules] = {
    "streets": WalkRules(
        open_to=open_to_walkers,
        stops=stops_walkers,
        linked=None,
        way_keys=("highway", "route", "foot", "access", "motorroad"),
        node_keys=("highway", "barrier", "foot", "access", "locked"),
        any_of=("highway", "route"),
        without_highway="ferry",
        cut_by_all=False,
    ),
    "streets_r5": WalkRules(
        open_to=open_as_r5,
        stops=None,
        linked=linked_as_r5,
        way_keys=(
            *("highway", "railway", "public_transport", "usage", "construction", "proposed"),
            *("cycleway", "access", "foot", "sidewalk", "tunnel", "covered"),
        ),
        node_keys=("highway",),
        any_of=("highway", "railway", "public_transport"),
        without_highway="platform",
        # osm-lib, OSM.writeWay: a landuse or a fence drawn along a street cuts it as well.
        cut_by_all=True,
    ),
}
