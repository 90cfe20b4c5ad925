"""One for one, under each of its definitions: what counts as demolished, what counts as rebuilt.

The ratio changes with its definition, so each one is a named record and all are shown side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning.definitions import DEFINITIONS, Definition, counted_under
from renewal_gis.planning.half_years import (
    Dates,
    half_year,
    half_years_between,
    milestone_dates,
    reached_on,
)
from renewal_gis.planning.ledger import DEMOLITION, PRODUCTION, one_for_one, texts

__all__ = ["STAGES", "cumulative_gap", "reconstitution"]

STAGES: dict[str, tuple[str, str]] = {
    "programmed": ("Programmed", "Programmé"),
    "engaged": ("Engaged", "Engagé"),
    "delivered": ("Demolished and delivered", "Démoli et livré"),
}
_GROUPS = ("project", "convention", "commune", "perimeter", "half_year")


def reconstitution(
    operations: pd.DataFrame,
    milestones: pd.DataFrame | None = None,
    *,
    definitions: Sequence[Definition] = DEFINITIONS,
    by: str | Sequence[str] = (),
    as_of: str | None = None,
) -> pd.DataFrame:
    """Dwellings demolished and rebuilt under each definition and at each stage.

    Parameters
    ----------
    operations, milestones
        The ledger. Without milestones only `programmed` can be told: the other stages are missing.
    definitions
        The definitions, in the order they are shown.
    by
        Nothing for the whole programme, or one or several of `project`, `convention`, `commune`,
        `perimeter`, `half_year` (of the stage: of the expected end of a programmed operation, of
        the day an engaged or delivered one was so).
    as_of
        Day (ISO 8601) at which the ledger is read: what happened later has not happened. Without
        it, every actual date counts.

    Returns
    -------
    DataFrame
        One row per group, definition and stage: the columns of `by`, `definition`, `stage`,
        `demolished`, `rebuilt` (dwellings; fractions only where beds are converted), `ratio` (NaN
        where nothing is demolished), `gap` (demolished less rebuilt), `demolished_rows`,
        `rebuilt_rows` (the operations behind the numbers). NaN where a stage cannot be told.

    Raises
    ------
    UsageError
        An unknown column in `by`.
    DataError
        `as_of` is no date.

    Examples
    --------
    >>> ledger = pd.DataFrame({"family": ["01", "02", "02"], "dwellings": [450, 291, 150],
    ...                        "plus": [None, 291, None], "intermediate": [None, None, 150]})
    >>> held = reconstitution(ledger).query("stage == 'programmed'").set_index("definition")
    >>> held["ratio"].round(3)[["social_for_all", "social_intermediate_for_all"]].tolist()
    [0.647, 0.98]
    """
    names = [by] if isinstance(by, str) else list(by)
    unknown = [name for name in names if name not in _GROUPS]
    if unknown:
        raise UsageError(f"No cut by {', '.join(unknown)}. Cut by: {', '.join(_GROUPS)}.")
    parts = []
    for stage in STAGES:
        days = _stage_days(operations, milestones, stage, as_of)
        parts += [_part(operations, days, held, stage, names) for held in definitions]
    table = pd.concat(parts, ignore_index=True)
    order = {held.id: place for place, held in enumerate(definitions)}
    table["place"] = table["definition"].map(order)
    table = table.sort_values([*names, "place"], kind="stable", ignore_index=True)
    return table.drop(columns="place")


def cumulative_gap(
    operations: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    held: Definition,
    by: str | None = None,
    dates: Dates = "expected",
) -> pd.DataFrame:
    """Dwellings demolished and not yet rebuilt, half-year after half-year.

    Parameters
    ----------
    operations, milestones
        The ledger.
    held
        The definition that counts.
    by
        One curve per value of this column (`convention`, `project`, `commune`, `perimeter`), all
        over the same half-years; one curve for the whole programme without it.
    dates
        Which dates place an operation; those planned before, beside those planned now, show what
        slipped.

    Returns
    -------
    DataFrame
        One row per curve and half-year, without a hole between the first and the last: the column
        of `by`, `half_year`, `demolished`, `rebuilt` (in the half-year), `demolished_to_date`,
        `rebuilt_to_date`, `gap` (their difference), and `undated_demolished`, `undated_rebuilt`
        (dwellings of the curve whose date is not known: on no half-year, and in no gap).

    Raises
    ------
    UsageError
        An unknown column in `by`.
    """
    if by is not None and by not in _GROUPS[:-1]:
        raise UsageError(f"No curve by {by!r}. One of: {', '.join(_GROUPS[:-1])}.")
    amounts = counted_under(operations, held)
    amounts["half_year"] = half_year(_end_days(operations, milestones, dates))
    key = by or "curve"
    amounts[key] = texts(operations, by) if by else ""
    dated = amounts[amounts["half_year"] != ""]
    span = (
        half_years_between(dated["half_year"].min(), dated["half_year"].max()) if len(dated) else []
    )
    columns = ["demolished", "rebuilt"]
    parts = []
    for value in sorted(amounts[key].unique()):
        own = amounts[amounts[key] == value]
        sums = own.groupby("half_year")[columns].sum()
        undated = sums.reindex([""]).fillna(0).iloc[0]
        curve = sums.reindex(span).fillna(0).rename_axis("half_year").reset_index()
        for name in columns:
            curve[f"{name}_to_date"] = curve[name].cumsum()
        curve["gap"] = curve["demolished_to_date"] - curve["rebuilt_to_date"]
        for name in columns:
            curve[f"undated_{name}"] = undated[name]
        curve.insert(0, key, value)
        parts.append(curve)
    table = pd.concat(parts, ignore_index=True)
    return table if by else table.drop(columns=key)


def _part(
    operations: pd.DataFrame,
    days: tuple[pd.Series, pd.Series] | None,
    held: Definition,
    stage: str,
    names: list[str],
) -> pd.DataFrame:
    """Count one definition at one stage."""
    amounts = counted_under(operations, held)
    amounts["operation"] = operations.index.astype(str)
    for name in names:
        if name != "half_year":
            amounts[name] = texts(operations, name)
        else:
            amounts[name] = "" if days is None else half_year(days[1])
    amounts["all"] = ""
    keys = names or ["all"]
    moving = operations["family"].isin([DEMOLITION, PRODUCTION])
    if names:  # the whole programme has its row even when nothing in it moves
        amounts = amounts[moving]
    groups = amounts.groupby(keys, sort=True)
    counted = amounts if days is None else amounts.where(days[0][amounts.index], 0)
    counted[[*keys, "operation"]] = amounts[[*keys, "operation"]]
    table = groups.size().to_frame("size")
    for side in ("demolished", "rebuilt"):
        there = counted[counted[side] != 0].groupby(keys, sort=True)
        table[side] = there[side].sum()
        table[f"{side}_rows"] = there["operation"].agg(", ".join)
    table[["demolished", "rebuilt"]] = table[["demolished", "rebuilt"]].astype(float).fillna(0.0)
    if days is None:
        table[["demolished", "rebuilt"]] = np.nan
        table[["demolished_rows", "rebuilt_rows"]] = ""
    table["ratio"] = one_for_one(table["rebuilt"], table["demolished"])
    table["gap"] = table["demolished"] - table["rebuilt"]
    rows = ["demolished_rows", "rebuilt_rows"]
    table[rows] = table[rows].astype(object).fillna("")
    table = table.reset_index().assign(definition=held.id, stage=stage)
    return table[[*names, "definition", "stage", "demolished", "rebuilt", "ratio", "gap", *rows]]


def _stage_days(
    operations: pd.DataFrame, milestones: pd.DataFrame | None, stage: str, as_of: str | None
) -> tuple[pd.Series, pd.Series] | None:
    """Return which operations are at a stage, and since when; None when that cannot be told."""
    if stage == "programmed":
        return pd.Series(True, index=operations.index), _end_days(
            operations, milestones, "expected"
        )
    if milestones is None:
        return None
    if stage == "engaged":
        days = reached_on(operations.index, milestones, "engaged")
    else:
        down = reached_on(operations.index, milestones, "demolished")
        # `delivered` comes after `demolished` in the order of steps and is never a demolition's.
        up = reached_on(operations.index, milestones, "delivered")
        days = up.where(operations["family"] == PRODUCTION, down)
    there = days.notna()
    if as_of is not None:
        try:
            limit = pd.Timestamp(as_of)
        except ValueError as error:
            raise DataError(f"as_of = {as_of!r} is not a date such as 2026-03-10.") from error
        there &= days <= limit
    return there, days.where(there)


def _end_days(operations: pd.DataFrame, milestones: pd.DataFrame | None, dates: Dates) -> pd.Series:
    down = milestone_dates(operations.index, milestones, "demolished", dates=dates)
    up = milestone_dates(operations.index, milestones, "delivered", dates=dates)
    return up.where(operations["family"] == PRODUCTION, down)
