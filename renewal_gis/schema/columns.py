"""How a table is declared: its columns, their unit, range, codes and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from renewal_gis.schema.codes import Codes

__all__ = ["Column", "Geometry", "Kind", "Table", "column", "counted", "optional"]

Kind = Literal["text", "integer", "number", "flag", "date"]
Geometry = Literal["point", "line", "polygon"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Name in the table; a measured quantity carries its unit (`length_m`).
    kind
        What a value is: text, integer, number, flag (true or false) or date (ISO 8601).
    en, fr
        Meaning, in English and in French; also the label on maps and in workbooks.
    required
        The column must be there.
    missing
        A value may be missing.
    unit
        Unit of a number, as printed.
    low, high
        Inclusive range of a number.
    codes
        The only values allowed, with their label in English and French.
    refers_to
        Table whose index holds this column's values.
    """

    name: str
    kind: Kind
    en: str
    fr: str
    required: bool = True
    missing: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    refers_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the study: what its rows are, and its columns."""

    name: str
    index: str
    en: str
    fr: str
    geometry: tuple[Geometry, ...] = ()
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the declared columns, in order."""
        return tuple(column.name for column in self.columns)


def column(
    name: str,
    kind: Kind,
    en: str,
    fr: str,
    *,
    required: bool = True,
    missing: bool = False,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    codes: Codes | None = None,
    refers_to: str = "",
) -> Column:
    """Declare a column that must be there."""
    return Column(
        name=name,
        kind=kind,
        en=en,
        fr=fr,
        required=required,
        missing=missing,
        unit=unit,
        low=low,
        high=high,
        codes=codes or {},
        refers_to=refers_to,
    )


def optional(name: str, kind: Kind, en: str, fr: str, **rest: object) -> Column:
    """Declare a column that may be absent, or empty in some rows."""
    return column(name, kind, en, fr, required=False, missing=True, **rest)  # type: ignore[arg-type]


def counted(name: str, en: str, fr: str, *, unit: str = "dwellings") -> Column:
    """Declare an optional column of whole numbers from 0 on."""
    return optional(name, "integer", en, fr, unit=unit, low=0)
