"""Weightings drawn at random: all those possible, or those that keep what the committee states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from math import lgamma, log

import numpy as np
import numpy.typing as npt

from renewal_gis.errors import UsageError
from renewal_gis.scoring.orders import (
    Order,
    Statement,
    linear_extensions,
    random_extensions,
    read_statements,
)

__all__ = ["draw_weightings"]

Floats = npt.NDArray[np.float64]

_EXTENSIONS = 120  # orders of sets of criteria, looked at one by one: five sets in any order
_PROPOSALS = 1_000  # weightings looked at, at most, for one that is kept


def draw_weightings(
    names: Sequence[str],
    *,
    groups: Mapping[str, Sequence[int]] | None = None,
    statements: Sequence[Statement] = (),
    draws: int,
    seed: int = 0,
) -> Floats:
    """Draw weightings evenly among all those that keep the statements.

    Parameters
    ----------
    names
        Names of the criteria.
    groups
        Places of the criteria of each group a statement may name.
    statements
        Pairs (weighs more, weighs less) of criteria or groups; a group weighs the sum of its criteria.
    draws
        How many weightings.
    seed
        Same seed, same weightings.

    Returns
    -------
    array
        draws × criteria, each row at least 0 and adding up to 1.

    Raises
    ------
    UsageError
        When a statement cannot be read, the statements contradict one another, or they cannot be drawn
        exactly: nothing is approximated.

    Notes
    -----
    A point even on the simplex is a row of exponential numbers over its sum, and the statements do not
    depend on that sum, so the exponential numbers are drawn under them.

    *Criteria only.* In the order of their size, such numbers are independent of who bears them: they are
    sorted and handed out by an order drawn evenly among those that keep the statements, which are counted.

    *Groups.* The sum of k of them has the density t^(k−1) e^(−t). Under t₁ ≥ … ≥ tₘ, with tᵢ = uᵢ + … + uₘ,
    the joint density is a polynomial of positive terms times e^(−Σ j uⱼ): a mixture of independent gamma
    laws, drawn as such; an order of the groups is drawn first, by its share of the whole. Within a
    group, the shares do not depend on its sum.

    *A criterion of a named group against another outside it.* Weightings that keep the statements
    between criteria are drawn until enough keep all of them.

    References
    ----------
    Devroye, L. (1986). Non-Uniform Random Variate Generation, chapter V. Brightwell, G. and Winkler, P.
    (1991). Counting linear extensions. Order 8, 225–242.

    Examples
    --------
    >>> drawn = draw_weightings(["a", "b", "c"], statements=[("a", "b"), ("b", "c")], draws=20_000)
    >>> drawn.mean(axis=0).round(2).tolist()  # (1/1 + 1/2 + 1/3) / 3, (1/2 + 1/3) / 3, 1/9
    [0.61, 0.28, 0.11]
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    order = read_statements(statements, names=names, groups=groups or {})
    held = _nested(order, len(names), draws, rng)
    if held is None:
        held = _kept(order, len(names), draws, rng)
    weights: Floats = held / held.sum(axis=1, keepdims=True)
    return weights


def _nested(order: Order, criteria: int, draws: int, rng: np.random.Generator) -> Floats | None:
    """Draw sets of criteria, then shares within them; None when a statement crosses their borders."""
    split = _split(order)
    if split is None:
        return None
    inner, outer = split
    held = rng.standard_exponential((draws, criteria))
    for part in _components(outer):
        _place_part(held, order, part, outer, rng)
    for own, pairs in inner.items():
        members = list(own)
        total = held[:, members].sum(axis=1, keepdims=True)
        shares = _ordered(len(own), pairs, draws, rng)
        held[:, members] = total * shares / shares.sum(axis=1, keepdims=True)
    return held


def _split(
    order: Order,
) -> tuple[dict[tuple[int, ...], list[tuple[int, int]]], list[tuple[int, int]]] | None:
    """Part the statements: within each set of criteria, and between sets; None if one is neither."""
    sets = [unit for unit in order.units if len(unit) > 1]
    inner: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    outer = []
    for more, less in order.before:
        units = order.units[more], order.units[less]
        # A set is at home in itself, a criterion in the set that holds it, if one does.
        homes = [next((held for held in sets if unit[0] in held), unit) for unit in units]
        if homes[0] == units[0] and homes[1] == units[1]:
            outer.append((more, less))
        elif homes[0] == homes[1]:
            own = homes[0]
            inner.setdefault(own, []).append((own.index(units[0][0]), own.index(units[1][0])))
        else:
            return None
    return inner, outer


