"""Floating catchments against PySAL's `access`, on the same table of walks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from oracles.walks import territories

from renewal_gis.access import bands, floating_catchments, step, travel_times

fca = pytest.importorskip("access.fca")
weights = pytest.importorskip("access.weights")

LIMIT = 3
CASES = [
    (step(LIMIT), {LIMIT: 1}),
    (bands([1, 2, LIMIT], [1.0, 0.68, 0.22]), {1: 1, 2: 0.68, LIMIT: 0.22}),
]


@pytest.mark.parametrize(("decay", "steps"), CASES, ids=["2SFCA", "E2SFCA"])
@settings(max_examples=40, deadline=None)
@given(territories())
def test_two_step_catchments(decay, steps, territory):
    network, homes, shops, _ = territory
    people = pd.Series(np.arange(1.0, len(homes.index) + 1), name="people")
    beds = pd.Series(np.arange(3.0, len(shops.index) + 3), name="beds")
    found = floating_catchments(homes, shops, network, people=people, capacity=beds, decay=decay)
    cost = travel_times(homes, shops, network, limit_min=LIMIT).astype(
        {"from_id": int, "to_id": int}
    )
    judged = fca.two_stage_fca(
        people.rename_axis("geoid").to_frame(),
        beds.rename_axis("geoid").to_frame(),
        cost,
        max_cost=LIMIT,
        demand_name="people",
        supply_name="beds",
        cost_origin="from_id",
        cost_dest="to_id",
        cost_name="travel_time_min",
        weight_fn=weights.step_fn(steps),
    )
    expected = judged.reindex(homes.index, fill_value=0.0).where(homes.reached)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(territories())
def test_capacity_is_shared_out_and_none_is_lost(territory):
    network, homes, shops, _ = territory
    people = pd.Series(np.arange(1.0, len(homes.index) + 1))
    beds = pd.Series(np.arange(3.0, len(shops.index) + 3))
    found = floating_catchments(
        homes, shops, network, people=people, capacity=beds, decay=step(LIMIT)
    )
    met = travel_times(homes, shops, network, limit_min=LIMIT)["to_id"].unique()
    assert (found * people).sum() == pytest.approx(beds[beds.index.isin(met)].sum())
