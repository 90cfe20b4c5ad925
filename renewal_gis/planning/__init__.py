"""What can be decided: the programme ledger and its totals."""

from renewal_gis.planning.ledger import ledger_findings, one_for_one, programme_totals

__all__ = ["ledger_findings", "one_for_one", "programme_totals"]
