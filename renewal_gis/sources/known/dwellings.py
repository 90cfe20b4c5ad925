"""From buildings to dwellings: an estimate, flagged as such, with the error it makes.

Floor area is footprint times storeys; a dwelling takes the floor area it takes in the buildings of the
same file whose count is known, houses and blocks apart. Known totals of communes settle the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

__all__ = ["Estimate", "estimated_dwellings", "settled_dwellings"]

Numbers = npt.NDArray[np.float64]
_HOUSE_STOREYS = 2  # at most
_HOUSE_FLOOR_M2 = 300.0  # at most
_ENOUGH = 20  # counted buildings of a kind, below which the assumption stands instead
_LEAST_M2 = 20.0  # a footprint below is a shed or a garage


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Dwellings of each building and how good they are.

    Attributes
    ----------
    dwellings
        Whole numbers on the caller's index; counted values as they were given.
    method
        `counted`, `estimated`, or `none` (too small to be a home).
    floor_area_m2
        Gross floor area of a dwelling that was used, by kind (`house`, `block`).
    error
        One row per commune that has counted buildings, estimated as if they had none and calibrated
        on the others: `buildings`, `counted`, `estimated`, `error_pct` (of the total), `mean_error`
        (mean absolute error of a building, dwellings). Empty when nothing is counted.
    """

    dwellings: pd.Series
    method: pd.Series
    floor_area_m2: Mapping[str, float]
    error: pd.DataFrame


def estimated_dwellings(
    buildings: pd.DataFrame, *, totals: Mapping[str, int] | None = None
) -> Estimate:
    """Estimate the dwellings of residential buildings where they are not counted.

    Parameters
    ----------
    buildings
        One row per residential building: `footprint_m2`; `storeys` and `height_m` where known;
        `dwellings` where counted; `commune`. NaN or NA: not known. A building without storeys and
        height has one storey.
    totals
        Commune → dwellings in all: the estimates of the commune are scaled so that, with the counted
        ones, they make the total.

    Returns
    -------
    Estimate

    Raises
    ------
    UsageError
        When a column is missing, or a total is less than what is counted.

    Notes
    -----
    A house is a building of at most two storeys and 300 m² of floor. The floor area of a dwelling is
    the sum of floors over the sum of dwellings of the counted buildings of its kind (at least 20), so
    that totals agree; else `house_floor_area` or `flat_floor_area` of the assumptions.

    Examples
    --------
    >>> held = pd.DataFrame({"footprint_m2": [400.0, 90.0], "storeys": [5, 1], "commune": "59112"})
    >>> estimated_dwellings(held).dwellings.tolist()
    [24, 1]
    """
    missing = [name for name in ("footprint_m2", "commune") if name not in buildings]
    if missing:
        raise UsageError(f"buildings: the estimate needs the column {missing[0]!r}.")
    floor, house = _floors(buildings)
    counted = _column(buildings, "dwellings")
    area = _calibrated(floor, house, counted)
    guess = _guess(floor, house, area)
    known = ~np.isnan(counted)
    values = np.where(known, counted, guess)
    if totals:
        values = _settled(values, known, guess > 0, buildings["commune"], totals)
    method = np.where(known, "counted", np.where(guess > 0, "estimated", "none"))
    # What has no outline cannot be estimated: it says nothing of the error.
    drawn = ~np.isnan(_column(buildings, "footprint_m2"))
    return Estimate(
        dwellings=pd.Series(np.rint(values).astype("int64"), index=buildings.index),
        method=pd.Series(method, index=buildings.index, dtype=object),
        floor_area_m2=area,
        error=_errors(floor, house, np.where(drawn, counted, np.nan), buildings["commune"]),
    )


def settled_dwellings(
    dwellings: pd.Series, *, known: pd.Series, communes: pd.Series, totals: Mapping[str, int]
) -> pd.Series:
    """Scale the dwellings that are not known so that each commune has its total.

    Parameters
    ----------
    dwellings
        Dwellings of each building, counted or estimated.
    known
        True where they are counted: those stay as they are.
    communes
        Commune of each building; a building without one stays as it is.
    totals
        Commune → dwellings in all.

    Returns
    -------
    Series
        Whole numbers on the caller's index, shared out by largest remainder. A commune whose buildings
        are all counted stays as it is.

    Raises
    ------
    UsageError
        A total is less than what is counted.

    Examples
    --------
    >>> held = pd.Series([10, 1, 3])
    >>> known = pd.Series([True, False, False])
    >>> where = pd.Series(["59112"] * 3)
    >>> settled_dwellings(held, known=known, communes=where, totals={"59112": 18}).tolist()
    [10, 2, 6]
    """
    values = dwellings.to_numpy(dtype=float)
    sure = known.to_numpy(dtype=bool)
    settled = _settled(values, sure, values > 0, communes, totals)
    return pd.Series(np.rint(settled).astype("int64"), index=dwellings.index)


