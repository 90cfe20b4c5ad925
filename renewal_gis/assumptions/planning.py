"""Constants of the programme: products, small counts, shortest times between milestones."""

from __future__ import annotations

from renewal_gis.assumptions.record import OWN, OWN_FR, Assumption

__all__ = ["PLANNING"]

PLANNING: tuple[Assumption, ...] = (
    Assumption(
        name="beds_per_dwelling",
        value=1.0,
        unit="beds",
        en="Hostel beds that count as one dwelling, in the definition of one-for-one that counts beds",
        fr="Lits de foyer qui comptent pour un logement, dans la définition qui compte les lits",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="small_count",
        value=11.0,
        unit="households",
        en="Smallest count of households that is published",
        fr="Plus petit nombre de ménages publié",
        source="professional use in France for household counts; no source read",
        source_fr="usage professionnel en France pour les ménages\u202f; aucune source consultée",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="plai_share",
        value=0.6,
        unit="share of PLAI + PLUS",
        en="Least share of PLAI among rebuilt social dwellings, NPNRU",
        fr="Part minimale de PLAI dans la reconstitution, NPNRU",
        source="APVF, 3 February 2016, on the conventions of the new programme; by convention: not read",
        source_fr=(
            "APVF, 3 février 2016, sur les conventions du nouveau programme\u202f; le texte sur "
            "l’appréciation par convention n’a pas été consulté"
        ),
        date="2016",
        verified=True,
    ),
    Assumption(
        name="social_ceiling",
        value=0.5,
        unit="share of main residences",
        en="Share of social dwellings above which a commune takes no more",
        fr="Part de logements sociaux au-delà de laquelle une commune n’en reçoit plus",
        source="professional use, NPNRU; no source read",
        source_fr="usage professionnel, NPNRU\u202f; aucune source consultée",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="rehoused_to_demolished",
        value=90,
        unit="days",
        en="Shortest time from the last household rehoused to the demolition",
        fr="Délai minimal entre le dernier relogement et la démolition",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="permit_to_works",
        value=60,
        unit="days",
        en="Shortest time from the permit to the order of works",
        fr="Délai minimal entre le permis et l’ordre de service",
        source="two months of third-party appeal, professional knowledge; no source read",
        source_fr="recours des tiers de deux mois, usage professionnel\u202f; aucune source consultée",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="works_to_delivery",
        value=365,
        unit="days",
        en="Shortest time from the order of works to the delivery",
        fr="Délai minimal entre l’ordre de service et la livraison",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
)