def _place_part(
    held: Floats,
    order: Order,
    part: list[int],
    before: Sequence[tuple[int, int]],
    rng: np.random.Generator,
) -> None:
    """Draw the totals of units that are tied together, and scale their criteria to them."""
    pairs = [(part.index(more), part.index(less)) for more, less in before if more in part]
    sizes = [len(order.units[place]) for place in part]
    totals = (
        _ordered(len(part), pairs, len(held), rng)
        if max(sizes) == 1
        else _ordered_sums(sizes, pairs, len(held), rng)
    )
    for column, place in enumerate(part):
        own = list(order.units[place])
        held[:, own] *= (totals[:, column] / held[:, own].sum(axis=1))[:, None]


def _components(before: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the units that statements tie together, part by part."""
    parts: list[set[int]] = []
    for pair in before:
        touched = [part for part in parts if part & set(pair)]
        parts = [part for part in parts if part not in touched] + [set(pair).union(*touched)]
    return sorted(sorted(part) for part in parts)


def _ordered(
    size: int, before: Sequence[tuple[int, int]], draws: int, rng: np.random.Generator
) -> Floats:
    """Draw exponential numbers under an order."""
    falling = -np.sort(-rng.standard_exponential((draws, size)), axis=1)
    rows = random_extensions(size, before, draws=draws, rng=rng)
    held = np.empty_like(falling)
    np.put_along_axis(held, rows, falling, axis=1)
    return held


def _ordered_sums(
    sizes: Sequence[int], before: Sequence[tuple[int, int]], draws: int, rng: np.random.Generator
) -> Floats:
    """Draw sums of so many exponential numbers each, under an order of the sums."""
    rows = list(islice(linear_extensions(len(sizes), before), _EXTENSIONS + 1))
    if len(rows) > _EXTENSIONS:
        raise UsageError(
            f"The statements leave more than {_EXTENSIONS} orders of groups and criteria open, too "
            "many to draw exactly. State more, or speak of fewer things."
        )
    mixtures = [_mixture([sizes[place] for place in row]) for row in rows]
    logs = np.concatenate([logs for _, logs in mixtures])
    chances = np.exp(logs - logs.max())
    upto = np.cumsum(chances) / chances.sum()
    upto[-1] = 1.0
    powers = np.concatenate([powers for powers, _ in mixtures])
    orders = np.repeat(np.array(rows), [len(powers) for powers, _ in mixtures], axis=0)
    chosen = np.searchsorted(upto, rng.random(draws), side="right")
    steps = rng.standard_gamma(powers[chosen] + 1.0) / np.arange(1, len(sizes) + 1)
    sums = np.cumsum(steps[:, ::-1], axis=1)[:, ::-1]
    held = np.empty_like(sums)
    np.put_along_axis(held, orders[chosen], sums, axis=1)
    return held


def _mixture(sizes: Sequence[int]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the gamma laws whose mixture t₁ ≥ … ≥ tₘ follow: powers of the uⱼ, log of each share.

    The density is Π tᵢ^(kᵢ−1) / (kᵢ−1)! with tᵢ = uᵢ + … + uₘ; each term Π uⱼ^aⱼ weighs its factor times
    Π aⱼ! / j^(aⱼ+1).
    """
    terms: Counter[tuple[int, ...]] = Counter({(0,) * len(sizes): 1})
    for first, size in enumerate(sizes):
        for _ in range(size - 1):
            grown: Counter[tuple[int, ...]] = Counter()
            for powers, factor in terms.items():
                for place in range(first, len(sizes)):
                    grown[(*powers[:place], powers[place] + 1, *powers[place + 1 :])] += factor
            terms = grown
    shared = sum(lgamma(size) for size in sizes)
    logs = [
        log(factor)
        - shared
        + sum(lgamma(a + 1) - (a + 1) * log(j) for j, a in enumerate(powers, start=1))
        for powers, factor in terms.items()
    ]
    return np.array(list(terms), dtype=np.int64), np.array(logs)


def _kept(order: Order, criteria: int, draws: int, rng: np.random.Generator) -> Floats:
    """Draw under the statements between criteria, and keep what keeps the others."""
    single = [len(unit) == 1 for unit in order.units]
    pairs = [(more, less) for more, less in order.before if single[more] and single[less]]
    rest = [pair for pair in order.before if pair not in pairs]
    kept: list[Floats] = []
    found = looked = 0
    while found < draws:
        if looked >= _PROPOSALS * draws or (looked >= 100 * draws and found == 0):
            raise UsageError(
                f"Fewer than one weighting in {looked // max(found, 1)} keeps all the statements: too few "
                "to draw exactly. Drop a statement that sets a criterion against a group."
            )
        held = rng.standard_exponential((draws, criteria))
        for part in _components(pairs):
            _place_part(held, order, part, pairs, rng)
        sums = np.column_stack([held[:, list(unit)].sum(axis=1) for unit in order.units])
        sound = np.all([sums[:, more] >= sums[:, less] for more, less in rest], axis=0)
        kept.append(held[sound])
        found += int(sound.sum())
        looked += draws
    return np.concatenate(kept)[:draws]
