"""The walking of a study: its network, how people walk on it, and what is measured from a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd

from renewal_gis import access, sources
from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import Finding

__all__ = ["Walking", "isochrones", "surface", "walked", "walking"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Walking:
    """The network of a study with the places people walk to.

    Attributes
    ----------
    network
        Streets with the costs of the study's profile and slopes.
    joined
        Services and stops, joined to the streets.
    findings
        Streets left out, places too far from any street.
    """

    network: access.Network
    joined: Mapping[str, access.Joined]
    findings: tuple[Finding, ...]


def walking(study: Study) -> Walking | None:
    """Return the walking of a study; None when it has no streets."""
    streets = study.geo("streets")
    if streets is None:
        return None
    walk = study.settings.walk
    plain = access.street_network(streets)
    network = access.with_profile(plain, walk.profile, ascent_m=_ascent(study, plain, streets))
    findings = list(network.findings)
    joined = {}
    for name in ("services", "stops"):
        table = study.geo(name)
        if table is not None:
            joined[name] = access.join(table, network, limit_m=walk.join_limit_m)
            findings.extend(joined[name].findings(name, limit_m=walk.join_limit_m))
    return Walking(network=network, joined=joined, findings=tuple(findings))


def walked(
    study: Study, held: Walking, places: gpd.GeoDataFrame, layer: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Measure every walk from the places of a layer.

    Returns
    -------
    tuple
        The measures on the places' index, and a finding for each place that is not joined.
    """
    walk = study.settings.walk
    origins = access.join(places, held.network, limit_m=walk.join_limit_m)
    columns = [pd.DataFrame(index=places.index)]
    if "services" in held.joined:
        columns.extend(_services(study, held, origins))
    if "stops" in held.joined:
        reached = access.stop_service(
            origins,
            held.joined["stops"],
            held.network,
            departures=study.tables["stops"],
            speed_km_h=walk.profile.speed_km_h,
        )
        columns.append(reached.drop(columns="nearest:stop"))
    return pd.concat(columns, axis=1), list(origins.findings(layer, limit_m=walk.join_limit_m))


def surface(study: Study, held: Walking | None) -> gpd.GeoDataFrame | None:
    """Measure the walks from the centre of every square of the study's grid; None when not asked."""
    asked = study.settings.surface
    if asked is None or held is None:
        return None
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    cells = access.square_grid(communes, cell_m=asked.cell_m)
    measures, _ = walked(study, held, cells, "surface")
    return cells.join(measures.filter(regex=r"^(walk_min:|departures_|basket_groups$)"))


def isochrones(study: Study, held: Walking | None) -> gpd.GeoDataFrame | None:
    """Draw the isochrones the study asks for: one row per place and walking time."""
    asked = study.settings.isochrones
    if asked is None or held is None:
        return None
    parts = []
    for layer in asked.of:
        table = study.geo(layer)
        if table is None:
            continue
        limit = study.settings.walk.join_limit_m
        drawn = access.isochrones(
            held.joined.get(layer) or access.join(table, held.network, limit_m=limit),
            held.network,
            limits_min=asked.minutes,
            speed_km_h=study.settings.walk.profile.speed_km_h,
            direction=asked.direction,
        )
        parts.append(drawn.assign(layer=layer)[["layer", "place", "minutes", "geometry"]])
    return None if not parts else gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))


def _services(study: Study, held: Walking, origins: access.Joined) -> list[pd.DataFrame]:
    walk, network, services = study.settings.walk, held.network, held.joined["services"]
    groups, speed = study.tables["services"]["group"], walk.profile.speed_km_h
    minutes = access.walk_minutes(origins, services, network, groups=groups, speed_km_h=speed)
    counts = access.service_counts(
        origins,
        services,
        network,
        groups=groups,
        thresholds_min=walk.thresholds_min,
        speed_km_h=speed,
    )
    basket = access.basket_reach(minutes, limit_min=assumption("quarter_hour").value)
    columns = [minutes, counts, basket]
    wanted = {criterion.measure for criterion in study.settings.criteria}
    if any(key.startswith("gravity:") for key in wanted):
        columns.append(
            access.gravity(
                origins, services, network, groups=groups, decay=walk.decay, speed_km_h=speed
            )
        )
    floating = sorted(key for key in wanted if key.startswith("floating:"))
    columns.extend(_floating(study, held, origins, key) for key in floating)
    return columns


def _floating(study: Study, held: Walking, origins: access.Joined, key: str) -> pd.DataFrame:
    """Return the capacity per dwelling at the origins: shared by the homes, read at the origins."""
    stock, services = study.geo("stock"), study.tables["services"]
    if stock is None or "capacity" not in services.columns:
        raise DataError(
            f"The measure {key} shares capacities among dwellings: it needs the layer stock, and the "
            "column capacity in services."
        )
    walk = study.settings.walk
    members = (services["group"] == key.partition(":")[2]).to_numpy()
    found = access.floating_catchments(
        access.join(stock, held.network, limit_m=walk.join_limit_m),
        held.joined["services"].take(members),
        held.network,
        people=stock["dwellings"],
        capacity=services["capacity"][members],
        decay=walk.decay,
        speed_km_h=walk.profile.speed_km_h,
        at=origins,
    )
    return found.rename(key).to_frame()


def _ascent(study: Study, network: access.Network, streets: gpd.GeoDataFrame) -> np.ndarray | None:
    """Return the metres climbed along each edge, from where the study says; None on the flat."""
    slope = study.settings.walk.slope
    if not slope:
        return None
    if slope == "ascent_m":
        if "ascent_m" not in streets.columns:
            raise DataError('walk.slope = "ascent_m", but the streets have no column ascent_m.')
        climbed = pd.to_numeric(streets["ascent_m"]).reindex(network.edge_ids)
        # The column climbs from u to v, the network as the line runs.
        along = np.where(network.backwards, -1.0, 1.0)
        return np.asarray(climbed.to_numpy(dtype=float, na_value=np.nan)) * along
    nodes = gpd.GeoSeries.from_xy(*network.node_xy.T, index=network.node_ids, crs=network.crs)
    height = sources.sample_points(nodes, study.settings.grids[slope].spec.path)
    return access.ascent_of_edges(network, height.to_numpy(dtype=float))
