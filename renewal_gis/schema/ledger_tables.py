"""The tables of the programme: the ledger of operations, and their milestones."""

from __future__ import annotations

from renewal_gis.schema.codes import FAMILIES, PRODUCTS, STEPS
from renewal_gis.schema.columns import Table, column, counted, optional
from renewal_gis.schema.usual_columns import COMMUNE

__all__ = ["LEDGER"]

_SIZES = tuple(
    counted(f"rooms_{count}", f"of which {count} rooms", f"dont T{count}") for count in range(1, 6)
)
# What the financial table of a convention holds beside the dwellings, one amount a funder.
_MONEY = tuple(
    optional(f"{name}_eur", "number", en, fr, unit="EUR", low=0)
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

LEDGER: tuple[Table, ...] = (
    Table(
        name="operations",
        index="operation",
        en="Programme ledger",
        fr="Opérations du programme",
        columns=(
            column("family", "text", "Family", "Famille", codes=FAMILIES),
            optional("name", "text", "Name", "Nom"),
            optional("project", "text", "Project", "Projet"),
            optional("convention", "text", "Convention", "Convention"),
            optional("contracting_authority", "text", "Contracting authority", "Maître d’ouvrage"),
            COMMUNE,
            optional("perimeter", "text", "Perimeter", "Périmètre", refers_to="perimeters"),
            optional("site", "text", "Site", "Site", refers_to="sites"),
            column(
                "dwellings",
                "integer",
                "Dwellings demolished, produced or treated",
                "Logements démolis, produits ou traités",
                unit="dwellings",
                low=0,
            ),
            counted("plai", "of which PLAI", "dont PLAI"),
            counted("plus", "of which PLUS", "dont PLUS"),
            counted("pls", "of which PLS", "dont PLS"),
            counted("intermediate", "of which intermediate rental", "dont intermédiaire"),
            counted("free", "of which free-market", "dont libre"),
            counted("mining", "of which mining estate", "dont parc minier"),
            counted("beds", "Hostel beds", "Lits de foyer", unit="beds"),
            optional("on_site", "flag", "On the site of the demolition", "Sur site"),
            optional(
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
            column("operation", "text", "Operation", "Opération", refers_to="operations"),
            column("step", "text", "Step", "Étape", codes=STEPS),
            optional("planned_before", "date", "Planned at the last meeting", "Prévu auparavant"),
            optional("planned_now", "date", "Planned now", "Prévu aujourd’hui"),
            optional("actual", "date", "Actual date", "Date réelle"),
        ),
    ),
)
