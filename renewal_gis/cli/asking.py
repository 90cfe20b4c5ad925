"""The commands that ask a study a question: explain, headway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from renewal_gis.cli.frame import LANGUAGE, QUIET, STUDY_OPTION, progress
from renewal_gis.cli.showing import table

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
    r"""Tell in sentences why SITE has its rank, or how one gets from a place to another.

    \b
    renewal-gis explain C02
    renewal-gis explain --from S14 --to "Gare de Valenciennes" --depart 07:30
    """
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


COMMANDS = (explain, headway)
