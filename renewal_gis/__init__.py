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
        at_nodes,
        basket_reach,
        catchment,
        floating_catchments,
        gravity,
        isochrones,
        join,
        nearest_service,
        service_counts,
        square_grid,
        stop_service,
        street_network,
        travel_times,
        walk_minutes,
        with_profile,
    )
    from renewal_gis.config import read_study_file
    from renewal_gis.edition import map_content, publish, summary
    from renewal_gis.errors import DataError, RenewalGisError, SchemaError, UsageError
    from renewal_gis.planning import programme_totals
    from renewal_gis.publishing.webmap import draw
    from renewal_gis.schema import BASKET, check, require, table
    from renewal_gis.scoring import Criterion, constraint_shares, rank, vetoes
    from renewal_gis.sources import read_layer, read_stops
    from renewal_gis.study import Results, Study, load, run
    from renewal_gis.territories import compare, distribution, locate, with_sectors

# Names are imported when first used: `import renewal_gis` then costs no more than geopandas itself.
_HOMES = {
    "access": (
        "PROFILES",
        "at_nodes",
        "basket_reach",
        "catchment",
        "floating_catchments",
        "gravity",
        "isochrones",
        "join",
        "nearest_service",
        "service_counts",
        "square_grid",
        "stop_service",
        "street_network",
        "travel_times",
        "walk_minutes",
        "with_profile",
    ),
    "config": ("read_study_file",),
    "edition": ("map_content", "publish", "summary"),
    "errors": ("DataError", "RenewalGisError", "SchemaError", "UsageError"),
    "planning": ("programme_totals",),
    "publishing.webmap": ("draw",),
    "schema": ("BASKET", "check", "require", "table"),
    "scoring": ("Criterion", "constraint_shares", "rank", "vetoes"),
    "sources": ("read_layer", "read_stops"),
    "study": ("Results", "Study", "load", "run"),
    "territories": ("compare", "distribution", "locate", "with_sectors"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = version("renewal-gis")
__all__ = [
    "BASKET",
    "PROFILES",
    "Criterion",
    "DataError",
    "RenewalGisError",
    "Results",
    "SchemaError",
    "Study",
    "UsageError",
    "at_nodes",
    "basket_reach",
    "catchment",
    "check",
    "compare",
    "constraint_shares",
    "distribution",
    "draw",
    "floating_catchments",
    "gravity",
    "isochrones",
    "join",
    "load",
    "locate",
    "map_content",
    "nearest_service",
    "programme_totals",
    "publish",
    "rank",
    "read_layer",
    "read_stops",
    "read_study_file",
    "require",
    "run",
    "service_counts",
    "square_grid",
    "stop_service",
    "street_network",
    "summary",
    "table",
    "travel_times",
    "vetoes",
    "walk_minutes",
    "with_profile",
    "with_sectors",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
