"""What waits for what: the milestones of the programme as a network, and its circles."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.errors import DataError
from renewal_gis.schema import Finding
from renewal_gis.schema.codes import STEPS

__all__ = ["calendar_findings", "dates_of", "milestone_links", "ordered"]

# Step, the step that waits for it, and the assumption that gives the shortest time between; none is 0.
_PRECEDENCE = (
    ("decided", "engaged", ""),
    ("engaged", "rehoused", ""),
    ("engaged", "permit", ""),
    ("rehoused", "demolished", "rehoused_to_demolished"),
    ("permit", "works_ordered", "permit_to_works"),
    ("works_ordered", "demolished", ""),
    ("works_ordered", "delivered", "works_to_delivery"),
    ("demolished", "closed", ""),
    ("delivered", "closed", ""),
)
_LINK_COLUMNS = ["before", "after", "days", "kind"]


def milestone_links(
    milestones: pd.DataFrame, *, dependencies: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what each milestone waits for, within operations and between them.

    Parameters
    ----------
    milestones
        Table `milestones`.
    dependencies
        What one operation waits for in another: `before` and `after` (operations), `before_step`
        (missing or absent: `delivered`), `after_step` (`rehoused`: dwellings are delivered before
        households move in), `days` (0).

    Returns
    -------
    DataFrame
        `before` and `after` (milestones), `days` (shortest time between), `kind` (`operation` or
        `dependency`). Within an operation: rehouse before demolishing, permit before works, works
        before delivery; steps without a milestone are passed over, their durations kept.

    Raises
    ------
    DataError
        When a dependency names a milestone that is not there, an operation has a step twice, a number
        of days is negative, or milestones wait for one another in a circle: the circle is named.

    Examples
    --------
    >>> steps = pd.DataFrame({"operation": ["OP1"] * 2, "step": ["rehoused", "demolished"]},
    ...                      index=["M1", "M2"])
    >>> milestone_links(steps)[["before", "after", "days"]].to_dict("records")
    [{'before': 'M1', 'after': 'M2', 'days': 90}]
    """
    names = _named(milestones)
    rows = list(_within(names))
    if dependencies is not None:
        rows += _between(names, dependencies)
    links = pd.DataFrame(rows, columns=_LINK_COLUMNS).astype({"days": "int64"})
    ordered(milestones, links)
    return links


