"""The whole pack: every piece made beside, one manifest over all of them, then swapped in."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.files import atomic_folder, sha256_of, write_text
from renewal_gis.publishing.pack.content import PackContent, completed
from renewal_gis.publishing.pack.deciding import decisions_of
from renewal_gis.publishing.pack.figures import figures, milestone_states, site_states
from renewal_gis.publishing.pack.geopackage import geo_layers, write_geopackage
from renewal_gis.publishing.pack.making import PackOptions, Task, make_all, tasks_of
from renewal_gis.publishing.pack.since import (
    Change,
    changes_since,
    changes_table,
    read_manifest,
)
from renewal_gis.publishing.pack.text import printable
from renewal_gis.publishing.pack.typeface import need
from renewal_gis.publishing.pack.workbook import write_workbook
from renewal_gis.publishing.results import published_before

__all__ = ["described", "write_pack"]

_LIBRARIES = (
    "geopandas", "shapely", "pyproj", "pyogrio", "pyarrow", "numpy", "pandas", "matplotlib",
    "typst", "xlsxwriter",
)  # fmt: skip
_GEOPARQUET = ("sites", "stock", "perimeters", "communes", "lines")


def write_pack(
    content: PackContent,
    folder: Path | str,
    *,
    previous: Path | str | None = None,
    changes: Sequence[Change] | None = None,
    options: PackOptions = PackOptions(),  # noqa: B008 - frozen
    workers: int = 1,
    report: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> list[Path]:
    """Write a committee's pack into a folder, all of it or nothing.

    Parameters
    ----------
    content
        What it holds.
    folder
        Folder to write into; made when absent. Files of an earlier pack that this one does not write
        go away; other files are kept. A file that would be replaced or go away, and that is not as an
        earlier pack wrote it, is kept too, as `NAME.kept.EXTENSION`.
    previous
        An earlier pack, or its manifest: what changed since is told in the dossiers and the workbook.
    changes
        The same, already known; `previous` is then not read.
    options
        Papers.
    workers
        Processes to draw on. More than one needs a script that guards its entry point with
        ``if __name__ == "__main__"``, as `multiprocessing` does.
    report
        Called with the name of a step, how many pieces are done, and how many there are.

    Returns
    -------
    list of Path
        The files written, sorted.

    Raises
    ------
    DataError
        The previous pack cannot be read, the folder is a file or holds what another command wrote, or
        a piece cannot be made.
    MissingExtraError
        A library of the extra `sheets` is missing: nothing is written.

    Notes
    -----
    Same content, same bytes, whatever the clock, the machine's fonts and the number of processes.
    """
    for library in ("matplotlib", "typst", "xlsxwriter"):
        need(library)
    target = Path(folder)
    if target.is_file():
        raise DataError(
            f"{target.name} is a file, and a pack is a folder. Choose another --output."
        )
    before = published_before(target, kind="pack")
    content = completed(content)
    known = described(content, options)
    if changes is None and previous is not None:
        changes = changes_since(read_manifest(Path(previous)), known, language=content.language)
    told = None if changes is None else list(changes)
    if told is not None:
        known["changes"] = [list(change) for change in told]
    tasks = tasks_of(content, options)
    total = len(tasks) + 2
    with atomic_folder(target, obsolete=before) as beside:
        done = 0

        def advance(task: Task) -> None:
            nonlocal done
            done += 1
            report(f"{task.kind} {printable(task.place, longest=30)}".strip(), done, total)

        for name, logo in zip(known["logos"], content.logos, strict=True):
            (beside / name).write_bytes(logo.data)
        make_all(content, tasks, beside, changes=told, workers=workers, report=advance)
        report("geopackage", total - 1, total)
        _write_layers(content, beside)
        report("workbook", total, total)
        table = None if told is None else changes_table(told)
        write_workbook(content, beside / "workbook.xlsx", manifest=known, changes=table)
        outputs = {path.name: sha256_of(path) for path in sorted(beside.iterdir())}
        text = json.dumps(
            {**known, "outputs": outputs}, ensure_ascii=False, indent=1, sort_keys=True
        )
        write_text(beside / "manifest.json", text + "\n")
        names = sorted(path.name for path in beside.iterdir())
        _keep(target, before, outputs, beside)
    return [target / name for name in names]


def _keep(
    target: Path, before: Mapping[str, str], outputs: Mapping[str, str], beside: Path
) -> None:
    """Copy beside, under another name, each file that the swap would take and that no export wrote."""
    manifest = [] if before else ["manifest.json"]  # without files it is no manifest of a pack
    for name in sorted({*before, *outputs, *manifest}):
        path = target / name
        if path.is_dir():
            raise DataError(
                f"{name} in {target.name} is a folder, and the pack has a file of this name. Move it, or "
                "choose another --output."
            )
        if not path.is_file() or sha256_of(path) in {before.get(name), outputs.get(name)}:
            continue
        kept, again = f"{path.stem}.kept{path.suffix}", 1
        while (target / kept).exists():
            again += 1
            kept = f"{path.stem}.kept-{again}{path.suffix}"
        shutil.copy2(path, beside / kept)


def described(content: PackContent, options: PackOptions) -> dict[str, Any]:
    """Return what a manifest says of a pack before its files are made: inputs, versions, figures.

    Everything is plain text, numbers, lists and mappings. The order of inputs and figures is theirs.
    """
    sources = content.map.sources
    shown = figures(content)
    manifest = {
        "kind": "pack",
        "run": content.run,
        "study": content.map.title,
        "nature": content.nature,
        "language": content.language,
        "date": None if content.date is None else content.date.isoformat(),
        "timetable_date": None if content.timetable is None else content.timetable.isoformat(),
        "decisions": list(content.decisions),
        "decisions_about": [sorted(one.sites) for one in decisions_of(content)],
        "logos": [f"logo-{place}.{logo.kind}" for place, logo in enumerate(content.logos, start=1)],
        "papers": {
            "territory": list(options.territory_papers),
            "places": list(options.place_papers),
        },
        "parameters": content.parameters,
        "inputs": [] if sources is None else sources.to_dict("records"),
        "versions": {
            "renewal-gis": version("renewal-gis"),
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        "figures": shown.to_dict("index"),
        "sites": site_states(content),
        "milestones": milestone_states(content),
    }
    plain: dict[str, Any] = json.loads(json.dumps(_plain(manifest), default=str))
    return plain


def _plain(value: Any) -> Any:
    """Return a value without what JSON cannot hold: no NaN, no lone surrogate, no odd key."""
    if isinstance(value, Mapping):
        return {printable(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return printable(value, longest=4000)
    if value is None or isinstance(value, bool):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return None if pd.isna(value) else value


def _write_layers(content: PackContent, folder: Path) -> None:
    layers = geo_layers(content)
    write_geopackage(content, layers, folder / "territory.gpkg")
    for name in _GEOPARQUET:
        if name in layers:
            path = folder / f"{name}.parquet"
            layers[name].to_parquet(path, compression="zstd", index=True)
