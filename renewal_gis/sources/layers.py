"""The loading of a layer: one file or several become one checked table.

Rows in = rows kept + rows listed as dropped + rows set aside by `keep`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from renewal_gis.errors import CRSError, DataError, LayerReadError, SchemaError, UsageError
from renewal_gis.schema import (
    TABLES,
    Finding,
    LayerSpec,
    Loaded,
    Provenance,
    Table,
    errors_in,
    findings_table,
    sentence,
)
from renewal_gis.sources.asking import Around, asked_of, given_by, is_known
from renewal_gis.sources.cache import cache_key, cached
from renewal_gis.sources.crs import layer_crs, swapped, verdict
from renewal_gis.sources.extent import extent
from renewal_gis.sources.known.declaring import ASIDE, Given
from renewal_gis.sources.known.stock import with_estimates
from renewal_gis.sources.opening import existing, fingerprint, nearest, reading
from renewal_gis.sources.policy import judged, why_empty
from renewal_gis.sources.recipe import prepared
from renewal_gis.sources.text import cast as typed
from renewal_gis.sources.vintages import agreed_vintage, vintage_notes

__all__ = ["read_layer"]

_LINES_SHOWN = 12
_ASIDE = frozenset({"set-aside", "beyond-margin", "outside-area", *ASIDE})
# Filled by hand after the study was begun: empty at first.
_BY_HAND = frozenset({"sites", "operations", "milestones"})


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one file gave."""

    frame: pd.DataFrame | None
    findings: tuple[Finding, ...]
    rows_in: int
    given: Given


def read_layer(
    specs: Sequence[LayerSpec],
    *,
    table: str,
    crs: pyproj.CRS,
    area: shapely.Geometry | None = None,
    margin_m: float = 0,
    communes: gpd.GeoDataFrame | None = None,
    cache: Path | None = None,
) -> Loaded:
    """Read, check and stack the files of one declared table.

    Parameters
    ----------
    specs
        The files, in the order their rows are stacked. Rows are named by the column `spec.id`,
        else by a column `id`, else (or with `id = "row"`) by their number in the file, which the
        file's name precedes when several are stacked.
    table
        Name of the declared table (`stock`, `services`…).
    crs
        The study's system, from `study_crs`.
    area
        The study's area, a polygon in `crs`. Of a table of lines, only the lines that touch it or
        its margin are kept, whole; the findings count the others. Other tables are read whole.
    margin_m
        Width of the margin around `area` or `communes`, in metres: as far as people walk, so that
        the border cuts nobody's way.
    communes
        Communes of the study by INSEE code, in `crs`. Of a known source and of a database, only what
        touches them or the margin is read; the findings count the rest.
    cache
        A folder where tables of lines and what comes from OpenStreetMap are kept as GeoParquet,
        and found again when the content of the files and all that is asked are the same. A kept
        table is equal to one read anew. What cannot be read there is made again; where nothing
        can be written, nothing is kept.

    Returns
    -------
    Loaded
        The table, indexed by a unique text identifier under the schema's index name, with the
        declared columns that were found, in declared order, then the geometry in `crs` (a plain
        DataFrame for a table without geometry). Undeclared columns are left out. NaN or NA in an
        optional column means that the value is unknown. The findings list every row left out,
        repaired or set aside.

    Raises
    ------
    CRSError
        No coordinate system, or coordinates outside the study's.
    LayerReadError
        A file that is missing, truncated, or not what it says.
    SchemaError
        Duplicate identifiers, missing or unknown columns, wrong geometry types, coordinates that
        are not finite, an empty layer. One message tells every fault of the layer.
    UsageError
        `table` is not declared, no file is given, or `area` is no polygon.
    """
    wanted = _declared(table)
    if not specs:
        raise UsageError(f"{table}: no file is given. Name at least one under [layers].")
    lines = wanted.geometry == ("line",)
    place = Around(
        crs=crs,
        extent=extent(area, margin_m) if lines else None,
        communes=communes,
        margin_m=margin_m,
    )
    kept = lines or any(spec.source == "osm" for spec in specs)
    # What a database or a known source gives depends on more than the bytes of a file.
    plain = not any(is_known(spec) or spec.database is not None for spec in specs)
    if cache is None or not kept or not plain:
        return _read(specs, wanted, place)
    prints = [fingerprint(existing(one.path, layer=table), layer=table) for one in specs]
    key = cache_key(specs, prints, table=table, crs=crs, extent=place.extent)
    return cached(cache, table, key, crs, lambda: _read(specs, wanted, place))


