"""What a committee's pack holds: tables in, nothing measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from renewal_gis.publishing.content import Language, MapContent
from renewal_gis.publishing.pack.logos import Logo

__all__ = ["PackContent", "PackTable", "completed"]


@dataclass(frozen=True, kw_only=True)
class PackTable:
    """A table of the workbook.

    Parameters
    ----------
    name
        Short English name, such as `comparison`.
    en, fr
        What it holds, in a few words.
    frame
        The table; its index is written when it has a name, its geometry never.
    """

    name: str
    en: str
    fr: str
    frame: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class PackContent:
    """Everything a pack shows. A piece that is None or empty is said to be absent where it would stand.

    Parameters
    ----------
    map
        The territory, its layers, its sites with their measures and scores, its sources: what the
        interactive map shows, so that no number can differ.
    run
        Identifier of the run, printed on every sheet.
    nature
        Weakest nature among the layers: `real`, `schematic` or `synthetic`.
    date
        Date printed on the pack; None when the study states none. Never the clock's.
    timetable
        Date of the timetable, printed wherever a transit number is.
    tables
        Tables of the workbook, in their order.
    findings, assumptions
        What was found in the data; every planning constant.
    parameters
        What the study file asks for, as plain values.
    told
        Site → sentences that say why it has its rank.
    held
        Site → one sentence that says how well its rank holds.
    shares
        `site, kind, level, share`: what lies on each site.
    axes
        Sites on the two axes: `access` (score, 0 to 100), `constraint` (share of the site, 0 to 1).
    progress
        One row per family of operation and convention, totals under `total`: `family`, `convention`,
        `delivered`, `to_deliver`, `programmed` (dwellings), `rate` (NaN when nothing is programmed).
    definitions
        One-for-one under each definition: `definition`, `en`, `fr`, `demolished`, `rebuilt`,
        `programmed`, `engaged`, `delivered` (ratios; NaN where they cannot be told).
    milestones
        On the identifier of each dated step: `operation`, `name`, `site`, `step`, `planned_before`,
        `now`, `slip_days` (positive is later), `happened`.
    verdicts
        One row per rule and subject: `rule`, `scope` (`site`, `convention`…), `subject`, `verdict` (a code;
        `pass` and `cannot-be-evaluated` are counted, not listed), `told_en`, `told_fr` (the verdict in
        words), `en`, `fr` (the rule), `citation`, `citation_fr`, `verified`.
    scenarios
        Title and sentences of each pair of scenarios.
    alerts
        Sentences: what moved, what blocks.
    alerts_about
        In the order of the alerts, the identifiers each is about: sites, operations, conventions. An
        alert about neither a site nor its operations is told in the dossier of the territory only.
    decisions
        Sentences: what the committee is asked to decide. The dossier of a site holds those that concern
        it, as `decisions_of` reads them.
    logos
        Pictures for the title blocks, the first at the right.
    """

    map: MapContent
    run: str
    nature: str = "real"
    date: dt.date | None = None
    timetable: dt.date | None = None
    tables: Sequence[PackTable] = ()
    findings: pd.DataFrame | None = None
    assumptions: pd.DataFrame | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Sequence[str]] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    shares: pd.DataFrame | None = None
    axes: pd.DataFrame | None = None
    progress: pd.DataFrame | None = None
    definitions: pd.DataFrame | None = None
    milestones: pd.DataFrame | None = None
    verdicts: pd.DataFrame | None = None
    scenarios: Sequence[tuple[str, Sequence[str]]] = ()
    alerts: Sequence[str] = ()
    alerts_about: Sequence[frozenset[str]] = ()
    decisions: Sequence[str] = ()
    logos: Sequence[Logo] = ()

    @property
    def language(self) -> Language:
        """Language of the pack, that of its map."""
        return self.map.language


def completed(content: PackContent) -> PackContent:
    """Return the content with every column its layers are read by, missing where they had none.

    A text is empty, a number is NaN: the sheets and dossiers then say that it is not known.
    """
    held = content.map
    numbers = ("capacity", "score", "score_low", "score_high", "rank", "rank_best", "rank_worst")
    layers = dict(held.layers)
    for name, (texts, values) in _READ.items():
        if name in layers:
            layers[name] = _with(layers[name], texts, values)
    return replace(
        content,
        map=replace(
            held,
            communes=_with(held.communes, ("name", "sector"), ()),
            sites=_with(held.sites, ("name", "commune", "sector", "veto"), numbers),
            stock=_with(held.stock, ("fate",), ("dwellings",)),
            layers=layers,
        ),
    )


# Layer → the texts and the numbers it is read by.
_READ: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "services": (("group", "name"), ()),
    "stops": (("name",), ("departures_day",)),
    "lines": (("name", "mode", "course"), ("departures_day",)),
    "backdrop": (("kind",), ()),
    "constraints": (("kind", "level"), ()),
    "perimeters": (("name",), ()),
    "isochrones": (("place",), ("minutes",)),
}


def _with(table: Any, texts: Sequence[str], numbers: Sequence[str]) -> Any:
    """Return a layer with these columns; None stays None."""
    if table is None:
        return None
    blank: dict[str, Any] = {name: "" for name in texts if name not in table.columns}
    blank |= {name: float("nan") for name in numbers if name not in table.columns}
    made: gpd.GeoDataFrame = table.assign(**blank)
    for name in texts:
        made[name] = made[name].astype(object).where(made[name].notna(), "")
    return made
