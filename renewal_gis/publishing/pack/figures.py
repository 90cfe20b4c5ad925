"""The headline figures of a pack: what the dossier prints, the workbook holds and the manifest keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import spoken_unit
from renewal_gis.publishing.pack.words import label
from renewal_gis.schema import UNITS
from renewal_gis.schema.codes import SECTORS

__all__ = ["figures", "milestone_states", "site_states", "told_figure"]

_PROGRAMME = {
    "demolished": ("Dwellings demolished", "Logements démolis", "dwellings"),
    "of_which_mining": ("of which mining dwellings", "dont logements miniers", "dwellings"),
    "rebuilt": ("Dwellings rebuilt", "Logements reconstruits", "dwellings"),
    "rebuilt_social": ("of which social dwellings", "dont logements sociaux", "dwellings"),
    "ratio": ("Rebuilt per dwelling demolished", "Reconstruits par logement démoli", "ratio"),
}


def figures(content: PackContent) -> pd.DataFrame:
    """Return the figures a committee quotes.

    Returns
    -------
    DataFrame
        Indexed by a stable `key`: `en`, `fr` (labels), `value` (number), `unit` (`ratio`, a unit of the
        schema, or empty). Missing figures are left out.
    """
    rows = [
        {"key": key, "en": en, "fr": fr, "value": float(value), "unit": unit}
        for key, en, fr, value, unit in (*_programme(content), *_sites(content), *_sectors(content))
        if value is not None and pd.notna(value)
    ]
    columns = ["key", "en", "fr", "value", "unit"]
    return pd.DataFrame(rows, columns=columns).set_index("key")


def told_figure(value: Any, unit: str, language: str) -> str:
    """Return a figure as printed, with its unit.

    Examples
    --------
    >>> told_figure(0.903571, "ratio", "en").split(), told_figure(4.0, "min", "fr").split()
    (['90.4', '%'], ['4,0', 'min'])
    """
    if unit == "ratio":
        return percent(value, language)
    decimals = UNITS[unit][2] if unit in UNITS else 0 if float(value).is_integer() else 1
    shown = spoken_unit(unit, language)
    return f"{number(value, language, decimals=decimals)}\u00a0{shown}".rstrip("\u00a0")


def site_states(content: PackContent) -> dict[str, dict[str, Any]]:
    """Return what a pack remembers of each site: name, capacity, score, rank, veto."""
    sites = content.map.sites
    if sites is None:
        return {}
    kept = [name for name in ("name", "capacity", "score", "rank", "veto") if name in sites.columns]
    records = pd.DataFrame(sites[kept]).to_dict("index")
    return {
        str(site): {str(name): _kept(value) for name, value in record.items()}
        for site, record in records.items()
    }


def milestone_states(content: PackContent) -> dict[str, dict[str, Any]]:
    """Return what a pack remembers of each dated step: operation, step, date, whether it happened."""
    held = content.milestones
    if held is None:
        return {}
    return {
        str(name): {
            "operation": printable(row.get("operation")),
            "name": printable(row.get("name")),
            "site": printable(row.get("site")),
            "step": printable(row.get("step")),
            "date": None if pd.isna(row["now"]) else pd.Timestamp(row["now"]).date().isoformat(),
            "happened": bool(row["happened"]),
        }
        for name, row in held.iterrows()
    }


def _kept(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return printable(value)
    number_ = round(float(value), 6)
    return int(number_) if number_.is_integer() else number_


def _programme(content: PackContent) -> Iterator[tuple[str, str, str, Any, str]]:
    held = next((one.frame for one in content.tables if one.name == "programme"), None)
    if held is None or "total" not in held.index:
        return
    for name, (en, fr, unit) in _PROGRAMME.items():
        if name in held.columns:
            yield f"programme.{name}", en, fr, held.at["total", name], unit


def _sites(content: PackContent) -> Iterator[tuple[str, str, str, Any, str]]:
    sites = content.map.sites
    if sites is None:
        return
    yield "sites.count", "Candidate sites", "Sites candidats", len(sites), ""
    if "capacity" in sites.columns:
        total = pd.to_numeric(sites["capacity"]).sum()
        yield (
            "sites.capacity",
            "Dwellings the sites can hold",
            "Logements que les sites peuvent accueillir",
            total,
            "dwellings",
        )
    if "veto" in sites.columns:
        vetoed = int((sites["veto"].astype(str) != "").sum())
        yield "sites.vetoed", "Sites under a veto", "Sites sous veto", vetoed, ""


def _sectors(content: PackContent) -> Iterator[tuple[str, str, str, Any, str]]:
    table = content.map.comparison
    if table is None:
        return
    known = {measure.key: measure for measure in content.map.measures}
    for row in table.to_dict("records"):
        if row["measure"] not in known:
            continue
        held, sector = known[row["measure"]], row["sector"]
        en, fr = label(SECTORS, sector, "en"), label(SECTORS, sector, "fr")
        yield (
            f"median.{sector}.{held.key}",
            f"{en}, median – {held.en}",
            f"{fr}, médiane – {held.fr}",
            row["p50"],
            held.unit,
        )
