"""Constants of the sources: what is taken where a published file does not say it."""

from __future__ import annotations

from renewal_gis.assumptions.record import OWN, OWN_FR, Assumption

__all__ = ["SOURCES"]

SOURCES: tuple[Assumption, ...] = (
    Assumption(
        name="outline_tolerance",
        value=100.0,
        unit="m",
        en="Distance from the outline of its commune beyond which a point is told as misplaced",
        fr="Distance au contour de sa commune au-delà de laquelle un point est signalé",
        source=f"{OWN}; simplified outlines are good to some tens of metres",
        source_fr=f"{OWN_FR}\u202f; les contours simplifiés sont justes à quelques dizaines de mètres près",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="storey_height",
        value=3.0,
        unit="m",
        en="Height of a storey, where a building tells its height and not its storeys",
        fr="Hauteur d’un niveau, quand un bâtiment indique sa hauteur et non son nombre de niveaux",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="house_floor_area",
        value=110.0,
        unit="m² of floor",
        en="Gross floor area of a dwelling in a house, where no counted building of the file tells it",
        fr="Surface de plancher d’un logement en maison, quand aucun bâtiment compté ne l’indique",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="flat_floor_area",
        value=85.0,
        unit="m² of floor",
        en="Gross floor area of a dwelling in a block, where no counted building of the file tells it",
        fr="Surface de plancher d’un logement en immeuble, quand aucun bâtiment compté ne l’indique",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="rpls_join_limit",
        value=30.0,
        unit="m",
        en="Farthest an address of the register of social dwellings may lie from its building",
        fr="Distance maximale d’une adresse du répertoire des logements sociaux à son bâtiment",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="brownfield_density",
        value=40.0,
        unit="dwellings/ha",
        en="Dwellings a hectare of brownfield could hold, where nobody has said its capacity",
        fr="Logements par hectare de friche, quand la capacité n’en est pas indiquée",
        source=OWN,
        source_fr=OWN_FR,
        date="2026",
        verified=False,
    ),
)
