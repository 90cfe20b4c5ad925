"""Constants of the comparison of territories: draws, clusters, the lines of the two axes."""

from __future__ import annotations

from renewal_gis.assumptions.record import OWN, OWN_FR, Assumption

__all__ = ["TERRITORIES"]

TERRITORIES: tuple[Assumption, ...] = (
    Assumption(
        name="bootstrap_draws",
        value=1000.0,
        unit="draws",
        en="Draws of a bootstrap interval",
        fr="Tirages d’un intervalle par rééchantillonnage",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="clusters_least",
        value=5.0,
        unit="communes in a sector",
        en="With fewer, buildings are drawn instead of communes",
        fr="En deçà, les tirages portent sur les bâtiments et non sur les communes",
        source="Cameron, Gelbach and Miller (2008): few clusters are five to thirty",
        source_fr="Cameron, Gelbach et Miller (2008)\u202f: peu de grappes, soit de cinq à trente",
        date="2008",
        verified=True,
    ),
    Assumption(
        name="clusters_enough",
        value=30.0,
        unit="communes in a sector",
        en="With fewer, an interval drawn by commune is told to be too narrow",
        fr="En deçà, un intervalle tiré par commune est signalé comme trop étroit",
        source="Cameron, Gelbach and Miller (2008): few clusters are five to thirty",
        source_fr="Cameron, Gelbach et Miller (2008)\u202f: peu de grappes, soit de cinq à trente",
        date="2008",
        verified=True,
    ),
    Assumption(
        name="access_line",
        value=50.0,
        unit="points out of 100",
        en="A site with this score or more is well served, in the reading on two axes",
        fr="Un site de ce score ou plus est bien desservi, dans la lecture à deux axes",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="constraint_line",
        value=0.25,
        unit="share of the site’s area",
        en="A site with a larger share under one constraint is constrained, in the reading on two axes",
        fr="Un site dont une part plus grande est sous une même contrainte est contraint, sur deux axes",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="built_up_dwellings",
        value=50.0,
        unit="dwellings",
        en="As many dwellings within a distance of a site’s edge tell how near the built-up area is",
        fr="Nombre de logements à partir duquel le bâti compte, pour sa distance au bord d’un site",
        source=f"{OWN}; stands in for an outline of the built-up area",
        source_fr=f"{OWN_FR}\u202f; tient lieu de contour de l’enveloppe bâtie",
        date="2026",
        verified=False,
    ),
)
