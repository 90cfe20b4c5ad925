"""What every command shares: its options, its progress, and errors that become sentences."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from renewal_gis.errors import RenewalGisError

__all__ = ["JSON", "LANGUAGE", "OUTPUT", "QUIET", "STUDY", "STUDY_OPTION", "Commands", "progress"]

_STEPS = 16  # about how many steps a full study reports; only scales the progress bar
STUDY = click.argument("study", type=click.Path(path_type=Path), default="study.toml")
STUDY_OPTION = click.option(
    "--study",
    type=click.Path(path_type=Path),
    default="study.toml",
    show_default=True,
    help="Study file.",
)
QUIET = click.option("--quiet", is_flag=True, help="Print nothing but errors and results.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
LANGUAGE = click.option("--language", type=click.Choice(["fr", "en"]), help="Default: the study's.")
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into (default: results, beside the study file).",
)


class Commands(click.Group):
    """Turns the package's own errors into one message and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a fault of the data ends it with a sentence."""
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


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
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
