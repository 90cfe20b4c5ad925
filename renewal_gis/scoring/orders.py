"""Statements such as "access before cost": what they order, and whether they can hold together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt

from renewal_gis.errors import UsageError

__all__ = ["Order", "Statement", "linear_extensions", "random_extensions", "read_statements"]

Statement = tuple[str, str]
_LARGEST = 17  # things in one order: what may come first is then a table of 2¹⁷ rows at most


@dataclass(frozen=True, kw_only=True)
class Order:
    """What must weigh at least as much as what.

    Parameters
    ----------
    units
        What the statements speak of: each a set of criteria, by their place.
    before
        Pairs (weighs more, weighs less) of places in `units`.
    """

    units: tuple[tuple[int, ...], ...]
    before: tuple[tuple[int, int], ...]


def read_statements(
    statements: Sequence[Statement], *, names: Sequence[str], groups: Mapping[str, Sequence[int]]
) -> Order:
    """Turn statements into an order of sets of criteria.

    Parameters
    ----------
    statements
        Pairs (weighs more, weighs less): the name of a criterion, or of a group, which stands for the
        sum of its weights.
    names
        Names of the criteria that have a weight.
    groups
        Places of the criteria of each group.

    Raises
    ------
    UsageError
        When one is no pair, a name is unknown (the nearest is told) or means two things, a criterion is
        compared with its own group, or the statements go round in a circle.

    Examples
    --------
    >>> read_statements([("transit", "school")], names=["school", "bus"], groups={"transit": [1]})
    Order(units=((0,), (1,)), before=((1, 0),))
    """
    for told in statements:
        if isinstance(told, str) or len(told) != 2:
            raise UsageError(
                f"A statement is a pair of names, the one that weighs more first; got {told!r}."
            )
    read = [tuple(_members(name, names, groups) for name in pair) for pair in statements]
    for (more, less), told in zip(read, statements, strict=True):
        if set(more) & set(less):
            raise UsageError(f"{told[0]!r} before {told[1]!r}: the two share criteria.")
    units = sorted({unit for pair in read for unit in pair})
    before = tuple(dict.fromkeys((units.index(more), units.index(less)) for more, less in read))
    order = Order(units=tuple(units), before=before)
    try:
        TopologicalSorter(
            {less: [m for m, other in before if other == less] for _, less in before}
        ).prepare()
    except CycleError:
        raise UsageError(
            "The statements go round in a circle: "
            f"{', '.join(f'{more} before {less}' for more, less in statements)}. Drop one."
        ) from None
    return order


def linear_extensions(
    size: int, before: Sequence[tuple[int, int]], *, head: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    """Yield every way to put things in a row that keeps an order, largest first.

    Examples
    --------
    >>> list(linear_extensions(3, [(0, 1), (0, 2)]))
    [(0, 1, 2), (0, 2, 1)]
    """
    if len(head) == size:
        yield head
    for free in range(size):
        if free not in head and all(more in head for more, less in before if less == free):
            yield from linear_extensions(size, before, head=(*head, free))


def random_extensions(
    size: int, before: Sequence[tuple[int, int]], *, draws: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Draw rows that keep an order, each as likely as any other: exactly, by counting them.

    Parameters
    ----------
    size
        How many things.
    before
        Pairs (earlier, later).
    draws
        How many rows.
    rng
        Source of randomness.

    Returns
    -------
    array
        draws × size, each row a permutation, the earliest first.

    Raises
    ------
    UsageError
        When there are more things than can be counted.
    """
    if size > _LARGEST:
        raise UsageError(
            f"The statements tie {size} criteria together; at most {_LARGEST} can be drawn "
            "exactly. Drop a statement, or speak of groups."
        )
    needs = [sum(1 << more for more, less in before if less == free) for free in range(size)]
    ways = _ways(size, needs)
    rows = np.empty((draws, size), dtype=np.int64)
    placed = np.zeros(draws, dtype=np.int64)
    for column in range(size):
        chance = rng.random(draws)
        for state in np.unique(placed):
            here = placed == state
            free, upto = _next(int(state), needs, ways)
            rows[here, column] = free[np.searchsorted(upto, chance[here], side="right")]
        placed |= 1 << rows[:, column]
    return rows


def _ways(size: int, needs: list[int]) -> dict[int, int]:
    """Count, for each set of things already placed, the rows that can follow."""
    states, seen = [{0}], {0}
    for _ in range(size):
        ahead = {
            state | 1 << free
            for state in states[-1]
            for free in range(size)
            if not state >> free & 1 and needs[free] & state == needs[free]
        }
        states.append(ahead)
        seen |= ahead
    ways = {(1 << size) - 1: 1}
    for level in reversed(states[:-1]):
        for state in level:
            ways[state] = sum(
                ways[state | 1 << free]
                for free in range(size)
                if not state >> free & 1 and needs[free] & state == needs[free]
            )
    return ways


def _next(
    state: int, needs: list[int], ways: dict[int, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return what may come next, and the upper limit of the chance of each."""
    free = [
        place
        for place in range(len(needs))
        if not state >> place & 1 and needs[place] & state == needs[place]
    ]
    counts = np.array([ways[state | 1 << place] for place in free], dtype=float)
    upto = np.cumsum(counts) / counts.sum()
    upto[-1] = 1.0
    return np.array(free, dtype=np.int64), upto


def _members(
    name: str, names: Sequence[str], groups: Mapping[str, Sequence[int]]
) -> tuple[int, ...]:
    known = [*names, *groups]
    if known.count(name) > 1:
        raise UsageError(
            f"{name!r} is both a criterion and a group; give the criterion another name."
        )
    if name in groups:
        return tuple(groups[name])
    if name in names:
        return (list(names).index(name),)
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise UsageError(
        f"No criterion or group with a weight is called {name!r}{hint} Known: {', '.join(known)}."
    )
