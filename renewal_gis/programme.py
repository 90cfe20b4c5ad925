"""The programme of a study: totals that agree, one for one, flows, verdicts, dates, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from renewal_gis import planning
from renewal_gis.config import Settings
from renewal_gis.config.programme import Programme
from renewal_gis.errors import DataError
from renewal_gis.loading import Study
from renewal_gis.programme_alerts import alerts
from renewal_gis.programme_calendar import Calendar, calendar, published_balance
from renewal_gis.programme_verdicts import verdicts
from renewal_gis.schema import PRODUCTS, Finding, errors_in, sentence

__all__ = ["ProgrammeReport", "asked_of", "programme_report", "programme_tables"]

_CUTS = ("project", "convention", "commune", "half_year")
_COUNTED = ("dwellings", *PRODUCTS, "product", "mining", "beds", "on_site")
_LINES_SHOWN = 12
_NOT_LOST = "The totals would be false without it: correct it in the ledger."


@dataclass(frozen=True, kw_only=True, eq=False)
class ProgrammeReport:
    """What a run says of the programme.

    Attributes
    ----------
    totals
        Dwellings demolished and rebuilt by convention, last row `total`; see
        `planning.programme_totals`.
    cuts
        The same by project, convention, commune, product and half-year: `cut`, `key`, `demolished`,
        `rebuilt`, `net`, and the operations behind each number.
    reconciliation
        Every comparison of totals; all agree, or the run had stopped.
    one_for_one
        Every definition at every stage, for the whole (`cut` and `key` empty) and by project,
        convention, commune and half-year.
    gap
        Dwellings demolished and not yet rebuilt, by definition and half-year, at the dates expected and
        at those planned before (`dates`); empty without milestones.
    flows, origins
        From the place lost to the place rebuilt; and what each perimeter loses and gets back.
    flow_lines
        The flows that have both ends, as lines or points in the study's CRS.
    verdicts
        One row per rule and subject; see `planning.evaluate`.
    calendar
        Dates, critical paths, deadlines, stock balance; None without milestones.
    alerts
        What a meeting should look at, the gravest first: `level`, `kind`, `en`, `fr`, `rows`.
    findings
        What stays true but must be known.
    """

    totals: pd.DataFrame
    cuts: pd.DataFrame
    reconciliation: pd.DataFrame
    one_for_one: pd.DataFrame
    gap: pd.DataFrame
    flows: pd.DataFrame
    origins: pd.DataFrame
    flow_lines: gpd.GeoDataFrame
    verdicts: pd.DataFrame
    calendar: Calendar | None
    alerts: pd.DataFrame
    findings: tuple[Finding, ...]


def asked_of(settings: Settings) -> Programme:
    """Return what a study file asks of its programme; the usual when it says nothing."""
    return settings.programme


def programme_report(
    study: Study,
    *,
    asked: Programme | None = None,
    shares: pd.DataFrame | None = None,
    scores: pd.Series | None = None,
) -> ProgrammeReport | None:
    """Return what a study says of its programme; None when it has no ledger.

    Parameters
    ----------
    study
        A loaded study.
    asked
        What is asked of the programme; by default what the study file says.
    shares
        Share of each site under each kind and level of constraint, for the rules.
    scores
        Access score of the sites, for the rules.

    Raises
    ------
    DataError
        Totals do not agree, a count is negative, a site is in two scenarios, milestones wait for one
        another in a circle, or the rules are at fault: the message says which.
    """
    operations = study.tables.get("operations")
    if operations is None:
        return None
    asked = asked_of(study.settings) if asked is None else asked
    milestones = study.tables.get("milestones")
    findings = _sound(study, asked)
    reconciliation = planning.reconcile(
        operations,
        milestones=milestones,
        perimeters=study.tables.get("perimeters"),
        sites=_with_commune(study.tables.get("sites")),
        stock=_with_perimeter(study.tables.get("stock")),
        published=asked.published,
    )
    dated = calendar(study, asked)
    if dated is not None:
        findings.extend(dated.findings)
    judged = verdicts(
        study,
        asked,
        shares=shares,
        scores=scores,
        balance=None if dated is None else dated.balance,
        smallest_shown=None if dated is None else _smallest(published_balance(dated.balance)),
    )
    flows = planning.reconstitution_flows(operations)
    named = ("perimeters", "sites", "communes")
    places = {name: held for name in named if (held := study.geo(name)) is not None}
    lines, undrawn = planning.flow_lines(flows, places)
    gap = _gaps(operations, milestones)
    return ProgrammeReport(
        totals=planning.programme_totals(operations),
        cuts=_cuts(operations, milestones),
        reconciliation=reconciliation,
        one_for_one=_one_for_one(operations, milestones, asked),
        gap=gap,
        flows=flows,
        origins=planning.origin_balance(operations),
        flow_lines=lines,
        verdicts=judged,
        calendar=dated,
        alerts=alerts(judged, dated, gap),
        findings=tuple(_each_once([*findings, *undrawn])),
    )


def programme_tables(report: ProgrammeReport) -> dict[str, pd.DataFrame]:
    """Return the tables of a report by file name, ready to be published.

    Counts of households are those of `published_balance`: small ones are hidden.
    """
    named = {
        "programme_totals": report.cuts,
        "programme_reconciliation": report.reconciliation,
        "programme_one_for_one": report.one_for_one,
        "programme_gap": report.gap,
        "programme_flows": report.flows,
        "programme_origins": report.origins.reset_index(),
        "programme_rules": report.verdicts,
        "programme_alerts": report.alerts,
    }
    if report.calendar is not None:
        held = report.calendar
        named |= {
            "programme_calendar": _days(held.milestones.reset_index(names="milestone")),
            "programme_critical_paths": _days(held.critical_paths),
            "programme_deadlines": _days(held.deadlines.reset_index(names="milestone")),
            "programme_stock_balance": published_balance(held.balance),
        }
    return {name: table for name, table in named.items() if len(table)}


def _sound(study: Study, asked: Programme) -> list[Finding]:
    """Return what stays true but must be known; stop at what would make totals false."""
    found = planning.programme_findings(
        study.tables["operations"],
        communes=study.tables["communes"],
        sites=study.tables.get("sites"),
        epci=asked.epci or None,
    )
    faults = [*_lost(study), *errors_in(found)]
    if faults:
        lines = [sentence(fault) for fault in faults[:_LINES_SHOWN]]
        if len(faults) > _LINES_SHOWN:
            lines.append(f"… and {len(faults) - _LINES_SHOWN} more.")
        raise DataError("\n".join(lines))
    return found


def _lost(study: Study) -> list[Finding]:
    """Return what the loading left out of the operations: the totals would be false without it."""
    return [
        replace(found, severity="error", message=f"{found.message} {_NOT_LOST}")
        for found in study.findings
        if found.layer == "operations"
        and (
            found.severity == "dropped"
            or (found.severity == "repaired" and found.column in _COUNTED)
        )
    ]


def _with_commune(sites: pd.DataFrame | None) -> pd.DataFrame | None:
    return sites if sites is not None and "commune" in sites.columns else None


def _with_perimeter(stock: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the stock when its buildings say which perimeter demolishes them."""
    if stock is None or not {"fate", "perimeter"} <= set(stock.columns):
        return None
    going = stock["fate"] == "demolish"
    return stock if stock.loc[going.fillna(False).astype(bool), "perimeter"].notna().any() else None


