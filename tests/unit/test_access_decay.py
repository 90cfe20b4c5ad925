"""What a service is worth at so many minutes: values known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from renewal_gis.access import bands, exponential, gaussian, linear, power, step
from renewal_gis.errors import UsageError

EVERY = [
    step(30),
    linear(30),
    exponential(0.1),
    gaussian(100),
    power(1.5),
    bands([10, 20], [1.0, 0.4]),
]


@pytest.mark.parametrize(
    ("decay", "minutes", "worth"),
    [
        (step(15), 15, 1),
        (step(15), 15.001, 0),
        (linear(20), 15, 0.25),
        (linear(20), 20, 0),
        (exponential(0.1), 10, math.exp(-1)),
        (exponential(0.1, limit_min=30), 30, math.exp(-3)),
        (exponential(0.1, limit_min=30), 30.1, 0),
        (gaussian(100), 10, math.exp(-1)),
        (gaussian(100), 20, math.exp(-4)),
        (power(2), 4, 1 / 16),
        (power(2, flat_min=2), 4, 1 / 4),
        (power(2, flat_min=2), 1, 1),
        (bands([10, 20], [1, 0.3]), 10, 1),
        (bands([10, 20], [1, 0.3]), 10.001, 0.3),
        (bands([10, 20], [1, 0.3]), 20, 0.3),
        (bands([10, 20], [1, 0.3]), 20.001, 0),
    ],
)
def test_closed_values(decay, minutes, worth):
    assert float(decay(minutes)) == pytest.approx(worth, rel=1e-12)


@pytest.mark.parametrize("decay", EVERY, ids=lambda decay: decay.name)
def test_worth_is_one_at_the_door_never_rises_and_ends(decay):
    worth = decay(np.linspace(0, 100, 1001))
    assert worth[0] == 1
    assert (np.diff(worth) <= 0).all()
    assert float(decay(decay.limit_min + 1e-6)) == 0
    assert np.isnan(decay([np.nan])).all()


@pytest.mark.parametrize("bad", [0, -5, np.nan, np.inf])
@pytest.mark.parametrize(
    "make",
    [
        step,
        linear,
        lambda bad: exponential(0.1, limit_min=bad),
        lambda bad: gaussian(4, limit_min=bad),
        lambda bad: power(2, limit_min=bad),
        lambda bad: bands([bad], [1.0]),
        lambda bad: exponential(bad)([1]),
        lambda bad: gaussian(bad)([1]),
        power,
        lambda bad: power(2, flat_min=bad),
    ],
)
def test_numbers_that_make_no_decay_are_refused(make, bad):
    with pytest.raises(UsageError, match="above zero"):
        make(bad)


@pytest.mark.parametrize(
    ("limits", "weights"), [([10], [1, 0.5]), ([10, 20], [1]), ([], []), ([20, 10], [1, 0.5])]
)
def test_bands_that_do_not_match_are_refused(limits, weights):
    with pytest.raises(UsageError, match="as many weights as limits"):
        bands(limits, weights)
