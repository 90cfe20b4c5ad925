"""The way of the data: load → check → measure → score → compare → plan → publish.

This is the only module that knows the order; each step calls one room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from renewal_gis import access, comparing, judging, replaying, scoring, steps, territories
from renewal_gis.config import Settings
from renewal_gis.errors import DataError
from renewal_gis.loading import Report, Study, load
from renewal_gis.programme import ProgrammeReport, programme_report
from renewal_gis.schema import findings_table
from renewal_gis.transit import (
    drawn_lines,
    riding,
    timetables,
    told_journey,
    transit_changes,
    transit_isochrones,
)
from renewal_gis.walking import isochrones, surface, walking

__all__ = ["Results", "Study", "journey", "load", "require", "run"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Results:
    """What a run found.

    Attributes
    ----------
    study
        The study it rests on.
    sites
        The sites with their measures, scores, rank, vetoes and sector; None without sites.
    stock
        The residential buildings with their measures and sector; None without stock.
    ranking
        Scores with the criteria and weights that made them; None without sites or measures.
    robustness
        What became of the ranking under other weights, other anchors and without each criterion; None
        without a ranking.
    opinions, agreement
        Second opinions on the sites with the sites no other beats (`pareto`), and how far they agree
        with the ranking of record; None without a ranking.
    axes
        The sites on the two axes, access and constraint; None when one of them is not measured.
    percentiles
        Where each site stands among the territory's homes, 0 to 100 (100 is best), one column per
        measure; None without homes.
    constraint_shares
        Share of each site under each constraint.
    comparison, distribution
        Sectors compared, weighted by dwellings; empty without stock.
    territory
        Every sector and commune compared, with effects, intervals and indices of inequality; None
        without homes in two sectors.
    scenarios
        The study's scenarios compared; None without any, or without homes.
    inventory
        What lies in each sector, layer by layer.
    surface
        Walks measured from the squares of a grid; None when the study asks for none.
    isochrones
        Outlines reached on foot, by layer, place and minutes; None when the study asks for none.
    transit_isochrones
        Outlines reached from the sites by transit; None when the study asks for none.
    lines
        The lines of the timetable's day as they are drawn; None without a timetable.
    timetables
        What the timetables say by themselves: `stop_facts`, by stop and kind of day; `calendar`, which
        kinds of days run what. Empty without timetables.
    transit_changes
        What the other timetable and the changes tried mean for sites and sectors; empty without any.
    programme_report
        The ledger in full: totals by every cut, one-for-one under each definition, flows, verdicts,
        calendar, alerts; None without a ledger.
    programme
        Dwellings demolished and rebuilt, by convention; None without a ledger.
    findings
        Everything found, from loading to scoring.
    """

    study: Study
    sites: gpd.GeoDataFrame | None
    stock: gpd.GeoDataFrame | None
    ranking: scoring.Ranking | None
    robustness: scoring.Robustness | None
    opinions: pd.DataFrame | None
    agreement: pd.DataFrame | None
    axes: pd.DataFrame | None
    percentiles: pd.DataFrame | None
    constraint_shares: pd.DataFrame
    comparison: pd.DataFrame
    distribution: pd.DataFrame
    territory: territories.Comparison | None
    scenarios: territories.ScenarioFigures | None
    inventory: pd.DataFrame
    surface: gpd.GeoDataFrame | None
    isochrones: gpd.GeoDataFrame | None
    transit_isochrones: gpd.GeoDataFrame | None
    lines: gpd.GeoDataFrame | None
    timetables: Mapping[str, pd.DataFrame]
    transit_changes: pd.DataFrame
    programme: pd.DataFrame | None
    programme_report: ProgrammeReport | None
    findings: pd.DataFrame

    def explain(self, site: str, *, language: Literal["en", "fr"] | None = None) -> list[str]:
        """Tell in sentences why a site has its rank; in the study's language by default.

        Raises
        ------
        DataError
            When the site is not known, or nothing could be scored.
        """
        if self.ranking is None or self.sites is None:
            raise DataError(
                "No site was scored: the study needs sites, and streets with services or transit."
            )
        known = site in self.sites.index
        spoken = language or self.study.settings.language
        told = scoring.explain(
            self.ranking,
            site,
            name=str(self.sites.at[site, "name"]) if known else "",
            veto=str(self.sites.at[site, "veto"]) if known else "",
            language=spoken,
            robustness=self.robustness,
        )
        return [*told, *_ground(self.study, spoken)]

    def ten_lines(
        self, *, language: Literal["en", "fr"] | None = None
    ) -> list[tuple[str, list[str]]]:
        """Tell how each pair of scenarios differs, in ten sentences; in the study's language by default.

        Returns
        -------
        list of tuple
            Title and ten sentences of each pair, in the order of the study; empty when no scenario was
            compared.
        """
        return replaying.pages(self.scenarios, language or self.study.settings.language)

    def ground(self, *, language: Literal["en", "fr"] | None = None) -> list[str]:
        """Say what the figures rest on: the walking speed, the timetable's date, the data's nature."""
        return _ground(self.study, language or self.study.settings.language)


def run(
    study: Path | str | Settings | Study,
    *,
    report: Report = lambda step: None,
    homes: bool = True,
) -> Results:
    """Measure, score and compare.

    Parameters
    ----------
    study
        A study file, its settings, or a loaded study.
    report
        Called with the name of each step as it starts.
    homes
        Measure every residential building too; without it only the sites are measured, which is
        enough to rank them.

    Raises
    ------
    DataError
        When the data is at fault; see `load` and `require`.
    """
    loaded = study if isinstance(study, Study) else load(study, report=report)
    require(loaded)
    if "streets" in loaded.tables:
        report(
            "prepare the searches"
            if access.is_compiled()
            else "compile the searches (once on this machine, some twenty seconds)"
        )
        access.prepare()
    report("measure")
    held = walking(loaded)
    lines = riding(loaded, held)
    wanted = comparing.asked_percentiles(loaded)
    # A percentile among the homes needs the homes.
    measures = steps.measured(loaded, held, lines, homes=homes or bool(wanted))
    stock = None if measures.stock is None else steps.placed(loaded, "stock", measures.stock)
    percentiles = comparing.percentiles(loaded, measures.sites, stock, measures.stock)
    report("score")
    judged = judging.judged(loaded, _with_percentiles(measures.sites, percentiles, wanted))
    tested = judging.tested(loaded, judged.ranking)
    report("compare")
    comparison, distribution = comparing.compared(loaded, stock, measures.stock)
    territory = comparing.territory(loaded, stock, measures.stock)
    scenarios = replaying.replayed(loaded, held, judged.sites, stock, measures.stock)
    report("plan")
    scores = None if judged.sites is None else judged.sites.get("score")
    told = programme_report(loaded, shares=judged.shares, scores=scores)
    ledger = () if told is None else told.findings
    found = [*loaded.findings, *measures.findings, *judged.findings, *replaying.unreplayed(loaded)]
    report("draw")
    drawn = drawn_lines(loaded)
    found += () if drawn is None else drawn.findings
    return Results(
        study=loaded,
        sites=judged.sites,
        stock=stock,
        ranking=judged.ranking,
        robustness=None if tested is None else tested.robustness,
        opinions=None if tested is None else tested.opinions,
        agreement=None if tested is None else tested.agreement,
        axes=judging.two_axes(judged.sites),
        percentiles=percentiles,
        constraint_shares=judged.shares,
        comparison=comparison,
        distribution=distribution,
        territory=territory,
        scenarios=scenarios,
        inventory=steps.inventory(loaded),
        surface=surface(loaded, held) if homes else None,
        isochrones=isochrones(loaded, held) if homes else None,
        transit_isochrones=transit_isochrones(loaded, held, lines) if homes else None,
        lines=None if drawn is None else drawn.table,
        timetables=timetables(loaded, lines),
        transit_changes=transit_changes(judged.sites, stock),
        programme=None if told is None else told.totals,
        programme_report=told,
        findings=findings_table([*found, *(tested.findings if tested else ()), *ledger]),
    )


def require(study: Study) -> None:
    """Refuse what would make a run false, before anything is computed.

    Raises
    ------
    DataError
        When a sector holds no dwelling, or a scenario cannot be: a site that is not there, more dwellings
        than it holds, flows that lead nowhere.
    """
    faults = []
    for check in (comparing.require_sectors, replaying.require_scenarios):
        try:
            check(study)
        except DataError as fault:
            faults.append(str(fault))
    if faults:
        raise DataError("\n".join(faults))


def _with_percentiles(
    measures: pd.DataFrame | None, percentiles: pd.DataFrame | None, wanted: list[str]
) -> pd.DataFrame | None:
    """Return the sites' measures with the percentiles that criteria are read from."""
    if measures is None or percentiles is None:
        return measures
    held = [name for name in dict.fromkeys(wanted) if name in percentiles.columns]
    return measures.join(percentiles[held].add_prefix("percentile:"))


