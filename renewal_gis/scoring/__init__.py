"""What a measure is worth: value functions with fixed anchors, the ranking, the vetoes beside it."""

from renewal_gis.scoring.constraints import constraint_shares, vetoes
from renewal_gis.scoring.criteria import Criterion, points
from renewal_gis.scoring.explanation import explain
from renewal_gis.scoring.ranking import Ranking, rank

__all__ = ["Criterion", "Ranking", "constraint_shares", "explain", "points", "rank", "vetoes"]
