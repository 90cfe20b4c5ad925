"""What is told of a constant."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OWN", "Assumption"]

# The source of a value that no one published.
OWN = "choice of this project, to be argued with users"


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One constant the results rest on.

    Parameters
    ----------
    name
        Stable name.
    value, unit
        Value and its unit.
    en, fr
        Meaning.
    source
        Where the value comes from.
    date
        Year of the source, or of the decision when the value is this project’s own choice.
    verified
        The passage that gives the value was read.
    """

    name: str
    value: float
    unit: str
    en: str
    fr: str
    source: str
    date: str
    verified: bool
