"""Slope, steps and crossings as costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawing import places, streets

from renewal_gis.access import (
    PROFILES,
    Profile,
    ascent_of_edges,
    join,
    street_network,
    tobler_pace,
    travel_times,
    walk_minutes,
    with_profile,
)
from renewal_gis.errors import UsageError

STREET = street_network(streets("o---------o"))  # 100 m


def tobler_km_h(slope):
    return 6 * np.exp(-3.5 * abs(slope + 0.05))


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.12, -0.02, -0.05, -0.1, -0.25, 0.39])
def test_pace_is_toblers_speed_relative_to_the_flat(slope):
    assert float(tobler_pace(slope)) == pytest.approx(tobler_km_h(0) / tobler_km_h(slope))


def test_the_unknown_is_flat_and_the_impossible_is_held():
    assert tobler_pace([np.nan, 0.0]).tolist() == [1.0, 1.0]
    assert tobler_pace([2.0, np.inf]).tolist() == [float(tobler_pace(0.4))] * 2
    assert tobler_pace([-2.0]).tolist() == [float(tobler_pace(-0.4))]


def test_uphill_is_slower_than_down():
    hill = with_profile(STREET, PROFILES["adult"], ascent_m=[10.0])
    west, east = (join(places(x=spot), STREET) for spot in ((0, 0), (0, 10)))
    kinds = pd.Series(["x"], index=["x"])
    up = walk_minutes(west, east, hill, groups=kinds).iloc[0, 0]
    down = walk_minutes(east, west, hill, groups=kinds).iloc[0, 0]
    assert (up, down) == (1419 / 800, 1000 / 800)
    assert walk_minutes(west, east, hill, groups=kinds, direction="from").iloc[0, 0] == down


def test_half_the_slope_costs_half():
    hill = with_profile(STREET, PROFILES["adult"], ascent_m=[10.0])
    ends, middle = join(places(a=(0, 0), b=(0, 10)), STREET), join(places(m=(0, 5)), STREET)
    found = travel_times(ends, middle, hill, limit_min=9)["travel_time_min"] * 800
    assert found.round().tolist() == [710, 500]


def test_steps_and_crossings():
    table = streets("o---------o---------o").assign(kind=["steps", "footway"], crossings=[0, 2])
    network = street_network(table)
    slow = Profile(name="slow", speed_km_h=3.6, steps_factor=2.5, crossing_s=12)
    found = with_profile(network, slow)
    # Two waits of 12 s are 24 m at 1 m/s.
    assert found.cost_onward.tolist() == [2500, 1240]
    assert found.cost_backward.tolist() == [2500, 1240]
    assert with_profile(network, PROFILES["adult"]).cost_onward.tolist() == [1000, 1000]


def test_a_flat_network_costs_the_same_both_ways():
    for profile in PROFILES.values():
        found = with_profile(STREET, profile, ascent_m=[np.nan])
        assert found.cost_onward.tolist() == found.cost_backward.tolist() == [1000]


def test_no_walk_is_free():
    tiny = street_network(streets("o---------o").assign(length_m=[0.1]))
    down = with_profile(tiny, PROFILES["adult"], ascent_m=[-0.005])
    assert min(down.cost_onward.min(), down.cost_backward.min()) >= 1


def test_the_network_is_left_as_it_was():
    before = {name: np.copy(getattr(STREET, name)) for name in ("cost_onward", "cost_backward")}
    arcs = STREET.arc_cost_out.copy()
    hill = with_profile(STREET, PROFILES["older"], ascent_m=[10.0])
    assert hill.arc_cost_out.tolist() != arcs.tolist()
    np.testing.assert_array_equal(STREET.arc_cost_out, arcs)
    for name, held in before.items():
        np.testing.assert_array_equal(getattr(STREET, name), held)
    np.testing.assert_array_equal(hill.length_dm, STREET.length_dm)


def test_a_profile_stands_on_lengths_not_on_another_profile():
    older = with_profile(STREET, PROFILES["older"], ascent_m=[10.0])
    assert with_profile(older, PROFILES["adult"]).cost_onward.tolist() == [1000]


def test_ascent_from_the_nodes():
    network = street_network(streets("o---o---o").assign(u=["a", "c"], v=["b", "b"]))
    assert network.node_ids.tolist() == ["a", "b", "c"]
    found = ascent_of_edges(network, [100.0, 103.0, np.nan])
    np.testing.assert_array_equal(found, [3.0, np.nan])


def test_ascents_of_the_wrong_shape_are_refused():
    for wrong in ([1.0, 2.0], [], [[1.0]]):
        with pytest.raises(UsageError, match="One ascent per edge is needed: 1"):
            with_profile(STREET, PROFILES["adult"], ascent_m=wrong)
    with pytest.raises(UsageError, match="One elevation per node is needed: 2"):
        ascent_of_edges(STREET, [1.0])


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps_factor", 0.5), ("steps_factor", np.inf), ("crossing_s", -1), ("crossing_s", np.nan)],
)
def test_a_profile_that_makes_walking_free_or_endless_is_refused(name, value):
    with pytest.raises(UsageError, match=f"{name} = .* cannot be walked"):
        with_profile(STREET, replace(PROFILES["adult"], **{name: value}))


@pytest.mark.parametrize("speed", [0, -1, np.nan, np.inf])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(UsageError, match="above zero"):
        with_profile(STREET, Profile(name="x", speed_km_h=speed))
