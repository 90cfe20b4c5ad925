"""The stock completed with what other layers know: totals of communes, social dwellings, estates."""

from __future__ import annotations

from typing import cast

import geopandas as gpd
import pandas as pd

from renewal_gis.schema import Finding, inner_points, table
from renewal_gis.sources.known.dwellings import settled_dwellings
from renewal_gis.sources.known.joining import with_estates, with_social_dwellings
from renewal_gis.sources.known.stock import located, of_stock
from renewal_gis.sources.text import cast as typed

__all__ = ["completed_stock"]

_SHOWN = 5


def completed_stock(
    stock: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    *,
    totals: pd.DataFrame | None = None,
    social: gpd.GeoDataFrame | None = None,
    estates: gpd.GeoDataFrame | None = None,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Settle estimated dwellings on totals, join social dwellings, flag miners' estates; in this order.

    Parameters
    ----------
    stock, communes
        The tables `stock` and `communes`, in one system.
    totals
        The table `commune_dwellings`. Only dwellings whose `dwellings_method` is `estimated` change.
    social
        The table `social_dwellings`; see `with_social_dwellings`.
    estates
        The table `estates`; see `with_estates`.

    Returns
    -------
    tuple
        The stock on its index, its columns in declared order; and what was found.

    Examples
    --------
    >>> from shapely import box
    >>> communes = gpd.GeoDataFrame({"name": ["A"]}, index=["1"], geometry=[box(0, 0, 9, 9)], crs=2154)
    >>> stock = gpd.GeoDataFrame({"dwellings": [10, 30], "dwellings_method": "estimated"},
    ...                          index=["x", "y"], geometry=[box(0, 0, 1, 1), box(2, 2, 4, 4)], crs=2154)
    >>> totals = pd.DataFrame({"dwellings": [80.0]}, index=["1"])
    >>> held, found = completed_stock(stock, communes, totals=totals)
    >>> held["dwellings"].tolist(), found[0].code
    ([20, 60], 'dwellings-settled')
    """
    findings: list[Finding] = []
    if totals is not None:
        stock = _settled(stock, communes, totals, findings)
    if social is not None:
        stock, found = with_social_dwellings(stock, social)
        findings += found
    if estates is not None:
        stock, found = with_estates(stock, estates)
        findings += found
    declared = table("stock")
    held = [name for name in declared.names if name in stock]
    plain = {name: typed(stock[name], declared.column(name)) for name in held}
    whole = gpd.GeoDataFrame(plain, geometry=stock.geometry.array, index=stock.index, crs=stock.crs)
    return whole, findings


def _settled(
    stock: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    totals: pd.DataFrame,
    findings: list[Finding],
) -> gpd.GeoDataFrame:
    """Scale the estimates of each commune to its total; tell how far off they were."""
    method = stock.get("dwellings_method", pd.Series(None, index=stock.index, dtype=object))
    guessed = (method == "estimated").fillna(False).astype(bool)
    if not guessed.any():
        told = "The dwellings of every building are counted: the totals of communes change nothing."
        findings.append(of_stock("totals-not-used", told, 0))
        return stock
    place = _placed(stock, communes)
    counted = stock["dwellings"].where(~guessed, 0).groupby(place).sum()
    before = stock["dwellings"].groupby(place).sum()
    with_guess = set(place[guessed].dropna())
    asked = totals["dwellings"].reindex([code for code in communes.index if code in with_guess])
    _tell_unsettled(asked, counted, findings)
    known = asked[asked.notna() & (asked.round() >= counted.reindex(asked.index))]
    if not len(known):
        return stock
    settled = settled_dwellings(
        stock["dwellings"], known=~guessed, communes=place,
        totals={str(code): round(float(total)) for code, total in known.items()},
    )  # fmt: skip
    off = 100 * (before.reindex(known.index) / known.where(known > 0) - 1)
    moved = int(guessed[place.isin(known.index)].sum())
    told = (
        f"The estimated dwellings of {moved} buildings were settled on the total of {_communes(known)} "
        f"({int(known.round().sum())} dwellings); the sums of the estimate were off by "
        f"{off.min():+.0f} % to {off.max():+.0f} % before."
    )
    findings.append(of_stock("dwellings-settled", told, moved))
    return cast(gpd.GeoDataFrame, stock.assign(dwellings=settled))


def _placed(stock: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return the commune of each building: where it lies, else what its source says."""
    place = located(inner_points(stock.geometry.to_numpy()), communes, stock.index)
    said = stock.get("commune", pd.Series(None, index=stock.index, dtype=object))
    return place.where(place.notna(), said.astype(object))


def _tell_unsettled(asked: pd.Series, counted: pd.Series, findings: list[Finding]) -> None:
    none = asked.index[asked.isna()]
    if len(none):
        told = f"There is no total for {_communes(none)} ({_some(none)}): estimates there stay as they are."
        findings.append(of_stock("no-total", told, len(none)))
    short = asked.index[asked.round() < counted.reindex(asked.index)]
    for code in short:
        told = (
            f"{code} has {asked[code]:.0f} dwellings in all, but {int(counted[code])} are counted in "
            "its buildings: its estimates stay as they are. Check the date of both."
        )
        findings.append(of_stock("total-below-count", told, 1))


def _communes(held: pd.Series | pd.Index) -> str:
    return f"{len(held)} commune{'s' if len(held) > 1 else ''}"


def _some(index: pd.Index) -> str:
    shown = ", ".join(map(str, index[:_SHOWN]))
    return f"{shown}, …" if len(index) > _SHOWN else shown
