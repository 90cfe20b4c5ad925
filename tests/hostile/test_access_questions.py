"""Questions that cannot be answered: a sentence each, or missing; never a number made up."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from drawing import CRS, places, streets
from shapely import LineString, Point, box

from renewal_gis.access import (
    bands,
    catchment,
    exponential,
    floating_catchments,
    gaussian,
    gravity,
    isochrones,
    join,
    service_counts,
    square_grid,
    step,
    stop_service,
    street_network,
    travel_times,
    walk_minutes,
)
from renewal_gis.errors import CRSError, RenewalGisError, UsageError

NETWORK = street_network(streets("o---------o"))
SPOTS = join(places(a=(0, 1), b=(0, 7)), NETWORK)
KINDS = pd.Series(["x", "x"], index=SPOTS.index)
ONES = pd.Series([1.0, 1.0], index=SPOTS.index)


def counts(**rest):
    return service_counts(SPOTS, SPOTS, NETWORK, groups=KINDS, **rest)


def test_places_without_geometry_are_missing():
    spots = gpd.GeoSeries([None, Point(), Point(5, 0)], index=list("abc"), crs=CRS)
    joined = join(spots, NETWORK)
    assert joined.reached.tolist() == [False, False, True]
    found = walk_minutes(joined, SPOTS, NETWORK, groups=KINDS)
    assert found["walk_min:x"].isna().tolist() == [True, True, False]


def test_no_places_at_all():
    none = join(gpd.GeoSeries([], crs=CRS), NETWORK)
    nothing = pd.Series([], dtype=object)
    assert walk_minutes(SPOTS, none, NETWORK, groups=nothing).shape == (2, 0)
    assert service_counts(SPOTS, none, NETWORK, groups=nothing).shape == (2, 0)
    assert gravity(none, SPOTS, NETWORK, groups=KINDS, decay=step(5)).shape == (0, 1)
    assert len(isochrones(none, NETWORK, together=True)) == 0


def test_services_that_are_all_lost():
    lost = join(places(far=(99, 0)), NETWORK)
    kinds = pd.Series(["x"], index=["far"])
    assert walk_minutes(SPOTS, lost, NETWORK, groups=kinds)["walk_min:x"].isna().all()
    counted = service_counts(SPOTS, lost, NETWORK, groups=kinds)
    assert (counted == 0).all(axis=None)
    beds = pd.Series([9.0], index=["far"])
    shared = floating_catchments(SPOTS, lost, NETWORK, people=ONES, capacity=beds, decay=step(5))
    assert shared.tolist() == [0, 0]


@pytest.mark.parametrize("speed", [0, -4, np.nan, np.inf])
def test_speeds_that_are_none(speed):
    with pytest.raises(UsageError, match="above zero"):
        counts(speed_km_h=speed)
    with pytest.raises(UsageError, match="above zero"):
        travel_times(SPOTS, SPOTS, NETWORK, limit_min=5, speed_km_h=speed)


@pytest.mark.parametrize("limits", [[], [0], [-5], [5, -5], [np.nan]])
def test_limits_that_are_none(limits):
    with pytest.raises(UsageError, match="minutes above zero"):
        counts(thresholds_min=limits)
    with pytest.raises(UsageError, match="minutes above zero"):
        catchment(SPOTS, SPOTS, NETWORK, weight=ONES, thresholds_min=limits)


def test_groups_that_are_missing():
    with pytest.raises(UsageError, match="some are missing"):
        walk_minutes(SPOTS, SPOTS, NETWORK, groups=pd.Series(["x", None], index=SPOTS.index))


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_that_is_none(k):
    with pytest.raises(UsageError, match="k counts"):
        walk_minutes(SPOTS, SPOTS, NETWORK, groups=KINDS, k=k)


def test_a_place_without_crs_or_in_another():
    for crs in (None, 4326, 3857):
        with pytest.raises(CRSError, match="to_crs"):
            join(gpd.GeoSeries([Point(0, 0)], crs=crs), NETWORK)


def test_more_wanted_than_there_are():
    found = walk_minutes(SPOTS, SPOTS, NETWORK, groups=KINDS, k=40)
    assert found.shape == (2, 40)
    assert found.notna().sum(axis=1).tolist() == [2, 2]


@pytest.mark.parametrize("speed", [3.7])
def test_a_step_counts_what_stands_at_its_limit(speed):
    """925 m at 3.7 km/h are 15 minutes: `service_counts` sees the shop, `gravity` does not."""
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (1000, 0)])], crs=CRS)
    network = street_network(line)
    home, shop = (join(gpd.GeoSeries([Point(x, 0)], crs=CRS), network) for x in (0, 925))
    asked = {"groups": pd.Series(["x"]), "speed_km_h": speed}
    counted = service_counts(home, shop, network, thresholds_min=[15], **asked).iloc[0, 0]
    assert counted == 1
    assert gravity(home, shop, network, decay=step(15), **asked).iloc[0, 0] == counted


@pytest.mark.parametrize("measure", [walk_minutes, service_counts])
def test_no_origins_is_an_empty_table(measure):
    none = join(gpd.GeoSeries([], crs=CRS), NETWORK)
    found = measure(none, SPOTS, NETWORK, groups=KINDS)
    assert len(found) == 0
    assert len(found.columns)


@pytest.mark.parametrize("limit", [np.nan, np.inf, 1e9])
def test_limits_without_end(limit):
    """NaN is refused only when it stands first; a long limit overflows 32 bits."""
    with pytest.raises(UsageError):
        counts(thresholds_min=[5, limit])


def test_departures_on_another_index_are_refused():
    served = pd.DataFrame(
        {"departures_day": [180, 0], "departures_h": [12.0, 0.0]}, index=["b", "a"]
    )
    with pytest.raises(UsageError, match="index"):
        stop_service(SPOTS, SPOTS, NETWORK, departures=served)


def test_a_direction_misspelt_is_refused():
    with pytest.raises(UsageError, match="direction"):
        walk_minutes(SPOTS, SPOTS, NETWORK, groups=KINDS, direction="To")
    with pytest.raises(UsageError, match="direction"):
        isochrones(SPOTS, NETWORK, direction="From")


@pytest.mark.parametrize(
    "make",
    [
        lambda: exponential(-1),
        lambda: gaussian(0),
        lambda: bands([5], [-1.0]),
        lambda: bands([5], [np.nan]),
        lambda: bands([-5, 10], [1.0, 0.5]),
        lambda: bands([np.nan, 10], [1.0, 0.5]),
    ],
)
def test_a_decay_that_is_none_is_refused_when_it_is_made(make):
    with pytest.raises(UsageError):
        make()


@pytest.mark.parametrize("values", [["many", "few"], [np.inf, 1.0], [-1.0, 1.0]])
def test_weights_that_are_none(values):
    weight = pd.Series(values, index=SPOTS.index, name="beds")
    with pytest.raises(UsageError, match="beds"):
        gravity(SPOTS, SPOTS, NETWORK, groups=KINDS, decay=step(5), weight=weight)
    with pytest.raises(UsageError, match="beds"):
        catchment(SPOTS, SPOTS, NETWORK, weight=weight)


@pytest.mark.parametrize("values", [["many", "few"], [np.inf, 1.0]])
def test_capacities_that_are_none(values):
    beds = pd.Series(values, index=SPOTS.index, name="beds")
    with pytest.raises(UsageError, match="beds"):
        floating_catchments(SPOTS, SPOTS, NETWORK, people=ONES, capacity=beds, decay=step(5))


@pytest.mark.parametrize("asked", [{"limit_m": -1}, {"limit_m": np.nan}, {"island_share": np.nan}])
def test_joining_limits_that_are_none(asked):
    with pytest.raises(UsageError):
        join(places(a=(0, 1)), NETWORK, **asked)


def test_a_place_without_geometry_is_told_so():
    (told,) = join(gpd.GeoSeries([None], crs=CRS), NETWORK).findings("homes", limit_m=250)
    assert "nan" not in told.message


@pytest.mark.parametrize("area", [[], [None], [box(0, 0, 0, 0).buffer(-1)]])
def test_a_grid_of_nothing(area):
    try:
        grid = square_grid(gpd.GeoSeries(area, crs=CRS))
    except RenewalGisError:
        return
    assert len(grid) == 0


def test_a_grid_in_feet():
    with pytest.raises(CRSError):
        square_grid(gpd.GeoSeries([box(0, 0, 1000, 1000)], crs=2225))


@pytest.mark.parametrize("asked", [{"width_m": np.inf}, {"hole_m2": np.nan}, {"hole_m2": -1.0}])
def test_outlines_that_cannot_be_drawn(asked):
    with pytest.raises(UsageError):
        isochrones(SPOTS, NETWORK, **asked)


def test_identifiers_and_ranks_of_another_kind():
    with pytest.raises(UsageError, match="k counts"):
        walk_minutes(SPOTS, SPOTS, NETWORK, groups=KINDS, k=2.5)


def test_a_missing_identifier():
    spots = gpd.GeoSeries([Point(0, 0)], index=[np.nan], crs=CRS)
    try:
        found = travel_times(join(spots, NETWORK), SPOTS, NETWORK, limit_min=5)
    except RenewalGisError:
        return
    assert len(found) == 2
