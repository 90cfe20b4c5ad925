"""The section `[programme]` of a study file: how the ledger is judged, dated and placed on sites."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from renewal_gis.config.allocation import Allocation, half_year_numbers, read_allocation, whole
from renewal_gis.config.values import Values
from renewal_gis.errors import DataError
from renewal_gis.planning import Override
from renewal_gis.schema.codes import PRODUCTS, STEPS

__all__ = [
    "Allocation",
    "Dependency",
    "Programme",
    "Vacated",
    "half_year_numbers",
    "read_programme",
]

_KEYS = (
    "profile", "profiles", "epci", "urban_unit", "rules", "as_of", "published", "deadlines", "needs",
    "overrides", "dependencies", "vacated", "allocation",
)  # fmt: skip
_PROFILES = ("PNRU", "NPNRU")
_PUBLISHED = ("demolished", "of_which_mining", "rebuilt", "rebuilt_social")
_HELD = (*PRODUCTS, "mining")


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """What one operation waits for in another: a step of `after` waits for a step of `before`."""

    before: str
    after: str
    before_step: str = "delivered"
    after_step: str = "rehoused"
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class Vacated:
    """Dwellings that fall vacant in a quarter and are kept for rehousing."""

    quarter: str
    product: str
    dwellings: int


@dataclass(frozen=True, kw_only=True)
class Programme:
    """How the programme is read.

    Parameters
    ----------
    profile, profiles
        Rules it is judged by: one profile, and by convention those judged by another.
    epci
        The body that carries it; empty when not said.
    urban_unit
        Codes of the communes of the quarters' urban unit; None when not said.
    file
        File that holds keys of the section; None when all stand in the study file.
    rules
        File of the study's own rules.
    as_of
        Day at which the ledger is read.
    published
        Totals known from elsewhere: `demolished`, `of_which_mining`, `rebuilt`, `rebuilt_social`.
    deadlines
        Latest day by step.
    needs
        Households to rehouse by demolition and product: counts only.
    overrides
        Verdicts set aside, each with its reason.
    dependencies, vacated
        What waits for what, and dwellings that fall vacant.
    allocation
        What has to be placed on the sites; None when nothing has.
    """

    profile: str = "NPNRU"
    profiles: Mapping[str, str] = field(default_factory=dict)
    epci: str = ""
    urban_unit: tuple[str, ...] | None = None
    file: Path | None = None
    rules: Path | None = None
    as_of: dt.date | None = None
    published: Mapping[str, int] = field(default_factory=dict)
    deadlines: Mapping[str, dt.date] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    vacated: tuple[Vacated, ...] = ()
    allocation: Allocation | None = None


def read_programme(values: Values, part: Mapping[str, Any], *, folder: Path) -> Programme:
    """Read the section, its faults kept in `values`.

    Parameters
    ----------
    values
        Keeps the faults.
    part
        The section as TOML gives it. Its key `file` names a TOML file that holds the other keys, or
        some of them: needs and dependencies make a study file long.
    folder
        Folder of the study file: paths are relative to it.

    Examples
    --------
    >>> held = Values()
    >>> read_programme(held, {"profile": "PNRU", "published": {"rebuilt": 1265}},
    ...                folder=Path(".")).published
    {'rebuilt': 1265}
    >>> read_programme(held, {"profil": "PNRU"}, folder=Path(".")).profile, held.faults
    ('NPNRU', ["programme.profil: unknown key; did you mean 'profile'?"])
    """
    name = values.text(part, "file", "programme", default="")
    if "file" in part:
        part = _with_file(values, part, folder)
    values.keys(part, ("file", *_KEYS), "programme")
    rules = values.text(part, "rules", "programme", default="")
    urban = _texts(values, part, "urban_unit", "programme")
    allocation = values.mapping(part, "allocation", "programme") if "allocation" in part else None
    if allocation is not None and values.flag(allocation, "urban_unit", "") and urban is None:
        values.fault(
            "programme.allocation.urban_unit",
            "is asked for, and programme.urban_unit names no commune; list their codes.",
        )
    return Programme(
        profile=values.choice(part, "profile", _PROFILES, "programme", default="NPNRU"),
        profiles=_profiles(values, part),
        epci=values.text(part, "epci", "programme", default=""),
        urban_unit=urban,
        file=(folder / name).resolve() if name else None,
        rules=(folder / rules).resolve() if rules else None,
        as_of=values.day(part, "as_of", "programme"),
        published=_counts(values, part, "published", "programme", _PUBLISHED),
        deadlines=_deadlines(values, part),
        needs={
            name: _counts(values, {name: held}, name, "programme.needs", (*_HELD, "unstated"))
            for name, held in values.tables(part, "needs", "programme").items()
        },
        overrides=_overrides(values, part),
        dependencies=_dependencies(values, part),
        vacated=_vacated(values, part),
        allocation=None if allocation is None else read_allocation(values, allocation),
    )


def _with_file(values: Values, part: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """Return the section with the keys of the file it names."""
    name = values.text(part, "file", "programme", default="")
    rest = {key: value for key, value in part.items() if key != "file"}
    try:
        held = tomllib.loads((folder / name).read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as fault:
        values.fault("programme.file", f"{name} is not valid TOML: {fault}.")
        return rest
    except FileNotFoundError:
        values.fault(
            "programme.file",
            f"there is no {name!r} beside the study file: correct the name, or put the file there.",
        )
        return rest
    except (OSError, UnicodeDecodeError):
        values.fault(
            "programme.file", f"{name!r} cannot be read as UTF-8 text beside the study file."
        )
        return rest
    for key in sorted({"file"} & set(held) | set(rest) & set(held)):
        values.fault(f"programme.{key}", f"must stand once: it is in {name} too.")
    return {key: value for key, value in held.items() if key != "file"} | rest


def _texts(values: Values, part: Mapping[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    held = part.get(key)
    if held is None:
        return None
    if not isinstance(held, list) or not held or not all(isinstance(one, str) for one in held):
        values.fault(f"{where}.{key}", f"must be a list of commune codes in quotes, got {held!r}.")
        return None
    return tuple(held)


def _profiles(values: Values, part: Mapping[str, Any]) -> dict[str, str]:
    held = values.mapping(part, "profiles", "programme")
    return {
        name: values.choice(held, name, _PROFILES, "programme.profiles", default="NPNRU")
        for name in held
    }


def _counts(
    values: Values, part: Mapping[str, Any], key: str, where: str, known: Sequence[str]
) -> dict[str, int]:
    """Return whole numbers by name, the names being known."""
    held, place = values.mapping(part, key, where), f"{where}.{key}"
    values.keys(held, known, place)
    return {
        name: count
        for name in held
        if name in known and (count := whole(values, held, name, place)) is not None
    }


def _deadlines(values: Values, part: Mapping[str, Any]) -> dict[str, dt.date]:
    held = values.mapping(part, "deadlines", "programme")
    values.keys(held, STEPS, "programme.deadlines")
    days = {step: values.day(held, step, "programme.deadlines") for step in held if step in STEPS}
    return {step: day for step, day in days.items() if day is not None}


def _rows(
    values: Values, part: Mapping[str, Any], key: str, known: Sequence[str], needed: Sequence[str]
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the tables written [[programme.KEY]] that have all they need, with their places."""
    entries = part.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        values.fault(f"programme.{key}", f"must be tables written [[programme.{key}]].")
        return []
    rows = []
    for place, entry in enumerate(entries):
        where = f"programme.{key}[{place}]"
        values.keys(entry, known, where)
        absent = [name for name in needed if name not in entry]
        for name in absent:
            values.fault(f"{where}.{name}", "is needed.")
        if not absent:
            rows.append((where, entry))
    return rows


