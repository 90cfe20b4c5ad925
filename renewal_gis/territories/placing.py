"""Whether a layer lies where the study is: nothing may leave the comparison without a line."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.schema import Finding
from renewal_gis.territories.sectors import locate

__all__ = ["commune_of", "placing_findings"]


def commune_of(table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Return the commune of each row: the one it states when there is such a commune, else by place.

    Missing where neither is known.
    """
    located = locate(table, communes)
    if "commune" not in table.columns:
        return located
    stated = table["commune"].astype(object)
    return stated.where(stated.isin(communes.index), located).rename("commune")


def placing_findings(
    name: str, table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> list[Finding]:
    """Return what is wrong with where a layer lies.

    Parameters
    ----------
    name
        Name of the layer.
    table
        The layer, in the CRS of the communes.
    communes
        Table `communes`.

    Returns
    -------
    list of Finding
        An `error` when no row touches any commune. For `sites` and `stock`, a `note` for each row
        that lies in no commune, or in another than the one it states.
    """
    area = shapely.union_all(communes.geometry.to_numpy())
    shapely.prepare(area)
    if not shapely.intersects(area, table.geometry.to_numpy()).any():
        return [
            Finding(
                layer=name,
                severity="error",
                code="outside-communes",
                message=(
                    f"None of the {len(table)} rows touches a commune of the study. Check the layer's "
                    "coordinate reference system, or that it is of this territory."
                ),
            )
        ]
    return _rows(name, table, communes) if name in {"sites", "stock"} else []


def _rows(name: str, table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> list[Finding]:
    located = locate(table, communes)
    held = commune_of(table, communes)
    lost, moved = held.isna(), located.notna() & held.notna() & (located != held)
    found = [
        _finding(
            name,
            str(row),
            "outside-communes",
            "It lies in no commune of the study, so it is in no sector and left out of the "
            "comparison. Move it, or add its commune.",
        )
        for row in table.index[lost]
    ]
    found.extend(
        _finding(
            name,
            str(row),
            "commune-differs",
            f"It states the commune {held[row]} and lies in {located[row]}; the one it states "
            "counts. Correct one of them.",
        )
        for row in table.index[moved]
    )
    return found


def _finding(layer: str, row: str, code: str, message: str) -> Finding:
    return Finding(layer=layer, severity="note", code=code, message=message, row=row)
