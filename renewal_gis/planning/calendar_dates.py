"""When: earliest and latest dates, what drives them, what slipped, and who waits if a date slips."""

from __future__ import annotations

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning.calendar_links import dates_of, ordered

__all__ = ["calendar_dates", "critical_paths", "deadline_checks", "slippage", "what_if"]

_DAY = pd.Timedelta(days=1)
_QUARTER_DAYS = 365.25 / 4
_MOST_QUARTERS = 100  # 25 years: a longer slip is a slip of the finger


def calendar_dates(
    milestones: pd.DataFrame, links: pd.DataFrame, *, deadlines: pd.Series | None = None
) -> pd.DataFrame:
    """Return when each milestone can, will and must happen.

    Parameters
    ----------
    milestones
        Table `milestones`; what has an actual date has happened, and does not move.
    links
        From `milestone_links`.
    deadlines
        Latest date, by milestone.

    Returns
    -------
    DataFrame
        On the index of `milestones`; NaT where nothing gives a date. `earliest`: as soon as all it
        waits for allows (a milestone that waits for nothing: its planned date). `forecast`: the planned
        date, or later when what it waits for is late. `driver`: the milestone that makes it later than
        planned; empty when none does. `latest`: the last date that delays no deadline; without any
        deadline after it, no forecast. `float_days`: from forecast to latest; negative is late.

    Notes
    -----
    The critical path method (Kelley and Walker, 1959, Critical-path planning and scheduling).

    Examples
    --------
    >>> steps = pd.DataFrame({"operation": ["OP1"] * 2, "step": ["rehoused", "demolished"],
    ...                       "planned_now": ["2027-01-01", "2027-02-01"]}, index=["M1", "M2"])
    >>> from renewal_gis.planning.calendar_links import milestone_links
    >>> dates = calendar_dates(steps, milestone_links(steps))
    >>> dates.at["M2", "forecast"], dates.at["M2", "driver"]
    (Timestamp('2027-04-01 00:00:00'), 'M1')
    """
    order = ordered(milestones, links)
    planned, actual = (dates_of(milestones, name) for name in ("planned", "actual"))
    earliest, _ = _forward(order, links, starts=planned, actual=actual, hold=False)
    forecast, driver = _forward(order, links, starts=planned, actual=actual, hold=True)
    latest = _backward(order, links, forecast, deadlines)
    table = pd.DataFrame(
        {"earliest": earliest, "forecast": forecast, "driver": driver, "latest": latest},
        index=milestones.index,
    )
    table["float_days"] = ((table["latest"] - table["forecast"]) / _DAY).astype(float)
    return table


def _arriving(links: pd.DataFrame) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for first, last, days in zip(links["before"], links["after"], links["days"], strict=True):
        found.setdefault(last, []).append((first, int(days)))
    return found


def _forward(
    order: list[str], links: pd.DataFrame, *, starts: pd.Series, actual: pd.Series, hold: bool
) -> tuple[pd.Series, pd.Series]:
    """Pass dates on; `hold` keeps every milestone from happening before it is planned."""
    arriving = _arriving(links)
    dates: dict[str, pd.Timestamp] = {}
    drivers: dict[str, str] = {}
    for name in order:
        drivers[name] = ""
        dates[name] = actual[name]
        if not pd.isna(actual[name]):
            continue
        known = [(dates[first] + days * _DAY, first) for first, days in arriving.get(name, [])]
        known = [pair for pair in known if not pd.isna(pair[0])]
        own = starts[name] if hold or not known else pd.NaT
        last = max((pair[0] for pair in known), default=pd.NaT)
        late = not pd.isna(last) and not (not pd.isna(own) and own >= last)
        dates[name] = last if late else own
        if late:
            drivers[name] = next(first for date, first in known if date == last)
    index = starts.index
    moved = pd.Series(dates).reindex(index).astype("datetime64[s]")
    return moved, pd.Series(drivers, dtype=object).reindex(index)


