"""What must hold of gravity, catchments, tables and isochrones whatever the territory."""

from __future__ import annotations

import itertools
import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.walks import town
from shapely import LineString

from renewal_gis.access import (
    PROFILES,
    catchment,
    exponential,
    floating_catchments,
    gravity,
    isochrones,
    join,
    service_counts,
    step,
    street_network,
    travel_times,
    walk_minutes,
    with_profile,
)

SEEDS = range(6)
DM = 1 / 800  # minutes a decimetre
LIMITS = (2, 4, 8)


def joined(streets, homes, shops, groups):
    network = street_network(streets)
    return network, join(homes, network), join(shops, network), groups


def measured(network, homes, shops, groups):
    """Return every measure, each on the index of its places."""
    people = pd.Series(1.0, index=homes.index, name="people")
    beds = pd.Series(2.0, index=shops.index)
    decay = exponential(0.2, limit_min=9)
    minutes = walk_minutes(homes, shops, network, groups=groups, k=3)
    summed = gravity(homes, shops, network, groups=groups, decay=decay, weight=beds)
    floating = floating_catchments(
        homes, shops, network, people=people, capacity=beds, decay=decay
    ).to_frame()
    passive = catchment(shops, homes, network, weight=people, thresholds_min=LIMITS)
    counts = service_counts(homes, shops, network, groups=groups, thresholds_min=LIMITS)
    return minutes, summed, floating, passive, counts


def table(network, homes, shops, limit=9):
    found = travel_times(homes, shops, network, limit_min=limit).astype(
        {"from_id": str, "to_id": str}
    )
    return found.set_index(["from_id", "to_id"]).sort_index()


