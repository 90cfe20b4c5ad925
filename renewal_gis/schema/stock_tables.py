"""What completes the stock: totals of the communes, registered social dwellings, miners' estates."""

from __future__ import annotations

from renewal_gis.schema.columns import Table, column, optional

__all__ = ["STOCK_SOURCES"]

STOCK_SOURCES: tuple[Table, ...] = (
    Table(
        name="commune_dwellings",
        index="INSEE code",
        en="Dwellings of each commune, that estimates are settled on",
        fr="Logements de chaque commune, sur lesquels les estimations sont calées",
        columns=(
            # INSEE estimates them from a sample: they have decimals.
            column("dwellings", "number", "Dwellings", "Logements", unit="dwellings", low=0),
        ),
    ),
    Table(
        name="social_dwellings",
        index="address",
        en="Registered social dwellings, joined to the buildings of the stock",
        fr="Logements sociaux du répertoire, rattachés aux bâtiments",
        geometry=("point", "polygon"),
        columns=(
            column("dwellings", "integer", "Dwellings", "Logements", unit="dwellings", low=0),
        ),
    ),
    Table(
        name="estates",
        index="estate",
        en="Miners’ estates, that flag the buildings of the stock",
        fr="Cités minières, qui signalent les bâtiments",
        geometry=("polygon",),
        columns=(optional("name", "text", "Name", "Nom"),),
    ),
)
