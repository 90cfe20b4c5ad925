"""The second opinions against pymcdm, on the same points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.assumptions import assumption
from renewal_gis.scoring import Criterion, rank, second_opinions

methods = pytest.importorskip("pymcdm.methods")
# It warns of sites that beat all others, the two ideals among them.
pytestmark = pytest.mark.filterwarnings("ignore:Alternatives with indices")
normalizations = pytest.importorskip("pymcdm.normalizations")


def case(seed):
    """Return points, weights and the ranking they make."""
    rng = np.random.default_rng(seed)
    sites, criteria = int(rng.integers(3, 30)), int(rng.integers(2, 9))
    points = rng.uniform(0, 100, (sites, criteria)).round(int(rng.integers(0, 3)))
    weights = rng.integers(1, 6, criteria).astype(float)
    names = [f"c{place}" for place in range(criteria)]
    held = [
        Criterion(name=name, measure=name, best=100, worst=0, weight=weight)
        for name, weight in zip(names, weights, strict=True)
    ]
    return points, weights / weights.sum(), rank(pd.DataFrame(points, columns=names), held)


@pytest.mark.parametrize("seed", range(20))
def test_topsis_between_two_fixed_ideals(seed):
    points, weights, ranking = case(seed)
    # The two ideals stand among the sites, and dividing by the largest value divides by 100.
    ends = np.vstack([points, np.full(points.shape[1], 100.0), np.zeros(points.shape[1])])
    judge = methods.TOPSIS(normalizations.max_normalization)
    expected = judge(ends, weights, np.ones(points.shape[1]))[:-2]
    assert second_opinions(ranking)["topsis"].to_numpy() == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_promethee(seed):
    points, weights, ranking = case(seed)
    columns = points.shape[1]
    judge = methods.PROMETHEE_II(
        "vshape_2",
        p=np.full(columns, assumption("promethee_preference").value),
        q=np.full(columns, assumption("promethee_indifference").value),
    )
    expected = judge(points, weights, np.ones(columns))
    assert second_opinions(ranking)["promethee"].to_numpy() == pytest.approx(expected, abs=1e-8)