def _named(milestones: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the milestone of each operation and step."""
    keys = list(zip(milestones["operation"], milestones["step"], strict=True))
    unknown = sorted({str(step) for _, step in keys if step not in STEPS})
    if unknown:
        raise DataError(
            f"milestones: unknown step {', '.join(unknown)}. Known: {', '.join(STEPS)}."
        )
    twice = (
        sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    )
    if twice:
        told = ", ".join(f"{operation} {step}" for operation, step in twice[:5])
        raise DataError(f"milestones: {told} stands twice. Keep one row per operation and step.")
    return dict(zip(keys, milestones.index, strict=True))


def _spans() -> dict[tuple[str, str], int]:
    """Return the longest of the shortest times between any two steps, along the precedence."""
    spans: dict[tuple[str, str], int] = {}
    for before, after, name in _PRECEDENCE:  # in order: what leads to `before` is known already
        days = int(assumption(name).value) if name else 0
        for start, known in [(before, 0)] + [
            (first, held) for (first, last), held in spans.items() if last == before
        ]:
            spans[start, after] = max(spans.get((start, after), 0), known + days)
    return spans


def _within(names: dict[tuple[str, str], str]) -> Iterable[tuple[str, str, int, str]]:
    spans = _spans()
    steps: dict[str, list[str]] = {}
    for operation, step in names:
        steps.setdefault(operation, []).append(step)
    for operation, present in steps.items():
        for (before, after), days in spans.items():
            if before not in present or after not in present:
                continue
            through = any(
                spans.get((before, middle), -1) + spans.get((middle, after), -1) == days
                and (before, middle) in spans
                and (middle, after) in spans
                for middle in present
            )
            if not through:
                yield names[operation, before], names[operation, after], days, "operation"


def _between(
    names: dict[tuple[str, str], str], dependencies: pd.DataFrame
) -> list[tuple[str, str, int, str]]:
    rows, faults = [], []
    for place, row in zip(dependencies.index, dependencies.to_dict("records"), strict=True):
        ends = []
        for side, usual in (("before", "delivered"), ("after", "rehoused")):
            step = row.get(f"{side}_step", usual)
            key = (row[side], usual if pd.isna(step) else step)
            ends.append(names.get(key, ""))
            if key not in names:
                faults.append(f"row {place}: {key[0]} has no milestone {key[1]}")
        days = row.get("days", 0)
        days = 0 if pd.isna(days) else days
        if days < 0:
            faults.append(f"row {place}: {days} days is negative")
        rows.append((ends[0], ends[1], int(days), "dependency"))
    if faults:
        raise DataError(
            f"dependencies: {'; '.join(faults)}. Correct the rows or add the milestones."
        )
    return rows


def ordered(milestones: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """Return the milestones so that each stands after all it waits for.

    Raises
    ------
    DataError
        When some wait for one another in a circle: the circle is named.
    """
    waiting = dict.fromkeys(milestones.index, 0)
    after: dict[str, list[str]] = {name: [] for name in milestones.index}
    for first, last in zip(links["before"], links["after"], strict=True):
        after[first].append(last)
        waiting[last] += 1
    ready = [name for name, count in waiting.items() if count == 0]
    for name in ready:  # grows while it is read
        for follower in after[name]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if len(ready) < len(waiting):
        left = [name for name in waiting if name not in set(ready)]
        raise DataError(_circle_words(milestones, links, left))
    return ready


def _circle_words(milestones: pd.DataFrame, links: pd.DataFrame, left: list[str]) -> str:
    stuck = set(left)
    # Everything left waits for something left: walking backwards must come round.
    before = {
        last: first
        for first, last in zip(links["before"], links["after"], strict=True)
        if first in stuck and last in stuck
    }
    walked = [left[0]]
    while before[walked[-1]] not in walked:
        walked.append(before[walked[-1]])
    circle = walked[walked.index(before[walked[-1]]) :][::-1]
    told = [
        f"{milestones.at[name, 'operation']} {milestones.at[name, 'step']}"
        for name in [*circle, circle[0]]
    ]
    return (
        f"milestones: these wait for one another in a circle: {' → '.join(told)}. "
        "Take one dependency out."
    )


def dates_of(milestones: pd.DataFrame, column: str = "planned") -> pd.Series:
    """Return one date per milestone: `planned` is the actual date, or else what is planned now.

    Returns
    -------
    Series
        Dates, on the table's index; NaT where none is given.
    """
    if column == "planned":
        return dates_of(milestones, "actual").fillna(dates_of(milestones, "planned_now"))
    if column not in milestones.columns:
        return pd.Series(np.datetime64("NaT", "s"), index=milestones.index, name=column)
    return pd.to_datetime(milestones[column]).astype("datetime64[s]")


def calendar_findings(milestones: pd.DataFrame, links: pd.DataFrame) -> list[Finding]:
    """Return a finding for each milestone dated before one it waits for.

    Two milestones are compared on their actual dates, and on the dates planned now. Nothing is
    changed: a plan that cannot be kept is shown, not repaired.
    """
    found = []
    for column in ("actual", "planned_now"):
        dates = dates_of(milestones, column)
        for first, last in zip(links["before"], links["after"], strict=True):
            if not dates[last] < dates[first]:
                continue
            early, late = milestones.loc[first], milestones.loc[last]
            found.append(
                Finding(
                    layer="milestones",
                    severity="note",
                    code="before-what-it-waits-for",
                    message=(
                        f"{late['operation']} {late['step']} ({dates[last]:%Y-%m-%d}) is dated before "
                        f"{early['operation']} {early['step']} ({dates[first]:%Y-%m-%d}), for which "
                        "it waits. Correct one of the dates."
                    ),
                    row=str(last),
                    column=column,
                )
            )
    return found
