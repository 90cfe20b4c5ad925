"""Tables written into a PostGIS database: all of them or none, with what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.errors import UsageError
from renewal_gis.sources.postgis_connecting import connected, literal, quoted, rows_of

__all__ = ["require_name", "write_postgis"]

_MARK = "renewal-gis run "
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LONGEST = 63  # bytes of a name; the server would cut the rest in silence
_SHAPE = "geom"
_STAGE = "renewal_gis_stage"


def write_postgis(
    tables: Mapping[str, pd.DataFrame],
    *,
    database: str,
    schema: str,
    run_id: str,
    comments: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write tables in one transaction.

    Parameters
    ----------
    tables
        Name → table. The index becomes the primary key, under its name (`id` without one); the shapes
        the column `geom`, with its SRID and a spatial index; NaN becomes NULL.
    database
        `postgis://user@host/name` or `service=name`.
    schema
        Schema to write into; made when absent.
    run_id
        Stands in each row's column `run_id` and in the comment of each table.
    comments
        Table → {column: its meaning and unit}; `""` for the table itself.

    Raises
    ------
    LayerReadError
        The server cannot be reached or refuses; nothing was written.
    UsageError
        A name that is none, an index that repeats, shapes without EPSG code, or a table of the same
        name that this package did not write.

    Notes
    -----
    A table of an earlier run is filled anew where its columns are the same, so the rights others have
    on it and the views they made of it stay; else it is replaced. When anything fails, the earlier
    tables stand as they were.
    """
    for name in (schema, *tables):
        require_name(name)
    ready = {name: _plain(name, table) for name, table in tables.items()}
    with connected(database, place=f"schema {schema}") as connection:
        if not rows_of(connection, f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'"):
            _do(connection, f"CREATE SCHEMA {quoted(schema)}")
        for name, (frame, srid) in ready.items():
            held = _held(connection, schema, name)
            _write(
                connection,
                f"{quoted(schema)}.{quoted(name)}",
                held,
                frame.assign(run_id=run_id),
                srid,
            )
            _comment(connection, schema, name, run_id, (comments or {}).get(name, {}))


def require_name(name: str) -> None:
    """Refuse what is no name of a table or schema.

    Raises
    ------
    UsageError
        Says what a name is made of.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a table or schema: small letters, digits and _ only, 63 at most."
        )


def _plain(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the columns to send, the key first, the shapes as WKB; and their SRID (0: none)."""
    import pyarrow

    if not table.index.is_unique:
        raise UsageError(f"{name}: the index repeats, and is to be a primary key.")
    srid = 0
    shapes = None
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None:
        srid = table.crs.to_epsg() or 0 if table.crs is not None else 0
        if srid == 0:
            raise UsageError(f"{name}: the shapes have no EPSG code, which the database needs.")
        shapes = table.geometry
        table = table.drop(columns=table.active_geometry_name)
    key = str(table.index.name or "id").replace(" ", "_").lower()
    if key in table.columns or {"run_id", _SHAPE} & set(table.columns):
        raise UsageError(f"{name}: a column is called {key}, run_id or {_SHAPE}, which are taken.")
    long = [one for one in map(str, table.columns) if len(one.encode()) > _LONGEST]
    if long:
        raise UsageError(
            f"{name}: the column {long[0]} is longer than the database allows (63 bytes)."
        )
    frame = pd.DataFrame({key: table.index.astype(str)}, index=table.index)
    for column in table.columns:
        values = table[column]
        plain = pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
        if plain or pd.api.types.is_datetime64_any_dtype(values):
            frame[str(column)] = values
        else:
            frame[str(column)] = values.map(lambda one: None if pd.isna(one) else str(one))
            frame[str(column)] = frame[str(column)].astype("string")
    if shapes is not None:
        # Bytes even where no row has a shape; plane ones, as everywhere else.
        plane = shapely.to_wkb(shapely.force_2d(shapes.to_numpy()))
        frame[_SHAPE] = pd.Series(plane, index=frame.index, dtype=pd.ArrowDtype(pyarrow.binary()))
    return frame, srid


def _held(connection: Any, schema: str, name: str) -> int | None:
    """Return the number of the table of an earlier run; refuse one that somebody else made."""
    held = rows_of(
        connection,
        f"""SELECT c.oid::bigint, obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n
            ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relname = '{name}'""",
    )
    if not held:
        return None
    if _MARK not in str(held[0][1] or ""):
        raise UsageError(
            f"{schema}.{name} is there already and this package did not write it. Choose another "
            "schema; nothing was written."
        )
    return int(held[0][0])


def _write(connection: Any, place: str, held: int | None, frame: pd.DataFrame, srid: int) -> None:
    import pyarrow

    # Shapes travel as bytes into a stage and become shapes on the server.
    sent = pyarrow.Table.from_pandas(frame, preserve_index=False)
    with connection.cursor() as cursor:
        cursor.adbc_ingest(_STAGE, sent, mode="create", temporary=True)
    if srid:
        column, kind = quoted(_SHAPE), f"geometry(Geometry,{srid})"
        made = f"ST_SetSRID(ST_GeomFromWKB({column}), {srid})"
        _do(connection, f"ALTER TABLE {_STAGE} ALTER COLUMN {column} TYPE {kind} USING {made}")
    (stage,) = rows_of(connection, f"SELECT '{_STAGE}'::regclass::oid::bigint")
    if held is not None and _columns(connection, held) == _columns(connection, stage[0]):
        _do(connection, f"TRUNCATE {place}")
        _do(connection, f"INSERT INTO {place} SELECT * FROM {_STAGE}")
    else:
        if held is not None:
            _do(connection, f"DROP TABLE {place}")
        _do(connection, f"CREATE TABLE {place} AS SELECT * FROM {_STAGE}")
        _do(connection, f"ALTER TABLE {place} ADD PRIMARY KEY ({quoted(str(frame.columns[0]))})")
        if srid:
            _do(connection, f"CREATE INDEX ON {place} USING gist ({column})")
    _do(connection, f"DROP TABLE {_STAGE}")


def _columns(connection: Any, table: int) -> list[tuple[Any, ...]]:
    """Return the names and kinds of a table's columns, in order."""
    return rows_of(
        connection,
        f"""SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = {table} AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
    )


def _comment(
    connection: Any, schema: str, name: str, run_id: str, comments: Mapping[str, str]
) -> None:
    place = f"{quoted(schema)}.{quoted(name)}"
    own = " ".join(part for part in (comments.get("", ""), f"({_MARK}{run_id})") if part)
    _do(connection, f"COMMENT ON TABLE {place} IS {literal(own)}")
    held = {
        str(row[0])
        for row in rows_of(
            connection,
            f"""SELECT column_name::text FROM information_schema.columns
                WHERE table_schema = '{schema}' AND table_name = '{name}'""",
        )
    }
    for column, text in comments.items():
        if column in held:
            _do(connection, f"COMMENT ON COLUMN {place}.{quoted(column)} IS {literal(text)}")


def _do(connection: Any, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
