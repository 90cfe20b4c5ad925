"""The rules a programme is judged by: records with a test, a threshold, a source; and their verdicts."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning.rules_expression import Answer, Expression, Value, answer

__all__ = [
    "PROFILES",
    "SEVERITIES",
    "VERDICTS",
    "Field",
    "Override",
    "Rule",
    "RuleBook",
    "evaluate",
]

Severity = Literal["blocking", "derogation", "warning", "information"]
# What a rule that is not respected gives, by severity.
SEVERITIES: dict[str, str] = {
    "blocking": "blocking",
    "derogation": "derogation",
    "warning": "warn",
    "information": "warn",
}
VERDICTS: dict[str, tuple[str, str]] = {
    "pass": ("Respected", "Respectée"),
    "warn": ("To watch", "À surveiller"),
    "derogation": ("Needs a written derogation", "Dérogation écrite nécessaire"),
    "blocking": ("Blocking", "Bloquante"),
    "cannot-be-evaluated": ("Cannot be evaluated", "Non évaluable"),
}
PROFILES: dict[str, tuple[str, str]] = {
    "PNRU": ("National urban renewal programme, 2004-2015", "PNRU, 2004-2015"),
    "NPNRU": ("New national urban renewal programme, from 2014", "NPNRU, depuis 2014"),
}
_COLUMNS = (
    "profile", "rule", "scope", "subject", "verdict", "value", "threshold", "unit", "missing",
    "severity", "en", "fr", "citation", "citation_fr", "verified", "vintage", "verdict_before",
    "reason", "author_role", "label_en", "label_fr",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Field:
    """A datum that rules may look at: its scope, name, unit and meaning."""

    scope: str
    name: str
    unit: str
    en: str
    fr: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id
        Stable name (`REC-04`).
    profiles
        The programmes whose rule it is (`PNRU`, `NPNRU`).
    scope
        What is judged: `programme`, `convention`, `commune`, `site` or `operation`.
    en, fr
        The rule, in words.
    value
        What is measured and shown; None when there is nothing to measure.
    test
        True when the rule is respected; may use `value` and `threshold`. None for a rule that only
        informs: it passes as soon as its value is known.
    applies
        True for the subjects the rule is about; None for all of them.
    threshold, unit
        Number the test compares with, and its unit.
    severity
        What breaking it means.
    citation, citation_fr
        Text and place. Without a French one, `citation` is shown in both languages.
    verified
        The passage that says so was read.
    """

    id: str
    profiles: tuple[str, ...]
    scope: str
    en: str
    fr: str
    value: Expression | None
    test: Expression | None
    applies: Expression | None
    threshold: float | None
    unit: str
    severity: Severity
    citation: str
    verified: bool
    citation_fr: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """Rules, and the fields they may look at."""

    rules: tuple[Rule, ...]
    fields: tuple[Field, ...] = field(default_factory=tuple)

    def rule(self, id: str) -> Rule:
        """Return the rule of this name; UsageError, with the names there are, when there is none."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        known = ", ".join(dict.fromkeys(rule.id for rule in self.rules))
        raise UsageError(f"No rule called {id!r}. There are: {known}.")


@dataclass(frozen=True, kw_only=True)
class Override:
    """A verdict set aside by somebody who answers for it.

    Parameters
    ----------
    rule, subject
        Which verdict.
    reason
        Why, in a sentence; it stays in the report.
    author_role
        Function of who decides (`délégué territorial`), never a person's name.
    """

    rule: str
    subject: str
    reason: str
    author_role: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.author_role.strip():
            raise DataError(
                f"The override of {self.rule} for {self.subject!r} has no "
                f"{'author_role' if self.reason.strip() else 'reason'}. Write one: it stays in the "
                "report."
            )


def evaluate(
    book: RuleBook,
    facts: Mapping[str, pd.DataFrame],
    *,
    profile: str,
    overrides: Sequence[Override] = (),
) -> pd.DataFrame:
    """Judge a programme by the rules of one profile.

    Parameters
    ----------
    book
        From `catalogue`, with the study's own rules when it has some.
    facts
        Scope → table of its subjects, one column per field, as `programme_facts` gives. A column that
        is not there is missing for every subject. The columns `programme` (the programme a subject
        belongs to) and `vintage` (of its data) are carried into the report.
    profile
        `PNRU`, `NPNRU`, or a profile of the study's own rules. Data of one programme may be judged by
        the rules of the other: each row then says so in `label_en`, `label_fr`.
    overrides
        Verdicts set aside. Each must name a verdict that is given.

    Returns
    -------
    DataFrame
        One row per rule and subject it applies to, in the order of the rules then of the facts:
        `profile, rule, scope, subject, verdict, value, threshold, unit, missing` (the fields for want
        of which the rule cannot be evaluated)`, severity, en, fr, citation, citation_fr, verified,
        vintage, verdict_before, reason, author_role, label_en, label_fr`. `value` is NaN when it is not a
        number or not known. An overridden row has the verdict `pass` and keeps what it was in
        `verdict_before`. A rule whose scope has no subject in `facts` gives one row with an empty
        subject that cannot be evaluated: no rule is left out in silence.

    Raises
    ------
    UsageError
        No rule belongs to the profile.
    DataError
        An override names a verdict that is not given, twice the same, or a text stands where a test
        needs a number.
    """
    rules = [rule for rule in book.rules if profile in rule.profiles]
    if not rules:
        known = sorted({name for rule in book.rules for name in rule.profiles})
        raise UsageError(
            f"No rule belongs to the profile {profile!r}. There are: {', '.join(known)}."
        )
    rows = [row for rule in rules for row in _verdicts(rule, facts, profile)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return _overridden(table, overrides)


def _verdicts(
    rule: Rule, facts: Mapping[str, pd.DataFrame], profile: str
) -> Iterator[dict[str, object]]:
    subjects = facts.get(rule.scope)
    if subjects is None:
        nothing = Answer(value=None, missing=(f"table of facts: {rule.scope}",))
        yield _row(rule, profile, "", {}, nothing, nothing)
        return
    for subject, held in zip(subjects.index, subjects.to_dict("records"), strict=True):
        told = {str(name): _plain(value) for name, value in held.items()}
        applies = Answer(value=True) if rule.applies is None else answer(rule.applies, told)
        if applies.value is not None and not applies.value:
            continue
        value = Answer(value=None) if rule.value is None else answer(rule.value, told)
        verdict = applies if applies.value is None else _tested(rule, told, value)
        yield _row(rule, profile, str(subject), told, value, verdict)


def _tested(rule: Rule, told: Mapping[str, Value], value: Answer) -> Answer:
    if rule.test is None:
        return value if value.value is None else Answer(value=True)
    found = answer(rule.test, {**told, "value": value.value, "threshold": rule.threshold})
    if "value" in found.missing:
        others = {name for name in found.missing if name != "value"}
        return Answer(value=None, missing=tuple(sorted(others | set(value.missing))))
    return found


def _row(
    rule: Rule,
    profile: str,
    subject: str,
    told: Mapping[str, Value],
    value: Answer,
    tested: Answer,
) -> dict[str, object]:
    if tested.value is None:
        verdict = "cannot-be-evaluated"
    else:
        verdict = "pass" if tested.value else SEVERITIES[rule.severity]
    own = str(told.get("programme") or "")
    other = bool(own) and profile not in own.split(", ")
    number = value.value if isinstance(value.value, (bool, float)) else math.nan
    return {
        "profile": profile,
        "rule": rule.id,
        "scope": rule.scope,
        "subject": subject,
        "verdict": verdict,
        "value": float(number),
        "threshold": math.nan if rule.threshold is None else rule.threshold,
        "unit": rule.unit,
        "missing": ", ".join(tested.missing),
        "severity": rule.severity,
        "en": rule.en,
        "fr": rule.fr,
        "citation": rule.citation,
        "citation_fr": rule.citation_fr or rule.citation,
        "verified": rule.verified,
        "vintage": str(told.get("vintage") or ""),
        "verdict_before": verdict,
        "reason": "",
        "author_role": "",
        "label_en": f"Project of the {own} judged by the rules of the {profile}" if other else "",
        "label_fr": f"Projet du {own} jugé selon les règles du {profile}" if other else "",
    }


def _overridden(table: pd.DataFrame, overrides: Sequence[Override]) -> pd.DataFrame:
    places = {(row.rule, row.subject): row.Index for row in table.itertuples()}
    asked = [(one.rule, one.subject) for one in overrides]
    stray = [f"{rule} for {subject!r}" for rule, subject in asked if (rule, subject) not in places]
    twice = sorted(
        {f"{rule} for {subject!r}" for rule, subject in asked if asked.count((rule, subject)) > 1}
    )
    if stray or twice:
        told = [f"no verdict is given by {one}" for one in stray]
        told += [f"{one} is overridden twice" for one in twice]
        raise DataError(
            f"overrides: {'; '.join(told)}. Name a rule of this profile and one of its subjects, once."
        )
    for one in overrides:
        at = places[one.rule, one.subject]
        table.loc[at, ["verdict", "reason", "author_role"]] = ["pass", one.reason, one.author_role]
    return table


def _plain(value: Any) -> Value:
    """Return a cell as a test sees it: dates are whole numbers such as 20260630."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime.date):
        return float(value.year * 10_000 + value.month * 100 + value.day)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return float(value)
