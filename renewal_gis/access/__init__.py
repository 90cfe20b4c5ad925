"""What is measured: walking on the street network, and the service at the nearest stop."""

from renewal_gis.access.catchments import floating_catchments
from renewal_gis.access.decay import Decay, bands, exponential, gaussian, linear, power, step
from renewal_gis.access.isochrones import isochrones, reached_streets
from renewal_gis.access.joining import Joined, at_nodes, join
from renewal_gis.access.levels import (
    leed_step,
    mean_interval,
    ptal,
    ptal_table,
    quality_class,
    robust_interval,
    stop_category,
)
from renewal_gis.access.measures import (
    gravity,
    measure_name,
    nearest_service,
    service_counts,
    stop_service,
    walk_minutes,
)
from renewal_gis.access.network import Network, street_network
from renewal_gis.access.preparing import is_compiled, prepare
from renewal_gis.access.profiles import (
    PROFILES,
    Profile,
    ascent_of_edges,
    tobler_pace,
    with_profile,
)
from renewal_gis.access.tables import basket_reach, catchment, square_grid, travel_times

__all__ = [
    "PROFILES",
    "Decay",
    "Joined",
    "Network",
    "Profile",
    "ascent_of_edges",
    "at_nodes",
    "bands",
    "basket_reach",
    "catchment",
    "exponential",
    "floating_catchments",
    "gaussian",
    "gravity",
    "is_compiled",
    "isochrones",
    "join",
    "leed_step",
    "linear",
    "mean_interval",
    "measure_name",
    "nearest_service",
    "power",
    "prepare",
    "ptal",
    "ptal_table",
    "quality_class",
    "reached_streets",
    "robust_interval",
    "service_counts",
    "square_grid",
    "step",
    "stop_category",
    "stop_service",
    "street_network",
    "tobler_pace",
    "travel_times",
    "walk_minutes",
    "with_profile",
]
