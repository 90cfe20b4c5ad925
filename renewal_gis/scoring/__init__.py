"""What a measure is worth: value functions, the ranking of record, its tests, the vetoes beside it."""

from renewal_gis.scoring.advances import (
    Gain,
    Hold,
    WeightChange,
    first_hold,
    smallest_gain,
    smallest_weight_change,
)
from renewal_gis.scoring.constraints import constraint_shares, vetoes
from renewal_gis.scoring.criteria import GROUPS, Anchors, Criterion, points, value_worth
from renewal_gis.scoring.explanation import explain
from renewal_gis.scoring.opinions import OPINIONS, agreement, pareto, second_opinions
from renewal_gis.scoring.orders import Statement
from renewal_gis.scoring.ranking import Ranking, rank
from renewal_gis.scoring.robustness import Robustness, robustness
from renewal_gis.scoring.sets import (
    CRITERIA_SETS,
    INSEE_PROXIMITY,
    CriteriaSet,
    criteria_set,
    criteria_table,
)
from renewal_gis.scoring.smaa import Acceptability, smaa
from renewal_gis.scoring.stability import anchor_changes, leave_one_out, weight_intervals
from renewal_gis.scoring.weightings import draw_weightings

__all__ = [
    "CRITERIA_SETS",
    "GROUPS",
    "INSEE_PROXIMITY",
    "OPINIONS",
    "Acceptability",
    "Anchors",
    "CriteriaSet",
    "Criterion",
    "Gain",
    "Hold",
    "Ranking",
    "Robustness",
    "Statement",
    "WeightChange",
    "agreement",
    "anchor_changes",
    "constraint_shares",
    "criteria_set",
    "criteria_table",
    "draw_weightings",
    "explain",
    "first_hold",
    "leave_one_out",
    "pareto",
    "points",
    "rank",
    "robustness",
    "second_opinions",
    "smaa",
    "smallest_gain",
    "smallest_weight_change",
    "value_worth",
    "vetoes",
    "weight_intervals",
]
