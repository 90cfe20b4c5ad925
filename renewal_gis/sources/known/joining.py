"""Buildings joined with what other sources know of them: social dwellings, miners' estates."""

from __future__ import annotations

from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError
from renewal_gis.schema import Finding
from renewal_gis.sources.known.stock import of_stock

__all__ = ["with_estates", "with_social_dwellings"]


def with_social_dwellings(
    buildings: gpd.GeoDataFrame, social: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Join social dwellings (RPLS) to the buildings they stand in or beside.

    Parameters
    ----------
    buildings
        The table `stock`: outlines, `dwellings`.
    social
        Points with `dwellings`, in the same system: the table `stock` read with `source = "rpls"`.

    Returns
    -------
    tuple
        The buildings, on their index, with `social_dwellings` (0 where none was joined) and `tenure`
        `social` where they are more than half of the dwellings; and findings: points too far from any
        building, buildings with more social dwellings than dwellings.

    Raises
    ------
    UsageError
        The two are not in the same system.

    Notes
    -----
    A point joins the nearest building, at most `rpls_join_limit` metres away: addresses stand in the
    street. Of buildings at one distance the first in the table is taken.
    """
    if buildings.crs != social.crs:
        raise UsageError("buildings and social dwellings must be in the same coordinate system.")
    limit = assumption("rpls_join_limit").value
    findings: list[Finding] = []
    near, held = shapely.STRtree(buildings.geometry.to_numpy()).query_nearest(
        social.geometry.to_numpy(), max_distance=limit, all_matches=True
    )
    pairs = pd.DataFrame({"point": near, "building": held}).groupby("point")["building"].min()
    counts = social["dwellings"].to_numpy(dtype=float)
    joined = np.bincount(
        pairs.to_numpy(), weights=counts[pairs.index.to_numpy()], minlength=len(buildings)
    )
    lost = len(social) - len(pairs)
    if lost:
        away = counts.sum() - joined.sum()
        told = (
            f"{lost} addresses of RPLS ({away:.0f} dwellings) lie more than {limit:g} m from any "
            "building; they joined none."
        )
        findings.append(of_stock("rpls-not-joined", told, lost))
    total = buildings["dwellings"].to_numpy(dtype=float)
    more = int((joined > total).sum())
    if more:
        told = (
            f"{more} buildings get more social dwellings than they have dwellings: an address joined a "
            "neighbour, or the count of the building is short. Both counts were kept."
        )
        findings.append(of_stock("more-social-than-all", told, more))
    tenure = buildings.get("tenure", pd.Series(None, index=buildings.index, dtype=object))
    mostly = pd.Series(joined * 2 > total, index=buildings.index)
    result = buildings.assign(
        social_dwellings=joined.astype("int64"),
        tenure=tenure.astype(object).mask(mostly & (joined > 0), "social"),
    )
    return cast(gpd.GeoDataFrame, result), findings


def with_estates(
    buildings: gpd.GeoDataFrame, estates: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Flag the buildings of miners' estates from the outlines of the estates.

    Parameters
    ----------
    buildings
        The table `stock`.
    estates
        Outlines in the same system, by identifier.

    Returns
    -------
    tuple
        The buildings, on their index, with `estate` (identifier; None outside) and `tenure` `mining`
        where it was missing; and a finding with the counts. A building known as social stays social:
        miners' houses were not all social dwellings, and only the registers tell.

    Raises
    ------
    UsageError
        The two are not in the same system.
    """
    if buildings.crs != estates.crs:
        raise UsageError("buildings and estates must be in the same coordinate system.")
    inside = shapely.point_on_surface(buildings.geometry.to_numpy())
    outlines = shapely.make_valid(estates.geometry.to_numpy())
    rows, held = shapely.STRtree(outlines).query(inside, predicate="intersects")
    first = pd.Series(held, index=rows).groupby(level=0).min()
    estate = np.full(len(buildings), None, dtype=object)
    estate[first.index.to_numpy()] = estates.index.to_numpy()[first.to_numpy()]
    known = buildings.get("tenure", pd.Series(None, index=buildings.index, dtype=object))
    known = known.astype(object).where(known.notna(), None)
    of = pd.Series(estate, index=buildings.index, dtype=object)
    flagged = of.notna() & known.isna()
    result = buildings.assign(estate=of, tenure=known.mask(flagged, "mining"))
    kept = int((of.notna() & known.notna()).sum())
    told = (
        f"{int(of.notna().sum())} buildings stand in {of.nunique()} miners' estates: {int(flagged.sum())} "
        f"were given the tenure mining, {kept} kept the tenure a register gives them."
    )
    return cast(gpd.GeoDataFrame, result), [of_stock("estates", told, int(flagged.sum()))]
