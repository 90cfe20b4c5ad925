"""What it means where: sectors of communes compared, weighted by dwellings, and scenarios replayed."""

from renewal_gis.territories.bands import access_bands, class_shares, within_reach
from renewal_gis.territories.built_up import built_up_distance
from renewal_gis.territories.comparison import compare, distribution, inventory, weighted_quantiles
from renewal_gis.territories.effects import CAUTIONS, EFFECTS, effect_sizes
from renewal_gis.territories.exposure import (
    hazard_exposure,
    scenario_access,
    service_capacity,
    social_housing,
)
from renewal_gis.territories.inequality import (
    Theil,
    concentration_index,
    gini,
    palma,
    poverty,
    theil,
)
from renewal_gis.territories.inequality_tables import inequality
from renewal_gis.territories.placing import commune_of, placing_findings
from renewal_gis.territories.rehousing import rehousing, scenario_differences
from renewal_gis.territories.scenarios import Scenario, check_scenarios
from renewal_gis.territories.sectors import locate, with_sectors
from renewal_gis.territories.standing import QUADRANTS, percentiles_among, two_axes
from renewal_gis.territories.succession import (
    Succession,
    day_of_vintage,
    with_codes_of_today,
    with_old_codes,
)
from renewal_gis.territories.telling import ten_lines
from renewal_gis.territories.whole import (
    Comparison,
    ScenarioFigures,
    compare_scenarios,
    compare_territory,
)

__all__ = [
    "CAUTIONS",
    "EFFECTS",
    "QUADRANTS",
    "Comparison",
    "Scenario",
    "ScenarioFigures",
    "Succession",
    "Theil",
    "access_bands",
    "built_up_distance",
    "check_scenarios",
    "class_shares",
    "commune_of",
    "compare",
    "compare_scenarios",
    "compare_territory",
    "concentration_index",
    "day_of_vintage",
    "distribution",
    "effect_sizes",
    "gini",
    "hazard_exposure",
    "inequality",
    "inventory",
    "locate",
    "palma",
    "percentiles_among",
    "placing_findings",
    "poverty",
    "rehousing",
    "scenario_access",
    "scenario_differences",
    "service_capacity",
    "social_housing",
    "ten_lines",
    "theil",
    "two_axes",
    "weighted_quantiles",
    "with_codes_of_today",
    "with_old_codes",
    "with_sectors",
    "within_reach",
]
