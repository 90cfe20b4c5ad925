"""Every table of a study, declared once.

The checks, the reference page, the labels of maps and workbooks all come from these declarations.
"""

from __future__ import annotations

from renewal_gis.schema.basket import BASKET
from renewal_gis.schema.codes import (
    CONDITIONS,
    DESTINATIONS,
    FAMILIES,
    FATES,
    HAZARDS,
    LEVELS,
    MODES,
    PRODUCTS,
    QUALITIES,
    SECTORS,
    STEPS,
    TENURES,
    Codes,
)
from renewal_gis.schema.columns import Column, Kind, Table

__all__ = ["TABLES", "table"]


def _column(
    name: str,
    kind: Kind,
    en: str,
    fr: str,
    *,
    required: bool = True,
    missing: bool = False,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    codes: Codes | None = None,
    refers_to: str = "",
) -> Column:
    return Column(
        name=name,
        kind=kind,
        en=en,
        fr=fr,
        required=required,
        missing=missing,
        unit=unit,
        low=low,
        high=high,
        codes=codes or {},
        refers_to=refers_to,
    )


def _optional(name: str, kind: Kind, en: str, fr: str, **rest: object) -> Column:
    return _column(name, kind, en, fr, required=False, missing=True, **rest)  # type: ignore[arg-type]


def _dwellings(name: str, en: str, fr: str, *, unit: str = "dwellings") -> Column:
    return _optional(name, "integer", en, fr, unit=unit, low=0)


_COMMUNE = _optional(
    "commune", "text", "Commune (INSEE code)", "Commune (code INSEE)", refers_to="communes"
)
_NAME = _column("name", "text", "Name", "Nom")
_VINTAGE = _optional("vintage", "text", "Vintage of the source", "Millésime de la source")

_SIZES = tuple(
    _dwellings(f"rooms_{count}", f"of which {count} rooms", f"dont T{count}")
    for count in range(1, 6)
)
# What the financial table of a convention holds beside the dwellings, one amount a funder.
_MONEY = tuple(
    _optional(f"{name}_eur", "number", en, fr, unit="EUR", low=0)
    for name, en, fr in (
        ("base", "Base of the subsidy", "Assiette subventionnable"),
        ("anru", "ANRU", "ANRU"),
        ("region", "Region", "Région"),
        ("department", "Department", "Département"),
        ("epci", "Inter-municipal body", "EPCI"),
        ("municipality", "Municipality", "Commune"),
        ("landlord", "Social landlord", "Bailleur"),
        ("loans", "Loans", "Prêts"),
        ("other", "Other funders", "Autres financeurs"),
    )
)

