"""The territory compared: every sector and commune, and where each site stands among all homes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import geopandas as gpd
import pandas as pd

from renewal_gis import territories
from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import measure

__all__ = [
    "asked_percentiles",
    "compared",
    "percentiles",
    "require_sectors",
    "residents",
    "territory",
    "told_measures",
]

# Told by sector and commune; counts and departures of every kind stay in `comparison`.
_TOLD = (
    "walk_min:", "transit_min:", "basket_groups", "departures_day:", "last_departure_h:near",
    "quality_class:oevgk18",
)  # fmt: skip
_CLASS = "quality_letter:oevgk18"


def compared(
    study: Study, stock: gpd.GeoDataFrame | None, measures: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the sectors on every measure of the stock: a table of figures, and distributions."""
    if stock is None or measures is None or not len(measures.columns):
        return pd.DataFrame(), pd.DataFrame()
    sector, weight = stock["sector"], stock["dwellings"].astype(float)
    limits = study.settings.walk.thresholds_min
    measures = measures.select_dtypes("number")
    minutes = {name: limits for name in measures.columns if name.startswith("walk_min:")}
    shown = {name: measure(name) for name in measures.columns}
    return (
        territories.compare(measures, sector=sector, weight=weight, thresholds=minutes),
        territories.distribution(
            measures,
            sector=sector,
            weight=weight,
            edges={name: held.breaks for name, held in shown.items()},
            high_is_good=[name for name, held in shown.items() if not held.low_is_good],
        ),
    )


def require_sectors(study: Study) -> None:
    """Refuse a sector without any dwelling, before anything is computed.

    Raises
    ------
    DataError
        When the study has homes and a sector it names holds none; one sentence for each.
    """
    stock = study.geo("stock")
    if stock is None:
        return
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    sector = territories.commune_of(stock, communes).map(communes["sector"])
    held = set(sector[(stock["dwellings"] > 0).to_numpy(dtype=bool, na_value=False)].dropna())
    faults = [
        f"sectors.{name}: it is empty, no dwelling lies in it. Correct its communes, or drop the sector."
        for name in study.settings.sectors
        if name not in held
    ]
    if faults:
        raise DataError("\n".join(faults))


def told_measures(study: Study, measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures a territory is told by: walks, rides, service, and those of the criteria.

    Differences, which may be below zero, are left out: shares of a whole have no meaning for them.
    """
    numbers = measures.select_dtypes("number")
    asked = {held.measure.removeprefix("percentile:") for held in study.settings.criteria}
    names = [name for name in numbers.columns if str(name).startswith(_TOLD) or name in asked]
    return numbers[[name for name in names if not (numbers[name] < 0).any()]]


def residents(study: Study, stock: gpd.GeoDataFrame) -> pd.Series | None:
    """Return the residents of each building: those of its commune, shared out among its dwellings.

    Vacant dwellings have none. None when the population of a commune with homes is not known.

    Parameters
    ----------
    study
        Where the populations stand.
    stock
        The stock with the `commune` of each building; a building in none has no resident.
    """
    communes = study.tables["communes"]
    if "population" not in communes.columns:
        return None
    lived_in = stock["dwellings"].astype(float)
    if "vacant" in stock.columns:
        lived_in = (lived_in - stock["vacant"].astype(float).fillna(0.0)).clip(lower=0.0)
    homes = lived_in.groupby(stock["commune"]).sum()
    population = communes["population"].astype(float).reindex(homes.index)
    if population[homes > 0].isna().any() or not (homes > 0).any():
        return None
    each = population / homes.where(homes > 0)
    return (stock["commune"].map(each) * lived_in).astype(float).fillna(0.0).rename("residents")


def percentiles(
    study: Study,
    sites: pd.DataFrame | None,
    stock: gpd.GeoDataFrame | None,
    measures: pd.DataFrame | None,
) -> pd.DataFrame | None:
    """Tell where each site stands among the territory's homes; None when they are not measured.

    Residents count where the communes' populations are known, dwellings otherwise.
    """
    if sites is None or stock is None or measures is None:
        return None
    told = told_measures(study, measures)
    people = residents(study, stock)
    weight = stock["dwellings"].astype(float) if people is None else people
    return territories.percentiles_among(
        sites, told, weight=weight, high_is_good=_high_is_good(told.columns)
    )


def asked_percentiles(study: Study) -> list[str]:
    """Return the measures the study's criteria read as a percentile."""
    asked = (criterion.measure for criterion in study.settings.criteria)
    return [name.removeprefix("percentile:") for name in asked if name.startswith("percentile:")]


def territory(
    study: Study, stock: gpd.GeoDataFrame | None, measures: pd.DataFrame | None
) -> territories.Comparison | None:
    """Compare the whole territory, by sector and by commune; None without two sectors to compare."""
    if stock is None or measures is None:
        return None
    told = told_measures(study, measures)
    present = set(stock.loc[stock["dwellings"].astype(float) > 0, "sector"].dropna())
    sides = [name for name in ("corridor", "south", "other") if name in present][:2]
    if len(sides) < 2 or not len(told.columns):
        return None
    shown = {name: measure(name) for name in told.columns}
    quarter = assumption("quarter_hour").value
    return territories.compare_territory(
        told,
        sector=stock["sector"],
        commune=stock["commune"],
        dwellings=stock["dwellings"].astype(float),
        residents=residents(study, stock),
        classes=measures.get(_CLASS),
        edges={name: held.breaks for name, held in shown.items()},
        high_is_good=_high_is_good(told.columns),
        limits_min=study.settings.walk.thresholds_min,
        lines={name: quarter for name in told.columns if name.startswith("walk_min:")},
        of=(sides[0], sides[1]),
    )


def _high_is_good(names: Iterable[str]) -> list[str]:
    return [name for name in names if not measure(name).low_is_good]
