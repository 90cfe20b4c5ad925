"""References from one table to another: what a column names must stand in the other's index."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewal_gis.schema.columns import Column
from renewal_gis.schema.communes import told_code
from renewal_gis.schema.findings import Finding
from renewal_gis.schema.tables import TABLES

__all__ = ["unknown_references"]


def unknown_references(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Return a finding for each value that names a row no table holds.

    Parameters
    ----------
    tables
        Table name → table; references to tables that are not there are not looked at.

    Examples
    --------
    >>> sites = pd.DataFrame({"commune": ["59153", "00000"]}, index=["A", "B"])
    >>> communes = pd.DataFrame({"name": ["Condé"]}, index=["59153"])
    >>> [found.row for found in unknown_references({"sites": sites, "communes": communes})]
    ['B']
    """
    found: list[Finding] = []
    for declared in TABLES:
        table = tables.get(declared.name)
        for column in declared.columns:
            other = tables.get(column.refers_to)
            if table is None or other is None or column.name not in table.columns:
                continue
            values = table[column.name]
            unknown = values.notna() & ~values.isin(other.index)
            found.extend(
                Finding(
                    layer=declared.name,
                    severity="note",
                    code="unknown-reference",
                    message=_told(column, values[row], other),
                    row=str(row),
                    column=column.name,
                )
                for row in table.index[unknown]
            )
    return found


def _told(column: Column, value: object, other: pd.DataFrame) -> str:
    if column.refers_to == "communes":
        return f"{column.name} = {value!r}: {told_code(str(value), other)}"
    return (
        f"{column.name} = {value!r} is in no row of {column.refers_to}. Correct it, or add the row."
    )
