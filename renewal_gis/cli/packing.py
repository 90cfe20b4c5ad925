"""The commands of the committee's pack: export, verify."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from renewal_gis.cli.frame import JSON, LANGUAGE, QUIET, STUDY, progress
from renewal_gis.errors import DataError

__all__ = ["COMMANDS"]

_PAPERS = ("a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait")


@click.command()
@STUDY
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into (default: pack, beside the study file).",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="Pack of the meeting before: what changed since is told.",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Text file with the decisions asked, one per line; a line may begin with the places it is "
    "about, as [C05, OP012].",
)
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date printed on the pack (default: the timetable's).",
)
@click.option(
    "--paper",
    "papers",
    type=click.Choice([*_PAPERS, "all"]),
    multiple=True,
    help="Paper of the sheets of each site and perimeter; may be repeated (default: a4-landscape).",
)
@click.option(
    "--logo",
    "logos",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="PNG or JPEG for the title blocks; may be repeated, the first at the right.",
)
@LANGUAGE
@QUIET
@JSON
def export(
    study: Path,
    output: Path | None,
    previous: Path | None,
    decisions: Path | None,
    date: Any,
    papers: tuple[str, ...],
    logos: tuple[Path, ...],
    language: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write the committee's pack: map sheets, dossiers, workbook, GeoPackage, charts.

    Every figure comes from one run, the one that draws the map. The libraries of the extra `sheets`
    are needed.
    """
    from renewal_gis.pack import export as export_pack
    from renewal_gis.publishing.pack import (
        PackOptions,
        cores,
        read_logos,
        read_manifest,
        strangers,
    )
    from renewal_gis.study import run as run_study

    folder = study.parent / "pack" if output is None else output
    asked, pictures = _lines(decisions), read_logos(logos)
    if previous is not None:
        read_manifest(previous)  # a pack that cannot be read is told before any computing
    with progress(quiet=quiet) as report:
        results = run_study(study, report=report)
    chosen = _PAPERS if "all" in papers else papers or ("a4-landscape",)
    spoken: Any = language
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    with _stoppable(), _pieces(quiet=quiet) as pieces:
        try:
            written = export_pack(
                results, folder, previous=previous, language=spoken, decisions=asked,
                logos=pictures,
                date=None if date is None else date.date(),
                options=PackOptions(place_papers=tuple(dict.fromkeys(chosen))),
                workers=cores(), report=pieces,
            )  # fmt: skip
        except OSError as fault:
            raise DataError(
                f"{folder} cannot be written ({fault.strerror or fault}); what stood there is intact. "
                "Close the files that are open, or choose another --output."
            ) from None
    manifest = read_manifest(folder)
    if as_json:
        told = {name: manifest[name] for name in ("run", "date", "timetable_date", "figures")}
        click.echo(json.dumps({**told, "files": len(written)}, ensure_ascii=False, indent=1))
    elif not quiet:
        changes = manifest.get("changes")
        if changes is not None:
            click.echo(f"{len(changes)} change(s) since the previous pack.")
        nowhere = [about for about in manifest["decisions_about"] if not about]
        if nowhere:
            click.echo(
                f"{len(nowhere)} of {len(asked)} decision(s) concern no site, by what they name or by their "
                "brackets: they stand in the territory's dossier only."
            )
        for name in sorted(set(strangers(folder, manifest)) - there):
            click.echo(f"Kept as {name}: a file the pack had to replace was not one it wrote.")
        click.echo(f"Wrote {len(written)} files into {folder}")


@click.command()
@click.argument("pack", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--study",
    type=click.Path(path_type=Path),
    help="Study the pack was made from: it is run and the pack made again, then compared.",
)
@QUIET
def verify(pack: Path, study: Path | None, quiet: bool) -> None:
    """Say whether PACK is as it was written, and with --study whether it still follows from its inputs.

    A file that is not of the pack, such as notes beside it, is named and is no fault.
    """
    from renewal_gis.pack import verify_pack
    from renewal_gis.publishing.pack import cores, read_manifest, strangers

    with _stoppable(), _pieces(quiet=quiet or study is None) as pieces:
        faults = verify_pack(pack, study, workers=cores(), report=pieces)
    for name in [] if quiet else strangers(pack, read_manifest(pack)):
        click.echo(f"{name} is not of this pack: left alone.")
    for fault in faults:
        click.echo(fault)
    if faults:
        raise DataError(f"{pack}: {len(faults)} fault(s).")
    if quiet:
        return
    if study is None:
        click.echo(
            "Every file is the one that was written. Add --study to check that they still follow from "
            "their inputs."
        )
    else:
        click.echo("Every file is the one that was written, and still follows from its inputs.")


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise DataError(
            f"{path.name}: the decisions cannot be read ({fault}). Give a text file in UTF-8, one "
            "decision per line."
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]


class _Stopped(BaseException):
    """A signal asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end as Ctrl-C does: what was begun is cleared away first."""

    def ended(number: int, _: object) -> None:
        for (
            one
        ) in held:  # a terminal that closes may say so twice: clearing away is not to be cut short
            signal.signal(one, signal.SIG_IGN)
        raise _Stopped(number)

    # Only the first thread may say what a signal does. One that is ignored, as under nohup, stays so.
    first = threading.current_thread() is threading.main_thread()
    known = {getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)}
    held = [one for one in sorted(known) if first and signal.getsignal(one) == signal.SIG_DFL]
    for number in held:
        signal.signal(number, ended)
    try:
        yield
    except _Stopped as stopped:
        held.clear()  # this process ends: they stay ignored
        with suppress(OSError):  # the terminal may be gone
            click.echo("Stopped: nothing was written.", err=True)
        raise SystemExit(128 + stopped.number) from None
    finally:
        for number in held:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _pieces(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show how many pieces are made: a bar on a terminal, a line now and then elsewhere."""
    if quiet:
        yield lambda step, done, total: None
    elif not sys.stderr.isatty():
        yield _told
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("pack", total=None)
            yield lambda step, done, total: bar.update(
                task, description=step.replace("[", r"\["), completed=done, total=total
            )


def _told(step: str, done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        click.echo(f"… {done} of {total}: {step}", err=True)


COMMANDS = (export, verify)
