"""What the study asks of a file, a table of a database or a known source, and the rows it gives."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pyproj

from renewal_gis.schema import LayerSpec, Table
from renewal_gis.sources.extent import Extent
from renewal_gis.sources.formats import raw_table
from renewal_gis.sources.known.databases import Database
from renewal_gis.sources.known.declaring import Asked, Given

__all__ = ["Around", "asked_of", "given_by", "is_known"]


@dataclass(frozen=True, kw_only=True)
class Around:
    """The study's system, where lines are wanted, and its communes."""

    crs: pyproj.CRS
    extent: Extent | None
    communes: gpd.GeoDataFrame | None
    margin_m: float


def is_known(spec: LayerSpec) -> bool:
    """Tell whether a layer is read as its producer publishes it; OpenStreetMap has a reader of its own."""
    return spec.source not in {None, "osm"}


def asked_of(spec: LayerSpec, table: Table, around: Around) -> Asked:
    """Return what is asked of one file or one table of a database."""
    return Asked(
        path=spec.path,
        table=table.name,
        layer=spec.layer,
        id=spec.id,
        columns=(*spec.rename, *(name for name in (spec.id, spec.unique) if name)),
        keep=spec.keep,
        communes=around.communes,
        margin_m=around.margin_m,
        database=None if spec.database is None else Database(spec.database),
    )


def given_by(spec: LayerSpec, table: Table, around: Around) -> Given:
    """Return the rows of a file, of a table of a database, or of a known source in either.

    Raises
    ------
    CRSError, LayerReadError
        What the readers refuse.
    """
    asked = asked_of(spec, table, around)
    # Here and not at the top: few studies need these readers, and their libraries are heavy.
    if is_known(spec):
        from renewal_gis.sources.known.reading import read_known

        return read_known(str(spec.source), asked)
    if spec.database is not None:
        from renewal_gis.sources.postgis import read_postgis

        return read_postgis(asked, database=spec.database, spatial=bool(table.geometry))
    frame, notes = raw_table(spec, table=table)
    return Given(frame=frame, findings=tuple(notes))