def _overrides(values: Values, part: Mapping[str, Any]) -> tuple[Override, ...]:
    names = ("rule", "subject", "reason", "author_role")
    made = []
    for where, entry in _rows(values, part, "overrides", names, names):
        texts = {name: values.text(entry, name, where, default="?") for name in names}
        try:
            made.append(Override(**texts))
        except DataError as fault:
            values.fault(where, str(fault))
    return tuple(made)


def _dependencies(values: Values, part: Mapping[str, Any]) -> tuple[Dependency, ...]:
    known, steps = ("before", "after", "before_step", "after_step", "days"), tuple(STEPS)
    return tuple(
        Dependency(
            before=values.text(entry, "before", where, default=""),
            after=values.text(entry, "after", where, default=""),
            before_step=values.choice(entry, "before_step", steps, where, default="delivered"),
            after_step=values.choice(entry, "after_step", steps, where, default="rehoused"),
            days=whole(values, entry, "days", where) or 0,
        )
        for where, entry in _rows(values, part, "dependencies", known, ("before", "after"))
    )


def _vacated(values: Values, part: Mapping[str, Any]) -> tuple[Vacated, ...]:
    names, made = ("quarter", "product", "dwellings"), []
    for where, entry in _rows(values, part, "vacated", names, names):
        quarter = values.text(entry, "quarter", where, default="2000-Q1")
        if not re.fullmatch(r"\d{4}-Q[1-4]", quarter):
            values.fault(f"{where}.quarter", f"must be a quarter such as 2027-Q1, got {quarter!r}.")
        product = values.choice(entry, "product", _HELD, where, default="plai")
        dwellings = whole(values, entry, "dwellings", where) or 0
        made.append(Vacated(quarter=quarter, product=product, dwellings=dwellings))
    return tuple(made)
