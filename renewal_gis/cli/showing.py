"""What a command prints: tables on a terminal, and the note that goes with every figure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from renewal_gis.study import Results, Study

__all__ = ["show_findings", "show_layers", "show_results", "table"]


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
    if results.ranking is not None and results.sites is not None:
        ranked = results.sites.sort_values(["rank", "score_high"], ascending=[True, False])
        rows = [
            [_rank(row), str(site), row["name"], str(row["sector"]), _score(row), row["veto"]]
            for site, row in ranked.head(10).iterrows()
        ]
        table(["rank", "site", "name", "sector", "score", "veto"], rows, title="Sites, best first")
    if len(results.comparison):
        table(*_sector_rows(results), title="Sectors, dwelling-weighted median")
    if len(results.findings):
        severities = results.findings.groupby("severity")["count"].sum()
        told = ", ".join(f"{int(count):,} {name}" for name, count in severities.items())
        click.echo(f"Findings (rows): {told}. See findings.csv.")


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
