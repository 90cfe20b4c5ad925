"""Transit times equal a brute-force search: every origin, destination and minute."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewal_gis.access import join
from renewal_gis.access.conventions import Conventions
from renewal_gis.access.links import walks_between
from renewal_gis.access.transit import transit_times
from renewal_gis.access.transit_networks import transit_network
from tests.oracles.timetable_search import FAR, calls_of_day, earliest_arrival, percentile
from tests.random_timetables import DAY, SPOTS, STREETS, places, timetables


def walks(one, other, rules, limit_s, part):
    """Return the walks of every pair as {from: {to: seconds}}."""
    table = walks_between(one, other, STREETS, rules, limit_dm=60_000, part=part)
    found: dict[int, dict[int, int]] = {}
    for row in table[table["walk_s"] <= limit_s].itertuples():
        found.setdefault(row.origin, {})[row.target] = row.walk_s
    return found


def questions(held, network, origins, targets):
    """Yield each pair with the search that answers it: start → arrival, and its access walks."""
    rules = network.rules
    runs = calls_of_day(held, network.date)
    stops = join(held.stops, STREETS)
    most = round(rules.max_walk_min * 60)
    change = round(rules.max_transfer_m * 3.6 / rules.speed_km_h)
    access = walks(origins, stops, rules, most, "access")
    egress = walks(stops, targets, rules, most, "egress")
    direct = walks(origins, targets, rules, most, "direct")
    links = walks(stops, stops, rules, change, "transfer")
    for one, other in itertools.product(range(len(origins.index)), range(len(targets.index))):
        asked = dict(  # noqa: C408
            access=access.get(one, {}),
            egress={stop: to[other] for stop, to in egress.items() if other in to},
            direct=direct.get(one, {}).get(other, FAR),
            links=links,
            rides=rules.max_rides,
            slack=rules.slack_s,
        )
        yield one, other, runs, asked


def travel_times_by_search(held, network, origins, targets):
    """Yield each pair with its travel time at every departure, infinite where too long."""
    first, last = network.window_s
    for one, other, runs, asked in questions(held, network, origins, targets):
        times = [earliest_arrival(runs, start, **asked) - start for start in range(first, last, 60)]
        yield one, other, [time if time <= network.limit_s else FAR for time in times]


def longest_waits_by_search(held, network, origins, targets):
    """Yield each pair with its travel time for every arrival minute: the latest departure that will do."""
    first, last = network.window_s
    rules = network.rules
    for one, other, runs, asked in questions(held, network, origins, targets):
        # Nobody leaves later than to walk all the way, or to board some run at the last second.
        boardings = {
            departure - rules.slack_s - walk
            for calls in runs
            for stop, _, departure, boards, _ in calls
            for walk in [asked["access"].get(stop)]
            if boards and walk is not None
        }
        arrivals = {start: earliest_arrival(runs, start, **asked) for start in boardings}
        times = []
        for deadline in range(first, last, 60):
            latest = [start for start, arrival in arrivals.items() if arrival <= deadline]
            best = max([*latest, deadline - asked["direct"]], default=-FAR)
            times.append(deadline - best if deadline - best <= network.limit_s else FAR)
        yield one, other, times


RULES = Conventions(max_walk_min=9, max_transfer_m=640, max_rides=3, slack_s=45, max_min=70)
EVERY = tuple(np.arange(1, 41) / 40 * 100)  # as many percentiles as minutes: all times are compared
SLOW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def searched(held, spots):
    network = transit_network(held, STREETS, date=DAY, window=("07:00", "07:40"), rules=RULES)
    return network, join(places(spots), STREETS), join(places(SPOTS[::5]), STREETS)


def sorted_seconds(times, one, other):
    found = times.seconds[one, other].astype(float)
    found[found == 65_535] = FAR
    return found.tolist()


@SLOW
@given(timetables(), st.lists(st.sampled_from(SPOTS), min_size=2, max_size=2, unique=True))
def test_every_pair_and_minute_equals_the_search(held, spots):
    network, origins, targets = searched(held, spots)
    found = transit_times(origins, targets, network, percentiles=EVERY)
    for one, other, times in travel_times_by_search(held, network, origins, targets):
        assert sorted_seconds(found, one, other) == sorted(times)
        assert found.within[one, other] == sum(time < FAR for time in times)


@SLOW
@given(timetables(), st.lists(st.sampled_from(SPOTS), min_size=1, max_size=2, unique=True))
def test_every_arrival_minute_equals_the_search(held, spots):
    network, origins, targets = searched(held, spots)
    found = transit_times(origins, targets, network, percentiles=EVERY, arrive_by=True)
    for one, other, times in longest_waits_by_search(held, network, origins, targets):
        assert sorted_seconds(found, one, other) == sorted(times)


@SLOW
@given(timetables(), st.sampled_from(SPOTS))
def test_searching_back_from_the_destination_changes_nothing(held, spot):
    network, destination, _ = searched(held, [spot])
    many = join(places(SPOTS), STREETS)
    assert len(many.index) > 12  # so that the search runs backwards
    back = transit_times(many, destination, network, percentiles=EVERY)
    for part in range(0, len(SPOTS), 5):
        some = np.isin(np.arange(len(SPOTS)), range(part, part + 5))
        forward = transit_times(many.take(some), destination, network, percentiles=EVERY)
        assert (forward.seconds == back.seconds[some]).all()
        assert (forward.within == back.within[some]).all()


def test_percentiles_are_chosen_as_r5_does():
    times = [10.0, 20.0, 30.0, FAR]
    assert [percentile(times, share) for share in (25, 50, 75, 100)] == [10, 20, 30, FAR]
