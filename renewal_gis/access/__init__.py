"""What is measured: walking on the street network, and the service at the nearest stop."""

from renewal_gis.access.joining import Joined, join
from renewal_gis.access.measures import (
    measure_name,
    nearest_service,
    service_counts,
    stop_service,
    walk_minutes,
)
from renewal_gis.access.network import Network, street_network

__all__ = [
    "Joined",
    "Network",
    "join",
    "measure_name",
    "nearest_service",
    "service_counts",
    "stop_service",
    "street_network",
    "walk_minutes",
]
