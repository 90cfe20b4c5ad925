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
        Profile,
        ascent_of_edges,
        at_nodes,
        bands,
        basket_reach,
        catchment,
        exponential,
        floating_catchments,
        gaussian,
        gravity,
        isochrones,
        join,
        linear,
        nearest_service,
        power,
        reached_streets,
        service_counts,
        square_grid,
        step,
        stop_service,
        street_network,
        travel_times,
        walk_minutes,
        with_profile,
    )
    from renewal_gis.config import read_study_file
    from renewal_gis.digest import summary
    from renewal_gis.edition import map_content, publish
    from renewal_gis.errors import DataError, RenewalGisError, SchemaError, UsageError
    from renewal_gis.planning import programme_totals
    from renewal_gis.publishing.surfaces import write_surface
    from renewal_gis.publishing.webmap import draw
    from renewal_gis.schema import BASKET, check, require, table
    from renewal_gis.scoring import Criterion, constraint_shares, rank, vetoes
    from renewal_gis.sources import read_layer, read_stops, sample_points
    from renewal_gis.study import Results, Study, load, run
    from renewal_gis.territories import compare, distribution, locate, with_sectors

# Names are imported when first used: `import renewal_gis` then costs no more than geopandas itself.
_HOMES = {
    "access": (
        "PROFILES",
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
        "isochrones",
        "join",
        "linear",
        "nearest_service",
        "power",
        "reached_streets",
        "service_counts",
        "square_grid",
        "step",
        "stop_service",
        "street_network",
        "travel_times",
        "walk_minutes",
        "with_profile",
    ),
    "config": ("read_study_file",),
    "edition": ("map_content", "publish"),
    "errors": ("DataError", "RenewalGisError", "SchemaError", "UsageError"),
    "planning": ("programme_totals",),
    "publishing.surfaces": ("write_surface",),
    "publishing.webmap": ("draw",),
    "schema": ("BASKET", "check", "require", "table"),
    "scoring": ("Criterion", "constraint_shares", "rank", "vetoes"),
    "sources": ("read_layer", "read_stops", "sample_points"),
    "study": ("Results", "Study", "load", "run"),
    "digest": ("summary",),
    "territories": ("compare", "distribution", "locate", "with_sectors"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = version("renewal-gis")
__all__ = [
    "BASKET",
    "PROFILES",
    "Criterion",
    "DataError",
    "Profile",
    "RenewalGisError",
    "Results",
    "SchemaError",
    "Study",
    "UsageError",
    "ascent_of_edges",
    "at_nodes",
    "bands",
    "basket_reach",
    "catchment",
    "check",
    "compare",
    "constraint_shares",
    "distribution",
    "draw",
    "exponential",
    "floating_catchments",
    "gaussian",
    "gravity",
    "isochrones",
    "join",
    "linear",
    "load",
    "locate",
    "map_content",
    "nearest_service",
    "power",
    "programme_totals",
    "publish",
    "rank",
    "reached_streets",
    "read_layer",
    "read_stops",
    "read_study_file",
    "require",
    "run",
    "sample_points",
    "service_counts",
    "square_grid",
    "step",
    "stop_service",
    "street_network",
    "summary",
    "table",
    "travel_times",
    "vetoes",
    "walk_minutes",
    "with_profile",
    "with_sectors",
    "write_surface",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
