"""The answers of `renewal-gis plan`: a plan, the price of its rules, a front, who waits if a step slips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from renewal_gis import planning
from renewal_gis.assumptions import assumption
from renewal_gis.config.programme import Programme
from renewal_gis.counting import counted
from renewal_gis.errors import DataError, RenewalGisError, UsageError
from renewal_gis.loading import Study
from renewal_gis.placement import Question, households_by_operation
from renewal_gis.programme_calendar import Calendar
from renewal_gis.schema.codes import STEPS

__all__ = ["Slip", "best_plan", "front_of", "published_flows", "slip_of", "slip_words", "told_slip"]

Language = Literal["en", "fr"]
Told = Callable[[planning.Progress], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Slip:
    """Who waits when a milestone slips.

    Attributes
    ----------
    operation, step, quarters
        What slips, and by how much.
    table
        As `planning.what_if`, small counts of households hidden (NA).
    households, longest_days
        Households whose rehousing moves, and the longest wait.
    """

    operation: str
    step: str
    quarters: int
    table: pd.DataFrame
    households: int
    longest_days: int


def best_plan(
    question: Question,
    *,
    language: Language = "en",
    prices: bool = True,
    progress: Told | None = None,
    report: Callable[[str], None] = lambda step: None,
) -> tuple[planning.Plan, pd.DataFrame | None]:
    """Return the best plan, and what each rule costs.

    Parameters
    ----------
    question
        What is asked.
    language
        Of the message when no plan keeps every rule.
    prices
        Seek the plan again without each rule in turn.
    progress, report
        Told how far each search is, and the name of each step.

    Returns
    -------
    Plan
        The best so far when Ctrl-C was pressed.
    DataFrame or None
        See `planning.rule_prices`; None when not asked, or when the search for the plan was stopped.

    Raises
    ------
    DataError
        No plan keeps every rule: the message names the smallest set that cannot hold together.
    """
    asked = question.asked
    report("search for the best plan")
    with planning.stoppable() as stop:
        plan = _placed(question, language, progress)
        if not prices or plan.status == "stopped" or stop:
            return plan, None
        report("price of each rule")
        try:
            told = planning.rule_prices(
                question.problem,
                objective=asked.objective,
                gap=asked.gap,
                time_limit_s=asked.time_limit_s,
                progress=progress,
            )
        except RenewalGisError:
            if not stop:
                raise
            return plan, None  # stopped before any price was known: the plan stays
    return plan, told


def _placed(question: Question, language: Language, progress: Told | None) -> planning.Plan:
    asked = question.asked
    try:
        return planning.place(
            question.problem,
            objective=asked.objective,
            gap=asked.gap,
            time_limit_s=asked.time_limit_s,
            progress=progress,
        )
    except DataError as fault:
        raise _in(language, question, fault) from None


def front_of(
    question: Question,
    *,
    language: Language = "en",
    progress: Told | None = None,
    report: Callable[[str], None] = lambda step: None,
) -> planning.Front:
    """Return the plans that trade the objective for the other; the floor of the worst when asked.

    Raises
    ------
    DataError
        No plan keeps every rule, or a front of displacement has no household to move.
    """
    asked = question.asked
    first, second = asked.objective, asked.against
    if first == "worst":
        first, second = second, first  # levels of the worst are scores of sites: it comes second
    report("search for the front")
    try:
        return planning.pareto_front(
            question.problem,
            first=first,
            second=second,
            plans=asked.plans,
            gap=asked.gap,
            time_limit_s=asked.time_limit_s,
            progress=progress,
        )
    except DataError as fault:
        raise _in(language, question, fault) from None


def _in(language: Language, question: Question, fault: DataError) -> DataError:
    """Return the error in the reader's language, when it tells rules that cannot hold together."""
    if language == "en":
        return fault
    conflict = planning.find_conflict(question.problem)
    return fault if conflict is None else DataError(conflict.fr)


def slip_words(what: str) -> tuple[str, str, int]:
    """Return the operation, the step and the quarters of a slip written `OPERATION:STEP:QUARTERS`.

    Raises
    ------
    UsageError
        The words are not of this form.

    Examples
    --------
    >>> slip_words("OP003:permit:2")
    ('OP003', 'permit', 2)
    """
    parts = [part.strip() for part in what.split(":")]
    if len(parts) != 3 or not parts[2].isdecimal() or parts[1] not in STEPS:
        raise UsageError(
            f"{what!r} names no slip. Write OPERATION:STEP:QUARTERS, such as OP003:permit:2. "
            f"Steps: {', '.join(STEPS)}."
        )
    planning.require_slip(int(parts[2]))
    return parts[0], parts[1], int(parts[2])


