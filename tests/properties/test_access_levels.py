"""What must hold of intervals, classes, trips and PTAL whatever the timetable."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewal_gis.access.level_tables import GRADES, LEED_LADDERS, PTAL_BANDS
from renewal_gis.access.levels import (
    leed_step,
    mean_interval,
    quality_class,
    robust_interval,
    stop_category,
)
from renewal_gis.access.ptal import ptal, ptal_band

START, END = 360, 480
WINDOW = {"start_min": START, "end_min": END}
whole = st.integers(300, 560)
days = st.lists(whole, max_size=15)
served = st.builds(lambda inside, rest: [inside, *rest], st.integers(START, END - 1), days)
longer = 1 + 1e-12


def expected_wait(departures):
    """Return the mean wait over [START, END): by arrivals in the middle of every eighth of a minute."""
    # The wait falls evenly between whole minutes, so the middle of each piece has its exact mean.
    arrivals = np.arange(START + 1 / 16, END, 1 / 8)
    first = min(t for t in departures if START <= t < END)
    leaving = np.sort([*(t for t in departures if t >= START), first + END - START])
    return np.mean(leaving[np.searchsorted(leaving, arrivals)] - arrivals)


@given(served)
def test_interval_is_twice_the_expected_wait(departures):
    assert robust_interval(departures, **WINDOW) == pytest.approx(
        2 * expected_wait(departures), rel=1e-12
    )


@given(served, st.floats(0, 600))
def test_one_more_departure_never_lengthens_the_interval(departures, more):
    before, after = (robust_interval(held, **WINDOW) for held in (departures, [*departures, more]))
    assert after <= before * longer
    assert mean_interval([*departures, more], START, END) <= mean_interval(departures, START, END)


@given(days, st.randoms(use_true_random=False))
def test_order_changes_nothing(departures, chance):
    shuffled = list(departures)
    chance.shuffle(shuffled)
    assert robust_interval(shuffled, **WINDOW) == robust_interval(departures, **WINDOW)


@given(served, st.integers(0, 2000))
def test_the_hour_of_the_day_changes_nothing(departures, later):
    moved = robust_interval(
        [t + later for t in departures], start_min=START + later, end_min=END + later
    )
    assert moved == pytest.approx(robust_interval(departures, **WINDOW), rel=1e-12)


@given(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 40, 60, 120]), st.data())
def test_even_departures_are_as_far_apart_as_they_are(headway, data):
    first = data.draw(st.integers(0, headway))
    found = robust_interval(range(first, 900, headway), **WINDOW)
    assert (
        found == headway == mean_interval(range(START + first % headway, END, headway), START, END)
    )


@given(served)
def test_departures_that_repeat_themselves_are_never_better_than_their_mean(departures):
    inside = [t for t in departures if t < END]
    first = min(t for t in inside if t >= START)
    cycle = robust_interval(inside, start_min=first, end_min=first + END - START)
    assert cycle >= mean_interval(inside, first, first + END - START) / longer


@given(served)
def test_interval_is_within_the_longest_wait(departures):
    assert 0 < robust_interval(departures, **WINDOW) <= 2 * (END - START)


CATEGORIES = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", None]
LETTERS = [*"ABCDEFG", None]
finite = st.floats(0, 2000)


@pytest.mark.parametrize("variant", GRADES)
@given(pair=st.tuples(finite, finite), mode=st.sampled_from(["rail", "metro", "tram", "bus"]))
def test_a_shorter_interval_never_lowers_the_category(variant, pair, mode):
    less, more = (stop_category(variant, minutes, mode) for minutes in sorted(pair))
    assert CATEGORIES.index(less) <= CATEGORIES.index(more)


@pytest.mark.parametrize("variant", GRADES)
@given(pair=st.tuples(finite, finite))
def test_a_shorter_way_or_a_better_stop_never_lowers_the_class(variant, pair):
    grades = GRADES[variant]
    for category, worse in itertools.pairwise(grades.classes):
        near, far = (
            LETTERS.index(quality_class(variant, category, **{grades.walk: way}))
            for way in sorted(pair)
        )
        assert near <= far
        below = quality_class(variant, worse, **{grades.walk: min(pair)})
        assert near <= LETTERS.index(below)


@pytest.mark.parametrize("version", LEED_LADDERS)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 50), st.integers(0, 50))
def test_more_trips_never_lose_a_step(version, weekday, weekend, more, also):
    names = [None, *(step.name for step in LEED_LADDERS[version])]
    before = leed_step(weekday, weekend, version=version)
    after = leed_step(weekday + more, weekend + also, version=version)
    assert names.index(before) <= names.index(after)


rows = st.tuples(
    st.sampled_from(["bus", "tram", "metro", "rail", "on_demand", "other"]),
    st.integers(0, 140).map(lambda tenths: tenths / 10),
    st.integers(0, 20),
)
tables = st.lists(rows, max_size=8)


def routes(held):
    """Return a table of routes, each of its own name."""
    return pd.DataFrame(
        [(str(place), *row) for place, row in enumerate(held)],
        columns=["route", "mode", "walk_min", "departures_h"],
    )


@given(tables, rows)
def test_one_more_route_never_lowers_ptal(held, more):
    assert ptal(routes([*held, more])).index >= ptal(routes(held)).index / longer


@given(tables)
def test_ptal_is_the_sum_of_its_modes_and_knows_no_order(held):
    found = ptal(routes(held))
    parts = [
        ptal(routes([row for row in held if row[0] == mode])).index for mode in {r[0] for r in held}
    ]
    assert found.index == pytest.approx(sum(parts), rel=1e-12)
    turned = ptal(routes(held[::-1]))
    assert turned.index == pytest.approx(found.index, rel=1e-12)
    assert len(found.routes) == len(held)
    counted = found.routes["left_out"].isna()
    assert (found.routes["weight"] > 0).equals(counted)


@given(tables, st.integers(0, 7), st.floats(0, 1), st.integers(0, 5))
def test_a_route_nearer_or_more_frequent_never_lowers_ptal(held, which, share, more):
    better = list(held)
    if which < len(held):
        mode, walk, hourly = held[which]
        better[which] = (mode, walk * share, hourly + more)
    assert ptal(routes(better)).index >= ptal(routes(held)).index / longer


@given(tables)
def test_ptal_by_the_formula_written_out(held):
    best_and_rest = 0.0
    for mode, lost, limit in (
        ("bus", 2, 8),
        ("tram", 2, 12),
        ("metro", 0.75, 12),
        ("rail", 0.75, 12),
    ):
        edf = sorted(
            (
                30 / (walk + 30 / hourly + lost)
                for m, walk, hourly in held
                if m == mode and walk <= limit and hourly
            ),
            reverse=True,
        )
        best_and_rest += sum(edf[:1]) + sum(edf[1:]) / 2
    assert ptal(routes(held)).index == pytest.approx(best_and_rest, rel=1e-12)


@given(st.tuples(st.floats(0, 100), st.floats(0, 100)))
def test_bands_follow_the_index(pair):
    order = [band for band, _ in PTAL_BANDS]
    low, high = (order.index(ptal_band(index)) for index in sorted(pair))
    assert low <= high
