"""Numbers before their noun, in English and in French: one dwelling, two dwellings."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: float, one: str, many: str, *, language: str) -> str:
    """Return a number and its noun, which is singular below 2 in French and for 1 alone in English.

    Examples
    --------
    >>> counted(1, "step", "steps", language="en"), counted(0, "étape", "étapes", language="fr")
    ('1 step', '0 étape')
    >>> counted(1.5, "quarter", "quarters", language="en")
    '1.5 quarters'
    """
    single = abs(number) < 2 if language == "fr" else number == 1
    text = f"{number:g}" if number != int(number) else f"{int(number)}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {one if single else many}"
