"""Weighted Gini, Theil and Palma beside PySAL `inequality` on as many rows as the weights say."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from renewal_gis.territories import gini, theil

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pysal = pytest.importorskip("inequality")
    from inequality.gini import Gini
    from inequality.theil import Theil, TheilD


@pytest.mark.parametrize("seed", range(8))
def test_weights_are_as_many_rows(seed):
    rng = np.random.default_rng(seed)
    values, weights = rng.gamma(2, 6, 120) + 0.1, rng.integers(0, 7, 120)
    group = rng.integers(0, 4, 120)
    many, groups = np.repeat(values, weights), np.repeat(group, weights)
    assert gini(values, weights) == pytest.approx(Gini(many).g, rel=1e-10)
    parts, judged = theil(values, weights, group), TheilD(many, groups)
    assert parts.total == pytest.approx(float(Theil(many).T), rel=1e-10)
    assert parts.between == pytest.approx(float(np.ravel(judged.bg)[0]), rel=1e-9)
    assert parts.within == pytest.approx(float(np.ravel(judged.wg)[0]), rel=1e-9)
