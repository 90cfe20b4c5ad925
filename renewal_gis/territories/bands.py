"""Who lives within reach of what: dwellings and residents by access band, and the groups that lack."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.territories.comparison import classes_of, counted_in
from renewal_gis.territories.inputs import (
    Floats,
    numbers,
    require_measures,
    share_one_index,
    weights,
)
from renewal_gis.territories.sorting import Areas, areas_of

__all__ = [
    "access_bands",
    "band_places",
    "bands_of",
    "class_shares",
    "class_shares_of",
    "named_classes",
    "reach_edges",
    "reach_of",
    "within_reach",
]


def access_bands(
    measures: pd.DataFrame,
    *,
    area: pd.Series,
    counted: Mapping[str, pd.Series],
    edges: Mapping[str, Sequence[float]],
    high_is_good: Collection[str] = (),
) -> pd.DataFrame:
    """Dwellings, residents… of each area in each band of each measure, the unknown band included.

    Parameters
    ----------
    measures
        One row per building, one column per measure; NaN is missing.
    area
        Area of each building (sector, commune), on the same index; missing rows are in no area.
    counted
        What is counted (`dwellings`, `residents`) → its number in each building.
    edges
        For each measure, its limits in ascending order; the first and last band are open.
    high_is_good
        Measures of which more is better. A value on a limit goes to the better band.

    Returns
    -------
    DataFrame
        Columns `area, measure, from_value, to_value`, then one per thing counted. The first band of
        each measure has no limits (NaN): rows whose value is missing. The bands of an area add up to
        all that is counted in it.

    Raises
    ------
    UsageError
        When the tables do not share one index, limits do not ascend, or are of a measure that is not
        there.
    DataError
        When a number counted is missing or negative.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 25.0, np.nan]})
    >>> bands = access_bands(homes, area=pd.Series(["south"] * 3),
    ...                      counted={"dwellings": pd.Series([3, 1, 2])},
    ...                      edges={"walk_min:ecole": [10]})
    >>> bands[["to_value", "dwellings"]].to_numpy().tolist()
    [[nan, 2.0], [10.0, 3.0], [inf, 1.0]]
    """
    share_one_index(measures.index, area=area, **counted)
    held = {name: weights(column, name) for name, column in counted.items()}
    places = band_places(measures, edges, high_is_good=high_is_good)
    return bands_of(places, areas_of(area), counted=held, edges=edges)


def band_places(
    measures: pd.DataFrame,
    edges: Mapping[str, Sequence[float]],
    *,
    high_is_good: Collection[str] = (),
) -> dict[str, npt.NDArray[np.intp]]:
    """Return the band of each row on each measure, 0 where it is missing."""
    require_measures(edges, measures.columns)
    for measure, limits in edges.items():
        _ascending(measure, limits)
    return {
        measure: classes_of(
            numbers(measures[measure]), limits, high_is_good=measure in high_is_good
        )
        for measure, limits in edges.items()
    }


def bands_of(
    places: Mapping[str, npt.NDArray[np.intp]],
    areas: Areas,
    *,
    counted: Mapping[str, Floats],
    edges: Mapping[str, Sequence[float]],
) -> pd.DataFrame:
    """Count what lies in each band, when the bands are known already; see `access_bands`."""
    columns: dict[str, list[npt.NDArray[np.generic]]] = {
        name: [] for name in ("area", "measure", "from_value", "to_value", *counted)
    }
    names = np.array(areas.names, dtype=object)
    for measure, limits in edges.items():
        bounds, kinds = [-np.inf, *map(float, limits), np.inf], len(limits) + 2
        columns["area"].append(np.repeat(names, kinds))
        columns["measure"].append(np.full(kinds * len(names), measure, dtype=object))
        columns["from_value"].append(np.tile([np.nan, *bounds[:-1]], len(names)))
        columns["to_value"].append(np.tile([np.nan, *bounds[1:]], len(names)))
        for name, weight in counted.items():
            found = counted_in(places[measure], areas, weight, kinds=kinds)
            columns[name].append(found.ravel())
    return pd.DataFrame(
        {name: np.concatenate(parts) if parts else [] for name, parts in columns.items()}
    )


def within_reach(
    minutes: pd.DataFrame,
    *,
    area: pd.Series,
    weight: pd.Series,
    limits_min: Sequence[float] = (10.0, 15.0, 20.0),
    lacking_min: float | None = None,
) -> pd.DataFrame:
    """Share of the dwellings of each area within a walk of each basket group, and without it.

    Parameters
    ----------
    minutes
        Columns `walk_min:<group>`; NaN where the walk is not known.
    area, weight
        Area, and dwellings or residents, of each building, on the same index.
    limits_min
        Walks, included: 10 minutes are within 10 minutes.
    lacking_min
        Beyond this walk a group is lacking; the assumption `quarter_hour` by default.

    Returns
    -------
    DataFrame
        Columns `area, measure, group, dwellings, within_10…, lacking, unknown`: shares of *all*
        dwellings of the area. `lacking` is known to be beyond the walk, `unknown` is not known;
        with the share within `lacking_min` they add up to 1. NaN where the area has no dwelling.

    Raises
    ------
    UsageError
        When the tables do not share one index, or limits do not ascend.
    DataError
        When a weight is missing or negative.

    Examples
    --------
    >>> homes = pd.DataFrame({"walk_min:ecole": [5.0, 25.0]})
    >>> table = within_reach(homes, area=pd.Series(["south"] * 2), weight=pd.Series([3, 1]))
    >>> table[["group", "within_10", "lacking", "unknown"]].to_numpy().tolist()
    [['ecole', 0.75, 0.25, 0.0]]
    """
    share_one_index(minutes.index, area=area, weight=weight)
    _ascending("limits_min", limits_min)
    edges = reach_edges(limits_min, lacking_min)
    places = band_places(minutes, dict.fromkeys(minutes.columns, edges))
    return reach_of(
        places, areas_of(area), weights(weight), limits_min=limits_min, lacking_min=lacking_min
    )


def reach_edges(limits_min: Sequence[float], lacking_min: float | None = None) -> list[float]:
    """Return the walks told, and the one beyond which a group is lacking, in ascending order."""
    return sorted({*map(float, limits_min), _beyond(lacking_min)})


def _beyond(lacking_min: float | None) -> float:
    return float(assumption("quarter_hour").value if lacking_min is None else lacking_min)


def reach_of(
    places: Mapping[str, npt.NDArray[np.intp]],
    areas: Areas,
    weight: Floats,
    *,
    limits_min: Sequence[float],
    lacking_min: float | None = None,
) -> pd.DataFrame:
    """Share what is within reach, when the bands are known already; see `within_reach`."""
    edges = reach_edges(limits_min, lacking_min)
    kinds, size = len(edges) + 2, (len(places), len(areas.names))
    counts = np.zeros((*size, kinds))
    for row, place in enumerate(places.values()):
        counts[row] = counted_in(place, areas, weight, kinds=kinds)
    total = counts.sum(axis=2)
    with np.errstate(invalid="ignore"):
        share = np.cumsum(counts[:, :, 1:], axis=2) / total[:, :, None]
        unknown = counts[:, :, 0] / total
        beyond = counts[:, :, edges.index(_beyond(lacking_min)) + 2 :].sum(axis=2) / total
    groups = [str(measure).partition(":")[2] for measure in places]
    return pd.DataFrame(
        {
            "area": np.tile(np.array(areas.names, dtype=object), size[0]),
            "measure": np.repeat(np.array(list(places), dtype=object), size[1]),
            "group": np.repeat(np.array(groups, dtype=object), size[1]),
            "dwellings": total.ravel(),
            **{
                f"within_{limit:g}": share[:, :, edges.index(float(limit))].ravel()
                for limit in limits_min
            },
            "lacking": beyond.ravel(),
            "unknown": unknown.ravel(),
        }
    )


def class_shares(
    classes: pd.Series, *, area: pd.Series, weight: pd.Series, order: Sequence[str] = ()
) -> pd.DataFrame:
    """Share of the dwellings of each area in each class: transit quality, tenure…

    Parameters
    ----------
    classes
        Class of each building; missing is the class `""`.
    area, weight
        Area, and dwellings or residents, of each building, on the same index.
    order
        Classes in the order they are told, present or not; the others follow in theirs.

    Returns
    -------
    DataFrame
        Columns `area, class, dwellings, share`: every class for every area; shares are of all the
        dwellings of the area and add up to 1, NaN where it has none.

    Raises
    ------
    UsageError
        When the tables do not share one index.
    DataError
        When a weight is missing or negative.

    Examples
    --------
    >>> table = class_shares(pd.Series(["A", None]), area=pd.Series(["south", "south"]),
    ...                      weight=pd.Series([3, 1]), order=["A", "B"])
    >>> table[["class", "share"]].to_numpy().tolist()
    [['A', 0.75], ['B', 0.0], ['', 0.25]]
    """
    share_one_index(classes.index, area=area, weight=weight)
    return class_shares_of(named_classes(classes, order), areas_of(area), weights(weight))


def named_classes(
    classes: pd.Series, order: Sequence[str] = ()
) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Return the classes in the order they are told, and the place of each row's among them."""
    code, found = pd.factorize(classes.astype(object))
    text = [str(name) for name in found]
    named = [*order, *sorted(set(text) - {*order, ""})]
    if ((code < 0).any() or "" in text) and "" not in named:
        named.append("")
    # A missing class has code -1, and so takes the last place of this list.
    place = np.array([named.index(name) for name in text] + [len(named) - 1], dtype=np.intp)
    return named, place[code]


def class_shares_of(
    classes: tuple[list[str], npt.NDArray[np.intp]], areas: Areas, weight: Floats
) -> pd.DataFrame:
    """Share the classes of areas that are known already; see `class_shares`."""
    named, code = classes
    counts = counted_in(code, areas, weight, kinds=len(named))
    with np.errstate(invalid="ignore"):
        shares = counts / counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        {
            "area": np.repeat(np.array(areas.names, dtype=object), len(named)),
            "class": np.tile(np.array(named, dtype=object), len(areas.names)),
            "dwellings": counts.ravel(),
            "share": shares.ravel(),
        }
    )


def _ascending(name: str, limits: Sequence[float]) -> None:
    held = np.asarray(limits, dtype=float)
    if not np.isfinite(held).all() or (np.diff(held) <= 0).any():
        raise UsageError(f"{name}: limits must be numbers in ascending order, got {list(limits)}.")
