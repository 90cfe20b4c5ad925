"""What counts, how much, and how the weights are put to the test: `[[criteria]]` and `[robustness]`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from renewal_gis.config.settings import Weightings
from renewal_gis.config.values import Values
from renewal_gis.errors import UsageError
from renewal_gis.schema import measure
from renewal_gis.scoring import CRITERIA_SETS, GROUPS, Anchors, Criterion, draw_weightings

__all__ = ["read_criteria", "read_weightings"]

_KEYS = (
    "name", "measure", "best", "worst", "anchors", "weight", "group", "source", "verified", "set",
)  # fmt: skip
_MOST_DRAWS = 1_000_000


def read_criteria(values: Values, entries: Any) -> tuple[Criterion, ...]:
    """Read the tables `[[criteria]]`: each one a criterion, or the name of a set that stands for several."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        values.fault("criteria", "must be tables written [[criteria]].")
        return ()
    made: list[Criterion] = []
    for place, entry in enumerate(entries):
        where = f"criteria[{place}]"
        values.keys(entry, _KEYS, where)
        if "set" in entry:
            made.extend(_set(values, entry, where))
        elif criterion := _criterion(values, entry, where):
            made.append(criterion)
    names = [criterion.name for criterion in made]
    for name in sorted({name for name in names if names.count(name) > 1}):
        values.fault("criteria", f"two criteria are called {name!r}; each needs its own name.")
    if made and not any(criterion.weight > 0 for criterion in made):
        values.fault("criteria", "no criterion has a weight above 0.")
    return tuple(made)


def read_weightings(values: Values, part: Any, criteria: tuple[Criterion, ...]) -> Weightings:
    """Read `[robustness]`: the weightings a ranking is put to the test with."""
    usual = Weightings()
    if part is None:
        return usual
    if not isinstance(part, dict):
        values.fault("robustness", "must be a table, written [robustness].")
        return usual
    values.keys(part, ("before", "draws", "seed", "top"), "robustness")
    before = _statements(values, part.get("before", []))
    draws = _whole(values, part, "draws", least=1) if "draws" in part else None
    asked = Weightings(
        before=before,
        draws=draws,
        seed=_whole(values, part, "seed", least=0) if "seed" in part else usual.seed,
        top=_whole(values, part, "top", least=1) if "top" in part else usual.top,
    )
    counted = [criterion for criterion in criteria if criterion.weight > 0]
    # Of criteria at fault nothing more is said: a name that is missing here may be one of them.
    sound = not any(fault.startswith("criteria") for fault in values.faults)
    if before and counted and sound:
        _require_usable(values, before, counted)
    return asked


def _set(values: Values, entry: Mapping[str, Any], where: str) -> tuple[Criterion, ...]:
    """Return the criteria of a set that is named."""
    name = values.text(entry, "set", where, default="")
    others = sorted((set(entry) & set(_KEYS)) - {"set"})
    if others:
        values.fault(
            where,
            f"a set stands alone; remove {', '.join(others)}, or write its criteria one by one.",
        )
    if name not in CRITERIA_SETS:
        near = get_close_matches(name, CRITERIA_SETS, n=1, cutoff=0.3)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        values.fault(
            f"{where}.set", f"must be one of {', '.join(CRITERIA_SETS)}, got {name!r}.{hint}"
        )
        return ()
    return CRITERIA_SETS[name].criteria


def _criterion(values: Values, entry: Mapping[str, Any], where: str) -> Criterion | None:
    before = len(values.faults)
    ends = {} if "anchors" in entry else _ends(values, entry, where)
    if "measure" not in entry:
        values.fault(f"{where}.measure", "is needed.")
    key = values.text(entry, "measure", where, default="walk_min:stop")
    try:
        held = measure(key)
    except KeyError as fault:
        values.fault(f"{where}.measure", f"{fault.args[0]}.")
        return None
    anchors = _anchors(values, entry, where)
    weight = values.number(entry, "weight", where, default=1.0, above=None)
    group = _group(values, entry, where)
    if len(values.faults) > before:
        return None
    try:
        return Criterion(
            name=values.text(entry, "name", where, default=key), measure=key, **ends,
            anchors=anchors, weight=weight, group=group, unit=held.unit, en=held.en, fr=held.fr,
            source=values.text(entry, "source", where, default=""),
            verified=values.flag(entry, "verified", where),
        )  # fmt: skip
    except UsageError as fault:
        values.fault(where, str(fault))
        return None


def _ends(values: Values, entry: Mapping[str, Any], where: str) -> dict[str, float]:
    """Return the two values worth 100 and 0 points."""
    ends = {}
    for key in ("best", "worst"):
        if key not in entry:
            values.fault(f"{where}.{key}", "is needed, or anchors in the place of best and worst.")
        ends[key] = values.number(entry, key, where, default=float(key == "worst"), above=None)
    return ends


def _anchors(values: Values, entry: Mapping[str, Any], where: str) -> Anchors:
    """Return the pairs (value, points) of a value function; none when it is given by its ends."""
    if "anchors" not in entry:
        return ()
    both = [key for key in ("best", "worst") if key in entry]
    if both:
        values.fault(where, f"give either anchors or {' and '.join(both)}, not both.")
    held = entry["anchors"]
    sound = isinstance(held, list) and all(
        isinstance(pair, list)
        and len(pair) == 2
        and all(type(number) in (int, float) for number in pair)
        for pair in held
    )
    if not sound or len(held) < 2:
        values.fault(
            f"{where}.anchors",
            f"must be two or more pairs [value, points], such as [[5, 100], [20, 0]], got {held!r}.",
        )
        return ()
    return tuple((float(value), float(points)) for value, points in held)


def _group(values: Values, entry: Mapping[str, Any], where: str) -> str:
    group = values.text(entry, "group", where, default="")
    if group and group not in GROUPS:
        near = get_close_matches(group, GROUPS, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        values.fault(f"{where}.group", f"must be one of {', '.join(GROUPS)}, got {group!r}.{hint}")
        return ""
    return group


def _statements(values: Values, held: Any) -> tuple[tuple[str, str], ...]:
    """Return pairs (weighs more, weighs less)."""
    sound = isinstance(held, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair)
        for pair in held
    )
    if not sound:
        values.fault(
            "robustness.before",
            'must be pairs of names, the one that weighs more first, such as [["transit", "services"]], '
            f"got {held!r}.",
        )
        return ()
    return tuple((more, less) for more, less in held)


def _require_usable(
    values: Values, before: tuple[tuple[str, str], ...], counted: list[Criterion]
) -> None:
    """Keep as a fault what makes statements useless: an unknown name, a circle."""
    groups = {
        group: [place for place, held in enumerate(counted) if held.group == group]
        for group in sorted({held.group for held in counted} - {""})
    }
    try:
        # One draw is enough to have every statement read.
        draw_weightings(
            [c.name for c in counted], groups=groups, statements=before, draws=1, seed=0
        )
    except UsageError as fault:
        values.fault("robustness.before", str(fault))


def _whole(values: Values, part: Mapping[str, Any], key: str, *, least: int) -> int:
    held = part[key]
    if type(held) is not int or not least <= held <= _MOST_DRAWS:
        values.fault(
            f"robustness.{key}",
            f"must be a whole number from {least} to {_MOST_DRAWS:,}, got {held!r}.",
        )
        return least
    return held
