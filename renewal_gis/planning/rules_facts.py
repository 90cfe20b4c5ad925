"""The facts rules look at, worked out from the tables of a study.

What the tables do not hold stays missing: a kind of zone that no layer draws is unknown, not absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import CRSError, DataError, UsageError
from renewal_gis.planning.half_years import milestone_dates
from renewal_gis.planning.ledger import (
    DEMOLITION,
    PRODUCTION,
    SOCIAL,
    counts,
    product_counts,
    texts,
)
from renewal_gis.planning.rules_reading import SCOPES

__all__ = ["programme_facts"]

_GUIDED = ("tram", "metro", "rail")
# Words that name a person, or lead to one, in the header of a ledger.
_PERSONAL = (
    "locataire", "tenant", "occupant", "nom_famille", "surname", "prenom", "first_name", "adresse",
    "address", "telephone", "phone", "email", "courriel", "naissance", "birth", "n_secu", "allocataire",
)  # fmt: skip
_VETOES = ("mining", "flood", "pollution")
_SHARES = ("mining", "flood", "pollution", "noise", "QPV")
_HECTARE = 10_000.0


def programme_facts(
    *,
    operations: pd.DataFrame,
    milestones: pd.DataFrame | None = None,
    perimeters: pd.DataFrame | None = None,
    communes: pd.DataFrame | None = None,
    sites: gpd.GeoDataFrame | None = None,
    constraints: gpd.GeoDataFrame | None = None,
    shares: pd.DataFrame | None = None,
    scores: pd.Series | None = None,
    stops: gpd.GeoDataFrame | None = None,
    urban_unit: Collection[str] | None = None,
    epci: str | None = None,
    more: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, pd.DataFrame]:
    """Work out the facts of a programme.

    Parameters
    ----------
    operations, milestones, perimeters, communes, sites, constraints, stops
        Tables of the study, those with shapes in the same CRS.
    shares
        Share of each site under each kind and level of constraint: columns `site, kind, level, share`,
        only pairs that touch. It must come from `constraints`, whose kinds tell which zones are known.
    scores
        Access score of the sites, 0 to 100 points, NaN where it is not known.
    urban_unit
        INSEE codes of the communes of the quarters' urban unit.
    epci
        The body that carries the project; membership is read from `communes`.
    more
        Scope → table of further fields (a rate written in a convention, a commune's share of social
        dwellings…), indexed by the subjects. Its columns take the place of those worked out here.

    Returns
    -------
    dict
        Scope → table, one row per subject: `programme` (one row called `programme`), `convention`,
        `commune` (those of the table, or else of the ledger), `site`, `operation`. What cannot be
        known is None, NaN or NaT. Without a table of sites there is no scope `site`.

    Raises
    ------
    CRSError
        Tables with shapes are not in one CRS.
    DataError
        `more` names a subject that is not there, or one twice.
    UsageError
        `more` names no known scope.
    """
    _require_one_crs({"sites": sites, "constraints": constraints, "stops": stops})
    own = _operations(operations, milestones, perimeters)
    place = texts(operations, "commune")
    own["in_urban_unit"] = _within(place, urban_unit)
    own["in_epci"] = _in_epci(place, communes, epci)
    facts = {
        "programme": pd.DataFrame(
            {"personal_columns": [_personal(operations)]}, index=pd.Index(["programme"])
        ),
        "convention": _conventions(operations, own),
        "commune": _communes(operations, communes),
        "operation": own,
    }
    if sites is not None:
        facts["site"] = _sites(sites, scores, urban_unit, communes, epci)
        facts["site"] = facts["site"].join(_ground(sites, constraints, shares))
        facts["site"]["station_distance_m"] = _to_stations(sites, stops)
    for scope, table in (more or {}).items():
        if scope not in SCOPES:
            raise UsageError(f"No scope {scope!r} for facts. Scopes: {', '.join(SCOPES)}.")
        facts[scope] = _with_more(facts.get(scope), table, scope)
    _communes_after(facts, sites)
    return facts


def _operations(
    operations: pd.DataFrame, milestones: pd.DataFrame | None, perimeters: pd.DataFrame | None
) -> pd.DataFrame:
    products = product_counts(operations)
    table = pd.DataFrame(
        {
            "family": operations["family"].astype(object),
            "dwellings": counts(operations, "dwellings"),
            "social": products[list(SOCIAL)].sum(axis=1),
            "on_site": operations.get("on_site", _nothing(operations.index)).astype(object),
        }
    )
    for step in ("engaged", "rehoused", "permit", "works_ordered", "demolished", "delivered"):
        table[step] = milestone_dates(operations.index, milestones, step)
    table["demolition_start"] = table["works_ordered"].fillna(table["demolished"])
    table["anru_rate"] = _rate(operations)
    table["programme"] = _programme(operations, perimeters)
    return table


def _rate(operations: pd.DataFrame) -> pd.Series:
    if not {"anru_eur", "base_eur"} <= set(operations.columns):
        return _nothing(operations.index)
    base = pd.to_numeric(operations["base_eur"]).astype(float)
    return pd.to_numeric(operations["anru_eur"]).astype(float) / base.where(base > 0)


def _programme(operations: pd.DataFrame, perimeters: pd.DataFrame | None) -> pd.Series:
    if perimeters is None or "programme" not in perimeters.columns:
        return _nothing(operations.index)
    return texts(operations, "perimeter").map(perimeters["programme"])


def _conventions(operations: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    products = product_counts(operations)
    down, up = (operations["family"] == family for family in (DEMOLITION, PRODUCTION))
    whole = counts(operations, "dwellings")
    amounts = pd.DataFrame(
        {
            "dwellings_demolished": whole.where(down, 0),
            "mining_demolished": counts(operations, "mining").where(down, 0),
            "dwellings_rebuilt": whole.where(up, 0),
            "social_rebuilt": products[list(SOCIAL)].sum(axis=1).where(up, 0),
            "plai": products["plai"].where(up, 0),
            "plus": products["plus"].where(up, 0),
        }
    )
    name = texts(operations, "convention").rename("convention")
    named = name != ""
    groups = amounts[named].groupby(name[named], sort=True)
    table = groups.sum()
    engaged = own.loc[named, "engaged"].groupby(name[named], sort=True)
    # One operation without a date may be the last one: then the last day is not known.
    table["last_engagement"] = engaged.max().where(engaged.count() == groups.size())
    told = own.loc[named & own["programme"].notna(), "programme"].astype(str)
    table["programme"] = told.groupby(name).agg(lambda held: ", ".join(sorted(set(held))))
    return table


def _communes(operations: pd.DataFrame, communes: pd.DataFrame | None) -> pd.DataFrame:
    place = texts(operations, "commune")
    social = product_counts(operations)[list(SOCIAL)].sum(axis=1)
    built = social.where(operations["family"] == PRODUCTION, 0)
    gone = counts(operations, "dwellings").where(operations["family"] == DEMOLITION, 0)
    subjects = pd.Index(sorted(set(place) - {""})) if communes is None else communes.index
    table = pd.DataFrame(index=subjects)
    table["social_rebuilt"] = built.groupby(place).sum().reindex(subjects).fillna(0)
    table["social_net"] = (built - gone).groupby(place).sum().reindex(subjects).fillna(0)
    return table


def _communes_after(facts: dict[str, pd.DataFrame], sites: pd.DataFrame | None) -> None:
    """Fill in the shares of social dwellings, from the counts the study gives in `more`."""
    table = facts["commune"]
    if {"social_dwellings", "main_residences"} <= set(table.columns):
        homes = table["main_residences"].where(table["main_residences"] > 0)
        facts["commune"] = table.assign(
            social_share=table["social_dwellings"] / homes,
            social_share_after=(table["social_dwellings"] + table["social_net"])
            / (homes + table["social_net"]),
        )
    if sites is not None and "social_share" in facts["commune"]:
        told = texts(sites, "commune").map(facts["commune"]["social_share"])
        facts["site"] = facts["site"].assign(commune_social_share=told)


def _sites(
    sites: gpd.GeoDataFrame,
    scores: pd.Series | None,
    urban_unit: Collection[str] | None,
    communes: pd.DataFrame | None,
    epci: str | None,
) -> pd.DataFrame:
    place = texts(sites, "commune")
    area = sites.geometry.area / _HECTARE
    return pd.DataFrame(
        {
            "capacity": sites.get("capacity", _nothing(sites.index)),
            "area_ha": area.where(area > 0),
            "in_urban_unit": _within(place, urban_unit),
            "in_epci": _in_epci(place, communes, epci),
            "access_score": _nothing(sites.index)
            if scores is None
            else scores.reindex(sites.index),
        },
        index=sites.index,
    )


def _ground(
    sites: gpd.GeoDataFrame, constraints: gpd.GeoDataFrame | None, shares: pd.DataFrame | None
) -> pd.DataFrame:
    """Say what lies on each site, for the kinds of zone the layer of constraints draws."""
    table = pd.DataFrame(index=sites.index)
    if constraints is None:
        return table
    known = set(constraints["kind"].dropna())
    if shares is not None:
        for kind in (kind for kind in _SHARES if kind in known):
            # Levels may overlap: the largest share is a lower bound that never counts land twice.
            held = shares[shares["kind"] == kind].groupby("site")["share"].max()
            table[f"{kind.lower()}_share"] = held.reindex(sites.index).fillna(0.0)
        for kind in (kind for kind in _VETOES if kind in known):
            held = shares[(shares["kind"] == kind) & (shares["level"] == "veto")]
            table[f"{kind}_veto"] = sites.index.isin(held["site"])
        if "heritage" in known:
            held = shares[shares["kind"] == "heritage"]
            table["heritage_touched"] = sites.index.isin(held["site"])
    if "QPV" in known:
        zones = constraints.geometry[constraints["kind"] == "QPV"].to_numpy()
        table["qpv_distance_m"] = _nearest(sites, zones)
    return table


def _to_stations(sites: gpd.GeoDataFrame, stops: gpd.GeoDataFrame | None) -> pd.Series:
    """Straight line from the outline to the nearest guided stop: the law's radius is not a walk."""
    if stops is None or "mode" not in stops.columns:
        return _nothing(sites.index)
    return _nearest(sites, stops.geometry[stops["mode"].isin(_GUIDED)].to_numpy())


