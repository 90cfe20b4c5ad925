"""Values read from a TOML table, every fault kept with its key path."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

__all__ = ["Values"]

_DAY_MIN = 1440.0


class Values:
    """Reads values and collects the faults, so that all are told in one message."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, where: str, message: str) -> None:
        """Keep one fault, told by its key path."""
        self.faults.append(f"{where}: {message}")

    def keys(self, content: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        """Report each key that is not known, with the nearest one that is."""
        names = list(known)
        for key in content:
            if key not in names:
                near = get_close_matches(key, names, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(names)}."
                self.fault(f"{where}.{key}" if where else key, f"unknown key; {hint}")

    def section(self, content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return a table of the file, empty when absent."""
        part = content.get(name, {})
        if not isinstance(part, dict):
            self.fault(name, "must be a table, written [" + name + "].")
            return {}
        return part

    def text(self, part: Mapping[str, Any], key: str, where: str, *, default: str) -> str:
        """Return a text."""
        value = part.get(key, default)
        if not isinstance(value, str):
            self.fault(f"{where}.{key}", f"must be text in quotes, got {value!r}.")
            return default
        return value

    def choice(
        self, part: Mapping[str, Any], key: str, known: tuple[str, ...], where: str, *, default: str
    ) -> str:
        """Return one of the known texts."""
        value = self.text(part, key, where, default=default)
        if value not in known:
            self.fault(f"{where}.{key}", f"must be one of {', '.join(known)}, got {value!r}.")
            return default
        return value

    def number(
        self,
        part: Mapping[str, Any],
        key: str,
        where: str,
        *,
        default: float,
        above: float | None = None,
        most: float | None = None,
    ) -> float:
        """Return a number, above one limit and at most another when they are given."""
        value = part.get(key, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not math.isfinite(value)
        ):
            self.fault(f"{where}.{key}", f"must be a finite number, got {value!r}.")
            return default
        if above is not None and not value > above:
            self.fault(f"{where}.{key}", f"must be above {above:g}, got {value!r}.")
        if most is not None and value > most:
            self.fault(f"{where}.{key}", f"must be at most {most:g}, got {value!r}.")
        return float(value)

    def flag(self, part: Mapping[str, Any], key: str, where: str) -> bool:
        """Return true or false; false when absent."""
        value = part.get(key, False)
        if not isinstance(value, bool):
            self.fault(f"{where}.{key}", f"must be true or false without quotes, got {value!r}.")
        return value is True

    def day(self, part: Mapping[str, Any], key: str, where: str) -> dt.date | None:
        """Return a day, written as one or as text; None when absent."""
        value = part.get(key)
        try:
            if value is None or type(value) is dt.date:
                return value
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fault(f"{where}.{key}", f"must be a day such as 2026-03-10, got {value!r}.")
            return None

    def numbers(self, part: Mapping[str, Any], key: str, where: str) -> list[float]:
        """Return a list of finite numbers, empty when it is none."""
        held = part.get(key)
        if not isinstance(held, list) or not all(
            type(value) in (int, float) and math.isfinite(value) for value in held
        ):
            self.fault(f"{where}.{key}", f"must be a list of numbers, got {held!r}.")
            return []
        return [float(value) for value in held]

    def minutes(
        self, part: Mapping[str, Any], key: str, where: str, usual: tuple[float, ...]
    ) -> tuple[float, ...]:
        """Return a list of minutes above zero, in ascending order."""
        held = part.get(key, list(usual))
        if not (
            isinstance(held, list)
            and held
            and all(type(limit) in (int, float) and 0 < limit <= _DAY_MIN for limit in held)
            and len(set(held)) == len(held)
        ):
            self.fault(
                f"{where}.{key}",
                f"must be a list of different minutes above 0, a day at most, got {held!r}.",
            )
            return usual
        return tuple(sorted(map(float, held)))

    def mapping(self, entry: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        """Return a table of any values."""
        value = entry.get(key, {})
        if not isinstance(value, dict):
            self.fault(f"{where}.{key}", 'must be a table, such as { old = "new" }.')
            return {}
        return value

    def tables(self, entry: Mapping[str, Any], key: str, where: str) -> dict[str, dict[str, Any]]:
        """Return a table of tables."""
        held = self.mapping(entry, key, where)
        for name, value in held.items():
            if not isinstance(value, dict):
                self.fault(f"{where}.{key}.{name}", 'must be a table, such as { old = "new" }.')
        return {name: value for name, value in held.items() if isinstance(value, dict)}
