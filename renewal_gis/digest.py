"""The figures of a run that fit on one screen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from renewal_gis.recording import run_id
from renewal_gis.study import Results

__all__ = ["summary"]


def summary(results: Results) -> dict[str, Any]:
    """Return the figures of a run that fit on one screen, as plain numbers and texts.

    Returns
    -------
    dict
        `layers` (rows kept), `findings` (count by layer and code), `sectors` (dwellings, and the
        weighted median of each measure), `sites` (score, rank, veto, how often first and among the first
        over the weightings, quadrant of the two axes), `agreement` (Kendall's tau with each second
        opinion), `scenarios` (ten lines for each pair), `programme`, `run`.
    """
    rows = {name: len(table) for name, table in results.study.tables.items()}
    found = results.findings.groupby(["layer", "severity", "code"])["count"].sum()
    return {
        "study": results.study.settings.name,
        "nature": results.study.nature,
        "run": run_id(results),
        "layers": rows,
        "findings": {" / ".join(key): int(count) for key, count in found.items()},
        "sectors": _sector_summary(results),
        "sites": _site_summary(results),
        "agreement": _agreement(results),
        "scenarios": {
            title: {str(place): line for place, line in enumerate(lines, start=1)}
            for title, lines in results.ten_lines()
        },
        "programme": {}
        if results.programme is None
        else {key: _plain(value) for key, value in results.programme.loc["total"].items()},
    }


def _sector_summary(results: Results) -> dict[str, dict[str, Any]]:
    sectors: dict[str, dict[str, Any]] = {}
    for row in results.comparison.to_dict("records"):
        held = sectors.setdefault(row["sector"], {"dwellings": _plain(row["dwellings"])})
        held[f"median {row['measure']}"] = _plain(row["p50"])
    for row in results.inventory.to_dict("records"):
        held = sectors.setdefault(row["sector"], {})
        held[f"count {row['layer']} {row['kind']}".strip()] = _plain(row["rows"])
    return sectors


def _site_summary(results: Results) -> dict[str, dict[str, Any]]:
    if results.sites is None or results.ranking is None:
        return {}
    shown = ["sector", "score", "score_low", "score_high", "rank", "veto"]
    held = pd.DataFrame(results.sites)[shown]
    if results.robustness is not None:
        top = results.robustness.acceptability
        held = held.assign(
            **{"first in": top.shares["first"], f"among first {top.top}": top.shares["among_first"]}
        )
    if results.axes is not None:
        held = held.assign(quadrant=results.axes["quadrant"])
    records = held.to_dict("index")
    return {
        str(site): {str(key): _plain(value) for key, value in record.items()}
        for site, record in records.items()
    }


def _agreement(results: Results) -> dict[str, Any]:
    if results.agreement is None:
        return {}
    table = results.agreement.set_index("opinion")["tau_b"]
    return {str(opinion): _plain(tau) for opinion, tau in table.items()}


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value
    number = round(float(value), 6)
    return int(number) if number.is_integer() else number
