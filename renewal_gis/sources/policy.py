"""What becomes of a fault: it stops the layer, leaves one row out, or is repaired; always listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from renewal_gis.schema import Finding, Table, check
from renewal_gis.schema.checking import valid_shapes
from renewal_gis.sources.text import readable

__all__ = ["STOPS", "Judged", "judged", "why_empty"]

# A row with one of these cannot be set right by leaving it out: others are probably false too.
STOPS = frozenset(
    {
        "coordinate-not-finite",
        "duplicate-id",
        "empty-layer",
        "missing-column",
        "no-geometry",
        "wrong-geometry-type",
    }
)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The rows of one file that meet the schema, and what was found.

    Parameters
    ----------
    frame
        None when a finding of severity `error` stops the layer.
    findings
        Faults, rows left out, repairs.
    """

    frame: pd.DataFrame | None
    findings: tuple[Finding, ...]


def judged(frame: pd.DataFrame, table: Table, *, file: str) -> Judged:
    """Check rows and apply the policy.

    Parameters
    ----------
    frame
        Rows under the names of the schema, in the study's system.
    table
        The declaration.
    file
        File name for the findings.
    """
    findings: list[Finding] = []
    sound = False
    if isinstance(frame, gpd.GeoDataFrame):
        # A NaN in an outline is a fault found below, not a matter for a warning.
        with np.errstate(invalid="ignore"):
            frame = _flat(frame)
            frame = _with_geometry(frame, table, findings)
            frame, sound = _repaired(frame, table, findings)
    for column in table.columns:
        if column.name in frame:
            frame[column.name] = readable(frame[column.name], column)
    found = check(frame, table.name, sound=sound)
    stops = [finding for finding in found if finding.code in STOPS]
    # Of an empty layer nothing else can be said.
    stops = [finding for finding in stops if finding.code == "empty-layer"] or stops
    if stops:
        return _signed(None, [*findings, *stops], file)
    frame = _without_faults(frame, table, found, findings)
    if len(frame) == 0:
        every = "Every row was left out because of a fault. Correct the file, or its rename."
        empty = Finding(layer=table.name, severity="error", code="empty-layer", message=every)
        return _signed(None, [*findings, empty], file)
    return _signed(frame, findings, file)


def why_empty(findings: Iterable[Finding]) -> str:
    """Return why no row is left, where a finding says it; empty when none does."""
    for one in findings:
        if one.severity == "dropped" or one.code == "keep-matches-nothing":
            return f"The layer has no row left: {one.message}"
    return ""


def _signed(frame: pd.DataFrame | None, findings: list[Finding], file: str) -> Judged:
    return Judged(frame=frame, findings=tuple(replace(one, file=file) for one in findings))


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return plane shapes; a group of one point becomes that point, which loses nothing."""
    shapes = frame.geometry.to_numpy()
    lone = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    if not lone.any() and not shapely.has_z(shapes).any() and not shapely.has_m(shapes).any():
        return frame
    shapes = shapely.force_2d(shapes)
    shapes = np.where(lone, shapely.get_geometry(shapes, 0), shapes)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _with_geometry(
    frame: gpd.GeoDataFrame, table: Table, findings: list[Finding]
) -> gpd.GeoDataFrame:
    absent = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
    if not absent.any():
        return frame
    findings += [
        Finding(
            layer=table.name,
            severity="dropped",
            code="null-geometry",
            message="The row has no geometry; it was left out. Draw it in the source.",
            row=str(row),
        )
        for row in frame.index[absent]
    ]
    return frame[~absent]


def _repaired(
    frame: gpd.GeoDataFrame, table: Table, findings: list[Finding]
) -> tuple[gpd.GeoDataFrame, bool]:
    """Make shapes valid; tell whether all of them are now."""
    shapes = frame.geometry.to_numpy().copy()
    bad = ~valid_shapes(shapes)
    if not bad.any():
        return frame, True
    dimension = shapely.get_dimensions(shapes)
    broken = bad & (dimension >= 1)
    broken[broken] = _finite(shapes[broken])
    lost = np.zeros(len(frame), dtype=np.bool_)
    for place in np.flatnonzero(broken):
        reason = shapely.is_valid_reason(shapes[place])
        mended = _parts(shapely.make_valid(shapes[place]), int(dimension[place]))
        lost[place] = mended is None
        what = (
            "nothing is left of it once repaired, so the row was left out"
            if mended is None
            else "it was repaired (make valid)"
        )
        findings.append(
            Finding(
                layer=table.name,
                severity="dropped" if mended is None else "repaired",
                code="invalid-geometry",
                message=f"The shape is invalid ({reason}); {what}. Correct it in the source.",
                row=str(frame.index[place]),
            )
        )
        shapes[place] = mended
    repaired = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    return repaired[~lost], bool((broken == bad).all())


def _parts(shape: shapely.Geometry, dimension: int) -> shapely.Geometry | None:
    """Keep the parts of the dimension the shape had: a repair can leave stray points and lines."""
    parts = [
        part
        for piece in shapely.get_parts(shape)
        for part in shapely.get_parts(piece)
        if shapely.get_dimensions(part) == dimension and not part.is_empty
    ]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return shapely.multipolygons(parts) if dimension == 2 else shapely.multilinestrings(parts)


def _finite(shapes: np.ndarray) -> np.ndarray:
    pairs, owner = shapely.get_coordinates(shapes, return_index=True)
    sane = np.ones(len(shapes), dtype=np.bool_)
    sane[owner[~np.isfinite(pairs).all(axis=1)]] = False
    return sane


def _without_faults(
    frame: pd.DataFrame, table: Table, found: list[Finding], findings: list[Finding]
) -> pd.DataFrame:
    """Leave out rows with a fault in a required column; empty the faulty optional values."""
    if not found:
        return frame
    faults: dict[str, list[Finding]] = defaultdict(list)
    repairs: list[Finding] = []
    for finding in found:
        if not finding.column or table.column(finding.column).required:
            faults[finding.row].append(finding)
        else:
            repairs.append(finding)
    places = {row: place for place, row in enumerate(frame.index)}
    for _, causes in sorted(faults.items(), key=lambda pair: places[pair[0]]):
        message = " ".join(cause.message for cause in causes) + " The row was left out."
        findings.append(replace(causes[0], severity="dropped", message=message))
    emptied: dict[str, list[str]] = defaultdict(list)
    for finding in repairs:
        if finding.row not in faults:
            told = f"{finding.message} The value was set to missing."
            findings.append(replace(finding, severity="repaired", message=told))
            emptied[finding.column].append(finding.row)
    for column, rows in emptied.items():  # of a million rows, one by one takes minutes
        values = frame[column].astype(object)  # a whole number cannot be missing
        frame[column] = values.where(~frame.index.isin(rows), None)
    return frame[~frame.index.isin(list(faults))]
