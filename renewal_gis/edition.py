"""What a run publishes: the content of the map and the tables, from one set of results."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from renewal_gis.access import departures, stop_categories
from renewal_gis.access.level_tables import GRADES
from renewal_gis.config import Transit
from renewal_gis.files import atomic_folder, sha256_of, write_text
from renewal_gis.publishing.charts import two_axes_chart
from renewal_gis.publishing.content import CriterionScale, MapContent, MeasureLabel
from renewal_gis.publishing.results import (
    assumptions_table,
    published_before,
    write_csv,
    write_geoparquet,
    write_manifest,
)
from renewal_gis.publishing.surfaces import write_surface
from renewal_gis.publishing.webmap import draw
from renewal_gis.recording import in_force, parameters, run_id, sources_table
from renewal_gis.run_facts import english_day, run_facts
from renewal_gis.schema import measure
from renewal_gis.scoring import Criterion, criteria_table
from renewal_gis.study import Results
from renewal_gis.tabling import scenarios_page, tables

__all__ = ["map_content", "publish", "write_record", "write_tables"]

_SHOWN_STOCK = [
    "dwellings", "dwellings_method", "social_dwellings", "tenure", "built_year", "fate", "estate",
    "commune", "sector", "perimeter",
]  # fmt: skip
_COLOURED = (
    "walk_min:", "departures_day:", "departures_h:", "quality_class:oevgk18", "transit_min:",
    "transit_min_before:", "transit_change:", "transit_gain:",
)  # fmt: skip
_STOP_CLASS: Final = "oevgk18"  # the class of stops the map tells, that of the places too
_DRAWN_M = 4.0  # outlines that are only looked at are simplified by this much on the map
_NOTICE = {
    "real": "",
    "schematic": "Some outlines are schematic: they show where, not exactly what.",
    "synthetic": (
        "Rests on synthetic data: it shows the method, not the territory. "
        "Do not quote its figures as facts about real places."
    ),
}


def map_content(results: Results) -> MapContent:
    """Return everything the interactive map shows."""
    study = results.study
    drawn = ("perimeters", "constraints", "backdrop", "streets", "services", "stops")
    layers = {name: layer for name in drawn if (layer := study.geo(name)) is not None}
    layers |= _timetabled(results)
    outlines = [one for one in (results.isochrones, results.transit_isochrones) if one is not None]
    if outlines:
        layers["isochrones"] = _site_isochrones(outlines, results.sites)
    if results.programme_report is not None and len(results.programme_report.flow_lines):
        layers["flows"] = results.programme_report.flow_lines
    labels = _labels(results)
    shown = [label.key for label in labels]
    surface = _columns(results.surface, shown)
    if surface is not None:
        layers["surface"] = surface
    return MapContent(
        title=study.settings.name,
        language=study.settings.language,
        communes=study.tables["communes"],
        layers=layers,
        stock=_columns(results.stock, [*_SHOWN_STOCK, *shown]),
        sites=results.sites,
        breakdown=None if results.ranking is None else results.ranking.breakdown(),
        criteria=tuple(map(_scale, () if results.ranking is None else results.ranking.criteria)),
        operations=study.tables.get("operations"),
        milestones=study.tables.get("milestones"),
        measures=labels,
        comparison=results.comparison if len(results.comparison) else None,
        distribution=results.distribution if len(results.distribution) else None,
        facts=tuple(run_facts(results)),
        notices=_notices(results),
        sources=sources_table(results),
    )


def _scale(criterion: Criterion) -> CriterionScale:
    """Return a criterion as the page shows it, with its anchors."""
    return CriterionScale(
        name=criterion.name,
        measure=criterion.measure,
        en=criterion.en or criterion.name,
        fr=criterion.fr or criterion.name,
        weight=criterion.weight,
        anchors=criterion.curve,
        source=criterion.source,
        group=criterion.group,
        verified=criterion.verified,
    )


def _notices(results: Results) -> dict[str, str]:
    """Return the nature of each layer that is not real; what is drawn from another takes its nature."""
    notices: dict[str, str] = {
        p.layer: p.nature for p in results.study.provenance if p.nature != "real"
    }
    report = results.programme_report
    drawn = {
        "isochrones": results.isochrones,
        "surface": results.surface,
        "flows": None if report is None else report.flow_lines,
    }
    for name, layer in drawn.items():
        if layer is not None and "streets" in notices:
            notices[name] = notices["streets"]
    if "stops" in notices:
        notices["lines"] = notices["stops"]
    return notices


def _timetabled(results: Results) -> dict[str, gpd.GeoDataFrame]:
    """Return the stops with their class and the lines, as the timetable of the day makes them."""
    study = results.study
    schedule, transit, stops = study.schedule, study.settings.transit, study.geo("stops")
    if schedule is None or transit is None or stops is None:
        return {}
    found = stop_categories(schedule, departures(schedule, transit.date))
    classes = found[f"category:{_STOP_CLASS}"].reindex(stops.index)
    order = pd.CategoricalDtype(list(GRADES[_STOP_CLASS].classes), ordered=True)
    layers = {"stops": stops.assign(category=classes.astype(order))}
    return layers if results.lines is None else {**layers, "lines": results.lines}


def _site_isochrones(
    drawn: list[gpd.GeoDataFrame], sites: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """Return the isochrones of the sites with the sites' names, the widest first."""
    held = gpd.GeoDataFrame(pd.concat(drawn, ignore_index=True), crs=drawn[0].crs)
    table = held[held["layer"] == "sites"].sort_values(["minutes", "place"], ascending=False)
    names = {} if sites is None else sites["name"].to_dict()
    mode = table["mode"].fillna("walk") if "mode" in table.columns else "walk"
    table = table.assign(name=table["place"].map(names), mode=mode).reset_index(drop=True)
    table.geometry = table.geometry.simplify(_DRAWN_M)
    return table.set_index(table.index.map(str))


