"""The section `[programme.allocation]` of a study file: what has to be placed on the sites, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from renewal_gis.config.values import Values
from renewal_gis.planning import half_years_between
from renewal_gis.schema.codes import PRODUCTS, SECTORS

__all__ = ["Allocation", "half_year_numbers", "read_allocation", "whole"]

Objective = Literal["access", "worst", "displacement"]
Journeys = Literal["", "transit", "walk", "straight"]
_OBJECTIVES = ("access", "worst", "displacement")
_JOURNEYS = ("transit", "walk", "straight")
_COUNTS = ("total", "minimum_size", "operations_per_site", "sites_at_most", "plans")
_SHARES = ("plai_share", "social_ceiling")
_KEYS = (
    *_COUNTS, *_SHARES, "half_years", "products", "outside_qpv", "urban_unit", "veto",
    "sector_targets", "pace", "needed", "objective", "against", "displacement", "gap", "time_limit_s",
)  # fmt: skip
_MOST_YEARS = 60
_WHERE = "programme.allocation"


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What has to be placed on the sites, and by which rules.

    Parameters
    ----------
    half_years
        Those in which dwellings may be delivered, in order.
    total
        Dwellings to place; those the ledger rebuilds when None.
    products
        By product, its least and its most share of the total; None is no limit.
    minimum_size, operations_per_site, sites_at_most, plai_share, social_ceiling, outside_qpv, veto
        As in `planning.Rules`.
    urban_unit
        Only sites in the communes `programme.urban_unit` names.
    sector_targets
        By sector: least and most dwellings.
    pace
        By half-year: most dwellings delivered in it.
    needed
        By half-year: fewest dwellings delivered by its end.
    objective, against
        What is sought, and what the front trades it against.
    plans
        Most plans on the front.
    displacement
        How far households move: `transit` or `walk` (minutes), `straight` (metres); the first of these
        the study can tell when empty.
    gap, time_limit_s
        As in `planning.place`.
    """

    half_years: tuple[str, ...]
    total: int | None = None
    products: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    minimum_size: int | None = None
    operations_per_site: int | None = 1
    sites_at_most: int | None = None
    plai_share: float | None = None
    social_ceiling: float | None = None
    outside_qpv: bool = False
    urban_unit: bool = False
    veto: bool = True
    sector_targets: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    pace: Mapping[str, int] = field(default_factory=dict)
    needed: Mapping[str, int] = field(default_factory=dict)
    objective: Objective = "access"
    against: Objective = "displacement"
    plans: int = 20
    displacement: Journeys = ""
    gap: float = 1e-3
    time_limit_s: float | None = None


def read_allocation(values: Values, part: Mapping[str, Any]) -> Allocation:
    """Read the section, its faults kept in `values`.

    Examples
    --------
    >>> read_allocation(Values(), {"half_years": ["2027-S1", "2028-S1"], "pace": 90}).pace
    {'2027-S1': 90, '2027-S2': 90, '2028-S1': 90}
    """
    values.keys(part, _KEYS, _WHERE)
    halves = _half_years(values, part)
    counts = {key: whole(values, part, key, _WHERE) for key in _COUNTS if key in part}
    shares = {key: _share(values, part, key, _WHERE) for key in _SHARES if key in part}
    given: dict[str, Any] = {
        key: value for key, value in (counts | shares).items() if value is not None
    }
    for key in ("total", "plans"):
        least = {"total": 1, "plans": 2}[key]
        if given.get(key, least) < least:
            values.fault(f"{_WHERE}.{key}", f"must be {least} or more, got {given[key]}.")
    if "veto" in part:
        given["veto"] = values.flag(part, "veto", _WHERE)
    if "gap" in part:
        given["gap"] = values.number(part, "gap", _WHERE, default=1e-3, above=0, most=1)
    if "time_limit_s" in part:
        given["time_limit_s"] = values.number(part, "time_limit_s", _WHERE, default=1.0, above=0)
    if "displacement" in part:
        given["displacement"] = values.choice(
            part, "displacement", _JOURNEYS, _WHERE, default="straight"
        )
    objective, against = _objectives(values, part)
    return Allocation(
        half_years=halves,
        products=_products(values, part),
        outside_qpv=values.flag(part, "outside_qpv", _WHERE),
        urban_unit=values.flag(part, "urban_unit", _WHERE),
        sector_targets=_targets(values, part),
        pace=half_year_numbers(values, part, "pace", halves),
        needed=half_year_numbers(values, part, "needed", halves),
        objective=objective,
        against=against,
        **given,
    )


