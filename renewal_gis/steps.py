"""The steps of a run, one function each: what a loaded study hands to a room, and what comes back."""

from __future__ import annotations

from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd

from renewal_gis import access, sources, territories
from renewal_gis.loading import Study
from renewal_gis.schema import Finding
from renewal_gis.transit import Riding, ridden
from renewal_gis.walking import Walking, walked

__all__ = ["Measured", "inventory", "measured", "placed"]


class Measured(NamedTuple):
    """Measures of the sites and of the stock; None for a layer the study lacks."""

    sites: pd.DataFrame | None
    stock: pd.DataFrame | None
    findings: list[Finding]


def measured(
    study: Study, held: Walking | None, lines: Riding | None = None, *, homes: bool = True
) -> Measured:
    """Measure the sites, and every residential building when `homes` is true."""
    findings = [found for part in (held, lines) if part is not None for found in part.findings]
    centres = _centres(held)
    if held is not None and centres is not None and lines is None:
        # With a timetable, its own reading of the destinations tells this.
        findings.extend(centres.joined.findings("destinations", limit_m=held.limit_m))
    tables: dict[str, pd.DataFrame | None] = {"sites": None, "stock": None}
    for name in tables:
        places = study.geo(name) if homes or name == "sites" else None
        if places is None:
            continue
        columns = [pd.DataFrame(index=places.index)]
        if held is not None:
            origins = held.joined(name)
            columns.append(walked(study, held, origins))
            findings.extend(origins.findings(name, limit_m=held.limit_m))
            if centres is not None:
                columns.append(_to_centres(study, held, centres, origins))
            if lines is not None:
                columns.append(ridden(study, held, lines, name, opportunities=name == "sites"))
        if name == "sites":
            columns.extend([_sampled(study, places), _built_up(study, places)])
        tables[name] = pd.concat(columns, axis=1).copy()  # in one block
    return Measured(tables["sites"], tables["stock"], findings)


def placed(study: Study, name: str, measures: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a layer with its commune, its sector and its measures."""
    table = cast(gpd.GeoDataFrame, study.tables[name])
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    commune = territories.commune_of(table, communes)
    return table.assign(commune=commune, sector=commune.map(communes["sector"])).join(measures)


def inventory(study: Study) -> pd.DataFrame:
    """Count what lies in each sector."""
    counted = ("sites", "perimeters", "services", "stops", "constraints")
    layers = {name: layer for name in counted if (layer := study.geo(name)) is not None}
    return territories.inventory(cast(gpd.GeoDataFrame, study.tables["communes"]), layers)


class _Centres(NamedTuple):
    """Town centres, joined to the streets."""

    joined: access.Joined
    groups: pd.Series


def _centres(held: Walking | None) -> _Centres | None:
    """Return the destinations of the kind `centre`; None when the study has none."""
    if held is None or "destinations" not in held.layers:
        return None
    groups = held.layers["destinations"]["group"]
    member = (groups == "centre").to_numpy(dtype=bool)
    if not member.any():
        return None
    return _Centres(held.joined("destinations").take(member), groups[member])


def _to_centres(
    study: Study, held: Walking, centres: _Centres, origins: access.Joined
) -> pd.DataFrame:
    """Measure the walk to the nearest town centre."""
    return access.walk_minutes(
        origins,
        centres.joined,
        held.network,
        groups=centres.groups,
        speed_km_h=study.settings.walk.profile.speed_km_h,
    )


def _built_up(study: Study, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure how near the built-up area is, as far as the stock tells it."""
    stock = study.geo("stock")
    if stock is None:
        return pd.DataFrame(index=sites.index)
    return territories.built_up_distance(sites, stock).to_frame()


def _sampled(study: Study, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    columns = {}
    for name, grid in study.settings.grids.items():
        if grid.at_least is None:
            columns[f"grid_mean:{name}"] = sources.zonal_mean(sites.geometry, grid.spec.path)
        else:
            columns[f"grid_share:{name}"] = sources.zonal_share(
                sites.geometry, grid.spec.path, at_least=grid.at_least
            )
    return pd.DataFrame(columns, index=sites.index)
