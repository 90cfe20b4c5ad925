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
    ascent = _ascent(study, plain, streets)
    network = access.with_profile(plain, walk.profile, ascent_m=ascent)
    findings = [*network.findings, *_capacity_findings(study), *_asked_in_vain(study)]
    if walk.slope:
        findings.extend(_slope_findings(network, ascent))
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
    columns.extend(_floating(study, held, origins, key) for key in _floating_keys(study))
    return columns


def _floating_keys(study: Study) -> list[str]:
    """Return the measures of shared capacity that are asked for and have a capacity to share."""
    wanted = {criterion.measure for criterion in study.settings.criteria}
    keys = sorted(key for key in wanted if key.startswith("floating:"))
    services = study.tables["services"]
    if keys and ("stock" not in study.tables or "capacity" not in services.columns):
        raise DataError(
            f"The measure {keys[0]} shares capacities among dwellings: it needs the layer stock, and "
            "the column capacity in services."
        )
    return [key for key in keys if services["capacity"][_of_group(services, key)].notna().any()]


def _of_group(services: pd.DataFrame, key: str) -> pd.Series:
    return services["group"] == key.partition(":")[2]


def _capacity_findings(study: Study) -> list[Finding]:
    """Tell the services whose unknown capacity counts as none."""
    if "services" not in study.tables:
        return []
    services, found = study.tables["services"], []
    for key in _floating_keys(study):
        unknown = int(services["capacity"][_of_group(services, key)].isna().sum())
        if unknown:
            found.append(
                Finding(
                    layer="services",
                    severity="note",
                    code="capacity-unknown",
                    message=f"{unknown} service(s) of {key} have no capacity and are left out of it.",
                    column="capacity",
                    count=unknown,
                )
            )
    return found


def _asked_in_vain(study: Study) -> list[Finding]:
    """Tell the isochrones asked of a layer the study does not have."""
    asked = study.settings.isochrones
    return [
        Finding(
            layer=name,
            severity="note",
            code="isochrones-of-nothing",
            message=f"Isochrones of {name} are asked for, and the study has no such layer.",
        )
        for name in (asked.of if asked else ())
        if name not in study.tables
    ]


def _slope_findings(network: access.Network, ascent: np.ndarray | None) -> list[Finding]:
    """Tell how many edges have no known slope, and how many one too steep to believe."""
    if ascent is None:
        return []
    limit = assumption("slope_limit").value
    slope = np.abs(ascent) * 10 / network.length_dm
    counts = {
        "slope-unknown": (int(np.isnan(ascent).sum()), "have no elevation and count as flat"),
        "slope-too-steep": (
            int((slope > limit).sum()),
            f"climb more than {limit:g} and are cut to it",
        ),
    }
    return [
        Finding(
            layer="streets",
            severity="note",
            code=code,
            message=f"{count} of {len(ascent)} edges {what}.",
            count=count,
        )
        for code, (count, what) in counts.items()
        if count
    ]


def _floating(study: Study, held: Walking, origins: access.Joined, key: str) -> pd.DataFrame:
    """Return the capacity per dwelling at the origins: shared by the homes, read at the origins."""
    stock, services = study.tables["stock"], study.tables["services"]
    walk = study.settings.walk
    members = _of_group(services, key).to_numpy()
    found = access.floating_catchments(
        access.join(cast(gpd.GeoDataFrame, stock), held.network, limit_m=walk.join_limit_m),
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