def whole(values: Values, part: Mapping[str, Any], key: str, where: str) -> int | None:
    """Return a whole number of 0 or more; None when absent or none."""
    held = part.get(key)
    if held is None:
        return None
    if type(held) is not int or held < 0:
        values.fault(f"{where}.{key}", f"must be a whole number of 0 or more, got {held!r}.")
        return None
    return held


def half_year_numbers(
    values: Values, part: Mapping[str, Any], key: str, halves: tuple[str, ...]
) -> dict[str, int]:
    """Return a number for each half-year: one for all of them, or a table."""
    held, where = part.get(key), f"{_WHERE}.{key}"
    if held is None:
        return {}
    if not isinstance(held, dict):
        number = whole(values, part, key, _WHERE)
        return {} if number is None else dict.fromkeys(halves, number)
    values.keys(held, halves, where)
    numbers = {name: whole(values, held, name, where) for name in halves if name in held}
    return {name: number for name, number in numbers.items() if number is not None}


def _half_years(values: Values, part: Mapping[str, Any]) -> tuple[str, ...]:
    held = part.get("half_years")
    sound = (
        isinstance(held, list)
        and len(held) == 2
        and all(isinstance(one, str) and re.fullmatch(r"\d{4}-S[12]", one) for one in held)
    )
    if not sound:
        values.fault(
            f"{_WHERE}.half_years",
            f'must be the first and the last, such as ["2027-S1", "2030-S2"], got {held!r}.',
        )
        return ()
    first, last = cast(list[str], held)
    names = tuple(half_years_between(first, last))
    if not names or len(names) > 2 * _MOST_YEARS:
        values.fault(
            f"{_WHERE}.half_years",
            f"{last} must not come before {first}, nor {_MOST_YEARS} years after it.",
        )
    return names


def _share(values: Values, part: Mapping[str, Any], key: str, where: str) -> float | None:
    if key not in part:
        return None
    share = values.number(part, key, where, default=0.0, most=1)
    if share < 0:
        values.fault(f"{where}.{key}", f"must be a share from 0 to 1, got {share!r}.")
    return share


def _products(
    values: Values, part: Mapping[str, Any]
) -> dict[str, tuple[float | None, float | None]]:
    held = values.tables(part, "products", _WHERE)
    values.keys(held, PRODUCTS, f"{_WHERE}.products")
    found = {}
    for name in (name for name in PRODUCTS if name in held):
        where = f"{_WHERE}.products.{name}"
        values.keys(held[name], ("low", "high"), where)
        low, high = (_share(values, held[name], key, where) for key in ("low", "high"))
        if low is not None and high is not None and low > high:
            values.fault(where, f"low = {low:g} is above high = {high:g}.")
        found[name] = (low, high)
    return found


def _targets(values: Values, part: Mapping[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    held = values.tables(part, "sector_targets", _WHERE)
    values.keys(held, SECTORS, f"{_WHERE}.sector_targets")
    found = {}
    for name in (name for name in SECTORS if name in held):
        where = f"{_WHERE}.sector_targets.{name}"
        values.keys(held[name], ("at_least", "at_most"), where)
        least, most = (whole(values, held[name], key, where) for key in ("at_least", "at_most"))
        found[name] = (least, most)
    return found


def _objectives(values: Values, part: Mapping[str, Any]) -> tuple[Objective, Objective]:
    first = values.choice(part, "objective", _OBJECTIVES, _WHERE, default="access")
    usual = "access" if first == "displacement" else "displacement"
    second = values.choice(part, "against", _OBJECTIVES, _WHERE, default=usual)
    if second == first:
        values.fault(f"{_WHERE}.against", f"is the objective itself ({first}); name another.")
    return cast(Objective, first), cast(Objective, second)
