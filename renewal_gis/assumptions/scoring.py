"""Constants of scoring: draws, changes tried, thresholds of the second opinions."""

from __future__ import annotations

from renewal_gis.assumptions.record import OWN, OWN_FR, Assumption

__all__ = ["SCORING"]

SCORING: tuple[Assumption, ...] = (
    Assumption(
        name="smaa_draws",
        value=10_000.0,
        unit="weightings",
        en="Weightings drawn to test a ranking",
        fr="Pondérations tirées pour éprouver un classement",
        source=OWN + "; a share is then known within 1 point, 19 times out of 20",
        source_fr=OWN_FR + "\u202f; une part est alors connue à 1 point près, 19 fois sur 20",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="anchor_change",
        value=0.25,
        unit="share of the span",
        en="How much the span between anchors is widened and narrowed to test a ranking",
        fr="Élargissement et resserrement des bornes pour éprouver un classement",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="promethee_indifference",
        value=5.0,
        unit="points",
        en="Gap in points below which PROMETHEE prefers neither site",
        fr="Écart de points en deçà duquel PROMETHEE ne préfère aucun site",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="promethee_preference",
        value=25.0,
        unit="points",
        en="Gap in points from which PROMETHEE prefers a site fully",
        fr="Écart de points à partir duquel PROMETHEE préfère pleinement un site",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
)