def _nearest(sites: gpd.GeoDataFrame, others: np.ndarray) -> pd.Series:
    if not len(others):
        return pd.Series(np.inf, index=sites.index)
    shapes = sites.geometry.to_numpy()
    (at, _), distances = shapely.STRtree(others).query_nearest(
        shapes, return_distance=True, all_matches=False
    )
    held = np.full(len(sites), np.nan)  # a site without a shape is at no known distance
    held[at] = distances
    return pd.Series(held, index=sites.index)


def _within(place: pd.Series, codes: Collection[str] | None) -> pd.Series:
    if codes is None:
        return _nothing(place.index)
    return place.isin(set(codes)).astype(object).where(place != "", None)


def _in_epci(place: pd.Series, communes: pd.DataFrame | None, epci: str | None) -> pd.Series:
    if communes is None or epci is None or "epci" not in communes.columns:
        return _nothing(place.index)
    held = place.map(communes["epci"])
    return (held == epci).astype(object).where(held.notna(), None)


def _personal(operations: pd.DataFrame) -> int:
    names = [str(name).casefold() for name in operations.columns]
    return sum(any(word in name for word in _PERSONAL) for name in names)


def _with_more(held: pd.DataFrame | None, more: pd.DataFrame, scope: str) -> pd.DataFrame:
    if held is None:
        return more.copy()
    stray = [str(subject) for subject in more.index if subject not in held.index]
    if stray or more.index.has_duplicates:
        raise DataError(
            f"facts of scope {scope!r}: {', '.join(stray) or 'a subject'} "
            f"{'is in no table' if stray else 'stands twice'}. There are: "
            f"{', '.join(map(str, held.index[:12]))}."
        )
    kept = held.drop(columns=[name for name in more.columns if name in held.columns])
    return kept.join(more)


def _require_one_crs(tables: Mapping[str, gpd.GeoDataFrame | None]) -> None:
    systems = {name: held.crs for name, held in tables.items() if held is not None}
    if len({str(crs) for crs in systems.values()}) > 1:
        told = ", ".join(f"{name} in {crs}" for name, crs in systems.items())
        raise CRSError(f"The tables are not in one CRS: {told}. Bring them to the study's.")


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(None, index=index, dtype=object)
