"""What is measured: walks on the street network, the service of stops, journeys by transit."""

from renewal_gis.access.calendar import calendar_summary, trips_by_day
from renewal_gis.access.catchments import floating_catchments
from renewal_gis.access.conventions import OURS, R5, Conventions, conventions
from renewal_gis.access.decay import Decay, bands, exponential, gaussian, linear, power, step
from renewal_gis.access.departures import departures
from renewal_gis.access.directions import line_directions
from renewal_gis.access.isochrones import isochrones, reached_streets
from renewal_gis.access.itineraries import Itinerary, Leg, itinerary
from renewal_gis.access.joining import Joined, at_nodes, join
from renewal_gis.access.ladders import leed_of_places, line_departures, ptal_of_places
from renewal_gis.access.levels import (
    leed_step,
    mean_interval,
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
from renewal_gis.access.opportunities import opportunities_within, transit_minutes
from renewal_gis.access.place_service import class_number, place_service
from renewal_gis.access.preparing import is_compiled, prepare
from renewal_gis.access.profiles import (
    PROFILES,
    Profile,
    ascent_of_edges,
    tobler_pace,
    with_profile,
)
from renewal_gis.access.ptal import ptal, ptal_table
from renewal_gis.access.quality import classes_as_the_crow_flies, place_classes, stop_categories
from renewal_gis.access.service import served_stops
from renewal_gis.access.stop_facts import DAY_KINDS, PERIODS_H, stop_facts, stops_on_days
from renewal_gis.access.stop_walks import StopWalks, stop_walks, walks_in_table
from renewal_gis.access.tables import basket_reach, catchment, square_grid, travel_times
from renewal_gis.access.telling import tell_itinerary, tell_times
from renewal_gis.access.timetables import require_service
from renewal_gis.access.transit import TransitTimes, transit_times
from renewal_gis.access.transit_isochrones import transit_isochrones
from renewal_gis.access.transit_lines import course_findings, transit_lines
from renewal_gis.access.transit_networks import TransitNetwork, transit_network
from renewal_gis.access.what_if import (
    HEADWAYS_MIN,
    Headway,
    HeadwaySearch,
    NewLine,
    riding_minutes,
    search_headways,
    with_changes,
)

__all__ = [
    "DAY_KINDS",
    "HEADWAYS_MIN",
    "OURS",
    "PERIODS_H",
    "PROFILES",
    "R5",
    "Conventions",
    "Decay",
    "Headway",
    "HeadwaySearch",
    "Itinerary",
    "Joined",
    "Leg",
    "Network",
    "NewLine",
    "Profile",
    "StopWalks",
    "TransitNetwork",
    "TransitTimes",
    "ascent_of_edges",
    "at_nodes",
    "bands",
    "basket_reach",
    "calendar_summary",
    "catchment",
    "class_number",
    "classes_as_the_crow_flies",
    "conventions",
    "course_findings",
    "departures",
    "exponential",
    "floating_catchments",
    "gaussian",
    "gravity",
    "is_compiled",
    "isochrones",
    "itinerary",
    "join",
    "leed_of_places",
    "leed_step",
    "line_departures",
    "line_directions",
    "linear",
    "mean_interval",
    "measure_name",
    "nearest_service",
    "opportunities_within",
    "place_classes",
    "place_service",
    "power",
    "prepare",
    "ptal",
    "ptal_of_places",
    "ptal_table",
    "quality_class",
    "reached_streets",
    "require_service",
    "riding_minutes",
    "robust_interval",
    "search_headways",
    "served_stops",
    "service_counts",
    "square_grid",
    "step",
    "stop_categories",
    "stop_category",
    "stop_facts",
    "stop_service",
    "stop_walks",
    "stops_on_days",
    "street_network",
    "tell_itinerary",
    "tell_times",
    "tobler_pace",
    "transit_isochrones",
    "transit_lines",
    "transit_minutes",
    "transit_network",
    "transit_times",
    "travel_times",
    "trips_by_day",
    "walk_minutes",
    "walks_in_table",
    "with_changes",
    "with_profile",
]
