"""Rule files: TOML text read into rules whose every test is checked before anything is judged."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, cast

from renewal_gis.errors import DataError
from renewal_gis.planning.rules import SEVERITIES, Field, Rule, RuleBook, Severity
from renewal_gis.planning.rules_expression import Expression, parsed

__all__ = ["SCOPES", "catalogue", "read_rules", "with_rules"]

SCOPES = ("programme", "convention", "commune", "site", "operation")
_TEXTS = ("id", "scope", "en", "fr", "severity", "citation")
_KEYS = (
    *_TEXTS,
    "citation_fr",
    "profiles",
    "value",
    "test",
    "applies",
    "threshold",
    "unit",
    "verified",
    "replaces",
)
_RESERVED = ("value", "threshold")
_LONGEST_FILE = 1_000_000  # characters; the packaged catalogue has some 25 000


@cache
def catalogue() -> RuleBook:
    """Return the packaged rules of the PNRU and of the NPNRU.

    Examples
    --------
    >>> catalogue().rule("REC-04").threshold
    0.6
    """
    held = resources.files("renewal_gis.planning").joinpath("rules.toml")
    return read_rules(held.read_text(encoding="utf-8"), file="rules.toml")


def read_rules(text: str, *, file: str, known: RuleBook | None = None) -> RuleBook:
    """Read a rule file.

    Parameters
    ----------
    text
        TOML: a table `[fields.SCOPE.NAME]` (`unit`, `en`, `fr`) per field of one's own, and a table
        `[[rules]]` per rule, with the keys of `Rule`. `value`, `test`, `applies`, `threshold`,
        `unit` and `citation_fr` may be left out.
    file
        Name of the file, for messages.
    known
        A book whose fields the rules may use.

    Returns
    -------
    RuleBook
        The rules of the file, and the fields of `known` followed by its own.

    Raises
    ------
    DataError
        Every fault of the file in one message, each with the rule it stands in.

    Examples
    --------
    >>> book = read_rules('''
    ... [[rules]]
    ... id = "OWN-01"
    ... profiles = ["NPNRU"]
    ... scope = "site"
    ... en = "No site below ten dwellings"
    ... fr = "Pas de site de moins de dix logements"
    ... test = "capacity >= threshold"
    ... threshold = 10
    ... severity = "warning"
    ... citation = "The steering committee"
    ... verified = true
    ... ''', file="own.toml", known=catalogue())
    >>> book.rules[0].test.names
    ('capacity', 'threshold')
    """
    raw = _toml(text, file)
    faults = _unknown(raw, ("fields", "rules"), file)
    fields = [] if known is None else list(known.fields)
    fields += _fields(raw.get("fields", {}), file, faults)
    rules: list[Rule] = []
    listed = raw.get("rules", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise DataError(f"{file}: rules must be written [[rules]], one table per rule.")
    for number, one in enumerate(listed, start=1):
        place = f"{file}, rule {one.get('id', f'number {number}')}"
        rule = _rule(one, place, fields, faults)
        if rule is not None:
            rules.append(rule)
    names = [rule.id for rule in rules]
    faults += [f"{file}: {name} is used by several rules." for name in _repeated(names)]
    if faults:
        more = "" if len(faults) == 1 else f"{len(faults)} faults:\n  "
        raise DataError(f"{more}{chr(10).join(faults).replace(chr(10), chr(10) + '  ')}")
    return RuleBook(rules=tuple(rules), fields=tuple(fields))


def with_rules(book: RuleBook, text: str, *, file: str) -> RuleBook:
    """Return a book with the rules of a study's own file.

    A rule that has the name of another must say `replaces = true` and takes its place: nobody
    changes a national rule by mistake.

    Raises
    ------
    DataError
        As `read_rules`, or a name is taken, or there is nothing to replace.
    """
    own = read_rules(text, file=file, known=book)
    replacing = {
        str(one["id"])
        for one in tomllib.loads(text).get("rules", [])
        if one.get("replaces") is True
    }
    taken = {rule.id for rule in book.rules}
    faults = [
        f"{file}: a rule is already called {rule.id}. Choose another name, or write replaces = true "
        "to put yours in its place."
        for rule in own.rules
        if rule.id in taken and rule.id not in replacing
    ]
    faults += [
        f"{file}: {name} replaces no rule.{_near(name, sorted(taken))}"
        for name in sorted(replacing - taken)
    ]
    if faults:
        raise DataError("\n".join(faults))
    mine = {rule.id: rule for rule in own.rules}
    kept = [mine.pop(rule.id, rule) for rule in book.rules]
    return RuleBook(rules=(*kept, *mine.values()), fields=own.fields)


def _toml(text: str, file: str) -> dict[str, Any]:
    if len(text) > _LONGEST_FILE:
        raise DataError(f"{file}: {len(text)} characters; a rule file has at most {_LONGEST_FILE}.")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{file}: not a TOML file: {error}. Correct the line it names.") from error


def _fields(raw: Any, file: str, faults: list[str]) -> list[Field]:
    found: list[Field] = []
    if not isinstance(raw, dict):
        faults.append(f"{file}: fields must be written [fields.SCOPE.NAME].")
        return found
    for scope, held in raw.items():
        if scope not in SCOPES or not isinstance(held, dict):
            faults.append(f"{file}: no scope {scope!r} for fields.{_near(scope, list(SCOPES))}")
            continue
        for name, said in held.items():
            told = said if isinstance(said, dict) else {}
            texts = {key: told.get(key) for key in ("unit", "en", "fr")}
            if not all(isinstance(one, str) for one in texts.values()) or set(told) != set(texts):
                faults.append(
                    f"{file}: the field {scope}.{name} needs unit, en and fr, texts, and nothing else."
                )
            elif not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name) or name in _RESERVED:
                faults.append(
                    f"{file}: {name!r} cannot name a field. Use small letters, figures and _, and "
                    f"neither of {', '.join(_RESERVED)}."
                )
            else:
                found.append(Field(scope=scope, name=name, **cast(dict[str, str], texts)))
    return found


def _rule(
    raw: Mapping[str, Any], place: str, fields: list[Field], faults: list[str]
) -> Rule | None:
    wrong = [*_unknown(raw, _KEYS, place), *_wrong_values(raw, place)]
    faults += wrong
    if wrong:
        return None
    names = {held.name for held in fields if held.scope == raw["scope"]}
    before = len(faults)
    held = {
        key: _expression(
            raw.get(key), names | ({*_RESERVED} if key == "test" else set()), place, faults
        )
        for key in ("value", "test", "applies")
    }
    test = held["test"]
    if test is None and held["value"] is None and len(faults) == before:
        faults.append(f"{place}: neither test nor value: there is nothing to judge or to show.")
    for name, there in (("value", held["value"]), ("threshold", raw.get("threshold"))):
        if test is not None and name in test.names and there is None:
            faults.append(f"{place}: the test uses {name}, which the rule does not give.")
    if len(faults) > before:
        return None
    return Rule(
        id=raw["id"],
        scope=raw["scope"],
        en=raw["en"],
        fr=raw["fr"],
        citation=raw["citation"],
        citation_fr=raw.get("citation_fr", ""),
        profiles=tuple(raw["profiles"]),
        value=held["value"],
        test=test,
        applies=held["applies"],
        threshold=None if raw.get("threshold") is None else float(raw["threshold"]),
        unit=raw.get("unit", ""),
        severity=cast(Severity, raw["severity"]),
        verified=raw["verified"],
    )


def _wrong_values(raw: Mapping[str, Any], place: str) -> list[str]:
    wrong = [
        f"{place}: {key} is missing, empty or not a text."
        for key in _TEXTS
        if not isinstance(raw.get(key), str) or not raw[key].strip()
    ]
    wrong += [
        f"{place}: {key} is not a text."
        for key in ("value", "test", "applies", "unit", "citation_fr")
        if key in raw and not isinstance(raw[key], str)
    ]
    for key, allowed in (("scope", list(SCOPES)), ("severity", list(SEVERITIES))):
        if isinstance(raw.get(key), str) and raw[key].strip() and raw[key] not in allowed:
            wrong.append(f"{place}: {key} = {raw[key]!r} is not known.{_near(raw[key], allowed)}")
    profiles = raw.get("profiles")
    if (
        not isinstance(profiles, list)
        or not profiles
        or not all(isinstance(p, str) for p in profiles)
    ):
        wrong.append(f'{place}: profiles must list at least one, such as ["NPNRU"].')
    number = raw.get("threshold", 0)
    if (
        isinstance(number, bool)
        or not isinstance(number, (int, float))
        or not math.isfinite(number)
    ):
        wrong.append(f"{place}: threshold is not a finite number.")
    wrong += [
        f"{place}: {key} must be true or false."
        for key in ("verified", "replaces")
        if not isinstance(raw.get(key, key == "replaces"), bool)
        or (key == "verified" and key not in raw)
    ]
    return wrong


def _expression(
    text: str | None, names: set[str], place: str, faults: list[str]
) -> Expression | None:
    if text is None:
        return None
    try:
        return parsed(text, names, place=place)
    except DataError as error:
        faults.append(str(error))
        return None


def _unknown(raw: Mapping[str, Any], known: tuple[str, ...], place: str) -> list[str]:
    return [
        f"{place}: unknown key {key!r}.{_near(key, list(known))}" for key in raw if key not in known
    ]


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" The nearest is {near[0]!r}." if near else f" There are: {', '.join(known)}."


def _repeated(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
