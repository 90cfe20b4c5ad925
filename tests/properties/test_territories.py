"""What must always hold when territories are compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.territories import (
    compare,
    concentration_index,
    effect_sizes,
    gini,
    inequality,
    palma,
    percentiles_among,
    poverty,
    theil,
    within_reach,
)

WALK = "walk_min:ecole"
quick = settings(deadline=None, max_examples=25)
row = st.tuples(
    st.one_of(st.integers(0, 40), st.just(None)),
    st.integers(0, 6),
    st.sampled_from(["corridor", "south", "other", None]),
    st.integers(1, 9),
)
rows = st.lists(row, min_size=3, max_size=40).filter(
    lambda held: all(
        any(w and s == name and v is not None for v, w, s, _ in held)
        for name in ("corridor", "south")
    )
)


def tables(held):
    value, weight, sector, income = zip(*held, strict=True)
    return (
        pd.DataFrame({WALK: pd.Series(value, dtype=float)}),
        pd.Series(weight, dtype=float),
        pd.Series(sector, dtype=object),
        pd.Series(income, dtype=float),
    )


def every(held):
    homes, weight, sector, income = tables(held)
    rates = inequality(homes, weight=weight, sector=sector, income=income, lines={WALK: 15})
    effects = effect_sizes(homes, sector=sector, weight=weight, draws=5)
    reach = within_reach(homes, area=sector, weight=weight)
    figures = compare(homes, sector=sector, weight=weight).drop(columns="buildings")
    return (
        rates,
        effects.drop(columns=["low", "high", "units_first", "units_second"]),
        reach,
        figures,
    )


def same(one, two):
    for left, right in zip(one, two, strict=True):
        pd.testing.assert_frame_equal(left, right, rtol=1e-9, atol=1e-12)


@quick
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(held, random):
    mixed = list(held)
    random.shuffle(mixed)
    same(every(held), every(mixed))


@quick
@given(rows)
def test_a_weight_is_as_many_rows(held):
    split = [(value, 1, s, i) for value, weight, s, i in held for _ in range(weight)]
    # A sector whose rows all weigh nothing has no row left to be told by.
    kept = [r for r in held if r[1]]
    same(every(kept), every(split))


@quick
@given(rows)
def test_between_and_within_make_the_whole(held):
    homes, weight, sector, _ = tables(held)
    code = pd.Categorical(sector).codes
    parts = theil(homes[WALK], weight, code)
    if np.isnan(parts.total):
        assert not (homes[WALK] * weight).sum()
    else:
        assert parts.between + parts.within == pytest.approx(parts.total, abs=1e-12)
        assert parts.between >= -1e-12 <= parts.within


@quick
@given(rows)
def test_indices_stay_in_their_range_and_know_no_unit(held):
    homes, weight, _, income = tables(held)
    found = gini(homes[WALK], weight)
    assert np.isnan(found) or -1e-12 <= found < 1
    assert abs(concentration_index(homes[WALK], weight, income=income)) <= found + 1e-9 or np.isnan(
        found
    )
    assert gini(homes[WALK] * 60, weight) == pytest.approx(found, nan_ok=True, abs=1e-12)
    assert palma(homes[WALK] * 60, weight) == pytest.approx(palma(homes[WALK], weight), nan_ok=True)
    depth = [poverty(homes[WALK], weight, line=20, alpha=alpha) for alpha in (0, 1, 2)]
    # Below forty minutes no gap is more than the line itself.
    assert 1 >= depth[0] >= depth[1] >= depth[2] >= 0


@quick
@given(rows)
def test_a_clone_of_a_home_has_its_percentile_and_another_site_changes_none(held):
    homes, weight, _, _ = tables(held)
    known = percentiles_among(homes, homes, weight=weight)
    for place in range(0, len(homes), 7):
        clone = percentiles_among(homes.iloc[[place]], homes, weight=weight)
        pd.testing.assert_frame_equal(clone, known.iloc[[place]])
    mean = np.average(known[WALK].fillna(0), weights=weight * known[WALK].notna())
    assert mean == pytest.approx(50)


@quick
@given(rows)
def test_swapping_the_sectors_turns_the_signs(held):
    homes, weight, sector, _ = tables(held)
    one, two = (
        effect_sizes(homes, sector=sector, weight=weight, of=of, draws=1).set_index("effect")[
            "value"
        ]
        for of in (("corridor", "south"), ("south", "corridor"))
    )
    turned = ["mean_difference", "median_difference", "cliffs_delta"]
    np.testing.assert_allclose(one[turned], -two[turned], atol=1e-12)
    assert one["superiority"] + two["superiority"] == pytest.approx(1)


@quick
@given(rows, st.integers(0, 99))
def test_a_seed_gives_the_same_bytes(held, seed):
    homes, weight, sector, income = tables(held)
    one, two = (
        effect_sizes(homes, sector=sector, weight=weight, clusters=income, draws=7, seed=seed)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)
