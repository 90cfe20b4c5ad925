"""The compiled inner loops of the service near a place: each line counted once, at its best stop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renewal_gis.access.heap import compiled

__all__ = ["ptal_sums", "sums_of_best"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@compiled
def sums_of_best(
    first: Longs,
    station: Ints,
    length: Ints,
    offers: Longs,
    key: Ints,
    reach: Ints,
    value: Longs,
    keys: int,
) -> Longs:
    """Sum, for each place, the best value of each key among the stations it reaches.

    `offers[s]:offers[s + 1]` are the rows of station `s`; a row counts for walks up to its `reach`.
    """
    total = np.zeros(len(first) - 1, dtype=np.int64)
    best = np.zeros(keys, dtype=np.int64)
    seen = np.full(keys, -1, dtype=np.int64)
    for place in range(len(total)):
        for walk in range(first[place], first[place + 1]):
            for row in range(offers[station[walk]], offers[station[walk] + 1]):
                if length[walk] > reach[row]:
                    continue
                held = key[row]
                if seen[held] != place:
                    seen[held] = place
                    best[held] = 0
                if value[row] > best[held]:
                    total[place] += value[row] - best[held]
                    best[held] = value[row]
    return total


@compiled
def ptal_sums(
    first: Longs,
    station: Ints,
    length: Ints,
    offers: Longs,
    key: Ints,
    mode: Ints,
    reach: Ints,
    wait: Floats,
    keys: int,
    modes: int,
    dm_per_min: float,
) -> Floats:
    """Return PTAL's index of each place: a route at its nearest station, the best of a mode whole.

    `wait` is the average waiting time of a row, minutes: of two stations as near, the one with less.
    """
    index = np.zeros(len(first) - 1, dtype=np.float64)
    near = np.zeros(keys, dtype=np.int64)
    waits = np.zeros(keys, dtype=np.float64)
    of_mode = np.zeros(keys, dtype=np.int64)
    met = np.empty(keys, dtype=np.int64)
    seen = np.full(keys, -1, dtype=np.int64)
    total = np.zeros(modes, dtype=np.float64)
    best = np.zeros(modes, dtype=np.float64)
    for place in range(len(index)):
        count = 0
        for walk in range(first[place], first[place + 1]):
            far = length[walk]
            for row in range(offers[station[walk]], offers[station[walk] + 1]):
                if far > reach[row]:
                    continue
                held = key[row]
                if seen[held] != place:
                    seen[held] = place
                    met[count] = held
                    count += 1
                    of_mode[held] = mode[row]
                elif far > near[held] or (far == near[held] and wait[row] >= waits[held]):
                    continue
                near[held] = far
                waits[held] = wait[row]
        total[:] = 0.0
        best[:] = 0.0
        for number in range(count):
            held = met[number]
            frequency = 30.0 / (near[held] / dm_per_min + waits[held])
            total[of_mode[held]] += frequency
            best[of_mode[held]] = max(best[of_mode[held]], frequency)
        for held in range(modes):
            index[place] += 0.5 * (total[held] + best[held])
    return index
