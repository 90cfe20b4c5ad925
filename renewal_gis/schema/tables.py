"""Every table of a study, declared once.

The checks, the reference page, the labels of maps and workbooks all come from these declarations.
"""

from __future__ import annotations

from renewal_gis.schema.codes import (
    CONDITIONS,
    DESTINATIONS,
    FATES,
    HAZARDS,
    LEVELS,
    METHODS,
    MODES,
    QUALITIES,
    SECTORS,
    TENURES,
)
from renewal_gis.schema.columns import Table, column, counted, optional
from renewal_gis.schema.ledger_tables import LEDGER
from renewal_gis.schema.proximity import SERVICE_GROUPS
from renewal_gis.schema.stock_tables import STOCK_SOURCES
from renewal_gis.schema.usual_columns import COMMUNE, NAME, VINTAGE

__all__ = ["TABLES", "table"]


TABLES: tuple[Table, ...] = (
    Table(
        name="communes",
        index="INSEE code",
        en="Communes of the study area",
        fr="Communes du territoire",
        geometry=("polygon",),
        columns=(
            NAME,
            optional("population", "integer", "Residents", "Habitants", unit="residents", low=0),
            optional(
                "epci",
                "text",
                "Inter-municipal body (SIREN); membership has a date",
                "EPCI (SIREN) ; l’appartenance a une date",
            ),
            optional(
                "old_codes",
                "text",
                "Codes of the communes that merged into it, a space between",
                "Codes des communes qu’elle a absorbées, séparés par une espace",
            ),
            optional("sector", "text", "Sector", "Secteur", codes=SECTORS),
        ),
    ),
    Table(
        name="stock",
        index="building",
        en="Residential buildings",
        fr="Bâtiments d’habitation",
        geometry=("polygon", "point"),
        columns=(
            column("dwellings", "integer", "Dwellings", "Logements", unit="dwellings", low=0),
            optional(
                "dwellings_method",
                "text",
                "How the dwellings are known",
                "D’où vient le nombre de logements",
                codes=METHODS,
            ),
            counted("vacant", "Vacant dwellings", "Logements vacants"),
            counted("social_dwellings", "of which social (RPLS)", "dont locatif social (RPLS)"),
            optional("tenure", "text", "Tenure", "Statut d’occupation", codes=TENURES),
            optional(
                "built_year",
                "integer",
                "Year built",
                "Année de construction",
                low=1000,
                high=2100,
            ),
            optional("storeys", "integer", "Storeys", "Niveaux", unit="storeys", low=0, high=200),
            optional("height_m", "number", "Height", "Hauteur", unit="m", low=0),
            optional("condition", "text", "Condition", "État", codes=CONDITIONS),
            optional("fate", "text", "Fate in the programme", "Devenir", codes=FATES),
            optional("perimeter", "text", "Perimeter", "Périmètre", refers_to="perimeters"),
            optional("estate", "text", "Miners’ estate", "Cité minière"),
            COMMUNE,
        ),
    ),
    *STOCK_SOURCES,
    Table(
        name="perimeters",
        index="perimeter",
        en="Perimeters of renewal projects",
        fr="Périmètres des projets de renouvellement",
        geometry=("polygon",),
        columns=(
            NAME,
            column(
                "programme",
                "text",
                "Programme (PNRU, NPNRU, ERBM, QPV…)",
                "Programme (PNRU, NPNRU, ERBM, QPV…)",
            ),
            optional("project", "text", "Project", "Projet"),
            optional("convention", "text", "Convention", "Convention"),
            column(
                "geometry_quality",
                "text",
                "Quality of the outline",
                "Qualité du contour",
                codes=QUALITIES,
            ),
        ),
    ),
    Table(
        name="sites",
        index="site",
        en="Candidate sites for reconstruction",
        fr="Sites candidats à la reconstruction",
        geometry=("polygon",),
        columns=(
            NAME,
            COMMUNE,
            column(
                "capacity",
                "integer",
                "Dwellings the site can hold",
                "Capacité en logements",
                unit="dwellings",
                low=0,
            ),
            optional(
                "scenario",
                "text",
                "Scenario the site belongs to",
                "Scénario auquel le site appartient",
            ),
        ),
    ),
    Table(
        name="services",
        index="service",
        en="Services of the basket",
        fr="Services du panier",
        geometry=("point",),
        columns=(
            column(
                "group",
                "text",
                "Group: of the basket, or of INSEE’s types of proximity",
                "Groupe : du panier, ou des types de proximité de l’INSEE",
                codes=SERVICE_GROUPS,
            ),
            optional("name", "text", "Name", "Nom"),
            optional(
                "source_code",
                "text",
                "Code in the source (BPE type, OpenStreetMap tag)",
                "Code dans la source (type BPE, étiquette OpenStreetMap)",
            ),
            optional("capacity", "number", "Capacity", "Capacité", unit="places", low=0),
            VINTAGE,
        ),
    ),
    Table(
        name="destinations",
        index="destination",
        en="Named destinations of travel: hospital, station, university, employment zones",
        fr="Destinations nommées : hôpital, gare, université, zones d’emploi",
        geometry=("point", "polygon"),
        columns=(
            column("name", "text", "Name", "Nom"),
            column("group", "text", "Kind", "Nature", codes=DESTINATIONS),
            optional("jobs", "number", "Jobs", "Emplois", unit="jobs", low=0),
            VINTAGE,
        ),
    ),
    Table(
        name="streets",
        index="edge",
        en="Street network",
        fr="Réseau de rues",
        geometry=("line",),
        columns=(
            optional("u", "text", "First node", "Nœud de départ"),
            optional("v", "text", "Last node", "Nœud d’arrivée"),
            optional("length_m", "number", "Length", "Longueur", unit="m", low=0),
            optional("ascent_m", "number", "Ascent from u to v", "Dénivelé de u à v", unit="m"),
            optional("walkable", "flag", "Open to walkers", "Ouvert aux piétons"),
            optional(
                "linkable", "flag", "Places may be joined to it", "Des lieux peuvent y accéder"
            ),
            optional("kind", "text", "Class of street", "Classe de voie"),
            optional("name", "text", "Name", "Nom"),
            optional("bridge", "flag", "On a bridge", "Sur un pont"),
            optional(
                "crossings",
                "number",
                "Road crossings on the way along the edge",
                "Traversées de chaussée le long du tronçon",
                unit="crossings",
                low=0,
            ),
        ),
    ),
    Table(
        name="stops",
        index="stop",
        en="Transit stops with the departures of the service day",
        fr="Arrêts et leurs départs du jour de service",
        geometry=("point",),
        columns=(
            NAME,
            column("mode", "text", "Best mode that calls", "Meilleur mode desservi", codes=MODES),
            column(
                "departures_day",
                "integer",
                "Departures in the service day",
                "Départs dans la journée",
                unit="departures",
                low=0,
            ),
            column(
                "departures_h",
                "number",
                "Departures per hour in the window",
                "Départs par heure dans la plage",
                unit="departures/h",
                low=0,
            ),
            optional("lines", "text", "Lines that call", "Lignes desservies"),
        ),
    ),
    *LEDGER,
    Table(
        name="constraints",
        index="zone",
        en="Constraints on land",
        fr="Contraintes du sol",
        geometry=("polygon", "point", "line"),
        columns=(
            column("kind", "text", "Kind", "Nature", codes=HAZARDS),
            column("level", "text", "Level", "Niveau", codes=LEVELS),
            optional("name", "text", "Name", "Nom"),
            optional("source", "text", "Source", "Source"),
            VINTAGE,
            optional(
                "geometry_quality",
                "text",
                "Quality of the outline",
                "Qualité du contour",
                codes=QUALITIES,
            ),
        ),
    ),
    Table(
        name="backdrop",
        index="shape",
        en="Water, railways and built-up land drawn under the map",
        fr="Eau, voies ferrées et tissu urbain dessinés sous la carte",
        geometry=("line", "polygon"),
        columns=(
            column(
                "kind",
                "text",
                "What is drawn",
                "Objet dessiné",
                codes={
                    "water": ("Water", "Eau"),
                    "rail": ("Railway", "Voie ferrée"),
                    "tram": ("Tramway", "Tramway"),
                    "green": ("Woodland and parks", "Bois et parcs"),
                },
            ),
            optional("name", "text", "Name", "Nom"),
        ),
    ),
)

_BY_NAME = {declared.name: declared for declared in TABLES}


def table(name: str) -> Table:
    """Return the declaration of the table called `name`.

    Raises
    ------
    KeyError
        When no table has this name.

    Examples
    --------
    >>> table("sites").column("capacity").unit
    'dwellings'
    """
    return _BY_NAME[name]
