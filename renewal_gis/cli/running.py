"""The commands that read a study and write what it finds: demo, new, check, run, map."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renewal_gis.cli.fetching import WAY, brought
from renewal_gis.cli.frame import JSON, OUTPUT, QUIET, STUDY, progress
from renewal_gis.cli.showing import show_findings, show_layers, show_results, table
from renewal_gis.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from renewal_gis.study import Results, Study

__all__ = ["COMMANDS"]


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default="maps",
    show_default=True,
    help="Folder to write into.",
)
@QUIET
@JSON
def demo(output: Path, quiet: bool, as_json: bool) -> None:
    """Run the demonstration territory and draw its map."""
    _run(_demo_study(), output, quiet=quiet, as_json=as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--force", is_flag=True, help="Replace an existing study file.")
@click.option("--epci", help="SIREN of an EPCI: its communes, and layers that fetch brings.")
@WAY
@QUIET
def new(folder: Path, force: bool, epci: str | None, quiet: bool, **options: Any) -> None:
    """Write a commented study file into FOLDER, to be filled in.

    With --epci, the file names the communes and their neighbours and the open data that
    `renewal-gis fetch` brings, and empty tables of sites and of the programme stand beside it.
    """
    if epci is not None:
        _begin(epci, folder, force=force, quiet=quiet, **options)
        return
    given = ", ".join(f"--{name}" for name, value in options.items() if value)
    if given:
        raise click.UsageError(f"{given} goes with --epci: without it nothing is brought.")
    from renewal_gis.files import write_text

    target = folder / "study.toml"
    if target.exists() and not force:
        raise click.UsageError(f"{target} is there already; use --force to replace it.")
    write_text(target, (files("renewal_gis") / "study_template.toml").read_text(encoding="utf-8"))
    click.echo(f"Wrote {target}. Fill in the layers, then: renewal-gis check {target}")


def _begin(epci: str, folder: Path, *, force: bool, quiet: bool, **options: Any) -> None:
    from renewal_gis.fetching import begin_study

    with brought(quiet=quiet, **options) as way:
        written = begin_study(epci, folder, way, force=force)
    if not quiet:
        click.echo(f"Wrote {', '.join(path.name for path in written)} into {folder}.")
        click.echo(f"Bring the data with: renewal-gis fetch {folder / 'study.toml'}")


@click.command()
@STUDY
@QUIET
@JSON
@click.option(
    "--report",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the doctor's page (check.html) and its tables.",
)
def check(study: Path, quiet: bool, as_json: bool, folder: Path | None) -> None:
    """Load every layer and list what was found, without computing.

    With --report, tell too what each layer holds, its holes, and what each does to the results.
    """
    from renewal_gis.schema import findings_table
    from renewal_gis.study import load, require

    with progress(quiet=quiet) as report:
        loaded = load(study, report=report)
        require(loaded)
    found = findings_table(loaded.findings)
    if folder is not None:
        _diagnose(loaded, folder, quiet=quiet or as_json)
    if as_json:
        click.echo(json.dumps(found.to_dict("records"), ensure_ascii=False, indent=1))
        return
    show_layers(loaded)
    show_findings(found)


def _diagnose(study: Study, folder: Path, *, quiet: bool) -> None:
    from renewal_gis.doctor import diagnosed, layers_held
    from renewal_gis.publishing.doctor_page import write_doctor_pages
    from renewal_gis.schema import findings_table

    symptoms = diagnosed(study)
    write_doctor_pages(
        folder,
        title=study.settings.name,
        layers=layers_held(study),
        symptoms=symptoms,
        findings=findings_table(study.findings),
    )
    if not quiet:
        shown = symptoms[symptoms["weight"] != "fine"]
        rows = [
            [row["weight"], row["layer"], row["check"], f"{row['found']} {row['effect']}"]
            for _, row in shown.iterrows()
        ]
        table(["weight", "layer", "check", "what, and what it does"], rows, title="Doctor")
        click.echo(f"Wrote check.html, check.csv and findings.csv into {folder}.")


@click.command()
@STUDY
@OUTPUT
@QUIET
@JSON
@click.option("--dry-run", is_flag=True, help="Compute and print, write nothing.")
@click.option(
    "--postgis",
    metavar="DATABASE",
    help="Write the tables into a database too: postgis://user@host/name or service=name.",
)
@click.option("--schema", help="Schema of that database (default: renewal_gis).")
def run(
    study: Path,
    output: Path | None,
    quiet: bool,
    as_json: bool,
    dry_run: bool,
    postgis: str | None,
    schema: str | None,
) -> None:
    """Measure, score, compare, and write the map and the tables.

    With --postgis, every table and layer goes into a schema of a database as well, all or none, with
    what each column means and the run it is of. The password stays in ~/.pgpass or a service file.
    """
    if schema is not None and postgis is None:
        raise click.UsageError("--schema goes with --postgis.")
    _run(study, output, quiet=quiet, as_json=as_json, dry_run=dry_run, place=(postgis, schema))


@click.command("map")
@STUDY
@OUTPUT
@QUIET
def draw_map(study: Path, output: Path | None, quiet: bool) -> None:
    """Write the interactive map only."""
    _run(study, output, quiet=quiet, as_json=False, only_map=True)


def _run(
    study: Path,
    output: Path | None,
    *,
    quiet: bool,
    as_json: bool,
    dry_run: bool = False,
    only_map: bool = False,
    place: tuple[str | None, str | None] = (None, None),
) -> None:
    from renewal_gis.digest import summary
    from renewal_gis.edition import publish
    from renewal_gis.study import run as run_study

    if place[0] is not None:
        from renewal_gis.storing import SCHEMA, require_database

        require_database(place[0], place[1] or SCHEMA)
    folder = study.parent / "results" if output is None else output
    with progress(quiet=quiet) as report:
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
        stored = "" if dry_run else _stored(results, *place, report=report)
    if as_json:
        click.echo(json.dumps(summary(results), ensure_ascii=False, indent=1))
    elif not quiet:
        show_results(results)
        click.echo(f"Wrote {len(written)} file(s) into {folder}" if written else "Nothing written.")
        if written:
            click.echo(f"Open {folder / 'map.html'} in a browser; it needs no network.")
        if stored:
            click.echo(stored)


def _stored(
    results: Results, database: str | None, schema: str | None, *, report: Callable[[str], None]
) -> str:
    """Write a run into a database where one is named; return a line that tells it."""
    if database is None:
        return ""
    from renewal_gis.sources.postgis_connecting import told_place
    from renewal_gis.storing import SCHEMA, store

    report("database")
    names = store(results, database=database, schema=schema or SCHEMA)
    return (
        f"Wrote {len(names)} tables into the schema {schema or SCHEMA} of {told_place(database)}."
    )


def _demo_study() -> Path:
    packed = Path(str(files("renewal_gis"))) / "demo"
    beside = Path(__file__).resolve().parents[2] / "data" / "demo"
    for folder in (packed, beside):
        if (folder / "study.toml").exists():
            return folder / "study.toml"
    raise DataError("The demonstration territory is not installed with this package.")


COMMANDS = (demo, new, check, run, draw_map)
