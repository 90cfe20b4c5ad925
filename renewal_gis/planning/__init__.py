"""What can be decided: the programme ledger, the rules that judge it, where it goes, and when."""

from renewal_gis.planning.allocation import place
from renewal_gis.planning.allocation_conflict import Conflict, find_conflict
from renewal_gis.planning.allocation_front import Front, pareto_front, rule_prices
from renewal_gis.planning.allocation_plan import Plan, verify
from renewal_gis.planning.allocation_problem import Problem, Rules
from renewal_gis.planning.allocation_solver import Progress, stoppable
from renewal_gis.planning.calendar_dates import (
    calendar_dates,
    critical_paths,
    deadline_checks,
    require_slip,
    slippage,
    what_if,
)
from renewal_gis.planning.calendar_links import calendar_findings, milestone_links
from renewal_gis.planning.calendar_stock import (
    Account,
    Balance,
    dwelling_account,
    stock_balance,
)
from renewal_gis.planning.definitions import DEFINITIONS, Definition, definition
from renewal_gis.planning.disclosure import suppressed
from renewal_gis.planning.flows import flow_lines, origin_balance, reconstitution_flows
from renewal_gis.planning.half_years import half_year, half_years_between, milestone_dates
from renewal_gis.planning.ledger import (
    CUTS,
    ledger_entries,
    ledger_totals,
    one_for_one,
    programme_totals,
)
from renewal_gis.planning.ledger_checks import ledger_findings, programme_findings
from renewal_gis.planning.reconciliation import reconcile, reconciliation
from renewal_gis.planning.reconstitution import STAGES, cumulative_gap, reconstitution
from renewal_gis.planning.rules import (
    PROFILES,
    SEVERITIES,
    VERDICTS,
    Field,
    Override,
    Rule,
    RuleBook,
    evaluate,
)
from renewal_gis.planning.rules_facts import programme_facts
from renewal_gis.planning.rules_reading import catalogue, read_rules, with_rules

__all__ = [
    "CUTS",
    "DEFINITIONS",
    "PROFILES",
    "SEVERITIES",
    "STAGES",
    "VERDICTS",
    "Account",
    "Balance",
    "Conflict",
    "Definition",
    "Field",
    "Front",
    "Override",
    "Plan",
    "Problem",
    "Progress",
    "Rule",
    "RuleBook",
    "Rules",
    "calendar_dates",
    "calendar_findings",
    "catalogue",
    "critical_paths",
    "cumulative_gap",
    "deadline_checks",
    "definition",
    "dwelling_account",
    "evaluate",
    "find_conflict",
    "flow_lines",
    "half_year",
    "half_years_between",
    "ledger_entries",
    "ledger_findings",
    "ledger_totals",
    "milestone_dates",
    "milestone_links",
    "one_for_one",
    "origin_balance",
    "pareto_front",
    "place",
    "programme_facts",
    "programme_findings",
    "programme_totals",
    "read_rules",
    "reconcile",
    "reconciliation",
    "reconstitution",
    "reconstitution_flows",
    "require_slip",
    "rule_prices",
    "slippage",
    "stock_balance",
    "stoppable",
    "suppressed",
    "verify",
    "what_if",
    "with_rules",
]
