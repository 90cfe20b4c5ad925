"""The committee's pack of a run: what it holds, its writing, and the check that it still follows."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd

from renewal_gis import planning
from renewal_gis.edition import map_content
from renewal_gis.errors import DataError
from renewal_gis.pack_tables import named_tables
from renewal_gis.publishing.pack import (
    Change,
    Logo,
    PackContent,
    PackOptions,
    altered,
    read_logos,
    read_manifest,
    rebuilt_differently,
    write_pack,
)
from renewal_gis.publishing.results import assumptions_table
from renewal_gis.recording import in_force, parameters, run_id
from renewal_gis.study import Results, run
from renewal_gis.tabling import tables

__all__ = ["export", "pack_content", "verify_pack"]

Language = Literal["en", "fr"]
Progress = Callable[[str, int, int], None]
_WHOLE = "all_for_all"  # the definition under which progress is told: every dwelling counts


def pack_content(
    results: Results,
    *,
    language: Language | None = None,
    date: dt.date | None = None,
    decisions: Sequence[str] = (),
    logos: Sequence[Logo] = (),
) -> PackContent:
    """Return everything a pack shows, from the same results as the map.

    Parameters
    ----------
    results
        What `run` returned.
    language
        The study's by default.
    date
        Printed on the pack; by default the date of the timetable, or that of the list of sectors.
    decisions
        What the committee is asked to decide, a sentence each; one may begin with the places it is about,
        as ``[C05, OP012]``.
    logos
        Pictures for the title blocks, as `read_logos` gives them.
    """
    settings = results.study.settings
    spoken: Language = language or settings.language
    timetable = None if settings.transit is None else settings.transit.date
    progress = _progress(results)
    held = dict(tables(results))
    for name in ("operations", "milestones"):
        if name in results.study.tables:
            held[name] = results.study.tables[name]
    if progress is not None:
        held["programme_progress"] = progress
    return PackContent(
        map=replace(map_content(results), language=spoken),
        run=run_id(results),
        nature=results.study.nature,
        date=date or timetable or settings.sectors_date,
        timetable=timetable,
        tables=named_tables(held),
        findings=results.findings,
        assumptions=assumptions_table(in_force(results)),
        parameters=parameters(results),
        told=_told(results, spoken),
        held=_robust(results, spoken),
        shares=results.constraint_shares,
        axes=results.axes,
        progress=progress,
        definitions=_definitions(results),
        milestones=_milestones(results),
        verdicts=_verdicts(results),
        scenarios=results.ten_lines(language=spoken),
        alerts=_alerts(results, spoken),
        alerts_about=_alerts_about(results),
        decisions=tuple(decisions),
        logos=tuple(logos),
    )


def export(
    results: Results,
    folder: Path | str,
    *,
    previous: Path | str | None = None,
    language: Language | None = None,
    date: dt.date | None = None,
    decisions: Sequence[str] = (),
    logos: Sequence[Logo] = (),
    options: PackOptions | None = None,
    workers: int = 1,
    report: Progress = lambda step, done, total: None,
) -> list[Path]:
    """Write the committee's pack of a run into a folder, all of it or nothing.

    Parameters
    ----------
    results
        What `run` returned.
    folder
        Folder to write into; made when absent.
    previous
        The pack of the meeting before: what changed since is told.
    language, date, decisions, logos
        As in `pack_content`.
    options
        Papers of the map sheets; by default every paper for the territory, A4 landscape for places.
    workers
        Processes that draw; the files are the same whatever their number.
    report
        Called with the name of a step, how many pieces are done, and how many there are.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        The previous pack cannot be read, or a piece cannot be made.
    MissingExtraError
        A library of the extra `sheets` is missing.
    """
    content = pack_content(results, language=language, date=date, decisions=decisions, logos=logos)
    return write_pack(
        content,
        folder,
        previous=previous,
        options=options or PackOptions(),
        workers=workers,
        report=report,
    )


def verify_pack(
    pack: Path | str,
    study: Path | str | None = None,
    *,
    workers: int = 1,
    report: Progress = lambda step, done, total: None,
) -> list[str]:
    """Say what is wrong with a pack: files that changed, or that no longer follow from its inputs.

    Files that are not of the pack are no fault.

    Parameters
    ----------
    pack
        The folder that `export` wrote.
    study
        The study it was made from: it is run again, the pack is made again, and both are compared.
        Without it only the files are held against the manifest.
    workers
        Processes that draw.
    report
        As in `export`.

    Returns
    -------
    list of str
        A sentence per fault; empty when there is none.

    Raises
    ------
    DataError
        There is no pack, or the study is at fault.
    """
    folder = Path(pack)
    manifest = read_manifest(folder)
    faults = altered(folder, manifest)
    if study is None:
        return faults
    results = run(study)
    content, options, changes = _remade(results, manifest, folder)
    with tempfile.TemporaryDirectory() as name:
        again = Path(name) / "pack"
        write_pack(content, again, changes=changes, options=options, workers=workers, report=report)
        return [*faults, *rebuilt_differently(manifest, read_manifest(again))]


def _remade(
    results: Results, manifest: dict[str, Any], folder: Path
) -> tuple[PackContent, PackOptions, list[Change] | None]:
    """Return what a pack is made from again: as its manifest says it was asked for."""
    try:
        language = {"fr": "fr", "en": "en"}[manifest["language"]]
        date = None if manifest["date"] is None else dt.date.fromisoformat(manifest["date"])
        decisions = [str(one) for one in manifest["decisions"]]
        papers = manifest["papers"]
        options = PackOptions(
            territory_papers=tuple(map(str, papers["territory"])),
            place_papers=tuple(map(str, papers["places"])),
        )
        logos = [folder / Path(str(name)).name for name in manifest.get("logos", [])]
        told = manifest.get("changes")
        changes = None if told is None else [Change(*map(str, one)) for one in told]
    except (KeyError, TypeError, ValueError):
        raise DataError(
            "The manifest of the pack does not say how it was asked for: it was changed by hand or by "
            "another version. Export the pack again."
        ) from None
    content = pack_content(
        results,
        language=cast(Language, language),
        date=date,
        decisions=decisions,
        logos=read_logos(logos),
    )
    return content, options, changes


def _told(results: Results, language: Language) -> dict[str, list[str]]:
    """Return why each site has its rank, without what the dossier's tables say already."""
    if results.ranking is None or results.sites is None:
        return {}
    aside = set(results.ground(language=language))
    aside |= set(_robust(results, language).values())
    labels = tuple(
        f"{(one.fr if language == 'fr' else one.en) or one.name}"
        for one in results.ranking.criteria
    )
    return {
        str(site): [
            sentence
            for sentence in results.explain(str(site), language=language)
            if sentence not in aside and not sentence.startswith(labels)
        ]
        for site in results.sites.index
    }


