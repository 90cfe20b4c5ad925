"""A table or a view of a PostGIS database, read like a file, cut to the study by the server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from renewal_gis.errors import CRSError, LayerReadError
from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Given
from renewal_gis.sources.opening import nearest
from renewal_gis.sources.postgis_connecting import connected, literal, quoted, rows_of
from renewal_gis.sources.postgis_cutting import Cut

__all__ = ["Chosen", "holds_table", "read_postgis"]

# Names of all columns of a table → those to read.
Chosen = Callable[[list[str]], Collection[str]]

# What the driver gives as it stands; the others are asked for as text.
_PLAIN = frozenset({"smallint", "integer", "bigint", "real", "double precision", "text", "boolean"})
_SHAPE = "__shape"


@dataclass(frozen=True, kw_only=True)
class _Relation:
    """A table as the server's catalogue describes it."""

    schema: str
    name: str
    columns: dict[str, str]
    shapes: dict[str, int]
    key: str | None

    @property
    def sql(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    def shape_sql(self, column: str) -> str:
        """Return a column of shapes as plane ones; those on the globe are in degrees."""
        on_globe = self.columns[column] == "geography"
        return f"{quoted(column)}::geometry" if on_globe else quoted(column)


def read_postgis(
    asked: Asked,
    *,
    database: str,
    spatial: bool,
    chosen: Chosen | None = None,
    cut: Cut | None = None,
) -> Given:
    """Read a table or a view.

    Parameters
    ----------
    asked
        `path` is the name of the table, with its schema or not; `layer` the column of shapes, where
        there are several; `communes` what the server cuts the rows to.
    database
        `postgis://user@host/name` or `service=name`.
    spatial
        The rows are wanted with their shapes.
    chosen
        Tells the columns of a known source, which names its rows itself: no key is needed, and rows
        without one come in the order of all that is read of them. None: all columns.
    cut
        What else the server leaves out, by what the columns say.

    Returns
    -------
    Given
        Rows in the order of their key, with the SRID of the column; the fingerprint is of their
        content. Numbers of exact type become floats, dates and other kinds texts.

    Raises
    ------
    CRSError
        Shapes without SRID.
    LayerReadError
        No such table, no shapes, no primary key to name and order the rows, or a server that does
        not answer.
    """
    with connected(database, place=asked.table) as connection:
        # One picture of the table for all that is asked of it; nothing can be written.
        rows_of(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Days as 1962-01-31, whatever the server or the user prefers.
        rows_of(connection, "SET LOCAL DateStyle = 'ISO'")
        relation = _described(connection, asked)
        names = None if chosen is None else chosen(list(relation.columns))
        shape, srid = _shape_of(relation, asked, names) if spatial else (None, 0)
        order = _order(relation, asked, needed=chosen is None)
        where = _where(asked, relation, shape, srid, cut)
        frame = _rows(connection, relation, shape, where, order, names)
        total = rows_of(connection, f"SELECT count(*) FROM {relation.sql}")[0][0]
    findings = []
    if total != len(frame):
        told = (
            f"{total - len(frame)} of {total} rows lie beyond the study; the server left them out."
        )
        findings.append(
            Finding(
                layer=asked.table, severity="note", code="not-read", message=told,
                file=asked.path.name, count=total - len(frame),
            )
        )  # fmt: skip
    digest = _fingerprint(frame)
    if chosen is None and "id" not in frame and relation.key is not None:
        frame["id"] = frame[relation.key]
    if shape is not None:
        try:
            shapes = shapely.from_wkb(frame.pop(_SHAPE).to_numpy())
        except shapely.errors.ShapelyError:
            raise LayerReadError(
                f"{asked.table} ({asked.path.name}): the column {shape} holds shapes of a kind no map has, "
                "such as TIN. Make points, lines or outlines of them in a view."
            ) from None
        frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=pyproj.CRS.from_epsg(srid))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Given(frame=frame, findings=tuple(findings), sha256=digest)


def holds_table(asked: Asked, *, database: str) -> bool:
    """Tell whether a database has a table or view of this name, and shows it.

    Raises
    ------
    LayerReadError
        A server that does not answer.
    """
    with connected(database, place=asked.table) as connection:
        return bool(_found(connection, asked))


def _found(connection: Any, asked: Asked) -> list[tuple[Any, ...]]:
    schema, _, name = asked.path.name.rpartition(".")
    held = f"n.nspname = {literal(schema)}" if schema else "pg_table_is_visible(c.oid)"
    return rows_of(
        connection,
        f"""SELECT n.nspname::text, c.oid::bigint FROM pg_class c JOIN pg_namespace n
            ON n.oid = c.relnamespace
            WHERE c.relname = {literal(name)} AND {held} AND c.relkind IN ('r','v','m','f','p')""",
    )


def _described(connection: Any, asked: Asked) -> _Relation:
    name = asked.path.name.rpartition(".")[2]
    found = _found(connection, asked)
    if not found:
        raise LayerReadError(_no_table(connection, asked))
    schema, oid = found[0]
    columns = rows_of(
        connection,
        f"""SELECT attname::text, format_type(COALESCE(NULLIF(t.typbasetype, 0), a.atttypid), NULL)
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE attrelid = {oid} AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
    )
    shapes = rows_of(
        connection,
        f"""SELECT f_geometry_column::text, srid FROM geometry_columns
            WHERE f_table_schema = {literal(schema)} AND f_table_name = {literal(name)}
            UNION ALL SELECT f_geography_column::text, srid FROM geography_columns
            WHERE f_table_schema = {literal(schema)} AND f_table_name = {literal(name)}""",
    )
    keys = rows_of(
        connection,
        f"""SELECT a.attname::text FROM pg_index i JOIN pg_attribute a
            ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
            WHERE i.indrelid = {oid} AND i.indisprimary""",
    )
    return _Relation(
        schema=schema, name=name, columns={str(one): str(kind) for one, kind in columns},
        shapes={str(one): int(srid or 0) for one, srid in shapes},
        key=str(keys[0][0]) if len(keys) == 1 else None,
    )  # fmt: skip


def _no_table(connection: Any, asked: Asked) -> str:
    held = rows_of(
        connection,
        """SELECT f_table_schema || '.' || f_table_name FROM geometry_columns
           ORDER BY 1""",
    )
    known = [str(row[0]) for row in held]
    plain = {one.rpartition(".")[2]: one for one in known}
    near = nearest(asked.path.name, [*known, *plain])
    return (
        f"{asked.table} ({asked.path.name}): the database has no such table or view, or you may not "
        f"see it.{near} Write it as schema.table."
    )


def _shape_of(relation: _Relation, asked: Asked, wanted: Collection[str] | None) -> tuple[str, int]:
    place = f"{asked.table} ({asked.path.name})"
    names = list(relation.shapes)
    published = [name for name in names if name in (wanted or ())]
    if len(published) == 1:
        # A source that publishes several says by its columns which is meant.
        names = published
    if asked.layer is not None:
        if asked.layer not in relation.shapes:
            near = nearest(asked.layer, names)
            raise LayerReadError(f"{place}: there is no column of shapes {asked.layer!r}.{near}")
        names = [asked.layer]
    if len(names) != 1:
        told = (
            f"has the columns of shapes {', '.join(names)}" if names else "has no column of shapes"
        )
        raise LayerReadError(f'{place}: the table {told}. Say which: layer = "…".')
    srid = relation.shapes[names[0]]
    if srid == 0:
        raise CRSError(
            f"{place}: the column {names[0]} has no SRID. Set it in the database: SELECT "
            f"UpdateGeometrySRID('{relation.schema}', '{relation.name}', '{names[0]}', 2154); in a view, "
            f"write {names[0]}::geometry(Geometry, 2154)."
        )
    try:
        pyproj.CRS.from_epsg(srid)
    except pyproj.exceptions.CRSError:
        raise CRSError(
            f"{place}: the column {names[0]} has the SRID {srid}, which is no EPSG code. Transform it "
            f"in a view: ST_Transform({names[0]}, 2154)::geometry(Geometry, 2154)."
        ) from None
    return names[0], srid


def _order(relation: _Relation, asked: Asked, *, needed: bool) -> str | None:
    """Return what orders the rows: without it, the same table gives other rows each time."""
    if not needed:
        # A known source's own names, whatever their case; whether there is such a one its reader says.
        folded = {one.casefold(): one for one in relation.columns}
        return folded.get((asked.id or "").casefold(), relation.key)
    name = asked.id or relation.key or ("id" if "id" in relation.columns else None)
    if name is None or name not in relation.columns:
        raise LayerReadError(
            f"{asked.table} ({asked.path.name}): the table has no primary key of one column, so nothing "
            'names its rows. Add one, or say which column does: id = "…".'
        )
    return name


def _where(asked: Asked, relation: _Relation, shape: str | None, srid: int, cut: Cut | None) -> str:
    held = [_within(asked, relation, shape, srid), cut(relation.columns) if cut else ""]
    held = [f"({one})" for one in held if one]
    return f" WHERE {' AND '.join(held)}" if held else ""


def _within(asked: Asked, relation: _Relation, shape: str | None, srid: int) -> str:
    if shape is None or asked.communes is None:
        return ""
    around = asked.communes.geometry.union_all().buffer(asked.margin_m)
    area = gpd.GeoSeries([around], crs=asked.communes.crs).to_crs(srid).iloc[0]
    made = f"ST_SetSRID(ST_GeomFromWKB('\\x{shapely.to_wkb(area, hex=True)}'::bytea), {srid})"
    plane = relation.shape_sql(shape)
    return f"{quoted(shape)} IS NULL OR ST_Intersects({plane}, {made})"


def _rows(
    connection: Any,
    relation: _Relation,
    shape: str | None,
    where: str,
    order: str | None,
    names: Collection[str] | None,
) -> pd.DataFrame:
    parts = []
    for name, kind in relation.columns.items():
        if kind in {"geometry", "geography", "raster"} or (names is not None and name not in names):
            continue
        cast = "" if kind in _PLAIN else "::double precision" if kind == "numeric" else "::text"
        parts.append(f"{quoted(name)}{cast} AS {quoted(name)}")
    if shape is not None:
        # Arcs, which few libraries read, become short straight lines.
        plane = f"ST_CurveToLine(ST_Force2D({relation.shape_sql(shape)}))"
        parts.append(f"ST_AsBinary({plane}) AS {quoted(_SHAPE)}")
    # Rows that are equal in all that is read may stand in any order.
    every = [str(number) for number in range(1, len(parts) + 1)] if names is not None else []
    by = ", ".join([*([quoted(order)] if order else []), *every])
    query = f"SELECT {', '.join(parts)} FROM {relation.sql}{where} ORDER BY {by}"
    with connection.cursor() as cursor:
        cursor.execute(query)
        frame: pd.DataFrame = cursor.fetch_arrow_table().to_pandas()
    return frame


def _fingerprint(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of rows: of the names of the columns, then of their values in order."""
    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(f"{name}\n".encode())
        values = frame[name]
        if name == _SHAPE:
            for one in values.tolist():
                digest.update(one or b"\0")
        else:
            # As Python writes them: a missing value is not the word None.
            digest.update("\x1f".join(map(repr, values.tolist())).encode())
    return digest.hexdigest()
