"""What a measure means where: communes, sectors, comparison weighted by dwellings."""

from renewal_gis.territories.comparison import compare, distribution, inventory, weighted_quantiles
from renewal_gis.territories.placing import commune_of, placing_findings
from renewal_gis.territories.sectors import locate, with_sectors

__all__ = [
    "commune_of",
    "compare",
    "distribution",
    "inventory",
    "locate",
    "placing_findings",
    "weighted_quantiles",
    "with_sectors",
]
