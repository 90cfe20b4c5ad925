"""Streets open to walkers, cut wherever two of them share a node."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.errors import LayerReadError, needed
from renewal_gis.schema import Finding
from renewal_gis.sources.osm_edges import Edges, edges
from renewal_gis.sources.osm_pbf import UnusualExtract
from renewal_gis.sources.osm_rules import (
    WALK_RULES,
    WALKABLE,
    WalkRules,
    open_to_walkers,
    stops_walkers,
)
from renewal_gis.sources.osm_ways import Ways, read_ways

__all__ = ["WALKABLE", "open_to_walkers", "stops_walkers", "streets"]

_KINDS_SHOWN = 6


def streets(
    path: Path, table: str, *, layer: str = "streets"
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read the walkable ways of an extract and cut them at their shared nodes.

    Bridges and tunnels cross without a junction because they share no node with what they cross.
    Squares (`area=yes`) are walked along their outline.

    Parameters
    ----------
    path
        The extract.
    table
        Name of the layer in the study, for messages.
    layer
        Whose rules say what is walkable: `streets` (this project's) or `streets_r5` (those of R5, with
        the column `linkable`).

    Raises
    ------
    LayerReadError
        When no way is open to walkers, or a way stands in the extract twice.
    MissingExtraError
        When the file needs the library osmium and it is not installed.
    """
    rules = WALK_RULES[layer]
    ways = _ways(path, table, rules)
    repeated = pd.Series(ways.way_id).duplicated()
    if repeated.any():
        raise LayerReadError(
            f"{table} ({path.name}): the way {ways.way_id[repeated.argmax()]} stands in the extract "
            f"several times ({repeated.sum()} repeats). Merge extracts with osmium merge, and take "
            "one date of a history."
        )
    cut = edges(ways, linkable=rules.linked is not None)
    if len(cut.table) == 0:
        raise LayerReadError(
            f"{table} ({path.name}): the layer has no row: the extract holds no street open to "
            f"walkers{_tally(ways.closed, '; closed to them are ')}. Take an extract that covers "
            "the study."
        )
    return cut.table, [*_findings(ways, cut, table)]


def _ways(path: Path, table: str, rules: WalkRules) -> Ways:
    if path.name.lower().endswith(".pbf"):
        try:
            return read_ways(path, layer=table, rules=rules)
        except UnusualExtract:
            pass
    needed("osmium", extra="osm", purpose="Reading this kind of OpenStreetMap extract")
    from renewal_gis.sources import osm_libosmium

    return osm_libosmium.read_ways(path, rules=rules)


def _findings(ways: Ways, cut: Edges, table: str) -> list[Finding]:
    kinds = _tally(ways.closed, ": ")
    told = {
        "not-walkable": (
            len(ways.closed),
            f"{len(ways.closed)} ways are not open to walkers and were not read{kinds}.",
        ),
        "cut-by-extract": (
            cut.torn,
            (
                f"{cut.torn} ways lose a part that lies beyond the edge of the extract; minutes "
                "near the edge may be too long. Take a wider extract."
            ),
        ),
        "closed-barrier": (
            cut.barriers,
            (
                f"{cut.barriers} gates and other barriers that walkers may not pass cut the "
                "streets where they stand."
            ),
        ),
    }
    return [
        Finding(layer=table, severity="note", code=code, message=message, count=count)
        for code, (count, message) in told.items()
        if count
    ]


def _tally(kinds: npt.NDArray[np.object_], before: str) -> str:
    """Return the commonest kinds with their numbers, those that come first in the file first."""
    if len(kinds) == 0:
        return ""
    counts = pd.Series(kinds).value_counts(sort=False).sort_values(ascending=False, kind="stable")
    shown = counts.iloc[:_KINDS_SHOWN]
    return before + ", ".join(f"{kind} {count}" for kind, count in shown.items())
