"""The programme in time: dates, what drives them, what slipped, deadlines, and the stock of dwellings."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from renewal_gis import planning
from renewal_gis.config.programme import Programme
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.schema import Finding

__all__ = ["Calendar", "calendar", "needs_table", "published_balance"]

_DEMOLITION = "01"


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendar:
    """The milestones of a programme.

    Attributes
    ----------
    links
        What waits for what; see `planning.milestone_links`.
    milestones
        On the milestones' index: `operation`, `step`, `planned_before`, `now`, `slip_days`,
        `slip_quarters`, `happened`, `earliest`, `forecast`, `driver`, `latest`, `float_days`; NaT and
        NaN where nothing gives a date.
    critical_paths
        What each demolition waits for longest, step by step.
    deadlines
        Each milestone of a step with a deadline; empty without deadlines.
    balance
        The stock balance at the forecast dates, by quarter and product.
    findings
        Dates that cannot hold together, rows without a date, needs nobody said.
    """

    links: pd.DataFrame
    milestones: pd.DataFrame
    critical_paths: pd.DataFrame
    deadlines: pd.DataFrame
    balance: planning.Balance
    findings: tuple[Finding, ...]


def calendar(study: Study, asked: Programme) -> Calendar | None:
    """Return the calendar of a study's programme; None without milestones.

    Raises
    ------
    DataError
        Milestones wait for one another in a circle, a dependency or a need names an operation that is
        not there, or a deadline is on a step no milestone has.
    """
    operations, milestones = study.tables["operations"], study.tables.get("milestones")
    if milestones is None or not len(milestones):
        if asked.dependencies or asked.deadlines or asked.vacated:
            raise DataError(
                "programme: dependencies, deadlines and vacated dwellings need dates, and the study "
                "has no layer milestones. Add it, or take them out."
            )
        return None
    links = planning.milestone_links(milestones, dependencies=_dependencies(asked))
    dates = planning.calendar_dates(milestones, links, deadlines=_due(milestones, asked))
    needs, found = needs_table(operations, asked)
    balance = planning.stock_balance(
        operations,
        milestones,
        needs=needs,
        vacated=_vacated(asked),
        dates=dates["forecast"],
    )
    findings = [*planning.calendar_findings(milestones, links), *found, *balance.findings]
    return Calendar(
        links=links,
        milestones=planning.slippage(milestones).join(dates),
        critical_paths=planning.critical_paths(milestones, links),
        deadlines=_deadlines(milestones, links, asked),
        balance=balance,
        findings=tuple(findings),
    )


def needs_table(
    operations: pd.DataFrame, asked: Programme
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Return households to rehouse by demolition and product, and the demolitions nobody counted.

    Returns
    -------
    DataFrame or None
        Counts, 0 where none is said; the dwellings of a demolition that is not in the study file stand
        for its households, of no stated product. None when the study file says no need at all.
    list of Finding
        One note per such demolition.

    Raises
    ------
    DataError
        A need is said of an operation that is not there, or that is no demolition.
    """
    if not asked.needs:
        return None, []
    table = pd.DataFrame.from_dict(
        {name: dict(held) for name, held in asked.needs.items()}, "index"
    )
    gone = operations[operations["family"] == _DEMOLITION]
    stray = [str(name) for name in table.index if name not in gone.index]
    if stray:
        raise DataError(
            f"programme.needs: {', '.join(stray[:5])} is no demolition of the ledger. Name operations "
            "of family 01."
        )
    silent = gone.index.difference(table.index, sort=False)
    whole = pd.to_numeric(gone.loc[silent, "dwellings"]).fillna(0).astype("int64")
    whole = whole[whole > 0]
    if len(whole):
        table = pd.concat([table, whole.to_frame("unstated")])
    findings = [
        Finding(
            layer="operations",
            severity="note",
            code="needs-not-said",
            message=f"programme.needs does not say how many households {name} moves: its {count} "
            "dwellings stand for them, of no stated product. Add a line.",
            row=str(name),
        )
        for name, count in whole.items()
    ]
    return table.fillna(0).astype("int64"), findings


def published_balance(balance: planning.Balance) -> pd.DataFrame:
    """Return the stock balance as it may be published: no small count of households, nor its traces.

    Returns
    -------
    DataFrame
        `quarter, product, vacated, delivered, to_rehouse, balance, verdict`; NA where a count is hidden.
        Between two hidden counts of a product the balance is hidden too: its steps would give them away.
    """
    table = balance.table.reset_index()
    if not len(table):
        return table
    shown = planning.suppressed(table, ["to_rehouse"], margins=["product"])
    for _, rows in shown.groupby("product", sort=False):
        hidden = rows.index[rows["to_rehouse"].isna()]
        if len(hidden):
            between = rows.index[(rows.index >= hidden[0]) & (rows.index < hidden[-1])]
            shown.loc[between, "balance"] = pd.NA
    return shown


def _dependencies(asked: Programme) -> pd.DataFrame | None:
    if not asked.dependencies:
        return None
    names = ("before", "after", "before_step", "after_step", "days")
    rows = [{name: getattr(one, name) for name in names} for one in asked.dependencies]
    places = [f"programme.dependencies[{place}]" for place in range(len(rows))]
    return pd.DataFrame(rows, index=places)


def _vacated(asked: Programme) -> pd.DataFrame | None:
    if not asked.vacated:
        return None
    names = ("quarter", "product", "dwellings")
    return pd.DataFrame([{name: getattr(one, name) for name in names} for one in asked.vacated])


def _due(milestones: pd.DataFrame, asked: Programme) -> pd.Series | None:
    """Return the latest date of each milestone whose step has a deadline."""
    if not asked.deadlines:
        return None
    due = milestones["step"].map({step: pd.Timestamp(day) for step, day in asked.deadlines.items()})
    return pd.to_datetime(due.dropna())


def _deadlines(milestones: pd.DataFrame, links: pd.DataFrame, asked: Programme) -> pd.DataFrame:
    if not asked.deadlines:
        columns = ["operation", "step", "deadline", "forecast", "margin_days", "verdict"]
        return pd.DataFrame(columns=columns, index=milestones.index[:0])
    days = {step: day.isoformat() for step, day in asked.deadlines.items()}
    return planning.deadline_checks(milestones, links, pd.Series(days))
