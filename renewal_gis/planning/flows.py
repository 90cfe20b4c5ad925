"""From the place lost to the place rebuilt: who receives what a neighbourhood loses."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import CRSError
from renewal_gis.planning.definitions import Definition, counted_under, definition
from renewal_gis.planning.ledger import DEMOLITION, PRODUCTION, texts
from renewal_gis.schema import Finding, inner_points

__all__ = ["flow_lines", "origin_balance", "reconstitution_flows"]

_TABLES = {"perimeter": "perimeters", "site": "sites", "commune": "communes"}


def reconstitution_flows(
    operations: pd.DataFrame, *, held: Definition | None = None
) -> pd.DataFrame:
    """Dwellings rebuilt, from the perimeter they make up for to the place where they stand.

    Parameters
    ----------
    operations
        Table `operations`. The `perimeter` of a production is the one whose loss it makes up for.
        It stands on its `site`; without one, in its perimeter when it is `on_site`; else in its
        commune.
    held
        The definition that counts; every product without it.

    Returns
    -------
    DataFrame
        One row per origin and destination, sorted: `origin` (perimeter; empty when not stated),
        `to_kind` (`site`, `perimeter`, `commune`, or empty when the place is not known), `to`,
        `dwellings`, `operations` (identifiers of the rows, joined by commas). The dwellings add up to
        those rebuilt in the ledger, none left out.

    Examples
    --------
    >>> ledger = pd.DataFrame({"family": ["02", "02"], "dwellings": [20, 10], "plus": [20, 10],
    ...                        "perimeter": ["P1", "P1"], "site": ["C1", None],
    ...                        "on_site": [False, True]}, index=["OP1", "OP2"])
    >>> reconstitution_flows(ledger)[["origin", "to_kind", "to", "dwellings"]]
      origin    to_kind  to  dwellings
    0     P1  perimeter  P1       10.0
    1     P1       site  C1       20.0
    """
    counted = counted_under(operations, held or definition("all_for_all"))["rebuilt"]
    built = operations[(operations["family"] == PRODUCTION) & (counted > 0)]
    perimeter, site, commune = (texts(built, name) for name in ("perimeter", "site", "commune"))
    here = built.get("on_site", pd.Series(None, index=built.index, dtype=object))
    here = here.fillna(False).astype(bool) & (perimeter != "")
    kinds = np.select(
        [site != "", here, commune != ""], ["site", "perimeter", "commune"], default=""
    )
    places = np.select([site != "", here, commune != ""], [site, perimeter, commune], default="")
    rows = pd.DataFrame(
        {
            "origin": perimeter.to_numpy(),
            "to_kind": kinds.astype(object),
            "to": places.astype(object),
            "dwellings": counted[built.index].astype(float).to_numpy(),
            "operations": built.index.astype(str),
        }
    )
    grouped = rows.groupby(["origin", "to_kind", "to"], sort=True)
    table = grouped["dwellings"].sum().to_frame()
    table["operations"] = grouped["operations"].agg(", ".join)
    return table.reset_index()


def origin_balance(operations: pd.DataFrame, *, held: Definition | None = None) -> pd.DataFrame:
    """What each perimeter loses, and what is rebuilt for it, at home and elsewhere.

    Parameters
    ----------
    operations
        Table `operations`.
    held
        The definition that counts; every product without it.

    Returns
    -------
    DataFrame
        Indexed by `perimeter` (empty: not stated): `demolished`, `rebuilt_here`, `rebuilt_elsewhere`,
        `not_rebuilt` (demolished less rebuilt; below zero where more comes back than goes).
    """
    counted = counted_under(operations, held or definition("all_for_all"))
    moving = operations["family"].isin([DEMOLITION, PRODUCTION])
    perimeter = texts(operations, "perimeter")[moving].rename("perimeter")
    demolished = counted.loc[moving, "demolished"].groupby(perimeter).sum().astype(float)
    flows = reconstitution_flows(operations, held=held)
    here = flows["to"].eq(flows["origin"]) & flows["to_kind"].eq("perimeter")
    table = demolished.to_frame("demolished")
    for name, part in (("rebuilt_here", flows[here]), ("rebuilt_elsewhere", flows[~here])):
        sums = part.groupby("origin")["dwellings"].sum()
        table[name] = sums.reindex(table.index).fillna(0.0)
    table["not_rebuilt"] = table["demolished"] - table["rebuilt_here"] - table["rebuilt_elsewhere"]
    return table


def flow_lines(
    flows: pd.DataFrame, tables: Mapping[str, gpd.GeoDataFrame]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Draw flows: a line from place to place, a point for what is rebuilt where it was lost.

    Parameters
    ----------
    flows
        Result of `reconstitution_flows`.
    tables
        `perimeters`, `sites`, `communes`, in the study's CRS; those that are there.

    Returns
    -------
    GeoDataFrame
        The flows that have both ends, on their own index, with `length_m` (straight line between the
        two places, 0 for a point) and the shapes in the study's CRS.
    list of Finding
        One note per flow that cannot be drawn: rows in = rows drawn + rows listed.

    Raises
    ------
    CRSError
        The tables have no CRS, or not the same.
    """
    crs = _one_crs(tables)
    starts = _points(pd.Series("perimeter", index=flows.index), flows["origin"], tables)
    ends = _points(flows["to_kind"], flows["to"], tables)
    unknown = shapely.is_empty(starts) | shapely.is_empty(ends)
    apart = shapely.distance(starts, ends)
    shapes = starts.copy()
    moved = np.flatnonzero(~unknown & (apart > 0))
    pairs = np.stack(
        [shapely.get_coordinates(starts[moved]), shapely.get_coordinates(ends[moved])], 1
    )
    shapes[moved] = shapely.linestrings(pairs)
    drawn = gpd.GeoDataFrame(flows.assign(length_m=apart), geometry=shapes, crs=crs)[~unknown]
    findings = [
        Finding(
            layer="operations",
            severity="note",
            code="flow-not-drawn",
            message=f"{row.dwellings:g} dwellings rebuilt ({row.operations}) go from the perimeter "
            f"{row.origin!r} to the {row.to_kind or 'place'} {row.to!r}, one of which is in no "
            "layer: the flow is counted and not drawn. Give the operation its perimeter and site.",
            row=str(row.operations).partition(",")[0],
        )
        for row in flows[unknown].itertuples()
    ]
    return drawn, findings


def _one_crs(tables: Mapping[str, gpd.GeoDataFrame]) -> object:
    systems = {name: tables[name].crs for name in _TABLES.values() if name in tables}
    if not systems or any(crs is None for crs in systems.values()):
        raise CRSError(
            "Flows need at least one of perimeters, sites and communes, each with its CRS."
        )
    first = next(iter(systems.values()))
    if any(crs != first for crs in systems.values()):
        told = ", ".join(f"{name} in {crs}" for name, crs in systems.items())
        raise CRSError(f"The places are not in one CRS: {told}. Bring them to the study's.")
    return first


def _points(
    kinds: pd.Series, names: pd.Series, tables: Mapping[str, gpd.GeoDataFrame]
) -> np.ndarray:
    """Return a point per named place, an empty one where no table holds it."""
    points = np.full(len(names), shapely.Point(), dtype=object)
    for kind, table in _TABLES.items():
        if table not in tables:
            continue
        held = tables[table]
        inside = inner_points(held.geometry.to_numpy())
        at = held.index.get_indexer(names)
        mine = (kinds == kind).to_numpy() & (at >= 0)
        found = inside[at[mine]]
        found[np.isnan(shapely.get_x(found))] = shapely.Point()
        points[mine] = found
    return points
