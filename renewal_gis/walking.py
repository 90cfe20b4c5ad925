"""The walking of a study: its network, how people walk on it, and what is measured from a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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
    """The network of a study, and its places on it.

    Attributes
    ----------
    network
        Streets with the costs of the study's profile and slopes.
    layers
        The layers of the study that have a place.
    limit_m
        Farthest a place may be from a street.
    notes
        Streets left out, slopes and capacities that are not known, layers asked for in vain.
    """

    network: access.Network
    layers: Mapping[str, gpd.GeoDataFrame]
    limit_m: float
    notes: tuple[Finding, ...]

    @property
    def findings(self) -> list[Finding]:
        """The notes, and the services and stops too far from any street."""
        findings = list(self.notes)
        for name in ("services", "stops"):
            if name in self.layers:
                findings.extend(self.joined(name).findings(name, limit_m=self.limit_m))
        return findings

    def joined(self, layer: str, *, limit_m: float | None = None) -> access.Joined:
        """Return a layer joined to the streets, once for all the steps of a run.

        Parameters
        ----------
        layer
            One of `layers`.
        limit_m
            Farthest a place may be from a street; `limit_m` of the study by default.
        """
        limit = self.limit_m if limit_m is None else limit_m
        if (layer, limit) not in self._joined:
            self._joined[layer, limit] = access.join(
                self.layers[layer], self.network, limit_m=limit
            )
        return self._joined[layer, limit]

    @cached_property
    def _joined(self) -> dict[tuple[str, float], access.Joined]:
        return {}


def walking(study: Study) -> Walking | None:
    """Return the walking of a study; None when it has no streets."""
    streets = study.geo("streets")
    if streets is None:
        return None
    walk = study.settings.walk
    plain = access.street_network(streets)
    ascent = _ascent(study, plain, streets)
    network = access.with_profile(plain, walk.profile, ascent_m=ascent)
    notes = [*network.findings, *_capacity_findings(study), *_asked_in_vain(study)]
    if walk.slope:
        notes.extend(_slope_findings(network, ascent))
    layers = {
        name: table for name, table in study.tables.items() if isinstance(table, gpd.GeoDataFrame)
    }
    return Walking(network=network, layers=layers, limit_m=walk.join_limit_m, notes=tuple(notes))


def walked(study: Study, held: Walking, origins: access.Joined) -> pd.DataFrame:
    """Measure every walk from places joined to the streets, on their index."""
    columns = [pd.DataFrame(index=origins.index)]
    if "services" in held.layers:
        columns.extend(_services(study, held, origins))
    if "stops" in held.layers:
        reached = access.stop_service(
            origins,
            held.joined("stops"),
            held.network,
            departures=study.tables["stops"],
            speed_km_h=study.settings.walk.profile.speed_km_h,
        )
        columns.append(reached.drop(columns="nearest:stop"))
    return pd.concat(columns, axis=1)


def surface(study: Study, held: Walking | None) -> gpd.GeoDataFrame | None:
    """Measure the walks from the centre of every square of the study's grid; None when not asked."""
    asked = study.settings.surface
    if asked is None or held is None:
        return None
    communes = cast(gpd.GeoDataFrame, study.tables["communes"])
    cells = access.square_grid(communes, cell_m=asked.cell_m)
    measures = walked(study, held, access.join(cells, held.network, limit_m=held.limit_m))
    return cells.join(measures.filter(regex=r"^(walk_min:|departures_|basket_groups$)"))


def isochrones(study: Study, held: Walking | None) -> gpd.GeoDataFrame | None:
    """Draw the isochrones the study asks for: one row per place and walking time."""
    asked = study.settings.isochrones
    if asked is None or held is None:
        return None
    parts = []
    for layer in asked.of:
        if layer not in held.layers:
            continue
        drawn = access.isochrones(
            held.joined(layer),
            held.network,
            limits_min=asked.minutes,
            speed_km_h=study.settings.walk.profile.speed_km_h,
            direction=asked.direction,
        )
        parts.append(drawn.assign(layer=layer)[["layer", "place", "minutes", "geometry"]])
    return None if not parts else gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))


def _services(study: Study, held: Walking, origins: access.Joined) -> list[pd.DataFrame]:
    walk, network, services = study.settings.walk, held.network, held.joined("services")
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
    services, walk = study.tables["services"], study.settings.walk
    members = _of_group(services, key).to_numpy()
    found = access.floating_catchments(
        held.joined("stock"),
        held.joined("services").take(members),
        held.network,
        people=study.tables["stock"]["dwellings"],
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