TABLES: tuple[Table, ...] = (
    Table(
        name="communes",
        index="INSEE code",
        en="Communes of the study area",
        fr="Communes du territoire",
        geometry=("polygon",),
        columns=(
            _NAME,
            _optional("population", "integer", "Residents", "Habitants", unit="residents", low=0),
            _optional(
                "epci",
                "text",
                "Inter-municipal body (SIREN); membership has a date",
                "EPCI (SIREN) ; l’appartenance a une date",
            ),
            _optional("sector", "text", "Sector", "Secteur", codes=SECTORS),
        ),
    ),
    Table(
        name="stock",
        index="building",
        en="Residential buildings",
        fr="Bâtiments d’habitation",
        geometry=("polygon", "point"),
        columns=(
            _column("dwellings", "integer", "Dwellings", "Logements", unit="dwellings", low=0),
            _dwellings("vacant", "Vacant dwellings", "Logements vacants"),
            _optional("tenure", "text", "Tenure", "Statut d’occupation", codes=TENURES),
            _optional(
                "built_year",
                "integer",
                "Year built",
                "Année de construction",
                low=1000,
                high=2100,
            ),
            _optional("condition", "text", "Condition", "État", codes=CONDITIONS),
            _optional("fate", "text", "Fate in the programme", "Devenir", codes=FATES),
            _optional("perimeter", "text", "Perimeter", "Périmètre", refers_to="perimeters"),
            _COMMUNE,
        ),
    ),
    Table(
        name="perimeters",
        index="perimeter",
        en="Perimeters of renewal projects",
        fr="Périmètres des projets de renouvellement",
        geometry=("polygon",),
        columns=(
            _NAME,
            _column(
                "programme",
                "text",
                "Programme (PNRU, NPNRU, ERBM, QPV…)",
                "Programme (PNRU, NPNRU, ERBM, QPV…)",
            ),
            _optional("project", "text", "Project", "Projet"),
            _optional("convention", "text", "Convention", "Convention"),
            _column(
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
            _NAME,
            _COMMUNE,
            _column(
                "capacity",
                "integer",
                "Dwellings the site can hold",
                "Capacité en logements",
                unit="dwellings",
                low=0,
            ),
            _optional(
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
            _column(
                "group",
                "text",
                "Basket group",
                "Groupe du panier",
                codes={group.id: (group.en, group.fr) for group in BASKET},
            ),
            _optional("name", "text", "Name", "Nom"),
            _optional(
                "source_code",
                "text",
                "Code in the source (BPE type, OpenStreetMap tag)",
                "Code dans la source (type BPE, étiquette OpenStreetMap)",
            ),
            _optional("capacity", "number", "Capacity", "Capacité", unit="places", low=0),
            _VINTAGE,
        ),
    ),
    Table(
        name="destinations",
        index="destination",
        en="Named destinations of travel: hospital, station, university, employment zones",
        fr="Destinations nommées : hôpital, gare, université, zones d’emploi",
        geometry=("point", "polygon"),
        columns=(
            _column("name", "text", "Name", "Nom"),
            _column("group", "text", "Kind", "Nature", codes=DESTINATIONS),
            _optional("jobs", "number", "Jobs", "Emplois", unit="jobs", low=0),
            _VINTAGE,
        ),
    ),
    Table(
        name="streets",
        index="edge",
        en="Street network",
        fr="Réseau de rues",
        geometry=("line",),
        columns=(
            _optional("u", "text", "First node", "Nœud de départ"),
            _optional("v", "text", "Last node", "Nœud d’arrivée"),
            _optional("length_m", "number", "Length", "Longueur", unit="m", low=0),
            _optional("ascent_m", "number", "Ascent from u to v", "Dénivelé de u à v", unit="m"),
            _optional("walkable", "flag", "Open to walkers", "Ouvert aux piétons"),
            _optional(
                "linkable", "flag", "Places may be joined to it", "Des lieux peuvent y accéder"
            ),
            _optional("kind", "text", "Class of street", "Classe de voie"),
            _optional("name", "text", "Name", "Nom"),
            _optional("bridge", "flag", "On a bridge", "Sur un pont"),
            _optional(
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
            _NAME,
            _column("mode", "text", "Best mode that calls", "Meilleur mode desservi", codes=MODES),
            _column(
                "departures_day",
                "integer",
                "Departures in the service day",
                "Départs dans la journée",
                unit="departures",
                low=0,
            ),
            _column(
                "departures_h",
                "number",
                "Departures per hour in the window",
                "Départs par heure dans la plage",
                unit="departures/h",
                low=0,
            ),
            _optional("lines", "text", "Lines that call", "Lignes desservies"),
        ),
    ),
    Table(
        name="operations",
        index="operation",
        en="Programme ledger",
        fr="Opérations du programme",
        columns=(
            _column("family", "text", "Family", "Famille", codes=FAMILIES),
            _optional("name", "text", "Name", "Nom"),
            _optional("project", "text", "Project", "Projet"),
            _optional("convention", "text", "Convention", "Convention"),
            _optional("contracting_authority", "text", "Contracting authority", "Maître d’ouvrage"),
            _COMMUNE,
            _optional("perimeter", "text", "Perimeter", "Périmètre", refers_to="perimeters"),
            _optional("site", "text", "Site", "Site", refers_to="sites"),
            _column(
                "dwellings",
                "integer",
                "Dwellings demolished, produced or treated",
                "Logements démolis, produits ou traités",
                unit="dwellings",
                low=0,
            ),
            _dwellings("plai", "of which PLAI", "dont PLAI"),
            _dwellings("plus", "of which PLUS", "dont PLUS"),
            _dwellings("pls", "of which PLS", "dont PLS"),
            _dwellings("intermediate", "of which intermediate rental", "dont intermédiaire"),
            _dwellings("free", "of which free-market", "dont libre"),
            _dwellings("mining", "of which mining estate", "dont parc minier"),
            _dwellings("beds", "Hostel beds", "Lits de foyer", unit="beds"),
            _optional("on_site", "flag", "On the site of the demolition", "Sur site"),
            _optional(
                "product",
                "text",
                "Product of every dwelling of the row",
                "Produit de tous les logements de la ligne",
                codes=PRODUCTS,
            ),
            *_SIZES,
            *_MONEY,
        ),
    ),
    Table(
        name="milestones",
        index="milestone",
        en="Milestones of the operations",
        fr="Jalons des opérations",
        columns=(
            _column("operation", "text", "Operation", "Opération", refers_to="operations"),
            _column("step", "text", "Step", "Étape", codes=STEPS),
            _optional("planned_before", "date", "Planned at the last meeting", "Prévu auparavant"),
            _optional("planned_now", "date", "Planned now", "Prévu aujourd’hui"),
            _optional("actual", "date", "Actual date", "Date réelle"),
        ),
    ),
    Table(
        name="constraints",
        index="zone",
        en="Constraints on land",
        fr="Contraintes du sol",
        geometry=("polygon", "point", "line"),
        columns=(
            _column("kind", "text", "Kind", "Nature", codes=HAZARDS),
            _column("level", "text", "Level", "Niveau", codes=LEVELS),
            _optional("name", "text", "Name", "Nom"),
            _optional("source", "text", "Source", "Source"),
            _VINTAGE,
            _optional(
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
            _column(
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
            _optional("name", "text", "Name", "Nom"),
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
