"""Where should the demolished dwellings come back?

>>> import renewal_gis as rg
>>> results = rg.run("data/demo/study.toml")          # doctest: +SKIP
>>> results.sites[["name", "score", "rank"]]          # doctest: +SKIP
>>> rg.publish(results, "maps")                       # doctest: +SKIP

Step by step, on your own tables:

>>> network = rg.street_network(streets)                               # doctest: +SKIP
>>> homes = rg.join(stock, network)                                    # doctest: +SKIP
>>> shops = rg.join(services, network)                                 # doctest: +SKIP
>>> rg.walk_minutes(homes, shops, network, groups=services["group"])   # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from renewal_gis.access import (
        PROFILES,
        R5,
        Conventions,
        Headway,
        NewLine,
        Profile,
        ascent_of_edges,
        at_nodes,
        bands,
        basket_reach,
        calendar_summary,
        catchment,
        exponential,
        floating_catchments,
        gaussian,
        gravity,
        isochrones,
        itinerary,
        join,
        linear,
        nearest_service,
        opportunities_within,
        place_service,
        power,
        reached_streets,
        served_stops,
        service_counts,
        square_grid,
        step,
        stop_facts,
        stop_service,
        stops_on_days,
        street_network,
        tell_itinerary,
        transit_isochrones,
        transit_lines,
        transit_minutes,
        transit_network,
        transit_times,
        travel_times,
        walk_minutes,
        with_changes,
        with_profile,
    )
    from renewal_gis.changes import Changes, compare_runs
    from renewal_gis.config import read_study_file
    from renewal_gis.digest import summary
    from renewal_gis.edition import map_content, publish
    from renewal_gis.errors import DataError, RenewalGisError, SchemaError, UsageError
    from renewal_gis.headways import headway_question
    from renewal_gis.planning import programme_totals
    from renewal_gis.publishing.elements import CompactLayer
    from renewal_gis.publishing.map_layers import study_layer
    from renewal_gis.publishing.surfaces import write_surface
    from renewal_gis.publishing.webmap import draw
    from renewal_gis.schema import BASKET, Schedule, check, require, table, written_schedule
    from renewal_gis.scoring import (
        Criterion,
        Ranking,
        agreement,
        constraint_shares,
        criteria_set,
        criteria_table,
        pareto,
        rank,
        robustness,
        second_opinions,
        smaa,
        vetoes,
    )
    from renewal_gis.sources import read_layer, read_schedule, read_shapes, sample_points
    from renewal_gis.study import Results, Study, journey, load, run
    from renewal_gis.territories import (
        Scenario,
        compare,
        compare_scenarios,
        compare_territory,
        distribution,
        effect_sizes,
        inequality,
        locate,
        percentiles_among,
        ten_lines,
        two_axes,
        with_sectors,
    )

# Names are imported when first used: `import renewal_gis` then costs no more than geopandas itself.
_HOMES = {
    "access": (
        "PROFILES",
        "R5",
        "Conventions",
        "Headway",
        "NewLine",
        "Profile",
        "ascent_of_edges",
        "at_nodes",
        "bands",
        "basket_reach",
        "calendar_summary",
        "catchment",
        "exponential",
        "floating_catchments",
        "gaussian",
        "gravity",
        "isochrones",
        "itinerary",
        "join",
        "linear",
        "nearest_service",
        "opportunities_within",
        "place_service",
        "power",
        "reached_streets",
        "served_stops",
        "service_counts",
        "square_grid",
        "step",
        "stop_facts",
        "stop_service",
        "stops_on_days",
        "street_network",
        "tell_itinerary",
        "transit_isochrones",
        "transit_lines",
        "transit_minutes",
        "transit_network",
        "transit_times",
        "travel_times",
        "walk_minutes",
        "with_changes",
        "with_profile",
    ),
    "changes": ("Changes", "compare_runs"),
    "config": ("read_study_file",),
    "edition": ("map_content", "publish"),
    "errors": ("DataError", "RenewalGisError", "SchemaError", "UsageError"),
    "headways": ("headway_question",),
    "planning": ("programme_totals",),
    "publishing.elements": ("CompactLayer",),
    "publishing.map_layers": ("study_layer",),
    "publishing.surfaces": ("write_surface",),
    "publishing.webmap": ("draw",),
    "schema": ("BASKET", "Schedule", "check", "require", "table", "written_schedule"),
    "scoring": (
        "Criterion",
        "Ranking",
        "agreement",
        "constraint_shares",
        "criteria_set",
        "criteria_table",
        "pareto",
        "rank",
        "robustness",
        "second_opinions",
        "smaa",
        "vetoes",
    ),
    "sources": ("read_layer", "read_schedule", "read_shapes", "sample_points"),
    "study": ("Results", "Study", "journey", "load", "run"),
    "digest": ("summary",),
    "territories": (
        "Scenario",
        "compare",
        "compare_scenarios",
        "compare_territory",
        "distribution",
        "effect_sizes",
        "inequality",
        "locate",
        "percentiles_among",
        "ten_lines",
        "two_axes",
        "with_sectors",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = version("renewal-gis")
__all__ = [
    "BASKET",
    "PROFILES",
    "R5",
    "Changes",
    "CompactLayer",
    "Conventions",
    "Criterion",
    "DataError",
    "Headway",
    "NewLine",
    "Profile",
    "Ranking",
    "RenewalGisError",
    "Results",
    "Scenario",
    "Schedule",
    "SchemaError",
    "Study",
    "UsageError",
    "agreement",
    "ascent_of_edges",
    "at_nodes",
    "bands",
    "basket_reach",
    "calendar_summary",
    "catchment",
    "check",
    "compare",
    "compare_runs",
    "compare_scenarios",
    "compare_territory",
    "constraint_shares",
    "criteria_set",
    "criteria_table",
    "distribution",
    "draw",
    "effect_sizes",
    "exponential",
    "floating_catchments",
    "gaussian",
    "gravity",
    "headway_question",
    "inequality",
    "isochrones",
    "itinerary",
    "join",
    "journey",
    "linear",
    "load",
    "locate",
    "map_content",
    "nearest_service",
    "opportunities_within",
    "pareto",
    "percentiles_among",
    "place_service",
    "power",
    "programme_totals",
    "publish",
    "rank",
    "reached_streets",
    "read_layer",
    "read_schedule",
    "read_shapes",
    "read_study_file",
    "require",
    "robustness",
    "run",
    "sample_points",
    "second_opinions",
    "served_stops",
    "service_counts",
    "smaa",
    "square_grid",
    "step",
    "stop_facts",
    "stop_service",
    "stops_on_days",
    "street_network",
    "study_layer",
    "summary",
    "table",
    "tell_itinerary",
    "ten_lines",
    "transit_isochrones",
    "transit_lines",
    "transit_minutes",
    "transit_network",
    "transit_times",
    "travel_times",
    "two_axes",
    "vetoes",
    "walk_minutes",
    "with_changes",
    "with_profile",
    "with_sectors",
    "write_surface",
    "written_schedule",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
