"""What was found wrong, set aside or repaired: one line each, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal

import pandas as pd

__all__ = ["Finding", "Severity", "errors_in", "findings_table", "sentence"]

Severity = Literal["error", "dropped", "repaired", "note"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found in one layer.

    Parameters
    ----------
    layer
        Layer of the study (`stock`, `sites`…).
    severity
        `error` stops the run; `dropped` lists rows left out; `repaired` lists rows changed;
        `note` says something a reader should know.
    code
        Short stable name of the problem (`duplicate-id`).
    message
        A sentence: what was found and what to do.
    row
        Identifier of the row, or its number in the file; empty for the whole layer.
    column
        Column at fault, if one is.
    file
        File name, without its folder.
    count
        Number of rows concerned: 1 for a listed row, more when rows were set aside on request.
    """

    layer: str
    severity: Severity
    code: str
    message: str
    row: str = ""
    column: str = ""
    file: str = ""
    count: int = 1


_COLUMNS = [field.name for field in fields(Finding)]


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return the findings as a table, one row each, in the order given.

    Examples
    --------
    >>> findings_table([Finding(layer="sites", severity="note", code="x", message="y")]).shape
    (1, 8)
    """
    return pd.DataFrame([asdict(finding) for finding in findings], columns=_COLUMNS)


def errors_in(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop a run."""
    return [finding for finding in findings if finding.severity == "error"]


def sentence(finding: Finding) -> str:
    """Return a finding as one line of text: layer, file, row, message."""
    place = finding.layer
    if finding.file:
        place += f" ({finding.file})"
    if finding.row:
        place += f", row {finding.row}"
    return f"{place}: {finding.message}"
