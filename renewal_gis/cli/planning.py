"""The command that plans: what the ledger says, where dwellings may go, who waits if a date slips."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from renewal_gis.cli.frame import JSON, LANGUAGE, QUIET, STUDY, progress
from renewal_gis.cli.showing import table

if TYPE_CHECKING:
    from renewal_gis.plan_files import Planned
    from renewal_gis.planning import Progress

__all__ = ["COMMANDS"]

_EVERY_S = 2.0  # between two lines on how far a search is


@click.command()
@STUDY
@click.option(
    "--allocate",
    is_flag=True,
    help="Place the dwellings: the best plan, and the price of each rule.",
)
@click.option("--front", is_flag=True, help="Show every plan worth having between two objectives.")
@click.option(
    "--what-if",
    "slips",
    multiple=True,
    metavar="OPERATION:STEP:QUARTERS",
    help="Tell who waits if a step slips, such as OP030:delivered:2; may be repeated.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write the tables into (default: none is written).",
)
@LANGUAGE
@QUIET
@JSON
def plan(
    study: Path,
    allocate: bool,
    front: bool,
    slips: tuple[str, ...],
    output: Path | None,
    language: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Tell what the programme says, where its dwellings may go, and who waits if a date slips.

    \b
    renewal-gis plan study.toml
    renewal-gis plan study.toml --allocate --front
    renewal-gis plan study.toml --what-if OP030:delivered:2

    Ctrl-C during a search ends it with the best plan so far. Small counts of households are hidden.
    """  # noqa: D301  click knows the paragraph by a real backspace
    from renewal_gis.plan_files import planned, summary_of, write_plan

    with progress(quiet=quiet) as report:
        found = planned(
            study,
            allocate=allocate,
            front=front,
            slips=slips,
            language=cast(Literal["en", "fr"] | None, language),
            report=report,
            progress=None if quiet else _searching(report),
        )
        written = [] if output is None else write_plan(found, output)
    if as_json:
        click.echo(json.dumps(summary_of(found), ensure_ascii=False, indent=1))
        return
    _show(found)
    if written and not quiet:
        click.echo(f"Wrote {len(written)} file(s) into {output}.")


def _searching(report: Callable[[str], None]) -> Callable[[Progress], None]:
    """Tell how far a search is, now and then."""
    last = [monotonic()]

    def told(now: Progress) -> None:
        if now.gap is None or monotonic() - last[0] < _EVERY_S:
            return
        last[0] = monotonic()
        report(f"searching: a plan within {100 * now.gap:.2f} % of the best (Ctrl-C keeps it)")

    return told


def _show(found: Planned) -> None:
    for line in found.notes:
        click.echo(line)
    for shown in found.shown:
        if isinstance(shown, str):
            click.echo(shown)
        else:
            table(shown.header, shown.rows, title=shown.title)


COMMANDS: tuple[Any, ...] = (plan,)
