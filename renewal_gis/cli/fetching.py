"""The command that brings open data: fetch."""

from __future__ import annotations

import json
import sys
from collections import Counter
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

_FAULTS_SHOWN = 3  # of one address: a source that is down fails once for every commune

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

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

            def begin(step: str) -> None:
                # A new one each time: a bar keeps the size of the file before when none is told.
                for old in bar.task_ids:
                    bar.remove_task(old)
                bar.add_task(step, total=None)

            def go_on(done: int, total: int | None) -> None:
                for task in bar.task_ids:
                    bar.update(task, completed=done, total=total)

            begin("")
            yield Way(**options, report=begin, progress=go_on)


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
    told: Counter[str] = Counter()
    for one in faults:
        told[one.title] += 1
        if told[one.title] <= _FAULTS_SHOWN:
            click.echo(f"Error: {one.title}: {one.fault}", err=True)
    for title, count in told.items():
        if count > _FAULTS_SHOWN:
            more = count - _FAULTS_SHOWN
            click.echo(f"Error: {title}: {more} more failed; --json lists them.", err=True)
    if faults:
        raise click.exceptions.Exit(1)
    if not quiet and not as_json:
        click.echo(f"Look at the data with: renewal-gis check {study} --report {folder / 'check'}")


def _show_addresses(endpoints: Any, *, as_json: bool) -> None:
    if as_json:
        from renewal_gis.sources.fetching_client import shown

        listed = [asdict(one) | {"url": shown(one.url)} for one in endpoints]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    called = {"always": "always", "named": "with --only", "by hand": "by hand"}
    rows = [
        [one.id, one.title, one.use, called[one.called], "yes" if one.verified else "no", one.licence]
        for one in sorted(endpoints, key=lambda one: list(called).index(one.called))
    ]  # fmt: skip
    head = ["name", "what", "what for", "fetched", "verified", "licence"]
    table(head, rows, title="Addresses")
    click.echo("Their pages, layers, limits and notes: --list --json. By hand: visit their pages.")


def _show_fetched(fetched: Any) -> None:
    rows = [
        [
            one.id,
            one.file or "–",
            f"{one.bytes:,}" if one.file else "failed",
            one.origin,
            f"{one.vintage} · {one.part}" if one.part else one.vintage,
        ]
        for one in fetched
    ]
    table(["name", "file", "bytes", "from", "vintage"], rows, title="Fetched")


COMMANDS = (fetch,)