def _robust(results: Results, language: Language) -> dict[str, str]:
    if results.robustness is None:
        return {}
    sentences = results.robustness.sentences(language=language)
    return {str(site): str(sentence) for site, sentence in sentences.items()}


def _progress(results: Results) -> pd.DataFrame | None:
    """Return delivered, to deliver, programmed and their rate: demolition and production, by convention."""
    if results.programme_report is None:
        return None
    held = results.programme_report.one_for_one
    held = held[(held["definition"] == _WHOLE) & held["cut"].isin(["", "convention"])]
    rows = []
    for family, movement in (("01", "demolished"), ("02", "rebuilt")):
        counts = held.pivot(index=["cut", "key"], columns="stage", values=movement)
        for (cut, key), row in counts.sort_index(ascending=[False, True]).iterrows():
            programmed, delivered = float(row["programmed"]), float(row["delivered"])
            rows.append(
                {
                    "family": family,
                    "convention": "total" if cut == "" else key,
                    "delivered": delivered,
                    "to_deliver": programmed - delivered,
                    "programmed": programmed,
                    "rate": delivered / programmed if programmed else float("nan"),
                }
            )
    return pd.DataFrame(rows)


def _definitions(results: Results) -> pd.DataFrame | None:
    """Return every definition of one-for-one with its ratio at each stage."""
    if results.programme_report is None:
        return None
    held = results.programme_report.one_for_one
    whole = held[held["cut"] == ""]
    ratios = whole.pivot(index="definition", columns="stage", values="ratio")
    counts = whole[whole["stage"] == "programmed"].set_index("definition")[
        ["demolished", "rebuilt"]
    ]
    named = pd.DataFrame(
        [(one.id, one.en, one.fr) for one in planning.DEFINITIONS],
        columns=["definition", "en", "fr"],
    )
    return named.join(counts, on="definition", how="inner").join(ratios, on="definition")


def _milestones(results: Results) -> pd.DataFrame | None:
    """Return each dated step with the name of its operation and the site it is for."""
    report = results.programme_report
    if report is None or report.calendar is None:
        return None
    operations = results.study.tables["operations"]
    held = report.calendar.milestones[
        ["operation", "step", "planned_before", "now", "slip_days", "happened"]
    ]
    told = {}
    for name in ("name", "site"):
        values = operations[name] if name in operations.columns else pd.Series(dtype=object)
        texts = held["operation"].map(values.astype(object))
        told[name] = texts.where(texts.notna(), "")
    return held.assign(**told)


def _verdicts(results: Results) -> pd.DataFrame | None:
    report = results.programme_report
    if report is None or not len(report.verdicts):
        return None
    words = planning.VERDICTS
    return report.verdicts.assign(
        told_en=report.verdicts["verdict"].map(lambda one: words[one][0]),
        told_fr=report.verdicts["verdict"].map(lambda one: words[one][1]),
    )


def _alerts(results: Results, language: Language) -> tuple[str, ...]:
    report = results.programme_report
    return () if report is None else tuple(map(str, report.alerts[language]))


def _alerts_about(results: Results) -> tuple[frozenset[str], ...]:
    """Return the identifiers each alert is about; the report joins them by commas."""
    report = results.programme_report
    if report is None:
        return ()
    return tuple(frozenset(str(rows).split(", ")) for rows in report.alerts["rows"])
