"""All that `renewal-gis plan` finds in one go: what it prints, its tables as files, its figures as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from renewal_gis import planning
from renewal_gis.config.programme import Programme
from renewal_gis.errors import DataError, RenewalGisError
from renewal_gis.files import atomic_folder
from renewal_gis.placement import Question, placement_question
from renewal_gis.plan_answers import (
    Slip,
    best_plan,
    front_of,
    published_flows,
    slip_of,
    slip_words,
    told_slip,
)
from renewal_gis.plan_words import (
    Shown,
    front_shown,
    plan_sentences,
    plan_shown,
    prices_shown,
    programme_shown,
    slip_shown,
)
from renewal_gis.programme import ProgrammeReport, asked_of, programme_report, programme_tables
from renewal_gis.publishing.results import write_csv
from renewal_gis.schema import findings_table
from renewal_gis.study import Results, run

__all__ = ["Planned", "planned", "summary_of", "write_plan"]

_NO_FRONT = {
    "en": "No plan of the front was sought: the search was stopped.",
    "fr": "Aucun plan du front n’a été cherché : la recherche a été arrêtée.",
}
_NATURES = {
    "schematic": ("schematic", "schématiques"),
    "synthetic": ("synthetic", "synthétiques"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Planned:
    """What was found.

    Attributes
    ----------
    results
        The run it rests on.
    report
        What the programme says; None without a ledger.
    question, plan, prices, front
        The allocation; None for what was not asked.
    slips
        Who waits if a step slips.
    notes
        What the figures rest on, in sentences.
    shown
        Tables and sentences, in the order they are printed.
    """

    results: Results
    report: ProgrammeReport | None
    question: Question | None
    plan: planning.Plan | None
    prices: pd.DataFrame | None
    front: planning.Front | None
    slips: tuple[Slip, ...]
    notes: tuple[str, ...]
    shown: tuple[Shown | str, ...]


def planned(
    study: Path | str | Results,
    *,
    allocate: bool = False,
    front: bool = False,
    slips: Sequence[str] = (),
    asked: Programme | None = None,
    language: Literal["en", "fr"] | None = None,
    report: Callable[[str], None] = lambda step: None,
    progress: Callable[[planning.Progress], None] | None = None,
) -> Planned:
    """Plan a study.

    Parameters
    ----------
    study
        A study file, or the results of a run.
    allocate, front
        Seek the best plan, and the front.
    slips
        `OPERATION:STEP:QUARTERS`, each.
    asked
        What is asked of the programme; by default what the study file says.
    language
        The study's by default.
    report, progress
        Told the name of each step, and how far a search is.

    Raises
    ------
    UsageError
        A slip is not written so.
    DataError
        The study has neither ledger nor allocation, its totals do not agree, or no plan keeps every
        rule.
    MissingExtraError
        Dwellings are to be placed and highspy is not installed.
    """
    for one in slips:
        slip_words(one)  # a word at fault is told before anything is computed
    results = study if isinstance(study, Results) else run(study, report=report, homes=False)
    asked = asked_of(results.study.settings) if asked is None else asked
    spoken = language or results.study.settings.language
    report("programme")
    scores = None if results.sites is None else results.sites.get("score")
    told = programme_report(
        results.study, asked=asked, shares=results.constraint_shares, scores=scores
    )
    if told is None and not (allocate or front):
        raise DataError(
            "The study has no ledger to plan with: add the layer operations, or ask for --allocate."
        )
    moved = tuple(
        slip_of(results.study, asked, None if told is None else told.calendar, one) for one in slips
    )
    question = placement_question(results, asked=asked) if allocate or front else None
    plan = prices = traded = None
    with planning.stoppable() as stop:  # one Ctrl-C ends every search; what was found stays
        if allocate and question is not None:
            plan, prices = best_plan(question, language=spoken, progress=progress, report=report)
        if front and question is not None and not stop:
            try:
                traded = front_of(question, language=spoken, progress=progress, report=report)
            except RenewalGisError:
                if plan is None or not stop:
                    raise
    found = Planned(
        results=results, report=told, question=question, plan=plan, prices=prices, front=traded,
        slips=moved, notes=tuple(_notes(results, spoken)), shown=(),
    )  # fmt: skip
    found = _with_shown(found, spoken, only_asked=allocate or front or bool(slips))
    if front and traded is None:
        found = replace(found, shown=(*found.shown, _NO_FRONT[spoken]))
    return found


def write_plan(found: Planned, folder: Path) -> list[Path]:
    """Write the tables of a plan into a folder, all of them or nothing.

    Counts of households that are too small, or would give one away, are left empty.

    Returns
    -------
    list of Path
        The files written.
    """
    tables = _tables(found)
    transit = found.results.study.settings.transit
    told = {
        "data_nature": found.results.study.nature,
        "timetable_date": "" if transit is None else transit.date.isoformat(),
    }
    with atomic_folder(folder) as beside:
        for name, table in tables.items():
            write_csv(table, beside / f"{name}.csv", **told)
    return [folder / f"{name}.csv" for name in tables]


def summary_of(found: Planned) -> dict[str, Any]:
    """Return what was found as plain numbers and texts; small counts of households are null."""
    summary: dict[str, Any] = {
        "study": found.results.study.settings.name,
        "nature": found.results.study.nature,
    }
    transit = found.results.study.settings.transit
    if transit is not None:
        summary["timetable_date"] = transit.date.isoformat()
    if found.report is not None:
        summary["programme"] = _records(found.report.totals.reset_index())
        whole = found.report.one_for_one
        summary["one_for_one"] = _records(
            whole.loc[whole["cut"] == "", ["definition", "stage", "demolished", "rebuilt", "ratio"]]
        )
        counted = found.report.verdicts["verdict"].value_counts(sort=False)
        summary["verdicts"] = {name: int(counted.get(name, 0)) for name in planning.VERDICTS}
        summary["alerts"] = _records(found.report.alerts)
    if found.plan is not None:
        plan = found.plan
        summary["plan"] = {
            "status": plan.status,
            "objective": plan.objective,
            **{key: _plain(getattr(plan, key)) for key in ("value", "bound", "gap")},
            "measures": {str(key): _plain(value) for key, value in plan.measures.items()},
            "dwellings": _records(plan.table),
            "flows": _records(published_flows(plan)),
        }
    if found.question is not None and found.question.journeys is not None:
        summary["displacement"] = found.question.journeys.en
    if found.prices is not None:
        summary["prices"] = _records(found.prices.reset_index())
    if found.front is not None:
        summary["front"] = {
            "complete": found.front.complete,
            "objectives": list(found.front.objectives),
            "plans": _records(found.front.table),
        }
    if found.slips:
        summary["what_if"] = [
            {"operation": one.operation, "step": one.step, "quarters": one.quarters,
             "moves": _records(one.table.reset_index(names="milestone"))}
            for one in found.slips
        ]  # fmt: skip
    return summary


def _with_shown(found: Planned, spoken: Literal["en", "fr"], *, only_asked: bool) -> Planned:
    """Fill in what is printed: the programme unless something else was asked, then the answers."""
    shown: list[Shown | str] = []
    if found.report is not None and not only_asked:
        shown += programme_shown(found.report, spoken)
    for slip in found.slips:
        shown += [*told_slip(slip, language=spoken), slip_shown(slip, spoken)]
    if found.plan is not None and found.question is not None:
        names = _names(found.results)
        shown += plan_shown(found.plan, found.question, names, spoken)
        shown += plan_sentences(found.plan, found.question, spoken)
    if found.prices is not None and found.question is not None:
        shown.append(prices_shown(found.prices, found.question, spoken))
    if found.front is not None and found.question is not None:
        shown.append(front_shown(found.front, found.question, spoken))
    return replace(found, shown=tuple(shown))


def _names(results: Results) -> pd.Series:
    sites = results.sites
    if sites is None or "name" not in sites.columns:
        return pd.Series(dtype=object)
    return sites["name"].fillna("")


def _notes(results: Results, spoken: str) -> list[str]:
    nature, fr = results.study.nature, spoken == "fr"
    told = []
    if nature in _NATURES:
        word = _NATURES[nature][fr]
        told.append(
            f"Note : ces chiffres reposent sur des données {word}."
            if fr
            else f"Note: these figures rest on {word} data."
        )
    transit = results.study.settings.transit
    if transit is not None:
        told.append(
            f"Horaires du {transit.date:%d/%m/%Y}, de {' à '.join(transit.window)}."
            if fr
            else f"Timetable of {transit.date.isoformat()}, {' to '.join(transit.window)}."
        )
    return told


def _tables(found: Planned) -> dict[str, pd.DataFrame]:
    tables = {} if found.report is None else programme_tables(found.report)
    findings = [] if found.report is None else list(found.report.findings)
    if found.question is not None:
        findings += found.question.findings
    tables["plan_findings"] = findings_table(findings)
    if found.plan is not None:
        tables["plan"] = found.plan.table
        if len(found.plan.flows):
            tables["plan_flows"] = published_flows(found.plan)
    if found.prices is not None:
        tables["plan_prices"] = found.prices
    if found.front is not None:
        numbered = [
            plan.table.assign(plan=place + 1) for place, plan in enumerate(found.front.plans)
        ]
        front = found.front.table
        tables["plan_front"] = front.set_axis(pd.RangeIndex(1, len(front) + 1, name="plan"))
        tables["plan_front_dwellings"] = pd.concat(numbered, ignore_index=True)
    if found.slips:
        tables["what_if"] = pd.concat(
            [
                slip.table.reset_index(names="milestone").assign(
                    slips=f"{slip.operation}:{slip.step}:{slip.quarters}"
                )
                for slip in found.slips
            ],
            ignore_index=True,
        )
    return tables


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    number = round(float(value), 6)
    return int(number) if number.is_integer() else number
