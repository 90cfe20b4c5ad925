"""What is told of a constant."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OWN", "OWN_FR", "Assumption"]

# The source of a value that no one published.
OWN = "choice of this project, to be argued with users"
OWN_FR = "choix du projet, à débattre avec les utilisateurs"


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
    source, source_fr
        Where the value comes from, in English and in French; titles and names stay as they are.
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
    source_fr: str
    date: str
    verified: bool