def _read(specs: Sequence[LayerSpec], wanted: Table, place: Around) -> Loaded:
    refused: list[DataError] = []
    parts: list[_Part] = []
    for spec, prefix in zip(specs, _prefixes(specs), strict=True):
        try:
            parts.append(_part(spec, wanted, prefix, place))
        except (CRSError, LayerReadError) as error:
            refused.append(error)
    findings = [finding for part in parts for finding in part.findings]
    frames = [part.frame for part in parts if part.frame is not None]
    if not refused and len(frames) == len(specs) > 1:
        findings += _clashes(frames, specs, wanted)
    _stop(refused, errors_in(findings), wanted)
    return Loaded(
        table=_stacked(frames, wanted, place.crs),
        findings=tuple(findings),
        provenance=tuple(
            _provenance(spec, part, wanted) for spec, part in zip(specs, parts, strict=True)
        ),
    )


def _declared(name: str) -> Table:
    for one in TABLES:
        if one.name == name:
            return one
    known = [one.name for one in TABLES]
    raise UsageError(f"{name!r} is not a declared table.{nearest(name, known)}")


def _prefixes(specs: Sequence[LayerSpec]) -> list[str]:
    """Return what precedes the row numbers of each file when several are stacked."""
    if len(specs) == 1:
        return [""]
    return [f"{spec.layer or spec.path.stem}/" for spec in specs]


def _part(spec: LayerSpec, table: Table, prefix: str, place: Around) -> _Part:
    file, crs, around = spec.path.name, place.crs, place.extent
    given = given_by(spec, table, place)
    raw = given.frame
    notes = (
        *given.findings,
        *vintage_notes(spec.vintage, given.vintage, layer=table.name, file=file),
    )
    # A reader lists what it could not turn into a row: those count among the rows that came in.
    rows_in = len(raw) + sum(
        one.count for one in notes if one.severity == "dropped" or one.code in _ASIDE
    )
    ready = prepared(raw, spec, table, prefix=prefix)
    findings = [*(replace(one, file=file) for one in notes), *ready.findings]
    if ready.frame is None:
        return _Part(frame=None, findings=tuple(findings), rows_in=rows_in, given=given)
    frame = ready.frame
    if _is_empty_rightly(frame, spec, table, findings, rows_in):
        findings.append(_none_here(table, file, rows_in))
        bare = gpd.GeoDataFrame(frame, geometry=[], crs=crs) if table.geometry else frame
        return _Part(frame=bare, findings=tuple(findings), rows_in=rows_in, given=given)
    if not len(frame) and (why := why_empty(findings)):
        told = Finding(
            layer=table.name, severity="error", code="empty-layer", message=why, file=file
        )
        return _Part(frame=None, findings=(*findings, told), rows_in=rows_in, given=given)
    if isinstance(frame, gpd.GeoDataFrame):
        frame = _projected(frame, spec, table, crs, findings)
        if spec.source == "osm" and table.name == "streets":
            frame["length_m"] = frame.geometry.length
        if table.name == "stock" and spec.source is None:
            frame = with_estimates(frame, asked_of(spec, table, place), findings)
    outcome = judged(frame, table, file=file)
    findings += outcome.findings
    kept = outcome.frame
    if kept is not None and around is not None:
        kept, left = around.within(cast(gpd.GeoDataFrame, kept), table=table.name, file=file)
        findings += left
    if kept is not None:
        _balance(rows_in, len(kept), findings, table, file)
    return _Part(frame=kept, findings=tuple(findings), rows_in=rows_in, given=given)


def _is_empty_rightly(
    frame: pd.DataFrame, spec: LayerSpec, table: Table, findings: list[Finding], rows_in: int
) -> bool:
    """Tell an answer from a fault: a place may have no priority neighbourhood, a form not be filled yet."""
    if len(frame) or any(
        one.severity in {"error", "dropped"} or one.code == "set-aside" for one in findings
    ):
        return False
    wide = spec.database is not None or is_known(spec)
    # Without communes there is no study. A form has its columns, a broken file does not.
    form = table.name in _BY_HAND and all(
        one.name in frame for one in table.columns if one.required
    )
    return (wide and table.name != "communes") or (form and rows_in == 0)


def _none_here(table: Table, file: str, rows_in: int) -> Finding:
    told = (
        f"None of its {rows_in} rows lies in the study and fills this layer: the file adds nothing."
        if rows_in
        else "It holds no row: the file adds nothing to the layer."
    )
    return Finding(layer=table.name, severity="note", code="none-here", message=told, file=file)


