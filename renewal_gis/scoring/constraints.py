"""What lies on a site: shares of its area under each constraint, and the vetoes.

A veto stands beside the score and is never averaged into it: no school buys back a mine shaft.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.errors import CRSError

__all__ = ["constraint_shares", "vetoes"]


def constraint_shares(
    sites: gpd.GeoDataFrame, constraints: gpd.GeoDataFrame, *, by_level: bool = True
) -> pd.DataFrame:
    """Share of each site's area under each kind and level of constraint.

    Parameters
    ----------
    sites
        Table `sites` (polygons).
    constraints
        Table `constraints`, in the same CRS.
    by_level
        Tell the levels apart; otherwise the zones of a kind count together and `level` is empty.

    Returns
    -------
    DataFrame
        Columns `site, kind, level, share, zones`, only pairs that touch; overlaps count once. `share`
        is 0 for a point or a line that lies on the site, `zones` the identifiers of the zones, joined
        by commas.

    Raises
    ------
    CRSError
        When the two tables have different CRS.

    Examples
    --------
    >>> from shapely import box
    >>> site = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)], index=["A"], crs=2154)
    >>> zone = gpd.GeoDataFrame({"kind": ["flood"], "level": ["veto"]},
    ...                         geometry=[box(0, 0, 5, 10)], index=["z"], crs=2154)
    >>> constraint_shares(site, zone)
      site   kind level  share zones
    0    A  flood  veto    0.5     z
    """
    if sites.crs != constraints.crs:
        raise CRSError(f"Sites are in {sites.crs}, constraints in {constraints.crs}.")
    site_shapes = sites.geometry.to_numpy()
    zone_shapes = constraints.geometry.to_numpy()
    zone, site = shapely.STRtree(site_shapes).query(zone_shapes, predicate="intersects")
    # Zones that only share a border with the site do not lie on it.
    overlap = shapely.relate_pattern(zone_shapes[zone], site_shapes[site], "T********")
    pairs = pd.DataFrame({"site": site[overlap], "zone": zone[overlap]}).sort_values(
        ["site", "zone"]
    )
    pairs["kind"] = constraints["kind"].to_numpy()[pairs["zone"]]
    pairs["level"] = constraints["level"].to_numpy()[pairs["zone"]] if by_level else ""
    rows = [
        _row(sites, constraints, int(site), str(kind), str(level), part["zone"].to_numpy())
        for (site, kind, level), part in pairs.groupby(["site", "kind", "level"], sort=True)
    ]
    return pd.DataFrame(rows, columns=["site", "kind", "level", "share", "zones"])


def vetoes(shares: pd.DataFrame, sites: pd.Index) -> pd.Series:
    """Return the kinds of veto on each site as text, empty where there is none.

    Parameters
    ----------
    shares
        Result of `constraint_shares`.
    sites
        Index of the sites.

    Examples
    --------
    >>> table = pd.DataFrame({"site": ["A"], "kind": ["flood"], "level": ["veto"]})
    >>> vetoes(table, pd.Index(["A", "B"])).tolist()
    ['flood', '']
    """
    held = shares[shares["level"] == "veto"].groupby("site")["kind"].agg(_joined)
    return held.reindex(sites).fillna("").astype(object).rename("veto")


def _row(
    sites: gpd.GeoDataFrame,
    constraints: gpd.GeoDataFrame,
    site: int,
    kind: str,
    level: str,
    zones: np.ndarray,
) -> dict[str, object]:
    outline = sites.geometry.iloc[site]
    shapes = constraints.geometry.to_numpy()[zones]
    covered = shapely.intersection(shapely.union_all(shapes), outline)
    whole = shapely.area(outline)
    return {
        "site": sites.index[site],
        "kind": kind,
        "level": level,
        "share": float(shapely.area(covered) / whole) if whole else 0.0,
        "zones": _joined(constraints.index[zones]),
    }


def _joined(values: object) -> str:
    return ", ".join(sorted({str(value) for value in values}))  # type: ignore[attr-defined]