def journey(
    study: Path | str | Settings | Study,
    origin: str,
    destination: str,
    *,
    depart: str | None = None,
    language: Literal["en", "fr"] | None = None,
    report: Report = lambda step: None,
) -> list[str]:
    """Tell in sentences how one gets from a place of a study to another by transit and on foot.

    Parameters
    ----------
    study
        A study file, its settings, or a loaded study.
    origin, destination
        Identifier or name of a site, a destination, a service or a stop; identifier of a building.
    depart
        Time of departure, such as `07:30`, in the window; its first minute by default.
    language
        The study's language by default.

    Returns
    -------
    list of str
        The journey leg by leg, the travel times over the whole window, what they rest on.

    Raises
    ------
    DataError
        When a place is not known, or the study has no streets or no timetable.
    """
    loaded = study if isinstance(study, Study) else load(study, report=report)
    report("measure")
    held = walking(loaded)
    lines = riding(loaded, held)
    if held is None or lines is None:
        raise DataError(
            "A journey needs streets and a timetable: add the layer streets and [transit]."
        )
    spoken = language or loaded.settings.language
    told = told_journey(loaded, held, lines, origin, destination, depart=depart, language=spoken)
    return [*told, *_ground(loaded, spoken)]


_GROUND = {
    "en": {
        "walk": "Walked at {speed} km/h on the street network.",
        "timetable": "Transit as timetabled for {day}.",
        "synthetic": "These figures rest on synthetic data: they show the method, not the place.",
        "schematic": "Some outlines are schematic: they show where, not exactly what.",
    },
    "fr": {
        "walk": "À pied à {speed} km/h sur le réseau des rues.",
        "timetable": "Transports selon les horaires du {day}.",
        "synthetic": (
            "Ces chiffres reposent sur des données synthétiques\u202f: ils montrent la méthode, "
            "pas le lieu."
        ),
        "schematic": "Certains contours sont schématiques\u202f: ils disent où, pas exactement quoi.",
    },
}


def _ground(study: Study, language: str) -> list[str]:
    """Say what an explanation rests on: the walking speed, the timetable's date, the data's nature."""
    words, settings = _GROUND[language], study.settings
    speed = f"{settings.walk.profile.speed_km_h:g}"
    told = [words["walk"].format(speed=speed.replace(".", ",") if language == "fr" else speed)]
    if settings.transit is not None:
        told.append(words["timetable"].format(day=settings.transit.date.isoformat()))
    if study.nature in words:
        told.append(words[study.nature])
    return told