def _backward(
    order: list[str], links: pd.DataFrame, forecast: pd.Series, deadlines: pd.Series | None
) -> pd.Series:
    latest = dict.fromkeys(order, pd.NaT)
    if deadlines is not None:
        unknown = sorted(set(deadlines.index) - set(latest))
        if unknown:
            raise DataError(f"deadlines: no milestone called {', '.join(map(str, unknown))}.")
        latest.update(pd.to_datetime(deadlines).to_dict())
    leaving: dict[str, list[tuple[str, int]]] = {}
    for first, last, days in zip(links["before"], links["after"], links["days"], strict=True):
        leaving.setdefault(first, []).append((last, int(days)))
    for name in reversed(order):
        dates = [latest[last] - days * _DAY for last, days in leaving.get(name, [])]
        dates = [date for date in [*dates, latest[name]] if not pd.isna(date)]
        if dates:
            latest[name] = min(dates)
        elif not leaving.get(name):
            latest[name] = forecast[name]
    return pd.Series(latest).reindex(forecast.index).astype("datetime64[s]")


def critical_paths(milestones: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return what each demolition waits for longest, step by step.

    Returns
    -------
    DataFrame
        One row per demolition and step of its path, in order: `demolition` (operation), `position` (1
        is the start), `milestone`, `operation`, `step`, `earliest`, `days` (since the step before; 0
        at the start). A path starts at a milestone that has happened or waits for nothing. Demolitions
        without any date have no rows.

    Notes
    -----
    The longest path of the network; among equals, the first in the order of `links`.
    """
    order = ordered(milestones, links)
    planned, actual = (dates_of(milestones, name) for name in ("planned", "actual"))
    earliest, driver = _forward(order, links, starts=planned, actual=actual, hold=False)
    rows = []
    for target in milestones.index[milestones["step"] == "demolished"]:
        if pd.isna(earliest[target]):
            continue
        path = [target]
        while driver[path[-1]]:
            path.append(driver[path[-1]])
        path.reverse()
        for position, name in enumerate(path):
            since = earliest[name] - earliest[path[max(position - 1, 0)]]
            rows.append(
                {
                    "demolition": milestones.at[target, "operation"],
                    "position": position + 1,
                    "milestone": name,
                    "operation": milestones.at[name, "operation"],
                    "step": milestones.at[name, "step"],
                    "earliest": earliest[name],
                    "days": int(since / _DAY),
                }
            )
    columns = ["demolition", "position", "milestone", "operation", "step", "earliest", "days"]
    return pd.DataFrame(rows, columns=columns)


def slippage(milestones: pd.DataFrame) -> pd.DataFrame:
    """Return how far each milestone moved since the last meeting.

    Returns
    -------
    DataFrame
        On the index of `milestones`: `operation`, `step`, `planned_before`, `now` (the actual date, or
        what is planned now), `slip_days` (positive is later; NaN when a date is missing),
        `slip_quarters` (the same in quarters of 91.3 days, one decimal) and `happened`.

    Examples
    --------
    >>> steps = pd.DataFrame({"operation": ["OP1"], "step": ["permit"],
    ...                       "planned_before": ["2027-01-01"], "planned_now": ["2027-07-01"]})
    >>> slippage(steps)[["slip_days", "slip_quarters"]].values.tolist()
    [[181.0, 2.0]]
    """
    before, now = dates_of(milestones, "planned_before"), dates_of(milestones)
    days = ((now - before) / _DAY).astype(float)
    return pd.DataFrame(
        {
            "operation": milestones["operation"],
            "step": milestones["step"],
            "planned_before": before,
            "now": now,
            "slip_days": days,
            "slip_quarters": (days / _QUARTER_DAYS).round(1),
            "happened": dates_of(milestones, "actual").notna(),
        },
        index=milestones.index,
    )


def deadline_checks(
    milestones: pd.DataFrame, links: pd.DataFrame, deadlines: pd.Series
) -> pd.DataFrame:
    """Return whether each milestone of a step meets the step's deadline.

    Parameters
    ----------
    milestones, links
        As in `calendar_dates`.
    deadlines
        Deadline by step: `{"engaged": "2026-06-30"}`.

    Returns
    -------
    DataFrame
        One row per milestone of these steps: `operation`, `step`, `deadline`, `forecast`,
        `margin_days` (negative is late), `verdict`: `pass`, `blocking`, or `cannot be evaluated` when
        there is no date.

    Raises
    ------
    DataError
        When a step has no milestone at all: an absent milestone meets no deadline.
    """
    absent = [str(step) for step in deadlines.index if step not in set(milestones["step"])]
    if absent:
        raise DataError(f"deadlines: no milestone is of the step {', '.join(absent)}.")
    kept = milestones[milestones["step"].isin(deadlines.index)]
    due = pd.to_datetime(kept["step"].map(pd.to_datetime(deadlines)))
    forecast = calendar_dates(milestones, links).loc[kept.index, "forecast"]
    margin = ((due - forecast) / _DAY).astype(float)
    verdict = np.select(
        [margin.isna(), margin < 0], ["cannot be evaluated", "blocking"], default="pass"
    )
    return pd.DataFrame(
        {
            "operation": kept["operation"],
            "step": kept["step"],
            "deadline": due,
            "forecast": forecast,
            "margin_days": margin,
            "verdict": verdict,
        },
        index=kept.index,
    )


def require_slip(quarters: int) -> None:
    """Check by how much a step is said to slip.

    Raises
    ------
    UsageError
        When the number of quarters is below 1, or past all planning.
    """
    if not 1 <= quarters <= _MOST_QUARTERS:
        raise UsageError(
            f"A slip of {quarters} quarters is none; give 1 or more, {_MOST_QUARTERS} at most."
        )


def what_if(
    milestones: pd.DataFrame,
    links: pd.DataFrame,
    *,
    milestone: str,
    quarters: int,
    households: pd.Series,
) -> pd.DataFrame:
    """Return who waits, and how long, if one milestone slips.

    Parameters
    ----------
    milestones, links
        As in `calendar_dates`.
    milestone
        The one that slips.
    quarters
        By how many quarters, 1 or more.
    households
        Households to rehouse, by operation: counts only, no one is named.

    Returns
    -------
    DataFrame
        One row per milestone that moves, the earliest first: `operation`, `step`, `before`, `after`
        (forecasts), `delay_days`, and `households` (those of the operation when its rehousing moves; 0
        for other steps).

    Raises
    ------
    DataError
        When there is no such milestone, it has no date, or it has happened already.
    UsageError
        When the number of quarters is below 1, or past all planning.
    """
    require_slip(quarters)
    if milestone not in milestones.index:
        raise DataError(f"No milestone called {milestone}; see the index of the milestones.")
    happened = dates_of(milestones, "actual")[milestone]
    if not pd.isna(happened):
        raise DataError(
            f"{_named(milestones, milestone)} happened on {happened:%Y-%m-%d}: it cannot slip any more. "
            "Choose a step still to come."
        )
    now = calendar_dates(milestones, links)["forecast"]
    if pd.isna(now[milestone]):
        raise DataError(f"{_named(milestones, milestone)} has no date: give what is planned now.")
    planned = dates_of(milestones, "planned_now").copy()
    planned[milestone] = now[milestone] + pd.DateOffset(months=3 * quarters)
    then = calendar_dates(milestones.assign(planned_now=planned), links)["forecast"]
    delay = ((then - now) / _DAY).astype(float)
    moved = then.index[delay > 0]
    steps = milestones.loc[moved, "step"]
    waiting = milestones.loc[moved, "operation"].map(households).fillna(0).astype("int64")
    table = pd.DataFrame(
        {
            "operation": milestones.loc[moved, "operation"],
            "step": steps,
            "before": now[moved],
            "after": then[moved],
            "delay_days": delay[moved].astype("int64"),
            "households": waiting.where(steps == "rehoused", 0),
        },
        index=moved,
    )
    return table.sort_values("before", kind="stable")


def _named(milestones: pd.DataFrame, milestone: str) -> str:
    return f"{milestones.at[milestone, 'operation']} {milestones.at[milestone, 'step']}"
