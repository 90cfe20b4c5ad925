"""Choices to replay: `[scenarios.NAME]`, each a set of sites with the dwellings of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from renewal_gis.config.values import Values
from renewal_gis.territories import Scenario

__all__ = ["read_scenarios"]


def read_scenarios(values: Values, part: Any) -> tuple[Scenario, ...]:
    """Read the tables `[scenarios.NAME]`, in the order of the file.

    Whether the sites are there and hold so many dwellings is seen when they are loaded.
    """
    if not isinstance(part, dict):
        values.fault("scenarios", "must be tables, written [scenarios.NAME].")
        return ()
    found = []
    for name, entry in part.items():
        where = f"scenarios.{name}"
        if not isinstance(entry, dict):
            values.fault(where, f"must be a table, written [{where}].")
            continue
        values.keys(entry, ("en", "fr", "dwellings", "flows"), where)
        if not entry.get("dwellings"):
            values.fault(
                f"{where}.dwellings",
                "is needed: each site with its dwellings, such as { S01 = 40 }.",
            )
        flows = values.tables(entry, "flows", where)
        found.append(
            Scenario(
                name=name,
                en=values.text(entry, "en", where, default=""),
                fr=values.text(entry, "fr", where, default=""),
                dwellings=_dwellings(values, entry, where),
                flows={
                    perimeter: _households(values, flow, f"{where}.flows.{perimeter}")
                    for perimeter, flow in flows.items()
                },
            )
        )
    return tuple(found)


def _dwellings(values: Values, entry: Mapping[str, Any], where: str) -> dict[str, int]:
    held = {}
    for site, number in values.mapping(entry, "dwellings", where).items():
        if type(number) is int and number > 0:
            held[site] = number
        else:
            values.fault(
                f"{where}.dwellings.{site}", f"must be a whole number above 0, got {number!r}."
            )
    return held


def _households(values: Values, flow: Mapping[str, Any], where: str) -> dict[str, float]:
    held = {}
    for site, number in flow.items():
        if type(number) in (int, float) and math.isfinite(number) and number >= 0:
            held[site] = float(number)
        else:
            values.fault(f"{where}.{site}", f"must be a number of 0 or more, got {number!r}.")
    return held
