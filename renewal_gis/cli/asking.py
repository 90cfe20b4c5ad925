"""The commands that ask a question: explain, headway, compare."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renewal_gis.cli.frame import JSON, LANGUAGE, QUIET, STUDY_OPTION, progress
from renewal_gis.cli.showing import show_changes, table

if TYPE_CHECKING:
    from renewal_gis.changes import Changes

__all__ = ["COMMANDS"]


@click.command()
@click.argument("site", required=False)
@click.option("--from", "origin", help="Identifier or name of the place a journey starts from.")
@click.option("--to", "destination", help="Identifier or name of the place it goes to.")
@click.option("--depart", help="Time of departure, such as 07:30 (default: the window's first).")
@STUDY_OPTION
@LANGUAGE
@QUIET
def explain(
    site: str | None,
    origin: str | None,
    destination: str | None,
    depart: str | None,
    study: Path,
    language: str | None,
    quiet: bool,
) -> None:
    """Tell in sentences why SITE has its rank, or how one gets from a place to another.

    \b
    renewal-gis explain C02
    renewal-gis explain --from S14 --to "Gare de Valenciennes" --depart 07:30
    """  # noqa: D301  click reads the sign \b as: keep these lines
    if depart is not None and (origin is None or destination is None):
        raise click.UsageError("--depart is the time of a journey: give --from and --to with it.")
    if site is not None and origin is None and destination is None:
        told = _why(site, study, language, quiet=quiet)
    elif site is None and origin is not None and destination is not None:
        told = _way(origin, destination, depart, study, language, quiet=quiet)
    else:
        raise click.UsageError("Give a SITE, or --from and --to.")
    for sentence in told:
        click.echo(sentence)


@click.command()
@click.argument("site")
@click.option(
    "--to",
    "group",
    default="station",
    show_default=True,
    help="Kind of destination whose travel time is looked at, as in the layer destinations.",
)
@click.option(
    "--via", multiple=True, help="Stop the line calls at before the last; may be repeated."
)
@click.option("--terminus", help="Stop the line ends at (default: the busiest).")
@click.option(
    "--target",
    type=float,
    help="Minutes to reach (default: the dwelling-weighted median of the corridor).",
)
@STUDY_OPTION
@LANGUAGE
@QUIET
def headway(
    site: str,
    group: str,
    via: tuple[str, ...],
    terminus: str | None,
    target: float | None,
    study: Path,
    language: str | None,
    quiet: bool,
) -> None:
    """Search for the bus that would make SITE as good as the corridor's median.

    A line from the site to the terminus is tried at every headway from an hour to five minutes.
    """
    from renewal_gis.headways import headway_question

    with progress(quiet=quiet) as report:
        answer = headway_question(
            study,
            site,
            group=group,
            via=via,
            terminus=terminus,
            target_min=target,
            language=language,
            report=report,
        )
    rows = [[str(cell) for cell in row] for row in answer.rows]
    table(list(answer.header), rows, title=answer.title)
    for sentence in answer.sentences:
        click.echo(sentence)


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@LANGUAGE
@QUIET
@JSON
def compare(first: Path, second: Path, language: str | None, quiet: bool, as_json: bool) -> None:
    r"""Tell what changed from FIRST to SECOND, and because of which input.

    Each is a folder of results, or a study file, which is then run.

    \b
    renewal-gis compare results-march results-april
    renewal-gis compare data/demo/study-2009.toml data/demo/study.toml
    """
    from renewal_gis.changes import compare_runs

    with progress(quiet=quiet) as report:
        found = compare_runs(first, second, language=_spoken(language), report=report)
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1))
        return
    for sentence in found.sentences:
        click.echo(sentence)
    if not quiet:
        show_changes(found)


def _plain(found: Changes) -> dict[str, Any]:
    """Return what changed as numbers, texts and lists of rows; missing is null."""
    held = {}
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if hasattr(value, "to_json"):
            # pandas writes a missing number as null, which json does not.
            value = json.loads(value.to_json(orient="records", double_precision=9))
        held[field.name] = value
    return held


def _why(site: str, study: Path, language: str | None, *, quiet: bool) -> list[str]:
    from renewal_gis.study import run as run_study

    with progress(quiet=quiet) as report:
        results = run_study(study, report=report, homes=False)
    return results.explain(site, language=_spoken(language))


def _way(
    origin: str,
    destination: str,
    depart: str | None,
    study: Path,
    language: str | None,
    *,
    quiet: bool,
) -> list[str]:
    from renewal_gis.study import journey

    with progress(quiet=quiet) as report:
        return journey(
            study, origin, destination, depart=depart, language=_spoken(language), report=report
        )


def _spoken(language: str | None) -> Any:
    """Return the language as the package types it; click has checked the word."""
    return language


COMMANDS = (explain, headway, compare)