def publish(results: Results, folder: Path | str, *, only_map: bool = False) -> list[Path]:
    """Write the map and the tables of a run into a folder.

    Everything is written beside and swapped in at the end: when a step fails, what stood in the
    folder before is intact.

    Parameters
    ----------
    results
        What `run` returned.
    folder
        Folder to write into; made when absent.
    only_map
        Write `map.html` and nothing else.

    Returns
    -------
    list of Path
        The files written.
    """
    target = Path(folder)
    before = published_before(target)
    page = draw(map_content(results))
    obsolete = () if only_map else before
    with atomic_folder(target, obsolete=obsolete) as beside:
        page.save(beside / "map.html")
        if not only_map:
            write_tables(results, beside)
            _write_pages(results, beside)
            _write_layers(results, beside)
            write_record(results, beside)
        names = sorted(path.name for path in beside.iterdir())
        drawn = sha256_of(beside / "map.html")
    if only_map and before.get("map.html", drawn) != drawn:
        # The manifest of an earlier run would now lie about the map.
        (target / "manifest.json").unlink(missing_ok=True)
    return [target / name for name in names]


def write_tables(results: Results, folder: Path) -> None:
    """Write every table of a run as CSV, each with the data's nature and the timetable's date.

    Parameters
    ----------
    results
        What `run` returned.
    folder
        An existing folder; what it holds under the same names is replaced.
    """
    transit = results.study.settings.transit
    dated = {
        "data_nature": results.study.nature,
        "timetable_date": transit.date.isoformat() if transit else "",
    }
    plain = {
        "findings": results.findings,
        "sources": sources_table(results),
        "assumptions": assumptions_table(in_force(results)),
        "criteria": criteria_table(results.study.settings.criteria),
    }
    for name, table in plain.items():
        if len(table.columns):
            write_csv(table, folder / f"{name}.csv")
    for name, table in tables(results).items():
        write_csv(table, folder / f"{name}.csv", **dated)


def write_record(results: Results, folder: Path) -> None:
    """Write `manifest.json` for what a folder holds: inputs, parameters, versions, hashes."""
    write_manifest(
        folder,
        inputs=sources_table(results),
        parameters={**parameters(results), "run": run_id(results)},
        notice=_NOTICE[results.study.nature],
    )


def _write_pages(results: Results, folder: Path) -> None:
    """Write the ten lines on the scenarios, and the chart of the two axes."""
    page = scenarios_page(results)
    if page:
        write_text(folder / "scenarios.md", page)
    if results.axes is not None and results.sites is not None:
        language = results.study.settings.language
        ground = results.ground(language=language)
        chart = two_axes_chart(results.axes, results.sites, language=language, notes=ground[1:])
        write_text(folder / "two_axes.svg", chart)


def _write_layers(results: Results, folder: Path) -> None:
    """Write the layers as GeoParquet, and the surface as a GeoTIFF too."""
    nature = results.study.nature
    layers = {
        "sites": results.sites,
        "stock": results.stock,
        "isochrones": results.isochrones,
        "transit_isochrones": results.transit_isochrones,
        "surface": results.surface,
        "flows": None if results.programme_report is None else results.programme_report.flow_lines,
    }
    for name, layer in layers.items():
        if layer is not None and len(layer):
            write_geoparquet(layer, folder / f"{name}.parquet", nature=nature)
    asked = results.study.settings.surface
    if results.surface is not None and asked is not None and len(results.surface.columns) > 3:
        write_surface(results.surface, folder / "surface.tif", cell_m=asked.cell_m, nature=nature)


def _labels(results: Results) -> tuple[MeasureLabel, ...]:
    """Return the measures shown as colour: on foot, by transit, and the service near."""
    held = results.stock if results.stock is not None else results.sites
    if held is None:
        return ()
    # The criteria first, in the order of the study file: the map opens on the first of them.
    wanted = [criterion.measure for criterion in results.study.settings.criteria]
    others = [key for key in held.columns if str(key).startswith(_COLOURED)]
    keys = [key for key in dict.fromkeys([*wanted, *others]) if key in held.columns]
    dated = _timetable_dates(results.study.settings.transit)
    return tuple(
        MeasureLabel(
            key=found.key,
            en=found.en + dated.get(found.key.partition(":")[0], ("", ""))[0],
            fr=found.fr + dated.get(found.key.partition(":")[0], ("", ""))[1],
            unit=found.unit,
            breaks=found.breaks,
            low_is_good=found.low_is_good,
        )
        for found in map(measure, keys)
    )


def _timetable_dates(transit: Transit | None) -> dict[str, tuple[str, str]]:
    """Return what labels add when two timetables are compared: the date of each, in both languages."""
    if transit is None or transit.before is None:
        return {}
    today, before = (
        (english_day(day), f"{day:%d/%m/%Y}") for day in (transit.date, transit.before.date)
    )
    both = tuple(f"{then} → {now}" for then, now in zip(before, today, strict=True))
    told = {"transit_min": today, "transit_min_before": before, "transit_change": both}
    return {kind: (f", {en}", f", {fr}") for kind, (en, fr) in told.items()}


def _columns(table: gpd.GeoDataFrame | None, names: list[str]) -> gpd.GeoDataFrame | None:
    if table is None:
        return None
    return table[[name for name in names if name in table.columns] + [table.geometry.name]]