def _projected(
    frame: gpd.GeoDataFrame,
    spec: LayerSpec,
    table: Table,
    crs: pyproj.CRS,
    findings: list[Finding],
) -> gpd.GeoDataFrame:
    file = spec.path.name
    stated = None if frame.crs is None else pyproj.CRS.from_user_input(frame.crs)
    own = layer_crs(stated, spec.crs, layer=table.name, file=file)
    if stated is not None and spec.crs is not None:
        findings.append(
            Finding(
                layer=table.name,
                severity="note",
                code="crs-stated",
                file=file,
                message=f"The file states {own.name}; crs = {spec.crs!r} was not needed.",
            )
        )
    shapes = frame.geometry.set_crs(own)
    if spec.swap_axes:
        shapes = swapped(shapes)
    found = verdict(shapes, crs)
    if found.message:
        rows = [str(row) for row in frame.index[found.outside][:5]]
        more = ", …" if found.outside.sum() > 5 else ""
        raise CRSError(f"{table.name} ({file}), rows {', '.join(rows)}{more}: {found.message}")
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    with reading(spec.path, layer=table.name, advice="Check the crs of the layer."):
        moved = shapes if own == crs else shapes.to_crs(crs)
    return gpd.GeoDataFrame(plain, geometry=moved.set_crs(crs, allow_override=True))


def _balance(rows_in: int, kept: int, findings: list[Finding], table: Table, file: str) -> None:
    dropped = sum(one.count for one in findings if one.severity == "dropped")
    aside = sum(one.count for one in findings if one.code in _ASIDE)
    if rows_in != kept + dropped + aside:
        raise AssertionError(
            f"{table.name} ({file}): {rows_in} rows in, {kept} kept, {dropped} dropped, "
            f"{aside} set aside"
        )


def _clashes(frames: list[pd.DataFrame], specs: Sequence[LayerSpec], table: Table) -> list[Finding]:
    """Return one fault per identifier that several files use."""
    owners: dict[str, list[str]] = {}
    for frame, spec in zip(frames, specs, strict=True):
        for row in frame.index:
            owners.setdefault(row, []).append(spec.path.name)
    return [
        Finding(
            layer=table.name,
            severity="error",
            code="duplicate-id",
            row=row,
            file=", ".join(sorted(set(files))),
            message=f"The identifier {row!r} is used by {len(files)} files. Choose a column whose "
            'values differ from file to file with id = "…", or number the rows with id = "row".',
        )
        for row, files in owners.items()
        if len(files) > 1
    ]


def _stacked(frames: list[pd.DataFrame], table: Table, crs: pyproj.CRS) -> pd.DataFrame:
    held = {name for frame in frames for name in frame.columns}
    names = [name for name in table.names if name in held]
    plain = [pd.DataFrame(frame).reindex(columns=names) for frame in frames]
    whole = plain[0] if len(plain) == 1 else pd.concat([one.astype(object) for one in plain])
    columns = {name: typed(whole[name], table.column(name)) for name in names}
    index = pd.Index(whole.index.astype(str), name=table.index)
    result = pd.DataFrame({name: values.array for name, values in columns.items()}, index=index)
    if not table.geometry:
        return result
    shapes = np.concatenate([frame["geometry"].to_numpy() for frame in frames])
    return gpd.GeoDataFrame(result, geometry=gpd.GeoSeries(shapes, index=index, crs=crs))


def _provenance(spec: LayerSpec, part: _Part, table: Table) -> Provenance:
    told = part.given
    vintage = agreed_vintage(spec.vintage, told.vintage)
    return Provenance(
        layer=table.name,
        file=spec.path.name,
        sha256=told.sha256 or fingerprint(spec.path, layer=table.name),
        nature=spec.nature,
        vintage=vintage,
        licence=spec.licence or told.licence,
        attribution=spec.attribution or told.credit.replace("{vintage}", vintage).strip(),
        rows_in=part.rows_in,
        rows_kept=0 if part.frame is None else len(part.frame),
    )


def _stop(refused: list[DataError], faults: list[Finding], table: Table) -> None:
    """Raise one error that tells every fault, if there is one."""
    if not refused and not faults:
        return
    lines = [*(str(error) for error in refused), *(sentence(fault) for fault in faults)]
    message = lines[0]
    if len(lines) > 1:
        shown = [f"  {line}" for line in lines[:_LINES_SHOWN]]
        if len(lines) > _LINES_SHOWN:
            kinds = Counter(fault.code for fault in faults)
            tally = ", ".join(f"{count} {code}" for code, count in kinds.items())
            shown.append(f"  … and {len(lines) - _LINES_SHOWN} more ({tally} in all).")
        message = f"{table.name}: {len(lines)} faults stop the layer:\n" + "\n".join(shown)
    if not faults:
        kinds_refused = {type(error) for error in refused}
        raise (kinds_refused.pop() if len(kinds_refused) == 1 else LayerReadError)(message)
    listed = [
        Finding(layer=table.name, severity="error", code="unreadable", message=str(error))
        for error in refused
    ]
    raise SchemaError(message, findings_table([*listed, *faults]))
