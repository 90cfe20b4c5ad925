"""A site's score and rank as they are printed everywhere."""

from __future__ import annotations

import pandas as pd

from renewal_gis.publishing.pack.text import number
from renewal_gis.publishing.pack.words import say

__all__ = ["rank_of", "score_of"]


def score_of(row: pd.Series, language: str) -> str:
    """Return a score as printed: a number, an interval, or that there is none."""
    if pd.notna(row.get("score")):
        return number(row["score"], language, decimals=1)
    if pd.notna(row.get("score_low")) and pd.notna(row.get("score_high")):
        ends = [number(row[key], language, decimals=1) for key in ("score_low", "score_high")]
        return "–".join(ends)
    return say("score.none", language)


def rank_of(row: pd.Series, language: str) -> str:
    """Return a rank as printed: a number, an interval, or that there is none."""
    if pd.notna(row.get("rank")):
        return say("rank.known", language, rank=int(row["rank"]))
    if pd.notna(row.get("rank_best")) and pd.notna(row.get("rank_worst")):
        ends = {"best": int(row["rank_best"]), "worst": int(row["rank_worst"])}
        return say("rank.between", language, **ends)
    return say("rank.none", language)
