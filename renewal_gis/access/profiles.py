"""How different people walk: speed, slope, steps and crossings as costs on the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from renewal_gis.access.network import DECIMETRES, Floats, Network
from renewal_gis.access.pace import per_minute
from renewal_gis.assumptions import assumption
from renewal_gis.errors import UsageError

_ENDLESS_DM = 20_000_000.0

__all__ = ["PROFILES", "Profile", "ascent_of_edges", "tobler_pace", "with_profile"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A way of walking.

    Parameters
    ----------
    name
        Short name.
    speed_km_h
        Speed on the flat.
    steps_factor
        How many times longer steps take than flat street of the same length.
    crossing_s
        Seconds waited at each road crossing.
    """

    name: str
    speed_km_h: float
    steps_factor: float = 1.0
    crossing_s: float = 0.0


PROFILES = {
    "adult": Profile(name="adult", speed_km_h=assumption("walk_speed").value),
    "child": Profile(
        name="child",
        speed_km_h=assumption("child_speed").value,
        crossing_s=assumption("crossing_wait").value,
    ),
    "older": Profile(
        name="older",
        speed_km_h=assumption("older_speed").value,
        steps_factor=assumption("steps_factor").value,
        crossing_s=assumption("crossing_wait").value,
    ),
}


def tobler_pace(slope: npt.ArrayLike) -> Floats:
    """Return how many times longer a slope takes than the flat, by Tobler's hiking function.

    Parameters
    ----------
    slope
        Metres climbed per metre walked; negative downhill. Beyond the assumption `slope_limit` the
        limit is used; NaN counts as flat.

    References
    ----------
    Tobler, W. (1993). Three presentations on geographical analysis and modeling. NCGIA Technical
    Report 93-1. Speed is 6 exp(−3.5 |s + 0.05|) km/h; here it is taken relative to the flat.

    Examples
    --------
    >>> tobler_pace([0.0, -0.05, 0.1]).round(3).tolist()
    [1.0, 0.839, 1.419]
    """
    decay, ease = assumption("slope_decay").value, assumption("slope_ease").value
    steep = assumption("slope_limit").value
    held = np.clip(np.nan_to_num(np.asarray(slope, dtype=float), nan=0.0), -steep, steep)
    pace: Floats = np.exp(decay * (np.abs(held + ease) - ease))
    return pace


def ascent_of_edges(network: Network, node_elevation_m: npt.ArrayLike) -> Floats:
    """Return the metres climbed along each edge, from the elevation of its ends.

    Parameters
    ----------
    network
        Street network.
    node_elevation_m
        Elevation of each node, in the order of `network.node_ids`; NaN is unknown.
    """
    height = np.asarray(node_elevation_m, dtype=float)
    if height.shape != (len(network.node_ids),):
        raise UsageError(
            f"One elevation per node is needed: {len(network.node_ids)}, got {height.shape}."
        )
    climbed: Floats = height[network.ends[:, 1]] - height[network.ends[:, 0]]
    return climbed


def with_profile(
    network: Network, profile: Profile, *, ascent_m: npt.ArrayLike | None = None
) -> Network:
    """Return the network with the costs of a way of walking.

    Costs stay whole decimetres of flat walking; measure with the profile's `speed_km_h`.

    Parameters
    ----------
    network
        Street network.
    profile
        Way of walking; see `PROFILES`.
    ascent_m
        Metres climbed along each edge from its first node; NaN counts as flat. Flat by default.

    Raises
    ------
    UsageError
        When the profile makes walking free or endless, or there is not one ascent per edge.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from renewal_gis.access import street_network
    >>> net = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (100, 0)])], crs=2154))
    >>> hill = with_profile(net, PROFILES["adult"], ascent_m=[10.0])
    >>> hill.cost_onward.tolist(), hill.cost_backward.tolist()
    ([1419], [1000])
    """
    pace = per_minute(profile.speed_km_h)
    for name in ("steps_factor", "crossing_s"):
        value = getattr(profile, name)
        if not (np.isfinite(value) and value >= (1.0 if name == "steps_factor" else 0.0)):
            raise UsageError(f"profile {profile.name!r}: {name} = {value!r} cannot be walked.")
    length = network.length_dm.astype(float)
    climbed = np.zeros(len(length)) if ascent_m is None else np.asarray(ascent_m, dtype=float)
    if climbed.shape != length.shape:
        raise UsageError(f"One ascent per edge is needed: {len(length)}, got {climbed.shape}.")
    slope = climbed * DECIMETRES / length
    flat = length * np.where(network.steps, profile.steps_factor, 1.0)
    waited = network.crossings * profile.crossing_s / 60 * pace
    return replace(
        network,
        cost_onward=_whole(flat * tobler_pace(slope) + waited),
        cost_backward=_whole(flat * tobler_pace(-slope) + waited),
    )


def _whole(cost: Floats) -> npt.NDArray[np.int32]:
    if not (cost < _ENDLESS_DM).all():
        raise UsageError("The profile makes an edge longer than a day's walk; check its penalties.")
    return np.maximum(np.rint(cost), 1).astype(np.int32)