def slip_of(study: Study, asked: Programme, dated: Calendar | None, what: str) -> Slip:
    """Return who waits if one milestone slips.

    Parameters
    ----------
    study
        With a ledger.
    asked
        What is asked of its programme.
    dated
        Its calendar.
    what
        `OPERATION:STEP:QUARTERS`, such as `OP003:permit:2`.

    Raises
    ------
    UsageError
        The words are not of this form.
    DataError
        There is no such milestone, it has no date or it has happened; or the study has no dates.
    """
    operation, step, quarters = slip_words(what)
    if dated is None:
        raise DataError("Nothing can slip: the study has no layer milestones. Add it.")
    milestones = study.tables["milestones"]
    named = (milestones["operation"] == operation) & (milestones["step"] == step)
    if not named.any():
        own = milestones.loc[milestones["operation"] == operation, "step"]
        there = f"It has: {', '.join(own)}." if len(own) else "See the ledger for the operations."
        raise DataError(f"The operation {operation!r} has no milestone {step}. {there}")
    moved = planning.what_if(
        milestones,
        dated.links,
        milestone=str(milestones.index[named][0]),
        quarters=quarters,
        households=households_by_operation(study.tables["operations"], asked),
    )
    waiting = moved[moved["households"] > 0]
    return Slip(
        operation=operation,
        step=step,
        quarters=quarters,
        table=planning.suppressed(moved, ["households"]) if len(moved) else moved,
        households=int(waiting["households"].sum()),
        longest_days=int(waiting["delay_days"].max()) if len(waiting) else 0,
    )


def told_slip(slip: Slip, *, language: Language) -> list[str]:
    """Tell in sentences who waits, and how long."""
    en, fr = STEPS[slip.step]
    moved, operations = len(slip.table), slip.table["operation"].nunique()
    least = int(assumption("small_count").value)
    few = slip.households < least
    if language == "fr":
        many = f"moins de {least}" if few else f"{slip.households}"
        first = (
            f"Si « {fr} » de {slip.operation} glisse de "
            f"{counted(slip.quarters, 'trimestre', 'trimestres', language='fr')}, "
            f"{counted(moved, 'étape bouge', 'étapes bougent', language='fr')}, dans "
            f"{counted(operations, 'opération', 'opérations', language='fr')}."
        )
        second = (
            f"{many} ménages attendent leur relogement, jusqu’à {slip.longest_days} jours de plus."
        )
        nobody = "Aucun relogement n’en est retardé."
    else:
        many = f"Fewer than {least}" if few else f"{slip.households}"
        first = (
            f"If “{en}” of {slip.operation} slips by "
            f"{counted(slip.quarters, 'quarter', 'quarters', language='en')}, "
            f"{counted(moved, 'step moves', 'steps move', language='en')}, in "
            f"{counted(operations, 'operation', 'operations', language='en')}."
        )
        second = f"{many} households wait to be rehoused, up to {slip.longest_days} days longer."
        nobody = "No rehousing is delayed by it."
    return [first, second[0].upper() + second[1:] if slip.households else nobody]


def published_flows(plan: planning.Plan) -> pd.DataFrame:
    """Return who goes where as it may be published: small counts of households hidden (NA).

    Dwellings by site and households by origin stand elsewhere in the report, so what would give a small
    count away by subtraction is hidden with it. Empty when nothing can hide them.
    """
    flows = plan.flows
    if not len(flows):
        return flows
    # Pairs nobody takes count too: a small count hides among them.
    names = ["origin", "site"]
    pairs = pd.MultiIndex.from_product([flows[name].unique() for name in names], names=names)
    whole = flows.set_index(names)["households"].reindex(pairs, fill_value=0).reset_index()
    try:
        shown = planning.suppressed(whole, ["households"], margins=names)
    except DataError:
        return flows.iloc[:0]
    return shown[shown["households"].ne(0).fillna(True).astype(bool)].reset_index(drop=True)
