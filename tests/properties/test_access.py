"""What must hold of walking whatever the territory."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from renewal_gis.access import join, service_counts, street_network, walk_minutes

CRS = "EPSG:2154"
SEEDS = range(8)


def territory(seed, *, east=0.0, north=0.0):
    """Return a jittered grid of streets, homes and services of two groups."""
    rng = np.random.default_rng(seed)
    spots = np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=-1) * 120.0
    spots = spots + rng.uniform(-30, 30, spots.shape).round(1) + np.array([east, north])
    lines = [
        LineString([spots[r, c], spots[r + dr, c + dc]])
        for r in range(8)
        for c in range(8)
        for dr, dc in ((0, 1), (1, 0))
        if r + dr < 8 and c + dc < 8 and rng.random() < 0.85
    ]
    homes = rng.uniform(0, 840, (30, 2)).round(1) + np.array([east, north])
    services = rng.uniform(0, 840, (16, 2)).round(1) + np.array([east, north])
    return (
        gpd.GeoDataFrame(geometry=lines, crs=CRS),
        gpd.GeoSeries([Point(xy) for xy in homes], index=[f"h{i}" for i in range(30)], crs=CRS),
        gpd.GeoSeries([Point(xy) for xy in services], index=[f"s{i}" for i in range(16)], crs=CRS),
        pd.Series(["ecole", "poste"] * 8, index=[f"s{i}" for i in range(16)]),
    )


def measured(streets, homes, services, groups, **rest):
    network = street_network(streets)
    origins, targets = join(homes, network), join(services, network)
    return (
        walk_minutes(origins, targets, network, groups=groups),
        service_counts(origins, targets, network, groups=groups, thresholds_min=(3, 6, 9), **rest),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_moving_everything_changes_nothing(seed):
    here, there = (territory(seed, east=e, north=n) for e, n in ((0, 0), (512, 4096)))
    for a, b in zip(measured(*here), measured(*there), strict=True):
        pd.testing.assert_frame_equal(a, b)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_service_never_worsens_access(seed):
    streets, homes, services, groups = territory(seed)
    fewer = measured(streets, homes, services.iloc[:-1], groups.iloc[:-1])
    more = measured(streets, homes, services, groups)
    assert (more[0].fillna(np.inf) <= fewer[0].fillna(np.inf)).all(axis=None)
    assert (more[1] >= fewer[1]).fillna(True).all(axis=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_longer_walk_reaches_at_least_as_much(seed):
    _, counts = measured(*territory(seed))
    for group in ("ecole", "poste"):
        reached = counts[[f"count_{limit}_min:{group}" for limit in (3, 6, 9)]].dropna()
        assert (reached.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_minutes_and_counts_agree(seed):
    minutes, counts = measured(*territory(seed))
    for group in ("ecole", "poste"):
        near = minutes[f"walk_min:{group}"] <= 6
        known = counts[f"count_6_min:{group}"].notna()
        assert (near == (counts[f"count_6_min:{group}"] > 0))[known].all()


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffling_rows_shuffles_results(seed):
    streets, homes, services, groups = territory(seed)
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(len(homes))
    order = rng.permutation(len(services))
    plain = measured(streets, homes, services, groups)
    shuffled = measured(streets, homes.iloc[mixed], services.iloc[order], groups.iloc[order])
    for a, b in zip(plain, shuffled, strict=True):
        pd.testing.assert_frame_equal(a.iloc[mixed], b)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_of_the_caller_is_changed(seed):
    streets, homes, services, groups = territory(seed)
    before = (streets.copy(), homes.copy(), services.copy(), groups.copy())
    measured(streets, homes, services, groups)
    for a, b in zip(before, (streets, homes, services, groups), strict=True):
        assert a.equals(b)


@pytest.mark.parametrize("seed", SEEDS)
def test_walking_is_never_shorter_than_the_crow_flies(seed):
    streets, homes, services, groups = territory(seed)
    minutes, _ = measured(streets, homes, services, groups)
    for group in ("ecole", "poste"):
        spots = services[groups == group].union_all()
        straight = homes.distance(spots) / 80
        # Each length and stub is rounded to a decimetre: a walk of ten edges may lose half a metre.
        assert (minutes[f"walk_min:{group}"].fillna(np.inf) >= straight - 0.01).all()