def _cuts(operations: pd.DataFrame, milestones: pd.DataFrame | None) -> pd.DataFrame:
    entries = planning.ledger_entries(operations, milestones)
    parts = []
    for cut in planning.CUTS:
        table = planning.ledger_totals(entries, by=cut).rename_axis("key").reset_index()
        table.insert(0, "cut", cut)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _one_for_one(
    operations: pd.DataFrame, milestones: pd.DataFrame | None, asked: Programme
) -> pd.DataFrame:
    day = None if asked.as_of is None else asked.as_of.isoformat()
    whole = planning.reconstitution(operations, milestones, as_of=day)
    parts = [whole.assign(cut="", key="")]
    for cut in _CUTS:
        table = planning.reconstitution(operations, milestones, by=cut, as_of=day)
        parts.append(table.rename(columns={cut: "key"}).assign(cut=cut))
    table = pd.concat(parts, ignore_index=True)
    return table[["cut", "key", *whole.columns]]


def _gaps(operations: pd.DataFrame, milestones: pd.DataFrame | None) -> pd.DataFrame:
    if milestones is None or not len(milestones):
        return pd.DataFrame(columns=["definition", "dates", "half_year", "gap"])
    parts = []
    for held in planning.DEFINITIONS:
        now = planning.cumulative_gap(operations, milestones, held=held)
        before = planning.cumulative_gap(operations, milestones, held=held, dates="planned_before")
        for table, dates in ((now, "expected"), (before, "planned_before")):
            parts.append(table.assign(definition=held.id, dates=dates))
    table = pd.concat(parts, ignore_index=True)
    return table[["definition", "dates", *parts[0].columns.drop(["definition", "dates"])]]


def _smallest(balance: pd.DataFrame) -> float | None:
    if not len(balance):
        return None
    shown = balance["to_rehouse"].dropna()
    shown = shown[shown > 0]
    return float(shown.min()) if len(shown) else None


def _days(table: pd.DataFrame) -> pd.DataFrame:
    """Return dates as the day they are, without a time of day."""
    dated = table.select_dtypes("datetime").columns
    texts = {name: table[name].dt.strftime("%Y-%m-%d").astype(object) for name in dated}
    return table.assign(**texts)


def _each_once(findings: list[Finding]) -> list[Finding]:
    """Return findings in order, none twice: two looks at one ledger see the same fault."""
    kept: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        kept.setdefault((one.code, one.row, one.column), one)
    return list(kept.values())
