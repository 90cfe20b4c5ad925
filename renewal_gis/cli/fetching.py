"""The command that brings open data: fetch."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renewal_gis.cli.frame import JSON, QUIET
from renewal_gis.cli.showing import table

if TYPE_CHECKING:
    from renewal_gis.fetching import Way

__all__ = ["COMMANDS", "WAY", "brought"]

_OPTIONS = (
    click.option("--offline", is_flag=True, help="Use only what was fetched before."),
    click.option(
        "--mirror",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder that stands for the network: files under the names fetch gives them.",
    ),
    click.option("--refresh", is_flag=True, help="Call the servers again for what is there."),
    click.option(
        "--certificates",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Authorities of your administration's proxy (PEM), beside those of the system.",
    ),
    click.option(
        "--endpoints",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Another file of addresses, in the form of the package's endpoints.toml.",
    ),
)


def WAY(command: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802
    """Add the options that say how files are brought."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@contextmanager
def brought(*, quiet: bool, **options: Any) -> Iterator[Way]:
    """Give the way files are brought, with a bar of bytes on a terminal and plain lines elsewhere."""
    from renewal_gis.fetching import Way

    if quiet:
        yield Way(**options)
    elif not sys.stderr.isatty():
        yield Way(**options, report=lambda step: click.echo(f"… {step}", err=True))
    else:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield Way(
                **options,
                report=lambda step: bar.reset(task, description=step, total=None),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )


@click.command()
@click.argument("study", type=click.Path(path_type=Path), default="study.toml")
@click.option("--only", multiple=True, help="Name of an address (see --list); may be repeated.")
@click.option("--list", "listing", is_flag=True, help="List the addresses and call none.")
@WAY
@QUIET
@JSON
def fetch(
    study: Path, only: tuple[str, ...], listing: bool, quiet: bool, as_json: bool, **options: Any
) -> None:
    """Bring the open data of STUDY's territory into its folder data.

    Begin a study with `renewal-gis new FOLDER --epci SIREN`. What came, its date, its licence and its
    fingerprint stand in data/fetched.json. Exit status 1 when something could not be brought; the
    rest is there.
    """
    from renewal_gis.fetching import fetch_study
    from renewal_gis.sources.fetching_endpoints import read_endpoints

    if listing:
        _show_addresses(read_endpoints(options["endpoints"]), as_json=as_json)
        return
    folder = study if study.is_dir() else study.parent
    with brought(quiet=quiet, **options) as way:
        fetched = fetch_study(folder, way, only=only)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in fetched], ensure_ascii=False, indent=1))
    elif not quiet:
        _show_fetched(fetched)
    faults = [one for one in fetched if one.fault]
    for one in faults:
        click.echo(f"Error: {one.title}: {one.fault}", err=True)
    if faults:
        raise click.exceptions.Exit(1)


def _show_addresses(endpoints: Any, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in endpoints], ensure_ascii=False, indent=1))
        return
    rows = [
        [one.id, one.title, one.licence, "yes" if one.verified else "no",
         "when named" if one.asked_for else "always"]
        for one in endpoints
    ]  # fmt: skip
    table(["name", "what", "licence", "verified", "fetched"], rows, title="Addresses")


def _show_fetched(fetched: Any) -> None:
    rows = [
        [
            one.id,
            one.file or "–",
            f"{one.bytes:,}" if one.file else "failed",
            one.origin,
            one.vintage,
        ]
        for one in fetched
    ]
    table(["name", "file", "bytes", "from", "vintage"], rows, title="Fetched")


COMMANDS = (fetch,)
