"""The command line: one command per step; errors become sentences.

Exit status: 0 done, 1 the data is at fault, 2 the command is at fault.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renewal_gis.errors import DataError, RenewalGisError

if TYPE_CHECKING:
    from renewal_gis.study import Results, Study

__all__ = ["main"]

_STEPS = 16  # about how many steps a full study reports; only scales the progress bar
_STUDY = click.argument("study", type=click.Path(path_type=Path), default="study.toml")
_QUIET = click.option("--quiet", is_flag=True, help="Print nothing but errors and results.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
_OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into (default: results, beside the study file).",
)


class _Commands(click.Group):
    """Turns the package's own errors into one message and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RenewalGisError as fault:
            click.echo(f"Error: {fault}", err=True)
            ctx.exit(fault.exit_status)
        except OSError as fault:
            place = f"{fault.filename}: " if fault.filename else ""
            click.echo(f"Error: {place}{fault.strerror or fault}. Nothing was written.", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("Interrupted: nothing was written.", err=True)
            ctx.exit(130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="renewal-gis")
def main() -> None:
    """Where should the demolished dwellings come back?

    Scores reconstruction sites for access to services and transit, compares the mining corridor
    with the southern communes, and draws it as one HTML map that opens without network.
    """


@main.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default="maps",
    show_default=True,
    help="Folder to write into.",
)
@_QUIET
@_JSON
def demo(output: Path, quiet: bool, as_json: bool) -> None:
    """Run the demonstration territory and draw its map."""
    _run(_demo_study(), output, quiet=quiet, as_json=as_json)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--force", is_flag=True, help="Replace an existing study file.")
def new(folder: Path, force: bool) -> None:
    """Write a commented study file into FOLDER, to be filled in."""
    from renewal_gis.files import write_text

    target = folder / "study.toml"
    if target.exists() and not force:
        raise click.UsageError(f"{target} is there already; use --force to replace it.")
    write_text(target, (files("renewal_gis") / "study_template.toml").read_text(encoding="utf-8"))
    click.echo(f"Wrote {target}. Fill in the layers, then: renewal-gis check {target}")


@main.command()
@_STUDY
@_QUIET
@_JSON
def check(study: Path, quiet: bool, as_json: bool) -> None:
    """Load every layer and list what was found, without computing."""
    from renewal_gis.schema import findings_table
    from renewal_gis.study import load

    with _progress(quiet=quiet) as report:
        loaded = load(study, report=report)
    found = findings_table(loaded.findings)
    if as_json:
        click.echo(json.dumps(found.to_dict("records"), ensure_ascii=False, indent=1))
        return
    _show_layers(loaded)
    _show_findings(found)


@main.command()
@_STUDY
@_OUTPUT
@_QUIET
@_JSON
@click.option("--dry-run", is_flag=True, help="Compute and print, write nothing.")
def run(study: Path, output: Path | None, quiet: bool, as_json: bool, dry_run: bool) -> None:
    """Measure, score, compare, and write the map and the tables."""
    _run(study, output, quiet=quiet, as_json=as_json, dry_run=dry_run)


@main.command("map")
@_STUDY
@_OUTPUT
@_QUIET
def draw_map(study: Path, output: Path | None, quiet: bool) -> None:
    """Write the interactive map only."""
    _run(study, output, quiet=quiet, as_json=False, only_map=True)


@main.command()
@click.argument("site")
@click.option(
    "--study",
    type=click.Path(path_type=Path),
    default="study.toml",
    show_default=True,
    help="Study file.",
)
@click.option("--language", type=click.Choice(["fr", "en"]), help="Default: the study's.")
@_QUIET
def explain(site: str, study: Path, language: str | None, quiet: bool) -> None:
    """Tell in sentences why SITE has its rank."""
    from renewal_gis.study import run as run_study

    with _progress(quiet=quiet) as report:
        results = run_study(study, report=report, homes=False)
    for told in results.explain(site, language=language):  # type: ignore[arg-type]
        click.echo(told)


def _run(
    study: Path,
    output: Path | None,
    *,
    quiet: bool,
    as_json: bool,
    dry_run: bool = False,
    only_map: bool = False,
) -> None:
    from renewal_gis.digest import summary
    from renewal_gis.edition import publish
    from renewal_gis.study import run as run_study

    folder = study.parent / "results" if output is None else output
    with _progress(quiet=quiet) as report:
        results = run_study(study, report=report)
        written = []
        if not dry_run:
            report("publish")
            try:
                written = publish(results, folder, only_map=only_map)
            except OSError as fault:
                raise DataError(
                    f"{folder} cannot be written ({fault.strerror or fault}); what stood there is "
                    "intact. Close the files that are open, or choose another --output."
                ) from None
    if as_json:
        click.echo(json.dumps(summary(results), ensure_ascii=False, indent=1))
    elif not quiet:
        _show_results(results)
        click.echo(f"Wrote {len(written)} file(s) into {folder}" if written else "Nothing written.")
        if written:
            click.echo(f"Open {folder / 'map.html'} in a browser; it needs no network.")


def _demo_study() -> Path:
    packed = Path(str(files("renewal_gis"))) / "demo"
    beside = Path(__file__).resolve().parent.parent / "data" / "demo"
    for folder in (packed, beside):
        if (folder / "study.toml").exists():
            return folder / "study.toml"
    raise DataError("The demonstration territory is not installed with this package.")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal, plain lines elsewhere, nothing when quiet."""
    if quiet:
        yield lambda step: None
    elif not sys.stderr.isatty():
        yield lambda step: click.echo(f"… {step}", err=True)
    else:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=_STEPS)
            yield lambda step: bar.update(task, description=step, advance=1)


def _show_layers(study: Study) -> None:
    _table(
        ["layer", "file", "rows in", "kept", "nature", "vintage"],
        [
            [p.layer, p.file, f"{p.rows_in:,}", f"{p.rows_kept:,}", p.nature, p.vintage]
            for p in study.provenance
        ],
        title="Layers",
    )


def _show_findings(found: Any) -> None:
    if not len(found):
        click.echo("Nothing found to report.")
        return
    grouped = found.groupby(["layer", "severity", "code"], sort=False)
    rows = [
        [*key, f"{int(part['count'].sum()):,}", part["message"].iloc[0]] for key, part in grouped
    ]
    _table(["layer", "severity", "code", "rows", "the first of them"], rows, title="Findings")


def _show_results(results: Results) -> None:
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
        _table(["rank", "site", "name", "sector", "score", "veto"], rows, title="Sites, best first")
    if len(results.comparison):
        _table(*_sector_rows(results), title="Sectors, dwelling-weighted median")
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


def _table(header: list[str], rows: list[list[str]], *, title: str) -> None:
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


if __name__ == "__main__":
    main()