@pytest.mark.parametrize("seed", SEEDS)
def test_moving_everything_changes_nothing(seed):
    here, there = (joined(*town(seed, east=e, north=n)) for e, n in ((0, 0), (652_288, 6_856_704)))
    for a, b in zip(measured(*here), measured(*there), strict=True):
        # A place at half a decimetre may round the other way, at either end of a walk.
        pd.testing.assert_frame_equal(a, b, atol=2 * DM, rtol=1e-3)
    pd.testing.assert_frame_equal(table(*here[:3], 99), table(*there[:3], 99), atol=2 * DM)
    near, far = (isochrones(one[1], one[0], limits_min=[3]) for one in (here, there))
    pd.testing.assert_series_equal(near.area, far.area, rtol=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_permuting_rows_permutes_results(seed):
    streets, homes, shops, groups = town(seed)
    rng = np.random.default_rng(seed)
    e, h, s = (rng.permutation(len(rows)) for rows in (streets, homes, shops))
    plain = joined(streets, homes, shops, groups)
    mixed = joined(streets.iloc[e], homes.iloc[h], shops.iloc[s], groups.iloc[s])
    for a, b in zip(measured(*plain), measured(*mixed), strict=True):
        pd.testing.assert_frame_equal(a, b.reindex(a.index), rtol=1e-12)
    pd.testing.assert_frame_equal(table(*plain[:3]), table(*mixed[:3]))
    drawn = [isochrones(one[1], one[0], limits_min=[3, 5]) for one in (plain, mixed)]
    areas = [shapes.set_index(["place", "minutes"]).area.sort_index() for shapes in drawn]
    pd.testing.assert_series_equal(*areas, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_an_edge_split_in_two_changes_a_walk_by_a_decimetre_at_most(seed, data):
    streets, homes, shops, groups = town(seed)
    cut = data.draw(st.integers(0, len(streets) - 1))
    first, middle, last = streets.geometry.iloc[cut].coords
    halves = gpd.GeoDataFrame(
        geometry=[LineString([first, middle]), LineString([middle, last])],
        index=["half", "other half"],
        crs=streets.crs,
    )
    split = pd.concat([streets.drop(index=streets.index[cut]), halves])
    whole, parts = (joined(rows, homes, shops, groups)[:3] for rows in (streets, split))
    one, two = (table(*held, 60)["travel_time_min"] for held in (whole, parts))
    assert one.index.equals(two.index)
    # One for the edge; one more where a place stands on it, whose own position is rounded.
    on_it = join(homes, whole[0]).edge == cut, join(shops, whole[0]).edge == cut
    stands = one.index.get_level_values(0).isin(homes.index[on_it[0]]).astype(int)
    stands = stands + one.index.get_level_values(1).isin(shops.index[on_it[1]])
    apart = np.rint((one - two).abs() / DM)
    assert (apart <= 1 + stands).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_longer_walks_reach_supersets(seed):
    network, homes, shops, _ = joined(*town(seed))
    tables = [table(network, homes, shops, limit) for limit in LIMITS]
    for less, more in itertools.pairwise(tables):
        pd.testing.assert_frame_equal(less, more.loc[less.index])
        assert len(less) < len(more)
    people = pd.Series(1.0, index=homes.index)
    passive = catchment(shops, homes, network, weight=people, thresholds_min=LIMITS)
    assert (passive.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_isochrones_are_nested_and_valid(seed):
    network, homes, _, _ = joined(*town(seed))
    hills = np.random.default_rng(seed).uniform(-0.2, 0.2, len(network.lines))
    hill = with_profile(network, PROFILES["older"], ascent_m=hills * network.length_dm / 10)
    for direction in ("from", "to"):
        drawn = isochrones(homes, hill, limits_min=LIMITS, direction=direction)
        assert drawn.geometry.is_valid.all()
        for _, shapes in drawn.groupby("place"):
            inner, outer = shapes.geometry[:-1].to_numpy(), shapes.geometry[1:].to_numpy()
            assert (shapely.area(shapely.difference(inner, outer)) <= 1e-6).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_service_never_worsens_access(seed):
    streets, homes, shops, groups = town(seed)
    more = measured(*joined(streets, homes, shops, groups))
    fewer = measured(*joined(streets, homes, shops.iloc[:-1], groups.iloc[:-1]))
    assert (more[0].fillna(np.inf) <= fewer[0].fillna(np.inf)).all(axis=None)
    for rank in (1, 2, 4):
        assert (more[rank].fillna(0) >= fewer[rank].fillna(0) - 1e-12).all(axis=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_thread_or_several_give_the_same_bytes(seed, monkeypatch):
    held = joined(*town(seed))
    results = []
    for cores in (1, 2, 7):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        results.append([*measured(*held), table(*held[:3])])
    for other in results[1:]:
        for a, b in zip(results[0], other, strict=True):
            assert a.to_numpy().tobytes() == b.to_numpy().tobytes()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_home_split_in_two_keeps_every_total(seed):
    streets, homes, shops, groups = town(seed)
    network, one, sites, _ = joined(streets, homes, shops, groups)
    two = join(pd.concat([homes, homes.iloc[:1].set_axis(["h0 bis"])]), network)
    people = pd.Series(10.0, index=one.index)
    shared_out = pd.Series(10.0, index=two.index)
    shared_out[["h0", "h0 bis"]] = [4.0, 6.0]
    whole, parts = (
        catchment(sites, at, network, weight=weight, thresholds_min=LIMITS)
        for at, weight in ((one, people), (two, shared_out))
    )
    pd.testing.assert_frame_equal(whole, parts)
    beds = pd.Series(3.0, index=sites.index)
    whole, parts = (
        floating_catchments(at, sites, network, people=weight, capacity=beds, decay=step(6))
        for at, weight in ((one, people), (two, shared_out))
    )
    pd.testing.assert_series_equal(whole, parts[one.index])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_measures_agree_with_the_long_table(seed):
    network, homes, shops, groups = joined(*town(seed))
    pairs = table(network, homes, shops, 8)["travel_time_min"]
    counts = service_counts(homes, shops, network, groups=groups, thresholds_min=[8])
    nearest = walk_minutes(homes, shops, network, groups=groups)
    for kind in "abc":
        of_kind = pairs[pairs.index.get_level_values("to_id").map(groups) == kind]
        by_home = of_kind.groupby(level="from_id")
        assert by_home.size().eq(counts.loc[by_home.size().index, f"count_8_min:{kind}"]).all()
        assert of_kind.size == counts[f"count_8_min:{kind}"].sum()
        first = by_home.min()
        assert first.eq(nearest.loc[first.index, f"walk_min:{kind}"]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_the_caller_is_changed(seed):
    held = joined(*town(seed))
    groups = held[3].copy()
    arrays = {
        (place, name): np.copy(value)
        for place, thing in enumerate(held[:3])
        for name, value in vars(thing).items()
        if isinstance(value, np.ndarray) and value.dtype != object
    }
    measured(*held)
    isochrones(held[1], held[0])
    assert held[3].equals(groups)
    for (place, name), before in arrays.items():
        np.testing.assert_array_equal(getattr(held[place], name), before)
