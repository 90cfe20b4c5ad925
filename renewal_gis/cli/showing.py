"""What a command prints: tables on a terminal, and the note that goes with every figure."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from renewal_gis.changes import Changes
    from renewal_gis.study import Results, Study

__all__ = ["show_changes", "show_findings", "show_layers", "show_results", "table"]

# What is said of estimated dwellings stands beside every figure weighted by them.
_OF_ESTIMATES = ("dwellings-estimated", "dwellings-settled", "homes-by-cell")


def show_layers(study: Study) -> None:
    """Print where each layer came from."""
    table(
        ["layer", "file", "rows in", "kept", "nature", "vintage"],
        [
            [p.layer, p.file, f"{p.rows_in:,}", f"{p.rows_kept:,}", p.nature, p.vintage]
            for p in study.provenance
        ],
        title="Layers",
    )


def show_findings(found: Any) -> None:
    """Print the findings, like ones together."""
    if not len(found):
        click.echo("Nothing found to report.")
        return
    grouped = found.groupby(["layer", "severity", "code"], sort=False)
    rows = [
        [*key, f"{int(part['count'].sum()):,}", part["message"].iloc[0]] for key, part in grouped
    ]
    table(["layer", "severity", "code", "rows", "the first of them"], rows, title="Findings")


def show_results(results: Results) -> None:
    """Print the ranking and the sectors, with what they rest on."""
    if results.study.nature != "real":
        click.echo(f"Note: these results rest on {results.study.nature} data.")
    transit = results.study.settings.transit
    if transit is not None:
        click.echo(f"Timetable of {transit.date.isoformat()}, {' to '.join(transit.window)}.")
    for found in results.study.findings:
        if found.code in _OF_ESTIMATES:
            click.echo(f"Note: {found.message}")
    if results.ranking is not None and results.sites is not None:
        ranked = results.sites.sort_values(["rank", "score_high"], ascending=[True, False])
        rows = [
            [
                _rank(row), str(site), row["name"], str(row["sector"]), _score(row),
                _firsts(results, str(site)), row["veto"],
            ]
            for site, row in ranked.head(10).iterrows()
        ]  # fmt: skip
        header = ["rank", "site", "name", "sector", "score", "first in", "veto"]
        table(header, rows, title="Sites, best first (first in: share of the weightings drawn)")
    if len(results.comparison):
        table(*_sector_rows(results), title="Sectors, dwelling-weighted median")
    for title, lines in results.ten_lines():
        click.echo(f"{title}\n")
        for place, line in enumerate(lines, start=1):
            click.echo(f"{place:>2}. {line}")
        click.echo("")
    if len(results.findings):
        severities = results.findings.groupby("severity")["count"].sum()
        told = ", ".join(f"{int(count):,} {name}" for name, count in severities.items())
        click.echo(f"Findings (rows): {told}. See findings.csv.")


def show_changes(found: Changes) -> None:
    """Print the sites that moved, and the criteria that moved them."""
    if len(found.sites):
        rows = [
            [
                str(row["site"]), str(row["name"]), _number(row["score_first"]),
                _number(row["score_second"]), _number(row["rank_first"], 0),
                _number(row["rank_second"], 0), str(row["criterion"]),
            ]
            for row in found.sites.fillna({"criterion": ""}).head(15).to_dict("records")
        ]  # fmt: skip
        header = ["site", "name", "score", "then", "rank", "then", "most moved by"]
        table(header, rows, title="Sites that moved, the most moved first")
    if len(found.criteria):
        rows = [
            [row["criterion"], str(row["sites"]), f"{row['mean_change']:+.2f}", row["because"]]
            for row in found.criteria.to_dict("records")
        ]
        table(["criterion", "sites", "mean points", "because of"], rows, title="What moved them")


def _number(value: float, decimals: int = 1) -> str:
    return "–" if math.isnan(value) else f"{value:.{decimals}f}"


def _firsts(results: Results, site: str) -> str:
    """Return how often a site comes first over the weightings, surely and at most."""
    if results.robustness is None:
        return ""
    row = results.robustness.acceptability.shares.loc[site]
    low, high = f"{100 * row['first']:.0f}", f"{100 * row['first_possible']:.0f}"
    return f"{low} %" if low == high else f"{low}–{high} %"


def _rank(row: Any) -> str:
    if row["rank"] == row["rank"] and str(row["rank"]) != "<NA>":
        return str(row["rank"])
    return f"{row['rank_best']}–{row['rank_worst']}"


def _score(row: Any) -> str:
    if row["score"] == row["score"]:
        return f"{row['score']:.1f}"
    return f"{row['score_low']:.1f}–{row['score_high']:.1f}"


def _sector_rows(results: Results) -> tuple[list[str], list[list[str]]]:
    keys = [criterion.measure for criterion in results.study.settings.criteria]
    table = results.comparison[results.comparison["measure"].isin(keys)]
    medians = table.pivot_table(index="measure", columns="sector", values="p50", sort=False)
    rows = [[str(name), *(f"{value:.1f}" for value in row)] for name, row in medians.iterrows()]
    return ["measure", *map(str, medians.columns)], rows


def table(header: list[str], rows: list[list[str]], *, title: str) -> None:
    """Print a table as wide as the terminal, or 120 columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for name in header:
        table.add_column(name)
    for row in rows:
        # Text, not markup: a name such as "[red]" is shown as it is.
        table.add_row(*(Text(str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(table)
