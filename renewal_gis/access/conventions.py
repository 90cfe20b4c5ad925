"""How riders are supposed to walk, board and be counted: this project's conventions, and R5's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["OURS", "R5", "Conventions", "conventions"]


def _value(name: str) -> float:
    return assumption(name).value


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """What a door-to-door travel time supposes.

    Parameters
    ----------
    speed_km_h
        Walking speed on the streets.
    stub_speed_km_h
        Speed between an origin and the street it is joined to, and at both ends of a walk all the way;
        that of the streets when None.
    max_walk_min
        Longest walk to the first stop, from the last one, or all the way.
    max_egress_m
        Longest walk from the last stop, along the streets; that of `max_walk_min` when None.
    max_transfer_m
        Longest walk between two stops, along the streets.
    nearest_on_pattern
        Keep, from each stop, the transfer to the nearest stop of each sequence of stops alone.
    in_seat
        Riders keep their seats where a vehicle goes on as another trip.
    join_limit_m
        Farthest a stop may lie from its street.
    island_nodes
        Join stops to parts of the streets with so many nodes at least; to parts that hold the assumed
        `island_share` of their length when None.
    max_rides
        Vehicles boarded at most: transfers and one.
    slack_s
        Seconds a rider is at the stop before boarding.
    max_min
        Longest travel time; beyond it a departure does not arrive.
    feed_transfers
        Apply transfers.txt, pathways and stations: least times, forbidden transfers, links inside
        stations that the streets lack.
    on_demand
        Ride what must be ordered beforehand.
    rounding
        `exact`: minutes with their seconds; `truncate`: whole minutes, as R5 gives them, from walks in
        whole seconds, those begun not counted.
    edge_seconds
        Walks from an origin: `exact`, or `ceil`: each edge of the streets takes whole seconds, rounded
        up, as in R5.
    """

    speed_km_h: float = field(default_factory=lambda: _value("walk_speed"))
    stub_speed_km_h: float | None = None
    max_walk_min: float = field(default_factory=lambda: _value("transit_walk"))
    max_egress_m: float | None = None
    max_transfer_m: float = field(default_factory=lambda: _value("transfer_walk"))
    nearest_on_pattern: bool = False
    in_seat: bool = True
    join_limit_m: float = field(default_factory=lambda: _value("join_limit"))
    island_nodes: int | None = None
    max_rides: int = field(default_factory=lambda: int(_value("transit_rides")))
    slack_s: int = field(default_factory=lambda: int(_value("boarding_slack")))
    max_min: float = field(default_factory=lambda: _value("transit_longest"))
    feed_transfers: bool = True
    on_demand: bool = False
    rounding: Literal["exact", "truncate"] = "exact"
    edge_seconds: Literal["exact", "ceil"] = "exact"

    def __post_init__(self) -> None:
        for name, most in (
            ("speed_km_h", 50.0),
            ("max_walk_min", 240.0),
            ("max_transfer_m", 5_000.0),
            ("max_rides", 10),
            ("max_min", 600.0),
            ("join_limit_m", 100_000.0),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not 0 < value <= most:
                raise UsageError(f"{name} must be above zero and at most {most:g}, got {value!r}.")
        if self.stub_speed_km_h is not None and not 0 < self.stub_speed_km_h <= 50:
            raise UsageError(
                f"stub_speed_km_h must be above zero and at most 50, got {self.stub_speed_km_h!r}."
            )
        for name in ("max_rides", "slack_s"):
            if getattr(self, name) != int(getattr(self, name)):
                raise UsageError(f"{name} must be a whole number, got {getattr(self, name)!r}.")
        if self.max_egress_m is not None and not 0 < self.max_egress_m <= 20_000:
            raise UsageError(f"max_egress_m must be 0 to 20000, got {self.max_egress_m!r}.")
        if not 0 <= self.slack_s <= 3_600:
            raise UsageError(f"slack_s must be seconds from 0 to 3600, got {self.slack_s!r}.")
        if self.rounding not in ("exact", "truncate"):
            raise UsageError(f"rounding must be 'exact' or 'truncate', got {self.rounding!r}.")
        if self.edge_seconds not in ("exact", "ceil"):
            raise UsageError(f"edge_seconds must be 'exact' or 'ceil', got {self.edge_seconds!r}.")


OURS = Conventions()

# conveyal/r5 7.6 as r5r 2.3 sets it: walk_speed 3.6 km/h, max_rides 3, max_trip_duration 120 min, minutes
# truncated. MINIMUM_BOARD_WAIT_SEC is 60 and a vehicle that leaves in that very second is missed, hence 61.
# An origin's way to its street is walked at OFF_STREET_SPEED, 1 300 mm/s. TransferFinder: 1 000 m, and
# the nearest stop of each pattern alone; egress 2 000 m; points within 1 600 m. In-seat transfers,
# transfers.txt and pathways are left aside.
R5 = Conventions(
    speed_km_h=3.6,
    stub_speed_km_h=4.68,
    max_walk_min=30.0,
    max_egress_m=2_000.0,
    max_transfer_m=1_000.0,
    nearest_on_pattern=True,
    in_seat=False,
    join_limit_m=1_600.0,
    island_nodes=40,
    max_rides=3,
    slack_s=61,
    max_min=120.0,
    feed_transfers=False,
    on_demand=True,
    rounding="truncate",
    edge_seconds="ceil",
)


def conventions(name: str) -> Conventions:
    """Return the conventions called `ours` or `r5`.

    Examples
    --------
    >>> conventions("r5").max_rides
    3
    """
    known = {"ours": OURS, "r5": R5}
    if name not in known:
        raise UsageError(f"conventions must be 'ours' or 'r5', got {name!r}.")
    return known[name]
