"""How well a ranking stands: the tests of its weights, its anchors and its criteria, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.scoring.criteria import GROUPS
from renewal_gis.scoring.orders import Statement
from renewal_gis.scoring.ranking import Ranking
from renewal_gis.scoring.smaa import Acceptability, smaa
from renewal_gis.scoring.stability import anchor_changes, leave_one_out, weight_intervals

__all__ = ["Robustness", "robustness"]

_COUNTS = {
    "en": ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "fr": ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
}
_WORDS = {
    "en": {
        "first": "Site {site}: first in {share} of the weightings{stated}",
        "among": ", among the first {top} in {share}",
        "none": "none",
        "all": "all",
        "percent": " %",
        "under": "under {share}",
        "over": "over {share}",
        "range": "{low} to {high}",
        "before": "{more} before {less}",
    },
    "fr": {
        "first": "Site {site}\u00a0: premier dans {share}{stated}",
        "among": ", parmi les {top} premiers dans {share}",
        "none": "aucune",
        "all": "toutes",
        "percent": "\u202f%",
        "under": "moins de {share}",
        "over": "plus de {share}",
        "range": "{low} à {high}",
        "before": "{more} avant {less}",
    },
}
# In French the noun does not follow "all", "none" and "62 %" alike.
_OF_WEIGHTINGS = {"aucune": "aucune des pondérations", "toutes": "toutes les pondérations"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Robustness:
    """What became of a ranking when it was put to the test.

    Attributes
    ----------
    acceptability
        Ranks under weightings drawn at random; result of `smaa`.
    weights
        How far each weight may go; result of `weight_intervals`.
    anchors
        Wider and narrower anchors; result of `anchor_changes`.
    left_out
        Each criterion withdrawn in turn; result of `leave_one_out`.
    labels
        Criteria and groups as named in sentences: name → (English, French).
    """

    acceptability: Acceptability
    weights: pd.DataFrame
    anchors: pd.DataFrame
    left_out: pd.DataFrame
    labels: dict[str, tuple[str, str]]

    def sentence(self, site: str, *, language: Literal["en", "fr"] = "fr") -> str:
        """Say in one sentence how often a site comes first, and among the first.

        Parameters
        ----------
        site
            Identifier of the site.
        language
            `en` or `fr`.

        Raises
        ------
        DataError
            When the site is not in the ranking.

        Notes
        -----
        Percentages are whole; one that is neither 0 nor 100 is never printed so. A site whose rank
        depends on a missing measure has a range: surely, and at most.
        """
        shares = self.acceptability.shares
        if site not in shares.index:
            known = ", ".join(map(str, shares.index))
            raise DataError(f"No site called {site!r}. The sites are: {known}.")
        words, row, top = _WORDS[language], shares.loc[site], self.acceptability.top
        first = _share(row["first"], row["first_possible"], words)
        if language == "fr":
            first = _OF_WEIGHTINGS.get(first, f"{first} des pondérations")
        told = words["first"].format(site=site, share=first, stated=self._stated(language))
        if top < len(shares) and top > 1:
            count = _COUNTS[language][top - 1] if top <= len(_COUNTS[language]) else str(top)
            among = _share(row["among_first"], row["among_first_possible"], words)
            told += words["among"].format(top=count, share=among)
        return f"{told}."

    def sentences(self, *, language: Literal["en", "fr"] = "fr") -> pd.Series:
        """Return one sentence per site, on the sites' index."""
        index = self.acceptability.shares.index
        told = [self.sentence(site, language=language) for site in index]
        return pd.Series(told, index=index, name="robustness", dtype=object)

    def _stated(self, language: Literal["en", "fr"]) -> str:
        place = 1 if language == "fr" else 0
        told = [
            _WORDS[language]["before"].format(
                more=self.labels[more][place], less=self.labels[less][place]
            )
            for more, less in self.acceptability.statements
        ]
        return f" ({', '.join(told)})" if told else ""


def robustness(
    ranking: Ranking,
    *,
    statements: Sequence[Statement] = (),
    draws: int | None = None,
    seed: int = 0,
    top: int = 5,
    change: float | None = None,
) -> Robustness:
    """Put a ranking to the test: weights drawn and moved, anchors widened and narrowed, criteria withdrawn.

    Parameters
    ----------
    ranking
        Result of `rank`.
    statements, draws, seed, top
        As in `smaa`.
    change
        As in `anchor_changes`.

    Returns
    -------
    Robustness

    Raises
    ------
    UsageError
        As in `smaa`.

    Examples
    --------
    >>> from renewal_gis.scoring import Criterion, rank
    >>> table = pd.DataFrame({"a": [10.0, 0.0], "b": [0.0, 10.0]}, index=["A", "B"])
    >>> both = [Criterion(name=name, measure=name, best=10, worst=0) for name in "ab"]
    >>> robustness(rank(table, both), statements=[("a", "b")]).sentence("A", language="en")
    'Site A: first in all of the weightings (a before b).'
    """
    labels = {c.name: (c.en or c.name, c.fr or c.name) for c in ranking.criteria}
    return Robustness(
        acceptability=smaa(ranking, statements=statements, draws=draws, seed=seed, top=top),
        weights=weight_intervals(ranking),
        anchors=anchor_changes(ranking, change=change),
        left_out=leave_one_out(ranking),
        labels={**GROUPS, **labels},
    )


def _share(low: float, high: float, words: dict[str, str]) -> str:
    """Return a share, or the range between two, as words."""
    if low != high:
        ends = words["range"].format(low=floor(100 * low), high=ceil(100 * high))
        return f"{ends}{words['percent']}"
    if low in (0.0, 1.0):
        return words["all" if low else "none"]
    if low < 0.005:
        return words["under"].format(share=f"1{words['percent']}")
    if low > 0.995:
        return words["over"].format(share=f"99{words['percent']}")
    return f"{low * 100:.0f}{words['percent']}"
