"""The pieces of a pack, each a task that writes its own files: map sheets, dossiers, charts."""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import Literal, NamedTuple

from renewal_gis.errors import DataError
from renewal_gis.publishing.pack.charts import charts
from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.dossiers import site_dossier, territory_dossier
from renewal_gis.publishing.pack.layout import paper_plan
from renewal_gis.publishing.pack.paper import PAPERS
from renewal_gis.publishing.pack.perimeter_sheets import perimeter_sheet
from renewal_gis.publishing.pack.place_sheets import site_sheet
from renewal_gis.publishing.pack.sheets import access_sheet, sites_sheet
from renewal_gis.publishing.pack.since import Change
from renewal_gis.publishing.pack.text import file_name
from renewal_gis.publishing.pack.typeface import house_style
from renewal_gis.publishing.pack.typesetting import Dossier, typeset, typeset_sheet

__all__ = ["PackOptions", "Task", "make", "make_all", "tasks_of"]

# Height of the legend under a portrait map: that of a site lists its services.
_LEGEND_MM = {"access": 46.0, "sites": 46.0, "perimeter": 58.0, "site": 82.0}


@dataclass(frozen=True, kw_only=True)
class PackOptions:
    """What a pack is made of.

    Parameters
    ----------
    territory_papers
        Papers of the sheets of the territory, among `PAPERS`.
    place_papers
        Papers of the sheets of each site and each perimeter.
    """

    territory_papers: tuple[str, ...] = tuple(PAPERS)
    place_papers: tuple[str, ...] = ("a4-landscape",)


class Task(NamedTuple):
    """One piece: what it is, of what place, on which paper, and the name of its files."""

    kind: Literal["access", "sites", "perimeter", "site", "dossier", "territory"]
    place: str
    paper: str
    name: str


def tasks_of(content: PackContent, options: PackOptions) -> list[Task]:
    """Return the pieces of a pack, the longest to make first."""
    held, taken = content.map, set[str]()
    tasks = [Task("territory", "", "", "dossier-territory")]
    for paper in options.territory_papers:
        if held.measures and held.stock is not None:
            tasks.append(Task("access", "", paper, f"map-territory-access-{paper}"))
        if held.sites is not None:
            tasks.append(Task("sites", "", paper, f"map-territory-sites-{paper}"))
    for site in [] if held.sites is None else held.sites.index:
        name = file_name(str(site), taken)
        tasks.append(Task("dossier", site, "", f"dossier-site-{name}"))
        tasks += [
            Task("site", site, paper, f"map-site-{name}-{paper}") for paper in options.place_papers
        ]
    perimeters = held.layers.get("perimeters")
    taken = set()
    for perimeter in [] if perimeters is None else perimeters.index:
        name = file_name(str(perimeter), taken)
        tasks += [
            Task("perimeter", perimeter, paper, f"map-perimeter-{name}-{paper}")
            for paper in options.place_papers
        ]
    return tasks


def make(
    content: PackContent, task: Task, folder: Path, changes: Sequence[Change] | None
) -> list[str]:
    """Make one piece; return the names of the files written into `folder`.

    Call it within `house_style()`.
    """
    if task.kind in {"territory", "dossier"}:
        return _set(content, task, folder, changes)
    plan = paper_plan(task.paper, legend_mm=_LEGEND_MM[task.kind])
    if task.kind == "access":
        alt = access_sheet(content, plan)
    elif task.kind == "sites":
        alt = sites_sheet(content, plan)
    elif task.kind == "site":
        alt = site_sheet(content, plan, task.place)
    else:
        alt = perimeter_sheet(content, plan, task.place)
    title = " – ".join(
        part for part in (" ".join(plan.sheet.words[0].lines), content.map.title) if part
    )
    made = typeset_sheet(
        plan.sheet, alt=alt, title=title, language=content.language, date=content.date,
        keywords=(f"run {content.run}",),
    )  # fmt: skip
    (folder / f"{task.name}.pdf").write_bytes(made)
    plan.sheet.save(folder / f"{task.name}.png", title=title[:300])
    return [f"{task.name}.pdf", f"{task.name}.png"]


def make_all(
    content: PackContent,
    tasks: Sequence[Task],
    folder: Path,
    *,
    changes: Sequence[Change] | None = None,
    workers: int = 1,
    report: Callable[[Task], None] = lambda task: None,
) -> None:
    """Make every piece, on one or several processes: the files are the same whatever their number.

    Parameters
    ----------
    content, tasks, folder, changes
        What, and where to.
    workers
        Processes; a pack of few pieces is made on one.
    report
        Called with each task: as it starts on one process, as it ends on several.
    """
    if workers <= 1 or len(tasks) < 8:
        with house_style():
            for task in tasks:
                report(task)
                make(content, task, folder, changes)
        return
    # A fresh process shares nothing with this one, which may hold threads.
    others = set(active_children())
    with ExitStack() as stack:
        # Within the folder: were all of them killed, nothing would be left elsewhere.
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        handed = scratch / "content"
        handed.write_bytes(pickle.dumps((content, changes, folder)))
        pool = stack.enter_context(
            ProcessPoolExecutor(
                workers,
                mp_context=get_context("spawn"),
                initializer=_begin,
                initargs=(str(handed),),
            )
        )
        try:
            with _undisturbed():
                awaited = {pool.submit(_made_beside, task): task for task in tasks}
            for done in as_completed(awaited):
                done.result()
                report(awaited[done])
        except BrokenProcessPool:
            raise DataError(
                "A process that draws was stopped, most often because the memory was full. Close other "
                "programs and export again; what stood there is intact."
            ) from None
        except BaseException:
            for child in set(active_children()) - others:
                child.terminate()
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back the signals that stop this process: a pool that is half started cannot be ended."""
    came: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    first = threading.current_thread() is threading.main_thread()
    # One that nothing handles ends the process at once, as it should.
    held = {one: signal.getsignal(one) for one in known if first}
    handled = {one: handler for one, handler in held.items() if callable(handler)}
    for number in handled:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
    for number in came[:1]:
        signal.raise_signal(number)


def cores() -> int:
    """Return how many processes this one may use, four at most."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(there or 1, 4)


_HELD: list[tuple[PackContent, Sequence[Change] | None, Path]] = []
_STYLE = ExitStack()


def _begin(handed: str) -> None:
    """Prepare a process: read what it is handed, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tempfile.tempdir = str(Path(handed).parent)
    _STYLE.enter_context(house_style())
    # The file was written a moment ago by the process that started this one.
    _HELD.append(pickle.loads(Path(handed).read_bytes()))


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: killed, it cannot end them itself."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _made_beside(task: Task) -> list[str]:
    content, changes, folder = _HELD[0]
    return make(content, task, folder, changes)


def _set(
    content: PackContent, task: Task, folder: Path, changes: Sequence[Change] | None
) -> list[str]:
    """Write a dossier, and its charts for slides."""
    written = [f"{task.name}.pdf"]
    with tempfile.TemporaryDirectory() as name:
        beside = Path(name)
        dossier: Dossier
        if task.kind == "territory":
            dossier = territory_dossier(content, beside, list(charts(content)), changes)
        else:
            dossier = site_dossier(content, task.place, beside, changes)
        (folder / written[0]).write_bytes(typeset(dossier, beside))
        own = f"chart-{task.name.removeprefix('dossier-')}"
        for path in sorted([*beside.glob("site-chart.*"), *beside.glob("chart-*.*")]):
            chart = path.name if task.kind == "territory" else f"{own}{path.suffix}"
            (folder / chart).write_bytes(path.read_bytes())
            written.append(chart)
    return written