def _column(buildings: pd.DataFrame, name: str) -> Numbers:
    if name not in buildings:
        return np.full(len(buildings), np.nan)
    values = pd.to_numeric(buildings[name], errors="coerce")
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def _floors(buildings: pd.DataFrame) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    footprint = _column(buildings, "footprint_m2")
    storeys, height = _column(buildings, "storeys"), _column(buildings, "height_m")
    tall = np.maximum(1.0, np.rint(height / assumption("storey_height").value))
    storeys = np.where(storeys >= 1, storeys, tall)
    storeys = np.where(np.isnan(storeys), 1.0, storeys)
    floor = np.where(footprint >= _LEAST_M2, footprint * storeys, 0.0)
    return floor, (storeys <= _HOUSE_STOREYS) & (floor <= _HOUSE_FLOOR_M2)


def _calibrated(floor: Numbers, house: npt.NDArray[np.bool_], counted: Numbers) -> dict[str, float]:
    area = {}
    for kind, of, usual in (
        ("house", house, "house_floor_area"),
        ("block", ~house, "flat_floor_area"),
    ):
        known = of & (counted > 0) & (floor > 0)
        enough = int(known.sum()) >= _ENOUGH
        told = float(floor[known].sum() / counted[known].sum()) if enough else 0.0
        area[kind] = told if enough else assumption(usual).value
    return area


def _guess(floor: Numbers, house: npt.NDArray[np.bool_], area: Mapping[str, float]) -> Numbers:
    each = np.where(house, area["house"], area["block"])
    return np.where(floor > 0, np.maximum(1.0, np.rint(floor / each)), 0.0)


def _settled(
    values: Numbers,
    known: npt.NDArray[np.bool_],
    home: npt.NDArray[np.bool_],
    communes: pd.Series,
    totals: Mapping[str, int],
) -> Numbers:
    """Scale the estimates of each commune to its total: whole numbers by largest remainder."""
    settled = values.copy()
    for commune, total in sorted(totals.items()):
        of = (communes == commune).fillna(False).to_numpy(dtype=bool)
        sure = float(values[of & known].sum())
        if sure > total:
            raise UsageError(
                f"totals: {commune} has {total} dwellings in all, but {sure:.0f} are counted in its "
                "buildings. Check the date of both."
            )
        free = np.flatnonzero(of & home & ~known)
        if len(free) == 0:
            continue
        exact = values[free] / values[free].sum() * (total - sure)
        whole = np.floor(exact)
        short = round(total - sure - whole.sum())
        first = np.argsort(-(exact - whole), kind="stable")[:short]
        whole[first] += 1
        settled[free] = whole
    return settled


def _errors(
    floor: Numbers, house: npt.NDArray[np.bool_], counted: Numbers, communes: pd.Series
) -> pd.DataFrame:
    """Estimate each commune from the others; a lone commune half from half."""
    known = counted > 0
    named = communes.astype(object).where(communes.notna(), "").to_numpy()
    codes = sorted({str(one) for one in named[known]})
    rows = {}
    for code in codes:
        of = known & (named == code)
        others = known & ~of
        if len(codes) == 1:
            even = np.cumsum(known) % 2 == 0
            of, others = known & even, known & ~even
        if not of.any() or not others.any():
            continue
        area = _calibrated(floor, house, np.where(others, counted, np.nan))
        guess = _guess(floor, house, area)[of]
        held = counted[of]
        rows[code] = {
            "buildings": int(of.sum()),
            "counted": int(held.sum()),
            "estimated": int(guess.sum()),
            "error_pct": round(100 * float(guess.sum() / held.sum() - 1), 1),
            "mean_error": round(float(np.abs(guess - held).mean()), 2),
        }
    columns = ["buildings", "counted", "estimated", "error_pct", "mean_error"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("commune")
